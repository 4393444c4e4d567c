//! The engine: all stays of a person together, cut into runs, shared out, and told to a sink.
//!
//! Days are taken in calendar order; a day that two stays have goes to the one admitted earlier
//! (then the smaller claim id), if that one is paid for it. Runs are cut wherever anything
//! changes, so within one run only the caps can stop the paying, and they stop it for its tail.

use std::cmp::Ordering;

use crate::day::Day;
use crate::diagnosis::DiagnosisCode;
use crate::fact::{Fact, Sheet, diagnosis_value};
use crate::hospital::{HospitalClass, HospitalGrade, HospitalLevel, Ownership};
use crate::id::ClaimId;
use crate::money::Fen;
use crate::programme::Programme;

use super::run::{Asking, Given, Run, Worth};
use super::shape::{Shape, Span, same_component};
use super::share::{Account, Treated, share_out};
use super::{Charges, EngineError, NursingDays, StatusFacts, StayFacts, tell_statuses};

/// A stay as the engine reads it: the facts of [`StayFacts`] without the patient's name, the
/// diagnosis as the number that rules compare with (see [`diagnosis_value`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// The claim.
    pub claim: ClaimId,
    /// The day of admission.
    pub admitted_on: Day,
    /// The day of discharge, not before admission.
    pub discharged_on: Day,
    /// Whether its one day is the first of another, longer stay.
    pub yields_day: bool,
    /// The principal diagnosis, if it is known.
    pub diagnosis: Option<i64>,
    /// Days by nursing level.
    pub nursing: NursingDays,
    /// Days in intensive care, if that is known.
    pub icu_days: Option<u32>,
    /// The hospital's class at admission.
    pub hospital: HospitalClass,
    /// The Shanghai day on which the claim was posted.
    pub posted_on: Day,
    /// What the stay cost, if that is known.
    pub charges: Option<Charges>,
}

impl Stay {
    /// The number of a diagnosis.
    #[must_use]
    pub fn diagnosis(code: &DiagnosisCode) -> i64 {
        diagnosis_value(code)
    }

    /// Writes the facts of the stay on a sheet, those of its days left out.
    fn tell(&self, sheet: &mut Sheet, days: u32) {
        for fact in OF_A_STAY {
            sheet.set(fact, self.number(fact, days));
        }
    }

    /// The number of a fact of the stay, of so many days; `None` for what it does not tell.
    #[inline]
    pub(super) fn number(&self, fact: Fact, days: u32) -> Option<i64> {
        let charge = |of: fn(&Charges) -> Fen| self.charges.as_ref().map(|it| of(it).get());
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a stay tells a few of the many facts, and no others"
        )]
        match fact {
            Fact::Diagnosis => self.diagnosis,
            Fact::HospitalLevel => Some(level_number(self.hospital.level)),
            Fact::HospitalGrade => Some(grade_number(self.hospital.grade)),
            Fact::HospitalOwnership => Some(owner_number(self.hospital.ownership)),
            Fact::AdmittedOn => Some(self.admitted_on.number()),
            Fact::DischargedOn => Some(self.discharged_on.number()),
            Fact::ClaimedAfter => Some(self.discharged_on.days_until(self.posted_on).max(0)),
            Fact::StayDays => Some(i64::from(days)),
            Fact::CostTotal => charge(|it| it.total),
            Fact::CostInsured => charge(|it| it.insurance_paid),
            Fact::CostSelfPaid => charge(|it| it.self_paid),
            _ => None,
        }
    }
}

/// The facts that a stay tells.
pub(crate) const OF_A_STAY: [Fact; 11] = [
    Fact::Diagnosis,
    Fact::HospitalLevel,
    Fact::HospitalGrade,
    Fact::HospitalOwnership,
    Fact::AdmittedOn,
    Fact::DischargedOn,
    Fact::ClaimedAfter,
    Fact::StayDays,
    Fact::CostTotal,
    Fact::CostInsured,
    Fact::CostSelfPaid,
];

impl From<&StayFacts> for Stay {
    fn from(facts: &StayFacts) -> Self {
        Self {
            claim: facts.claim,
            admitted_on: facts.admitted_on,
            discharged_on: facts.discharged_on,
            yields_day: facts.yields_day,
            diagnosis: facts.diagnosis.as_ref().map(diagnosis_value),
            nursing: facts.nursing,
            icu_days: facts.icu_days,
            hospital: facts.hospital,
            posted_on: facts.posted_on,
            charges: facts.charges,
        }
    }
}

