//! The interest of each due day as it counts for the subsidy.

use std::collections::{BTreeMap, BTreeSet};

use crate::day::Day;
use crate::money::Fen;

use super::allot::Slice;
use super::decision::{LoanError, Paid, Reason};
use super::due::{Account, Due};
use super::exact::{Part, UNITS};
use super::subsidy::Case;
use super::terms::terms_of;

/// How payments are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payments {
    /// As they were made up to a day, included.
    AsOf(Day),
    /// As if all were made in time.
    Presumed,
}

/// Interest of a due day as it counts.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) due: Due,
    /// What the pack would pay of it, in units.
    pub(super) weight: u128,
    /// What counts as paid; `None` where a rate is not known.
    pub(super) paid: Option<Fen>,
    /// What was settled in time.
    pub(super) in_time: Option<Fen>,
    pub(super) presumed: bool,
    pub(super) reasons: BTreeSet<Reason>,
}

impl Counted {
    /// The part of each unit of weight that is subsidised.
    pub(super) fn part(&self, weight: u128) -> Option<Part> {
        let (ours, paid) = (self.due.ours?, self.paid?);
        let ours = u128::try_from(ours.get()).ok()?.checked_mul(UNITS)?;
        let paid = u128::try_from(paid.get()).ok()?;
        let most = ours.max(self.weight);
        if paid.checked_mul(UNITS)? == most {
            return Some(Part {
                numerator: weight,
                denominator: UNITS,
            });
        }
        Some(Part {
            numerator: weight.checked_mul(paid)?,
            denominator: most.max(1),
        })
    }
}

impl Case<'_> {
    /// The interest of each due day that the period's days wait for.
    pub(super) fn counted(
        &self,
        slices: &[&Slice],
        payments: Payments,
    ) -> Result<BTreeMap<usize, Counted>, LoanError> {
        let account = Account::of(self.course)?;
        let mut counted = BTreeMap::new();
        for slice in slices {
            let (place, due) = (slice.due, account.dues.get(slice.due));
            if let (Some(due), false) = (due, counted.contains_key(&place)) {
                counted.insert(place, self.count(&account, place, *due, payments));
            }
        }
        Ok(counted)
    }

    fn count(&self, account: &Account, place: usize, due: Due, payments: Payments) -> Counted {
        let of_due = self.slices.iter().filter(|slice| slice.due == place);
        // Weights are far below what a sum of them could overflow: see `exact`.
        let weight = of_due.fold(0_u128, |sum, it| sum.saturating_add(it.weight));
        let terms = terms_of(self.programme.rules_at_or_first(due.span.due_on));
        let grace = terms.map_or(0, |terms| terms.grace);
        let in_advance = terms.is_some_and(|terms| terms.paid == Paid::InAdvance);
        let due_on = due.span.due_on;
        let deadline = due_on.plus_days(grace).unwrap_or(due_on);
        let mut reasons = BTreeSet::new();
        let asked = due.asked();
        let (in_time, presumed) = match payments {
            Payments::Presumed => (asked, true),
            Payments::AsOf(day) if day < deadline && in_advance => (asked, true),
            Payments::AsOf(day) if day < due_on => {
                reasons.insert(Reason::NotDueYet);
                (Some(Fen::ZERO), false)
            }
            Payments::AsOf(day) => {
                let in_time = account.settled(&due, deadline.min(day));
                if in_time < account.settled(&due, day) {
                    reasons.insert(Reason::PaidLate);
                }
                let nothing = in_time == Some(Fen::ZERO) && asked > in_time;
                if nothing {
                    reasons.insert(Reason::NotPaid);
                } else if in_time < asked {
                    reasons.insert(Reason::PartPaid);
                }
                (in_time, false)
            }
        };
        if due.banks.is_some() && due.banks < due.ours {
            reasons.insert(Reason::BankCountsLess);
        }
        let paid = match (in_time, due.ours) {
            (Some(in_time), Some(ours)) => Some(in_time.min(ours)),
            (_, _) => None,
        };
        let ours = due.ours.and_then(|ours| u128::try_from(ours.get()).ok());
        if ours
            .and_then(|ours| ours.checked_mul(UNITS))
            .is_some_and(|ours| weight > ours)
        {
            reasons.insert(Reason::AtMostPaid);
        }
        Counted {
            due,
            weight,
            paid,
            in_time,
            presumed,
            reasons,
        }
    }
}
