//! A person's statuses as facts of one day.

use crate::day::Day;
use crate::fact::{Fact, Sheet};
use crate::status::StatusKind;

use super::StatusFacts;

/// The facts that tell of a kind of status: that it is held, since when, and its grade.
const fn facts_of(kind: StatusKind) -> (Fact, Fact, Option<Fact>) {
    match kind {
        StatusKind::ChildDied => (Fact::ChildDied, Fact::ChildDiedFrom, None),
        StatusKind::ChildDisabled => (
            Fact::ChildDisabled,
            Fact::ChildDisabledFrom,
            Some(Fact::ChildDisabilityGrade),
        ),
        StatusKind::SurgeryComplication => (
            Fact::SurgeryComplication,
            Fact::SurgeryComplicationFrom,
            Some(Fact::ComplicationGrade),
        ),
    }
}

/// The facts that statuses tell.
pub(crate) const OF_STATUSES: [Fact; 8] = [
    Fact::ChildDied,
    Fact::ChildDiedFrom,
    Fact::ChildDisabled,
    Fact::ChildDisabledFrom,
    Fact::ChildDisabilityGrade,
    Fact::SurgeryComplication,
    Fact::SurgeryComplicationFrom,
    Fact::ComplicationGrade,
];

/// Writes on a sheet which confirmed statuses are held on a day, since when and of what grade; not
/// held, since when and of what grade stay unknown. The registry keeps at most one status of a
/// kind for each day; should there be more, the most severe speaks, then the one begun first.
pub fn tell_statuses(sheet: &mut Sheet, statuses: &[StatusFacts], day: Day) {
    for fact in OF_STATUSES {
        sheet.set(fact, None);
    }
    for kind in StatusKind::ALL {
        sheet.set(facts_of(*kind).0, 0);
    }
    let held = |status: &&StatusFacts| status.confirmed && status.period.contains(day);
    for own in statuses.iter().filter(held) {
        let weight = |status: &StatusFacts| {
            let grade = status.grade.map(|grade| grade.get());
            (grade, status.period.from(), status.id)
        };
        let outdone = |other: &StatusFacts| other.kind == own.kind && weight(other) < weight(own);
        // Nearly everyone has one status at most.
        if statuses.len() > 1 && statuses.iter().filter(held).any(outdone) {
            continue;
        }
        let (status, from, grade) = facts_of(own.kind);
        sheet.set(status, 1);
        sheet.set(from, own.period.from().number());
        if let Some(fact) = grade {
            sheet.set(fact, own.grade.map(|grade| i64::from(grade.get())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Period;
    use crate::id::StatusId;
    use crate::status::Grade;
    use uuid::Uuid;

    fn disabled(from: &str, until: Option<&str>, grade: u8, confirmed: bool) -> StatusFacts {
        let day = |text: &str| Day::parse(text).unwrap();
        StatusFacts {
            id: StatusId::new(Uuid::from_u128(u128::from(grade))),
            kind: StatusKind::ChildDisabled,
            grade: Grade::new(grade),
            period: Period::new(day(from), until.map(day)).unwrap(),
            confirmed,
        }
    }

    #[test]
    fn a_status_is_told_on_the_days_it_covers() {
        let statuses = [
            disabled("2020-01-01", Some("2022-01-01"), 3, true),
            disabled("2021-01-01", Some("2021-02-01"), 1, false),
            disabled("2021-06-01", None, 2, true),
        ];
        let told = |day: &str| {
            let mut sheet = Sheet::EMPTY;
            tell_statuses(&mut sheet, &statuses, Day::parse(day).unwrap());
            assert_eq!(sheet.get(Fact::ChildDied), Some(0));
            assert_eq!(sheet.get(Fact::ChildDiedFrom), None);
            let get = |fact| sheet.get(fact);
            (
                get(Fact::ChildDisabled),
                get(Fact::ChildDisabledFrom),
                get(Fact::ChildDisabilityGrade),
            )
        };
        assert_eq!(told("2019-12-31"), (Some(0), None, None));
        assert_eq!(told("2020-01-01"), (Some(1), Some(20_200_101), Some(3)));
        assert_eq!(told("2021-01-15"), (Some(1), Some(20_200_101), Some(3)));
        assert_eq!(told("2021-06-01"), (Some(1), Some(20_210_601), Some(2)));
        assert_eq!(told("2022-01-01"), (Some(1), Some(20_210_601), Some(2)));
    }
}
