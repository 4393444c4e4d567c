//! A second evaluator: slow, obvious, and sharing nothing with the engine but the pack's tree.
//!
//! It walks the [`Pack`] as it was read, looks every value up by name each time, keeps facts in a
//! map and missing facts in sets, and counts in `i128`.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::fact::Fact;
use crate::pack::{
    Component, Condition, DatedValue, Literal, NamedValue, Operand, Overlay, Pack, Row, Test,
    Version,
};
use crate::quantity::Quantity;
use crate::trace::Outcome;

use super::forms;
use super::reckoning::{days_since, full_years, is_in};

/// Facts that could not be done without.
pub(super) type Missing = BTreeSet<Fact>;

/// What the interpreter makes of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    /// In fen.
    pub(super) amount: i128,
    pub(super) missing: Missing,
}

impl Answer {
    fn of(outcome: Outcome, amount: i128) -> Self {
        Self {
            outcome,
            amount,
            missing: Missing::new(),
        }
    }

    fn undetermined(missing: Missing) -> Self {
        Self {
            outcome: Outcome::Undetermined,
            amount: 0,
            missing,
        }
    }
}

/// A truth of three values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    Unknown(Missing),
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// Something that may lack facts.
pub(super) type Known<T> = Result<T, Missing>;

/// Both of two, or all the facts that either lacks.
pub(super) fn both<A, B>(a: Known<A>, b: Known<B>) -> Known<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(a), Err(b)) => Err(&a | &b),
        (Err(missing), Ok(_)) | (Ok(_), Err(missing)) => Err(missing),
    }
}

/// A pack, its overlays, a person's facts and a day.
pub(super) struct World<'a> {
    pub(super) pack: &'a Pack,
    pub(super) overlays: &'a [Overlay],
    pub(super) facts: &'a BTreeMap<Fact, i64>,
    pub(super) day: Day,
}

impl<'a> World<'a> {
    /// What the person gets on the day.
    pub(super) fn answer(&self) -> Answer {
        let Some(version) = self.version() else {
            return Answer::of(Outcome::Refused, 0);
        };
        match self.holds(&version.eligibility) {
            Truth::No => Answer::of(Outcome::Refused, 0),
            Truth::Unknown(missing) => Answer::undetermined(missing),
            Truth::Yes => self.entitlement(version),
        }
    }

