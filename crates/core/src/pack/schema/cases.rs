//! Golden cases in the schema.

use serde_json::{Map, Value, json};

use super::values::{describe, fact_words};
use super::{closed, list, reference, words};
use crate::fact::{Fact, FactType};
use crate::status::StatusKind;
use crate::trace::Outcome;

pub(super) fn definitions() -> Value {
    let days = json!({ "type": "integer", "minimum": 0 });
    let nursing = |levels: &[&str]| {
        let levels = levels
            .iter()
            .map(|level| ((*level).to_owned(), days.clone()));
        closed(Value::Object(levels.collect()), &[])
    };
    json!({
        "golden_cases": closed(json!({
            "programme": reference("programme_id"),
            "cases": list(&reference("case")),
        }), &["programme", "cases"]),
        "case": closed(json!({
            "name": reference("text"),
            "on": reference("day"),
            "division": reference("place"),
            "facts": { "type": "object", "properties": facts(), "additionalProperties": false },
            "expect": reference("expected"),
            "statuses": { "type": "array", "items": reference("status") },
            "stays": { "type": "array", "items": reference("stay") },
        }), &["name", "on"]),
        "expected": closed(json!({
            "outcome": words(Outcome::ALL),
            "amount": { "type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,2})? yuan$" },
            "days": days,
            "failing": { "type": "array", "items": { "type": "string" } },
            "missing": { "type": "array", "items": reference("fact") },
        }), &["outcome"]),
        "status": closed(json!({
            "kind": words(StatusKind::ALL),
            "grade": { "type": "integer", "minimum": 1, "maximum": 4 },
            "from": reference("day"),
            "until": reference("day"),
        }), &["kind", "from"]),
        "stay": closed(json!({
            "admitted_on": reference("day"),
            "discharged_on": reference("day"),
            "claimed_on": reference("day"),
            "diagnosis": { "type": "string" },
            "hospital_level": fact_value(Fact::HospitalLevel),
            "hospital_grade": fact_value(Fact::HospitalGrade),
            "hospital_ownership": fact_value(Fact::HospitalOwnership),
            "icu_days": days,
            "cost_total": fact_value(Fact::CostTotal),
            "cost_insured": fact_value(Fact::CostInsured),
            "cost_self_paid": fact_value(Fact::CostSelfPaid),
            "nursing_days": nursing(&["special", "level_1", "level_2", "level_3"]),
            "expect": reference("expected"),
        }), &["admitted_on", "discharged_on", "diagnosis", "hospital_level", "hospital_ownership",
              "expect"]),
    })
}

/// Each fact with its values, as the API takes them.
fn facts() -> Value {
    let value = |fact: &Fact| {
        let mut value = fact_value(*fact);
        describe(&mut value, *fact);
        (fact.info().id.to_owned(), value)
    };
    Value::Object(Fact::ALL.iter().map(value).collect::<Map<_, _>>())
}

fn fact_value(fact: Fact) -> Value {
    match fact.info().kind {
        FactType::Truth => json!({ "type": "boolean" }),
        FactType::Day => reference("day"),
        FactType::Word(words) => fact_words(words),
        FactType::Money | FactType::Count(_) | FactType::Share => {
            json!({ "type": "integer", "minimum": 0 })
        }
        FactType::Between(_, first, last) => {
            json!({ "type": "integer", "minimum": first, "maximum": last })
        }
        FactType::Division => json!({ "type": "string", "pattern": "^[0-9]{2,12}$" }),
        FactType::Diagnosis => json!({ "type": "string" }),
    }
}
