//! Who and what counts: each condition before, on and after its boundary.

use super::*;
use crate::status::Grade;

#[test]
fn nothing_is_paid_before_the_programme() {
    let pack = hunan();
    let case = |from, to| one(&pack, &member(vec![stay(1, from, to)]));
    let before = case("2018-03-20", "2018-04-01");
    assert_eq!((before.outcome, before.payable_days), (Outcome::Refused, 0));
    assert_eq!(result(&before, "programme_in_force"), ClauseResult::Fail);
    let across = case("2018-03-20", "2018-04-02");
    assert_eq!((across.outcome, across.payable_days), (Outcome::Granted, 1));
    assert_eq!(result(&across, "programme_in_force"), ClauseResult::Note);
    assert_eq!(case("2018-04-01", "2018-04-03").payable_days, 2);
}

#[test]
fn a_status_counts_the_days_it_covers() {
    let case = |from, until| {
        let statuses = vec![status(from, until)];
        let stays = vec![stay(1, "2026-03-10", "2026-03-20")];
        let decision = one(
            &hunan(),
            &PersonFacts {
                settled: Vec::new(),
                registered: true,
                statuses,
                stays,
                facts: KnownFacts::default(),
            },
        );
        (
            decision.payable_days,
            result(&decision, "special_family_status"),
        )
    };
    use ClauseResult::{Fail, Note, Pass};
    assert_eq!(case("2026-03-09", None), (10, Pass));
    assert_eq!(case("2026-03-10", None), (10, Pass));
    assert_eq!(case("2026-03-11", None), (9, Note));
    assert_eq!(case("2026-03-19", None), (1, Note));
    assert_eq!(case("2026-03-20", None), (0, Fail)); // the day of discharge is not counted
    assert_eq!(case("2020-01-01", Some("2026-03-20")), (10, Pass));
    assert_eq!(case("2020-01-01", Some("2026-03-19")), (9, Note));
    assert_eq!(case("2020-01-01", Some("2026-03-11")), (1, Note));
    assert_eq!(case("2020-01-01", Some("2026-03-10")), (0, Fail));
}

#[test]
fn grade_three_counts_and_four_does_not() {
    for kind in [StatusKind::ChildDisabled, StatusKind::SurgeryComplication] {
        for (grade, paid) in [(1, 10), (3, 10), (4, 0)] {
            let status = StatusFacts {
                kind,
                grade: Grade::new(grade),
                ..status("2020-01-01", None)
            };
            let stays = vec![stay(1, "2026-03-10", "2026-03-20")];
            let person = PersonFacts {
                settled: Vec::new(),
                registered: true,
                statuses: vec![status],
                stays,
                facts: KnownFacts::default(),
            };
            assert_eq!(one(&hunan(), &person).payable_days, paid, "{kind} {grade}");
        }
    }
}

#[test]
fn waiting_days_pass_from_the_start_of_the_status() {
    let pack = pack(&[("waiting_days", &[(START, "30"), ("2026-02-09", "5")])]);
    let case = |from| {
        let statuses = vec![status(from, None)];
        let stays = vec![stay(1, "2026-03-10", "2026-03-20")];
        let decision = one(
            &pack,
            &PersonFacts {
                settled: Vec::new(),
                registered: true,
                statuses,
                stays,
                facts: KnownFacts::default(),
            },
        );
        (decision.payable_days, result(&decision, "waiting_period"))
    };
    assert_eq!(case("2026-02-07"), (10, ClauseResult::Pass));
    assert_eq!(case("2026-02-08"), (10, ClauseResult::Pass)); // 30 days end on 9 March
    assert_eq!(case("2026-02-09"), (10, ClauseResult::Pass)); // 5 days from here on
    assert_eq!(case("2026-03-05"), (10, ClauseResult::Pass));
    assert_eq!(case("2026-03-06"), (9, ClauseResult::Note));
    assert_eq!(case("2026-03-15"), (0, ClauseResult::Fail));
}

