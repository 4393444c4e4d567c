//! A hospital says what it claimed anew: the stay is placed again, and the difference is posted.

use serde_json::{Value, json};
use sizhu_tests::{
    Client, Person, TestApp,
    fixtures::{Claim, OTHER_VILLAGE},
    views::{clause, id, outcome, text},
};

/// A claim on a stay of someone.
fn stay(person: &Person, days: (&str, &str)) -> Claim {
    let record = format!("ZY-{}", person.resident_id);
    person.claim().record(&record).stay(days.0, days.1)
}

async fn post(hospital: &Client, claim: &Value) -> Value {
    hospital.claim(claim).await.expect(201).json()
}

async fn correct(hospital: &Client, claim: &Value, said: &Value) -> String {
    let corrected = hospital.correct(&id(claim), said).await.expect(200).json();
    assert_eq!(corrected["id"], claim["id"]);
    outcome(&corrected)
}

/// Rows that news leaves behind.
async fn written(app: &TestApp) -> i64 {
    let tables = [
        "claim_versions",
        "decisions",
        "awards",
        "transfers",
        "audit_events",
    ];
    let counts = tables.map(|table| format!("(SELECT count(*) FROM {table})"));
    let query = format!("SELECT {}", counts.join(" + "));
    app.database.number(&query).await
}

#[tokio::test]
async fn a_correction_posts_exactly_the_difference() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let claim = post(&hospital, &stay(&person, ("2026-03-01", "2026-03-31"))).await;
    assert_eq!(outcome(&claim), "granted 30 days 300000");
    for (until, expected) in [
        ("2026-03-30", "granted 29 days 290000"),
        ("2026-04-01", "granted 31 days 310000"),
    ] {
        let said = stay(&person, ("2026-03-01", until));
        assert_eq!(correct(&hospital, &claim, &said).await, expected);
        app.database.check_books().await;
    }
    let mild = stay(&person, ("2026-03-01", "2026-04-01"));
    let mild = mild.set("/principal_diagnosis/code", "J00");
    assert_eq!(correct(&hospital, &claim, &mild).await, "refused 0 days 0");
    let expected = [
        "claim.posted: granted 30 days 300000 (+300000)",
        "claim.corrected: granted 29 days 290000 (-10000)",
        "claim.corrected: granted 31 days 310000 (+20000)",
        "claim.corrected: refused 0 days 0 (-310000)",
    ];
    assert_eq!(app.database.history(&id(&claim)).await, expected);
    let live = app.database.awards().await;
    assert!(live.iter().all(|it| it.contains("cancelled")), "{live:?}");
    app.database.check_books().await;
}

#[tokio::test]
async fn only_what_was_paid_is_owed_back() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let claim = post(&hospital, &stay(&person, ("2026-03-01", "2026-03-11"))).await;
    app.database.pay_everything().await;
    let later = person
        .claim()
        .record("LATER")
        .stay("2026-05-01", "2026-05-06");
    post(&hospital, &later).await;
    // Eight days fewer: five that wait to be paid go first, three were paid.
    let said = stay(&person, ("2026-03-01", "2026-03-03"));
    correct(&hospital, &claim, &said).await;
    let recoveries = "SELECT concat_ws(' ', amount_fen, state) FROM recoveries ORDER BY id";
    assert_eq!(app.database.texts(recoveries, &[]).await, ["30000 open"]);
    let expected = ["100000 confirmed posted", "50000 cancelled released"];
    assert_eq!(app.database.awards().await, expected);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_correction_is_of_the_version_last_read() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let posted = stay(&person, ("2026-03-01", "2026-03-11"));
    let first = hospital.claim(&posted).await.expect(201);
    let path = format!("/v1/hospital-claims/{}", id(&first.json()));
    let seen = first.header("etag").unwrap();
    let before = written(&app).await;
    let said = stay(&person, ("2026-03-01", "2026-03-12"));
    let blind = hospital.put(&path, &said).await.expect(428);
    blind.problem("precondition-required");
    // The same content is no correction.
    let same = hospital
        .put(&path, &posted)
        .if_match(seen)
        .await
        .expect(200);
    assert_eq!(same.header("etag"), Some(seen));
    assert_eq!(same.json(), first.json());
    assert_eq!(written(&app).await, before);

    let corrected = hospital.put(&path, &said).if_match(seen).await.expect(200);
    let now = corrected.header("etag").unwrap();
    assert_ne!(now, seen);
    let read = hospital.get(&path).await.expect(200);
    assert_eq!(
        (read.header("etag"), read.json()),
        (Some(now), corrected.json())
    );
    let before = written(&app).await;
    for said in [&posted, &said] {
        let stale = hospital.put(&path, said).if_match(seen).await.expect(412);
        stale.problem("precondition-failed");
    }
    assert_eq!(written(&app).await, before);
}

