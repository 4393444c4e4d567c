//! Settling a difference: what is posted is what is owed now less what was posted before.

use serde::{Deserialize, Serialize};

use crate::id::{AwardId, RecoveryId};
use crate::money::Fen;

use super::Funding;

/// An award of a person and year that is not cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenAward {
    /// The award.
    pub id: AwardId,
    /// Its amount, not negative.
    pub amount: Fen,
    /// Whether it waits, is earmarked or paid.
    pub funding: Funding,
}

/// A recovery of a person and year that is not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenRecovery {
    /// The recovery.
    pub id: RecoveryId,
    /// What of it is still owed back, not negative.
    pub amount: Fen,
}

/// One step that settles a part of a difference. Amounts are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum SettlementStep {
    /// Owe more: a new award.
    NewAward {
        /// Its amount.
        #[serde(rename = "amount_fen")]
        amount: Fen,
    },
    /// Owe less: an award that is not paid is given up, with its earmark or place in the queue.
    CancelAward {
        /// The award.
        id: AwardId,
        /// What it was.
        #[serde(rename = "amount_fen")]
        amount: Fen,
    },
    /// Owe less: an award that is not paid becomes smaller.
    ReduceAward {
        /// The award.
        id: AwardId,
        /// By how much.
        #[serde(rename = "by_fen")]
        by: Fen,
        /// What it becomes.
        #[serde(rename = "to_fen")]
        to: Fen,
    },
    /// Paid too much: a new recovery.
    NewRecovery {
        /// Its amount.
        #[serde(rename = "amount_fen")]
        amount: Fen,
    },
    /// Owed back no longer: an open recovery is given up.
    CancelRecovery {
        /// The recovery.
        id: RecoveryId,
        /// What of it was still open.
        #[serde(rename = "amount_fen")]
        amount: Fen,
    },
    /// Less is owed back: an open recovery becomes smaller.
    ReduceRecovery {
        /// The recovery.
        id: RecoveryId,
        /// By how much.
        #[serde(rename = "by_fen")]
        by: Fen,
        /// What stays open.
        #[serde(rename = "to_fen")]
        to: Fen,
    },
}

impl SettlementStep {
    /// What the step adds to awards less recoveries. `None` never comes of [`settle`]'s steps.
    #[must_use]
    pub fn effect(&self) -> Option<Fen> {
        match self {
            Self::NewAward { amount } | Self::CancelRecovery { amount, .. } => Some(*amount),
            Self::ReduceRecovery { by, .. } => Some(*by),
            Self::NewRecovery { amount } | Self::CancelAward { amount, .. } => amount.checked_neg(),
            Self::ReduceAward { by, .. } => by.checked_neg(),
        }
    }
}

/// The steps that settle a difference, in the order they are to be taken.
///
/// More owed first reduces what is owed back, newest recovery first; the rest is a new award. Less
/// owed first takes from awards that wait for money, then from earmarked ones, newest first each;
/// only what is paid becomes a recovery. Paid and released awards are never touched.
///
/// `awards` and `recoveries` are given oldest first. `None` on overflow or a negative amount.
#[must_use]
pub fn settle(
    difference: Fen,
    awards: &[OpenAward],
    recoveries: &[OpenRecovery],
) -> Option<Vec<SettlementStep>> {
    let negative = |amount: Fen| amount < Fen::ZERO;
    if awards.iter().any(|award| negative(award.amount))
        || recoveries.iter().any(|recovery| negative(recovery.amount))
    {
        return None;
    }
    if difference < Fen::ZERO {
        owe_less(difference.checked_neg()?, awards)
    } else {
        owe_more(difference, recoveries)
    }
}

fn owe_more(difference: Fen, recoveries: &[OpenRecovery]) -> Option<Vec<SettlementStep>> {
    let mut left = difference;
    let mut steps = Vec::new();
    for recovery in recoveries.iter().rev() {
        let OpenRecovery { id, amount } = *recovery;
        let by = left.min(amount);
        if by == Fen::ZERO {
            continue;
        }
        left = left.checked_sub(by)?;
        let to = amount.checked_sub(by)?;
        steps.push(if to == Fen::ZERO {
            SettlementStep::CancelRecovery { id, amount }
        } else {
            SettlementStep::ReduceRecovery { id, by, to }
        });
    }
    if left > Fen::ZERO {
        steps.push(SettlementStep::NewAward { amount: left });
    }
    Some(steps)
}

