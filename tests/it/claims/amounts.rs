//! What a stay comes to: days, caps, years, and what others of the person-year change about it.

use serde_json::{Value, json};
use sizhu_tests::{
    Client, Person, TestApp,
    fixtures::{self, child_died},
    ids,
    views::{clause, id, outcome},
};

/// Posts a stay under a record number; answers its claim.
async fn post(hospital: &Client, person: &Person, record: &str, stay: (&str, &str)) -> Value {
    let claim = person.claim().record(record).stay(stay.0, stay.1);
    hospital.claim(&claim).await.expect(201).json()
}

/// What stays of someone entitled come to, posted one after the other.
async fn outcomes(app: &TestApp, stays: &[(&str, &str)]) -> Vec<String> {
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let mut outcomes = Vec::new();
    for (number, stay) in stays.iter().enumerate() {
        let record = format!("{}-{number}", person.resident_id);
        outcomes.push(outcome(&post(&hospital, &person, &record, *stay).await));
    }
    outcomes
}

#[tokio::test]
async fn the_published_case_46_days_are_4600_yuan() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let hospital = app.hospital(1).await;
    let reply = hospital.claim(&person.claim()).await.expect(201);
    let claim = reply.json();
    assert_eq!(outcome(&claim), "granted 46 days 460000");
    let decision = &claim["decision"];
    assert_eq!(decision["difference_fen"], 460_000);
    assert_eq!(decision["programme"], "hospital-care-allowance");
    assert_eq!(decision["decided_on"], "2026-11-23");
    assert_eq!(decision["policy"]["division"], "43");
    assert_eq!(decision["policy"]["version"], "2018-04-01");
    assert_eq!(
        decision["policy"]["hash"].as_str().map(str::len),
        Some(64),
        "{decision}"
    );
    let stay = json!({"admitted_on": "2026-03-01", "discharged_on": "2026-04-16", "counted": true});
    assert_eq!(claim["stay"], stay);
    let location = format!("/v1/hospital-claims/{}", id(&claim));
    assert_eq!(reply.header("location"), Some(location.as_str()));
    // Read again, it is the same, and under the same version.
    let read = hospital.get(&location).await.expect(200);
    assert_eq!(read.header("etag"), reply.header("etag"));
    assert_eq!(read.json(), claim);
    app.database.check_books().await;
}

#[tokio::test]
async fn the_hospital_is_told_the_reasons_but_nothing_of_the_person() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let reply = app.hospital(1).await.claim(&person.claim()).await;
    let claim = reply.expect(201).json();
    let trace = claim["decision"]["trace"].as_array().unwrap();
    assert!(trace.len() >= 10, "{claim}");
    for entry in trace {
        let members: Vec<&str> = entry
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let public = ["assumed", "citation", "clause", "needs", "result", "title"];
        assert_eq!(members, public);
        assert_eq!(entry["result"], "pass", "{entry}");
    }
    assert_eq!(claim.get("patient"), None);
    let text = claim.to_string();
    for personal in [
        &person.citizen_id,
        &person.name,
        &person.resident_id,
        &person.status_id,
    ] {
        assert!(!text.contains(personal.as_str()), "{personal} in {text}");
    }
    // What no source gives says so; what one gives names it.
    assert!(clause(&claim, "cap_per_year")["assumed"].is_string());
    assert!(clause(&claim, "daily_rate")["citation"]["instrument"].is_string());
}

