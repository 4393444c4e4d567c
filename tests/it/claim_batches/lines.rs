//! Lines that cannot be taken: each told with its number, key and pointer, and harming no other.

use sizhu_tests::{TestApp, fixtures::claim, ids};

use super::{NDJSON, PATH, line, results, said, send, told};

/// Every fault at once, between lines that are good.
#[tokio::test]
async fn a_broken_line_is_told_with_its_place_and_harms_no_other() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let good = |key: &str| line(key, &claim().record(key));
    let with = |from: &str, to: &str| good("K").replacen(from, to, 1);
    let long = format!("{{\"idempotency_key\": \"{}\"}}\n", "x".repeat(64 * 1024));
    let secret = ids::woman("1960-05-01");
    let mut body = Vec::new();
    for part in [
        good("A-1"),
        "nonsense\n".to_owned(),
        "\n".to_owned(),
        good("A-4").replace('\n', "\r\n"),
        format!("{}{}", good("K").trim_end(), good("K")),
        with("\"icu_days\":0", "\"icu_days\":\"0\""),
        with("\"icu_days\":0", "\"icu_days\":99"),
        with("\"claim\"", "\"claims\""),
        with(
            "\"patient_name\"",
            &format!("\"{secret}\":1,\"patient_name\""),
        ),
        with("\"idempotency_key\":\"K\"", "\"idempotency_key\":\"\""),
        with("\"idempotency_key\":\"K\"", "\"idempotency_key\":7"),
        with(",\"idempotency_key\":\"K\"", ""),
        with("\"citizen_id\":\"4301", "\"citizen_id\":\"1601"),
        "[1]\n".to_owned(),
        long,
    ] {
        body.extend(part.into_bytes());
    }
    body.extend(b"{\"idempotency_key\": \"\xff\"}\n");
    body.extend(good("A-17").trim_end().as_bytes());
    let batch = send(&hospital, "B", body).await.expect(202);
    let location = batch.header("location").unwrap_or_default().to_owned();
    let batch = batch.json();
    assert_eq!(
        location,
        format!("{PATH}/{}", batch["id"].as_str().unwrap())
    );
    assert_eq!(
        told(&batch),
        "17 complete: 3 recorded, 0 repeated, 0 known, 14 refused"
    );
    let results = results(&hospital, &batch).await;
    let all: Vec<String> = results.iter().map(said).collect();
    assert_eq!(
        all,
        [
            r#"1 A-1 201"#,
            r#"2 - 400 invalid-request-body "" not_json"#,
            r#"3 - 400 invalid-request-body "" blank_line"#,
            r#"4 A-4 201"#,
            r#"5 - 400 invalid-request-body "" not_json"#,
            r#"6 K 422 validation-failed "/claim/icu_days" invalid_type"#,
            r#"7 K 422 validation-failed "/claim/icu_days" icu_days"#,
            r#"8 K 422 validation-failed "/claims" unknown_field"#,
            r#"9 K 422 validation-failed "/claim" unknown_field"#,
            r#"10 - 422 validation-failed "/idempotency_key" invalid_value"#,
            r#"11 - 422 validation-failed "/idempotency_key" invalid_type"#,
            r#"12 - 422 validation-failed "/idempotency_key" missing_field"#,
            r#"13 K 422 validation-failed "/claim/citizen_id" citizen_id_area"#,
            r#"14 - 422 validation-failed "/0" invalid_type"#,
            r#"15 - 413 payload-too-large "" line_too_long"#,
            r#"16 - 400 invalid-request-body "" not_json"#,
            r#"17 A-17 201"#,
        ]
    );
    assert!(!format!("{results:?}").contains(&secret));
    // A line that was refused used up no key.
    hospital
        .claim_with_key(&claim().record("K"), "K")
        .await
        .expect(201);
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let text = line("K", &claim());
    let call = |kind: &str| {
        hospital
            .call(reqwest::Method::POST, PATH)
            .bytes(kind, text.clone())
    };
    for kind in ["application/json", "text/plain", "application/x-ndjson2"] {
        let refused = call(kind).key("B").await.expect(415);
        refused.problem("unsupported-media-type");
    }
    let packed = call(NDJSON).key("B").header("Content-Encoding", "gzip");
    packed.await.expect(415).problem("unsupported-media-type");
    call(NDJSON)
        .await
        .expect(400)
        .problem("idempotency-key-missing");
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM claim_batches")
            .await,
        0
    );
    let kind = "Application/X-NDJSON; charset=utf-8";
    let batch = call(kind).key("B").await.expect(202).json();
    assert_eq!(
        told(&batch),
        "1 complete: 1 recorded, 0 repeated, 0 known, 0 refused"
    );
}

#[tokio::test]
async fn a_body_without_lines_is_a_batch_of_none() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let batch = send(&hospital, "B", "").await.expect(202).json();
    assert_eq!(
        told(&batch),
        "0 complete: 0 recorded, 0 repeated, 0 known, 0 refused"
    );
    assert_eq!(
        results(&hospital, &batch).await,
        Vec::<serde_json::Value>::new()
    );
}

/// Nothing that stood in a refused line can be read in what is kept.
#[tokio::test]
async fn nothing_that_stood_in_a_refused_line_is_kept() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let citizen_id = ids::woman("1960-05-01");
    let secret = claim().set("/citizen_id", citizen_id.as_str());
    let wrong = [
        secret.clone().set("/icu_days", 99),
        secret.clone().set("/charges/total_fen", 1),
        secret.set("/settlement_no", ""),
    ];
    // Columns that were mixed up.
    let body: String = wrong.iter().map(|it| line(&citizen_id, it)).collect();
    let batch = send(&hospital, "B", body).await.expect(202).json();
    assert_eq!(batch["refused"], 3);
    let kept =
        "SELECT r::text || encode(coalesce(key_sealed, ''), 'escape') FROM claim_batch_results r";
    let kept = app.database.texts(kept, &[]).await.join("\n");
    for secret in [citizen_id.as_str(), "I63.900", "王秀英"] {
        let hex: String = secret.bytes().map(|it| format!("{it:02x}")).collect();
        assert!(!kept.contains(secret) && !kept.contains(&hex), "{secret}");
    }
    // The hospital reads its own key again.
    assert!(
        results(&hospital, &batch)
            .await
            .iter()
            .all(|it| it["idempotency_key"] == citizen_id)
    );
}
