//! What claims on people in no registry say is deleted once it was kept long enough, and nothing else is.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sizhu_api::jobs::{Next, Runner};
use sizhu_api::policies::Policies;
use sizhu_api::service::forgetting::queue;
use sizhu_api::state::State;
use sizhu_store::jobs::JobState;
use sizhu_tests::{
    Client, TestApp,
    fixtures::{self, VILLAGE, child_died},
    ids,
    views::{clause, id, outcome},
};

use crate::lifecycle::until;
use crate::policy_versions::work_off;
use crate::program::{run, texts};
use crate::replay::{program, replay};

/// Rows of versions and decisions that still hold what is to be deleted.
const KEPT: &str = "SELECT (SELECT count(*) FROM claim_versions WHERE diagnosis_sealed IS NOT NULL \
     OR total_fen IS NOT NULL OR patient_name_sealed IS NOT NULL) \
     + (SELECT count(*) FROM decisions WHERE facts_sealed IS NOT NULL)";

/// A service that does no work by itself, and a hospital.
pub(super) async fn start() -> (TestApp, Client) {
    let app = TestApp::start_with(|config| config.jobs = false).await;
    let hospital = app.hospital(1).await;
    (app, hospital)
}

/// Another process, which has read no policies.
fn process(app: &TestApp) -> State {
    State::open(app.config(), app.clock.clone(), Policies::default()).expect("a state")
}

async fn queued(app: &TestApp) -> bool {
    let state = process(app);
    let news = state.news("tick");
    queue(&state.store, 90, news).await.expect("a look")
}

/// Deletes what is due today, if anything is.
pub(super) async fn forget(app: &TestApp) -> bool {
    let due = queued(app).await;
    let ended = work_off(process(app)).await;
    assert_eq!(ended, vec![JobState::Done; usize::from(due)]);
    due
}

async fn post(hospital: &Client, citizen_id: &str, record: &str, stay: (&str, &str)) -> Value {
    let claim = claim(citizen_id, record).stay(stay.0, stay.1);
    hospital.claim(&claim).await.expect(201).json()
}

pub(super) fn claim(citizen_id: &str, record: &str) -> fixtures::Claim {
    fixtures::claim()
        .record(record)
        .set("/citizen_id", citizen_id)
}

/// All that a hospital sees of its claims.
async fn seen(hospital: &Client, claim: &str) -> String {
    let path = format!("/v1/hospital-claims/{claim}");
    let one = hospital.get(&path).await.expect(200);
    let list = hospital.get("/v1/hospital-claims").await.expect(200);
    format!("{:?} {} {}", one.header("etag"), one.text(), list.text())
}

#[tokio::test]
async fn what_a_claim_on_someone_unknown_says_is_deleted_after_ninety_days() {
    let (app, hospital) = start().await;
    let form = claim(&ids::woman("1960-05-01"), "A");
    let posted = hospital.claim(&form).await.expect(201).json();
    let (claim, decision) = (id(&posted), id(&posted["decision"]));
    let before = seen(&hospital, &claim).await;
    for day in [89, 90] {
        app.set_clock("2026-11-23T02:00:00Z");
        app.advance_days(day);
        assert!(!forget(&app).await, "day {day}");
        assert_eq!(app.database.number(KEPT).await, 2, "day {day}");
    }
    app.advance_days(1);
    assert!(forget(&app).await);
    assert_eq!(app.database.number(KEPT).await, 0);
    assert!(!queued(&app).await);

    // It is recognised as before, and its hospital cannot tell that the person is in no registry.
    assert_eq!(seen(&hospital, &claim).await, before);
    let again = hospital.claim(&form).await.expect(200).json();
    assert_eq!(id(&again), claim);
    let other = hospital.claim(&form.clone().set("/icu_days", 1)).await;
    other.expect(409).problem("claim-differs");
    let kept = "SELECT concat_ws(' ', v.admitted_on, v.discharged_on, v.consent_kind, \
         octet_length(v.fingerprint), v.settlement_no, v.nursing_level_1, v.icu_days, s.counted) \
         FROM claim_versions v JOIN stays s ON s.claim_id = v.claim_id";
    let kept = app.database.texts(kept, &[]).await;
    assert_eq!(kept, ["2026-03-01 2026-04-16 written 32 t"]);
    let events = "SELECT concat_ws(' ', kind, actor, division, \
         convert_from(body, 'UTF8')::jsonb #>> '{details,versions}') \
         FROM audit_events WHERE kind = 'claim.forgotten' AND object_id = $1::text::uuid";
    let events = app.database.texts(events, &[&claim]).await;
    assert_eq!(events, ["claim.forgotten jobs 430102 1"]);

    // Its decision can neither hold nor differ.
    let auditor = app.auditor("43").await;
    let replayed = replay(&auditor, &decision).await.expect(200).json();
    assert_eq!(replayed["holds"], Value::Null, "{replayed}");
    assert!(replayed["facts_deleted_at"].is_string(), "{replayed}");
    let says = replayed["differences"][0].as_str().unwrap();
    assert!(says.contains("deleted in due time"), "{says}");
    let read = auditor.get(&format!("/v1/decisions/{decision}")).await;
    let read = read.expect(200).json();
    assert_eq!(read["outcome"], "refused");
    let saw = read["trace"].as_array().unwrap().iter();
    assert!(saw.clone().all(|it| it["saw"].is_null()), "{read}");
}

