//! Whose money pays, and how it is put in.

use serde_json::json;
use sizhu_tests::{
    TestApp,
    fixtures::OTHER_VILLAGE,
    ledger::PROGRAMME,
    views::{id, text},
};
use tokio_postgres::error::SqlState;

use super::{budget, claimant, post};

#[tokio::test]
async fn the_county_of_registered_residence_pays_wherever_the_hospital_is() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    app.fill("430103", 1_000_000, "D-2").await;
    let person = app.special_person_in(OTHER_VILLAGE).await;
    post(&app.hospital(1).await, &person, 10).await;
    assert_eq!(app.budget("430102").await["earmarked_fen"], 0);
    assert_eq!(app.budget("430103").await["earmarked_fen"], 100_000);
    app.database.check_books().await;
}

#[tokio::test]
async fn the_budget_year_is_that_of_the_decisions_day_and_not_of_the_stay() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    // 23:59:59 on 31 December in Changsha, then midnight.
    app.set_clock("2026-12-31T15:59:59Z");
    claimant(&app, 5).await;
    app.set_clock("2026-12-31T16:00:00Z");
    assert_eq!(budget(&app).await, "0 0 0 | 0 0");
    app.fill("430102", 500_000, "D-1 of 2027").await;
    claimant(&app, 7).await;
    assert_eq!(budget(&app).await, "430000 70000 0 | 0 0");
    let years = "SELECT format('%s %s', a.year, w.benefit_year) FROM awards w \
         JOIN accounts a ON a.id = w.account_id ORDER BY w.id";
    assert_eq!(
        app.database.texts(years, &[]).await,
        ["2026 2026", "2027 2026"]
    );
}

#[tokio::test]
async fn a_reduction_next_year_goes_back_to_the_budget_it_came_from() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let person = claimant(&app, 10).await;
    app.set_clock("2027-01-05T02:00:00Z");
    let path = format!(
        "/v1/residents/{}/statuses/{}/end",
        person.resident_id, person.status_id
    );
    let end = json!({"on": "2026-03-04", "reason": "death"});
    app.officer("430102")
        .await
        .post(&path, &end)
        .await
        .expect(200);
    let accounts = "SELECT format('%s %s', year, debits_pending_fen) FROM accounts \
         WHERE kind = 'budget' AND county = '430102' ORDER BY year";
    assert_eq!(
        app.database.texts(accounts, &[]).await,
        ["2026 30000", "2027 0"]
    );
    app.database.check_books().await;
}

#[tokio::test]
async fn an_account_is_opened_once_and_filled_once_by_a_document() {
    let app = TestApp::start().await;
    let finance = app.finance("4301").await;
    let form = json!({"programme": PROGRAMME, "year": 2026, "county": "430102"});
    let first = finance.post("/v1/accounts", &form).await.expect(201).json();
    let again = finance.post("/v1/accounts", &form).await.expect(200).json();
    assert_eq!(first, again);
    let path = format!("/v1/accounts/{}/appropriations", id(&first));
    let form = json!({"amount_fen": 700, "document_no": "湘财预〔2026〕88号"});
    let made = finance.post(&path, &form).await.expect(201).json();
    let again = finance.post(&path, &form).await.expect(200).json();
    assert_eq!(made["id"], again["id"]);
    assert_eq!(again["account"]["appropriated_fen"], 700);
    let other = json!({"amount_fen": 701, "document_no": "湘财预〔2026〕88号"});
    let refused = finance.post(&path, &other).await.expect(409);
    assert_eq!(refused.problem("already-exists")["transfer_id"], made["id"]);
    assert_eq!(budget(&app).await, "700 0 0 | 0 0");
    // The same document may fill another county's account.
    app.fill("430103", 5, "湘财预〔2026〕88号").await;
    app.database.check_books().await;
}

