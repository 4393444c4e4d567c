//! The OpenAPI document: committed as it is served, whole, and true of the service.

mod answers;
mod called;
mod declared;
mod schemas;
mod steps;
mod walk;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sizhu_api::document::document_text;
use sizhu_tests::{TestApp, coverage, tree};

fn committed() -> Value {
    serde_json::from_str(&tree::read("openapi/openapi.json")).expect("JSON")
}

/// Each operation of the document, as `GET /v1/residents`.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let all = coverage::operations(document).into_iter();
    let find =
        |it: &coverage::Operation| &document["paths"][&it.path][it.method.to_ascii_lowercase()];
    all.map(|it| (format!("{} {}", it.method, it.path), find(&it)))
        .collect()
}

/// The value, or what it refers to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document
            .pointer(&reference[1..])
            .expect("what is referred to"),
        None => value,
    }
}

#[test]
fn the_committed_document_is_current() {
    let current = document_text().expect("the document");
    tree::is_current("openapi/openapi.json", &current, "UPDATE_OPENAPI");
}

#[tokio::test]
async fn the_served_document_is_the_committed_one() {
    let app = TestApp::start().await;
    let reply = app.anon().get("/openapi.json").await.expect(200);
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
    assert_eq!(reply.json(), committed());
}

/// The verbs of operations. A new one is a decision: most steps are one of these.
const VERBS: [&str; 13] = [
    "approve", "cancel", "compare", "confirm", "create", "end", "get", "list", "replay", "resolve",
    "search", "update", "withdraw",
];

fn is_snake_case(noun: &str) -> bool {
    noun.split('_').all(|word| {
        let mut letters = word.chars();
        letters.next().is_some_and(|it| it.is_ascii_lowercase())
            && letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    })
}

#[test]
fn every_operation_is_described() {
    let document = committed();
    assert_eq!(document["openapi"].as_str().map(|it| &it[..3]), Some("3.1"));
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().expect(&name);
        let (verb, noun) = id.split_once('_').unwrap_or_default();
        assert!(
            VERBS.contains(&verb) && is_snake_case(noun),
            "{name}: {id} is not <verb>_<noun> in snake case, with one of {VERBS:?}"
        );
        assert!(ids.insert(id), "{id} twice");
        let own: Vec<&str> = operation["tags"]
            .as_array()
            .expect(&name)
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert!(own.len() == 1 && tags.contains(own[0]), "{name}: {own:?}");
        assert!(
            operation["summary"].as_str().is_some_and(|it| it.len() > 3),
            "{name}: no summary"
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let described = parameter["description"]
                .as_str()
                .is_some_and(|it| it.len() > 3);
            assert!(described, "{name}: {parameter}");
        }
    }
    assert!(ids.len() >= 28, "{ids:?}");
}

#[test]
fn every_operation_declares_its_answers() {
    let document = committed();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().expect(&name);
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{name}: no success"
        );
        assert!(responses.contains_key("500"), "{name}: no fault");
        for (status, response) in responses {
            let response = resolved(&document, response);
            if status.starts_with('2') {
                let content = response["content"].as_object();
                assert!(
                    content.is_some_and(|it| !it.is_empty()),
                    "{name}: {status} without content"
                );
                continue;
            }
            let content = response["content"].as_object().expect(&name);
            assert_eq!(
                content.keys().collect::<Vec<_>>(),
                ["application/problem+json"],
                "{name}"
            );
            let problem = &content["application/problem+json"];
            assert_eq!(
                problem["schema"]["$ref"], "#/components/schemas/Problem",
                "{name} {status}"
            );
            assert_eq!(
                problem["example"]["status"].to_string(),
                *status,
                "{name} {status}"
            );
        }
    }
}

