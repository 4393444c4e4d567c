//! Held stays settled by an officer: what counts afterwards, what it is worth, and that it lasts.

use serde_json::{Value, json};
use sizhu_tests::{
    Call, Client, Person, TestApp, fixtures,
    views::{clause, id, outcome},
};

const REASON: &str = "出院小结显示登记日期有误";

/// One who is entitled, with a stay of hospital 1 that counts and one of hospital 2 that is held.
struct World {
    app: TestApp,
    person: Person,
    county: Client,
    one: Client,
    other: Client,
    first: String,
    held: String,
}

impl World {
    async fn make() -> Self {
        let app = TestApp::start().await;
        app.fill("430102", 10_000_000, "D-1").await;
        let (one, other) = (app.hospital(1).await, app.hospital(2).await);
        let county = app.officer("430102").await;
        let person = app.special_person().await;
        let first = post(&one, &person, "A", ("2026-03-10", "2026-03-20")).await;
        let held = post(&other, &person, "B", ("2026-03-15", "2026-04-04")).await;
        assert_eq!(outcome(&held), "held");
        Self {
            first: id(&first),
            held: id(&held),
            app,
            person,
            county,
            one,
            other,
        }
    }

    /// What the hospitals see of the two.
    async fn outcomes(&self) -> (String, String) {
        let first = self.one.outcome_of(&self.first).await;
        (first, self.other.outcome_of(&self.held).await)
    }

    /// Settles the held stay as an officer does who has just read it.
    async fn settle(&self, outcome: &str) -> Value {
        let reply = resolve(&self.county, &self.held, outcome).if_match("*");
        reply.await.expect(200).json()
    }

    async fn owed(&self) -> i64 {
        let owed = "SELECT coalesce(sum(amount_fen), 0)::bigint FROM awards \
             WHERE standing <> 'cancelled'";
        self.app.database.number(owed).await
    }
}

async fn post(hospital: &Client, person: &Person, record: &str, stay: (&str, &str)) -> Value {
    let claim = person.claim().record(record).stay(stay.0, stay.1);
    hospital.claim(&claim).await.expect(201).json()
}

fn resolve(officer: &Client, claim: &str, outcome: &str) -> Call {
    let path = format!("/v1/hospital-claims/{claim}/resolution");
    let form = json!({"outcome": outcome, "reason": REASON});
    officer
        .post(&path, &form)
        .key(&uuid::Uuid::new_v4().to_string())
}

async fn etag(officer: &Client, claim: &str) -> String {
    let read = officer.get(&format!("/v1/hospital-claims/{claim}")).await;
    read.header("etag").expect("an ETag").to_owned()
}

#[tokio::test]
async fn a_stay_that_is_let_count_takes_the_place_of_the_one_it_overlaps() {
    let world = World::make().await;
    assert_eq!(world.owed().await, 100_000);
    let settled = world.settle("count").await;
    assert_eq!(outcome(&settled), "granted 20 days 200000");
    assert_eq!(settled["resolution"]["outcome"], "count");
    assert_eq!(settled["resolution"]["reason"], REASON);
    assert_eq!(settled["resolution"]["resolved_by"], "officer-430102");
    let first = world.one.read_claim(&world.first).await;
    assert_eq!(first["status"], "not_counted");
    assert_eq!(first["stay"]["counted"], false);
    assert_eq!(first["decision"]["amount_fen"], 0);
    // Exactly the difference: 1,000 taken back and 2,000 given.
    assert_eq!(world.owed().await, 200_000);
    let earmarked = &world.app.budget("430102").await["earmarked_fen"];
    assert_eq!(earmarked, 200_000);
    assert_eq!(
        world.app.database.history(&world.first).await,
        [
            "claim.posted: granted 10 days 100000 (+100000)",
            "claim.resolved: refused 0 days 0 (-100000)",
        ]
    );
    assert_eq!(
        world.app.database.history(&world.held).await,
        ["claim.resolved: granted 20 days 200000 (+200000)"]
    );
    // The officer sees on the other which claim was settled.
    let seen = world.county.read_claim(&world.first).await;
    assert_eq!(seen["resolution"]["claim_id"], world.held.as_str());
    let held = world.county.get("/v1/hospital-claims?status=held").await;
    assert_eq!(held.expect(200).json()["items"], json!([]));
    let events = "SELECT concat_ws(' ', actor, it ->> 'outcome', it ->> 'reason', \
         it #>> '{displaced_claims,0}') FROM (SELECT actor, \
         convert_from(body, 'UTF8')::jsonb -> 'details' AS it FROM audit_events \
         WHERE kind = 'claim.resolved') events";
    let events = world.app.database.texts(events, &[]).await;
    let expected = format!("officer-430102 count {REASON} {}", world.first);
    assert_eq!(events, [expected]);
    world.app.database.check_books().await;
}