#[tokio::test]
async fn an_appropriation_under_a_key_is_made_once() {
    let app = TestApp::start().await;
    let finance = app.finance("43").await;
    let path = format!(
        "/v1/accounts/{}/appropriations",
        id(&app.budget("430102").await)
    );
    let form = |fen: i64| json!({"amount_fen": fen, "document_no": "D-1"});
    let first = finance.post(&path, &form(500)).key("K").await.expect(201);
    let again = finance.post(&path, &form(500)).key("K").await.expect(201);
    assert_eq!(first.body, again.body);
    let reused = finance.post(&path, &form(501)).key("K").await.expect(422);
    reused.problem("idempotency-key-reused");
    for fen in [0, -1, i64::MAX] {
        let reply = finance.post(&path, &form(fen)).await.expect(422);
        assert_eq!(
            reply.field_errors("validation-failed"),
            ["/amount_fen range"]
        );
    }
    assert_eq!(budget(&app).await, "500 0 0 | 0 0");
}

#[tokio::test]
async fn finance_reaches_the_accounts_of_its_division_alone() {
    let app = TestApp::start().await;
    let account = id(&app.budget("430102").await);
    let stranger = app.finance("430103").await;
    let form = json!({"amount_fen": 700, "document_no": "D-1"});
    let path = format!("/v1/accounts/{account}");
    stranger.get(&path).await.expect(404);
    let fill = format!("{path}/appropriations");
    stranger.post(&fill, &form).await.expect(404);
    let form = json!({"programme": PROGRAMME, "year": 2026, "county": "430102"});
    stranger.post("/v1/accounts", &form).await.expect(403);
    let list = stranger.get("/v1/accounts").await.expect(200).json();
    assert_eq!(list["items"], json!([]));
    let own = app
        .finance("430102")
        .await
        .get("/v1/accounts")
        .await
        .expect(200)
        .json();
    assert_eq!(text(&own["items"][0]["id"]), account);
}

#[tokio::test]
async fn the_database_itself_refuses_to_overdraw_an_account() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000, "D-1").await;
    claimant(&app, 10).await;
    let service = app.database.service().await;
    for column in ["debits_pending_fen", "debits_posted_fen"] {
        let one_more = format!("UPDATE accounts SET {column} = {column} + 1 WHERE kind = 'budget'");
        let refused = service.batch_execute(&one_more).await.unwrap_err();
        let refused = refused.as_db_error().unwrap();
        assert_eq!(refused.code(), &SqlState::CHECK_VIOLATION);
        assert_eq!(
            refused.constraint(),
            Some("accounts_debits_within_credits_check")
        );
    }
    let taken_back = "UPDATE accounts SET credits_posted_fen = credits_posted_fen - 1 \
         WHERE kind = 'budget'";
    assert!(service.batch_execute(taken_back).await.is_err());
    assert_eq!(budget(&app).await, "0 100000 0 | 0 0");
}

#[tokio::test]
async fn the_database_itself_refuses_a_second_earmark_for_an_award() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    claimant(&app, 10).await;
    let again = "INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_fen, kind, \
         state, award_id, recorded_by, recorded_at) SELECT gen_random_uuid(), debit_account_id, \
         credit_account_id, 1, kind, state, award_id, 'x', now() FROM transfers WHERE kind = 'earmark'";
    let refused = app
        .database
        .service()
        .await
        .batch_execute(again)
        .await
        .unwrap_err();
    let refused = refused.as_db_error().unwrap();
    assert_eq!(refused.constraint(), Some("transfers_award_live_key"));
}

#[tokio::test]
async fn the_database_itself_lets_a_document_fill_an_account_once() {
    let app = TestApp::start().await;
    app.fill("430102", 700, "D-1").await;
    let again = "INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_fen, kind, \
         state, document_no, recorded_by, recorded_at, settled_at) SELECT gen_random_uuid(), \
         debit_account_id, credit_account_id, 1, kind, state, document_no, 'x', now(), now() \
         FROM transfers";
    let refused = app.database.service().await;
    let refused = refused.batch_execute(again).await.unwrap_err();
    let refused = refused.as_db_error().unwrap().constraint();
    assert_eq!(refused, Some("transfers_credit_account_id_document_no_key"));
}
