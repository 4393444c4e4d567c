//! The course of one loan: its rate and balances day by day, and what falls due when.
//!
//! The *contractual* balance is what would stand if each instalment were repaid on its day; the
//! *regular* balance is the lower of it and what is really owed. What is above it is overdue: it
//! bears penalty interest, which is never subsidised, and no other.

use crate::day::Day;
use crate::money::Fen;

use super::annuity::{even, instalment};
use super::contract::{Draw, Repayment};
use super::day_count::{DayCount, YearPart};
use super::decision::{Instalment, LoanError, Schedule};
use super::event::{EventKind, LoanEvent};
use super::exact::{interest, rounded};
use super::facts::Loan;
use super::history::{History, history};
use super::prime_rate::PrimeRates;
use super::rate::{Rate, RateTerms, Tenor};
use super::steps::Steps;

/// Days whose interest is due together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Day,
    pub(super) due_on: Day,
}

/// Why interest cannot be worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// The rate of a day is not known.
    Rate,
    /// A number is too large.
    OutOfRange,
}

/// The course of one loan.
#[derive(Debug, Clone)]
pub(super) struct Course<'a> {
    pub(super) loan: &'a Loan,
    pub(super) history: History,
    pub(super) end: Day,
    /// The rate from each day on; `None` where the table does not know it.
    pub(super) rates: Steps<Option<Rate>>,
    /// The days on which a Loan Prime Rate is asked for that the table does not know.
    pub(super) unknown: Vec<(Tenor, Day)>,
    /// The first of them on which the last known one is taken instead, in a plan.
    presumed_from: Option<Day>,
    /// The regular balance.
    pub(super) regular: Steps<Fen>,
    pub(super) spans: Vec<Span>,
    plan: Vec<Instalment>,
}

/// Whether a plan goes on with the last known Loan Prime Rate where the table ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Future {
    Presumed,
    Unknown,
}

impl<'a> Course<'a> {
    pub(super) fn of(
        loan: &'a Loan,
        prime: &PrimeRates,
        future: Future,
    ) -> Result<Self, LoanError> {
        let history = history(loan).map_err(|faults| LoanError::History {
            loan: loan.id,
            faults,
        })?;
        let start = loan.contract.terms().starts_on;
        let end = history.end().unwrap_or(start);
        let found = rates(loan, &history, end, (prime, future));
        let starts = [start].into_iter().chain(history.due_days.iter().copied());
        let spans: Vec<Span> = starts
            .zip(&history.due_days)
            .map(|(from, due_on)| Span {
                from,
                due_on: *due_on,
            })
            .collect();
        let planner = Planner {
            loan,
            history: &history,
            rates: &found.rates,
            end,
            contractual: Steps::new(),
            even: None,
        };
        let (plan, contractual) = planner.run(&spans).ok_or(LoanError::OutOfRange(loan.id))?;
        let regular = lower(&history.balance, &contractual);
        Ok(Self {
            loan,
            end,
            rates: found.rates,
            unknown: found.unknown,
            presumed_from: found.presumed_from,
            regular,
            spans,
            plan,
            history,
        })
    }

    /// The interest of a span's regular balance, in `exact::UNITS`ths of a fen.
    pub(super) fn accrued(&self, span: Span) -> Result<u128, Lack> {
        let count = self.loan.contract.terms().day_count;
        accrued(&self.regular, &self.rates, (count, self.end), span)
    }

    /// The part of a year from one day to another of a span, counted from the span's first day, so
    /// that the parts of a span add up whatever the count.
    pub(super) fn part(&self, count: DayCount, span: Span, from: Day, until: Day) -> i64 {
        part_of(count, self.end, span, from, until)
    }
}

fn part_of(count: DayCount, end: Day, span: Span, from: Day, until: Day) -> i64 {
    let part = |day| count.part(span.from, day, end);
    YearPart::get(part(until)).saturating_sub(part(from).get())
}

