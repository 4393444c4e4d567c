//! The events of a loan that count, in their one order, and whether they can have happened.
//!
//! Reversed events are left out before anything is looked at, so that an event and its reversal
//! leave what was before. The whole history is checked at once: a late correction repairs it.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::id::LoanEventId;
use crate::money::Fen;

use super::contract::{Draw, LONGEST};
use super::event::{EventKind, LoanEvent};
use super::facts::Loan;
use super::fault::{FaultCode, LoanFault, LoanFaults};
use super::steps::Steps;

/// What happened to a loan, sound.
#[derive(Debug, Clone)]
pub(super) struct History {
    /// The events that count, in order, without reversals.
    pub(super) events: Vec<LoanEvent>,
    /// What is owed of the principal.
    pub(super) balance: Steps<Fen>,
    /// The ends in force, each from a day on: the contract's, then those of extensions.
    pub(super) ends: Vec<(Day, Day)>,
    /// The due days, ascending; the last is the end.
    pub(super) due_days: Vec<Day>,
}

impl History {
    /// The end of the loan in force on a day.
    pub(super) fn end_at(&self, day: Day) -> Option<Day> {
        let begun = self.ends.iter().rev().find(|(from, _)| *from <= day);
        begun.or_else(|| self.ends.first()).map(|(_, end)| *end)
    }

    /// The end in force last.
    pub(super) fn end(&self) -> Option<Day> {
        self.ends.last().map(|(_, end)| *end)
    }
}

/// Checks what is told of a loan.
///
/// # Errors
/// Every event that cannot have happened, with the field that says so.
pub fn check(loan: &Loan) -> Result<(), LoanFaults> {
    history(loan).map(|_| ())
}

/// The history of a loan.
pub(super) fn history(loan: &Loan) -> Result<History, LoanFaults> {
    let mut faults = Vec::new();
    let events = live(&loan.events, &mut faults);
    let mut reader = Reader {
        loan,
        faults,
        drawn: Fen::ZERO,
        balance: Steps::new(),
        ends: vec![(
            loan.contract.terms().starts_on,
            loan.contract.terms().ends_on,
        )],
    };
    if loan.contract.terms().draw == Draw::AtStart {
        let terms = loan.contract.terms();
        reader.balance.set(terms.starts_on, terms.principal);
    }
    for event in &events {
        reader.take(event);
    }
    let Reader {
        mut faults,
        balance,
        ends,
        ..
    } = reader;
    let due_days = due_days(loan, &events, &ends);
    check_dues(&events, &due_days, &mut faults);
    if faults.is_empty() {
        Ok(History {
            events,
            balance,
            ends,
            due_days,
        })
    } else {
        Err(LoanFaults(faults))
    }
}

fn fault(event: &LoanEvent, field: &'static str, code: FaultCode) -> LoanFault {
    LoanFault {
        event: Some(event.id()),
        field,
        code,
    }
}

/// The events that are neither reversed nor reversals, in order.
fn live(told: &[LoanEvent], faults: &mut Vec<LoanFault>) -> Vec<LoanEvent> {
    let mut events = told.to_vec();
    events.sort_by_key(LoanEvent::order);
    let mut known: BTreeMap<LoanEventId, LoanEvent> = BTreeMap::new();
    for event in &events {
        if known.insert(event.id(), *event).is_some() {
            faults.push(fault(event, "id", FaultCode::SameEvent));
        }
    }
    let mut reversed = BTreeSet::new();
    for reversal in &events {
        let EventKind::Reversed { event } = reversal.what() else {
            continue;
        };
        let code = match known.get(event).map(LoanEvent::what) {
            None => Some(FaultCode::UnknownEvent),
            Some(EventKind::Reversed { .. }) => Some(FaultCode::ReversalReversed),
            Some(_) if !reversed.insert(*event) => Some(FaultCode::ReversedTwice),
            Some(_) => None,
        };
        faults.extend(code.map(|code| fault(reversal, "event", code)));
    }
    events.retain(|event| {
        let is_reversal = matches!(event.what(), EventKind::Reversed { .. });
        !is_reversal && !reversed.contains(&event.id())
    });
    events
}

struct Reader<'a> {
    loan: &'a Loan,
    faults: Vec<LoanFault>,
    drawn: Fen,
    balance: Steps<Fen>,
    ends: Vec<(Day, Day)>,
}

