//! Loans and the subsidy of their interest (贷款贴息): a loan is its contract and its events, and
//! what a programme pays of its interest follows from them, day by day, exact to the fen.
//!
//! `docs/LOANS.md` tells the arithmetic with an example.

mod allot;
mod annuity;
mod contract;
mod counted;
mod course;
mod day_count;
mod decision;
mod due;
mod event;
mod exact;
mod facts;
mod fault;
mod history;
mod prime_rate;
mod rate;
mod steps;
mod subsidy;
mod terms;
mod trace;

pub use contract::{Contract, ContractTerms, Draw, Repayment};
pub use course::schedule;
pub use day_count::{DayCount, PARTS_A_YEAR, YearPart};
pub use decision::{
    Difference, DueDay, Instalment, LoanDecision, LoanError, Paid, Preview, Reason, Schedule,
    Segment, SubsidyPeriod,
};
pub use due::dues;
pub use event::{EventKind, EventName, LoanEvent};
pub use facts::{Borrower, HolderFacts, Loan, LoanPurpose};
pub use fault::{FaultCode, LoanFault, LoanFaults};
pub use history::check;
pub use prime_rate::{PrimeRate, PrimeRateConflict, PrimeRateFault, PrimeRates};
pub use rate::{Rate, RateError, RateTerms, Tenor};
pub use subsidy::{preview, subsidise};
pub use terms::{paid, periods};

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    clippy::wildcard_enum_match_arm,
    reason = "an overflow or an odd value panics and so fails the test"
)]
pub(crate) mod tests;
