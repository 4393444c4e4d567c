//! Random packs, as texts: they go through the reader and the checker as any pack does, and then
//! engine and interpreter are compared on them.

mod conditions;
mod entitlements;
mod values;

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::fact::{Fact, FactScope};
use crate::pack::{Fault, read_overlay, read_pack};
use crate::programme::Policy;
use crate::trace::Outcome;

use super::compare::{Counts, Pair};
use super::dice::Dice;
use super::people::Drawer;

/// How many texts are drawn.
const PACKS: u64 = 1_000;

/// How many people are asked about under each that is sound.
const PEOPLE: u64 = 40;

/// The first day of every random pack.
const START: &str = "2001-01-01";

/// Days on which versions and values change.
const CHANGES: &[&str] = &["2004-02-29", "2010-12-31", "2016-07-01", "2022-01-01"];

/// The places that have overlays.
const OVERLAYS: [&str; 3] = ["43", "4301", "430122"];

/// What an eligibility may ask for.
const ELIGIBILITY: &[FactScope] = &[
    FactScope::Person,
    FactScope::Household,
    FactScope::Loan,
    FactScope::Event,
];

/// What an entitlement of a stay may ask for.
const OF_STAYS: &[FactScope] = &[FactScope::Person, FactScope::Household, FactScope::Stay];

/// What the rate of a day of a stay may ask for.
const OF_DAYS: &[FactScope] = &[FactScope::Person, FactScope::Stay, FactScope::Day];

/// A pack while it is written.
struct Writer {
    dice: Dice,
    period: &'static str,
    subject: &'static str,
    /// What kinds of facts the part that is being written may ask for.
    scopes: &'static [FactScope],
    sources: &'static str,
    values: String,
    clauses: String,
    /// The values of each overlay.
    overlays: [String; OVERLAYS.len()],
    used: BTreeSet<Fact>,
    count: usize,
}

impl Writer {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let periods = ["month", "month", "quarter", "year", "once", "event", "stay"];
        Self {
            period: dice.pick(&periods),
            subject: dice.pick(&["person", "household", "loan"]),
            scopes: ELIGIBILITY,
            dice,
            sources: "[sources.s]\ninstrument = \"文件\"\nclass = \"official\"\n",
            values: String::new(),
            clauses: String::new(),
            overlays: Default::default(),
            used: BTreeSet::new(),
            count: 0,
        }
    }

    fn number(&mut self) -> usize {
        self.count += 1;
        self.count
    }

    /// The texts of a pack and of its overlays, farthest first.
    fn write(mut self) -> (String, Vec<String>) {
        let mut versions = String::new();
        let mut starts = vec![START];
        for change in CHANGES {
            if self.dice.one_in(5) {
                starts.push(change);
            }
        }
        let mut interrupted = false;
        for (place, from) in starts.iter().enumerate() {
            let last = place + 1 == starts.len();
            // Ended the year before the next begins, some leave a gap.
            let until = match starts.get(place + 1) {
                Some(next) if self.dice.one_in(3) => {
                    let year: i32 = next[..4].parse().unwrap();
                    Some(format!("{}-11-30", year - 1))
                }
                None if self.dice.one_in(6) => Some("2027-03-01".to_owned()),
                Some(_) | None => None,
            };
            self.version(&mut versions, from, until.as_deref(), interrupted);
            interrupted = until.is_some() && !last;
        }
        let title = "{ zh = \"补助\", en = \"Allowance\" }";
        let mut pack = format!(
            "format = 2\nprogramme = \"random-allowance\"\nplace = \"national\"\n\
             help = \"hardship\"\nsubject = \"{}\"\nperiod = \"{}\"\ntitle = {title}\n\
             summary = {title}\n\n",
            self.subject, self.period
        );
        for part in [self.sources, &self.values, &self.clauses, &versions] {
            pack.push_str(part);
            pack.push('\n');
        }
        let mut overlays = Vec::new();
        for (place, values) in OVERLAYS.iter().zip(&self.overlays) {
            if !values.is_empty() && !self.dice.one_in(3) {
                let head = "format = 2\noverlay = \"random-allowance\"";
                overlays.push(format!("{head}\nplace = \"{place}\"\n\n{values}"));
            }
        }
        (pack, overlays)
    }

    fn version(&mut self, text: &mut String, from: &str, until: Option<&str>, interrupted: bool) {
        self.scopes = ELIGIBILITY;
        let eligibility = self.condition(3);
        let (entitlements, payee) = self.entitlements();
        write!(
            text,
            "[[versions]]\nfrom = \"{from}\"\nsource = \"s\"\neligibility = {eligibility}\n\
             review = [\"county_decision\"]\n\
             publicity = {{ mode = \"none\", title = {{ zh = \"补助\", en = \"Allowance\" }} }}\n"
        )
        .unwrap();
        if let Some(until) = until {
            writeln!(text, "until = \"{until}\"").unwrap();
        }
        if interrupted {
            text.push_str("interrupted = true\n");
        }
        writeln!(text, "payee = \"{payee}\"").unwrap();
        if payee != "nobody" {
            text.push_str("memo = \"生活补助\"\n");
        }
        let limits = if payee == "nobody" {
            String::new()
        } else {
            self.limits()
        };
        if !limits.is_empty() {
            writeln!(text, "limits = {{ {limits} }}").unwrap();
        }
        text.push_str(&entitlements);
    }
}

/// Reads a pack and its overlays.
fn policy(pack: &str, overlays: &[String]) -> Result<Policy, Vec<Fault>> {
    let base = read_pack(pack)?;
    let read = overlays.iter().map(|overlay| read_overlay(overlay, &base));
    let read: Result<Vec<_>, _> = read.collect();
    let texts: Vec<&str> = overlays.iter().map(String::as_str).collect();
    Ok(Policy::of_parts(&Policy::join(pack, &texts), base, read?))
}

#[test]
fn the_engine_agrees_with_the_interpreter_on_random_packs() {
    let only = std::env::var("SEED")
        .ok()
        .map(|seed| seed.parse::<u64>().unwrap());
    let mut counts = Counts::new();
    let (mut sound, mut refused) = (0_u64, Vec::new());
    for seed in 0..PACKS {
        if only.is_some_and(|only| only != seed) {
            continue;
        }
        let (pack, overlays) = Writer::new(seed).write();
        if only.is_some() {
            println!("{pack}\n{}", overlays.join("\n"));
        }
        let policy = match policy(&pack, &overlays) {
            Ok(policy) => policy,
            Err(faults) => {
                refused.push(format!("pack {seed}: {}", faults[0]));
                continue;
            }
        };
        sound += 1;
        let pair = Pair::new(&policy);
        let boundaries = pair.boundaries();
        let drawer = Drawer::new(&boundaries, None);
        for number in 0..PEOPLE {
            let mut dice = Dice::new(seed * PEOPLE + number);
            let person = drawer.draw(&mut dice);
            let outcome = pair.compare(&person, &format!("pack {seed}, person {number}"));
            *counts.entry(outcome).or_default() += 1;
            if number % 10 == 0 {
                pair.explains_the_same(&person);
            }
        }
    }
    println!("{sound} sound packs: {counts:?}");
    for fault in refused.iter().take(20) {
        println!("{fault}");
    }
    if only.is_some() {
        return;
    }
    // Some contradict themselves or repeat a test, which the checker refuses.
    assert!(sound * 2 > PACKS, "{sound} of {PACKS} are sound");
    for outcome in Outcome::ALL {
        let met = counts.get(outcome).copied().unwrap_or(0);
        assert!(met > 1_000, "{outcome}: {met}");
    }
}
