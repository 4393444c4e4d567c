//! A rule that reaches back decides everyone anew, and moves the difference and nothing else.

use sizhu_store::jobs::JobState;
use sizhu_tests::{Client, Person, TestApp, fixtures, ids, views::id};

use super::{World, hospital_care, work_off};

/// Paid from 11 March 2026 on.
fn rate_from_march(yuan: u32) -> String {
    let care = hospital_care();
    let after = "[[values.day_counting]]";
    let more = format!(
        "[[values.rate]]\nfrom = \"2026-03-11\"\nvalue = \"{yuan} yuan/day\"\nassumed = \"A test.\"\n\n{after}"
    );
    assert!(care.contains(after));
    care.replacen(after, &more, 1)
}

async fn person(app: &TestApp) -> Person {
    let resident = fixtures::resident(&ids::woman("1960-05-01"), "王秀英", fixtures::VILLAGE);
    app.register_with(&resident, &fixtures::child_died("2018-06-01"))
        .await
}

async fn post(hospital: &Client, person: &Person, record: &str, stay: (&str, &str)) -> String {
    let claim = person.claim().record(record).stay(stay.0, stay.1);
    id(&hospital.claim(&claim).await.expect(201).json())
}

/// The decision that a hospital sees on a claim.
async fn seen(hospital: &Client, claim: &str) -> String {
    let claim = hospital.read_claim(claim).await;
    format!(
        "{} {}",
        claim["decision"]["id"], claim["decision"]["decided_at"]
    )
}

#[tokio::test]
async fn a_rate_from_a_past_day_moves_exactly_the_difference() {
    let world = World::make().await;
    let app = &world.app;
    app.fill("430102", 10_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    let (one, other) = (person(app).await, person(app).await);
    // Ten days before the change and ten after; only before; only after.
    let across = post(&hospital, &one, "A", ("2026-03-01", "2026-03-21")).await;
    let before = post(&hospital, &one, "B", ("2026-01-01", "2026-01-11")).await;
    let after = post(&hospital, &other, "C", ("2026-04-01", "2026-04-11")).await;
    let unchanged = seen(&hospital, &before).await;

    app.advance_days(1);
    world.in_force(&rate_from_march(150)).await;
    assert_eq!(work_off(world.process()).await, [JobState::Done]);
    assert_eq!(hospital.outcome_of(&across).await, "granted 20 days 250000");
    assert_eq!(hospital.outcome_of(&after).await, "granted 10 days 150000");
    assert_eq!(app.budget("430102").await["earmarked_fen"], 500_000);
    app.database.check_books().await;
    assert_eq!(
        app.database.history(&across).await,
        [
            "claim.posted: granted 20 days 200000 (+200000)",
            "policy_changed: granted 20 days 250000 (+50000)",
        ]
    );
    // The claim before the change is decided under the new text too, and its hospital sees nothing.
    assert_eq!(
        app.database.history(&before).await,
        [
            "claim.posted: granted 10 days 100000 (+100000)",
            "policy_changed: granted 10 days 100000 (+0)",
        ]
    );
    assert_eq!(seen(&hospital, &before).await, unchanged);

    // Once more changes nothing.
    let decisions = "SELECT count(*) FROM decisions";
    let made = app.database.number(decisions).await;
    again(app).await;
    assert_eq!(work_off(world.process()).await, [JobState::Done]);
    assert_eq!(app.database.number(decisions).await, made);

    // And down, below what it was at first, after part of it was paid.
    app.database.pay_everything().await;
    app.advance_days(1);
    world.in_force(&rate_from_march(80)).await;
    assert_eq!(work_off(world.process()).await, [JobState::Done]);
    assert_eq!(hospital.outcome_of(&across).await, "granted 20 days 180000");
    let owed =
        "SELECT coalesce(sum(amount_fen), 0)::bigint FROM recoveries WHERE state <> 'cancelled'";
    assert_eq!(app.database.number(owed).await, 70_000 + 70_000);
    app.database.check_books().await;
}

/// Queues the redecision that a change of rules queues, as if another change had come.
async fn again(app: &TestApp) {
    let owner = app.database.owner().await;
    let same = "INSERT INTO jobs (id, kind, state, params, done, attempt, cancel_requested, \
         recorded_by, recorded_at) SELECT gen_random_uuid(), kind, 'queued', params, 0, 0, false, \
         recorded_by, recorded_at FROM jobs LIMIT 1";
    owner.batch_execute(same).await.expect("a job");
}

/// What is kept of one person cannot be opened: the others are decided all the same, and the job says
/// whom it left as they were.
#[tokio::test]
async fn one_who_cannot_be_decided_holds_up_nobody() {
    let world = World::make().await;
    let app = &world.app;
    app.fill("430102", 10_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    let people = [person(app).await, person(app).await, person(app).await];
    let mut claims = Vec::new();
    for (person, record) in people.iter().zip(["A", "B", "C"]) {
        claims.push(post(&hospital, person, record, ("2026-04-01", "2026-04-11")).await);
    }
    let broken = format!(
        "UPDATE claim_versions SET diagnosis_sealed = '\\x00' WHERE claim_id = '{}'",
        claims[1]
    );
    let admin = app.database.admin().await;
    admin.batch_execute(&broken).await.expect("broken");

    world.in_force(&rate_from_march(150)).await;
    assert_eq!(work_off(world.process()).await, [JobState::Done]);
    for claim in [&claims[0], &claims[2]] {
        assert_eq!(hospital.outcome_of(claim).await, "granted 10 days 150000");
    }
    let history = app.database.history(&claims[1]).await;
    assert_eq!(history, ["claim.posted: granted 10 days 100000 (+100000)"]);
    let named = format!(
        "SELECT count(*) FROM jobs j, claims c WHERE c.id = '{}' AND j.state = 'done' \
         AND j.result @> jsonb_build_object('people', 3, 'undecided', 1, \
         'undecided_subjects', jsonb_build_array(c.subject_id))",
        claims[1]
    );
    assert_eq!(app.database.number(&named).await, 1);
    app.database.check_books().await;
}

/// The service has not taken the new text up yet, and the job has passed the person: a decision
/// made now must rest on what is in force all the same.
#[tokio::test]
async fn no_process_decides_under_what_is_no_longer_in_force() {
    let world = World::make().await;
    let app = &world.app;
    app.fill("430102", 10_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    let person = person(app).await;
    // A runner that began before the change, and looks at its policies no more by itself.
    let early = world.process();
    let first = post(&hospital, &person, "A", ("2026-03-01", "2026-03-21")).await;
    world.in_force(&rate_from_march(150)).await;
    let second = post(&hospital, &person, "B", ("2026-04-01", "2026-04-11")).await;
    assert_eq!(hospital.outcome_of(&second).await, "granted 10 days 150000");
    assert_eq!(hospital.outcome_of(&first).await, "granted 20 days 250000");
    let hashes = "SELECT count(DISTINCT policy_hash) FROM decisions WHERE superseded_at IS NULL";
    assert_eq!(app.database.number(hashes).await, 1);

    world.in_force(&rate_from_march(160)).await;
    let ended = work_off(early).await;
    assert_eq!(ended, [JobState::Done, JobState::Done]);
    assert_eq!(hospital.outcome_of(&second).await, "granted 10 days 160000");
    app.database.check_books().await;
}

#[tokio::test]
async fn other_programmes_decide_nobody_anew() {
    let world = World::make().await;
    world.in_force(super::ZHUZHOU).await;
    assert_eq!(work_off(world.process()).await, []);
}
