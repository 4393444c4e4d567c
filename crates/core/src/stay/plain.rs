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

use super::engine::{OF_A_STAY, Scratch, Stay, StayPerson};
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
    for stay in person.stays {
        // In order and apart, so that no day is that of two stays.
        if stay.yields_day || free_from.is_some_and(|day| stay.admitted_on < day) {
            return None;
        }
        let over = rules.until.is_some_and(|until| until <= stay.admitted_on);
        if over || stay.admitted_on < rules.from {
            rules = programme.rules_at(stay.admitted_on)?;
        }
        let plain = rules.plain.as_ref()?;
        let days = stay_days(plain.counting, stay.admitted_on, stay.discharged_on);
        let end = end_of(stay, plain.counting, days)?;
        free_from = Some(end);
        tell(sheet, plain, person, (stay, days));
        if !is_alike(rules, plain, person, (stay.admitted_on, end), sheet) {
            return None;
        }
        let now = Moment::of(stay.admitted_on);
        let pays = match rules.eligibility.ask(sheet, now) {
            Tri::False => Tri::False,
            Tri::Unknown => return None,
            Tri::True => plain.when.ask(sheet, now),
        };
        match pays {
            Tri::False => {}
            Tri::Unknown => return None,
            Tri::True => {
                let from = match plain.free {
                    0 => stay.admitted_on,
                    free => stay.admitted_on.plus_days(free.min(days))?,
                };
                pay(plain, (from, end), years, &mut of_year, &mut sums)?;
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

/// Writes on the sheet what the conditions ask for, as it is on the first day of a stay: facts of
/// the person, then statuses, then the stay, as the engine does.
fn tell(sheet: &mut Sheet, plain: &Plain, person: &StayPerson<'_>, (stay, days): (&Stay, u32)) {
    for fact in &plain.asked {
        sheet.set(*fact, person.sheet.get(*fact));
    }
    sheet.set(Fact::Registered, 1);
    if sheet.get(Fact::Alive).is_none() {
        // Someone in hospital lives.
        sheet.set(Fact::Alive, 1);
    }
    tell_statuses(sheet, person.statuses, stay.admitted_on);
    for fact in &plain.asked {
        if OF_A_STAY.contains(fact) {
            sheet.set(*fact, stay.number(*fact, days));
        }
    }
}

/// Whether all days of a stay are alike: the rules hold on all of them, no status begins or ends
/// within, and no answer changes by the passing of time.
fn is_alike(
    rules: &Rules,
    plain: &Plain,
    person: &StayPerson<'_>,
    (first, end): (Day, Day),
    sheet: &Sheet,
) -> bool {
    let inside = |day: Day| first < day && day < end;
    if rules.until.is_some_and(inside) {
        return false;
    }
    let turns = |status: &StatusFacts| {
        inside(status.period.from()) || status.period.until().is_some_and(inside)
    };
    if person.statuses.iter().any(turns) {
        return false;
    }
    let mut changes = false;
    plain.edges(sheet, &mut |day| changes |= inside(day));
    !changes
}

/// Pays the days from the first to before the last, calendar year by calendar year.
fn pay(
    plain: &Plain,
    (mut from, end): (Day, Day),
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
        let until = match end.year() == year {
            true => end,
            false => Day::first_of_year(year.checked_add(1)?)?.min(end),
        };
        let days = u32::try_from(from.days_until(until)).ok()?;
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
