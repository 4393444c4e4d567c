//! The slow model: it walks the calendar day by day and shares no code with the engine.

use std::collections::BTreeMap;

use super::super::*;
use crate::hospital::HospitalLevel;
use crate::pack::{HospitalCarePack, RateForm};
use crate::schedule::Schedule;

/// What the model makes of one claim: the paid days with their rates, and whether it is undetermined.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Slow {
    pub(super) paid: Vec<(Day, Fen)>,
    pub(super) undetermined: bool,
}

/// The value in force on a day, read the plain way.
fn value<T>(schedule: &Schedule<T>, day: Day) -> &T {
    let mut found = &schedule.first().value;
    for dated in schedule.iter() {
        if dated.from <= day {
            found = &dated.value;
        }
    }
    found
}

pub(super) fn walk(from: Day, to: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(from), |day| day.next()).take_while(move |day| *day <= to)
}

fn days_of(pack: &HospitalCarePack, stay: &StayFacts) -> Vec<Day> {
    let mut days: Vec<Day> = walk(stay.admitted_on, stay.discharged_on).collect();
    match value(pack.day_counting(), stay.admitted_on) {
        DayCounting::BothEnds => {}
        DayCounting::DischargeMinusAdmission if days.len() > 1 => {
            days.pop();
        }
        DayCounting::DischargeMinusAdmission => {}
    }
    days
}

/// Whether any status pays on this day, found by walking through its waiting days.
fn entitled(pack: &HospitalCarePack, person: &PersonFacts, day: Day) -> bool {
    person.registered
        && person.statuses.iter().any(|status| {
            let grade = status.grade.map(Grade::get);
            let grade_fits = status.kind == StatusKind::ChildDied || matches!(grade, Some(1..=3));
            let start = status.period.from();
            let waiting = usize::try_from(*value(pack.waiting_days(), start)).unwrap();
            let waits = walk(start, day).take(waiting).any(|waited| waited == day);
            status.confirmed && grade_fits && status.period.contains(day) && !waits
        })
}

/// The rate of the stay's day at a place (from 0); `None` if unknown.
fn rate(pack: &HospitalCarePack, stay: &StayFacts, place: usize, day: Day) -> Option<Fen> {
    let rate = value(pack.rate(), day);
    if let Some(icu) = rate.icu
        && place < usize::try_from(stay.icu_days).unwrap()
    {
        return Some(icu);
    }
    match rate.form {
        RateForm::Flat(fen) => Some(fen),
        RateForm::ByNursingLevel {
            special,
            level_1,
            level_2,
            level_3,
        } => {
            let n = &stay.nursing;
            let runs = [
                (n.special, special),
                (n.level_1, level_1),
                (n.level_2, level_2),
                (n.level_3, level_3),
            ];
            let laid: Vec<Fen> = runs
                .iter()
                .flat_map(|(days, fen)| std::iter::repeat_n(*fen, usize::try_from(*days).unwrap()))
                .collect();
            laid.get(place).copied()
        }
        RateForm::ByHospitalLevel {
            unrated,
            level_1,
            level_2,
            level_3,
        } => Some(match stay.hospital.level {
            HospitalLevel::Unrated => unrated,
            HospitalLevel::One => level_1,
            HospitalLevel::Two => level_2,
            HospitalLevel::Three => level_3,
        }),
    }
}

/// The days a stay could be paid for by itself, each with its rate.
fn candidates(
    pack: &HospitalCarePack,
    person: &PersonFacts,
    stay: &StayFacts,
) -> Vec<(Day, Option<Fen>)> {
    let admitted = stay.admitted_on;
    let rule = value(pack.hospital(), admitted);
    let late = value(pack.claim_deadline_days(), admitted)
        .is_some_and(|days| stay.posted_on > stay.discharged_on.plus_days(days).unwrap());
    let fits = value(pack.diagnoses(), admitted).covers(&stay.diagnosis)
        && rule.ownership.contains(&stay.hospital.ownership)
        && stay.hospital.level >= rule.minimum_level
        && !late
        && !stay.yields_day;
    let free = usize::try_from(*value(pack.free_days(), admitted)).unwrap();
    days_of(pack, stay)
        .into_iter()
        .enumerate()
        .filter(|(place, day)| {
            fits && *place >= free && *day >= pack.first_day() && entitled(pack, person, *day)
        })
        .map(|(place, day)| (day, rate(pack, stay, place, day)))
        .collect()
}

pub(super) fn slow(pack: &HospitalCarePack, person: &PersonFacts) -> BTreeMap<ClaimId, Slow> {
    let mut stays: Vec<&StayFacts> = person.stays.iter().collect();
    stays.sort_by_key(|stay| (stay.admitted_on, stay.claim));
    let mut results: BTreeMap<ClaimId, Slow> = BTreeMap::new();
    let mut worth = Vec::new();
    for stay in &stays {
        let candidates = candidates(pack, person, stay);
        let undetermined = candidates.iter().any(|(_, rate)| rate.is_none());
        results.insert(
            stay.claim,
            Slow {
                undetermined,
                paid: vec![],
            },
        );
        worth.push(if undetermined { vec![] } else { candidates });
    }
    let (Some(first), Some(last)) = (
        stays.iter().map(|stay| stay.admitted_on).min(),
        stays.iter().map(|stay| stay.discharged_on).max(),
    ) else {
        return results;
    };
    let mut of_year: BTreeMap<i32, u32> = BTreeMap::new();
    for day in walk(first, last) {
        for (stay, worth) in stays.iter().zip(&worth) {
            let Some((_, Some(fen))) = worth.iter().find(|(own, _)| *own == day) else {
                continue;
            };
            let mine = results.get_mut(&stay.claim).unwrap();
            let used = of_year.entry(day.year()).or_default();
            let stay_cap = *value(pack.cap_days_per_stay(), stay.admitted_on);
            let year_cap = *value(pack.cap_days_per_year(), day);
            let stay_full =
                stay_cap.is_some_and(|cap| u32::try_from(mine.paid.len()).unwrap() >= cap);
            if stay_full || year_cap.is_some_and(|cap| *used >= cap) {
                continue;
            }
            mine.paid.push((day, *fen));
            *used += 1;
            break;
        }
    }
    results
}
