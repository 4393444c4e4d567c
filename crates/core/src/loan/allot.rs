//! The caps that a holder's loans share, day by day: the earlier loan is first, of those of one
//! day the one with the lower contract number.
//!
//! Whether interest was paid plays no part here: a loan keeps its share of the cap, and a subsidy
//! year counts as used once principal stood under the subsidy on one day. So nothing that is paid
//! late ever makes another loan's subsidy larger.

use std::collections::BTreeSet;

use crate::day::Day;
use crate::fact::FactSet;
use crate::money::Fen;
use crate::programme::{Programme, Rules};

use super::course::{Course, Span};
use super::decision::{LoanError, Reason, SubsidyPeriod};
use super::event::EventKind;
use super::exact::interest;
use super::facts::HolderFacts;
use super::rate::Rate;
use super::terms::{Standing, sheet, standing, subsidy_year, terms_of};

/// Days of a loan on which nothing changes, and its share of the cap on each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) from: Day,
    pub(super) until: Day,
    /// The place of the span whose due day is theirs.
    pub(super) due: usize,
    pub(super) balance: Fen,
    pub(super) eligible: Fen,
    pub(super) allotted: Fen,
    pub(super) rate: Option<Rate>,
    pub(super) counted_rate: Rate,
    /// The interest of the allotted balance at the counted rate by the pack's day count, in
    /// `exact::UNITS`ths of a fen.
    pub(super) weight: u128,
    /// The facts that keep it from being decided.
    pub(super) missing: FactSet,
    /// Whether it is not decided, for lack of facts or of a rate.
    pub(super) open: bool,
    /// The most principal that counts, where it is entitled.
    pub(super) cap: Option<Fen>,
    /// The subsidy years used before.
    pub(super) used: u32,
    pub(super) reasons: BTreeSet<Reason>,
}

/// Subsidy years used so far.
#[derive(Debug, Default)]
struct Used {
    year: Option<Day>,
    /// Used for sure, in years before.
    sure: u32,
    /// Used perhaps, for lack of facts; at least those for sure.
    perhaps: u32,
    this_sure: bool,
    this_perhaps: bool,
    missing: FactSet,
}

impl Used {
    /// Enters the subsidy year that begins on a day.
    fn enter(&mut self, year: Day) {
        if self.year.is_some_and(|known| known >= year) {
            return;
        }
        self.year = Some(year);
        self.sure = self.sure.saturating_add(u32::from(self.this_sure));
        let more = self.this_sure || self.this_perhaps;
        self.perhaps = self.perhaps.saturating_add(u32::from(more));
        (self.this_sure, self.this_perhaps) = (false, false);
    }
}

/// The slices of each loan, in the order of the courses, up to the last due day that the period's
/// interest waits for.
pub(super) fn allot(
    programme: &Programme,
    facts: &HolderFacts,
    courses: &[Course<'_>],
    period: SubsidyPeriod,
) -> Result<Vec<Vec<Slice>>, LoanError> {
    let waits = |course: &Course<'_>| {
        let due = course.spans.iter();
        due.filter(|span| span.from < period.until)
            .map(|span| span.due_on)
            .max()
    };
    let first = courses.iter().map(|it| it.loan.contract.terms().starts_on);
    let last = courses.iter().filter_map(waits).max();
    let mut slices: Vec<Vec<Slice>> = courses.iter().map(|_| Vec::new()).collect();
    let (Some(first), Some(last)) = (first.min(), last) else {
        return Ok(slices);
    };
    let cuts = cuts(programme, facts, courses, (first, last), period);
    let mut allotter = Allotter {
        facts,
        used: Used::default(),
    };
    for (from, until) in cuts.iter().zip(cuts.iter().skip(1)) {
        let rules = programme.rules_at(*from);
        if let Some((year, _)) = rules.and_then(|rules| subsidy_year(rules, *from)) {
            allotter.used.enter(year);
        }
        let mut taken = Fen::ZERO;
        for (course, slices) in courses.iter().zip(&mut slices) {
            let mut spans = course.spans.iter();
            let due = spans.position(|it| it.from <= *from && *from < it.due_on);
            let Some(due) = due else { continue };
            let slice = allotter.slice(course, rules, (*from, *until), (due, &mut taken))?;
            slices.push(slice);
        }
    }
    Ok(slices)
}

