//! Replaying: a stored decision made once more from what it kept, and compared with what it says.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use serde_json::{Value, json};
use sizhu_core::loan::{HolderFacts, LoanDecision, SubsidyPeriod, subsidise};
use sizhu_core::programme::{Policy, Programme};
use sizhu_core::{
    ClaimDecision, ClaimId, DecisionId, DiagnosisCode, ENGINE_VERSION, Fen, LoanId, Outcome,
    PersonFacts, Trace, YearShare, decide, uncounted,
};
use sizhu_store::{
    Actor, Store, StoreError, Tx, audit, canonical, claims,
    claims::Scope,
    decisions::{Decision, LoanDetails, Matter},
    policies,
};
use uuid::Uuid;

use super::closing::{is_closing, kept};
use super::decisions::opened;
use super::news::News;
use crate::problem::{Problem, Text};

/// What the present engine makes of a decision's facts and policy.
#[derive(Clone, Debug)]
pub struct Again {
    /// Granted, refused or undetermined.
    pub outcome: Outcome,
    /// The entitlement.
    pub amount: Fen,
    /// Days paid for.
    pub payable_days: u32,
    /// Days and money by calendar year.
    pub by_year: Vec<YearShare>,
    /// Dated version of the pack.
    policy_version: String,
    /// Clause by clause.
    trace: Trace,
    /// Segment by segment, of a loan.
    details: Option<LoanDetails>,
}

impl From<ClaimDecision> for Again {
    fn from(claim: ClaimDecision) -> Self {
        Self {
            outcome: claim.outcome,
            amount: claim.amount,
            payable_days: claim.payable_days,
            by_year: claim.by_year,
            policy_version: claim.policy_version,
            trace: claim.trace,
            details: None,
        }
    }
}

impl From<LoanDecision> for Again {
    fn from(loan: LoanDecision) -> Self {
        Self {
            outcome: loan.outcome,
            amount: loan.amount,
            payable_days: loan.days,
            by_year: loan.by_year,
            policy_version: loan.policy_version,
            trace: loan.trace,
            details: Some(LoanDetails {
                as_of: loan.as_of,
                missing: loan.missing,
                segments: loan.segments,
                differences: loan.differences,
            }),
        }
    }
}

/// A decision beside what the present engine makes of the same facts and policy.
#[derive(Debug)]
pub struct Replay {
    /// As it is stored.
    pub stored: Decision,
    /// As it comes out now; `None` where it cannot be made any more.
    pub again: Option<Again>,
    /// What differs, or why it could not be made; empty when nothing does.
    pub differences: Vec<Text>,
    /// Whether all it says is the same to the byte; `None` between different engines, which owe the
    /// same result and not the same words.
    pub same_bytes: Option<bool>,
}

impl Replay {
    /// Whether the stored decision holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.differences.is_empty()
    }

    /// When the facts were deleted in due time, if they were: then it can neither hold nor differ.
    #[must_use]
    pub const fn facts_deleted_at(&self) -> Option<DateTime<Utc>> {
        self.stored.forgotten_at
    }

    fn impossible(stored: Decision, why: Text) -> Self {
        Self {
            stored,
            again: None,
            differences: vec![why],
            same_bytes: None,
        }
    }
}

/// Replays a decision that the caller may see. Nothing changes but the audit trail.
///
/// # Errors
/// 404 when there is none, or none the caller may see; 409 when what is sealed of it does not open.
pub async fn replay(
    store: &Store,
    actor: &Actor,
    scope: Scope,
    id: DecisionId,
    news: News<'_>,
) -> Result<Replay, Problem> {
    let work = async |tx: &mut Tx| {
        let stored = opened(tx, scope, id).await?;
        let subject = stored.subject;
        let replay = make_again(tx, stored).await?;
        let event = audit::Event {
            kind: "decision.replayed",
            subject: Some(subject),
            object: Some(id.get()),
            division: None,
            details: json!({
                "engine_version": ENGINE_VERSION,
                "holds": replay.holds(),
                "facts_deleted": replay.facts_deleted_at().is_some(),
            }),
        };
        audit::record(tx, event, news.now).await?;
        Ok(replay)
    };
    store.transaction(actor, work).await
}

/// Makes a stored decision once more and compares.
///
/// # Errors
/// What the store says.
pub async fn make_again(tx: &mut Tx, stored: Decision) -> Result<Replay, Problem> {
    if stored.forgotten_at.is_some() {
        return Ok(Replay::impossible(stored, FORGOTTEN));
    }
    let Some(text) = policies::body(tx, &stored.policy_hash).await? else {
        return Ok(Replay::impossible(stored, NO_POLICY));
    };
    let programme = match Policy::read(&text) {
        Ok(policy) if policy.hash().as_str() == stored.policy_hash => {
            Programme::compile(&policy).ok()
        }
        Ok(_) | Err(_) => None,
    };
    let Some(programme) = programme else {
        return Ok(Replay::impossible(stored, BAD_POLICY));
    };
    let again = match stored.matter {
        Matter::Claim(claim) if is_closing(&stored) => closing_again(&stored, claim),
        Matter::Claim(claim) => claim_again(tx, &stored, claim, &programme).await?,
        Matter::Loan { loan, period } => loan_again(&stored, loan, period, &programme),
    };
    match again {
        Some(again) => Ok(compare(stored, again)),
        None => Ok(Replay::impossible(stored, NO_FACTS)),
    }
}

