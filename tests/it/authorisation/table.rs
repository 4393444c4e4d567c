//! Who may do what: one row for each operation that needs a token.

use reqwest::Method;
use serde_json::json;
use sizhu_tests::{Call, Client, fixtures, ids, ledger::PROGRAMME};

use super::world::{Who, World};

/// What a caller of the right role, bound to something else, is answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stranger {
    /// As if it were not there.
    NotFound,
    /// What would be made lies outside the caller's scope, or the caller stands too low.
    Forbidden,
    /// 200, with nothing of what lies outside the scope.
    Nothing,
}

/// One operation.
pub(super) struct Row {
    pub(super) operation: &'static str,
    /// A request that a caller who may is answered with success.
    pub(super) request: fn(&World, &Client) -> Call,
    pub(super) success: u16,
    /// One caller of each role that may.
    pub(super) may: &'static [Who],
    /// Callers of these roles who may not, for what they are bound to.
    pub(super) strangers: &'static [(Who, Stranger)],
}

/// Operations without a token.
pub(super) const PUBLIC: [&str; 14] = [
    "create_eligibility_check",
    "create_loan_preview",
    "create_token",
    "get_jwks",
    "get_live",
    "get_metrics",
    "get_openapi",
    "get_problem",
    "get_programme",
    "get_ready",
    "list_facts",
    "list_prime_rates",
    "list_problems",
    "list_programmes",
];

/// A county beside that of the world, and a village and a township in it.
pub(super) const BESIDE: &str = "430103";

pub(super) const PERSON_READERS: &[Who] = &[
    Who::Officer("430102"),
    Who::Officer(fixtures::VILLAGE),
    Who::Auditor("430102"),
];

pub(super) const PERSON_STRANGERS: &[(Who, Stranger)] = &[
    (Who::Officer(BESIDE), Stranger::NotFound),
    (Who::Officer("4302"), Stranger::NotFound),
    (Who::Officer("430102002"), Stranger::NotFound),
    (Who::Auditor(BESIDE), Stranger::NotFound),
];

/// Those who may not touch a status: outside, and below the county.
pub(super) const STATUS_STRANGERS: &[(Who, Stranger)] = &[
    (Who::Officer(BESIDE), Stranger::NotFound),
    (Who::Officer("4302"), Stranger::NotFound),
    (Who::Officer("430102001"), Stranger::Forbidden),
    (Who::Officer(fixtures::VILLAGE), Stranger::Forbidden),
];

/// The rows, in an order in which each finds what it needs.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = super::claims::rows();
    rows.extend(registry());
    rows.extend(statuses());
    rows.extend(money());
    rows.extend(super::reference::rows());
    rows.extend(super::simulation::rows());
    rows.extend(super::loans::rows());
    rows.extend(super::claim_batches::rows());
    rows
}

fn registry() -> Vec<Row> {
    vec![
        Row {
            operation: "create_resident",
            request: |_, client| {
                let citizen_id = ids::citizen("430105", "1962-02-02", sizhu_core::Sex::Female, 7);
                let form = fixtures::resident(&citizen_id, "周兰", fixtures::VILLAGE);
                client.post("/v1/residents", &form)
            },
            success: 201,
            may: &[Who::Officer("430102")],
            strangers: &[
                (Who::Officer(BESIDE), Stranger::Forbidden),
                (Who::Officer("430102001002"), Stranger::Forbidden),
            ],
        },
        Row {
            operation: "get_resident",
            request: |world, client| {
                client.get(&format!("/v1/residents/{}", world.person.resident_id))
            },
            success: 200,
            may: PERSON_READERS,
            strangers: PERSON_STRANGERS,
        },
        Row {
            operation: "search_residents",
            request: |world, client| {
                let form = json!({"citizen_id": world.person.citizen_id});
                client.post("/v1/residents/search", &form)
            },
            success: 200,
            may: PERSON_READERS,
            strangers: &[
                (Who::Officer(BESIDE), Stranger::Nothing),
                (Who::Officer("430102002"), Stranger::Nothing),
                (Who::Auditor(BESIDE), Stranger::Nothing),
            ],
        },
        Row {
            operation: "list_resident_entitlements",
            request: |world, client| {
                let id = &world.person.resident_id;
                client.get(&format!("/v1/residents/{id}/entitlements"))
            },
            success: 200,
            may: PERSON_READERS,
            strangers: PERSON_STRANGERS,
        },
        Row {
            operation: "list_unserved",
            request: |_, client| client.get("/v1/unserved?division=430102"),
            success: 200,
            may: PERSON_READERS,
            strangers: &[
                (Who::Officer(BESIDE), Stranger::Nothing),
                (Who::Officer("430102002"), Stranger::Nothing),
                (Who::Auditor(BESIDE), Stranger::Nothing),
            ],
        },
        Row {
            operation: "list_my_entitlements",
            request: |_, client| client.get("/v1/me/entitlements"),
            success: 200,
            may: &[Who::Resident],
            strangers: &[(Who::OtherResident, Stranger::Nothing)],
        },
        Row {
            operation: "create_my_eligibility_check",
            request: |_, client| client.post("/v1/me/eligibility-checks", &json!({})),
            success: 200,
            may: &[Who::Resident],
            strangers: &[(Who::OtherResident, Stranger::Nothing)],
        },
        Row {
            operation: "get_me",
            request: |_, client| client.get("/v1/me"),
            success: 200,
            may: &[Who::Resident],
            strangers: &[(Who::OtherResident, Stranger::Nothing)],
        },
        Row {
            operation: "list_my_decisions",
            request: |_, client| client.get("/v1/me/decisions"),
            success: 200,
            may: &[Who::Resident],
            strangers: &[(Who::OtherResident, Stranger::Nothing)],
        },
    ]
}

