//! A line is a claim posted by itself: the same answers, decisions and ledger, under the same keys.

use serde_json::{Value, json};
use sizhu_tests::{
    Client, Person, TestApp,
    fixtures::{OTHER_VILLAGE, VILLAGE, claim},
    ids,
};

use super::{line, results, said, send, told};

/// A world in which the same claims are posted in either way.
async fn world() -> (TestApp, Client, Vec<Person>) {
    let app = TestApp::start().await;
    app.fill("430102", 1_300_000, "D-1").await;
    let hospital = app.hospital(1).await;
    let mut people = Vec::new();
    for village in [VILLAGE, VILLAGE, OTHER_VILLAGE, VILLAGE] {
        people.push(app.special_person_in(village).await);
    }
    (app, hospital, people)
}

/// Stays that are granted, held, late, on strangers, and such that cannot be.
fn story(people: &[Person]) -> Vec<(String, Value)> {
    let of = |at: usize, record: &str| people[at].claim().record(record);
    let stranger = claim().record("S-1").set(
        "/citizen_id",
        ids::citizen("430181", "1950-01-01", sizhu_core::Sex::Male, 1),
    );
    let claims = [
        of(0, "A-1"),
        of(1, "B-1").stay("2026-05-01", "2026-05-21"),
        of(0, "A-2").stay("2026-04-01", "2026-04-03"),
        stranger,
        of(2, "C-1").stay("2026-02-01", "2026-02-11"),
        of(0, "A-3").stay("2026-01-01", "2026-03-01"),
        of(1, "B-2").set("/icu_days", 400),
        of(3, "D-1").set("/patient_name", "李秀英"),
        of(1, "B-3").stay("2026-06-01", "2026-06-02"),
        // As A-1, with other content.
        of(0, "A-1").set("/settlement_no", "JS-2"),
    ];
    let keyed = claims.iter().enumerate();
    keyed
        .map(|(at, it)| (format!("K-{at}"), (**it).clone()))
        .collect()
}

/// What a ledger and its decisions came to, without ids.
async fn outcome(app: &TestApp, hospital: &Client) -> (Vec<String>, Vec<String>, Vec<String>) {
    app.database.check_books().await;
    let claims = hospital
        .get("/v1/hospital-claims?limit=200")
        .await
        .expect(200)
        .json();
    let claims = claims["items"].as_array().unwrap().iter().map(|it| {
        let [record, status] = ["medical_record_no", "status"].map(|name| it[name].to_string());
        format!(
            "{record} {status} {} {}",
            it["payable_days"], it["amount_fen"]
        )
    });
    let decisions = "SELECT format('%s %s %s %s %s %s', d.number, d.cause, d.outcome, \
         d.payable_days, d.amount_fen, d.difference_fen) \
         FROM decisions d JOIN claims c ON c.id = d.claim_id ORDER BY c.medical_record_no, d.number";
    let events = "SELECT kind FROM audit_events WHERE kind NOT LIKE 'claim_batch.%' ORDER BY kind";
    let decisions = app.database.texts(decisions, &[]).await;
    let mut found = app.database.awards().await;
    found.extend(app.database.texts(events, &[]).await);
    (claims.collect(), decisions, found)
}

/// An answer without what differs from world to world.
fn plain(mut claim: Value) -> Value {
    for member in ["id", "hospital_id", "posted_at"] {
        claim[member] = json!(null);
    }
    claim["decision"]["id"] = json!(null);
    claim
}

#[tokio::test]
async fn a_batch_and_single_posts_come_to_the_same() {
    let (app, hospital, people) = world().await;
    let mut answers = Vec::new();
    for (key, claim) in story(&people) {
        let reply = hospital.claim_with_key(&claim, &key).language("en").await;
        answers.push((reply.status, reply.json()));
    }
    let single = outcome(&app, &hospital).await;

    let (app, hospital, people) = world().await;
    let body: String = story(&people)
        .iter()
        .map(|(key, claim)| line(key, claim))
        .collect();
    let batch = send(&hospital, "B", body).await.expect(202).json();
    assert_eq!(
        told(&batch),
        "10 complete: 8 recorded, 0 repeated, 0 known, 2 refused"
    );
    let results = results(&hospital, &batch).await;
    assert_eq!(results.len(), answers.len());
    for (result, (status, answer)) in results.iter().zip(answers) {
        assert_eq!(result["status"], status, "{result}");
        if status < 300 {
            let (claim, etag) = (&result["claim"], &result["etag"]);
            assert_eq!(plain(claim.clone()), plain(answer));
            let location = format!("/v1/hospital-claims/{}", claim["id"].as_str().unwrap());
            assert_eq!(result["location"], location);
            assert!(etag.is_string());
        } else {
            assert_eq!(result["problem"]["type"], answer["type"]);
            assert_eq!(result["problem"]["title"], answer["title"]);
            assert!(result.get("claim").is_none());
        }
    }
    assert_eq!(results[9]["problem"]["claim_id"], results[0]["claim"]["id"]);
    assert_eq!(outcome(&app, &hospital).await, single);
}

#[tokio::test]
async fn a_key_of_a_line_is_as_good_as_one_of_a_single_post() {
    let (app, hospital, people) = world().await;
    let [first, second] = ["2026-01-05", "2026-02-05"].map(|day| people[0].claim().record(day));
    let (first, second) = (
        first.stay("2026-01-05", "2026-01-08"),
        second.stay("2026-02-05", "2026-02-08"),
    );
    let alone = hospital
        .claim_with_key(&first, "K-1")
        .language("en")
        .await
        .expect(201);
    let body = [
        line("K-1", &first),
        line("K-2", &second),
        line("K-1", &second),
        line("K-3", &first),
        line("K-2", &second),
    ]
    .concat();
    let batch = send(&hospital, "B", body).await.expect(202).json();
    assert_eq!(
        told(&batch),
        "5 complete: 1 recorded, 2 repeated, 1 known, 1 refused"
    );
    let results = results(&hospital, &batch).await;
    let all: Vec<String> = results.iter().map(said).collect();
    assert_eq!(
        all,
        [
            "1 K-1 201",
            "2 K-2 201",
            "3 K-1 422 idempotency-key-reused",
            "4 K-3 200",
            "5 K-2 201"
        ]
    );
    // The very same answer, in either direction.
    assert_eq!(results[0]["claim"], alone.json());
    assert_eq!(results[0]["etag"].as_str(), alone.header("etag"));
    assert_eq!(results[4]["claim"], results[1]["claim"]);
    assert_eq!(results[3]["claim"]["id"], results[0]["claim"]["id"]);
    let again = hospital.claim_with_key(&second, "K-2").await.expect(201);
    assert_eq!(again.json(), results[1]["claim"]);
    // Keys belong to the client.
    let other = app.hospital(2).await;
    let theirs = send(&other, "B", line("K-1", &first))
        .await
        .expect(202)
        .json();
    assert_eq!(theirs["recorded"], 1);
    assert_ne!(theirs["id"], batch["id"]);
}
