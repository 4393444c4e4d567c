//! Values and tables of the grammar.

use std::fmt::Write;

use super::defects::Defect;
use super::grammar::Writer;

impl Writer<'_> {
    /// A new named value in force since long, with a later entry at times.
    pub(super) fn value(&mut self, first: &str, unit: &str) -> String {
        let name = format!("value_{}", self.names);
        self.names += 1;
        let origin = self.origin();
        let from = if self.is(Defect::Gap) {
            "2015-06-01"
        } else {
            "2010-01-01"
        };
        let wrong = match self.defect {
            Some(Defect::Unit) if unit == "years" => "49 days".to_owned(),
            Some(Defect::Unit) => "49 years".to_owned(),
            Some(Defect::Number) => "049 years".to_owned(),
            _ => first.to_owned(),
        };
        let _ = write!(
            self.values,
            "[[values.{name}]]\nfrom = \"{from}\"\nvalue = \"{wrong}\"\n{origin}\n\n"
        );
        if self.tape.pick(3) == 0 || self.is(Defect::MixedUnits) || self.is(Defect::Order) {
            let number = 1 + self.tape.pick(90);
            let unit = match (self.is(Defect::MixedUnits), unit) {
                (true, "grade") => "times",
                (true, _) => "grade",
                (false, unit) => unit,
            };
            let number = if unit == "grade" {
                2 + number % 2
            } else {
                number
            };
            let from = if self.is(Defect::Order) {
                "2010-01-01"
            } else {
                "2016-03-01"
            };
            let _ = write!(
                self.values,
                "[[values.{name}]]\nfrom = \"{from}\"\nvalue = \"{number} {unit}\"\n{origin}\n\n"
            );
        }
        name
    }

    /// A number as an operand: the name of a value, or in place.
    pub(super) fn number(&mut self, unit: &str) -> String {
        // Of grades from 1 to 4, some pass each test and some fail it.
        let (least, count) = if unit == "grade" { (2, 2) } else { (1, 90) };
        let number = format!("{} {unit}", least + self.tape.pick(count));
        let named = self.tape.pick(2) == 0;
        let defect = matches!(self.defect, Some(Defect::UnknownValue));
        match (defect, named) {
            (true, _) => "no_such_value".to_owned(),
            (false, true) => self.value(&number, unit),
            (false, false) => number,
        }
    }

    /// A value by name.
    pub(super) fn number_value(&mut self, unit: &str) -> String {
        let number = format!("{} {unit}", 1 + self.tape.pick(90));
        self.value(&number, unit)
    }

    /// A word as a value.
    pub(super) fn value_of(&mut self, word: &str) -> String {
        let name = format!("value_{}", self.names);
        self.names += 1;
        let origin = self.origin();
        let _ = write!(
            self.values,
            "[[values.{name}]]\nfrom = \"2009-01-01\"\nvalue = \"{word}\"\n{origin}\n\n"
        );
        name
    }

    /// A table by two facts, complete, or with a last row for the rest.
    pub(super) fn table(&mut self, unit: &str) -> String {
        let name = format!("value_{}", self.names);
        self.names += 1;
        let origin = self.origin();
        let ages = ["age_below = \"60 years\"", "age_at_least = \"60 years\""];
        let mut rows = Vec::new();
        for sex in ["female", "male"] {
            for age in ages {
                let number = self.tape.pick(1000);
                rows.push(format!(
                    "  {{ sex = \"{sex}\", born_on = {{ {age} }}, value = \"{number} {unit}\" }},\n"
                ));
            }
        }
        if self.tape.pick(2) == 0 && !self.is(Defect::Hole) {
            rows.pop();
            rows.push(format!("  {{ value = \"7 {unit}\" }},\n"));
        }
        match self.defect {
            Some(Defect::Hole) => drop(rows.remove(self.tape.pick(4))),
            Some(Defect::Overlap) => {
                let again = rows[self.tape.pick(3)].clone();
                rows.insert(0, again);
            }
            _ => {}
        }
        let rows = rows.concat();
        let _ = write!(
            self.values,
            "[[values.{name}]]\nfrom = \"2009-01-01\"\ntable = [\n{rows}]\n{origin}\n\n"
        );
        name
    }
}
