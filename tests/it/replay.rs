//! Replaying: a stored decision holds as long as nobody touches it, and whoever does is found.

mod corrected;
mod engine_1;
mod tampered;

use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sizhu_tests::{Client, Reply, TestApp, fixtures, views::text};

use crate::program::environment;

/// Posts a claim of a person who is entitled; answers the claim and its decision.
pub(super) async fn decided(app: &TestApp) -> (String, String) {
    app.fill("430102", 10_000_000, "D-1").await;
    let person = app.special_person().await;
    let claim = app.hospital(1).await.claim(&person.claim()).await;
    let claim = claim.expect(201).json();
    (text(&claim["id"]), text(&claim["decision"]["id"]))
}

pub(super) async fn replay(client: &Client, decision: &str) -> Reply {
    let path = format!("/v1/decisions/{decision}/replay");
    client.call(Method::POST, &path).language("en").await
}

/// The replay of a decision, as the officer of its county sees it.
pub(super) async fn replayed(app: &TestApp, decision: &str) -> Value {
    let officer = app.officer("430102").await;
    replay(&officer, decision).await.expect(200).json()
}

/// The configuration of the program for a database of a service in these tests: its keys.
pub(super) fn program(app: &TestApp) -> Vec<(String, String)> {
    // 32 times the byte 1, 2 or 3, in base64.
    let key = |three: &str, two: &str| format!("{}{two}", three.repeat(10));
    let mut vars = environment(app.database.service_url().expose_secret());
    for (name, value) in [
        (
            "SIZHU_ENCRYPTION_KEYS",
            format!("test:{}", key("AQEB", "AQE=")),
        ),
        ("SIZHU_INDEX_KEY", key("AgIC", "AgI=")),
        ("SIZHU_FINGERPRINT_KEY", key("AwMD", "AwM=")),
    ] {
        vars.retain(|(known, _)| known != name);
        vars.push((name.to_owned(), value));
    }
    vars
}

#[tokio::test]
async fn a_decision_holds_to_the_byte_now_and_when_it_is_history() {
    let app = TestApp::start().await;
    let (claim, decision) = decided(&app).await;
    let check = async || {
        let replay = replayed(&app, &decision).await;
        assert_eq!(replay["decision_id"], decision);
        for (member, value) in [
            ("holds", true),
            ("same_outcome", true),
            ("same_amount", true),
            ("same_days", true),
            ("same_bytes", true),
        ] {
            assert_eq!(replay[member], value, "{member}: {replay}");
        }
        assert_eq!(replay["outcome"], "granted");
        assert_eq!(replay["amount_fen"], 460_000);
        assert_eq!(replay["differences"], serde_json::json!([]));
        assert_eq!(replay["engine_version_then"], replay["engine_version_now"]);
    };
    check().await;
    // News takes another decision's place; the one before still follows from what was known then.
    let subject = "SELECT resident_id::text FROM resident_versions LIMIT 1";
    let resident = app.database.texts(subject, &[]).await.remove(0);
    let path = format!("/v1/residents/{resident}/statuses");
    let officer = app.officer("430102").await;
    let status = officer.get(&format!("/v1/residents/{resident}")).await;
    let status = text(&status.expect(200).json()["statuses"][0]["id"]);
    let end = serde_json::json!({"on": "2026-03-11", "reason": "adoption"});
    let ended = officer.post(&format!("{path}/{status}/end"), &end).await;
    ended.expect(200);
    assert_eq!(officer.outcome_of(&claim).await, "granted 10 days 100000");
    check().await;
    let query = "SELECT count(*) FROM audit_events WHERE kind = 'decision.replayed'";
    assert_eq!(app.database.number(query).await, 2);
    let made = "SELECT count(*) FROM decisions";
    assert_eq!(app.database.number(made).await, 2);
}

#[tokio::test]
async fn every_kind_of_decision_holds() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let person = app.special_person().await;
    let claims = [
        person.claim().record("A").stay("2026-02-01", "2026-02-11"),
        person.claim().record("B").stay("2025-12-20", "2026-01-10"),
        person
            .claim()
            .record("C")
            .set("/principal_diagnosis/code", "J18.9")
            .stay("2026-05-01", "2026-05-03"),
        person
            .claim()
            .record("D")
            .set("/patient_name", "李四")
            .stay("2026-06-01", "2026-06-03"),
        fixtures::claim().record("E"),
    ];
    for claim in claims {
        hospital.claim(&claim).await.expect(201);
    }
    let decisions = app
        .database
        .texts("SELECT id::text FROM decisions", &[])
        .await;
    assert!(decisions.len() >= 4, "{decisions:?}");
    let auditor = app.auditor("43").await;
    for decision in decisions {
        let replay = replay(&auditor, &decision).await.expect(200).json();
        assert_eq!(replay["same_bytes"], true, "{replay}");
        assert_eq!(replay["holds"], true, "{replay}");
    }
}

#[tokio::test]
async fn who_may_not_see_a_decision_may_not_replay_it() {
    let app = TestApp::start().await;
    let (_, decision) = decided(&app).await;
    for client in [app.officer("430103").await, app.auditor("4302").await] {
        let hidden = replay(&client, &decision).await.expect(404);
        let mut hidden = hidden.problem("not-found");
        let nowhere = uuid::Uuid::now_v7().to_string();
        let mut missing = replay(&client, &nowhere)
            .await
            .expect(404)
            .problem("not-found");
        for problem in [&mut hidden, &mut missing] {
            problem["instance"] = Value::Null;
        }
        assert_eq!(hidden, missing);
    }
    for client in [
        app.hospital(1).await,
        app.finance("43").await,
        app.policy().await,
        app.admin().await,
        app.bank().await,
    ] {
        let refused = replay(&client, &decision).await.expect(403);
        refused.problem("forbidden");
    }
    let query = "SELECT count(*) FROM audit_events WHERE kind = 'decision.replayed'";
    assert_eq!(app.database.number(query).await, 0);
}
