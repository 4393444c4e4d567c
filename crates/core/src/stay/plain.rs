//! Plain stays: the sums of a person whose stays each lie within one set of rules and one state of
//! the person, under rules that pay every day of a stay alike. Nothing has to be cut or shared out,
//! so each stay is asked once.
//!
//! Most people are plain. Whoever is not is left to the engine, which this repeats for the plain
//! case only: that both agree is tested on random people under random packs.

use std::ops::RangeInclusive;

use crate::day::Day;
use crate::fact::{Fact, Sheet};
use crate::money::Fen;
use crate::programme::{Moment, Plain, Programme, Rules, Tri};

use super::engine::{Scratch, Stay, StayPerson};
use super::total::YearTotals;
use super::{DayCounting, StatusFacts, stay_days, tell_statuses};

/// What has been had of the year that was paid last.
struct OfYear {
    year: i32,
    days: u32,
}

/// The sums of a plain person; `None` for everyone else.
pub(super) fn total(
    programme: &Programme,
    person: &StayPerson<'_>,
    years: &RangeInclusive<i32>,
    scratch: &mut Scratch,
) -> Option<YearTotals> {
    if !person.registered {
        return None;
    }
    let sheet = &mut scratch.sheet;
    let mut sums = YearTotals::default();
    let mut of_year = OfYear {
        year: i32::MIN,
        days: 0,
    };
    let mut free_from = None;
    let mut rules = programme.rules_at(person.stays.first()?.admitted_on)?;
    tell_person(sheet, rules.plain.as_ref()?, person);
    for stay in person.stays {
        // In order and apart, so that no day is that of two stays.
        if stay.yields_day || free_from.is_some_and(|day| stay.admitted_on < day) {
            return None;
        }
        let over = rules.until.is_some_and(|until| until <= stay.admitted_on);
        if over || stay.admitted_on < rules.from {
            rules = programme.rules_at(stay.admitted_on)?;
            tell_person(sheet, rules.plain.as_ref()?, person);
        }
        let plain = rules.plain.as_ref()?;
        let days = stay_days(plain.counting, stay.admitted_on, stay.discharged_on);
        let end = end_of(stay, plain.counting, days)?;
        free_from = Some(end);
        if changes_within(rules, person, (stay.admitted_on, end)) {
            return None;
        }
        // The statuses of the day and then the stay, as the engine does.
        tell_statuses(sheet, person.statuses, stay.admitted_on);
        for fact in &plain.of_stay {
            sheet.set(*fact, stay.number(*fact, days));
        }
        let now = Moment::of(stay.admitted_on);
        if plain.turns_within(sheet, now, days) {
            return None;
        }
        let pays = match rules.eligibility.ask(sheet, now) {
            Tri::False => Tri::False,
            Tri::Unknown => return None,
            Tri::True => plain.when.ask(sheet, now),
        };
        match pays {
            Tri::False => {}
            Tri::Unknown => return None,
            Tri::True => {
                let free = plain.free.min(days);
                let from = match free {
                    0 => stay.admitted_on,
                    free => stay.admitted_on.plus_days(free)?,
                };
                let days = days.saturating_sub(free);
                pay(plain, (from, end, days), years, &mut of_year, &mut sums)?;
            }
        }
    }
    Some(sums)
}

/// The first day after the counted ones, if there are any.
fn end_of(stay: &Stay, counting: DayCounting, days: u32) -> Option<Day> {
    match counting {
        // Days are costly to add, and here the discharge says where they end.
        DayCounting::DischargeMinusAdmission if stay.admitted_on < stay.discharged_on => {
            Some(stay.discharged_on)
        }
        DayCounting::DischargeMinusAdmission | DayCounting::BothEnds => {
            stay.admitted_on.plus_days(days).filter(|_| days > 0)
        }
    }
}

/// Writes on the sheet what the conditions ask for of the person. Statuses and stays are written
/// beside it, whatever the person's sheet says of them.
fn tell_person(sheet: &mut Sheet, plain: &Plain, person: &StayPerson<'_>) {
    for fact in &plain.of_person {
        sheet.set(*fact, person.sheet.get(*fact));
    }
    sheet.set(Fact::Registered, 1);
    if sheet.get(Fact::Alive).is_none() {
        // Someone in hospital lives.
        sheet.set(Fact::Alive, 1);
    }
}

/// Whether rules end, or a status begins or ends, within the days of a stay.
fn changes_within(rules: &Rules, person: &StayPerson<'_>, (first, end): (Day, Day)) -> bool {
    let inside = |day: Day| first < day && day < end;
    let turns = |status: &StatusFacts| {
        inside(status.period.from()) || status.period.until().is_some_and(inside)
    };
    rules.until.is_some_and(inside) || person.statuses.iter().any(turns)
}

/// Pays so many days from the first to before the last, calendar year by calendar year.
fn pay(
    plain: &Plain,
    (mut from, end, mut left): (Day, Day, u32),
    years: &RangeInclusive<i32>,
    of_year: &mut OfYear,
    sums: &mut YearTotals,
) -> Option<()> {
    let mut left_of_stay = plain.cap_per_stay;
    let mut paid_any = false;
    while from < end {
        let year = from.year();
        if of_year.year != year {
            *of_year = OfYear { year, days: 0 };
        }
        let (until, days) = match end.year() == year {
            true => (end, left),
            false => {
                let until = Day::first_of_year(year.checked_add(1)?)?.min(end);
                (until, u32::try_from(from.days_until(until)).ok()?)
            }
        };
        left = left.saturating_sub(days);
        let left_of_year = plain.cap_per_year.saturating_sub(of_year.days);
        let paid = days.min(left_of_stay).min(left_of_year);
        of_year.days = of_year.days.saturating_add(paid);
        left_of_stay = left_of_stay.saturating_sub(paid);
        if paid > 0 && years.contains(&year) {
            let amount = Fen::new(plain.daily).times_count(paid)?;
            sums.amount = sums.amount.checked_add(amount)?;
            sums.days = sums.days.saturating_add(paid);
            paid_any = true;
        }
        from = until;
    }
    sums.paid_stays = sums.paid_stays.saturating_add(u32::from(paid_any));
    Some(())
}
