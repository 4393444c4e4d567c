//! How a decision is shown: to who may see it in full, and to a hospital.

use serde::Serialize;
use serde_json::Value;
use sizhu_core::{
    Bilingual, Citation, ClauseResult, Day, Outcome, SourceClass, TraceEntry, for_hospital,
    trace::ChainLink,
};
use sizhu_store::decisions::{Decision, Matter};
use utoipa::ToSchema;
use uuid::Uuid;

use super::loans::subsidy_view::{DifferenceView, SegmentView};
use super::words;
use crate::problem::Language;
use crate::service::claims::Audience;

/// The policy a decision was made under.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policy)]
pub struct PolicyView {
    /// The division whose pack it is.
    #[schema(example = "43")]
    division: String,
    /// Dated version of the pack.
    #[schema(example = "2018-04-01")]
    version: String,
    /// SHA-256 of the pack, in hex.
    #[schema(example = "0b1f…")]
    hash: String,
}

/// Where a rule's value comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Citation)]
pub struct CitationView {
    /// Law, document or report.
    instrument: String,
    /// Article or section.
    article: Option<String>,
    /// Where it can be read.
    address: Option<String>,
    /// Class of the source.
    #[schema(value_type = String)]
    class: SourceClass,
}

/// What one place says of a value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChainLink)]
pub struct LinkView {
    /// The value's name in the policy pack.
    #[schema(example = "monthly_amount")]
    value: String,
    /// `national`, or the code of the division.
    #[schema(example = "4301")]
    place: String,
    /// The first day it holds there.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The value.
    #[schema(example = "590 yuan/month")]
    shown: String,
    /// Its source.
    citation: Option<CitationView>,
    /// Why it is assumed, where no source gives it.
    assumed: Option<String>,
    /// Whether it is the one that holds: the nearest place's.
    holds: bool,
}

/// One clause of a decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clause)]
pub struct ClauseView {
    /// Stable name of the clause.
    #[schema(example = "diagnosis")]
    clause: String,
    /// Its public title, in Chinese or English.
    #[schema(example = "病种")]
    title: String,
    /// What it came to.
    #[schema(value_type = words::ClauseResult)]
    result: ClauseResult,
    /// What the rule saw. Not shown to hospitals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    saw: Option<Value>,
    /// What the rule asks for.
    #[schema(value_type = Object)]
    needs: Value,
    /// Its source.
    citation: Option<CitationView>,
    /// Why the value is assumed, where no source gives it.
    assumed: Option<String>,
    /// What each place says of the values it rests on, the nearest first. Not shown to hospitals:
    /// it would tell where a person belongs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chain: Vec<LinkView>,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionView {
    /// Its id.
    id: Uuid,
    /// The programme.
    #[schema(example = "hospital-care-allowance")]
    programme: String,
    /// What it came to.
    #[schema(value_type = words::Outcome)]
    outcome: Outcome,
    /// The entitlement, in fen.
    #[schema(example = 460_000)]
    amount_fen: i64,
    /// That less the entitlement by the decision before, in fen.
    #[schema(example = 460_000)]
    difference_fen: i64,
    /// Days paid for.
    #[schema(example = 46)]
    payable_days: u32,
    /// Day of the decision.
    #[schema(value_type = String, format = Date)]
    decided_on: Day,
    /// The policy it was made under.
    #[schema(inline)]
    policy: PolicyView,
    /// Version of the rule engine.
    engine_version: String,
    /// Clause by clause, in the order the rule is read.
    trace: Vec<ClauseView>,
}

/// A decision with what it is on: a claim, or a loan and a subsidy period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DecisionOnMatter)]
pub struct DecisionOnMatterView {
    /// The claim decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_id: Option<Uuid>,
    /// The loan decided on, with its period.
    #[serde(skip_serializing_if = "Option::is_none")]
    loan: Option<LoanMatterView>,
    /// Counts up from 1 per claim, or per loan and period.
    number: i32,
    /// The news that led to it.
    #[schema(example = "claim.posted")]
    cause: String,
    /// Whether it is in force: no later decision took its place.
    in_force: bool,
    /// The decision.
    #[serde(flatten)]
    decision: DecisionView,
}

