//! Values of a pack: named, dated, each of one kind.

use crate::day::Day;
use crate::diagnosis::DiagnosisRange;
use crate::division::DivisionCode;
use crate::fact::Fact;
use crate::quantity::Quantity;
use crate::schedule::Provenance;

use super::condition::Test;

/// A value of many dates: entries ascending and not overlapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedValue(pub Vec<DatedValue>);

impl NamedValue {
    /// The entry in force on a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Option<&DatedValue> {
        let mut begun = self.0.iter().rev().filter(|entry| entry.from <= day);
        begun
            .next()
            .filter(|entry| entry.until.is_none_or(|until| day < until))
    }
}

/// A value from a day on, until the next entry or its own end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedValue {
    /// The first day in force.
    pub from: Day,
    /// The first day no longer in force, if that is said.
    pub until: Option<Day>,
    /// The value.
    pub literal: Literal,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `"100 yuan/day"`
    Quantity(Quantity),
    /// `"none"`: no limit.
    Unlimited,
    /// `"2008-01-01"`
    Day(Day),
    /// `"07-01"`: a day of every year, month and day.
    MonthDay(u32, u32),
    /// `["female", "male"]`, or a bare word that is no quantity, day or name.
    Words(Vec<String>),
    /// `["C00-C97", "N18"]`
    Diagnoses(Vec<DiagnosisRange>),
    /// `["4301", "430922"]`
    Divisions(Vec<DivisionCode>),
    /// A table: the row whose conditions all hold gives the value. Rows do not overlap and leave
    /// no hole; a last row without conditions takes all the rest.
    Table(Vec<Row>),
    /// Shares by part of a cost, ascending from 0.
    Tiers(Vec<Tier>),
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What must hold, all together.
    pub conditions: Vec<(Fact, Test)>,
    /// The value then.
    pub value: Quantity,
}

/// The share of a cost's part above an amount, up to the next tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Where the part begins, in yuan.
    pub above: Quantity,
    /// The share of it, in per cent.
    pub share: Quantity,
}
