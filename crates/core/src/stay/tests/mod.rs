//! The engine against a slow model, and the small rules beside it.

mod model;
mod random;

use super::*;
use crate::pack::tests as packs;

use model::{slow, walk};
use random::{Dice, random_pack, random_person, random_stay};

/// The days a priced stay pays, from its segments.
fn paid_days(stay: &PricedStay) -> Vec<(Day, Fen)> {
    let paid = stay
        .segments
        .iter()
        .filter(|segment| segment.unpaid.is_none());
    paid.flat_map(|segment| walk(segment.from, segment.to).map(|day| (day, segment.daily)))
        .collect()
}

fn assert_consistent(stay: &PricedStay) {
    let mut next = stay.first;
    for segment in &stay.segments {
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
    }
    assert_eq!(next, stay.last.next().unwrap());
    let days: u32 = stay.by_year.iter().map(|share| share.days).sum();
    assert_eq!(days, stay.payable_days);
    assert_eq!(
        Fen::sum(stay.by_year.iter().map(|share| share.amount)),
        Some(stay.amount)
    );
}

#[test]
fn the_engine_agrees_with_the_slow_model_on_100_000_histories() {
    const PACKS: u64 = 500;
    const HISTORIES: u64 = 200;
    let (mut granted, mut undetermined) = (0, 0);
    for pack_seed in 0..PACKS {
        let pack = random_pack(&mut Dice(pack_seed));
        for history in 0..HISTORIES {
            let seed = pack_seed << 32 | history;
            let mut person = random_person(&mut Dice(!seed));
            let fast = price(&pack, &person).unwrap();
            let slow = slow(&pack, &person);
            assert_eq!(fast.len(), person.stays.len(), "seed {seed}");
            for stay in &fast {
                let model = &slow[&stay.claim];
                assert_eq!(paid_days(stay), model.paid, "seed {seed}: {stay:?}");
                assert_eq!(
                    stay.undetermined, model.undetermined,
                    "seed {seed}: {stay:?}"
                );
                let amount = Fen::sum(model.paid.iter().map(|(_, fen)| *fen));
                assert_eq!(Some(stay.amount), amount, "seed {seed}");
                assert_consistent(stay);
                granted += i32::from(stay.amount > Fen::ZERO);
                undetermined += i32::from(stay.undetermined);
            }
            if history % 10 == 0 {
                person.stays.reverse();
                person.statuses.reverse();
                assert_eq!(
                    price(&pack, &person).unwrap(),
                    fast,
                    "seed {seed}: order matters"
                );
            }
        }
    }
    // The histories are worth something: many pay, some lack a fact.
    assert!(
        granted > 10_000 && undetermined > 1_000,
        "{granted} {undetermined}"
    );
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
    let pack = packs::pack(&[]);
    let stay = random_stay(&mut dice, Day::parse("2024-01-01").unwrap(), 1);
    let claim = stay.claim;
    let person = |stays| PersonFacts {
        registered: true,
        statuses: vec![],
        stays,
    };
    let twice = person(vec![stay.clone(), stay.clone()]);
    assert_eq!(
        price(&pack, &twice),
        Err(EngineError::DuplicateClaim(claim))
    );
    let discharged_on = Day::parse("2023-12-31").unwrap();
    let backwards = person(vec![StayFacts {
        discharged_on,
        ..stay.clone()
    }]);
    assert_eq!(
        price(&pack, &backwards),
        Err(EngineError::DischargedBeforeAdmitted(claim))
    );
    let end = Day::new(chrono::NaiveDate::MAX);
    let edge = person(vec![StayFacts {
        admitted_on: end,
        discharged_on: end,
        ..stay
    }]);
    assert_eq!(price(&pack, &edge), Err(EngineError::OutOfRange(claim)));
}
