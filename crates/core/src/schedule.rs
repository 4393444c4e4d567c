//! Values that change over time, each saying where it comes from.

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::word::words;

words! {
    /// How well a source stands.
    pub enum SourceClass {
        /// A press report on the association's programmes that names the figure.
        Report = "report",
        /// An official or legal text.
        Official = "official",
        /// A page of the local press or of an association.
        Press = "press",
        /// A mirror or aggregator of an official text.
        Mirror = "mirror",
        /// General knowledge, unverified.
        General = "general",
        /// Arithmetic from other sources.
        Derived = "derived",
    }
}

/// Where a value stands written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The law, notice or page, with its number or date.
    pub instrument: String,
    /// The article or paragraph in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How well the source stands.
    pub class: SourceClass,
}

/// Where a value comes from: a source, or an assumption with its reason. Never both.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// A source gives the value.
    Cited(Citation),
    /// No source gives it; the reason for the choice.
    Assumed(String),
}

impl Provenance {
    /// The citation, if a source gives the value.
    #[must_use]
    pub const fn citation(&self) -> Option<&Citation> {
        match self {
            Self::Cited(citation) => Some(citation),
            Self::Assumed(_) => None,
        }
    }

    /// The reason of the assumption, if no source gives the value.
    #[must_use]
    pub fn assumed(&self) -> Option<&str> {
        match self {
            Self::Cited(_) => None,
            Self::Assumed(reason) => Some(reason),
        }
    }
}

/// A value in force from a day until the next one of its schedule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dated<T> {
    /// The first day it is in force.
    pub from: Day,
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Dated values of one parameter: at least one, in ascending order, no two from the same day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Schedule<T> {
    first: Dated<T>,
    later: Vec<Dated<T>>,
}

/// Why values make no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// There is no value at all.
    #[error("a schedule needs at least one value")]
    Empty,
    /// The value at this place (from 0) does not begin after the one before it.
    #[error("value {0} does not begin after the one before it")]
    NotAscending(usize),
}

impl<T> Schedule<T> {
    /// A schedule of these values.
    ///
    /// # Errors
    /// [`ScheduleError`] if there is none, or one does not begin after the one before it.
    pub fn new(values: Vec<Dated<T>>) -> Result<Self, ScheduleError> {
        let unordered = values
            .iter()
            .zip(values.iter().skip(1))
            .position(|(a, b)| a.from >= b.from);
        if let Some(place) = unordered {
            return Err(ScheduleError::NotAscending(place.saturating_add(1)));
        }
        let mut values = values.into_iter();
        let first = values.next().ok_or(ScheduleError::Empty)?;
        Ok(Self {
            first,
            later: values.collect(),
        })
    }

    /// The value in force on the day, or `None` before the first.
    #[must_use]
    pub fn at(&self, day: Day) -> Option<&Dated<T>> {
        self.iter().rev().find(|dated| dated.from <= day)
    }

    /// The value in force on the day; before the first, the first.
    #[must_use]
    pub fn at_or_first(&self, day: Day) -> &Dated<T> {
        self.at(day).unwrap_or(&self.first)
    }

    /// The value that begins the schedule.
    #[must_use]
    pub const fn first(&self) -> &Dated<T> {
        &self.first
    }

    /// All values, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Dated<T>> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The days on which a value begins, oldest first.
    pub fn starts(&self) -> impl DoubleEndedIterator<Item = Day> {
        self.iter().map(|dated| dated.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(from: &str, value: u32) -> Dated<u32> {
        let provenance = Provenance::Assumed("a test".into());
        Dated {
            from: Day::parse(from).unwrap(),
            value,
            provenance,
        }
    }

    #[test]
    fn looks_up_the_value_in_force() {
        let schedule = Schedule::new(vec![dated("2018-04-01", 1), dated("2020-01-01", 2)]).unwrap();
        let at = |day| {
            schedule
                .at(Day::parse(day).unwrap())
                .map(|dated| dated.value)
        };
        assert_eq!(at("2018-03-31"), None);
        assert_eq!(at("2018-04-01"), Some(1));
        assert_eq!(at("2019-12-31"), Some(1));
        assert_eq!(at("2020-01-01"), Some(2));
        assert_eq!(
            schedule
                .at_or_first(Day::parse("2000-01-01").unwrap())
                .value,
            1
        );
        assert_eq!(schedule.starts().count(), 2);
    }

    #[test]
    fn refuses_disorder() {
        assert_eq!(
            Schedule::<u32>::new(vec![]).unwrap_err(),
            ScheduleError::Empty
        );
        let twice = vec![dated("2018-04-01", 1), dated("2018-04-01", 2)];
        assert_eq!(
            Schedule::new(twice).unwrap_err(),
            ScheduleError::NotAscending(1)
        );
    }
}