fn owe_less(difference: Fen, awards: &[OpenAward]) -> Option<Vec<SettlementStep>> {
    let mut left = difference;
    let mut steps = Vec::new();
    let newest_of = |funding| {
        awards
            .iter()
            .rev()
            .filter(move |award| award.funding == funding)
    };
    for award in newest_of(Funding::AwaitingFunds).chain(newest_of(Funding::Earmarked)) {
        let OpenAward { id, amount, .. } = *award;
        let by = left.min(amount);
        if by == Fen::ZERO {
            continue;
        }
        left = left.checked_sub(by)?;
        let to = amount.checked_sub(by)?;
        steps.push(if to == Fen::ZERO {
            SettlementStep::CancelAward { id, amount }
        } else {
            SettlementStep::ReduceAward { id, by, to }
        });
    }
    if left > Fen::ZERO {
        steps.push(SettlementStep::NewRecovery { amount: left });
    }
    Some(steps)
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn award(number: u128, amount: i64, funding: Funding) -> OpenAward {
        OpenAward {
            id: AwardId::new(Uuid::from_u128(number)),
            amount: Fen::new(amount),
            funding,
        }
    }

    fn recovery(number: u128, amount: i64) -> OpenRecovery {
        OpenRecovery {
            id: RecoveryId::new(Uuid::from_u128(number)),
            amount: Fen::new(amount),
        }
    }

    #[test]
    fn less_takes_waiting_then_earmarked_then_recovers_what_is_paid() {
        let awards = [
            award(1, 100, Funding::Posted),
            award(2, 50, Funding::Earmarked),
            award(3, 30, Funding::AwaitingFunds),
            award(4, 20, Funding::Earmarked),
            award(5, 10, Funding::AwaitingFunds),
        ];
        let id = |place: usize| awards[place].id;
        let steps = settle(Fen::new(-130), &awards, &[]).unwrap();
        let cancel = |place: usize| SettlementStep::CancelAward {
            id: id(place),
            amount: awards[place].amount,
        };
        let recover = SettlementStep::NewRecovery {
            amount: Fen::new(20),
        };
        assert_eq!(steps, [cancel(4), cancel(2), cancel(3), cancel(1), recover]);
        let steps = settle(Fen::new(-15), &awards, &[]).unwrap();
        let reduce = SettlementStep::ReduceAward {
            id: id(2),
            by: Fen::new(5),
            to: Fen::new(25),
        };
        assert_eq!(steps, [cancel(4), reduce]);
    }

    #[test]
    fn more_takes_back_recoveries_newest_first() {
        let open = [recovery(1, 100), recovery(2, 30)];
        let cancel = SettlementStep::CancelRecovery {
            id: open[1].id,
            amount: Fen::new(30),
        };
        let reduce = SettlementStep::ReduceRecovery {
            id: open[0].id,
            by: Fen::new(10),
            to: Fen::new(90),
        };
        assert_eq!(settle(Fen::new(40), &[], &open).unwrap(), [cancel, reduce]);
        let steps = settle(Fen::new(200), &[], &open).unwrap();
        assert_eq!(
            steps.last(),
            Some(&SettlementStep::NewAward {
                amount: Fen::new(70)
            })
        );
        assert_eq!(settle(Fen::ZERO, &[], &open).unwrap(), []);
    }

    #[test]
    fn refuses_what_cannot_be() {
        assert_eq!(settle(Fen::new(i64::MIN), &[], &[]), None);
        assert_eq!(
            settle(Fen::ZERO, &[award(1, -1, Funding::Earmarked)], &[]),
            None
        );
        assert_eq!(settle(Fen::ZERO, &[], &[recovery(1, -1)]), None);
    }

    fn any_award() -> impl Strategy<Value = OpenAward> {
        let funding = proptest::sample::select(Funding::ALL);
        (any::<u128>(), 0i64..1000, funding).prop_map(|(n, amount, f)| award(n, amount, f))
    }

    proptest! {
        #[test]
        fn effects_add_up_to_the_difference(
            difference in -5000i64..5000,
            awards in proptest::collection::vec(any_award(), 0..8),
            recoveries in proptest::collection::vec((any::<u128>(), 0i64..1000), 0..5),
        ) {
            let recoveries: Vec<_> = recoveries.into_iter().map(|(n, a)| recovery(n, a)).collect();
            let steps = settle(Fen::new(difference), &awards, &recoveries).unwrap();
            let effects = steps.iter().map(|step| step.effect().unwrap());
            prop_assert_eq!(Fen::sum(effects), Some(Fen::new(difference)));

            let unpaid: i64 = awards
                .iter()
                .filter(|a| matches!(a.funding, Funding::AwaitingFunds | Funding::Earmarked))
                .map(|a| a.amount.get())
                .sum();
            for step in &steps {
                match step {
                    SettlementStep::CancelAward { id, amount } => {
                        let award = awards.iter().find(|a| a.id == *id).unwrap();
                        prop_assert!(!matches!(award.funding, Funding::Posted | Funding::Released));
                        prop_assert_eq!(award.amount, *amount);
                    }
                    SettlementStep::ReduceAward { id, by, to } => {
                        let award = awards.iter().find(|a| a.id == *id).unwrap();
                        prop_assert!(!matches!(award.funding, Funding::Posted | Funding::Released));
                        prop_assert_eq!(by.checked_add(*to), Some(award.amount));
                        prop_assert!(*by > Fen::ZERO && *to > Fen::ZERO);
                    }
                    SettlementStep::NewRecovery { amount } => {
                        prop_assert_eq!(amount.get(), -difference - unpaid);
                    }
                    SettlementStep::CancelRecovery { .. } | SettlementStep::ReduceRecovery { .. } => {
                        prop_assert!(difference > 0);
                    }
                    SettlementStep::NewAward { amount } => {
                        let open: i64 = recoveries.iter().map(|r| r.amount.get()).sum();
                        prop_assert_eq!(amount.get(), difference - open);
                    }
                }
            }
        }
    }
}
