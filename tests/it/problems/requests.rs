//! Addresses, methods, parameters and headers, and in which language a problem is told.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use sizhu_tests::{Reply, TestApp, coverage, fixtures};
use uuid::Uuid;

const CLAIMS: &str = "/v1/hospital-claims";

#[tokio::test]
async fn keys_and_entity_tags_are_asked_for() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let claim = fixtures::claim();
    let reply = hospital.post(CLAIMS, &claim).await.expect(400);
    reply.problem("idempotency-key-missing");
    for bad in ["", "two words", &"k".repeat(256)] {
        let reply = hospital.claim_with_key(&claim, bad).await.expect(400);
        assert_eq!(
            reply.field_errors("invalid-parameters"),
            ["/Idempotency-Key invalid_value"]
        );
    }
    let person = app.special_person().await;
    let officer = app.officer("430102").await;
    let path = format!(
        "/v1/residents/{}/statuses/{}",
        person.resident_id, person.status_id
    );
    let form = fixtures::child_died("2018-07-01");
    officer
        .put(&path, &form)
        .await
        .expect(428)
        .problem("precondition-required");
    let stale = officer.put(&path, &form).if_match("\"v0\"").await;
    stale.expect(412).problem("precondition-failed");
    let unquoted = officer.put(&path, &form).if_match("v1").await.expect(400);
    assert_eq!(
        unquoted.field_errors("invalid-parameters"),
        ["/If-Match invalid_value"]
    );
    let tag = officer
        .get(&path)
        .await
        .expect(200)
        .header("ETag")
        .expect("a tag")
        .to_owned();
    officer.put(&path, &form).if_match(&tag).await.expect(200);
}

#[tokio::test]
async fn an_unknown_path_is_404_and_a_wrong_method_405_with_allow() {
    let app = TestApp::start().await;
    let anyone = app.anon();
    for path in [
        "/v1",
        "/v1/",
        "/v2/residents",
        "/v1/residents/",
        "//v1/me",
        "/oauth",
        "/v1/me/x",
    ] {
        anyone.get(path).await.expect(404).problem("not-found");
    }
    let mut allowed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for it in coverage::operations(&app.openapi().await) {
        allowed.entry(it.path).or_default().push(it.method);
    }
    for (template, mut methods) in allowed {
        let path = template
            .replace("{id}", &Uuid::nil().to_string())
            .replace("{status_id}", &Uuid::nil().to_string())
            .replace("{slug}", "not-found");
        for other in [Method::DELETE, Method::PATCH, Method::TRACE] {
            let reply = anyone.call(other, &path).await.expect(405);
            reply.problem("method-not-allowed");
            let mut allow = list(&reply);
            if methods.contains(&"GET".to_owned()) && !methods.contains(&"HEAD".to_owned()) {
                methods.push("HEAD".to_owned());
            }
            allow.retain(|method| method != "OPTIONS");
            allow.sort();
            methods.sort();
            // `/v1/residents/search` is also a `/v1/residents/{id}`.
            assert!(
                methods.iter().all(|it| allow.contains(it)),
                "{template}: {allow:?}"
            );
            assert!(
                allow == methods || template.ends_with("/search"),
                "{template}: {allow:?}"
            );
        }
        let options = anyone.call(Method::OPTIONS, &path).await.expect(204);
        assert!(list(&options).contains(&"OPTIONS".to_owned()));
    }
    let head = anyone.call(Method::HEAD, "/health/live").await.expect(200);
    assert!(head.body.is_empty());
}

