//! Midnight in Asia/Shanghai, the end of a year and the leap day: what is of which day, to the
//! last millisecond.

use serde_json::{Value, json};
use sizhu_api::service::adoption::tick;
use sizhu_store::jobs::JobState;
use sizhu_tests::{
    Client, Person, TestApp,
    fixtures::{self, VILLAGE, child_died},
    ids,
    views::{clause, id, outcome},
};

use crate::policy_versions::{World, hospital_care, work_off};

/// Midnights in Shanghai: the day before, its last millisecond, the first of the day after, that day.
const MIDNIGHTS: [(&str, &str, &str, &str); 5] = [
    (
        "2026-11-23",
        "2026-11-23T15:59:59.999Z",
        "2026-11-23T16:00:00.000Z",
        "2026-11-24",
    ),
    (
        "2026-12-31",
        "2026-12-31T15:59:59.999Z",
        "2026-12-31T16:00:00.000Z",
        "2027-01-01",
    ),
    // Midnight of London, eight in the morning there: no midnight at all.
    (
        "2027-01-01",
        "2026-12-31T23:59:59.999Z",
        "2027-01-01T00:00:00.000Z",
        "2027-01-01",
    ),
    (
        "2028-02-28",
        "2028-02-28T15:59:59.999Z",
        "2028-02-28T16:00:00.000Z",
        "2028-02-29",
    ),
    (
        "2028-02-29",
        "2028-02-29T15:59:59.999Z",
        "2028-02-29T16:00:00.000Z",
        "2028-03-01",
    ),
];

/// Someone entitled since a day.
async fn person_since(app: &TestApp, day: &str) -> Person {
    let resident = fixtures::resident(&ids::woman("1960-05-01"), "王秀英", VILLAGE);
    app.register_with(&resident, &child_died(day)).await
}

async fn post(hospital: &Client, person: &Person, record: &str, stay: (&str, &str)) -> Value {
    let claim = person.claim().record(record).stay(stay.0, stay.1);
    hospital.claim(&claim).await.expect(201).json()
}

/// Days and amounts of each year.
fn years(seen: &Value) -> String {
    let by_year = clause(seen, "cap_per_year")["saw"]["by_year"].as_array();
    let shown = by_year
        .into_iter()
        .flatten()
        .map(|it| format!("{}: {} days {}", it["year"], it["days"], it["amount_fen"]));
    shown.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_claim_is_of_its_day_in_shanghai_to_the_last_millisecond() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let days = "SELECT concat_ws(' ', c.posted_on, d.decided_on, a.year) FROM claims c \
         JOIN decisions d ON d.claim_id = c.id JOIN awards w ON w.decision_id = d.id \
         JOIN accounts a ON a.id = w.account_id WHERE c.medical_record_no = $1";
    for (number, (before, last, first, after)) in MIDNIGHTS.iter().enumerate() {
        for (half, instant, day) in [("L", last, before), ("F", first, after)] {
            app.set_clock(instant);
            let person = person_since(&app, "2018-06-01").await;
            let record = format!("{half}{number}");
            // Discharged today; and nobody is discharged tomorrow.
            let claim = person.claim().record(&record);
            let posted = claim.clone().stay(before, day);
            if half == "L" && before != after {
                let tomorrow = claim.stay(before, after);
                let refused = hospital.claim(&tomorrow).await.expect(422);
                let errors = refused.field_errors("validation-failed");
                assert!(errors[0].starts_with("/discharged_on "), "{errors:?}");
            }
            hospital.claim(&posted).await.expect(201);
            let of = app.database.texts(days, &[&record]).await;
            assert_eq!(of, [format!("{day} {day} {}", &day[..4])], "{instant}");
        }
    }
    app.database.check_books().await;
}

/// From 2027 on 150 yuan a day, and the day of discharge counts.
fn from_new_year() -> String {
    let care = hospital_care();
    let after = "[[values.waiting_days]]";
    let more = "[[values.rate]]\nfrom = \"2027-01-01\"\nvalue = \"150 yuan/day\"\n\
         assumed = \"A test.\"\n\n[[values.day_counting]]\nfrom = \"2027-01-01\"\n\
         value = \"both_ends\"\nassumed = \"A test.\"\n\n";
    assert!(care.contains(after));
    care.replacen(after, &format!("{more}{after}"), 1)
}

