//! Requests that are wrong in every way, with personal data in every place: the program never
//! fails, and neither its answers nor its log nor the database's tell what was sent.

use std::fs;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sizhu_tests::{Database, cluster, fixtures};

use crate::program::Service;

/// Personal data of nobody, each part to be found nowhere.
const MARKS: [&str; 6] = [
    "430102196712124729",
    "欧阳标记",
    "13987654321",
    "6217990987654321",
    "标记性脑梗死",
    "标字第0427号",
];

/// What each field is replaced by, as JSON text. `MARK` stands for all marks in one.
fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        r#""MARK""#,
        r#""MARK\u0000""#,
        r#""\u0007MARK\u001b[31m""#,
        r#""MARK\r\nSet-Cookie: a=b""#,
        r#""\ud800MARK""#,
        r#""'; DROP TABLE claims; -- MARK""#,
        r#""{{MARK}} ${MARK} %s%n""#,
        r#""\u202eMARK""#,
        r#"["MARK"]"#,
        r#"{"MARK": "MARK"}"#,
        r#"[{"MARK": ["MARK"]}]"#,
        "null",
        "true",
        "[]",
        "{}",
        r#""""#,
        "-1",
        "-0",
        "0.1",
        "1e400",
        "-1e400",
        "1e308",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "430102196712124729",
        "13987654321",
        r#""0000-00-00""#,
        r#""9999-12-31""#,
        r#""-0001-01-01""#,
        r#""+262143-01-01""#,
        r#""2026-02-30""#,
        r#""1800-01-01""#,
        r#""430102196712124729""#,
    ]
    .map(str::to_owned)
    .to_vec();
    values.push(format!("\"{}\"", "MARK".repeat(60)));
    values.push("7".repeat(5_000));
    values
}

/// All pointers into a body, deepest first.
fn pointers(body: &Value, at: &str, found: &mut Vec<String>) {
    let members = body.as_object().into_iter().flatten();
    let items = body.as_array().into_iter().flatten().enumerate();
    let items = items.map(|(index, item)| (index.to_string(), item));
    for (name, member) in members.map(|(name, it)| (name.clone(), it)).chain(items) {
        let pointer = format!("{at}/{name}");
        pointers(member, &pointer, found);
        found.push(pointer);
    }
}

