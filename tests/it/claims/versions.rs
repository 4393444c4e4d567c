//! The versions of a claim: who said what, when, and who may read it.

use serde_json::{Value, json};
use sizhu_tests::{Client, TestApp, fixtures::OTHER_VILLAGE, views::id};

async fn versions(reader: &Client, claim: &str) -> Vec<Value> {
    let path = format!("/v1/hospital-claims/{claim}/versions");
    let page = reader.get(&path).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_version_stays_on_record_with_who_said_what() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let claim = id(&hospital.claim(&person.claim()).await.expect(201).json());
    app.advance_days(1);
    let said = person
        .claim()
        .record("ZY-NEW")
        .stay("2026-03-02", "2026-03-09");
    hospital.correct(&claim, &said).await.expect(200);
    app.advance_days(1);
    hospital.withdraw(&claim).await.expect(200);

    let all = versions(&hospital, &claim).await;
    let told = |version: &Value| {
        let (says, at) = (&version["says"], version["recorded_at"].as_str().unwrap());
        format!(
            "{} {} {} {} {} {} {} {}",
            version["number"],
            &at[..10],
            version["by"].as_str().unwrap(),
            says["medical_record_no"].as_str().unwrap(),
            says["admitted_on"].as_str().unwrap(),
            version["in_force"],
            version["withdrawal"],
            version["reason"],
        )
    };
    let expected = [
        "3 2026-11-25 hospital ZY-NEW 2026-03-02 true true \"重复申报\"",
        "2 2026-11-24 hospital ZY-NEW 2026-03-02 false false null",
        "1 2026-11-23 hospital ZY-2026-0007 2026-03-01 false false null",
    ];
    assert_eq!(all.iter().map(told).collect::<Vec<_>>(), expected);
    let first = &all[2]["says"];
    assert_eq!(first["patient_name"], "王**");
    let posted = json!(*person.claim());
    for member in [
        "settlement_no",
        "principal_diagnosis",
        "nursing_days",
        "charges",
        "consent",
    ] {
        assert_eq!(first[member], posted[member], "{member}");
    }
    // Page by page it is the same.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/hospital-claims/{claim}/versions?limit=2{cursor}");
        let page = hospital.get(&path).await.expect(200).json();
        paged.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
}

#[tokio::test]
async fn who_reads_the_claim_reads_what_was_said_of_its_patient_and_no_diagnosis() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let wrong = app.special_person().await;
    let right = app.special_person_in(OTHER_VILLAGE).await;
    let wrongly = wrong.claim().set("/patient_name", "欧阳槿瑜");
    let claim = id(&hospital.claim(&wrongly).await.expect(201).json());
    hospital.correct(&claim, &right.claim()).await.expect(200);
    for reader in [app.officer("430103").await, app.auditor("43").await] {
        let all = versions(&reader, &claim).await;
        assert_eq!(all.len(), 2);
        assert_eq!(all[0]["same_patient"], true);
        assert_eq!(all[0]["says"]["admitted_on"], "2026-03-01");
        assert!(
            all[0]["says"].get("principal_diagnosis").is_none(),
            "{all:?}"
        );
        // It was said of somebody of elsewhere.
        assert_eq!(all[1]["same_patient"], false);
        assert_eq!(all[1]["says"], Value::Null);
    }
    let all = versions(&hospital, &claim).await;
    assert_eq!(all[1]["same_patient"], false);
    assert_eq!(all[1]["says"]["patient_name"], "欧***");
    for stranger in [app.officer("430102").await, app.hospital(2).await] {
        let path = format!("/v1/hospital-claims/{claim}/versions");
        stranger.get(&path).await.expect(404).problem("not-found");
    }
}
