//! Interest due against interest paid: the smaller of what the contract comes to, what the bank
//! asks and what was paid in time counts. Payments settle the oldest interest first.

use crate::day::Day;
use crate::id::LoanId;
use crate::money::Fen;

use super::course::{Course, Future, Lack, Span};
use super::decision::{Difference, DueDay, LoanError};
use super::event::EventKind;
use super::exact::rounded;
use super::facts::Loan;
use super::prime_rate::PrimeRates;

/// The interest of one due day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) span: Span,
    /// By the contract; `None` where a rate is not known.
    pub(super) ours: Option<Fen>,
    /// By the bank, if it said so.
    pub(super) banks: Option<Fen>,
    /// What was asked for on all due days before; `None` where it is not known.
    before: Option<Fen>,
}

impl Due {
    /// What is asked for: what the bank says, else what the contract comes to.
    pub(super) fn asked(&self) -> Option<Fen> {
        self.banks.or(self.ours)
    }

    /// Where the bank asks for something else than the contract comes to.
    pub(super) fn difference(&self) -> Option<Difference> {
        let (ours, banks) = (self.ours?, self.banks?);
        (ours != banks).then_some(Difference {
            due_on: self.span.due_on,
            ours,
            banks,
        })
    }
}

/// All interest of a loan, due and paid.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) dues: Vec<Due>,
    /// What was paid of interest up to each day, ascending.
    paid: Vec<(Day, Fen)>,
}

impl Account {
    /// The interest of a loan.
    pub(super) fn of(course: &Course<'_>) -> Result<Self, LoanError> {
        let loan = course.loan;
        let out_of_range = || LoanError::OutOfRange(loan.id);
        let mut dues = Vec::with_capacity(course.spans.len());
        let mut before = Some(Fen::ZERO);
        let told = course.history.events.iter();
        let told: Vec<(Day, Fen)> = told.filter_map(|event| asked(event.what())).collect();
        for span in &course.spans {
            let ours = match course.accrued(*span) {
                Ok(units) => {
                    let rounding = loan.contract.terms().rounding;
                    Some(rounded(units, rounding).ok_or_else(out_of_range)?)
                }
                Err(Lack::Rate) => None,
                Err(Lack::OutOfRange) => return Err(out_of_range()),
            };
            let banks = told.iter().find(|(due_on, _)| *due_on == span.due_on);
            let due = Due {
                span: *span,
                ours,
                banks: banks.map(|(_, amount)| *amount),
                before,
            };
            before = match (before, due.asked()) {
                (Some(before), Some(asked)) => {
                    Some(before.checked_add(asked).ok_or_else(out_of_range)?)
                }
                (_, _) => None,
            };
            dues.push(due);
        }
        let paid = payments(course, loan.id)?;
        Ok(Self { dues, paid })
    }

    /// What of a due day's interest was settled by payments up to a day, included; `None` where
    /// what was asked for is not known.
    pub(super) fn settled(&self, due: &Due, by: Day) -> Option<Fen> {
        let begun = self.paid.partition_point(|(day, _)| *day <= by);
        let last = begun.checked_sub(1).and_then(|place| self.paid.get(place));
        let paid = last.map_or(Fen::ZERO, |(_, paid)| *paid);
        let left = paid.checked_sub(due.before?)?;
        Some(left.max(Fen::ZERO).min(due.asked()?))
    }
}

/// The interest of each due day of a loan, ascending.
///
/// # Errors
/// [`LoanError`] if the history cannot have happened or a number is too large.
pub fn dues(loan: &Loan, rates: &PrimeRates) -> Result<Vec<DueDay>, LoanError> {
    let account = Account::of(&Course::of(loan, rates, Future::Unknown)?)?;
    let told = account.dues.iter().map(|due| DueDay {
        due_on: due.span.due_on,
        ours: due.ours,
        banks: due.banks,
        paid_in_time: account.settled(due, due.span.due_on),
    });
    Ok(told.collect())
}

const fn asked(what: &EventKind) -> Option<(Day, Fen)> {
    match what {
        EventKind::InterestDue { due_on, amount } => Some((*due_on, *amount)),
        EventKind::Drawn { .. }
        | EventKind::Extended { .. }
        | EventKind::RateChanged { .. }
        | EventKind::Repaid { .. }
        | EventKind::Prepaid { .. }
        | EventKind::WrittenOff { .. }
        | EventKind::Defaulted {}
        | EventKind::PurposeFailed {}
        | EventKind::Reversed { .. } => None,
    }
}

/// What was paid of interest up to each day.
fn payments(course: &Course<'_>, loan: LoanId) -> Result<Vec<(Day, Fen)>, LoanError> {
    let mut paid = Vec::new();
    let mut sum = Fen::ZERO;
    for event in &course.history.events {
        let more = match event.what() {
            EventKind::Repaid { interest, .. } | EventKind::Prepaid { interest, .. } => *interest,
            EventKind::Drawn { .. }
            | EventKind::Extended { .. }
            | EventKind::RateChanged { .. }
            | EventKind::InterestDue { .. }
            | EventKind::WrittenOff { .. }
            | EventKind::Defaulted {}
            | EventKind::PurposeFailed {}
            | EventKind::Reversed { .. } => Fen::ZERO,
        };
        sum = sum.checked_add(more).ok_or(LoanError::OutOfRange(loan))?;
        if more > Fen::ZERO {
            paid.push((event.on(), sum));
        }
    }
    Ok(paid)
}
