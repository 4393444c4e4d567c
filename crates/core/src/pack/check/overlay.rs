//! An overlay against the pack it lies upon: its names, kinds and units, and every place of the
//! pack that names a value of it.

use std::collections::BTreeMap;

use super::super::read::{DraftOverlay, DraftValue, Need, Reader, need_of, unit_of};
use super::super::words::{Period, PublicityMode};
use super::super::{Condition, Form, Limits, Operand, Pack, Place, Test, Version};
use super::kinds::kind_of;
use crate::fact::{Fact, FactScope};
use crate::quantity::Unit;

pub(super) fn check(reader: &Reader<'_>, draft: &DraftOverlay, base: &Pack) {
    if let Some((programme, at)) = &draft.programme
        && *programme != base.programme
    {
        reader.wrong(
            *at,
            format!("`{}`, the programme of the pack", base.programme),
        );
    }
    if let Some((place, at)) = &draft.place {
        let inside = match place {
            Place::National => false,
            Place::Division(code) => base.place != *place && base.place.contains(code),
        };
        if !inside {
            reader.wrong(
                *at,
                format!("a division within `{}`, the pack's place", base.place),
            );
        }
    }
    let needs = needs(base);
    for value in draft.values.values() {
        let Some(named) = base.values.get(&value.name) else {
            let expected = match reader.nearest(&value.name, base.values.keys().map(String::as_str))
            {
                Some(near) => format!("the value `{near}` of the pack"),
                None => "the name of a value of the pack".to_owned(),
            };
            reader.wrong(value.at, expected);
            continue;
        };
        let kind = named.0.iter().find_map(|entry| kind_of(&entry.literal));
        let needs = needs.get(value.name.as_str());
        fits(reader, value, kind, needs.map_or(&[][..], Vec::as_slice));
        reveals(reader, value, base);
    }
}

/// Checks each entry against the kind of the pack's value and the places that name it.
fn fits(
    reader: &Reader<'_>,
    value: &DraftValue,
    kind: Option<(&'static str, Option<Unit>)>,
    needs: &[Need],
) {
    for entry in &value.entries {
        let written = &entry.written;
        let own = kind_of(&written.literal);
        if let (Some(kind), Some(own)) = (kind, own)
            && own != kind
        {
            let like = match kind {
                (word, Some(unit)) => format!("{word} in `{unit}`, as in the pack"),
                (word, None) => format!("{word}, as in the pack"),
            };
            reader.wrong(written.at, like);
            continue;
        }
        if let Some(need) = needs.iter().find(|need| !need.admits(&written.literal)) {
            let expected = format!("{}, as the pack needs", need.expected());
            reader.wrong(written.misfit(need), expected);
        }
    }
}

/// Checks that the facts of an overlay's tables may be asked where the pack asks its own.
fn reveals(reader: &Reader<'_>, value: &DraftValue, base: &Pack) {
    let mask = |version: &Version| version.publicity.mode == PublicityMode::Masked;
    let masked = base.versions.iter().any(mask);
    let of_days = |name: &str| {
        let components = base.versions.iter().flat_map(|version| &version.components);
        let mut forms = components.map(|component| &component.form);
        forms.any(|form| matches!(form, Form::PerStayDay(days) if days.rate == name))
    };
    for (fact, at) in value.entries.iter().flat_map(|entry| &entry.written.facts) {
        let info = fact.info();
        if masked && info.revealing {
            let expected = "a fact that gives no family away: the pack posts masked rows";
            reader.wrong(*at, expected);
        }
        if info.scope == FactScope::Day && !of_days(&value.name) {
            reader.wrong(*at, "a fact of a day only in the `rate` of days of stays");
        }
    }
}

/// What the places of a pack need of each value.
fn needs(base: &Pack) -> BTreeMap<&str, Vec<Need>> {
    let mut needs = Needs::default();
    for clause in &base.clauses {
        needs.condition(&clause.condition);
    }
    for version in &base.versions {
        needs.condition(&version.eligibility);
        needs.limits(&version.limits);
        needs.maybe(version.publicity.days.as_ref(), &Need::number(Unit::Day));
        for when in version.evidence.iter().filter_map(|it| it.when.as_ref()) {
            needs.condition(when);
        }
        for component in &version.components {
            if let Some(when) = &component.when {
                needs.condition(when);
            }
            needs.form(&component.form, base.period);
        }
    }
    needs.0
}

/// Needs as they are found.
#[derive(Default)]
struct Needs<'p>(BTreeMap<&'p str, Vec<Need>>);

