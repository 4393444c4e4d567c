//! Programmes and facts: what anyone may read of the rules, and the forms drawn from them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sizhu_tests::{Client, TestApp, views::text};

async fn programme(client: &Client, path: &str) -> Value {
    client.get(path).await.expect(200).json()
}

/// The ids of a list, by help.
fn ids(page: &Value) -> Vec<(String, Vec<String>)> {
    let items = page["items"].as_array().expect("items").iter();
    let of = |item: &Value| {
        let programmes = item["programmes"].as_array().expect("programmes").iter();
        (
            text(&item["help"]),
            programmes.map(|it| text(&it["id"])).collect(),
        )
    };
    items.map(of).collect()
}

#[tokio::test]
async fn programmes_are_listed_by_help_for_a_place_and_a_day() {
    let app = TestApp::start_with_programmes().await;
    let anyone = app.anon();
    let listed = async |query: &str| {
        let page = programme(&anyone, &format!("/v1/programmes?{query}")).await;
        ids(&page)
    };
    let own = |help: &str, ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        (help.to_owned(), ids)
    };
    let hardship = own("hardship", &["test-reward", "test-assistance"]);
    let distress = own("distress", &["test-visit"]);
    let illness = own("illness", &["hospital-care-allowance"]);
    let all = [illness, hardship.clone(), distress.clone()];
    assert_eq!(listed("division=430102").await, all);
    assert_eq!(listed("").await, all);
    // Of another province only what holds everywhere.
    let [everywhere, alone] = [hardship, distress].map(|it| vec![it]);
    assert_eq!(listed("division=3501").await, everywhere);
    assert_eq!(listed("division=430102&help=distress").await, alone);
    // The day before they begin, and the day itself.
    assert_eq!(listed("division=3501&on=2019-12-31").await, []);
    assert_eq!(listed("division=3501&on=2020-01-01").await, everywhere);

    let first = programme(&anyone, "/v1/programmes?division=430102&limit=2").await;
    let cursor = text(&first["next_cursor"]);
    assert_eq!(ids(&first).len(), 2);
    let rest = format!("/v1/programmes?division=430102&limit=2&cursor={cursor}");
    let rest = programme(&anyone, &rest).await;
    assert_eq!(ids(&rest), alone);
    assert_eq!(rest["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_programme_says_all_its_terms_and_whose_word_they_are() {
    let app = TestApp::start_with_programmes().await;
    let get = async |query: &str| {
        let path = format!("/v1/programmes/test-assistance?{query}");
        let reply = app.anon().get(&path).header("Accept-Language", "en");
        reply.await.expect(200).json()
    };
    let there = get("division=430102&on=2026-11-23").await;
    assert_eq!(there["place"], "national");
    assert_eq!(there["nearest_place"], "4301");
    assert_eq!(there["version"], "2024-01-01");
    assert_eq!(there["in_force"], true);
    assert_eq!(
        there["eligibility"],
        "The person is alive and A special family and The wife is 49 or older"
    );
    assert_eq!(there["entitlements"][0]["gives"], "800 yuan/month");
    assert_eq!(there["payee"], "person");
    assert_eq!(there["memo"], "测试扶助");
    assert_eq!(there["review"][0]["title"], "review by the village");
    assert_eq!(there["publicity"]["mode"], "aggregate");
    assert_eq!(there["publicity"]["days"], "7 days");
    assert_eq!(there["evidence"][0]["fetched"], true);
    assert_eq!(there["exclusion"]["among"], json!(["test-reward"]));
    let clause = |id: &str| {
        let clauses = there["clauses"].as_array().unwrap().iter();
        clauses.clone().find(|it| it["clause"] == id).unwrap()
    };
    let age = clause("minimum_age");
    assert_eq!(age["citation"]["instrument"], "测试〔2020〕1号");
    assert!(text(&age["asks"]).contains("49 years"), "{age}");
    let values = there["values"].as_array().unwrap().iter();
    let monthly = values.clone().find(|it| it["name"] == "monthly").unwrap();
    let chain: Vec<(Value, Value)> = monthly["chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|level| (level["place"].clone(), level["holds"].clone()))
        .collect();
    assert_eq!(
        chain,
        [
            (json!("4301"), json!(true)),
            (json!("national"), json!(false))
        ]
    );
    let days = values.clone().find(|it| it["name"] == "publicity_days");
    assert_eq!(days.unwrap()["chain"][0]["assumed"], "A test.");

    // The day before Changsha's value, and beside Changsha, what holds everywhere.
    for query in [
        "division=430102&on=2023-12-31",
        "division=430202&on=2026-11-23",
    ] {
        let gives = &get(query).await["entitlements"][0]["gives"];
        assert_eq!(
            gives, "urban: 500 yuan/month; rural: 300 yuan/month",
            "{query}"
        );
    }
    // Before it begins, what it will be.
    let before = get("on=2019-12-31").await;
    assert_eq!(
        (&before["in_force"], &before["on"]),
        (&json!(false), &json!("2020-01-01"))
    );
}

#[tokio::test]
async fn what_is_public_may_be_kept_and_is_told_in_both_languages() {
    let app = TestApp::start_with_programmes().await;
    let ask = async |path: &str, language: &str| {
        let call = app.anon().get(path).header("Accept-Language", language);
        call.await.expect(200)
    };
    for path in [
        "/v1/programmes?division=43",
        "/v1/programmes/test-assistance",
    ] {
        let (zh, en) = (ask(path, "zh").await, ask(path, "en").await);
        let tag = |reply: &sizhu_tests::Reply| reply.header("ETag").unwrap().to_owned();
        assert_ne!(tag(&zh), tag(&en));
        assert_eq!(tag(&zh), tag(&ask(path, "zh").await));
        for reply in [&zh, &en] {
            let kept = reply.header("Cache-Control");
            assert_eq!(kept, Some("public, max-age=300"), "{path}");
        }
        assert!(en.text().contains("Test assistance") && !en.text().contains("按月发放"));
        assert!(zh.text().contains("按月发放"));
    }
    app.advance_days(1);
    let (path, zh) = ("/v1/programmes?division=43", "zh");
    let later = ask(path, zh).await;
    assert_ne!(later.header("ETag"), None);
}

#[tokio::test]
async fn a_programme_nobody_knows_is_not_found() {
    let app = TestApp::start_with_programmes().await;
    let anyone = app.anon();
    for path in [
        "/v1/programmes/nothing-of-it",
        "/v1/programmes/Bad_Id",
        // It is Hunan's.
        "/v1/programmes/test-visit?division=3501",
    ] {
        anyone.get(path).await.expect(404).problem("not-found");
    }
    for (query, error) in [
        ("division=4", "/division division_code"),
        ("on=2026-02-30", "/on date"),
        ("help=money", "/help unknown_variant"),
        ("where=43", "/where unknown_field"),
    ] {
        let reply = anyone.get(&format!("/v1/programmes?{query}")).await;
        let errors = reply.expect(400).field_errors("invalid-parameters");
        assert_eq!(errors.len(), 1, "{query}");
        let pointer = error.split(' ').next().unwrap();
        assert!(errors[0].starts_with(pointer), "{query}: {errors:?}");
    }
}

#[tokio::test]
async fn an_app_can_draw_a_form_it_has_never_seen() {
    let app = TestApp::start_with_programmes().await;
    let path = "/v1/programmes/test-assistance";
    let form = app.anon().get(path).header("Accept-Language", "en");
    let form = form.await.expect(200).json()["input_form"].clone();
    assert_eq!(
        form["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(form["type"], "object");
    assert_eq!(form["additionalProperties"], false);
    assert_eq!(form["required"], json!(["hukou", "wife_born_on"]));
    let hukou = &form["properties"]["hukou"];
    assert_eq!(hukou["title"], "Your kind of registration");
    assert_eq!(
        hukou["oneOf"],
        json!([{"const": "urban", "title": "urban"}, {"const": "rural", "title": "rural"}])
    );
    let born = &form["properties"]["wife_born_on"];
    assert_eq!(
        (&born["type"], &born["format"]),
        (&json!("string"), &json!("date"))
    );
    let children = &form["properties"]["children_living"];
    assert_eq!(
        (&children["type"], &children["minimum"]),
        (&json!("integer"), &json!(0))
    );
    assert_eq!(children["x-order"], 3);
}

/// Every form of every shipped programme is a schema as 2020-12 has them: only its keywords, each
/// with a value of its kind.
#[tokio::test]
async fn every_form_is_a_json_schema() {
    let app = TestApp::start().await;
    let anyone = app.anon();
    let mut forms = 0;
    let page = programme(&anyone, "/v1/programmes?limit=200").await;
    for (_, programmes) in ids(&page) {
        for id in programmes {
            let one = programme(&anyone, &format!("/v1/programmes/{id}")).await;
            let form = &one["input_form"];
            let properties = form["properties"].as_object().expect("properties");
            let names: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
            for required in form["required"].as_array().expect("a list") {
                assert!(
                    names.contains(required.as_str().unwrap()),
                    "{id}: {required}"
                );
            }
            let mut orders = BTreeSet::new();
            for (name, property) in properties {
                is_schema(&format!("{id}: {name}"), property);
                orders.insert(property["x-order"].as_u64().expect("an order"));
            }
            assert_eq!(orders.len(), properties.len(), "{id}");
            forms += 1;
        }
    }
    assert!(forms >= 1, "{page}");
}

#[track_caller]
fn is_schema(place: &str, schema: &Value) {
    let kind = schema["type"].as_str().expect("a type");
    for (keyword, value) in schema.as_object().expect("a schema") {
        let fits = match keyword.as_str() {
            "type" => ["boolean", "string", "integer"].contains(&kind),
            "title" | "description" | "x-type" | "x-source" => {
                value.as_str().is_some_and(|it| !it.is_empty())
            }
            "format" => kind == "string" && value == "date",
            "pattern" => kind == "string" && value.is_string(),
            "minLength" | "maxLength" => kind == "string" && value.is_u64(),
            "minimum" | "maximum" => kind == "integer" && value.is_i64(),
            "oneOf" => {
                let choices = value.as_array().expect("choices");
                let fine = |it: &Value| it["const"].is_string() && it["title"].is_string();
                !choices.is_empty() && choices.iter().all(fine)
            }
            "x-order" => value.is_u64(),
            _ => false,
        };
        assert!(fits, "{place}: {keyword} {value}");
    }
}

#[tokio::test]
async fn the_catalogue_of_facts_is_whole() {
    let app = TestApp::start_with_programmes().await;
    let anyone = app.anon();
    let mut facts: Vec<Value> = Vec::new();
    let mut next = String::new();
    loop {
        let page = programme(&anyone, &format!("/v1/facts?limit=30{next}")).await;
        facts.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    let ids: Vec<String> = facts.iter().map(|fact| text(&fact["fact"])).collect();
    let all: Vec<&str> = sizhu_core::fact::Fact::ALL
        .iter()
        .map(|fact| fact.info().id)
        .collect();
    assert_eq!(ids, all);
    let fact = |id: &str| facts.iter().find(|it| it["fact"] == id).unwrap();
    assert_eq!(fact("hukou")["words"][1]["word"], "rural");
    assert_eq!(fact("hukou")["title"], "户口性质");
    assert_eq!(fact("child_disability_grade")["maximum"], 4);
    assert_eq!(fact("children_living")["unit"], "children");
    assert_eq!(fact("child_died")["reveals"], true);
    assert_eq!(fact("times_received")["scope"], "record");
}
