//! What a hospital is told of a decision: never why the person, as a person, was refused.
//!
//! With the clauses as they are, a claim that is refused anyway, for a cold, would tell whether
//! the patient has lost a child: their status passes or it doesn't. So of a refusal a hospital
//! learns which conditions on the stay fail, or, where none does, that those on the person do.
//! Someone unknown, someone not entitled and someone whose days are used up look the same.

use serde_json::{Value, json};

use crate::trace::{Bilingual, ClauseResult, Outcome, Trace, TraceEntry};

/// Clauses that turn on the stay alone, whoever the patient is.
const OF_THE_STAY: [&str; 4] = [
    "programme_in_force",
    "diagnosis",
    "hospital_class",
    "claim_deadline",
];

/// The clause that a missing fact of the claim leaves open.
const OPEN: &str = "daily_rate";

/// The clause that compares with the registered name: a hospital could guess names by it.
const REGISTERED_NAME: &str = "patient_name";

/// The clauses of a decision as a hospital may read them, without what they saw.
#[must_use]
pub fn for_hospital(outcome: Outcome, trace: &Trace) -> Trace {
    let told = |entry: &TraceEntry| TraceEntry {
        saw: Value::Null,
        ..entry.clone()
    };
    if outcome == Outcome::Granted {
        let of_the_registry = |entry: &&TraceEntry| entry.clause == REGISTERED_NAME;
        return Trace(
            trace
                .0
                .iter()
                .filter(|it| !of_the_registry(it))
                .map(told)
                .collect(),
        );
    }
    let of_the_stay = |entry: &&TraceEntry| OF_THE_STAY.contains(&entry.clause.as_str());
    let mut entries: Vec<TraceEntry> = trace.0.iter().filter(of_the_stay).map(told).collect();
    let stay_fails = entries
        .iter()
        .any(|entry| entry.result == ClauseResult::Fail);
    match outcome {
        Outcome::Undetermined => entries.extend(trace.clause(OPEN).map(told)),
        Outcome::Refused if !stay_fails => entries.push(person_conditions()),
        Outcome::Refused | Outcome::Granted => {}
    }
    Trace(entries)
}

fn person_conditions() -> TraceEntry {
    TraceEntry {
        clause: "person_conditions".to_owned(),
        title: Bilingual::of(
            "患者本人的条件（详情由本人向县级计生协查询）",
            "Conditions on the person (the person may ask their county association)",
        ),
        result: ClauseResult::Fail,
        saw: Value::Null,
        needs: json!({}),
        citation: None,
        assumed: None,
    }
}
