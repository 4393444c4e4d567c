//! No money left: awards wait, numbered, and are served in their order.

use serde_json::{Value, json};
use sizhu_tests::{Person, TestApp, views::text};

use super::{budget, claimant, post};

async fn end(app: &TestApp, person: &Person, on: &str) {
    let path = format!(
        "/v1/residents/{}/statuses/{}/end",
        person.resident_id, person.status_id
    );
    let end = json!({"on": on, "reason": "death"});
    app.officer("430102")
        .await
        .post(&path, &end)
        .await
        .expect(200);
}

/// The people whose awards an appropriation served, in order, by their place among `people`.
async fn served(app: &TestApp, appropriation: &Value, people: &[Person]) -> Vec<usize> {
    let mut places = Vec::new();
    for award in appropriation["served_awards"].as_array().unwrap() {
        let query = "SELECT resident_id::text FROM awards WHERE id = $1::text::uuid";
        let owner = app.database.texts(query, &[&text(award)]).await;
        places.push(
            people
                .iter()
                .position(|it| it.resident_id == owner[0])
                .unwrap(),
        );
    }
    places
}

#[tokio::test]
async fn a_granted_claim_sets_its_money_aside() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    claimant(&app, 10).await;
    assert_eq!(budget(&app).await, "900000 100000 0 | 0 0");
    assert_eq!(app.database.awards().await, ["100000 proposed earmarked"]);
}

#[tokio::test]
async fn to_the_last_fen_there_is_money_and_one_fen_short_there_is_none() {
    let app = TestApp::start().await;
    app.fill("430102", 199_999, "D-1").await;
    claimant(&app, 10).await;
    claimant(&app, 10).await;
    assert_eq!(budget(&app).await, "99999 100000 0 | 1 100000");
    let made = app.fill("430102", 1, "D-2").await;
    assert_eq!(made["served_awards"].as_array().map(Vec::len), Some(1));
    assert_eq!(budget(&app).await, "0 200000 0 | 0 0");
}

#[tokio::test]
async fn without_money_awards_wait_under_numbers() {
    let app = TestApp::start().await;
    for days in [10, 20, 1] {
        claimant(&app, days).await;
    }
    let expected = [
        "100000 proposed awaiting_funds 1",
        "200000 proposed awaiting_funds 2",
        "10000 proposed awaiting_funds 3",
    ];
    assert_eq!(app.database.awards().await, expected);
    assert_eq!(budget(&app).await, "0 0 0 | 3 310000");
}

#[tokio::test]
async fn a_small_one_waits_behind_a_big_one() {
    let app = TestApp::start().await;
    app.fill("430102", 50_000, "D-1").await;
    let people = [
        claimant(&app, 10).await,
        claimant(&app, 1).await,
        claimant(&app, 2).await,
    ];
    assert_eq!(budget(&app).await, "50000 0 0 | 3 130000");
    // Money for the two small ones, not for the first: nobody is served.
    let made = app.fill("430102", 49_999, "D-2").await;
    assert_eq!(made["served_awards"], json!([]));
    let made = app.fill("430102", 10_001, "D-3").await;
    assert_eq!(served(&app, &made, &people).await, [0, 1]);
    assert_eq!(made["account"]["available_fen"], 0);
    assert_eq!(made["account"]["waiting_awards"], 1);
    let made = app.fill("430102", 1_000_000, "D-4").await;
    assert_eq!(served(&app, &made, &people).await, [2]);
    assert_eq!(budget(&app).await, "980000 130000 0 | 0 0");
}

