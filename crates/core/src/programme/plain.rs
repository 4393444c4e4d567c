//! Rules that pay every day of a stay alike, in the form in which that can be told at once.

use crate::DayCounting;
use crate::fact::{Fact, FactSet, Sheet};
use crate::stay::{OF_A_STAY, OF_STATUSES};

use super::asking::Asking;
use super::figure::Figure;
use super::form::{Form, StayCap};
use super::moment::{Moment, ordinal};
use super::rules::Component;
use super::test::{Check, Test};

/// The facts that differ from day to day of a stay.
const OF_A_DAY: [Fact; 2] = [Fact::NursingLevel, Fact::IntensiveCare];

/// One entitlement at a fixed rate, limited by days of a stay and of a year only, whose conditions
/// ask for nothing that differs from day to day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain {
    /// Fen a day.
    pub(crate) daily: i64,
    /// How days are counted.
    pub(crate) counting: DayCounting,
    /// First days that are not paid.
    pub(crate) free: u32,
    /// The most days of a stay; the largest number where that is not limited.
    pub(crate) cap_per_stay: u32,
    /// The most days of a calendar year; the largest number where that is not limited.
    pub(crate) cap_per_year: u32,
    /// When the entitlement is given.
    pub(crate) when: Asking,
    /// The facts of the stay that the conditions ask for.
    pub(crate) of_stay: Box<[Fact]>,
    /// The facts that the conditions ask for and neither stay nor statuses tell.
    pub(crate) of_person: Box<[Fact]>,
    /// The tests whose answers change by the passing of time.
    timed: Box<[Test]>,
}

impl Plain {
    /// The plain form of these rules, if they have one.
    pub(crate) fn of(eligibility: &Asking, components: &[Component]) -> Option<Self> {
        let [component] = components else {
            return None;
        };
        let Form::PerStayDay(rate) = &component.form else {
            return None;
        };
        let Figure::Fixed(daily) = rate.rate else {
            return None;
        };
        let asked = eligibility.facts().union(component.when.facts());
        if OF_A_DAY.into_iter().any(|fact| asked.has(fact)) || rate.cap_lifetime.is_some() {
            return None;
        }
        let mut timed = Vec::new();
        let mut keep = |test: &Test| match test.check {
            Check::Age { .. } | Check::Since { .. } => timed.push(test.clone()),
            Check::Between { .. }
            | Check::Words(_)
            | Check::Spans { .. }
            | Check::AtLeastFact(_)
            | Check::BelowFact(_) => {}
        };
        eligibility.each_test(&mut keep);
        component.when.each_test(&mut keep);
        let set = |facts: &[Fact]| facts.iter().copied().collect::<FactSet>();
        let others = asked.minus(set(&OF_A_STAY)).minus(set(&OF_STATUSES));
        Some(Self {
            daily,
            counting: rate.counting,
            free: rate.free,
            cap_per_stay: days(rate.cap_per_stay)?,
            cap_per_year: days(rate.cap_per_year)?,
            when: component.when.clone(),
            of_stay: OF_A_STAY.into_iter().filter(|it| asked.has(*it)).collect(),
            of_person: others.iter().collect(),
            timed: timed.into_boxed_slice(),
        })
    }

    /// Whether an answer may change by the passing of time alone on a day after the first of so many
    /// days. In numbers, as tests are asked: days are costly to make, and nearly nothing ever turns.
    #[inline]
    pub(crate) fn turns_within(&self, sheet: &Sheet, now: Moment, days: u32) -> bool {
        let until = now.ordinal.saturating_add(i64::from(days));
        let inside = |edge: i64| now.ordinal < edge && edge < until;
        self.timed.iter().any(|test| {
            let Some(number) = sheet.get(test.fact) else {
                return false;
            };
            match test.check {
                Check::Since { low, high } => {
                    let edges = [0, low, high.saturating_add(1)];
                    let since = ordinal(number);
                    edges.iter().any(|days| inside(since.saturating_add(*days)))
                }
                // 29 February of a common year has the ordinal of 1 March.
                Check::Age { low, high } => [low, high]
                    .iter()
                    .any(|years| inside(ordinal(number.saturating_add(*years)))),
                Check::Between { .. }
                | Check::Words(_)
                | Check::Spans { .. }
                | Check::AtLeastFact(_)
                | Check::BelowFact(_) => false,
            }
        })
    }
}

/// A cap in days; `None` for one in money.
const fn days(cap: Option<StayCap>) -> Option<u32> {
    match cap {
        None => Some(u32::MAX),
        Some(StayCap::Days(days)) => Some(days),
        Some(StayCap::Money(_)) => None,
    }
}