const fn level_number(level: HospitalLevel) -> i64 {
    match level {
        HospitalLevel::Unrated => 0,
        HospitalLevel::One => 1,
        HospitalLevel::Two => 2,
        HospitalLevel::Three => 3,
    }
}

const fn grade_number(grade: HospitalGrade) -> i64 {
    match grade {
        HospitalGrade::None => 0,
        HospitalGrade::C => 1,
        HospitalGrade::B => 2,
        HospitalGrade::A => 3,
        HospitalGrade::Special => 4,
    }
}

const fn owner_number(owner: Ownership) -> i64 {
    match owner {
        Ownership::Public => 0,
        Ownership::Private => 1,
    }
}

/// All that decides the stays of a person, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct StayPerson<'a> {
    /// Whether the person is in the registry. Nobody else is ever paid.
    pub registered: bool,
    /// The person's statuses, in any order.
    pub statuses: &'a [StatusFacts],
    /// The person's counted stays, in any order.
    pub stays: &'a [Stay],
    /// What else is known of the person. Statuses, stays and days are written over it.
    pub sheet: &'a Sheet,
}

/// The buffers of the engine, used again from person to person: once they have grown to the
/// longest history, nothing is allocated.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) sheet: Sheet,
    pub(super) spans: Vec<Span>,
    pub(super) shapes: Vec<Shape>,
    /// The entitlements met, by the day whose rules name them and their place in these.
    pub(super) keys: Vec<(Day, usize)>,
    pub(super) edges: Vec<Day>,
    more: Vec<Day>,
    pub(super) runs: Vec<Run>,
    pub(super) once: Vec<Given>,
    pub(super) accounts: Vec<Account>,
    pub(super) paid: Vec<(usize, Day, Day)>,
    /// The day whose statuses and the stay whose facts are on the sheet.
    told: (Option<Day>, Option<usize>),
}

impl Scratch {
    /// Begins with what is known of the person.
    pub(super) fn begin_sheet(&mut self, person: &StayPerson<'_>) {
        self.sheet = *person.sheet;
        self.sheet
            .set(Fact::Registered, i64::from(person.registered));
        if self.sheet.get(Fact::Alive).is_none() && person.registered {
            // Someone in hospital lives.
            self.sheet.set(Fact::Alive, 1);
        }
    }

    fn start(&mut self, person: &StayPerson<'_>) {
        self.begin_sheet(person);
        self.spans.clear();
        self.shapes.clear();
        self.keys.clear();
        self.edges.clear();
        self.more.clear();
        self.runs.clear();
        self.once.clear();
        self.accounts.clear();
        self.paid.clear();
        self.told = (None, None);
    }

    /// Writes what is known on a day of a stay on the sheet.
    pub(super) fn tell(&mut self, person: &StayPerson<'_>, span: &Span, day: Day) {
        let (on, stay) = self.told;
        let changed = |from: Day| {
            let between = |edge: Day| from < edge && edge <= day;
            let mut periods = person.statuses.iter().map(|status| &status.period);
            periods.any(|it| between(it.from()) || it.until().is_some_and(between))
        };
        if on.is_none_or(|on| day < on || changed(on)) {
            let held: &[StatusFacts] = if person.registered {
                person.statuses
            } else {
                &[]
            };
            tell_statuses(&mut self.sheet, held, day);
        }
        if stay != Some(span.stay)
            && let Some(facts) = person.stays.get(span.stay)
        {
            facts.tell(&mut self.sheet, span.days);
        }
        self.told = (Some(day), Some(span.stay));
        self.sheet.set(Fact::NursingLevel, span.nursing_level(day));
        let intensive = span.icu_until.map(|until| i64::from(day < until));
        self.sheet.set(Fact::IntensiveCare, intensive);
    }
}

/// What is told of the work on a person's stays.
pub(super) trait Sink {
    /// Whether runs are told with all that was asked for them.
    const TELLS: bool;