/// Every day on which anything may change, from the first day to the last, both included.
fn cuts(
    programme: &Programme,
    facts: &HolderFacts,
    courses: &[Course<'_>],
    (first, last): (Day, Day),
    period: SubsidyPeriod,
) -> Vec<Day> {
    let mut days = vec![first, last, period.from, period.until];
    days.extend(programme.starts());
    let years = first.year()..=last.year();
    days.extend(years.clone().filter_map(Day::first_of_year));
    for start in programme.starts() {
        let Some(rules) = programme.rules_at(start) else {
            continue;
        };
        // The subsidy year of each calendar year's last day begins in that year.
        let ends = years.clone().filter_map(|year| Day::from_ymd(year, 12, 31));
        days.extend(ends.filter_map(|end| subsidy_year(rules, end).map(|(start, _)| start)));
    }
    for course in courses {
        days.extend(
            course
                .spans
                .iter()
                .flat_map(|span| [span.from, span.due_on]),
        );
        days.extend(course.history.balance.days());
        days.extend(course.regular.days());
        days.extend(course.rates.days());
        days.extend(course.history.ends.iter().map(|(from, _)| *from));
        days.extend(course.history.events.iter().filter_map(stop).map(|it| it.0));
        edges(programme, facts, course, last, &mut days);
    }
    days.retain(|day| first <= *day && *day <= last);
    days.sort_unstable();
    days.dedup();
    days
}

/// The days on which a condition's answer changes by itself.
fn edges(
    programme: &Programme,
    facts: &HolderFacts,
    course: &Course<'_>,
    last: Day,
    days: &mut Vec<Day>,
) {
    let start = course.loan.contract.terms().starts_on;
    let mut starts: Vec<Day> = programme.starts().filter(|day| *day > start).collect();
    starts.extend(course.rates.days());
    starts.extend(course.history.ends.iter().map(|(from, _)| *from));
    starts.retain(|day| *day < last);
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([last]);
    for (from, until) in starts.iter().zip(ends) {
        if let Some(rules) = programme.rules_at(*from) {
            let sheet = sheet(facts, course, *from, 0);
            rules.edges(&sheet, *from, until, &mut |day| days.push(day));
        }
    }
}

/// From when on nothing of a loan is subsidised, and why.
fn stop(event: &super::LoanEvent) -> Option<(Day, Reason)> {
    let reason = match event.what() {
        EventKind::Defaulted {} => Reason::Defaulted,
        EventKind::PurposeFailed {} => Reason::PurposeFailed,
        EventKind::Drawn { .. }
        | EventKind::Extended { .. }
        | EventKind::RateChanged { .. }
        | EventKind::InterestDue { .. }
        | EventKind::Repaid { .. }
        | EventKind::Prepaid { .. }
        | EventKind::WrittenOff { .. }
        | EventKind::Reversed { .. } => return None,
    };
    Some((event.on(), reason))
}

struct Allotter<'a> {
    facts: &'a HolderFacts,
    used: Used,
}