#[tokio::test]
async fn replaying_all_tells_what_was_deleted_and_does_not_fail() {
    let (app, hospital) = start().await;
    let gone = post(
        &hospital,
        &ids::woman("1960-05-01"),
        "A",
        ("2026-03-01", "2026-03-05"),
    )
    .await;
    let person = app.special_person().await;
    hospital
        .claim(&person.claim().record("B"))
        .await
        .expect(201);
    app.advance_days(91);
    assert!(forget(&app).await);
    let output = run(&["replay", "--all"], program(&app));
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{out}{err}");
    let line = format!(
        "{}: not replayed: its facts were deleted in due time",
        id(&gone["decision"])
    );
    assert!(out.contains(&line), "{out}");
    assert!(
        out.contains("1 decisions replayed, 0 differ; 1 not replayed"),
        "{out}"
    );
}

#[tokio::test]
async fn one_registered_in_time_keeps_everything() {
    let (app, hospital) = start().await;
    let citizen_id = ids::woman("1960-05-01");
    let claim = id(&post(&hospital, &citizen_id, "A", ("2026-03-01", "2026-03-11")).await);
    app.advance_days(50);
    let resident = fixtures::resident(&citizen_id, "王秀英", VILLAGE);
    app.register_with(&resident, &child_died("2018-06-01"))
        .await;
    assert_eq!(hospital.outcome_of(&claim).await, "granted 10 days 100000");
    app.advance_days(50);
    assert!(!forget(&app).await);
    let lost = "SELECT count(*) FROM claim_versions WHERE forgotten_at IS NOT NULL";
    assert_eq!(app.database.number(lost).await, 0);
    // Whoever calls for it: the database refuses.
    let service = app.database.service().await;
    for (statement, constraint) in [
        (
            "SELECT forget_claim(id, subject_id, now()) FROM claims",
            "claim_versions_unregistered_check",
        ),
        (
            "SELECT forget_decision(id, '\\x00', now()) FROM decisions",
            "decisions_unregistered_check",
        ),
    ] {
        let refused = service.batch_execute(statement).await.unwrap_err();
        let refused = refused.as_db_error().unwrap().constraint();
        assert_eq!(refused, Some(constraint), "{statement}");
    }
}

