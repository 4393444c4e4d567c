//! Officers who settle stays of one person at once, and claims that come meanwhile.

use serde_json::json;
use sizhu_tests::{Call, Client, Person, TestApp, views::id};

use super::{at_once, entitled};

fn resolve(officer: &Client, claim: &str, etag: &str) -> Call {
    let path = format!("/v1/hospital-claims/{claim}/resolution");
    let form = json!({"outcome": "count", "reason": "核对病历"});
    let key = uuid::Uuid::new_v4().to_string();
    officer.post(&path, &form).key(&key).if_match(etag)
}

async fn etag(officer: &Client, claim: &str) -> String {
    let read = officer.get(&format!("/v1/hospital-claims/{claim}")).await;
    read.header("etag").expect("an ETag").to_owned()
}

async fn post(hospital: &Client, person: &Person, record: &str, stay: (&str, &str)) -> String {
    let record = format!("{record} {}", person.resident_id);
    let claim = person.claim().record(&record).stay(stay.0, stay.1);
    id(&hospital.claim(&claim).await.expect(201).json())
}

#[tokio::test]
async fn of_two_officers_who_settle_stays_of_one_overlap_one_wins() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let officers = [
        app.officer("430102").await,
        app.second_officer("430102").await,
    ];
    for person in entitled(&app, 12).await {
        post(&one, &person, "A", ("2026-03-10", "2026-03-20")).await;
        let held = [
            post(&other, &person, "B", ("2026-03-15", "2026-03-30")).await,
            post(&one, &person, "C", ("2026-03-18", "2026-04-05")).await,
        ];
        let seen = [
            etag(&officers[0], &held[0]).await,
            etag(&officers[1], &held[1]).await,
        ];
        let both = [0, 1].map(|it| resolve(&officers[it], &held[it], &seen[it]).into_future());
        let mut statuses: Vec<u16> = at_once(2, both).await.iter().map(|it| it.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
    // The same stay by both, one after the other: the second is told that it is settled.
    let person = &entitled(&app, 1).await[0];
    post(&one, person, "A", ("2026-05-10", "2026-05-20")).await;
    let held = post(&other, person, "B", ("2026-05-15", "2026-05-30")).await;
    let both = [0, 1].map(|it| resolve(&officers[it], &held, "*").into_future());
    let mut statuses: Vec<u16> = at_once(2, both).await.iter().map(|it| it.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let overlapping = "SELECT count(*) FROM stays a JOIN stays b ON a.subject_id = b.subject_id \
         AND a.claim_id < b.claim_id AND a.counted AND b.counted \
         AND a.admitted_on < b.discharged_on AND b.admitted_on < a.discharged_on";
    assert_eq!(app.database.number(overlapping).await, 0);
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM stays WHERE counted")
            .await,
        13
    );
    app.database.check_books().await;
}

#[tokio::test]
async fn a_resolution_and_a_new_claim_that_overlaps_come_one_after_the_other() {
    let app = TestApp::start().await;
    let (one, other) = (app.hospital(1).await, app.hospital(2).await);
    let officer = app.officer("430102").await;
    for person in entitled(&app, 12).await {
        post(&one, &person, "A", ("2026-03-10", "2026-03-20")).await;
        let held = post(&other, &person, "B", ("2026-03-15", "2026-03-30")).await;
        let seen = etag(&officer, &held).await;
        // It overlaps the held stay alone: it counts, unless the held one does by then.
        let record = format!("N {}", person.resident_id);
        let new = person.claim().record(&record);
        let new = new.stay("2026-03-25", "2026-04-05");
        let requests = [
            resolve(&officer, &held, &seen).into_future(),
            one.claim(&new).into_future(),
        ];
        let replies = at_once(2, requests).await;
        let came = replies[1].json()["status"].clone();
        match replies[0].status {
            200 => assert_eq!(came, "held"),
            412 => assert_eq!(came, "granted"),
            other => panic!("{other}: {}", replies[0].text()),
        }
    }
    app.database.check_books().await;
}
