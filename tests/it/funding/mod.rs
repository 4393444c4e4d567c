//! Where the money comes from: earmarks, the queue, and what is owed back.

mod payments;
mod purses;
mod queue;

use sizhu_tests::{Client, Person, TestApp, views::id};

/// Posts a stay of some days (at most 30) in March 2026; answers the claim's id.
async fn post(hospital: &Client, person: &Person, days: u32) -> String {
    let claim = person.claim().record(&format!("M-{}", person.resident_id));
    let claim = claim.stay("2026-03-01", &format!("2026-03-{:02}", days + 1));
    id(&hospital.claim(&claim).await.expect(201).json())
}

/// Someone entitled, with a stay of some days in March 2026.
async fn claimant(app: &TestApp, days: u32) -> Person {
    let person = app.special_person().await;
    post(&app.hospital(1).await, &person, days).await;
    person
}

/// The budget of 430102: available, earmarked, spent; then how many wait, and for how much.
async fn budget(app: &TestApp) -> String {
    app.database.check_books().await;
    let it = app.budget("430102").await;
    format!(
        "{} {} {} | {} {}",
        it["available_fen"],
        it["earmarked_fen"],
        it["spent_fen"],
        it["waiting_awards"],
        it["waiting_fen"]
    )
}
