//! Loans and the subsidy of their interest (贷款贴息): a loan is its contract and its events, and
//! what a programme pays of its interest follows from them, day by day, exact to the fen.
//!
//! `docs/LOANS.md` tells the arithmetic with an example.

mod contract;
mod day_count;
mod decision;
mod event;
mod facts;
mod fault;
mod prime_rate;
mod rate;

pub use contract::{Contract, ContractTerms, Draw, Repayment};
pub use day_count::{DayCount, PARTS_A_YEAR, YearPart};
pub use decision::{
    Difference, Instalment, LoanDecision, LoanError, Paid, Preview, Reason, Schedule, Segment,
    SubsidyPeriod,
};
pub use event::{EventKind, EventName, LoanEvent};
pub use facts::{Borrower, HolderFacts, Loan, LoanPurpose};
pub use fault::{FaultCode, LoanFault, LoanFaults};
pub use prime_rate::{PrimeRate, PrimeRateConflict, PrimeRateFault, PrimeRates};
pub use rate::{Rate, RateError, RateTerms, Tenor};
