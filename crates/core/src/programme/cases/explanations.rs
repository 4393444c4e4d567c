//! The account of a verdict: every clause, what it saw and needed, and the limits.

use serde_json::json;

use super::{PLAIN, Parts, day, sheet, value};
use crate::programme::{Explanation, Programme, Silent, evaluate, explain};
use crate::trace::{ClauseResult, ClauseScope};

const CLAUSES: &str = r#"
[clauses.known]
title = { zh = "已登记", en = "Registered" }
fact = "registered"
source = "notice"

[clauses.old_enough]
title = { zh = "年龄", en = "Age" }
fact = "wife_born_on"
age_at_least = "least"
assumed = "A test."

[clauses.both]
title = { zh = "两项", en = "Both" }
all = ["known", "old_enough"]
source = "notice"

[clauses.ill]
title = { zh = "病种", en = "Illness" }
fact = "diagnosis"
in = ["C00-C97"]
source = "notice"
"#;

fn programme() -> Programme {
    let values = format!(
        "{}{}{}{}",
        value("amount", "\"100 yuan\""),
        value("more", "\"50 yuan\""),
        value("least", "\"49 years\""),
        value("year", "\"120 yuan\"")
    );
    Parts {
        values: &values,
        clauses: CLAUSES,
        eligibility: "\"both\"",
        terms: r#"limits = { per_year = "year" }"#,
        entitlements: &[
            "form = \"flat\"\namount = \"amount\"",
            "form = \"flat\"\namount = \"more\"\nwhen = \"ill\"",
        ],
        ..PLAIN
    }
    .programme()
}

fn explained(facts: serde_json::Value) -> Explanation {
    let programme = programme();
    let sheet = sheet(facts);
    let on = day("2026-01-15");
    let explained = explain(&programme, &sheet, on).unwrap();
    let silent = evaluate(&programme, &sheet, on, &mut Silent).unwrap();
    assert_eq!(explained.verdict, silent, "telling changes nothing");
    explained
}

fn results(explained: &Explanation) -> Vec<(&str, ClauseResult)> {
    let entries = explained.trace.0.iter();
    entries
        .map(|entry| (entry.clause.as_str(), entry.result))
        .collect()
}

#[test]
fn a_grant_is_told_in_reading_order() {
    use ClauseResult::{Note, Pass};
    let explained = explained(json!({
        "registered": true, "wife_born_on": "1970-01-01", "diagnosis": "C34.900",
        "received_this_year": 0,
    }));
    assert_eq!(
        results(&explained),
        [
            ("programme_in_force", Pass),
            ("both", Pass),
            ("known", Pass),
            ("old_enough", Pass),
            ("entitlement:part_0", Pass),
            ("ill", Pass),
            ("entitlement:part_1", Pass),
            ("limit:per_year", Note),
        ]
    );
    assert_eq!(explained.verdict.amount.get(), 12_000);
    let shares: Vec<Option<i64>> = explained
        .shares
        .iter()
        .map(|share| share.amount.map(crate::Fen::get))
        .collect();
    assert_eq!(shares, [Some(10_000), Some(5_000)]);
    assert!(explained.would_grant.is_empty());

    let age = explained.trace.clause("old_enough").unwrap();
    assert_eq!(age.saw, json!({"wife_born_on": "1970-01-01"}));
    assert_eq!(
        age.needs,
        json!({"fact": "wife_born_on", "age_at_least": 49})
    );
    assert_eq!(age.assumed.as_deref(), Some("A test."));
    assert_eq!(age.scope, Some(ClauseScope::Person));
    assert_eq!(age.chain.first().unwrap().shown, "49 years");
    let both = explained.trace.clause("both").unwrap();
    assert_eq!(both.needs, json!({"all": ["known", "old_enough"]}));
    assert_eq!(
        both.citation.as_ref().unwrap().instrument,
        "Notice of the tests"
    );
    let ill = explained.trace.clause("ill").unwrap();
    assert_eq!(ill.scope, Some(ClauseScope::Stay));
    assert_eq!(
        ill.saw,
        json!({"diagnosis": "***"}),
        "a diagnosis is never told"
    );
    let entitlement = explained.trace.clause("entitlement:part_1").unwrap();
    assert_eq!(
        entitlement.needs,
        json!({"form": "flat", "more": "50 yuan", "when": "ill"})
    );
    assert_eq!(entitlement.saw, json!({"amount_fen": 5_000}));
    let limit = explained.trace.clause("limit:per_year").unwrap();
    assert_eq!(limit.needs, json!({"at_most_fen": 12_000}));
}

#[test]
fn a_refusal_stops_at_the_eligibility() {
    use ClauseResult::{Fail, Pass, Undetermined};
    let refused = explained(json!({"registered": false}));
    assert_eq!(
        results(&refused),
        [
            ("programme_in_force", Pass),
            ("both", Fail),
            ("known", Fail),
            ("old_enough", Undetermined),
        ]
    );
    let saw = &refused.trace.clause("old_enough").unwrap().saw;
    assert_eq!(*saw, json!({"wife_born_on": null}));
}

#[test]
fn an_open_entitlement_keeps_the_whole_open() {
    let open = explained(json!({"registered": true, "wife_born_on": "1970-01-01"}));
    let shares: Vec<Option<i64>> = open
        .shares
        .iter()
        .map(|share| share.amount.map(crate::Fen::get))
        .collect();
    assert_eq!(shares, [Some(10_000), None]);
    assert_eq!(super::ids(open.verdict.missing), "diagnosis");
}

#[test]
fn tests_without_a_clause_are_told_as_the_eligibility() {
    let values = value("amount", "\"1 yuan\"");
    let programme = Parts {
        values: &values,
        ..PLAIN
    }
    .programme();
    let told = explain(
        &programme,
        &sheet(json!({"registered": false})),
        day("2026-01-15"),
    )
    .unwrap();
    let entry = told.trace.clause("eligibility").unwrap();
    assert_eq!(entry.result, ClauseResult::Fail);
    assert_eq!(entry.needs, json!({"fact": "registered", "is": true}));
    assert_eq!(entry.saw, json!({"registered": false}));
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let facts = json!({"registered": true, "wife_born_on": "1970-01-01", "diagnosis": "C34.900", "received_this_year": 0});
    let bytes = |facts| serde_json::to_string(&explained(facts).trace).unwrap();
    assert_eq!(bytes(facts.clone()), bytes(facts));
}
