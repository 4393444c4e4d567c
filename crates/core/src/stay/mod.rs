//! Stays in hospital: the facts of a person's stays, how their days are counted, and the engine
//! that says which days are paid and at what rate.

mod days;
mod price;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::day::{Day, Period};
use crate::diagnosis::DiagnosisCode;
use crate::hospital::HospitalClass;
use crate::id::{ClaimId, StatusId};
use crate::money::Fen;
use crate::pack::DayCounting;
use crate::status::{Grade, StatusKind};
use crate::word::words;

pub use price::{PricedStay, price};

/// Days by nursing level, as the settlement list (医保结算清单) reports them. All zero means "not
/// reported"; otherwise they add up to the stay's days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NursingDays {
    /// 特级护理天数
    pub special: u32,
    /// 一级护理天数
    pub level_1: u32,
    /// 二级护理天数
    pub level_2: u32,
    /// 三级护理天数
    pub level_3: u32,
}

impl NursingDays {
    /// Whether the hospital reported them.
    #[must_use]
    pub fn are_reported(&self) -> bool {
        *self != Self::default()
    }
}

/// What a hospital's claim says of one stay, and what the registry knows beside it.
///
/// Serialized for the facts kept with a decision, without the diagnosis: that is kept encrypted
/// with the claim only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StayFacts {
    /// The claim.
    pub claim: ClaimId,
    /// The day of admission.
    pub admitted_on: Day,
    /// The day of discharge, not before admission.
    pub discharged_on: Day,
    /// Whether this is a one-day stay whose day is the first day of another, longer stay: then it
    /// has no day of its own.
    pub yields_day: bool,
    /// The principal diagnosis.
    #[serde(skip)]
    pub diagnosis: DiagnosisCode,
    /// Days by nursing level.
    pub nursing: NursingDays,
    /// Days in intensive care.
    pub icu_days: u32,
    /// The hospital's class at admission.
    pub hospital: HospitalClass,
    /// Whether the patient's name is the registered one; `None` if the person is not registered.
    pub name_matches: Option<bool>,
    /// The Shanghai day on which the claim was posted.
    pub posted_on: Day,
}

/// A status of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusFacts {
    /// The status.
    pub id: StatusId,
    /// Its kind.
    pub kind: StatusKind,
    /// Its grade, for the kinds that have one.
    pub grade: Option<Grade>,
    /// The days it counts: from its effective day to its end.
    pub period: Period,
    /// Whether an officer of county level or above confirmed it. Proposed ones count for nothing.
    pub confirmed: bool,
}

/// All that decides the claims of one person: every counted stay, every status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonFacts {
    /// Whether the person is in the registry.
    pub registered: bool,
    /// The person's statuses, in any order.
    pub statuses: Vec<StatusFacts>,
    /// The person's counted stays, in any order.
    pub stays: Vec<StayFacts>,
}

words! {
    /// Why days of a stay are not paid: the first clause that stops them, in reading order.
    pub enum Unpaid {
        /// The day is before the programme's first.
        ProgrammeInForce = "programme_in_force",
        /// No confirmed, entitling status covers the day.
        SpecialFamilyStatus = "special_family_status",
        /// The waiting days of every covering status have not passed.
        WaitingPeriod = "waiting_period",
        /// The principal diagnosis does not count.
        Diagnosis = "diagnosis",
        /// The hospital does not count.
        HospitalClass = "hospital_class",
        /// The claim came too late.
        ClaimDeadline = "claim_deadline",
        /// Another stay has the day.
        SharedDay = "shared_day",
        /// It is one of the stay's first days, which are not paid.
        FreeDays = "free_days",
        /// Nursing levels are not reported and the rate depends on them.
        DailyRate = "daily_rate",
        /// The stay's cap is used up.
        CapPerStay = "cap_per_stay",
        /// The calendar year's cap is used up.
        CapPerYear = "cap_per_year",
    }
}

/// A run of a stay's days in one calendar year that are treated alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpaid: Option<Unpaid>,
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

/// The calendar days of a stay; 0 if it ends before it begins.
#[must_use]
pub fn stay_days(counting: DayCounting, admitted_on: Day, discharged_on: Day) -> u32 {
    let Ok(nights) = u32::try_from(admitted_on.days_until(discharged_on)) else {
        return 0;
    };
    match counting {
        DayCounting::DischargeMinusAdmission => nights.max(1),
        DayCounting::BothEnds => nights.saturating_add(1),
    }
}

/// What is wrong with the nursing or intensive-care days of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NursingError {
    /// They are reported but do not add up to the stay's days.
    #[error("nursing days add up to {sum}, the stay has {stay}")]
    DaysSum {
        /// What they add up to.
        sum: u64,
        /// The stay's days.
        stay: u32,
    },
    /// There are more days in intensive care than in the stay.
    #[error("{icu} days in intensive care, the stay has {stay}")]
    IcuDays {
        /// The days in intensive care.
        icu: u32,
        /// The stay's days.
        stay: u32,
    },
}

impl NursingError {
    /// The stable code of this error in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DaysSum { .. } => "nursing_days_sum",
            Self::IcuDays { .. } => "icu_days",
        }
    }
}

/// Checks a claim's nursing and intensive-care days against the days of its stay.
///
/// # Errors
/// [`NursingError`], the first that applies.
pub fn check_nursing(stay: u32, nursing: &NursingDays, icu: u32) -> Result<(), NursingError> {
    let NursingDays {
        special,
        level_1,
        level_2,
        level_3,
    } = *nursing;
    let sum = [special, level_1, level_2, level_3].map(u64::from);
    let sum = sum.into_iter().fold(0_u64, u64::saturating_add);
    if nursing.are_reported() && sum != u64::from(stay) {
        return Err(NursingError::DaysSum { sum, stay });
    }
    if icu > stay {
        return Err(NursingError::IcuDays { icu, stay });
    }
    Ok(())
}
