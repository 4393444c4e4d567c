//! Small programmes with known answers, read from text as any pack is.

mod conditions;
mod counterfactuals;
mod exclusions;
mod explanations;
mod forms;
mod overlays;
mod people;
mod properties;

use serde_json::{Value, json};

use crate::day::Day;
use crate::fact::{Fact, FactSet, FactValue, Sheet};
use crate::trace::Outcome;

use super::{Policy, Programme, Silent, Verdict, evaluate};

/// The parts of a small pack that tests vary.
#[derive(Clone, Copy)]
struct Parts<'a> {
    programme: &'a str,
    period: &'a str,
    /// `[[values.…]]` entries.
    values: &'a str,
    /// `[clauses.…]` tables.
    clauses: &'a str,
    eligibility: &'a str,
    /// More keys of the version.
    terms: &'a str,
    /// The keys of the entitlements, each a table.
    entitlements: &'a [&'a str],
}

/// A pack of a flat amount to whoever is registered.
const PLAIN: Parts<'static> = Parts {
    programme: "plain-help",
    period: "month",
    values: "",
    clauses: "",
    eligibility: r#"{ fact = "registered" }"#,
    terms: "",
    entitlements: &[r#"form = "flat"
amount = "amount""#],
};

/// A value in force from 2020 on, from the one source of the test packs.
fn value(name: &str, value: &str) -> String {
    dated(name, "2020-01-01", value)
}

fn dated(name: &str, from: &str, value: &str) -> String {
    format!("[[values.{name}]]\nfrom = \"{from}\"\nvalue = {value}\nsource = \"notice\"\n\n")
}

impl Parts<'_> {
    fn text(&self) -> String {
        let titled = |number: usize, entitlement: &&str| {
            format!(
                "[[versions.entitlements]]\nid = \"part_{number}\"\ntitle = {{ zh = \"部分\", en = \"Part\" }}\n{entitlement}\n\n"
            )
        };
        let entitlements: String = self
            .entitlements
            .iter()
            .enumerate()
            .map(|(number, entitlement)| titled(number, entitlement))
            .collect();
        let Parts {
            programme,
            period,
            values,
            clauses,
            eligibility,
            terms,
            ..
        } = self;
        let any = |form: &str| self.entitlements.iter().any(|it| it.contains(form));
        let subject = if any("interest") { "loan" } else { "person" };
        let payee = if any("in_kind") {
            "payee = \"nobody\""
        } else if any("premium") {
            "payee = \"insurer\"\nmemo = \"测试补助\""
        } else {
            "payee = \"person\"\nmemo = \"测试补助\""
        };
        format!(
            r#"format = 2
programme = "{programme}"
place = "43"
help = "hardship"
subject = "{subject}"
period = "{period}"
title = {{ zh = "测试", en = "A test" }}
summary = {{ zh = "测试用。", en = "For tests." }}

[sources.notice]
instrument = "Notice of the tests"
class = "official"

{values}
{clauses}
[[versions]]
from = "2020-01-01"
source = "notice"
eligibility = {eligibility}
review = ["county_decision"]
publicity = {{ mode = "none", title = {{ zh = "补助", en = "Allowance" }} }}
{payee}
{terms}

{entitlements}"#
        )
    }

    fn programme(&self) -> Programme {
        compiled(&self.text())
    }
}

fn compiled(text: &str) -> Programme {
    let policy =
        Policy::read(text).unwrap_or_else(|faults| panic!("{}\n{text}", faults.first().unwrap()));
    Programme::compile(&policy).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A sheet of facts as the API gives them.
fn sheet(facts: Value) -> Sheet {
    let mut sheet = Sheet::EMPTY;
    for (id, value) in facts.as_object().unwrap() {
        let fact: Fact = id.parse().unwrap();
        let number = FactValue::parse(fact, value).unwrap().number();
        sheet.set(fact, number);
    }
    sheet
}

fn verdict(programme: &Programme, facts: Value, on: &str) -> Verdict {
    evaluate(programme, &sheet(facts), day(on), &mut Silent).unwrap()
}

/// What it comes to in short: the fen, `refused`, or the ids of the missing facts.
fn short(programme: &Programme, facts: Value, on: &str) -> String {
    let verdict = verdict(programme, facts, on);
    match verdict.outcome {
        Outcome::Granted => verdict.amount.get().to_string(),
        Outcome::Refused => "refused".to_owned(),
        Outcome::Undetermined => ids(verdict.missing),
    }
}

fn ids(facts: FactSet) -> String {
    let ids: Vec<&str> = facts.iter().map(|fact| fact.info().id).collect();
    ids.join(" ")
}

/// Facts beside being registered.
fn registered(more: Value) -> Value {
    let mut facts = json!({"registered": true});
    for (id, value) in more.as_object().unwrap() {
        facts[id] = value.clone();
    }
    facts
}