    /// A run of days of a stay, before entitlements are asked; `known` is what is known on it.
    fn asked(&mut self, asking: &Asking<'_>, known: &Sheet);

    /// What the run is worth to an entitlement, before days are shared out.
    fn worth(&mut self, asking: &Asking<'_>, shape: &Shape, worth: Worth, known: &Sheet);

    /// Days as they are treated at last, in calendar order within each stay and entitlement.
    fn treated(&mut self, span: &Span, treated: &Treated) -> Result<(), EngineError>;

    /// An entitlement that is given once for a stay, or is not.
    fn given(&mut self, given: &Given);
}

/// Prices all stays of a person and tells the sink. The scratch holds the stays in order of
/// admission, then claim id, when this is done.
pub(super) fn work<S: Sink>(
    programme: &Programme,
    person: &StayPerson<'_>,
    scratch: &mut Scratch,
    sink: &mut S,
) -> Result<(), EngineError> {
    scratch.start(person);
    if person.stays.is_empty() {
        return Ok(());
    }
    measure(programme, person, scratch)?;
    cut(programme, person, scratch);
    for order in 0..scratch.spans.len() {
        super::run::ask(programme, person, scratch, order, sink)?;
    }
    share_out(scratch, sink)
}

/// Lays out each stay, in order, as each entitlement in force at its admission sees it.
fn measure(
    programme: &Programme,
    person: &StayPerson<'_>,
    scratch: &mut Scratch,
) -> Result<(), EngineError> {
    for (place, stay) in person.stays.iter().enumerate() {
        let rules = programme.rules_at_or_first(stay.admitted_on);
        scratch.spans.push(Span::new(rules, stay, place)?);
    }
    let by_admission = |one: &Span, two: &Span| -> Ordering {
        (one.first, one.claim).cmp(&(two.first, two.claim))
    };
    scratch.spans.sort_unstable_by(by_admission);
    for (place, span) in scratch.spans.iter().enumerate() {
        let before = scratch.spans.iter().take(place);
        if before.into_iter().any(|other| other.claim == span.claim) {
            return Err(EngineError::DuplicateClaim(span.claim));
        }
    }
    for order in 0..scratch.spans.len() {
        let Some(span) = scratch.spans.get_mut(order) else {
            continue;
        };
        let Some(stay) = person.stays.get(span.stay) else {
            continue;
        };
        let rules = programme.rules_at_or_first(span.first);
        span.shapes = (scratch.shapes.len(), rules.components().len());
        for (place, component) in rules.components().iter().enumerate() {
            let key = key_of(programme, &mut scratch.keys, span.first, place);
            let at = (order, place, key);
            scratch.shapes.push(Shape::new(component, stay, span, at));
        }
    }
    scratch
        .accounts
        .resize_with(scratch.keys.len(), Account::default);
    Ok(())
}

/// The place, among all entitlements met, of the one at a place in the rules of a day.
fn key_of(programme: &Programme, keys: &mut Vec<(Day, usize)>, day: Day, place: usize) -> usize {
    let rules = programme.rules_at_or_first(day);
    let known = keys.iter().position(|(other, at)| {
        let others = programme.rules_at_or_first(*other);
        same_component(programme, (others, *at), (rules, place))
    });
    known.unwrap_or_else(|| {
        keys.push((day, place));
        keys.len().saturating_sub(1)
    })
}

/// Finds the days on which anything changes for any of the stays.
fn cut(programme: &Programme, person: &StayPerson<'_>, scratch: &mut Scratch) {
    let Scratch {
        edges,
        spans,
        shapes,
        ..
    } = scratch;
    let first = spans.first().map(|span| span.first);
    let end = spans.iter().map(|span| span.end).max();
    let (Some(first), Some(end)) = (first, end) else {
        return;
    };
    let mut inside = |day: Day| {
        if first <= day && day <= end {
            edges.push(day);
        }
    };
    spans.iter().for_each(|span| span.edges(&mut inside));
    for shape in shapes.iter() {
        inside(shape.end);
        inside(shape.paid_from);
    }
    programme.starts().for_each(&mut inside);
    for status in person.statuses {
        inside(status.period.from());
        status.period.until().into_iter().for_each(&mut inside);
    }
    edges.sort_unstable();
    edges.dedup();
    cut_by_time(programme, person, scratch);
}

/// Adds the days on which an answer changes by the passing of time alone.
fn cut_by_time(programme: &Programme, person: &StayPerson<'_>, scratch: &mut Scratch) {
    for order in 0..scratch.spans.len() {
        let Some(span) = scratch.spans.get(order).copied() else {
            continue;
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
            let Scratch { sheet, more, .. } = &mut *scratch;
            let mut push = |day: Day| more.push(day);
            let of_day = programme.rules_at_or_first(from);
            of_day.edges(sheet, from, until, &mut push);
            if !std::ptr::eq(of_day, at_admission) {
                at_admission.edges(sheet, from, until, &mut push);
            }
        }
    }
    if !scratch.more.is_empty() {
        scratch.edges.append(&mut scratch.more);
        scratch.edges.sort_unstable();
        scratch.edges.dedup();
    }
}
