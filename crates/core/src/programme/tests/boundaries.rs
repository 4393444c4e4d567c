//! Where a pack's rules turn: the numbers, days, words and places that its text names, gathered
//! from its tree, so that random people stand on them and beside them.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::diagnosis::{DiagnosisCode, DiagnosisRange};
use crate::fact::{Fact, diagnosis_value, division_span};
use crate::pack::{Condition, Form, Literal, NamedValue, Operand, Overlay, Pack, Test, Version};
use crate::quantity::{Quantity, Unit};

/// What a pack and its overlays name.
#[derive(Debug, Default)]
pub(super) struct Boundaries {
    /// The facts that are asked for.
    pub(super) facts: BTreeSet<Fact>,
    /// Fen of amounts and rates.
    pub(super) money: BTreeSet<i64>,
    /// Parts per million.
    pub(super) shares: BTreeSet<i64>,
    /// Whole numbers by unit.
    pub(super) counts: BTreeMap<&'static str, BTreeSet<i64>>,
    /// Days named, starts and ends of versions and values among them.
    pub(super) days: BTreeSet<Day>,
    /// The starts and ends of versions and values.
    pub(super) turns: BTreeSet<Day>,
    /// First and last numbers of divisions.
    pub(super) divisions: BTreeSet<i64>,
    /// Numbers of diagnoses in and beside the lists.
    pub(super) diagnoses: BTreeSet<i64>,
    /// Month and day on which subsidy years begin.
    pub(super) windows: BTreeSet<(u32, u32)>,
}

impl Boundaries {
    /// Gathers what a pack and its overlays name.
    pub(super) fn of(pack: &Pack, overlays: &[Overlay]) -> Self {
        let mut found = Self::default();
        let own = pack.values.values();
        let laid_over = overlays.iter().flat_map(|overlay| overlay.values.values());
        for value in own.chain(laid_over) {
            found.value(value);
        }
        for clause in &pack.clauses {
            found.condition(&clause.condition);
        }
        for version in &pack.versions {
            found.version(version);
        }
        found.days.extend(found.turns.iter().copied());
        found
    }

    /// Numbers of a unit; for money and shares all of them, whatever they are paid for.
    pub(super) fn counts_of(&self, unit: Unit) -> impl Iterator<Item = i64> {
        self.counts
            .get(unit.as_str())
            .into_iter()
            .flatten()
            .copied()
    }

    fn value(&mut self, value: &NamedValue) {
        for entry in &value.0 {
            self.turns.insert(entry.from);
            self.turns.extend(entry.until);
            self.literal(&entry.literal);
        }
    }

    fn version(&mut self, version: &Version) {
        self.turns.insert(version.from);
        self.turns.extend(version.until);
        self.condition(&version.eligibility);
        for component in &version.components {
            if let Some(when) = &component.when {
                self.condition(when);
            }
            self.form(&component.form);
        }
        let limits = &version.limits;
        for (limit, record) in [
            (&limits.per_year, Fact::ReceivedThisYear),
            (&limits.lifetime, Fact::ReceivedInAll),
            (&limits.times, Fact::TimesReceived),
        ] {
            if limit.is_some() {
                self.facts.insert(record);
            }
        }
    }

