//! What programmes give a person in a calendar year: the arithmetic of what-if over a registry.
//!
//! Nothing of this is a decision. Each programme is asked on the first day of each month, with what
//! the year brought so far; of each of its periods (month, quarter, year, once in a life) the first
//! month counts in which it grants. Programmes of stays are asked for the real stays. Programmes
//! that shut each other out are settled each month; one that another, for which facts are missing, could
//! shut out counts as given.

mod offer;
#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
mod sums_tests;
mod tally;
#[cfg(test)]
mod tests;
mod veil;

use crate::day::Day;
use crate::fact::{Fact, FactSet, Sheet};
use crate::money::Fen;
use crate::pack::Period;
use crate::programme::{
    OutOfRange, Programme, RegistryPerson, Settlement, Silent, Verdict, settle,
};
use crate::stay::{EngineError, Scratch, Stay, StayPerson, total};
use crate::trace::Outcome;

pub use offer::{MONTHS, Offer, Seat, affected, spread};
pub use tally::{Drained, Tally, direction};
pub use veil::{FEWEST, Shown, show};

/// What cannot be added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// An amount is too large.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// The stays of a person are such as no stays can be.
    #[error(transparent)]
    Stays(#[from] EngineError),
    /// The year is none of the calendar's.
    #[error("the year is out of range")]
    Year,
}

/// What a programme gave someone before the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Earlier {
    /// How many times.
    pub times: i64,
    /// How much in all.
    pub amount: Fen,
}

/// A person of the registry.
#[derive(Debug, Clone, Copy)]
pub struct Who<'a> {
    /// What the registry knows.
    pub person: &'a RegistryPerson,
    /// Their counted stays, by day of discharge.
    pub stays: &'a [Stay],
    /// What each programme gave them before the year, by its place in the offer.
    pub earlier: &'a [Earlier],
    /// How many places of each programme's quota are taken, by its place in the offer.
    pub taken: &'a [i64],
}

/// What a programme gives one person in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Granted if anything is; else undetermined if a missing fact could have brought something.
    pub outcome: Outcome,
    /// What is given in the year.
    pub amount: Fen,
    /// The facts that keep it open; none unless it is undetermined.
    pub missing: FactSet,
    /// How many times it is given in the year.
    pub times: i64,
    /// What is given in each month, by its first day.
    pub months: [Fen; MONTHS],
}

impl Grant {
    /// Nothing.
    pub const NONE: Self = Self {
        outcome: Outcome::Refused,
        amount: Fen::ZERO,
        missing: FactSet::EMPTY,
        times: 0,
        months: [Fen::ZERO; MONTHS],
    };

    fn pay(&mut self, month: usize, amount: Fen) -> Result<(), OutOfRange> {
        self.outcome = Outcome::Granted;
        self.missing = FactSet::EMPTY;
        self.times = self.times.saturating_add(1);
        self.amount = self.amount.checked_add(amount).ok_or(OutOfRange)?;
        if let Some(slot) = self.months.get_mut(month) {
            *slot = slot.checked_add(amount).ok_or(OutOfRange)?;
        }
        Ok(())
    }

    fn leave_open(&mut self, missing: FactSet) {
        if self.outcome != Outcome::Granted {
            self.outcome = Outcome::Undetermined;
            self.missing = self.missing.union(missing);
        }
    }
}

/// What is paid for stays, by the day of discharge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StayPayment {
    /// The programme's place in the offer.
    pub place: usize,
    /// The day; the last of the year for stays that end later.
    pub day: Day,
    /// How much of the year.
    pub amount: Fen,
}

/// What all programmes of an offer give one person in the year, and the buffers for it.
#[derive(Debug, Default)]
pub struct YearOf {
    /// By the programme's place in the offer.
    pub grants: Vec<Grant>,
    /// What of it is for stays: their days of discharge, not first days of months.
    pub stays: Vec<StayPayment>,
    verdicts: Vec<Verdict>,
    windows: Vec<Option<(usize, Verdict)>>,
    scratch: Scratch,
}

