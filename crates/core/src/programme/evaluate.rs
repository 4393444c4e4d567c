//! The verdict of a programme on what is known of someone, on one day.

use crate::day::Day;
use crate::fact::{FactSet, Sheet};
use crate::money::Fen;
use crate::trace::Outcome;
use crate::word::words;

use super::Programme;
use super::form::{Form, OutOfRange};
use super::moment::Moment;
use super::rules::{Component, Limits, Rules};
use super::test::Tri;

/// What a programme gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Granted, refused, or not to be decided yet.
    pub outcome: Outcome,
    /// What is paid in the period; nothing unless it is granted.
    pub amount: Fen,
    /// The facts that keep it from being decided; none unless it is undetermined.
    pub missing: FactSet,
}

impl Verdict {
    const REFUSED: Self = Self {
        outcome: Outcome::Refused,
        amount: Fen::ZERO,
        missing: FactSet::EMPTY,
    };

    const fn granted(amount: Fen) -> Self {
        Self {
            outcome: Outcome::Granted,
            amount,
            missing: FactSet::EMPTY,
        }
    }

    const fn undetermined(missing: FactSet) -> Self {
        Self {
            outcome: Outcome::Undetermined,
            amount: Fen::ZERO,
            missing,
        }
    }
}

words! {
    /// The limits on all entitlements of a programme together.
    pub enum Limit {
        /// Of one period.
        PerPeriod = "per_period",
        /// Of a calendar year, with what was received in it.
        PerYear = "per_year",
        /// Of a life, with what was received in all.
        Lifetime = "lifetime",
        /// Times in a life, with those received.
        Times = "times",
    }
}

/// A step of an evaluation, as a [`Sink`] is told of it, in the order in which the rule is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Whether rules are in force on the day. Where none are, nothing follows.
    InForce(bool),
    /// What the eligibility comes to. Unless it holds, nothing follows.
    Eligibility(Tri),
    /// What an entitlement comes to.
    Component {
        /// Its place in the version.
        place: usize,
        /// Whether it is given.
        applies: Tri,
        /// What it pays, where that is known.
        amount: Option<Fen>,
    },
    /// A limit that is set, where there is anything to limit.
    Limit {
        /// Which.
        limit: Limit,
        /// The limit, in fen or times, where it is known.
        most: Option<i64>,
        /// What counts against it was received before, where it is known.
        before: Option<i64>,
        /// Whether it took nothing away: `False` where it left nothing.
        leaves: Tri,
    },
}

/// Who is told of each step of an evaluation.
pub trait Sink {
    /// Is told of a step.
    fn step(&mut self, step: Step);
}

/// Nobody is told: an evaluation into it allocates nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Sink for Silent {
    #[inline]
    fn step(&mut self, _: Step) {}
}

/// A programme asked on one day: the rules of the day found once for all people.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    rules: Option<&'a Rules>,
    now: Moment,
}

impl Programme {
    /// The programme asked on a day.
    #[must_use]
    pub fn on(&self, day: Day) -> Asked<'_> {
        Asked {
            rules: self.rules_at(day),
            now: Moment::of(day),
        }
    }
}

/// What a programme gives on a day for what is known of someone. Without allocation, if the sink
/// needs none.
///
/// # Errors
/// [`OutOfRange`] if an amount is too large to be counted.
pub fn evaluate<S: Sink>(
    programme: &Programme,
    sheet: &Sheet,
    day: Day,
    sink: &mut S,
) -> Result<Verdict, OutOfRange> {
    programme.on(day).evaluate(sheet, sink)
}

