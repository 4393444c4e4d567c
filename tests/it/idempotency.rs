//! The same request once more gets the same answer, byte for byte, and does nothing.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, future::join_all, stream};
use sizhu_tests::{Reply, TestApp, fixtures::claim, ids, views::id};

/// All of an answer that a repeat must repeat.
fn whole(reply: &Reply) -> (u16, Vec<u8>, Option<String>, Option<String>) {
    let header = |name| reply.header(name).map(str::to_owned);
    (
        reply.status,
        reply.body.clone(),
        header("location"),
        header("etag"),
    )
}

#[tokio::test]
async fn sixteen_at_once_under_one_key_make_one_claim_and_get_one_answer() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    hospital.token().await;
    let rounds = stream::iter(0..200).map(|number| {
        let hospital = &hospital;
        async move {
            let claim = claim().record(&format!("K{number}"));
            let key = format!("key-{number}");
            let asked =
                join_all((0..16).map(|_| hospital.claim_with_key(&claim, &key).into_future()));
            let answers = asked.await;
            let distinct: BTreeSet<_> = answers.iter().map(whole).collect();
            assert_eq!(distinct.len(), 1, "{distinct:?}");
            let (status, _, location, etag) = distinct.into_iter().next().unwrap();
            assert_eq!(status, 201);
            assert!(location.is_some() && etag.is_some());
            id(&answers[0].json())
        }
    });
    let claims: BTreeSet<String> = rounds.buffer_unordered(2).collect().await;
    assert_eq!(claims.len(), 200);
    for (count, expected) in [
        ("SELECT count(*) FROM claims", 200),
        ("SELECT count(*) FROM idempotency_records", 200),
        (
            "SELECT count(*) FROM audit_events WHERE kind = 'claim.posted'",
            200,
        ),
    ] {
        assert_eq!(app.database.number(count).await, expected, "{count}");
    }
}

#[tokio::test]
async fn sixteen_at_once_under_sixteen_keys_make_one_claim_too() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    hospital.token().await;
    for number in 0..20 {
        let claim = claim().record(&format!("N{number}"));
        let asked = (0..16).map(|_| hospital.claim(&claim).into_future());
        let answers = join_all(asked).await;
        let mut statuses: Vec<u16> = answers.iter().map(|it| it.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [[200; 15].as_slice(), &[201]].concat());
        let claims: BTreeSet<String> = answers.iter().map(|it| id(&it.json())).collect();
        assert_eq!(claims.len(), 1);
    }
}

#[tokio::test]
async fn a_repeat_is_answered_as_the_first_was_whatever_happened_since() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let first = hospital
        .claim_with_key(&person.claim(), "K")
        .await
        .expect(201);
    let late = person
        .claim()
        .record("LATE")
        .stay("2026-01-01", "2026-03-01");
    hospital.claim(&late).await.expect(201);
    app.advance_days(400);
    let again = hospital.claim_with_key(&person.claim(), "K").await;
    assert_eq!(whole(&again), whole(&first));
    assert_ne!(hospital.read_claim(&id(&first.json())).await, first.json());
}

#[tokio::test]
async fn a_repeat_may_write_its_json_another_way() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let claim = claim();
    let first = hospital.claim_with_key(&claim, "K").await.expect(201);
    let spaced = serde_json::to_string_pretty(&*claim).unwrap();
    let path = "/v1/hospital-claims";
    let again = hospital.call(reqwest::Method::POST, path).key("K");
    let again = again.bytes("application/json", spaced).await;
    assert_eq!(whole(&again), whole(&first));
}

