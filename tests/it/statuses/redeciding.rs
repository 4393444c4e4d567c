//! News about a status, or of the person themselves, decides their claims anew at once.

use serde_json::{Value, json};
use sizhu_tests::{
    Client, Person, TestApp,
    fixtures::{self, VILLAGE, child_died, child_disabled},
    ids,
    views::id,
};

use super::{confirm, correct, end, statuses, summary, withdraw};

/// A service with money in the county, a hospital, and someone registered without a status.
async fn registered() -> (TestApp, Client, Person) {
    let app = TestApp::start().await;
    app.fill("430102", 10_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    let resident = fixtures::resident(&ids::woman("1960-05-01"), "王秀英", VILLAGE);
    let person = app.register(&resident).await;
    (app, hospital, person)
}

/// Posts a stay from 2026-03-01 to 2026-03-11: ten days. Answers the claim's id.
async fn post(hospital: &Client, person: &Person) -> String {
    let claim = person.claim().stay("2026-03-01", "2026-03-11");
    id(&hospital.claim(&claim).await.expect(201).json())
}

/// What of the county's money is set aside.
async fn earmarked(app: &TestApp) -> Value {
    app.database.check_books().await;
    app.budget("430102").await["earmarked_fen"].clone()
}

#[tokio::test]
async fn a_status_that_begins_or_ends_mid_stay_counts_the_days_it_covers() {
    let (app, hospital, _) = registered().await;
    let county = app.officer("430102").await;
    for (from, until, expected) in [
        ("2026-02-28", None, "granted 10 days 100000"),
        ("2026-03-01", None, "granted 10 days 100000"),
        ("2026-03-02", None, "granted 9 days 90000"),
        ("2026-03-10", None, "granted 1 days 10000"),
        ("2026-03-11", None, "refused 0 days 0"),
        ("2026-03-12", None, "refused 0 days 0"),
        ("2018-06-01", Some("2026-02-28"), "refused 0 days 0"),
        ("2018-06-01", Some("2026-03-01"), "refused 0 days 0"),
        ("2018-06-01", Some("2026-03-02"), "granted 1 days 10000"),
        ("2018-06-01", Some("2026-03-10"), "granted 9 days 90000"),
        ("2018-06-01", Some("2026-03-11"), "granted 10 days 100000"),
        ("2018-06-01", Some("2026-03-12"), "granted 10 days 100000"),
        ("2026-03-04", Some("2026-03-07"), "granted 3 days 30000"),
    ] {
        let resident = fixtures::resident(&ids::woman("1960-05-01"), "王秀英", VILLAGE);
        let person = app.register_with(&resident, &child_died(from)).await;
        if let Some(until) = until {
            let ended = end(&county, &person, &person.status_id, until, "adoption").await;
            ended.expect(200);
        }
        let claim = person.claim().record(&person.resident_id);
        let claim = claim.stay("2026-03-01", "2026-03-11");
        let claim = id(&hospital.claim(&claim).await.expect(201).json());
        assert_eq!(
            hospital.outcome_of(&claim).await,
            expected,
            "{from} {until:?}"
        );
    }
    app.database.check_books().await;
}

#[tokio::test]
async fn two_statuses_cover_what_either_covers_and_no_day_twice() {
    let (app, hospital, person) = registered().await;
    let county = app.officer("430102").await;
    let path = statuses(&person);
    let made = county
        .post(&path, &child_died("2026-03-03"))
        .await
        .expect(201)
        .json();
    end(&county, &person, &id(&made), "2026-03-06", "adoption")
        .await
        .expect(200);
    county
        .post(&path, &child_disabled("2026-03-05", 1))
        .await
        .expect(201);
    let claim = post(&hospital, &person).await;
    assert_eq!(hospital.outcome_of(&claim).await, "granted 8 days 80000");
}

#[tokio::test]
async fn adding_correcting_and_ending_a_status_decides_earlier_claims_anew() {
    let (app, hospital, person) = registered().await;
    let county = app.officer("430102").await;
    let claim = post(&hospital, &person).await;
    assert_eq!(hospital.outcome_of(&claim).await, "refused 0 days 0");
    assert_eq!(earmarked(&app).await, 0);

    let said = child_died("2018-06-01");
    let made = county
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    assert_eq!(hospital.outcome_of(&claim).await, "granted 10 days 100000");
    assert_eq!(earmarked(&app).await, 100_000);

    let said = child_died("2026-03-05");
    let now = correct(&county, &person, &id(&made), "\"v1\"", &said).await;
    now.expect(200);
    assert_eq!(hospital.outcome_of(&claim).await, "granted 6 days 60000");
    assert_eq!(earmarked(&app).await, 60_000);

    let ended = end(&county, &person, &id(&made), "2026-03-07", "birth").await;
    ended.expect(200);
    assert_eq!(hospital.outcome_of(&claim).await, "granted 2 days 20000");
    assert_eq!(earmarked(&app).await, 20_000);

    // The end was wrong.
    let now = correct(&county, &person, &id(&made), "\"v3\"", &said).await;
    now.expect(200);
    assert_eq!(earmarked(&app).await, 60_000);

    let expected = [
        "claim.posted: refused 0 days 0 (+0)",
        "status.posted: granted 10 days 100000 (+100000)",
        "status.corrected: granted 6 days 60000 (-40000)",
        "status.ended: granted 2 days 20000 (-40000)",
        "status.corrected: granted 6 days 60000 (+40000)",
    ];
    assert_eq!(app.database.history(&claim).await, expected);
    let awards = [
        "100000 cancelled released",
        "60000 cancelled released",
        "20000 proposed earmarked",
        "40000 proposed earmarked",
    ];
    assert_eq!(app.database.awards().await, awards);
}

#[tokio::test]
async fn a_proposed_status_counts_for_nothing_until_it_is_confirmed() {
    let (app, hospital, person) = registered().await;
    let (village, county) = (app.officer(VILLAGE).await, app.officer("430102").await);
    let claim = post(&hospital, &person).await;
    let said = child_died("2018-06-01");
    let made = village
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    assert_eq!(hospital.outcome_of(&claim).await, "refused 0 days 0");
    confirm(&county, &person, &id(&made)).await.expect(200);
    assert_eq!(hospital.outcome_of(&claim).await, "granted 10 days 100000");
    assert_eq!(earmarked(&app).await, 100_000);
    let expected = [
        "claim.posted: refused 0 days 0 (+0)",
        "status.confirmed: granted 10 days 100000 (+100000)",
    ];
    assert_eq!(app.database.history(&claim).await, expected);
}

#[tokio::test]
async fn claims_of_someone_unknown_are_decided_anew_once_they_are_registered() {
    let (app, hospital, _) = registered().await;
    let citizen_id = ids::woman("1960-05-01");
    let claim = fixtures::claim().set("/citizen_id", citizen_id.as_str());
    let claim = claim.stay("2026-03-01", "2026-03-11");
    let claim = id(&hospital.claim(&claim).await.expect(201).json());
    assert_eq!(hospital.outcome_of(&claim).await, "refused 0 days 0");
    let resident = fixtures::resident(&citizen_id, "王秀英", VILLAGE);
    let person = app.register(&resident).await;
    // Registered alone, nothing changes: no decision that says the same again.
    assert_eq!(app.database.history(&claim).await.len(), 1);
    let county = app.officer("430102").await;
    let said = child_died("2026-03-05");
    county.post(&statuses(&person), &said).await.expect(201);
    assert_eq!(hospital.outcome_of(&claim).await, "granted 6 days 60000");
    assert_eq!(earmarked(&app).await, 60_000);
    assert_eq!(county.outcome_of(&claim).await, "granted 6 days 60000");
}

#[tokio::test]
async fn a_status_counts_from_the_49th_birthday() {
    let (app, hospital, _) = registered().await;
    let resident = fixtures::resident(&ids::woman("1977-03-05"), "王秀英", VILLAGE);
    let person = app
        .register_with(&resident, &child_died("2020-01-01"))
        .await;
    let claim = post(&hospital, &person).await;
    // 5 to 10 March.
    assert_eq!(hospital.outcome_of(&claim).await, "granted 6 days 60000");
    app.database.check_books().await;
}

#[tokio::test]
async fn news_that_is_refused_changes_no_decision() {
    let (app, hospital, person) = registered().await;
    let county = app.officer("430102").await;
    let said = child_died("2018-06-01");
    let made = county
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    let claim = post(&hospital, &person).await;
    let before = app
        .database
        .number("SELECT count(*) FROM audit_events")
        .await;

    county
        .post(&statuses(&person), &child_died("2020-01-01"))
        .await
        .expect(409);
    end(&county, &person, &id(&made), "2026-03-03", "cure")
        .await
        .expect(422);
    let mut wrong = said.clone();
    wrong["ending"] = json!({"on": "2018-06-01", "reason": "death"});
    correct(&county, &person, &id(&made), "\"v1\"", &wrong)
        .await
        .expect(422);
    correct(&county, &person, &id(&made), "\"v9\"", &said)
        .await
        .expect(412);

    assert_eq!(app.database.history(&claim).await.len(), 1);
    assert_eq!(earmarked(&app).await, 100_000);
    let events = "SELECT count(*) FROM audit_events WHERE kind NOT LIKE 'account.%'";
    assert!(app.database.number(events).await <= before);
}

#[tokio::test]
async fn a_correction_that_takes_the_entitlement_away_is_recorded_and_counts_at_once() {
    let (app, hospital, person) = registered().await;
    let county = app.officer("430102").await;
    let said = child_disabled("2018-06-01", 3);
    let made = county
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    let claim = post(&hospital, &person).await;
    assert_eq!(earmarked(&app).await, 100_000);
    let mild = child_disabled("2018-06-01", 4);
    let now = correct(&county, &person, &id(&made), "\"v1\"", &mild).await;
    assert_eq!(summary(&now.expect(200).json()), "proposed - 2");
    assert_eq!(hospital.outcome_of(&claim).await, "refused 0 days 0");
    assert_eq!(earmarked(&app).await, 0);
    // Nor can anyone confirm it as it is.
    let refused = confirm(&app.second_officer("430102").await, &person, &id(&made)).await;
    let errors = refused.expect(422).field_errors("conditions-not-met");
    assert_eq!(errors, ["/grade grade_too_mild"]);
}

#[tokio::test]
async fn a_status_that_never_was_true_is_withdrawn_and_counts_for_no_day() {
    let (app, hospital, person) = registered().await;
    let county = app.officer("430102").await;
    let said = child_died("2018-06-01");
    let made = county
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    let claim = post(&hospital, &person).await;
    assert_eq!(earmarked(&app).await, 100_000);
    withdraw(&county, &person, &id(&made)).await.expect(200);
    assert_eq!(hospital.outcome_of(&claim).await, "refused 0 days 0");
    assert_eq!(earmarked(&app).await, 0);
    let expected = [
        "claim.posted: granted 10 days 100000 (+100000)",
        "status.withdrawn: refused 0 days 0 (-100000)",
    ];
    assert_eq!(app.database.history(&claim).await, expected);
    // What was paid by then would be owed back; the right one may be entered in its place.
    county.post(&statuses(&person), &said).await.expect(201);
    assert_eq!(earmarked(&app).await, 100_000);
}

#[tokio::test]
async fn each_news_leaves_its_events() {
    let (app, hospital, person) = registered().await;
    let county = app.officer("430102").await;
    post(&hospital, &person).await;
    let said = child_died("2018-06-01");
    let made = county
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    end(&county, &person, &id(&made), "2026-03-03", "death")
        .await
        .expect(200);
    let query = format!("/v1/audit-events?resident_id={}", person.resident_id);
    let page = app
        .auditor("430102")
        .await
        .get(&query)
        .await
        .expect(200)
        .json();
    let items = page["items"].as_array().unwrap();
    let mut events: Vec<String> = items
        .iter()
        .map(|it| {
            format!(
                "{} {}",
                it["actor"].as_str().unwrap(),
                it["kind"].as_str().unwrap()
            )
        })
        .collect();
    events.reverse();
    let expected = [
        "officer-430102 resident.registered",
        "hospital-1 claim.posted",
        "hospital-1 decision.made",
        "officer-430102 status.posted",
        "officer-430102 decision.made",
        "officer-430102 difference.settled",
        "officer-430102 status.ended",
        "officer-430102 decision.made",
        "officer-430102 difference.settled",
    ];
    assert_eq!(events, expected);
    assert_eq!(
        items[0]["details"],
        json!({"benefit_year": 2026, "step": items[0]["details"]["step"]})
    );
}
