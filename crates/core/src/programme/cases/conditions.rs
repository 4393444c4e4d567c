//! Every kind of test on the day before, on and after, and what unknown facts leave open.

use serde_json::{Value, json};

use super::{PLAIN, Parts, short, value};

/// Whether a condition with this test grants.
fn asked(condition: &str, values: &str, facts: Value, on: &str) -> String {
    let values = format!("{values}{}", value("amount", "\"1 yuan\""));
    let programme = Parts {
        values: &values,
        eligibility: condition,
        ..PLAIN
    }
    .programme();
    short(&programme, facts, on)
}

#[test]
fn ages_turn_on_the_birthday() {
    let least = value("least", "\"49 years\"");
    let at_least = r#"{ fact = "wife_born_on", age_at_least = "least" }"#;
    let below = r#"{ fact = "wife_born_on", age_below = "least" }"#;
    for (born, on, reached) in [
        ("1973-07-01", "2022-06-30", false),
        ("1973-07-01", "2022-07-01", true),
        ("1973-07-01", "2022-07-02", true),
        ("1976-02-29", "2025-02-28", false),
        ("1976-02-29", "2025-03-01", true),
    ] {
        let answer = |it| if it { "100" } else { "refused" };
        let facts = json!({"wife_born_on": born});
        assert_eq!(
            asked(at_least, &least, facts.clone(), on),
            answer(reached),
            "{born} {on}"
        );
        assert_eq!(
            asked(below, &least, facts, on),
            answer(!reached),
            "{born} {on}"
        );
    }
    assert_eq!(
        asked(at_least, &least, json!({}), "2022-07-01"),
        "wife_born_on"
    );
}

#[test]
fn days_since_count_from_the_day_itself() {
    let days = value("days", "\"90 days\"");
    let most = r#"{ fact = "event_on", days_since_at_most = "days" }"#;
    let least = r#"{ fact = "event_on", days_since_at_least = "days" }"#;
    for (on, at_most, at_least) in [
        ("2023-12-31", "refused", "refused"),
        ("2024-01-01", "100", "refused"),
        ("2024-03-30", "100", "refused"),
        ("2024-03-31", "100", "100"),
        ("2024-04-01", "refused", "100"),
    ] {
        let facts = json!({"event_on": "2024-01-01"});
        assert_eq!(asked(most, &days, facts.clone(), on), at_most, "{on}");
        assert_eq!(asked(least, &days, facts, on), at_least, "{on}");
    }
    let unlimited = value("days", "\"none\"");
    assert_eq!(asked(most, &unlimited, json!({}), "2024-01-01"), "100");
}

