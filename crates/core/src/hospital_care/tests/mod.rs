//! Decisions on packs made for the purpose and on the province's own.

mod conditions;
mod days;
mod general;
pub(crate) mod packs;
mod privacy;
mod settled;

use uuid::Uuid;

use super::*;
use crate::day::{Day, Period};
use crate::diagnosis::DiagnosisCode;
use crate::hospital::{HospitalClass, HospitalGrade, HospitalLevel, Ownership};
use crate::id::StatusId;
use crate::programme::Programme;
use crate::status::StatusKind;
use crate::stay::{KnownFacts, NursingDays, StatusFacts};
use crate::trace::ClauseResult;

use packs::{HUNAN, START, Values, pack, programme};

/// A rate by nursing level, with its own for intensive care.
const BY_NURSING: &str = r#"{ form = "by_nursing_level", special_fen = 4000, level_1_fen = 3000, level_2_fen = 2000, level_3_fen = 1000, icu_fen = 9000 }"#;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A stay for stroke in a public level-3 hospital, posted on the day of discharge.
fn stay(number: u128, admitted_on: &str, discharged_on: &str) -> StayFacts {
    StayFacts {
        claim: ClaimId::new(Uuid::from_u128(number)),
        admitted_on: day(admitted_on),
        discharged_on: day(discharged_on),
        yields_day: false,
        diagnosis: Some(DiagnosisCode::parse("I63.900").unwrap()),
        nursing: NursingDays::default(),
        icu_days: Some(0),
        hospital: HospitalClass {
            level: HospitalLevel::Three,
            grade: HospitalGrade::A,
            ownership: Ownership::Public,
        },
        name_matches: Some(true),
        posted_on: day(discharged_on),
        charges: None,
    }
}

fn status(from: &str, until: Option<&str>) -> StatusFacts {
    StatusFacts {
        id: StatusId::new(Uuid::from_u128(7)),
        kind: StatusKind::ChildDied,
        grade: None,
        period: Period::new(day(from), until.map(day)).unwrap(),
        confirmed: true,
    }
}

/// A member of a special family since 2010 with these stays.
fn member(stays: Vec<StayFacts>) -> PersonFacts {
    PersonFacts {
        settled: Vec::new(),
        registered: true,
        statuses: vec![status("2010-01-01", None)],
        stays,
        facts: KnownFacts::default(),
    }
}

fn hunan() -> Programme {
    programme(HUNAN)
}

fn one(pack: &Programme, person: &PersonFacts) -> ClaimDecision {
    decide(pack, person).unwrap().remove(0)
}

fn result(decision: &ClaimDecision, clause: &str) -> ClauseResult {
    decision.trace.clause(clause).unwrap().result
}

/// The days one stay is paid under a pack with these parameters.
fn days(parameters: &[Values<'_>], stay: StayFacts) -> u32 {
    one(&pack(parameters), &member(vec![stay])).payable_days
}

#[test]
fn the_published_case_is_4600_yuan() {
    let decision = one(&hunan(), &member(vec![stay(1, "2026-03-01", "2026-04-16")]));
    assert_eq!(decision.outcome, Outcome::Granted);
    assert_eq!(decision.amount, Fen::new(460_000));
    assert_eq!(decision.payable_days, 46);
    assert_eq!(decision.policy_version, START);
    assert!(
        decision
            .trace
            .0
            .iter()
            .all(|entry| entry.result == ClauseResult::Pass)
    );
    let cap = decision.trace.clause("cap_per_year").unwrap();
    assert!(cap.assumed.as_ref().unwrap().contains("not public") && cap.citation.is_none());
    assert!(
        decision
            .trace
            .clause("daily_rate")
            .unwrap()
            .citation
            .is_some()
    );
}

#[test]
fn three_admissions_in_one_year_add_up() {
    let decisions = decide(
        &hunan(),
        &member(vec![
            stay(3, "2025-09-01", "2025-09-17"),
            stay(1, "2025-02-01", "2025-02-16"),
            stay(2, "2025-05-01", "2025-05-16"),
        ]),
    )
    .unwrap();
    let days: Vec<u32> = decisions
        .iter()
        .map(|decision| decision.payable_days)
        .collect();
    assert_eq!(days, [15, 15, 16]);
    assert_eq!(
        Fen::sum(decisions.iter().map(|d| d.amount)),
        Some(Fen::new(460_000))
    );
}

#[test]
fn clauses_come_in_reading_order() {
    let decision = one(&hunan(), &member(vec![stay(1, "2026-03-01", "2026-04-16")]));
    let clauses: Vec<&str> = decision.trace.0.iter().map(|e| e.clause.as_str()).collect();
    assert_eq!(
        clauses,
        [
            "programme_in_force",
            "special_family_status",
            "waiting_period",
            "diagnosis",
            "hospital_class",
            "claim_deadline",
            "patient_name",
            "shared_day",
            "free_days",
            "cap_per_stay",
            "cap_per_year",
            "daily_rate",
        ]
    );
}

#[test]
fn a_stay_is_split_at_the_turn_of_the_year_and_each_year_has_its_cap() {
    let person = member(vec![
        stay(1, "2025-09-01", "2025-11-25"), // 85 days
        stay(2, "2025-12-20", "2026-04-10"), // 12 days in 2025, 99 in 2026
    ]);
    let decisions = decide(&hunan(), &person).unwrap();
    assert_eq!(decisions[0].payable_days, 85);
    let shares: Vec<(i32, u32, i64)> = decisions[1]
        .by_year
        .iter()
        .map(|s| (s.year, s.days, s.amount.get()))
        .collect();
    assert_eq!(shares, [(2025, 5, 50_000), (2026, 90, 900_000)]);
    assert_eq!(result(&decisions[1], "cap_per_year"), ClauseResult::Note);
}

#[test]
fn the_leap_day_is_a_day() {
    assert_eq!(days(&[], stay(1, "2024-02-28", "2024-03-02")), 3);
    assert_eq!(days(&[], stay(1, "2023-02-28", "2023-03-02")), 2);
}