#[tokio::test]
async fn officers_and_auditors_see_what_the_rule_saw_and_the_person_masked() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let reply = app.hospital(1).await.claim(&person.claim()).await;
    let claim = reply.expect(201).json();
    for caller in [
        app.officer("430102001001").await,
        app.officer("430102").await,
        app.officer("43").await,
        app.auditor("4301").await,
    ] {
        let seen = caller.read_claim(&id(&claim)).await;
        let status = &clause(&seen, "special_family_status")["saw"]["statuses"][0];
        assert_eq!(status["status"], person.status_id.as_str(), "{seen}");
        assert_eq!(
            clause(&seen, "daily_rate")["saw"]["segments"][0]["days"],
            46
        );
        let (area, end) = (&person.citizen_id[..6], &person.citizen_id[14..]);
        let masked = format!("{area}********{end}");
        let patient =
            json!({"resident_id": person.resident_id, "citizen_id": masked, "name": "王**"});
        assert_eq!(seen["patient"], patient);
        let path = format!("/v1/decisions/{}", id(&claim["decision"]));
        let decision = caller.get(&path).await.expect(200).json();
        assert_eq!(decision["claim_id"], claim["id"]);
        assert_eq!(decision["cause"], "claim.posted");
        assert_eq!(decision["in_force"], true);
        assert_eq!(decision["trace"], seen["decision"]["trace"]);
    }
}

#[tokio::test]
async fn three_admissions_of_a_year_add_up() {
    let app = TestApp::start().await;
    let stays = [
        ("2026-01-05", "2026-01-25"),
        ("2026-05-01", "2026-05-17"),
        ("2026-10-01", "2026-10-11"),
    ];
    let outcomes = outcomes(&app, &stays).await;
    let expected = [
        "granted 20 days 200000",
        "granted 16 days 160000",
        "granted 10 days 100000",
    ];
    assert_eq!(outcomes, expected);
    let owed = "SELECT sum(amount_fen)::bigint FROM awards WHERE standing <> 'cancelled'";
    assert_eq!(app.database.number(owed).await, 460_000);
    app.database.check_books().await;
}

#[tokio::test]
async fn the_year_is_paid_to_its_90th_day() {
    let app = TestApp::start().await;
    for (discharged_on, expected) in [
        ("2026-03-31", "granted 89 days 890000"),
        ("2026-04-01", "granted 90 days 900000"),
        ("2026-04-02", "granted 90 days 900000"),
    ] {
        let stay = ("2026-01-01", discharged_on);
        assert_eq!(outcomes(&app, &[stay]).await, [expected], "{discharged_on}");
    }
    // The 90th day may be of another stay: the 91st gets nothing, and the clause says why.
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let officer = app.officer("430102").await;
    let cap = async |claim: &Value| {
        let seen = officer.read_claim(&id(claim)).await;
        clause(&seen, "cap_per_year")["result"].clone()
    };
    let long = post(&hospital, &person, "L", ("2026-01-01", "2026-03-31")).await;
    assert_eq!(cap(&long).await, "pass");
    let last = post(&hospital, &person, "M", ("2026-04-10", "2026-04-12")).await;
    assert_eq!(outcome(&last), "granted 1 days 10000");
    assert_eq!(cap(&last).await, "note");
    let none = post(&hospital, &person, "N", ("2026-05-10", "2026-05-11")).await;
    assert_eq!(outcome(&none), "refused 0 days 0");
    assert_eq!(cap(&none).await, "fail");
    app.database.check_books().await;
}

