//! Rules that pay every day of a stay alike, in the form in which that can be told at once.

use crate::DayCounting;
use crate::day::Day;
use crate::fact::{Fact, Sheet};

use super::asking::Asking;
use super::figure::Figure;
use super::form::{Form, StayCap};
use super::rules::{Component, test_edges};
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
    /// The facts that the conditions ask for.
    pub(crate) asked: Box<[Fact]>,
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
        Some(Self {
            daily,
            counting: rate.counting,
            free: rate.free,
            cap_per_stay: days(rate.cap_per_stay)?,
            cap_per_year: days(rate.cap_per_year)?,
            when: component.when.clone(),
            asked: asked.iter().collect(),
            timed: timed.into_boxed_slice(),
        })
    }

    /// The days on which an answer may change by the passing of time alone.
    #[inline]
    pub(crate) fn edges(&self, sheet: &Sheet, push: &mut impl FnMut(Day)) {
        for test in &self.timed {
            test_edges(test, sheet, &mut |day| day.into_iter().for_each(&mut *push));
        }
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
