//! Answers in one line each, so that a test reads like the rule it holds.

use serde_json::Value;

use crate::{Client, Database};

/// What a claim came to: `granted 46 days 460000`, `refused 0 days 0`, `held`, `not_counted`.
///
/// # Panics
/// When this is no claim.
#[must_use]
#[track_caller]
pub fn outcome(claim: &Value) -> String {
    let status = text(&claim["status"]);
    let decision = &claim["decision"];
    // One that does not count has a decision that says so, and nothing more to tell.
    if decision.is_null() || status == "not_counted" {
        return status;
    }
    assert_eq!(status, text(&decision["outcome"]), "{claim}");
    format!(
        "{status} {} days {}",
        decision["payable_days"], decision["amount_fen"]
    )
}

/// A member that is text.
///
/// # Panics
/// When it is none.
#[must_use]
#[track_caller]
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// The `id` of a record.
///
/// # Panics
/// When it has none.
#[must_use]
#[track_caller]
pub fn id(record: &Value) -> String {
    text(&record["id"])
}

/// A clause of a claim's decision, or of a decision.
///
/// # Panics
/// When there is none.
#[must_use]
#[track_caller]
pub fn clause<'a>(record: &'a Value, name: &str) -> &'a Value {
    let decision = record.get("decision").unwrap_or(record);
    let trace = decision["trace"].as_array().expect("a trace");
    let found = trace.iter().find(|it| it["clause"] == name);
    found.unwrap_or_else(|| panic!("no clause {name} in {decision}"))
}

impl Client {
    /// A claim as it is now.
    pub async fn read_claim(&self, id: &str) -> Value {
        let path = format!("/v1/hospital-claims/{id}");
        self.get(&path).await.expect(200).json()
    }

    /// What a claim comes to now, as [`outcome`].
    pub async fn outcome_of(&self, id: &str) -> String {
        outcome(&self.read_claim(id).await)
    }
}

impl Database {
    /// Every decision on a claim, oldest first: cause, outcome, days, amount, difference.
    pub async fn history(&self, claim: &str) -> Vec<String> {
        let query = "SELECT format('%s: %s %s days %s (%s)', cause, outcome, payable_days, amount_fen, \
             to_char(difference_fen, 'FMSG9999999990')) FROM decisions \
             WHERE claim_id = $1::text::uuid ORDER BY number";
        self.texts(query, &[&claim]).await
    }
}
