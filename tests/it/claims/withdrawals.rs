//! A hospital withdraws what it should not have claimed: it counts for no day and stays on record.

use serde_json::{Value, json};
use sizhu_tests::{
    Client, Person, TestApp,
    fixtures::Claim,
    views::{id, outcome},
};

fn stay(person: &Person, days: (&str, &str)) -> Claim {
    let record = format!("ZY-{}", person.resident_id);
    person.claim().record(&record).stay(days.0, days.1)
}

async fn post(hospital: &Client, claim: &Value) -> Value {
    hospital.claim(claim).await.expect(201).json()
}

#[tokio::test]
async fn what_a_withdrawn_claim_got_goes_back_and_what_was_held_counts() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let claim = post(&one, &stay(&person, ("2026-03-10", "2026-03-20"))).await;
    let held = post(&other, &stay(&person, ("2026-03-15", "2026-03-19"))).await;
    let withdrawn = one.withdraw(&id(&claim)).await.expect(200).json();
    assert_eq!(withdrawn["status"], "withdrawn");
    assert_eq!(withdrawn["decision"], Value::Null);
    assert_eq!(withdrawn["stay"]["counted"], false);
    assert_eq!(other.outcome_of(&id(&held)).await, "granted 4 days 40000");
    let expected = [
        "claim.posted: granted 10 days 100000 (+100000)",
        "claim.withdrawn: refused 0 days 0 (-100000)",
    ];
    assert_eq!(app.database.history(&id(&claim)).await, expected);
    assert_eq!(app.budget("430102").await["earmarked_fen"], 40_000);
    // A day freed is a day of the year's cap, too: nothing of it is left anywhere.
    let rest = post(&other, &stay(&person, ("2026-05-01", "2026-07-31"))).await;
    assert_eq!(outcome(&rest), "granted 86 days 860000");
    app.database.check_books().await;
}

#[tokio::test]
async fn a_held_claim_is_withdrawn_and_does_not_come_to_count() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let claim = post(&one, &stay(&person, ("2026-03-10", "2026-03-20"))).await;
    let held = post(&other, &stay(&person, ("2026-03-15", "2026-03-19"))).await;
    other.withdraw(&id(&held)).await.expect(200);
    one.withdraw(&id(&claim)).await.expect(200);
    for (hospital, claim) in [(&one, &claim), (&other, &held)] {
        let read = hospital.read_claim(&id(claim)).await;
        assert_eq!(read["status"], "withdrawn");
    }
    app.database.check_books().await;
}

#[tokio::test]
async fn a_withdrawn_claim_is_read_and_listed_and_not_withdrawn_again() {
    let app = TestApp::start().await;
    let (hospital, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let posted = hospital.claim(&person.claim()).await.expect(201);
    let claim = posted.json();
    let path = format!("/v1/hospital-claims/{}", id(&claim));
    let step = format!("{path}/withdrawal");
    let why = json!({"reason": "重复申报"});
    let keyless = hospital.post(&step, &why).await.expect(400);
    keyless.problem("idempotency-key-missing");
    let silent = hospital.post(&step, &json!({"reason": " "})).key("W-0");
    silent.await.expect(422).problem("validation-failed");
    let stale = hospital.post(&step, &why).key("W-0").if_match("\"v1\"");
    stale.await.expect(412).problem("precondition-failed");
    other.withdraw(&id(&claim)).await.expect(404);
    assert_eq!(hospital.read_claim(&id(&claim)).await, claim);

    let seen = posted.header("etag").unwrap();
    let first = hospital.post(&step, &why).key("W-1").if_match(seen);
    let first = first.await.expect(200);
    let again = hospital.post(&step, &why).key("W-1").if_match(seen);
    let again = again.await.expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("etag"), first.header("etag"));
    let second = hospital.withdraw(&id(&claim)).await.expect(409);
    second.problem("state-conflict");
    let reused = json!({"reason": "其他原因"});
    let reused = hospital.post(&step, &reused).key("W-1").await.expect(422);
    reused.problem("idempotency-key-reused");

    let officer = app.officer("430102").await;
    for reader in [&hospital, &officer] {
        let read = reader.get(&path).await.expect(200);
        assert_eq!(read.json()["status"], "withdrawn");
        let list = reader.get("/v1/hospital-claims?status=withdrawn").await;
        let list = list.expect(200).json();
        assert_eq!(list["items"][0]["id"], claim["id"], "{list}");
        assert_eq!(list["items"][0]["amount_fen"], Value::Null, "{list}");
        for status in ["granted", "refused", "held"] {
            let path = format!("/v1/hospital-claims?status={status}");
            let list = reader.get(&path).await.expect(200).json();
            assert_eq!(list["items"], json!([]), "{status}");
        }
    }
}

