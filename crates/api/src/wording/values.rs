//! The values of a policy on a day: what holds, and from which place.

use sizhu_core::Day;
use sizhu_core::pack::{Clause, DatedValue, Literal, Pack, Place};
use sizhu_core::programme::Policy;

/// The values of a policy on a day, the nearest place first.
pub(crate) struct Values<'a> {
    policy: &'a Policy,
    day: Day,
}

impl<'a> Values<'a> {
    pub(crate) const fn on(policy: &'a Policy, day: Day) -> Self {
        Self { policy, day }
    }

    /// The pack that names them.
    pub(crate) fn pack(&self) -> &'a Pack {
        self.policy.pack()
    }

    pub(crate) fn clause(&self, id: &str) -> Option<&'a Clause> {
        self.pack().clause(id)
    }

    /// Every entry of a value in force, from the nearest place to the farthest.
    pub(crate) fn chain(&self, name: &'a str) -> Vec<(&'a Place, &'a DatedValue)> {
        self.policy.levels(name, self.day).collect()
    }

    /// The value that holds.
    pub(crate) fn literal(&self, name: &'a str) -> Option<&'a Literal> {
        let chain = self.chain(name);
        chain.first().map(|(_, entry)| &entry.literal)
    }
}
