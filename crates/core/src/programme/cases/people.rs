//! The registry's facts of a day.

use crate::citizen_id::Sex;
use crate::day::Period;
use crate::division::DivisionCode;
use crate::fact::{Fact, FactValue};
use crate::id::StatusId;
use crate::programme::RegistryPerson;
use crate::status::{Grade, MaritalStatus, PersonBirth, StatusKind};
use crate::stay::StatusFacts;

use super::day;

fn status(kind: StatusKind, grade: Option<u8>, from: &str, until: Option<&str>) -> StatusFacts {
    StatusFacts {
        id: StatusId::new(uuid::Uuid::nil()),
        kind,
        grade: grade.and_then(Grade::new),
        period: Period::new(day(from), until.map(day)).unwrap(),
        confirmed: true,
    }
}

fn person() -> RegistryPerson {
    RegistryPerson {
        registered: true,
        born_on: day("1970-05-01"),
        sex: Sex::Male,
        residence: DivisionCode::parse("430102").unwrap(),
        marital_status: Some(MaritalStatus::Married),
        spouse: Some(PersonBirth {
            sex: Sex::Female,
            born_on: day("1973-07-01"),
        }),
        died_on: None,
        statuses: Vec::new(),
    }
}

/// A fact as it is shown; `-` where it is not known.
fn shown(person: &RegistryPerson, fact: Fact, on: &str) -> String {
    let number = person.sheet_on(day(on)).get(fact);
    number.map_or("-".to_owned(), |number| {
        FactValue::show(fact, number).to_string()
    })
}

#[test]
fn what_the_registry_has_is_known() {
    let person = person();
    for (fact, expected) in [
        (Fact::Registered, "true"),
        (Fact::Alive, "true"),
        (Fact::Sex, "\"male\""),
        (Fact::BornOn, "\"1970-05-01\""),
        (Fact::Residence, "\"430102000000\""),
        (Fact::MaritalStatus, "\"married\""),
        (Fact::SpouseBornOn, "\"1973-07-01\""),
        (Fact::WifeBornOn, "\"1973-07-01\""),
        (Fact::ChildDied, "false"),
        (Fact::ChildDiedFrom, "-"),
        (Fact::ChildDisabled, "false"),
        (Fact::SurgeryComplication, "false"),
        (Fact::Hukou, "-"),
        (Fact::TimesReceived, "-"),
    ] {
        assert_eq!(shown(&person, fact, "2026-01-15"), expected, "{fact}");
    }
    let alone = RegistryPerson {
        spouse: None,
        ..person.clone()
    };
    assert_eq!(shown(&alone, Fact::WifeBornOn, "2026-01-15"), "-");
    let woman = RegistryPerson {
        sex: Sex::Female,
        spouse: None,
        ..person
    };
    assert_eq!(
        shown(&woman, Fact::WifeBornOn, "2026-01-15"),
        "\"1970-05-01\""
    );
}

#[test]
fn the_day_of_death_is_the_first_not_alive() {
    let dead = RegistryPerson {
        died_on: Some(day("2026-01-15")),
        ..person()
    };
    assert_eq!(shown(&dead, Fact::Alive, "2026-01-14"), "true");
    assert_eq!(shown(&dead, Fact::Alive, "2026-01-15"), "false");
}

#[test]
fn statuses_hold_within_their_period() {
    let person = RegistryPerson {
        statuses: vec![
            status(StatusKind::ChildDisabled, Some(3), "2018-01-01", None),
            status(
                StatusKind::ChildDisabled,
                Some(2),
                "2020-01-01",
                Some("2024-01-01"),
            ),
            StatusFacts {
                confirmed: false,
                ..status(StatusKind::ChildDied, None, "2010-01-01", None)
            },
        ],
        ..person()
    };
    for (on, holds, from, grade) in [
        ("2017-12-31", "false", "-", "-"),
        ("2018-01-01", "true", "\"2018-01-01\"", "3"),
        ("2020-01-01", "true", "\"2020-01-01\"", "2"),
        ("2023-12-31", "true", "\"2020-01-01\"", "2"),
        ("2024-01-01", "true", "\"2018-01-01\"", "3"),
    ] {
        assert_eq!(shown(&person, Fact::ChildDisabled, on), holds, "{on}");
        assert_eq!(shown(&person, Fact::ChildDisabledFrom, on), from, "{on}");
        assert_eq!(
            shown(&person, Fact::ChildDisabilityGrade, on),
            grade,
            "{on}"
        );
        assert_eq!(shown(&person, Fact::ChildDied, on), "false", "{on}");
    }
}