#[tokio::test]
async fn a_correction_that_changes_no_amount_is_decided_on_what_is_said_now() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let claim = post(&hospital, &stay(&person, ("2026-03-01", "2026-03-11"))).await;
    let said = stay(&person, ("2026-03-01", "2026-03-11")).set("/settlement_no", "JS-2");
    let expected = "granted 10 days 100000";
    assert_eq!(correct(&hospital, &claim, &said).await, expected);
    // It restates the one before, which its hospital goes on seeing.
    let read = hospital.read_claim(&id(&claim)).await;
    assert_eq!(read["decision"], claim["decision"]);
    let expected = [
        "claim.posted: granted 10 days 100000 (+100000)",
        "claim.corrected: granted 10 days 100000 (+0)",
    ];
    assert_eq!(app.database.history(&id(&claim)).await, expected);
    assert_eq!(app.database.awards().await.len(), 1);
}

#[tokio::test]
async fn a_corrected_stay_counts_up_to_the_day_on_which_another_begins() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    post(&other, &stay(&person, ("2026-03-10", "2026-03-20"))).await;
    let claim = post(&one, &stay(&person, ("2026-03-01", "2026-03-05"))).await;
    for (until, expected) in [
        ("2026-03-09", "granted 8 days 80000"),
        ("2026-03-10", "granted 9 days 90000"),
        ("2026-03-11", "held"),
        ("2026-03-10", "granted 9 days 90000"),
    ] {
        let said = stay(&person, ("2026-03-01", until));
        assert_eq!(correct(&one, &claim, &said).await, expected, "{until}");
        app.database.check_books().await;
    }
}

#[tokio::test]
async fn a_held_stay_counts_by_itself_once_the_days_move_away() {
    for (until, first, second) in [
        (
            "2026-03-14",
            "granted 4 days 40000",
            "granted 10 days 100000",
        ),
        (
            "2026-03-15",
            "granted 5 days 50000",
            "granted 10 days 100000",
        ),
        ("2026-03-16", "granted 6 days 60000", "held"),
    ] {
        let app = TestApp::start().await;
        app.fill("430102", 1_000_000, "D-1").await;
        let (one, other) = (app.hospital(1).await, app.hospital(2).await);
        let person = app.special_person().await;
        let claim = post(&one, &stay(&person, ("2026-03-10", "2026-03-20"))).await;
        let held = post(&other, &stay(&person, ("2026-03-15", "2026-03-25"))).await;
        assert_eq!(outcome(&held), "held");
        let said = stay(&person, ("2026-03-10", until));
        assert_eq!(correct(&one, &claim, &said).await, first, "{until}");
        assert_eq!(other.outcome_of(&id(&held)).await, second, "{until}");
        app.database.check_books().await;
    }
}

