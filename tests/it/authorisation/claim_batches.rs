//! Who may send many claims at once, and who may see what became of them.

use super::table::{Row, Stranger};
use super::world::{Who, batch};

/// A county beside that of the world.
const BESIDE: &str = "430103";

/// The operations on batches of claims.
pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            operation: "create_hospital_claim_batch",
            request: |world, client| batch(client, &world.plain),
            success: 202,
            may: &[Who::Hospital(1)],
            strangers: &[],
        },
        Row {
            operation: "list_hospital_claim_batches",
            request: |_, client| client.get("/v1/hospital-claim-batches"),
            success: 200,
            may: &[Who::Hospital(1), Who::Auditor("430102")],
            strangers: &[
                (Who::Hospital(2), Stranger::Nothing),
                (Who::Auditor(BESIDE), Stranger::Nothing),
            ],
        },
        Row {
            operation: "get_hospital_claim_batch",
            request: |world, client| client.get(&world.batch),
            success: 200,
            may: &[Who::Hospital(1), Who::Auditor("430102")],
            strangers: &[
                (Who::Hospital(2), Stranger::NotFound),
                (Who::Auditor(BESIDE), Stranger::NotFound),
            ],
        },
        Row {
            operation: "list_hospital_claim_batch_results",
            request: |world, client| client.get(&format!("{}/results", world.batch)),
            success: 200,
            may: &[Who::Hospital(1)],
            strangers: &[(Who::Hospital(2), Stranger::NotFound)],
        },
    ]
}
