//! The hospital care allowance (大病重病住院护理补贴), and any programme of stays like it: one
//! decision for each claim of a person.

mod clauses;
mod entitlements;
mod public;
mod settled;
#[cfg(test)]
pub(crate) mod tests;
mod uncounted;

use serde::{Deserialize, Serialize};

pub use public::for_hospital;
pub use uncounted::{Uncounted, uncounted};

use crate::id::ClaimId;
use crate::money::Fen;
use crate::programme::Programme;
use crate::stay::{EngineError, PersonFacts, PricedStay, StayFacts, YearShare, price};
use crate::trace::{Outcome, Trace};

/// The programme id of 大病重病住院护理补贴.
pub const HOSPITAL_CARE: &str = "hospital-care-allowance";

/// The entitlement of one claim, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimDecision {
    /// The claim.
    pub claim: ClaimId,
    /// Granted if any amount is owed.
    pub outcome: Outcome,
    /// The claim's entitlement, in fen.
    #[serde(rename = "amount_fen")]
    pub amount: Fen,
    /// The days paid.
    pub payable_days: u32,
    /// Days and amounts by calendar year, years in which nothing is paid left out.
    pub by_year: Vec<YearShare>,
    /// The version of the policy in force on the stay's last day.
    pub policy_version: String,
    /// The clauses.
    pub trace: Trace,
}

/// Decides all claims of a person together, in order of admission, then claim id; after them those on
/// stays that an officer settled not to count. The order in which stays and statuses are given changes
/// nothing.
///
/// # Errors
/// [`EngineError`] for facts that no stays can have.
pub fn decide(
    programme: &Programme,
    facts: &PersonFacts,
) -> Result<Vec<ClaimDecision>, EngineError> {
    let priced = price(programme, facts)?;
    let mut stays: Vec<&StayFacts> = facts.stays.iter().collect();
    stays.sort_by_key(|stay| (stay.admitted_on, stay.claim));
    let pairs = stays.into_iter().zip(&priced);
    let counted = pairs.map(|(stay, priced)| decision(programme, facts, stay, priced));
    let settled = facts.settled.iter();
    let settled = settled.map(|stay| settled::decision(programme, stay));
    Ok(counted.chain(settled).collect())
}

fn decision(
    programme: &Programme,
    person: &PersonFacts,
    stay: &StayFacts,
    priced: &PricedStay,
) -> ClaimDecision {
    let outcome = if priced.undetermined {
        Outcome::Undetermined
    } else if priced.amount > Fen::ZERO {
        Outcome::Granted
    } else {
        Outcome::Refused
    };
    ClaimDecision {
        claim: priced.claim,
        outcome,
        amount: priced.amount,
        payable_days: priced.payable_days,
        by_year: priced.by_year.clone(),
        policy_version: programme.version_label(priced.last),
        trace: clauses::trace(programme, person, stay, priced, outcome),
    }
}
