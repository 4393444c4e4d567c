//! The answers: what each loan gets in a period, segment by segment, and why not more.

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::id::LoanId;
use crate::money::Fen;
use crate::stay::YearShare;
use crate::trace::{Outcome, Trace};
use crate::word::words;

use super::fault::LoanFaults;
use super::rate::{Rate, Tenor};

words! {
    /// When the subsidy of a period is paid, as packs say it.
    pub enum Paid {
        /// 按季后补: after each quarter of the subsidy year, of interest that was paid.
        QuarterEnd = "quarter_end",
        /// 按年后补: after the subsidy year, of interest that was paid.
        YearEnd = "year_end",
        /// 先贴后核: for the subsidy year ahead, as if all interest not yet due were paid in time;
        /// settled when it is due.
        InAdvance = "in_advance",
    }
}

/// A period that one decision on a loan covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubsidyPeriod {
    /// The first day.
    pub from: Day,
    /// The first day after it.
    pub until: Day,
}

words! {
    /// Why a segment is not subsidised whole.
    pub enum Reason {
        /// No rules are in force.
        OutOfForce = "out_of_force",
        /// 不符合资格条件: a clause fails.
        NotEligible = "not_eligible",
        /// 次数已满: it would be eligible with fewer subsidy years used.
        TimesUsed = "times_used",
        /// A fact is missing that decides whether it is eligible, or the rate.
        Undetermined = "undetermined",
        /// 用途不符
        PurposeFailed = "purpose_failed",
        /// 违约
        Defaulted = "defaulted",
        /// 核销: a part of the principal was written off.
        WrittenOff = "written_off",
        /// 逾期本金: principal that should have been repaid bears penalty, never subsidised.
        OverduePrincipal = "overdue_principal",
        /// 超过贴息本金上限
        AbovePrincipalCap = "above_principal_cap",
        /// 上限已由其他贷款占用: earlier loans of the holder take the cap.
        CapOfOthers = "cap_of_others",
        /// 超过贴息利率上限
        AboveRateCap = "above_rate_cap",
        /// 未付息: nothing of the interest was paid.
        NotPaid = "not_paid",
        /// 部分付息: a part of the interest was paid in time.
        PartPaid = "part_paid",
        /// 逾期付息: the rest was paid after its due day.
        PaidLate = "paid_late",
        /// 未到结息日: the interest falls due after the day of the decision.
        NotDueYet = "not_due_yet",
        /// 银行应收较少: the bank asked for less than the contract comes to.
        BankCountsLess = "bank_counts_less",
        /// 以实付利息为限: never more than the interest that was paid.
        AtMostPaid = "at_most_paid",
    }
}

/// Days of a loan on which nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The first day.
    pub from: Day,
    /// The first day after it.
    pub until: Day,
    /// How many days these are.
    pub days: u32,
    /// The day on which their interest is due.
    pub due_on: Day,
    /// What is owed of the principal, in fen.
    #[serde(rename = "balance_fen")]
    pub balance: Fen,
    /// What of it may be subsidised: within what the contract lets stand, in fen.
    #[serde(rename = "eligible_fen")]
    pub eligible: Fen,
    /// What of that the cap leaves to this loan, in fen.
    #[serde(rename = "allotted_fen")]
    pub allotted: Fen,
    /// The loan's rate; `None` where the table of Loan Prime Rates does not know it.
    #[serde(rename = "rate_ppm")]
    pub rate: Option<Rate>,
    /// The rate that counts.
    #[serde(rename = "counted_rate_ppm")]
    pub counted_rate: Rate,
    /// The interest of these days by the contract, half up, in fen. Rounded by itself: these do not
    /// add up to what is due.
    #[serde(rename = "interest_fen")]
    pub interest: Fen,
    /// The subsidy of these days, in fen. These add up to the amount.
    #[serde(rename = "subsidised_fen")]
    pub subsidised: Fen,
    /// Whether the subsidy has a fen that the segment's own whole fen do not come to: where the
    /// rounding fell.
    pub odd_fen: bool,
    /// Why not all is subsidised; in the order of the vocabulary.
    pub reasons: Vec<Reason>,
}

/// A due day for which the bank asks another interest than the contract comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The due day.
    pub due_on: Day,
    /// By the contract, in fen.
    #[serde(rename = "ours_fen")]
    pub ours: Fen,
    /// By the bank, in fen.
    #[serde(rename = "banks_fen")]
    pub banks: Fen,
}

