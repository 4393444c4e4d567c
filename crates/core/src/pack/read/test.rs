//! Tests of facts: which suit a type of facts, and what each is compared with.

use toml::de::DeValue;

use crate::fact::{Fact, FactType};
use crate::pack::fault::Span;
use crate::pack::{Literal, Operand, Test};
use crate::quantity::Unit;

use super::condition::{Names, Placed, Tree};
use super::need::{Kind, Need, Uses, ValueUse, unit_of};
use super::node::{Node, Reader, Table, is_name, listed};
use super::value::Written;

const NUMBER_TESTS: [&str; 6] = [
    "at_least",
    "at_most",
    "above",
    "below",
    "at_least_fact",
    "below_fact",
];
const DAY_TESTS: [&str; 8] = [
    "on_or_after",
    "before",
    "age_at_least",
    "age_below",
    "days_since_at_least",
    "days_since_at_most",
    "at_least_fact",
    "below_fact",
];
pub(super) const ALL_TESTS: [&str; 14] = [
    "is",
    "in",
    "at_least",
    "at_most",
    "above",
    "below",
    "at_least_fact",
    "below_fact",
    "on_or_after",
    "before",
    "age_at_least",
    "age_below",
    "days_since_at_least",
    "days_since_at_most",
];

/// The tests of a type of facts.
pub(in crate::pack) const fn tests_of(kind: FactType) -> &'static [&'static str] {
    match kind {
        FactType::Truth => &["is"],
        FactType::Word(_) => &["is", "in"],
        FactType::Division | FactType::Diagnosis => &["in"],
        FactType::Money | FactType::Count(_) | FactType::Between(..) | FactType::Share => {
            &NUMBER_TESTS
        }
        FactType::Day => &DAY_TESTS,
    }
}

impl<'a> Reader<'a> {
    pub(super) fn fact_test(
        &self,
        table: Table<'a>,
        node: Node<'a>,
        tests: &[&str],
        names: &Names<'a>,
        uses: &mut Uses,
    ) -> Option<Placed> {
        let fact = self.fact(node)?;
        uses.facts.push((fact, node.at));
        let kind = fact.info().kind;
        let test = match tests {
            [] if kind == FactType::Truth => Test::Is(true),
            [test] => self.test(fact, test, table.get(test)?, names, uses)?,
            _ => {
                let found = match tests {
                    [] => format!("no test of `{fact}`"),
                    _ => listed(tests),
                };
                self.fault(node.at, found, format!("one of {}", listed(tests_of(kind))));
                return None;
            }
        };
        let tree = Tree::Fact(fact, test);
        Some(Placed { at: node.at, tree })
    }

    /// A fact by its id.
    pub(super) fn fact(&self, node: Node<'a>) -> Option<Fact> {
        let id = self.string(node, "the id of a fact")?;
        self.fact_of(id, node.at)
    }

    /// The fact of an id.
    pub(super) fn fact_of(&self, id: &str, at: Span) -> Option<Fact> {
        let fact = id.parse().ok();
        if fact.is_none() {
            let ids = Fact::ALL.iter().map(|fact| fact.info().id);
            let expected = match self.nearest(id, ids) {
                Some(near) => format!("the fact `{near}`"),
                None => "the id of a fact".to_owned(),
            };
            self.wrong(at, expected);
        }
        fact
    }

    fn test(
        &self,
        fact: Fact,
        test: &str,
        node: Node<'a>,
        names: &Names<'a>,
        uses: &mut Uses,
    ) -> Option<Test> {
        let kind = fact.info().kind;
        if !tests_of(kind).contains(&test) {
            let found = format!("`{test}` of `{fact}`, a {}", kind.as_str());
            self.fault(node.at, found, format!("one of {}", listed(tests_of(kind))));
            return None;
        }
        if (test, kind) == ("is", FactType::Truth) {
            return self.truth(node).map(Test::Is);
        }
        if let "at_least_fact" | "below_fact" = test {
            let other = self.other_fact(fact, node, uses)?;
            return Some(match test {
                "at_least_fact" => Test::AtLeastFact(other),
                _ => Test::BelowFact(other),
            });
        }
        let need = need_of(fact, test)?;
        let operand = self.operand(node, &need, names, uses)?;
        let build = match test {
            "is" | "in" => Test::In,
            "at_least" => Test::AtLeast,
            "at_most" => Test::AtMost,
            "above" => Test::Above,
            "below" => Test::Below,
            "on_or_after" => Test::OnOrAfter,
            "before" => Test::Before,
            "age_at_least" => Test::AgeAtLeast,
            "age_below" => Test::AgeBelow,
            "days_since_at_least" => Test::DaysSinceAtLeast,
            _ => Test::DaysSinceAtMost,
        };
        Some(build(operand))
    }

