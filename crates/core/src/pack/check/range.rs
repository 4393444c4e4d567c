//! Sets of the numbers that facts may have, and those that pass a test.

use crate::diagnosis::DiagnosisRange;
use crate::fact::{Fact, FactType, diagnosis_span, division_span};
use crate::quantity::{Quantity, Unit};

use super::super::read::unit_of;
use super::super::{Literal, Operand, Test};

/// What of a fact a test looks at: its number, the full years since it, or the days since it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Number,
    Years,
    Days,
}

/// What a test turns on.
pub(super) type Key = (Fact, Side);

/// Whole numbers as closed runs, ascending and apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranges(pub(super) Vec<(i64, i64)>);

/// More than any number, year or count of days that a fact may have.
const MOST: i64 = 10_000_000_000_000_000;

impl Ranges {
    /// All that the side of a fact may be.
    pub(super) fn all((fact, side): Key) -> Self {
        let number = match fact.info().kind {
            FactType::Truth => (0, 1),
            FactType::Word(words) => {
                let count = i64::try_from(words.len()).unwrap_or(i64::MAX);
                (0, count.saturating_sub(1))
            }
            FactType::Between(_, first, last) => (first, last),
            FactType::Day
            | FactType::Money
            | FactType::Count(_)
            | FactType::Share
            | FactType::Division
            | FactType::Diagnosis => (0, MOST),
        };
        match side {
            Side::Number => Self(vec![number]),
            Side::Years => Self(vec![(0, MOST)]),
            // A day to come lies a negative count of days back.
            Side::Days => Self(vec![(MOST.saturating_neg(), MOST)]),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The numbers in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        for (low, high) in &self.0 {
            for (from, to) in &other.0 {
                let (low, high) = (*low.max(from), *high.min(to));
                if low <= high {
                    both.push((low, high));
                }
            }
        }
        both.sort_unstable();
        Self(both)
    }

    /// The numbers of `all` that are not in it.
    pub(super) fn not(&self, all: &Self) -> Self {
        let mut rest = Vec::new();
        let mut from = i64::MIN;
        for (low, high) in &self.0 {
            if from < *low {
                rest.push((from, low.saturating_sub(1)));
            }
            from = high.saturating_add(1);
        }
        rest.push((from, i64::MAX));
        Self(rest).and(all)
    }

    /// Any runs, brought in order, those that meet joined.
    fn of(mut runs: Vec<(i64, i64)>) -> Self {
        runs.retain(|(low, high)| low <= high);
        runs.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::new();
        for (low, high) in runs {
            match joined.last_mut() {
                Some((_, end)) if low <= end.saturating_add(1) => *end = high.max(*end),
                Some(_) | None => joined.push((low, high)),
            }
        }
        Self(joined)
    }

    /// What passes a test, if that does not turn on another fact; operands are resolved by name.
    pub(super) fn passing<'l>(
        fact: Fact,
        test: &'l Test,
        resolve: &impl Fn(&'l Operand) -> Option<&'l Literal>,
    ) -> Option<(Key, Self)> {
        let (side, runs) = match test {
            Test::Is(truth) => (Side::Number, vec![(i64::from(*truth), i64::from(*truth))]),
            Test::In(operand) => (Side::Number, members(fact, resolve(operand)?)?),
            Test::AtLeast(operand) => (Side::Number, vec![(number(resolve(operand)?)?, MOST)]),
            Test::AtMost(operand) => (Side::Number, vec![(0, number(resolve(operand)?)?)]),
            Test::Above(operand) => {
                let above = number(resolve(operand)?)?.saturating_add(1);
                (Side::Number, vec![(above, MOST)])
            }
            Test::Below(operand) => {
                let below = number(resolve(operand)?)?.saturating_sub(1);
                (Side::Number, vec![(0, below)])
            }
            Test::Between(low, high) => {
                let run = (number(resolve(low)?)?, number(resolve(high)?)?);
                (Side::Number, vec![run])
            }
            Test::OnOrAfter(operand) => (Side::Number, vec![(number(resolve(operand)?)?, MOST)]),
            Test::Before(operand) => {
                let before = number(resolve(operand)?)?.saturating_sub(1);
                (Side::Number, vec![(0, before)])
            }
            Test::AgeAtLeast(operand) => (Side::Years, vec![(number(resolve(operand)?)?, MOST)]),
            Test::AgeBelow(operand) => {
                let below = number(resolve(operand)?)?.saturating_sub(1);
                (Side::Years, vec![(0, below)])
            }
            Test::AgeBetween(low, high) => {
                let high = number(resolve(high)?)?.saturating_sub(1);
                (Side::Years, vec![(number(resolve(low)?)?, high)])
            }
            Test::DaysSinceAtLeast(operand) => {
                (Side::Days, vec![(number(resolve(operand)?)?, MOST)])
            }
            Test::DaysSinceAtMost(operand) => {
                let literal = resolve(operand)?;
                // Without a limit also a day to come passes.
                let endless = *literal == Literal::Unlimited;
                let first = if endless { MOST.saturating_neg() } else { 0 };
                (Side::Days, vec![(first, number(literal)?)])
            }
            Test::AtLeastFact(_) | Test::BelowFact(_) => return None,
        };
        let key = (fact, side);
        Some((key, Self::of(runs).and(&Self::all(key))))
    }
}

/// The number a literal compares as; of no limit, more than any.
fn number(literal: &Literal) -> Option<i64> {
    match literal {
        Literal::Quantity(quantity) => Some(quantity.number),
        Literal::Unlimited => Some(MOST.saturating_add(1)),
        Literal::Day(day) => Some(day.number()),
        Literal::MonthDay(..)
        | Literal::Words(_)
        | Literal::Diagnoses(_)
        | Literal::Divisions(_)
        | Literal::Table(_)
        | Literal::Tiers(_) => None,
    }
}

/// The numbers of the members of a list.
fn members(fact: Fact, literal: &Literal) -> Option<Vec<(i64, i64)>> {
    match literal {
        Literal::Words(words) => words
            .iter()
            .map(|word| fact.word_number(word).map(|number| (number, number)))
            .collect(),
        Literal::Divisions(codes) => Some(codes.iter().map(division_span).collect()),
        Literal::Diagnoses(ranges) => {
            let span = |range: &DiagnosisRange| match range {
                DiagnosisRange::Categories { first, last } => diagnosis_span(first, last),
                DiagnosisRange::Prefix(prefix) => diagnosis_span(prefix, prefix),
            };
            Some(ranges.iter().map(span).collect())
        }
        Literal::Quantity(_)
        | Literal::Unlimited
        | Literal::Day(_)
        | Literal::MonthDay(..)
        | Literal::Table(_)
        | Literal::Tiers(_) => None,
    }
}

/// A run of numbers of a fact in words, such as `hukou = rural` or `born_on from 60 years`.
pub(super) fn shown((fact, side): Key, (low, high): (i64, i64)) -> String {
    let info = fact.info();
    let unit = match side {
        Side::Number => unit_of(fact),
        Side::Years => Some(Unit::Year),
        Side::Days => Some(Unit::Day),
    };
    let Some(unit) = unit else {
        let word = crate::fact::FactValue::show(fact, low);
        return match info.kind {
            FactType::Truth => format!("{fact} = {word}"),
            FactType::Word(_) => format!("{fact} = {}", word.as_str().unwrap_or_default()),
            FactType::Day
            | FactType::Money
            | FactType::Count(_)
            | FactType::Between(..)
            | FactType::Share
            | FactType::Division
            | FactType::Diagnosis => format!("other values of {fact}"),
        };
    };
    let quantity = |number: i64| Quantity { number, unit };
    match (low, high) {
        (low, high) if low == high => format!("{fact} of {}", quantity(low)),
        (low, MOST..) => format!("{fact} from {}", quantity(low)),
        (low, high) => format!("{fact} from {} to {}", quantity(low), quantity(high)),
    }
}
