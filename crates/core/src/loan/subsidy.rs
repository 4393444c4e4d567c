//! The subsidy of each loan of a holder for a period: the allotted interest, of what was paid.
//!
//! Of a due day let O be the interest by the contract, P the part of it that counts as paid (the
//! smallest of O, what the bank asks and what was paid in time) and W what the pack would pay of
//! it if all were paid. Each of its days gets its part of W times P / max(O, W): paid in part, it
//! counts in proportion, and never more is given than was paid.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::fact::FactSet;
use crate::id::LoanId;
use crate::money::{Fen, Rounding};
use crate::programme::Programme;
use crate::stay::{KnownFacts, YearShare};
use crate::trace::Outcome;

use super::allot::{Slice, allot, span_of};
use super::counted::{Counted, Payments};
use super::course::{Course, Future, schedule};
use super::decision::{Difference, LoanDecision, LoanError, Preview, Segment, SubsidyPeriod};
use super::exact::{Part, UNITS, interest, rounded, share};
use super::facts::{HolderFacts, Loan};
use super::prime_rate::PrimeRates;
use super::terms::{check_programme, periods};
use super::trace::trace;

/// What each loan of a holder gets for a period, with payments up to a day looked at, in order of
/// the loans' ids. The order in which loans and events are given changes nothing.
///
/// # Errors
/// [`LoanError`] if the programme is not one of interest, a history cannot have happened, or a
/// number is too large.
pub fn subsidise(
    programme: &Programme,
    holder: &HolderFacts,
    period: SubsidyPeriod,
    as_of: Day,
) -> Result<Vec<LoanDecision>, LoanError> {
    decide(programme, holder, period, (as_of, Payments::AsOf(as_of)))
}

fn decide(
    programme: &Programme,
    holder: &HolderFacts,
    period: SubsidyPeriod,
    (as_of, payments): (Day, Payments),
) -> Result<Vec<LoanDecision>, LoanError> {
    check_programme(programme)?;
    if period.until <= period.from {
        return Err(LoanError::Period);
    }
    let mut loans: Vec<&Loan> = holder.loans.iter().collect();
    loans.sort_by_key(|loan| {
        let start = loan.contract.terms().starts_on;
        (start, &loan.contract_no, loan.id)
    });
    let mut ids = BTreeSet::new();
    if let Some(again) = loans.iter().find(|loan| !ids.insert(loan.id)) {
        return Err(LoanError::DuplicateLoan(again.id));
    }
    let future = match payments {
        Payments::AsOf(_) => Future::Unknown,
        Payments::Presumed => Future::Presumed,
    };
    let courses: Result<Vec<Course<'_>>, LoanError> = loans
        .iter()
        .map(|loan| Course::of(loan, &holder.prime_rates, future))
        .collect();
    let courses = courses?;
    let slices = allot(programme, holder, &courses, period)?;
    let decisions: Result<Vec<LoanDecision>, LoanError> = courses
        .iter()
        .zip(&slices)
        .map(|(course, slices)| {
            let case = Case {
                programme,
                holder,
                course,
                slices,
                period,
                as_of,
            };
            case.decide(payments)
        })
        .collect();
    let mut decisions = decisions?;
    decisions.sort_by_key(|decision| decision.loan);
    Ok(decisions)
}

/// One loan and one period.
pub(super) struct Case<'a> {
    pub(super) programme: &'a Programme,
    pub(super) holder: &'a HolderFacts,
    pub(super) course: &'a Course<'a>,
    /// All slices of the loan, also outside the period.
    pub(super) slices: &'a [Slice],
    pub(super) period: SubsidyPeriod,
    pub(super) as_of: Day,
}

/// What one loan gets, before it is told.
pub(super) struct Worked<'a> {
    /// The slices in the period, each with its subsidy.
    pub(super) slices: Vec<(&'a Slice, Fen, bool)>,
    pub(super) counted: BTreeMap<usize, Counted>,
    pub(super) amount: Fen,
    pub(super) missing: Vec<String>,
    pub(super) outcome: Outcome,
    pub(super) days: u32,
    pub(super) by_year: Vec<YearShare>,
}

