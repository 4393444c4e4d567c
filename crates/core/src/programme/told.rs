//! What a trace tells of clauses, values and entitlements: public rule content with its sources.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::day::Day;
use crate::fact::{FactScope, FactSet, Sheet};
use crate::pack::{Clause, Component as PackComponent, Form};
use crate::schedule::Provenance;
use crate::trace::{ChainLink, ClauseResult, ClauseScope, TraceEntry};

use super::node::Node;
use super::operand::Resolver;
use super::test::Tri;
use super::{Programme, compile, names, show};

impl From<Tri> for ClauseResult {
    fn from(answer: Tri) -> Self {
        match answer {
            Tri::True => Self::Pass,
            Tri::False => Self::Fail,
            Tri::Unknown => Self::Undetermined,
        }
    }
}

impl Programme {
    /// The trace entry of the clause at this place among the pack's, with the values that hold on
    /// the day (where none do, as [`Programme::rules_at_or_first`]). `saw` is the facts that the
    /// clause itself tests, as the sheet has them.
    pub(crate) fn clause_entry(
        &self,
        place: usize,
        result: ClauseResult,
        sheet: &Sheet,
        day: Day,
    ) -> Option<TraceEntry> {
        let clause = self.pack().clauses.get(place)?;
        let (scope, needs, own) = self.clause_content(clause, day);
        let mut names = BTreeSet::new();
        names::of_condition(&clause.condition, &mut names);
        Some(TraceEntry {
            clause: clause.id.clone(),
            title: clause.title.clone(),
            result,
            saw: Value::Object(show::seen(own, sheet)),
            needs,
            citation: clause.provenance.citation().cloned(),
            assumed: clause.provenance.assumed().map(str::to_owned),
            scope: Some(scope),
            chain: self.chain(names.iter().map(String::as_str), day),
        })
    }

    /// A clause's scope, its condition as public rule content, and the facts it tests itself.
    fn clause_content(&self, clause: &Clause, day: Day) -> (ClauseScope, Value, FactSet) {
        let Ok(node) = compile::node(&self.resolver(day), &clause.condition) else {
            return (ClauseScope::Person, Value::Null, FactSet::EMPTY);
        };
        let mut own = FactSet::EMPTY;
        node.each_own_test(&mut |test| own = own.union(test.facts()));
        (scope_of(node.facts()), self.condition_shown(&node), own)
    }

    /// A condition as public rule content.
    pub(crate) fn condition_shown(&self, node: &Node) -> Value {
        let id = |place: usize| {
            let clause = self.pack().clauses.get(place);
            clause.map(|clause| clause.id.clone()).unwrap_or_default()
        };
        show::condition(node, &id)
    }

    /// Finds the values that hold on a day; where no rules do, as
    /// [`Programme::rules_at_or_first`].
    fn resolver(&self, day: Day) -> Resolver<'_> {
        let rules = self.rules_at_or_first(day);
        let inside = rules.until.is_none_or(|until| day < until) && rules.from <= day;
        Resolver {
            policy: self.policy(),
            day: if inside { day } else { rules.from },
        }
    }

    /// Every level of these values in force on the day, of each value the nearest first.
    pub(crate) fn chain<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
        day: Day,
    ) -> Vec<ChainLink> {
        let day = self.resolver(day).day;
        let mut chain = Vec::new();
        for name in names {
            for (level, (place, entry)) in self.policy().levels(name, day).enumerate() {
                chain.push(ChainLink {
                    value: name.to_owned(),
                    place: place.to_string(),
                    from: entry.from,
                    shown: show::literal(&entry.literal),
                    citation: entry.provenance.citation().cloned(),
                    assumed: entry.provenance.assumed().map(str::to_owned),
                    wins: level == 0,
                });
            }
        }
        chain
    }

    /// Where the entitlement's own value comes from: the one that matters most of its form, or,
    /// for a service, the version.
    pub(crate) fn component_provenance(
        &self,
        component: &PackComponent,
        day: Day,
    ) -> Option<Provenance> {
        let day = self.resolver(day).day;
        let named = names::of_form(&component.form).into_iter().next();
        match named {
            Some(name) => {
                let entry = self.policy().winning(name, day)?;
                Some(entry.provenance.clone())
            }
            None => {
                let version = self.version_of(self.rules_at_or_first(day))?;
                Some(version.provenance.clone())
            }
        }
    }

    /// An entitlement's form as public rule content: its name and each of its values as written.
    pub(crate) fn form_shown(&self, form: &Form, day: Day) -> Map<String, Value> {
        let resolver = self.resolver(day);
        let mut shown = Map::new();
        shown.insert("form".to_owned(), json!(form.kind()));
        for name in names::of_form(form) {
            if let Ok(value) = resolver.literal(name) {
                shown.insert(name.to_owned(), json!(show::literal(value)));
            }
        }
        shown
    }
}

/// What conditions on these facts turn on: the stay only if on nothing else.
pub(crate) fn scope_of(facts: FactSet) -> ClauseScope {
    let all = |scopes: &[FactScope]| facts.iter().all(|fact| scopes.contains(&fact.info().scope));
    if facts.is_empty() {
        ClauseScope::Person
    } else if all(&[FactScope::Stay, FactScope::Day]) {
        ClauseScope::Stay
    } else if all(&[FactScope::Record]) {
        ClauseScope::Limit
    } else {
        ClauseScope::Person
    }
}