/// What falls due when, by the contract, draws, rates, prepayments and extensions. Where the table
/// of Loan Prime Rates ends, as if the last one stayed; the schedule says from which day on.
///
/// # Errors
/// [`LoanError`] if the history cannot have happened, a rate is not known or a number is too large.
pub fn schedule(loan: &Loan, rates: &PrimeRates) -> Result<Schedule, LoanError> {
    let course = Course::of(loan, rates, Future::Presumed)?;
    if let Some((tenor, day)) = course.unknown.first() {
        return Err(LoanError::PrimeRate {
            tenor: *tenor,
            day: *day,
        });
    }
    let out_of_range = LoanError::OutOfRange(loan.id);
    let moves = |it: &Instalment| it.balance > Fen::ZERO || it.payment > Fen::ZERO;
    let mut instalments: Vec<Instalment> = course.plan.into_iter().filter(moves).collect();
    for (instalment, number) in instalments.iter_mut().zip(1_u32..) {
        instalment.number = number;
    }
    let presumed_from = course.presumed_from;
    let interest = Fen::sum(instalments.iter().map(|it| it.interest));
    Ok(Schedule {
        interest: interest.ok_or(out_of_range)?,
        instalments,
        presumed_from,
    })
}

#[derive(Default)]
struct Found {
    rates: Steps<Option<Rate>>,
    unknown: Vec<(Tenor, Day)>,
    presumed_from: Option<Day>,
}

impl Found {
    /// The rate by a Loan Prime Rate from a day on.
    fn reset(&mut self, tenor: Tenor, day: Day, points: i64, (prime, future): Table<'_>) {
        let mut rate = prime.at(tenor, day).map(|entry| entry.rate);
        if rate.is_none() && future == Future::Presumed {
            rate = prime.last_before(tenor, day).map(|entry| entry.rate);
            self.presumed_from = self.presumed_from.or(rate.map(|_| day));
        }
        if rate.is_none() {
            self.unknown.push((tenor, day));
        }
        let rate = rate.map(|rate| rate.plus_basis_points(points));
        self.rates.set(day, rate);
    }
}

type Table<'a> = (&'a PrimeRates, Future);

/// The rate of each day, and the Loan Prime Rates that are not known.
fn rates(loan: &Loan, history: &History, end: Day, table: Table<'_>) -> Found {
    let terms = loan.contract.terms();
    let mut found = Found::default();
    let changes: Vec<(Day, Rate)> = history.events.iter().filter_map(change).collect();
    let told = changes.first().map_or(end, |(day, _)| *day);
    match terms.rate {
        RateTerms::Fixed { rate } => found.rates.set(terms.starts_on, Some(rate)),
        RateTerms::Prime {
            tenor,
            basis_points,
            reset_months,
        } => {
            let every = reset_months.unwrap_or(0);
            let months = (0_u32..).map(|count| count.checked_mul(every));
            let resets = months.map_while(|months| terms.starts_on.plus_months(months?));
            let most = if every == 0 { 1 } else { usize::MAX };
            for day in resets.take(most).take_while(|day| *day < told) {
                found.reset(tenor, day, basis_points, table);
            }
        }
    }
    for (day, rate) in changes {
        found.rates.set(day, Some(rate));
    }
    found
}

const fn change(event: &LoanEvent) -> Option<(Day, Rate)> {
    match event.what() {
        EventKind::RateChanged { rate } => Some((event.on(), *rate)),
        EventKind::Drawn { .. }
        | EventKind::Extended { .. }
        | EventKind::InterestDue { .. }
        | EventKind::Repaid { .. }
        | EventKind::Prepaid { .. }
        | EventKind::WrittenOff { .. }
        | EventKind::Defaulted {}
        | EventKind::PurposeFailed {}
        | EventKind::Reversed { .. } => None,
    }
}

/// The lower of two balances on each day.
fn lower(one: &Steps<Fen>, two: &Steps<Fen>) -> Steps<Fen> {
    let mut days: Vec<Day> = one.days().chain(two.days()).collect();
    days.sort_unstable();
    days.dedup();
    let mut lower = Steps::new();
    for day in days {
        lower.set(day, one.at(day).min(two.at(day)));
    }
    lower
}

/// The interest of a balance over a span: exact, over days on which nothing changes.
fn accrued(
    balance: &Steps<Fen>,
    rates: &Steps<Option<Rate>>,
    (count, end): (DayCount, Day),
    span: Span,
) -> Result<u128, Lack> {
    let inside = |day: &Day| span.from < *day && *day < span.due_on;
    let mut cuts: Vec<Day> = balance.days().chain(rates.days()).filter(inside).collect();
    cuts.push(span.due_on);
    cuts.sort_unstable();
    let mut units = 0_u128;
    let mut from = span.from;
    for until in cuts {
        let owed = balance.at(from);
        if owed > Fen::ZERO && from < until {
            let rate = rates.at(from).ok_or(Lack::Rate)?;
            let part = part_of(count, end, span, from, until);
            let more = interest(owed, rate, part).ok_or(Lack::OutOfRange)?;
            units = units.checked_add(more).ok_or(Lack::OutOfRange)?;
        }
        from = until;
    }
    Ok(units)
}

