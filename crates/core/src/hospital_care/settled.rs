//! The decision on a stay that an officer settled not to count: refused, whatever else is known.

use serde_json::{Value, json};

use super::ClaimDecision;
use super::clauses::built_in;
use crate::day::Day;
use crate::money::Fen;
use crate::programme::Programme;
use crate::stay::{SettledStay, StayStanding};
use crate::trace::{Bilingual, ClauseResult, ClauseScope, Outcome, Trace, TraceEntry};

/// Nothing of the stay in whose place it does not count: the hospital reads this too.
pub(super) fn decision(programme: &Programme, stay: &SettledStay) -> ClaimDecision {
    ClaimDecision {
        claim: stay.claim,
        outcome: Outcome::Refused,
        amount: Fen::ZERO,
        payable_days: 0,
        by_year: Vec::new(),
        policy_version: programme.version_label(last_day(stay)),
        trace: Trace(vec![entry(stay)]),
    }
}

fn entry(stay: &SettledStay) -> TraceEntry {
    let title = match stay.standing {
        StayStanding::Refused => Bilingual::of(
            "经办人员核定该次住院不予认可",
            "The stay was refused by an officer",
        ),
        StayStanding::NotCounted
        | StayStanding::Held
        | StayStanding::Withdrawn
        | StayStanding::Counted => Bilingual::of(
            "经办人员核定该次住院不计入",
            "An officer settled that the stay does not count",
        ),
    };
    let saw: Value = json!({"standing": stay.standing});
    built_in(
        "stay_settled",
        title,
        ClauseResult::Fail,
        (saw, json!({})),
        ClauseScope::Stay,
    )
}

fn last_day(stay: &SettledStay) -> Day {
    let end = stay.discharged_on.previous();
    end.unwrap_or(stay.discharged_on).max(stay.admitted_on)
}