#[tokio::test]
async fn what_was_paid_for_a_displaced_stay_is_owed_back() {
    let world = World::make().await;
    world.app.database.pay_everything().await;
    // Its first ten days do not count any more; of a stay without grant nothing comes in their place.
    let cold = world.person.claim().record("C");
    let cold = cold.set("/principal_diagnosis/code", "J00");
    let cold = cold.stay("2026-03-12", "2026-03-14");
    let cold = id(&world.other.claim(&cold).await.expect(201).json());
    let settled = resolve(&world.county, &cold, "count").if_match("*").await;
    assert_eq!(outcome(&settled.expect(200).json()), "refused 0 days 0");
    let owed = "SELECT coalesce(sum(amount_fen), 0)::bigint FROM recoveries WHERE state = 'open'";
    assert_eq!(world.app.database.number(owed).await, 100_000);
    // The held stay overlaps nothing any more, and waits for an officer all the same.
    assert_eq!(world.other.outcome_of(&world.held).await, "held");
    let kept = resolve(&world.county, &world.held, "keep_other").if_match("*");
    kept.await.expect(409).problem("state-conflict");
    assert_eq!(
        outcome(&world.settle("count").await),
        "granted 20 days 200000"
    );
    world.app.database.check_books().await;
}

#[tokio::test]
async fn keeping_the_other_and_refusing_change_nothing_but_the_held_stay() {
    for (said, status) in [("keep_other", "not_counted"), ("refuse", "refused")] {
        let world = World::make().await;
        let settled = world.settle(said).await;
        assert_eq!(settled["status"], status, "{settled}");
        assert_eq!(settled["decision"]["outcome"], "refused");
        assert_eq!(clause(&settled, "stay_settled")["result"], "fail");
        let first = world.one.outcome_of(&world.first).await;
        assert_eq!(first, "granted 10 days 100000");
        assert_eq!(world.owed().await, 100_000);
        let history = world.app.database.history(&world.held).await;
        assert_eq!(history, ["claim.resolved: refused 0 days 0 (+0)"]);
        let listed = format!("/v1/hospital-claims?status={status}");
        let listed = world.county.get(&listed).await.expect(200).json();
        assert_eq!(listed["items"][0]["id"], world.held.as_str());
        // Settled once, it is not held any more.
        let again = resolve(&world.county, &world.held, "count").if_match("*");
        again.await.expect(409).problem("state-conflict");
        // What was decided holds when it is made again.
        let decision = settled["decision"]["id"].as_str().unwrap();
        let path = format!("/v1/decisions/{decision}/replay");
        let replay = world.county.call(reqwest::Method::POST, &path).await;
        let replay = replay.expect(200).json();
        assert_eq!(replay["holds"], true, "{replay}");
        assert_eq!(replay["same_bytes"], true, "{replay}");
        world.app.database.check_books().await;
    }
}

