//! Fuzzing of the reader and the checker: noise, mutated packs, and near-valid packs of a grammar.
//!
//! Each runs for a quarter of `SIZHU_FUZZ_SECONDS` (5 where it is not set). Nothing may panic; a
//! refusal names places in the text; what is accepted compiles and can be asked.

mod defects;
mod grammar;
mod grammar_values;
mod mutations;

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};

use super::super::*;
use crate::fact::{Fact, FactType, Sheet};
use crate::programme::{Policy, Programme, Silent, Tri, evaluate};
use crate::trace::Outcome;

/// Asks for something again and again, until the time is up; at least once.
pub(super) fn fuzz<S: Strategy>(seed: u64, strategy: &S, ask: impl Fn(S::Value) -> TestCaseResult) {
    let seconds = std::env::var("SIZHU_FUZZ_SECONDS").ok();
    let seconds: u64 = seconds.map_or(5, |it| it.parse().expect("a number of seconds"));
    let end = Instant::now() + Duration::from_secs(seconds) / 4;
    let mut round = 0;
    while round == 0 || Instant::now() < end {
        let config = Config {
            cases: 40,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(seed + round),
            max_shrink_iters: 2_000,
            ..Config::default()
        };
        if let Err(error) = TestRunner::new(config).run(strategy, &ask) {
            panic!("round {round}: {error}");
        }
        round += 1;
    }
    println!("{} texts", round * 40);
}

/// Whatever a text is, its reader does not panic, a refusal has sound places, and what is accepted
/// compiles and can be asked. Tells whether it was accepted.
pub(super) fn holds(text: &str) -> Result<bool, TestCaseError> {
    // Whether there is a heading is another question than whether the rest is sound.
    let _ = heading(text);
    match read_pack(text) {
        Ok(pack) => {
            usable(text, &pack)?;
            Ok(true)
        }
        Err(faults) => {
            told(text, &faults)?;
            Ok(false)
        }
    }
}

/// Faults are some, in order, each within the text and short.
pub(super) fn told(text: &str, faults: &[Fault]) -> TestCaseResult {
    prop_assert!(!faults.is_empty());
    prop_assert!(faults.is_sorted());
    let lines: Vec<&str> = text.split('\n').collect();
    for fault in faults {
        prop_assert!((1..=lines.len()).contains(&fault.line), "{fault}");
        let columns = lines[fault.line - 1].chars().count();
        prop_assert!((1..=columns + 1).contains(&fault.column), "{fault}");
        prop_assert!(!fault.found.is_empty() && !fault.expected.is_empty());
        prop_assert!(fault.found.chars().count() <= 2_000, "{fault}");
        prop_assert!(!fault.found.contains(char::is_control), "{fault}");
    }
    Ok(())
}

/// A pack that was accepted compiles, and answers with nothing known and with everything known.
fn usable(text: &str, pack: &Pack) -> TestCaseResult {
    let policy = Policy::read(text).map_err(|faults| TestCaseError::fail(format!("{faults:?}")))?;
    let programme = Programme::compile(&policy);
    let programme = programme.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let days = pack.versions.iter().flat_map(|version| {
        let values = pack.values.values().flat_map(|value| &value.0);
        let starts = values.map(|entry| entry.from).chain([version.from]);
        starts.chain(version.until).collect::<Vec<_>>()
    });
    for day in days.take(40) {
        let answer = evaluate(&programme, &Sheet::EMPTY, day, &mut Silent);
        let verdict = answer.map_err(|error| TestCaseError::fail(error.to_string()))?;
        if pack.version_at(day).is_none() {
            prop_assert_eq!(verdict.outcome, Outcome::Refused);
        }
        let undetermined = verdict.outcome == Outcome::Undetermined;
        prop_assert_eq!(undetermined, !verdict.missing.is_empty());
        // An amount may be too large to be counted; that is told, not hidden.
        if let Ok(verdict) = evaluate(&programme, &full(day), day, &mut Silent) {
            prop_assert!(
                verdict.outcome != Outcome::Undetermined,
                "all facts are known"
            );
            let Some(rules) = programme.rules_at(day) else {
                continue;
            };
            let eligible = rules.eligible(&full(day), day);
            prop_assert!(verdict.amount == crate::money::Fen::ZERO || eligible == Tri::True);
        }
    }
    Ok(())
}

/// Every fact known, as small as it can be; days are that day.
fn full(day: crate::day::Day) -> Sheet {
    let mut sheet = Sheet::EMPTY;
    for fact in Fact::ALL {
        let number = match fact.info().kind {
            FactType::Day => day.number(),
            FactType::Between(_, first, _) => first,
            FactType::Division => 430_102_001_001,
            FactType::Truth
            | FactType::Word(_)
            | FactType::Money
            | FactType::Count(_)
            | FactType::Share
            | FactType::Diagnosis => 1,
        };
        sheet.set(*fact, number);
    }
    sheet
}

/// Words, marks and pieces that packs are made of.
pub(super) const PIECES: [&str; 44] = [
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    "=",
    ".",
    ",",
    "\"",
    "'",
    "\"\"\"",
    "#",
    "\n",
    " ",
    "\\u202E",
    "format = 2",
    "programme",
    "[[values.x]]",
    "[clauses.a]",
    "[[versions]]",
    "from",
    "until",
    "\"2020-01-01\"",
    "\"100 yuan/day\"",
    "\"none\"",
    "value",
    "table",
    "source",
    "assumed",
    "fact",
    "all",
    "any",
    "not",
    "\"alive\"",
    "true",
    "false",
    "1",
    "-1",
    "1e9",
    "1979-05-27",
    "at_least",
    "eligibility",
    "\u{0}",
];

#[test]
fn noise_never_panics() {
    let bytes = vec(any::<u8>(), 0..400);
    let bytes = bytes.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let pieces = vec(proptest::sample::select(PIECES.to_vec()), 0..120);
    let pieces = pieces.prop_map(|pieces| pieces.concat());
    let noise = prop_oneof![".{0,200}", bytes, pieces];
    let base = read_pack(super::faults::PACK).unwrap();
    fuzz(1, &noise, |text| {
        prop_assert!(!holds(&text)?, "noise was accepted");
        if let Err(faults) = read_overlay(&text, &base) {
            told(&text, &faults)?;
        }
        Ok(())
    });
}