    fn form(&mut self, form: &Form) {
        match form {
            Form::Flat { .. } | Form::Premium { .. } | Form::InKind { .. } => {}
            Form::PerUnit { units, .. } => {
                self.facts.insert(*units);
            }
            Form::PerStayDay(_) => {
                self.facts.insert(Fact::StayDays);
            }
            Form::ShareOfCost { cost, .. } => {
                self.facts.insert(*cost);
            }
            Form::Interest { .. } => self.facts.extend([
                Fact::LoanPrincipal,
                Fact::LoanRate,
                Fact::LoanFrom,
                Fact::LoanUntil,
            ]),
            Form::Quota { .. } => {
                self.facts.insert(Fact::QuotaTaken);
            }
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    self.condition(part);
                }
            }
            Condition::Not(part) => self.condition(part),
            Condition::Clause(_) => {}
            Condition::Fact(fact, test) => self.test(*fact, test),
        }
    }

    fn test(&mut self, fact: Fact, test: &Test) {
        self.facts.insert(fact);
        match test {
            Test::Is(_) => {}
            Test::In(one)
            | Test::AtLeast(one)
            | Test::AtMost(one)
            | Test::Above(one)
            | Test::Below(one)
            | Test::OnOrAfter(one)
            | Test::Before(one)
            | Test::AgeAtLeast(one)
            | Test::AgeBelow(one)
            | Test::DaysSinceAtLeast(one)
            | Test::DaysSinceAtMost(one) => self.operand(one),
            Test::Between(low, high) | Test::AgeBetween(low, high) => {
                self.operand(low);
                self.operand(high);
            }
            Test::AtLeastFact(other) | Test::BelowFact(other) => {
                self.facts.insert(*other);
            }
        }
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Literal(literal) => self.literal(literal),
            // Every named value is gathered anyway.
            Operand::Value(_) => {}
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Quantity(quantity) => self.quantity(*quantity),
            Literal::Unlimited | Literal::Words(_) => {}
            Literal::Day(day) => {
                self.days.insert(*day);
            }
            Literal::MonthDay(month, day) => {
                self.windows.insert((*month, *day));
            }
            Literal::Divisions(codes) => {
                for code in codes {
                    let (first, last) = division_span(code);
                    self.divisions.extend([first - 1, first, last, last + 1]);
                }
            }
            Literal::Diagnoses(ranges) => {
                for range in ranges {
                    self.diagnosis(range);
                }
            }
            Literal::Table(rows) => {
                for row in rows {
                    self.quantity(row.value);
                    for (fact, test) in &row.conditions {
                        self.test(*fact, test);
                    }
                }
            }
            Literal::Tiers(tiers) => {
                for tier in tiers {
                    self.quantity(tier.above);
                    self.quantity(tier.share);
                }
            }
        }
    }

    fn quantity(&mut self, quantity: Quantity) {
        let Quantity { number, unit } = quantity;
        if unit.is_money() {
            self.money.insert(number);
        } else if unit == Unit::Share {
            self.shares.insert(number);
        } else {
            self.counts.entry(unit.as_str()).or_default().insert(number);
        }
    }

    /// Codes in the range and just outside of it.
    fn diagnosis(&mut self, range: &DiagnosisRange) {
        let codes = match range {
            DiagnosisRange::Categories { first, last } => vec![
                first.clone(),
                format!("{last}.x00x999"),
                format!("{last}.900"),
                neighbour(first, -1),
                neighbour(last, 1),
                format!("{}.900", neighbour(first, -1)),
            ],
            DiagnosisRange::Prefix(prefix) => {
                let point = if prefix.contains('.') { "" } else { "." };
                let longer = format!("{prefix}{point}00");
                let category = prefix.get(..3).unwrap().to_owned();
                vec![
                    prefix.clone(),
                    longer,
                    neighbour(&category, 1),
                    neighbour(&category, -1),
                    format!("{category}.9"),
                    format!("{category}.100+G01*"),
                    category,
                ]
            }
        };
        for code in codes {
            if let Ok(code) = DiagnosisCode::parse(&code) {
                self.diagnoses.insert(diagnosis_value(&code));
            }
        }
    }
}

/// The category so many places on; a letter on or back at the ends of a hundred.
fn neighbour(category: &str, step: i64) -> String {
    let (letter, number) = category.split_at(1);
    let letter = i64::from(letter.as_bytes()[0]);
    let number = letter * 100 + number.parse::<i64>().unwrap() + step;
    let letter = u8::try_from(number.div_euclid(100)).unwrap();
    format!("{}{:02}", char::from(letter), number.rem_euclid(100))
}
