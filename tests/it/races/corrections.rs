//! Corrections and withdrawals that race each other, and claims of the same people.

use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use sizhu_tests::{Client, TestApp, fixtures::Claim, views::id};

use super::{at_once, entitled};

const PAIRS_AT_ONCE: usize = 4;

/// The statuses of two answers, the smaller first.
async fn both(requests: [super::Request; 2]) -> [u16; 2] {
    let replies = at_once(2, requests).await;
    let mut both = [replies[0].status, replies[1].status];
    both.sort_unstable();
    both
}

async fn posted(hospital: &Client, claim: &Value) -> (String, String) {
    let reply = hospital.claim(claim).await.expect(201);
    let path = format!("/v1/hospital-claims/{}", id(&reply.json()));
    (path, reply.header("etag").unwrap().to_owned())
}

#[tokio::test]
async fn of_two_corrections_at_once_one_comes_too_late() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    hospital.token().await;
    let people = entitled(&app, 40).await;
    let rounds = stream::iter(people.chunks(2)).map(|pair| {
        let hospital = &hospital;
        async move {
            let claim = pair[0].claim().record(&pair[0].resident_id);
            let (path, etag) = posted(hospital, &claim).await;
            // One changes the days, the other the patient.
            let shorter = claim.clone().stay("2026-03-01", "2026-03-11");
            let other = claim.clone().of(&pair[1]);
            let put = |said: &Claim| hospital.put(&path, said).if_match(&etag).into_future();
            assert_eq!(both([put(&shorter), put(&other)]).await, [200, 412]);
        }
    });
    rounds.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    let twice = "SELECT count(*) FROM claims c WHERE (SELECT count(*) FROM claim_versions v \
         WHERE v.claim_id = c.id) <> 2";
    assert_eq!(app.database.number(twice).await, 0);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_correction_races_a_claim_of_the_same_person() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    one.token().await;
    other.token().await;
    let people = entitled(&app, 40).await;
    let rounds = stream::iter(people.chunks(2)).map(|pair| {
        let (one, other) = (&one, &other);
        async move {
            let claim = pair[0].claim().record(&pair[0].resident_id);
            let (path, _) = posted(one, &claim).await;
            // The correction brings the stay to the second, of whom the same days are claimed.
            let said = claim.clone().of(&pair[1]);
            let requests = [
                one.put(&path, &said).if_match("*").into_future(),
                other.claim(&said).into_future(),
            ];
            assert_eq!(both(requests).await, [200, 201]);
        }
    });
    rounds.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    let counted = "SELECT count(*) FROM (SELECT subject_id FROM stays GROUP BY 1 \
         HAVING count(*) = 2 AND count(*) FILTER (WHERE counted) = 1) pairs";
    assert_eq!(app.database.number(counted).await, 20);
    assert_eq!(app.budget("430102").await["earmarked_fen"], 20 * 460_000);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_withdrawal_races_a_correction() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    hospital.token().await;
    let people = entitled(&app, 40).await;
    let rounds = stream::iter(people.chunks(2)).map(|pair| {
        let hospital = &hospital;
        async move {
            let claim = pair[0].claim().record(&pair[0].resident_id);
            let (path, etag) = posted(hospital, &claim).await;
            let said = claim.clone().of(&pair[1]);
            let step = format!("{path}/withdrawal");
            let why = serde_json::json!({"reason": "重复申报"});
            let withdrawal = hospital.post(&step, &why).key(&path).if_match(&etag);
            let requests = [
                hospital.put(&path, &said).if_match(&etag).into_future(),
                withdrawal.into_future(),
            ];
            assert_eq!(both(requests).await, [200, 412]);
        }
    });
    rounds.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    app.database.check_books().await;
}

#[tokio::test]
async fn two_claims_that_take_each_others_admission_and_patient_stand_in_nobodys_way() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let hospital = app.hospital(1).await;
    hospital.token().await;
    let people = entitled(&app, 40).await;
    let rounds = stream::iter(people.chunks(2)).map(|pair| {
        let hospital = &hospital;
        async move {
            let (spring, summer) = (("2026-03-01", "2026-03-11"), ("2026-06-01", "2026-06-11"));
            let record = &pair[0].resident_id;
            let claim = |place: usize, days: (&str, &str)| {
                pair[place].claim().record(record).stay(days.0, days.1)
            };
            let (one, _) = posted(hospital, &claim(0, spring)).await;
            let (other, _) = posted(hospital, &claim(1, summer)).await;
            let put =
                |path: &str, said: Claim| hospital.put(path, &said).if_match("*").into_future();
            // Each wants the other's admission, which the other has until it has that of the first.
            let replies = both([put(&one, claim(0, summer)), put(&other, claim(1, spring))]).await;
            assert_eq!(replies, [409, 409]);
            // The patients they can change: nobody waits for whom the other waits for.
            let replies = both([put(&one, claim(1, spring)), put(&other, claim(0, summer))]).await;
            assert_eq!(replies, [200, 200]);
        }
    });
    rounds.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    let moved = "SELECT count(*) FROM claims WHERE id IN (SELECT claim_id FROM claim_versions \
         WHERE version = 2)";
    assert_eq!(app.database.number(moved).await, 40);
    app.database.check_books().await;
}

#[tokio::test]
async fn corrections_of_two_hospitals_that_exchange_two_patients_wait_in_one_order() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    one.token().await;
    other.token().await;
    let people = entitled(&app, 40).await;
    let rounds = stream::iter(people.chunks(2)).map(|pair| {
        let (one, other) = (&one, &other);
        async move {
            let first = pair[0].claim().record(&pair[0].resident_id);
            let second = pair[1].claim().record(&pair[1].resident_id);
            let (here, _) = posted(one, &first).await;
            let (there, _) = posted(other, &second).await;
            let requests = [
                one.put(&here, &first.of(&pair[1]))
                    .if_match("*")
                    .into_future(),
                other
                    .put(&there, &second.of(&pair[0]))
                    .if_match("*")
                    .into_future(),
            ];
            assert_eq!(both(requests).await, [200, 200]);
        }
    });
    rounds.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    // Whoever came first was held until the other had gone: both count in the end.
    let counted = "SELECT count(*) FROM stays WHERE counted";
    assert_eq!(app.database.number(counted).await, 40);
    app.database.check_books().await;
}
