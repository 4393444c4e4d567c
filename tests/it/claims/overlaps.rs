//! Stays that overlap: one counts, the other is held for the officers of the person's county.

use serde_json::Value;
use sizhu_tests::{
    Client, Person, TestApp, fixtures,
    views::{id, outcome},
};

/// Posts a stay, under a record number made of its days; answers what it came to.
async fn post(hospital: &Client, person: &Person, stay: (&str, &str)) -> String {
    outcome(&posted(hospital, person, stay, "A").await)
}

async fn posted(hospital: &Client, person: &Person, stay: (&str, &str), record: &str) -> Value {
    let record = format!("{record} {} {}", stay.0, stay.1);
    let claim = person.claim().record(&record).stay(stay.0, stay.1);
    hospital.claim(&claim).await.expect(201).json()
}

/// What the second of two stays comes to, the first being 2026-03-10 to 2026-03-20 at hospital 1.
async fn second(app: &TestApp, hospital: u16, stay: (&str, &str)) -> String {
    let person = app.special_person().await;
    let first = ("2026-03-10", "2026-03-20");
    let first = posted(&app.hospital(1).await, &person, first, &person.resident_id).await;
    assert_eq!(outcome(&first), "granted 10 days 100000");
    let hospital = app.hospital(hospital).await;
    outcome(
        &posted(
            &hospital,
            &person,
            stay,
            &format!("2 {}", person.resident_id),
        )
        .await,
    )
}

#[tokio::test]
async fn a_stay_that_overlaps_one_that_counts_is_held_wherever_it_was() {
    let app = TestApp::start().await;
    for hospital in [1, 2] {
        for stay in [
            ("2026-03-12", "2026-03-15"),
            ("2026-03-01", "2026-03-11"),
            ("2026-03-19", "2026-03-25"),
            ("2026-03-01", "2026-03-31"),
            ("2026-03-10", "2026-03-20"),
            ("2026-03-10", "2026-03-12"),
            ("2026-03-15", "2026-03-15"),
            ("2026-03-19", "2026-03-19"),
        ] {
            assert_eq!(
                second(&app, hospital, stay).await,
                "held",
                "{hospital} {stay:?}"
            );
        }
    }
    app.database.check_books().await;
}

#[tokio::test]
async fn stays_that_touch_both_count() {
    let app = TestApp::start().await;
    for (stay, expected) in [
        (("2026-03-20", "2026-03-25"), "granted 5 days 50000"),
        (("2026-03-05", "2026-03-10"), "granted 5 days 50000"),
        (("2026-03-20", "2026-03-20"), "granted 1 days 10000"),
        (("2026-03-09", "2026-03-09"), "granted 1 days 10000"),
    ] {
        assert_eq!(second(&app, 2, stay).await, expected, "{stay:?}");
    }
    app.database.check_books().await;
}

#[tokio::test]
async fn the_same_day_twice_is_held() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let day = ("2026-03-05", "2026-03-05");
    assert_eq!(post(&one, &person, day).await, "granted 1 days 10000");
    assert_eq!(post(&other, &person, day).await, "held");
    assert_eq!(posted(&one, &person, day, "B").await["status"], "held");
}

#[tokio::test]
async fn a_one_day_stay_on_the_first_day_of_a_longer_one_counts_with_no_payable_day() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let (day, long) = (("2026-03-05", "2026-03-05"), ("2026-03-05", "2026-03-15"));

    let person = app.special_person().await;
    assert_eq!(posted(&one, &person, long, "1").await["status"], "granted");
    let short = posted(&other, &person, day, "1").await;
    assert_eq!(outcome(&short), "refused 0 days 0");
    assert_eq!(short["stay"]["counted"], true);
    // A second one has no day left to yield.
    assert_eq!(posted(&other, &person, day, "2").await["status"], "held");

    // The other way round: the day that was granted goes over to the longer stay.
    let person = app.special_person().await;
    let short = posted(&other, &person, day, "3").await;
    assert_eq!(outcome(&short), "granted 1 days 10000");
    let longer = posted(&one, &person, long, "3").await;
    assert_eq!(outcome(&longer), "granted 10 days 100000");
    let expected = [
        "claim.posted: granted 1 days 10000 (+10000)",
        "claim.posted: refused 0 days 0 (-10000)",
    ];
    assert_eq!(app.database.history(&id(&short)).await, expected);
    let owed = "SELECT sum(amount_fen)::bigint FROM awards WHERE standing <> 'cancelled' \
         AND resident_id = $1::text::uuid";
    let query = format!("SELECT ({owed})::text");
    let owed = app.database.texts(&query, &[&person.resident_id]).await;
    assert_eq!(owed, ["100000"]);
    assert_eq!(posted(&other, &person, day, "4").await["status"], "held");
    app.database.check_books().await;
}