#[tokio::test]
async fn the_rule_of_a_new_year_holds_from_its_first_millisecond() {
    let world = World::make().await;
    let (app, state) = (&world.app, world.process());
    app.fill("430102", 10_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    let turn = async || {
        let ticked = tick(&state.store, &state.policies, state.news("tick")).await;
        ticked.expect("a tick")
    };
    let hashes = "SELECT DISTINCT policy_hash FROM decisions WHERE superseded_at IS NULL";
    world.approved(&from_new_year(), "2027-01-01").await;

    app.set_clock("2026-12-31T15:59:59.999Z");
    assert_eq!(turn().await, 0);
    let old = person_since(app, "2018-06-01").await;
    let old = post(&hospital, &old, "OLD", ("2026-12-21", "2026-12-31")).await;
    assert_eq!(outcome(&old), "granted 10 days 100000");
    let old_hash = app.database.texts(hashes, &[]).await;

    app.set_clock("2026-12-31T16:00:00.000Z");
    assert_eq!(turn().await, 1);
    assert_eq!(work_off(world.process()).await, [JobState::Done]);
    // What was posted before the year turned comes to the same under the new text.
    assert_eq!(
        hospital.outcome_of(&id(&old)).await,
        "granted 10 days 100000"
    );
    let new_hash = app.database.texts(hashes, &[]).await;
    assert_eq!(new_hash.len(), 1);
    assert_ne!(new_hash, old_hash);

    // How days are counted is of the day of admission, what a day is worth is of the day itself.
    app.set_clock("2027-01-10T15:59:59.999Z");
    let before = person_since(app, "2018-06-01").await;
    let across = post(&hospital, &before, "ACROSS", ("2026-12-31", "2027-01-10")).await;
    assert_eq!(outcome(&across), "granted 10 days 145000");
    let after = person_since(app, "2018-06-01").await;
    let after = post(&hospital, &after, "AFTER", ("2027-01-01", "2027-01-10")).await;
    assert_eq!(outcome(&after), "granted 10 days 150000");
    assert_eq!(app.database.texts(hashes, &[]).await, new_hash);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_stay_over_new_year_takes_from_two_caps_and_the_leap_year_has_no_more_days() {
    let app = TestApp::start().await;
    app.set_clock("2028-12-31T16:00:00.000Z");
    let (hospital, officer) = (app.hospital(1).await, app.officer("430102").await);
    let person = person_since(&app, "2018-06-01").await;
    // 31 December is the old year's, also where the stay ends on New Year's Day.
    let eve = post(&hospital, &person, "EVE", ("2027-12-31", "2028-01-01")).await;
    let seen = officer.read_claim(&id(&eve)).await;
    assert_eq!(years(&seen), "2027: 1 days 10000");
    // 31 days of January, 29 of February, 30 of March: the leap day is one of the ninety.
    let leap = post(&hospital, &person, "LEAP", ("2028-01-01", "2028-04-01")).await;
    assert_eq!(outcome(&leap), "granted 90 days 900000");
    let seen = officer.read_claim(&id(&leap)).await;
    assert_eq!(years(&seen), "2028: 90 days 900000");
    assert_eq!(clause(&seen, "cap_per_year")["result"], "note");
    // The rest of the year has none left, and the next one has all.
    let turn = post(&hospital, &person, "TURN", ("2028-12-30", "2029-01-01")).await;
    assert_eq!(outcome(&turn), "refused 0 days 0");
    app.set_clock("2029-01-02T16:00:00.000Z");
    let over = post(&hospital, &person, "OVER", ("2029-01-01", "2029-01-03")).await;
    assert_eq!(outcome(&over), "granted 2 days 20000");
    app.database.check_books().await;
}

#[tokio::test]
async fn the_leap_day_is_a_day_to_stay_and_a_day_to_begin() {
    let app = TestApp::start().await;
    app.set_clock("2028-02-29T16:00:00.000Z");
    let hospital = app.hospital(1).await;
    for (since, stay, expected) in [
        // A status that begins on the leap day counts that day and no day before.
        (
            "2028-02-29",
            ("2028-02-28", "2028-03-01"),
            "granted 1 days 10000",
        ),
        (
            "2028-02-29",
            ("2028-02-28", "2028-02-29"),
            "refused 0 days 0",
        ),
        (
            "2028-02-29",
            ("2028-02-29", "2028-02-29"),
            "granted 1 days 10000",
        ),
        (
            "2018-06-01",
            ("2028-02-28", "2028-03-01"),
            "granted 2 days 20000",
        ),
        (
            "2018-06-01",
            ("2027-02-28", "2027-03-01"),
            "granted 1 days 10000",
        ),
    ] {
        let person = person_since(&app, since).await;
        let claim = post(&hospital, &person, &person.resident_id, stay).await;
        assert_eq!(outcome(&claim), expected, "since {since}, {stay:?}");
    }
    // Ended on the leap day, it counts to that day as any other does.
    let person = person_since(&app, "2018-06-01").await;
    let stay = ("2028-02-26", "2028-03-01");
    let claim = post(&hospital, &person, "ENDED", stay).await;
    assert_eq!(outcome(&claim), "granted 4 days 40000");
    let path = format!(
        "/v1/residents/{}/statuses/{}/end",
        person.resident_id, person.status_id
    );
    let end = json!({"on": "2028-02-29", "reason": "death"});
    let officer = app.officer("430102").await;
    officer.post(&path, &end).await.expect(200);
    let other = person_since(&app, "2018-06-01").await;
    let path = format!(
        "/v1/residents/{}/statuses/{}/end",
        other.resident_id, other.status_id
    );
    let same = post(&hospital, &other, "ENDED-28", ("2028-02-26", "2028-03-01")).await;
    let end = json!({"on": "2028-02-28", "reason": "death"});
    officer.post(&path, &end).await.expect(200);
    let ended = hospital.read_claim(&id(&claim)).await;
    let earlier = hospital.read_claim(&id(&same)).await;
    let days = |claim: &Value| claim["decision"]["payable_days"].as_i64().expect("days");
    assert_eq!(days(&ended) - days(&earlier), 1, "{ended} {earlier}");
    // There is no such day in other years.
    let wrong = person.claim().stay("2028-02-27", "2028-02-28");
    let wrong = wrong.set("/discharged_on", "2027-02-29");
    let refused = hospital.claim(&wrong).await.expect(422);
    let errors = refused.field_errors("validation-failed");
    assert!(errors[0].starts_with("/discharged_on "), "{errors:?}");
    app.database.check_books().await;
}
