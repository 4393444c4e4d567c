//! Bodies: media type, size, syntax, and each field that is not as it should be.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use reqwest::Method;
use sizhu_tests::{
    Call, Client, TestApp,
    fixtures::{self, Claim},
};
use uuid::Uuid;

/// The largest body taken, in bytes.
const LIMIT: usize = 64 * 1024;

const CLAIMS: &str = "/v1/hospital-claims";

fn raw(client: &Client, content_type: &str, body: impl Into<Vec<u8>>) -> Call {
    client
        .call(Method::POST, CLAIMS)
        .bytes(content_type, body)
        .key(&Uuid::new_v4().to_string())
}

#[tokio::test]
async fn what_is_not_json_is_400() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let mut whole = fixtures::claim().to_string();
    whole.push_str(" {}");
    let bodies: [&[u8]; 8] = [
        b"",
        b" ",
        b"{",
        b"nul",
        b"{]",
        b"{'a': 1}",
        b"{\"citizen_id\": \"\xff\xfe\"}",
        whole.as_bytes(),
    ];
    for body in bodies {
        let reply = raw(&hospital, "application/json", body).await.expect(400);
        reply.problem("invalid-request-body");
    }
}

#[tokio::test]
async fn another_media_type_is_415() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let claim = fixtures::claim().to_string();
    for content_type in [
        "text/plain",
        "application/xml",
        "application/merge-patch+json",
        "application/x-www-form-urlencoded",
        "json",
    ] {
        let reply = raw(&hospital, content_type, claim.clone())
            .await
            .expect(415);
        reply.problem("unsupported-media-type");
    }
    let zipped =
        raw(&hospital, "application/json", claim.clone()).header("Content-Encoding", "gzip");
    zipped.await.expect(415).problem("unsupported-media-type");
    let none = hospital.call(Method::POST, CLAIMS).key("none").await;
    none.expect(415).problem("unsupported-media-type");
    for content_type in ["application/json; charset=utf-8", "APPLICATION/JSON"] {
        raw(&hospital, content_type, "{").await.expect(400);
    }
}

#[tokio::test]
async fn too_large_is_413_whether_announced_or_not() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let mut body = fixtures::claim().to_string();
    body.push_str(&" ".repeat(LIMIT - body.len()));
    raw(&hospital, "application/json", body.clone())
        .await
        .expect(201);
    for more in [1, 1_000_000] {
        let large = format!("{body}{}", " ".repeat(more));
        raw(&hospital, "application/json", large)
            .await
            .expect(413)
            .problem("payload-too-large");
    }
    // In chunks nobody knows the size before it is there.
    let token = hospital.token().await.expect("a token");
    let head = format!(
        "POST {CLAIMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: c\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    let chunks = format!("{LIMIT:x}\r\n{body}\r\n1\r\n \r\n0\r\n\r\n");
    let answer = speak(&app, &(head + &chunks));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("/problems/payload-too-large"), "{answer}");
}

/// Sends bytes as they are and reads what comes back.
fn speak(app: &TestApp, text: &str) -> String {
    let mut stream =
        TcpStream::connect(app.base().trim_start_matches("http://")).expect("a connection");
    stream.write_all(text.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// What is wrong by its shape alone.
fn misshapen() -> Vec<(Claim, &'static str)> {
    let claim = fixtures::claim;
    vec![
        (claim().set("/colour", 1), "/colour unknown_field"),
        (
            claim().set("/nursing_days/level_9", 1),
            "/nursing_days/level_9 unknown_field",
        ),
        (claim().without("/charges"), "/charges missing_field"),
        (
            claim().without("/consent/kind"),
            "/consent/kind missing_field",
        ),
        (claim().set("/icu_days", "three"), "/icu_days invalid_type"),
        (claim().set("/icu_days", 1.5), "/icu_days invalid_type"),
        (claim().set("/icu_days", -1), "/icu_days invalid_value"),
        (claim().set("/citizen_id", 5), "/citizen_id invalid_type"),
        (
            claim().set("/principal_diagnosis", "I63"),
            "/principal_diagnosis invalid_type",
        ),
        (
            claim().set("/consent/kind", "shouted"),
            "/consent/kind unknown_variant",
        ),
        (
            claim().set("/admitted_on", "2026-02-30"),
            "/admitted_on invalid_value",
        ),
        (
            claim().set("/charges/total_fen", 9.5e30),
            "/charges/total_fen invalid_type",
        ),
    ]
}

/// What has the right shape and breaks a rule.
fn against_a_rule() -> Vec<(Claim, &'static str)> {
    let claim = fixtures::claim;
    vec![
        (
            claim().set("/charges/total_fen", -1),
            "/charges/total_fen range",
        ),
        (
            claim().set("/charges/total_fen", i64::MAX),
            "/charges/total_fen range",
        ),
        (
            claim().set("/charges/total_fen", 1),
            "/charges/total_fen charges_sum",
        ),
        (
            claim().set("/discharged_on", "2026-02-28"),
            "/discharged_on date_order",
        ),
        (
            claim().set("/consent/signed_on", "2027-01-01"),
            "/consent/signed_on date_in_future",
        ),
        (
            claim().set("/citizen_id", "430102196005010"),
            "/citizen_id citizen_id_old_form",
        ),
        (
            claim().set("/citizen_id", "43010219600501002"),
            "/citizen_id citizen_id_length",
        ),
        (
            claim().set("/medical_record_no", " "),
            "/medical_record_no length",
        ),
        (
            claim().set("/medical_record_no", "a\u{0}b"),
            "/medical_record_no invalid_value",
        ),
        // Counted and looked at as it was sent, white space around it too: so its schema says.
        (
            claim().set("/medical_record_no", "a\n"),
            "/medical_record_no invalid_value",
        ),
        (
            claim().set("/medical_record_no", format!("a{}", " ".repeat(64))),
            "/medical_record_no length",
        ),
        (
            claim().set("/patient_name", "a\u{7}b"),
            "/patient_name name",
        ),
        (
            claim().set("/patient_name", "李秀英\n"),
            "/patient_name name",
        ),
        (
            claim().set("/principal_diagnosis/code", "63"),
            "/principal_diagnosis/code diagnosis_code",
        ),
    ]
}

#[tokio::test]
async fn each_fault_of_a_field_is_422_with_its_pointer() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    for (body, expected) in misshapen().into_iter().chain(against_a_rule()) {
        let reply = hospital.claim(&body).await.expect(422);
        assert_eq!(reply.field_errors("validation-failed"), [expected]);
        let problem = reply.json();
        assert!(
            problem["errors"][0]["detail"]
                .as_str()
                .is_some_and(|it| it.len() > 5),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let claim = fixtures::claim;
    let many = claim()
        .set("/citizen_id", "x")
        .set("/patient_name", "")
        .set("/charges/total_fen", -1)
        .set("/consent/reference", "");
    let reply = hospital.claim(&many).await.expect(422);
    assert_eq!(
        reply.field_errors("validation-failed"),
        [
            "/citizen_id citizen_id_length",
            "/patient_name name",
            "/charges/total_fen range",
            "/consent/reference length",
        ]
    );
    let twice = claim().to_string().replacen('{', "{\"icu_days\": 0, ", 1);
    let reply = raw(&hospital, "application/json", twice).await.expect(422);
    assert_eq!(
        reply.field_errors("validation-failed"),
        ["/icu_days duplicate_field"]
    );
}
