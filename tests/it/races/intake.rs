//! Claims that arrive together share commits. Each has its own outcome, is recorded under its own
//! client, and waits for nobody else's patient.

use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::Value;
use sizhu_tests::{Client, Person, TestApp, fixtures::Claim, views::id};
use tokio::time::timeout;

use super::{at_once, entitled};

const CLAIMS: usize = 64;

/// Hospitals and people; so that the first claim waits for no token.
async fn world(people: usize) -> (TestApp, [Client; 4], Vec<Person>) {
    let app = TestApp::start().await;
    app.fill("430102", 1_000_000_000, "D-1").await;
    let mut hospitals = Vec::new();
    for number in 1..=4 {
        let hospital = app.hospital(number).await;
        hospital.token().await;
        hospitals.push(hospital);
    }
    let people = entitled(&app, people).await;
    (app, hospitals.try_into().expect("four"), people)
}

fn claim_of(person: &Person) -> Claim {
    person.claim().record(&person.resident_id)
}

#[tokio::test]
async fn claims_that_arrive_together_share_commits_and_each_is_its_own_clients() {
    let (app, hospitals, people) = world(CLAIMS).await;
    let claims = people.iter().zip(hospitals.iter().cycle());
    let claims = claims.map(|(person, hospital)| hospital.claim(&claim_of(person)).into_future());
    for reply in at_once(CLAIMS, claims).await {
        let claim = reply.expect(201).json();
        assert_eq!(claim["decision"]["amount_fen"], 460_000, "{claim}");
    }
    let commits = "SELECT count(DISTINCT xmin::text::bigint) FROM claims";
    let commits = app.database.number(commits).await;
    assert!(commits < 48, "{commits} commits for {CLAIMS} claims");

    let by =
        "SELECT format('%s %s', recorded_by, count(*)) FROM claims GROUP BY recorded_by ORDER BY 1";
    let expected: Vec<String> = (1..=4).map(|it| format!("hospital-{it} 16")).collect();
    assert_eq!(app.database.texts(by, &[]).await, expected);
    let versions = by.replace("FROM claims", "FROM claim_versions");
    assert_eq!(app.database.texts(&versions, &[]).await, expected);
    // All that was done about a person was done by who claimed for them.
    for kind in ["claim.posted", "decision.made", "difference.settled"] {
        let by = "SELECT format('%s %s %s', e.actor, e.actor_role, count(*)) \
             FROM audit_events e JOIN claims c USING (subject_id) \
             WHERE e.kind = $1 AND e.actor = c.recorded_by GROUP BY e.actor, e.actor_role \
             ORDER BY 1";
        let expected: Vec<String> = (1..=4)
            .map(|it| format!("hospital-{it} hospital 16"))
            .collect();
        assert_eq!(app.database.texts(by, &[&kind]).await, expected, "{kind}");
    }
    app.database.check_books().await;
}

#[tokio::test]
async fn what_is_wrong_with_one_harms_none_that_arrived_with_it() {
    let (app, [hospital, ..], people) = world(CLAIMS).await;
    let (earlier, others) = people.split_at(4);
    let mut before = Vec::new();
    for person in earlier {
        let claim = claim_of(person);
        before.push(
            hospital
                .claim_with_key(&claim, &person.resident_id)
                .await
                .expect(201)
                .json(),
        );
    }
    let dearer = |person: &Person| claim_of(person).set("/charges/total_fen", 7_000_001);
    let mut claims: Vec<_> = vec![
        // The admission was claimed with other content; the key was used for that.
        hospital.claim(&dearer(&earlier[0])).into_future(),
        hospital
            .claim_with_key(&dearer(&earlier[1]), &earlier[1].resident_id)
            .into_future(),
        // The same again, under its key and under another.
        hospital
            .claim_with_key(&claim_of(&earlier[2]), &earlier[2].resident_id)
            .into_future(),
        hospital.claim(&claim_of(&earlier[3])).into_future(),
    ];
    claims.extend(
        others
            .iter()
            .map(|it| hospital.claim(&claim_of(it)).into_future()),
    );
    let replies = at_once(CLAIMS, claims).await;
    let statuses: Vec<u16> = replies.iter().map(|it| it.status).collect();
    let differs = replies[0].json();
    assert_eq!(
        statuses[..4],
        [409, 422, 201, 200],
        "{differs} {}",
        replies[1].text()
    );
    assert_eq!(differs["claim_id"], id(&before[0]));
    assert_eq!(
        (&replies[2].json(), id(&replies[3].json())),
        (&before[2], id(&before[3]))
    );
    let good = |status: &u16| *status == 201;
    assert!(statuses[4..].iter().all(good), "{statuses:?}");
    let count = i64::try_from(CLAIMS).expect("a count");
    assert_eq!(
        app.database.number("SELECT count(*) FROM claims").await,
        count
    );
    let kept = "SELECT count(*) FROM idempotency_records WHERE operation = 'create_hospital_claim'";
    // Two problems have used up no key; the same content again has.
    assert_eq!(app.database.number(kept).await, count + 1);
    app.database.check_books().await;
}

#[tokio::test]
async fn nobody_waits_for_a_patient_of_another_claim() {
    let (app, [hospital, ..], people) = world(17).await;
    let mut admin = app.database.admin().await;
    let holding = admin.transaction().await.expect("a transaction");
    let lock = "SELECT FROM subjects WHERE id = \
         (SELECT subject_id FROM residents WHERE id = $1::text::uuid) FOR UPDATE";
    holding
        .execute(lock, &[&people[0].resident_id])
        .await
        .expect("a lock");
    let held = hospital.claim(&claim_of(&people[0])).into_future();
    let others = people[1..]
        .iter()
        .map(|it| hospital.claim(&claim_of(it)).into_future());
    let release = async {
        // The service waits ten seconds for somebody who is locked.
        let others = timeout(Duration::from_secs(8), join_all(others)).await;
        holding.rollback().await.expect("the end of it");
        others.expect("the others are answered meanwhile")
    };
    let (held, others) = join(held, release).await;
    for reply in others.into_iter().chain([held]) {
        let claim: Value = reply.expect(201).json();
        assert_eq!(claim["status"], "granted", "{claim}");
    }
    app.database.check_books().await;
}
