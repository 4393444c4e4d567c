//! Laws that hold whatever the facts: less knowledge never contradicts more, more received never
//! gives more, and answers change in time only on the edges named.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;

use super::{PLAIN, Parts, day, value};
use crate::day::Day;
use crate::fact::{Fact, Sheet};
use crate::programme::{Moment, Programme, Silent, Tri, evaluate, explain};
use crate::trace::Outcome;

const CLAUSES: &str = r#"
[clauses.old_enough]
title = { zh = "年龄", en = "Age" }
fact = "wife_born_on"
age_at_least = "least"
source = "notice"

[clauses.waited]
title = { zh = "等待", en = "Waiting" }
fact = "enrolled_on"
days_since_at_least = "waiting"
source = "notice"
"#;

/// A programme with every kind of part.
static PROGRAMME: LazyLock<Programme> = LazyLock::new(|| {
    let values = [
        ("least", "\"49 years\""),
        ("waiting", "\"90 days\""),
        ("rate", "\"10.50 yuan/day\""),
        ("free", "\"2 days\""),
        ("cap", "\"20 days\""),
        ("period", "\"300 yuan\""),
        ("year", "\"500 yuan\""),
        ("life", "\"900 yuan\""),
        ("times", "\"4 times\""),
    ]
    .iter()
    .map(|(name, text)| value(name, text))
    .collect::<String>()
        + r#"
[[values.amount]]
from = "2020-01-01"
source = "notice"
table = [
  { hukou = "rural", complication_grade = { at_most = "2 grade" }, value = "100 yuan" },
  { hukou = "rural", complication_grade = { at_least = "3 grade" }, value = "60 yuan" },
  { hukou = "urban", value = "0 yuan" },
]
"#;
    Parts {
        values: &values,
        clauses: CLAUSES,
        eligibility: r#"{ all = ["old_enough", { any = ["waited", { fact = "low_income" }] }, { not = { fact = "child_disabled" } }] }"#,
        terms: r#"limits = { per_period = "period", per_year = "year", lifetime = "life", times = "times" }"#,
        entitlements: &[
            "form = \"flat\"\namount = \"amount\"",
            "form = \"per_unit\"\nrate = \"rate\"\nunits = \"service_days\"\nfree = \"free\"\ncap = \"cap\"\nwhen = { fact = \"programme_member\" }",
        ],
        ..PLAIN
    }
    .programme()
});

/// The facts the programme asks for, with what each may be.
fn facts() -> Vec<(Fact, Vec<i64>)> {
    let truth = vec![0, 1];
    vec![
        (
            Fact::WifeBornOn,
            vec![19_700_101, 19_760_229, 19_770_115, 19_770_116, 19_900_101],
        ),
        (
            Fact::EnrolledOn,
            vec![20_250_101, 20_251_016, 20_251_017, 20_251_018, 20_270_101],
        ),
        (Fact::LowIncome, truth.clone()),
        (Fact::ChildDisabled, truth.clone()),
        (Fact::ProgrammeMember, truth),
        (Fact::Hukou, vec![0, 1]),
        (Fact::ComplicationGrade, vec![1, 2, 3, 4]),
        (Fact::ServiceDays, vec![0, 2, 3, 22, 23, 50]),
        (Fact::ReceivedThisYear, vec![0, 20_000, 40_000, 50_000]),
        (Fact::ReceivedInAll, vec![0, 60_000, 89_999, 90_000]),
        (Fact::TimesReceived, vec![0, 3, 4]),
    ]
}

fn sheets() -> impl Strategy<Value = Sheet> {
    let choices: Vec<_> = facts()
        .into_iter()
        .map(|(fact, numbers)| {
            let known = proptest::sample::select(numbers);
            (Just(fact), proptest::option::weighted(0.9, known))
        })
        .collect();
    choices.prop_map(|known| {
        let mut sheet = Sheet::EMPTY;
        for (fact, number) in known {
            sheet.set(fact, number);
        }
        sheet
    })
}