impl YearOf {
    /// Asks the programmes of the offer that `asked` names by their places; the others give nothing.
    ///
    /// # Errors
    /// [`SimulationError`]: a defect of the facts or amounts beyond all money.
    pub fn ask(
        &mut self,
        offer: &Offer<'_>,
        asked: impl Fn(usize) -> bool,
        who: Who<'_>,
    ) -> Result<(), SimulationError> {
        let seats = offer.seats.len();
        self.grants.clear();
        self.grants.resize(seats, Grant::NONE);
        self.windows.clear();
        self.windows.resize(seats, None);
        self.stays.clear();
        for month in 0..MONTHS {
            self.month(offer, &asked, who, month)?;
        }
        if who.stays.is_empty() {
            return Ok(());
        }
        for (place, seat) in offer.seats.iter().enumerate() {
            match seat.programme {
                Some(programme) if programme.period() == Period::Stay && asked(place) => {
                    self.of_stays(programme, offer, place, who)?;
                }
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    /// Whether a programme with a quota was granted: then it is the turn that counts, and people are
    /// asked one after the other.
    #[must_use]
    pub fn takes_places(&self, offer: &Offer<'_>) -> bool {
        let mut both = self.grants.iter().zip(&offer.seats);
        both.any(|(grant, seat)| seat.has_quota && grant.outcome == Outcome::Granted)
    }

    fn month(
        &mut self,
        offer: &Offer<'_>,
        asked: &impl Fn(usize) -> bool,
        who: Who<'_>,
        month: usize,
    ) -> Result<(), SimulationError> {
        let Some(day) = offer.days.get(month).copied() else {
            return Ok(());
        };
        let mut sheet = who.person.sheet_on(day);
        self.verdicts.clear();
        for (place, seat) in offer.seats.iter().enumerate() {
            let asked = asked(place) && !seat.by_stays();
            let verdict = match self.given(place, seat, month) {
                Some(verdict) => verdict,
                None if asked => self.verdict(place, seat, month, who, &mut sheet)?,
                None => REFUSED,
            };
            self.verdicts.push(verdict);
        }
        if offer.shuts_out(month) && self.may_shut_out(offer) {
            self.settle(offer, day);
        }
        for (place, seat) in offer.seats.iter().enumerate() {
            let known = self.given(place, seat, month).is_some();
            let (Some(verdict), Some(grant)) = (
                self.verdicts.get(place).copied(),
                self.grants.get_mut(place),
            ) else {
                continue;
            };
            match verdict.outcome {
                Outcome::Granted if !known => {
                    grant.pay(month, verdict.amount)?;
                    if let Some(window) = self.windows.get_mut(place) {
                        *window = Some((seat.window(month), verdict));
                    }
                }
                Outcome::Granted | Outcome::Refused => {}
                Outcome::Undetermined => grant.leave_open(verdict.missing),
            }
        }
        Ok(())
    }

    /// What was given already in the programme's period that the month belongs to: it is not given
    /// again, and shuts others out as when it was given.
    fn given(&self, place: usize, seat: &Seat<'_>, month: usize) -> Option<Verdict> {
        let (window, verdict) = self.windows.get(place).copied().flatten()?;
        (window == seat.window(month)).then_some(verdict)
    }

    /// What a programme says in a month, with what it gave so far.
    fn verdict(
        &self,
        place: usize,
        seat: &Seat<'_>,
        month: usize,
        who: Who<'_>,
        sheet: &mut Sheet,
    ) -> Result<Verdict, SimulationError> {
        let earlier = who.earlier.get(place).copied().unwrap_or_default();
        if seat.is_once() && earlier.times > 0 {
            return Ok(REFUSED);
        }
        let grant = self.grants.get(place).copied().unwrap_or(Grant::NONE);
        let in_all = earlier.amount.checked_add(grant.amount).ok_or(OutOfRange)?;
        sheet.set(Fact::ReceivedThisYear, grant.amount.get());
        sheet.set(Fact::ReceivedInAll, in_all.get());
        sheet.set(
            Fact::TimesReceived,
            earlier.times.saturating_add(grant.times),
        );
        let taken = who.taken.get(place).copied();
        sheet.set(Fact::QuotaTaken, taken.filter(|_| seat.has_quota));
        match seat.asked.get(month) {
            Some(asked) => Ok(asked.evaluate(sheet, &mut Silent)?),
            None => Ok(REFUSED),
        }
    }

    /// Whether there are two that one could shut out the other: for most people there are not, and
    /// settling them is the dearest part.
    fn may_shut_out(&self, offer: &Offer<'_>) -> bool {
        let mut bound = self
            .verdicts
            .iter()
            .zip(&offer.seats)
            .filter(|(verdict, seat)| seat.is_bound && verdict.outcome != Outcome::Refused);
        bound.next().is_some() && bound.next().is_some()
    }

    /// Takes from programmes what others shut out.
    fn settle(&mut self, offer: &Offer<'_>, day: Day) {
        let mut places = Vec::with_capacity(offer.seats.len());
        let mut pairs: Vec<(&Programme, &Verdict)> = Vec::with_capacity(offer.seats.len());
        for ((place, seat), verdict) in offer.seats.iter().enumerate().zip(&self.verdicts) {
            if let (Some(programme), true) = (seat.programme, seat.is_bound) {
                places.push(place);
                pairs.push((programme, verdict));
            }
        }
        for settled in settle(&pairs, day) {
            let place = places.get(settled.place).copied();
            let Some(verdict) = place.and_then(|place| self.verdicts.get_mut(place)) else {
                continue;
            };
            match settled.result {
                // What is granted by all that is known counts, whatever facts of others are missing.
                Settlement::Keeps | Settlement::Open { .. } => {}
                Settlement::ShutOut { .. } => *verdict = REFUSED,
            }
        }
    }

    /// What stays bring, each as it ended: all up to it, less all before it.
    fn of_stays(
        &mut self,
        programme: &Programme,
        offer: &Offer<'_>,
        place: usize,
        who: Who<'_>,
    ) -> Result<(), SimulationError> {
        let mut sheet = who.person.sheet_on(offer.last_day);
        // Whoever was in hospital lived then.
        sheet.set(Fact::Alive, None);
        let mut before = Fen::ZERO;
        let mut open = false;
        for (last, stay) in who.stays.iter().enumerate() {
            let person = StayPerson {
                registered: true,
                statuses: &who.person.statuses,
                stays: who.stays.get(..=last).unwrap_or_default(),
                sheet: &sheet,
            };
            let sum = total(
                programme,
                &person,
                offer.year..=offer.year,
                &mut self.scratch,
            )?;
            open = sum.undetermined_stays > 0;
            let amount = sum.amount.checked_sub(before).ok_or(OutOfRange)?;
            before = sum.amount;
            if amount != Fen::ZERO {
                self.stays.push(StayPayment {
                    place,
                    day: stay
                        .discharged_on
                        .max(offer.first_day())
                        .min(offer.last_day),
                    amount,
                });
            }
        }
        if let Some(grant) = self.grants.get_mut(place) {
            grant.amount = before;
            if before > Fen::ZERO {
                grant.outcome = Outcome::Granted;
            } else if open {
                grant.leave_open(FactSet::EMPTY);
            }
        }
        Ok(())
    }
}

const REFUSED: Verdict = Verdict {
    outcome: Outcome::Refused,
    amount: Fen::ZERO,
    missing: FactSet::EMPTY,
};