/// The body's text with one place replaced by text that need not be JSON.
fn with(body: &Value, pointer: &str, text: &str) -> String {
    let mut body = body.clone();
    *body.pointer_mut(pointer).expect("a place") = json!("\u{1}HERE");
    let marks = MARKS.join(" ");
    body.to_string()
        .replace(r#""\u0001HERE""#, text)
        .replace("MARK", &marks)
}

/// What is answered as it was sent, since it names no person.
const COME_BACK: [&str; 4] = [
    "/medical_record_no",
    "/national_code",
    "/name",
    "/card/bank",
];

struct Form {
    path: String,
    token: String,
    body: Value,
}

/// One of each form there is, filled with marks as they would be right.
async fn forms(service: &Service) -> Vec<Form> {
    let admin = service.client("admin", &["admin"]).await;
    let hospital_form = json!({
        "national_code": "H43010200001", "name": "医院", "level": "level_3", "grade": "a",
        "ownership": "public", "county": "430102", "valid_from": "2020-01-01",
    });
    let made = service
        .request(Method::POST, "/v1/hospitals", &admin)
        .json(&hospital_form);
    let made: Value = made
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let hospital = made["id"].as_str().expect("an id");
    let hospital = service
        .client("hospital", &["hospital", "--hospital", hospital])
        .await;
    let officer = service
        .client("officer", &["officer", "--division", "430102"])
        .await;
    let finance = service
        .client("finance", &["finance", "--division", "43"])
        .await;
    let resident = json!({
        "citizen_id": MARKS[0], "name": MARKS[1], "division": fixtures::VILLAGE,
        "lives_in": fixtures::VILLAGE, "marital_status": "widowed",
        "spouse_citizen_id": "430102196605010021", "phone": MARKS[2],
        "card": {"bank": "中国邮政储蓄银行", "number": MARKS[3]},
    });
    let claim = fixtures::claim()
        .set("/citizen_id", MARKS[0])
        .set("/patient_name", MARKS[1])
        .set("/principal_diagnosis/name", MARKS[4])
        .set("/consent/reference", MARKS[5]);
    let status = json!({
        "kind": "child_disabled", "grade": 2, "from": "2020-01-01", "evidence":
            [{"kind": "disability_certificate", "number": MARKS[5], "issued_on": "2020-01-01"}],
    });
    let nobody = uuid::Uuid::nil();
    let form = |path: String, token: &str, body: Value| Form {
        path,
        token: token.to_owned(),
        body,
    };
    vec![
        form(
            "/v1/hospital-claims".to_owned(),
            &hospital,
            (*claim).clone(),
        ),
        form("/v1/residents".to_owned(), &officer, resident),
        form(
            "/v1/residents/search".to_owned(),
            &officer,
            json!({"citizen_id": MARKS[0]}),
        ),
        form(format!("/v1/residents/{nobody}/statuses"), &officer, status),
        form(
            format!("/v1/accounts/{nobody}/appropriations"),
            &finance,
            json!({"amount_fen": 100, "document_no": MARKS[5]}),
        ),
        form("/v1/hospitals".to_owned(), &admin, hospital_form),
    ]
}

/// Whole bodies that are wrong, for any form.
fn whole(body: &Value) -> Vec<(String, Vec<u8>)> {
    let text = body.to_string();
    let marks = MARKS.join(" ");
    let first = body
        .as_object()
        .and_then(|it| it.keys().next())
        .expect("a member");
    let twice = text.replacen('{', &format!("{{\"{first}\": \"{marks}\", "), 1);
    let mut not_utf8 = text.clone().into_bytes();
    let at = not_utf8.len() / 2;
    not_utf8[at] = 0xff;
    let deep = format!("{}\"{marks}\"{}", "[".repeat(20_000), "]".repeat(20_000));
    let deep_inside = text.replacen('{', &format!("{{\"deep\": {deep}, "), 1);
    vec![
        ("cut off".to_owned(), text.as_bytes()[..at].to_vec()),
        ("twice".to_owned(), twice.into_bytes()),
        ("not UTF-8".to_owned(), not_utf8),
        ("deep".to_owned(), deep.into_bytes()),
        ("deep inside".to_owned(), deep_inside.into_bytes()),
        ("a string".to_owned(), format!("\"{marks}\"").into_bytes()),
        ("a list".to_owned(), format!("[{text}]").into_bytes()),
        (
            "unknown".to_owned(),
            text.replacen('{', &format!("{{\"{marks}\": 1, "), 1)
                .into_bytes(),
        ),
        (
            "huge".to_owned(),
            format!("{{\"{first}\": \"{}\"}}", "9".repeat(1_000_000)).into_bytes(),
        ),
        (
            "a byte order mark".to_owned(),
            format!("\u{feff}{text}").into_bytes(),
        ),
    ]
}

/// Checks one answer: no failure, and if a refusal, one of the catalogue that tells nothing.
async fn check(answer: reqwest::Response, sent: &str) {
    check_with(answer, sent, false).await;
}

/// The same, where what was sent may come back if it is taken: numbers and names of hospitals.
async fn check_with(answer: reqwest::Response, sent: &str, may_come_back: bool) {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.expect("a body");
    assert!(status.as_u16() < 500, "{status} to {sent}: {text}");
    for value in headers.values() {
        let value = String::from_utf8_lossy(value.as_bytes());
        assert!(
            MARKS.iter().all(|mark| !value.contains(mark)),
            "{sent}: header {value}"
        );
    }
    if status.is_success() {
        let told = MARKS[..5].iter().any(|mark| text.contains(mark));
        assert!(!told || may_come_back, "{sent}: {text}");
        return;
    }
    for mark in MARKS {
        assert!(!text.contains(mark), "{sent} is told {mark}: {text}");
    }
    let problem: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{sent}: {text}"));
    assert_eq!(
        headers["Content-Type"], "application/problem+json",
        "{sent}"
    );
    assert_eq!(problem["status"], status.as_u16(), "{sent}: {text}");
    let is_known = problem["type"]
        .as_str()
        .is_some_and(|it| it.starts_with("/problems/"));
    assert!(
        is_known && status != StatusCode::NOT_FOUND || problem["type"] == "/problems/not-found"
    );
}

async fn post(service: &Service, form: &Form, body: Vec<u8>, number: usize) -> reqwest::Response {
    let request = service.request(Method::POST, &form.path, &form.token);
    let request = request.header("Content-Type", "application/json");
    let request = request.header("Idempotency-Key", format!("hostile-{number}"));
    request.body(body).send().await.expect("an answer")
}

#[tokio::test]
async fn nothing_personal_comes_back_or_is_logged() {
    let database = Database::create();
    let service = Service::on(&database, &[("SIZHU_LOG", "debug")]).await;
    let mut number = 0;
    for form in forms(&service).await {
        let mut places = Vec::new();
        pointers(&form.body, "", &mut places);
        for place in places {
            for value in values() {
                number += 1;
                // Each claim of another stay, so that no check is cut short by the one before.
                let mut body = form.body.clone();
                if body.get("medical_record_no").is_some() {
                    body["medical_record_no"] = json!(format!("ZY-{number}"));
                }
                let text = with(&body, &place, &value);
                let answer = post(&service, &form, text.into_bytes(), number).await;
                let sent = format!("{} {place} {value:.60}", form.path);
                check_with(answer, &sent, COME_BACK.contains(&place.as_str())).await;
            }
        }
        for (what, body) in whole(&form.body) {
            number += 1;
            let answer = post(&service, &form, body, number).await;
            check(answer, &format!("{} {what}", form.path)).await;
        }
    }
    around_the_body(&service).await;
    assert!(number > 1_000, "{number}");
    let log = service.program.stderr.all();
    assert!(log.len() > number, "{} lines", log.len());
    tells_nothing(&log, "the log");
    let of_database = fs::read_to_string(cluster::shared().cluster().log()).expect("a log");
    tells_nothing(
        &of_database.lines().map(str::to_owned).collect::<Vec<_>>(),
        "PostgreSQL's log",
    );
}

#[track_caller]
fn tells_nothing(lines: &[String], whose: &str) {
    for mark in MARKS {
        let line = lines.iter().find(|line| line.contains(mark));
        assert!(line.is_none(), "{whose} tells {mark}: {line:?}");
    }
}

/// Marks in addresses and headers.
async fn around_the_body(service: &Service) {
    let officer = service
        .client("officer-2", &["officer", "--division", "43"])
        .await;
    let marks = "430102196712124729%E6%AC%A7%E9%98%B3%E6%A0%87%E8%AE%B0";
    for path in [
        format!("/v1/residents/{marks}"),
        format!("/v1/residents/{marks}/statuses/{marks}"),
        format!("/v1/residents?citizen_id={marks}"),
        format!("/v1/hospital-claims?{marks}={marks}"),
        format!("/v1/hospital-claims?cursor={marks}"),
        format!("/v1/hospital-claims?status={marks}&hospital_id={marks}"),
        format!("/v1/hospital-claims?medical_record_no={marks}%00"),
        format!("/v1/hospital-claims?{marks}=%00"),
        format!("/v1/hospital-claims?{marks}=1&{marks}=2"),
        format!("/v1/hospital-claims?cursor=%0a{marks}"),
        format!("/problems/{marks}"),
        format!("/{marks}"),
        format!("/swagger-ui/{marks}"),
        format!("/v1/residents/{}", marks.repeat(1_000)),
    ] {
        let answer = service
            .request(Method::GET, &path, &officer)
            .send()
            .await
            .expect("an answer");
        check(answer, &path).await;
    }
    let mark = MARKS[0];
    for header in [
        "Authorization",
        "Accept-Language",
        "X-Request-Id",
        "User-Agent",
        "Cookie",
        "Referer",
    ] {
        for value in [
            mark.to_owned(),
            format!("Bearer {mark}"),
            format!("Basic {mark}"),
        ] {
            let request = service
                .http
                .get(format!("{}/v1/me", service.base))
                .header(header, value);
            check(request.send().await.expect("an answer"), header).await;
        }
    }
    for form in [
        vec![("grant_type", mark)],
        vec![("client_id", mark), ("client_secret", mark)],
    ] {
        let request = service
            .http
            .post(format!("{}/oauth/token", service.base))
            .form(&form);
        check(request.send().await.expect("an answer"), "a token").await;
    }
    let request = service
        .http
        .post(format!("{}/oauth/token", service.base))
        .basic_auth(mark, Some(mark));
    let request = request.form(&[("grant_type", "client_credentials")]);
    check(request.send().await.expect("an answer"), "a token by Basic").await;
}