impl Reader<'_> {
    fn take(&mut self, event: &LoanEvent) {
        let start = self.loan.contract.terms().starts_on;
        if event.on() < start {
            self.faults.push(fault(event, "on", FaultCode::BeforeStart));
            return;
        }
        match *event.what() {
            EventKind::Drawn { amount } => self.drawn(event, amount),
            EventKind::Extended { ends_on } => self.extended(event, ends_on),
            EventKind::Repaid { principal, .. }
            | EventKind::Prepaid { principal, .. }
            | EventKind::WrittenOff { principal } => self.less(event, principal),
            EventKind::RateChanged { .. }
            | EventKind::InterestDue { .. }
            | EventKind::Defaulted {}
            | EventKind::PurposeFailed {}
            | EventKind::Reversed { .. } => {}
        }
    }

    fn drawn(&mut self, event: &LoanEvent, amount: Fen) {
        let terms = self.loan.contract.terms();
        if terms.draw == Draw::AtStart {
            let code = FaultCode::DrawnAtStart;
            return self.faults.push(fault(event, "kind", code));
        }
        if self.ends.last().is_some_and(|(_, end)| event.on() >= *end) {
            self.faults.push(fault(event, "on", FaultCode::AfterEnd));
        }
        // Amounts are at most ten billion yuan each, so their sums have room.
        self.drawn = self.drawn.checked_add(amount).unwrap_or(self.drawn);
        if self.drawn > terms.principal {
            let code = FaultCode::MoreThanContract;
            self.faults.push(fault(event, "amount_fen", code));
        }
        let owed = self.balance.last().checked_add(amount);
        self.balance.set(event.on(), owed.unwrap_or_default());
    }

    fn less(&mut self, event: &LoanEvent, principal: Fen) {
        let owed = self.balance.last();
        let left = owed.checked_sub(principal).filter(|it| *it >= Fen::ZERO);
        if left.is_none() {
            let code = FaultCode::MoreThanOwed;
            self.faults.push(fault(event, "principal_fen", code));
        }
        self.balance.set(event.on(), left.unwrap_or_default());
    }

    fn extended(&mut self, event: &LoanEvent, ends_on: Day) {
        let last = self.ends.last().map(|(_, end)| *end);
        if last.is_some_and(|end| event.on() > end) {
            self.faults.push(fault(event, "on", FaultCode::AfterEnd));
        }
        if last.is_some_and(|end| ends_on <= end) {
            let code = FaultCode::NotLater;
            self.faults.push(fault(event, "ends_on", code));
            return;
        }
        let latest = self.loan.contract.terms().starts_on.plus_months(LONGEST);
        if latest.is_none_or(|latest| ends_on > latest) {
            let code = FaultCode::OutOfRange;
            self.faults.push(fault(event, "ends_on", code));
            return;
        }
        self.ends.push((event.on(), ends_on));
    }
}

/// The due days of a loan by its contract and extensions. The end before an extension stays one
/// where the bank says that interest was due on it.
fn due_days(loan: &Loan, events: &[LoanEvent], ends: &[(Day, Day)]) -> Vec<Day> {
    let terms = loan.contract.terms();
    let end = ends.last().map_or(terms.ends_on, |(_, end)| *end);
    let mut days = BTreeSet::from([end]);
    if terms.repayment != super::contract::Repayment::Bullet {
        // Each due day is moved to the end of a short month by itself, and the next goes back.
        let (anchor, least) = match terms.first_due_on {
            Some(first) => (first, 0_u32),
            None => (terms.starts_on, 1),
        };
        let months = (least..).map(|count| count.checked_mul(terms.every_months));
        let on_the_grid = months.map_while(|months| anchor.plus_months(months?));
        days.extend(on_the_grid.take_while(|day| *day < end));
    }
    for event in events {
        if let EventKind::InterestDue { due_on, .. } = event.what()
            && ends.iter().any(|(_, end)| end == due_on)
        {
            days.insert(*due_on);
        }
    }
    days.into_iter().collect()
}

/// Interest told by the bank belongs to a due day, once.
fn check_dues(events: &[LoanEvent], due_days: &[Day], faults: &mut Vec<LoanFault>) {
    let mut told = BTreeSet::new();
    for event in events {
        let EventKind::InterestDue { due_on, .. } = event.what() else {
            continue;
        };
        if due_days.binary_search(due_on).is_err() {
            faults.push(fault(event, "due_on", FaultCode::NotADueDay));
        } else if !told.insert(*due_on) {
            faults.push(fault(event, "due_on", FaultCode::DueTwice));
        }
    }
}
