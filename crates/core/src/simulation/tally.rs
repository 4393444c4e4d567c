//! Sums over people: what a programme costs in a county before and after, and for whom it changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::money::Fen;
use crate::programme::OutOfRange;
use crate::trace::Outcome;

use super::{Grant, MONTHS};

/// What one programme comes to for some people in a year, under the rules in force and with a draft
/// in their place. Amounts in fen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// People to whom it is granted before.
    pub granted_before: i64,
    /// And after.
    pub granted_after: i64,
    /// People for whom a missing fact keeps it open before.
    pub undetermined_before: i64,
    /// And after.
    pub undetermined_after: i64,
    /// What it costs before.
    pub before: Fen,
    /// And after.
    pub after: Fen,
    /// People who get more, or a service they did not get.
    pub gainers: i64,
    /// How much more.
    pub gain: Fen,
    /// People who get less, or lose a service.
    pub losers: i64,
    /// How much less, not negative.
    pub loss: Fen,
    /// How many people lack each fact after, by the fact's id.
    pub missing: BTreeMap<String, i64>,
    /// What it costs on each day, before and after.
    pub days: BTreeMap<Day, (Fen, Fen)>,
}

/// The day on which a budget is used up: the first on which more is owed than it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drained {
    /// Under the rules in force; none if it lasts the year.
    pub before: Option<Day>,
    /// With the draft in their place.
    pub after: Option<Day>,
}

fn add(to: &mut Fen, amount: Fen) -> Result<(), OutOfRange> {
    *to = to.checked_add(amount).ok_or(OutOfRange)?;
    Ok(())
}

fn count(to: &mut i64, one: bool) {
    *to = to.saturating_add(i64::from(one));
}

/// Which way a change goes for a person: the sign of the amounts' difference; of equal amounts, of
/// being granted.
#[must_use]
pub fn direction(before: &Grant, after: &Grant) -> std::cmp::Ordering {
    let granted = |grant: &Grant| grant.outcome == Outcome::Granted;
    let by_amount = after.amount.cmp(&before.amount);
    by_amount.then(granted(after).cmp(&granted(before)))
}

impl Tally {
    /// Adds what a person gets before and after.
    ///
    /// # Errors
    /// [`OutOfRange`] for amounts beyond all money.
    pub fn add(&mut self, before: &Grant, after: &Grant) -> Result<(), OutOfRange> {
        use std::cmp::Ordering;
        let is = |grant: &Grant, outcome: Outcome| grant.outcome == outcome;
        count(&mut self.granted_before, is(before, Outcome::Granted));
        count(&mut self.granted_after, is(after, Outcome::Granted));
        count(
            &mut self.undetermined_before,
            is(before, Outcome::Undetermined),
        );
        count(
            &mut self.undetermined_after,
            is(after, Outcome::Undetermined),
        );
        add(&mut self.before, before.amount)?;
        add(&mut self.after, after.amount)?;
        let more = after.amount.checked_sub(before.amount).ok_or(OutOfRange)?;
        match direction(before, after) {
            Ordering::Greater => {
                count(&mut self.gainers, true);
                add(&mut self.gain, more)?;
            }
            Ordering::Less => {
                count(&mut self.losers, true);
                add(&mut self.loss, more.checked_neg().ok_or(OutOfRange)?)?;
            }
            Ordering::Equal => {}
        }
        for fact in after.missing.iter() {
            let people = self.missing.entry(fact.info().id.to_owned()).or_default();
            count(people, true);
        }
        Ok(())
    }

    /// Adds what is paid on the first days of months.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn add_months(
        &mut self,
        days: &[Day; MONTHS],
        before: &Grant,
        after: &Grant,
    ) -> Result<(), OutOfRange> {
        for ((day, before), after) in days.iter().zip(before.months).zip(after.months) {
            self.add_day(*day, before, after)?;
        }
        Ok(())
    }

    /// Adds what is paid on a day.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn add_day(&mut self, day: Day, before: Fen, after: Fen) -> Result<(), OutOfRange> {
        if before == Fen::ZERO && after == Fen::ZERO {
            return Ok(());
        }
        let sums = self.days.entry(day).or_default();
        add(&mut sums.0, before)?;
        add(&mut sums.1, after)
    }

    /// Adds the tally of other people.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn merge(&mut self, other: Self) -> Result<(), OutOfRange> {
        for (to, from) in [
            (&mut self.granted_before, other.granted_before),
            (&mut self.granted_after, other.granted_after),
            (&mut self.undetermined_before, other.undetermined_before),
            (&mut self.undetermined_after, other.undetermined_after),
            (&mut self.gainers, other.gainers),
            (&mut self.losers, other.losers),
        ] {
            *to = to.saturating_add(from);
        }
        for (to, from) in [
            (&mut self.before, other.before),
            (&mut self.after, other.after),
            (&mut self.gain, other.gain),
            (&mut self.loss, other.loss),
        ] {
            add(to, from)?;
        }
        for (fact, people) in other.missing {
            let sum = self.missing.entry(fact).or_default();
            *sum = sum.saturating_add(people);
        }
        for (day, (before, after)) in other.days {
            self.add_day(day, before, after)?;
        }
        Ok(())
    }

    /// Whether nobody gets anything, or might.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.granted_before == 0
            && self.granted_after == 0
            && self.undetermined_before == 0
            && self.undetermined_after == 0
    }

    /// The days on which a budget of so much is used up.
    #[must_use]
    pub fn drains(&self, budget: Fen) -> Drained {
        Drained {
            before: self.drained(budget, |(before, _)| *before),
            after: self.drained(budget, |(_, after)| *after),
        }
    }

    fn drained(&self, budget: Fen, of: impl Fn(&(Fen, Fen)) -> Fen) -> Option<Day> {
        let mut sum = Fen::ZERO;
        for (day, amounts) in &self.days {
            match sum.checked_add(of(amounts)) {
                Some(more) if more <= budget => sum = more,
                Some(_) | None => return Some(*day),
            }
        }
        None
    }
}
