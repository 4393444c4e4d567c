//! The terms of a programme, one by one: what is given, to whom, after which steps, and what its
//! form asks.

use serde::Serialize;
use serde_json::{Map, Value, json};
use sizhu_core::pack::{
    Component, Condition, Evidence, Exclusion, ExclusionRule, Limits, Publicity, PublicityMode,
    ReviewStep, Version,
};
use sizhu_core::programme::Programme;
use utoipa::ToSchema;

use super::decision_view::CitationView;
use super::fact_view::question;
use super::value_view::provenance;
use super::words;
use crate::problem::Language;
use crate::wording::{Values, condition, form, literal, say, told};

/// One thing a programme gives.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entitlement)]
pub struct EntitlementTerms {
    /// Its id.
    #[schema(example = "monthly")]
    id: String,
    /// What it is called.
    title: String,
    /// Its form.
    #[schema(example = "flat")]
    form: &'static str,
    /// What is given, in words.
    #[schema(example = "590元/月")]
    gives: String,
    /// When it is given, beside the programme's own conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<String>,
}

/// A condition with a name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClauseTerms)]
pub struct ClauseTerms {
    /// Its stable name, as in decisions.
    #[schema(example = "minimum_age")]
    clause: String,
    /// What it is called.
    title: String,
    /// What it asks, in words.
    asks: String,
    /// Its source.
    citation: Option<CitationView>,
    /// Why it is assumed, where no source gives it.
    assumed: Option<String>,
}

/// A paper.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EvidenceTerms)]
pub struct EvidenceTerms {
    /// Its id.
    #[schema(example = "citizen_id")]
    id: String,
    /// What it is called.
    title: String,
    /// Whether the platform fetches it itself, so that nobody is asked for it.
    fetched: bool,
    /// When it is needed; always, if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<String>,
}

/// A step of review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReviewTerms)]
pub struct ReviewTerms {
    /// The step.
    #[schema(value_type = words::ReviewStep)]
    step: ReviewStep,
    /// What it is called.
    #[schema(example = "乡镇（街道）初审")]
    title: &'static str,
}

/// What is made public.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicityTerms)]
pub struct PublicityTerms {
    /// `none`; `aggregate`: a count and an amount, no row for anyone; `masked`: a row each.
    #[schema(value_type = words::PublicityMode)]
    mode: PublicityMode,
    /// The neutral title it is posted under.
    title: String,
    /// For how long.
    days: Option<String>,
}

/// Programmes of which only one is given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExclusionTerms)]
pub struct ExclusionTerms {
    /// `one_of`: the first granted one; `higher_of`: the one that pays most in a year.
    #[schema(value_type = words::ExclusionRule)]
    rule: ExclusionRule,
    /// The other programmes, in order.
    among: Vec<String>,
}

const fn review_title(step: ReviewStep, language: Language) -> &'static str {
    let (zh, en) = match step {
        ReviewStep::VillageReview => ("村（居）评议", "review by the village"),
        ReviewStep::TownshipReview => ("乡镇（街道）初审", "review by the township"),
        ReviewStep::CountyDecision => ("县级审核确认", "decision of the county"),
        ReviewStep::CityReview => ("市级审核", "review by the city"),
        ReviewStep::ProvinceReview => ("省级审核", "review by the province"),
        ReviewStep::Publicity => ("公示", "publicity"),
    };
    match language {
        Language::Chinese => zh,
        Language::English => en,
    }
}

pub(super) fn entitlement(it: &Component, at: &Values<'_>, language: Language) -> EntitlementTerms {
    EntitlementTerms {
        id: it.id.clone(),
        title: told(&it.title, language),
        form: it.form.kind().as_str(),
        gives: form(&it.form, at, language),
        when: it.when.as_ref().map(|when| condition(when, at, language)),
    }
}

pub(super) fn evidence(it: &Evidence, at: &Values<'_>, language: Language) -> EvidenceTerms {
    EvidenceTerms {
        id: it.id.clone(),
        title: told(&it.title, language),
        fetched: it.fetched,
        when: it.when.as_ref().map(|when| condition(when, at, language)),
    }
}

pub(super) fn exclusion(it: &Exclusion) -> ExclusionTerms {
    ExclusionTerms {
        rule: it.rule,
        among: it.among.iter().map(ToString::to_string).collect(),
    }
}

pub(super) fn limits(it: &Limits, at: &Values<'_>, language: Language) -> Vec<String> {
    let one = |name: &Option<String>, zh: &str, en: &str| {
        let shown = literal(at.literal(name.as_ref()?)?, language);
        Some(say(
            language,
            format!("{zh}{shown}"),
            format!("{en} {shown}"),
        ))
    };
    [
        one(&it.per_period, "每期最多：", "in one period at most"),
        one(&it.per_year, "每年最多：", "in a calendar year at most"),
        one(&it.lifetime, "累计最多：", "in a life at most"),
        one(&it.times, "次数最多：", "in all at most"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The clauses that a version's conditions name, each once, in reading order.
pub(super) fn clauses(version: &Version, at: &Values<'_>, language: Language) -> Vec<ClauseTerms> {
    let mut ids = Vec::new();
    named(&version.eligibility, at, &mut ids);
    let whens = version.components.iter().filter_map(|it| it.when.as_ref());
    for when in whens.chain(version.evidence.iter().filter_map(|it| it.when.as_ref())) {
        named(when, at, &mut ids);
    }
    let found = ids.into_iter().filter_map(|id| at.clause(&id));
    found
        .map(|clause| {
            let (citation, assumed) = provenance(&clause.provenance);
            ClauseTerms {
                clause: clause.id.clone(),
                title: told(&clause.title, language),
                asks: condition(&clause.condition, at, language),
                citation,
                assumed,
            }
        })
        .collect()
}

/// Clauses may name clauses, but never in a circle.
fn named(it: &Condition, at: &Values<'_>, ids: &mut Vec<String>) {
    match it {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                named(part, at, ids);
            }
        }
        Condition::Not(part) => named(part, at, ids),
        Condition::Clause(id) => {
            if !ids.contains(id) {
                ids.push(id.clone());
                if let Some(clause) = at.clause(id) {
                    named(&clause.condition, at, ids);
                }
            }
        }
        Condition::Fact(..) => {}
    }
}

/// The questions of the application as a JSON Schema that a program can draw a form from.
pub(super) fn input_form(programme: &Programme, version: &Version, language: Language) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (order, input) in (1_u32..).zip(&version.inputs) {
        let title = input.title.as_ref().map(|title| told(title, language));
        let mut asked = question(input.fact, title, language);
        if let Some(members) = asked.as_object_mut() {
            members.insert("x-order".to_owned(), json!(order));
        }
        let id = input.fact.info().id;
        properties.insert(id.to_owned(), asked);
        if input.required {
            required.push(id);
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": told(programme.title(), language),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

pub(super) fn review(step: ReviewStep, language: Language) -> ReviewTerms {
    ReviewTerms {
        step,
        title: review_title(step, language),
    }
}

pub(super) fn publicity(it: &Publicity, at: &Values<'_>, language: Language) -> PublicityTerms {
    let days = it.days.as_ref().and_then(|name| at.literal(name));
    PublicityTerms {
        mode: it.mode,
        title: told(&it.title, language),
        days: days.map(|days| literal(days, language)),
    }
}
