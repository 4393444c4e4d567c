//! Who may simulate a draft, and see what came of it.

use serde_json::json;

use super::table::{Row, Stranger};
use super::world::Who;

/// A county beside that of the world.
const BESIDE: &str = "430103";

/// Policy staff, and officers of the county or above.
const READERS: &[Who] = &[Who::Policy, Who::Officer("430102"), Who::Officer("43")];

/// Officers of another county, and those below the county.
const STRANGERS: &[(Who, Stranger)] = &[
    (Who::Officer(BESIDE), Stranger::NotFound),
    (Who::Officer("430102001"), Stranger::NotFound),
];

/// The operations on simulations. That of the world is done.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row {
            operation: "create_policy_simulation",
            request: |_, client| {
                let form = json!({"division": "430102"});
                client.post("/v1/policy-simulations", &form)
            },
            success: 202,
            may: READERS,
            strangers: &[
                (Who::Officer(BESIDE), Stranger::Forbidden),
                (Who::Officer("430102001"), Stranger::Forbidden),
            ],
        },
        Row {
            operation: "list_policy_simulations",
            request: |_, client| client.get("/v1/policy-simulations"),
            success: 200,
            may: READERS,
            strangers: &[(Who::Officer(BESIDE), Stranger::Nothing)],
        },
        Row {
            operation: "list_policy_simulation_residents",
            request: |world, client| client.get(&format!("{}/residents", world.simulation)),
            success: 200,
            may: &[Who::Officer("430102"), Who::Officer("43")],
            strangers: STRANGERS,
        },
        Row {
            operation: "cancel_policy_simulation",
            request: |world, client| {
                client.post(&format!("{}/cancellation", world.simulation), &json!({}))
            },
            // Who may is told that it is over.
            success: 409,
            may: READERS,
            strangers: STRANGERS,
        },
    ];
    rows.extend(results());
    rows
}

/// What came of a simulation, in its forms.
fn results() -> Vec<Row> {
    vec![
        Row {
            operation: "get_policy_simulation",
            request: |world, client| client.get(&world.simulation),
            success: 200,
            may: READERS,
            strangers: STRANGERS,
        },
        Row {
            operation: "get_policy_simulation_csv",
            request: |world, client| client.get(&format!("{}/result.csv", world.simulation)),
            success: 200,
            may: READERS,
            strangers: STRANGERS,
        },
        Row {
            operation: "get_policy_simulation_chart",
            request: |world, client| client.get(&format!("{}/chart.svg", world.simulation)),
            success: 200,
            may: READERS,
            strangers: STRANGERS,
        },
    ]
}
