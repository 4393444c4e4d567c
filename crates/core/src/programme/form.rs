//! What the forms of entitlement pay, given their figures.

use crate::DayCounting;
use crate::fact::{Fact, FactSet, Sheet};
use crate::money::{Fen, Ratio, Rounding};

use super::figure::Figure;
use super::interest::Interest;
use super::moment::Moment;
use super::round::rounded;
use super::test::Test;

/// An amount or a count is outside what can be counted. The doors refuse such facts before;
/// seeing one is a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount is out of range")]
pub struct OutOfRange;

/// The most that is paid, in units or in money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cap {
    /// So many units.
    Units(Figure),
    /// So many fen.
    Money(Figure),
}

/// The most paid of stays, in days or in money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StayCap {
    /// So many days.
    Days(u32),
    /// So much money.
    Money(Fen),
}

/// How days of stays are paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StayRate {
    /// Fen a day.
    pub(crate) rate: Figure,
    /// How days are counted.
    pub(crate) counting: DayCounting,
    /// First days of a stay that are not paid.
    pub(crate) free: u32,
    /// The most of one stay.
    pub(crate) cap_per_stay: Option<StayCap>,
    /// The most in one calendar year.
    pub(crate) cap_per_year: Option<StayCap>,
    /// The most in a life.
    pub(crate) cap_lifetime: Option<StayCap>,
}

/// The share of a cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Share {
    /// The same of all, in parts per million.
    Whole(Figure),
    /// Of each part from an amount on: the amount in fen, parts per million. Ascending from 0.
    Tiers(Box<[(i64, i64)]>),
}

/// A form with its figures resolved. Amounts are fen, shares parts per million.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// An amount: `flat` and `premium`.
    Amount(Figure),
    /// A rate for each unit above the free ones.
    PerUnit {
        /// Fen a unit.
        rate: Figure,
        /// The counted fact.
        units: Fact,
        /// Units that are not paid.
        free: Figure,
        /// The most paid.
        cap: Option<Cap>,
    },
    /// A rate for each day of stays.
    PerStayDay(Box<StayRate>),
    /// A share of a cost.
    ShareOfCost {
        /// The cost.
        cost: Fact,
        /// What one bears first.
        deductible: Figure,
        /// The share of the rest.
        share: Share,
        /// The most paid.
        ceiling: Figure,
    },
    /// Interest on a loan.
    Interest(Box<Interest>),
    /// An amount while places are left.
    Quota {
        /// The amount.
        amount: Figure,
        /// The places.
        places: Figure,
    },
    /// A service.
    InKind,
}

const MILLION: i64 = 1_000_000;

impl Form {
    /// What is paid; `None` while a fact is not known.
    #[inline]
    pub(crate) fn amount(&self, sheet: &Sheet, now: Moment) -> Result<Option<Fen>, OutOfRange> {
        match self {
            Self::Amount(amount) => Ok(amount.of(sheet, now).map(Fen::new)),
            Self::InKind => Ok(Some(Fen::ZERO)),
            Self::PerUnit { .. }
            | Self::PerStayDay(_)
            | Self::ShareOfCost { .. }
            | Self::Interest(_)
            | Self::Quota { .. } => self.worked_out(sheet, now),
        }
    }

    /// As [`Form::amount`]: kept apart, so that the common forms stay small where they are asked.
    #[inline(never)]
    fn worked_out(&self, sheet: &Sheet, now: Moment) -> Result<Option<Fen>, OutOfRange> {
        match self {
            Self::Amount(amount) => Ok(amount.of(sheet, now).map(Fen::new)),
            Self::InKind => Ok(Some(Fen::ZERO)),
            Self::PerUnit {
                rate,
                units,
                free,
                cap,
            } => per_unit(rate, *units, free, cap.as_ref(), sheet, now),
            Self::PerStayDay(stay) => one_stay(stay, sheet, now),
            Self::ShareOfCost {
                cost,
                deductible,
                share,
                ceiling,
            } => {
                let known = (
                    sheet.get(*cost),
                    deductible.of(sheet, now),
                    ceiling.of(sheet, now),
                );
                let (Some(cost), Some(deductible), Some(ceiling)) = known else {
                    return Ok(None);
                };
                let above = cost.saturating_sub(deductible).max(0);
                share_of(share, above, sheet, now)
                    .map(|amount| amount.map(|amount| amount.min(Fen::new(ceiling))))
            }
            Self::Interest(interest) => interest.amount(sheet, now),
            Self::Quota { amount, places } => {
                let known = (sheet.get(Fact::QuotaTaken), places.of(sheet, now));
                let (Some(taken), Some(places)) = known else {
                    return Ok(None);
                };
                if taken >= places {
                    return Ok(Some(Fen::ZERO));
                }
                Ok(amount.of(sheet, now).map(Fen::new))
            }
        }
    }

    /// The facts that keep the amount from being known, where it is not.
    pub(crate) fn missing(&self, sheet: &Sheet, now: Moment) -> FactSet {
        let mut missing = sheet.lacking(self.counted());
        if let Self::Interest(interest) = self {
            return missing.union(interest.missing_of_caps(sheet, now));
        }
        self.each_figure(&mut |figure| missing = missing.union(figure.missing(sheet, now)));
        missing
    }

