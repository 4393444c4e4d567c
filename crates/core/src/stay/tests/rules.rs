//! A plain reading of a pack's conditions, tables and amounts, for the slow model.

use std::collections::BTreeMap;

use crate::day::Day;
use crate::fact::{Fact, FactType, diagnosis_span};
use crate::pack::{Condition, Form, Literal, Operand, Pack, Test};

pub(super) type Facts = BTreeMap<Fact, i64>;

/// A pack read on a day for what is known on it; values are those of a day that may be another.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) pack: &'a Pack,
    pub(super) facts: &'a Facts,
    pub(super) on: Day,
    pub(super) values_of: Day,
}

impl<'a> Reading<'a> {
    /// The entry of a value in force on a day, or before all of them the first.
    pub(super) fn literal(pack: &'a Pack, name: &str, day: Day) -> &'a Literal {
        let entries = &pack.values[name].0;
        let mut found = &entries[0];
        for entry in entries {
            if entry.from <= day {
                found = entry;
            }
        }
        &found.literal
    }

    fn operand(&self, operand: &'a Operand) -> &'a Literal {
        match operand {
            Operand::Value(name) => Self::literal(self.pack, name, self.values_of),
            Operand::Literal(literal) => literal,
        }
    }

    /// The number of an operand; `None` if it is no limit.
    fn bound(&self, operand: &'a Operand) -> Option<i64> {
        match self.operand(operand) {
            Literal::Quantity(quantity) => Some(quantity.number),
            Literal::Day(day) => Some(day.number()),
            Literal::Unlimited => None,
            other => panic!("{other:?}"),
        }
    }

    /// Whether a condition holds; `None` if that is not known.
    pub(super) fn holds(&self, condition: &'a Condition) -> Option<bool> {
        match condition {
            Condition::All(parts) => {
                let answers: Vec<_> = parts.iter().map(|part| self.holds(part)).collect();
                if answers.contains(&Some(false)) {
                    Some(false)
                } else {
                    (!answers.contains(&None)).then_some(true)
                }
            }
            Condition::Any(parts) => {
                let answers: Vec<_> = parts.iter().map(|part| self.holds(part)).collect();
                if answers.contains(&Some(true)) {
                    Some(true)
                } else {
                    (!answers.contains(&None)).then_some(false)
                }
            }
            Condition::Not(part) => self.holds(part).map(|it| !it),
            Condition::Clause(id) => self.holds(&self.pack.clause(id).unwrap().condition),
            Condition::Fact(fact, test) => self.passes(*fact, test),
        }
    }

    fn passes(&self, fact: Fact, test: &'a Test) -> Option<bool> {
        let number = *self.facts.get(&fact)?;
        let day = || Day::of_number(number).unwrap();
        let years = |operand| u32::try_from(self.bound(operand).unwrap()).unwrap();
        Some(match test {
            Test::Is(truth) => (number != 0) == *truth,
            Test::In(operand) => self.is_among(fact, number, operand),
            Test::AtLeast(low) => number >= self.bound(low).unwrap(),
            Test::AtMost(high) => self.bound(high).is_none_or(|high| number <= high),
            Test::Above(low) => number > self.bound(low).unwrap(),
            Test::Below(high) => self.bound(high).is_none_or(|high| number < high),
            Test::Between(low, high) => {
                number >= self.bound(low).unwrap() && number <= self.bound(high).unwrap()
            }
            Test::OnOrAfter(from) => number >= self.bound(from).unwrap(),
            Test::Before(until) => number < self.bound(until).unwrap(),
            Test::AgeAtLeast(age) => day().age_on(self.on) >= years(age),
            Test::AgeBelow(age) => day().age_on(self.on) < years(age),
            Test::AgeBetween(low, high) => {
                let age = day().age_on(self.on);
                age >= years(low) && age < years(high)
            }
            Test::DaysSinceAtLeast(days) => day().days_until(self.on) >= self.bound(days).unwrap(),
            Test::DaysSinceAtMost(days) => {
                let since = day().days_until(self.on);
                since >= 0 && self.bound(days).is_none_or(|days| since <= days)
            }
            Test::AtLeastFact(other) => number >= *self.facts.get(other)?,
            Test::BelowFact(other) => number < *self.facts.get(other)?,
        })
    }

    fn is_among(&self, fact: Fact, number: i64, operand: &'a Operand) -> bool {
        match self.operand(operand) {
            Literal::Words(words) => {
                let FactType::Word(known) = fact.info().kind else {
                    panic!("{fact}");
                };
                let place = usize::try_from(number).unwrap();
                words.iter().any(|word| word == known[place].0)
            }
            Literal::Diagnoses(ranges) => ranges.iter().any(|range| {
                let text = range.to_string();
                let (first, last) = text.split_once('-').unwrap_or((&text, &text));
                let (low, high) = diagnosis_span(first, last);
                low <= number && number <= high
            }),
            other => panic!("{other:?}"),
        }
    }

    /// The number of a value, by its table if it is one.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        match Self::literal(self.pack, name, self.values_of) {
            Literal::Quantity(quantity) => Some(quantity.number),
            Literal::Table(rows) => {
                let mut rest = None;
                let mut open = false;
                for row in rows {
                    let passes: Vec<_> = row
                        .conditions
                        .iter()
                        .map(|(fact, test)| self.passes(*fact, test))
                        .collect();
                    if passes.is_empty() {
                        rest = Some(row.value.number);
                    } else if passes.iter().all(|it| *it == Some(true)) {
                        return Some(row.value.number);
                    } else if !passes.contains(&Some(false)) {
                        open = true;
                    }
                }
                if open { None } else { rest }
            }
            other => panic!("{other:?}"),
        }
    }

    /// What an entitlement that is given once comes to.
    pub(super) fn once(&self, form: &Form) -> Option<i64> {
        match form {
            Form::Flat { amount } => self.number(amount),
            Form::ShareOfCost {
                cost,
                deductible,
                share,
                ceiling,
            } => {
                let cost = i128::from(*self.facts.get(cost)?);
                let borne = deductible
                    .as_ref()
                    .map_or(Some(0), |name| self.number(name))?;
                let above = (cost - i128::from(borne)).max(0);
                let exact = above * i128::from(self.number(share)?);
                let rounded = (exact + 500_000).div_euclid(1_000_000);
                let amount = i64::try_from(rounded).unwrap();
                Some(match ceiling {
                    Some(name) => amount.min(self.number(name)?),
                    None => amount,
                })
            }
            other => panic!("{other:?}"),
        }
    }
}
