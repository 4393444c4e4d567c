//! The laws of the ledger: what accounts may hold, how transfers, awards and their funding move,
//! how a difference is settled and how waiting awards are served.

mod settle;

use serde::{Deserialize, Serialize};

use crate::id::AwardId;
use crate::money::Fen;
use crate::word::words;

pub use settle::{OpenAward, OpenRecovery, SettlementStep, settle};

/// What the balance of an account may not do. Both unset: it may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountFlags {
    /// Posted and pending debits together never exceed posted credits: money cannot be spent
    /// before it is there.
    pub debits_must_not_exceed_credits: bool,
    /// Posted and pending credits together never exceed posted debits.
    pub credits_must_not_exceed_debits: bool,
}

/// The sums of an account's transfers, in fen, none negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Balance {
    /// Posted debits.
    pub debits_posted: Fen,
    /// Pending debits.
    pub debits_pending: Fen,
    /// Posted credits.
    pub credits_posted: Fen,
    /// Pending credits.
    pub credits_pending: Fen,
}

impl AccountFlags {
    /// Whether an account with these flags may have this balance. An overflow may not be.
    #[must_use]
    pub fn allow(self, balance: &Balance) -> bool {
        let sum = |posted: Fen, pending: Fen| posted.checked_add(pending);
        let debits = sum(balance.debits_posted, balance.debits_pending);
        let credits = sum(balance.credits_posted, balance.credits_pending);
        let (Some(debits), Some(credits)) = (debits, credits) else {
            return false;
        };
        (!self.debits_must_not_exceed_credits || debits <= balance.credits_posted)
            && (!self.credits_must_not_exceed_debits || credits <= balance.debits_posted)
    }
}

/// A step that the present state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{from} cannot become {to}")]
pub struct TransitionError {
    /// The present state.
    pub from: &'static str,
    /// The state asked for.
    pub to: &'static str,
}

words! {
    /// The state of a transfer. A transfer without an earmark is posted from the start.
    pub enum TransferState {
        /// Earmarked: the money is held back but has not moved.
        Pending = "pending",
        /// The money has moved. Final.
        Posted = "posted",
        /// The earmark was given up. Final.
        Voided = "voided",
    }
}

impl TransferState {
    /// Moves the money of a pending transfer.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is pending.
    pub const fn post(self) -> Result<Self, TransitionError> {
        match self {
            Self::Pending => Ok(Self::Posted),
            Self::Posted | Self::Voided => Err(self.refuse(Self::Posted)),
        }
    }

    /// Gives a pending transfer up.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is pending.
    pub const fn void(self) -> Result<Self, TransitionError> {
        match self {
            Self::Pending => Ok(Self::Voided),
            Self::Posted | Self::Voided => Err(self.refuse(Self::Voided)),
        }
    }

    const fn refuse(self, to: Self) -> TransitionError {
        TransitionError {
            from: self.as_str(),
            to: to.as_str(),
        }
    }
}

words! {
    /// The standing of an award: whether the reviews have made it one.
    pub enum Standing {
        /// Granted by rule, not reviewed yet.
        Proposed = "proposed",
        /// Reviewed and owed.
        Confirmed = "confirmed",
        /// No longer owed. Final.
        Cancelled = "cancelled",
    }
}

impl Standing {
    /// The reviews are done.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is proposed.
    pub const fn confirm(self) -> Result<Self, TransitionError> {
        match self {
            Self::Proposed => Ok(Self::Confirmed),
            Self::Confirmed | Self::Cancelled => Err(self.refuse(Self::Confirmed)),
        }
    }

    /// The award is no longer owed: a review refused it, or news reduced it to nothing.
    ///
    /// # Errors
    /// [`TransitionError`] if it is cancelled already.
    pub const fn cancel(self) -> Result<Self, TransitionError> {
        match self {
            Self::Proposed | Self::Confirmed => Ok(Self::Cancelled),
            Self::Cancelled => Err(self.refuse(Self::Cancelled)),
        }
    }

    const fn refuse(self, to: Self) -> TransitionError {
        TransitionError {
            from: self.as_str(),
            to: to.as_str(),
        }
    }
}

words! {
    /// The funding of an award, independent of its standing.
    pub enum Funding {
        /// Numbered in its account's queue.
        AwaitingFunds = "awaiting_funds",
        /// Held back on its account.
        Earmarked = "earmarked",
        /// Paid out. Final.
        Posted = "posted",
        /// Left the queue or gave its earmark up. Final.
        Released = "released",
    }
}

