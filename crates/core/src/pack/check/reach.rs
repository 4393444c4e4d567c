//! Conditions that can never hold: contradictions that one conjunction shows of one fact.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fault::Span;
use super::super::read::{Draft, DraftVersion, Placed, Reader, Tree, Uses};
use super::super::words::Period;
use super::super::{Literal, Operand};
use super::clauses::{Clauses, all_uses};
use super::range::{Key, Ranges};
use crate::day::Day;

/// The most conditions looked at in one text: what is left over is taken to hold.
const MOST_STEPS: usize = 300_000;
/// The most days on which a condition is looked at.
const MOST_DAYS: usize = 60;

/// What is known of each fact so far.
type Known = BTreeMap<Key, Ranges>;

/// One look at the conditions, with the values of one day.
struct Look<'r, 'd> {
    reader: &'r Reader<'r>,
    draft: &'d Draft,
    clauses: &'r Clauses<'d>,
    day: Day,
    steps: &'r mut usize,
    told: &'r mut BTreeSet<Span>,
}

/// A part of a conjunction: whether it is denied, and the clause's use it came from, if any.
#[derive(Clone, Copy)]
struct Part<'d> {
    condition: &'d Placed,
    denied: bool,
    used_at: Option<Span>,
}

pub(super) fn check(reader: &Reader<'_>, draft: &Draft, clauses: &Clauses<'_>) {
    let (mut steps, mut told) = (MOST_STEPS, BTreeSet::new());
    for version in &draft.versions {
        for day in days(draft, clauses, version) {
            let mut look = Look {
                reader,
                draft,
                clauses,
                day,
                steps: &mut steps,
                told: &mut told,
            };
            look.version(version);
        }
    }
}

/// The days of a version on which a value that it uses begins, its own first day among them.
fn days(draft: &Draft, clauses: &Clauses<'_>, version: &DraftVersion) -> Vec<Day> {
    let Some((from, _)) = version.from else {
        return Vec::new();
    };
    let later = draft.versions.iter().filter_map(|it| it.from);
    let next = later.map(|(day, _)| day).filter(|day| *day > from).min();
    let until = version
        .until
        .map(|(day, _)| day)
        .into_iter()
        .chain(next)
        .min();
    let names: BTreeSet<&str> = clauses
        .reach(all_uses(version))
        .into_iter()
        .flat_map(|uses: &Uses| uses.values.iter().map(|it| it.name.as_str()))
        .collect();
    let used = names.iter().filter_map(|name| draft.values.get(*name));
    let starts = used.flat_map(|value| value.entries.iter().map(|entry| entry.from));
    let within = starts.filter(|day| *day > from && until.is_none_or(|until| *day < until));
    let days: BTreeSet<Day> = within.chain([from]).collect();
    days.into_iter().take(MOST_DAYS).collect()
}

