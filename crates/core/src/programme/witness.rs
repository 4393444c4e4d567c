//! Values and days that make a test come out as wanted: what a counterfactual is checked with.

use crate::day::Day;
use crate::fact::{Fact, FactScope, FactType, Sheet};

use super::moment::Moment;
use super::rules::{birthday, days_after};
use super::test::{Check, Test, Tri};

/// A test that would have to come out otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flip<'a> {
    /// The test.
    pub(crate) test: &'a Test,
    /// What it would have to come to.
    pub(crate) wanted: bool,
    /// The clause it stands in, by its place among the pack's.
    pub(crate) clause: Option<usize>,
}

impl Flip<'_> {
    /// Whether the test comes out as wanted.
    pub(crate) fn holds(&self, sheet: &Sheet, day: Day) -> bool {
        self.test.ask(sheet, Moment::of(day)) == Tri::from(self.wanted)
    }

    /// Whether it could ever: by the passing of time, by the fact becoming known, or because the
    /// fact is one that can change.
    pub(crate) fn is_possible(&self, sheet: &Sheet, day: Day) -> bool {
        sheet.get(self.test.fact).is_none()
            || can_change(self.test.fact)
            || self.by_time(sheet, day).is_some()
    }

    /// The first day after this one on which it comes out as wanted by the passing of time alone.
    pub(crate) fn by_time(&self, sheet: &Sheet, day: Day) -> Option<Day> {
        let number = sheet.get(self.test.fact)?;
        let turns = match self.test.check {
            Check::Age { low, high } => [birthday(number, low), birthday(number, high), None],
            Check::Since { low, high } => [
                Day::of_number(number),
                days_after(number, low),
                days_after(number, high.saturating_add(1)),
            ],
            Check::Between { .. }
            | Check::Words(_)
            | Check::Spans { .. }
            | Check::AtLeastFact(_)
            | Check::BelowFact(_) => [None; 3],
        };
        let later = turns.into_iter().flatten().filter(|turn| *turn > day);
        later.filter(|turn| self.holds(sheet, *turn)).min()
    }
}

/// Whether a fact can come to be otherwise: not sex, birth or death, and not what was received.
fn can_change(fact: Fact) -> bool {
    let fixed = [
        Fact::Alive,
        Fact::Sex,
        Fact::BornOn,
        Fact::SpouseBornOn,
        Fact::WifeBornOn,
    ];
    !fixed.contains(&fact) && fact.info().scope != FactScope::Record
}

/// A number of the fact with which all these tests of it come out as wanted, if there is one among
/// the numbers at the edges of the tests.
pub(crate) fn number_for(fact: Fact, flips: &[Flip<'_>], sheet: &Sheet, day: Day) -> Option<i64> {
    let of_fact = || flips.iter().filter(|flip| flip.test.fact == fact);
    let mut trial = *sheet;
    let mut candidates = Vec::new();
    for flip in of_fact() {
        edges(flip.test, sheet, day, &mut candidates);
    }
    candidates.retain(|number| is_value(fact, *number));
    candidates.into_iter().find(|number| {
        trial.set(fact, *number);
        of_fact().all(|flip| flip.holds(&trial, day))
    })
}

/// The numbers on both sides of a test's edges.
fn edges(test: &Test, sheet: &Sheet, day: Day, into: &mut Vec<i64>) {
    let around = |number: i64, into: &mut Vec<i64>| {
        into.push(number);
        match test.fact.info().kind {
            FactType::Day => {
                let day = Day::of_number(number);
                into.extend(day.and_then(Day::previous).map(Day::number));
                into.extend(day.and_then(Day::next).map(Day::number));
            }
            FactType::Truth
            | FactType::Word(_)
            | FactType::Money
            | FactType::Count(_)
            | FactType::Between(..)
            | FactType::Share
            | FactType::Division
            | FactType::Diagnosis => {
                into.extend([number.saturating_sub(1), number.saturating_add(1)]);
            }
        }
    };
    match &test.check {
        Check::Between { low, high } => {
            around(*low, into);
            around(*high, into);
        }
        Check::Words(_) => into.extend(0..64),
        Check::Spans { spans, .. } => {
            for (first, last) in spans {
                around(*first, into);
                around(*last, into);
            }
        }
        Check::Age { low, high } => {
            for years in [low, high] {
                let number = day.number().saturating_sub(*years);
                // A day of birth that there was not, 29 February, moves to the day before.
                let real =
                    Day::of_number(number).or_else(|| Day::of_number(number.checked_sub(1)?));
                if let Some(real) = real {
                    around(real.number(), into);
                }
            }
        }
        Check::Since { low, high } => {
            for days in [low, high] {
                let naive = u64::try_from(*days)
                    .ok()
                    .and_then(|days| day.naive().checked_sub_days(chrono::Days::new(days)));
                if let Some(naive) = naive {
                    around(Day::new(naive).number(), into);
                }
            }
        }
        Check::AtLeastFact(other) | Check::BelowFact(other) => {
            if let Some(number) = sheet.get(*other) {
                around(number, into);
            }
        }
    }
}

/// Whether a number is one that the fact can have.
fn is_value(fact: Fact, number: i64) -> bool {
    match fact.info().kind {
        FactType::Truth => (0..=1).contains(&number),
        FactType::Day => Day::of_number(number).is_some(),
        FactType::Word(words) => usize::try_from(number).is_ok_and(|place| place < words.len()),
        FactType::Money | FactType::Count(_) | FactType::Share => {
            (0..=1_000_000_000_000).contains(&number)
        }
        FactType::Between(_, first, last) => (first..=last).contains(&number),
        FactType::Division | FactType::Diagnosis => number >= 0,
    }
}
