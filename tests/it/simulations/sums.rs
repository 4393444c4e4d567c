//! Sums made by hand.
//!
//! Before, each of the 7 in 430102 and the 2 in 430103 gets 12 x 600 yuan. After, the bereaved get
//! 6 x 600 + 6 x 700, and the one whose child is disabled gets nothing.

use serde_json::{Value, json};
use sizhu_tests::views::text;

use super::*;

#[tokio::test]
async fn a_draft_costs_what_it_costs_to_the_fen() {
    let world = World::make(false).await;
    let officer = world.app.officer("4301").await;
    // A page of two people: counties are cut by pages, and put together again.
    let address = world.done(&officer, 2).await;
    let done = officer.get(&address).await.expect(200).json();
    assert_eq!(done["state"], "done");
    assert_eq!(
        (&done["people_done"], &done["people_expected"]),
        (&json!(10), &json!(10))
    );
    let own = county(&done, "430102");
    assert_eq!(numbers(own), "5040000 4680000 6 360000 1 720000");
    assert_eq!(
        (&own["granted_before"], &own["granted_after"]),
        (&json!(7), &json!(6))
    );
    assert_eq!(own["difference_fen"], -360_000);
    assert_eq!(text(&own["name"]), "芙蓉区");
    let other = county(&done, "430103");
    assert_eq!(numbers(other), "1440000 1560000 2 120000 0 0");
    let total = &done["result"]["programmes"][0]["total"];
    assert_eq!(numbers(total), "6480000 6240000 8 480000 1 720000");
    assert_eq!(done["result"]["people"], 10);
}

#[tokio::test]
async fn without_a_draft_it_tells_what_the_rules_in_force_cost() {
    let world = World::make(false).await;
    let policy = world.app.policy().await;
    let form = json!({ "division": "430102", "year": YEAR });
    let reply = policy
        .post("/v1/policy-simulations", &form)
        .await
        .expect(202);
    let mut runner = world.runner(100);
    let job = runner.take_up().await.unwrap().unwrap();
    finish(&mut runner, job).await;
    let address = reply.header("location").unwrap();
    let done = policy.get(address).await.expect(200).json();
    assert_eq!(numbers(county(&done, "430102")), "5040000 5040000 0 0 0 0");
    assert_eq!(done["people_expected"], 7);
}

#[tokio::test]
async fn a_budget_is_used_up_on_the_day_the_sums_say() {
    let world = World::make(false).await;
    let finance = world.app.finance("43").await;
    let form = json!({ "programme": PROGRAMME, "year": YEAR, "county": "430102" });
    let account = finance.post("/v1/accounts", &form).await.expect(201).json();
    let path = format!("/v1/accounts/{}/appropriations", text(&account["id"]));
    let filled = json!({ "amount_fen": 2_000_000, "document_no": "budget" });
    finance.post(&path, &filled).await.expect(201);
    let officer = world.app.officer("4301").await;
    let address = world.done(&officer, 3).await;
    let done = officer.get(&address).await.expect(200).json();
    // 4,200 yuan a month before: 21,000 in May. After 3,600: 21,600 in June.
    let own = county(&done, "430102");
    assert_eq!(own["budget_fen"], 2_000_000);
    assert_eq!(own["budget_used_up_before"], json!(day("2027-05-01")));
    assert_eq!(own["budget_used_up_after"], json!(day("2027-06-01")));
    let other = county(&done, "430103");
    assert_eq!(
        (&other["budget_fen"], &other["budget_used_up_after"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn those_who_gain_and_lose_are_named_to_their_officers() {
    let world = World::make(false).await;
    let officer = world.app.officer("4301").await;
    let address = world.done(&officer, 4).await;
    let losers = officer
        .get(&format!("{address}/residents?direction=loses"))
        .await;
    let losers = losers.expect(200).json();
    let items = losers["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["resident_id"], json!(world.disabled.resident_id));
    assert_eq!(
        (&items[0]["before_fen"], &items[0]["after_fen"]),
        (&json!(720_000), &json!(0))
    );
    assert_eq!(
        (&items[0]["outcome_before"], &items[0]["outcome_after"]),
        (&json!("granted"), &json!("refused"))
    );
    assert_eq!(items[0]["name"], "李*");

    let mut seen = Vec::new();
    let mut path = format!("{address}/residents?direction=gains&limit=3");
    loop {
        let page = officer.get(&path).await.expect(200).json();
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| text(&it["resident_id"])),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => {
                path = format!("{address}/residents?direction=gains&limit=3&cursor={cursor}");
            }
            None => break,
        }
    }
    let mut bereaved: Vec<_> = world
        .bereaved
        .iter()
        .map(|it| it.resident_id.clone())
        .collect();
    bereaved.sort();
    seen.sort();
    assert_eq!(seen, bereaved);
    let one = officer
        .get(&format!("{address}/residents?county=430103"))
        .await;
    assert_eq!(one.expect(200).json()["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_table_says_what_the_json_says() {
    let world = World::make(false).await;
    let officer = world.app.officer("43").await;
    let address = world.done(&officer, 100).await;
    let done = officer.get(&address).await.expect(200).json();
    let reply = officer
        .get(&format!("{address}/result.csv"))
        .await
        .expect(200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let table = reply.text();
    let mut lines = table.split("\r\n").filter(|line| !line.is_empty());
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let programme = &done["result"]["programmes"][0];
    let counties = programme["counties"].as_array().unwrap();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), counties.len());
    for (row, county) in rows.iter().zip(counties) {
        for (name, cell) in names.iter().zip(row) {
            let value = if matches!(*name, "programme" | "title") {
                &programme[name]
            } else {
                &county[name]
            };
            let shown = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    value.to_string()
                }
            };
            assert_eq!(*cell, shown, "{name}");
        }
    }
}

#[tokio::test]
async fn the_chart_is_a_picture_of_the_counties() {
    let world = World::make(false).await;
    let officer = world.app.officer("43").await;
    let address = world.done(&officer, 100).await;
    let chart = officer
        .get(&format!("{address}/chart.svg"))
        .language("en")
        .await
        .expect(200);
    assert_eq!(chart.header("content-type"), Some("image/svg+xml"));
    let svg = chart.text();
    for part in [
        "<svg xmlns=",
        "芙蓉区",
        "天心区",
        "50400.00",
        "15600.00",
        "</svg>",
    ] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
    // Two bars a county, two squares of the legend, and the paper.
    assert_eq!(svg.matches("<rect").count(), 2 * 2 + 2 + 1);
    let other = officer
        .get(&format!("{address}/chart.svg?programme=no-such"))
        .await;
    other.expect(400).problem("invalid-parameters");
}

#[tokio::test]
async fn nothing_is_decided_by_a_simulation() {
    let world = World::make(false).await;
    let tables = [
        "decisions",
        "awards",
        "claims",
        "transfers",
        "status_versions",
        "resident_versions",
    ]
    .map(|table| format!("(SELECT count(*) FROM {table})"))
    .join(" + ");
    let count = format!("SELECT {tables}");
    let before = world.app.database.number(&count).await;
    let officer = world.app.officer("4301").await;
    world.done(&officer, 100).await;
    assert_eq!(world.app.database.number(&count).await, before);
    let kinds = world.app.database.texts(
        "SELECT kind FROM audit_events WHERE kind LIKE 'simulation.%' OR kind LIKE 'job.%' ORDER BY id",
        &[],
    );
    assert_eq!(kinds.await, ["simulation.requested", "job.ended"]);
}