impl<'d> Look<'_, 'd> {
    fn version(&mut self, version: &'d DraftVersion) {
        let clauses = self.clauses.reach(all_uses(version));
        let ids: BTreeSet<&str> = clauses
            .iter()
            .flat_map(|uses| uses.clauses.iter().map(|(id, _)| id.as_str()))
            .collect();
        let before = self.told.len();
        for id in ids {
            if let Some(condition) = self.clauses.condition(id) {
                self.alone(&[condition]);
            }
        }
        if self.told.len() > before {
            // What rests on a clause that cannot hold would only tell of it again.
            return;
        }
        let in_stay = self.draft.frame.period == Some(Period::Stay);
        let eligibility = version.eligibility.as_ref();
        if let Some(eligibility) = eligibility
            && !self.alone(&[eligibility])
        {
            return;
        }
        // Of a stay, `when` is asked on another day than the eligibility.
        let beside = eligibility.filter(|_| !in_stay);
        for when in version.components.iter().filter_map(|it| it.when.as_ref()) {
            let both: Vec<&Placed> = beside.into_iter().chain([when]).collect();
            self.alone(&both);
        }
        for when in &version.evidence_when {
            self.alone(&[when]);
        }
    }

    /// Whether conditions may hold together; notes where they cannot.
    fn alone(&mut self, conditions: &[&'d Placed]) -> bool {
        let part = |condition| Part {
            condition,
            denied: false,
            used_at: None,
        };
        let parts = conditions.iter().copied().map(part).collect();
        match self.together(parts, Known::new()) {
            None => true,
            Some(at) => {
                self.tell(at);
                false
            }
        }
    }

    fn tell(&mut self, at: Span) {
        if self.told.insert(at) {
            let expected = format!(
                "a condition that can hold beside the others on {}",
                self.day
            );
            self.reader.wrong(at, expected);
        }
    }

    /// Where a conjunction cannot hold; `None` if it may.
    fn together(&mut self, mut parts: Vec<Part<'d>>, mut known: Known) -> Option<Span> {
        let mut choices: Vec<(Part<'d>, &'d [Placed])> = Vec::new();
        parts.reverse();
        while let Some(part) = parts.pop() {
            if *self.steps == 0 {
                return None;
            }
            *self.steps = self.steps.saturating_sub(1);
            let at = part.used_at.unwrap_or(part.condition.at);
            let below = |condition| Part { condition, ..part };
            match (&part.condition.tree, part.denied) {
                (Tree::All(inner), false) | (Tree::Any(inner), true) => {
                    parts.extend(inner.iter().rev().map(below));
                }
                (Tree::Any(inner), false) | (Tree::All(inner), true) => {
                    choices.push((part, inner));
                }
                (Tree::Not(inner), denied) => parts.push(Part {
                    denied: !denied,
                    ..below(inner)
                }),
                (Tree::Clause(id), _) => {
                    if let Some(condition) = self.clauses.condition(id) {
                        let used_at = Some(at);
                        parts.push(Part {
                            used_at,
                            ..below(condition)
                        });
                    }
                }
                (Tree::Fact(fact, test), denied) => {
                    let resolve = |operand| self.literal(operand);
                    let Some((key, mut set)) = Ranges::passing(*fact, test, &resolve) else {
                        continue;
                    };
                    let all = Ranges::all(key);
                    *self.steps = self.steps.saturating_sub(set.0.len());
                    if denied {
                        set = set.not(&all);
                    }
                    let before = known.get(&key).unwrap_or(&all);
                    let weight = before.0.len().saturating_mul(set.0.len());
                    *self.steps = self.steps.saturating_sub(weight);
                    let left = before.and(&set);
                    if left.is_empty() {
                        return Some(at);
                    }
                    known.insert(key, left);
                }
            }
        }
        choices
            .into_iter()
            .find_map(|(choice, inner)| self.choose(choice, inner, &known))
    }

    /// Where none of some alternatives can hold; notes those that cannot, unless they are a
    /// clause's, which may serve elsewhere too.
    fn choose(&mut self, choice: Part<'d>, inner: &'d [Placed], known: &Known) -> Option<Span> {
        let mut dead = Vec::new();
        for condition in inner {
            let part = Part {
                condition,
                ..choice
            };
            dead.extend(self.together(vec![part], known.clone()));
        }
        let at = choice.used_at.unwrap_or(choice.condition.at);
        if dead.len() == inner.len() {
            return Some(at);
        }
        if choice.used_at.is_none() {
            for at in dead {
                self.tell(at);
            }
        }
        None
    }

    /// What an operand is on the day looked at.
    fn literal(&self, operand: &'d Operand) -> Option<&'d Literal> {
        match operand {
            Operand::Literal(literal) => Some(literal),
            Operand::Value(name) => {
                let value = self.draft.values.get(name)?;
                let mut begun = value.entries.iter().rev();
                let entry = begun.find(|entry| entry.from <= self.day)?;
                Some(&entry.written.literal)
            }
        }
    }
}
