//! The engine against a slow model, and the small rules beside it.

pub(crate) mod dice;
mod knowledge;
mod model;
mod packs;
mod rules;

use super::*;
use crate::fact::Sheet;

use dice::{Dice, random_known_person, random_stay};
use model::{Slow, slow, walk};
use packs::{Made, plain_pack, random_pack};

/// The days each entitlement of a priced stay pays, from its segments.
fn paid_days(stay: &PricedStay, id: &str) -> Vec<(Day, Fen)> {
    let paid = stay.segments.iter().filter(|segment| {
        segment.unpaid.is_none() && segment.entitlement.as_ref().is_none_or(|own| own == id)
    });
    paid.flat_map(|segment| walk(segment.from, segment.to).map(|day| (day, segment.daily)))
        .collect()
}

fn assert_consistent(stay: &PricedStay) {
    let several = stay.entitlements.len() > 1;
    let mut paid = std::collections::BTreeSet::new();
    for entitlement in &stay.entitlements {
        let own = stay.segments.iter().filter(|segment| {
            assert_eq!(segment.entitlement.is_some(), several);
            segment
                .entitlement
                .as_ref()
                .is_none_or(|id| *id == entitlement.id)
        });
        let mut next = stay.first;
        let mut days = 0;
        for segment in own {
            assert_eq!(segment.from, next);
            assert_eq!(
                i64::from(segment.days),
                segment.from.days_until(segment.to) + 1
            );
            assert_eq!(segment.from.year(), segment.to.year());
            assert_eq!(
                Some(segment.amount),
                segment.daily.times_count(segment.days)
            );
            next = segment.to.next().unwrap();
            days += segment.days;
            if segment.unpaid.is_none() {
                paid.extend(walk(segment.from, segment.to));
            }
        }
        assert_eq!(days, entitlement.days);
    }
    assert_eq!(u32::try_from(paid.len()).unwrap(), stay.payable_days);
    let days: u32 = stay.by_year.iter().map(|share| share.days).sum();
    assert_eq!(days, stay.payable_days);
    let amounts = stay.by_year.iter().map(|share| share.amount);
    assert_eq!(Fen::sum(amounts), Some(stay.amount));
}

fn assert_agrees(stay: &PricedStay, model: &Slow, case: &str) {
    assert_eq!(stay.undetermined, model.undetermined, "{case}");
    let mut sum = Fen::ZERO;
    for entitlement in &stay.entitlements {
        let id = &entitlement.id;
        let paid = model.paid.get(id).cloned().unwrap_or_default();
        if entitlement.by_day {
            assert_eq!(paid_days(stay, id), paid, "{case}: {id}");
        }
        let once = model.once.get(id).copied().unwrap_or_default();
        let amount = Fen::sum(paid.iter().map(|(_, fen)| *fen).chain([once])).unwrap();
        assert_eq!(entitlement.amount, amount, "{case}: {id}");
        sum = sum.checked_add(amount).unwrap();
    }
    assert_eq!(stay.amount, sum, "{case}");
    // What is missing is named where something is, and only there.
    assert_eq!(stay.missing.is_empty(), !stay.undetermined, "{case}");
}

/// The sums agree with the priced stays, in a scratch that others used before.
fn assert_adds_up(
    programme: &crate::programme::Programme,
    person: &PersonFacts,
    priced: &[PricedStay],
    scratch: &mut Scratch,
) {
    let stays: Vec<Stay> = person.stays.iter().map(Stay::from).collect();
    let mut sheet = Sheet::EMPTY;
    person.facts.tell(&mut sheet);
    let view = StayPerson {
        registered: person.registered,
        statuses: &person.statuses,
        stays: &stays,
        sheet: &sheet,
    };
    for year in [2023, 2024] {
        let sums = total(programme, &view, year..=year, scratch).unwrap();
        let shares = || {
            priced
                .iter()
                .flat_map(|stay| &stay.by_year)
                .filter(|it| it.year == year)
        };
        assert_eq!(
            Some(sums.amount),
            Fen::sum(shares().map(|share| share.amount))
        );
        assert_eq!(sums.days, shares().map(|share| share.days).sum::<u32>());
        let open = priced.iter().filter(|stay| stay.undetermined).count();
        assert_eq!(usize::try_from(sums.undetermined_stays).unwrap(), open);
    }
}