#[tokio::test]
async fn of_stays_that_were_held_the_one_posted_first_comes_first() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let mut claims = Vec::new();
    for number in 1..=4 {
        let hospital = app.hospital(number).await;
        let claim = post(&hospital, &stay(&person, ("2026-03-10", "2026-03-20"))).await;
        claims.push((hospital, id(&claim)));
    }
    let (one, claim) = &claims[0];
    let said = stay(&person, ("2026-03-20", "2026-03-21"));
    one.correct(claim, &said).await.expect(200);
    let expected = [
        "granted 1 days 10000",
        "granted 10 days 100000",
        "held",
        "held",
    ];
    for ((hospital, claim), expected) in claims.iter().zip(expected) {
        assert_eq!(hospital.outcome_of(claim).await, expected);
    }
    // What counts goes on counting: the first one comes too late to take its days back.
    let said = stay(&person, ("2026-03-10", "2026-03-20"));
    one.correct(claim, &said).await.expect(200);
    assert_eq!(one.outcome_of(claim).await, "held");
    assert_eq!(claims[1].0.outcome_of(&claims[1].1).await, expected[1]);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_stay_that_is_held_after_all_gives_back_what_it_got() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let claim = post(&one, &stay(&person, ("2026-03-01", "2026-03-11"))).await;
    post(&other, &stay(&person, ("2026-04-01", "2026-04-06"))).await;
    let said = stay(&person, ("2026-04-05", "2026-04-15"));
    let held = one.correct(&id(&claim), &said).await.expect(200).json();
    assert_eq!(
        (&held["status"], &held["decision"]),
        (&json!("held"), &Value::Null)
    );
    let list = one.get("/v1/hospital-claims?status=held").await.json();
    assert_eq!(list["items"][0]["id"], claim["id"]);
    assert_eq!(list["items"][0]["decision_id"], Value::Null);
    // Who may see decisions finds why.
    let last = "SELECT id::text FROM decisions WHERE claim_id = $1::text::uuid \
         AND superseded_at IS NULL";
    let last = app.database.texts(last, &[&id(&claim)]).await.remove(0);
    let officer = app.officer("430102").await;
    let last = officer
        .get(&format!("/v1/decisions/{last}"))
        .await
        .expect(200)
        .json();
    assert_eq!(clause(&last, "stay_counts")["result"], "fail");
    assert_eq!(clause(&last, "stay_counts")["saw"], json!({"stay": "held"}));
    app.database.check_books().await;

    let said = stay(&person, ("2026-04-06", "2026-04-16"));
    assert_eq!(correct(&one, &claim, &said).await, "granted 10 days 100000");
    let expected = [
        "claim.posted: granted 10 days 100000 (+100000)",
        "claim.corrected: refused 0 days 0 (-100000)",
        "claim.corrected: granted 10 days 100000 (+100000)",
    ];
    assert_eq!(app.database.history(&id(&claim)).await, expected);
    app.database.check_books().await;
}

#[tokio::test]
async fn another_patient_gets_what_the_first_gives_back() {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000, "D-1").await;
    app.fill("430103", 1_000_000, "D-2").await;
    let (one, two) = (app.hospital(1).await, app.hospital(2).await);
    let wrong = app.special_person().await;
    let right = app.special_person_in(OTHER_VILLAGE).await;
    let days = ("2026-03-01", "2026-03-11");
    let claim = post(&one, &stay(&wrong, days)).await;
    // Of the wrong one another stay was held because of it, of the right one none.
    let held = post(&two, &stay(&wrong, ("2026-03-05", "2026-03-08"))).await;
    assert_eq!(outcome(&held), "held");

    let said = stay(&right, days);
    assert_eq!(correct(&one, &claim, &said).await, "granted 10 days 100000");
    assert_eq!(two.outcome_of(&id(&held)).await, "granted 3 days 30000");
    for (county, earmarked) in [("430102", 30_000), ("430103", 100_000)] {
        let budget = app.budget(county).await;
        assert_eq!(budget["earmarked_fen"], earmarked, "{budget}");
    }
    let path = format!("/v1/hospital-claims/{}", id(&claim));
    app.officer("430103").await.get(&path).await.expect(200);
    app.officer("430102").await.get(&path).await.expect(404);
    // What was decided on the wrong one is for the officers of the wrong one.
    let first = format!("/v1/decisions/{}", id(&claim["decision"]));
    app.officer("430102").await.get(&first).await.expect(200);
    app.officer("430103").await.get(&first).await.expect(404);
    // The wrong one is told that it is over, the right one what it comes to.
    for (person, last) in [(&wrong, "refused"), (&right, "granted")] {
        let me = app.resident(&person.resident_id).await;
        let mine = me.get("/v1/me/decisions").await.expect(200).json();
        let about = mine["items"].as_array().unwrap().iter();
        let mut about = about.filter(|it| it["claim_id"] == claim["id"]);
        assert_eq!(about.next().unwrap()["outcome"], last, "{mine}");
    }
    let expected = [
        "claim.posted: granted 10 days 100000 (+100000)",
        "claim.corrected: refused 0 days 0 (-100000)",
        "claim.corrected: granted 10 days 100000 (+100000)",
    ];
    assert_eq!(app.database.history(&id(&claim)).await, expected);
    app.database.check_books().await;
    // And back, and on to somebody in no registry.
    correct(&one, &claim, &stay(&wrong, days)).await;
    assert_eq!(one.outcome_of(&id(&claim)).await, "held");
    let nobody = sizhu_tests::ids::woman("1960-05-01");
    let nobody = stay(&wrong, days).set("/citizen_id", nobody);
    assert_eq!(correct(&one, &claim, &nobody).await, "refused 0 days 0");
    app.database.check_books().await;
}

