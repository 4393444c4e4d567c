//! What is told: to hospitals, to officers of elsewhere, in problems.

use serde_json::{Value, json};
use sizhu_tests::{
    Client, Reply, TestApp,
    fixtures::{self, VILLAGE, child_died, child_disabled},
    ids,
    views::{clause, id},
};

use super::{NAME, resident};

/// Someone the service pays nothing for: their citizen ID, and how they stand.
async fn not_entitled(app: &TestApp) -> Vec<(String, &'static str)> {
    let (county, village) = (app.officer("430102").await, app.officer(VILLAGE).await);
    let mut people = vec![(ids::woman("1960-05-01"), "unknown")];
    let mut known = async |how: &'static str| {
        let citizen_id = ids::woman("1960-05-01");
        let person = app.register(&resident(&citizen_id)).await;
        people.push((citizen_id, how));
        format!("/v1/residents/{}/statuses", person.resident_id)
    };
    known("registered without a status").await;
    let path = known("proposed").await;
    village
        .post(&path, &child_died("2018-06-01"))
        .await
        .expect(201);
    let path = known("proposed, too mild").await;
    village
        .post(&path, &child_disabled("2018-06-01", 4))
        .await
        .expect(201);
    let path = known("ended before the stay").await;
    let made = county.post(&path, &child_died("2018-06-01")).await;
    let end = json!({"on": "2026-01-01", "reason": "adoption"});
    let end = (format!("{path}/{}/end", id(&made.expect(201).json())), end);
    county.post(&end.0, &end.1).await.expect(200);
    let path = known("entitled only after the stay").await;
    county
        .post(&path, &child_died("2026-10-01"))
        .await
        .expect(201);
    people
}

/// All of an answer that tells anything: not the ids, which are another each time.
fn telling(reply: &Reply, record: &str) -> String {
    let claim = reply.json();
    let mut text = reply.text().replace(record, "RECORD");
    for own in [id(&claim), id(&claim["decision"])] {
        text = text.replace(&own, "ID");
    }
    let mut headers: Vec<String> = reply
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default()))
        .map(|header| header.replace(&id(&claim), "ID"))
        .collect();
    headers.sort();
    format!("{} {headers:?} {text}", reply.status)
}

#[tokio::test]
async fn the_unknown_and_the_not_entitled_get_the_same_answer() {
    let app = TestApp::start().await;
    let people = not_entitled(&app).await;
    let hospital = app.hospital(1).await;
    for claim in [
        fixtures::claim(),
        fixtures::claim().stay("2026-05-01", "2026-05-01"),
        fixtures::claim()
            .stay("2026-06-01", "2026-06-03")
            .set("/principal_diagnosis/code", "J00"),
        fixtures::claim()
            .set("/patient_name", NAME)
            .stay("2017-01-01", "2017-02-01"),
    ] {
        let mut answers: Vec<(String, &str)> = Vec::new();
        for (number, (citizen_id, how)) in people.iter().enumerate() {
            let record = format!("RN-{number}");
            let claim = claim
                .clone()
                .record(&record)
                .set("/citizen_id", citizen_id.as_str());
            let posted = hospital.claim(&claim).await.expect(201);
            assert_eq!(posted.json()["status"], "refused", "{how}");
            let again = hospital.claim(&claim).await.expect(200);
            let path = format!("/v1/hospital-claims/{}", id(&posted.json()));
            let read = hospital.get(&path).await.expect(200);
            let all = [&posted, &again, &read].map(|it| telling(it, &record));
            answers.push((all.join("\n"), how));
        }
        let (unknown, others) = answers.split_first().unwrap();
        for (answer, how) in others {
            assert_eq!(answer, &unknown.0, "{how}");
        }
    }
}

#[tokio::test]
async fn news_about_a_person_that_changes_no_amount_shows_a_hospital_nothing() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let county = app.officer("430102").await;
    let citizen_id = ids::woman("1960-05-01");
    let claim = fixtures::claim().set("/principal_diagnosis/code", "J00");
    let claim = claim.set("/citizen_id", citizen_id.as_str());
    let posted = hospital.claim(&claim).await.expect(201);
    let path = format!("/v1/hospital-claims/{}", id(&posted.json()));
    let looks = async || {
        let read = hospital.get(&path).await.expect(200);
        let list = hospital.get("/v1/hospital-claims").await.expect(200);
        let etag = read.header("etag").map(str::to_owned);
        (read.text(), etag, list.text())
    };
    let before = looks().await;

    let person = app.register(&resident(&citizen_id)).await;
    assert_eq!(looks().await, before);
    let statuses = format!("/v1/residents/{}/statuses", person.resident_id);
    let made = county
        .post(&statuses, &child_died("2018-06-01"))
        .await
        .expect(201);
    assert_eq!(looks().await, before);
    // The officer sees that by the status alone it would be granted.
    let seen = county.get(&path).await.expect(200).json();
    assert_eq!(clause(&seen, "special_family_status")["result"], "pass");
    let end = json!({"on": "2026-03-05", "reason": "adoption"});
    let end = (format!("{statuses}/{}/end", id(&made.json())), end);
    county.post(&end.0, &end.1).await.expect(200);
    assert_eq!(looks().await, before);
    let seen = county.get(&path).await.expect(200).json();
    assert_eq!(clause(&seen, "special_family_status")["result"], "note");
}