#[tokio::test]
async fn a_withdrawn_claim_counts_again_by_a_correction_and_not_by_posting_it_again() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let posted = stay(&person, ("2026-03-10", "2026-03-20"));
    let claim = post(&hospital, &posted).await;
    hospital.withdraw(&id(&claim)).await.expect(200);
    // A month that is sent once more brings nothing back.
    let same = hospital.claim(&posted).await.expect(200).json();
    assert_eq!(
        (&same["id"], &same["status"]),
        (&claim["id"], &json!("withdrawn"))
    );
    let other = stay(&person, ("2026-03-10", "2026-03-21"));
    let problem = hospital.claim(&other).await.expect(409);
    let problem = problem.problem("claim-differs");
    assert_eq!(problem["claim_id"], claim["id"]);
    // What is said again, even the same, counts.
    let revived = hospital.correct(&id(&claim), &posted).await.expect(200);
    assert_eq!(outcome(&revived.json()), "granted 10 days 100000");
    let expected = [
        "claim.posted: granted 10 days 100000 (+100000)",
        "claim.withdrawn: refused 0 days 0 (-100000)",
        "claim.corrected: granted 10 days 100000 (+100000)",
    ];
    assert_eq!(app.database.history(&id(&claim)).await, expected);
    // And may be withdrawn again.
    hospital.withdraw(&id(&claim)).await.expect(200);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_one_day_stay_takes_back_the_day_it_yielded() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let (day, long) = (("2026-03-05", "2026-03-05"), ("2026-03-05", "2026-03-15"));
    let longer = post(&one, &stay(&person, long)).await;
    let short = post(&other, &stay(&person, day)).await;
    assert_eq!(outcome(&short), "refused 0 days 0");
    one.withdraw(&id(&longer)).await.expect(200);
    assert_eq!(other.outcome_of(&id(&short)).await, "granted 1 days 10000");
    // Back again it begins on the day, a day later it leaves it.
    one.correct(&id(&longer), &stay(&person, long))
        .await
        .expect(200);
    assert_eq!(one.outcome_of(&id(&longer)).await, "granted 10 days 100000");
    assert_eq!(other.outcome_of(&id(&short)).await, "refused 0 days 0");
    let later = stay(&person, ("2026-03-06", "2026-03-15"));
    one.correct(&id(&longer), &later).await.expect(200);
    assert_eq!(other.outcome_of(&id(&short)).await, "granted 1 days 10000");
    let earlier = stay(&person, ("2026-03-04", "2026-03-15"));
    one.correct(&id(&longer), &earlier).await.expect(200);
    assert_eq!(one.outcome_of(&id(&longer)).await, "held");
    app.database.check_books().await;
}

#[tokio::test]
async fn the_database_itself_counts_no_withdrawn_stay() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let claim = post(&hospital, &person.claim()).await;
    hospital.withdraw(&id(&claim)).await.expect(200);
    let service = app.database.service().await;
    let refused = service
        .batch_execute("UPDATE stays SET counted = true")
        .await;
    let refused = refused.unwrap_err();
    let constraint = refused.as_db_error().unwrap().constraint();
    assert_eq!(constraint, Some("stays_standing_check"));
}
