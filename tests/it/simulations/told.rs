//! Who is told what of a simulation.

use serde_json::json;

use super::*;

#[tokio::test]
async fn numbers_of_fewer_than_five_families_are_for_those_who_see_the_people() {
    let world = World::make(false).await;
    let policy = world.app.policy().await;
    let address = world.done(&policy, 100).await;
    let told = policy.get(&address).await.expect(200).json();
    // Two families in 430103: nothing of them.
    let few = county(&told, "430103");
    assert_eq!(numbers(few), "null null null null 0 0");
    assert_eq!(
        (&few["granted_before"], &few["difference_fen"]),
        (&Value::Null, &Value::Null)
    );
    // Six gain in 430102 and one loses: what that one loses is not to be found out.
    let own = county(&told, "430102");
    assert_eq!(numbers(own), "5040000 null 6 360000 null null");
    // Nor what is held back, from the total.
    let total = &told["result"]["programmes"][0]["total"];
    assert_eq!(numbers(total), "null null null null null null");
    let table = policy
        .get(&format!("{address}/result.csv"))
        .await
        .expect(200)
        .text();
    assert!(
        !table.contains("1440000") && table.contains("5040000"),
        "{table}"
    );
    let chart = policy
        .get(&format!("{address}/chart.svg"))
        .await
        .expect(200)
        .text();
    assert!(
        !chart.contains("14400.00") && chart.contains("50400.00"),
        "{chart}"
    );
    let people = policy.get(&format!("{address}/residents")).await;
    people.expect(403).problem("forbidden");
    // An officer of the city sees the same simulation in full.
    let officer = world.app.officer("4301").await;
    let told = officer.get(&address).await.expect(200).json();
    assert_eq!(
        numbers(county(&told, "430103")),
        "1440000 1560000 2 120000 0 0"
    );
}

#[tokio::test]
async fn officers_simulate_over_their_own_division() {
    let world = World::make(false).await;
    let beside = world.app.officer("4302").await;
    let form = world.form();
    let refused = beside.post("/v1/policy-simulations", &form).await;
    refused.expect(403).problem("forbidden");
    let below = world.app.officer("430102001").await;
    let own = json!({ "version_id": world.version, "division": "430102001" });
    let refused = below.post("/v1/policy-simulations", &own).await;
    refused.expect(403).problem("forbidden");

    let officer = world.app.officer("4301").await;
    let address = world.done(&officer, 100).await;
    for path in ["", "/result.csv", "/chart.svg", "/residents"] {
        let unseen = beside.get(&format!("{address}{path}")).await;
        unseen.expect(404).problem("not-found");
    }
    let cancelled = beside
        .post(&format!("{address}/cancellation"), &json!({}))
        .await;
    cancelled.expect(404).problem("not-found");
    // A county of the city does not see what was asked of the whole city.
    let county = world.app.officer("430102").await;
    county.get(&address).await.expect(404).problem("not-found");
    let list = beside
        .get("/v1/policy-simulations")
        .await
        .expect(200)
        .json();
    assert_eq!(list["items"], json!([]));
    let list = officer
        .get("/v1/policy-simulations?state=done")
        .await
        .expect(200)
        .json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_simulated_is_refused() {
    let world = World::make(false).await;
    let policy = world.app.policy().await;
    let post = async |form: Value| policy.post("/v1/policy-simulations", &form).await;
    let with = |name: &str, value: Value| {
        let mut form = world.form();
        form[name] = value;
        form
    };
    let reply = post(with("version_id", json!(Uuid::now_v7()))).await;
    let problem = reply.expect(422).problem("validation-failed");
    assert_eq!(problem["errors"][0]["pointer"], "/version_id");
    let reply = post(with("division", json!("99"))).await;
    assert_eq!(
        reply.expect(422).json()["errors"][0]["pointer"],
        "/division"
    );
    let reply = post(with("programmes", json!([PROGRAMME, "no-such-help"]))).await;
    assert_eq!(
        reply.expect(422).json()["errors"][0]["pointer"],
        "/programmes/1"
    );
    // A draft that has a fault names its place.
    let broken = upload(
        &world.app,
        &draft().replace("600 yuan/month", "600 yuan/day"),
    )
    .await;
    let problem = post(with("version_id", json!(broken)))
        .await
        .expect(422)
        .json();
    assert_eq!(problem["errors"][0]["code"], "policy_fault");
    let count = world.app.database.number("SELECT count(*) FROM jobs").await;
    assert_eq!(count, 0);
}
