//! What a pack says, value for value: the tree between its text and its compiled form.
//!
//! Everything here has passed the checker: names resolve, units fit, tables have no holes, and each
//! version finds every value it needs in force. An independent reader of the same tree is the
//! model the compiled engine is tested against.

use std::collections::BTreeMap;

use crate::day::Day;
use crate::fact::Fact;
use crate::schedule::Provenance;
use crate::trace::Bilingual;

use super::condition::{Clause, Condition};
use super::entitlement::{Component, Limits};
use super::place::{Place, ProgrammeId};
use super::value::NamedValue;
use super::words::{ExclusionRule, Help, Payee, Period, PublicityMode, ReviewStep, Subject};

/// One programme of one place, all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// The programme.
    pub programme: ProgrammeId,
    /// Where it holds, but where a lower division has a pack of its own.
    pub place: Place,
    /// The help it belongs to.
    pub help: Help,
    /// Whom it is for.
    pub subject: Subject,
    /// What one decision covers.
    pub period: Period,
    /// What it is called.
    pub title: Bilingual,
    /// What it does, in a sentence for residents.
    pub summary: Bilingual,
    /// The named values, each with its dated entries.
    pub values: BTreeMap<String, NamedValue>,
    /// The clauses, in the order of the text.
    pub clauses: Vec<Clause>,
    /// The versions, oldest first, not overlapping.
    pub versions: Vec<Version>,
}

impl Pack {
    /// The clause of an id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The version in force on a day.
    #[must_use]
    pub fn version_at(&self, day: Day) -> Option<&Version> {
        let mut begun = self
            .versions
            .iter()
            .rev()
            .filter(|version| version.from <= day);
        begun
            .next()
            .filter(|version| version.until.is_none_or(|until| day < until))
    }
}

/// Values of a lower division that take the place of a pack's, by name, from their days on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// The programme.
    pub programme: ProgrammeId,
    /// Where the overlay holds.
    pub place: Place,
    /// The values, each with its dated entries. They have the kinds and units of the pack's.
    pub values: BTreeMap<String, NamedValue>,
}

/// The rules from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The first day in force.
    pub from: Day,
    /// The first day no longer in force, if it ends by itself.
    pub until: Option<Day>,
    /// Where this version comes from.
    pub provenance: Provenance,
    /// Who is entitled.
    pub eligibility: Condition,
    /// To what; added up.
    pub components: Vec<Component>,
    /// What all components together may come to.
    pub limits: Limits,
    /// Which programmes shut this one out, if any do.
    pub exclusion: Option<Exclusion>,
    /// The steps of review, in order.
    pub review: Vec<ReviewStep>,
    /// What is made public.
    pub publicity: Publicity,
    /// Who is paid.
    pub payee: Payee,
    /// The four-character memo (四字摘要) on the one-card; empty where nobody is paid.
    pub memo: String,
    /// What must be shown.
    pub evidence: Vec<Evidence>,
    /// What the applicant is asked.
    pub inputs: Vec<Input>,
}

/// Programmes of which only one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// Which one.
    pub rule: ExclusionRule,
    /// The others, in order; this programme stands before them, unless it is named itself.
    pub among: Vec<ProgrammeId>,
}

/// What is made public of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publicity {
    /// How much.
    pub mode: PublicityMode,
    /// Under what neutral title.
    pub title: Bilingual,
    /// For how many days, by the name of a value; none where nothing is posted.
    pub days: Option<String>,
}

/// A paper, or what stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its id, unique in the version.
    pub id: String,
    /// What it is called.
    pub title: Bilingual,
    /// Whether the platform fetches it itself, so that nobody is asked for it.
    pub fetched: bool,
    /// When it is needed; always, if nothing is said.
    pub when: Option<Condition>,
}

/// A question of the input form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The fact asked for.
    pub fact: Fact,
    /// Whether it must be answered.
    pub required: bool,
    /// What is asked, if not the fact's own title.
    pub title: Option<Bilingual>,
}
