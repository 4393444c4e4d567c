//! What a bank and a borrower agreed on.

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::money::{Fen, Rounding};
use crate::word::words;

use super::day_count::DayCount;
use super::fault::{FaultCode, LoanFault, LoanFaults};
use super::rate::RateTerms;

/// The largest amount that a contract or an event may name: ten billion yuan.
pub(super) const MOST: Fen = Fen::new(1_000_000_000_000);

/// The longest term, in months.
pub(super) const LONGEST: u32 = 600;

words! {
    /// When the principal is paid out.
    pub enum Draw {
        /// 一次放款: all of it on the first day.
        AtStart = "at_start",
        /// 分次放款: as the events say.
        ByEvents = "by_events",
    }
}

words! {
    /// How a loan is repaid.
    pub enum Repayment {
        /// 利随本清: principal and all interest on the last day.
        Bullet = "bullet",
        /// 按期付息、到期还本: interest each due day, the principal on the last.
        InterestOnly = "interest_only",
        /// 等额本息: the same sum each due day; the last settles.
        EqualInstalments = "equal_instalments",
        /// 等额本金: the same principal each due day, and the interest; the last settles.
        EqualPrincipal = "equal_principal",
    }
}

impl Repayment {
    /// Whether principal is due before the last day.
    #[must_use]
    pub const fn by_instalments(self) -> bool {
        match self {
            Self::Bullet | Self::InterestOnly => false,
            Self::EqualInstalments | Self::EqualPrincipal => true,
        }
    }
}

/// The terms of a contract, as they came: what [`Contract::new`] checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractTerms {
    /// The most that is lent, in fen.
    #[serde(rename = "principal_fen")]
    pub principal: Fen,
    /// When it is paid out.
    pub draw: Draw,
    /// The yearly rate.
    pub rate: RateTerms,
    /// How days become parts of a year.
    pub day_count: DayCount,
    /// 起息日: the first day that bears interest.
    pub starts_on: Day,
    /// 到期日: the first day that bears none.
    pub ends_on: Day,
    /// How it is repaid.
    pub repayment: Repayment,
    /// Months from one due day to the next: 1, 3, 6 or 12.
    pub every_months: u32,
    /// The first due day; without one, so many months after the first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_due_on: Option<Day>,
    /// What the bank does with parts of a fen of interest.
    pub rounding: Rounding,
}

/// A contract whose terms fit each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "ContractTerms", into = "ContractTerms")]
pub struct Contract(ContractTerms);

impl Contract {
    /// A contract of these terms.
    ///
    /// # Errors
    /// Every fault, by the names of the fields.
    pub fn new(terms: ContractTerms) -> Result<Self, LoanFaults> {
        let mut faults = Vec::new();
        let mut fault = |field, code| {
            faults.push(LoanFault {
                event: None,
                field,
                code,
            });
        };
        if terms.principal <= Fen::ZERO {
            fault("principal_fen", FaultCode::Nothing);
        } else if terms.principal > MOST {
            fault("principal_fen", FaultCode::OutOfRange);
        }
        let (start, end) = (terms.starts_on, terms.ends_on);
        // Years beyond four digits cannot be written as days are.
        if !(1900..=2400).contains(&start.year()) {
            fault("starts_on", FaultCode::OutOfRange);
        }
        let latest = start.plus_months(LONGEST);
        if end <= start || latest.is_none_or(|latest| end > latest) {
            fault("ends_on", FaultCode::NotAfterStart);
        }
        if ![1, 3, 6, 12].contains(&terms.every_months) {
            fault("every_months", FaultCode::Months);
        }
        let first = terms.first_due_on;
        let only_the_end = terms.repayment == Repayment::Bullet;
        let outside = |day: Day| day <= start || day > end || (only_the_end && day != end);
        if first.is_some_and(outside) {
            fault("first_due_on", FaultCode::FirstDueDay);
        }
        if terms.repayment.by_instalments() && terms.draw == Draw::ByEvents {
            fault("draw", FaultCode::InstalmentsOfDraws);
        }
        if let RateTerms::Prime {
            basis_points,
            reset_months,
            ..
        } = terms.rate
        {
            if !(-10_000..=10_000).contains(&basis_points) {
                fault("rate", FaultCode::OutOfRange);
            }
            if reset_months.is_some_and(|months| ![1, 3, 6, 12].contains(&months)) {
                fault("rate", FaultCode::Months);
            }
        }
        if faults.is_empty() {
            Ok(Self(terms))
        } else {
            Err(LoanFaults(faults))
        }
    }

    /// The terms.
    #[must_use]
    pub const fn terms(&self) -> &ContractTerms {
        &self.0
    }
}

impl TryFrom<ContractTerms> for Contract {
    type Error = LoanFaults;

    fn try_from(terms: ContractTerms) -> Result<Self, LoanFaults> {
        Self::new(terms)
    }
}

impl From<Contract> for ContractTerms {
    fn from(contract: Contract) -> Self {
        contract.0
    }
}
