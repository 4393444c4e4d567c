//! What a programme says of interest on a day, asked of one loan.

use crate::day::Day;
use crate::fact::{Fact, FactSet, Sheet};
use crate::programme::{Form, Interest, Moment, Programme, Rules, Tri};

use super::course::Course;
use super::decision::{LoanError, Paid, Reason, SubsidyPeriod};
use super::facts::HolderFacts;

/// Whether a loan is entitled on a day, and under which terms.
#[derive(Debug, Clone, Copy)]
pub(super) enum Standing<'a> {
    /// It is not.
    No(Reason),
    /// Facts are missing.
    Open(FactSet),
    /// It is, with this principal and rate at most.
    Yes {
        terms: &'a Interest,
        principal: i64,
        rate: i64,
    },
}

/// Refuses programmes of something else than interest.
pub(super) fn check_programme(programme: &Programme) -> Result<(), LoanError> {
    for day in programme.starts() {
        let Some(rules) = programme.rules_at(day) else {
            continue;
        };
        let mut components = rules.components().iter();
        let all = components.all(|it| matches!(it.form, Form::Interest(_)));
        if rules.limits.any || rules.components().is_empty() || !all {
            return Err(LoanError::Programme);
        }
    }
    Ok(())
}

/// The terms of interest of some rules, for what is the same in all their entitlements.
pub(super) fn terms_of(rules: &Rules) -> Option<&Interest> {
    rules.components().iter().find_map(|it| interest(&it.form))
}

const fn interest(form: &Form) -> Option<&Interest> {
    match form {
        Form::Interest(interest) => Some(interest),
        Form::Amount(_)
        | Form::PerUnit { .. }
        | Form::PerStayDay(_)
        | Form::ShareOfCost { .. }
        | Form::Quota { .. }
        | Form::InKind => None,
    }
}

/// What is known of a loan on a day, with so many subsidy years used.
pub(super) fn sheet(facts: &HolderFacts, course: &Course<'_>, day: Day, used: u32) -> Sheet {
    let loan = course.loan;
    let terms = loan.contract.terms();
    let mut sheet = Sheet::EMPTY;
    facts.facts.tell(&mut sheet);
    let before = sheet.get(Fact::LoanTimesSubsidised).unwrap_or(0);
    sheet.set(
        Fact::LoanTimesSubsidised,
        before.saturating_add(i64::from(used)),
    );
    let borrower = Fact::LoanBorrower.word_number(loan.borrower.as_str());
    sheet.set(Fact::LoanBorrower, borrower);
    let purpose = Fact::LoanPurpose.word_number(loan.purpose.as_str());
    sheet.set(Fact::LoanPurpose, purpose);
    sheet.set(Fact::LoanPrincipal, terms.principal.get());
    sheet.set(Fact::LoanRate, course.rates.at(day).map(super::Rate::get));
    sheet.set(Fact::LoanFrom, terms.starts_on.number());
    let until = course.history.end_at(day).unwrap_or(course.end);
    sheet.set(Fact::LoanUntil, until.number());
    // What was not paid is not counted; whether it was is asked there, due day by due day.
    sheet.set(Fact::LoanInterestPaid, 1);
    if let Some(led) = loan.households_led {
        sheet.set(Fact::LoanHouseholdsLed, i64::from(led));
    }
    if let Some(kept) = loan.family_kept_policy {
        sheet.set(Fact::FamilyKeptPolicy, i64::from(kept));
    }
    sheet
}

/// Whether a loan is entitled under some rules, by what is known of it on a day.
pub(super) fn standing<'a>(
    rules: &'a Rules,
    sheet: &Sheet,
    day: Day,
) -> Result<Standing<'a>, LoanError> {
    let now = Moment::of(day);
    match rules.eligibility.ask(sheet, now) {
        Tri::False => return Ok(Standing::No(Reason::NotEligible)),
        Tri::Unknown => return Ok(Standing::Open(rules.eligibility.missing(sheet, now))),
        Tri::True => {}
    }
    let mut found = None;
    let mut missing = FactSet::EMPTY;
    for component in rules.components() {
        match component.when.ask(sheet, now) {
            Tri::False => {}
            Tri::Unknown => missing = missing.union(component.when.missing(sheet, now)),
            // Which of two would pay which part of the cap, no pack says.
            Tri::True if found.is_some() => return Err(LoanError::Programme),
            Tri::True => found = interest(&component.form),
        }
    }
    if !missing.is_empty() {
        return Ok(Standing::Open(missing));
    }
    let Some(terms) = found else {
        return Ok(Standing::No(Reason::NotEligible));
    };
    match (
        terms.most_principal(sheet, now),
        terms.rate_cap.of(sheet, now),
    ) {
        (Some(principal), Some(rate)) => Ok(Standing::Yes {
            terms,
            principal,
            rate,
        }),
        (_, _) => Ok(Standing::Open(terms.missing_of_caps(sheet, now))),
    }
}

/// The subsidy year of a day under the rules of that day.
pub(super) fn subsidy_year(rules: &Rules, day: Day) -> Option<(Day, Day)> {
    Moment::of(day).window_days(terms_of(rules)?.window)
}

/// The periods that decisions of a programme cover, from that of one day to that of the last day
/// before another, ascending: quarters or years of the subsidy year, as the pack says.
///
/// # Errors
/// [`LoanError`] if the programme is not one of interest, or the days hold no day.
pub fn periods(
    programme: &Programme,
    from: Day,
    until: Day,
) -> Result<Vec<SubsidyPeriod>, LoanError> {
    check_programme(programme)?;
    if until <= from {
        return Err(LoanError::Period);
    }
    let mut periods: Vec<SubsidyPeriod> = Vec::new();
    let mut day = from;
    while day < until {
        let rules = programme.rules_at_or_first(day);
        let year = subsidy_year(rules, day).ok_or(LoanError::Programme)?;
        let paid = terms_of(rules).map_or(Paid::YearEnd, |terms| terms.paid);
        let mut period = match paid {
            Paid::YearEnd | Paid::InAdvance => SubsidyPeriod {
                from: year.0,
                until: year.1,
            },
            Paid::QuarterEnd => quarter(year, day).ok_or(LoanError::Period)?,
        };
        // Where the subsidy year is moved, the first of the new ones is cut.
        if let Some(before) = periods.last() {
            period.from = period.from.max(before.until);
        }
        day = period.until;
        periods.push(period);
    }
    Ok(periods)
}

/// When a programme pays the subsidy of a day.
#[must_use]
pub fn paid(programme: &Programme, day: Day) -> Paid {
    terms_of(programme.rules_at_or_first(day)).map_or(Paid::YearEnd, |terms| terms.paid)
}

/// The quarter of a subsidy year that a day lies in.
fn quarter((first, end): (Day, Day), day: Day) -> Option<SubsidyPeriod> {
    let quarters = [0, 3, 6, 9].into_iter();
    let starts: Option<Vec<Day>> = quarters.map(|months| first.plus_months(months)).collect();
    let starts = starts?;
    let from = starts.iter().rev().find(|start| **start <= day)?;
    let until = starts.iter().find(|start| **start > day);
    Some(SubsidyPeriod {
        from: *from,
        until: until.copied().unwrap_or(end),
    })
}
