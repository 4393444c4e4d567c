//! Claims posted, corrected and withdrawn in any order leave what posting their last content leaves.

use std::collections::BTreeMap;

use serde_json::Value;
use sizhu_tests::{
    Person, TestApp,
    fixtures::{self, Claim, OTHER_VILLAGE, child_died},
    ids,
    views::{id, outcome},
};

/// Random numbers from a seed (SplitMix64): the seed of a failure is all that it takes to see it again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        let count = u64::try_from(choices.len()).unwrap();
        let place = usize::try_from(self.below(count)).unwrap();
        choices[place].clone()
    }

    /// A claim on days around the end of 2025, among few record numbers and few people.
    fn claim(&mut self, people: &[String]) -> Claim {
        let days = |after: u64| {
            let first = sizhu_core::Day::parse("2025-12-10").unwrap();
            first
                .plus_days(u32::try_from(after).unwrap())
                .unwrap()
                .to_string()
        };
        let from = self.below(30);
        let length = self.of(&[0, 0, 1, 3, 8, 30, 70]);
        fixtures::claim()
            .set("/citizen_id", self.of(people))
            .record(self.of(&["R-1", "R-2", "R-3"]))
            .stay(&days(from), &days(from + length))
            .set(
                "/principal_diagnosis/code",
                self.of(&["I63.900", "I63.900", "I63.900", "J00"]),
            )
    }
}

/// Two who are entitled, one of them from a day among the stays on, of two counties; one who is
/// registered and not entitled; one in no registry.
async fn people(app: &TestApp, citizens: &[String; 4]) {
    let resident =
        |place: usize, division| fixtures::resident(&citizens[place], "王秀英", division);
    let entitled = resident(0, fixtures::VILLAGE);
    app.register_with(&entitled, &child_died("2018-06-01"))
        .await;
    let entitled = resident(1, OTHER_VILLAGE);
    app.register_with(&entitled, &child_died("2025-12-25"))
        .await;
    let _: Person = app.register(&resident(2, fixtures::VILLAGE)).await;
    for county in ["430102", "430103"] {
        app.fill(county, 100_000_000, county).await;
    }
}

/// A claim as the test remembers it: the hospital, what it last said, whether it withdrew that.
struct Last {
    hospital: u16,
    said: Claim,
    withdrawn: bool,
}

/// What a state of affairs comes to: each claim that is not withdrawn, what is owed to whom for which
/// year, and what is left in each budget.
async fn comes_to(app: &TestApp) -> Vec<String> {
    app.database.check_books().await;
    let claims = "SELECT format('%s %s %s: %s %s %s %s', c.hospital_id, c.medical_record_no, \
            c.admitted_on, s.counted, s.yields_day, CASE WHEN s.counted THEN \
            format('%s %s %s', d.outcome, d.payable_days, d.amount_fen) END, \
            (SELECT string_agg(format('%s: %s', y.year, y.amount_fen), ', ' ORDER BY y.year) \
             FROM decision_years y WHERE y.decision_id = d.id)) \
         FROM claims c JOIN stays s ON s.claim_id = c.id \
         LEFT JOIN decisions d ON d.claim_id = c.id AND d.superseded_at IS NULL AND s.counted \
         WHERE s.standing <> 'withdrawn' ORDER BY 1";
    let owed = "SELECT format('%s %s: %s', encode(p.person_index, 'hex'), w.benefit_year, \
            sum(w.amount_fen)) FROM awards w JOIN subjects p ON p.id = w.subject_id \
         WHERE w.standing <> 'cancelled' GROUP BY p.person_index, w.benefit_year ORDER BY 1";
    let left = "SELECT format('%s %s: %s', county, kind, debits_pending_fen) FROM accounts \
         WHERE programme = 'hospital-care-allowance' ORDER BY 1";
    let mut all = app.database.texts(claims, &[]).await;
    all.extend(app.database.texts(owed, &[]).await);
    all.extend(app.database.texts(left, &[]).await);
    all
}

/// Does so many random things; answers what was last said in each claim, by its id.
async fn happen(
    app: &TestApp,
    citizens: &[String; 4],
    dice: &mut Dice,
    steps: u32,
) -> BTreeMap<String, Last> {
    let mut all: BTreeMap<String, Last> = BTreeMap::new();
    let mut taken = 0;
    for _ in 0..steps {
        let said = dice.claim(citizens);
        let known: Vec<String> = all.keys().cloned().collect();
        let act = if known.is_empty() { 0 } else { dice.below(10) };
        if act < 4 {
            let hospital = u16::try_from(1 + dice.below(2)).unwrap();
            let reply = app.hospital(hospital).await.claim(&said).await;
            match reply.status {
                201 => {
                    let withdrawn = false;
                    let last = Last {
                        hospital,
                        said,
                        withdrawn,
                    };
                    all.insert(id(&reply.json()), last);
                }
                200 | 409 => taken += 1,
                _ => panic!("{}", reply.text()),
            }
            continue;
        }
        let claim = dice.of(&known);
        let last = all.get_mut(&claim).unwrap();
        let hospital = app.hospital(last.hospital).await;
        if act < 9 {
            let reply = hospital.correct(&claim, &said).await;
            match reply.status {
                200 => (last.said, last.withdrawn) = (said, false),
                409 => taken += 1,
                _ => panic!("{}", reply.text()),
            }
        } else {
            let expected = if last.withdrawn { 409 } else { 200 };
            hospital.withdraw(&claim).await.expect(expected);
            last.withdrawn = true;
        }
    }
    assert!(taken > 0, "no admission was claimed twice");
    all
}

#[tokio::test]
async fn whatever_happened_before_the_last_content_of_all_claims_decides() {
    for seed in 1..=4 {
        let citizens = [(); 4].map(|()| ids::woman("1960-05-01"));
        let app = TestApp::start().await;
        people(&app, &citizens).await;
        let mut dice = Dice(seed);
        let all = happen(&app, &citizens, &mut dice, 120).await;
        let came_to = comes_to(&app).await;

        // Posted as they are now: those that count come first, for those that are held came too late.
        let scratch = TestApp::start().await;
        people(&scratch, &citizens).await;
        let mut held: Vec<&Last> = Vec::new();
        let mut counts = 0;
        for (claim, last) in all.iter().filter(|(_, last)| !last.withdrawn) {
            let hospital = app.hospital(last.hospital).await;
            let read: Value = hospital.read_claim(claim).await;
            if outcome(&read) == "held" {
                held.push(last);
                continue;
            }
            counts += 1;
            let hospital = scratch.hospital(last.hospital).await;
            hospital.claim(&last.said).await.expect(201);
        }
        for last in &held {
            let hospital = scratch.hospital(last.hospital).await;
            let posted = hospital.claim(&last.said).await.expect(201).json();
            assert_eq!(outcome(&posted), "held", "seed {seed}");
        }
        assert!(counts > 2 && !held.is_empty(), "seed {seed} shows little");
        assert_eq!(came_to, comes_to(&scratch).await, "seed {seed}");
    }
}
