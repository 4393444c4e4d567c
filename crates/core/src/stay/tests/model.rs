//! The slow model: it walks the calendar day by day, reads the pack as it was written, and shares
//! no code with the engine or with the compiled rules.

use std::collections::BTreeMap;

use super::super::*;
use super::rules::{Facts, Reading};
use crate::fact::Fact;
use crate::pack::{Component, Form, Literal, Pack, StayUnits};
use crate::quantity::Unit;

/// What the model makes of one claim.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Slow {
    /// By entitlement: the days paid, each with its amount.
    pub(super) paid: BTreeMap<String, Vec<(Day, Fen)>>,
    /// By entitlement: what is given once.
    pub(super) once: BTreeMap<String, Fen>,
    pub(super) undetermined: bool,
}

/// What each day of a stay is worth to one entitlement.
type Worths<'a> = (&'a StayFacts, Vec<(Day, Day1)>);

/// What one day of one stay is worth to one entitlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day1 {
    Nothing,
    Unknown,
    Worth(i64),
}

pub(super) fn walk(from: Day, to: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(from), |day| day.next()).take_while(move |day| *day <= to)
}

fn days_of(counting: &str, stay: &StayFacts) -> Vec<Day> {
    let mut days: Vec<Day> = walk(stay.admitted_on, stay.discharged_on).collect();
    match counting {
        "both_ends" => {}
        "discharge_minus_admission" => {
            if days.len() > 1 {
                days.pop();
            }
        }
        other => panic!("{other}"),
    }
    days
}

fn word(pack: &Pack, name: &str, day: Day) -> String {
    match Reading::literal(pack, name, day) {
        Literal::Words(words) => words[0].clone(),
        other => panic!("{other:?}"),
    }
}

/// The version that describes a day: the last begun, or the first.
fn described(pack: &Pack, day: Day) -> &crate::pack::Version {
    let begun = pack.versions.iter().rfind(|version| version.from <= day);
    begun.unwrap_or(&pack.versions[0])
}

fn units(component: &Component) -> Option<&StayUnits> {
    match &component.form {
        Form::PerStayDay(units) => Some(units),
        _ => None,
    }
}

/// The day whose values describe what happens on a day: the day itself or, where no version is in
/// force, the last day before on which one was, and before the programme its first.
fn decisive(pack: &Pack, day: Day) -> Day {
    let version = described(pack, day);
    let last = version.until.map(|until| until.previous().unwrap());
    day.max(version.from)
        .min(last.unwrap_or(day.max(version.from)))
}

pub(super) struct Model<'a> {
    pack: &'a Pack,
    pub(super) person: &'a PersonFacts,
    /// What is known of the person on all days.
    pub(super) known: Facts,
}