#[tokio::test]
async fn a_key_used_for_other_content_is_refused() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    hospital
        .claim_with_key(&person.claim(), "K")
        .await
        .expect(201);
    for other in [
        person.claim().set("/citizen_id", ids::woman("1960-05-01")),
        person.claim().record("OTHER"),
        person.claim().without("/settlement_no"),
    ] {
        let refused = hospital.claim_with_key(&other, "K").await.expect(422);
        let problem = refused.problem("idempotency-key-reused");
        assert!(!problem.to_string().contains(&person.citizen_id));
    }
    assert_eq!(app.database.number("SELECT count(*) FROM claims").await, 1);
}

#[tokio::test]
async fn a_race_of_other_content_under_one_key_has_one_winner() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    hospital.token().await;
    for round in 0..20 {
        let key = format!("R{round}");
        let claims: Vec<_> = (0..8)
            .map(|it| claim().record(&format!("R{round}-{it}")))
            .collect();
        let asked = claims
            .iter()
            .map(|it| hospital.claim_with_key(it, &key).into_future());
        let mut statuses: Vec<u16> = join_all(asked).await.iter().map(|it| it.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [[201].as_slice(), &[422; 7]].concat());
    }
    assert_eq!(app.database.number("SELECT count(*) FROM claims").await, 20);
}

#[tokio::test]
async fn a_claim_needs_a_key_of_visible_characters() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let missing = hospital
        .post("/v1/hospital-claims", &claim())
        .await
        .expect(400);
    missing.problem("idempotency-key-missing");
    let long = "k".repeat(256);
    for key in ["", " ", "two words", &long] {
        let refused = hospital.claim_with_key(&claim(), key).await.expect(400);
        let errors = refused.field_errors("invalid-parameters");
        assert_eq!(errors, ["/Idempotency-Key invalid_value"], "{key:?}");
    }
    hospital
        .claim_with_key(&claim(), &long[1..])
        .await
        .expect(201);
}

#[tokio::test]
async fn a_problem_uses_up_no_key() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let wrong = person.claim().set("/icu_days", 99);
    hospital.claim_with_key(&wrong, "K").await.expect(422);
    let wrong = person.claim().set("/citizen_id", "x");
    hospital.claim_with_key(&wrong, "K").await.expect(422);
    hospital
        .claim_with_key(&person.claim(), "K")
        .await
        .expect(201);
    // Nor does a conflict that only the database found.
    let differing = person.claim().set("/patient_name", "李秀英");
    hospital.claim_with_key(&differing, "L").await.expect(409);
    let next = person.claim().stay("2026-05-01", "2026-05-02");
    hospital.claim_with_key(&next, "L").await.expect(201);
}

#[tokio::test]
async fn a_key_is_the_clients_own() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let (mine, theirs) = (claim(), claim());
    let (first, second) = tokio::join!(
        one.claim_with_key(&mine, "K").into_future(),
        other.claim_with_key(&theirs, "K").into_future()
    );
    let (first, second) = (first.expect(201), second.expect(201));
    assert_ne!(id(&first.json()), id(&second.json()));
    assert_eq!(whole(&one.claim_with_key(&mine, "K").await), whole(&first));
    assert_eq!(
        whole(&other.claim_with_key(&theirs, "K").await),
        whole(&second)
    );
}

#[tokio::test]
async fn one_who_waits_too_long_for_the_first_is_told_to_come_back() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    hospital.token().await;
    // Someone holds the person: the first request cannot go on, the second waits for its key.
    let mut admin = app.database.admin().await;
    let hold = admin.transaction().await.unwrap();
    hold.batch_execute("SELECT FROM subjects FOR UPDATE")
        .await
        .unwrap();
    let claim = person.claim();
    let first = tokio::spawn(hospital.claim_with_key(&claim, "K").into_future());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let second = hospital.claim_with_key(&claim, "K").await.expect(409);
    second.problem("idempotency-in-progress");
    assert_eq!(second.header("retry-after"), Some("5"));
    hold.rollback().await.unwrap();
    let first = first.await.unwrap().expect(201);
    let again = hospital.claim_with_key(&claim, "K").await;
    assert_eq!(whole(&again), whole(&first));
}
