//! Stays in hospital: the facts of a person's stays, how their days are counted, and the engine
//! that says which days are paid and at what rate.
//!
//! The engine takes all stays of a person together, in runs of days that are treated alike. It
//! works on buffers that are used again and tells a sink what it finds: [`price`] asks for
//! everything, [`total`] for the sums of a year only.

mod engine;
mod facts;
mod known;
mod open;
mod overlap;
mod plain;
mod price;
mod run;
mod shape;
mod share;
mod snapshot;
mod statuses;
mod tally;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    reason = "an overflow or an odd value panics and so fails the test"
)]
pub(crate) mod tests;
mod total;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::id::ClaimId;
use crate::money::Fen;

pub(crate) use engine::OF_A_STAY;
pub use engine::{Scratch, Stay, StayPerson};
pub use facts::{
    Charges, DayCounting, NursingDays, NursingError, PersonFacts, SettledStay, StatusFacts,
    StayFacts, check_nursing, stay_days,
};
pub use known::KnownFacts;
pub use overlap::{Counting, PlacedStay, Resolution, StayStanding, let_count};
pub use price::{PricedEntitlement, PricedStay, price};
pub use shape::counted_days;
pub(crate) use shape::free_days;
pub use snapshot::SnapshotError;
pub(crate) use statuses::OF_STATUSES;
pub use statuses::tell_statuses;
pub(crate) use tally::Tally;
pub use total::{YearTotals, total};

/// Why days of a stay are not paid: the id of the first clause that stops them, in reading order.
/// Clauses of the pack stop days by their own ids; the constants are those of every programme.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unpaid(Cow<'static, str>);

impl Unpaid {
    /// The day is before the programme's first, or the programme or the entitlement pauses.
    pub const PROGRAMME_IN_FORCE: Self = Self::built_in("programme_in_force");
    /// A condition of the eligibility that has no name stops it.
    pub const ELIGIBILITY: Self = Self::built_in("eligibility");
    /// The person is in no registry, and nothing else stops the day.
    pub const REGISTERED: Self = Self::built_in("registered");
    /// A condition of the entitlement that has no name stops it.
    pub const WHEN: Self = Self::built_in("when");
    /// Another stay has the day.
    pub const SHARED_DAY: Self = Self::built_in("shared_day");
    /// It is one of the stay's first days, which are not paid.
    pub const FREE_DAYS: Self = Self::built_in("free_days");
    /// The stay's cap is used up.
    pub const CAP_PER_STAY: Self = Self::built_in("cap_per_stay");
    /// The calendar year's cap is used up.
    pub const CAP_PER_YEAR: Self = Self::built_in("cap_per_year");
    /// The cap of a life is used up.
    pub const CAP_LIFETIME: Self = Self::built_in("cap_lifetime");
    /// A fact is not known that the stay's amount turns on.
    pub const DAILY_RATE: Self = Self::built_in("daily_rate");

    const fn built_in(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// The clause of this id.
    #[must_use]
    pub fn clause(id: &str) -> Self {
        Self(Cow::Owned(id.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Unpaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A run of a stay's days in one calendar year that are treated alike by one entitlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The entitlement, where the programme has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<String>,
    /// The first day.
    pub from: Day,
    /// The last day, included.
    pub to: Day,
    /// How many days these are.
    pub days: u32,
    /// What each pays, in fen; 0 if unpaid.
    #[serde(rename = "daily_fen")]
    pub daily: Fen,
    /// What they pay together, in fen.
    #[serde(rename = "amount_fen")]
    pub amount: Fen,
    /// Why they are not paid, if they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpaid: Option<Unpaid>,
    /// The cap that left only a part of the day's rate, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_by: Option<Unpaid>,
}

/// What one claim takes of one calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearShare {
    /// The calendar year.
    pub year: i32,
    /// The days paid in it.
    pub days: u32,
    /// What they pay, in fen.
    #[serde(rename = "amount_fen")]
    pub amount: Fen,
}

/// Facts no stay can have. The store and the door refuse them before; seeing one is a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The stay ends before it begins.
    #[error("claim {0}: discharged before admitted")]
    DischargedBeforeAdmitted(ClaimId),
    /// Two stays carry the same claim.
    #[error("claim {0} is given twice")]
    DuplicateClaim(ClaimId),
    /// A day or an amount is outside what can be counted.
    #[error("claim {0}: a day or an amount is out of range")]
    OutOfRange(ClaimId),
}