#[tokio::test]
async fn a_held_stay_has_no_decision_and_takes_no_day_from_others() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    assert_eq!(
        post(&one, &person, ("2026-03-10", "2026-03-20")).await,
        "granted 10 days 100000"
    );
    let held = posted(&other, &person, ("2026-03-15", "2026-04-15"), "B").await;
    assert_eq!(held["status"], "held");
    assert!(held["decision"].is_null(), "{held}");
    assert_eq!(held["stay"]["counted"], false);
    // It would overlap the held one, which does not count.
    let third = post(&one, &person, ("2026-04-01", "2026-04-11")).await;
    assert_eq!(third, "granted 10 days 100000");
}

#[tokio::test]
async fn held_stays_are_listed_to_the_officers_of_the_persons_county_alone() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person_in(fixtures::OTHER_VILLAGE).await;
    post(&one, &person, ("2026-03-10", "2026-03-20")).await;
    let held = posted(&other, &person, ("2026-03-15", "2026-03-16"), "B").await;

    let path = "/v1/hospital-claims?status=held";
    for (caller, sees) in [
        (app.officer("430103").await, true),
        (app.officer("430103002001").await, true),
        (app.officer("4301").await, true),
        (app.auditor("430103").await, true),
        (app.officer("430102").await, false),
        (app.auditor("430102").await, false),
        (other.clone(), true),
        (one.clone(), false),
    ] {
        let page = caller.get(path).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), usize::from(sees), "{}: {page}", caller.id());
        if sees {
            assert_eq!(items[0]["id"], held["id"]);
            let officer = caller.id() != other.id();
            assert_eq!(items[0].get("resident_id").is_some(), officer, "{page}");
        }
    }
}

#[tokio::test]
async fn the_hospital_is_not_told_whose_stay_it_meets() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let first = posted(&one, &person, ("2026-03-10", "2026-03-20"), "SECRET").await;
    let held = posted(&other, &person, ("2026-03-15", "2026-03-16"), "B").await;
    let members: Vec<&str> = held
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let public = [
        "decision",
        "hospital_id",
        "id",
        "medical_record_no",
        "posted_at",
        "status",
        "stay",
    ];
    assert_eq!(members, public);
    for foreign in [
        id(&first),
        "SECRET".to_owned(),
        TestApp::hospital_id(1).to_string(),
    ] {
        assert!(!held.to_string().contains(&foreign), "{held}");
    }
    // Nor by asking for the other claim itself.
    let path = format!("/v1/hospital-claims/{}", id(&first));
    other.get(&path).await.expect(404).problem("not-found");
}

#[tokio::test]
async fn the_database_itself_lets_no_held_stay_count() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let (day, long) = (("2026-03-05", "2026-03-05"), ("2026-03-05", "2026-03-15"));
    posted(&one, &person, long, "1").await;
    posted(&other, &person, day, "1").await;
    assert_eq!(posted(&other, &person, day, "2").await["status"], "held");
    let service = app.database.service().await;
    for (set, constraint) in [
        ("counted = true, standing = 'counted'", "stays_overlap_excl"),
        (
            "counted = true, standing = 'counted', yields_day = true",
            "stays_yielded_day_excl",
        ),
        ("yields_day = true", "stays_yields_day_check"),
    ] {
        let statement = format!("UPDATE stays SET {set} WHERE NOT counted");
        let refused = service.batch_execute(&statement).await.unwrap_err();
        let refused = refused.as_db_error().unwrap().constraint();
        assert_eq!(refused, Some(constraint), "{set}");
    }
    // Nor may the stay that yields its day take it back.
    let taken = "UPDATE stays SET yields_day = false WHERE yields_day";
    let refused = service.batch_execute(taken).await.unwrap_err();
    let refused = refused.as_db_error().unwrap().constraint();
    assert_eq!(refused, Some("stays_overlap_excl"));
}