/// A loan and the period that is decided on, and how the amount comes about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanMatter)]
pub struct LoanMatterView {
    /// The loan.
    loan_id: Uuid,
    /// First day of the subsidy period.
    #[schema(value_type = String, format = Date, example = "2025-01-01")]
    period_from: Day,
    /// First day after it.
    #[schema(value_type = String, format = Date, example = "2026-01-01")]
    period_until: Day,
    /// Last day of which payments count.
    #[schema(value_type = Option<String>, format = Date)]
    as_of: Option<Day>,
    /// What is missing, where it is undetermined.
    missing: Vec<String>,
    /// Segment by segment: days on which nothing changes. Their subsidies add up to the amount.
    segments: Vec<SegmentView>,
    /// Due days for which the bank asks another sum.
    differences: Vec<DifferenceView>,
}

impl LoanMatterView {
    fn of(decision: &Decision) -> Option<Self> {
        let Matter::Loan { loan, period } = decision.matter else {
            return None;
        };
        let details = decision.details.as_ref();
        Some(Self {
            loan_id: loan.get(),
            period_from: period.from,
            period_until: period.until,
            as_of: details.map(|it| it.as_of),
            missing: details.map_or_else(Vec::new, |it| it.missing.clone()),
            segments: details.map_or_else(Vec::new, |it| {
                it.segments.iter().map(SegmentView::of).collect()
            }),
            differences: details.map_or_else(Vec::new, |it| {
                it.differences.iter().map(DifferenceView::of).collect()
            }),
        })
    }
}

impl CitationView {
    pub(super) fn of(citation: &Citation) -> Self {
        Self {
            instrument: citation.instrument.clone(),
            article: citation.article.clone(),
            address: citation.address.clone(),
            class: citation.class,
        }
    }
}

fn text(text: &Bilingual, language: Language) -> String {
    match language {
        Language::Chinese => text.zh.to_string(),
        Language::English => text.en.to_string(),
    }
}

pub(super) fn clause(entry: &TraceEntry, audience: Audience, language: Language) -> ClauseView {
    ClauseView {
        clause: entry.clause.clone(),
        title: text(&entry.title, language),
        result: entry.result,
        saw: (audience == Audience::Registry).then(|| entry.saw.clone()),
        needs: entry.needs.clone(),
        citation: entry.citation.as_ref().map(CitationView::of),
        assumed: entry.assumed.clone(),
        chain: match audience {
            Audience::Registry => entry.chain.iter().map(link).collect(),
            Audience::Hospital => Vec::new(),
        },
    }
}

fn link(it: &ChainLink) -> LinkView {
    LinkView {
        value: it.value.clone(),
        place: it.place.clone(),
        from: it.from,
        shown: it.shown.clone(),
        citation: it.citation.as_ref().map(CitationView::of),
        assumed: it.assumed.clone(),
        holds: it.wins,
    }
}

impl DecisionView {
    pub(super) fn of(decision: &Decision, audience: Audience, language: Language) -> Self {
        let told;
        let trace = match audience {
            Audience::Registry => &decision.trace,
            Audience::Hospital => {
                told = for_hospital(decision.outcome, &decision.trace);
                &told
            }
        };
        let trace = trace.0.iter();

        Self {
            id: decision.id.get(),
            programme: decision.programme.clone(),
            outcome: decision.outcome,
            amount_fen: decision.amount.get(),
            difference_fen: decision.difference.get(),
            payable_days: decision.payable_days,
            decided_on: decision.decided_on,
            policy: PolicyView {
                division: decision.policy_division.to_string(),
                version: decision.policy_version.clone(),
                hash: decision.policy_hash.clone(),
            },
            engine_version: decision.engine_version.clone(),
            trace: trace
                .map(|entry| clause(entry, audience, language))
                .collect(),
        }
    }
}

impl DecisionOnMatterView {
    pub(super) fn of(decision: &Decision, language: Language) -> Self {
        let claim_id = match decision.matter {
            Matter::Claim(claim) => Some(claim.get()),
            Matter::Loan { .. } => None,
        };
        Self {
            claim_id,
            loan: LoanMatterView::of(decision),
            number: decision.number,
            cause: decision.cause.clone(),
            in_force: decision.superseded_at.is_none(),
            decision: DecisionView::of(decision, Audience::Registry, language),
        }
    }
}