impl<'a> Case<'a> {
    fn loan(&self) -> LoanId {
        self.course.loan.id
    }

    fn out_of_range(&self) -> LoanError {
        LoanError::OutOfRange(self.loan())
    }

    fn decide(&self, payments: Payments) -> Result<LoanDecision, LoanError> {
        let worked = self.work(payments)?;
        let segments: Option<Vec<Segment>> = worked
            .slices
            .iter()
            .map(|slice| self.segment(slice, &worked))
            .collect();
        let differences: Vec<Difference> = worked
            .counted
            .values()
            .filter_map(|counted| counted.due.difference())
            .collect();
        let last = self.period.until.previous().unwrap_or(self.period.from);
        let trace = trace(self, &worked);
        Ok(LoanDecision {
            loan: self.loan(),
            period: self.period,
            as_of: self.as_of,
            outcome: worked.outcome,
            amount: worked.amount,
            days: worked.days,
            by_year: worked.by_year,
            policy_version: self.programme.version_label(last),
            missing: worked.missing,
            segments: segments.ok_or_else(|| self.out_of_range())?,
            differences,
            trace,
        })
    }

    fn work(&self, payments: Payments) -> Result<Worked<'a>, LoanError> {
        let inside =
            |slice: &&Slice| self.period.from <= slice.from && slice.until <= self.period.until;
        let slices: Vec<&Slice> = self.slices.iter().filter(inside).collect();
        let counted = self.counted(&slices, payments)?;
        let missing = self.missing(&slices, &counted);
        if !missing.is_empty() {
            let nothing = slices.into_iter().map(|slice| (slice, Fen::ZERO, false));
            return Ok(Worked {
                slices: nothing.collect(),
                counted,
                amount: Fen::ZERO,
                missing,
                outcome: Outcome::Undetermined,
                days: 0,
                by_year: Vec::new(),
            });
        }
        self.shared(slices, counted)
            .ok_or_else(|| self.out_of_range())
    }

    /// The subsidy of each slice: summed, rounded once, shared out over years, then slices.
    fn shared(
        &self,
        slices: Vec<&'a Slice>,
        counted: BTreeMap<usize, Counted>,
    ) -> Option<Worked<'a>> {
        let nothing = Part {
            numerator: 0,
            denominator: UNITS,
        };
        let mut years: Vec<(i32, Vec<Part>, u32)> = Vec::new();
        for slice in &slices {
            let part = match counted.get(&slice.due) {
                Some(counted) if slice.weight > 0 => counted.part(slice.weight)?,
                Some(_) | None => nothing,
            };
            let days = if part.numerator > 0 { days(slice) } else { 0 };
            let year = slice.from.year();
            match years.last_mut() {
                Some((last, parts, sum)) if *last == year => {
                    parts.push(part);
                    *sum = sum.saturating_add(days);
                }
                Some(_) | None => years.push((year, vec![part], days)),
            }
        }
        let groups: Vec<Vec<Part>> = years.iter().map(|(_, parts, _)| parts.clone()).collect();
        let (amount, shares) = share(&groups)?;
        let by_year = years.iter().zip(&shares);
        let by_year = by_year.map(|((year, _, days), (amount, _))| YearShare {
            year: *year,
            days: *days,
            amount: *amount,
        });
        let by_year: Vec<YearShare> = by_year.filter(|it| it.days > 0).collect();
        let parts = groups.iter().flatten();
        let fen = shares.iter().flat_map(|(_, shares)| shares);
        let slices = slices.into_iter().zip(parts.zip(fen));
        let slices: Option<Vec<(&Slice, Fen, bool)>> = slices
            .map(|(slice, (part, fen))| {
                let whole = part.numerator.checked_div(part.denominator)?;
                let odd = u128::try_from(fen.get()).ok()? != whole;
                Some((slice, *fen, odd))
            })
            .collect();
        let outcome = if amount > Fen::ZERO {
            Outcome::Granted
        } else {
            Outcome::Refused
        };
        Some(Worked {
            slices: slices?,
            days: years
                .iter()
                .fold(0, |sum, (_, _, days)| days.saturating_add(sum)),
            counted,
            amount,
            missing: Vec::new(),
            outcome,
            by_year,
        })
    }

    /// What keeps the loan from being decided.
    fn missing(&self, slices: &[&Slice], counted: &BTreeMap<usize, Counted>) -> Vec<String> {
        let mut facts = FactSet::EMPTY;
        let mut rates = false;
        for slice in slices.iter().filter(|slice| slice.open) {
            facts = facts.union(slice.missing);
            rates |= slice.rate.is_none();
        }
        // Where nothing could be paid anyway, a rate that is not known keeps nothing back.
        let pays = |(place, counted): (&usize, &Counted)| {
            let allotted = |it: &&&Slice| it.due == *place && it.allotted > Fen::ZERO;
            counted.paid.is_none() && slices.iter().any(|it| allotted(&it))
        };
        rates |= counted.iter().any(pays);
        let mut missing: Vec<String> = facts.iter().map(|it| it.info().id.to_owned()).collect();
        if rates {
            let last = self.slices.last().map_or(self.period.until, |it| it.until);
            let unknown = self.course.unknown.iter().filter(|(_, day)| *day < last);
            missing.extend(unknown.map(|(tenor, day)| format!("prime_rate:{tenor}:{day}")));
        }
        missing
    }

    fn segment(
        &self,
        (slice, subsidised, odd_fen): &(&Slice, Fen, bool),
        worked: &Worked<'_>,
    ) -> Option<Segment> {
        let span = span_of(self.course, slice)?;
        let count = self.course.loan.contract.terms().day_count;
        let part = self.course.part(count, span, slice.from, slice.until);
        let rate = slice.rate.unwrap_or_default();
        let units = interest(slice.eligible, rate, part)?;
        let mut reasons = slice.reasons.clone();
        if slice.allotted > Fen::ZERO
            && let Some(counted) = worked.counted.get(&slice.due)
        {
            reasons.extend(&counted.reasons);
        }
        Some(Segment {
            from: slice.from,
            until: slice.until,
            days: days(slice),
            due_on: span.due_on,
            balance: slice.balance,
            eligible: slice.eligible,
            allotted: slice.allotted,
            rate: slice.rate,
            counted_rate: slice.counted_rate,
            interest: rounded(units, Rounding::HalfUp)?,
            subsidised: *subsidised,
            odd_fen: *odd_fen,
            reasons: reasons.into_iter().collect(),
        })
    }
}

