//! Conditions: clauses by id, trees of them, and tests of facts.

use std::collections::BTreeSet;

use toml::de::DeValue;

use crate::fact::Fact;
use crate::pack::fault::Span;
use crate::pack::{Condition, Test};

use super::need::Uses;
use super::node::{Node, Reader, Table, listed};
use super::test::ALL_TESTS;

/// A condition with its place.
#[derive(Debug, Clone)]
pub(in crate::pack) struct Placed {
    pub(in crate::pack) at: Span,
    pub(in crate::pack) tree: Tree,
}

/// The tree of a condition.
#[derive(Debug, Clone)]
pub(in crate::pack) enum Tree {
    All(Vec<Placed>),
    Any(Vec<Placed>),
    Not(Box<Placed>),
    Clause(String),
    Fact(Fact, Test),
}

impl Placed {
    /// The condition without its places.
    pub(in crate::pack) fn strip(&self) -> Condition {
        let all = |parts: &[Self]| parts.iter().map(Self::strip).collect();
        match &self.tree {
            Tree::All(parts) => Condition::All(all(parts)),
            Tree::Any(parts) => Condition::Any(all(parts)),
            Tree::Not(part) => Condition::Not(Box::new(part.strip())),
            Tree::Clause(id) => Condition::Clause(id.clone()),
            Tree::Fact(fact, test) => Condition::Fact(*fact, test.clone()),
        }
    }
}

/// The names a text declares, sound or not.
#[derive(Debug)]
pub(in crate::pack) struct Names<'a> {
    pub(in crate::pack) values: BTreeSet<&'a str>,
    pub(in crate::pack) clauses: BTreeSet<&'a str>,
}

/// The deepest tree of conditions, clauses taken apart.
pub(in crate::pack) const DEEPEST: usize = 24;

/// The keys of a condition's tree.
const TREES: [&str; 4] = ["all", "any", "not", "fact"];
/// All keys of a condition, and these beside them.
pub(super) fn condition_keys(beside: &[&'static str]) -> Vec<&'static str> {
    let own = TREES.into_iter().chain(ALL_TESTS);
    beside.iter().copied().chain(own).collect()
}

impl<'a> Reader<'a> {
    /// A condition: the id of a clause, or a table.
    pub(super) fn condition(
        &self,
        node: Node<'a>,
        names: &Names<'a>,
        uses: &mut Uses,
    ) -> Option<Placed> {
        self.condition_below(node, names, uses, DEEPEST)
    }

    fn condition_below(
        &self,
        node: Node<'a>,
        names: &Names<'a>,
        uses: &mut Uses,
        depth: usize,
    ) -> Option<Placed> {
        let at = node.at;
        if depth == 0 {
            let expected = format!("conditions at most {DEEPEST} deep");
            self.wrong(at, expected);
            return None;
        }
        if let DeValue::String(_) = node.value {
            let id = self.string(node, "the id of a clause")?;
            if !names.clauses.contains(id) {
                let expected = match self.nearest(id, names.clauses.iter().copied()) {
                    Some(near) => format!("the clause `{near}`"),
                    None => "the id of a clause".to_owned(),
                };
                self.wrong(at, expected);
                return None;
            }
            uses.clauses.push((id.to_owned(), at));
            let tree = Tree::Clause(id.to_owned());
            return Some(Placed { at, tree });
        }
        let table = self.table(node, &condition_keys(&[]))?;
        self.tree(table, names, uses, depth)
    }

    /// The condition that a table's keys say.
    pub(super) fn tree(
        &self,
        table: Table<'a>,
        names: &Names<'a>,
        uses: &mut Uses,
        depth: usize,
    ) -> Option<Placed> {
        let found: Vec<&str> = TREES.into_iter().filter(|key| table.has(key)).collect();
        let tests: Vec<&str> = ALL_TESTS.into_iter().filter(|key| table.has(key)).collect();
        let [key] = found.as_slice() else {
            let said = if found.is_empty() {
                "no condition".to_owned()
            } else {
                listed(&found)
            };
            self.absent(table.at, &said, format!("one of {}", listed(&TREES)));
            return None;
        };
        let node = table.get(key)?;
        if *key == "fact" {
            return self.fact_test(table, node, &tests, names, uses);
        }
        if let Some(stray) = tests.first().and_then(|test| table.get(test)) {
            self.wrong(stray.at, format!("no test beside `{key}`"));
        }
        let below = depth.saturating_sub(1);
        let tree = match *key {
            "not" => Tree::Not(Box::new(self.condition_below(node, names, uses, below)?)),
            "all" => Tree::All(self.parts(node, names, uses, below)?),
            _ => Tree::Any(self.parts(node, names, uses, below)?),
        };
        Some(Placed { at: node.at, tree })
    }

    fn parts(
        &self,
        node: Node<'a>,
        names: &Names<'a>,
        uses: &mut Uses,
        depth: usize,
    ) -> Option<Vec<Placed>> {
        let parts = self.list(node, "conditions")?;
        let count = parts.len();
        let mut placed: Vec<Placed> = Vec::new();
        for part in parts {
            let read = self.condition_below(part, names, uses, depth);
            placed.extend(read);
        }
        self.repeats(&placed);
        (placed.len() == count).then_some(placed)
    }

    /// Notes parts that say the same as one before.
    fn repeats(&self, parts: &[Placed]) {
        // Long lists are rare; what repeats in them is found among the first.
        let stripped: Vec<Condition> = parts.iter().take(200).map(Placed::strip).collect();
        for (place, part) in parts.iter().zip(&stripped).enumerate() {
            let (part, condition) = part;
            if stripped
                .iter()
                .take(place)
                .any(|before| before == condition)
            {
                let found = format!("{} again", self.quote(part.at));
                self.fault(part.at, found, "each condition once");
            }
        }
    }
}
