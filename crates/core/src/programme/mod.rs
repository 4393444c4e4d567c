//! Programmes: a policy compiled to rules, and what the rules give for what is known of someone.
//!
//! [`Programme::compile`] cuts a policy's time where anything changes and resolves every value, so
//! that [`evaluate`] compares and multiplies whole numbers only, without allocating. [`explain`]
//! gives the same verdict with a full account of it.

mod asking;
#[cfg(test)]
mod cases;
mod compile;
mod counterfactual;
mod evaluate;
mod exclusion;
mod explain;
mod figure;
mod form;
mod interest;
mod moment;
mod names;
mod node;
mod operand;
mod person;
mod plain;
mod policy;
mod read;
mod round;
mod rules;
mod show;
mod test;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
mod tests;
mod told;
mod witness;

use crate::day::Day;
use crate::fact::{Fact, FactSet};
use crate::pack::{Help, Pack, Period, Place, PolicyHash, ProgrammeId, Subject, Version};
use crate::trace::Bilingual;

pub use counterfactual::Change;
pub use evaluate::{Asked, Limit, Silent, Sink, Step, Verdict, evaluate};
pub use exclusion::{Settled, Settlement, settle};
pub use explain::{ComponentShare, Explanation, explain};
pub use form::OutOfRange;
pub use person::RegistryPerson;
pub use policy::Policy;
pub use rules::Rules;
pub use test::Tri;

pub(crate) use {
    form::{Form, StayCap, StayRate},
    interest::Interest,
    moment::Moment,
    node::Node,
    plain::Plain,
    rules::{Component, clauses_of},
    told::scope_of,
};

/// A policy that cannot be compiled. Reading a policy finds all of these with their places; one
/// that was read has none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// There is no version.
    #[error("the pack has no version")]
    NoVersion,
    /// A condition names a clause that there is not.
    #[error("there is no clause {0}")]
    NoClause(String),
    /// A value is not in force on a day on which it is needed, or not what its place needs.
    #[error("value {name} is not in force on {day}, or of a kind that does not fit its use")]
    Value {
        /// Its name.
        name: String,
        /// The day.
        day: Day,
    },
    /// A test does not fit its fact.
    #[error("a test does not fit the fact {0}")]
    Test(Fact),
}

/// A programme at one place, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    policy: Policy,
    /// Oldest first; never empty.
    first: Rules,
    later: Vec<Rules>,
}

impl Programme {
    /// Compiles a policy.
    ///
    /// # Errors
    /// [`CompileError`]: a defect, for a policy that was read.
    pub fn compile(policy: &Policy) -> Result<Self, CompileError> {
        let mut spans = compile::spans(policy)?.into_iter();
        let first = spans.next().ok_or(CompileError::NoVersion)?;
        Ok(Self {
            policy: policy.clone(),
            first,
            later: spans.collect(),
        })
    }

    /// The policy it was compiled from.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    const fn pack(&self) -> &Pack {
        self.policy.pack()
    }

    /// The programme's id.
    #[must_use]
    pub const fn id(&self) -> &ProgrammeId {
        &self.pack().programme
    }

    /// Where its pack holds.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.pack().place
    }

    /// The nearest place of its pack and overlays: all in it are decided alike.
    #[must_use]
    pub fn nearest(&self) -> &Place {
        let overlay = self.policy.overlays().last();
        overlay.map_or(self.place(), |overlay| &overlay.place)
    }

    /// The help it belongs to.
    #[must_use]
    pub const fn help(&self) -> Help {
        self.pack().help
    }

    /// Whom it is for.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        self.pack().subject
    }

    /// What one decision covers.
    #[must_use]
    pub const fn period(&self) -> Period {
        self.pack().period
    }

    /// What it is called.
    #[must_use]
    pub const fn title(&self) -> &Bilingual {
        &self.pack().title
    }

    /// What it does, in a sentence.
    #[must_use]
    pub const fn summary(&self) -> &Bilingual {
        &self.pack().summary
    }

    /// The hash of its policy.
    #[must_use]
    pub const fn hash(&self) -> &PolicyHash {
        self.policy.hash()
    }

    /// The first day of its first version.
    #[must_use]
    pub const fn first_day(&self) -> Day {
        self.first.from
    }

    /// The name of the rules that hold on a day: the day on which they, or any of their values,
    /// last changed, as an ISO date. Before the programme it is the programme's first day.
    #[must_use]
    pub fn version_label(&self, day: Day) -> String {
        self.rules_at_or_first(day).from.to_string()
    }

    /// The terms in force on a day, if any are.
    #[must_use]
    pub fn version_at(&self, day: Day) -> Option<&Version> {
        self.version_of(self.rules_at(day)?)
    }

    /// The terms that some rules of this programme belong to.
    #[must_use]
    pub fn version_of(&self, rules: &Rules) -> Option<&Version> {
        self.pack().versions.get(rules.version)
    }

    /// The facts that the rules of a day may ask for; none where none are in force.
    #[must_use]
    pub fn facts_at(&self, day: Day) -> FactSet {
        self.rules_at(day).map_or(FactSet::EMPTY, Rules::facts)
    }

    /// The rules in force on a day, if any are.
    #[must_use]
    pub fn rules_at(&self, day: Day) -> Option<&Rules> {
        let rules = self.begun(day)?;
        rules.until.is_none_or(|until| day < until).then_some(rules)
    }

    /// The rules in force on a day; where none are, those before it, and before the programme its
    /// first.
    #[must_use]
    pub fn rules_at_or_first(&self, day: Day) -> &Rules {
        self.begun(day).unwrap_or(&self.first)
    }

    /// The last rules that began on or before a day.
    fn begun(&self, day: Day) -> Option<&Rules> {
        let later = self.later.iter().rev();
        later.chain([&self.first]).find(|rules| rules.from <= day)
    }

    /// The days on which other rules begin to hold, or none do, ascending.
    pub fn starts(&self) -> impl Iterator<Item = Day> {
        let spans = [&self.first].into_iter().chain(&self.later);
        let next = self.later.iter().map(|rules| Some(rules.from));
        spans
            .zip(next.chain([None]))
            .flat_map(|(rules, next)| {
                [
                    Some(rules.from),
                    rules.until.filter(|_| rules.until != next),
                ]
            })
            .flatten()
    }
}
