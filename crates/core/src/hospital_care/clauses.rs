//! The clauses of a decision: what each came to, what it saw, what it needs.
//!
//! A hospital reads what turns on the stay alone; see [`super::for_hospital`]. So `needs` holds
//! public rule content only, and what turns on the stay alone looks at nothing else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fact::{Fact, FactSet, FactValue, Sheet};
use crate::programme::{Node, Programme, Rules, scope_of};
use crate::schedule::Provenance;
use crate::stay::{
    PersonFacts, PricedEntitlement, PricedStay, StatusFacts, StayFacts, Tally, Unpaid,
};
use crate::trace::{Bilingual, ClauseResult, ClauseScope, Outcome, Trace, TraceEntry};

/// Builds the trace of one claim, clauses in reading order.
pub(super) fn trace(
    programme: &Programme,
    person: &PersonFacts,
    stay: &StayFacts,
    priced: &PricedStay,
    outcome: Outcome,
) -> Trace {
    let writer = Writer {
        programme,
        person,
        stay,
        priced,
        outcome,
    };
    let mut entries = vec![writer.programme_in_force()];
    entries.extend(writer.eligibility());
    entries.extend(writer.registered());
    for entitlement in &priced.entitlements {
        entries.extend(writer.condition(entitlement));
    }
    entries.push(writer.patient_name());
    for entitlement in &priced.entitlements {
        entries.extend(writer.entitlement(entitlement));
    }
    Trace(entries)
}

pub(super) struct Writer<'a> {
    pub(super) programme: &'a Programme,
    pub(super) person: &'a PersonFacts,
    pub(super) stay: &'a StayFacts,
    pub(super) priced: &'a PricedStay,
    pub(super) outcome: Outcome,
}

/// An entry of a clause that every programme of stays has.
pub(super) fn built_in(
    clause: &str,
    title: Bilingual,
    result: ClauseResult,
    (saw, needs): (Value, Value),
    scope: ClauseScope,
) -> TraceEntry {
    TraceEntry {
        clause: clause.to_owned(),
        title,
        result,
        saw,
        needs,
        citation: None,
        assumed: None,
        scope: Some(scope),
        chain: Vec::new(),
    }
}

/// How many of the days at hand a clause leaves: all, some or none.
pub(super) fn leaves(at_hand: u32, left: u32) -> ClauseResult {
    match (at_hand, left) {
        (0, _) => ClauseResult::Pass,
        (_, 0) => ClauseResult::Fail,
        (at_hand, left) if left < at_hand => ClauseResult::Note,
        (_, _) => ClauseResult::Pass,
    }
}

/// The facts that tell of statuses.
fn of_statuses() -> FactSet {
    [
        Fact::ChildDied,
        Fact::ChildDiedFrom,
        Fact::ChildDisabled,
        Fact::ChildDisabledFrom,
        Fact::ChildDisabilityGrade,
        Fact::SurgeryComplication,
        Fact::SurgeryComplicationFrom,
        Fact::ComplicationGrade,
    ]
    .into_iter()
    .collect()
}

