//! What a loan would get, asked by anyone before there is one.

use serde_json::json;
use sizhu_tests::TestApp;

#[tokio::test]
async fn a_loan_that_is_thought_of_is_told_its_subsidy_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let mut form = json!({
        "division": "430102", "borrower": "household", "purpose": "production",
        "family_kept_policy": true,
        "contract": {
            "principal_fen": 5_000_000, "rate": {"kind": "fixed", "rate_ppm": 43_500},
            "day_count": "actual/360", "starts_on": "2025-01-01", "ends_on": "2026-01-01",
            "repayment": "interest_only", "every_months": 3,
        },
    });
    let told = app.anon().post("/v1/loan-previews", &form).await;
    let told = told.expect(200).json();
    // The bank counts 365 days of 360, the pack 365 of 365.
    assert_eq!(told["schedule"]["interest_fen"], 220_520, "{told}");
    assert_eq!(told["amount_fen"], 217_500, "{told}");
    let instalments = told["schedule"]["instalments"].as_array().map(Vec::len);
    assert_eq!(instalments, Some(4), "{told}");
    form["family_kept_policy"] = json!(false);
    let refused = app.anon().post("/v1/loan-previews", &form).await;
    assert_eq!(refused.expect(200).json()["amount_fen"], 0);
    let kept = "SELECT (SELECT count(*) FROM loans) + (SELECT count(*) FROM decisions)";
    assert_eq!(app.database.number(kept).await, 0);
}
