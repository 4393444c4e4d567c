//! Entitlements: what the registry's people are entitled to, what they received, and who was never
//! served.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sizhu_tests::{Client, Person, TestApp, fixtures, ids, views::text};

async fn entitlements(client: &Client, path: &str) -> Value {
    client.get(path).await.expect(200).json()
}

fn of<'a>(page: &'a Value, programme: &str) -> &'a Value {
    let items = page["items"].as_array().expect("items");
    let found = items.iter().find(|it| it["programme"] == programme);
    found.unwrap_or_else(|| panic!("no {programme} in {page}"))
}

fn path(person: &Person) -> String {
    format!("/v1/residents/{}/entitlements", person.resident_id)
}

/// Who is on the list, with the programmes.
fn listed(page: &Value) -> Vec<(String, Vec<String>)> {
    let items = page["items"].as_array().expect("items").iter();
    let of = |it: &Value| {
        let programmes = it["programmes"].as_array().expect("programmes").iter();
        (
            text(&it["resident_id"]),
            programmes.map(|it| text(&it["programme"])).collect(),
        )
    };
    items.map(of).collect()
}

#[tokio::test]
async fn an_officer_sees_what_a_person_is_entitled_to_and_received() {
    let app = TestApp::start_with_programmes().await;
    app.fill("430102", 10_000_000, "D-1").await;
    let person = app.special_person().await;
    let officer = app.officer("430102").await;
    let before = entitlements(&officer, &path(&person)).await;
    let care = of(&before, "hospital-care-allowance");
    // Without a stay there is nothing to pay, and no one can say what there would be.
    assert_eq!(care["outcome"], "undetermined", "{care}");
    assert_eq!(care["served"], false);
    let assistance = of(&before, "test-assistance");
    assert_eq!(
        (&assistance["outcome"], &assistance["amount_fen"]),
        (&json!("granted"), &json!(80_000))
    );
    assert_eq!(assistance["served"], false);
    let trace = assistance["trace"].as_array().unwrap();
    let age = trace.iter().find(|it| it["clause"] == "minimum_age");
    let age = age.unwrap_or_else(|| panic!("no age in {assistance}"));
    assert_eq!(age["result"], "pass");
    assert_eq!(age["saw"]["wife_born_on"], "1960-05-01");

    let hospital = app.hospital(1).await;
    hospital.claim(&person.claim()).await.expect(201);
    let after = entitlements(&officer, &path(&person)).await;
    let care = of(&after, "hospital-care-allowance");
    assert_eq!(
        (&care["outcome"], &care["amount_fen"]),
        (&json!("granted"), &json!(460_000)),
        "{care}"
    );
    assert_eq!(care["received_this_year_fen"], 460_000);
    assert_eq!(care["received_in_all_fen"], 460_000);
    assert_eq!(
        (&care["waiting_fen"], &care["served"]),
        (&json!(0), &json!(true))
    );
}

#[tokio::test]
async fn reading_leaves_its_trace_and_one_reads_of_oneself_freely() {
    let app = TestApp::start_with_programmes().await;
    let person = app.special_person().await;
    let events = async || {
        let path = format!(
            "/v1/audit-events?resident_id={}&kind=entitlements.read",
            person.resident_id
        );
        let events = app.auditor("43").await.get(&path).await.expect(200).json();
        events["items"].as_array().unwrap().len()
    };
    let me = app.resident(&person.resident_id).await;
    let mine = entitlements(&me, "/v1/me/entitlements").await;
    assert_eq!(of(&mine, "test-visit")["outcome"], "granted");
    assert_eq!(events().await, 0);
    let officer = app.officer("430102").await;
    let theirs = entitlements(&officer, &path(&person)).await;
    assert_eq!(theirs["items"], mine["items"]);
    assert_eq!(events().await, 1);
    // Outside the scope it is as if nobody were there.
    let beside = app.officer("430103").await;
    let reply = beside.get(&path(&person)).await.expect(404);
    reply.problem("not-found");
    assert_eq!(events().await, 1);
}

