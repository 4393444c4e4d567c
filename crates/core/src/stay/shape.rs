//! The days of one stay as each entitlement counts them, by what is in force at admission.

use crate::day::Day;
use crate::id::ClaimId;
use crate::programme::{Component, Form, Programme, Rules, StayCap, StayRate};

use super::engine::Stay;
use super::{DayCounting, EngineError, stay_days};

/// One stay, and the runs of days its hospital reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) claim: ClaimId,
    /// Its place among the stays as they were given.
    pub(super) stay: usize,
    pub(super) first: Day,
    /// The first day after every day counted of it, and how many these are.
    pub(super) end: Day,
    pub(super) days: u32,
    /// The first day after those in intensive care, if these are known.
    pub(super) icu_until: Option<Day>,
    /// The first day after the days of each nursing level, most intensive first.
    pub(super) nursing_until: [Day; 4],
    /// Its shapes: the first one's place, and how many.
    pub(super) shapes: (usize, usize),
    /// Whether a fact is missing that its amount turns on.
    pub(super) undetermined: bool,
}

/// One stay as one entitlement sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The stay's place in order of admission.
    pub(super) order: usize,
    /// The entitlement's place in the rules at admission.
    pub(super) place: usize,
    /// Its place among all entitlements that the person's stays meet.
    pub(super) key: usize,
    /// The first day after the days it counts, and how many these are; none for an entitlement
    /// that is given once.
    pub(super) end: Day,
    pub(super) days: u32,
    /// The first day after the free ones.
    pub(super) paid_from: Day,
    pub(super) cap: Option<StayCap>,
    /// What the stay has had of it: days and fen.
    pub(super) had_days: u32,
    pub(super) had_fen: i64,
}

/// How a component counts the days of stays, if it does.
pub(super) fn by_day(component: &Component) -> Option<&StayRate> {
    match &component.form {
        Form::PerStayDay(rate) => Some(rate),
        Form::Amount(_)
        | Form::PerUnit { .. }
        | Form::ShareOfCost { .. }
        | Form::Interest(_)
        | Form::Quota { .. }
        | Form::InKind => None,
    }
}

/// The calendar days of a stay as a programme counts them at admission: of its entitlements, the one
/// that counts most; 0 if the stay ends before it begins.
#[must_use]
pub fn counted_days(programme: &Programme, admitted_on: Day, discharged_on: Day) -> u32 {
    counted(
        programme.rules_at_or_first(admitted_on),
        admitted_on,
        discharged_on,
    )
}

fn counted(rules: &Rules, admitted_on: Day, discharged_on: Day) -> u32 {
    let by_day = rules.components().iter().filter_map(by_day);
    let days = by_day.map(|rate| stay_days(rate.counting, admitted_on, discharged_on));
    days.max().unwrap_or_else(|| {
        let counting = DayCounting::DischargeMinusAdmission;
        stay_days(counting, admitted_on, discharged_on)
    })
}

/// The first days of each stay that an entitlement does not pay.
pub(crate) fn free_days(component: &Component) -> u32 {
    by_day(component).map_or(0, |rate| rate.free)
}

/// The entitlement of the same id in other rules of the programme.
pub(super) fn component_of<'a>(
    programme: &Programme,
    (rules, place): (&Rules, usize),
    others: &'a Rules,
) -> Option<&'a Component> {
    if rules.version == others.version {
        return others.components().get(place);
    }
    let own = &programme.version_of(rules)?.components.get(place)?.id;
    let mut told = programme.version_of(others)?.components.iter();
    let place = told.position(|component| component.id == *own)?;
    others.components().get(place)
}

/// Whether two places in rules of the programme are those of the same entitlement.
pub(super) fn same_component(
    programme: &Programme,
    (rules, place): (&Rules, usize),
    (others, other): (&Rules, usize),
) -> bool {
    let same = component_of(programme, (rules, place), others);
    let there = others.components().get(other);
    matches!((same, there), (Some(one), Some(two)) if std::ptr::eq(one, two))
}

impl Span {
    /// A stay under the rules at its admission; its shapes are still to be made.
    pub(super) fn new(rules: &Rules, stay: &Stay, place: usize) -> Result<Self, EngineError> {
        let (claim, first) = (stay.claim, stay.admitted_on);
        if stay.discharged_on < first {
            return Err(EngineError::DischargedBeforeAdmitted(claim));
        }
        let days = counted(rules, first, stay.discharged_on);
        let end = first
            .plus_days(days)
            .ok_or(EngineError::OutOfRange(claim))?;
        // Runs longer than the stay are cut at its end.
        let after = |run: u32| first.plus_days(run.min(days)).unwrap_or(end);
        let mut laid = 0_u32;
        let mut lay = |run: u32| {
            laid = laid.saturating_add(run);
            after(laid)
        };
        let nursing = stay.nursing;
        let nursing_until = [
            lay(nursing.special),
            lay(nursing.level_1),
            lay(nursing.level_2),
            lay(nursing.level_3),
        ];
        Ok(Self {
            claim,
            stay: place,
            first,
            end,
            days,
            icu_until: stay.icu_days.map(after),
            nursing_until,
            shapes: (0, 0),
            undetermined: false,
        })
    }

    /// The place of the day's nursing level in its vocabulary, most intensive first, if the
    /// hospital reported one for the day.
    pub(super) fn nursing_level(&self, day: Day) -> Option<i64> {
        let place = self.nursing_until.iter().position(|until| day < *until)?;
        i64::try_from(place).ok()
    }

    /// The days on which something of the stay itself changes.
    pub(super) fn edges(&self, mut push: impl FnMut(Day)) {
        push(self.first);
        push(self.end);
        self.icu_until.into_iter().for_each(&mut push);
        for until in self.nursing_until {
            push(until);
        }
        for year in self.first.year()..=self.end.year() {
            if let Some(first) = Day::first_of_year(year) {
                push(first);
            }
        }
    }
}

impl Shape {
    /// A stay as this component of the rules at admission sees it.
    pub(super) fn new(
        component: &Component,
        stay: &Stay,
        span: &Span,
        (order, place, key): (usize, usize, usize),
    ) -> Self {
        let rate = by_day(component);
        let days = rate.map_or(0, |rate| {
            stay_days(rate.counting, stay.admitted_on, stay.discharged_on)
        });
        let after = |run: u32| {
            let run = run.min(days);
            stay.admitted_on.plus_days(run).unwrap_or(span.end)
        };
        Self {
            order,
            place,
            key,
            end: after(days),
            days,
            paid_from: after(rate.map_or(0, |rate| rate.free)),
            cap: rate.and_then(|rate| rate.cap_per_stay),
            had_days: 0,
            had_fen: 0,
        }
    }
}
