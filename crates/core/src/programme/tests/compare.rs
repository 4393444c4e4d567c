//! Engine and interpreter side by side, on random people of every pack in `policies/`.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::fact::{Fact, Sheet};
use crate::golden;
use crate::golden::tests::tree::{Leaf, Tree};
use crate::pack::{Overlay, Pack, Place};
use crate::programme::{Policy, Programme, Silent, evaluate, explain};
use crate::trace::Outcome;

use super::boundaries::Boundaries;
use super::dice::Dice;
use super::interpreter::World;
use super::people::{Drawer, Person};

/// How many people are compared over all packs.
const PEOPLE: usize = 100_000;

/// How often each outcome was met.
pub(super) type Counts = BTreeMap<Outcome, usize>;

/// One policy, compiled for the engine and as a tree for the interpreter.
pub(super) struct Pair {
    pub(super) programme: Programme,
    pack: Pack,
    overlays: Vec<Overlay>,
}

impl Pair {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            programme: Programme::compile(policy).unwrap(),
            pack: policy.pack().clone(),
            overlays: policy.overlays().to_vec(),
        }
    }

    pub(super) fn boundaries(&self) -> Boundaries {
        Boundaries::of(&self.pack, &self.overlays)
    }

    /// Asks both about one person. They must agree in outcome, amount and missing facts.
    pub(super) fn compare(&self, person: &Person, seed: &str) -> Outcome {
        let mut sheet = Sheet::EMPTY;
        for (fact, number) in &person.facts {
            sheet.set(*fact, *number);
        }
        let world = World {
            pack: &self.pack,
            overlays: &self.overlays,
            facts: &person.facts,
            day: person.day,
        };
        let slow = world.answer();
        let fast = evaluate(&self.programme, &sheet, person.day, &mut Silent);
        let fast = fast.unwrap_or_else(|error| panic!("{seed}: {error}: {person:?}"));
        let missing: BTreeSet<Fact> = fast.missing.iter().collect();
        let told = (fast.outcome, i128::from(fast.amount.get()), missing);
        assert_eq!(
            told,
            (slow.outcome, slow.amount, slow.missing),
            "{}: engine (left) and interpreter differ, {seed}, on {person:?}",
            self.programme.id()
        );
        let asked = self.programme.facts_at(person.day);
        assert!(fast.missing.minus(asked).is_empty(), "{seed}: {person:?}");
        slow.outcome
    }

    /// With its account of reasons, the engine comes to the same as without; and who is told to
    /// wait for a day is granted on it, by the interpreter too.
    pub(super) fn explains_the_same(&self, person: &Person) {
        let mut sheet = Sheet::EMPTY;
        for (fact, number) in &person.facts {
            sheet.set(*fact, *number);
        }
        let silent = evaluate(&self.programme, &sheet, person.day, &mut Silent).unwrap();
        let explained = explain(&self.programme, &sheet, person.day).unwrap();
        assert_eq!(silent, explained.verdict, "{person:?}");
        let waits = explained.would_grant.iter().filter_map(|set| {
            let days: Option<Vec<Day>> = set.iter().map(|change| change.on).collect();
            days?.into_iter().max()
        });
        for on in waits {
            let then = self.later(person, on);
            assert_eq!(then, Outcome::Granted, "on {on}: {person:?}");
        }
    }

    /// What the interpreter gives the same person on a later day, when nothing has been received
    /// in a new year.
    fn later(&self, person: &Person, day: Day) -> Outcome {
        let mut facts = person.facts.clone();
        if day.year() > person.day.year() && facts.contains_key(&Fact::ReceivedThisYear) {
            facts.insert(Fact::ReceivedThisYear, 0);
        }
        let world = World {
            pack: &self.pack,
            overlays: &self.overlays,
            facts: &facts,
            day,
        };
        world.answer().outcome
    }
}

/// A pack for its own place and for each place that overlays it.
fn pairs(tree: &Tree, pack: &Leaf) -> Vec<Pair> {
    let overlays = tree.all_overlays(pack);
    let mut divisions = vec![None];
    divisions.extend(overlays.iter().map(|leaf| match &leaf.place {
        Place::Division(code) => Some(code),
        Place::National => None,
    }));
    let policies = divisions
        .into_iter()
        .map(|division| tree.policy(pack, division));
    policies.map(|policy| Pair::new(&policy.unwrap())).collect()
}

#[test]
fn the_engine_agrees_with_the_interpreter_on_random_people_of_all_packs() {
    let tree = Tree::read();
    let packs: Vec<&Leaf> = tree.packs().collect();
    assert!(!packs.is_empty(), "there are packs");
    let people = PEOPLE.div_ceil(packs.len());
    let mut sum = 0;
    for leaf in packs {
        let cases = leaf
            .cases
            .as_deref()
            .map(|text| golden::read(text).unwrap());
        let pairs = pairs(&tree, leaf);
        let bounds: Vec<Boundaries> = pairs.iter().map(Pair::boundaries).collect();
        let drawers = bounds
            .iter()
            .map(|found| Drawer::new(found, cases.as_ref()));
        let drawers: Vec<Drawer<'_>> = drawers.collect();
        let mut counts = Counts::new();
        for number in 0..people {
            let seed = u64::try_from(number).unwrap();
            let mut dice = Dice::new(seed);
            let place = dice.below(pairs.len());
            let person = drawers[place].draw(&mut dice);
            let seed = format!("policies/{}, person {number}", leaf.path);
            let outcome = pairs[place].compare(&person, &seed);
            *counts.entry(outcome).or_default() += 1;
            if number % 20 == 0 {
                pairs[place].explains_the_same(&person);
            }
        }
        println!("policies/{}: {counts:?}", leaf.path);
        for outcome in [Outcome::Granted, Outcome::Refused] {
            let met = counts.get(&outcome).copied().unwrap_or(0);
            assert!(met > 0, "policies/{}: nobody was {outcome}", leaf.path);
        }
        sum += people;
    }
    println!("{sum} people");
    assert!(sum >= PEOPLE, "{sum} people");
}
