//! Clauses and versions: who is entitled since when, and the terms.

use std::collections::BTreeSet;

use crate::day::Day;
use crate::fact::{Fact, FactScope};
use crate::pack::fault::Span;
use crate::pack::{
    Clause, Evidence, Exclusion, ExclusionRule, Input, Payee, Publicity, PublicityMode, ReviewStep,
    Version,
};
use crate::quantity::Unit;
use crate::schedule::Provenance;
use crate::trace::Bilingual;

use super::condition::{DEEPEST, Names, Placed, condition_keys};
use super::entitlement::{DraftComponent, Frame};
use super::need::{Need, Uses};
use super::node::{Node, Reader, Table, is_name};
use super::source::{NAME, ORIGIN, Sources};

/// A clause with its places.
#[derive(Debug)]
pub(in crate::pack) struct DraftClause {
    pub(in crate::pack) id: String,
    pub(in crate::pack) at: Span,
    pub(in crate::pack) uses: Uses,
    /// `None` where it could not be read.
    pub(in crate::pack) condition: Option<Placed>,
    title: Option<Bilingual>,
    provenance: Option<Provenance>,
}

impl DraftClause {
    /// The clause without its places.
    pub(in crate::pack) fn strip(self) -> Option<Clause> {
        Some(Clause {
            id: self.id,
            title: self.title?,
            condition: self.condition?.strip(),
            provenance: self.provenance?,
        })
    }
}

/// A version with its places. What could not be read is `None`, and noted.
#[derive(Debug)]
pub(in crate::pack) struct DraftVersion {
    pub(in crate::pack) at: Span,
    pub(in crate::pack) from: Option<(Day, Span)>,
    pub(in crate::pack) until: Option<(Day, Span)>,
    /// Where it says that it comes after a gap.
    pub(in crate::pack) interrupted: Option<Span>,
    pub(in crate::pack) eligibility: Option<Placed>,
    pub(in crate::pack) eligibility_uses: Uses,
    pub(in crate::pack) components: Vec<DraftComponent>,
    /// What the terms beside rest on: limits, publicity, evidence.
    pub(in crate::pack) terms_uses: Uses,
    pub(in crate::pack) evidence_when: Vec<Placed>,
    pub(in crate::pack) publicity: Option<(Publicity, Span)>,
    pub(in crate::pack) version: Option<Version>,
}

const KEYS: [&str; 13] = [
    "from",
    "until",
    "interrupted",
    "eligibility",
    "entitlements",
    "limits",
    "exclusion",
    "review",
    "publicity",
    "payee",
    "memo",
    "evidence",
    "inputs",
];

impl<'a> Reader<'a> {
    pub(super) fn clauses(
        &self,
        root: Table<'a>,
        names: &Names<'a>,
        sources: &Sources<'a>,
    ) -> Vec<DraftClause> {
        let table = root.get("clauses").and_then(|node| self.any_table(node));
        let entries = table.map(|table| table.entries()).unwrap_or_default();
        let read = |(id, at, node): (&'a str, Span, Node<'a>)| {
            if !is_name(id) || id == "programme_in_force" {
                self.wrong(at, NAME);
            }
            let mut clause = DraftClause {
                id: id.to_owned(),
                at,
                uses: Uses::default(),
                condition: None,
                title: None,
                provenance: None,
            };
            let [source, article, assumed] = ORIGIN;
            let keys = condition_keys(&["title", source, article, assumed]);
            if let Some(table) = self.table(node, &keys) {
                clause.title = self.needed(table, "title", Self::bilingual);
                clause.provenance = self.provenance(table, sources);
                clause.condition = self.tree(table, names, &mut clause.uses, DEEPEST);
            }
            clause
        };
        entries.into_iter().map(read).collect()
    }