/// All properties of all schemas with their names, wherever they stand.
fn properties<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    if let Some(members) = value["properties"].as_object() {
        found.extend(
            members
                .iter()
                .map(|(name, property)| (name.as_str(), property)),
        );
    }
    match value {
        Value::Object(members) => members.values().for_each(|it| properties(it, found)),
        Value::Array(items) => items.iter().for_each(|it| properties(it, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn money_is_whole_fen_and_says_so() {
    let document = committed();
    let mut found = Vec::new();
    properties(&document["components"]["schemas"], &mut found);
    let words = [
        "amount",
        "balance",
        "charge",
        "cost",
        "credit",
        "debit",
        "difference",
        "earmarked",
        "fee",
        "money",
        "paid",
        "price",
        "rate",
        "spent",
        "total",
        "yuan",
        "available",
        "appropriated",
    ];
    let mut fen = 0;
    for (name, property) in found {
        let integer = |it: &Value| it == "integer" || it == &json!(["integer", "null"]);
        // A rate of interest is no money, and says its unit too.
        if name.ends_with("_ppm") {
            continue;
        }
        if name.ends_with("_fen") {
            fen += 1;
            assert!(integer(&property["type"]), "{name}: {property}");
            assert_eq!(property["format"], "int64", "{name}: {property}");
            continue;
        }
        let is_number =
            integer(&property["type"]) || property["type"].to_string().contains("number");
        let parts: Vec<&str> = name.split('_').collect();
        let is_money = words.iter().any(|word| parts.contains(word));
        assert!(
            !(is_number && is_money),
            "{name} is money without `_fen`: {property}"
        );
        let text = property["description"].as_str().unwrap_or_default();
        assert!(!text.contains("in fen"), "{name}: {text}");
        assert!(
            !property["type"].to_string().contains("number"),
            "{name} is no whole number"
        );
    }
    assert!(fen >= 10, "{fen}");
}

#[test]
fn the_form_of_a_token_has_an_example() {
    let document = committed();
    let content = &document["paths"]["/oauth/token"]["post"]["requestBody"]["content"];
    let form = &content["application/x-www-form-urlencoded"];
    assert_eq!(
        form["example"]["grant_type"], "client_credentials",
        "{content}"
    );
}

#[test]
fn both_ways_to_authorise_are_declared() {
    let document = committed();
    let schemes = &document["components"]["securitySchemes"];
    let flow = &schemes["oauth2"]["flows"]["clientCredentials"];
    assert_eq!(flow["tokenUrl"], "/oauth/token", "{schemes}");
    assert_eq!(
        (&schemes["bearer"]["type"], &schemes["bearer"]["scheme"]),
        (&json!("http"), &json!("bearer"))
    );
    assert_eq!(
        document["security"],
        json!([{"oauth2": []}, {"bearer": []}])
    );
}

/// What a page refers to: the values of `src` and `href`.
fn references(html: &str) -> Vec<&str> {
    let after = |name: &'static str| html.split(name).skip(1);
    let values = after("src=\"").chain(after("href=\""));
    values.filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn swagger_ui_comes_whole_from_the_service() {
    let app = TestApp::start().await;
    let anyone = app.anon();
    for path in ["/", "/swagger-ui"] {
        let reply = anyone.get(path).await;
        assert!(
            (300..400).contains(&reply.status),
            "{path}: {}",
            reply.status
        );
        assert_eq!(reply.header("Location"), Some("/swagger-ui/"));
    }
    let page = anyone.get("/swagger-ui/").await.expect(200);
    assert!(
        page.header("Content-Type")
            .is_some_and(|it| it.starts_with("text/html"))
    );
    let policy = page.header("Content-Security-Policy").unwrap_or_default();
    assert!(
        policy.contains("default-src 'self'") && !policy.contains("http"),
        "{policy}"
    );
    let html = page.text();
    assert!(
        !html.contains("http://") && !html.contains("https://"),
        "{html}"
    );
    let references = references(&html);
    assert!(references.len() >= 4, "{html}");
    for reference in references {
        assert!(!reference.starts_with("//"), "{reference}");
        let path = format!("/swagger-ui/{}", reference.trim_start_matches("./"));
        let part = anyone.get(&path).await.expect(200);
        assert!(!part.body.is_empty(), "{path}");
    }
    let config = anyone
        .get("/swagger-ui/swagger-initializer.js")
        .await
        .expect(200)
        .text();
    assert!(config.contains("/openapi.json"), "{config}");
    assert!(
        !config.contains("http://") && !config.contains("https://"),
        "{config}"
    );
}