#[tokio::test]
async fn the_end_of_a_status_gives_its_money_back_and_the_queue_gets_it() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000, "D-1").await;
    let first = claimant(&app, 10).await;
    claimant(&app, 4).await;
    claimant(&app, 5).await;
    claimant(&app, 2).await;
    assert_eq!(budget(&app).await, "0 100000 0 | 3 110000");
    // A part: the smaller award keeps its place, the rest serves who fits, in order.
    end(&app, &first, "2026-03-07").await;
    assert_eq!(budget(&app).await, "0 100000 0 | 2 70000");
    let expected = [
        "100000 cancelled released",
        "40000 proposed earmarked 1",
        "50000 proposed awaiting_funds 2",
        "20000 proposed awaiting_funds 3",
        "60000 proposed earmarked",
    ];
    assert_eq!(app.database.awards().await, expected);
    let said = json!({
        "kind": "child_died", "from": "2018-06-01", "evidence": [],
        "ending": {"on": "2026-03-01", "reason": "death"},
    });
    let path = format!(
        "/v1/residents/{}/statuses/{}",
        first.resident_id, first.status_id
    );
    let officer = app.officer("430102").await;
    officer
        .put(&path, &said)
        .if_match("\"v2\"")
        .await
        .expect(200);
    assert_eq!(budget(&app).await, "10000 90000 0 | 1 20000");
}

#[tokio::test]
async fn one_who_leaves_the_queue_lets_the_next_through() {
    let app = TestApp::start().await;
    app.fill("430102", 20_000, "D-1").await;
    let big = claimant(&app, 10).await;
    claimant(&app, 2).await;
    assert_eq!(budget(&app).await, "20000 0 0 | 2 120000");
    end(&app, &big, "2026-03-01").await;
    assert_eq!(budget(&app).await, "0 20000 0 | 0 0");
}

#[tokio::test]
async fn one_who_waits_for_less_keeps_the_place() {
    let app = TestApp::start().await;
    app.fill("430102", 20_000, "D-1").await;
    let big = claimant(&app, 10).await;
    claimant(&app, 1).await;
    end(&app, &big, "2026-03-04").await;
    let expected = [
        "100000 cancelled released 1",
        "10000 proposed awaiting_funds 2",
        "30000 proposed awaiting_funds 1",
    ];
    assert_eq!(app.database.awards().await, expected);
    assert_eq!(budget(&app).await, "20000 0 0 | 2 40000");
    app.fill("430102", 10_000, "D-2").await;
    assert_eq!(budget(&app).await, "0 30000 0 | 1 10000");
}

#[tokio::test]
async fn an_end_that_makes_a_waiting_one_fit_serves_it() {
    let app = TestApp::start().await;
    app.fill("430102", 35_000, "D-1").await;
    let big = claimant(&app, 10).await;
    claimant(&app, 1).await;
    end(&app, &big, "2026-03-04").await;
    assert_eq!(budget(&app).await, "5000 30000 0 | 1 10000");
}

#[tokio::test]
async fn a_late_claim_moves_money_between_claims_and_not_between_people() {
    let app = TestApp::start().await;
    app.fill("430102", 2_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    let person = app.special_person().await;
    let stay =
        |record: &str, from: &str, until: &str| person.claim().record(record).stay(from, until);
    // 60 days, then 40 of which 30 are paid: the cap of the year is used up.
    let may = stay("MAY", "2026-05-01", "2026-06-30");
    hospital.claim(&may).await.expect(201);
    let august = stay("AUG", "2026-08-01", "2026-09-10");
    hospital.claim(&august).await.expect(201);
    let before = app.database.awards().await;
    assert_eq!(budget(&app).await, "1100000 900000 0 | 0 0");
    let late = stay("JAN", "2026-01-01", "2026-02-10");
    hospital.claim(&late).await.expect(201);
    assert_eq!(budget(&app).await, "1100000 900000 0 | 0 0");
    assert_eq!(app.database.awards().await, before);
}

#[tokio::test]
async fn the_same_claim_posted_again_sets_nothing_aside() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let claim = post(&hospital, &person, 10).await;
    let path = format!("/v1/hospital-claims/{claim}");
    hospital.get(&path).await.expect(200);
    let again = person.claim().record(&format!("M-{}", person.resident_id));
    let again = again.stay("2026-03-01", "2026-03-11");
    hospital.claim(&again).await.expect(200);
    assert_eq!(budget(&app).await, "900000 100000 0 | 0 0");
}