impl Allotter<'_> {
    fn slice(
        &mut self,
        course: &Course<'_>,
        rules: Option<&Rules>,
        (from, until): (Day, Day),
        (due, taken): (usize, &mut Fen),
    ) -> Result<Slice, LoanError> {
        let out_of_range = || LoanError::OutOfRange(course.loan.id);
        let rate = course.rates.at(from);
        let mut slice = Slice {
            from,
            until,
            due,
            balance: course.history.balance.at(from),
            eligible: course.regular.at(from),
            allotted: Fen::ZERO,
            rate,
            counted_rate: Rate::ZERO,
            weight: 0,
            missing: FactSet::EMPTY,
            open: false,
            cap: None,
            used: self.used.sure,
            reasons: BTreeSet::new(),
        };
        if slice.balance > slice.eligible {
            slice.reasons.insert(Reason::OverduePrincipal);
        }
        let events = course.history.events.iter();
        let begun = events.clone().filter(|event| event.on() <= from);
        if begun
            .clone()
            .any(|it| matches!(it.what(), EventKind::WrittenOff { .. }))
        {
            slice.reasons.insert(Reason::WrittenOff);
        }
        if slice.eligible == Fen::ZERO {
            return Ok(slice);
        }
        let stops: Vec<Reason> = begun.filter_map(stop).map(|(_, reason)| reason).collect();
        let Some(rules) = rules else {
            slice.reasons.insert(Reason::OutOfForce);
            return Ok(slice);
        };
        if !stops.is_empty() {
            slice.reasons.extend(stops);
            return Ok(slice);
        }
        let (cap, highest, terms) = match self.standing(course, rules, from)? {
            Standing::No(reason) => {
                slice.reasons.insert(reason);
                return Ok(slice);
            }
            Standing::Open(missing) => {
                slice.missing = missing;
                // It may take all: what is left to others is theirs for sure.
                (Fen::new(i64::MAX), i64::MAX, terms_of(rules))
            }
            Standing::Yes {
                terms,
                principal,
                rate,
            } => (Fen::new(principal), rate, Some(terms)),
        };
        slice.open = !slice.missing.is_empty() || rate.is_none();
        let left = cap.checked_sub(*taken).unwrap_or(Fen::ZERO).max(Fen::ZERO);
        slice.allotted = slice.eligible.min(left);
        *taken = taken.checked_add(slice.allotted).ok_or_else(out_of_range)?;
        self.count(&slice);
        if slice.open {
            slice.reasons.insert(Reason::Undetermined);
        } else {
            slice.cap = Some(cap);
        }
        if slice.eligible > cap {
            slice.reasons.insert(Reason::AbovePrincipalCap);
        }
        if slice.allotted < slice.eligible.min(cap) {
            slice.reasons.insert(Reason::CapOfOthers);
        }
        let rate = rate.unwrap_or_default();
        slice.counted_rate = Rate::new(rate.get().min(highest)).unwrap_or(rate);
        if slice.counted_rate < rate {
            slice.reasons.insert(Reason::AboveRateCap);
        }
        let span = course.spans.get(due).copied();
        let part = match (span, terms) {
            (Some(span), Some(terms)) => course.part(terms.day_count, span, from, until),
            (_, _) => 0,
        };
        let weight = interest(slice.allotted, slice.counted_rate, part);
        slice.weight = weight.ok_or_else(out_of_range)?;
        Ok(slice)
    }

    /// Notes that the subsidy year is used.
    fn count(&mut self, slice: &Slice) {
        if slice.allotted > Fen::ZERO {
            self.used.this_perhaps = true;
            // A rate that is not known does not make it uncertain that the year is used.
            self.used.this_sure |= slice.missing.is_empty();
            self.used.missing = self.used.missing.union(slice.missing);
        }
    }

    /// Whether a loan is entitled, with the subsidy years used before for sure and perhaps.
    fn standing<'r>(
        &self,
        course: &Course<'_>,
        rules: &'r Rules,
        day: Day,
    ) -> Result<Standing<'r>, LoanError> {
        let Used { sure, perhaps, .. } = self.used;
        let with = |used: u32| standing(rules, &sheet(self.facts, course, day, used), day);
        let found = with(sure)?;
        let other = if perhaps > sure {
            with(perhaps)?
        } else {
            found
        };
        match (found, other) {
            (Standing::No(Reason::NotEligible), Standing::No(_)) if sure > 0 => {
                // Every other condition holds: only the times are used up.
                let fewer = with(0)?;
                let times = !matches!(fewer, Standing::No(_));
                let reason = if times {
                    Reason::TimesUsed
                } else {
                    Reason::NotEligible
                };
                Ok(Standing::No(reason))
            }
            (Standing::No(_), Standing::No(_)) | (Standing::Yes { .. }, Standing::Yes { .. }) => {
                Ok(found)
            }
            (Standing::Open(one), Standing::Open(two)) => Ok(Standing::Open(one.union(two))),
            (one, two) => {
                let missing = |it: Standing<'_>| match it {
                    Standing::Open(missing) => missing,
                    Standing::No(_) | Standing::Yes { .. } => FactSet::EMPTY,
                };
                let all = missing(one).union(missing(two)).union(self.used.missing);
                Ok(Standing::Open(all))
            }
        }
    }
}

/// The span of a slice.
pub(super) fn span_of(course: &Course<'_>, slice: &Slice) -> Option<Span> {
    course.spans.get(slice.due).copied()
}
