//! What would grant a refusal; every alternative told is applied and must grant.

use serde_json::{Value, json};

use super::{PLAIN, Parts, compiled, dated, day, sheet, value};
use crate::programme::{Change, Programme, explain};

fn alternatives(programme: &Programme, facts: Value, on: &str) -> Vec<Vec<Change>> {
    explain(programme, &sheet(facts), day(on))
        .unwrap()
        .would_grant
}

/// The alternatives in short: clause, fact and day.
fn short(alternatives: &[Vec<Change>]) -> Vec<String> {
    let change = |change: &Change| {
        let on = change.on.map(|on| format!("@{on}")).unwrap_or_default();
        let fact = change.fact.map(|fact| fact.info().id).unwrap_or("rules");
        format!("{}/{fact}{on}", change.clause)
    };
    let set = |set: &Vec<Change>| set.iter().map(change).collect::<Vec<_>>().join(" + ");
    alternatives.iter().map(set).collect()
}

fn with_condition(eligibility: &str) -> Programme {
    let values = format!(
        "{}{}",
        value("amount", "\"1 yuan\""),
        value("least", "\"49 years\"")
    );
    let eligibility = eligibility.to_owned();
    let clauses = r#"
[clauses.old_enough]
title = { zh = "年龄", en = "Age" }
fact = "wife_born_on"
age_at_least = "least"
source = "notice"
"#;
    Parts {
        values: &values,
        clauses,
        eligibility: &eligibility,
        ..PLAIN
    }
    .programme()
}

#[test]
fn an_age_is_waited_for_and_never_changed() {
    let programme = with_condition(r#"{ all = ["old_enough", { fact = "hukou", is = "rural" }] }"#);
    let facts = json!({"wife_born_on": "1980-02-29", "hukou": "rural"});
    let told = alternatives(&programme, facts, "2026-01-15");
    assert_eq!(short(&told), ["old_enough/wife_born_on@2029-03-01"]);
    let change = told.first().unwrap().first().unwrap();
    assert_eq!(change.has, json!("1980-02-29"));
    assert_eq!(
        change.needs,
        json!({"fact": "wife_born_on", "age_at_least": 49})
    );
    assert_eq!(change.words.en, "the wife's day of birth: 49 full years");

    let facts = json!({"wife_born_on": "1980-02-29", "hukou": "urban"});
    let told = alternatives(&programme, facts, "2026-01-15");
    assert_eq!(
        short(&told),
        ["old_enough/wife_born_on@2029-03-01 + eligibility/hukou"]
    );
}

#[test]
fn the_smallest_alternative_comes_first() {
    let programme = with_condition(
        r#"{ any = [{ all = ["old_enough", { fact = "low_income" }] }, { fact = "child_died" }] }"#,
    );
    let facts = json!({"wife_born_on": "1980-01-01", "low_income": false, "child_died": false});
    let told = alternatives(&programme, facts, "2026-01-15");
    assert_eq!(
        short(&told),
        [
            "eligibility/child_died",
            "old_enough/wife_born_on@2029-01-01 + eligibility/low_income"
        ]
    );
}

#[test]
fn sex_birth_and_death_are_never_proposed() {
    let programme = with_condition(
        r#"{ all = ["old_enough", { fact = "sex", is = "female" }, { fact = "alive" }] }"#,
    );
    for facts in [
        json!({"wife_born_on": "1970-01-01", "sex": "male", "alive": true}),
        json!({"wife_born_on": "1970-01-01", "sex": "female", "alive": false}),
    ] {
        assert!(alternatives(&programme, facts, "2026-01-15").is_empty());
    }
    let unknown = json!({"wife_born_on": "1990-01-01", "alive": true});
    let told = alternatives(&programme, unknown, "2026-01-15");
    assert_eq!(
        short(&told),
        ["old_enough/wife_born_on@2039-01-01 + eligibility/sex"]
    );
    assert_eq!(told.first().unwrap().last().unwrap().has, Value::Null);
}

#[test]
fn rules_to_come_are_waited_for() {
    let values = format!(
        "{}{}{}",
        value("amount", "\"1 yuan\""),
        dated("least", "2020-01-01", "\"60 years\""),
        dated("least", "2027-07-01", "\"50 years\"")
    );
    let parts = Parts {
        values: &values,
        eligibility: r#"{ fact = "born_on", age_at_least = "least" }"#,
        ..PLAIN
    };
    let programme = parts.programme();
    let told = alternatives(&programme, json!({"born_on": "1975-01-01"}), "2026-01-15");
    assert_eq!(
        short(&told),
        [
            "eligibility/born_on@2035-01-01",
            "eligibility/rules@2027-07-01"
        ]
    );
    let before = alternatives(&programme, json!({"born_on": "1975-01-01"}), "2019-06-01");
    assert_eq!(
        short(&before),
        ["programme_in_force/rules@2020-01-01 + eligibility/born_on@2035-01-01"]
    );
    let ended = compiled(&parts.text().replace("from = \"2020-01-01\"\nsource = \"notice\"\neligibility", "from = \"2020-01-01\"\nuntil = \"2021-01-01\"\nsource = \"notice\"\neligibility").replace("[[values.least]]\nfrom = \"2027-07-01\"\nvalue = \"50 years\"\nsource = \"notice\"\n\n", ""));
    assert!(alternatives(&ended, json!({"born_on": "1940-01-01"}), "2022-01-01").is_empty());
}

#[test]
fn a_yearly_limit_opens_again_on_new_years_day() {
    let values = format!(
        "{}{}",
        value("amount", "\"1 yuan\""),
        value("year", "\"12 yuan\"")
    );
    let programme = Parts {
        values: &values,
        terms: r#"limits = { per_year = "year" }"#,
        ..PLAIN
    }
    .programme();
    let facts = json!({"registered": true, "received_this_year": 1_200});
    let told = alternatives(&programme, facts, "2026-05-15");
    assert_eq!(short(&told), ["limit:per_year/rules@2027-01-01"]);
}

#[test]
fn an_amount_of_nothing_asks_for_more_units() {
    let values = format!(
        "{}{}",
        value("rate", "\"1 yuan/day\""),
        value("free", "\"3 days\"")
    );
    let programme = Parts {
        values: &values,
        entitlements: &[
            "form = \"per_unit\"\nrate = \"rate\"\nunits = \"service_days\"\nfree = \"free\"",
        ],
        ..PLAIN
    }
    .programme();
    let told = alternatives(
        &programme,
        json!({"registered": true, "service_days": 2}),
        "2026-05-15",
    );
    assert_eq!(short(&told), ["eligibility/service_days"]);
    let change = told.first().unwrap().first().unwrap();
    assert_eq!(change.needs, json!({"fact": "service_days", "at_least": 4}));
}