    /// The facts it may ask for.
    pub(crate) fn facts(&self) -> FactSet {
        let mut facts = self.counted();
        if let Self::Interest(interest) = self {
            facts = facts.union(interest.facts_of_led());
        }
        self.each_figure(&mut |figure| facts = facts.union(figure.facts()));
        facts
    }

    /// Shows each test of its tables.
    pub(crate) fn each_test(&self, show: &mut impl FnMut(&Test)) {
        self.each_figure(&mut |figure| figure.each_test(show));
    }

    /// The facts whose numbers it counts with.
    pub(crate) fn counted(&self) -> FactSet {
        match self {
            Self::Amount(_) | Self::InKind => FactSet::EMPTY,
            Self::PerUnit { units, .. } => FactSet::EMPTY.with(*units),
            Self::PerStayDay(_) => FactSet::EMPTY.with(Fact::StayDays),
            Self::ShareOfCost { cost, .. } => FactSet::EMPTY.with(*cost),
            Self::Interest(_) => Interest::COUNTED.into_iter().collect(),
            Self::Quota { .. } => FactSet::EMPTY.with(Fact::QuotaTaken),
        }
    }

    fn each_figure(&self, show: &mut impl FnMut(&Figure)) {
        match self {
            Self::Amount(amount) => show(amount),
            Self::InKind => {}
            Self::PerUnit {
                rate, free, cap, ..
            } => {
                show(rate);
                show(free);
                match cap {
                    Some(Cap::Units(most) | Cap::Money(most)) => show(most),
                    None => {}
                }
            }
            Self::PerStayDay(stay) => show(&stay.rate),
            Self::ShareOfCost {
                deductible,
                share,
                ceiling,
                ..
            } => {
                show(deductible);
                match share {
                    Share::Whole(share) => show(share),
                    Share::Tiers(_) => {}
                }
                show(ceiling);
            }
            Self::Interest(interest) => interest.each_figure(show),
            Self::Quota { amount, places } => {
                show(amount);
                show(places);
            }
        }
    }
}

/// rate x (units - free), at most the cap.
fn per_unit(
    rate: &Figure,
    units: Fact,
    free: &Figure,
    cap: Option<&Cap>,
    sheet: &Sheet,
    now: Moment,
) -> Result<Option<Fen>, OutOfRange> {
    let (most_units, most_money) = match cap {
        None => (Some(i64::MAX), Some(i64::MAX)),
        Some(Cap::Units(most)) => (most.of(sheet, now), Some(i64::MAX)),
        Some(Cap::Money(most)) => (Some(i64::MAX), most.of(sheet, now)),
    };
    let known = (
        sheet.get(units),
        rate.of(sheet, now),
        free.of(sheet, now),
        most_units,
        most_money,
    );
    let (Some(units), Some(rate), Some(free), Some(most_units), Some(most_money)) = known else {
        return Ok(None);
    };
    let units = units.saturating_sub(free).max(0).min(most_units);
    let amount = rate.checked_mul(units).ok_or(OutOfRange)?;
    Ok(Some(Fen::new(amount.min(most_money))))
}

/// One described stay: its days at one rate, the caps as they stand on the day decided on.
fn one_stay(stay: &StayRate, sheet: &Sheet, now: Moment) -> Result<Option<Fen>, OutOfRange> {
    let known = (sheet.get(Fact::StayDays), stay.rate.of(sheet, now));
    let (Some(days), Some(rate)) = known else {
        return Ok(None);
    };
    let caps = [stay.cap_per_stay, stay.cap_per_year, stay.cap_lifetime];
    let mut days = days.saturating_sub(i64::from(stay.free)).max(0);
    let mut most = Fen::new(i64::MAX);
    for cap in caps.into_iter().flatten() {
        match cap {
            StayCap::Days(cap) => days = days.min(i64::from(cap)),
            StayCap::Money(cap) => most = most.min(cap),
        }
    }
    let amount = rate.checked_mul(days).ok_or(OutOfRange)?;
    Ok(Some(Fen::new(amount).min(most)))
}

/// The share of what is above the deductible, rounded once.
fn share_of(
    share: &Share,
    above: i64,
    sheet: &Sheet,
    now: Moment,
) -> Result<Option<Fen>, OutOfRange> {
    match share {
        Share::Whole(share) => match share.of(sheet, now) {
            None => Ok(None),
            Some(share) => {
                let ratio = Ratio::new(share, MILLION).ok_or(OutOfRange)?;
                let amount = Fen::new(above).times(ratio, Rounding::HalfUp);
                amount.map(Some).ok_or(OutOfRange)
            }
        },
        Share::Tiers(tiers) => {
            let ends = tiers.iter().skip(1).map(|(from, _)| *from);
            let mut parts = tiers.iter().zip(ends.chain([i64::MAX]));
            let sum = parts.try_fold(0_i128, |sum, ((from, share), end)| {
                let part = above.min(end).saturating_sub(*from).max(0);
                sum.checked_add(i128::from(part).checked_mul(i128::from(*share))?)
            });
            rounded(sum.ok_or(OutOfRange)?, MILLION).map(Some)
        }
    }
}
