//! Four eyes, and the states a text goes through once each.

use serde_json::json;
use sizhu_tests::{policies::ASSISTANCE, views::id};

use super::{World, ZHUZHOU, approve, upload, withdraw};

const NEXT_YEAR: &str = "2027-01-01";

#[tokio::test]
async fn nobody_approves_what_they_uploaded() {
    let world = World::make().await;
    let draft = id(&world.upload(ZHUZHOU).await);
    let (first, second) = (world.app.policy().await, world.app.second_policy().await);
    let own = approve(&first, &draft, NEXT_YEAR).await.expect(403);
    own.problem("forbidden");
    assert_eq!(world.state_of(&draft).await, "draft");
    let approved = approve(&second, &draft, NEXT_YEAR).await.expect(200);
    assert_eq!(approved.header("ETag"), Some("\"v2\""));
    let approved = approved.json();
    assert_eq!(approved["state"], "approved");
    assert_eq!(approved["approved_by"], second.id());
    assert_eq!(approved["activates_on"], NEXT_YEAR);
    // The database holds the law by itself.
    let owner = world.app.database.owner().await;
    let own = "UPDATE policy_versions SET approved_by = recorded_by WHERE state = 'approved'";
    let refused = owner.batch_execute(own).await.unwrap_err().to_string();
    assert!(!refused.is_empty());
    assert_eq!(world.state_of(&draft).await, "approved");
}

#[tokio::test]
async fn what_was_seen_is_what_is_approved() {
    let world = World::make().await;
    let draft = id(&world.upload(ZHUZHOU).await);
    let second = world.app.second_policy().await;
    let path = format!("/v1/policy-versions/{draft}/approval");
    let form = json!({"activates_on": NEXT_YEAR});
    let stale = second.post(&path, &form).if_match("\"v7\"").await;
    stale.expect(412).problem("precondition-failed");
    let blind = second.post(&path, &form).await;
    blind.expect(428).problem("precondition-required");
    let yesterday = approve(&second, &draft, "2026-11-22").await.expect(422);
    let errors = yesterday.field_errors("validation-failed");
    assert_eq!(errors, ["/activates_on date_in_past"]);
    for path in ["approval", "withdrawal"] {
        let nowhere = uuid::Uuid::now_v7();
        let path = format!("/v1/policy-versions/{nowhere}/{path}");
        let call = second.post(&path, &form).if_match("\"v1\"");
        call.await.expect(404).problem("not-found");
    }
    assert_eq!(world.state_of(&draft).await, "draft");
    // Today is no past day.
    approve(&second, &draft, "2026-11-23").await.expect(200);
}

#[tokio::test]
async fn only_a_draft_is_approved_and_one_text_waits_at_a_time() {
    let world = World::make().await;
    let second = world.app.second_policy().await;
    let first = world.approved(ZHUZHOU, NEXT_YEAR).await;
    let path = format!("/v1/policy-versions/{first}/approval");
    let form = json!({"activates_on": NEXT_YEAR});
    let again = second.post(&path, &form).if_match("\"v2\"").await;
    again.expect(409).problem("state-conflict");

    let other = id(&world.upload(&ZHUZHOU.replace("700", "710")).await);
    let refused = approve(&second, &other, "2027-02-01").await;
    refused.expect(409).problem("state-conflict");
    assert_eq!(world.state_of(&other).await, "draft");
    // Another place does not wait behind it, nor does one whose way is free again.
    world.approved(ASSISTANCE, NEXT_YEAR).await;
    withdraw(&second, &first).await.expect(200);
    approve(&second, &other, "2027-02-01").await.expect(200);
}

#[tokio::test]
async fn a_text_is_checked_again_when_it_is_approved() {
    let world = World::make().await;
    let draft = id(&world.upload(ZHUZHOU).await);
    // Meanwhile another pack is in force, which has no such value; Changsha's goes with it.
    let owner = world.app.database.owner().await;
    let gone = "UPDATE policy_versions SET state = 'superseded', ended_at = now() \
         WHERE programme = 'test-assistance' AND place = '4301'";
    owner.batch_execute(gone).await.unwrap();
    let reworded = ASSISTANCE.replace("monthly", "per_month");
    world.in_force(&reworded).await;
    let rows = world.rows().await;
    let second = world.app.second_policy().await;
    let refused = approve(&second, &draft, NEXT_YEAR).await.expect(422);
    let errors = refused.field_errors("validation-failed");
    assert_eq!(errors, ["/text policy_fault"]);
    assert_eq!(world.rows().await, rows);
}

#[tokio::test]
async fn a_text_is_withdrawn_before_it_is_in_force_and_never_after() {
    let world = World::make().await;
    let (first, second) = (world.app.policy().await, world.app.second_policy().await);
    let draft = id(&upload(&first, ZHUZHOU).await.expect(201).json());
    let gone = withdraw(&first, &draft).await.expect(200).json();
    assert_eq!(gone["state"], "withdrawn");
    withdraw(&first, &draft).await.expect(409);
    let path = format!("/v1/policy-versions/{draft}/approval");
    let form = json!({"activates_on": NEXT_YEAR});
    let late = second.post(&path, &form).if_match("\"v2\"").await;
    late.expect(409).problem("state-conflict");

    let waiting = world.approved(ZHUZHOU, NEXT_YEAR).await;
    withdraw(&first, &waiting).await.expect(200);
    world.app.set_clock("2027-01-01T02:00:00Z");
    let state = world.process();
    let tick = sizhu_api::service::adoption::tick(&state.store, &state.policies, state.news("t"));
    assert_eq!(tick.await.unwrap(), 0);
    assert_eq!(world.state_of(&waiting).await, "withdrawn");

    let now = world.in_force(ZHUZHOU).await;
    let rows = world.rows().await;
    let refused = withdraw(&second, &now).await.expect(409);
    refused.problem("state-conflict");
    let path = format!("/v1/policy-versions/{now}");
    for method in ["PUT", "PATCH", "DELETE"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let edit = second
            .call(method, &path)
            .json(&json!({"text": ASSISTANCE}));
        edit.await.expect(405);
    }
    assert_eq!(world.rows().await, rows);
    // Nor may the service's role: of a text nothing can be changed but where it is in its life.
    let service = world.app.database.service().await;
    for edit in [
        "UPDATE policies SET body = ''",
        "UPDATE policy_versions SET text_hash = text_hash",
        "DELETE FROM policy_versions",
        "DELETE FROM policies",
    ] {
        let refused = service.batch_execute(edit).await.unwrap_err();
        let code = refused.code().expect("a code of the database's").code();
        assert_eq!(code, "42501", "{edit}");
    }
}