struct Planner<'a> {
    loan: &'a Loan,
    history: &'a History,
    rates: &'a Steps<Option<Rate>>,
    end: Day,
    contractual: Steps<Fen>,
    /// The instalment, or the principal of each, until something changes it.
    even: Option<Fen>,
}

impl Planner<'_> {
    /// The instalments, and the contractual balance; `None` where a number is too large.
    fn run(mut self, spans: &[Span]) -> Option<(Vec<Instalment>, Steps<Fen>)> {
        let terms = self.loan.contract.terms();
        if terms.draw == Draw::AtStart {
            self.contractual.set(terms.starts_on, terms.principal);
        }
        let mut plan = Vec::with_capacity(spans.len());
        let mut events = self.history.events.iter().peekable();
        for (place, span) in spans.iter().enumerate() {
            while let Some(event) = events.next_if(|event| event.on() < span.due_on) {
                self.take(event)?;
            }
            let left = spans.get(place..).unwrap_or_default();
            plan.push(self.due(place, *span, left)?);
        }
        Some((plan, self.contractual))
    }

    fn take(&mut self, event: &LoanEvent) -> Option<()> {
        let owed = self.contractual.last();
        let owed = match *event.what() {
            EventKind::Drawn { amount } => owed.checked_add(amount)?,
            EventKind::Prepaid { principal, .. } => owed.checked_sub(principal)?.max(Fen::ZERO),
            // What was overdue already is not taken off what is not.
            EventKind::WrittenOff { .. } => owed.min(self.history.balance.at(event.on())),
            EventKind::Extended { .. } | EventKind::RateChanged { .. } => owed,
            EventKind::InterestDue { .. }
            | EventKind::Repaid { .. }
            | EventKind::Defaulted {}
            | EventKind::PurposeFailed {}
            | EventKind::Reversed { .. } => return Some(()),
        };
        self.contractual.set(event.on(), owed);
        self.even = None;
        Some(())
    }

    fn due(&mut self, place: usize, span: Span, left: &[Span]) -> Option<Instalment> {
        let terms = self.loan.contract.terms();
        let balance = self.contractual.at(span.from);
        let owed = self.contractual.last();
        let count = (terms.day_count, self.end);
        let interest = match accrued(&self.contractual, self.rates, count, span) {
            Ok(units) => Some(rounded(units, terms.rounding)?),
            Err(Lack::Rate) => None,
            Err(Lack::OutOfRange) => return None,
        };
        let end = self.history.end_at(span.due_on).unwrap_or(self.end);
        let principal = if span.due_on >= end {
            owed
        } else {
            // Those before the end in force now, and the end.
            let before = left.iter().filter(|span| span.due_on < end).count();
            let dues = u32::try_from(before).ok()?.checked_add(1)?;
            self.principal(owed, interest, span, dues)?.min(owed)
        };
        let balance_after = owed.checked_sub(principal)?;
        self.contractual.set(span.due_on, balance_after);
        let interest = interest.unwrap_or_default();
        Some(Instalment {
            number: u32::try_from(place).ok()?.checked_add(1)?,
            from: span.from,
            due_on: span.due_on,
            balance,
            rate_ppm: self.rates.at(span.from).unwrap_or_default(),
            principal,
            interest,
            payment: principal.checked_add(interest)?,
            balance_after,
        })
    }

    /// The principal due on a day that is not the last.
    fn principal(
        &mut self,
        owed: Fen,
        interest: Option<Fen>,
        span: Span,
        dues: u32,
    ) -> Option<Fen> {
        let terms = self.loan.contract.terms();
        match terms.repayment {
            Repayment::Bullet | Repayment::InterestOnly => Some(Fen::ZERO),
            Repayment::EqualPrincipal => {
                let part = match self.even {
                    Some(part) => part,
                    None => even(owed, dues)?,
                };
                self.even = Some(part);
                Some(part)
            }
            Repayment::EqualInstalments => {
                // Without a rate nothing is taken off: what is not known is not in arrears.
                let rate = span.due_on.previous().and_then(|day| self.rates.at(day));
                let (Some(rate), Some(interest)) = (rate, interest) else {
                    return Some(Fen::ZERO);
                };
                let payment = match self.even {
                    Some(payment) => payment,
                    None => instalment(owed, rate, terms.every_months, dues)?,
                };
                self.even = Some(payment);
                payment.checked_sub(interest).map(|it| it.max(Fen::ZERO))
            }
        }
    }
}
