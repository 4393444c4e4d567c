//! What is known at one time: each fact a whole number or unknown, without allocation.

use super::{FACT_COUNT, Fact};

/// A set of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct FactSet(u128);

// One bit a fact.
const _: () = assert!(FACT_COUNT <= 128, "a fact set holds 128 facts");

impl FactSet {
    /// No fact.
    pub const EMPTY: Self = Self(0);

    /// The set with this fact too.
    #[must_use]
    pub const fn with(self, fact: Fact) -> Self {
        Self(self.0 | fact.bit())
    }

    /// The set without this fact.
    #[must_use]
    pub const fn without(self, fact: Fact) -> Self {
        Self(self.0 & !fact.bit())
    }

    /// The facts of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The facts of this set that are not in the other.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the fact is in the set.
    #[must_use]
    pub const fn has(self, fact: Fact) -> bool {
        self.0 & fact.bit() != 0
    }

    /// Whether there is no fact in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The facts, in the order of the catalogue.
    pub fn iter(self) -> impl Iterator<Item = Fact> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let place = left.trailing_zeros();
            // Takes the lowest bit away.
            left &= left.wrapping_sub(1);
            Fact::ALL.get(usize::try_from(place).ok()?).copied()
        })
    }
}

impl FromIterator<Fact> for FactSet {
    fn from_iter<I: IntoIterator<Item = Fact>>(facts: I) -> Self {
        facts.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// The number that stands for "not known": no fact has it.
const UNKNOWN: i64 = i64::MIN;

/// The facts known of one subject on one day, as whole numbers: a truth is 0 or 1, a day
/// `20260131`, a word its place in the list, money fen, a share parts per million, a division and
/// a diagnosis the first number of their span (see [`super::division_span`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    numbers: [i64; FACT_COUNT],
}

impl Default for Sheet {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Sheet {
    /// Nothing known.
    pub const EMPTY: Self = Self {
        numbers: [UNKNOWN; FACT_COUNT],
    };

    /// The number of a fact, if it is known.
    #[must_use]
    #[inline]
    pub fn get(&self, fact: Fact) -> Option<i64> {
        let number = self.numbers.get(fact.place()).copied();
        number.filter(|number| *number != UNKNOWN)
    }

    /// Learns a fact, or unlearns it.
    #[inline]
    pub fn set(&mut self, fact: Fact, number: impl Into<Option<i64>>) {
        if let Some(slot) = self.numbers.get_mut(fact.place()) {
            *slot = number.into().unwrap_or(UNKNOWN);
        }
    }

    /// Those of these facts that are not known.
    #[must_use]
    #[inline]
    pub fn lacking(&self, facts: FactSet) -> FactSet {
        let unknown = facts.iter().filter(|fact| self.get(*fact).is_none());
        unknown.collect()
    }

    /// The facts that are known.
    #[must_use]
    pub fn known(&self) -> FactSet {
        let facts = Fact::ALL.iter().copied();
        facts.filter(|fact| self.get(*fact).is_some()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_known_from_unknown() {
        let mut sheet = Sheet::EMPTY;
        assert_eq!(sheet.get(Fact::Alive), None);
        sheet.set(Fact::Alive, 0);
        sheet.set(Fact::ReceivedInAll, 7);
        assert_eq!(sheet.get(Fact::Alive), Some(0));
        assert_eq!(
            sheet.known().iter().collect::<Vec<_>>(),
            [Fact::Alive, Fact::ReceivedInAll]
        );
        sheet.set(Fact::Alive, None);
        assert_eq!(sheet.get(Fact::Alive), None);
        assert!(!sheet.known().is_empty());
    }
}