#[tokio::test]
async fn a_hospital_cannot_tell_who_is_entitled_by_a_claim_that_is_refused_anyway() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let (entitled, unknown) = (app.special_person().await, ids::woman("1960-05-01"));
    let claim = fixtures::claim().set("/principal_diagnosis/code", "J00");
    let mut answers = Vec::new();
    for (record, citizen_id) in [("RN-1", &entitled.citizen_id), ("RN-2", &unknown)] {
        let claim = claim
            .clone()
            .record(record)
            .set("/citizen_id", citizen_id.as_str());
        answers.push(telling(&hospital.claim(&claim).await.expect(201), record));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_list_tells_a_hospital_no_more_than_the_claims_do() {
    let app = TestApp::start().await;
    let people = not_entitled(&app).await;
    let hospital = app.hospital(1).await;
    for (number, (citizen_id, _)) in people.iter().enumerate() {
        let claim = fixtures::claim().record(&format!("RN-{number}"));
        hospital
            .claim(&claim.set("/citizen_id", citizen_id.as_str()))
            .await
            .expect(201);
    }
    let page = hospital.get("/v1/hospital-claims").await.expect(200).json();
    let mut items = page["items"].as_array().unwrap().clone();
    for item in &mut items {
        for own in ["id", "decision_id", "medical_record_no"] {
            item[own] = Value::Null;
        }
    }
    items.dedup();
    assert_eq!(items.len(), 1, "{items:#?}");
}

#[tokio::test]
async fn an_officer_of_a_hospitals_county_learns_nothing_of_people_of_elsewhere() {
    let app = TestApp::start().await;
    let person = app.special_person_in(fixtures::OTHER_VILLAGE).await;
    app.hospital(1)
        .await
        .claim(&person.claim())
        .await
        .expect(201);
    let officer = app.officer("430102").await;
    let search = json!({"citizen_id": person.citizen_id});
    let found = officer
        .post("/v1/residents/search", &search)
        .await
        .expect(200);
    assert_eq!(found.json()["items"], json!([]));
    let nobody = json!({"citizen_id": ids::woman("1960-05-01")});
    let nobody = officer
        .post("/v1/residents/search", &nobody)
        .await
        .expect(200);
    assert_eq!(nobody.body, found.body);
    let path = format!("/v1/residents/{}", person.resident_id);
    officer.get(&path).await.expect(404);
}

/// Sends a personal value in every wrong way; no answer may say it again.
async fn echoes(caller: &Client, path: &str, body: &Value, secret: &str) {
    let json = body.to_string();
    let requests = [
        caller.post(path, body),
        caller.post(&format!("{path}?citizen_id={secret}"), body),
        caller.post(&format!("{path}/{secret}"), body),
        caller.get(&format!("{path}/{secret}")),
        caller.get(&format!("{path}?cursor={secret}")),
        caller
            .call(reqwest::Method::POST, path)
            .bytes("application/json", json[..json.len() - 1].to_owned()),
        caller
            .call(reqwest::Method::POST, path)
            .bytes("text/plain", json),
        caller.post(path, &json!({"citizen_id": [secret]})),
        caller.post(path, &json!(secret)),
        caller.post(path, &json!({secret: secret})),
        caller.post(
            path,
            &json!({"citizen_id": format!("{secret}9"), "name": secret}),
        ),
        caller.post(path, body).key(&format!("{secret} {secret}")),
    ];
    for request in requests {
        let reply = request.await;
        assert!(
            reply.status >= 400 && reply.status != 500,
            "{}",
            reply.text()
        );
        assert!(
            !reply.text().contains(secret),
            "{}: {}",
            reply.asked,
            reply.text()
        );
    }
}

#[tokio::test]
async fn no_problem_says_a_personal_value_again() {
    let app = TestApp::start().await;
    let secret = ids::woman("1960-05-01");
    let mut wrong = json!(*fixtures::claim().set("/citizen_id", secret.as_str()));
    wrong["discharged_on"] = json!(secret);
    echoes(
        &app.hospital(1).await,
        "/v1/hospital-claims",
        &wrong,
        &secret,
    )
    .await;
    let mut wrong = resident(&secret);
    wrong["marital_status"] = json!(secret);
    echoes(
        &app.officer("430102").await,
        "/v1/residents",
        &wrong,
        &secret,
    )
    .await;
}
