//! Dates: versions in order, and every value in force on each day on which a version needs it.

use std::collections::BTreeSet;

use super::super::read::{Draft, DraftEntry, DraftValue, DraftVersion, Reader};
use super::clauses::{Clauses, all_uses};
use crate::day::Day;

pub(super) fn check(reader: &Reader<'_>, draft: &Draft, clauses: &Clauses<'_>) {
    order(reader, &draft.versions);
    let behind = draft.versions.iter().skip(1).map(Some);
    for (version, next) in draft.versions.iter().zip(behind.chain([None])) {
        let Some((from, _)) = version.from else {
            continue;
        };
        let next = next.and_then(|next| next.from).map(|(day, _)| day);
        let until = version.until.map(|(until, _)| until);
        let until = until.into_iter().chain(next).min();
        if until.is_some_and(|until| until <= from) {
            continue;
        }
        let mut seen = BTreeSet::new();
        for uses in clauses.reach(all_uses(version)) {
            for it in &uses.values {
                let value = draft.values.get(&it.name);
                if let Some(value) = value.filter(|value| value.sound)
                    && seen.insert(&value.name)
                {
                    covered(reader, value, from, until);
                }
            }
        }
    }
}

/// Checks that versions begin one after the other and say where there is a gap between them.
fn order(reader: &Reader<'_>, versions: &[DraftVersion]) {
    let first = versions.first().and_then(|version| version.interrupted);
    if let Some(at) = first {
        reader.fault(
            at,
            "`interrupted` in the first version",
            "a version before it",
        );
    }
    for version in versions {
        if let (Some((from, _)), Some((until, at))) = (version.from, version.until)
            && until <= from
        {
            reader.wrong(at, format!("a day after {from}, its `from`"));
        }
    }
    for (version, next) in versions.iter().zip(versions.iter().skip(1)) {
        let (Some((from, _)), Some((begins, at))) = (version.from, next.from) else {
            continue;
        };
        if begins <= from {
            reader.wrong(
                at,
                format!("a day after {from}, where the version before begins"),
            );
            continue;
        }
        let ends = version.until.map(|(until, _)| until);
        match (version.until, next.interrupted) {
            (Some((until, at)), _) if until > begins => {
                reader.wrong(
                    at,
                    format!("at most {begins}, where the next version begins"),
                );
            }
            (Some((until, _)), None) if until < begins => {
                let found = format!("no version in force from {until} until {begins}");
                reader.fault(at, found, "no gap, or `interrupted = true`");
            }
            (_, Some(said)) if ends.is_none_or(|until| until >= begins) => {
                let expected = "`interrupted` only where the version before ended earlier";
                reader.fault(said, "`interrupted` without a gap", expected);
            }
            (_, _) => {}
        }
    }
}

/// Checks that a value has an entry in force on each day from the first until the last.
fn covered(reader: &Reader<'_>, value: &DraftValue, from: Day, until: Option<Day>) {
    let ends = |entry: &DraftEntry| entry.until.is_none_or(|(until, _)| until > entry.from);
    if !value.entries.is_sorted_by(|one, two| one.from < two.from)
        || !value.entries.iter().all(ends)
    {
        // Told already.
        return;
    }
    // The first day not yet found to be covered.
    let mut open = from;
    let behind = value.entries.iter().skip(1).map(|next| Some(next.from));
    for (entry, next) in value.entries.iter().zip(behind.chain([None])) {
        if until.is_some_and(|until| until <= open) {
            return;
        }
        if entry.from > open {
            break;
        }
        // Its own end, or where the next begins.
        let own = entry.until.map(|(until, _)| until);
        match own.into_iter().chain(next).min() {
            Some(end) => open = open.max(end),
            None => return,
        }
    }
    if until.is_some_and(|until| until <= open) {
        return;
    }
    let behind = value.entries.iter().find(|entry| entry.from > open);
    let at = behind
        .or(value.entries.last())
        .map_or(value.at, |entry| entry.at);
    let found = format!("no entry of `{}` in force on {open}", value.name);
    let needed = match until {
        Some(until) => format!("one on each day from {from} until {until}, as a version needs it"),
        None => format!("one on each day from {from} on, as a version needs it"),
    };
    reader.fault(at, found, needed);
}
