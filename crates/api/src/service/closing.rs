//! Closing: a claim whose stay was decided and does not count any more, because the claim was
//! corrected or withdrawn, gets a last decision that takes back what was granted.

use serde_json::json;
use sizhu_core::{ClaimId, DecisionId, ENGINE_VERSION, Fen, SubjectId, Uncounted, uncounted};
use sizhu_store::{
    Tx,
    claims::{self, Claim},
    decisions::{Decision, Matter},
};
use uuid::Uuid;

use super::deciding::Known;
use super::news::News;
use crate::problem::Problem;

/// What a closing decision keeps in place of the facts of the person.
const KEPT: &str = "uncounted";

#[derive(Debug, thiserror::Error)]
enum Unclosed {
    #[error("claim {0} was decided and is not there")]
    NoClaim(ClaimId),
    #[error("an amount is out of range")]
    Amount,
}

/// Whether a decision says that the stay does not count; also one whose facts were deleted.
pub(super) fn is_closing(decision: &Decision) -> bool {
    let forgotten = decision.forgotten_at.is_some();
    decision.facts.get(KEPT).is_some()
        || (forgotten && decision.trace.clause("stay_counts").is_some())
}

/// Why the stay does not count, as a closing decision keeps it.
pub(super) fn kept(decision: &Decision) -> Option<Uncounted> {
    decision.facts.get(KEPT)?.as_str()?.parse().ok()
}

/// The last decisions on those of a person's decisions in force whose stays are neither decided on nor
/// theirs any more. They are not written yet.
///
/// # Errors
/// What the store says.
pub(super) async fn close<'a>(
    tx: &mut Tx,
    before: &'a [Decision],
    known: &Known,
    news: News<'_>,
) -> Result<Vec<(Option<&'a Decision>, Decision)>, Problem> {
    let mut last = Vec::new();
    for old in before {
        let Matter::Claim(id) = old.matter else {
            continue;
        };
        if known.decides(id) {
            continue;
        }
        let claim = claims::find(tx, id).await?;
        let claim = claim.ok_or_else(|| Problem::internal(&Unclosed::NoClaim(id)))?;
        let why = why(&claim, old.subject);
        // What was closed before is over for this person, wherever the claim went since.
        let same = why == Uncounted::OtherPatient || kept(old).is_none_or(|it| it == why);
        if !(is_closing(old) && same) {
            last.push((Some(old), closing(old, &claim, why, news)?));
        }
    }
    Ok(last)
}

fn why(claim: &Claim, subject: SubjectId) -> Uncounted {
    if claim.subject != subject {
        Uncounted::OtherPatient
    } else if claim.withdrawn_because.is_some() {
        Uncounted::Withdrawn
    } else {
        Uncounted::Held
    }
}

fn closing(
    old: &Decision,
    claim: &Claim,
    why: Uncounted,
    news: News<'_>,
) -> Result<Decision, Problem> {
    let decided = uncounted(claim.id, why, &old.policy_version);
    let difference = decided.amount.checked_sub(old.amount);
    let difference: Fen = difference.ok_or_else(|| Problem::internal(&Unclosed::Amount))?;
    let versions = json!({ "claim_versions": { claim.id.to_string(): claim.version_id } });
    Ok(Decision {
        id: DecisionId::new(Uuid::now_v7()),
        number: old.number.saturating_add(1),
        restates: None,
        cause: news.cause.to_owned(),
        outcome: decided.outcome,
        amount: decided.amount,
        difference,
        payable_days: decided.payable_days,
        by_year: decided.by_year,
        decided_on: news.today,
        policy_version: decided.policy_version,
        engine_version: ENGINE_VERSION.to_owned(),
        facts: json!({ KEPT: why, "versions": versions }),
        trace: decided.trace,
        forgotten_at: None,
        recorded_at: news.now,
        superseded_at: None,
        ..old.clone()
    })
}