#[test]
fn numbers_days_words_and_places_are_compared() {
    let cases = [
        (
            r#"{ fact = "child_disability_grade", at_most = "3 grade" }"#,
            json!({"child_disability_grade": 3}),
            true,
        ),
        (
            r#"{ fact = "child_disability_grade", at_most = "3 grade" }"#,
            json!({"child_disability_grade": 4}),
            false,
        ),
        (
            r#"{ fact = "children_born", at_least = "2 children" }"#,
            json!({"children_born": 2}),
            true,
        ),
        (
            r#"{ fact = "children_born", at_least = "2 children" }"#,
            json!({"children_born": 1}),
            false,
        ),
        (
            r#"{ fact = "children_born", above = "2 children" }"#,
            json!({"children_born": 2}),
            false,
        ),
        (
            r#"{ fact = "children_born", above = "2 children" }"#,
            json!({"children_born": 3}),
            true,
        ),
        (
            r#"{ fact = "children_born", below = "2 children" }"#,
            json!({"children_born": 1}),
            true,
        ),
        (
            r#"{ fact = "children_born", below = "2 children" }"#,
            json!({"children_born": 2}),
            false,
        ),
        (
            r#"{ fact = "income_per_head", below_fact = "mean_income" }"#,
            json!({"income_per_head": 99, "mean_income": 100}),
            true,
        ),
        (
            r#"{ fact = "income_per_head", below_fact = "mean_income" }"#,
            json!({"income_per_head": 100, "mean_income": 100}),
            false,
        ),
        (
            r#"{ fact = "loan_until", at_least_fact = "loan_from" }"#,
            json!({"loan_until": "2024-01-01", "loan_from": "2024-01-01"}),
            true,
        ),
        (
            r#"{ fact = "loan_until", at_least_fact = "loan_from" }"#,
            json!({"loan_until": "2023-12-31", "loan_from": "2024-01-01"}),
            false,
        ),
        (
            r#"{ fact = "signed_up_on", on_or_after = "2024-05-09" }"#,
            json!({"signed_up_on": "2024-05-09"}),
            true,
        ),
        (
            r#"{ fact = "signed_up_on", on_or_after = "2024-05-09" }"#,
            json!({"signed_up_on": "2024-05-08"}),
            false,
        ),
        (
            r#"{ fact = "signed_up_on", before = "2024-05-09" }"#,
            json!({"signed_up_on": "2024-05-08"}),
            true,
        ),
        (
            r#"{ fact = "signed_up_on", before = "2024-05-09" }"#,
            json!({"signed_up_on": "2024-05-09"}),
            false,
        ),
        (
            r#"{ fact = "hukou", is = "rural" }"#,
            json!({"hukou": "rural"}),
            true,
        ),
        (
            r#"{ fact = "hukou", is = "rural" }"#,
            json!({"hukou": "urban"}),
            false,
        ),
        (
            r#"{ fact = "marital_status", in = ["divorced", "widowed"] }"#,
            json!({"marital_status": "widowed"}),
            true,
        ),
        (
            r#"{ fact = "marital_status", in = ["divorced", "widowed"] }"#,
            json!({"marital_status": "married"}),
            false,
        ),
        (
            r#"{ fact = "residence", in = ["4301", "430922"] }"#,
            json!({"residence": "430102001001"}),
            true,
        ),
        (
            r#"{ fact = "residence", in = ["4301", "430922"] }"#,
            json!({"residence": "4309"}),
            false,
        ),
        (
            r#"{ fact = "diagnosis", in = ["C00-C97", "N18.5"] }"#,
            json!({"diagnosis": "C97.x00"}),
            true,
        ),
        (
            r#"{ fact = "diagnosis", in = ["C00-C97", "N18.5"] }"#,
            json!({"diagnosis": "N18.400"}),
            false,
        ),
    ];
    for (condition, facts, holds) in cases {
        let expected = if holds { "100" } else { "refused" };
        let not = format!("{{ not = {condition} }}");
        let opposite = if holds { "refused" } else { "100" };
        assert_eq!(
            asked(condition, "", facts.clone(), "2024-06-01"),
            expected,
            "{condition} {facts}"
        );
        assert_eq!(
            asked(&not, "", facts.clone(), "2024-06-01"),
            opposite,
            "{not} {facts}"
        );
        let missing: Vec<String> = facts.as_object().unwrap().keys().cloned().collect();
        let unknown = asked(condition, "", json!({}), "2024-06-01");
        assert_eq!(unknown.split(' ').count(), missing.len(), "{condition}");
        assert!(
            missing.iter().all(|fact| unknown.contains(fact)),
            "{condition}"
        );
    }
}

#[test]
fn unknown_parts_stay_open_only_where_they_matter() {
    let all = r#"{ all = [{ fact = "registered" }, { fact = "low_income" }, { fact = "hukou", is = "rural" }] }"#;
    let any = r#"{ any = [{ fact = "registered" }, { fact = "low_income" }, { fact = "hukou", is = "rural" }] }"#;
    for (condition, facts, expected) in [
        (all, json!({"registered": false}), "refused"),
        (all, json!({"registered": true}), "hukou low_income"),
        (
            all,
            json!({"registered": true, "low_income": true}),
            "hukou",
        ),
        (any, json!({"registered": true}), "100"),
        (any, json!({"registered": false}), "hukou low_income"),
        (
            any,
            json!({"registered": false, "low_income": false}),
            "hukou",
        ),
        (
            any,
            json!({"registered": false, "low_income": false, "hukou": "urban"}),
            "refused",
        ),
    ] {
        assert_eq!(
            asked(condition, "", facts.clone(), "2024-06-01"),
            expected,
            "{facts}"
        );
    }
}

#[test]
fn nothing_is_given_before_the_programme_and_after_its_end() {
    let values = value("amount", "\"1 yuan\"");
    let parts = Parts {
        values: &values,
        terms: "until = \"2024-01-01\"",
        ..PLAIN
    };
    let programme = parts.programme();
    for (on, expected) in [
        ("2019-12-31", "refused"),
        ("2020-01-01", "100"),
        ("2023-12-31", "100"),
        ("2024-01-01", "refused"),
    ] {
        assert_eq!(
            short(&programme, json!({"registered": true}), on),
            expected,
            "{on}"
        );
    }
}
