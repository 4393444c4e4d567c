//! What becomes of the lines of a statement: which events they are, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sizhu_core::loan::{DueDay, EventKind};
use sizhu_core::{Day, LoanId};
use sizhu_store::loan_statements::{LineOutcome, StatementLine};

use crate::problem::{FieldError, Problem, Text};
use crate::service::loans::events::{Batch, EventFault, NewEvent, NewKind};
use crate::statement::{Column, Line, LineFault, NumberedLine};

/// The most faults that an answer names.
const MOST_NAMED: usize = 100;

/// A line on its way.
#[derive(Debug)]
pub(super) struct Judged {
    number: u32,
    /// What it says, where it could be read.
    line: Option<Line>,
    /// The loan, where there is one.
    loan: Option<LoanId>,
    /// Whether what was due was told before, and the same.
    due_is_known: bool,
    faults: Vec<LineFault>,
}

impl Judged {
    /// Whether it cannot be taken.
    pub(super) const fn is_faulty(&self) -> bool {
        !self.faults.is_empty()
    }
}

/// The number of the contract of a line that could be read.
pub(super) fn contract_no(line: &NumberedLine) -> Option<&str> {
    let line = line.line.as_ref().ok()?;
    Some(line.contract_no.as_str())
}

/// Finds the loan of each line.
pub(super) fn judge(
    lines: &[NumberedLine],
    loans: &BTreeMap<String, LoanId>,
    dues: &BTreeMap<(LoanId, Day), DueDay>,
) -> Vec<Judged> {
    let judge = |numbered: &NumberedLine| {
        let line = numbered.line.as_ref().ok();
        let loan = line.and_then(|line| loans.get(&line.contract_no).copied());
        let faults = match (&numbered.line, loan) {
            (Err(faults), _) => faults.clone(),
            (Ok(_), None) => vec![unknown()],
            (Ok(_), Some(_)) => Vec::new(),
        };
        let due_is_known = line.zip(loan).is_some_and(|(line, loan)| {
            let due = dues.get(&(loan, line.due_on));
            due.and_then(|due| due.banks) == Some(line.interest_due)
        });
        Judged {
            number: numbered.number,
            line: line.cloned(),
            loan,
            due_is_known,
            faults,
        }
    };
    lines.iter().map(judge).collect()
}

fn unknown() -> LineFault {
    LineFault {
        column: Some(Column::ContractNo),
        code: "unknown_loan",
        detail: Text::new("没有此编号的贷款。", "There is no loan of this number."),
    }
}

/// The part of a line that an event is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Due,
    Paid,
}

/// Where an event comes from: the line among all, and its part.
pub(super) type Origin = (usize, Part);

/// The events of the sound lines, loan by loan, and where each comes from.
pub(super) struct Batches {
    pub(super) events: Vec<Batch>,
    pub(super) places: Vec<Vec<Origin>>,
}

pub(super) fn batches(lines: &[Judged]) -> Batches {
    let mut by_loan: BTreeMap<LoanId, Vec<(Origin, NewEvent)>> = BTreeMap::new();
    let mut due_told = BTreeSet::new();
    for (at, judged) in lines.iter().enumerate() {
        let (Some(loan), Some(line), false) = (judged.loan, &judged.line, judged.is_faulty())
        else {
            continue;
        };
        let events = by_loan.entry(loan).or_default();
        // What was due is told on each line that pays a part of it.
        if !judged.due_is_known && due_told.insert((loan, line.due_on)) {
            events.push(((at, Part::Due), due(line)));
        }
        events.extend(paid(line).map(|event| ((at, Part::Paid), event)));
    }
    let (mut events, mut places) = (Vec::new(), Vec::new());
    for (loan, told) in by_loan {
        let (origins, told): (Vec<Origin>, Vec<NewEvent>) = told.into_iter().unzip();
        events.push(Batch { loan, events: told });
        places.push(origins);
    }
    Batches { events, places }
}

fn due_no(line: &Line) -> String {
    format!("due:{}:{}", line.due_on, line.interest_due.get())
}

fn due(line: &Line) -> NewEvent {
    NewEvent {
        event_no: due_no(line),
        on: line.due_on,
        what: NewKind::Told(EventKind::InterestDue {
            due_on: line.due_on,
            amount: line.interest_due,
        }),
    }
}

/// The number of a payment: the bank's own, else its days. Then two payments of one day for one due
/// day cannot be told apart, and are refused.
fn payment_no(line: &Line) -> Option<String> {
    let paid_on = line.paid_on?;
    let days = || format!("paid:{}:{paid_on}", line.due_on);
    Some(line.serial_no.clone().unwrap_or_else(days))
}