#[test]
fn one_status_may_wait_while_another_pays() {
    let pack = pack(&[("waiting_days", &[(START, "366")])]);
    let statuses = vec![
        status("2026-03-01", None),
        status("2020-01-01", Some("2026-03-15")),
    ];
    let stays = vec![stay(1, "2026-03-10", "2026-03-20")];
    let decision = one(
        &pack,
        &PersonFacts {
            settled: Vec::new(),
            registered: true,
            statuses,
            stays,
            facts: KnownFacts::default(),
        },
    );
    assert_eq!(decision.payable_days, 5);
    assert_eq!(
        result(&decision, "special_family_status"),
        ClauseResult::Pass
    );
    assert_eq!(result(&decision, "waiting_period"), ClauseResult::Note);
}

#[test]
fn diagnoses_count_as_listed_at_admission() {
    let wider = &[
        (START, r#"["I60-I64"]"#),
        ("2026-03-10", r#"["I60-I64", "N18"]"#),
    ];
    let case = |admitted, code| {
        let diagnosis = DiagnosisCode::parse(code).unwrap();
        let stay = StayFacts {
            diagnosis: Some(diagnosis),
            ..stay(1, admitted, "2026-03-20")
        };
        days(&[("diagnoses", wider)], stay)
    };
    assert_eq!(case("2026-03-09", "N18.500"), 0);
    assert_eq!(case("2026-03-10", "N18.500"), 10);
    assert_eq!(case("2026-03-11", "N18.500"), 9);
    assert_eq!(
        (case("2026-03-10", "I59.x00"), case("2026-03-10", "I60.000")),
        (0, 10)
    );
    assert_eq!(
        (case("2026-03-10", "I64.x00"), case("2026-03-10", "I65.000")),
        (10, 0)
    );
}

#[test]
fn hospitals_count_from_their_level_and_by_owner() {
    let rule = &[(
        START,
        r#"{ minimum_level = "level_2", ownership = ["public"] }"#,
    )];
    let case = |level, ownership| {
        let hospital = HospitalClass {
            level,
            grade: HospitalGrade::None,
            ownership,
        };
        let stay = StayFacts {
            hospital,
            ..stay(1, "2026-03-10", "2026-03-20")
        };
        days(&[("hospital", rule)], stay)
    };
    assert_eq!(case(HospitalLevel::Unrated, Ownership::Public), 0);
    assert_eq!(case(HospitalLevel::One, Ownership::Public), 0);
    assert_eq!(case(HospitalLevel::Two, Ownership::Public), 10);
    assert_eq!(case(HospitalLevel::Three, Ownership::Public), 10);
    assert_eq!(case(HospitalLevel::Three, Ownership::Private), 0);
}

#[test]
fn claims_are_in_time_until_the_last_day() {
    let deadline: &[Values<'_>] = &[("claim_deadline_days", &[(START, "{ days = 30 }")])];
    let case = |posted| {
        days(
            deadline,
            StayFacts {
                posted_on: day(posted),
                ..stay(1, "2026-03-10", "2026-03-20")
            },
        )
    };
    assert_eq!(case("2026-04-18"), 10);
    assert_eq!(case("2026-04-19"), 10);
    assert_eq!(case("2026-04-20"), 0);
}

#[test]
fn free_days_come_off_each_stay() {
    let free: &[Values<'_>] = &[("free_days", &[(START, "3")])];
    let case = |to| {
        let decision = one(&pack(free), &member(vec![stay(1, "2026-03-10", to)]));
        (decision.payable_days, result(&decision, "free_days"))
    };
    assert_eq!(case("2026-03-12"), (0, ClauseResult::Fail));
    assert_eq!(case("2026-03-13"), (0, ClauseResult::Fail));
    assert_eq!(case("2026-03-14"), (1, ClauseResult::Note));
}

#[test]
fn a_refusal_always_names_a_failing_clause() {
    // The status covers three days and the first three are free: neither alone stops all.
    let pack = pack(&[("free_days", &[(START, "3")])]);
    let statuses = vec![status("2020-01-01", Some("2026-03-13"))];
    let stays = vec![stay(1, "2026-03-10", "2026-03-20")];
    let decision = one(
        &pack,
        &PersonFacts {
            settled: Vec::new(),
            registered: true,
            statuses,
            stays,
            facts: KnownFacts::default(),
        },
    );
    assert_eq!(decision.outcome, Outcome::Refused);
    assert_eq!(
        result(&decision, "special_family_status"),
        ClauseResult::Note
    );
    assert_eq!(result(&decision, "free_days"), ClauseResult::Fail);
}
