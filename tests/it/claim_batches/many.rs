//! A month of a large hospital in one body.

use sizhu_core::Sex;
use sizhu_tests::{TestApp, fixtures::claim, ids};

use super::{line, results, send, told};

#[tokio::test]
async fn five_thousand_lines_are_one_request() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    let person = app.special_person().await;
    let (base, mut body) = (claim(), String::new());
    // A thousand claims, and then each of them four times more.
    for at in (0..5_000).map(|line| line % 1_000) {
        let number = u32::try_from(at % 500).unwrap();
        let born_on = format!("1950-01-{:02}", at / 500 + 1);
        let stranger = ids::citizen("430181", &born_on, Sex::Female, number);
        let claim = match at {
            7 => person.claim(),
            13 => base.clone().set("/icu_days", 99),
            _ => base.clone().set("/citizen_id", stranger),
        };
        body.push_str(&line(&format!("K-{at}"), &claim.record(&format!("R-{at}"))));
    }
    assert!(body.len() > 2_500_000, "{}", body.len());
    let batch = send(&hospital, "B", body.as_str()).await.expect(202).json();
    assert_eq!(
        told(&batch),
        "5000 complete: 999 recorded, 3996 repeated, 0 known, 5 refused"
    );
    let first = results(&hospital, &batch).await;
    assert_eq!(first.len(), 5_000);
    for (at, result) in first.iter().enumerate() {
        let expected = if at % 1_000 == 13 { 422 } else { 201 };
        assert_eq!(result["line"], at + 1);
        assert_eq!(result["status"], expected, "{result}");
        assert_eq!(result["claim"], first[at % 1_000]["claim"]);
    }
    assert_eq!(first[7]["claim"]["status"], "granted");
    let again = send(&hospital, "B", body).await.expect(202).json();
    assert_eq!(told(&again), told(&batch));
    assert!(
        results(&hospital, &again).await == first,
        "the same results"
    );
    app.database.check_books().await;
}
