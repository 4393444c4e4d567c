//! Golden cases: decisions that a pack must give, kept as text beside it, and their runner.
//!
//! `docs/POLICY_PACKS.md` is the reference of the format. A pack is not put in force by its cases;
//! they tell its authors, and the tests, that it says what it is meant to say.

mod dom;
mod price;
mod read;
mod run;
mod stays;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
pub(crate) mod tests;

use crate::day::{Day, Period};
use crate::diagnosis::DiagnosisCode;
use crate::division::DivisionCode;
use crate::fact::{Fact, FactValue};
use crate::hospital::HospitalClass;
use crate::money::Fen;
use crate::pack::ProgrammeId;
use crate::status::{Grade, StatusKind};
use crate::stay::{Charges, NursingDays};
use crate::trace::Outcome;

pub use read::read;
pub use run::{CaseResult, run};

/// The cases of one programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cases {
    /// The programme.
    pub programme: ProgrammeId,
    /// Its cases, in the order of the text.
    pub cases: Vec<Case>,
}

/// One case: what is known, and what the decision must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What it is called; no two of a file are called the same.
    pub name: String,
    /// The line it begins on, from 1.
    pub line: usize,
    /// The day decided on.
    pub on: Day,
    /// Overlays down to this division apply; those of the pack's place, where nothing is said.
    pub division: Option<DivisionCode>,
    /// What is known.
    pub facts: Vec<FactValue>,
    /// What is asked.
    pub question: Question,
}

/// What a case asks: one decision from the facts, or one for each stay in hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A decision from the facts alone.
    Facts(Expected),
    /// A decision for each stay of a person.
    Stays {
        /// The person's confirmed statuses.
        statuses: Vec<CaseStatus>,
        /// The person's stays.
        stays: Vec<CaseStay>,
    },
}

/// What a decision must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its outcome.
    pub outcome: Outcome,
    /// Its amount; may be left out where no money is paid.
    pub amount: Option<Fen>,
    /// The days it pays, for stays; not compared, if left out.
    pub days: Option<u32>,
    /// Clauses that must be among those that fail.
    pub failing: Vec<String>,
    /// The facts that must be exactly those missing.
    pub missing: Vec<Fact>,
}

/// A confirmed status of the person of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseStatus {
    /// Its kind.
    pub kind: StatusKind,
    /// Its grade, for the kinds that have one.
    pub grade: Option<Grade>,
    /// The days it counts.
    pub period: Period,
}

/// A stay of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStay {
    /// The line it begins on, from 1.
    pub line: usize,
    /// The day of admission.
    pub admitted_on: Day,
    /// The day of discharge.
    pub discharged_on: Day,
    /// The day of the claim; that of the discharge, where nothing is said.
    pub claimed_on: Day,
    /// The principal diagnosis.
    pub diagnosis: DiagnosisCode,
    /// The hospital's class at admission.
    pub hospital: HospitalClass,
    /// Days by nursing level.
    pub nursing: NursingDays,
    /// Days in intensive care.
    pub icu_days: u32,
    /// What it cost, where that is given.
    pub charges: Option<Charges>,
    /// What the decision for the stay must be.
    pub expect: Expected,
}
