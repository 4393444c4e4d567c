//! Facts where they may be asked: of a day only where days are priced, of a stay only where there
//! is one, and nothing that reveals a family behind a row that is posted.

use std::collections::BTreeSet;

use super::super::Form;
use super::super::fault::Span;
use super::super::read::{Draft, DraftVersion, Reader, Uses};
use super::super::words::{Period, PublicityMode};
use super::clauses::{Clauses, all_uses};
use crate::fact::{Fact, FactScope};

pub(super) fn check(reader: &Reader<'_>, draft: &Draft, clauses: &Clauses<'_>) {
    for version in &draft.versions {
        scopes(reader, draft, clauses, version);
        masked(reader, draft, clauses, version);
    }
}

/// The facts that some parts of a version ask for, through clauses and tables too.
fn facts_below<'u>(
    draft: &'u Draft,
    clauses: &Clauses<'u>,
    uses: impl IntoIterator<Item = &'u Uses>,
) -> BTreeSet<(Fact, Span)> {
    let mut facts = BTreeSet::new();
    for uses in clauses.reach(uses) {
        facts.extend(uses.facts.iter().copied());
        for it in &uses.values {
            let values = draft.values.get(&it.name).into_iter();
            for entry in values.flat_map(|value| &value.entries) {
                facts.extend(entry.written.facts.iter().copied());
            }
        }
    }
    facts
}

fn scopes(reader: &Reader<'_>, draft: &Draft, clauses: &Clauses<'_>, version: &DraftVersion) {
    let in_stay = draft.frame.period == Some(Period::Stay);
    let refuse = |uses: Vec<&Uses>, scopes: &[FactScope], expected: &str| {
        for (fact, at) in facts_below(draft, clauses, uses) {
            let scope = fact.info().scope;
            if scopes.contains(&scope) {
                let found = format!("`{fact}`, a fact of the {scope}");
                reader.fault(at, found, expected);
            }
        }
    };
    let eligibility = vec![&version.eligibility_uses];
    if in_stay {
        let expected = "facts of the person in the eligibility of a programme of stays: what \
                        turns on a stay goes into `when` of an entitlement";
        refuse(eligibility, &[FactScope::Stay, FactScope::Day], expected);
    } else {
        refuse(eligibility, &[FactScope::Day], DAYS);
    }
    refuse(vec![&version.terms_uses], &[FactScope::Day], DAYS);
    for component in &version.components {
        if !matches!(component.component.form, Form::PerStayDay(_)) {
            let uses = vec![&component.when_uses, &component.form_uses];
            refuse(uses, &[FactScope::Day], DAYS);
        }
    }
}

const DAYS: &str = "facts of a day only in `when` and `rate` of an entitlement by `stay_days` in a \
                    programme of stays";

fn masked(reader: &Reader<'_>, draft: &Draft, clauses: &Clauses<'_>, version: &DraftVersion) {
    let Some((publicity, at)) = &version.publicity else {
        return;
    };
    if publicity.mode != PublicityMode::Masked {
        return;
    }
    let facts = facts_below(draft, clauses, all_uses(version));
    if let Some((fact, _)) = facts.iter().find(|(fact, _)| fact.info().revealing) {
        let found = format!("`masked` where `{fact}` decides");
        let expected = "`aggregate` or `none`: a masked row would tell of the family";
        reader.fault(*at, found, expected);
    }
}