/// A loan's decision from the facts kept with it.
fn loan_again(
    stored: &Decision,
    loan: LoanId,
    period: SubsidyPeriod,
    programme: &Programme,
) -> Option<Again> {
    let holder = stored.facts.get("holder")?;
    let facts = HolderFacts::deserialize(holder).ok()?;
    let as_of = stored.details.as_ref()?.as_of;
    let all = subsidise(programme, &facts, period, as_of).ok()?;
    let again = all.into_iter().find(|again| again.loan == loan)?;
    Some(again.into())
}

/// The decision on a claim whose stay does not count any more.
fn closing_again(stored: &Decision, claim: ClaimId) -> Option<Again> {
    Some(uncounted(claim, kept(stored)?, &stored.policy_version).into())
}

/// A claim's decision from the facts kept with it.
async fn claim_again(
    tx: &mut Tx,
    stored: &Decision,
    claim: ClaimId,
    programme: &Programme,
) -> Result<Option<Again>, Problem> {
    let diagnoses = diagnoses(tx, stored).await?;
    let person = stored.facts.get("person").unwrap_or(&Value::Null);
    let Ok(facts) = PersonFacts::from_snapshot(person, |claim| diagnoses.get(&claim).cloned())
    else {
        return Ok(None);
    };
    let Ok(all) = decide(programme, &facts) else {
        return Ok(None);
    };
    let again = all.into_iter().find(|again| again.claim == claim);
    Ok(again.map(Again::from))
}

/// The principal diagnoses of the claim versions that the decision names. A snapshot holds row ids
/// only; the codes are kept encrypted with the claims.
async fn diagnoses(
    tx: &mut Tx,
    stored: &Decision,
) -> Result<BTreeMap<ClaimId, DiagnosisCode>, Problem> {
    let versions = stored
        .facts
        .pointer("/versions/claim_versions")
        .and_then(Value::as_object);
    let mut found = BTreeMap::new();
    for (claim, version) in versions.into_iter().flatten() {
        let ids = (
            claim.parse::<Uuid>(),
            version.as_str().map(str::parse::<Uuid>),
        );
        let (Ok(claim), Some(Ok(version))) = ids else {
            continue;
        };
        match claims::diagnosis_of_version(tx, version).await {
            Ok(Some(code)) => drop(found.insert(ClaimId::new(claim), code)),
            // One that does not open is as good as none: the facts are not whole.
            Ok(None) | Err(StoreError::Vault(_) | StoreError::Corrupt(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

fn compare(stored: Decision, again: Again) -> Replay {
    let mut differences = Vec::new();
    if stored.outcome != again.outcome {
        differences.push(Text::made(
            format!("结论：当时为{}，现在为{}。", stored.outcome, again.outcome),
            format!("Outcome: {} then, {} now.", stored.outcome, again.outcome),
        ));
    }
    if stored.amount != again.amount {
        differences.push(Text::made(
            format!(
                "金额：当时为{}元，现在为{}元。",
                stored.amount, again.amount
            ),
            format!("Amount: {} yuan then, {} now.", stored.amount, again.amount),
        ));
    }
    if stored.payable_days != again.payable_days || stored.by_year != again.by_year {
        let (then, now) = (years(&stored.by_year), years(&again.by_year));
        differences.push(Text::made(
            format!(
                "天数：当时{}天（{then}），现在{}天（{now}）。",
                stored.payable_days, again.payable_days
            ),
            format!(
                "Days: {} then ({then}), {} now ({now}).",
                stored.payable_days, again.payable_days
            ),
        ));
    }
    let same_bytes = (stored.engine_version == ENGINE_VERSION).then(|| {
        let bytes = |trace, details| canonical(&(trace, details)).ok();
        let (then, now) = (stored.details.as_ref(), again.details.as_ref());
        bytes(&stored.trace, then) == bytes(&again.trace, now)
            && stored.policy_version == again.policy_version
    });
    if same_bytes == Some(false) {
        differences.push(Text::new(
            "推理的字节不同。",
            "The bytes of the trace differ.",
        ));
    }
    Replay {
        stored,
        again: Some(again),
        differences,
        same_bytes,
    }
}

/// Days and yuan by calendar year: `2025: 3 d, 300.00; 2026: 10 d, 1000.00`.
fn years(shares: &[YearShare]) -> String {
    let told = shares
        .iter()
        .map(|share| format!("{}: {} d, {}", share.year, share.days, share.amount));
    told.collect::<Vec<_>>().join("; ")
}

const NO_POLICY: Text = Text::new(
    "找不到该决定所依据的政策文本。",
    "The policy text it was made under is not kept.",
);
const BAD_POLICY: Text = Text::new(
    "所存政策文本已被改动或无法读取。",
    "The policy text as kept was changed or cannot be read.",
);
const NO_FACTS: Text = Text::new(
    "所存事实不全或已被改动，无法重算。",
    "The facts as kept are incomplete or changed: it cannot be made again.",
);
const FORGOTTEN: Text = Text::new(
    "该人未登记，所存事实已按期删除，无法重算。",
    "Its facts were deleted in due time, for the person was in no registry: it cannot be made again.",
);