impl Asked<'_> {
    /// As [`evaluate`].
    ///
    /// # Errors
    /// As [`evaluate`].
    #[inline]
    pub fn evaluate<S: Sink>(&self, sheet: &Sheet, sink: &mut S) -> Result<Verdict, OutOfRange> {
        let now = self.now;
        let Some(rules) = self.rules else {
            sink.step(Step::InForce(false));
            return Ok(Verdict::REFUSED);
        };
        sink.step(Step::InForce(true));
        let eligible = rules.eligibility.ask(sheet, now);
        sink.step(Step::Eligibility(eligible));
        match eligible {
            Tri::False => return Ok(Verdict::REFUSED),
            Tri::Unknown => {
                return Ok(Verdict::undetermined(rules.eligibility.missing(sheet, now)));
            }
            Tri::True => {}
        }
        let mut sum = Sum::default();
        for (place, component) in rules.components.iter().enumerate() {
            sum.add(place, component, sheet, now, sink)?;
        }
        if sum.open {
            return Ok(Verdict::undetermined(sum.missing));
        }
        if sum.amount <= Fen::ZERO && !sum.in_kind {
            return Ok(Verdict::REFUSED);
        }
        if !rules.limits.any {
            return Ok(Verdict::granted(sum.amount));
        }
        limited(&rules.limits, sum, sheet, now, sink)
    }
}

/// What the entitlements come to so far.
#[derive(Default)]
struct Sum {
    amount: Fen,
    /// A service is given.
    in_kind: bool,
    /// An entitlement is not known.
    open: bool,
    /// The facts that keep entitlements from being known.
    missing: FactSet,
}

impl Sum {
    #[inline]
    fn add<S: Sink>(
        &mut self,
        place: usize,
        component: &Component,
        sheet: &Sheet,
        now: Moment,
        sink: &mut S,
    ) -> Result<(), OutOfRange> {
        let applies = component.when.ask(sheet, now);
        let amount = match applies {
            Tri::True => component.form.amount(sheet, now)?,
            Tri::False => Some(Fen::ZERO),
            Tri::Unknown => None,
        };
        sink.step(Step::Component {
            place,
            applies,
            amount,
        });
        match amount {
            None => {
                self.open = true;
                let missing = match applies {
                    Tri::True => component.form.missing(sheet, now),
                    Tri::Unknown | Tri::False => component.when.missing(sheet, now),
                };
                self.missing = self.missing.union(missing);
            }
            Some(amount) => {
                self.amount = self.amount.checked_add(amount).ok_or(OutOfRange)?;
                self.in_kind |= applies == Tri::True && matches!(component.form, Form::InKind);
            }
        }
        Ok(())
    }
}

/// What the limits leave of a sum that is not nothing.
#[inline(never)]
fn limited<S: Sink>(
    limits: &Limits,
    sum: Sum,
    sheet: &Sheet,
    now: Moment,
    sink: &mut S,
) -> Result<Verdict, OutOfRange> {
    let mut left = sum.amount;
    let mut missing = FactSet::EMPTY;
    let mut times_left = true;
    for (limit, figure, counted) in limits.each() {
        if figure.is_unlimited() {
            continue;
        }
        let most = figure.of(sheet, now);
        let before = counted.map_or(Some(0), |fact| sheet.get(fact));
        let leaves = match (most, before) {
            (Some(most), Some(before)) => {
                let rest = most.saturating_sub(before).max(0);
                match limit {
                    Limit::Times => times_left = rest > 0,
                    Limit::PerPeriod | Limit::PerYear | Limit::Lifetime => {
                        left = left.min(Fen::new(rest));
                    }
                }
                Tri::from(rest > 0)
            }
            (_, _) => {
                let unknown: FactSet = counted.into_iter().collect();
                missing = missing
                    .union(sheet.lacking(unknown))
                    .union(figure.missing(sheet, now));
                Tri::Unknown
            }
        };
        sink.step(Step::Limit {
            limit,
            most,
            before,
            leaves,
        });
    }
    if !missing.is_empty() {
        return Ok(Verdict::undetermined(missing));
    }
    if !times_left || (left <= Fen::ZERO && !sum.in_kind) {
        return Ok(Verdict::REFUSED);
    }
    Ok(Verdict::granted(left))
}
