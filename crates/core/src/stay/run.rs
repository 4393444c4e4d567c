//! What a run of days of one stay is worth by its own facts, before days are shared out and capped.
//!
//! Everything here is constant between the edges of the stays, so asking for the first day of a
//! run answers for all of it.

use crate::day::Day;
use crate::fact::{FactSet, Sheet};
use crate::money::Fen;
use crate::programme::{Component, Moment, Programme, Rules, StayCap, Tri};

use super::EngineError;
use super::engine::{Scratch, Sink, StayPerson};
use super::shape::{Shape, Span, by_day, component_of};

/// Why a day is not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    ProgrammeInForce,
    Eligibility,
    Registered,
    When,
    SharedDay,
    FreeDays,
    Unknown,
    CapPerStay,
    CapPerYear,
    CapLifetime,
}

/// What a day of a stay is worth by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    /// It may be paid, at this rate.
    Payable(Fen),
    /// It may be paid, but a fact is missing.
    Unknown,
    /// It is not paid.
    Unpaid(Stop),
}

/// A run of days of one stay, as one entitlement sees it, within which nothing changes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// The place of its shape.
    pub(super) shape: usize,
    pub(super) key: usize,
    pub(super) order: usize,
    pub(super) from: Day,
    pub(super) days: u32,
    pub(super) worth: Worth,
    /// The caps of its days.
    pub(super) cap_per_year: Option<StayCap>,
    pub(super) cap_lifetime: Option<StayCap>,
}

/// An entitlement that is given once for a stay, on its last day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) order: usize,
    /// Its place in the rules at admission.
    pub(super) place: usize,
    /// The first day of the run that the last day lies in.
    pub(super) run_from: Day,
    /// The stay's last day.
    pub(super) day: Day,
    pub(super) worth: Worth,
}

/// A run as a sink is told of it: what was asked, and of which rules.
pub(super) struct Asking<'a> {
    pub(super) order: usize,
    pub(super) from: Day,
    pub(super) days: u32,
    pub(super) now: Moment,
    /// The rules of the day, or the ones before it where none are in force.
    pub(super) rules: &'a Rules,
    pub(super) in_force: bool,
    pub(super) at_admission: &'a Rules,
    pub(super) eligible: Tri,
    pub(super) registered: bool,
}

/// Asks for every run of a stay.
pub(super) fn ask<S: Sink>(
    programme: &Programme,
    person: &StayPerson<'_>,
    scratch: &mut Scratch,
    order: usize,
    sink: &mut S,
) -> Result<(), EngineError> {
    let Some(span) = scratch.spans.get(order).copied() else {
        return Ok(());
    };
    let at_admission = programme.rules_at_or_first(span.first);
    let mut place = scratch.edges.partition_point(|edge| *edge < span.first);
    while let (Some(from), Some(until)) = (
        scratch.edges.get(place).copied(),
        scratch.edges.get(place.saturating_add(1)).copied(),
    ) {
        if span.end <= from {
            break;
        }
        place = place.saturating_add(1);
        scratch.tell(person, &span, from);
        let now = Moment::of(from);
        let rules = programme.rules_at_or_first(from);
        let out_of_range = || EngineError::OutOfRange(span.claim);
        let days = u32::try_from(from.days_until(until)).ok();
        let asking = Asking {
            order,
            from,
            days: days.ok_or_else(out_of_range)?,
            now,
            rules,
            in_force: rules.from <= from && rules.until.is_none_or(|until| from < until),
            at_admission,
            eligible: rules.eligibility.ask(&scratch.sheet, now),
            registered: person.registered,
        };
        if S::TELLS {
            sink.asked(&asking, &scratch.sheet);
        }
        ask_each(programme, person, scratch, (&span, &asking, until), sink)?;
    }
    Ok(())
}

