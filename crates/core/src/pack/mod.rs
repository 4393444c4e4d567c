//! Policy packs: dated rules as data. A bad pack is refused whole, saying where and why.

mod raw;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::day::Day;
use crate::diagnosis::{DiagnosisCode, DiagnosisRange};
use crate::division::DivisionCode;
use crate::hospital::{HospitalClass, HospitalLevel, Ownership};
use crate::money::Fen;
use crate::schedule::Schedule;
use crate::trace::Bilingual;
use crate::word::words;

/// The programme id of 大病重病住院护理补贴.
pub const HOSPITAL_CARE: &str = "hospital-care-allowance";

words! {
    /// The four helps (四助).
    pub enum Help {
        /// 有病助治
        Illness = "illness",
        /// 有贫助扶
        Hardship = "hardship",
        /// 有忧助解
        Distress = "distress",
        /// 有老助养
        OldAge = "old_age",
    }
}

words! {
    /// How the days of a stay are counted.
    pub enum DayCounting {
        /// Discharge minus admission, at least 1: the day of discharge does not count.
        DischargeMinusAdmission = "discharge_minus_admission",
        /// The days of admission and of discharge both count.
        BothEnds = "both_ends",
    }
}

/// The form of a daily rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RateForm {
    /// The same for each day.
    Flat(Fen),
    /// By the day's nursing level.
    ByNursingLevel {
        /// 特级护理
        special: Fen,
        /// 一级护理
        level_1: Fen,
        /// 二级护理
        level_2: Fen,
        /// 三级护理
        level_3: Fen,
    },
    /// By the hospital's level.
    ByHospitalLevel {
        /// 未定级
        unrated: Fen,
        /// 一级
        level_1: Fen,
        /// 二级
        level_2: Fen,
        /// 三级
        level_3: Fen,
    },
}

/// What a day pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DailyRate {
    /// What a day pays outside intensive care.
    pub form: RateForm,
    /// What a day in intensive care pays instead, if it pays something else.
    pub icu: Option<Fen>,
}

/// Which hospitals count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HospitalRule {
    /// The lowest level that counts.
    pub minimum_level: HospitalLevel,
    /// The owners that count.
    pub ownership: Vec<Ownership>,
}

impl HospitalRule {
    /// Whether a hospital of this class counts.
    #[must_use]
    pub fn admits(&self, class: HospitalClass) -> bool {
        class.level >= self.minimum_level && self.ownership.contains(&class.ownership)
    }
}

/// The diagnoses that count, sorted and without repeats.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DiagnosisSet(Vec<DiagnosisRange>);

impl DiagnosisSet {
    /// Whether the code is in one of the ranges.
    #[must_use]
    pub fn covers(&self, code: &DiagnosisCode) -> bool {
        self.0.iter().any(|range| range.covers(code))
    }

    /// The ranges, as the pack gives them.
    #[must_use]
    pub fn ranges(&self) -> &[DiagnosisRange] {
        &self.0
    }
}

/// The SHA-256 of a pack's exact text, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct PolicyHash(String);

impl PolicyHash {
    /// The hash of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(
            Sha256::digest(text)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a pack is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: found {found}, expected {expected}")]
pub struct PackError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
}

/// The rules of the hospital care allowance (大病重病住院护理补贴) of one division.
///
/// All parameters begin on the same day, the programme's first; each is a schedule of dated
/// values that say where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HospitalCarePack {
    hash: PolicyHash,
    division: DivisionCode,
    help: Help,
    title: Bilingual,
    parameters: Parameters,
}

/// The dated parameters. Days are calendar days.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parameters {
    rate: Schedule<DailyRate>,
    day_counting: Schedule<DayCounting>,
    waiting_days: Schedule<u32>,
    free_days: Schedule<u32>,
    cap_days_per_stay: Schedule<Option<u32>>,
    cap_days_per_year: Schedule<Option<u32>>,
    diagnoses: Schedule<DiagnosisSet>,
    hospital: Schedule<HospitalRule>,
    claim_deadline_days: Schedule<Option<u32>>,
}