fn paid(line: &Line) -> Option<NewEvent> {
    Some(NewEvent {
        event_no: payment_no(line)?,
        on: line.paid_on?,
        what: NewKind::Told(EventKind::Repaid {
            due_on: Some(line.due_on),
            principal: line.principal_paid,
            interest: line.interest_paid,
            penalty: line.penalty_paid,
        }),
    })
}

/// Blames faults of events on the lines they come from; a fault of none of them on all of the loan.
pub(super) fn blame(lines: &mut [Judged], places: &[Vec<Origin>], faults: &[EventFault]) {
    for fault in faults {
        let Some(origins) = places.get(fault.batch) else {
            continue;
        };
        let one = fault.event.and_then(|event| origins.get(event));
        let blamed = one.map_or_else(|| origins.clone(), |one| vec![*one]);
        for (at, part) in blamed {
            if let Some(line) = lines.get_mut(at) {
                line.faults.push(LineFault {
                    column: one.and_then(|_| column(part, fault.field)),
                    code: fault.code,
                    detail: fault.text.clone(),
                });
            }
        }
    }
}

/// The column that a field of an event comes from.
fn column(part: Part, field: &str) -> Option<Column> {
    match (part, field) {
        (_, "due_on") | (Part::Due, "on") => Some(Column::DueOn),
        (Part::Due, _) => Some(Column::InterestDue),
        (Part::Paid, "on") => Some(Column::PaidOn),
        (Part::Paid, "principal_fen") => Some(Column::PrincipalPaid),
        (Part::Paid, "interest_fen") => Some(Column::InterestPaid),
        (Part::Paid, "penalty_fen") => Some(Column::PenaltyPaid),
        (Part::Paid, "event_no") => Some(Column::SerialNo),
        (Part::Paid, _) => None,
    }
}

/// Faulty lines as a problem: each fault with its line and column.
pub(super) fn problem(lines: &[Judged]) -> Problem {
    let faulty = lines.iter().filter(|line| line.is_faulty());
    let count = faulty.clone().count();
    let of_line = |line: &Judged| {
        let number = line.number;
        let pointer = move |column: Option<Column>| match column {
            Some(column) => format!("/{number}/{}", column.name()),
            None => format!("/{number}"),
        };
        let faults = line.faults.iter();
        let errors =
            faults.map(move |it| FieldError::new(pointer(it.column), it.code, it.detail.clone()));
        errors.collect::<Vec<_>>()
    };
    let errors = faulty.flat_map(of_line).take(MOST_NAMED).collect();
    Problem::validation(errors)
        .with_detail(Text::made(
            format!("有 {count} 行有误，整份清单未接收。"),
            format!("{count} lines are wrong; nothing of the statement was taken."),
        ))
        .with_member("faulty_lines", count)
}

/// What became of each line, when the others were applied.
pub(super) fn outcomes(
    lines: Vec<Judged>,
    new: &BTreeSet<(LoanId, String)>,
    dues: &BTreeMap<(LoanId, Day), DueDay>,
) -> Vec<StatementLine> {
    let outcome = |judged: Judged| {
        let (line, loan) = (judged.line.as_ref(), judged.loan);
        let taken = line.zip(loan).filter(|_| judged.faults.is_empty());
        let ours = taken.and_then(|(line, loan)| dues.get(&(loan, line.due_on))?.ours);
        let banks = line.map(|line| line.interest_due);
        let is_new = line.zip(loan).is_some_and(|(line, loan)| {
            let numbers = [Some(due_no(line)), payment_no(line)];
            let mut numbers = numbers.into_iter().flatten();
            numbers.any(|number| new.contains(&(loan, number)))
        });
        let outcome = match (line, loan, judged.faults.is_empty()) {
            (Some(_), None, _) => LineOutcome::Unknown,
            (None, _, _) | (Some(_), Some(_), false) => LineOutcome::Refused,
            (Some(_), Some(_), true) if !is_new => LineOutcome::Repeated,
            (Some(_), Some(_), true) if ours.is_some() && ours != banks => LineOutcome::Differing,
            (Some(_), Some(_), true) => LineOutcome::Accepted,
        };
        StatementLine {
            number: judged.number,
            loan,
            contract_no: line.map(|line| line.contract_no.clone()),
            due_on: line.map(|line| line.due_on),
            outcome,
            banks,
            ours,
            faults: judged.faults.iter().map(fault).collect(),
        }
    };
    lines.into_iter().map(outcome).collect()
}

fn fault(it: &LineFault) -> Value {
    json!({
        "column": it.column.map(Column::name),
        "code": it.code,
        "zh": it.detail.zh,
        "en": it.detail.en,
    })
}