impl Funding {
    /// The queue reached the award.
    ///
    /// # Errors
    /// [`TransitionError`] unless it awaits funds.
    pub const fn earmark(self) -> Result<Self, TransitionError> {
        match self {
            Self::AwaitingFunds => Ok(Self::Earmarked),
            Self::Earmarked | Self::Posted | Self::Released => Err(self.refuse(Self::Earmarked)),
        }
    }

    /// The earmarked money was paid.
    ///
    /// # Errors
    /// [`TransitionError`] unless it is earmarked.
    pub const fn post(self) -> Result<Self, TransitionError> {
        match self {
            Self::Earmarked => Ok(Self::Posted),
            Self::AwaitingFunds | Self::Posted | Self::Released => Err(self.refuse(Self::Posted)),
        }
    }

    /// The award is cancelled before it was paid.
    ///
    /// # Errors
    /// [`TransitionError`] if it is paid or released already.
    pub const fn release(self) -> Result<Self, TransitionError> {
        match self {
            Self::AwaitingFunds | Self::Earmarked => Ok(Self::Released),
            Self::Posted | Self::Released => Err(self.refuse(Self::Released)),
        }
    }

    const fn refuse(self, to: Self) -> TransitionError {
        TransitionError {
            from: self.as_str(),
            to: to.as_str(),
        }
    }
}

/// The awards that can be earmarked now, in the order they wait. It stops at the first that does
/// not fit: none is skipped, none earmarked in part.
#[must_use]
pub fn serve_queue(available: Fen, waiting: &[(AwardId, Fen)]) -> Vec<AwardId> {
    let mut left = available;
    let mut served = Vec::new();
    for (award, amount) in waiting {
        match left.checked_sub(*amount) {
            Some(rest) if rest >= Fen::ZERO => left = rest,
            Some(_) | None => break,
        }
        served.push(*award);
    }
    served
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn final_states_stay() {
        assert_eq!(TransferState::Pending.post(), Ok(TransferState::Posted));
        assert_eq!(TransferState::Pending.void(), Ok(TransferState::Voided));
        for state in [TransferState::Posted, TransferState::Voided] {
            assert!(state.post().is_err() && state.void().is_err());
        }
        assert_eq!(Standing::Proposed.confirm(), Ok(Standing::Confirmed));
        assert_eq!(Standing::Confirmed.cancel(), Ok(Standing::Cancelled));
        assert!(Standing::Confirmed.confirm().is_err());
        assert!(Standing::Cancelled.confirm().is_err() && Standing::Cancelled.cancel().is_err());
        assert_eq!(Funding::AwaitingFunds.earmark(), Ok(Funding::Earmarked));
        assert!(Funding::AwaitingFunds.post().is_err());
        assert_eq!(Funding::Earmarked.post(), Ok(Funding::Posted));
        for state in [Funding::Posted, Funding::Released] {
            assert!(state.earmark().is_err() && state.post().is_err() && state.release().is_err());
        }
        let error = TransferState::Posted.void().unwrap_err();
        assert_eq!(error.to_string(), "posted cannot become voided");
    }

    #[test]
    fn flags_hold_balances() {
        let flags = AccountFlags {
            debits_must_not_exceed_credits: true,
            ..Default::default()
        };
        let balance = |debits, pending| Balance {
            debits_posted: Fen::new(debits),
            debits_pending: Fen::new(pending),
            credits_posted: Fen::new(100),
            credits_pending: Fen::new(50),
        };
        assert!(flags.allow(&balance(60, 40)));
        assert!(!flags.allow(&balance(60, 41)));
        assert!(!flags.allow(&balance(i64::MAX, 1)));
        assert!(AccountFlags::default().allow(&balance(1000, 0)));
    }

    #[test]
    fn the_queue_is_served_in_order_without_skipping() {
        let award = |number| AwardId::new(Uuid::from_u128(number));
        let waiting = [
            (award(1), Fen::new(40)),
            (award(2), Fen::new(70)),
            (award(3), Fen::new(1)),
        ];
        assert_eq!(serve_queue(Fen::new(39), &waiting), []);
        assert_eq!(serve_queue(Fen::new(109), &waiting), [award(1)]);
        assert_eq!(serve_queue(Fen::new(110), &waiting), [award(1), award(2)]);
        assert_eq!(
            serve_queue(Fen::new(111), &waiting),
            [award(1), award(2), award(3)]
        );
    }
}