impl HospitalCarePack {
    /// Parses the text of a pack, strictly.
    ///
    /// # Errors
    /// [`PackError`] with the first fault: no TOML, an unknown or missing field, a value of the
    /// wrong kind or out of its range, a schedule out of order.
    pub fn parse(text: &str) -> Result<Self, PackError> {
        raw::parse(text)
    }

    /// The hash of the exact text.
    #[must_use]
    pub const fn hash(&self) -> &PolicyHash {
        &self.hash
    }

    /// The programme's id, [`HOSPITAL_CARE`].
    #[must_use]
    pub const fn programme(&self) -> &'static str {
        HOSPITAL_CARE
    }

    /// The division whose rules these are.
    #[must_use]
    pub const fn division(&self) -> &DivisionCode {
        &self.division
    }

    /// The help the programme belongs to.
    #[must_use]
    pub const fn help(&self) -> Help {
        self.help
    }

    /// What the programme is called.
    #[must_use]
    pub const fn title(&self) -> &Bilingual {
        &self.title
    }

    /// The programme's first day.
    #[must_use]
    pub const fn first_day(&self) -> Day {
        self.parameters.rate.first().from
    }

    /// The version in force on a day: the latest start of any parameter's value on or before it;
    /// before the programme, its first day. An ISO date.
    #[must_use]
    pub fn version_at(&self, day: Day) -> String {
        let p = &self.parameters;
        let starts = (p.rate.starts())
            .chain(p.day_counting.starts())
            .chain(p.waiting_days.starts())
            .chain(p.free_days.starts())
            .chain(p.cap_days_per_stay.starts())
            .chain(p.cap_days_per_year.starts())
            .chain(p.diagnoses.starts())
            .chain(p.hospital.starts())
            .chain(p.claim_deadline_days.starts());
        let latest = starts.filter(|start| *start <= day).max();
        latest.unwrap_or(self.first_day()).to_string()
    }

    /// What a day pays.
    #[must_use]
    pub const fn rate(&self) -> &Schedule<DailyRate> {
        &self.parameters.rate
    }

    /// How the days of a stay are counted; the value in force at admission decides.
    #[must_use]
    pub const fn day_counting(&self) -> &Schedule<DayCounting> {
        &self.parameters.day_counting
    }

    /// How many days of a status pass before days are paid; the value in force at its start
    /// decides.
    #[must_use]
    pub const fn waiting_days(&self) -> &Schedule<u32> {
        &self.parameters.waiting_days
    }

    /// How many first days of each stay are not paid; the value in force at admission decides.
    #[must_use]
    pub const fn free_days(&self) -> &Schedule<u32> {
        &self.parameters.free_days
    }

    /// The most days paid of one stay, if limited; the value in force at admission decides.
    #[must_use]
    pub const fn cap_days_per_stay(&self) -> &Schedule<Option<u32>> {
        &self.parameters.cap_days_per_stay
    }

    /// The most days paid in one calendar year, if limited; the value in force on each day
    /// decides.
    #[must_use]
    pub const fn cap_days_per_year(&self) -> &Schedule<Option<u32>> {
        &self.parameters.cap_days_per_year
    }

    /// Which principal diagnoses count; the value in force at admission decides.
    #[must_use]
    pub const fn diagnoses(&self) -> &Schedule<DiagnosisSet> {
        &self.parameters.diagnoses
    }

    /// Which hospitals count; the value in force at admission decides.
    #[must_use]
    pub const fn hospital(&self) -> &Schedule<HospitalRule> {
        &self.parameters.hospital
    }

    /// How many days after discharge a claim may be posted, if limited; the value in force at
    /// admission decides.
    #[must_use]
    pub const fn claim_deadline_days(&self) -> &Schedule<Option<u32>> {
        &self.parameters.claim_deadline_days
    }
}
