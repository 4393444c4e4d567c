//! What each part of a condition comes to over the days of a stay.

use std::collections::BTreeMap;

use crate::fact::{Fact, FactSet, Sheet};
use crate::programme::{Node, Tri};

use super::run::Asking;

/// What a part of a condition came to over the days of a stay: a clause, or all parts without a
/// name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The clause's place in the pack.
    pub(crate) place: Option<usize>,
    /// Over all days: on how many it holds, fails, or is unknown.
    pub(crate) held: u32,
    pub(crate) failed: u32,
    pub(crate) unknown: u32,
    /// The days that nothing stopped before it; of these, those that it stops, and those on which
    /// it is unknown.
    pub(crate) reached: u32,
    pub(crate) stops: u32,
    pub(crate) open: u32,
    /// What it saw: each fact with its number, `None` where that changed.
    pub(crate) seen: BTreeMap<Fact, Option<i64>>,
    /// The clauses in it, in reading order.
    pub(crate) parts: Vec<Tally>,
}

/// The parts of a condition that must all hold, each with its clause if it is one.
fn conjuncts(told: &Node) -> Vec<(Option<usize>, &Node)> {
    match told {
        Node::All(parts) => parts.iter().flat_map(conjuncts).collect(),
        Node::Clause(place, _) => vec![(Some(*place), told)],
        Node::Always => vec![],
        Node::Any(_) | Node::Not(_) | Node::Test(_) => vec![(None, told)],
    }
}

/// Adds what a condition comes to on a run to its tallies; answers the part that stops it.
pub(super) fn tally(
    tallies: &mut Vec<Tally>,
    told: &Node,
    asking: &Asking<'_>,
    known: &Sheet,
    mut reached: bool,
) -> Option<Option<usize>> {
    let mut stopped = None;
    let mut opened = None;
    for (place, part) in conjuncts(told) {
        let answer = part.ask(known, asking.now);
        if let Some(tally) = Tally::of(tallies, place) {
            tally.add(answer, asking.days, reached);
            tally.see(part.facts(), known);
            let inside = &mut tally.parts;
            part.each_clause(&mut |inner, condition| {
                if Some(inner) == place {
                    return;
                }
                if let Some(tally) = Tally::of(inside, Some(inner)) {
                    tally.add(condition.ask(known, asking.now), asking.days, reached);
                    tally.see(condition.facts(), known);
                }
            });
        }
        match answer {
            Tri::False => {
                stopped = stopped.or(reached.then_some(place));
                reached = false;
            }
            Tri::Unknown => opened = opened.or(reached.then_some(place)),
            Tri::True => {}
        }
    }
    stopped.or(opened)
}

impl Tally {
    const fn new(place: Option<usize>) -> Self {
        Self {
            place,
            held: 0,
            failed: 0,
            unknown: 0,
            reached: 0,
            stops: 0,
            open: 0,
            seen: BTreeMap::new(),
            parts: Vec::new(),
        }
    }

    /// The tally of a clause among these, made if there is none yet.
    fn of(tallies: &mut Vec<Self>, place: Option<usize>) -> Option<&mut Self> {
        match tallies.iter().position(|tally| tally.place == place) {
            Some(at) => tallies.get_mut(at),
            None => {
                tallies.push(Self::new(place));
                tallies.last_mut()
            }
        }
    }

    fn add(&mut self, answer: Tri, days: u32, reached: bool) {
        let slot = match answer {
            Tri::True => &mut self.held,
            Tri::False => &mut self.failed,
            Tri::Unknown => &mut self.unknown,
        };
        *slot = slot.saturating_add(days);
        if reached {
            self.reached = self.reached.saturating_add(days);
            match answer {
                Tri::True => {}
                Tri::False => self.stops = self.stops.saturating_add(days),
                Tri::Unknown => self.open = self.open.saturating_add(days),
            }
        }
    }

    fn see(&mut self, facts: FactSet, known: &Sheet) {
        for fact in facts.iter() {
            let number = known.get(fact);
            let seen = self.seen.entry(fact).or_insert(number);
            if *seen != number {
                *seen = None;
            }
        }
    }
}
