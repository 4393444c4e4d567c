//! Stays that are being priced: their segments as they come, and the sums at the end.

use std::collections::BTreeMap;

use crate::day::Day;
use crate::fact::FactSet;
use crate::money::Fen;

use super::price::{PricedEntitlement, PricedStay};
use super::shape::Span;
use super::tally::Tally;
use super::{EngineError, Segment, YearShare};

/// A stay that is being priced.
pub(super) struct Open {
    pub(super) clauses: Vec<Tally>,
    pub(super) out_of_force: u32,
    pub(super) missing: FactSet,
    pub(super) entitlements: Vec<OpenEntitlement>,
}

pub(super) struct OpenEntitlement {
    pub(super) priced: PricedEntitlement,
    pub(super) segments: Vec<Segment>,
    pub(super) once: Option<(Day, Fen)>,
}

/// Adds days to an entitlement's, joined to the run before where that is treated alike.
pub(super) fn join(segments: &mut Vec<Segment>, next: Segment) -> Option<()> {
    let alike = |before: &&mut Segment| {
        before.to.year() == next.from.year()
            && (before.daily, &before.unpaid) == (next.daily, &next.unpaid)
            && before.cut_by.is_none()
            && next.cut_by.is_none()
    };
    match segments.last_mut().filter(alike) {
        Some(before) => {
            before.to = next.to;
            before.days = before.days.checked_add(next.days)?;
            before.amount = before.amount.checked_add(next.amount)?;
        }
        None => segments.push(next),
    }
    Some(())
}

/// Sums a stay up.
pub(super) fn close(open: Open, span: &Span) -> Result<PricedStay, EngineError> {
    let out_of_range = || EngineError::OutOfRange(span.claim);
    let last = span.end.previous().ok_or_else(out_of_range)?;
    let several = open.entitlements.len() > 1;
    let mut segments = Vec::new();
    let mut entitlements = Vec::new();
    let mut amount = Fen::ZERO;
    let mut years: BTreeMap<i32, Fen> = BTreeMap::new();
    let mut add = |year: i32, paid: Fen| {
        let sum = years.entry(year).or_default();
        *sum = sum.checked_add(paid)?;
        amount = amount.checked_add(paid)?;
        Some(())
    };
    for entitlement in open.entitlements {
        if let Some((day, once)) = entitlement.once.filter(|(_, once)| *once > Fen::ZERO) {
            add(day.year(), once).ok_or_else(out_of_range)?;
        }
        for segment in &entitlement.segments {
            if segment.unpaid.is_none() {
                add(segment.from.year(), segment.amount).ok_or_else(out_of_range)?;
            }
        }
        segments.extend(entitlement.segments);
        entitlements.push(entitlement.priced);
    }
    let days = paid_days(&segments);
    let by_year: Vec<YearShare> = years
        .into_iter()
        .map(|(year, amount)| YearShare {
            year,
            days: days.get(&year).copied().unwrap_or(0),
            amount,
        })
        .collect();
    if !several {
        segments
            .iter_mut()
            .for_each(|segment| segment.entitlement = None);
    }
    Ok(PricedStay {
        claim: span.claim,
        first: span.first,
        last,
        days: span.days,
        undetermined: span.undetermined,
        missing: open.missing,
        days_out_of_force: open.out_of_force,
        clauses: open.clauses,
        entitlements,
        segments,
        payable_days: days.values().fold(0, |sum, days| sum.saturating_add(*days)),
        amount,
        by_year,
    })
}

/// The days that any entitlement pays, each once, by calendar year.
fn paid_days(segments: &[Segment]) -> BTreeMap<i32, u32> {
    let mut paid: Vec<(Day, Day)> = segments
        .iter()
        .filter(|segment| segment.unpaid.is_none())
        .map(|segment| (segment.from, segment.to))
        .collect();
    paid.sort_unstable();
    let mut days: BTreeMap<i32, u32> = BTreeMap::new();
    let mut counted: Option<Day> = None;
    for (from, to) in paid {
        // The first day not counted yet.
        let next = counted
            .and_then(Day::next)
            .map_or(from, |next| next.max(from));
        let own = u32::try_from(next.days_until(to).saturating_add(1)).unwrap_or(0);
        let sum = days.entry(from.year()).or_insert(0);
        *sum = sum.saturating_add(own);
        counted = counted.max(Some(to));
    }
    days
}
