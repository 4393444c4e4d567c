//! The Loan Prime Rate (贷款市场报价利率, LPR) as a dated table, each entry with its source.

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::schedule::{Citation, SourceClass};

use super::rate::{Rate, Tenor};

/// A rate as published, in force from its day until the next of its tenor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrimeRate {
    /// Which of the two.
    pub tenor: Tenor,
    /// The day it was published.
    pub valid_from: Day,
    /// The first day of which the table knows nothing, where no later entry follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_until: Option<Day>,
    /// The rate.
    #[serde(rename = "rate_ppm")]
    pub rate: Rate,
    /// Where it was published.
    pub citation: Citation,
}

/// A line of a table that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}")]
pub struct PrimeRateFault {
    /// The line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
}

/// Published rates: by tenor, then day, no two of one tenor from the same day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<PrimeRate>", into = "Vec<PrimeRate>")]
pub struct PrimeRates(Vec<PrimeRate>);

/// Two entries of one tenor begin on the same day, or one ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("two rates of {tenor} from {from}, or one that ends before it begins")]
pub struct PrimeRateConflict {
    /// The tenor.
    pub tenor: Tenor,
    /// The day.
    pub from: Day,
}

/// The columns of a table.
const HEADER: &str = "tenor,valid_from,known_until,rate_ppm,instrument,address,class";

impl PrimeRates {
    /// A table of these entries, in any order.
    ///
    /// # Errors
    /// [`PrimeRateConflict`] if two of one tenor begin on the same day.
    pub fn new(mut entries: Vec<PrimeRate>) -> Result<Self, PrimeRateConflict> {
        entries.sort_by_key(|entry| (entry.tenor, entry.valid_from));
        let twice = entries
            .iter()
            .zip(entries.iter().skip(1))
            .find(|(one, two)| (one.tenor, one.valid_from) == (two.tenor, two.valid_from))
            .map(|(one, _)| one);
        let ends_early = |entry: &&PrimeRate| {
            let until = entry.known_until;
            until.is_some_and(|until| until <= entry.valid_from)
        };
        match twice.or_else(|| entries.iter().find(ends_early)) {
            Some(entry) => Err(PrimeRateConflict {
                tenor: entry.tenor,
                from: entry.valid_from,
            }),
            None => Ok(Self(entries)),
        }
    }

    /// Reads a table: one header line, then one entry a line, columns parted by commas, without
    /// quoting. `known_until` and `address` may be empty.
    ///
    /// # Errors
    /// Every line that does not read, or repeats another's tenor and day.
    pub fn parse(text: &str) -> Result<Self, Vec<PrimeRateFault>> {
        let mut entries: Vec<PrimeRate> = Vec::new();
        let mut faults = Vec::new();
        let lines = text.lines().zip(1_usize..);
        for (line, number) in lines {
            let mut fault = |expected| {
                faults.push(PrimeRateFault {
                    line: number,
                    expected,
                });
            };
            if number == 1 {
                if line != HEADER {
                    fault("the header line");
                }
                continue;
            }
            match entry(line) {
                Err(expected) => fault(expected),
                Ok(entry) => {
                    let key = |it: &PrimeRate| (it.tenor, it.valid_from);
                    if entries.iter().any(|known| key(known) == key(&entry)) {
                        fault("a tenor and a day of its own");
                    }
                    entries.push(entry);
                }
            }
        }
        if text.is_empty() {
            faults.push(PrimeRateFault {
                line: 1,
                expected: "the header line",
            });
        }
        if faults.is_empty() {
            Self::new(entries).map_err(|_conflict| Vec::new())
        } else {
            Err(faults)
        }
    }

    /// The entries, by tenor, then day.
    #[must_use]
    pub fn entries(&self) -> &[PrimeRate] {
        &self.0
    }

    /// The entry of a tenor in force on a day, if the table knows one.
    #[must_use]
    pub fn at(&self, tenor: Tenor, day: Day) -> Option<&PrimeRate> {
        self.last_before(tenor, day)
            .filter(|entry| entry.known_until.is_none_or(|until| day < until))
    }

    /// The last entry of a tenor that began on or before a day, known to hold on it or not.
    pub(super) fn last_before(&self, tenor: Tenor, day: Day) -> Option<&PrimeRate> {
        let mut begun = self.0.iter().rev();
        begun.find(|entry| entry.tenor == tenor && entry.valid_from <= day)
    }
}

fn entry(line: &str) -> Result<PrimeRate, &'static str> {
    let columns: Vec<&str> = line.split(',').collect();
    let [tenor, from, until, rate, instrument, address, class] = columns.as_slice() else {
        return Err("seven columns parted by commas");
    };
    let valid_from = Day::parse(from).ok().ok_or("a day in valid_from")?;
    let known_until = match *until {
        "" => None,
        until => Some(
            Day::parse(until)
                .ok()
                .ok_or("a day or nothing in known_until")?,
        ),
    };
    if known_until.is_some_and(|until| until <= valid_from) {
        return Err("known_until after valid_from");
    }
    if instrument.is_empty() {
        return Err("an instrument");
    }
    let rate = rate.parse::<i64>().ok().and_then(Rate::new);
    Ok(PrimeRate {
        tenor: tenor
            .parse::<Tenor>()
            .ok()
            .ok_or("one_year or over_five_years")?,
        valid_from,
        known_until,
        rate: rate.ok_or("parts per million in rate_ppm")?,
        citation: Citation {
            instrument: (*instrument).to_owned(),
            article: None,
            address: (!address.is_empty()).then(|| (*address).to_owned()),
            class: class
                .parse::<SourceClass>()
                .ok()
                .ok_or("a class of source")?,
        },
    })
}

impl TryFrom<Vec<PrimeRate>> for PrimeRates {
    type Error = PrimeRateConflict;

    fn try_from(entries: Vec<PrimeRate>) -> Result<Self, PrimeRateConflict> {
        Self::new(entries)
    }
}

impl From<PrimeRates> for Vec<PrimeRate> {
    fn from(rates: PrimeRates) -> Self {
        rates.0
    }
}