#[tokio::test]
async fn the_unserved_are_the_entitled_to_whom_nothing_came() {
    let app = TestApp::start_with_programmes().await;
    let served = app.special_person().await;
    let officer = app.officer("430102").await;
    let unserved = async |query: &str| {
        let page = officer.get(&format!("/v1/unserved{query}")).await;
        listed(&page.expect(200).json())
    };
    let both = ["test-assistance", "test-visit"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(
        unserved("").await,
        [(served.resident_id.clone(), both.clone())]
    );
    // A grant that waits for money has served nobody.
    let hospital = app.hospital(1).await;
    hospital.claim(&served.claim()).await.expect(201);
    let care = "?programme=hospital-care-allowance";
    let waits = officer.get(&format!("/v1/unserved{care}")).await;
    let waits = waits.expect(200).json();
    assert_eq!(waits["items"][0]["programmes"][0]["waiting_fen"], 460_000);
    app.fill("430102", 10_000_000, "D-1").await;
    assert_eq!(unserved(care).await, []);
    assert_eq!(unserved("").await.len(), 1);

    // Someone without a status is entitled to nothing that the registry could know; the reward is
    // hers by age alone.
    let plain = fixtures::resident(&ids::woman("1960-05-02"), "孙敏", fixtures::VILLAGE);
    let plain = app.register(&plain).await;
    let reward = "?programme=test-reward";
    assert_eq!(
        unserved(reward).await,
        [(plain.resident_id.clone(), vec!["test-reward".to_owned()])]
    );
    let young = fixtures::resident(&ids::woman("1966-11-24"), "周琴", fixtures::VILLAGE);
    app.register(&young).await;
    assert_eq!(unserved(reward).await.len(), 1);
    app.advance_days(1);
    assert_eq!(unserved(reward).await.len(), 2);
}

#[tokio::test]
async fn the_list_is_masked_paged_and_kept_to_the_division() {
    let app = TestApp::start_with_programmes().await;
    let mut all = Vec::new();
    for village in [
        fixtures::VILLAGE,
        fixtures::VILLAGE,
        fixtures::OTHER_VILLAGE,
    ] {
        let resident = fixtures::resident(&ids::woman("1960-05-01"), "王秀英", village);
        let status = fixtures::child_died("2018-06-01");
        all.push(app.register_with(&resident, &status).await);
    }
    let city = app.officer("4301").await;
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = city.get(&format!("/v1/unserved?limit=1{next}")).await;
        let page = page.expect(200).json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 1);
        seen.extend(listed(&page).into_iter().map(|(id, _)| id));
        for item in items {
            assert_eq!(item["name"], "王**");
            let shown = text(&item["citizen_id"]);
            assert!(shown.contains("********"), "{shown}");
        }
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    let everyone: Vec<String> = all.iter().map(|it| it.resident_id.clone()).collect();
    assert_eq!(seen, everyone);

    let ids = async |client: &Client, query: &str| {
        let page = client.get(&format!("/v1/unserved{query}")).await;
        let page = listed(&page.expect(200).json());
        page.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&city, "?division=430103").await, everyone[2..]);
    let county = app.officer("430102").await;
    assert_eq!(ids(&county, "").await, everyone[..2]);
    // What lies around one's own division is one's own division; what lies beside it is nothing.
    assert_eq!(ids(&county, "?division=43").await, everyone[..2]);
    assert_eq!(ids(&county, "?division=430103").await, [""; 0]);
    let events = "/v1/audit-events?kind=unserved.listed";
    let events = app.auditor("430102").await.get(events).await.expect(200);
    let events = events.json();
    assert_eq!(events["items"][0]["details"]["found"], 2, "{events}");
    for refused in [app.hospital(1).await, app.bank().await, app.policy().await] {
        refused.get("/v1/unserved").await.expect(403);
    }
}

/// Under the packs as they are shipped.
#[tokio::test]
async fn the_shipped_programmes_reach_the_registry() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let officer = app.officer("430102").await;
    let page = officer.get("/v1/unserved").await.expect(200).json();
    assert_eq!(listed(&page)[0].0, person.resident_id);
    let programmes = page["items"][0]["programmes"].as_array().unwrap();
    let helps: BTreeSet<String> = programmes.iter().map(|it| text(&it["help"])).collect();
    assert_eq!(helps.len(), 4, "each of the four helps: {page}");
    let page = entitlements(&officer, &format!("{}?limit=200", path(&person))).await;
    let assistance = of(&page, "special-assistance");
    assert_eq!(assistance["version"], "2022-07-01", "{assistance}");
    let items = page["items"].as_array().unwrap();
    assert!(items.len() >= 15, "{} programmes", items.len());
    for item in items {
        let said = item["outcome"] != "undetermined" || item["missing"] != json!([]);
        assert!(said, "{item}");
    }
}
