//! Named values: their dated entries and the literals in them.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeValue;

use crate::day::Day;
use crate::diagnosis::DiagnosisRange;
use crate::division::DivisionCode;
use crate::fact::Fact;
use crate::loan::DayCount;
use crate::pack::fault::Span;
use crate::pack::{DatedValue, Literal, Tier};
use crate::quantity::{Quantity, QuantityError, Unit};
use crate::schedule::Provenance;

use super::need::Need;
use super::node::{Node, Reader, Table, is_name};
use super::source::{NAME, ORIGIN, Sources};

/// A literal with the places of its parts.
#[derive(Debug, Clone)]
pub(in crate::pack) struct Written {
    pub(in crate::pack) at: Span,
    pub(in crate::pack) literal: Literal,
    /// The parts of a list, the rows of a table.
    pub(in crate::pack) parts: Vec<Span>,
    /// The facts a table asks for.
    pub(in crate::pack) facts: Vec<(Fact, Span)>,
}

/// A named value as it stands in the text.
#[derive(Debug)]
pub(in crate::pack) struct DraftValue {
    pub(in crate::pack) name: String,
    pub(in crate::pack) at: Span,
    pub(in crate::pack) entries: Vec<DraftEntry>,
    /// Whether every entry could be read.
    pub(in crate::pack) sound: bool,
}

/// An entry that could be read; where its provenance could not, the reader has noted it.
#[derive(Debug)]
pub(in crate::pack) struct DraftEntry {
    pub(in crate::pack) at: Span,
    pub(in crate::pack) from: Day,
    pub(in crate::pack) until: Option<(Day, Span)>,
    pub(in crate::pack) written: Written,
    pub(in crate::pack) provenance: Option<Provenance>,
}

impl DraftEntry {
    /// The entry without its places.
    pub(in crate::pack) fn strip(self) -> Option<DatedValue> {
        Some(DatedValue {
            from: self.from,
            until: self.until.map(|(until, _)| until),
            literal: self.written.literal,
            provenance: self.provenance?,
        })
    }
}

impl<'a> Reader<'a> {
    /// `[values]`, by name.
    pub(super) fn values(
        &self,
        root: Table<'a>,
        sources: &Sources<'a>,
    ) -> BTreeMap<String, DraftValue> {
        let table = root.get("values").and_then(|node| self.any_table(node));
        let entries = table.map(|table| table.entries()).unwrap_or_default();
        let read = |(name, at, node): (&'a str, Span, Node<'a>)| {
            if !is_name(name) || name == "none" {
                self.wrong(at, NAME);
            }
            let list = self.list(node, "entries, each begun by `[[values.<name>]]`");
            let list = list.unwrap_or_default();
            let count = list.len();
            let entries: Vec<DraftEntry> = list
                .into_iter()
                .filter_map(|node| self.entry(node, sources))
                .collect();
            let value = DraftValue {
                name: name.to_owned(),
                at,
                sound: count > 0 && entries.len() == count,
                entries,
            };
            (name.to_owned(), value)
        };
        entries.into_iter().map(read).collect()
    }

    fn entry(&self, node: Node<'a>, sources: &Sources<'a>) -> Option<DraftEntry> {
        let [source, article, assumed] = ORIGIN;
        let known = ["from", "until", "value", "table", source, article, assumed];
        let table = self.table(node, &known)?;
        let from = self.needed(table, "from", Self::day);
        let until = self.optional(table, "until", |reader, node| {
            Some((reader.day(node)?, node.at))
        });
        let provenance = self.provenance(table, sources);
        let written = match (table.get("value"), table.get("table")) {
            (Some(value), None) => self.literal(value),
            (None, Some(rows)) => self.rows(rows),
            (Some(_), Some(_)) => {
                self.fault(table.at, "`value` and `table`", "one of the two");
                None
            }
            (None, None) => {
                self.absent(table.at, "neither `value` nor `table`", "one of the two");
                None
            }
        };
        Some(DraftEntry {
            at: table.get("from").map_or(table.at, |from| from.at),
            from: from?,
            until: until?,
            written: written?,
            provenance,
        })
    }

    /// A literal of any kind but a table.
    pub(super) fn literal(&self, node: Node<'a>) -> Option<Written> {
        match node.value {
            DeValue::String(_) => {
                let text = self.string(node, LITERAL)?;
                let literal = self.one_literal(node, text)?;
                Some(Written::single(node.at, literal))
            }
            DeValue::Array(parts) => match parts.first().map(toml::Spanned::get_ref) {
                Some(DeValue::Table(_)) => self.tiers(node),
                Some(_) | None => self.literal_list(node),
            },
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => {
                self.wrong(node.at, LITERAL);
                None
            }
        }
    }

    fn one_literal(&self, node: Node<'a>, text: &str) -> Option<Literal> {
        if text == "none" {
            return Some(Literal::Unlimited);
        }
        if is_word(text) {
            return Some(Literal::Words(vec![text.to_owned()]));
        }
        let dashes: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
        match (text.len(), dashes.as_slice()) {
            (10, [4, 7]) => self.day(node).map(Literal::Day),
            (5, [2]) => {
                // A common year: a year that begins on 29 February begins on no day of the next.
                let day = Day::parse(&format!("2001-{text}")).ok();
                if day.is_none() {
                    self.wrong(node.at, "a day of every year written MM-DD");
                }
                let (month, day) = day?.month_day();
                Some(Literal::MonthDay(month, day))
            }
            (_, _) => self.quantity(node).map(Literal::Quantity),
        }
    }