impl<'p> Needs<'p> {
    fn value(&mut self, name: &'p str, need: Need) {
        let needs = self.0.entry(name).or_default();
        if !needs.contains(&need) {
            needs.push(need);
        }
    }

    fn maybe(&mut self, name: Option<&'p String>, need: &Need) {
        if let Some(name) = name {
            self.value(name, need.clone());
        }
    }

    fn condition(&mut self, condition: &'p Condition) {
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

    fn test(&mut self, fact: Fact, test: &'p Test) {
        let (key, operand) = match test {
            Test::In(operand) => ("in", operand),
            Test::AtLeast(operand) => ("at_least", operand),
            Test::AtMost(operand) => ("at_most", operand),
            Test::Above(operand) => ("above", operand),
            Test::Below(operand) => ("below", operand),
            Test::OnOrAfter(operand) => ("on_or_after", operand),
            Test::Before(operand) => ("before", operand),
            Test::AgeAtLeast(operand) => ("age_at_least", operand),
            Test::AgeBelow(operand) => ("age_below", operand),
            Test::DaysSinceAtLeast(operand) => ("days_since_at_least", operand),
            Test::DaysSinceAtMost(operand) => ("days_since_at_most", operand),
            // Of rows alone, which name no values.
            Test::Is(_)
            | Test::Between(..)
            | Test::AgeBetween(..)
            | Test::AtLeastFact(_)
            | Test::BelowFact(_) => return,
        };
        if let (Operand::Value(name), Some(need)) = (operand, need_of(fact, key)) {
            self.value(name, need);
        }
    }

    fn limits(&mut self, limits: &'p Limits) {
        for limit in [&limits.per_period, &limits.per_year, &limits.lifetime] {
            self.maybe(limit.as_ref(), &Need::limit(Unit::Yuan));
        }
        self.maybe(limits.times.as_ref(), &Need::limit(Unit::Time));
    }

    fn form(&mut self, form: &'p Form, period: Period) {
        match form {
            Form::Flat { amount } | Form::Premium { amount, .. } => {
                self.value(amount, Need::amount(Some(period)));
            }
            Form::PerUnit {
                rate,
                units,
                free,
                cap,
            } => {
                if let Some(unit) = unit_of(*units) {
                    self.value(rate, Need::rate(unit));
                    self.maybe(free.as_ref(), &Need::number(unit));
                    self.maybe(cap.as_ref(), &Need::cap(unit));
                }
            }
            Form::PerStayDay(days) => {
                self.value(&days.rate, Need::rate(Unit::Day));
                self.value(&days.counting, Need::counting());
                self.maybe(days.free.as_ref(), &Need::number(Unit::Day));
                for cap in [&days.cap_per_stay, &days.cap_per_year, &days.cap_lifetime] {
                    self.maybe(cap.as_ref(), &Need::cap(Unit::Day));
                }
            }
            Form::ShareOfCost {
                deductible,
                share,
                ceiling,
                ..
            } => {
                self.maybe(deductible.as_ref(), &Need::number(Unit::Yuan));
                self.value(share, Need::share());
                self.maybe(ceiling.as_ref(), &Need::limit(Unit::Yuan));
            }
            Form::Interest {
                principal_cap,
                principal_cap_per_household_led,
                rate_cap,
                day_count,
                window_start,
                paid,
                grace,
            } => {
                self.value(principal_cap, Need::principal_cap());
                self.value(rate_cap, Need::number(Unit::Share));
                self.value(day_count, Need::day_count());
                self.value(window_start, Need::window_start());
                let led = principal_cap_per_household_led.as_ref();
                self.maybe(led, &Need::number(Unit::Yuan));
                self.maybe(paid.as_ref(), &Need::paid());
                self.maybe(grace.as_ref(), &Need::number(Unit::Day));
            }
            Form::Quota { amount, places } => {
                self.value(amount, Need::number(Unit::Yuan));
                self.value(places, Need::number(Unit::Place));
            }
            Form::InKind { .. } => {}
        }
    }
}