impl Writer<'_> {
    /// The rules in force at admission; before the programme, its first.
    pub(super) fn at_admission(&self) -> &Rules {
        self.programme.rules_at_or_first(self.priced.first)
    }

    fn programme_in_force(&self) -> TraceEntry {
        let (days, before) = (self.priced.days, self.priced.days_out_of_force);
        let rules = self.programme.rules_at_or_first(self.priced.last);
        let provenance = self.programme.version_of(rules).map(|it| &it.provenance);
        let entry = built_in(
            "programme_in_force",
            Bilingual::of("项目执行期内", "The programme is in force"),
            leaves(days, days.saturating_sub(before)),
            (
                json!({"first": self.priced.first, "last": self.priced.last, "days": days, "days_before": before}),
                json!({"from": self.programme.first_day()}),
            ),
            ClauseScope::Stay,
        );
        TraceEntry {
            citation: provenance.and_then(Provenance::citation).cloned(),
            assumed: provenance.and_then(Provenance::assumed).map(str::to_owned),
            ..entry
        }
    }

    fn eligibility(&self) -> Vec<TraceEntry> {
        let rules = self.programme.rules_at_or_first(self.priced.last);
        let title = Bilingual::of("资格条件", "Eligibility");
        let whole = (&Unpaid::ELIGIBILITY, title, &rules.told);
        let on = self.priced.last;
        self.parts(&self.priced.clauses, &whole, on, "")
    }

    fn condition(&self, entitlement: &PricedEntitlement) -> Vec<TraceEntry> {
        let Some(component) = self.at_admission().components().get(entitlement.place) else {
            return Vec::new();
        };
        let title = Bilingual::of("给付条件", "Conditions of the entitlement");
        let whole = (&Unpaid::WHEN, title, &component.told);
        let suffix = self.suffix(entitlement);
        self.parts(&entitlement.clauses, &whole, self.priced.first, &suffix)
    }

    /// What stands behind the ids of an entitlement's own clauses, where there are several.
    pub(super) fn suffix(&self, entitlement: &PricedEntitlement) -> String {
        if self.priced.entitlements.len() > 1 {
            format!(":{}", entitlement.id)
        } else {
            String::new()
        }
    }

    /// The entries of the parts of a condition, each followed by those of the clauses in it.
    fn parts(
        &self,
        tallies: &[Tally],
        whole: &(&Unpaid, Bilingual, &Node),
        on: crate::day::Day,
        suffix: &str,
    ) -> Vec<TraceEntry> {
        let mut entries = Vec::new();
        for tally in tallies {
            let Some(mut entry) = self.part(tally, whole, on) else {
                continue;
            };
            let outer = entry.clause;
            entry.clause = format!("{outer}{suffix}");
            entries.push(entry);
            for inner in &tally.parts {
                entries.extend(self.part(inner, whole, on).map(|entry| TraceEntry {
                    clause: format!("{outer}/{}{suffix}", entry.clause),
                    ..entry
                }));
            }
        }
        entries
    }

    fn part(
        &self,
        tally: &Tally,
        (id, title, whole): &(&Unpaid, Bilingual, &Node),
        on: crate::day::Day,
    ) -> Option<TraceEntry> {
        let pass = ClauseResult::Pass;
        let entry = match tally.place {
            Some(place) => self
                .programme
                .clause_entry(place, pass, &Sheet::EMPTY, on)?,
            None => {
                let seen: FactSet = tally.seen.keys().copied().collect();
                let needs = self.programme.condition_shown(whole);
                let asked = (Value::Null, needs);
                built_in(id.as_str(), title.clone(), pass, asked, scope_of(seen))
            }
        };
        Some(TraceEntry {
            result: self.result(tally, entry.scope),
            saw: self.saw(tally),
            ..entry
        })
    }

    /// What a part of a condition comes to. Where it turns on the stay alone that is told to
    /// hospitals, so nothing that stopped days before it may show.
    fn result(&self, tally: &Tally, scope: Option<ClauseScope>) -> ClauseResult {
        let of_the_stay = scope == Some(ClauseScope::Stay);
        let (at_hand, open, stops) = if of_the_stay {
            let at_hand = tally.held.saturating_add(tally.failed);
            let at_hand = at_hand.saturating_add(tally.unknown);
            (at_hand, tally.unknown, tally.failed)
        } else if self.person.registered {
            (tally.reached, tally.open, tally.stops)
        } else {
            // What is not known of someone in no registry counts as not fulfilled.
            let stops = tally.stops.saturating_add(tally.open);
            (tally.reached, 0, stops)
        };
        if open > 0 {
            return ClauseResult::Undetermined;
        }
        leaves(at_hand, at_hand.saturating_sub(stops))
    }

    fn saw(&self, tally: &Tally) -> Value {
        let shown = |(fact, number): (&Fact, &Option<i64>)| {
            let shown = number.map_or(Value::Null, |number| FactValue::show(*fact, number));
            (fact.info().id.to_owned(), shown)
        };
        let facts: BTreeMap<String, Value> = tally.seen.iter().map(shown).collect();
        let mut saw = json!({"days_held": tally.held, "facts": facts});
        let seen: FactSet = tally.seen.keys().copied().collect();
        let beside = seen.minus(of_statuses());
        if let (true, Some(saw)) = (beside != seen, saw.as_object_mut()) {
            saw.insert("registered".to_owned(), json!(self.person.registered));
            saw.insert("statuses".to_owned(), json!(self.statuses()));
        }
        saw
    }

    /// The confirmed statuses that cover a day of the stay, oldest first.
    fn statuses(&self) -> Vec<Value> {
        let end = self.priced.last.next();
        let meets = |status: &&StatusFacts| {
            let period = &status.period;
            let begun = end.is_none_or(|end| period.from() < end);
            let over = period
                .until()
                .is_some_and(|until| until <= self.priced.first);
            self.person.registered && status.confirmed && begun && !over
        };
        let mut statuses: Vec<&StatusFacts> = self.person.statuses.iter().filter(meets).collect();
        statuses.sort_by_key(|status| (status.period.from(), status.id));
        let shown = |status: &&StatusFacts| {
            json!({
                "status": status.id, "kind": status.kind, "grade": status.grade,
                "from": status.period.from(), "until": status.period.until(),
            })
        };
        statuses.iter().map(shown).collect()
    }

    /// Told only where nothing else stops a day of someone in no registry.
    fn registered(&self) -> Option<TraceEntry> {
        let mut entitlements = self.priced.entitlements.iter();
        let stops = entitlements.any(|it| it.lost_to(&Unpaid::REGISTERED) > 0);
        stops.then(|| {
            built_in(
                "registered",
                Bilingual::of("已登记", "The person is in the registry"),
                ClauseResult::Fail,
                (json!({"registered": false}), json!({"registered": true})),
                ClauseScope::Person,
            )
        })
    }

    /// A differing name stops nothing (names are written in many ways), but an officer should
    /// see it. It is told only where money is granted: else it would tell who is registered.
    fn patient_name(&self) -> TraceEntry {
        let deleted = self.stay.diagnosis.is_none();
        let differs = deleted || self.stay.name_matches == Some(false);
        let differs = differs && self.outcome == Outcome::Granted;
        let result = if differs {
            ClauseResult::Note
        } else {
            ClauseResult::Pass
        };
        built_in(
            "patient_name",
            Bilingual::of(
                "患者姓名与登记一致",
                "The patient's name is the registered one",
            ),
            result,
            (
                json!({"matches": self.stay.name_matches}),
                json!({"matches": true}),
            ),
            ClauseScope::Person,
        )
    }
}