    fn version(&self) -> Option<&'a Version> {
        // Each runs until its own end or until the next begins.
        let begun = self
            .pack
            .versions
            .iter()
            .filter(|version| version.from <= self.day);
        let last = begun.max_by_key(|version| version.from)?;
        last.until
            .is_none_or(|until| self.day < until)
            .then_some(last)
    }

    fn entitlement(&self, version: &Version) -> Answer {
        let mut sum = 0;
        let mut service = false;
        let mut missing = Missing::new();
        for component in &version.components {
            match self.component(component) {
                Ok(Some(forms::Given::Money(amount))) => sum += amount,
                Ok(Some(forms::Given::Service)) => service = true,
                Ok(None) => {}
                Err(more) => missing.extend(more),
            }
        }
        if !missing.is_empty() {
            return Answer::undetermined(missing);
        }
        if sum == 0 && !service {
            return Answer::of(Outcome::Refused, 0);
        }
        forms::limited(self, &version.limits, sum, service)
    }

    fn component(&self, component: &Component) -> Known<Option<forms::Given>> {
        match component
            .when
            .as_ref()
            .map_or(Truth::Yes, |when| self.holds(when))
        {
            Truth::Yes => forms::given(self, &component.form).map(Some),
            Truth::No => Ok(None),
            Truth::Unknown(missing) => Err(missing),
        }
    }

    /// Whether a condition holds.
    fn holds(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::All(parts) => {
                let parts: Vec<Truth> = parts.iter().map(|part| self.holds(part)).collect();
                if parts.contains(&Truth::No) {
                    return Truth::No;
                }
                unknown_parts(parts).map_or(Truth::Yes, Truth::Unknown)
            }
            Condition::Any(parts) => {
                let parts: Vec<Truth> = parts.iter().map(|part| self.holds(part)).collect();
                if parts.contains(&Truth::Yes) {
                    return Truth::Yes;
                }
                unknown_parts(parts).map_or(Truth::No, Truth::Unknown)
            }
            Condition::Not(part) => match self.holds(part) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                unknown @ Truth::Unknown(_) => unknown,
            },
            Condition::Clause(id) => {
                let clauses = &self.pack.clauses;
                let clause = clauses.iter().find(|clause| clause.id == *id).unwrap();
                self.holds(&clause.condition)
            }
            Condition::Fact(fact, test) => match self.passes(*fact, test) {
                Ok(passes) => Truth::of(passes),
                Err(missing) => Truth::Unknown(missing),
            },
        }
    }

    /// The number of a fact.
    pub(super) fn fact(&self, fact: Fact) -> Known<i64> {
        let number = self.facts.get(&fact).copied();
        number.ok_or_else(|| Missing::from([fact]))
    }

    fn passes(&self, fact: Fact, test: &Test) -> Known<bool> {
        let number = || self.fact(fact).map(i128::from);
        let with = |operand: &Operand, holds: fn(i128, i128) -> bool| {
            let (number, bound) = both(number(), self.bound(operand))?;
            // No limit is as high as can be.
            Ok(bound.is_some_and(|bound| holds(number, bound)))
        };
        // A limit that is none is kept to by everyone, known or not.
        let at_most = |operand: &Operand, holds: fn(i128, i128) -> bool| match self.bound(operand) {
            Ok(None) => Ok(true),
            Ok(Some(_)) | Err(_) => with(operand, holds),
        };
        let years = |fact| self.fact(fact).map(|born| full_years(born, self.day));
        let days = |fact| self.fact(fact).map(|from| days_since(from, self.day));
        match test {
            Test::Is(truth) => Ok((self.fact(fact)? != 0) == *truth),
            Test::In(operand) => Ok(is_in(fact, self.fact(fact)?, self.literal(operand))),
            Test::AtLeast(operand) => with(operand, |number, bound| number >= bound),
            Test::Above(operand) => with(operand, |number, bound| number > bound),
            Test::AtMost(operand) => at_most(operand, |number, bound| number <= bound),
            Test::Below(operand) => at_most(operand, |number, bound| number < bound),
            Test::Between(low, high) => {
                let (number, bounds) = both(number(), both(self.bound(low), self.bound(high)))?;
                let (low, high) = bounds;
                Ok(low.is_none_or(|low| low <= number) && high.is_none_or(|high| number <= high))
            }
            Test::OnOrAfter(operand) => Ok(self.fact(fact)? >= self.day_of(operand)),
            Test::Before(operand) => Ok(self.fact(fact)? < self.day_of(operand)),
            Test::AgeAtLeast(operand) => {
                let (age, bound) = both(years(fact), self.bound(operand))?;
                Ok(bound.is_some_and(|bound| age >= bound))
            }
            Test::AgeBelow(operand) => {
                let (age, bound) = both(years(fact), self.bound(operand))?;
                Ok(bound.is_none_or(|bound| age < bound))
            }
            Test::AgeBetween(low, high) => {
                let (age, bounds) = both(years(fact), both(self.bound(low), self.bound(high)))?;
                let (low, high) = bounds;
                Ok(low.is_none_or(|low| low <= age) && high.is_none_or(|high| age < high))
            }
            Test::DaysSinceAtLeast(operand) => {
                let (days, bound) = both(days(fact), self.bound(operand))?;
                Ok(days >= 0 && bound.is_some_and(|bound| days >= bound))
            }
            Test::DaysSinceAtMost(operand) => match self.bound(operand) {
                Ok(None) => Ok(true),
                bound => {
                    let (days, bound) = both(days(fact), bound)?;
                    Ok(days >= 0 && bound.is_none_or(|bound| days <= bound))
                }
            },
            Test::AtLeastFact(other) => {
                both(self.fact(fact), self.fact(*other)).map(|(one, other)| one >= other)
            }
            Test::BelowFact(other) => {
                both(self.fact(fact), self.fact(*other)).map(|(one, other)| one < other)
            }
        }
    }

    fn literal<'b>(&'b self, operand: &'b Operand) -> &'b Literal {
        match operand {
            Operand::Value(name) => self.value(name),
            Operand::Literal(literal) => literal,
        }
    }

    /// The number of an operand; nothing where there is no limit.
    fn bound(&self, operand: &Operand) -> Known<Option<i128>> {
        let quantity = self.quantity_of(self.literal(operand))?;
        Ok(quantity.map(|quantity| i128::from(quantity.number)))
    }

    fn day_of(&self, operand: &Operand) -> i64 {
        let Literal::Day(day) = self.literal(operand) else {
            panic!("{operand:?} is no day");
        };
        day.number()
    }

    /// The value in force on the day, of the nearest place that has one.
    pub(super) fn value(&self, name: &str) -> &'a Literal {
        let mut places: Vec<(usize, &'a NamedValue)> = Vec::new();
        if let Some(value) = self.pack.values.get(name) {
            places.push((self.pack.place.nearness(), value));
        }
        for overlay in self.overlays {
            if let Some(value) = overlay.values.get(name) {
                places.push((overlay.place.nearness(), value));
            }
        }
        places.sort_by_key(|(nearness, _)| *nearness);
        let in_force = |value: &'a NamedValue| -> Option<&'a DatedValue> {
            let begun = value.0.iter().filter(|entry| entry.from <= self.day);
            let last = begun.max_by_key(|entry| entry.from)?;
            last.until
                .is_none_or(|until| self.day < until)
                .then_some(last)
        };
        let mut nearest_first = places.into_iter().rev();
        let entry = nearest_first.find_map(|(_, value)| in_force(value));
        let Some(entry) = entry else {
            panic!("{} has no {name} on {}", self.pack.programme, self.day);
        };
        &entry.literal
    }

    /// The quantity of a named value; nothing where there is no limit.
    pub(super) fn quantity(&self, name: &str) -> Known<Option<Quantity>> {
        self.quantity_of(self.value(name))
    }

    fn quantity_of(&self, literal: &Literal) -> Known<Option<Quantity>> {
        match literal {
            Literal::Quantity(quantity) => Ok(Some(*quantity)),
            Literal::Unlimited => Ok(None),
            Literal::Table(rows) => self.row(rows).map(Some),
            other @ (Literal::Day(_)
            | Literal::MonthDay(..)
            | Literal::Words(_)
            | Literal::Diagnoses(_)
            | Literal::Divisions(_)
            | Literal::Tiers(_)) => panic!("{other:?} is no quantity"),
        }
    }

    /// The row whose conditions all hold; the last one without conditions, if none does.
    fn row(&self, rows: &[Row]) -> Known<Quantity> {
        let mut unknown = Missing::new();
        for row in rows.iter().filter(|row| !row.conditions.is_empty()) {
            let conditions = row.conditions.iter();
            let parts = conditions.map(|(fact, test)| Condition::Fact(*fact, test.clone()));
            match self.holds(&Condition::All(parts.collect())) {
                Truth::Yes => return Ok(row.value),
                Truth::No => {}
                Truth::Unknown(missing) => unknown.extend(missing),
            }
        }
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let rest = rows.iter().find(|row| row.conditions.is_empty());
        Ok(rest.expect("the checker leaves no hole").value)
    }
}

fn unknown_parts(parts: Vec<Truth>) -> Option<Missing> {
    let mut missing = Missing::new();
    for part in parts {
        if let Truth::Unknown(more) = part {
            missing.extend(more);
        }
    }
    (!missing.is_empty()).then_some(missing)
}
