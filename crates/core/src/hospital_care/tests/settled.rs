//! Stays that an officer settled not to count, and stays of which the facts were deleted.

use super::*;
use crate::stay::{SettledStay, SnapshotError, StayStanding};
use crate::trace::ClauseScope;

fn settled(number: u128, standing: StayStanding) -> SettledStay {
    SettledStay {
        claim: ClaimId::new(Uuid::from_u128(number)),
        admitted_on: day("2026-03-10"),
        discharged_on: day("2026-03-20"),
        standing,
    }
}

#[test]
fn a_stay_settled_not_to_count_is_refused_and_takes_no_day_from_others() {
    let person = PersonFacts {
        settled: vec![
            settled(2, StayStanding::NotCounted),
            settled(3, StayStanding::Refused),
        ],
        ..member(vec![stay(1, "2026-03-12", "2026-03-18")])
    };
    let decisions = decide(&hunan(), &person).unwrap();
    assert_eq!(decisions.len(), 3);
    assert_eq!(decisions[0].payable_days, 6);
    for decision in &decisions[1..] {
        assert_eq!(decision.outcome, Outcome::Refused);
        assert_eq!((decision.amount, decision.payable_days), (Fen::ZERO, 0));
        assert_eq!(decision.policy_version, START);
        let entry = decision.trace.clause("stay_settled").unwrap();
        assert_eq!(entry.result, ClauseResult::Fail);
        // The hospital reads it, and nothing of the person.
        assert_eq!(entry.scope, Some(ClauseScope::Stay));
        let told = for_hospital(decision.outcome, &decision.trace);
        assert_eq!(told.0.len(), 1);
        assert!(told.0[0].saw.is_null());
    }
    let snapshot = serde_json::to_value(&person).unwrap();
    let code = person.stays[0].diagnosis.clone();
    let again = PersonFacts::from_snapshot(&snapshot, |_| code.clone());
    assert_eq!(again, Ok(person));
}

fn forgotten(number: u128, admitted_on: &str, discharged_on: &str) -> StayFacts {
    StayFacts {
        diagnosis: None,
        icu_days: None,
        name_matches: None,
        ..stay(number, admitted_on, discharged_on)
    }
}

#[test]
fn what_was_deleted_pays_nothing_and_refuses_as_before() {
    let stays = vec![
        forgotten(1, "2026-03-10", "2026-03-20"),
        stay(2, "2026-05-01", "2026-05-11"),
    ];
    let entitled = member(stays);
    let decisions = decide(&hunan(), &entitled).unwrap();
    assert_eq!(decisions[0].outcome, Outcome::Undetermined);
    assert_eq!(decisions[0].amount, Fen::ZERO);
    assert_eq!(
        result(&decisions[0], "diagnosis"),
        ClauseResult::Undetermined
    );
    assert_eq!(
        result(&decisions[0], "special_family_status"),
        ClauseResult::Pass
    );
    assert_eq!(decisions[1].payable_days, 10);
    for person in [
        PersonFacts {
            statuses: vec![],
            ..entitled.clone()
        },
        PersonFacts {
            registered: false,
            statuses: vec![],
            ..entitled.clone()
        },
    ] {
        assert_eq!(one(&hunan(), &person).outcome, Outcome::Refused);
    }
}

#[test]
fn a_snapshot_without_deleted_facts_reads_back_as_it_was_made() {
    let person = member(vec![
        forgotten(1, "2026-03-10", "2026-03-20"),
        stay(2, "2026-05-01", "2026-05-11"),
    ]);
    let snapshot = serde_json::to_value(&person).unwrap();
    let code = person.stays[1].diagnosis.clone();
    // Also where a later version of the claim says it again.
    let again = PersonFacts::from_snapshot(&snapshot, |_| code.clone());
    assert_eq!(again.as_ref(), Ok(&person));
    let missing = PersonFacts::from_snapshot(&snapshot, |_| None);
    let of = person.stays[1].claim;
    assert_eq!(missing, Err(SnapshotError::Diagnosis(of)));
}