/// Asks for a run, as each entitlement sees it.
fn ask_each<S: Sink>(
    programme: &Programme,
    person: &StayPerson<'_>,
    scratch: &mut Scratch,
    (span, asking, until): (&Span, &Asking<'_>, Day),
    sink: &mut S,
) -> Result<(), EngineError> {
    let yields = person
        .stays
        .get(span.stay)
        .is_some_and(|stay| stay.yields_day);
    let (first, count) = span.shapes;
    for place in first..first.saturating_add(count) {
        let Some(shape) = scratch.shapes.get(place).copied() else {
            continue;
        };
        let Some(component) = asking.at_admission.components().get(shape.place) else {
            continue;
        };
        let of_day = component_of(programme, (asking.at_admission, shape.place), asking.rules);
        let asked = Asked {
            asking,
            component,
            of_day,
            yields,
        };
        if by_day(component).is_some() {
            if asking.from < shape.end {
                let run = asked.run(&scratch.sheet, &shape, place);
                if S::TELLS {
                    sink.worth(asking, &shape, run.worth, &scratch.sheet);
                }
                open(scratch, asking.order, run.worth);
                scratch.runs.push(run);
            }
        } else if until == span.end {
            let worth = asked
                .given(&scratch.sheet)
                .ok_or(EngineError::OutOfRange(span.claim))?;
            if S::TELLS {
                sink.worth(asking, &shape, worth, &scratch.sheet);
            }
            open(scratch, asking.order, worth);
            scratch.once.push(Given {
                order: asking.order,
                place: shape.place,
                run_from: asking.from,
                day: span.end.previous().unwrap_or(asking.from),
                worth,
            });
        }
    }
    Ok(())
}

/// Marks the stay where a fact is missing.
fn open(scratch: &mut Scratch, order: usize, worth: Worth) {
    if worth == Worth::Unknown
        && let Some(span) = scratch.spans.get_mut(order)
    {
        span.undetermined = true;
    }
}

/// An entitlement asked for a run: as it stood at admission, and as it stands on the day.
struct Asked<'a> {
    asking: &'a Asking<'a>,
    component: &'a Component,
    of_day: Option<&'a Component>,
    yields: bool,
}

impl Asked<'_> {
    /// What stops the day whoever has it and wherever it lies in the stay, if anything does. A
    /// condition that fails stops it also where another is unknown.
    fn stopped(&self, sheet: &Sheet) -> (Option<Stop>, Tri) {
        let asking = self.asking;
        if !asking.in_force || self.of_day.is_none() {
            return (Some(Stop::ProgrammeInForce), Tri::False);
        }
        if asking.eligible == Tri::False {
            return (Some(Stop::Eligibility), Tri::False);
        }
        if !asking.registered {
            return (Some(Stop::Registered), Tri::False);
        }
        let applies = self.component.when.ask(sheet, asking.now);
        if applies == Tri::False {
            return (Some(Stop::When), Tri::False);
        }
        if self.yields {
            return (Some(Stop::SharedDay), Tri::False);
        }
        let open = asking.eligible == Tri::Unknown || applies == Tri::Unknown;
        (None, if open { Tri::Unknown } else { Tri::True })
    }

    fn run(&self, sheet: &Sheet, shape: &Shape, place: usize) -> Run {
        let rate = self.of_day.and_then(by_day);
        let worth = match self.stopped(sheet) {
            (Some(stop), _) => Worth::Unpaid(stop),
            (None, _) if self.asking.from < shape.paid_from => Worth::Unpaid(Stop::FreeDays),
            (None, Tri::Unknown) => Worth::Unknown,
            (None, Tri::True | Tri::False) => rate
                .and_then(|rate| rate.rate.of(sheet, self.asking.now))
                .map_or(Worth::Unknown, |fen| Worth::Payable(Fen::new(fen))),
        };
        Run {
            shape: place,
            key: shape.key,
            order: shape.order,
            from: self.asking.from,
            days: self.asking.days,
            worth,
            cap_per_year: rate.and_then(|rate| rate.cap_per_year),
            cap_lifetime: rate.and_then(|rate| rate.cap_lifetime),
        }
    }

    /// What an entitlement that is given once comes to; `None` if it is out of range.
    fn given(&self, sheet: &Sheet) -> Option<Worth> {
        match self.stopped(sheet) {
            (Some(stop), _) => Some(Worth::Unpaid(stop)),
            (None, Tri::Unknown) => Some(Worth::Unknown),
            (None, Tri::True | Tri::False) => {
                let amount = self.of_day?.form.amount(sheet, self.asking.now).ok()?;
                Some(amount.map_or(Worth::Unknown, Worth::Payable))
            }
        }
    }
}

/// The facts that keep the amount of a run from being known: those of conditions or, where these
/// hold, those of what is paid.
pub(super) fn missing(
    programme: &Programme,
    asking: &Asking<'_>,
    place: usize,
    sheet: &Sheet,
) -> (FactSet, FactSet) {
    let component = asking.at_admission.components().get(place);
    let of_day = component_of(programme, (asking.at_admission, place), asking.rules);
    let (Some(component), Some(of_day)) = (component, of_day) else {
        return (FactSet::EMPTY, FactSet::EMPTY);
    };
    let now = asking.now;
    let eligibility = asking.rules.eligibility.missing(sheet, now);
    let conditions = eligibility.union(component.when.missing(sheet, now));
    if !conditions.is_empty() {
        return (conditions, FactSet::EMPTY);
    }
    let of_pay = match by_day(of_day) {
        Some(rate) => rate.rate.missing(sheet, now),
        None => of_day.form.missing(sheet, now),
    };
    (FactSet::EMPTY, of_pay)
}
