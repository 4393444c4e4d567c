//! Who sends the example of each operation with a body, in an order in which each finds what it needs.

use sizhu_tests::{Client, TestApp, fixtures, views::id};

/// Callers by the operation whose example they send, in an order in which each finds what it
/// needs; with the path, its ids filled in.
pub(super) async fn senders(app: &TestApp) -> Vec<(&'static str, Client, &'static str)> {
    // The borrower of the example.
    let borrower = fixtures::resident("430102196503150023", "李秀英", fixtures::VILLAGE);
    app.register(&borrower).await;
    let (policy, second) = (app.policy().await, app.second_policy().await);
    let staff = policy.clone();
    let held = held(app).await.leak();
    vec![
        (
            "create_resident",
            app.officer("430102").await,
            "/v1/residents",
        ),
        (
            "search_residents",
            app.officer("430102").await,
            "/v1/residents/search",
        ),
        (
            "create_status",
            app.officer("430102").await,
            "/v1/residents/{id}/statuses",
        ),
        (
            "update_status",
            app.officer("430102").await,
            "/v1/residents/{id}/statuses/{status_id}",
        ),
        (
            "end_status",
            app.officer("430102").await,
            "/v1/residents/{id}/statuses/{status_id}/end",
        ),
        (
            "withdraw_status",
            app.officer("430102").await,
            "/v1/residents/{id}/statuses/{status_id}/withdrawal",
        ),
        (
            "create_hospital_claim",
            app.hospital(1).await,
            "/v1/hospital-claims",
        ),
        ("resolve_hospital_claim", app.officer("430102").await, held),
        ("create_account", app.finance("43").await, "/v1/accounts"),
        (
            "create_appropriation",
            app.finance("43").await,
            "/v1/accounts/{account}/appropriations",
        ),
        ("create_hospital", app.admin().await, "/v1/hospitals"),
        (
            "create_eligibility_check",
            app.anon(),
            "/v1/eligibility-checks",
        ),
        ("create_policy_simulation", staff, "/v1/policy-simulations"),
        ("create_policy_version", policy, "/v1/policy-versions"),
        (
            "approve_policy_version",
            second,
            "/v1/policy-versions/{policy}/approval",
        ),
        ("create_loan", app.bank().await, "/v1/loans"),
        (
            "create_loan_events",
            app.bank().await,
            "/v1/loans/{loan}/events",
        ),
        (
            "confirm_loan",
            app.officer("43").await,
            "/v1/loans/{loan}/confirmation",
        ),
        (
            "create_loan_statement",
            app.bank().await,
            "/v1/loan-statements",
        ),
        ("create_loan_preview", app.anon(), "/v1/loan-previews"),
        (
            "create_subsidy_run",
            app.officer("43").await,
            "/v1/subsidy-runs",
        ),
        ("create_prime_rate", app.policy().await, "/v1/prime-rates"),
        (
            "create_my_eligibility_check",
            app.resident(&app.special_person().await.resident_id).await,
            "/v1/me/eligibility-checks",
        ),
    ]
}

/// A held stay, and where it is settled.
async fn held(app: &TestApp) -> String {
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let claim = person.claim();
    let first = claim.clone().record("A").stay("2026-03-10", "2026-03-20");
    hospital.claim(&first).await.expect(201);
    let second = claim.record("B").stay("2026-03-15", "2026-03-25");
    let second = hospital.claim(&second).await.expect(201).json();
    format!("/v1/hospital-claims/{}/resolution", id(&second))
}
