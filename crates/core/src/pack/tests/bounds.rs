//! Texts as long as may be, made to take long: each is read in seconds, even without optimisation.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::super::*;
use super::faults::{PACK, changed};

/// A generous bound: a quadratic check takes minutes.
const LONG: Duration = Duration::from_secs(60);

/// So many repeated parts as a text may be long, by their number.
fn many(part: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < 240_000 {
        text.push_str(&part(number));
        number += 1;
    }
    text
}

fn is_read_soon(text: &str) -> bool {
    let start = Instant::now();
    let read = read_pack(text);
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
    read.is_ok()
}

#[test]
fn noise_is_refused_soon() {
    for text in [
        many(|number| format!("k{number} = 1\n")),
        many(|_| "[[versions]]\n".to_owned()),
        many(|number| format!("[[values.v{number}]]\n")),
        many(|_| "a.b.c.d = {".to_owned()),
        many(|_| "[".to_owned()),
        many(|_| "\"\n".to_owned()),
    ] {
        assert!(!is_read_soon(&text));
    }
}

#[test]
fn long_lists_and_tables_are_read_soon() {
    let codes = many(|number| {
        format!(
            "\"{}{:02}.{}\", ",
            char::from(b'A' + u8::try_from(number % 26).unwrap()),
            number / 26 % 100,
            number / 2600
        )
    });
    let list = format!("{{ fact = \"diagnosis\", in = [{codes}] }}");
    let never = format!(
        "all = [\"alive\", {{ not = {list} }}, {{ fact = \"diagnosis\", in = [\"A00-Z99\"] }}"
    );
    assert!(is_read_soon(&changed(
        PACK,
        &[("all = [\"alive\"", &never)]
    )));

    let facts = many(|number| format!("{{ fact_{number} = true, value = \"1 yuan/month\" }},\n"));
    let rows = format!("{facts}  {{ child_died = true, value");
    assert!(!is_read_soon(&changed(
        PACK,
        &[("  { child_died = true, value", &rows)]
    )));

    let rows = many(|number| {
        format!(
            "{{ income_per_head = {{ at_least = \"{number} yuan\" }}, value = \"1 yuan/month\" }},\n"
        )
    });
    let rows = format!("{rows}  {{ child_died = true, value");
    assert!(!is_read_soon(&changed(
        PACK,
        &[("  { child_died = true, value", &rows)]
    )));
}

const TITLE: &str = "title = { zh = \"甲\", en = \"A\" }";

/// Clauses, each resting on another by its number, before the pack's own.
fn with_clauses(below: impl Fn(usize) -> usize) -> String {
    let clauses = many(|number| {
        let below = below(number);
        format!(
            "[clauses.c{number}]\n{TITLE}\nany = [\"alive\", \"c{below}\"]\nassumed = \"x\"\n\n"
        )
    });
    changed(
        PACK,
        &[("[clauses.alive]", &format!("{clauses}[clauses.alive]"))],
    )
}

#[test]
fn chains_and_circles_of_clauses_are_refused_soon() {
    // A chain too deep, a circle of all, and all on one circle.
    assert!(!is_read_soon(&with_clauses(
        |number| number.saturating_sub(1)
    )));
    assert!(!is_read_soon(&with_clauses(|number| number + 1)));
    assert!(!is_read_soon(&with_clauses(|number| number / 2)));
}

#[test]
fn many_versions_of_many_values_are_read_soon() {
    let mut entries = String::new();
    let mut versions = String::new();
    let version = &PACK[PACK.find("[[versions]]").unwrap()..];
    let version = &version[..version.find("[[versions.evidence]]").unwrap()];
    for year in 2023..2223 {
        let later = version.replace("2022-07-01", &format!("{year}-01-01"));
        let _ = write!(versions, "\n{later}");
        for month in 1..=9 {
            let _ = write!(
                entries,
                "[[values.minimum_age]]\nfrom = \"{year}-0{month}-01\"\nvalue = \"49 years\"\n\
                 assumed = \"x\"\n"
            );
        }
    }
    let text = changed(
        PACK,
        &[("[clauses.alive]", &format!("{entries}\n[clauses.alive]"))],
    );
    assert!(text.len() + versions.len() < 262_144);
    assert!(is_read_soon(&(text + &versions)));
}