pub(super) fn days(slice: &Slice) -> u32 {
    u32::try_from(slice.from.days_until(slice.until)).unwrap_or(0)
}

/// One loan looked at without a registry: what falls due when, and what each subsidy period of its
/// life would pay if all interest were paid in time.
///
/// # Errors
/// As [`subsidise`].
pub fn preview(
    programme: &Programme,
    loan: &Loan,
    facts: &KnownFacts,
    rates: &PrimeRates,
) -> Result<Preview, LoanError> {
    let schedule = schedule(loan, rates)?;
    // No registry knows its holder; the number is the loan's.
    let holder = crate::id::HolderId::new(loan.id.get());
    let loans = vec![loan.clone()];
    let holder = HolderFacts::with_rates(holder, facts.clone(), loans, rates);
    let start = loan.contract.terms().starts_on;
    let last = schedule.instalments.last();
    let end = last.map_or(loan.contract.terms().ends_on, |it| it.due_on);
    let mut decisions = Vec::new();
    for period in periods(programme, start, end)? {
        let payments = (start, Payments::Presumed);
        decisions.extend(decide(programme, &holder, period, payments)?);
    }
    let amount = Fen::sum(decisions.iter().map(|it| it.amount));
    Ok(Preview {
        schedule,
        amount: amount.ok_or(LoanError::OutOfRange(loan.id))?,
        periods: decisions,
    })
}
