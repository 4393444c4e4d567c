//! Values and operands resolved to numbers on one day.

use std::str::FromStr;

use crate::day::Day;
use crate::diagnosis::DiagnosisRange;
use crate::division::DivisionCode;
use crate::fact::{Fact, diagnosis_span, division_span};
use crate::money::Fen;
use crate::pack::{Literal, Operand, Row as PackRow, Test as PackTest};
use crate::quantity::Quantity;

use super::CompileError;
use super::figure::{Figure, Row};
use super::node::Node;
use super::policy::Policy;
use super::test::{Check, Test};

/// Years are compared times this: see [`Check::Age`].
const YEAR: i64 = 10_000;

/// Finds the values of a policy on a day.
pub(crate) struct Resolver<'a> {
    /// The policy.
    pub(crate) policy: &'a Policy,
    /// The day.
    pub(crate) day: Day,
}

impl<'a> Resolver<'a> {
    /// The error that a value is not what its place needs.
    pub(crate) fn faulty(&self, name: &str) -> CompileError {
        CompileError::Value {
            name: name.to_owned(),
            day: self.day,
        }
    }

    /// What a value is on the day, by the nearest place that has an entry in force.
    pub(crate) fn literal(&self, name: &str) -> Result<&'a Literal, CompileError> {
        let entry = self
            .policy
            .winning(name, self.day)
            .ok_or_else(|| self.faulty(name))?;
        Ok(&entry.literal)
    }

    /// A number, a table of numbers, or no limit.
    pub(crate) fn figure(&self, name: &str) -> Result<Figure, CompileError> {
        match self.literal(name)? {
            Literal::Quantity(quantity) => Ok(Figure::Fixed(quantity.number)),
            Literal::Unlimited => Ok(Figure::UNLIMITED),
            Literal::Table(rows) => {
                let rows: Result<Box<[Row]>, CompileError> =
                    rows.iter().map(|row| self.row(row)).collect();
                Ok(Figure::Table(rows?))
            }
            Literal::Day(_)
            | Literal::MonthDay(..)
            | Literal::Words(_)
            | Literal::Diagnoses(_)
            | Literal::Divisions(_)
            | Literal::Tiers(_) => Err(self.faulty(name)),
        }
    }

    fn row(&self, row: &PackRow) -> Result<Row, CompileError> {
        let mut tests = Vec::new();
        for (fact, test) in &row.conditions {
            match self.test(*fact, test)? {
                Node::Test(test) => tests.push(test),
                Node::Always => {}
                Node::All(_) | Node::Any(_) | Node::Not(_) | Node::Clause(..) => {
                    return Err(CompileError::Test(*fact));
                }
            }
        }
        Ok(Row {
            tests: tests.into_boxed_slice(),
            value: row.value.number,
        })
    }

    /// A limit, the largest number where none is named.
    pub(crate) fn limit(&self, name: Option<&str>) -> Result<Figure, CompileError> {
        name.map_or(Ok(Figure::UNLIMITED), |name| self.figure(name))
    }

    /// What is free or borne first: nothing where none is named, or `"none"`.
    pub(crate) fn free(&self, name: Option<&str>) -> Result<Figure, CompileError> {
        let figure = name.map_or(Ok(Figure::Fixed(0)), |name| self.figure(name))?;
        Ok(if figure.is_unlimited() {
            Figure::Fixed(0)
        } else {
            figure
        })
    }

    fn quantity(&self, name: &str) -> Result<Quantity, CompileError> {
        match self.literal(name)? {
            Literal::Quantity(quantity) => Ok(*quantity),
            Literal::Unlimited
            | Literal::Day(_)
            | Literal::MonthDay(..)
            | Literal::Words(_)
            | Literal::Diagnoses(_)
            | Literal::Divisions(_)
            | Literal::Table(_)
            | Literal::Tiers(_) => Err(self.faulty(name)),
        }
    }

    /// A small whole number, 0 for `"none"`.
    pub(crate) fn count(&self, name: &str) -> Result<u32, CompileError> {
        if matches!(self.literal(name)?, Literal::Unlimited) {
            return Ok(0);
        }
        let number = self.quantity(name)?.number;
        u32::try_from(number).or(Err(self.faulty(name)))
    }

    /// An amount of money.
    pub(crate) fn money(&self, name: &str) -> Result<Fen, CompileError> {
        let money = self.quantity(name)?.money();
        money.ok_or_else(|| self.faulty(name))
    }

    /// Whether a value is in money; a table is by its first row, no limit is not.
    pub(crate) fn is_money(&self, name: &str) -> Result<bool, CompileError> {
        Ok(match self.literal(name)? {
            Literal::Quantity(quantity) => quantity.unit.is_money(),
            Literal::Table(rows) => rows.first().is_some_and(|row| row.value.unit.is_money()),
            Literal::Unlimited
            | Literal::Day(_)
            | Literal::MonthDay(..)
            | Literal::Words(_)
            | Literal::Diagnoses(_)
            | Literal::Divisions(_)
            | Literal::Tiers(_) => false,
        })
    }

    /// The only word of a value.
    pub(crate) fn only_word(&self, name: &str) -> Result<&'a str, CompileError> {
        match self.literal(name)? {
            Literal::Words(words) if words.len() == 1 => words
                .first()
                .map(String::as_str)
                .ok_or_else(|| self.faulty(name)),
            Literal::Quantity(_)
            | Literal::Unlimited
            | Literal::Day(_)
            | Literal::MonthDay(..)
            | Literal::Words(_)
            | Literal::Diagnoses(_)
            | Literal::Divisions(_)
            | Literal::Table(_)
            | Literal::Tiers(_) => Err(self.faulty(name)),
        }
    }

    /// The only word of a value, as a word of a vocabulary.
    pub(crate) fn word<W: FromStr>(&self, name: &str) -> Result<W, CompileError> {
        let word = self.only_word(name)?;
        word.parse().or(Err(self.faulty(name)))
    }

    /// What an operand is on the day.
    fn operand<'b>(&'b self, operand: &'b Operand) -> Result<&'b Literal, CompileError> {
        match operand {
            Operand::Value(name) => self.literal(name),
            Operand::Literal(literal) => Ok(literal),
        }
    }

    /// A test with its operands resolved; it holds always where its limit is not set.
    pub(crate) fn test(&self, fact: Fact, test: &PackTest) -> Result<Node, CompileError> {
        let wrong = || CompileError::Test(fact);
        let number = |operand| self.number(fact, operand);
        let needed = |operand| number(operand)?.ok_or_else(wrong);
        let years = |operand| -> Result<i64, CompileError> {
            needed(operand)?.checked_mul(YEAR).ok_or_else(wrong)
        };
        let most = i64::MAX;
        let check = match test {
            PackTest::Is(it) => between(i64::from(*it), i64::from(*it)),
            PackTest::In(operand) => self.in_list(fact, operand)?,
            PackTest::AtLeast(operand) | PackTest::OnOrAfter(operand) => {
                between(needed(operand)?, most)
            }
            PackTest::Above(operand) => between(needed(operand)?.saturating_add(1), most),
            PackTest::AtMost(operand) => match number(operand)? {
                Some(number) => between(i64::MIN, number),
                None => return Ok(Node::Always),
            },
            PackTest::Below(operand) | PackTest::Before(operand) => match number(operand)? {
                Some(number) => between(i64::MIN, number.saturating_sub(1)),
                None => return Ok(Node::Always),
            },
            PackTest::Between(low, high) => {
                between(needed(low)?, number(high)?.unwrap_or(i64::MAX))
            }
            PackTest::AgeAtLeast(operand) => age(years(operand)?, most),
            PackTest::AgeBelow(operand) => age(0, years(operand)?),
            PackTest::AgeBetween(low, high) => age(years(low)?, years(high)?),
            PackTest::DaysSinceAtLeast(operand) => Check::Since {
                low: needed(operand)?,
                high: most,
            },
            PackTest::DaysSinceAtMost(operand) => match number(operand)? {
                Some(high) => Check::Since { low: 0, high },
                None => return Ok(Node::Always),
            },
            PackTest::AtLeastFact(other) => Check::AtLeastFact(*other),
            PackTest::BelowFact(other) => Check::BelowFact(*other),
        };
        Ok(Node::Test(Test { fact, check }))
    }

    /// The number of an operand, `None` for no limit.
    fn number(&self, fact: Fact, operand: &Operand) -> Result<Option<i64>, CompileError> {
        match self.operand(operand)? {
            Literal::Quantity(quantity) => Ok(Some(quantity.number)),
            Literal::Unlimited => Ok(None),
            Literal::Day(day) => Ok(Some(day.number())),
            Literal::MonthDay(..)
            | Literal::Words(_)
            | Literal::Diagnoses(_)
            | Literal::Divisions(_)
            | Literal::Table(_)
            | Literal::Tiers(_) => Err(CompileError::Test(fact)),
        }
    }

    /// The words, divisions or diagnoses that a fact must be among.
    fn in_list(&self, fact: Fact, operand: &Operand) -> Result<Check, CompileError> {
        match self.operand(operand)? {
            Literal::Words(words) => {
                let mask = words.iter().try_fold(0_u64, |mask, word| {
                    let place = u32::try_from(fact.word_number(word)?).ok()?;
                    Some(mask | 1_u64.checked_shl(place)?)
                });
                mask.map(Check::Words).ok_or(CompileError::Test(fact))
            }
            Literal::Divisions(codes) => Ok(spans(
                codes.iter().map(division_span),
                codes.iter().map(DivisionCode::to_string),
            )),
            Literal::Diagnoses(ranges) => Ok(spans(
                ranges.iter().map(range_span),
                ranges.iter().map(DiagnosisRange::to_string),
            )),
            Literal::Quantity(_)
            | Literal::Unlimited
            | Literal::Day(_)
            | Literal::MonthDay(..)
            | Literal::Table(_)
            | Literal::Tiers(_) => Err(CompileError::Test(fact)),
        }
    }
}

const fn between(low: i64, high: i64) -> Check {
    Check::Between { low, high }
}

const fn age(low: i64, high: i64) -> Check {
    Check::Age { low, high }
}

fn range_span(range: &DiagnosisRange) -> (i64, i64) {
    match range {
        DiagnosisRange::Categories { first, last } => diagnosis_span(first, last),
        DiagnosisRange::Prefix(prefix) => diagnosis_span(prefix, prefix),
    }
}

/// Spans ascending, those that overlap or touch made one, so that a number lies in at most one.
fn spans(all: impl Iterator<Item = (i64, i64)>, shown: impl Iterator<Item = String>) -> Check {
    let mut all: Vec<(i64, i64)> = all.collect();
    all.sort_unstable();
    let mut apart: Vec<(i64, i64)> = Vec::new();
    for (first, last) in all {
        match apart.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            Some(_) | None => apart.push((first, last)),
        }
    }
    Check::Spans {
        spans: apart.into_boxed_slice(),
        shown: shown.collect(),
    }
}
