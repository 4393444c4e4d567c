//! Values of lower divisions: the nearest wins, from its day to its end, and versions are cut there.

use serde_json::json;

use super::{PLAIN, Parts, compiled, dated, day, sheet, short};
use crate::programme::{Policy, explain};

fn overlay(place: &str, entry: &str) -> String {
    format!(
        r#"format = 2
overlay = "plain-help"
place = "{place}"

[sources.local]
instrument = "Local notice"
class = "press"

[[values.amount]]
source = "local"
{entry}
"#
    )
}

fn joined() -> String {
    let values = format!(
        "{}{}",
        dated("amount", "2020-01-01", "\"450 yuan\""),
        dated("amount", "2022-07-01", "\"590 yuan\"")
    );
    let pack = Parts {
        values: &values,
        ..PLAIN
    }
    .text();
    let city = overlay(
        "4301",
        "from = \"2021-01-01\"\nuntil = \"2024-01-01\"\nvalue = \"800 yuan\"",
    );
    let county = overlay("430102", "from = \"2023-01-01\"\nvalue = \"900 yuan\"");
    Policy::join(&pack, &[&city, &county])
}

#[test]
fn the_nearest_place_in_force_wins() {
    let programme = compiled(&joined());
    let facts = json!({"registered": true});
    for (on, expected, label) in [
        ("2019-12-31", "refused", "2020-01-01"),
        ("2020-12-31", "45000", "2020-01-01"),
        ("2021-01-01", "80000", "2021-01-01"),
        ("2022-07-01", "80000", "2022-07-01"),
        ("2022-12-31", "80000", "2022-07-01"),
        ("2023-01-01", "90000", "2023-01-01"),
        ("2024-01-01", "90000", "2024-01-01"),
    ] {
        assert_eq!(short(&programme, facts.clone(), on), expected, "{on}");
        assert_eq!(programme.version_label(day(on)), label, "{on}");
    }
    assert_eq!(programme.place().as_str(), "43");
    assert_eq!(programme.nearest().as_str(), "430102");
    assert_eq!(programme.first_day(), day("2020-01-01"));
    let starts: Vec<String> = programme.starts().map(|start| start.to_string()).collect();
    assert_eq!(
        starts,
        [
            "2020-01-01",
            "2021-01-01",
            "2022-07-01",
            "2023-01-01",
            "2024-01-01"
        ]
    );
}

#[test]
fn the_chain_shows_every_level() {
    let programme = compiled(&joined());
    let explained = explain(
        &programme,
        &sheet(json!({"registered": true})),
        day("2023-06-01"),
    );
    let explained = explained.unwrap();
    let entry = explained.trace.clause("entitlement:part_0").unwrap();
    let links: Vec<(&str, &str, bool)> = entry
        .chain
        .iter()
        .map(|link| (link.place.as_str(), link.shown.as_str(), link.wins))
        .collect();
    assert_eq!(
        links,
        [
            ("430102", "900 yuan", true),
            ("4301", "800 yuan", false),
            ("43", "590 yuan", false)
        ]
    );
    assert_eq!(entry.citation.as_ref().unwrap().instrument, "Local notice");
}

#[test]
fn faults_of_an_overlay_have_the_lines_of_the_whole() {
    let text = joined().replace("900 yuan", "900 yuan/day");
    let faults = Policy::read(&text).unwrap_err();
    let line = text
        .lines()
        .position(|line| line.contains("900 yuan/day"))
        .unwrap();
    assert_eq!(faults.first().unwrap().line, line.checked_add(1).unwrap());

    let twice = Policy::join(
        &joined(),
        &[&Parts {
            values: &dated("amount", "2020-01-01", "\"1 yuan\""),
            ..PLAIN
        }
        .text()],
    );
    let fault = Policy::read(&twice).unwrap_err().remove(0);
    assert_eq!(fault.expected, "an overlay");
}

#[test]
fn a_policy_is_named_by_its_text() {
    let text = joined();
    let policy = Policy::read(&text).unwrap();
    assert_eq!(policy.text(), text);
    assert_eq!(policy.overlays().len(), 2);
    assert_eq!(*policy.hash(), crate::PolicyHash::of(&text));
    assert_ne!(
        *Policy::read(&format!("{text}\n")).unwrap().hash(),
        *policy.hash()
    );
}
