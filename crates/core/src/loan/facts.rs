//! What decides the loans of a holder: contracts, borrowers, events, and the rates they rest on.

use serde::{Deserialize, Serialize};

use crate::id::{HolderId, LoanId};
use crate::stay::KnownFacts;
use crate::word::words;

use super::contract::Contract;
use super::event::LoanEvent;
use super::prime_rate::{PrimeRate, PrimeRates};
use super::rate::{RateTerms, Tenor};

words! {
    /// Who borrows, as the fact `loan_borrower` has it.
    pub enum Borrower {
        /// 家庭
        Household = "household",
        /// 合作社、企业
        Cooperative = "cooperative",
    }
}

words! {
    /// What a loan is for, as the fact `loan_purpose` has it.
    pub enum LoanPurpose {
        /// 生产经营
        Production = "production",
        /// 教育
        Education = "education",
        /// 医疗
        Medical = "medical",
        /// 偿还债务
        Debt = "debt",
        /// 消费
        Consumption = "consumption",
        /// 赌博
        Gambling = "gambling",
        /// 其他
        Other = "other",
    }
}

/// One loan with all that happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loan {
    /// Its id.
    pub id: LoanId,
    /// The bank's number of the contract: of loans that start on one day, the lower is first.
    pub contract_no: String,
    /// The contract.
    pub contract: Contract,
    /// Who borrows.
    pub borrower: Borrower,
    /// What it is for.
    pub purpose: LoanPurpose,
    /// How many households a co-operative leads, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub households_led: Option<u32>,
    /// Whether the family kept the policy when it borrowed, if an officer confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_kept_policy: Option<bool>,
    /// What happened, in any order.
    pub events: Vec<LoanEvent>,
}

/// All that decides the loans of one holder. Kept with each decision: read back, it gives the same
/// decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolderFacts {
    /// The household, co-operative or firm.
    pub holder: HolderId,
    /// What else is known of the borrower and the household. `loan_times_subsidised` among them
    /// are the subsidy years before the platform; other facts of the loan are told by the loans.
    #[serde(default, skip_serializing_if = "KnownFacts::is_empty")]
    pub facts: KnownFacts,
    /// The loans, in any order.
    pub loans: Vec<Loan>,
    /// The Loan Prime Rates that the contracts may ask for; see [`HolderFacts::with_rates`].
    pub prime_rates: PrimeRates,
}

impl HolderFacts {
    /// Facts with the entries of a table that some loan may rest on, and no others: none where no
    /// contract names the Loan Prime Rate.
    #[must_use]
    pub fn with_rates(
        holder: HolderId,
        facts: KnownFacts,
        loans: Vec<Loan>,
        rates: &PrimeRates,
    ) -> Self {
        let tenors: Vec<Tenor> = loans.iter().filter_map(tenor).collect();
        let used = rates.entries().iter();
        let used: Vec<PrimeRate> = used
            .filter(|entry| tenors.contains(&entry.tenor))
            .cloned()
            .collect();
        Self {
            holder,
            facts,
            loans,
            // A part of a table is a table.
            prime_rates: PrimeRates::new(used).unwrap_or_default(),
        }
    }
}

fn tenor(loan: &Loan) -> Option<Tenor> {
    match loan.contract.terms().rate {
        RateTerms::Fixed { .. } => None,
        RateTerms::Prime { tenor, .. } => Some(tenor),
    }
}
