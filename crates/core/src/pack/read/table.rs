//! Tables: a quantity by facts, row by row.

use toml::de::DeValue;

use crate::fact::{Fact, FactType};
use crate::pack::fault::Span;
use crate::pack::{Literal, Operand, Row, Test};
use crate::quantity::Unit;

use super::need::{Need, unit_of};
use super::node::{Node, Reader};
use super::value::Written;

impl<'a> Reader<'a> {
    /// The rows of a table, each with at least one condition, but perhaps the last.
    pub(super) fn rows(&self, node: Node<'a>) -> Option<Written> {
        let parts = self.list(node, "rows")?;
        let count = parts.len();
        let mut facts: Vec<(Fact, Span)> = Vec::new();
        let mut rows: Vec<Row> = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            let row = self.row(*part, &mut facts);
            let last = place.saturating_add(1) == count;
            if row.as_ref().is_some_and(|row| row.conditions.is_empty()) && !(last && place > 0) {
                let expected = "a row with facts: only the last of several takes what is left";
                self.wrong(part.at, expected);
                return None;
            }
            rows.extend(row);
        }
        if rows.len() < count {
            return None;
        }
        let unit = rows.first().map(|row| row.value.unit);
        for (row, part) in rows.iter().zip(&parts) {
            if Some(row.value.unit) != unit {
                let unit = unit.map_or("", Unit::as_str);
                let expected = format!("a quantity in `{unit}`, as in the first row");
                self.fault(part.at, format!("`{}`", row.value), expected);
                return None;
            }
        }
        Some(Written {
            at: node.at,
            literal: Literal::Table(rows),
            parts: parts.iter().map(|part| part.at).collect(),
            facts,
        })
    }

    fn row(&self, node: Node<'a>, facts: &mut Vec<(Fact, Span)>) -> Option<Row> {
        let table = self.any_table(node)?;
        let value = self.needed(table, "value", Self::quantity);
        let mut conditions = Vec::new();
        let mut sound = true;
        for (key, at, cell) in table.entries() {
            if key == "value" {
                continue;
            }
            let read = self.fact_of(key, at).and_then(|fact| {
                facts.push((fact, at));
                Some((fact, self.cell(fact, cell)?))
            });
            sound = sound && read.is_some();
            conditions.extend(read);
        }
        let value = value?;
        sound.then_some(Row { conditions, value })
    }

    fn cell(&self, fact: Fact, node: Node<'a>) -> Option<Test> {
        let kind = fact.info().kind;
        match (kind, node.value) {
            (FactType::Truth, DeValue::Boolean(truth)) => Some(Test::Is(*truth)),
            (FactType::Word(_), DeValue::String(word)) => {
                let need = Need::list_of(fact)?;
                let literal = Literal::Words(vec![word.as_ref().to_owned()]);
                self.member(&need, Written::single(node.at, literal))
            }
            (FactType::Word(_) | FactType::Division | FactType::Diagnosis, DeValue::Array(_)) => {
                let need = Need::list_of(fact)?;
                let written = self.literal_list(node)?;
                self.member(&need, written)
            }
            (FactType::Day, DeValue::Table(_)) => self.ages(node),
            (
                FactType::Money | FactType::Count(_) | FactType::Between(..) | FactType::Share,
                DeValue::Table(_),
            ) => self.range(fact, node),
            (_, _) => {
                self.wrong(node.at, cell_of(kind));
                None
            }
        }
    }

    fn member(&self, need: &Need, written: Written) -> Option<Test> {
        if !need.admits(&written.literal) {
            self.wrong(written.misfit(need), need.expected());
            return None;
        }
        Some(Test::In(Operand::Literal(written.literal)))
    }

    fn range(&self, fact: Fact, node: Node<'a>) -> Option<Test> {
        let unit = unit_of(fact)?;
        let bounds = self.bounds(node, ["at_least", "at_most"], unit)?;
        let (lower, upper) = match bounds {
            (Some(lower), None) => return Some(Test::AtLeast(operand(lower))),
            (None, Some(upper)) => return Some(Test::AtMost(operand(upper))),
            (Some(lower), Some(upper)) => (lower, upper),
            (None, None) => return None,
        };
        Some(Test::Between(operand(lower), operand(upper)))
    }

    fn ages(&self, node: Node<'a>) -> Option<Test> {
        let bounds = self.bounds(node, ["age_at_least", "age_below"], Unit::Year)?;
        let (lower, upper) = match bounds {
            (Some(lower), None) => return Some(Test::AgeAtLeast(operand(lower))),
            (None, Some(upper)) => return Some(Test::AgeBelow(operand(upper))),
            (Some(lower), Some(upper)) => (lower, upper),
            (None, None) => return None,
        };
        Some(Test::AgeBetween(operand(lower), operand(upper)))
    }

    /// The two ends of a range, of which one may be left out.
    fn bounds(
        &self,
        node: Node<'a>,
        keys: [&str; 2],
        unit: Unit,
    ) -> Option<(Option<Literal>, Option<Literal>)> {
        let table = self.table(node, &keys)?;
        let need = Need::number(unit);
        let end = |reader: &Self, node| {
            let written = reader.literal(node)?;
            if !need.admits(&written.literal) {
                reader.wrong(node.at, need.expected());
                return None;
            }
            Some(written.literal)
        };
        let [lower, upper] = keys;
        let ends = (
            self.optional(table, lower, end),
            self.optional(table, upper, end),
        );
        let ends = (ends.0?, ends.1?);
        if ends == (None, None) {
            self.wrong(node.at, format!("`{lower}` or `{upper}` or both"));
            return None;
        }
        Some(ends)
    }
}

const fn operand(literal: Literal) -> Operand {
    Operand::Literal(literal)
}

/// What a row may ask of a fact of a type.
const fn cell_of(kind: FactType) -> &'static str {
    match kind {
        FactType::Truth => "`true` or `false`",
        FactType::Day => "a range of ages such as `{ age_at_least = \"60 years\" }`",
        FactType::Word(_) => "a word or a list of words",
        FactType::Money | FactType::Count(_) | FactType::Between(..) | FactType::Share => {
            "a range such as `{ at_least = \"1 grade\", at_most = \"2 grade\" }`"
        }
        FactType::Division => "a list of divisions",
        FactType::Diagnosis => "a list of diagnoses",
    }
}