fn statuses() -> Vec<Row> {
    vec![
        Row {
            operation: "create_status",
            request: |world, client| {
                let path = format!("/v1/residents/{}/statuses", world.plain.resident_id);
                client.post(&path, &fixtures::child_died("2020-01-01"))
            },
            success: 201,
            may: &[Who::Officer("430102")],
            strangers: &[
                (Who::Officer(BESIDE), Stranger::NotFound),
                (Who::Officer("430102002"), Stranger::NotFound),
            ],
        },
        Row {
            operation: "get_status",
            request: |world, client| client.get(&status(&world.person)),
            success: 200,
            may: PERSON_READERS,
            strangers: PERSON_STRANGERS,
        },
        Row {
            operation: "confirm_status",
            request: |world, client| {
                let path = format!("{}/confirmation", status(&world.proposed));
                client.call(Method::POST, &path)
            },
            success: 200,
            may: &[Who::Officer("430102")],
            strangers: STATUS_STRANGERS,
        },
        Row {
            operation: "update_status",
            request: |world, client| {
                let form = json!({"kind": "child_died", "from": "2019-02-01"});
                client.put(&status(&world.mistaken), &form).if_match("*")
            },
            success: 200,
            may: &[Who::Officer("430102")],
            strangers: PERSON_STRANGERS_OF_OFFICERS,
        },
        Row {
            operation: "end_status",
            request: |world, client| {
                let form = json!({"on": "2026-10-01", "reason": "adoption"});
                client.post(&format!("{}/end", status(&world.person)), &form)
            },
            success: 200,
            may: &[Who::Officer("430102")],
            strangers: STATUS_STRANGERS,
        },
        Row {
            operation: "withdraw_status",
            request: |world, client| {
                let path = format!("{}/withdrawal", status(&world.person));
                client.post(&path, &json!({"because": "录入有误"}))
            },
            success: 200,
            may: &[Who::Officer("430102")],
            strangers: STATUS_STRANGERS,
        },
    ]
}

pub(super) const PERSON_STRANGERS_OF_OFFICERS: &[(Who, Stranger)] = &[
    (Who::Officer(BESIDE), Stranger::NotFound),
    (Who::Officer("430102002"), Stranger::NotFound),
];

fn status(person: &sizhu_tests::Person) -> String {
    format!(
        "/v1/residents/{}/statuses/{}",
        person.resident_id, person.status_id
    )
}

fn money() -> Vec<Row> {
    const READERS: &[Who] = &[
        Who::Finance("430102"),
        Who::Finance("43"),
        Who::Auditor("4301"),
    ];
    vec![
        Row {
            operation: "list_accounts",
            request: |_, client| client.get("/v1/accounts"),
            success: 200,
            may: READERS,
            strangers: &[
                (Who::Finance(BESIDE), Stranger::Nothing),
                (Who::Auditor("4302"), Stranger::Nothing),
            ],
        },
        Row {
            operation: "get_account",
            request: |world, client| client.get(&format!("/v1/accounts/{}", world.account)),
            success: 200,
            may: READERS,
            strangers: &[
                (Who::Finance(BESIDE), Stranger::NotFound),
                (Who::Auditor("4302"), Stranger::NotFound),
            ],
        },
        Row {
            operation: "create_account",
            request: |_, client| {
                let form = json!({"programme": PROGRAMME, "year": 2027, "county": "430102"});
                client.post("/v1/accounts", &form)
            },
            success: 201,
            may: &[Who::Finance("430102")],
            strangers: &[(Who::Finance(BESIDE), Stranger::Forbidden)],
        },
        Row {
            operation: "create_appropriation",
            request: |world, client| {
                let path = format!("/v1/accounts/{}/appropriations", world.account);
                client.post(&path, &json!({"amount_fen": 100, "document_no": "table"}))
            },
            success: 201,
            may: &[Who::Finance("4301")],
            strangers: &[(Who::Finance(BESIDE), Stranger::NotFound)],
        },
        Row {
            operation: "list_audit_events",
            request: |_, client| client.get("/v1/audit-events"),
            success: 200,
            may: &[Who::Auditor("43"), Who::Auditor("430102")],
            strangers: &[(Who::Auditor("4302"), Stranger::Nothing)],
        },
    ]
}
