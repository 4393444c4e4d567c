//! Batches that name the same people in another order, and single posts between them.

use futures_util::future::{join, join_all};
use sizhu_tests::{
    TestApp,
    fixtures::{OTHER_VILLAGE, VILLAGE},
};

use super::{line, results, send};

/// Two batches lock the same forty people of two counties from either end, group by group, and claims
/// posted by themselves come between: nobody is answered with a fault, and the database finds no
/// deadlock.
#[tokio::test]
async fn batches_in_opposite_order_and_single_posts_do_not_wait_in_circles() {
    let app = TestApp::start().await;
    for county in ["430102", "430103"] {
        app.fill(county, 100_000_000, "D-1").await;
    }
    let (one, other, third) = (
        app.hospital(1).await,
        app.hospital(2).await,
        app.hospital(3).await,
    );
    let mut people = Vec::new();
    for at in 0..40 {
        let village = [VILLAGE, OTHER_VILLAGE][at % 2];
        people.push(app.special_person_in(village).await);
    }
    for round in 0..3 {
        let month = round * 3 + 1;
        let of = |month: usize, days: usize| {
            let people = people.iter().enumerate();
            let claims = people.map(move |(at, person)| {
                let record = format!("R-{month}-{at}");
                let (from, to) = (
                    format!("2026-{month:02}-01"),
                    format!("2026-{month:02}-{days:02}"),
                );
                line(&record, &person.claim().record(&record).stay(&from, &to))
            });
            claims.collect::<Vec<_>>()
        };
        let (forth, mut back) = (of(month, 9), of(month + 1, 8));
        back.reverse();
        let key = format!("B-{round}");
        let singles = people.iter().step_by(3).enumerate().map(|(at, person)| {
            let claim = person.claim().record(&format!("T-{round}-{at}"));
            let (from, to) = (
                format!("2026-{:02}-01", month + 2),
                format!("2026-{:02}-04", month + 2),
            );
            third.claim(&claim.stay(&from, &to)).into_future()
        });
        let batches = join(
            send(&one, &key, forth.concat()).into_future(),
            send(&other, &key, back.concat()).into_future(),
        );
        let ((forth, back), singles) = join(batches, join_all(singles)).await;
        for single in singles {
            single.expect(201);
        }
        for (hospital, batch) in [(&one, forth), (&other, back)] {
            let batch = batch.expect(202).json();
            assert_eq!(batch["recorded"], 40, "{batch}");
            assert_eq!(results(hospital, &batch).await.len(), 40);
        }
    }
    app.database.check_books().await;
    let claims = "SELECT count(*) FROM claims";
    assert_eq!(app.database.number(claims).await, 3 * (40 + 40 + 14));
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(app.database.number(deadlocks).await, 0);
}

/// One hospital posts the same claims under the same keys, in a batch and by themselves.
#[tokio::test]
async fn a_batch_and_single_posts_under_the_same_keys_make_one_claim_each() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    hospital.token().await;
    let mut claims = Vec::new();
    for at in 0..24 {
        let person = app.special_person().await;
        claims.push((format!("K-{at}"), person.claim().record(&format!("R-{at}"))));
    }
    let lines = claims.iter().map(|(key, claim)| line(key, claim));
    let batch = send(&hospital, "B", lines.collect::<String>()).into_future();
    let backwards = claims.iter().rev();
    let singles = backwards.map(|(key, claim)| hospital.claim_with_key(claim, key).into_future());
    let (batch, singles) = join(batch, join_all(singles)).await;
    let results = results(&hospital, &batch.expect(202).json()).await;
    for (single, result) in singles.iter().rev().zip(&results) {
        assert_eq!(single.status, 201, "{}", single.text());
        assert_eq!(result["status"], 201, "{result}");
        assert_eq!(single.json(), result["claim"]);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM claims").await, 24);
    app.database.check_books().await;
}

/// A key that another request holds holds up a group for a while, and fails no line of it.
#[tokio::test]
async fn a_group_that_fails_whole_is_posted_line_by_line() {
    let app = TestApp::start().await;
    let (hospital, person) = (app.hospital(1).await, app.special_person().await);
    let held = person.claim().record("R-1");
    let free = sizhu_tests::fixtures::claim().record("R-2");
    let mut admin = app.database.admin().await;
    // Somebody is answering the same key: the group gives way, and the line waits by itself.
    let hold = admin.transaction().await.unwrap();
    let taken = "INSERT INTO idempotency_records (client_id, key, operation, fingerprint, recorded_at) \
         VALUES ('hospital-1', 'K-1', 'other', decode(repeat('00', 32), 'hex'), now())";
    hold.batch_execute(taken).await.unwrap();
    let body = [line("K-0", &free), line("K-1", &held)].concat();
    let sending = tokio::spawn(send(&hospital, "B", body).into_future());
    super::until(&hospital, |it| it["lines"] == 1).await;
    hold.rollback().await.unwrap();
    let batch = sending.await.unwrap().expect(202).json();
    assert_eq!(batch["recorded"], 2);
    let said: Vec<String> = results(&hospital, &batch)
        .await
        .iter()
        .map(super::said)
        .collect();
    assert_eq!(said, ["1 K-0 201", "2 K-1 201"]);
}
