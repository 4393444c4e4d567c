//! What made a family a special one: the child, the day, the paper.

use sizhu_core::{CitizenId, Day, EndReason, EvidenceKind, Grade, Sex, StatusKind};
use sizhu_store::statuses::{Ending, Evidence};

use super::identity::Identities;
use super::random::Random;
use crate::service::statuses::Said;

/// What happens to a status after it is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Fate {
    /// The county posts and so confirms it.
    Confirmed,
    /// The village proposes it; the county has not looked yet.
    Proposed,
    /// The county confirms it, and ends it.
    Ended(Ending),
}

/// The first day of the demo's history.
fn earliest() -> Option<Day> {
    Day::from_ymd(1990, 1, 1)
}

/// Everything in the registry happened before this day.
pub(super) fn latest() -> Option<Day> {
    Day::from_ymd(2026, 1, 1)
}

/// A child of a parent born on that day, and what became of it.
pub(super) fn of_child(
    random: &mut Random,
    identities: &mut Identities,
    county: &str,
    parent_born_on: Day,
    kind: StatusKind,
) -> Option<Said> {
    // Only children of the years of the one-child policy count, and the youngest of these parents
    // had theirs by 2007.
    let year = parent_born_on.year() + 22 + i32::try_from(random.below(9)).ok()?;
    let first = Day::first_of_year(year.max(1973))?;
    let child_born_on = random.day(first, Day::first_of_year(first.year() + 1)?)?;
    let from = child_born_on.birthday(2)?.max(earliest()?);
    let from = random.day(from, child_born_on.birthday(40)?.min(latest()?))?;
    if kind == StatusKind::ChildDied {
        let number = format!("SW{county}{}{}", from.year(), random.digits(4));
        let evidence = Evidence {
            kind: EvidenceKind::DeathCertificate,
            number,
            issued_on: from,
        };
        return Some(said(kind, None, from, evidence));
    }
    let sex = if random.chance(55) {
        Sex::Male
    } else {
        Sex::Female
    };
    let child = identities.issue(random, county, child_born_on, sex)?;
    let grade = Grade::new(*random.pick(&[1, 1, 2, 2, 2, 3, 3])?)?;
    let evidence = disability_certificate(random, &child, grade, from)?;
    Some(said(kind, Some(grade), from, evidence))
}

/// The certificate of a disabled child: citizen ID, category, grade, 20 digits. Older ones were
/// replaced by the second generation's, from 2009.
fn disability_certificate(
    random: &mut Random,
    child: &CitizenId,
    grade: Grade,
    from: Day,
) -> Option<Evidence> {
    // Limbs, intellect and mind are the common ones; 7 is several at once.
    let category = random.pick(&[1, 2, 4, 4, 4, 5, 5, 5, 6, 6, 7])?;
    let (first, last) = (Day::first_of_year(2009)?, Day::first_of_year(2012)?);
    let issued_on = if from < first {
        random.day(first, last)?
    } else {
        from
    };
    Some(Evidence {
        kind: EvidenceKind::DisabilityCertificate,
        number: format!("{}{category}{}", child.as_str(), grade.get()),
        issued_on,
    })
}

/// A complication of a family-planning operation.
pub(super) fn of_surgery(random: &mut Random, county: &str, born_on: Day) -> Option<Said> {
    let first = born_on.birthday(26)?.max(earliest()?);
    let until = born_on
        .birthday(45)?
        .min(latest()?)
        .max(first.plus_days(3_000)?);
    let from = random.day(first, until)?;
    let grade = Grade::new(*random.pick(&[1, 2, 2, 3, 3, 3])?)?;
    let evidence = Evidence {
        kind: EvidenceKind::ComplicationCertificate,
        number: format!("BFZ{county}{}{}", from.year(), random.digits(4)),
        issued_on: from,
    };
    Some(said(
        StatusKind::SurgeryComplication,
        Some(grade),
        from,
        evidence,
    ))
}

/// A status as an officer says it.
pub(super) fn said(kind: StatusKind, grade: Option<Grade>, from: Day, paper: Evidence) -> Said {
    Said {
        kind,
        grade,
        from,
        ending: None,
        evidence: vec![paper],
    }
}

/// An end, in recent years, that fits the kind; `None` when the status began too late for one.
pub(super) fn ending(random: &mut Random, said: &Said, born_on: Day) -> Option<Ending> {
    let effective_from = said.from.max(born_on.birthday(49)?);
    let first = effective_from.plus_days(30)?.max(Day::first_of_year(2021)?);
    let on = random.day(first, latest()?)?;
    let reasons: &[EndReason] = match said.kind {
        StatusKind::ChildDied => &[EndReason::Death, EndReason::Death, EndReason::Adoption],
        StatusKind::ChildDisabled => &[
            EndReason::Death,
            EndReason::Recovery,
            EndReason::Recovery,
            EndReason::Adoption,
        ],
        StatusKind::SurgeryComplication => &[EndReason::Death, EndReason::Cure],
    };
    Some(Ending {
        on,
        reason: *random.pick(reasons)?,
    })
}
