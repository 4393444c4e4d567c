//! Who sees a batch, and how much of it.

use sizhu_tests::{TestApp, fixtures::claim};

use super::{PATH, line, send};

#[tokio::test]
async fn a_hospital_sees_its_own_batches_and_an_auditor_their_numbers() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let mut ids = Vec::new();
    for key in ["B-1", "B-2", "B-3"] {
        let body = line(key, &claim().record(key));
        let batch = send(&one, key, body).await.expect(202).json();
        ids.push(batch["id"].as_str().unwrap().to_owned());
    }
    ids.reverse();
    let page = one.get(&format!("{PATH}?limit=2")).await.expect(200).json();
    let items = page["items"].as_array().unwrap();
    let found: Vec<&str> = items.iter().filter_map(|it| it["id"].as_str()).collect();
    assert_eq!(found, ids[..2]);
    assert_eq!(items[0]["idempotency_key"], "B-3");
    let next = page["next_cursor"].as_str().unwrap();
    let rest = one
        .get(&format!("{PATH}?cursor={next}"))
        .await
        .expect(200)
        .json();
    assert_eq!(rest["items"][0]["id"], ids[2]);
    assert!(rest["next_cursor"].is_null());

    let none = other.get(PATH).await.expect(200).json();
    assert_eq!(none["items"], serde_json::json!([]));
    for path in [
        format!("{PATH}/{}", ids[0]),
        format!("{PATH}/{}/results", ids[0]),
    ] {
        other.get(&path).await.expect(404).problem("not-found");
    }
    let auditor = app.auditor("4301").await;
    let seen = auditor
        .get(&format!("{PATH}/{}", ids[0]))
        .await
        .expect(200)
        .json();
    assert_eq!(seen["recorded"], 1);
    assert!(seen.get("idempotency_key").is_none());
    auditor
        .get(&format!("{PATH}/{}/results", ids[0]))
        .await
        .expect(403);
    let beside = app.auditor("4302").await;
    beside.get(&format!("{PATH}/{}", ids[0])).await.expect(404);
}

/// Results are read from any line on, and in the reader's language.
#[tokio::test]
async fn results_are_read_from_any_line_on() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let body = "x\n".repeat(450);
    let batch = send(&hospital, "B", body).await.expect(202).json();
    let path = format!("{PATH}/{}/results", batch["id"].as_str().unwrap());
    for (after, first) in [(0, 1), (200, 201), (449, 450)] {
        let text = hospital
            .get(&format!("{path}?after={after}"))
            .await
            .expect(200)
            .text();
        assert_eq!(text.lines().count(), 450 - after);
        let line: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(line["line"], first);
        assert_eq!(
            line["problem"]["errors"][0]["detail"],
            "该行不是恰好一个有效的 JSON 对象。"
        );
    }
    assert_eq!(
        hospital
            .get(&format!("{path}?after=450"))
            .await
            .expect(200)
            .text(),
        ""
    );
    for after in ["-1", "4294967296", "x"] {
        hospital
            .get(&format!("{path}?after={after}"))
            .await
            .expect(400);
    }
}
