//! What hospitals read tells them nothing of someone who is not entitled.

use proptest::prelude::*;

use super::*;
use crate::status::Grade;

#[test]
fn a_differing_name_is_noted_where_money_is_granted_only() {
    let differing = StayFacts {
        name_matches: Some(false),
        ..stay(1, "2026-03-10", "2026-03-20")
    };
    let granted = one(&hunan(), &member(vec![differing.clone()]));
    assert_eq!(granted.outcome, Outcome::Granted);
    assert_eq!(result(&granted, "patient_name"), ClauseResult::Note);
    let person = PersonFacts {
        settled: Vec::new(),
        registered: true,
        statuses: vec![],
        stays: vec![differing],
        facts: KnownFacts::default(),
    };
    assert_eq!(
        result(&one(&hunan(), &person), "patient_name"),
        ClauseResult::Pass
    );
    let unknown = StayFacts {
        name_matches: None,
        ..stay(1, "2026-03-10", "2026-03-20")
    };
    assert_eq!(
        result(&one(&hunan(), &member(vec![unknown])), "patient_name"),
        ClauseResult::Pass
    );
}

/// What a hospital reads of decisions, as bytes.
fn hospital_view(pack: &Programme, person: &PersonFacts) -> Vec<u8> {
    let mut decisions = decide(pack, person).unwrap();
    for entry in decisions
        .iter_mut()
        .flat_map(|decision| &mut decision.trace.0)
    {
        entry.saw = serde_json::Value::Null;
    }
    serde_json::to_vec(&decisions).unwrap()
}

/// Five persons a hospital must not tell apart: all with the same stays, none entitled.
fn indistinguishable(stays: &[StayFacts]) -> [PersonFacts; 5] {
    let person = |registered, status: Option<StatusFacts>, name_matches| PersonFacts {
        settled: Vec::new(),
        registered,
        statuses: status.into_iter().collect(),
        stays: stays
            .iter()
            .map(|stay| StayFacts {
                name_matches,
                ..stay.clone()
            })
            .collect(),
        facts: KnownFacts::default(),
    };
    let proposed = StatusFacts {
        confirmed: false,
        ..status("2010-01-01", None)
    };
    let mild = StatusFacts {
        kind: StatusKind::ChildDisabled,
        grade: Grade::new(4),
        ..status("2010-01-01", None)
    };
    [
        person(false, None, None),
        person(true, None, Some(false)),
        person(true, Some(proposed), Some(false)),
        person(
            true,
            Some(status("2010-01-01", Some("2012-01-01"))),
            Some(true),
        ),
        person(true, Some(mild), Some(false)),
    ]
}

fn assert_indistinguishable(pack: &Programme, stays: &[StayFacts]) {
    let [unknown, others @ ..] = indistinguishable(stays);
    let view = hospital_view(pack, &unknown);
    for other in others {
        let differing = hospital_view(pack, &other);
        assert_eq!(
            String::from_utf8_lossy(&view),
            String::from_utf8_lossy(&differing)
        );
    }
}

