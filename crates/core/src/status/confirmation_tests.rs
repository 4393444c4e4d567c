//! The conditions of confirmation at their boundary days and for each marital status.

use super::*;
use crate::citizen_id::Sex;
use crate::day::Day;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn woman(born: &str) -> PersonBirth {
    PersonBirth {
        sex: Sex::Female,
        born_on: day(born),
    }
}

fn man(born: &str) -> PersonBirth {
    PersonBirth {
        sex: Sex::Male,
        born_on: day(born),
    }
}

/// A mother who reaches 49 on 2 March 2026, whose child died.
fn facts() -> ConfirmationFacts<'static> {
    ConfirmationFacts {
        kind: StatusKind::ChildDied,
        grade: None,
        from: day("2020-01-01"),
        person: woman("1977-03-02"),
        marital: None,
        spouse: None,
        evidence: &[
            EvidenceKind::HouseholdRegister,
            EvidenceKind::DeathCertificate,
        ],
        on: day("2026-06-01"),
    }
}

fn codes(facts: &ConfirmationFacts<'_>) -> Vec<&'static str> {
    confirm(facts).map_or_else(|unmet| unmet.iter().map(|u| u.code).collect(), |_| vec![])
}

#[test]
fn the_49th_birthday_must_have_come() {
    let on = |on| {
        codes(&ConfirmationFacts {
            on: day(on),
            ..facts()
        })
    };
    assert_eq!(on("2026-03-01"), ["age_under_49"]);
    assert!(on("2026-03-02").is_empty());
    assert!(on("2026-03-03").is_empty());
}

#[test]
fn it_counts_from_the_birthday_if_that_came_after_the_start() {
    let from = |from| {
        let facts = ConfirmationFacts {
            from: day(from),
            ..facts()
        };
        confirm(&facts).unwrap().effective_from.to_string()
    };
    assert_eq!(from("2026-03-01"), "2026-03-02");
    assert_eq!(from("2026-03-02"), "2026-03-02");
    assert_eq!(from("2026-03-03"), "2026-03-03");
}

#[test]
fn a_man_counts_by_his_wife_in_a_first_marriage_only() {
    let young_wife = Some(woman("1990-01-01"));
    let old_wife = Some(woman("1970-01-01"));
    let case = |born, marital, spouse| {
        codes(&ConfirmationFacts {
            person: man(born),
            marital,
            spouse,
            ..facts()
        })
    };
    let married = Some(MaritalStatus::Married);
    assert_eq!(case("1960-01-01", married, young_wife), ["wife_under_49"]);
    assert!(case("1990-01-01", married, old_wife).is_empty());
    assert_eq!(case("1960-01-01", married, None), ["spouse_unknown"]);
    assert_eq!(
        case("1960-01-01", married, Some(man("1960-01-01"))),
        ["spouse_sex"]
    );
    assert_eq!(
        case("1960-01-01", None, old_wife),
        ["marital_status_unknown"]
    );
    for alone in ["unmarried", "divorced", "widowed", "remarried"] {
        let marital = Some(alone.parse().unwrap());
        assert!(
            case("1960-01-01", marital, young_wife).is_empty(),
            "{alone}"
        );
        assert_eq!(
            case("1990-01-01", marital, old_wife),
            ["age_under_49"],
            "{alone}"
        );
    }
}

#[test]
fn a_woman_counts_by_her_own_age_always() {
    for marital in MaritalStatus::ALL {
        let marital = Some(*marital);
        let spouse = Some(man("1990-01-01"));
        assert!(
            codes(&ConfirmationFacts {
                marital,
                spouse,
                ..facts()
            })
            .is_empty()
        );
        let person = woman("1990-01-01");
        let young = ConfirmationFacts {
            person,
            marital,
            spouse,
            ..facts()
        };
        assert_eq!(codes(&young), ["age_under_49"]);
    }
}

#[test]
fn grades_are_asked_for_where_there_are_any() {
    let evidence: &[EvidenceKind] = &[EvidenceKind::DisabilityCertificate];
    let case = |kind, grade: Option<u8>| {
        let grade = grade.and_then(Grade::new);
        codes(&ConfirmationFacts {
            kind,
            grade,
            evidence,
            ..facts()
        })
    };
    for kind in [StatusKind::ChildDisabled, StatusKind::SurgeryComplication] {
        assert_eq!(case(kind, None), ["grade_required"]);
        assert!(case(kind, Some(1)).is_empty());
        assert!(case(kind, Some(3)).is_empty());
        assert_eq!(case(kind, Some(4)), ["grade_too_mild"]);
    }
    let died = ConfirmationFacts {
        grade: Grade::new(1),
        ..facts()
    };
    assert_eq!(codes(&died), ["grade_forbidden"]);
}

#[test]
fn each_kind_has_its_evidence() {
    use EvidenceKind as E;
    let cases: [(StatusKind, &[E]); 3] = [
        (
            StatusKind::ChildDied,
            &[E::DeathCertificate, E::CourtDeclaration],
        ),
        (StatusKind::ChildDisabled, &[E::DisabilityCertificate]),
        (
            StatusKind::SurgeryComplication,
            &[
                E::DisabilityCertificate,
                E::MedicalCertificate,
                E::ComplicationCertificate,
            ],
        ),
    ];
    for (kind, fitting) in cases {
        for given in E::ALL {
            let grade = kind.has_grade().then(|| Grade::new(2).unwrap());
            let evidence: &[E] = &[*given];
            let unmet = codes(&ConfirmationFacts {
                kind,
                grade,
                evidence,
                ..facts()
            });
            assert_eq!(unmet.is_empty(), fitting.contains(given), "{kind} {given}");
        }
    }
}

#[test]
fn complications_have_no_age() {
    let case = ConfirmationFacts {
        kind: StatusKind::SurgeryComplication,
        grade: Grade::new(3),
        person: woman("2000-01-01"),
        evidence: &[EvidenceKind::ComplicationCertificate],
        ..facts()
    };
    assert_eq!(
        confirm(&case),
        Ok(Confirmed {
            effective_from: day("2020-01-01")
        })
    );
}

#[test]
fn everything_unmet_is_told_at_once() {
    let case = ConfirmationFacts {
        kind: StatusKind::ChildDisabled,
        grade: Grade::new(4),
        person: man("1960-01-01"),
        evidence: &[],
        ..facts()
    };
    assert_eq!(
        codes(&case),
        [
            "grade_too_mild",
            "evidence_missing",
            "marital_status_unknown"
        ]
    );
}
