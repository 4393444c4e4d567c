//! Batches that are cut off, sent again, mended, and sent twice at once.

use serde_json::Value;
use sizhu_tests::{TestApp, fixtures::claim, ids};

use super::{Wire, line, results, said, send, told, until};

/// So many lines, each on somebody else.
fn lines(count: usize) -> Vec<String> {
    let one = |at: usize| line(&format!("L-{at}"), &claim().record(&format!("Z-{at}")));
    (0..count).map(one).collect()
}

#[tokio::test]
async fn what_came_before_a_cut_stands_and_the_rest_is_sent_again() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let lines = lines(130);
    let body = lines.concat();
    let half: String = lines[..70].concat();
    let mut wire = Wire::open(&app, &hospital, "B", body.len()).await;
    // The connection breaks in the middle of a line.
    wire.write(&format!("{half}{}", &lines[70][..20])).await;
    let running = until(&hospital, |it| it["lines"] == 70).await;
    assert_eq!(
        told(&running),
        "70 receiving: 70 recorded, 0 repeated, 0 known, 0 refused"
    );
    let so_far = results(&hospital, &running).await;
    assert_eq!(so_far.len(), 70);
    drop(wire);
    let cut = until(&hospital, |it| it["state"] != "receiving").await;
    assert_eq!(
        told(&cut),
        "70 interrupted: 70 recorded, 0 repeated, 0 known, 0 refused"
    );

    let batch = send(&hospital, "B", body.as_str()).await.expect(202).json();
    assert_eq!(
        told(&batch),
        "130 complete: 130 recorded, 0 repeated, 0 known, 0 refused"
    );
    assert_eq!(batch["id"], cut["id"]);
    let all = results(&hospital, &batch).await;
    assert_eq!(all[..70], so_far);
    assert_eq!(all.len(), 130);

    // And once more, when it is complete: nothing happens, all is the same.
    let written = "SELECT (SELECT count(*) FROM claims) + (SELECT count(*) FROM claim_batch_results) \
         + (SELECT count(*) FROM idempotency_records)";
    let before = app.database.number(written).await;
    let again = send(&hospital, "B", body).await.expect(202).json();
    assert_eq!(told(&again), told(&batch));
    assert_eq!(results(&hospital, &again).await, all);
    assert_eq!(app.database.number(written).await, before);
    assert_eq!(
        app.database.number("SELECT count(*) FROM claims").await,
        130
    );
    let events = "SELECT kind FROM audit_events WHERE kind LIKE 'claim_batch.%' ORDER BY id";
    let events = app.database.texts(events, &[]).await;
    let expected = [
        "begun",
        "interrupted",
        "resumed",
        "completed",
        "resumed",
        "completed",
    ];
    assert_eq!(events, expected.map(|it| format!("claim_batch.{it}")));
}

/// Under another key the lines are the same by their own keys.
#[tokio::test]
async fn the_same_lines_under_another_key_get_the_same_answers() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let body = lines(60).concat();
    let first = send(&hospital, "B", body.as_str()).await.expect(202).json();
    let second = send(&hospital, "C", body).await.expect(202).json();
    assert_eq!(
        told(&second),
        "60 complete: 0 recorded, 60 repeated, 0 known, 0 refused"
    );
    let without = |mut results: Vec<Value>| {
        results
            .iter_mut()
            .for_each(|it| it["outcome"] = Value::Null);
        results
    };
    assert_eq!(
        without(results(&hospital, &first).await),
        without(results(&hospital, &second).await)
    );
}

#[tokio::test]
async fn a_refused_line_is_mended_and_what_was_taken_is_not_changed() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let good = lines(3);
    let wrong = line("L-9", &claim().record("Z-9").set("/icu_days", 99));
    let mended = line("L-9", &claim().record("Z-9"));
    let body = |second: &str| format!("{}{second}{}", good[0], good[1]);
    let batch = send(&hospital, "B", body(&wrong)).await.expect(202).json();
    assert_eq!(
        told(&batch),
        "3 complete: 2 recorded, 0 repeated, 0 known, 1 refused"
    );
    let batch = send(&hospital, "B", body(&mended)).await.expect(202).json();
    assert_eq!(
        told(&batch),
        "3 complete: 3 recorded, 0 repeated, 0 known, 0 refused"
    );
    let all: Vec<String> = results(&hospital, &batch).await.iter().map(said).collect();
    assert_eq!(all, ["1 L-0 201", "2 L-9 201", "3 L-1 201"]);
    // A line that was taken is another one now.
    let other = send(&hospital, "B", format!("{}{}", good[0], good[2])).await;
    let errors = other.expect(422).field_errors("idempotency-key-reused");
    assert_eq!(errors, ["/2 line_differs"]);
    // Blanks at its end make no other line, and more lines may follow.
    let more = format!("{}{}", body(&mended).replace('\n', " \r\n"), good[2]);
    let batch = send(&hospital, "B", more).await.expect(202).json();
    assert_eq!(
        told(&batch),
        "4 complete: 4 recorded, 0 repeated, 0 known, 0 refused"
    );
    assert_eq!(app.database.number("SELECT count(*) FROM claims").await, 4);
}

#[tokio::test]
async fn one_request_at_a_time_sends_a_batch() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let (lines, stranger) = (lines(2), ids::woman("1960-05-01"));
    let body = lines.concat();
    let mut wire = Wire::open(&app, &hospital, "B", body.len()).await;
    wire.write(&lines[0]).await;
    until(&hospital, |it| it["lines"] == 1).await;
    let second = send(&hospital, "B", body.as_str()).await.expect(409);
    second.problem("idempotency-in-progress");
    assert_eq!(second.header("retry-after"), Some("5"));
    // Another batch is no repeat.
    let other = claim().record("Z-7").set("/citizen_id", stranger);
    send(&hospital, "C", line("L-7", &other)).await.expect(202);
    // Whoever says nothing for long is given up, and records nothing more.
    app.clock.advance(chrono::TimeDelta::minutes(3));
    let given_up = hospital.get(super::PATH).await.expect(200).json();
    assert_eq!(given_up["items"][1]["state"], "interrupted");
    let batch = send(&hospital, "B", lines[0].as_str())
        .await
        .expect(202)
        .json();
    assert_eq!(
        told(&batch),
        "1 complete: 1 recorded, 0 repeated, 0 known, 0 refused"
    );
    wire.write(&lines[1]).await;
    assert_eq!(wire.status().await, "HTTP/1.1 409 Conflict");
    assert_eq!(app.database.number("SELECT count(*) FROM claims").await, 2);
}
