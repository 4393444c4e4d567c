//! The sums of a person's stays, for whole registries: no reasons, no allocation.

use std::ops::RangeInclusive;

use crate::day::Day;
use crate::fact::Sheet;
use crate::money::Fen;
use crate::programme::Programme;

use super::EngineError;
use super::engine::{Scratch, Sink, StayPerson, work};
use super::run::{Asking, Given, Worth};
use super::shape::{Shape, Span};
use super::share::Treated;

/// What a person's stays come to in some calendar years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct YearTotals {
    /// What is paid for days in these years, and once for stays that end in them.
    pub amount: Fen,
    /// The days paid, each once, however many entitlements pay it.
    pub days: u32,
    /// The stays of which a day is paid, or a sum, in these years.
    pub paid_stays: u32,
    /// The stays, of any year, whose amount a missing fact keeps open.
    pub undetermined_stays: u32,
}

/// What a person's stays come to in some calendar years: the same as [`super::price`] finds, added
/// up. Allocates nothing once the scratch has grown.
///
/// # Errors
/// [`EngineError`] for facts that no stays can have.
pub fn total(
    programme: &Programme,
    person: &StayPerson<'_>,
    years: RangeInclusive<i32>,
    scratch: &mut Scratch,
) -> Result<YearTotals, EngineError> {
    if let Some(sums) = super::plain::total(programme, person, &years, scratch) {
        return Ok(sums);
    }
    worked_out(programme, person, years, scratch)
}

/// As [`total`], for everyone.
pub(super) fn worked_out(
    programme: &Programme,
    person: &StayPerson<'_>,
    years: RangeInclusive<i32>,
    scratch: &mut Scratch,
) -> Result<YearTotals, EngineError> {
    let mut paid = std::mem::take(&mut scratch.paid);
    paid.clear();
    let mut sums = Sums {
        years,
        amount: Some(Fen::ZERO),
        paid,
    };
    let worked = work(programme, person, scratch, &mut sums);
    let (amount, days, paid_stays) = (sums.amount, sums.days(), sums.paid_stays());
    let undetermined = scratch.spans.iter().filter(|span| span.undetermined);
    let undetermined_stays = u32::try_from(undetermined.count()).unwrap_or(u32::MAX);
    let claim = scratch.spans.first().map(|span| span.claim);
    scratch.paid = sums.paid;
    worked?;
    match (amount, claim) {
        (None, Some(claim)) => Err(EngineError::OutOfRange(claim)),
        (amount, _) => Ok(YearTotals {
            amount: amount.unwrap_or_default(),
            days,
            paid_stays,
            undetermined_stays,
        }),
    }
}

struct Sums {
    years: RangeInclusive<i32>,
    /// `None` once it is out of range.
    amount: Option<Fen>,
    /// What is paid: the stay's order, and the days from the first to before the last; no days for
    /// what is given once.
    paid: Vec<(usize, Day, Day)>,
}

impl Sums {
    fn add(&mut self, order: usize, (from, until): (Day, Day), amount: Option<Fen>) {
        if self.years.contains(&from.year()) {
            self.amount = self.amount.and_then(|sum| sum.checked_add(amount?));
            self.paid.push((order, from, until));
        }
    }

    /// The days paid, each once.
    fn days(&mut self) -> u32 {
        self.paid.sort_unstable();
        let mut days = 0_u32;
        let mut before: Option<(usize, Day)> = None;
        for (order, from, until) in &self.paid {
            let counted = before.filter(|(other, _)| other == order);
            let from = counted.map_or(*from, |(_, end)| end.max(*from));
            let own = u32::try_from(from.days_until(*until)).unwrap_or(0);
            days = days.saturating_add(own);
            before = Some((*order, from.max(*until)));
        }
        days
    }

    fn paid_stays(&self) -> u32 {
        let orders = self.paid.iter().map(|(order, _, _)| *order);
        let before = std::iter::once(None).chain(orders.clone().map(Some));
        let changes = orders
            .zip(before)
            .filter(|(own, before)| Some(*own) != *before);
        u32::try_from(changes.count()).unwrap_or(u32::MAX)
    }
}

impl Sink for Sums {
    const TELLS: bool = false;

    fn asked(&mut self, _: &Asking<'_>, _: &Sheet) {}

    fn worth(&mut self, _: &Asking<'_>, _: &Shape, _: Worth, _: &Sheet) {}

    fn treated(&mut self, _: &Span, treated: &Treated) -> Result<(), EngineError> {
        if let Ok(daily) = treated.daily {
            let until = treated.from.plus_days(treated.days);
            let amount = daily.times_count(treated.days).filter(|_| until.is_some());
            let days = (treated.from, until.unwrap_or(treated.from));
            self.add(treated.order, days, amount);
        }
        Ok(())
    }

    fn given(&mut self, given: &Given) {
        if let Worth::Payable(amount) = given.worth
            && amount > Fen::ZERO
        {
            self.add(given.order, (given.day, given.day), Some(amount));
        }
    }
}
