//! Golden cases of stays: all stays of the person of a case are decided together.

use uuid::Uuid;

use crate::fact::Fact;
use crate::hospital_care::{self, ClaimDecision};
use crate::id::{ClaimId, StatusId};
use crate::programme::Programme;
use crate::stay::{KnownFacts, PersonFacts, StatusFacts, StayFacts};

use super::run::{Given, compare};
use super::{Case, CaseStatus, CaseStay};

/// What differs, stay by stay.
pub(super) fn differences(
    programme: &Programme,
    case: &Case,
    statuses: &[CaseStatus],
    stays: &[CaseStay],
) -> Vec<String> {
    let facts = person(case, statuses, stays);
    let decisions = match hospital_care::decide(programme, &facts) {
        Ok(decisions) => decisions,
        Err(error) => return vec![error.to_string()],
    };
    let claims = facts.stays.iter().map(|stay| stay.claim);
    let mut differences = Vec::new();
    for (stay, claim) in stays.iter().zip(claims) {
        let decision = decisions.iter().find(|decision| decision.claim == claim);
        let of_stay = match decision {
            Some(decision) => of_stay(stay, decision),
            None => vec!["it was not decided".to_owned()],
        };
        let place = |line| format!("stay of line {}: {line}", stay.line);
        differences.extend(of_stay.into_iter().map(place));
    }
    differences
}

fn of_stay(stay: &CaseStay, decision: &ClaimDecision) -> Vec<String> {
    let given = Given {
        outcome: decision.outcome,
        amount: decision.amount,
        days: Some(decision.payable_days),
        missing: None,
        trace: &decision.trace,
    };
    compare(&stay.expect, &given)
}

/// The facts of the case as the engine takes them; claims and statuses are numbered from 1.
fn person(case: &Case, statuses: &[CaseStatus], stays: &[CaseStay]) -> PersonFacts {
    let mut registered = true;
    let mut facts = KnownFacts::default();
    for value in &case.facts {
        if value.fact() == Fact::Registered {
            registered = value.number() != 0;
        } else {
            facts.learn(value);
        }
    }
    let statuses = (1_u128..)
        .zip(statuses)
        .map(|(number, status)| StatusFacts {
            id: StatusId::new(Uuid::from_u128(number)),
            kind: status.kind,
            grade: status.grade,
            period: status.period,
            confirmed: true,
        });
    let stays = (1_u128..).zip(stays).map(|(number, stay)| StayFacts {
        claim: ClaimId::new(Uuid::from_u128(number)),
        admitted_on: stay.admitted_on,
        discharged_on: stay.discharged_on,
        yields_day: false,
        diagnosis: Some(stay.diagnosis.clone()),
        nursing: stay.nursing,
        icu_days: Some(stay.icu_days),
        hospital: stay.hospital,
        name_matches: registered.then_some(true),
        posted_on: stay.claimed_on,
        charges: stay.charges,
    });
    PersonFacts {
        settled: Vec::new(),
        registered,
        statuses: statuses.collect(),
        stays: stays.collect(),
        facts,
    }
}
