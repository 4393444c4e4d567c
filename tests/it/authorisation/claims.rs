//! Who may claim, correct, withdraw and settle, and who may read claims and decisions.

use reqwest::Method;
use serde_json::json;
use sizhu_tests::fixtures;

use super::table::{BESIDE, PERSON_READERS, PERSON_STRANGERS, Row, STATUS_STRANGERS, Stranger};
use super::world::Who;

/// Readers of claims, and those who look in from outside.
const CLAIM_READERS: &[Who] = &[
    Who::Hospital(1),
    Who::Officer("430102"),
    Who::Officer("43"),
    Who::Officer(fixtures::VILLAGE),
    Who::Auditor("4301"),
];

/// The operations on claims and decisions.
pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            operation: "create_hospital_claim",
            request: |world, client| {
                let claim = world
                    .plain
                    .claim()
                    .record("ZY-T")
                    .stay("2026-05-01", "2026-05-03");
                client.claim_with_key(&claim, "table")
            },
            success: 201,
            may: &[Who::Hospital(1)],
            strangers: &[],
        },
        Row {
            operation: "get_hospital_claim",
            request: |world, client| client.get(&format!("/v1/hospital-claims/{}", world.claim)),
            success: 200,
            may: CLAIM_READERS,
            strangers: &[
                (Who::Hospital(2), Stranger::NotFound),
                (Who::Officer(BESIDE), Stranger::NotFound),
                (Who::Officer("430102002"), Stranger::NotFound),
                (Who::Auditor(BESIDE), Stranger::NotFound),
            ],
        },
        Row {
            operation: "update_hospital_claim",
            request: |world, client| client.correct(&world.claim, &world.person.claim()),
            success: 200,
            may: &[Who::Hospital(1)],
            strangers: &[(Who::Hospital(2), Stranger::NotFound)],
        },
        Row {
            operation: "list_hospital_claim_versions",
            request: |world, client| {
                client.get(&format!("/v1/hospital-claims/{}/versions", world.claim))
            },
            success: 200,
            may: CLAIM_READERS,
            strangers: &[
                (Who::Hospital(2), Stranger::NotFound),
                (Who::Officer(BESIDE), Stranger::NotFound),
                (Who::Officer("430102002"), Stranger::NotFound),
                (Who::Auditor(BESIDE), Stranger::NotFound),
            ],
        },
        Row {
            operation: "withdraw_hospital_claim",
            request: |world, client| client.withdraw(&world.mistake),
            success: 200,
            may: &[Who::Hospital(1)],
            strangers: &[(Who::Hospital(2), Stranger::NotFound)],
        },
        Row {
            operation: "list_hospital_claims",
            request: |_, client| client.get("/v1/hospital-claims"),
            success: 200,
            may: CLAIM_READERS,
            strangers: &[
                (Who::Hospital(2), Stranger::Nothing),
                (Who::Officer(BESIDE), Stranger::Nothing),
                (Who::Officer("430102002"), Stranger::Nothing),
                (Who::Auditor(BESIDE), Stranger::Nothing),
            ],
        },
        Row {
            operation: "resolve_hospital_claim",
            request: |world, client| {
                let path = format!("/v1/hospital-claims/{}/resolution", world.held);
                let form = json!({"outcome": "keep_other", "reason": "核对病历"});
                client.post(&path, &form).if_match("*").key("settled")
            },
            success: 200,
            may: &[Who::Officer("430102")],
            strangers: STATUS_STRANGERS,
        },
        Row {
            operation: "get_decision",
            request: |world, client| client.get(&format!("/v1/decisions/{}", world.decision)),
            success: 200,
            may: PERSON_READERS,
            strangers: PERSON_STRANGERS,
        },
        Row {
            operation: "replay_decision",
            request: |world, client| {
                let path = format!("/v1/decisions/{}/replay", world.decision);
                client.call(Method::POST, &path)
            },
            success: 200,
            may: PERSON_READERS,
            strangers: PERSON_STRANGERS,
        },
    ]
}
