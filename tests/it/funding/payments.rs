//! What is paid is never taken back from an award: it is owed back, and first set against.

use serde_json::{Value, json};
use sizhu_tests::{Client, Person, TestApp, fixtures::child_died};

use super::{budget, claimant};

/// Money, and someone who was paid for ten days from 2026-03-01.
async fn paid() -> (TestApp, Client, Person) {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let person = claimant(&app, 10).await;
    app.database.pay_everything().await;
    assert_eq!(budget(&app).await, "900000 0 100000 | 0 0");
    let officer = app.officer("430102").await;
    (app, officer, person)
}

/// Corrects the person's status: from 2018-06-01, ended on a day if one is given.
async fn ended(officer: &Client, person: &Person, on: Option<&str>) {
    let path = format!(
        "/v1/residents/{}/statuses/{}",
        person.resident_id, person.status_id
    );
    let mut said = child_died("2018-06-01");
    said["ending"] = on.map_or(Value::Null, |on| json!({"on": on, "reason": "death"}));
    officer.put(&path, &said).if_match("*").await.expect(200);
}

async fn recoveries(app: &TestApp) -> Vec<String> {
    let query = "SELECT concat_ws(' ', amount_fen, state) FROM recoveries ORDER BY id";
    app.database.texts(query, &[]).await
}

#[tokio::test]
async fn what_was_paid_too_much_is_owed_back() {
    let (app, officer, person) = paid().await;
    ended(&officer, &person, Some("2026-03-07")).await;
    assert_eq!(recoveries(&app).await, ["40000 open"]);
    assert_eq!(app.database.awards().await, ["100000 confirmed posted"]);
    // More of it: a second one, for the difference alone.
    ended(&officer, &person, Some("2026-03-01")).await;
    assert_eq!(recoveries(&app).await, ["40000 open", "60000 open"]);
    assert_eq!(budget(&app).await, "900000 0 100000 | 0 0");
}

#[tokio::test]
async fn a_later_increase_first_reduces_what_is_owed_back() {
    let (app, officer, person) = paid().await;
    ended(&officer, &person, Some("2026-03-03")).await;
    assert_eq!(recoveries(&app).await, ["80000 open"]);
    ended(&officer, &person, Some("2026-03-08")).await;
    assert_eq!(recoveries(&app).await, ["80000 cancelled", "30000 open"]);
    assert_eq!(app.database.awards().await, ["100000 confirmed posted"]);
    ended(&officer, &person, None).await;
    assert_eq!(
        recoveries(&app).await,
        ["80000 cancelled", "30000 cancelled"]
    );
    assert_eq!(app.database.awards().await, ["100000 confirmed posted"]);
    // Only what goes beyond is owed anew.
    let more = person
        .claim()
        .record("MORE")
        .stay("2026-05-01", "2026-05-04");
    app.hospital(1).await.claim(&more).await.expect(201);
    let expected = ["100000 confirmed posted", "30000 proposed earmarked"];
    assert_eq!(app.database.awards().await, expected);
    assert_eq!(budget(&app).await, "870000 30000 100000 | 0 0");
}

#[tokio::test]
async fn an_increase_beyond_what_is_owed_back_is_an_award_for_the_rest() {
    let (app, officer, person) = paid().await;
    ended(&officer, &person, Some("2026-03-09")).await;
    assert_eq!(recoveries(&app).await, ["20000 open"]);
    // Five days before the end.
    let more = person
        .claim()
        .record("MORE")
        .stay("2026-02-01", "2026-02-06");
    app.hospital(1).await.claim(&more).await.expect(201);
    assert_eq!(recoveries(&app).await, ["20000 cancelled"]);
    let expected = ["100000 confirmed posted", "30000 proposed earmarked"];
    assert_eq!(app.database.awards().await, expected);
    assert_eq!(budget(&app).await, "870000 30000 100000 | 0 0");
}

#[tokio::test]
async fn what_is_not_paid_yet_is_reduced_before_anything_is_owed_back() {
    let (app, officer, person) = paid().await;
    let more = person
        .claim()
        .record("MORE")
        .stay("2026-05-01", "2026-05-06");
    app.hospital(1).await.claim(&more).await.expect(201);
    // Twelve of fifteen days stay: three less of the five that are not paid.
    ended(&officer, &person, Some("2026-05-03")).await;
    assert_eq!(recoveries(&app).await, [""; 0]);
    assert_eq!(budget(&app).await, "880000 20000 100000 | 0 0");
    // Eight stay: the award goes, two days are owed back.
    ended(&officer, &person, Some("2026-03-09")).await;
    assert_eq!(recoveries(&app).await, ["20000 open"]);
    let expected = [
        "100000 confirmed posted",
        "50000 cancelled released",
        "20000 cancelled released",
    ];
    assert_eq!(app.database.awards().await, expected);
    assert_eq!(budget(&app).await, "900000 0 100000 | 0 0");
}

#[tokio::test]
async fn a_late_claim_over_the_cap_moves_what_was_paid_without_owing_anything() {
    let app = TestApp::start().await;
    app.fill("430102", 2_000_000, "D-1").await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let stay =
        |record: &str, from: &str, until: &str| person.claim().record(record).stay(from, until);
    hospital
        .claim(&stay("A", "2026-04-01", "2026-06-30"))
        .await
        .expect(201);
    app.database.pay_everything().await;
    hospital
        .claim(&stay("B", "2026-01-01", "2026-01-11"))
        .await
        .expect(201);
    assert_eq!(recoveries(&app).await, [""; 0]);
    assert_eq!(app.database.awards().await, ["900000 confirmed posted"]);
    assert_eq!(budget(&app).await, "1100000 0 900000 | 0 0");
}

#[tokio::test]
async fn years_are_settled_each_for_itself() {
    let app = TestApp::start().await;
    app.fill("430102", 2_000_000, "D-1").await;
    let person = app.special_person().await;
    // Ten days in 2025, five in 2026.
    let claim = person.claim().stay("2025-12-22", "2026-01-06");
    app.hospital(1).await.claim(&claim).await.expect(201);
    let awards = "SELECT format('%s %s', benefit_year, amount_fen) FROM awards ORDER BY id";
    let expected = ["2025 100000", "2026 50000"];
    assert_eq!(app.database.texts(awards, &[]).await, expected);
    app.database.pay_everything().await;
    ended(&app.officer("430102").await, &person, Some("2025-12-30")).await;
    let owed =
        "SELECT format('%s %s', benefit_year, amount_fen) FROM recoveries ORDER BY benefit_year";
    assert_eq!(
        app.database.texts(owed, &[]).await,
        ["2025 20000", "2026 50000"]
    );
    app.database.check_books().await;
}
