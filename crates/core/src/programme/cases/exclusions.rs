//! Programmes that shut each other out, with ties, yearly amounts and open ones.

use serde_json::{Value, json};

use super::{PLAIN, Parts, compiled, day, sheet, value};
use crate::programme::{Programme, Settlement, Silent, Verdict, evaluate, settle};

const ON: &str = "2026-01-15";

/// A programme that pays so much to whoever has the fact.
fn paying(id: &str, period: &str, amount: &str, fact: &str, exclusion: &str) -> Programme {
    let values = value("amount", amount);
    let eligibility = format!("{{ fact = \"{fact}\" }}");
    Parts {
        programme: id,
        period,
        values: &values,
        eligibility: &eligibility,
        terms: exclusion,
        ..PLAIN
    }
    .programme()
}

/// What becomes of the first and the second, in short.
fn settled(one: &Programme, two: &Programme, facts: Value) -> [String; 2] {
    let sheet = sheet(facts);
    let asked = |programme: &Programme| -> Verdict {
        evaluate(programme, &sheet, day(ON), &mut Silent).unwrap()
    };
    let (first, second) = (asked(one), asked(two));
    let settled = settle(&[(one, &first), (two, &second)], day(ON));
    [0, 1].map(|place| {
        let found = settled.iter().find(|it| it.place == place);
        match found.map(|it| &it.result) {
            None => "-".to_owned(),
            Some(Settlement::Keeps) => "keeps".to_owned(),
            Some(Settlement::ShutOut { by }) => format!("out by {by}"),
            Some(Settlement::Open { by, missing }) => {
                format!("open by {} for {}", by[0], super::ids(*missing))
            }
        }
    })
}

const BOTH: [&str; 2] = ["low_income", "programme_member"];

fn pair(rule: &str, one: (&str, &str), two: (&str, &str)) -> (Programme, Programme) {
    let exclusion =
        format!("exclusion = {{ rule = \"{rule}\", among = [\"one-help\", \"two-help\"] }}");
    (
        paying("one-help", one.0, one.1, BOTH[0], &exclusion),
        paying("two-help", two.0, two.1, BOTH[1], ""),
    )
}

#[test]
fn the_first_in_order_stays() {
    let (one, two) = pair("one_of", ("month", "\"1 yuan\""), ("month", "\"9 yuan\""));
    for (facts, expected) in [
        (
            json!({"low_income": true, "programme_member": true}),
            ["keeps", "out by one-help"],
        ),
        (
            json!({"low_income": false, "programme_member": true}),
            ["-", "keeps"],
        ),
        (
            json!({"programme_member": true}),
            ["-", "open by one-help for low_income"],
        ),
        (json!({"low_income": true}), ["keeps", "-"]),
        (
            json!({"low_income": false, "programme_member": false}),
            ["-", "-"],
        ),
    ] {
        assert_eq!(settled(&one, &two, facts.clone()), expected, "{facts}");
    }
}

#[test]
fn the_higher_in_a_year_stays() {
    let both = json!({"low_income": true, "programme_member": true});
    for (first, second, expected) in [
        (
            ("month", "\"80 yuan\""),
            ("year", "\"961 yuan\""),
            ["out by two-help", "keeps"],
        ),
        (
            ("month", "\"80 yuan\""),
            ("year", "\"960 yuan\""),
            ["keeps", "out by one-help"],
        ),
        (
            ("year", "\"959 yuan\""),
            ("month", "\"80 yuan\""),
            ["out by two-help", "keeps"],
        ),
        (
            ("quarter", "\"240 yuan\""),
            ("month", "\"79 yuan\""),
            ["keeps", "out by one-help"],
        ),
    ] {
        let (one, two) = pair("higher_of", first, second);
        assert_eq!(
            settled(&one, &two, both.clone()),
            expected,
            "{first:?} {second:?}"
        );
    }
    let (one, two) = pair(
        "higher_of",
        ("month", "\"80 yuan\""),
        ("year", "\"1 yuan\""),
    );
    let open = settled(&one, &two, json!({"low_income": true}));
    assert_eq!(open, ["open by two-help for programme_member", "-"]);
}

#[test]
fn a_programme_that_does_not_name_itself_stands_first() {
    let exclusion = "exclusion = { rule = \"one_of\", among = [\"two-help\"] }";
    let one = paying("one-help", "month", "\"1 yuan\"", BOTH[0], exclusion);
    let two = paying("two-help", "month", "\"9 yuan\"", BOTH[1], "");
    let both = json!({"low_income": true, "programme_member": true});
    assert_eq!(settled(&one, &two, both), ["keeps", "out by one-help"]);
    let alone = compiled(
        &Parts {
            values: &value("amount", "\"1 yuan\""),
            ..PLAIN
        }
        .text(),
    );
    let verdict = evaluate(
        &alone,
        &sheet(json!({"registered": true})),
        day(ON),
        &mut Silent,
    )
    .unwrap();
    assert!(settle(&[(&alone, &verdict)], day(ON)).is_empty());
}
