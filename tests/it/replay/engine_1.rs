//! Decisions of the first engine, which knew one programme and packs of another format: they replay
//! to the same result, and an upgrade makes them anew without anybody outside noticing.

use serde_json::{Value, json};
use sizhu_api::{jobs::Runner, policies::Policies, service::adoption::adopt, state::State};
use sizhu_core::{DecisionId, Trace, pack::Place};
use sizhu_store::{Actor, StoreError, Tx, decisions, policies};
use sizhu_tests::{TestApp, tree, views::text};
use uuid::Uuid;

use super::{decided, replayed};

/// What engine 1 made of the claim of the fixtures, as it was written then: the person's facts, the
/// hash of the policy, the decision. The ids of claim and status are placeholders.
const ENGINE_1: &str = include_str!("engine_1.json");

const CLAIM: &str = "01970000-0000-7000-8000-00000000c1a1";
const STATUS: &str = "01970000-0000-7000-8000-0000000057a7";

/// The text it was made under.
const FORMAT_1: &str = "crates/core/src/pack/format_1/hunan_2018.toml";

/// Puts the decision of engine 1 in the place of a fresh one. Answers its id.
async fn as_engine_1_left_it(app: &TestApp, claim: &str, decision: &str) -> String {
    let found: DecisionId = decision.parse().expect("an id");
    let status = app.database.texts("SELECT id::text FROM statuses", &[]);
    let status = status.await.remove(0);
    let then = ENGINE_1.replace(CLAIM, claim).replace(STATUS, &status);
    let then: Value = serde_json::from_str(&then).expect("JSON");
    let body = tree::read(FORMAT_1);
    let hash = text(&then["policy_hash"]);
    assert_eq!(sizhu_core::PolicyHash::of(&body).as_str(), hash);
    let id = DecisionId::new(Uuid::now_v7());
    let now = app.clock.now();
    let work = async |tx: &mut Tx| {
        let place = Place::parse("43").expect("a place");
        let programme = "hospital-care-allowance";
        policies::keep(tx, &hash, programme, &place, &body, now).await?;
        let mut old = decisions::find(tx, found).await?.expect("a decision");
        // The stays of then had no charges, and nothing else was asked of the registry.
        let mut same = old.facts["person"].clone();
        same.as_object_mut().expect("facts").remove("facts");
        for stay in same["stays"].as_array_mut().expect("stays") {
            stay.as_object_mut().expect("a stay").remove("charges");
        }
        assert_eq!(same, then["person"], "the fixture is of another claim");
        let decided = &then["decision"];
        let amount = sizhu_core::Fen::new(decided["amount_fen"].as_i64().expect("fen"));
        assert_eq!(old.amount, amount);
        old.id = id;
        old.number = 2;
        old.difference = sizhu_core::Fen::ZERO;
        old.engine_version = text(&then["engine_version"]);
        old.policy_hash.clone_from(&hash);
        old.policy_version = text(&decided["policy_version"]);
        old.facts["person"] = then["person"].clone();
        old.trace = serde_json::from_value::<Trace>(decided["trace"].clone()).expect("a trace");
        decisions::insert_all(tx, &[&old]).await
    };
    let store = app.store();
    let kept: Result<(), StoreError> = store.transaction(&Actor::System("tests"), work).await;
    kept.expect("a decision");
    id.to_string()
}

#[tokio::test]
async fn a_decision_of_engine_1_replays_to_the_same_result() {
    let app = TestApp::start().await;
    let (claim, decision) = decided(&app).await;
    let old = as_engine_1_left_it(&app, &claim, &decision).await;
    let replay = replayed(&app, &old).await;
    assert_eq!(replay["engine_version_then"], "1");
    assert_eq!(replay["engine_version_now"], sizhu_core::ENGINE_VERSION);
    assert_eq!(replay["holds"], true, "{replay}");
    for same in ["same_outcome", "same_amount", "same_days"] {
        assert_eq!(replay[same], true, "{same}: {replay}");
    }
    assert_eq!(replay["same_bytes"], Value::Null);
    // One that says more than engine 1 could have is found all the same.
    let admin = app.database.admin().await;
    let more = "UPDATE decisions SET amount_fen = 460100 WHERE engine_version = '1'";
    admin.batch_execute(more).await.expect("a change");
    let replay = replayed(&app, &old).await;
    assert_eq!(replay["same_amount"], false, "{replay}");
    assert_eq!(replay["holds"], false, "{replay}");
}

#[tokio::test]
async fn an_upgrade_makes_decisions_anew_and_no_hospital_notices() {
    let mut kept = None;
    let app = TestApp::start_with(|config| {
        config.jobs = false;
        kept = Some(config.clone());
    })
    .await;
    let (claim, decision) = decided(&app).await;
    let old = as_engine_1_left_it(&app, &claim, &decision).await;
    let hospital = app.hospital(1).await;
    let before = hospital.read_claim(&claim).await;
    assert_eq!(before["decision"]["id"], json!(old));

    app.advance_days(1);
    let config = kept.expect("a configuration");
    let start = async || {
        let policies = Policies::load(&config.policies).expect("policies");
        let state = State::open(config.clone(), app.clock.clone(), policies).expect("a state");
        let adopted = adopt(&state.store, &state.policies, state.news("start")).await;
        adopted.expect("a start");
        state
    };
    // However often it starts before the work is done, it is done once.
    start().await;
    let state = start().await;
    let jobs = "SELECT params->>'cause' FROM jobs";
    assert_eq!(app.database.texts(jobs, &[]).await, ["engine_changed"]);
    let mut runner = Runner::new(state, 10);
    let mut job = runner.take_up().await.expect("the store").expect("a job");
    while let sizhu_api::jobs::Next::GoesOn(next) = runner.step(job).await.expect("a page") {
        job = *next;
    }
    let current = "SELECT concat_ws(' ', number, cause, engine_version, restates_id, difference_fen) \
         FROM decisions WHERE superseded_at IS NULL";
    let expected = format!("3 engine_changed {} {old} 0", sizhu_core::ENGINE_VERSION);
    assert_eq!(app.database.texts(current, &[]).await, [expected]);
    let mut after = hospital.read_claim(&claim).await;
    for shown in ["id", "decided_on", "decided_at", "amount_fen", "outcome"] {
        let (then, now) = (&before["decision"][shown], &after["decision"][shown]);
        assert_eq!(then, now, "{shown}");
    }
    assert_eq!(after["status"].take(), before["status"]);
    app.database.check_books().await;
    // Nothing is left to do at the next start.
    start().await;
    assert_eq!(app.database.texts(jobs, &[]).await.len(), 1);
    for decision in [decision, old] {
        assert_eq!(replayed(&app, &decision).await["holds"], true);
    }
}
