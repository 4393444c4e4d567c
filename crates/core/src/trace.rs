//! What a decision says of itself: its outcome and, clause by clause, what it saw and needed.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::day::Day;
use crate::schedule::Citation;
use crate::word::words;

/// The version of the rules in this crate. The same version gives the same bytes for the same
/// facts and policy; it changes when any outcome, amount or trace could.
pub const ENGINE_VERSION: &str = "2";

/// A text in both languages of the platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Simplified Chinese.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Bilingual {
    /// A text known when the program was written.
    #[must_use]
    pub const fn of(zh: &'static str, en: &'static str) -> Self {
        Self {
            zh: Cow::Borrowed(zh),
            en: Cow::Borrowed(en),
        }
    }
}

words! {
    /// What a decision comes to.
    pub enum Outcome {
        /// Granted by rule.
        Granted = "granted",
        /// Refused by rule.
        Refused = "refused",
        /// A fact is missing that could change the outcome.
        Undetermined = "undetermined",
    }
}

words! {
    /// What one clause comes to.
    pub enum ClauseResult {
        /// It holds, and took nothing away.
        Pass = "pass",
        /// It does not hold: nothing is paid because of it.
        Fail = "fail",
        /// It lacks a fact, which its `needs` names.
        Undetermined = "undetermined",
        /// It holds in part or calls for a look: some days are not paid because of it, or an
        /// officer should see it.
        Note = "note",
    }
}

words! {
    /// What a clause turns on: only what turns on the stay may be told to a hospital that a
    /// person was refused.
    pub enum ClauseScope {
        /// The person, their household, a loan or event of theirs.
        Person = "person",
        /// The stay in hospital alone, whoever the patient is.
        Stay = "stay",
        /// What was received before, or what all may come to.
        Limit = "limit",
    }
}

/// One level of a named value: what one place says, and whether it is the one that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainLink {
    /// The value's name in the pack.
    pub value: String,
    /// `national`, or the code of the division that says it.
    pub place: String,
    /// The first day it holds there.
    pub from: Day,
    /// The value as people read it, such as `590 yuan/month`.
    pub shown: String,
    /// The source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
    /// Why it is so, where no source gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed: Option<String>,
    /// Whether it is the one that holds: the nearest.
    pub wins: bool,
}

/// One clause of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceEntry {
    /// The stable id of the clause.
    pub clause: String,
    /// What it is called.
    pub title: Bilingual,
    /// What it came to.
    pub result: ClauseResult,
    /// What it saw: row ids, kinds, dates and counts; never a name, number or diagnosis. Not for
    /// hospitals.
    pub saw: Value,
    /// What the rule asks for: public rule content only.
    pub needs: Value,
    /// The source of the rule.
    pub citation: Option<Citation>,
    /// Why the rule is as it is, where no source gives it.
    pub assumed: Option<String>,
    /// What the clause turns on. Absent in traces made before it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ClauseScope>,
    /// Every level of each named value that the clause rests on, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<ChainLink>,
}

/// All clauses of a decision, in the order in which the rule is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trace(pub Vec<TraceEntry>);

impl Trace {
    /// The entry of a clause.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&TraceEntry> {
        self.0.iter().find(|entry| entry.clause == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_survive_json() {
        let trace = Trace(vec![TraceEntry {
            clause: "free_days".into(),
            title: Bilingual::of("免赔天数", "Free days"),
            result: ClauseResult::Pass,
            saw: serde_json::json!({"days": 46}),
            needs: serde_json::json!({"free_days": 0}),
            citation: None,
            assumed: Some("a test".into()),
            scope: None,
            chain: Vec::new(),
        }]);
        let json = serde_json::to_string(&trace).unwrap();
        assert!(
            json.starts_with(r#"[{"clause":"free_days","title":{"zh":"#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Trace>(&json).unwrap(), trace);
        assert!(trace.clause("free_days").is_some() && trace.clause("rate").is_none());
    }
}
