//! Corrections and withdrawals of stays that an officer settled, and of those that others gave way to.

use serde_json::{Value, json};
use sizhu_tests::{
    Client, Person, TestApp,
    views::{id, outcome},
};

const FIRST: (&str, &str) = ("2026-03-10", "2026-03-20");
const SECOND: (&str, &str) = ("2026-03-15", "2026-04-04");

/// One who is entitled, with a stay of hospital 1 that counted and one of hospital 2 that was held, as an
/// officer settled it.
struct World {
    app: TestApp,
    person: Person,
    county: Client,
    one: Client,
    other: Client,
    first: String,
    second: String,
}

impl World {
    async fn settled(said: &str) -> Self {
        let app = TestApp::start().await;
        app.fill("430102", 10_000_000, "D-1").await;
        let (one, other) = (app.hospital(1).await, app.hospital(2).await);
        let county = app.officer("430102").await;
        let person = app.special_person().await;
        let mut ids = Vec::new();
        for (hospital, days) in [(&one, FIRST), (&other, SECOND)] {
            let claim = person.claim().stay(days.0, days.1);
            ids.push(id(&hospital.claim(&claim).await.expect(201).json()));
        }
        let path = format!("/v1/hospital-claims/{}/resolution", ids[1]);
        let form = json!({"outcome": said, "reason": "核对病历"});
        let settled = county.post(&path, &form).key("S").if_match("*");
        settled.await.expect(200);
        Self {
            second: ids.remove(1),
            first: ids.remove(0),
            app,
            person,
            county,
            one,
            other,
        }
    }

    /// Corrects the second stay to such days.
    async fn correct(&self, days: (&str, &str)) -> Value {
        let said = self.person.claim().stay(days.0, days.1);
        let said = said.set("/settlement_no", "JS-9");
        let corrected = self.other.correct(&self.second, &said).await;
        self.app.database.check_books().await;
        corrected.expect(200).json()
    }

    /// What the hospitals are told of the two.
    async fn statuses(&self) -> [String; 2] {
        let first = self.one.read_claim(&self.first).await;
        let second = self.other.read_claim(&self.second).await;
        [first, second].map(|it| it["status"].as_str().unwrap().to_owned())
    }

    /// What the events of corrections and withdrawals say of resolutions that hold no more.
    async fn dropped(&self) -> Vec<String> {
        let events = "SELECT concat_ws(' ', kind, r.outcome, \
             convert_from(e.body, 'UTF8')::jsonb #>> '{details,now_unsettled}') \
             FROM audit_events e LEFT JOIN stay_resolutions r ON r.id::text = \
             convert_from(e.body, 'UTF8')::jsonb #>> '{details,dropped_resolution_id}' \
             WHERE kind IN ('claim.corrected', 'claim.withdrawn') ORDER BY e.id";
        self.app.database.texts(events, &[]).await
    }
}

#[tokio::test]
async fn an_officers_word_holds_while_patient_and_days_are_the_same() {
    for (said, expected) in [
        ("count", ["not_counted", "granted"]),
        ("keep_other", ["granted", "not_counted"]),
        ("refuse", ["granted", "refused"]),
    ] {
        let world = World::settled(said).await;
        world.correct(SECOND).await;
        assert_eq!(world.statuses().await, expected, "{said}");
        assert_eq!(world.dropped().await, ["claim.corrected []"]);
        let seen = world.county.read_claim(&world.second).await;
        assert_eq!(seen["resolution"]["outcome"], said);
    }
}

#[tokio::test]
async fn other_days_are_placed_anew_and_what_gave_way_to_them_waits() {
    // It goes on overlapping the first: it counts, and the other waits for an officer.
    let world = World::settled("count").await;
    let corrected = world.correct(("2026-03-16", "2026-03-26")).await;
    assert_eq!(outcome(&corrected), "granted 10 days 100000");
    assert_eq!(world.statuses().await, ["held", "granted"]);
    let first = &world.first;
    let expected = format!("claim.corrected count [\"{first}\"]");
    assert_eq!(world.dropped().await, [expected]);
    let seen = world.county.read_claim(&world.second).await;
    assert!(seen.get("resolution").is_none(), "{seen}");
    let kept = "SELECT count(*) FROM stay_resolutions";
    assert_eq!(world.app.database.number(kept).await, 1);
    // It leaves the days: the other counts again.
    let moved = world.correct(("2026-03-20", "2026-03-26")).await;
    assert_eq!(outcome(&moved), "granted 6 days 60000");
    assert_eq!(
        world.one.outcome_of(&world.first).await,
        "granted 10 days 100000"
    );
}

#[tokio::test]
async fn what_was_settled_not_to_count_is_placed_anew_on_other_days() {
    for said in ["keep_other", "refuse"] {
        let world = World::settled(said).await;
        let corrected = world.correct(("2026-03-19", "2026-03-26")).await;
        assert_eq!(corrected["status"], "held", "{said}");
        let corrected = world.correct(("2026-03-20", "2026-03-26")).await;
        assert_eq!(outcome(&corrected), "granted 6 days 60000", "{said}");
    }
}

#[tokio::test]
async fn what_did_not_count_for_another_counts_once_that_is_withdrawn() {
    let world = World::settled("count").await;
    world.other.withdraw(&world.second).await.expect(200);
    assert_eq!(world.statuses().await, ["granted", "withdrawn"]);
    world.app.database.check_books().await;

    let world = World::settled("keep_other").await;
    world.one.withdraw(&world.first).await.expect(200);
    assert_eq!(world.statuses().await, ["withdrawn", "granted"]);
    world.app.database.check_books().await;

    let world = World::settled("refuse").await;
    world.one.withdraw(&world.first).await.expect(200);
    assert_eq!(world.statuses().await, ["withdrawn", "refused"]);
    // What was refused may be withdrawn, and comes back as any other.
    world.other.withdraw(&world.second).await.expect(200);
    let back = world.correct(SECOND).await;
    assert_eq!(outcome(&back), "granted 20 days 200000");
    world.app.database.check_books().await;
}

#[tokio::test]
async fn an_officer_settles_nothing_that_was_corrected_meanwhile_or_withdrawn() {
    let world = World::settled("count").await;
    world.correct(("2026-03-16", "2026-03-26")).await;
    let path = format!("/v1/hospital-claims/{}", world.first);
    let seen = world.county.get(&path).await.expect(200);
    let etag = seen.header("etag").unwrap();
    world.correct(("2026-03-17", "2026-03-26")).await;
    let step = format!("{path}/resolution");
    let form = json!({"outcome": "count", "reason": "核对病历"});
    let stale = world.county.post(&step, &form).key("T").if_match(etag);
    stale.await.expect(412).problem("precondition-failed");
    world.one.withdraw(&world.first).await.expect(200);
    let gone = world.county.post(&step, &form).key("U").if_match("*");
    gone.await.expect(409).problem("state-conflict");
}