    fn other_fact(&self, fact: Fact, node: Node<'a>, uses: &mut Uses) -> Option<Fact> {
        let other = self.fact(node)?;
        uses.facts.push((other, node.at));
        let same = (unit_of(fact), fact.info().kind == FactType::Day)
            == (unit_of(other), other.info().kind == FactType::Day);
        if !same || other == fact {
            let like = match unit_of(fact) {
                Some(unit) => format!("in `{unit}`"),
                None => "that is a day".to_owned(),
            };
            self.wrong(node.at, format!("another fact {like}, as `{fact}` is"));
            return None;
        }
        Some(other)
    }

    /// The name of a value, or a literal that fits.
    fn operand(
        &self,
        node: Node<'a>,
        need: &Need,
        names: &Names<'a>,
        uses: &mut Uses,
    ) -> Option<Operand> {
        if let DeValue::String(_) = node.value {
            let text = self.string(node, &need.expected())?;
            let is_word = need.words().is_some_and(|words| words.contains(&text));
            if names.values.contains(text) && is_word {
                let expected = "the value's name to be no word of the fact";
                self.fault(node.at, format!("`{text}`, a value and a word"), expected);
                return None;
            }
            if !is_word && (names.values.contains(text) || is_name(text)) {
                let fits_none = text == "none" && need.0.contains(&Kind::Unlimited);
                if !fits_none {
                    return self.named(node, need, names, uses).map(Operand::Value);
                }
            }
        }
        let written = match (node.value, need.0.first()) {
            (DeValue::String(text), Some(Kind::Word(_) | Kind::Words(_))) => {
                // Also of the word "none", which is no limit elsewhere.
                let words = vec![text.as_ref().to_owned()];
                Written::single(node.at, Literal::Words(words))
            }
            (_, _) => self.literal(node)?,
        };
        if !need.admits(&written.literal) {
            self.wrong(written.misfit(need), need.expected());
            return None;
        }
        Some(Operand::Literal(written.literal))
    }

    /// The name of a value that fits. Whether it does is checked when all values are read.
    pub(super) fn named(
        &self,
        node: Node<'a>,
        need: &Need,
        names: &Names<'a>,
        uses: &mut Uses,
    ) -> Option<String> {
        let name = self.string(node, "the name of a value")?;
        if !names.values.contains(name) {
            let expected = match self.nearest(name, names.values.iter().copied()) {
                Some(near) => format!("the value `{near}`"),
                None => format!("the name of a value or {}", need.expected()),
            };
            self.wrong(node.at, expected);
            return None;
        }
        uses.values.push(ValueUse {
            name: name.to_owned(),
            at: node.at,
            need: need.clone(),
        });
        Some(name.to_owned())
    }
}

/// What a test of a fact is compared with.
pub(in crate::pack) fn need_of(fact: Fact, test: &str) -> Option<Need> {
    let number = unit_of(fact).map(Need::number);
    match test {
        "is" => match fact.info().kind {
            FactType::Word(words) => {
                let words: Vec<&str> = words.iter().map(|(word, _, _)| *word).collect();
                Some(Need(vec![Kind::Word(words)]))
            }
            FactType::Truth
            | FactType::Day
            | FactType::Money
            | FactType::Count(_)
            | FactType::Between(..)
            | FactType::Share
            | FactType::Division
            | FactType::Diagnosis => None,
        },
        "in" => Need::list_of(fact),
        "at_least" | "above" => number,
        "at_most" | "below" => number.map(Need::or_none),
        "on_or_after" | "before" => Some(Need(vec![Kind::Day])),
        "age_at_least" | "age_below" => Some(Need::number(Unit::Year)),
        "days_since_at_least" => Some(Need::number(Unit::Day)),
        _ => Some(Need::number(Unit::Day).or_none()),
    }
}