impl Model<'_> {
    /// The days of a stay, of the entitlement that counts most.
    fn all_days(&self, stay: &StayFacts) -> Vec<Day> {
        let admitted = decisive(self.pack, stay.admitted_on);
        let components = described(self.pack, admitted).components.iter();
        let counted = components
            .filter_map(units)
            .map(|units| days_of(&word(self.pack, &units.counting, admitted), stay));
        counted
            .max_by_key(Vec::len)
            .unwrap_or_else(|| days_of("discharge_minus_admission", stay))
    }

    /// What a day is worth to an entitlement that stood so at admission.
    fn worth(
        &self,
        stay: &StayFacts,
        component: &Component,
        (place, day): (usize, Day),
        facts: &Facts,
    ) -> Day1 {
        let Some(version) = self.pack.version_at(day) else {
            return Day1::Nothing;
        };
        let Some(of_day) = version.components.iter().find(|it| it.id == component.id) else {
            return Day1::Nothing;
        };
        let now = Reading {
            pack: self.pack,
            facts,
            on: day,
            values_of: day,
        };
        let admitted = decisive(self.pack, stay.admitted_on);
        let then = Reading {
            values_of: admitted,
            ..now
        };
        let eligible = now.holds(&version.eligibility);
        if eligible == Some(false) {
            return Day1::Nothing;
        }
        let applies = component
            .when
            .as_ref()
            .map_or(Some(true), |when| then.holds(when));
        if applies == Some(false) || !self.person.registered || stay.yields_day {
            return Day1::Nothing;
        }
        let amount = match units(component) {
            Some(own) => {
                let free = own
                    .free
                    .as_ref()
                    .map_or(0, |name| self.count(name, admitted));
                if i64::try_from(place).unwrap() < free {
                    return Day1::Nothing;
                }
                let rate = &units(of_day).unwrap().rate;
                now.number(rate)
            }
            None => now.once(&of_day.form),
        };
        match (eligible, applies, amount) {
            (Some(true), Some(true), Some(amount)) => Day1::Worth(amount),
            (_, _, _) => Day1::Unknown,
        }
    }

    fn count(&self, name: &str, day: Day) -> i64 {
        match Reading::literal(self.pack, name, day) {
            Literal::Quantity(quantity) => quantity.number,
            other => panic!("{other:?}"),
        }
    }

    /// What is left of a cap after so many days and fen: days, fen; `None` without limit.
    fn left(
        &self,
        cap: Option<&String>,
        day: Day,
        had: &[(Day, i64)],
    ) -> (Option<i64>, Option<i64>) {
        let Some(cap) = cap else {
            return (None, None);
        };
        match Reading::literal(self.pack, cap, day) {
            Literal::Unlimited => (None, None),
            Literal::Quantity(most) if most.unit == Unit::Day => {
                (Some(most.number - i64::try_from(had.len()).unwrap()), None)
            }
            Literal::Quantity(most) => {
                let fen: i64 = had.iter().map(|(_, fen)| fen).sum();
                (None, Some(most.number - fen))
            }
            other => panic!("{other:?}"),
        }
    }

    /// Shares the days of one entitlement out over the stays.
    fn share(&self, id: &str, stays: &[Worths<'_>], results: &mut BTreeMap<ClaimId, Slow>) {
        let days = stays
            .iter()
            .flat_map(|(_, days)| days.iter().map(|(day, _)| *day));
        let mut days: Vec<Day> = days.collect();
        days.sort();
        days.dedup();
        let mut all: Vec<(Day, i64)> = Vec::new();
        for day in days {
            for (stay, worth) in stays {
                let own = worth.iter().find(|(own, _)| *own == day);
                let Some((_, Day1::Worth(rate))) = own else {
                    continue;
                };
                let version = described(self.pack, stay.admitted_on);
                let at_admission = version.components.iter().find(|it| it.id == id).unwrap();
                let cap_of_stay = units(at_admission).unwrap().cap_per_stay.as_ref();
                let of_day = self
                    .pack
                    .version_at(day)
                    .unwrap()
                    .components
                    .iter()
                    .find(|it| it.id == id)
                    .unwrap();
                let of_day = units(of_day).unwrap();
                let mine = results
                    .get(&stay.claim)
                    .unwrap()
                    .paid
                    .get(id)
                    .cloned()
                    .unwrap_or_default();
                let mine: Vec<(Day, i64)> =
                    mine.iter().map(|(day, fen)| (*day, fen.get())).collect();
                let of_year: Vec<(Day, i64)> = all
                    .iter()
                    .copied()
                    .filter(|(other, _)| other.year() == day.year())
                    .collect();
                let admitted = decisive(self.pack, stay.admitted_on);
                let caps = [
                    self.left(cap_of_stay, admitted, &mine),
                    self.left(of_day.cap_per_year.as_ref(), day, &of_year),
                    self.left(of_day.cap_lifetime.as_ref(), day, &all),
                ];
                let over = |left: &Option<i64>| left.is_some_and(|left| left <= 0);
                if caps.iter().any(|(days, fen)| over(days) || over(fen)) {
                    continue;
                }
                let fen = caps
                    .iter()
                    .filter_map(|(_, fen)| *fen)
                    .fold(*rate, i64::min);
                all.push((day, fen));
                let result = results.get_mut(&stay.claim).unwrap();
                result
                    .paid
                    .entry(id.to_owned())
                    .or_default()
                    .push((day, Fen::new(fen)));
                break;
            }
        }
    }
}

/// What each claim is paid.
pub(super) fn slow(pack: &Pack, person: &PersonFacts) -> BTreeMap<ClaimId, Slow> {
    let json = serde_json::to_value(&person.facts).unwrap();
    let known = json.as_object().unwrap().iter().map(|(id, value)| {
        let fact: Fact = id.parse().unwrap();
        (
            fact,
            crate::fact::FactValue::parse(fact, value).unwrap().number(),
        )
    });
    let known = known.collect();
    let model = Model {
        pack,
        person,
        known,
    };
    let mut stays: Vec<&StayFacts> = person.stays.iter().collect();
    stays.sort_by_key(|stay| (stay.admitted_on, stay.claim));
    let mut results: BTreeMap<ClaimId, Slow> = BTreeMap::new();
    let mut by_day: BTreeMap<String, Vec<Worths<'_>>> = BTreeMap::new();
    for stay in stays {
        let mut slow = Slow::default();
        let mut worths = Vec::new();
        let admitted = decisive(pack, stay.admitted_on);
        let all_days = model.all_days(stay);
        let facts = model.facts(stay, &all_days);
        for component in &described(pack, stay.admitted_on).components {
            let days = match units(component) {
                Some(units) => days_of(&word(pack, &units.counting, admitted), stay),
                None => vec![*all_days.last().unwrap()],
            };
            let first = all_days.iter().position(|day| *day == days[0]).unwrap();
            let mut worth = Vec::new();
            for (place, day) in (first..).zip(&days) {
                let of_day = model.worth(stay, component, (place, *day), &facts[place]);
                worth.push((*day, of_day));
            }
            slow.undetermined |= worth.iter().any(|(_, worth)| *worth == Day1::Unknown);
            worths.push((component, worth));
        }
        for (component, worth) in worths {
            if slow.undetermined {
                continue;
            }
            match (units(component), worth.as_slice()) {
                (None, [(_, Day1::Worth(fen))]) => {
                    slow.once.insert(component.id.clone(), Fen::new(*fen));
                }
                (None, _) => {}
                (Some(_), _) => by_day
                    .entry(component.id.clone())
                    .or_default()
                    .push((stay, worth)),
            }
        }
        results.insert(stay.claim, slow);
    }
    for (id, stays) in &by_day {
        model.share(id, stays, &mut results);
    }
    results
}