    pub(super) fn version(
        &self,
        node: Node<'a>,
        frame: Frame,
        names: &Names<'a>,
        sources: &Sources<'a>,
    ) -> Option<DraftVersion> {
        let keys: Vec<&str> = KEYS.into_iter().chain(ORIGIN).collect();
        let table = self.table(node, &keys)?;
        let dated = |reader: &Self, node: Node<'a>| Some((reader.day(node)?, node.at));
        let from = self.needed(table, "from", dated);
        let until = self.optional(table, "until", dated);
        let interrupted = self.interrupted(table);
        let provenance = self.provenance(table, sources);
        let mut eligibility_uses = Uses::default();
        let eligibility = self.needed(table, "eligibility", |it, node| {
            it.condition(node, names, &mut eligibility_uses)
        });
        let entitlements = self.needed(table, "entitlements", |it, node| it.list(node, "tables"));
        let entitlements = entitlements.unwrap_or_default();
        let count = entitlements.len();
        let components: Vec<DraftComponent> = entitlements
            .into_iter()
            .filter_map(|node| self.component(node, frame, names))
            .collect();
        let mut terms_uses = Uses::default();
        let mut evidence_when = Vec::new();
        let limits = self.optional(table, "limits", |it, node| {
            it.limits(node, frame, names, &mut terms_uses)
        });
        let exclusion = self.optional(table, "exclusion", Self::exclusion);
        let review = self.needed(table, "review", Self::review);
        let publicity = self.needed(table, "publicity", |it, node| {
            it.publicity(node, names, &mut terms_uses)
        });
        let payee = self.needed(table, "payee", |it, node| it.word(node, Payee::ALL));
        let memo = payee.map(|payee| self.memo(table, payee));
        let evidence = self.evidence(table, names, &mut terms_uses, &mut evidence_when);
        let inputs = self.inputs(table);
        self.posted(table, review.as_deref(), publicity.as_ref());
        let read = components.iter().map(|draft| draft.component.clone());
        let version = (components.len() == count && count > 0).then_some(());
        let version = version.and_then(|()| {
            Some(Version {
                from: from?.0,
                until: until?.map(|(until, _)| until),
                provenance: provenance?,
                eligibility: eligibility.as_ref()?.strip(),
                components: read.collect(),
                limits: limits?.unwrap_or_default(),
                exclusion: exclusion?,
                review: review?,
                publicity: publicity.clone()?.0,
                payee: payee?,
                memo: memo??,
                evidence: evidence?,
                inputs: inputs?,
            })
        });
        Some(DraftVersion {
            at: table.at,
            from,
            until: until.flatten(),
            interrupted,
            eligibility,
            eligibility_uses,
            components,
            terms_uses,
            evidence_when,
            publicity,
            version,
        })
    }

    /// Notes a step of publicity where nothing is posted.
    fn posted(
        &self,
        table: Table<'a>,
        review: Option<&[ReviewStep]>,
        publicity: Option<&(Publicity, Span)>,
    ) {
        let posts = publicity.is_none_or(|(publicity, _)| publicity.mode != PublicityMode::None);
        let has_step = review.is_some_and(|steps| steps.contains(&ReviewStep::Publicity));
        if let Some(node) = table.get("review").filter(|_| has_step && !posts) {
            self.wrong(node.at, "no step `publicity` where `mode` is `none`");
        }
    }

    fn interrupted(&self, table: Table<'a>) -> Option<Span> {
        let node = table.get("interrupted")?;
        if self.truth(node)? {
            return Some(node.at);
        }
        self.wrong(node.at, "`true`, or nothing at all");
        None
    }

    fn exclusion(&self, node: Node<'a>) -> Option<Exclusion> {
        let table = self.table(node, &["rule", "among"])?;
        let rule = self.needed(table, "rule", |it, node| it.word(node, ExclusionRule::ALL));
        let nodes = self.needed(table, "among", |it, node| it.list(node, "programmes"))?;
        let (mut among, mut seen) = (Vec::new(), BTreeSet::new());
        for node in nodes {
            let id = self.programme_id(node)?;
            if !seen.insert(id.clone()) {
                self.fault(node.at, format!("`{id}` again"), "each programme once");
                return None;
            }
            among.push(id);
        }
        Some(Exclusion { rule: rule?, among })
    }

    fn review(&self, node: Node<'a>) -> Option<Vec<ReviewStep>> {
        let mut steps: Vec<ReviewStep> = Vec::new();
        for node in self.list(node, "steps of review")? {
            let step = self.word(node, ReviewStep::ALL)?;
            let posted = step == ReviewStep::Publicity;
            if posted && matches!(steps.last(), None | Some(ReviewStep::Publicity)) {
                self.fault(node.at, "`publicity`", "another step before `publicity`");
                return None;
            }
            if !posted && steps.contains(&step) {
                self.fault(node.at, format!("`{step}` again"), "each step once");
                return None;
            }
            steps.push(step);
        }
        Some(steps)
    }

