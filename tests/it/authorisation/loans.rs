//! Who may post loans and what happens to them, confirm, run and read them.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use sizhu_tests::{fixtures, loans::loan};
use uuid::Uuid;

use super::table::{Row, Stranger};
use super::world::{Who, statement};

/// A county beside that of the world.
const BESIDE: &str = "430103";

/// Those who post, each in their own scope.
const POSTERS: &[Who] = &[Who::Bank, Who::Officer("430102"), Who::Officer("43")];

/// Those who see loans.
const READERS: &[Who] = &[
    Who::Bank,
    Who::Officer("430102"),
    Who::Officer(fixtures::VILLAGE),
    Who::Auditor("4301"),
];

/// Those who see what loans get.
const OFFICE: &[Who] = &[
    Who::Officer("430102"),
    Who::Officer("43"),
    Who::Auditor("4301"),
];

const STRANGERS: &[(Who, Stranger)] = &[
    (Who::Officer(BESIDE), Stranger::NotFound),
    (Who::Officer("430102002"), Stranger::NotFound),
    (Who::Auditor(BESIDE), Stranger::NotFound),
];

const NOTHING: &[(Who, Stranger)] = &[
    (Who::Officer(BESIDE), Stranger::Nothing),
    (Who::Auditor(BESIDE), Stranger::Nothing),
];

/// The operations on loans.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = posting();
    rows.extend(reading());
    rows.extend(runs());
    rows.extend(statements());
    rows
}

/// Statements are the bank's own.
fn statements() -> Vec<Row> {
    let row = |operation, request, success| Row {
        operation,
        request,
        success,
        may: &[Who::Bank],
        strangers: &[],
    };
    vec![
        row("create_loan_statement", |_, client| statement(client), 201),
        row(
            "list_loan_statements",
            |_, client| client.get("/v1/loan-statements"),
            200,
        ),
        row(
            "get_loan_statement",
            |world, client| client.get(&format!("/v1/loan-statements/{}", world.statement)),
            200,
        ),
        row(
            "get_loan_statement_result",
            |world, client| client.get(&format!("/v1/loan-statements/{}/result", world.statement)),
            200,
        ),
    ]
}

fn posting() -> Vec<Row> {
    vec![
        Row {
            operation: "create_loan",
            request: |world, client| {
                let mut form = loan(&world.plain, &Uuid::new_v4().to_string());
                form["bank"] = json!("icbc");
                client.lend(&form)
            },
            success: 201,
            may: POSTERS,
            strangers: &[],
        },
        Row {
            operation: "create_loan_events",
            request: |world, client| {
                let event = json!({
                    "event_no": Uuid::new_v4().to_string(), "on": "2025-04-01", "kind": "repaid",
                    "principal_fen": 0, "interest_fen": 0, "penalty_fen": 1,
                });
                client.happened(&world.loan, &[event])
            },
            success: 201,
            may: POSTERS,
            strangers: &[(Who::Officer(BESIDE), Stranger::NotFound)],
        },
        Row {
            operation: "confirm_loan",
            request: |world, client| {
                let path = format!("/v1/loans/{}/confirmation", world.loan);
                let form = json!({"family_kept_policy": true});
                client.post(&path, &form).header("If-Match", "*")
            },
            success: 200,
            may: &[Who::Officer("430102"), Who::Officer("43")],
            strangers: &[
                (Who::Officer(BESIDE), Stranger::NotFound),
                (Who::Officer(fixtures::VILLAGE), Stranger::Forbidden),
            ],
        },
        Row {
            operation: "create_prime_rate",
            request: |_, client| {
                let form = json!({
                    "tenor": "one_year", "valid_from": "2026-11-20", "rate_ppm": 30_000,
                    "instrument": "公告", "class": "official",
                });
                client.post("/v1/prime-rates", &form)
            },
            success: 201,
            may: &[Who::Policy],
            strangers: &[],
        },
    ]
}

fn reading() -> Vec<Row> {
    vec![
        Row {
            operation: "list_loans",
            request: |_, client| client.get("/v1/loans"),
            success: 200,
            may: READERS,
            strangers: NOTHING,
        },
        Row {
            operation: "get_loan",
            request: |world, client| client.get(&format!("/v1/loans/{}", world.loan)),
            success: 200,
            may: READERS,
            strangers: STRANGERS,
        },
        Row {
            operation: "list_loan_events",
            request: |world, client| client.get(&format!("/v1/loans/{}/events", world.loan)),
            success: 200,
            may: READERS,
            strangers: STRANGERS,
        },
        Row {
            operation: "get_loan_schedule",
            request: |world, client| client.get(&format!("/v1/loans/{}/schedule", world.loan)),
            success: 200,
            may: READERS,
            strangers: STRANGERS,
        },
        Row {
            operation: "get_loan_subsidy",
            request: |world, client| client.get(&format!("/v1/loans/{}/subsidy", world.loan)),
            success: 200,
            may: OFFICE,
            strangers: STRANGERS,
        },
        Row {
            operation: "get_loan_overview",
            request: |_, client| client.get("/v1/loan-overview"),
            success: 200,
            may: OFFICE,
            strangers: NOTHING,
        },
        Row {
            operation: "list_my_loans",
            request: |_, client| client.get("/v1/me/loans"),
            success: 200,
            may: &[Who::Resident],
            strangers: &[(Who::OtherResident, Stranger::Nothing)],
        },
    ]
}

/// A year that was not run yet: a run that is open would be answered again.
fn year() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(2000);
    NEXT.fetch_add(1, Ordering::Relaxed) % 25 + 2000
}

fn runs() -> Vec<Row> {
    let mut rows = vec![
        Row {
            operation: "create_subsidy_run",
            request: |_, client| {
                let form = json!({"county": "430102", "year": year(), "quarter": 4});
                client
                    .post("/v1/subsidy-runs", &form)
                    .key(&Uuid::new_v4().to_string())
            },
            success: 202,
            may: &[Who::Officer("430102"), Who::Officer("43")],
            strangers: &[
                (Who::Officer(BESIDE), Stranger::Forbidden),
                (Who::Officer(fixtures::VILLAGE), Stranger::Forbidden),
            ],
        },
        Row {
            operation: "list_subsidy_runs",
            request: |_, client| client.get("/v1/subsidy-runs"),
            success: 200,
            may: OFFICE,
            strangers: NOTHING,
        },
        Row {
            operation: "cancel_subsidy_run",
            request: |world, client| {
                client.post(&format!("{}/cancellation", world.run), &json!({}))
            },
            // Who may is told that it is over.
            success: 409,
            may: &[Who::Officer("430102"), Who::Officer("43")],
            strangers: &[
                (Who::Officer(BESIDE), Stranger::NotFound),
                (Who::Officer(fixtures::VILLAGE), Stranger::NotFound),
            ],
        },
    ];
    for (operation, request) in READ {
        rows.push(Row {
            operation,
            request: *request,
            success: 200,
            may: OFFICE,
            strangers: STRANGERS,
        });
    }
    rows
}

type Request = fn(&super::world::World, &sizhu_tests::Client) -> sizhu_tests::Call;

/// Operations that read a run.
const READ: &[(&str, Request)] = &[
    ("get_subsidy_run", |world, client| client.get(&world.run)),
    ("list_subsidy_run_awards", |world, client| {
        client.get(&format!("{}/awards", world.run))
    }),
    ("get_subsidy_run_public_list", |world, client| {
        client.get(&format!("{}/public-list", world.run))
    }),
];
