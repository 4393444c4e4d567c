//! Random holders: loans of every kind with histories that can have happened.

use super::book::Book;
use super::world::{day, event_id, holder, loan};
use crate::day::Day;
use crate::loan::{
    Borrower, ContractTerms, DayCount, Draw, EventKind, HolderFacts, Loan, LoanEvent, LoanPurpose,
    Paid, PrimeRate, PrimeRates, Rate, RateTerms, Repayment, Tenor, check, schedule,
};
use crate::money::{Fen, Rounding};
use crate::schedule::{Citation, SourceClass};

/// Chance from a seed (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    pub(super) fn one_in(&mut self, odds: u64) -> bool {
        self.below(odds) == 0
    }

    pub(super) fn of<T: Copy>(&mut self, things: &[T]) -> T {
        let place = self.below(things.len().try_into().unwrap());
        things[usize::try_from(place).unwrap()]
    }

    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = u64::try_from(last - first + 1).unwrap();
        first + i64::try_from(self.below(span)).unwrap()
    }

    fn later(&mut self, from: Day, most: u64) -> Day {
        let days = u32::try_from(self.below(most + 1)).unwrap();
        from.plus_days(days).unwrap()
    }
}

pub(super) fn random_book(dice: &mut Dice) -> Book {
    let counts: Vec<&'static str> = DayCount::ALL.iter().map(|it| it.as_str()).collect();
    Book {
        in_force: day(dice.of(&["2018-01-01", "2018-07-01", "2019-02-15"])),
        window: dice.of(&[(7, 1), (1, 1), (3, 1), (11, 30)]),
        cap: i128::from(dice.of(&[5_000_000, 3_333_333, 20_000_000])),
        cap_per_household: dice.one_in(2).then_some(1_000_000),
        rate_cap: i128::from(dice.of(&[50_000, 43_500, 30_000])),
        count: dice.of(&counts),
        times: dice.of(&[1, 2, 3]),
        term: dice.of(&[365, 731, 1_096]),
        grace: dice.of(&[0, 0, 1, 10]),
        paid: dice.of(Paid::ALL),
    }
}

fn random_terms(dice: &mut Dice) -> ContractTerms {
    let starts_on = dice.later(day("2018-01-01"), 900);
    // Month ends are where the counts differ.
    let starts_on = if dice.one_in(4) {
        dice.of(&[
            day("2019-01-31"),
            day("2020-02-29"),
            day("2018-08-31"),
            day("2019-12-30"),
        ])
    } else {
        starts_on
    };
    let months = u32::try_from(dice.between(1, 30)).unwrap();
    let mut ends_on = starts_on.plus_months(months).unwrap();
    if dice.one_in(3) {
        ends_on = dice.later(ends_on, 40);
    }
    let repayment = dice.of(Repayment::ALL);
    let every_months = dice.of(&[1, 3, 6, 12]);
    let first_due_on = (dice.one_in(3) && repayment != Repayment::Bullet)
        .then(|| dice.later(starts_on.next().unwrap(), 60))
        .filter(|first| *first <= ends_on);
    let rate = if dice.one_in(4) {
        RateTerms::Prime {
            tenor: dice.of(Tenor::ALL),
            basis_points: dice.between(-50, 200),
            reset_months: dice.of(&[None, Some(1), Some(3), Some(12)]),
        }
    } else {
        RateTerms::Fixed {
            rate: Rate::new(dice.of(&[43_500, 50_000, 65_250, 0, 12_345])).unwrap(),
        }
    };
    ContractTerms {
        principal: Fen::new(dice.of(&[1_000_000, 5_000_000, 3_000_001, 7_654_321])),
        draw: if repayment.by_instalments() || dice.one_in(2) {
            Draw::AtStart
        } else {
            Draw::ByEvents
        },
        rate,
        day_count: dice.of(DayCount::ALL),
        starts_on,
        ends_on,
        repayment,
        every_months,
        first_due_on,
        rounding: dice.of(Rounding::ALL),
    }
}

/// Published rates of which a part is not known.
pub(super) fn rates() -> PrimeRates {
    let entry = |tenor, from: &str, until: Option<&str>, ppm| PrimeRate {
        tenor,
        valid_from: day(from),
        known_until: until.map(day),
        rate: Rate::new(ppm).unwrap(),
        citation: Citation {
            instrument: "a test".to_owned(),
            article: None,
            address: None,
            class: SourceClass::General,
        },
    };
    PrimeRates::new(vec![
        entry(Tenor::OneYear, "2017-06-01", None, 42_000),
        entry(Tenor::OneYear, "2019-08-20", None, 42_500),
        entry(Tenor::OneYear, "2020-02-20", None, 40_500),
        entry(Tenor::OverFiveYears, "2018-03-20", None, 48_500),
        entry(
            Tenor::OverFiveYears,
            "2019-11-20",
            Some("2020-04-20"),
            48_000,
        ),
    ])
    .unwrap()
}