    fn publicity(
        &self,
        node: Node<'a>,
        names: &Names<'a>,
        uses: &mut Uses,
    ) -> Option<(Publicity, Span)> {
        let table = self.table(node, &["mode", "title", "days"])?;
        let mode = self.needed(table, "mode", |it, node| it.word(node, PublicityMode::ALL));
        let title = self.needed(table, "title", Self::bilingual);
        let days = self.optional(table, "days", |it, node| {
            it.named(node, &Need::number(Unit::Day), names, uses)
        });
        let (mode, days) = (mode?, days?);
        match (mode, table.get("days")) {
            (PublicityMode::None, Some(days)) => {
                self.wrong(days.at, "no `days` where nothing is posted");
            }
            (PublicityMode::Aggregate | PublicityMode::Masked, None) => {
                self.absent(table.at, "no `days`", "the name of a value in `days`");
            }
            (PublicityMode::None, None)
            | (PublicityMode::Aggregate | PublicityMode::Masked, Some(_)) => {}
        }
        let title = title?;
        Some((Publicity { mode, title, days }, node.at))
    }

    /// The memo; empty where nobody is paid.
    fn memo(&self, table: Table<'a>, payee: Payee) -> Option<String> {
        match (payee, table.get("memo")) {
            (Payee::Nobody, None) => Some(String::new()),
            (Payee::Nobody, Some(memo)) => {
                self.wrong(memo.at, "no `memo` where nobody is paid");
                None
            }
            (_, None) => {
                self.absent(table.at, "no `memo`", "the key `memo`, four characters");
                None
            }
            (_, Some(node)) => {
                let memo = self.string(node, "four characters")?;
                if memo.chars().count() != 4 || memo.contains(char::is_whitespace) {
                    self.wrong(node.at, "exactly four characters");
                    return None;
                }
                Some(memo.to_owned())
            }
        }
    }

    fn evidence(
        &self,
        table: Table<'a>,
        names: &Names<'a>,
        uses: &mut Uses,
        whens: &mut Vec<Placed>,
    ) -> Option<Vec<Evidence>> {
        let Some(node) = table.get("evidence") else {
            return Some(Vec::new());
        };
        let nodes = self.list(node, "tables")?;
        let count = nodes.len();
        let (mut evidence, mut ids) = (Vec::new(), BTreeSet::new());
        for node in nodes {
            let Some(table) = self.table(node, &["id", "title", "fetched", "when"]) else {
                continue;
            };
            let id = self.id(table);
            let title = self.needed(table, "title", Self::bilingual);
            let fetched = self.needed(table, "fetched", Self::truth);
            let when = self.optional(table, "when", |it, node| it.condition(node, names, uses));
            let (Some(id), Some(title), Some(fetched), Some(when)) = (id, title, fetched, when)
            else {
                continue;
            };
            if !ids.insert(id) {
                let at = table.get("id").map_or(table.at, |id| id.at);
                self.fault(at, format!("`{id}` again"), "an id of its own");
                continue;
            }
            evidence.push(Evidence {
                id: id.to_owned(),
                title,
                fetched,
                when: when.as_ref().map(Placed::strip),
            });
            whens.extend(when);
        }
        (evidence.len() == count).then_some(evidence)
    }

    fn inputs(&self, table: Table<'a>) -> Option<Vec<Input>> {
        let Some(node) = table.get("inputs") else {
            return Some(Vec::new());
        };
        let nodes = self.list(node, "tables")?;
        let count = nodes.len();
        let mut inputs: Vec<Input> = Vec::new();
        for node in nodes {
            let Some(table) = self.table(node, &["fact", "required", "title"]) else {
                continue;
            };
            let fact = self.needed(table, "fact", |it, node| {
                let fact = it.fact(node)?;
                it.askable(fact, node.at, &inputs).then_some(fact)
            });
            let required = self.needed(table, "required", Self::truth);
            let title = self.optional(table, "title", Self::bilingual);
            if let (Some(fact), Some(required), Some(title)) = (fact, required, title) {
                inputs.push(Input {
                    fact,
                    required,
                    title,
                });
            }
        }
        (inputs.len() == count).then_some(inputs)
    }

    fn askable(&self, fact: Fact, at: Span, before: &[Input]) -> bool {
        let scope = fact.info().scope;
        if matches!(scope, FactScope::Record | FactScope::Day) {
            let expected = "a fact that an applicant can know";
            self.fault(at, format!("`{fact}`, of the scope `{scope}`"), expected);
            return false;
        }
        if before.iter().any(|input| input.fact == fact) {
            self.fault(at, format!("`{fact}` again"), "each fact once");
            return false;
        }
        true
    }
}