/// What one loan gets for one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanDecision {
    /// The loan.
    pub loan: LoanId,
    /// The period.
    pub period: SubsidyPeriod,
    /// The day as of which payments were looked at, included.
    pub as_of: Day,
    /// Granted if any amount is owed; undetermined, with nothing owed, where a fact is missing.
    pub outcome: Outcome,
    /// The subsidy, in fen.
    #[serde(rename = "amount_fen")]
    pub amount: Fen,
    /// The days of which interest is subsidised.
    pub days: u32,
    /// Days and amounts by calendar year, years in which nothing is paid left out.
    pub by_year: Vec<YearShare>,
    /// The version of the policy in force on the period's last day.
    pub policy_version: String,
    /// What is missing, where it is undetermined: ids of facts, and `prime_rate:one_year:2019-08-19`
    /// for a Loan Prime Rate. In order, each once.
    pub missing: Vec<String>,
    /// The segments, without a hole, over the days of the period on which the loan runs.
    pub segments: Vec<Segment>,
    /// The due days of the period's interest for which the bank asks another sum.
    pub differences: Vec<Difference>,
    /// The clauses.
    pub trace: Trace,
}

/// The interest of one due day, and what was paid of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueDay {
    /// The due day.
    pub due_on: Day,
    /// By the contract and what happened, in fen; `None` where a Loan Prime Rate is not known.
    #[serde(rename = "ours_fen")]
    pub ours: Option<Fen>,
    /// By the bank, in fen, if it said so.
    #[serde(rename = "banks_fen")]
    pub banks: Option<Fen>,
    /// What was paid of it up to the due day, included, in fen: payments settle the oldest interest
    /// first. `None` where what was due before is not known.
    #[serde(rename = "paid_in_time_fen")]
    pub paid_in_time: Option<Fen>,
}

/// One due day of a loan's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// Its number, from 1.
    pub number: u32,
    /// The first day whose interest is due on the day.
    pub from: Day,
    /// The due day, which bears no interest of this instalment.
    pub due_on: Day,
    /// What is owed by the contract on the first day, in fen.
    #[serde(rename = "balance_fen")]
    pub balance: Fen,
    /// The rate of the first day.
    pub rate_ppm: Rate,
    /// The principal that is due, in fen.
    #[serde(rename = "principal_fen")]
    pub principal: Fen,
    /// The interest that is due, as the bank rounds it, in fen.
    #[serde(rename = "interest_fen")]
    pub interest: Fen,
    /// Both together, in fen.
    #[serde(rename = "payment_fen")]
    pub payment: Fen,
    /// What is owed by the contract after it, in fen.
    #[serde(rename = "balance_after_fen")]
    pub balance_after: Fen,
}

/// What falls due when, by the contract, its draws, rates, prepayments and extensions; as if each
/// instalment were paid on its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The due days, ascending.
    pub instalments: Vec<Instalment>,
    /// All interest, in fen.
    #[serde(rename = "interest_fen")]
    pub interest: Fen,
    /// The first day on which a Loan Prime Rate is asked for that is not known yet: from then on as
    /// if the last known one stayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presumed_from: Option<Day>,
}

/// One loan looked at without a registry: all interest as if paid in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// What falls due when.
    pub schedule: Schedule,
    /// A decision for each subsidy period of the loan's life, ascending.
    pub periods: Vec<LoanDecision>,
    /// What they come to, in fen; what is undetermined is not in it.
    #[serde(rename = "amount_fen")]
    pub amount: Fen,
}

/// Why the loans of a holder cannot be decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoanError {
    /// The programme gives something else than interest of one loan at a time: another form,
    /// several entitlements that hold at once, or limits.
    #[error("the programme is not one of interest alone")]
    Programme,
    /// The period holds no day.
    #[error("the period ends before it begins")]
    Period,
    /// Two loans carry the same id.
    #[error("loan {0} is given twice")]
    DuplicateLoan(LoanId),
    /// What is told of the loan cannot have happened.
    #[error("loan {loan}: {faults}")]
    History {
        /// The loan.
        loan: LoanId,
        /// Everything that is wrong with it.
        faults: LoanFaults,
    },
    /// A Loan Prime Rate that the table does not know.
    #[error("the Loan Prime Rate {tenor} of {day} is not known")]
    PrimeRate {
        /// Which.
        tenor: Tenor,
        /// The day on which the contract asks for it.
        day: Day,
    },
    /// An amount is outside what can be counted.
    #[error("loan {0}: an amount is out of range")]
    OutOfRange(LoanId),
}
