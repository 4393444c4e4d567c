//! The facts of stays: what hospitals claim, what the registry knows, and how days are counted.

use serde::{Deserialize, Serialize};

use crate::day::{Day, Period};
use crate::diagnosis::DiagnosisCode;
use crate::hospital::HospitalClass;
use crate::id::{ClaimId, StatusId};
use crate::money::Fen;
use crate::status::{Grade, StatusKind};
use crate::word::words;

use super::{KnownFacts, StayStanding};

words! {
    /// How the days of a stay are counted.
    pub enum DayCounting {
        /// Discharge minus admission, at least 1: the day of discharge does not count.
        DischargeMinusAdmission = "discharge_minus_admission",
        /// The days of admission and of discharge both count.
        BothEnds = "both_ends",
    }
}

/// What a stay cost, as the settlement list has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charges {
    /// The whole cost, in fen.
    #[serde(rename = "total_fen")]
    pub total: Fen,
    /// What medical insurance paid, in fen.
    #[serde(rename = "insurance_paid_fen")]
    pub insurance_paid: Fen,
    /// What the person paid, in fen.
    #[serde(rename = "self_paid_fen")]
    pub self_paid: Fen,
}

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
    /// The principal diagnosis; `None` if it was deleted in due time.
    #[serde(skip)]
    pub diagnosis: Option<DiagnosisCode>,
    /// Days by nursing level; not reported, if they were deleted.
    pub nursing: NursingDays,
    /// Days in intensive care; `None` if they were deleted, with the diagnosis.
    pub icu_days: Option<u32>,
    /// The hospital's class at admission.
    pub hospital: HospitalClass,
    /// Whether the patient's name is the registered one; `None` if the person is not registered or
    /// the patient's name was deleted.
    pub name_matches: Option<bool>,
    /// The Shanghai day on which the claim was posted.
    pub posted_on: Day,
    /// What the stay cost, if the programme asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charges: Option<Charges>,
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

/// A stay that an officer settled not to count. Nothing is paid for it, whatever else is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettledStay {
    /// The claim.
    pub claim: ClaimId,
    /// The day of admission.
    pub admitted_on: Day,
    /// The day of discharge, not before admission.
    pub discharged_on: Day,
    /// How it was settled.
    pub standing: StayStanding,
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
    /// The person's stays that an officer settled not to count. They take no day from others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<SettledStay>,
    /// What else is known of the person, of the facts the programme asks for.
    #[serde(default, skip_serializing_if = "KnownFacts::is_empty")]
    pub facts: KnownFacts,
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
