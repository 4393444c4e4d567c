//! Who sends the example of each operation in the demo, in an order in which each finds what it
//! needs.
//!
//! A new operation gets a row here: its `operationId` and the demo's client that asks (`""`: anyone).
//! Ids in its path need no row of their own: `{id}` after `/v1/loans/` is what the last answered
//! `POST /v1/loans` made, else the parameter's example in the document, else the first that the same
//! client is listed at `GET /v1/loans`. `Idempotency-Key` and `If-Match` are sent where declared.
//! An operation may be asked more than once. Jobs are done where [`DO_JOBS`] stands, and not before.
//! What no operation's example makes is made by a step of its own, such as [`HOLD_A_STAY`].

/// The service does the jobs that wait.
pub(super) const DO_JOBS: &str = "do_jobs";

/// Two stays that overlap are posted, of which the second is held.
pub(super) const HOLD_A_STAY: &str = "hold_a_stay";

/// An operation, and the client that asks.
pub(super) type Step = (&'static str, &'static str);

/// All steps.
pub(super) fn steps() -> impl Iterator<Item = Step> {
    [PUBLIC, REGISTRY, CLAIMS, MONEY, POLICY, LOANS, JOBS, AFTER]
        .into_iter()
        .flatten()
        .copied()
}

const PUBLIC: &[Step] = &[
    ("get_live", ""),
    ("get_ready", ""),
    ("get_metrics", ""),
    ("get_openapi", ""),
    ("list_problems", ""),
    ("get_problem", ""),
    ("get_jwks", ""),
    ("create_token", ""),
    ("list_facts", ""),
    ("list_programmes", ""),
    ("get_programme", ""),
    ("create_eligibility_check", ""),
    ("list_prime_rates", ""),
    ("create_loan_preview", ""),
    ("list_divisions", "demo-hospital"),
    ("list_hospitals", "demo-hospital"),
    ("create_hospital", "demo-admin"),
];

const REGISTRY: &[Step] = &[
    ("create_resident", "demo-officer-county"),
    ("get_resident", "demo-officer-county"),
    ("search_residents", "demo-auditor"),
    ("list_resident_entitlements", "demo-officer-county"),
    ("list_unserved", "demo-officer-county"),
    ("create_status", "demo-officer-village"),
    ("get_status", "demo-auditor"),
    ("update_status", "demo-officer-village"),
    ("confirm_status", "demo-officer-county"),
    ("end_status", "demo-officer-county"),
    ("withdraw_status", "demo-officer-county"),
];

const CLAIMS: &[Step] = &[
    ("create_hospital_claim", "demo-hospital"),
    ("get_hospital_claim", "demo-hospital"),
    ("update_hospital_claim", "demo-hospital"),
    ("list_hospital_claims", "demo-hospital"),
    ("create_hospital_claim_batch", "demo-hospital"),
    ("list_hospital_claim_batches", "demo-hospital"),
    ("get_hospital_claim_batch", "demo-hospital"),
    ("list_hospital_claim_batch_results", "demo-hospital"),
    ("list_my_decisions", "demo-resident"),
    ("get_decision", "demo-auditor"),
    ("replay_decision", "demo-auditor"),
    (HOLD_A_STAY, "demo-hospital"),
    ("resolve_hospital_claim", "demo-officer-county"),
    ("withdraw_hospital_claim", "demo-hospital"),
    ("list_hospital_claim_versions", "demo-hospital"),
    ("get_me", "demo-resident"),
    ("list_my_entitlements", "demo-resident"),
    ("create_my_eligibility_check", "demo-resident"),
];

const MONEY: &[Step] = &[
    ("create_account", "demo-finance"),
    ("get_account", "demo-finance"),
    ("list_accounts", "demo-finance"),
    ("create_appropriation", "demo-finance"),
    ("list_audit_events", "demo-auditor"),
];

const POLICY: &[Step] = &[
    ("create_policy_version", "demo-policy"),
    ("get_policy_version", "demo-policy"),
    ("compare_policy_version", "demo-policy"),
    ("list_policy_versions", "demo-auditor"),
    ("approve_policy_version", "demo-policy-2"),
    ("withdraw_policy_version", "demo-policy"),
    ("create_prime_rate", "demo-policy"),
];

const LOANS: &[Step] = &[
    ("create_loan", "demo-bank"),
    ("get_loan", "demo-officer-county"),
    ("list_loans", "demo-bank"),
    ("create_loan_events", "demo-bank"),
    ("list_loan_events", "demo-bank"),
    ("get_loan_schedule", "demo-bank"),
    ("confirm_loan", "demo-officer-county"),
    ("get_loan_subsidy", "demo-officer-county"),
    ("get_loan_overview", "demo-officer-county"),
    ("list_my_loans", "demo-resident"),
    ("create_loan_statement", "demo-bank"),
    ("list_loan_statements", "demo-bank"),
    ("get_loan_statement", "demo-bank"),
    ("get_loan_statement_result", "demo-bank"),
];

/// What is asked for is cancelled, asked for again and done.
const JOBS: &[Step] = &[
    (DO_JOBS, ""),
    ("create_policy_simulation", "demo-officer-city"),
    ("cancel_policy_simulation", "demo-officer-city"),
    ("create_subsidy_run", "demo-officer-county"),
    ("cancel_subsidy_run", "demo-officer-county"),
    (DO_JOBS, ""),
    ("create_policy_simulation", "demo-officer-city"),
    ("create_subsidy_run", "demo-officer-county"),
    (DO_JOBS, ""),
];

/// What came of it.
const AFTER: &[Step] = &[
    ("list_policy_simulations", "demo-officer-city"),
    ("get_policy_simulation", "demo-officer-city"),
    ("get_policy_simulation_csv", "demo-officer-city"),
    ("get_policy_simulation_chart", "demo-officer-city"),
    ("list_policy_simulation_residents", "demo-officer-city"),
    ("list_subsidy_runs", "demo-officer-county"),
    ("get_subsidy_run", "demo-officer-county"),
    ("list_subsidy_run_awards", "demo-officer-county"),
    ("get_subsidy_run_public_list", "demo-officer-county"),
];