proptest! {
    #[test]
    fn hospitals_cannot_tell_the_unknown_from_the_unentitled(
        stays in proptest::collection::vec((0u32..400, 0u32..60, 0u32..40, any::<bool>(), any::<bool>()), 1..4),
        free in 0u32..5, waiting in 0u32..60, cap in 1u32..40, by_nursing: bool, both_ends: bool,
    ) {
        let (free, waiting) = (free.to_string(), waiting.to_string());
        let cap = format!("{{ days = {cap} }}");
        let rate = if by_nursing { BY_NURSING } else { r#"{ form = "flat", fen = 1 }"# };
        let counting = if both_ends { "\"both_ends\"" } else { "\"discharge_minus_admission\"" };
        let pack = pack(&[
            ("rate", &[(START, rate)]),
            ("day_counting", &[(START, counting)]),
            ("free_days", &[(START, &free)]),
            ("waiting_days", &[(START, &waiting)]),
            ("cap_days_per_year", &[(START, &cap)]),
            ("cap_days_per_stay", &[(START, &cap)]),
            ("claim_deadline_days", &[(START, "{ days = 20 }")]),
        ]);
        let stays: Vec<StayFacts> = stays
            .into_iter()
            .zip(1u128..)
            .map(|((offset, length, late, listed, yields_day), number)| {
                let admitted_on = day("2018-02-01").plus_days(offset).unwrap();
                let discharged_on = admitted_on.plus_days(length).unwrap();
                StayFacts {
                    admitted_on,
                    discharged_on,
                    posted_on: discharged_on.plus_days(late).unwrap(),
                    diagnosis: Some(DiagnosisCode::parse(if listed { "I63" } else { "J00" }).unwrap()),
                    yields_day,
                    ..stay(number, "2020-01-01", "2020-01-02")
                }
            })
            .collect();
        assert_indistinguishable(&pack, &stays);
        assert_refusals_tell_nothing(&pack, &stays);
    }
}

/// What a hospital is told of each refusal is the same whoever the patient is: unknown, without
/// status, waiting, fully entitled but over the cap or with another illness.
fn assert_refusals_tell_nothing(pack: &Programme, stays: &[StayFacts]) {
    let told = |person: &PersonFacts| -> Vec<(ClaimId, Outcome, String)> {
        let decided = decide(pack, person).unwrap();
        let told = decided.iter().map(|decision| {
            let trace = for_hospital(decision.outcome, &decision.trace);
            let read = serde_json::to_string(&(trace, &decision.policy_version)).unwrap();
            (decision.claim, decision.outcome, read)
        });
        told.collect()
    };
    let [unknown, others @ ..] = indistinguishable(stays);
    let entitled = member(stays.to_vec());
    let fresh = PersonFacts {
        statuses: vec![status("2018-03-01", None)],
        ..entitled.clone()
    };
    let unknown = told(&unknown);
    for other in others.iter().chain([&entitled, &fresh]) {
        for (one, other) in unknown.iter().zip(told(other)) {
            if other.1 == Outcome::Refused {
                assert_eq!(one, &other);
            }
        }
    }
}

#[test]
fn a_claim_that_is_refused_anyway_tells_no_status() {
    let cold = StayFacts {
        diagnosis: Some(DiagnosisCode::parse("J00").unwrap()),
        ..stay(1, "2026-03-10", "2026-03-20")
    };
    assert_refusals_tell_nothing(&hunan(), std::slice::from_ref(&cold));
    let decided = one(&hunan(), &member(vec![cold]));
    let told = for_hospital(decided.outcome, &decided.trace);
    assert!(told.clause("special_family_status").is_none());
    assert_eq!(told.clause("diagnosis").unwrap().result, ClauseResult::Fail);
}

#[test]
fn a_status_beside_the_stay_tells_a_hospital_nothing() {
    // Waiting would not have passed, the year's cap is small: neither may show.
    let pack = pack(&[
        ("waiting_days", &[(START, "30")]),
        ("cap_days_per_year", &[(START, "{ days = 1 }")]),
        ("rate", &[(START, BY_NURSING)]),
    ]);
    let stays = vec![stay(1, "2026-03-10", "2026-03-20")];
    let unknown = PersonFacts {
        settled: Vec::new(),
        registered: false,
        statuses: vec![],
        stays: stays.clone(),
        facts: KnownFacts::default(),
    };
    for (from, until) in [("2026-03-20", None), ("2026-03-01", Some("2026-03-10"))] {
        let statuses = vec![status(from, until)];
        let beside = PersonFacts {
            settled: Vec::new(),
            registered: true,
            statuses,
            stays: stays.clone(),
            facts: KnownFacts::default(),
        };
        assert_eq!(
            hospital_view(&pack, &unknown),
            hospital_view(&pack, &beside)
        );
    }
}

#[test]
fn traces_hold_no_diagnosis_and_decisions_survive_json() {
    let decision = one(&hunan(), &member(vec![stay(1, "2026-03-01", "2026-04-16")]));
    let json = serde_json::to_string(&decision).unwrap();
    assert!(!json.contains("I63"), "{json}");
    assert_eq!(
        serde_json::from_str::<ClaimDecision>(&json).unwrap(),
        decision
    );
    let facts = serde_json::to_string(&member(vec![stay(1, "2026-03-01", "2026-04-16")])).unwrap();
    assert!(!facts.contains("I63"), "{facts}");
}
