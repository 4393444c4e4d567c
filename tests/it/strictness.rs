//! What looks right and is not: arrays for objects, one document typed in many ways, slips of years.

use serde_json::json;
use sizhu_tests::{
    TestApp, fixtures,
    ledger::PROGRAMME,
    views::{clause, id},
};

#[tokio::test]
async fn an_array_is_no_object_and_an_object_is_no_word() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let hospital = app.hospital(1).await;
    for (pointer, value) in [
        ("/charges", json!([100, 50, 50])),
        ("/principal_diagnosis", json!(["I63.900", "脑梗死"])),
        ("/nursing_days", json!([0, 46, 0, 0])),
        ("/consent", json!(["written", "TY-1", "2026-03-01"])),
        ("/consent/kind", json!({"written": null})),
    ] {
        let reply = hospital
            .claim(&person.claim().set(pointer, value))
            .await
            .expect(422);
        let errors = reply.field_errors("validation-failed");
        assert_eq!(errors, [format!("{pointer} invalid_type")]);
    }
    let claim = hospital.claim(&json!(["430102", "x"])).await.expect(422);
    assert!(!claim.text().contains("struct"), "{}", claim.text());

    app.fill("430102", 1_000, "D-1").await;
    let account = app.budget("430102").await;
    let path = format!("/v1/accounts/{}/appropriations", id(&account));
    app.finance("43")
        .await
        .post(&path, &json!([1, "D-2"]))
        .await
        .expect(422);
    assert_eq!(app.budget("430102").await["appropriated_fen"], 1_000);
}

#[tokio::test]
async fn a_document_is_one_document_however_it_is_typed() {
    let app = TestApp::start().await;
    let finance = app.finance("43").await;
    let purse = json!({"programme": PROGRAMME, "year": 2026, "county": "430102"});
    let account = finance
        .post("/v1/accounts", &purse)
        .await
        .expect(201)
        .json();
    let path = format!("/v1/accounts/{}/appropriations", id(&account));
    let fill =
        |document: &str| finance.post(&path, &json!({"amount_fen": 100, "document_no": document}));
    let first = fill("湘财预〔2026〕1号a").await.expect(201).json();
    for same in [
        "湘财预[2026]1号A",
        "湘财预﹝2026﹞１号Ａ",
        " 湘财预【2026】 1 号a",
    ] {
        let again = fill(same).await.expect(200).json();
        assert_eq!(again["id"], first["id"], "{same}");
    }
    for unreadable in ["湘财预\u{200b}", "\u{202e}号1", "\u{feff}"] {
        let errors = fill(unreadable)
            .await
            .expect(422)
            .field_errors("validation-failed");
        assert_eq!(errors, ["/document_no invalid_value"]);
    }
    fill("湘财预〔2026〕2号a").await.expect(201);
    assert_eq!(app.budget("430102").await["appropriated_fen"], 200);
}

#[tokio::test]
async fn a_stay_of_more_than_five_years_is_a_slip() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let hospital = app.hospital(1).await;
    let stay = |to: &str| person.claim().stay("2021-01-01", to);
    hospital.claim(&stay("2026-01-01")).await.expect(201);
    let longer = stay("2026-01-02").record("ZY-2");
    let errors = hospital.claim(&longer).await.expect(422);
    assert_eq!(
        errors.field_errors("validation-failed"),
        ["/discharged_on stay_too_long"]
    );
}

#[tokio::test]
async fn spaces_that_are_taken_away_make_no_other_claim() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let hospital = app.hospital(1).await;
    let claim = person.claim();
    let first = hospital.claim(&claim).await.expect(201).json();
    let name = format!(" {} ", claim["patient_name"].as_str().unwrap());
    let number = format!("{} ", claim["medical_record_no"].as_str().unwrap());
    let spaced = person
        .claim()
        .set("/patient_name", name)
        .set("/medical_record_no", number);
    let again = hospital.claim(&spaced).await.expect(200).json();
    assert_eq!(again["id"], first["id"]);
}

#[tokio::test]
async fn an_hour_no_calendar_has_is_a_bad_parameter() {
    let app = TestApp::start().await;
    let auditor = app.auditor("43").await;
    for year in ["-9999", "-4713", "1899", "%2B10000"] {
        let path = format!("/v1/audit-events?from={year}-01-01T00:00:00Z");
        auditor.get(&path).await.expect(400);
    }
    auditor
        .get("/v1/audit-events?from=2026-01-01T00:00:00Z")
        .await
        .expect(200);
}

#[tokio::test]
async fn asking_by_registering_leaves_its_trace() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let stranger = app.officer("430103002001").await;
    let again = fixtures::resident(&person.citizen_id, "某人", "430103002001");
    stranger.post("/v1/residents", &again).await.expect(409);
    let path = format!(
        "/v1/audit-events?resident_id={}&kind=resident.registered_again",
        person.resident_id
    );
    let events = app.auditor("43").await.get(&path).await.expect(200).json();
    assert_eq!(events["items"][0]["actor"], stranger.id());
}

#[tokio::test]
async fn a_hospital_cannot_guess_the_registered_name() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let hospital = app.hospital(1).await;
    let other = person.claim().set("/patient_name", "别人");
    let told = hospital.claim(&other).await.expect(201).json();
    assert_eq!(told["status"], "granted");
    let clauses = told["decision"]["trace"].as_array().unwrap();
    assert!(
        clauses
            .iter()
            .all(|clause| clause["clause"] != "patient_name")
    );
    let officer = app.officer("430102").await;
    let seen = officer.read_claim(&id(&told)).await;
    assert_eq!(clause(&seen["decision"], "patient_name")["result"], "note");
}

#[tokio::test]
async fn a_status_begins_after_the_person_was_born() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let officer = app.officer("430102").await;
    let path = format!("/v1/residents/{}/statuses", person.resident_id);
    let errors = officer
        .post(&path, &fixtures::child_disabled("1900-01-01", 2))
        .await;
    assert_eq!(
        errors.expect(422).field_errors("validation-failed"),
        ["/from date_order"]
    );
}