/// What random histories came to, so that a test on them is worth something.
#[derive(Default)]
struct Seen {
    granted: u32,
    undetermined: u32,
    cut: u32,
}

/// Compares the engine with the slow model on random histories under random packs.
fn compare(pack: fn(&mut Dice) -> Made, pack_seeds: std::ops::Range<u64>, histories: u64) -> Seen {
    let mut seen = Seen::default();
    let mut scratch = Scratch::default();
    for pack_seed in pack_seeds {
        let (text, pack, programme) = pack(&mut Dice(pack_seed));
        for history in 0..histories {
            let seed = pack_seed << 32 | history;
            let mut person = random_known_person(&mut Dice(!seed));
            let fast = price(&programme, &person).unwrap();
            let slow = slow(&pack, &person);
            assert_eq!(fast.len(), person.stays.len(), "seed {seed}");
            for stay in &fast {
                let case = format!("seed {seed}");
                let agrees = std::panic::catch_unwind(|| {
                    assert_agrees(stay, &slow[&stay.claim], &case);
                    assert_consistent(stay);
                });
                assert!(
                    agrees.is_ok(),
                    "seed {seed}\n{text}\n{person:#?}\n{stay:#?}"
                );
                let cut = |entitlement: &PricedEntitlement| !entitlement.cut_by.is_empty();
                seen.granted += u32::from(stay.amount > Fen::ZERO);
                seen.undetermined += u32::from(stay.undetermined);
                seen.cut += u32::from(stay.entitlements.iter().any(cut));
            }
            assert_adds_up(&programme, &person, &fast, &mut scratch);
            if history % 10 == 0 {
                person.stays.reverse();
                person.statuses.reverse();
                let again = price(&programme, &person).unwrap();
                assert_eq!(again, fast, "seed {seed}: order matters");
            }
        }
    }
    seen
}

/// The histories are worth something: many pay, some lack a fact, some days are paid in part.
fn assert_agrees_on_25_000_histories(pack_seeds: std::ops::Range<u64>) {
    let seen = compare(random_pack, pack_seeds, 50);
    assert!(seen.granted > 4_000, "{} granted", seen.granted);
    assert!(
        seen.undetermined > 1_000,
        "{} undetermined",
        seen.undetermined
    );
    assert!(seen.cut > 200, "{} with a day paid in part", seen.cut);
}

// Four tests, which run beside each other: 100,000 histories in all.

#[test]
fn the_engine_agrees_with_the_slow_model_on_100_000_histories_1() {
    assert_agrees_on_25_000_histories(0..500);
}

#[test]
fn the_engine_agrees_with_the_slow_model_on_100_000_histories_2() {
    assert_agrees_on_25_000_histories(500..1_000);
}

#[test]
fn the_engine_agrees_with_the_slow_model_on_100_000_histories_3() {
    assert_agrees_on_25_000_histories(1_000..1_500);
}

#[test]
fn the_engine_agrees_with_the_slow_model_on_100_000_histories_4() {
    assert_agrees_on_25_000_histories(1_500..2_000);
}

#[test]
fn the_short_way_agrees_with_the_slow_model() {
    let seen = compare(plain_pack, 0..300, 40);
    assert!(seen.granted > 2_000, "{} granted", seen.granted);
}

#[test]
fn stay_days_are_counted_as_named() {
    let count = |counting, from: &str, to: &str| {
        stay_days(counting, Day::parse(from).unwrap(), Day::parse(to).unwrap())
    };
    use DayCounting::{BothEnds, DischargeMinusAdmission};
    assert_eq!(
        count(DischargeMinusAdmission, "2026-03-01", "2026-04-16"),
        46
    );
    assert_eq!(count(BothEnds, "2026-03-01", "2026-04-16"), 47);
    assert_eq!(
        count(DischargeMinusAdmission, "2026-03-01", "2026-03-01"),
        1
    );
    assert_eq!(count(BothEnds, "2026-03-01", "2026-03-01"), 1);
    assert_eq!(
        count(DischargeMinusAdmission, "2026-03-01", "2026-03-02"),
        1
    );
    assert_eq!(
        count(DischargeMinusAdmission, "2024-02-28", "2024-03-01"),
        2
    );
    assert_eq!(
        count(DischargeMinusAdmission, "2023-02-28", "2023-03-01"),
        1
    );
    assert_eq!(count(BothEnds, "2026-03-02", "2026-03-01"), 0);
}

