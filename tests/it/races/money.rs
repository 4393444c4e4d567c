//! Claims that race for a county's money, and for the money that is just being put in.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use sizhu_tests::{Client, Person, TestApp, views::id};
use uuid::Uuid;

use super::{Request, at_once, entitled};

/// A claim of ten days, 100,000 fen, of each person.
fn claims<'a>(hospital: &'a Client, people: &'a [Person]) -> impl Iterator<Item = Request> + 'a {
    people.iter().map(|person| {
        let claim = person.claim().record(&person.resident_id);
        let claim = claim.stay("2026-03-01", "2026-03-11");
        hospital.claim(&claim).into_future()
    })
}

/// The numbers of those who wait, in order.
async fn waiting(app: &TestApp) -> Vec<i64> {
    let query =
        "SELECT waiting_no FROM awards WHERE funding = 'awaiting_funds' ORDER BY waiting_no";
    let rows = app.database.admin().await.query(query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Reads an account over and over until told to stop; answers the least that was available.
async fn watch(finance: &Client, account: &str, done: &AtomicBool) -> i64 {
    let path = format!("/v1/accounts/{account}");
    let mut least = i64::MAX;
    while !done.load(Ordering::Relaxed) {
        let seen = finance.get(&path).await.expect(200).json();
        let number = |member: &str| seen[member].as_i64().unwrap();
        let left = number("appropriated_fen") - number("earmarked_fen") - number("spent_fen");
        assert_eq!(number("available_fen"), left, "{seen}");
        least = least.min(left);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    least
}

#[tokio::test]
async fn money_for_37_of_160_serves_37_and_numbers_123() {
    let app = TestApp::start().await;
    // A little more than 37 claims, not enough for one more.
    app.fill("430102", 37 * 100_000 + 99_999, "D-1").await;
    let account = id(&app.budget("430102").await);
    let people = entitled(&app, 160).await;
    let (hospital, finance) = (app.hospital(1).await, app.finance("43").await);
    hospital.token().await;
    let done = AtomicBool::new(false);
    let race = async {
        let replies = at_once(16, claims(&hospital, &people)).await;
        done.store(true, Ordering::Relaxed);
        replies
    };
    let (replies, least) = tokio::join!(race, watch(&finance, &account, &done));
    assert!(least >= 0, "{least} fen available");
    for reply in replies {
        // To the hospital all are alike: who waits for money is not its business.
        assert_eq!(reply.expect(201).json()["status"], "granted");
    }
    let numbers: Vec<i64> = (1..=123).collect();
    assert_eq!(waiting(&app).await, numbers);
    let account = app.budget("430102").await;
    assert_eq!(account["earmarked_fen"], 3_700_000);
    assert_eq!(account["available_fen"], 99_999);
    assert_eq!(account["waiting_awards"], 123);
    app.database.check_books().await;
}

#[tokio::test]
async fn claims_that_race_appropriations_leave_nothing_stranded() {
    let app = TestApp::start().await;
    let account = id(&app.budget("430102").await);
    let people = entitled(&app, 120).await;
    let (hospital, finance) = (app.hospital(1).await, app.finance("43").await);
    hospital.token().await;
    finance.token().await;
    let path = format!("/v1/accounts/{account}/appropriations");
    // Forty documents of 250,000 among 120 claims of 100,000: money for 100.
    let mut requests: Vec<Request> = Vec::new();
    for (number, claim) in claims(&hospital, &people).enumerate() {
        requests.push(claim);
        if number % 3 == 0 {
            let form = json!({"amount_fen": 250_000, "document_no": format!("D-{number}")});
            requests.push(
                finance
                    .post(&path, &form)
                    .key(&Uuid::new_v4().to_string())
                    .into_future(),
            );
        }
    }
    for reply in at_once(16, requests).await {
        reply.expect(201);
    }
    app.database.check_books().await;
    let account = app.budget("430102").await;
    assert_eq!(account["earmarked_fen"], 10_000_000, "{account}");
    assert_eq!(account["available_fen"], 0);
    assert_eq!(account["waiting_awards"], 20);
    // Those who still wait are the last in the queue.
    let ahead = "SELECT count(*) FROM awards served, awards waits \
         WHERE waits.funding = 'awaiting_funds' AND served.waiting_no > waits.waiting_no \
         AND served.funding = 'earmarked'";
    assert_eq!(app.database.number(ahead).await, 0);
}

#[tokio::test]
async fn the_same_document_at_once_fills_an_account_once() {
    let app = TestApp::start().await;
    let account = id(&app.budget("430102").await);
    let finance = app.finance("43").await;
    finance.token().await;
    let path = format!("/v1/accounts/{account}/appropriations");
    for round in 0..10 {
        let form = json!({"amount_fen": 700, "document_no": format!("D-{round}")});
        let requests = (0..8).map(|_| finance.post(&path, &form).into_future());
        let replies = at_once(8, requests).await;
        let made = replies.iter().filter(|it| it.status == 201).count();
        assert_eq!(made, 1, "round {round}");
        assert!(replies.iter().all(|it| matches!(it.status, 200 | 201)));
    }
    assert_eq!(app.budget("430102").await["appropriated_fen"], 7_000);
    app.database.check_books().await;
}

#[tokio::test]
async fn the_first_claims_of_a_county_open_its_accounts_once() {
    let app = TestApp::start().await;
    let people = entitled(&app, 16).await;
    let hospital = app.hospital(1).await;
    hospital.token().await;
    for reply in at_once(16, claims(&hospital, &people)).await {
        reply.expect(201);
    }
    assert_eq!(
        app.database.number("SELECT count(*) FROM accounts").await,
        3
    );
    let numbers: Vec<i64> = (1..=16).collect();
    assert_eq!(waiting(&app).await, numbers);
    app.database.check_books().await;
}
