//! The rules of a span of days on which nothing changes, with every value resolved.

use crate::day::Day;
use crate::fact::{Fact, FactSet, Sheet};

use super::asking::Asking;
use super::evaluate::Limit;
use super::figure::Figure;
use super::form::Form;
use super::moment::Moment;
use super::node::Node;
use super::plain::Plain;
use super::test::{Check, Test, Tri};

/// The rules from a day on, until the next ones begin or the programme pauses or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The first day they hold.
    pub(crate) from: Day,
    /// The first day they no longer hold, if there is one.
    pub(crate) until: Option<Day>,
    /// The version's place among the pack's.
    pub(crate) version: usize,
    /// Who is entitled, to be asked.
    pub(crate) eligibility: Asking,
    /// The same with its clauses, to be told.
    pub(crate) told: Node,
    /// The entitlements, in the order of the version.
    pub(crate) components: Box<[Component]>,
    /// What all together may come to.
    pub(crate) limits: Limits,
    /// The form in which stays are told at once, where the rules have one.
    pub(crate) plain: Option<Plain>,
}

/// One entitlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    /// When it is given, to be asked.
    pub(crate) when: Asking,
    /// The same with its clauses, to be told.
    pub(crate) told: Node,
    /// What it pays.
    pub(crate) form: Form,
}

/// The limits on all entitlements together; the largest number where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Fen in one period.
    pub(crate) per_period: Figure,
    /// Fen in a calendar year, with what was received in it.
    pub(crate) per_year: Figure,
    /// Fen in a life, with what was received in all.
    pub(crate) lifetime: Figure,
    /// Times in a life, with those received.
    pub(crate) times: Figure,
    /// Whether any of them is set.
    pub(crate) any: bool,
}

impl Limits {
    /// Each limit, in the order in which they are taken, with its figure and the fact of what was
    /// received that counts against it.
    #[inline]
    pub(crate) const fn each(&self) -> [(Limit, &Figure, Option<Fact>); 4] {
        [
            (Limit::PerPeriod, &self.per_period, None),
            (Limit::PerYear, &self.per_year, Some(Fact::ReceivedThisYear)),
            (Limit::Lifetime, &self.lifetime, Some(Fact::ReceivedInAll)),
            (Limit::Times, &self.times, Some(Fact::TimesReceived)),
        ]
    }

    /// The facts that the limits ask for.
    fn facts(&self) -> FactSet {
        let mut facts = FactSet::EMPTY;
        for (_, figure, counted) in self.each() {
            if !figure.is_unlimited() {
                facts = facts
                    .union(figure.facts())
                    .union(counted.into_iter().collect());
            }
        }
        facts
    }
}

impl Rules {
    /// Whether someone is entitled, given what is known of them on a day.
    #[must_use]
    pub fn eligible(&self, sheet: &Sheet, day: Day) -> Tri {
        self.eligibility.ask(sheet, Moment::of(day))
    }

    /// The entitlements, in the order of the version.
    pub(crate) fn components(&self) -> &[Component] {
        &self.components
    }

    /// The facts the rules may ask for.
    #[must_use]
    pub fn facts(&self) -> FactSet {
        let components = self
            .components
            .iter()
            .map(|component| component.when.facts().union(component.form.facts()));
        components
            .fold(self.eligibility.facts(), FactSet::union)
            .union(self.limits.facts())
    }

    /// The days in (from, until) on which the answer of a condition or of a table's row may change
    /// by the passing of time alone, given the sheet: birthdays, and days so many days after a
    /// known day. In no order, perhaps some twice.
    pub(crate) fn edges(&self, sheet: &Sheet, from: Day, until: Day, push: &mut impl FnMut(Day)) {
        let mut inside = |day: Option<Day>| {
            if let Some(day) = day.filter(|day| from < *day && *day < until) {
                push(day);
            }
        };
        self.each_test(&mut |test| test_edges(test, sheet, &mut inside));
    }

    /// Shows every test of the conditions and tables.
    pub(crate) fn each_test(&self, show: &mut impl FnMut(&Test)) {
        self.eligibility.each_test(show);
        for component in &self.components {
            component.when.each_test(show);
            component.form.each_test(show);
        }
        for (_, figure, _) in self.limits.each() {
            figure.each_test(show);
        }
    }
}

/// The clauses of a condition in reading order, each once, and what each comes to.
pub(crate) fn clauses_of(told: &Node, sheet: &Sheet, now: Moment) -> Vec<(usize, Tri)> {
    let mut clauses: Vec<(usize, Tri)> = Vec::new();
    told.each_clause(&mut |place, condition| {
        if clauses.iter().all(|(known, _)| *known != place) {
            clauses.push((place, condition.ask(sheet, now)));
        }
    });
    clauses
}

/// The days on which a test's answer changes by itself.
pub(crate) fn test_edges(test: &Test, sheet: &Sheet, push: &mut impl FnMut(Option<Day>)) {
    let Some(number) = sheet.get(test.fact) else {
        return;
    };
    match test.check {
        Check::Age { low, high } => {
            for years in [low, high] {
                push(birthday(number, years));
            }
        }
        Check::Since { low, high } => {
            push(Day::of_number(number));
            push(days_after(number, low));
            push(days_after(number, high.saturating_add(1)));
        }
        Check::Between { .. }
        | Check::Words(_)
        | Check::Spans { .. }
        | Check::AtLeastFact(_)
        | Check::BelowFact(_) => {}
    }
}

/// The day on which so many years, times 10,000, are full since a day of the sheet: 1 March for
/// 29 February in a common year.
pub(crate) fn birthday(number: i64, years: i64) -> Option<Day> {
    let reached = number.checked_add(years)?;
    Day::of_number(reached).or_else(|| Day::of_number(reached.checked_add(72)?))
}

/// The day so many days after a day of the sheet.
pub(crate) fn days_after(number: i64, days: i64) -> Option<Day> {
    Day::of_number(number)?.plus_days(u32::try_from(days).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays_and_days_after_follow_the_calendar() {
        let day = |text: &str| Day::parse(text).ok();
        assert_eq!(birthday(19_770_302, 490_000), day("2026-03-02"));
        assert_eq!(birthday(19_760_229, 490_000), day("2025-03-01"));
        assert_eq!(birthday(19_760_229, 480_000), day("2024-02-29"));
        assert_eq!(birthday(19_760_229, i64::MAX), None);
        assert_eq!(days_after(20_240_228, 2), day("2024-03-01"));
        assert_eq!(days_after(20_240_228, -1), None);
        assert_eq!(days_after(20_240_228, i64::MAX), None);
    }
}
