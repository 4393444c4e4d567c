//! Registering, confirming and ending that race with claims: whichever comes first, what counts
//! in the end is all that is known.

use futures_util::{StreamExt as _, future::join, stream};
use serde_json::json;
use sizhu_tests::{
    Client, TestApp,
    fixtures::{self, VILLAGE, child_died},
    ids,
    views::{id, outcome},
};

use super::{at_once, entitled};

const PAIRS_AT_ONCE: usize = 4;

/// Every claim there is, as its hospital reads it now.
async fn outcomes(hospital: &Client) -> Vec<String> {
    let page = hospital.get("/v1/hospital-claims?limit=200").await;
    let page = page.expect(200).json();
    let ids = page["items"].as_array().unwrap().iter().map(id);
    let read = ids.map(|id| async move { outcome(&hospital.read_claim(&id).await) });
    let mut outcomes: Vec<String> = stream::iter(read).buffered(8).collect().await;
    outcomes.sort();
    outcomes.dedup();
    outcomes
}

#[tokio::test]
async fn registering_someone_races_their_claim() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let (hospital, officer) = (app.hospital(1).await, app.officer("430102").await);
    hospital.token().await;
    let rounds = stream::iter(0..40).map(|number| {
        let (hospital, officer) = (&hospital, &officer);
        async move {
            let citizen_id = ids::woman("1962-01-01");
            let resident = fixtures::resident(&citizen_id, "王秀英", VILLAGE);
            let claim = fixtures::claim().record(&format!("G{number}"));
            let claim = claim.set("/citizen_id", citizen_id);
            let path = "/v1/residents";
            let register = async {
                let made = officer.post(path, &resident).await.expect(201).json();
                let path = format!("{path}/{}/statuses", id(&made));
                officer
                    .post(&path, &child_died("2018-06-01"))
                    .await
                    .expect(201);
            };
            let (posted, ()) = join(hospital.claim(&claim).into_future(), register).await;
            posted.expect(201);
        }
    });
    rounds.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    assert_eq!(outcomes(&hospital).await, ["granted 46 days 460000"]);
    app.database.check_books().await;
}

#[tokio::test]
async fn ending_a_status_races_a_claim() {
    let app = TestApp::start().await;
    app.fill("430102", 100_000_000, "D-1").await;
    let (hospital, officer) = (app.hospital(1).await, app.officer("430102").await);
    hospital.token().await;
    let people = entitled(&app, 40).await;
    let rounds = stream::iter(&people).map(|person| {
        let (hospital, officer) = (&hospital, &officer);
        async move {
            let claim = person.claim().record(&person.resident_id);
            let path = format!(
                "/v1/residents/{}/statuses/{}/end",
                person.resident_id, person.status_id
            );
            let end = json!({"on": "2026-03-11", "reason": "death"});
            let requests = [
                hospital.claim(&claim).into_future(),
                officer.post(&path, &end).into_future(),
            ];
            let replies = at_once(2, requests).await;
            assert_eq!((replies[0].status, replies[1].status), (201, 200));
        }
    });
    rounds.buffer_unordered(PAIRS_AT_ONCE).collect::<()>().await;
    assert_eq!(outcomes(&hospital).await, ["granted 10 days 100000"]);
    app.database.check_books().await;
}

#[tokio::test]
async fn of_two_who_confirm_or_correct_at_once_one_comes_too_late() {
    let app = TestApp::start().await;
    let (one, other) = (
        app.officer("430102").await,
        app.second_officer("430102").await,
    );
    let people = entitled(&app, 20).await;
    let village = app.officer(VILLAGE).await;
    for person in people {
        let statuses = format!("/v1/residents/{}/statuses", person.resident_id);
        let path = format!("{statuses}/{}", person.status_id);
        let said = [child_died("2019-01-01"), child_died("2020-01-01")];
        let requests = [
            one.put(&path, &said[0]).if_match("\"v1\"").into_future(),
            other.put(&path, &said[1]).if_match("\"v1\"").into_future(),
        ];
        let replies = at_once(2, requests).await;
        let mut both: Vec<u16> = replies.iter().map(|it| it.status).collect();
        both.sort_unstable();
        assert_eq!(both, [200, 412]);

        let mut said = fixtures::child_disabled("2018-06-01", 2);
        said["from"] = json!("2021-01-01");
        let made = village.post(&statuses, &said).await.expect(201).json();
        let path = format!("{statuses}/{}/confirmation", id(&made));
        let confirm = |officer: &Client| officer.post(&path, &json!({})).into_future();
        let replies = at_once(2, [confirm(&one), confirm(&other)]).await;
        let mut both: Vec<u16> = replies.iter().map(|it| it.status).collect();
        both.sort_unstable();
        assert_eq!(both, [200, 409]);
    }
    app.database.check_books().await;
}

#[tokio::test]
async fn someone_registered_twice_at_once_is_registered_once() {
    let app = TestApp::start().await;
    let (one, other) = (
        app.officer("430102").await,
        app.second_officer("430102").await,
    );
    one.token().await;
    other.token().await;
    for _ in 0..20 {
        let resident = fixtures::resident(&ids::woman("1962-01-01"), "王秀英", VILLAGE);
        let register = |officer: &Client| officer.post("/v1/residents", &resident).into_future();
        let replies = at_once(2, [register(&one), register(&other)]).await;
        let mut both: Vec<u16> = replies.iter().map(|it| it.status).collect();
        both.sort_unstable();
        assert_eq!(both, [201, 409]);
    }
    let doubles = "SELECT count(*) FROM residents";
    assert_eq!(app.database.number(doubles).await, 20);
}

#[tokio::test]
async fn statuses_of_one_kind_posted_at_once_do_not_overlap() {
    let app = TestApp::start().await;
    let (one, other) = (
        app.officer("430102").await,
        app.second_officer("430102").await,
    );
    one.token().await;
    other.token().await;
    for _ in 0..20 {
        let resident = fixtures::resident(&ids::woman("1962-01-01"), "王秀英", VILLAGE);
        let person = app.register(&resident).await;
        let path = format!("/v1/residents/{}/statuses", person.resident_id);
        let (early, late) = (child_died("2018-06-01"), child_died("2019-06-01"));
        let requests = [
            one.post(&path, &early).into_future(),
            other.post(&path, &late).into_future(),
        ];
        let replies = at_once(2, requests).await;
        let mut both: Vec<u16> = replies.iter().map(|it| it.status).collect();
        both.sort_unstable();
        assert_eq!(both, [201, 409]);
    }
}
