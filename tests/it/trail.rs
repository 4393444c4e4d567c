//! The audit trail: what leaves an event, and who may read it.

use serde_json::{Value, json};
use sizhu_tests::{Client, TestApp, fixtures, ledger::PROGRAMME, views::id};

async fn kinds(auditor: &Client) -> Vec<String> {
    let page = auditor
        .get("/v1/audit-events?limit=200")
        .await
        .expect(200)
        .json();
    let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(kind).collect()
}

#[tokio::test]
async fn a_countys_auditor_reads_of_its_people_and_its_money_alone() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let person = app.special_person().await;
    app.hospital(1)
        .await
        .claim(&person.claim())
        .await
        .expect(201);

    let own = kinds(&app.auditor("430102").await).await;
    for kind in [
        "account.opened",
        "account.appropriated",
        "resident.registered",
        "status.posted",
        "claim.posted",
        "decision.made",
        "difference.settled",
    ] {
        assert!(own.iter().any(|it| it == kind), "{kind} is not in {own:?}");
    }
    let other = kinds(&app.auditor("430104").await).await;
    assert_eq!(other, [""; 0]);
    let all = kinds(&app.auditor("43").await).await;
    assert!(
        all.contains(&"policy_version.shipped".to_owned()),
        "{all:?}"
    );
}

#[tokio::test]
async fn a_claim_on_someone_unknown_is_read_where_the_hospital_stands() {
    let app = TestApp::start().await;
    app.hospital(1)
        .await
        .claim(&fixtures::claim())
        .await
        .expect(201);
    let hospitals = app
        .admin()
        .await
        .get("/v1/hospitals")
        .await
        .expect(200)
        .json();
    let county = hospitals["items"][0]["county"].as_str().unwrap().to_owned();
    let there = kinds(&app.auditor(&county).await).await;
    assert!(there.contains(&"claim.posted".to_owned()), "{there:?}");
    let elsewhere = if county == "430104" {
        "430105"
    } else {
        "430104"
    };
    assert_eq!(kinds(&app.auditor(elsewhere).await).await, [""; 0]);
}

#[tokio::test]
async fn a_search_out_of_scope_finds_nobody_and_leaves_its_trace() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let stranger = app.officer("430103").await;
    let search = json!({"citizen_id": person.citizen_id});
    let found = stranger
        .post("/v1/residents/search", &search)
        .await
        .expect(200)
        .json();
    assert_eq!(found["items"], json!([]));
    let path = format!("/v1/audit-events?resident_id={}", person.resident_id);
    let events = app.auditor("43").await.get(&path).await.expect(200).json();
    assert_eq!(events["items"][0]["kind"], "resident.searched");
    assert_eq!(events["items"][0]["actor"], stranger.id());
    assert_eq!(events["items"][0]["details"]["found"], false);
}

#[tokio::test]
async fn nothing_is_superseded_before_it_was_recorded() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    app.hospital(1)
        .await
        .claim(&person.claim())
        .await
        .expect(201);
    // A clock that is set back must neither fail the news nor turn the record round.
    app.set_clock("2026-11-22T02:00:00Z");
    let path = format!(
        "/v1/residents/{}/statuses/{}",
        person.resident_id, person.status_id
    );
    let end = json!({"on": "2026-03-04", "reason": "death"});
    let officer = app.officer("430102").await;
    officer.post(&format!("{path}/end"), &end).await.expect(200);
    for table in ["status_versions", "decisions"] {
        let turned = format!(
            "SELECT count(*)::text FROM {table} WHERE superseded_at IS NOT NULL \
             AND superseded_at >= recorded_at"
        );
        assert_eq!(app.database.texts(&turned, &[]).await, ["1"], "{table}");
    }
}

#[tokio::test]
async fn opening_an_account_twice_is_recorded_once() {
    let app = TestApp::start().await;
    let finance = app.finance("43").await;
    let purse = json!({"programme": PROGRAMME, "year": 2026, "county": "430102"});
    let first = finance
        .post("/v1/accounts", &purse)
        .await
        .expect(201)
        .json();
    let again = finance
        .post("/v1/accounts", &purse)
        .await
        .expect(200)
        .json();
    assert_eq!(id(&first), id(&again));
    let events = kinds(&app.auditor("430102").await).await;
    let opened = events.iter().filter(|kind| *kind == "account.opened");
    assert_eq!(opened.count(), 1, "{events:?}");
}