#[test]
fn nursing_days_add_up_or_are_not_reported() {
    let nursing = |special, level_3| NursingDays {
        special,
        level_1: 0,
        level_2: 0,
        level_3,
    };
    assert_eq!(check_nursing(46, &nursing(0, 0), 0), Ok(()));
    assert_eq!(check_nursing(46, &nursing(6, 40), 46), Ok(()));
    let code = |nursing, icu| check_nursing(46, &nursing, icu).unwrap_err().code();
    assert_eq!(code(nursing(6, 39), 0), "nursing_days_sum");
    assert_eq!(code(nursing(6, 41), 0), "nursing_days_sum");
    assert_eq!(code(nursing(u32::MAX, u32::MAX), 0), "nursing_days_sum");
    assert_eq!(code(nursing(0, 0), 47), "icu_days");
}

#[test]
fn impossible_facts_are_errors() {
    let mut dice = Dice(1);
    let (_, _, programme) = random_pack(&mut Dice(0));
    let stay = random_stay(&mut dice, Day::parse("2024-01-01").unwrap(), 1);
    let claim = stay.claim;
    let person = |stays| PersonFacts {
        settled: Vec::new(),
        registered: true,
        statuses: vec![],
        stays,
        facts: KnownFacts::default(),
    };
    let twice = person(vec![stay.clone(), stay.clone()]);
    assert_eq!(
        price(&programme, &twice),
        Err(EngineError::DuplicateClaim(claim))
    );
    let discharged_on = Day::parse("2023-12-31").unwrap();
    let backwards = person(vec![StayFacts {
        discharged_on,
        ..stay.clone()
    }]);
    assert_eq!(
        price(&programme, &backwards),
        Err(EngineError::DischargedBeforeAdmitted(claim))
    );
    let end = Day::new(chrono::NaiveDate::MAX);
    let edge = person(vec![StayFacts {
        admitted_on: end,
        discharged_on: end,
        ..stay
    }]);
    assert_eq!(
        price(&programme, &edge),
        Err(EngineError::OutOfRange(claim))
    );
}

#[test]
fn snapshots_read_back() {
    let person = random_known_person(&mut Dice(7));
    let snapshot = serde_json::to_value(&person).unwrap();
    let diagnosis = |claim| {
        let stay = person.stays.iter().find(|stay| stay.claim == claim);
        stay.and_then(|stay| stay.diagnosis.clone())
    };
    assert_eq!(
        PersonFacts::from_snapshot(&snapshot, diagnosis).unwrap(),
        person
    );
    let nothing = |_| None;
    let mut known = person.stays.iter().filter(|it| it.diagnosis.is_some());
    let missing = SnapshotError::Diagnosis(known.next().unwrap().claim);
    assert_eq!(PersonFacts::from_snapshot(&snapshot, nothing), Err(missing));
    let mut odd = snapshot.clone();
    odd["wealth"] = 1.into();
    assert_eq!(
        PersonFacts::from_snapshot(&odd, diagnosis),
        Err(SnapshotError::Form)
    );
    // As the first engine wrote them: no further facts, no charges.
    let plain = dice::random_person(&mut Dice(7));
    let snapshot = serde_json::to_value(&plain).unwrap();
    assert!(snapshot.get("facts").is_none() && snapshot["stays"][0].get("charges").is_none());
    let diagnosis = |claim| {
        let stay = plain.stays.iter().find(|stay| stay.claim == claim);
        stay.and_then(|stay| stay.diagnosis.clone())
    };
    assert_eq!(
        PersonFacts::from_snapshot(&snapshot, diagnosis).unwrap(),
        plain
    );
}
