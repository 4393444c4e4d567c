//! Random values of a pack, with their dates, tables and overlays.

use std::fmt::Write;

use crate::fact::{Fact, FactType};
use crate::quantity::{Quantity, Unit};

use super::super::dice::Dice;
use super::{CHANGES, START, Writer};

/// A quantity as packs write it.
pub(super) fn quantity(number: i64, unit: Unit) -> String {
    Quantity { number, unit }.to_string()
}

/// The numbers that amounts, shares and counts are drawn about.
pub(super) fn size(unit: Unit, dice: &mut Dice) -> i64 {
    if unit.is_money() {
        let round = *dice.of(&[100, 2_550, 10_000, 60_000, 1_000_000]);
        dice.between(1, 20) * round + i64::from(dice.one_in(4))
    } else if unit == Unit::Share {
        *dice.of(&[10_000, 43_500, 333_333, 500_000, 900_000, 1_000_000])
    } else if unit == Unit::Year {
        *dice.of(&[3, 18, 49, 60, 70])
    } else {
        dice.between(1, 12)
    }
}

impl Writer {
    /// A new value; `right` gives its right side each time it is asked, of the same kind. Its
    /// name.
    pub(super) fn value(&mut self, right: &mut dyn FnMut(&mut Self) -> String) -> String {
        let name = format!("v{}", self.number());
        let mut starts = vec![START];
        for change in CHANGES {
            if self.dice.one_in(6) {
                starts.push(change);
            }
        }
        for from in starts {
            let right = right(self);
            let entry = format!("[[values.{name}]]\nfrom = \"{from}\"\nsource = \"s\"\n{right}\n");
            self.values.push_str(&entry);
        }
        for place in 0..super::OVERLAYS.len() {
            if self.dice.one_in(4) {
                let from = *self.dice.of(&["1999-01-01", "2010-06-30", "2020-02-29"]);
                let until = match self.dice.one_in(3) {
                    true => "until = \"2024-03-01\"\n",
                    false => "",
                };
                let right = right(self);
                let assumed = "assumed = \"No paper says.\"";
                let head = format!("[[values.{name}]]\nfrom = \"{from}\"\n");
                self.overlays[place].push_str(&format!("{head}{until}{assumed}\n{right}\n"));
            }
        }
        name
    }

    /// A value that is a quantity of a unit.
    pub(super) fn plain(&mut self, unit: Unit) -> String {
        self.value(&mut |writer| {
            let number = size(unit, &mut writer.dice);
            format!("value = \"{}\"", quantity(number, unit))
        })
    }

    /// A value that is a quantity, or no limit.
    pub(super) fn cap(&mut self, unit: Unit) -> String {
        self.value(&mut |writer| {
            if writer.dice.one_in(4) {
                return "value = \"none\"".to_owned();
            }
            let number = size(unit, &mut writer.dice);
            format!("value = \"{}\"", quantity(number, unit))
        })
    }

    /// A value that is a quantity or a table of them.
    pub(super) fn figure(&mut self, unit: Unit) -> String {
        let facts: Vec<Fact> = (0..2).filter_map(|_| self.fact_for_table()).collect();
        self.value(&mut |writer| {
            if facts.is_empty() || writer.dice.one_in(2) {
                let number = size(unit, &mut writer.dice);
                return format!("value = \"{}\"", quantity(number, unit));
            }
            writer.table(&facts, unit)
        })
    }

    /// A fact that no other part of the pack asks for.
    pub(super) fn fact(&mut self, fits: fn(Fact) -> bool) -> Option<Fact> {
        // Now and then one that has been used: then the parts may contradict each other.
        let again = self.dice.one_in(40);
        let scopes = self.scopes;
        let free: Vec<Fact> = Fact::ALL
            .iter()
            .copied()
            .filter(|fact| scopes.contains(&fact.info().scope))
            .filter(|fact| fits(*fact) && (again || !self.used.contains(fact)))
            .collect();
        if free.is_empty() {
            return None;
        }
        let fact = *self.dice.of(&free);
        self.used.insert(fact);
        Some(fact)
    }

