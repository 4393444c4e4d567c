//! Running golden cases and telling what differs.

use std::ops::Deref;

use crate::division::DivisionCode;
use crate::fact::{FactSet, Sheet};
use crate::money::Fen;
use crate::programme::{self, Programme};
use crate::trace::{ClauseResult, Outcome, Trace};

use super::{Case, Cases, Expected, Question};

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// Its name.
    pub name: String,
    /// The line it begins on, from 1.
    pub line: usize,
    /// Whether the decision is what it must be.
    pub passed: bool,
    /// Each thing that is not, in English.
    pub differences: Vec<String>,
}

/// Runs the cases. `programme_for` gives the programme as it holds in a division, overlays applied,
/// and at the place of the pack itself for `None`.
pub fn run<P: Deref<Target = Programme>>(
    programme_for: impl Fn(Option<&DivisionCode>) -> Option<P>,
    cases: &Cases,
) -> Vec<CaseResult> {
    let result = |case: &Case| {
        let differences = match programme_for(case.division.as_ref()) {
            Some(programme) => differences(&programme, case),
            None => vec!["no pack holds there".to_owned()],
        };
        CaseResult {
            name: case.name.clone(),
            line: case.line,
            passed: differences.is_empty(),
            differences,
        }
    };
    cases.cases.iter().map(result).collect()
}

fn differences(programme: &Programme, case: &Case) -> Vec<String> {
    match &case.question {
        Question::Facts(expected) => {
            let mut sheet = Sheet::EMPTY;
            for value in &case.facts {
                sheet.set(value.fact(), value.number());
            }
            match programme::explain(programme, &sheet, case.on) {
                Ok(explanation) => {
                    let verdict = explanation.verdict;
                    let given = Given {
                        outcome: verdict.outcome,
                        amount: verdict.amount,
                        days: None,
                        missing: Some(verdict.missing),
                        trace: &explanation.trace,
                    };
                    compare(expected, &given)
                }
                Err(error) => vec![error.to_string()],
            }
        }
        Question::Stays { statuses, stays } => {
            super::price::differences(programme, case, statuses, stays)
        }
    }
}

/// A decision as it was made.
pub(super) struct Given<'a> {
    pub(super) outcome: Outcome,
    pub(super) amount: Fen,
    pub(super) days: Option<u32>,
    /// The facts missing, where the decision tells them.
    pub(super) missing: Option<FactSet>,
    pub(super) trace: &'a Trace,
}

/// What differs between a decision and what it must be.
pub(super) fn compare(expected: &Expected, given: &Given<'_>) -> Vec<String> {
    let mut differences = Vec::new();
    if expected.outcome != given.outcome {
        differences.push(format!(
            "outcome: expected {}, was {} ({})",
            expected.outcome,
            given.outcome,
            reasons(given)
        ));
    }
    match expected.amount {
        Some(amount) if amount != given.amount => differences.push(format!(
            "amount: expected {amount} yuan, was {} yuan",
            given.amount
        )),
        Some(_) => {}
        // A case must not leave open how much a grant pays.
        None if expected.outcome == Outcome::Granted && given.amount != Fen::ZERO => {
            differences.push(format!("amount: none expected, was {} yuan", given.amount))
        }
        None => {}
    }
    if let (Some(expected), Some(days)) = (expected.days, given.days)
        && expected != days
    {
        differences.push(format!("days: expected {expected}, were {days}"));
    }
    for clause in &expected.failing {
        let results = results_of(given.trace, clause);
        if results.is_empty() {
            differences.push(format!(
                "clause {clause}: expected to fail, is not in the trace"
            ));
        } else if !results.contains(&ClauseResult::Fail) {
            let results: Vec<&str> = results.iter().map(|result| result.as_str()).collect();
            let results = results.join(", ");
            differences.push(format!("clause {clause}: expected to fail, was {results}"));
        }
    }
    if let Some(missing) = given.missing
        && expected.outcome == Outcome::Undetermined
    {
        let expected: FactSet = expected.missing.iter().copied().collect();
        if expected != missing {
            differences.push(format!(
                "missing: expected {}, were {}",
                names(expected),
                names(missing)
            ));
        }
    }
    differences
}

/// What a clause comes to, each time it is told. A clause of one of several entitlements may be
/// told as `<clause>:<entitlement>`.
fn results_of(trace: &Trace, clause: &str) -> Vec<ClauseResult> {
    let entries = trace.0.iter().filter(|entry| {
        let rest = entry.clause.strip_prefix(clause);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    entries.map(|entry| entry.result).collect()
}

/// Why the decision is what it is, in short.
fn reasons(given: &Given<'_>) -> String {
    let of = |result: ClauseResult| {
        let entries = given.trace.0.iter();
        let ids = entries.filter(|entry| entry.result == result);
        let ids: Vec<&str> = ids.map(|entry| entry.clause.as_str()).collect();
        ids.join(", ")
    };
    format!(
        "failing: {}; undetermined: {}; missing: {}",
        of(ClauseResult::Fail),
        of(ClauseResult::Undetermined),
        names(given.missing.unwrap_or_default())
    )
}

fn names(facts: FactSet) -> String {
    let names: Vec<&str> = facts.iter().map(|fact| fact.info().id).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
