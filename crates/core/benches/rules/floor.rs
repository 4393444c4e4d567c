//! The floor: hospital care, interest and premium as one would write them by hand for this year and
//! these people, with nothing that could be changed by a pack.
//!
//! The arithmetic is the same, the data read are fewer. What is true of everyone here is not asked:
//! that they are alive and registered, that stays lie in order and apart, the class of the hospital,
//! the waiting period of no days, who borrows for what and how often, and whether anything is unknown.
//! The engine reads and asks all of that.

use std::cmp::{max, min};

use sizhu_core::{Day, StatusFacts, StatusKind};

use super::Sums;
use super::people::{Person, TODAY, YEAR};

const DAILY_FEN: i64 = 10_000;
const DAYS_A_YEAR: i64 = 90;
const PREMIUM_FEN: i64 = 15_000;
const PRINCIPAL_CAP_FEN: i64 = 5_000_000;
const RATE_CAP_PPM: i64 = 50_000;
const TERM_DAYS: i64 = 1_096;

struct Calendar {
    today: Day,
    from: Day,
    until: Day,
    /// Where the listed diagnoses begin and end.
    listed: [(i64, i64); 6],
}

/// One pass over people.
pub(crate) fn pass(people: &[Person]) -> Sums {
    let span = sizhu_core::fact::diagnosis_span;
    let calendar = Calendar {
        today: Day::from_ymd(TODAY.0, TODAY.1, TODAY.2).unwrap(),
        from: Day::first_of_year(YEAR).unwrap(),
        until: Day::first_of_year(YEAR + 1).unwrap(),
        listed: [
            span("C00", "C97"),
            span("F20", "F29"),
            span("I21", "I22"),
            span("I60", "I64"),
            span("K72", "K72"),
            span("N18", "N18"),
        ],
    };
    let mut sums = Sums::default();
    for person in people {
        sums.care_fen += care(person, &calendar);
        sums.interest_fen += interest(person, &calendar);
        sums.premium_fen += premium(person, &calendar);
    }
    sums
}

fn entitles(status: &StatusFacts) -> bool {
    status.confirmed
        && match status.kind {
            StatusKind::ChildDied => true,
            StatusKind::ChildDisabled | StatusKind::SurgeryComplication => {
                status.grade.is_some_and(|grade| grade.get() <= 3)
            }
        }
}

/// The days of each stay that the (only) status covers, at most 90 in the year.
fn care(person: &Person, calendar: &Calendar) -> i64 {
    let mut left = DAYS_A_YEAR;
    for stay in &person.stays {
        let listed = stay.diagnosis.is_some_and(|code| {
            let mut ranges = calendar.listed.iter();
            ranges.any(|(low, high)| (*low..=*high).contains(&code))
        });
        if !listed {
            continue;
        }
        for status in person
            .registry
            .statuses
            .iter()
            .filter(|status| entitles(status))
        {
            let from = max(stay.admitted_on, max(status.period.from(), calendar.from));
            let until = min(stay.discharged_on, calendar.until);
            let until = status.period.until().map_or(until, |end| min(until, end));
            left -= from.days_until(until).clamp(0, left);
        }
    }
    (DAYS_A_YEAR - left) * DAILY_FEN
}

/// Simple interest on the capped principal at the capped rate, over the year, half up.
fn interest(person: &Person, calendar: &Calendar) -> i64 {
    let Some(loan) = &person.loan else {
        return 0;
    };
    let since = loan.from.days_until(calendar.today);
    if !(0..=TERM_DAYS).contains(&since) {
        return 0;
    }
    let from = max(loan.from, calendar.from);
    let days = from.days_until(min(loan.until, calendar.until)).max(0);
    let principal = i128::from(min(loan.principal_fen, PRINCIPAL_CAP_FEN));
    let yearly = principal * i128::from(min(loan.rate_ppm, RATE_CAP_PPM));
    let divisor = 1_000_000 * 365;
    ((yearly * i128::from(days) * 2 + divisor) / (2 * divisor)) as i64
}

fn premium(person: &Person, calendar: &Calendar) -> i64 {
    let mut statuses = person.registry.statuses.iter();
    let covered = |status: &StatusFacts| {
        status.kind != StatusKind::SurgeryComplication
            && entitles(status)
            && status.period.contains(calendar.today)
    };
    if statuses.any(covered) {
        PREMIUM_FEN
    } else {
        0
    }
}
