//! Who may do what with reference data and policy texts: rows of the table.

use reqwest::Method;
use serde_json::json;

use super::table::Row;
use super::world::{ROLES, Who};

const ANYONE: &[Who] = &ROLES;

/// The rows.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = reference();
    rows.extend(policies());
    rows
}

fn reference() -> Vec<Row> {
    vec![
        Row {
            operation: "list_divisions",
            request: |_, client| client.get("/v1/divisions?parent=4301"),
            success: 200,
            may: ANYONE,
            strangers: &[],
        },
        Row {
            operation: "list_hospitals",
            request: |_, client| client.get("/v1/hospitals"),
            success: 200,
            may: ANYONE,
            strangers: &[],
        },
        Row {
            operation: "create_hospital",
            request: |_, client| {
                let form = json!({
                    "national_code": "H43010290001", "name": "康复医院", "level": "level_2",
                    "grade": "a", "ownership": "public", "county": "430102",
                    "valid_from": "2020-01-01",
                });
                client.post("/v1/hospitals", &form)
            },
            success: 201,
            may: &[Who::Admin],
            strangers: &[],
        },
    ]
}

/// A draft as policy staff upload one.
pub(super) fn draft() -> serde_json::Value {
    json!({"text": "format = 2\noverlay = \"special-assistance\"\nplace = \"4302\"\n\n\
        [[values.monthly_amount]]\nfrom = \"2027-01-01\"\nvalue = \"700 yuan/month\"\n\
        assumed = \"A test.\"\n"})
}

/// Policy texts belong to no scope: whoever may at all may for the whole installation.
fn policies() -> Vec<Row> {
    const READERS: &[Who] = &[Who::Policy, Who::Auditor("430102")];
    vec![
        Row {
            operation: "create_policy_version",
            request: |_, client| client.post("/v1/policy-versions", &draft()),
            success: 201,
            may: &[Who::Policy],
            strangers: &[],
        },
        Row {
            operation: "list_policy_versions",
            request: |_, client| client.get("/v1/policy-versions"),
            success: 200,
            may: READERS,
            strangers: &[],
        },
        Row {
            operation: "get_policy_version",
            request: |world, client| client.get(&format!("/v1/policy-versions/{}", world.draft)),
            success: 200,
            may: READERS,
            strangers: &[],
        },
        Row {
            operation: "compare_policy_version",
            request: |world, client| {
                client.get(&format!("/v1/policy-versions/{}/difference", world.draft))
            },
            success: 200,
            may: READERS,
            strangers: &[],
        },
        Row {
            operation: "approve_policy_version",
            request: |world, client| {
                let path = format!("/v1/policy-versions/{}/approval", world.draft);
                let form = json!({"activates_on": "2027-01-01"});
                client.post(&path, &form).if_match("*")
            },
            success: 200,
            may: &[Who::Policy],
            strangers: &[],
        },
        Row {
            operation: "withdraw_policy_version",
            request: |world, client| {
                let path = format!("/v1/policy-versions/{}/withdrawal", world.draft);
                client.call(Method::POST, &path)
            },
            success: 200,
            may: &[Who::Policy],
            strangers: &[],
        },
    ]
}