#[tokio::test]
async fn a_stay_over_new_year_is_split_and_each_year_has_a_cap_of_its_own() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    // 92 days in 2024, 104 in 2025.
    let claim = post(&hospital, &person, "A", ("2024-10-01", "2025-04-15")).await;
    assert_eq!(outcome(&claim), "granted 180 days 1800000");
    let seen = app.officer("430102").await.read_claim(&id(&claim)).await;
    let by_year = json!([
        {"year": 2024, "days": 90, "amount_fen": 900_000},
        {"year": 2025, "days": 90, "amount_fen": 900_000},
    ]);
    assert_eq!(clause(&seen, "cap_per_year")["saw"]["by_year"], by_year);
    let more = post(&hospital, &person, "B", ("2025-07-01", "2025-07-11")).await;
    assert_eq!(outcome(&more), "refused 0 days 0");
    let next = post(&hospital, &person, "C", ("2026-01-01", "2026-01-11")).await;
    assert_eq!(outcome(&next), "granted 10 days 100000");
    let owed = "SELECT format('%s %s', benefit_year, sum(amount_fen)) FROM awards \
         WHERE standing <> 'cancelled' GROUP BY benefit_year ORDER BY benefit_year";
    let owed = app.database.texts(owed, &[]).await;
    assert_eq!(owed, ["2024 900000", "2025 900000", "2026 100000"]);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_late_claim_takes_its_days_first_and_the_others_are_repriced() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let may = post(&hospital, &person, "MAY", ("2026-05-01", "2026-06-30")).await;
    let august = post(&hospital, &person, "AUG", ("2026-08-01", "2026-09-10")).await;
    assert_eq!(outcome(&may), "granted 60 days 600000");
    assert_eq!(outcome(&august), "granted 30 days 300000");
    let late = post(&hospital, &person, "JAN", ("2026-01-01", "2026-02-10")).await;
    assert_eq!(outcome(&late), "granted 40 days 400000");
    let history = [
        app.database.history(&id(&may)).await,
        app.database.history(&id(&august)).await,
        app.database.history(&id(&late)).await,
    ];
    let expected: [&[&str]; 3] = [
        &[
            "claim.posted: granted 60 days 600000 (+600000)",
            "claim.posted: granted 50 days 500000 (-100000)",
        ],
        &[
            "claim.posted: granted 30 days 300000 (+300000)",
            "claim.posted: refused 0 days 0 (-300000)",
        ],
        &["claim.posted: granted 40 days 400000 (+400000)"],
    ];
    assert_eq!(history, expected);
    let read = hospital.read_claim(&id(&august)).await;
    assert_eq!(outcome(&read), "refused 0 days 0");
    assert_eq!(read["decision"]["difference_fen"], -300_000);
    app.database.check_books().await;
}

#[tokio::test]
async fn the_programme_begins_on_1_april_2018() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let stays = [
        (("2018-03-20", "2018-03-31"), "refused 0 days 0", "fail"),
        (("2018-03-31", "2018-04-01"), "refused 0 days 0", "fail"),
        (("2018-04-01", "2018-04-02"), "granted 1 days 10000", "pass"),
        (("2018-03-30", "2018-04-03"), "granted 2 days 20000", "note"),
    ];
    for (stay, expected, result) in stays {
        let resident = fixtures::resident(&ids::woman("1955-05-01"), "王秀英", fixtures::VILLAGE);
        let person = app
            .register_with(&resident, &child_died("2017-01-01"))
            .await;
        let claim = post(&hospital, &person, &person.resident_id, stay).await;
        assert_eq!(outcome(&claim), expected, "{stay:?}");
        assert_eq!(clause(&claim, "programme_in_force")["result"], result);
    }
    app.database.check_books().await;
}

#[tokio::test]
async fn only_severe_illness_counts() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    for (code, counts) in [
        ("C97", true),
        ("D00.1", false),
        ("F20.000", true),
        ("I20.0", false),
        ("I64", true),
        ("I65.2", false),
        ("N18.5", true),
    ] {
        let claim = person
            .claim()
            .record(code)
            .set("/principal_diagnosis/code", code)
            .stay("2026-02-01", "2026-02-02");
        // Each in a week of its own.
        let day = 1 + 2 * app.database.number("SELECT count(*) FROM claims").await;
        let claim = claim.stay(
            &format!("2026-02-{day:02}"),
            &format!("2026-02-{:02}", day + 1),
        );
        let claim = hospital.claim(&claim).await.expect(201).json();
        let expected = if counts {
            "granted 1 days 10000"
        } else {
            "refused 0 days 0"
        };
        assert_eq!(outcome(&claim), expected, "{code}");
    }
}

#[tokio::test]
async fn a_stay_within_one_day_is_one_day() {
    let app = TestApp::start().await;
    let outcomes = outcomes(
        &app,
        &[("2026-03-05", "2026-03-05"), ("2026-03-06", "2026-03-07")],
    )
    .await;
    assert_eq!(outcomes, ["granted 1 days 10000", "granted 1 days 10000"]);
}
