//! Random conditions, some of them clauses.

use std::fmt::Write;

use crate::fact::{Fact, FactType};
use crate::quantity::Unit;

use super::Writer;
use super::values::{quantity, size};

/// Facts that may be compared with each other.
const PAIRS: &[(Fact, Fact)] = &[
    (Fact::IncomePerHead, Fact::MeanIncome),
    (Fact::CostTotal, Fact::CostInsured),
    (Fact::ChildrenBorn, Fact::ChildrenLiving),
    (Fact::EnrolledOn, Fact::EventOn),
];

impl Writer {
    /// A condition of at most this depth, as TOML.
    pub(super) fn condition(&mut self, depth: usize) -> String {
        let inner = self.body(depth);
        if self.dice.one_in(3) {
            let id = format!("c{}", self.number());
            write!(
                self.clauses,
                "[clauses.{id}]\ntitle = {{ zh = \"条件\", en = \"Condition\" }}\nsource = \"s\"\n"
            )
            .unwrap();
            for (key, value) in &inner {
                writeln!(self.clauses, "{key} = {value}").unwrap();
            }
            return format!("\"{id}\"");
        }
        let keys: Vec<String> = inner
            .iter()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        format!("{{ {} }}", keys.join(", "))
    }

    /// The keys of a condition.
    fn body(&mut self, depth: usize) -> Vec<(&'static str, String)> {
        if depth == 0 || self.dice.one_in(5) {
            return self.test();
        }
        if self.dice.one_in(6) {
            return vec![("not", self.condition(depth - 1))];
        }
        let key = *self.dice.of(&["all", "any"]);
        let parts: Vec<String> = (0..=1 + self.dice.below(2))
            .map(|_| self.condition(depth - 1))
            .collect();
        vec![(key, format!("[{}]", parts.join(", ")))]
    }

    fn test(&mut self) -> Vec<(&'static str, String)> {
        if self.dice.one_in(10) {
            let (one, other) = *self.dice.of(PAIRS);
            if self.used.insert(one) {
                self.used.insert(other);
                let key = *self.dice.of(&["at_least_fact", "below_fact"]);
                return vec![("fact", text(one.info().id)), (key, text(other.info().id))];
            }
        }
        let Some(fact) = self.fact(|_| true) else {
            return vec![("fact", text("alive"))];
        };
        let mut keys = vec![("fact", text(fact.info().id))];
        keys.extend(self.operation(fact));
        keys
    }

    fn operation(&mut self, fact: Fact) -> Option<(&'static str, String)> {
        match fact.info().kind {
            FactType::Truth => match self.dice.below(3) {
                0 => None,
                1 => Some(("is", "true".to_owned())),
                _ => Some(("is", "false".to_owned())),
            },
            FactType::Word(words) => {
                let word = words[self.dice.below(words.len())].0;
                if self.dice.one_in(2) {
                    return Some(("is", text(word)));
                }
                // Two neighbours, or one; never all.
                let first = self.dice.below(words.len());
                let list = words
                    .iter()
                    .cycle()
                    .skip(first)
                    .take(2.min(words.len() - 1));
                let list: Vec<String> = list.map(|(word, _, _)| text(word)).collect();
                let list = format!("[{}]", list.join(", "));
                Some(("in", self.operand(&|_| list.clone())))
            }
            FactType::Money => Some(self.bound(Unit::Yuan)),
            FactType::Count(unit) => Some(self.bound(unit)),
            FactType::Share => Some(self.bound(Unit::Share)),
            FactType::Between(unit, first, last) => {
                let number = self.dice.between(first + 1, last);
                let bound = move |_: &mut Self| text(&quantity(number, unit));
                let key = *self.dice.of(&["at_least", "below"]);
                Some((key, self.operand(&bound)))
            }
            FactType::Day => Some(self.day_test()),
            FactType::Division => Some((
                "in",
                self.operand(&|_| "[\"4301\", \"430922\", \"35\"]".to_owned()),
            )),
            FactType::Diagnosis => {
                let list = "[\"C00-C97\", \"I60-I64\", \"N18\", \"K72.9\"]";
                Some(("in", self.operand(&|_| list.to_owned())))
            }
        }
    }

    fn bound(&mut self, unit: Unit) -> (&'static str, String) {
        let key = *self.dice.of(&["at_least", "at_most", "above", "below"]);
        let no_limit = matches!(key, "at_most" | "below");
        let bound = move |writer: &mut Self| {
            if no_limit && writer.dice.one_in(10) {
                return text("none");
            }
            text(&quantity(size(unit, &mut writer.dice), unit))
        };
        (key, self.operand(&bound))
    }

    fn day_test(&mut self) -> (&'static str, String) {
        let keys = [
            "on_or_after",
            "before",
            "age_at_least",
            "age_below",
            "days_since_at_least",
            "days_since_at_most",
        ];
        let key = *self.dice.of(&keys);
        let operand = move |writer: &mut Self| match key {
            "on_or_after" | "before" => {
                let days = ["1976-02-29", "2008-01-01", "2019-12-31"];
                text(writer.dice.pick(&days))
            }
            "age_at_least" | "age_below" => {
                text(&quantity(size(Unit::Year, &mut writer.dice), Unit::Year))
            }
            "days_since_at_most" if writer.dice.one_in(6) => text("none"),
            _ => {
                let terms = ["1 days", "30 days", "90 days", "366 days"];
                text(writer.dice.pick(&terms))
            }
        };
        (key, self.operand(&operand))
    }

    /// An operand in place, or the name of a new value.
    fn operand(&mut self, write: &dyn Fn(&mut Self) -> String) -> String {
        if self.dice.one_in(2) {
            return write(self);
        }
        let name = self.value(&mut |writer| format!("value = {}", write(writer)));
        text(&name)
    }
}

/// A string of TOML.
fn text(text: &str) -> String {
    format!("\"{text}\"")
}
