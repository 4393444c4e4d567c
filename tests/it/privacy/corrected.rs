//! What corrections tell a hospital: nothing of the person, nor of stays elsewhere.

use serde_json::{Value, json};
use sizhu_tests::{
    Client, TestApp,
    fixtures::{self, Claim},
    ids,
    views::id,
};

use super::{NAME, resident};

/// All that a hospital is told of a claim, but for its own ids and the record number.
async fn told(hospital: &Client, claim: &str, record: &str) -> String {
    let read = hospital.read_claim(claim).await;
    let list = hospital.get(&format!("/v1/hospital-claims?medical_record_no={record}"));
    let versions = hospital.get(&format!("/v1/hospital-claims/{claim}/versions"));
    let (list, versions) = (
        list.await.expect(200).json(),
        versions.await.expect(200).json(),
    );
    let decision = read["decision"]["id"].as_str().unwrap_or("NONE");
    let all = json!([read, list, versions]).to_string();
    let all = all.replace(claim, "CLAIM").replace(record, "RECORD");
    all.replace(decision, "DECISION")
}

#[tokio::test]
async fn a_hospital_cannot_tell_the_unknown_from_the_unentitled_by_correcting() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let registered = app.register(&resident(&ids::woman("1960-05-01"))).await;
    let unknown = ids::woman("1960-05-01");
    let entitled = app.special_person().await;
    let mut answers = Vec::new();
    for (record, citizen_id) in [("RN-1", &registered.citizen_id), ("RN-2", &unknown)] {
        // From somebody who is paid to them, and on to other days.
        let claim = entitled
            .claim()
            .record(record)
            .stay("2026-03-01", "2026-03-05");
        let posted = id(&hospital.claim(&claim).await.expect(201).json());
        let said = claim
            .set("/citizen_id", citizen_id.as_str())
            .set("/patient_name", NAME);
        let first = hospital.correct(&posted, &said).await.expect(200);
        let said = said.stay("2026-04-01", "2026-04-05");
        let second = hospital.correct(&posted, &said).await.expect(200);
        let etags = [&first, &second].map(|it| it.header("etag").map(str::to_owned));
        let all = told(&hospital, &posted, record).await;
        assert!(
            !all.contains(citizen_id.as_str()) && !all.contains(NAME),
            "{all}"
        );
        answers.push((all, etags));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_hospital_learns_nothing_of_the_stay_that_its_own_meets_or_makes_room_for() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let (met, free) = (app.special_person().await, app.special_person().await);
    let days = |claim: Claim| claim.stay("2026-03-10", "2026-03-20");
    let claim = days(met.claim().record("RN-1"));
    let held = days(met.claim().record("SECRET"));
    let mut answers = Vec::new();
    for (record, person, meets) in [("RN-1", &met, true), ("RN-2", &free, false)] {
        let claim = claim.clone().record(record).of(person);
        let posted = id(&one.claim(&claim).await.expect(201).json());
        if meets {
            let held = other.claim(&held).await.expect(201).json();
            assert_eq!(held["status"], "held");
        }
        // Away from the days, and withdrawn: whether another came to count is not told.
        let said = claim.stay("2026-05-01", "2026-05-03");
        one.correct(&posted, &said).await.expect(200);
        let moved = told(&one, &posted, record).await;
        one.withdraw(&posted).await.expect(200);
        let withdrawn = told(&one, &posted, record).await;
        for foreign in ["SECRET", &TestApp::hospital_id(2).to_string()] {
            assert!(!moved.contains(foreign) && !withdrawn.contains(foreign));
        }
        answers.push((moved, withdrawn));
    }
    assert_eq!(answers[0], answers[1]);
    // Nor is the other hospital told who made room.
    let list = other.get("/v1/hospital-claims").await.expect(200).json();
    let theirs: &Value = &list["items"][0];
    assert_eq!(theirs["status"], "granted");
    let theirs = other
        .read_claim(theirs["id"].as_str().unwrap())
        .await
        .to_string();
    assert!(!theirs.contains("RN-1") && !theirs.contains(&TestApp::hospital_id(1).to_string()));
}

#[tokio::test]
async fn a_reason_is_readable_in_nothing_that_is_kept() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let claim = id(&hospital.claim(&fixtures::claim()).await.expect(201).json());
    let path = format!("/v1/hospital-claims/{claim}/withdrawal");
    let reason = json!({"reason": format!("误录为{NAME}")});
    hospital.post(&path, &reason).key("W-1").await.expect(200);
    // What is kept as bytes is shown in hexadecimal.
    let bytes = NAME.bytes().map(|byte| format!("{byte:02x}"));
    let hex = bytes.collect::<String>();
    for table in [
        "claim_versions",
        "audit_events",
        "idempotency_records",
        "stays",
        "claims",
    ] {
        let rows = format!("SELECT t::text FROM {table} t");
        let rows = app.database.texts(&rows, &[]).await;
        assert!(!rows.is_empty(), "{table}");
        let tells = |row: &String| row.contains(NAME) || row.contains(&hex);
        assert!(!rows.iter().any(tells), "{table}");
    }
    let bodies = "SELECT convert_from(body, 'UTF8') FROM audit_events";
    let bodies = app.database.texts(bodies, &[]).await.join("\n");
    assert!(
        bodies.contains("claim.withdrawn") && !bodies.contains(NAME),
        "{bodies}"
    );
}
