//! Refusals of `POST /oauth/token`: problems that OAuth clients understand too (RFC 6749, 5.2).

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::Value;
use sizhu_tests::{Call, Reply, TestApp, client::SECRET};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn ask(app: &TestApp) -> Call {
    app.anon().call(Method::POST, "/oauth/token")
}

/// Checks a refusal: the members of RFC 6749 beside those of a problem, and nothing to be cached.
#[track_caller]
fn refused(reply: &Reply, status: u16, slug: &str, error: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    let problem = reply.problem(slug);
    assert_eq!(problem["error"], error, "{problem}");
    let description = problem["error_description"].as_str().unwrap_or_default();
    assert!(
        description.len() > 10 && description.is_ascii(),
        "{problem}"
    );
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    assert!(!reply.text().contains(SECRET));
}

#[tokio::test]
async fn each_fault_has_its_error() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let id = hospital.id();
    let invalid = |reply: Reply| refused(&reply, 400, "invalid-parameters", "invalid_request");
    invalid(ask(&app).basic(id, SECRET).form(&[]).await);
    invalid(ask(&app).basic(id, SECRET).form(&[GRANT, GRANT]).await);
    invalid(
        ask(&app)
            .basic(id, SECRET)
            .form(&[GRANT, ("client_secret", SECRET)])
            .await,
    );
    invalid(
        ask(&app)
            .basic(id, SECRET)
            .form(&[GRANT, ("client_id", "another")])
            .await,
    );
    invalid(ask(&app).form(&[GRANT, ("client_id", id)]).await);
    let as_json = ask(&app).basic(id, SECRET);
    invalid(
        as_json
            .bytes(
                "application/json",
                r#"{"grant_type": "client_credentials"}"#,
            )
            .await,
    );
    let bare = ask(&app).basic(id, SECRET).await;
    invalid(bare);
    for grant in ["password", "authorization_code", ""] {
        let reply = ask(&app)
            .basic(id, SECRET)
            .form(&[("grant_type", grant)])
            .await;
        refused(&reply, 400, "invalid-parameters", "unsupported_grant_type");
    }
    // Both right ways, and a parameter nobody knows, which is to be ignored (RFC 6749, 3.2).
    ask(&app)
        .basic(id, SECRET)
        .form(&[GRANT, ("scope", "")])
        .await
        .expect(200);
    let form = [GRANT, ("client_id", id), ("client_secret", SECRET)];
    let reply = ask(&app).form(&form).await.expect(200);
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    let answer = reply.json();
    assert_eq!(
        (&answer["token_type"], &answer["expires_in"]),
        (&"Bearer".into(), &1_800.into())
    );
}

#[tokio::test]
async fn nobody_learns_which_clients_there_are() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let known = ask(&app).basic(hospital.id(), "wrong").form(&[GRANT]).await;
    let unknown = ask(&app).basic("nobody", "wrong").form(&[GRANT]).await;
    let mut answers = Vec::new();
    for reply in [known, unknown] {
        refused(&reply, 401, "invalid-client", "invalid_client");
        let challenge = reply.header("WWW-Authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Basic "), "{challenge}");
        let mut problem = reply.json();
        problem["instance"] = Value::Null;
        answers.push(problem);
    }
    assert_eq!(answers[0], answers[1]);
    for header in ["Basic !", "Basic", "Bearer x", "Basic eA=="] {
        let reply = ask(&app)
            .header("Authorization", header)
            .form(&[GRANT])
            .await;
        refused(&reply, 401, "invalid-client", "invalid_client");
    }
    let none = ask(&app).form(&[GRANT]).await;
    refused(&none, 401, "invalid-client", "invalid_client");
    let nul = ask(&app).basic("a\u{0}b", "x").form(&[GRANT]).await;
    refused(&nul, 401, "invalid-client", "invalid_client");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let guess = async || ask(&app).basic(hospital.id(), "guess").form(&[GRANT]).await;
    for _ in 0..10 {
        refused(&guess().await, 401, "invalid-client", "invalid_client");
    }
    let slowed = guess().await;
    refused(&slowed, 429, "too-many-requests", "temporarily_unavailable");
    let wait: i64 = slowed
        .header("Retry-After")
        .expect("a time")
        .parse()
        .expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    // The right secret does not tell itself apart meanwhile; others are not touched.
    let right = async || ask(&app).basic(hospital.id(), SECRET).form(&[GRANT]).await;
    right().await.expect(429);
    let other = app.hospital(2).await;
    assert!(other.token().await.is_some());
    app.clock.advance(TimeDelta::seconds(wait));
    right().await.expect(200);
    refused(&guess().await, 401, "invalid-client", "invalid_client");
}