/// The days the properties are tried on.
const DAYS: [&str; 4] = ["2019-12-31", "2026-01-14", "2026-01-15", "2026-03-01"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn knowing_less_never_contradicts(sheet in sheets(), on in proptest::sample::select(&DAYS[..])) {
        let programme = &*PROGRAMME;
        let full = evaluate(programme, &sheet, day(on), &mut Silent).unwrap();
        for fact in sheet.known().iter() {
            let mut less = sheet;
            less.set(fact, None);
            let partial = evaluate(programme, &less, day(on), &mut Silent).unwrap();
            if full.outcome != Outcome::Undetermined && partial.outcome != Outcome::Undetermined {
                prop_assert_eq!(full, partial, "without {}", fact);
            }
            if partial.outcome == Outcome::Undetermined {
                prop_assert!(!partial.missing.is_empty());
                prop_assert!(partial.missing.iter().all(|it| less.get(it).is_none()));
            } else {
                prop_assert!(partial.missing.is_empty());
            }
        }
    }

    #[test]
    fn having_received_more_never_gives_more(sheet in sheets(), on in proptest::sample::select(&DAYS[..])) {
        let programme = &*PROGRAMME;
        let before = evaluate(programme, &sheet, day(on), &mut Silent).unwrap();
        for fact in [Fact::ReceivedThisYear, Fact::ReceivedInAll, Fact::TimesReceived] {
            let Some(received) = sheet.get(fact) else { continue };
            let mut more = sheet;
            more.set(fact, received.saturating_add(1));
            let after = evaluate(programme, &more, day(on), &mut Silent).unwrap();
            prop_assert!(after.amount <= before.amount, "{}", fact);
        }
        prop_assert!(before.amount.get() <= 30_000, "the limit of a period");
    }

    #[test]
    fn telling_gives_the_same_verdict_and_true_alternatives(
        sheet in sheets(),
        on in proptest::sample::select(&DAYS[..]),
    ) {
        let programme = &*PROGRAMME;
        let told = explain(programme, &sheet, day(on)).unwrap();
        let silent = evaluate(programme, &sheet, day(on), &mut Silent).unwrap();
        prop_assert_eq!(told.verdict, silent);
        for set in &told.would_grant {
            prop_assert!(silent.outcome == Outcome::Refused && !set.is_empty());
            // Waited for alone: on the last day named, with the same facts, it is granted.
            let waited: Option<Vec<Day>> = set.iter().map(|change| change.on).collect();
            if let Some(then) = waited.and_then(|days| days.into_iter().max()) {
                let mut later = sheet;
                if then.year() > day(on).year() && sheet.get(Fact::ReceivedThisYear).is_some() {
                    later.set(Fact::ReceivedThisYear, 0);
                }
                let granted = evaluate(programme, &later, then, &mut Silent).unwrap();
                prop_assert_eq!(granted.outcome, Outcome::Granted);
            }
        }
    }

    #[test]
    fn answers_change_on_the_edges_only(sheet in sheets()) {
        let programme = &*PROGRAMME;
        let (from, until) = (day("2025-12-20"), day("2026-03-10"));
        let rules = programme.rules_at(from).unwrap();
        let mut edges = Vec::new();
        rules.edges(&sheet, from, until, &mut |edge| edges.push(edge));
        let mut today = from;
        let ask = |on: Day| -> Tri { rules.eligibility.ask(&sheet, Moment::of(on)) };
        while let Some(next) = today.next().filter(|next| *next < until) {
            if ask(next) != ask(today) {
                prop_assert!(edges.contains(&next), "changes on {next}");
            }
            today = next;
        }
        prop_assert!(edges.iter().all(|edge| from < *edge && *edge < until));
    }
}

#[test]
fn the_facts_asked_for_are_those_listed() {
    let asked = PROGRAMME.facts_at(day("2026-01-15"));
    let listed: crate::fact::FactSet = facts().into_iter().map(|(fact, _)| fact).collect();
    assert_eq!(asked, listed, "{}", json!(super::ids(asked)));
}