    fn fact_for_table(&mut self) -> Option<Fact> {
        if self.dice.one_in(2) {
            return None;
        }
        self.fact(|fact| match fact.info().kind {
            FactType::Diagnosis | FactType::Share => false,
            FactType::Truth
            | FactType::Day
            | FactType::Word(_)
            | FactType::Money
            | FactType::Count(_)
            | FactType::Between(..)
            | FactType::Division => true,
        })
    }

    /// A table over one or two facts without holes.
    fn table(&mut self, facts: &[Fact], unit: Unit) -> String {
        let mut rows = vec![String::new()];
        let mut needs_rest = false;
        let mut seen = Vec::new();
        for fact in facts {
            if seen.contains(fact) {
                continue;
            }
            seen.push(*fact);
            let (parts, rest) = self.parts(*fact);
            needs_rest |= rest;
            let longer = rows.iter().flat_map(|row| {
                let parts = parts.iter();
                parts.map(move |part| format!("{row}{fact} = {part}, "))
            });
            rows = longer.collect();
        }
        if rows.len() > 2 && self.dice.one_in(3) {
            let gone = self.dice.below(rows.len());
            rows.remove(gone);
            needs_rest = true;
        }
        if needs_rest {
            rows.push(String::new());
        }
        let mut text = String::from("table = [\n");
        for row in rows {
            let number = size(unit, &mut self.dice);
            writeln!(text, "  {{ {row}value = \"{}\" }},", quantity(number, unit)).unwrap();
        }
        text.push(']');
        text
    }

    /// What a fact may be, in parts that do not overlap, and whether they leave some of it out.
    fn parts(&mut self, fact: Fact) -> (Vec<String>, bool) {
        let dice = &mut self.dice;
        match fact.info().kind {
            FactType::Truth => (vec!["true".to_owned(), "false".to_owned()], false),
            FactType::Word(words) => {
                let cut = 1 + dice.below(words.len() - 1);
                let list = |words: &[(&str, &str, &str)]| {
                    let words: Vec<String> = words
                        .iter()
                        .map(|(word, _, _)| format!("\"{word}\""))
                        .collect();
                    format!("[{}]", words.join(", "))
                };
                (vec![list(&words[..cut]), list(&words[cut..])], false)
            }
            FactType::Between(unit, first, last) => {
                let cut = dice.between(first, last - 1);
                let parts = vec![
                    format!("{{ at_most = \"{cut} {unit}\" }}"),
                    format!("{{ at_least = \"{} {unit}\" }}", cut + 1),
                ];
                (parts, false)
            }
            FactType::Money | FactType::Count(_) => {
                let unit = if let FactType::Count(unit) = fact.info().kind {
                    unit
                } else {
                    Unit::Yuan
                };
                let low = size(unit, dice);
                let high = low + size(unit, dice);
                let show = |number| quantity(number, unit);
                let parts = vec![
                    format!("{{ at_most = \"{}\" }}", show(low)),
                    format!(
                        "{{ at_least = \"{}\", at_most = \"{}\" }}",
                        show(low + 1),
                        show(high)
                    ),
                    format!("{{ at_least = \"{}\" }}", show(high + 1)),
                ];
                (parts, false)
            }
            FactType::Day => {
                let parts = vec![
                    "{ age_below = \"18 years\" }".to_owned(),
                    "{ age_at_least = \"18 years\", age_below = \"60 years\" }".to_owned(),
                    "{ age_at_least = \"60 years\" }".to_owned(),
                ];
                (parts, false)
            }
            FactType::Division => (
                vec!["[\"4301\", \"430922\"]".to_owned(), "[\"35\"]".to_owned()],
                true,
            ),
            FactType::Share | FactType::Diagnosis => unreachable!("not of tables"),
        }
    }
}
