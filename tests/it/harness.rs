//! The harness itself: a service starts, its callers get tokens, its database is the test's own.

use sizhu_tests::{TestApp, coverage, fixtures, ids};

#[tokio::test]
async fn every_caller_gets_a_token_and_the_clock_may_move() {
    let app = TestApp::start().await;
    let callers = [
        app.hospital(1).await,
        app.officer("430102").await,
        app.finance("43").await,
        app.auditor("43").await,
        app.admin().await,
        app.policy().await,
        app.bank().await,
    ];
    for caller in &callers {
        assert!(caller.token().await.is_some(), "{}", caller.id());
    }
    let first = callers[0].token().await;
    assert_eq!(first, app.hospital(1).await.token().await);
    app.advance_days(1);
    assert_ne!(first, callers[0].token().await);
    assert_eq!(app.anon().token().await, None);
}

#[tokio::test]
async fn unknown_paths_are_problems() {
    let app = TestApp::start().await;
    let reply = app.anon().get("/v1/nowhere").await.expect(404);
    reply.problem("not-found");
}

#[test]
fn made_up_ids_are_valid_and_differ() {
    let some: Vec<String> = (0..100).map(|_| ids::man("1955-12-31")).collect();
    for id in &some {
        let parsed = sizhu_core::CitizenId::parse(id).unwrap();
        assert_eq!(parsed.sex(), sizhu_core::Sex::Male);
        assert_eq!(parsed.born_on().to_string(), "1955-12-31");
    }
    let distinct: std::collections::BTreeSet<_> = some.iter().collect();
    assert_eq!(distinct.len(), some.len());
}

#[tokio::test]
async fn fixtures_are_what_the_service_takes() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let hospital = app.hospital(1).await;
    let claim = hospital.claim(&person.claim()).await.expect(201).json();
    assert_eq!(claim["status"], "granted", "{claim}");
    let unknown = fixtures::claim()
        .record("ZY-2")
        .stay("2026-05-01", "2026-05-03");
    let claim = hospital.claim(&unknown).await.expect(201).json();
    assert_eq!(claim["status"], "refused", "{claim}");

    let seen = coverage::seen(&app.openapi().await);
    let posted = seen
        .iter()
        .any(|(it, status)| it.path == "/v1/hospital-claims" && *status == 201);
    assert!(posted, "{seen:?}");
}
