//! What a hospital is told of a decision: never why the person, as a person, was refused.
//!
//! With the clauses as they are, a claim that is refused anyway, for a cold, would tell whether
//! the patient has lost a child: their status passes or it doesn't. So of a refusal a hospital
//! learns which conditions on the stay fail, or, where none does, that those on the person do.
//! Someone unknown, someone not entitled and someone whose days are used up look the same.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::trace::{Bilingual, ClauseResult, ClauseScope, Outcome, Trace, TraceEntry};

/// Clauses that turned on the stay alone, in the traces of before clauses told their scope.
const OF_THE_STAY: [&str; 4] = [
    "programme_in_force",
    "diagnosis",
    "hospital_class",
    "claim_deadline",
];

/// The clause that a missing fact of the claim leaves open.
const OPEN: &str = "daily_rate";

/// Clauses of the registry alone: by the one that compares with the registered name a hospital
/// could guess names.
const OF_THE_REGISTRY: [&str; 2] = ["patient_name", "registered"];

/// The clauses of a decision as a hospital may read them, without what they saw.
#[must_use]
pub fn for_hospital(outcome: Outcome, trace: &Trace) -> Trace {
    let told = |entry: &TraceEntry| TraceEntry {
        saw: Value::Null,
        ..entry.clone()
    };
    if outcome == Outcome::Granted {
        // Of a condition with alternatives, which of them holds would tell the status.
        let hidden = |entry: &TraceEntry| {
            OF_THE_REGISTRY.contains(&entry.clause.as_str())
                || (is_inner(entry) && !is_of_the_stay(entry))
        };
        return Trace(trace.0.iter().filter(|it| !hidden(it)).map(told).collect());
    }
    let of_the_stay = trace.0.iter().filter(|entry| is_of_the_stay(entry));
    let mut entries: Vec<TraceEntry> = of_the_stay.map(told).collect();
    match outcome {
        Outcome::Undetermined => {
            let open = |entry: &&TraceEntry| {
                let (clause, _) = parts(entry);
                clause == OPEN && entry.result == ClauseResult::Undetermined
            };
            entries.extend(trace.0.iter().filter(open).map(told));
            let mut results = entries.iter().map(|entry| entry.result);
            if results.all(|result| result != ClauseResult::Undetermined) {
                entries.push(person_conditions(ClauseResult::Undetermined));
            }
        }
        Outcome::Refused if !stay_fails(trace) => {
            entries.push(person_conditions(ClauseResult::Fail));
        }
        Outcome::Refused | Outcome::Granted => {}
    }
    Trace(entries)
}

/// The clause's own id and the entitlement it belongs to, if the programme has several.
fn parts(entry: &TraceEntry) -> (&str, Option<&str>) {
    match entry.clause.split_once(':') {
        Some((clause, entitlement)) => (clause, Some(entitlement)),
        None => (&entry.clause, None),
    }
}

/// Whether the entry is of a clause inside another.
fn is_inner(entry: &TraceEntry) -> bool {
    entry.clause.contains('/')
}

fn is_of_the_stay(entry: &TraceEntry) -> bool {
    match entry.scope {
        Some(scope) => scope == ClauseScope::Stay,
        None => OF_THE_STAY.contains(&entry.clause.as_str()),
    }
}

/// Whether the stay alone is reason enough: it fails a clause of the eligibility, or every
/// entitlement for a clause of its own.
fn stay_fails(trace: &Trace) -> bool {
    let outer = trace.0.iter().filter(|entry| !is_inner(entry));
    let fails = |entry: &TraceEntry| is_of_the_stay(entry) && entry.result == ClauseResult::Fail;
    let mut all = BTreeSet::new();
    let mut failing = BTreeSet::new();
    for entry in outer {
        match parts(entry) {
            (_, None) if fails(entry) => return true,
            (_, None) => {}
            (_, Some(entitlement)) => {
                all.insert(entitlement);
                if fails(entry) {
                    failing.insert(entitlement);
                }
            }
        }
    }
    !all.is_empty() && all == failing
}

fn person_conditions(result: ClauseResult) -> TraceEntry {
    TraceEntry {
        clause: "person_conditions".to_owned(),
        title: Bilingual::of(
            "患者本人的条件（详情由本人向县级计生协查询）",
            "Conditions on the person (the person may ask their county association)",
        ),
        result,
        saw: Value::Null,
        needs: json!({}),
        citation: None,
        assumed: None,
        scope: None,
        chain: Vec::new(),
    }
}
