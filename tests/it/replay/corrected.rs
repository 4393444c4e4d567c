//! Decisions of before and after a correction hold, each on the version it was made on.

use serde_json::Value;
use sizhu_tests::{TestApp, views::id};

use super::replay;

#[tokio::test]
async fn decisions_before_and_after_corrections_and_withdrawals_hold() {
    let app = TestApp::start().await;
    app.fill("430102", 10_000_000, "D-1").await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let (person, second) = (app.special_person().await, app.special_person().await);
    let claim = id(&one.claim(&person.claim()).await.expect(201).json());
    let late = person.claim().stay("2026-04-10", "2026-04-20");
    let held = id(&other.claim(&late).await.expect(201).json());
    for said in [
        // Other days, another diagnosis, the days of another, another patient.
        person.claim().stay("2026-03-01", "2026-04-10"),
        person.claim().set("/principal_diagnosis/code", "J00"),
        person.claim().stay("2026-03-02", "2026-03-09"),
        second.claim(),
        person.claim().stay("2026-04-12", "2026-04-14"),
    ] {
        one.correct(&claim, &said).await.expect(200);
        app.advance_days(1);
    }
    other.withdraw(&held).await.expect(200);
    other.correct(&held, &late).await.expect(200);
    app.database.check_books().await;

    let query = "SELECT id::text FROM decisions ORDER BY id";
    let decisions = app.database.texts(query, &[]).await;
    assert!(decisions.len() > 8, "{decisions:?}");
    let auditor = app.auditor("43").await;
    for decision in &decisions {
        let replay: Value = replay(&auditor, decision).await.expect(200).json();
        assert_eq!(replay["holds"], true, "{replay}");
        assert_eq!(replay["same_bytes"], true, "{replay}");
    }
    let closing = "SELECT count(*) FROM decisions WHERE outcome = 'refused' AND difference_fen < 0";
    assert!(app.database.number(closing).await >= 3);
    super::tampered::all_hold(&app, decisions.len());
}