#[tokio::test]
async fn the_admission_of_another_claim_is_refused_and_names_it() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let (first, second) = (("2026-03-01", "2026-03-11"), ("2026-04-01", "2026-04-11"));
    let there = post(&one, &stay(&person, first)).await;
    let claim = post(&one, &stay(&person, second)).await;
    post(&other, &stay(&person, ("2026-05-01", "2026-05-02"))).await;
    let before = (written(&app).await, one.read_claim(&id(&claim)).await);
    let taken = one.correct(&id(&claim), &stay(&person, first)).await;
    let problem = taken.expect(409).problem("claim-differs");
    assert_eq!(problem["claim_id"], there["id"]);
    assert_eq!(
        (written(&app).await, one.read_claim(&id(&claim)).await),
        before
    );
    // That of another hospital is another.
    let moved = stay(&person, ("2026-05-01", "2026-05-02"));
    assert_eq!(correct(&one, &claim, &moved).await, "held");
    // And what was left may be claimed again.
    let again = post(&one, &stay(&person, second)).await;
    assert_eq!(outcome(&again), "granted 10 days 100000");
    app.database.check_books().await;
}

#[tokio::test]
async fn a_correction_that_is_refused_changes_nothing() {
    let app = TestApp::start().await;
    let (hospital, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let claim = post(&hospital, &stay(&person, ("2026-03-01", "2026-03-11"))).await;
    let before = (written(&app).await, hospital.read_claim(&id(&claim)).await);
    let (digits, last) = person.citizen_id.split_at(17);
    let wrong_digit = format!("{digits}{}", if last == "1" { "2" } else { "1" });
    for (said, pointer) in [
        (
            stay(&person, ("2026-03-11", "2026-03-01")),
            "/discharged_on",
        ),
        (
            stay(&person, ("2026-03-01", "2026-12-01")),
            "/discharged_on",
        ),
        (
            stay(&person, ("2026-03-01", "2026-03-12")).nursing(0, 10, 0, 0),
            "/nursing_days",
        ),
        (
            person.claim().set("/citizen_id", wrong_digit),
            "/citizen_id",
        ),
    ] {
        let refused = hospital.correct(&id(&claim), &said).await.expect(422);
        let problem = refused.problem("validation-failed");
        assert_eq!(text(&problem["errors"][0]["pointer"]), pointer);
    }
    let foreign = other.correct(&id(&claim), &stay(&person, ("2026-03-01", "2026-03-12")));
    foreign.await.expect(404).problem("not-found");
    assert_eq!(
        (written(&app).await, hospital.read_claim(&id(&claim)).await),
        before
    );
}