fn list(reply: &Reply) -> Vec<String> {
    let allow = reply.header("Allow").unwrap_or_default();
    allow.split(", ").map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_no_id_names_nothing() {
    let app = TestApp::start().await;
    let officer = app.officer("43").await;
    let finance = app.finance("43").await;
    let nil = Uuid::nil();
    for id in [
        "7",
        "x",
        "%00",
        "%ff",
        "..%2f",
        "430102196005010029",
        "018f-zz",
    ] {
        for path in [
            format!("/v1/residents/{id}"),
            format!("/v1/residents/{id}/statuses/{nil}"),
            format!("/v1/residents/{nil}/statuses/{id}"),
            format!("/v1/hospital-claims/{id}"),
            format!("/v1/decisions/{id}"),
        ] {
            officer.get(&path).await.expect(404).problem("not-found");
        }
        finance
            .get(&format!("/v1/accounts/{id}"))
            .await
            .expect(404)
            .problem("not-found");
        app.anon()
            .get(&format!("/problems/{id}"))
            .await
            .expect(404)
            .problem("not-found");
    }
}

/// Addresses with one parameter that is not acceptable.
const BAD_PARAMETERS: &[(&str, &str)] = &[
    ("/v1/hospital-claims?limit=0", "/limit range"),
    ("/v1/hospital-claims?limit=201", "/limit range"),
    ("/v1/hospital-claims?limit=ten", "/limit invalid_type"),
    ("/v1/hospital-claims?limit=-1", "/limit invalid_type"),
    (
        "/v1/hospital-claims?limit=1&limit=2",
        "/limit duplicate_field",
    ),
    ("/v1/hospital-claims?page=2", "/page unknown_field"),
    ("/v1/hospital-claims?status=lost", "/status unknown_variant"),
    (
        "/v1/hospital-claims?hospital_id=7",
        "/hospital_id invalid_value",
    ),
    (
        "/v1/hospital-claims?admitted_from=2026-13-01",
        "/admitted_from invalid_value",
    ),
    (
        "/v1/hospital-claims?medical_record_no=",
        "/medical_record_no length",
    ),
    ("/v1/hospital-claims?cursor=x", "/cursor cursor"),
    ("/v1/hospital-claims?cursor=", "/cursor cursor"),
    ("/v1/hospital-claims?cursor=%00", "/cursor invalid_value"),
    (
        "/v1/hospital-claims?medical_record_no=a%00",
        "/medical_record_no invalid_value",
    ),
    ("/v1/hospital-claims?status=%00", "/status unknown_variant"),
    ("/v1/divisions?parent=4", "/parent division_code"),
    ("/v1/hospitals?division=x", "/division division_code"),
    ("/v1/accounts?year=1", "/year range"),
    ("/v1/accounts?year=now", "/year invalid_type"),
    ("/v1/audit-events?from=yesterday", "/from invalid_value"),
    (
        "/v1/audit-events?subject_id=me",
        "/subject_id invalid_value",
    ),
];

#[tokio::test]
async fn bad_parameters_are_400_and_named() {
    let app = TestApp::start().await;
    let auditor = app.auditor("43").await;
    let divisions = auditor
        .get("/v1/divisions?parent=43&limit=1")
        .await
        .expect(200)
        .json();
    let of_divisions = divisions["next_cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let long = "A".repeat(513);
    let bad = BAD_PARAMETERS
        .iter()
        .map(|(path, expected)| ((*path).to_owned(), *expected));
    let cursors = [(&of_divisions, "/cursor cursor"), (&long, "/cursor length")];
    let cursors = cursors.map(|(cursor, expected)| (format!("{CLAIMS}?cursor={cursor}"), expected));
    for (path, expected) in bad.chain(cursors) {
        let reply = auditor.get(&path).await;
        assert_eq!(reply.status, 400, "{path}: {}", reply.text());
        assert_eq!(
            reply.field_errors("invalid-parameters"),
            [expected],
            "{path}"
        );
    }
    // Not UTF-8 behind its percent signs.
    let reply = auditor.get("/v1/divisions?parent=%ff").await.expect(400);
    reply.problem("invalid-parameters");
    let next = format!("/v1/divisions?parent=43&limit=1&cursor={of_divisions}");
    auditor.get(&next).await.expect(200);
}

#[tokio::test]
async fn problems_speak_chinese_or_english() {
    let app = TestApp::start().await;
    for (asked, expected) in [
        ("", "zh-CN"),
        ("zh", "zh-CN"),
        ("en", "en"),
        ("en-GB,zh;q=0.5", "en"),
        ("fr, en;q=0.1", "en"),
        ("zh-Hans-CN, en;q=0.9", "zh-CN"),
        ("fr", "zh-CN"),
        ("\u{7f}, ;;q=x", "zh-CN"),
    ] {
        let Ok(_) = reqwest::header::HeaderValue::from_str(asked) else {
            continue;
        };
        let reply = app
            .anon()
            .get("/v1/nowhere")
            .language(asked)
            .await
            .expect(404);
        let problem = reply.problem("not-found");
        assert_eq!(reply.header("Content-Language"), Some(expected), "{asked}");
        let is_english = |member: &Value| member.as_str().is_some_and(str::is_ascii);
        for member in ["title", "detail"] {
            assert_eq!(
                is_english(&problem[member]),
                expected == "en",
                "{asked}: {problem}"
            );
        }
        let vary = reply.headers.get_all("Vary").iter();
        let vary: Vec<&str> = vary.filter_map(|it| it.to_str().ok()).collect();
        assert!(
            vary.join(",").to_lowercase().contains("accept-language"),
            "{vary:?}"
        );
    }
    let hospital = app.hospital(1).await;
    let wrong = fixtures::claim().without("/charges");
    let reply = hospital
        .claim(&wrong)
        .language("en")
        .await
        .expect(422)
        .json();
    assert_eq!(reply["errors"][0]["detail"], "This field is required.");
    let reply = hospital
        .claim(&wrong)
        .language("zh")
        .await
        .expect(422)
        .json();
    assert_eq!(reply["errors"][0]["detail"], "缺少必填字段。");
}

#[tokio::test]
async fn the_catalogue_explains_every_type() {
    let app = TestApp::start().await;
    let all = app.anon().get("/problems").await.expect(200).json();
    let items = all["items"].as_array().expect("items");
    assert!(items.len() > 20);
    for item in items {
        let path = item["type"].as_str().expect("a type");
        let one = app.anon().get(path).await.expect(200).json();
        assert_eq!(one, *item);
        for text in ["title", "advice"] {
            assert!(
                item[text]["zh"].is_string() && item[text]["en"].is_string(),
                "{item}"
            );
        }
    }
}

/// What a problem says about its request leads to the log.
#[tokio::test]
async fn a_problem_names_its_request() {
    let app = TestApp::start().await;
    let id = Uuid::now_v7();
    let reply = app
        .anon()
        .get("/v1/me")
        .header("X-Request-Id", &id.to_string())
        .await
        .expect(401);
    assert_eq!(reply.header("X-Request-Id"), Some(id.to_string().as_str()));
    assert_eq!(reply.json()["instance"], json!(format!("urn:uuid:{id}")));
    let first = app
        .anon()
        .get("/v1/me")
        .header("X-Request-Id", "not one")
        .await;
    let second = app.anon().get("/v1/me").await;
    let ids = [first, second].map(|it| it.header("X-Request-Id").unwrap_or_default().to_owned());
    assert!(
        ids.iter().all(|it| it.parse::<Uuid>().is_ok()) && ids[0] != ids[1],
        "{ids:?}"
    );
}

/// `/v1/residents/search` is an operation's path and no resident's, whatever the method.
#[tokio::test]
async fn the_path_of_another_operation_is_no_record() {
    let app = TestApp::start().await;
    let officer = app.officer("430102").await;
    let reply = officer.get("/v1/residents/search").await.expect(405);
    reply.problem("method-not-allowed");
    assert_eq!(reply.header("Allow"), Some("POST, OPTIONS"));
    officer.get("/v1/residents/nobody").await.expect(404);
}
