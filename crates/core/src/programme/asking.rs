//! Conditions as they are asked: a chain of tests, each with where to go on, and the tree for when
//! a fact is not known.

use crate::fact::{FactSet, Sheet};

use super::moment::Moment;
use super::node::Node;
use super::test::{Test, Tri};

/// Where a chain ends: it holds.
const HOLDS: usize = usize::MAX;
/// Where a chain ends: it does not hold.
const FAILS: usize = HOLDS.saturating_sub(1);

/// A condition to be asked many times. While the facts it comes upon are known, one test after
/// another is asked and no tree is walked; the first unknown one leaves it to the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asking {
    tree: Node,
    entry: usize,
    steps: Box<[Step]>,
}

/// A test, and where to go on from it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    test: Test,
    pass: usize,
    fail: usize,
}

impl Asking {
    /// The chain of a condition.
    pub(crate) fn of(tree: Node) -> Self {
        let mut steps = Vec::new();
        let entry = chain(&tree, HOLDS, FAILS, &mut steps);
        Self {
            tree,
            entry,
            steps: steps.into_boxed_slice(),
        }
    }

    /// What the condition comes to, as [`Node::ask`].
    #[inline]
    pub(crate) fn ask(&self, sheet: &Sheet, now: Moment) -> Tri {
        match self.walk(sheet, now) {
            Some(holds) => Tri::from(holds),
            None => self.tree.ask(sheet, now),
        }
    }

    /// Where the chain ends; `None` where it comes upon a fact that is not known.
    #[inline]
    fn walk(&self, sheet: &Sheet, now: Moment) -> Option<bool> {
        let mut at = self.entry;
        while let Some(step) = self.steps.get(at) {
            at = match step.test.ask(sheet, now) {
                Tri::True => step.pass,
                Tri::False => step.fail,
                Tri::Unknown => return None,
            };
        }
        Some(at == HOLDS)
    }

    /// The facts that keep the condition from being decided; none where it is.
    pub(crate) fn missing(&self, sheet: &Sheet, now: Moment) -> FactSet {
        self.tree.weigh(sheet, now).1
    }

    /// As [`Node::facts`].
    pub(crate) fn facts(&self) -> FactSet {
        self.tree.facts()
    }

    /// As [`Node::each_test`].
    pub(crate) fn each_test(&self, show: &mut impl FnMut(&Test)) {
        self.tree.each_test(show);
    }
}

/// Writes the steps of a condition that goes on at `pass` or `fail`; gives where it begins. Parts
/// are written from the last to the first, each going on at the one written before.
fn chain(node: &Node, pass: usize, fail: usize, steps: &mut Vec<Step>) -> usize {
    match node {
        Node::All(parts) => {
            let last = parts.iter().rev();
            last.fold(pass, |next, part| chain(part, next, fail, steps))
        }
        Node::Any(parts) => {
            let last = parts.iter().rev();
            last.fold(fail, |next, part| chain(part, pass, next, steps))
        }
        Node::Not(part) => chain(part, fail, pass, steps),
        Node::Clause(_, part) => chain(part, pass, fail, steps),
        Node::Test(test) => {
            let test = test.clone();
            steps.push(Step { test, pass, fail });
            steps.len().saturating_sub(1)
        }
        Node::Always => pass,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::day::Day;
    use crate::fact::Fact;
    use crate::programme::test::Check;

    const FACTS: [Fact; 4] = [
        Fact::Alive,
        Fact::LowIncome,
        Fact::ChildDied,
        Fact::Registered,
    ];

    fn trees() -> impl Strategy<Value = Node> {
        let test = proptest::sample::select(&FACTS[..]).prop_map(|fact| {
            let check = Check::Between { low: 1, high: 1 };
            Node::Test(Test { fact, check })
        });
        let leaf = prop_oneof![9 => test, 1 => Just(Node::Always)];
        leaf.prop_recursive(4, 24, 4, |part| {
            let parts = proptest::collection::vec(part.clone(), 0..4);
            prop_oneof![
                parts.clone().prop_map(|parts| Node::All(parts.into())),
                parts.prop_map(|parts| Node::Any(parts.into())),
                part.clone().prop_map(|part| Node::Not(Box::new(part))),
                part.prop_map(|part| Node::Clause(0, Box::new(part))),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_chain_says_what_the_tree_says(
            tree in trees(),
            known in proptest::array::uniform4(proptest::option::of(0_i64..2)),
        ) {
            let now = Moment::of(Day::parse("2026-01-15").unwrap());
            let mut sheet = Sheet::EMPTY;
            for (fact, number) in FACTS.into_iter().zip(known) {
                sheet.set(fact, number);
            }
            for tree in [tree.bare(), tree] {
                let asking = Asking::of(tree.clone());
                prop_assert_eq!(asking.ask(&sheet, now), tree.ask(&sheet, now));
                prop_assert_eq!(tree.weigh(&sheet, now).0, tree.ask(&sheet, now));
                prop_assert_eq!(asking.missing(&sheet, now), tree.weigh(&sheet, now).1);
            }
        }
    }
}
