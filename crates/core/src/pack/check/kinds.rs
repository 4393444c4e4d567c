//! Kinds and units: of the entries of one value among themselves, and of each value in each place
//! that names it.

use std::collections::BTreeSet;

use super::super::fault::Span;
use super::super::read::{Draft, DraftEntry, DraftValue, Need, Reader, Uses, Written};
use super::super::value::Literal;
use super::clauses::all_uses;
use super::tables;
use crate::quantity::Unit;

/// What all entries of a value share: what they are, and the unit if they are quantities.
pub(super) fn kind_of(literal: &Literal) -> Option<(&'static str, Option<Unit>)> {
    match literal {
        Literal::Quantity(quantity) => Some(("a quantity", Some(quantity.unit))),
        Literal::Table(rows) => Some(("a quantity", rows.first().map(|row| row.value.unit))),
        // "none" goes with any quantity.
        Literal::Unlimited => None,
        Literal::Day(_) => Some(("a day", None)),
        Literal::MonthDay(..) => Some(("a day of every year", None)),
        Literal::Words(_) => Some(("words", None)),
        Literal::Diagnoses(_) => Some(("diagnoses", None)),
        Literal::Divisions(_) => Some(("divisions", None)),
        // Shares all, by part of a cost or of the whole of it.
        Literal::Tiers(_) => Some(("a quantity", Some(Unit::Share))),
    }
}

/// Checks the entries of one value among themselves: their kind, their unit, their order.
pub(super) fn entries(reader: &Reader<'_>, value: &DraftValue) {
    let first = value
        .entries
        .iter()
        .find_map(|entry| Some((kind_of(&entry.written.literal)?, entry)));
    for entry in &value.entries {
        let own = kind_of(&entry.written.literal);
        let limitless = own.is_none() && first.is_some_and(|((_, unit), _)| unit.is_none());
        if let Some((kind, before)) = first
            && (limitless || own.is_some_and(|own| own != kind))
        {
            let line = reader.line(before.at);
            let like = match kind {
                (word, Some(unit)) => format!("{word} in `{unit}`, as in the entry of line {line}"),
                (word, None) => format!("{word}, as in the entry of line {line}"),
            };
            reader.wrong(entry.written.at, like);
        }
    }
    for entry in &value.entries {
        tables::check(reader, &entry.written);
    }
    order(reader, &value.entries);
}

/// Checks that entries begin one after the other and end after they begin.
fn order(reader: &Reader<'_>, entries: &[DraftEntry]) {
    for (entry, next) in entries.iter().zip(entries.iter().skip(1)) {
        if next.from <= entry.from {
            let expected = format!("a day after {}, the entry before it", entry.from);
            reader.wrong(next.at, expected);
        }
        if let Some((until, at)) = entry.until
            && until > next.from
        {
            let expected = format!("at most {}, where the next entry begins", next.from);
            reader.wrong(at, expected);
        }
    }
    for entry in entries {
        if let Some((until, at)) = entry.until
            && until <= entry.from
        {
            reader.wrong(at, format!("a day after {}, its `from`", entry.from));
        }
    }
}

/// Checks each value in each place that names it, and that each is named somewhere.
pub(super) fn check(reader: &Reader<'_>, draft: &Draft) {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut told: BTreeSet<(Span, String)> = BTreeSet::new();
    let clauses = draft.clauses.iter().map(|clause| &clause.uses);
    let versions = draft.versions.iter().flat_map(all_uses);
    for uses in clauses.chain(versions) {
        for (value, at, need) in uses_of(draft, uses) {
            used.insert(value.name.as_str());
            let misfits = value.entries.iter().map(|entry| &entry.written);
            for written in misfits.filter(|written| !need.admits(&written.literal)) {
                if told.insert((written.at, need.expected())) {
                    misfit(reader, written, need, reader.line(at));
                }
            }
        }
    }
    let unread = draft
        .versions
        .iter()
        .any(|version| version.version.is_none());
    let unread = unread
        || draft
            .clauses
            .iter()
            .any(|clause| clause.condition.is_none());
    for value in draft.values.values() {
        if !unread && !used.contains(value.name.as_str()) {
            let found = format!("the value `{}`, which nobody uses", value.name);
            reader.fault(value.at, found, "only values that are used");
        }
    }
}

fn uses_of<'u>(
    draft: &'u Draft,
    uses: &'u Uses,
) -> impl Iterator<Item = (&'u DraftValue, Span, &'u Need)> {
    uses.values.iter().filter_map(|it| {
        let value = draft.values.get(&it.name)?;
        Some((value, it.at, &it.need))
    })
}

/// Notes that a literal does not fit the place on that line.
fn misfit(reader: &Reader<'_>, written: &Written, need: &Need, line: usize) {
    let expected = format!("{}, as line {line} needs", need.expected());
    let Literal::Table(rows) = &written.literal else {
        reader.wrong(written.misfit(need), expected);
        return;
    };
    // Of a table, the first row, which tells the unit.
    let first = written.parts.first().copied().unwrap_or(written.at);
    let value = rows.first().map(|row| row.value.to_string());
    reader.fault(first, format!("`{}`", value.unwrap_or_default()), expected);
}
