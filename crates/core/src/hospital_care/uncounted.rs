//! A claim whose stay does not count any more: refused whole, whatever was granted before.

use serde_json::json;

use super::ClaimDecision;
use super::clauses::built_in;
use crate::id::ClaimId;
use crate::money::Fen;
use crate::trace::{Bilingual, ClauseResult, ClauseScope, Outcome, Trace};
use crate::word::words;

words! {
    /// Why a stay that was decided does not count any more.
    pub enum Uncounted {
        /// It overlaps one that counts.
        Held = "held",
        /// The hospital withdrew the claim.
        Withdrawn = "withdrawn",
        /// The hospital corrected whose stay it was.
        OtherPatient = "other_patient",
    }
}

/// What is decided on a claim whose stay does not count any more, so that each fen granted before is
/// taken back by a decision that says why. `policy_version` is that of the decision before it.
#[must_use]
pub fn uncounted(claim: ClaimId, why: Uncounted, policy_version: &str) -> ClaimDecision {
    let title = Bilingual::of("住院计入", "The stay counts");
    let saw = (json!({ "stay": why }), json!({}));
    let entry = built_in(
        "stay_counts",
        title,
        ClauseResult::Fail,
        saw,
        ClauseScope::Stay,
    );
    ClaimDecision {
        claim,
        outcome: Outcome::Refused,
        amount: Fen::ZERO,
        payable_days: 0,
        by_year: Vec::new(),
        policy_version: policy_version.to_owned(),
        trace: Trace(vec![entry]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_count_is_refused_by_a_clause_that_says_why() {
        let claim = ClaimId::new(uuid::Uuid::from_u128(1));
        for why in Uncounted::ALL {
            let decided = uncounted(claim, *why, "2018-04-01");
            assert_eq!(decided.outcome, Outcome::Refused);
            assert_eq!((decided.amount, decided.payable_days), (Fen::ZERO, 0));
            assert!(decided.by_year.is_empty());
            let clause = decided.trace.clause("stay_counts").unwrap();
            assert_eq!(clause.result, ClauseResult::Fail);
            assert_eq!(clause.saw, json!({ "stay": why.as_str() }));
        }
    }
}
