//! What happens to a loan, as the bank or an officer tells it.

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::id::LoanEventId;
use crate::money::Fen;
use crate::word::words;

use super::contract::MOST;
use super::fault::{FaultCode, LoanFault, LoanFaults};
use super::rate::Rate;

words! {
    /// The kinds of events, in the order in which those of one day are taken.
    pub enum EventName {
        /// 放款
        Drawn = "drawn",
        /// 展期
        Extended = "extended",
        /// 利率调整
        RateChanged = "rate_changed",
        /// 应付利息
        InterestDue = "interest_due",
        /// 还款
        Repaid = "repaid",
        /// 提前还款
        Prepaid = "prepaid",
        /// 核销
        WrittenOff = "written_off",
        /// 违约
        Defaulted = "defaulted",
        /// 用途不符
        PurposeFailed = "purpose_failed",
        /// 冲正
        Reversed = "reversed",
    }
}

/// What happened; in JSON by `kind`. Amounts are fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum EventKind {
    /// Principal was paid out; it bears interest from the day on.
    Drawn {
        /// How much.
        #[serde(rename = "amount_fen")]
        amount: Fen,
    },
    /// The loan ends later.
    Extended {
        /// The first day that bears no interest now.
        ends_on: Day,
    },
    /// Another rate from the day on. The rates of the contract hold no more after it: of a loan by
    /// the Loan Prime Rate the bank tells each change.
    RateChanged {
        /// The rate.
        #[serde(rename = "rate_ppm")]
        rate: Rate,
    },
    /// What the bank says was due of interest on a due day of the contract, without penalty.
    InterestDue {
        /// The due day.
        due_on: Day,
        /// How much.
        #[serde(rename = "amount_fen")]
        amount: Fen,
    },
    /// A payment on the day. Repaid principal bears no interest from the day on.
    Repaid {
        /// The due day that the bank booked it to, if it says one. Payments settle the oldest
        /// interest first, whatever is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_on: Option<Day>,
        /// Of the principal.
        #[serde(rename = "principal_fen")]
        principal: Fen,
        /// Of the interest.
        #[serde(rename = "interest_fen")]
        interest: Fen,
        /// Penalty interest and fees. Never subsidised.
        #[serde(rename = "penalty_fen")]
        penalty: Fen,
    },
    /// A payment of principal that was not due. The instalments that are left become smaller.
    Prepaid {
        /// Of the principal.
        #[serde(rename = "principal_fen")]
        principal: Fen,
        /// Of the interest.
        #[serde(rename = "interest_fen")]
        interest: Fen,
    },
    /// The bank wrote off principal, which bears no interest from the day on.
    WrittenOff {
        /// How much.
        #[serde(rename = "principal_fen")]
        principal: Fen,
    },
    /// From the day on the loan counts as in default: nothing of it is subsidised.
    Defaulted {},
    /// From the day on the money was not used for its purpose.
    PurposeFailed {},
    /// Another event of the loan was not so.
    Reversed {
        /// The event.
        event: LoanEventId,
    },
}

impl EventKind {
    /// The name of the kind.
    #[must_use]
    pub const fn name(&self) -> EventName {
        match self {
            Self::Drawn { .. } => EventName::Drawn,
            Self::Extended { .. } => EventName::Extended,
            Self::RateChanged { .. } => EventName::RateChanged,
            Self::InterestDue { .. } => EventName::InterestDue,
            Self::Repaid { .. } => EventName::Repaid,
            Self::Prepaid { .. } => EventName::Prepaid,
            Self::WrittenOff { .. } => EventName::WrittenOff,
            Self::Defaulted {} => EventName::Defaulted,
            Self::PurposeFailed {} => EventName::PurposeFailed,
            Self::Reversed { .. } => EventName::Reversed,
        }
    }

    /// The amounts by the names of their fields, and whether they may all be nothing.
    fn amounts(&self) -> (Vec<(&'static str, Fen)>, bool) {
        match *self {
            Self::Drawn { amount } => (vec![("amount_fen", amount)], false),
            Self::InterestDue { amount, .. } => (vec![("amount_fen", amount)], true),
            Self::Repaid {
                principal,
                interest,
                penalty,
                ..
            } => (
                vec![
                    ("principal_fen", principal),
                    ("interest_fen", interest),
                    ("penalty_fen", penalty),
                ],
                false,
            ),
            Self::Prepaid {
                principal,
                interest,
            } => (
                vec![("principal_fen", principal), ("interest_fen", interest)],
                false,
            ),
            Self::WrittenOff { principal } => (vec![("principal_fen", principal)], false),
            Self::Extended { .. }
            | Self::RateChanged { .. }
            | Self::Defaulted {}
            | Self::PurposeFailed {}
            | Self::Reversed { .. } => (Vec::new(), true),
        }
    }
}

/// An event of a loan, its amounts in range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "EventParts", into = "EventParts")]
pub struct LoanEvent(EventParts);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventParts {
    id: LoanEventId,
    on: Day,
    what: EventKind,
}

impl LoanEvent {
    /// An event that happened on a day: of a payment, the day it was paid.
    ///
    /// # Errors
    /// Every amount that is below nothing, too large, or nothing where something is needed.
    pub fn new(id: LoanEventId, on: Day, what: EventKind) -> Result<Self, LoanFaults> {
        let (amounts, may_be_nothing) = what.amounts();
        let fault = |field, code| LoanFault {
            event: Some(id),
            field,
            code,
        };
        let mut faults: Vec<LoanFault> = amounts
            .iter()
            .filter(|(_, amount)| !(Fen::ZERO..=MOST).contains(amount))
            .map(|(field, _)| fault(field, FaultCode::OutOfRange))
            .collect();
        let nothing = amounts.iter().all(|(_, amount)| *amount == Fen::ZERO);
        if let (true, false, Some((field, _))) = (nothing, may_be_nothing, amounts.first()) {
            faults.push(fault(field, FaultCode::Nothing));
        }
        if faults.is_empty() {
            Ok(Self(EventParts { id, on, what }))
        } else {
            Err(LoanFaults(faults))
        }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> LoanEventId {
        self.0.id
    }

    /// The day it happened.
    #[must_use]
    pub const fn on(&self) -> Day {
        self.0.on
    }

    /// What happened.
    #[must_use]
    pub const fn what(&self) -> &EventKind {
        &self.0.what
    }

    /// The one order in which events are taken: by day, then kind, then id. So it does not matter
    /// in which order they arrive.
    pub(super) fn order(&self) -> (Day, EventName, LoanEventId) {
        (self.0.on, self.0.what.name(), self.0.id)
    }
}

impl TryFrom<EventParts> for LoanEvent {
    type Error = LoanFaults;

    fn try_from(parts: EventParts) -> Result<Self, LoanFaults> {
        Self::new(parts.id, parts.on, parts.what)
    }
}

impl From<LoanEvent> for EventParts {
    fn from(event: LoanEvent) -> Self {
        event.0
    }
}
