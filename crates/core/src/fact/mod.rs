//! The closed, typed list of facts that policy packs may ask for, and how a fact's value is held.

mod catalogue;
mod sheet;
mod value;
mod words;

use std::fmt;

use crate::quantity::Unit;
use crate::trace::Bilingual;
use crate::word::words;

pub use catalogue::{FACT_COUNT, Fact};
pub use sheet::{FactSet, Sheet};
pub use value::{FactValue, FactValueError, diagnosis_span, diagnosis_value, division_span};

words! {
    /// What a fact tells of.
    pub enum FactScope {
        /// A person.
        Person = "person",
        /// The people living as one with the person.
        Household = "household",
        /// A loan.
        Loan = "loan",
        /// Something that happened once: an accident, a death, an admission to a school.
        Event = "event",
        /// One stay in hospital.
        Stay = "stay",
        /// One day of a stay in hospital.
        Day = "day",
        /// What the platform itself counts: places taken, times and amounts received.
        Record = "record",
    }
}

words! {
    /// Where a fact is learnt first.
    pub enum FactSource {
        /// The association's registry.
        Registry = "registry",
        /// The applicant, with evidence.
        Form = "form",
        /// A hospital's claim.
        Hospital = "hospital",
        /// A bank.
        Bank = "bank",
        /// The platform's own records of what was given.
        Records = "records",
    }
}

/// One word of a fact that takes words: the word itself, in Chinese and in English.
pub type Word = (&'static str, &'static str, &'static str);

/// The type of a fact: what its values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactType {
    /// Yes or no.
    Truth,
    /// A calendar day.
    Day,
    /// One of a closed list of words.
    Word(&'static [Word]),
    /// An amount in fen, from 0.
    Money,
    /// A whole number from 0 of this unit.
    Count(Unit),
    /// A whole number from the first to the last of this unit, such as a grade from 1 to 4.
    Between(Unit, i64, i64),
    /// A share in parts per million, from 0.
    Share,
    /// The code of a division.
    Division,
    /// A diagnosis code.
    Diagnosis,
}

impl FactType {
    /// The stable word of the type in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::Day => "day",
            Self::Word(_) => "word",
            Self::Money => "money",
            Self::Count(_) | Self::Between(..) => "count",
            Self::Share => "share",
            Self::Division => "division",
            Self::Diagnosis => "diagnosis",
        }
    }
}

/// What is known of a fact itself.
#[derive(Debug, Clone, Copy)]
pub struct FactInfo {
    /// The stable id, as packs and answers write it.
    pub id: &'static str,
    /// Its type.
    pub kind: FactType,
    /// What it tells of.
    pub scope: FactScope,
    /// Where it is learnt first.
    pub source: FactSource,
    /// Whether it tells that a family is a special one, or of an illness: what it decides must
    /// never be read off a public list.
    pub revealing: bool,
    /// What it is called: Chinese, English.
    pub title: (&'static str, &'static str),
    /// What exactly it means.
    pub meaning: &'static str,
}

impl FactInfo {
    /// What the fact is called.
    #[must_use]
    pub const fn bilingual(&self) -> Bilingual {
        Bilingual::of(self.title.0, self.title.1)
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.info().id)
    }
}