pub(super) fn random_loan(dice: &mut Dice, number: u128) -> Loan {
    let mut it = loan(number, random_terms(dice));
    if dice.one_in(5) {
        it.contract_no = "C0".to_owned();
    }
    if dice.one_in(3) {
        it.borrower = Borrower::Cooperative;
        it.households_led = dice.of(&[None, Some(2), Some(5), Some(7)]);
    }
    it.family_kept_policy = dice.of(&[
        Some(true),
        Some(true),
        Some(true),
        Some(true),
        Some(false),
        None,
    ]);
    if dice.one_in(10) {
        it.purpose = dice.of(LoanPurpose::ALL);
    }
    let most = dice.of(&[0, 3, 13]);
    let count = dice.below(most + 1);
    for _ in 0..count {
        let number = number * 1_000 + u128::try_from(it.events.len()).unwrap() + 1;
        let event = random_event(dice, &it, number);
        it.events.push(event);
        if check(&it).is_err() {
            it.events.pop();
        }
    }
    if !dice.one_in(4) {
        pay_as_planned(dice, &mut it);
    }
    // The order of arrival is any.
    for place in (1..it.events.len()).rev() {
        let other = usize::try_from(dice.below(u64::try_from(place).unwrap() + 1)).unwrap();
        it.events.swap(place, other);
    }
    it
}

/// Pays what falls due, mostly on its day.
fn pay_as_planned(dice: &mut Dice, it: &mut Loan) {
    let Ok(plan) = schedule(it, &rates()) else {
        return;
    };
    for instalment in plan.instalments {
        let late = if dice.one_in(9) { dice.below(15) } else { 0 };
        let on = dice.later(instalment.due_on, late);
        let number = it.id.get().as_u128() * 1_000 + 500 + u128::from(instalment.number);
        let what = EventKind::Repaid {
            due_on: Some(instalment.due_on),
            principal: instalment.principal,
            interest: instalment.interest,
            penalty: Fen::ZERO,
        };
        if let Ok(event) = LoanEvent::new(event_id(number), on, what) {
            it.events.push(event);
            if check(it).is_err() {
                it.events.pop();
            }
        }
    }
}

fn random_event(dice: &mut Dice, it: &Loan, number: u128) -> LoanEvent {
    let terms = it.contract.terms();
    let on = dice.later(terms.starts_on, 900);
    let amount = |dice: &mut Dice, most: i64| Fen::new(dice.between(1, most));
    let what = match dice.below(13) {
        0 | 1 if terms.draw == Draw::ByEvents => EventKind::Drawn {
            amount: amount(dice, terms.principal.get()),
        },
        0 | 1 => EventKind::Repaid {
            due_on: None,
            principal: amount(dice, 2_000_000),
            interest: amount(dice, 40_000),
            penalty: amount(dice, 1_000),
        },
        2..=4 => EventKind::Repaid {
            due_on: None,
            principal: Fen::ZERO,
            interest: amount(dice, 150_000),
            penalty: Fen::ZERO,
        },
        5 => EventKind::Prepaid {
            principal: amount(dice, 2_000_000),
            interest: amount(dice, 10_000),
        },
        6 => EventKind::RateChanged {
            rate: Rate::new(dice.between(20_000, 70_000)).unwrap(),
        },
        7 => EventKind::Extended {
            ends_on: dice.later(terms.ends_on, 300),
        },
        8 | 9 => {
            let dues = schedule(it, &rates()).map(|plan| plan.instalments);
            let dues = dues.unwrap_or_default();
            let place = dice.below(u64::try_from(dues.len()).unwrap().max(1));
            let due = dues.get(usize::try_from(place).unwrap());
            let ours = due.map_or(100, |due| due.interest.get());
            EventKind::InterestDue {
                due_on: due.map_or(terms.ends_on, |due| due.due_on),
                amount: Fen::new((ours + dice.between(-300, 100)).max(0)),
            }
        }
        10 => EventKind::WrittenOff {
            principal: amount(dice, 500_000),
        },
        11 if dice.one_in(2) => EventKind::Defaulted {},
        11 => EventKind::PurposeFailed {},
        _ => {
            let known = it.events.iter().map(LoanEvent::id).collect::<Vec<_>>();
            let event = if known.is_empty() {
                event_id(1)
            } else {
                dice.of(&known)
            };
            EventKind::Reversed { event }
        }
    };
    LoanEvent::new(event_id(number), on, what).unwrap()
}

pub(super) fn random_holder(dice: &mut Dice) -> HolderFacts {
    let count = u128::from(1 + dice.below(3));
    let mut it = holder(
        (1..=count)
            .map(|number| random_loan(dice, number))
            .collect(),
    );
    it.prime_rates = rates();
    it
}
