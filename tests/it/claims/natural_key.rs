//! One claim per hospital, medical record number and admission, whatever key it is posted under.

use sizhu_tests::{TestApp, views::id};

const CLAIMS: &str = "SELECT count(*) FROM claims";

#[tokio::test]
async fn the_same_content_under_a_new_key_is_the_same_claim() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let hospital = app.hospital(1).await;
    let first = hospital.claim(&person.claim()).await.expect(201);
    let second = hospital.claim(&person.claim()).await.expect(200);
    assert_eq!(second.body, first.body);
    for header in ["location", "etag"] {
        assert!(first.header(header).is_some(), "no {header}");
        assert_eq!(second.header(header), first.header(header));
    }
    assert_eq!(app.database.number(CLAIMS).await, 1);
    app.database.check_books().await;
}

#[tokio::test]
async fn other_content_is_refused_and_names_the_claim_there_is() {
    let app = TestApp::start().await;
    let (person, other) = (app.special_person().await, app.special_person().await);
    let hospital = app.hospital(1).await;
    let first = hospital.claim(&person.claim()).await.expect(201).json();
    let location = format!("/v1/hospital-claims/{}", id(&first));
    for differing in [
        person.claim().stay("2026-03-01", "2026-04-17"),
        person.claim().set("/principal_diagnosis/code", "C34.9"),
        person.claim().set("/settlement_no", "JS-2"),
        person.claim().without("/settlement_no"),
        person.claim().set("/patient_name", "李秀英"),
        other.claim(),
    ] {
        let problem = hospital.claim(&differing).await.expect(409);
        let problem = problem.problem("claim-differs");
        assert_eq!(problem["claim_id"], first["id"]);
        assert_eq!(problem["claim"], location.as_str());
        for personal in [&person.citizen_id, &other.citizen_id] {
            assert!(
                !problem.to_string().contains(personal.as_str()),
                "{problem}"
            );
        }
    }
    assert_eq!(app.database.number(CLAIMS).await, 1);
    assert_eq!(hospital.read_claim(&id(&first)).await, first);
}

#[tokio::test]
async fn another_hospital_or_admission_is_another_claim() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    one.claim(&person.claim()).await.expect(201);
    let reply = other.claim(&person.claim()).await.expect(201);
    assert_eq!(reply.json()["status"], "held");
    let next = person.claim().stay("2026-04-16", "2026-04-18");
    assert_eq!(
        one.claim(&next).await.expect(201).json()["status"],
        "granted"
    );
    assert_eq!(app.database.number(CLAIMS).await, 3);
}

#[tokio::test]
async fn a_known_claim_is_answered_as_it_is_now() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let hospital = app.hospital(1).await;
    let late = person
        .claim()
        .record("LATE")
        .stay("2026-01-01", "2026-03-01");
    let first = hospital.claim(&person.claim()).await.expect(201).json();
    hospital.claim(&late).await.expect(201);
    let again = hospital.claim(&person.claim()).await.expect(200).json();
    assert_eq!(again["id"], first["id"]);
    assert_eq!(first["decision"]["payable_days"], 46);
    assert_eq!(again["decision"]["payable_days"], 31);
}
