//! Stays that race: of one person for the same days, and for the days of one yearly cap.

use futures_util::{StreamExt as _, stream};
use sizhu_tests::{TestApp, fixtures, ids};

use super::{at_once, entitled};

/// Pairs in flight at a time, two requests each.
const PAIRS_AT_ONCE: usize = 4;

#[tokio::test]
async fn of_two_stays_that_overlap_exactly_one_counts_and_one_is_held() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let people = entitled(&app, 60).await;
    one.token().await;
    other.token().await;
    let pairs = stream::iter(0..200).map(|number: usize| {
        let (one, other) = (&one, &other);
        // Some are registered, some nobody ever named: their row is made in the race.
        let citizen_id = people
            .get(number)
            .map_or_else(|| ids::woman("1961-01-01"), |it| it.citizen_id.clone());
        async move {
            let claim = fixtures::claim().record(&format!("P{number}"));
            let claim = claim.set("/citizen_id", citizen_id);
            let (first, second) = match number % 4 {
                0 => (("2026-03-01", "2026-03-11"), ("2026-03-05", "2026-03-15")),
                1 => (("2026-03-01", "2026-03-11"), ("2026-03-03", "2026-03-04")),
                2 => (("2026-03-01", "2026-03-11"), ("2026-03-01", "2026-03-11")),
                _ => (("2026-03-01", "2026-03-01"), ("2026-03-01", "2026-03-01")),
            };
            let requests = [
                one.claim(&claim.clone().stay(first.0, first.1))
                    .into_future(),
                other.claim(&claim.stay(second.0, second.1)).into_future(),
            ];
            let replies = at_once(2, requests).await;
            let statuses = replies
                .into_iter()
                .map(|it| it.expect(201).json()["status"].clone());
            let held = statuses.filter(|it| it == "held").count();
            assert_eq!(held, 1, "pair {number}");
        }
    });
    pairs.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    let stays = "SELECT count(*) FROM (SELECT subject_id FROM stays GROUP BY 1 \
         HAVING count(*) = 2 AND count(*) FILTER (WHERE counted) = 1) pairs";
    assert_eq!(app.database.number(stays).await, 200);
    app.database.check_books().await;
}

#[tokio::test]
async fn two_stays_that_share_no_day_never_get_more_than_the_year_has() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let people = entitled(&app, 200).await;
    one.token().await;
    other.token().await;
    let pairs = stream::iter(&people).map(|person| {
        let (one, other) = (&one, &other);
        async move {
            let claim = person.claim().record(&person.resident_id);
            // 50 and 60 days: 110 of a year of 90.
            let spring = claim.clone().stay("2026-02-01", "2026-03-23");
            let summer = claim.stay("2026-06-01", "2026-07-31");
            let requests = [
                one.claim(&spring).into_future(),
                other.claim(&summer).into_future(),
            ];
            for reply in at_once(2, requests).await {
                assert_eq!(reply.expect(201).json()["status"], "granted");
            }
        }
    });
    pairs.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    let years = "SELECT format('%s: %s', days, count(*)) FROM (SELECT sum(payable_days) AS days \
         FROM decisions WHERE superseded_at IS NULL GROUP BY subject_id) years GROUP BY days";
    assert_eq!(app.database.texts(years, &[]).await, ["90: 200"]);
    // Whichever came first: the earlier days are paid, the later stay gets what is left.
    let claims = "SELECT format('%s: %s', payable_days, count(*)) FROM decisions \
         WHERE superseded_at IS NULL GROUP BY payable_days ORDER BY payable_days";
    assert_eq!(
        app.database.texts(claims, &[]).await,
        ["40: 200", "50: 200"]
    );
    app.database.check_books().await;
}

#[tokio::test]
async fn many_stays_of_one_person_are_decided_one_after_the_other() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let mut requests = Vec::new();
    for month in 1..=10 {
        for hospital in 1..=4 {
            let hospital = app.hospital(hospital).await;
            hospital.token().await;
            // Four overlapping stays of 12 days each month, one of which counts.
            let claim = person.claim().record(&format!("M{month}"));
            let claim = claim.stay(
                &format!("2026-{month:02}-05"),
                &format!("2026-{month:02}-17"),
            );
            requests.push(hospital.claim(&claim).into_future());
        }
    }
    for reply in at_once(16, requests).await {
        reply.expect(201);
    }
    let counted = "SELECT count(*) FROM stays WHERE counted";
    assert_eq!(app.database.number(counted).await, 10);
    let days = "SELECT sum(payable_days) FROM decisions WHERE superseded_at IS NULL";
    assert_eq!(app.database.number(days).await, 90);
    app.database.check_books().await;
}