#[tokio::test]
async fn one_registered_too_late_is_decided_with_what_is_left_and_paid_nothing() {
    let (app, hospital) = start().await;
    app.fill("430102", 10_000_000, "D-1").await;
    let citizen_id = ids::woman("1960-05-01");
    let claim = id(&post(&hospital, &citizen_id, "A", ("2026-03-01", "2026-03-11")).await);
    app.advance_days(91);
    assert!(forget(&app).await);
    let before = seen(&hospital, &claim).await;
    let resident = fixtures::resident(&citizen_id, "王秀英", VILLAGE);
    let person = app.register(&resident).await;
    // Not entitled, whatever the diagnosis was: nothing new for the hospital.
    assert_eq!(seen(&hospital, &claim).await, before);
    let county = app.officer("430102").await;
    let path = format!("/v1/residents/{}/statuses", person.resident_id);
    county
        .post(&path, &child_died("2018-06-01"))
        .await
        .expect(201);
    let decided = county.read_claim(&claim).await;
    assert_eq!(outcome(&decided), "undetermined 0 days 0");
    assert_eq!(clause(&decided, "special_family_status")["result"], "pass");
    let diagnosis = clause(&decided, "diagnosis");
    assert_eq!(diagnosis["result"], "undetermined", "{diagnosis}");
    let facts = &diagnosis["saw"]["facts"];
    assert_eq!(facts, &json!({"diagnosis": null}), "{diagnosis}");
    assert_eq!(app.database.number("SELECT count(*) FROM awards").await, 0);
    let replayed = replay(&county, &id(&decided["decision"])).await;
    let replayed = replayed.expect(200).json();
    assert_eq!(replayed["same_bytes"], true, "{replayed}");
    // A later claim of the same person is decided as any other.
    let later = post(&hospital, &citizen_id, "B", ("2026-05-01", "2026-05-11")).await;
    assert_eq!(outcome(&later), "granted 10 days 100000");
    app.database.check_books().await;
}

#[tokio::test]
async fn a_decision_made_beside_a_forgotten_claim_loses_its_facts_too() {
    let (app, hospital) = start().await;
    let citizen_id = ids::woman("1960-05-01");
    post(&hospital, &citizen_id, "A", ("2026-03-01", "2026-03-11")).await;
    app.advance_days(80);
    let young = post(&hospital, &citizen_id, "B", ("2026-05-01", "2026-05-11")).await;
    app.advance_days(11);
    assert!(forget(&app).await);
    let facts = "SELECT count(*) FROM decisions WHERE facts_sealed IS NOT NULL";
    assert_eq!(app.database.number(facts).await, 0);
    let kept = "SELECT count(*) FROM claim_versions WHERE diagnosis_sealed IS NOT NULL \
         AND claim_id = $1::text::uuid";
    let kept = kept.replace("$1::text::uuid", &format!("'{}'", id(&young)));
    assert_eq!(app.database.number(&kept).await, 1);
    // Its own turn comes, and once it came there is nothing left.
    app.advance_days(80);
    assert!(forget(&app).await);
    assert_eq!(app.database.number(KEPT).await, 0);
}

#[tokio::test]
async fn a_runner_that_dies_half_way_is_gone_on_from() {
    let (app, hospital) = start().await;
    for number in 0..5 {
        let record = format!("R{number}");
        post(
            &hospital,
            &ids::woman("1960-05-01"),
            &record,
            ("2026-03-01", "2026-03-11"),
        )
        .await;
    }
    app.advance_days(91);
    assert!(queued(&app).await);
    let mut dies = Runner::new(process(&app), 10);
    let mut job = dies.take_up().await.unwrap().unwrap();
    for _ in 0..2 {
        let Next::GoesOn(next) = dies.step(job).await.unwrap() else {
            panic!("there are more pages");
        };
        job = *next;
    }
    let lost = "SELECT count(*) FROM claim_versions WHERE forgotten_at IS NOT NULL";
    assert_eq!(app.database.number(lost).await, 2);
    drop(dies);
    // While it is open nobody queues another, and whoever looks later finds it.
    assert!(!queued(&app).await);
    app.clock.advance(TimeDelta::seconds(121));
    assert_eq!(work_off(process(&app)).await, [JobState::Done]);
    assert_eq!(app.database.number(KEPT).await, 0);
    let events = "SELECT count(*) FROM audit_events WHERE kind = 'claim.forgotten'";
    assert_eq!(app.database.number(events).await, 5);
    let result = "SELECT result::text FROM jobs WHERE kind = 'forgetting'";
    let result = app.database.texts(result, &[]).await;
    assert!(result[0].contains("\"claims\": 5"), "{result:?}");
}

#[tokio::test]
async fn the_service_does_it_by_itself_once_a_day() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    post(
        &hospital,
        &ids::woman("1960-05-01"),
        "A",
        ("2026-03-01", "2026-03-11"),
    )
    .await;
    app.advance_days(91);
    let forgotten = || async { app.database.number(KEPT).await == 0 };
    until("the claim is forgotten", forgotten).await;
}
