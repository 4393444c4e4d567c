//! Claims whose content was deleted in due time are corrected and withdrawn, and claims that were on
//! somebody else before are forgotten of the unknown alone.

use serde_json::{Value, json};
use sizhu_tests::{
    TestApp, ids,
    views::{id, outcome},
};

use super::forgotten::{claim, forget, start};

/// Versions of claims by number, and whether they still say something.
async fn kept(app: &TestApp) -> Vec<String> {
    let kept = "SELECT concat_ws(' ', version, diagnosis_sealed IS NOT NULL) FROM claim_versions \
         ORDER BY recorded_at, version";
    app.database.texts(kept, &[]).await
}

#[tokio::test]
async fn a_forgotten_claim_says_something_again_once_it_is_corrected() {
    let (app, hospital) = start().await;
    let form = claim(&ids::woman("1960-05-01"), "A");
    let posted = id(&hospital.claim(&form).await.expect(201).json());
    app.advance_days(91);
    assert!(forget(&app).await);
    // The same content: what was deleted is known again, and kept for its own ninety days.
    let corrected = hospital.correct(&posted, &form).await.expect(200).json();
    assert_eq!(outcome(&corrected), "refused 0 days 0");
    assert_eq!(kept(&app).await, ["1 f", "2 t"]);
    assert!(!forget(&app).await);
    let path = format!("/v1/hospital-claims/{posted}/versions");
    let versions = hospital.get(&path).await.expect(200).json();
    assert_eq!(versions["items"][1]["says"], Value::Null);
    assert_eq!(versions["items"][0]["says"]["patient_name"], "王**");
    // A patient who is entitled is paid on it.
    let person = app.special_person().await;
    let said = hospital.correct(&posted, &person.claim()).await;
    assert_eq!(outcome(&said.expect(200).json()), "granted 46 days 460000");
    app.advance_days(91);
    assert!(forget(&app).await);
    assert_eq!(kept(&app).await, ["1 f", "2 f", "3 t"]);
    assert_eq!(hospital.outcome_of(&posted).await, "granted 46 days 460000");
    app.database.check_books().await;
}

#[tokio::test]
async fn a_forgotten_claim_is_withdrawn_and_says_nothing() {
    let (app, hospital) = start().await;
    let form = claim(&ids::woman("1960-05-01"), "A");
    let posted = id(&hospital.claim(&form).await.expect(201).json());
    app.advance_days(91);
    assert!(forget(&app).await);
    let withdrawn = hospital.withdraw(&posted).await.expect(200).json();
    assert_eq!(withdrawn["status"], "withdrawn");
    assert_eq!(kept(&app).await, ["1 f", "2 f"]);
    let path = format!("/v1/hospital-claims/{posted}/versions");
    let versions = hospital.get(&path).await.expect(200).json();
    let last = &versions["items"][0];
    assert_eq!(
        (&last["says"], &last["withdrawal"]),
        (&Value::Null, &json!(true))
    );
    assert_eq!(last["reason"], "重复申报");
    app.database.check_books().await;
}

#[tokio::test]
async fn of_a_claim_that_went_over_to_the_unknown_what_was_said_of_another_is_kept() {
    let (app, hospital) = start().await;
    let person = app.special_person().await;
    let posted = hospital.claim(&person.claim()).await.expect(201).json();
    let (id, decision) = (id(&posted), id(&posted["decision"]));
    let unknown = person.claim().set("/citizen_id", ids::woman("1960-05-01"));
    hospital.correct(&id, &unknown).await.expect(200);
    app.advance_days(91);
    assert!(forget(&app).await);
    assert_eq!(kept(&app).await, ["1 t", "2 f"]);
    let auditor = app.auditor("43").await;
    let path = format!("/v1/decisions/{decision}/replay");
    let replay = auditor.call(reqwest::Method::POST, &path).await;
    assert_eq!(replay.expect(200).json()["holds"], true);
}
