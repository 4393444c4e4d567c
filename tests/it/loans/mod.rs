//! Loans and the subsidy of their interest, from the bank's post to the last fen.

mod files;
mod kept;
mod life;
mod previews;
mod prime;
mod races;
mod statements;
mod told;

use serde_json::Value;
use sizhu_tests::{Client, TestApp};

/// A service that leaves its jobs to the test.
pub(super) async fn started() -> TestApp {
    TestApp::start_with(|config| config.jobs = false).await
}

/// The decisions in force on loans: contract number, outcome, amount.
pub(super) async fn decided(app: &TestApp) -> Vec<String> {
    let query = "SELECT concat_ws(' ', l.contract_no, d.outcome, d.amount_fen) FROM decisions d \
         JOIN loans l ON l.id = d.loan_id WHERE d.superseded_at IS NULL ORDER BY 1";
    app.database.texts(query, &[]).await
}

/// What a loan gets for the year 2025, as an officer is told.
pub(super) async fn subsidy(client: &Client, loan: &str, more: &str) -> Value {
    let path = format!("/v1/loans/{loan}/subsidy?from=2025-01-01&until=2026-01-01{more}");
    client.get(&path).await.expect(200).json()["periods"][0].clone()
}