    /// A number with its unit.
    pub(super) fn quantity(&self, node: Node<'a>) -> Option<Quantity> {
        let text = self.string(node, LITERAL)?;
        match text.parse() {
            Ok(quantity) => Some(quantity),
            Err(QuantityError::Form) => {
                self.wrong(node.at, LITERAL);
                None
            }
            Err(QuantityError::Unit) => {
                let units: Vec<&str> = Unit::ALL.iter().map(|unit| unit.as_str()).collect();
                self.wrong(node.at, format!("one of the units {}", units.join(", ")));
                None
            }
            Err(QuantityError::Number) => {
                let expected = "at most 2 decimals of money, 4 of a percentage, none else, \
                                and no more than ten billion";
                self.wrong(node.at, expected);
                None
            }
        }
    }

    /// A quantity of a certain unit.
    fn quantity_in(&self, node: Node<'a>, unit: Unit) -> Option<Quantity> {
        let quantity = self.quantity(node)?;
        if quantity.unit != unit {
            self.wrong(node.at, format!("a quantity in `{unit}`"));
            return None;
        }
        Some(quantity)
    }

    /// A list of words, of divisions or of diagnoses.
    pub(super) fn literal_list(&self, node: Node<'a>) -> Option<Written> {
        let expected = "words, divisions or diagnoses";
        let parts = self.list(node, expected)?;
        let (mut texts, mut seen) = (Vec::new(), BTreeSet::new());
        for part in &parts {
            let text = self.string(*part, "a word, a division or a diagnosis")?;
            if !seen.insert(text) {
                self.fault(
                    part.at,
                    format!("{} again", self.quote(part.at)),
                    "each once",
                );
                return None;
            }
            texts.push(text);
        }
        let first = texts.first().and_then(|text| text.bytes().next())?;
        let literal = match first {
            b'0'..=b'9' => {
                let read = |text: &str| DivisionCode::parse(text).ok();
                self.each(&parts, &texts, "the code of a division", read)
                    .map(Literal::Divisions)
            }
            b'A'..=b'Z' => {
                let read = |text: &str| DiagnosisRange::parse(text).ok();
                let expected = "a diagnosis such as `C00-C97`, `N18` or `N18.5`";
                self.each(&parts, &texts, expected, read)
                    .map(Literal::Diagnoses)
            }
            _ => {
                let read = |text: &str| is_word(text).then(|| text.to_owned());
                self.each(&parts, &texts, "a word", read)
                    .map(Literal::Words)
            }
        };
        Some(Written {
            parts: parts.iter().map(|part| part.at).collect(),
            ..Written::single(node.at, literal?)
        })
    }

    /// Reads each part of a list; every one that cannot be read is a fault.
    fn each<T>(
        &self,
        parts: &[Node<'a>],
        texts: &[&str],
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut all = Vec::new();
        for (part, text) in parts.iter().zip(texts) {
            match read(text) {
                Some(it) => all.push(it),
                None => self.wrong(part.at, expected),
            }
        }
        (all.len() == parts.len()).then_some(all)
    }

    fn tiers(&self, node: Node<'a>) -> Option<Written> {
        let parts = self.list(node, "tiers")?;
        let mut tiers: Vec<Tier> = Vec::new();
        for part in &parts {
            let table = self.table(*part, &["above", "share"])?;
            let above = self.needed(table, "above", |it, node| it.quantity_in(node, Unit::Yuan));
            let share = self.needed(table, "share", |it, node| it.quantity_in(node, Unit::Share));
            let (above, share) = (above?, share?);
            match tiers.last() {
                None if above.number != 0 => {
                    self.fault(part.at, format!("`{above}`"), "a first tier above `0 yuan`");
                    return None;
                }
                Some(last) if above.number <= last.above.number => {
                    let expected = format!("a tier above more than `{}`", last.above);
                    self.fault(part.at, format!("`{above}`"), expected);
                    return None;
                }
                None | Some(_) => tiers.push(Tier { above, share }),
            }
        }
        Some(Written {
            parts: parts.iter().map(|part| part.at).collect(),
            ..Written::single(node.at, Literal::Tiers(tiers))
        })
    }
}

impl Written {
    /// A literal without parts.
    pub(super) const fn single(at: Span, literal: Literal) -> Self {
        Self {
            at,
            literal,
            parts: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Where it does not fit: of words, the wrong one; else all of it.
    pub(in crate::pack) fn misfit(&self, need: &Need) -> Span {
        let place = match (&self.literal, need.words()) {
            (Literal::Words(found), Some(known)) => found
                .iter()
                .position(|word| !known.contains(&word.as_str())),
            (_, _) => None,
        };
        let part = place.and_then(|place| self.parts.get(place));
        part.copied().unwrap_or(self.at)
    }
}

/// Whether a text is a word as facts and conventions have them.
fn is_word(text: &str) -> bool {
    // The names of day counts are their standards', with digits and signs in them.
    if text.parse::<DayCount>().is_ok() {
        return true;
    }
    let mut bytes = text.bytes();
    text.len() <= 60
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'/')
        })
}

/// What a literal looks like.
const LITERAL: &str = "a number, one space and a unit, such as `100 yuan/day`";
