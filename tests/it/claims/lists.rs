//! Lists of claims: whose they are, filters, and pages without gaps.

use serde_json::Value;
use sizhu_tests::{Client, TestApp, fixtures, views::id};

/// Every id of a list, page by page of so many.
async fn all(caller: &Client, query: &str, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/hospital-claims?limit={limit}{query}{cursor}");
        let page = caller.get(&path).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        ids.extend(items.iter().map(id));
        assert!(items.len() <= limit, "{page}");
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
        assert_eq!(items.len(), limit, "a page that is not the last is full");
    }
}

async fn post(hospital: &Client, claim: &Value) -> String {
    id(&hospital.claim(claim).await.expect(201).json())
}

#[tokio::test]
async fn pages_are_complete_whatever_their_size_and_whatever_comes_meanwhile() {
    let app = TestApp::start().await;
    let (hospital, other) = (app.hospital(1).await, app.hospital(2).await);
    let mut posted = Vec::new();
    for number in 0..23 {
        let claim = fixtures::claim().record(&format!("R{number}"));
        posted.push(post(&hospital, &claim).await);
        post(&other, &claim.record(&format!("X{number}"))).await;
    }
    posted.reverse();
    for limit in [1, 5, 22, 23, 24, 200] {
        assert_eq!(all(&hospital, "", limit).await, posted, "limit {limit}");
    }
    // Claims that come after the first page do not move the second.
    let first = hospital.get("/v1/hospital-claims?limit=10").await.json();
    post(&hospital, &fixtures::claim().record("LATER")).await;
    let next = first["next_cursor"].as_str().unwrap();
    let second = format!("/v1/hospital-claims?limit=10&cursor={next}");
    let second = hospital.get(&second).await.expect(200).json();
    let items = second["items"].as_array().unwrap();
    let items: Vec<String> = items.iter().map(id).collect();
    assert_eq!(items, posted[10..20]);
}

#[tokio::test]
async fn filters_choose_by_status_record_hospital_and_admission() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let person = app.special_person().await;
    let granted = post(&one, &person.claim().stay("2026-03-01", "2026-03-10")).await;
    let held = post(&other, &person.claim().stay("2026-03-05", "2026-03-10")).await;
    let mild = person
        .claim()
        .record("MILD")
        .stay("2026-06-01", "2026-06-02");
    let refused = post(&one, &mild.set("/principal_diagnosis/code", "J00")).await;

    let officer = app.officer("430102").await;
    for (query, expected) in [
        ("", vec![&refused, &held, &granted]),
        ("&status=granted", vec![&granted]),
        ("&status=held", vec![&held]),
        ("&status=refused", vec![&refused]),
        ("&status=undetermined", vec![]),
        ("&medical_record_no=MILD", vec![&refused]),
        ("&medical_record_no=mild", vec![]),
        ("&admitted_from=2026-03-05", vec![&refused, &held]),
        ("&admitted_until=2026-03-05", vec![&granted]),
        (
            "&admitted_from=2026-03-05&admitted_until=2026-06-01",
            vec![&held],
        ),
        ("&status=granted&admitted_from=2026-03-02", vec![]),
    ] {
        let found = all(&officer, query, 50).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let by_hospital = format!("&hospital_id={}", TestApp::hospital_id(2));
    assert_eq!(
        all(&officer, &by_hospital, 50).await,
        std::slice::from_ref(&held)
    );
    // A filter never reaches beyond the caller's own.
    assert_eq!(all(&one, &by_hospital, 50).await, [""; 0]);
    assert_eq!(all(&other, "", 50).await, [held]);
}

#[tokio::test]
async fn a_filter_that_is_none_is_a_problem() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    for query in [
        "status=paid",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=nonsense",
        "admitted_from=2026-02-30",
        "hospital_id=1",
        "citizen_id=430102196005010028",
        "unknown=1",
    ] {
        let path = format!("/v1/hospital-claims?{query}");
        let reply = hospital.get(&path).await.expect(400);
        let problem = reply.problem("invalid-parameters");
        assert!(
            !problem.to_string().contains("430102196005010028"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_claim_of_another_hospital_or_county_does_not_exist() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let claim = post(&app.hospital(1).await, &person.claim()).await;
    let path = format!("/v1/hospital-claims/{claim}");
    for stranger in [
        app.hospital(2).await,
        app.officer("430103").await,
        app.officer("430102002").await,
        app.auditor("430103").await,
    ] {
        let nothing = "/v1/hospital-claims/0197b0e0-0000-7000-8000-000000000000";
        let nothing = stranger.get(nothing).await.expect(404).problem("not-found");
        let hidden = stranger.get(&path).await.expect(404).problem("not-found");
        assert_eq!(hidden["detail"], nothing["detail"]);
        assert_eq!(all(&stranger, "", 50).await, [""; 0], "{}", stranger.id());
    }
}

#[tokio::test]
async fn claims_of_people_in_no_registry_are_listed_to_auditors_of_the_hospitals_place_only() {
    let app = TestApp::start().await;
    let claim = post(&app.hospital(1).await, &fixtures::claim()).await;
    assert_eq!(all(&app.auditor("430102").await, "", 50).await, [claim]);
    for blind in [app.officer("43").await, app.auditor("430103").await] {
        assert_eq!(all(&blind, "", 50).await, [""; 0], "{}", blind.id());
    }
}

#[tokio::test]
async fn people_see_the_decisions_on_their_own_stays() {
    let app = TestApp::start().await;
    let one = app.special_person().await;
    let other = app.special_person_in("430102001002").await;
    let claim = post(&app.hospital(1).await, &one.claim()).await;
    let own = app.resident(&one.resident_id).await;
    let own = own.get("/v1/me/decisions").await.expect(200).json();
    assert_eq!(own["items"][0]["claim_id"], claim.as_str(), "{own}");
    assert_eq!(own["items"][0]["in_force"], true, "{own}");
    let others = app.resident(&other.resident_id).await;
    let others = others.get("/v1/me/decisions").await.expect(200).json();
    assert_eq!(others["items"].as_array().map(Vec::len), Some(0));
}
