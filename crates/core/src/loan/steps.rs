//! A value that changes on days: balances and rates.

use crate::day::Day;

/// A value from each of some days on, ascending; before the first it is the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Steps<T>(Vec<(Day, T)>);

impl<T: Copy + Default + PartialEq> Steps<T> {
    /// Nothing but the default.
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value from a day on. Days are told in ascending order; of one day the last counts.
    pub(super) fn set(&mut self, day: Day, value: T) {
        match self.0.last_mut() {
            Some((last, known)) if *last >= day => *known = value,
            Some(_) | None => self.0.push((day, value)),
        }
    }

    /// The value of a day.
    pub(super) fn at(&self, day: Day) -> T {
        let begun = self.0.partition_point(|(from, _)| *from <= day);
        let last = begun.checked_sub(1).and_then(|place| self.0.get(place));
        last.map_or_else(T::default, |(_, value)| *value)
    }

    /// The value told last.
    pub(super) fn last(&self) -> T {
        self.0.last().map_or_else(T::default, |(_, value)| *value)
    }

    /// The days on which it changes, ascending.
    pub(super) fn days(&self) -> impl Iterator<Item = Day> {
        self.0.iter().map(|(day, _)| *day)
    }
}