#[tokio::test]
async fn only_a_held_stay_is_settled_and_once_under_its_key() {
    let world = World::make().await;
    let counted = resolve(&world.county, &world.first, "refuse").if_match("*");
    counted.await.expect(409).problem("state-conflict");
    let missing = resolve(&world.county, &world.held, "count").await;
    missing.expect(428).problem("precondition-required");
    let path = format!("/v1/hospital-claims/{}/resolution", world.held);
    let form = json!({"outcome": "count", "reason": REASON});
    let keyless = world.county.post(&path, &form).if_match("*").await;
    keyless.expect(400).problem("idempotency-key-missing");
    for (form, pointer) in [
        (json!({"outcome": "count", "reason": " "}), "/reason"),
        (
            json!({"outcome": "count", "reason": "见 430102196503150023"}),
            "/reason",
        ),
        (json!({"outcome": "both", "reason": REASON}), "/outcome"),
    ] {
        let wrong = world.county.post(&path, &form).if_match("*").key("W");
        let problem = wrong.await.expect(422).problem("validation-failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let seen = etag(&world.county, &world.held).await;
    let send = async || {
        let sent = world.county.post(&path, &form).if_match(&seen).key("K");
        sent.await.expect(200)
    };
    let (once, again) = (send().await, send().await);
    assert_eq!(
        (once.body, once.headers.get("etag")),
        (again.body, again.headers.get("etag"))
    );
    let settled = "SELECT count(*) FROM stay_resolutions";
    assert_eq!(world.app.database.number(settled).await, 1);
}

#[tokio::test]
async fn a_resolution_lasts() {
    let world = World::make().await;
    world.settle("count").await;
    // A later claim that overlaps it is held, and so is one that could take over its day.
    let later = post(&world.one, &world.person, "D", ("2026-03-20", "2026-03-25")).await;
    assert_eq!(later["status"], "held");
    // News of the person decides everything anew and changes no standing.
    let day = world.app.clock.today().to_string();
    let path = format!(
        "/v1/residents/{}/statuses/{}/end",
        world.person.resident_id, world.person.status_id
    );
    let end = json!({"on": day, "reason": "adoption"});
    world.county.post(&path, &end).await.expect(200);
    let (first, held) = world.outcomes().await;
    assert_eq!(held, "granted 20 days 200000");
    assert_eq!(first, "not_counted");
    // One over the days of the displaced stay alone counts as any other.
    let free = post(&world.one, &world.person, "E", ("2026-03-10", "2026-03-15")).await;
    assert_eq!(outcome(&free), "granted 5 days 50000");
    world.app.database.check_books().await;
}

#[tokio::test]
async fn a_settled_one_day_stay_keeps_its_day() {
    let world = World::make().await;
    let day = ("2026-03-12", "2026-03-12");
    let short = post(&world.other, &world.person, "S", day).await;
    let settled = resolve(&world.county, &id(&short), "count").if_match("*");
    assert_eq!(
        outcome(&settled.await.expect(200).json()),
        "granted 1 days 10000"
    );
    // A longer one that begins on it would take the day over, had no officer let it count.
    let longer = post(&world.one, &world.person, "L", ("2026-03-12", "2026-03-14")).await;
    assert_eq!(longer["status"], "held");
    // Now an officer says so, and the day goes over.
    let settled = resolve(&world.county, &id(&longer), "count").if_match("*");
    assert_eq!(
        outcome(&settled.await.expect(200).json()),
        "granted 2 days 20000"
    );
    assert_eq!(
        world.other.outcome_of(&id(&short)).await,
        "refused 0 days 0"
    );
    assert_eq!(
        world.other.read_claim(&id(&short)).await["stay"]["counted"],
        true
    );
    world.app.database.check_books().await;
}

#[tokio::test]
async fn an_officer_settles_what_was_seen_and_nothing_newer() {
    let world = World::make().await;
    let seen = etag(&world.county, &world.held).await;
    let hospital_saw = etag(&world.other, &world.held).await;
    // A claim that the held stay would displace too.
    let newer = post(&world.one, &world.person, "N", ("2026-03-25", "2026-03-28")).await;
    assert_eq!(newer["status"], "granted");
    let stale = resolve(&world.county, &world.held, "count").if_match(&seen);
    stale.await.expect(412).problem("precondition-failed");
    // Of which the hospital is told nothing.
    assert_eq!(etag(&world.other, &world.held).await, hospital_saw);
    let seen = etag(&world.county, &world.held).await;
    let settled = resolve(&world.county, &world.held, "count").if_match(&seen);
    settled.await.expect(200);
    assert_eq!(
        world.one.read_claim(&id(&newer)).await["status"],
        "not_counted"
    );
    world.app.database.check_books().await;
}

#[tokio::test]
async fn officers_of_elsewhere_those_below_and_hospitals_settle_nothing() {
    let world = World::make().await;
    let app = &world.app;
    for (caller, status, slug) in [
        (app.officer("430103").await, 404, "not-found"),
        (app.officer("4302").await, 404, "not-found"),
        (app.officer(fixtures::VILLAGE).await, 403, "forbidden"),
        (app.auditor("430102").await, 403, "forbidden"),
        (world.one.clone(), 403, "forbidden"),
        (world.other.clone(), 403, "forbidden"),
    ] {
        let refused = resolve(&caller, &world.held, "count").if_match("*").await;
        refused.expect(status).problem(slug);
    }
    assert_eq!(world.outcomes().await.1, "held");
    let above = app.officer("43").await;
    let settled = resolve(&above, &world.held, "count").if_match("*").await;
    settled.expect(200);
}

#[tokio::test]
async fn each_hospital_sees_its_own_outcome_and_nothing_of_the_other() {
    let world = World::make().await;
    world.settle("count").await;
    let own = [
        (&world.one, &world.first, &world.held, 2),
        (&world.other, &world.held, &world.first, 1),
    ];
    for (hospital, mine, foreign, other) in own {
        let path = format!("/v1/hospital-claims/{mine}");
        let told = hospital.get(&path).await.expect(200).text();
        let list = hospital.get("/v1/hospital-claims").await.expect(200).text();
        for text in [told, list] {
            assert!(text.contains(mine.as_str()), "{text}");
            let other = TestApp::hospital_id(other).to_string();
            let person = &world.person.resident_id;
            let record = if other.ends_with('2') {
                "\"B\""
            } else {
                "\"A\""
            };
            for secret in [
                foreign.as_str(),
                &other,
                person,
                REASON,
                "resolution",
                record,
            ] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
        let path = format!("/v1/hospital-claims/{foreign}");
        hospital.get(&path).await.expect(404).problem("not-found");
    }
    let first = world.one.read_claim(&world.first).await;
    let clauses = first["decision"]["trace"].as_array().unwrap();
    assert_eq!(clauses.len(), 1, "{first}");
    assert_eq!(clauses[0]["clause"], "stay_settled");
    assert!(clauses[0].get("saw").is_none_or(Value::is_null), "{first}");
}
