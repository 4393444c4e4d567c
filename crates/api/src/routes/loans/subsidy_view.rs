//! How schedules and what loans get are shown.

use serde::Serialize;
use sizhu_core::loan::{Difference, Instalment, LoanDecision, Reason, Schedule, Segment};
use sizhu_core::{Day, Outcome};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::decision_view::{ClauseView, clause};
use super::super::words;
use crate::problem::Language;
use crate::service::claims::Audience as Told;
use crate::service::loans::Subsidised;

/// One due day of a loan's plan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Instalment)]
pub struct InstalmentView {
    /// Its number, from 1.
    number: u32,
    /// The first day whose interest is due on the due day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The due day.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
    /// What is owed by the contract on the first day, in fen.
    balance_fen: i64,
    /// The rate of the first day, in parts per million a year.
    rate_ppm: i64,
    /// The principal that is due, in fen.
    principal_fen: i64,
    /// The interest that is due, in fen.
    interest_fen: i64,
    /// Both together, in fen.
    payment_fen: i64,
    /// What is owed after it, in fen.
    balance_after_fen: i64,
}

impl InstalmentView {
    fn of(it: &Instalment) -> Self {
        Self {
            number: it.number,
            from: it.from,
            due_on: it.due_on,
            balance_fen: it.balance.get(),
            rate_ppm: it.rate_ppm.get(),
            principal_fen: it.principal.get(),
            interest_fen: it.interest.get(),
            payment_fen: it.payment.get(),
            balance_after_fen: it.balance_after.get(),
        }
    }
}

/// What falls due of a loan when, by the contract and what changed it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanSchedule)]
pub struct ScheduleView {
    /// The due days, ascending.
    instalments: Vec<InstalmentView>,
    /// All interest, in fen.
    interest_fen: i64,
    /// First day whose rate is presumed: no Loan Prime Rate is known of it, and the last one that is
    /// known is taken. Null where all are known.
    #[schema(value_type = Option<String>, format = Date)]
    presumed_from: Option<Day>,
}

impl ScheduleView {
    pub(super) fn of(schedule: &Schedule) -> Self {
        Self {
            instalments: schedule
                .instalments
                .iter()
                .map(InstalmentView::of)
                .collect(),
            interest_fen: schedule.interest.get(),
            presumed_from: schedule.presumed_from,
        }
    }
}

/// Days of a loan on which nothing changes, and what they get.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubsidySegment)]
pub struct SegmentView {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// The first day after it.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// How many days these are.
    days: u32,
    /// The day on which their interest is due.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
    /// What is owed of the principal, in fen.
    balance_fen: i64,
    /// What of it may be subsidised, in fen.
    eligible_fen: i64,
    /// What of that the cap leaves to this loan, in fen.
    allotted_fen: i64,
    /// The loan's rate, in parts per million; none where the Loan Prime Rate is not known.
    rate_ppm: Option<i64>,
    /// The rate that counts.
    counted_rate_ppm: i64,
    /// The interest of these days by the contract, in fen.
    interest_fen: i64,
    /// The subsidy of these days, in fen. These add up to the amount.
    subsidised_fen: i64,
    /// Whether the rounding gave these days a fen more than their own whole fen.
    rounded_up: bool,
    /// Why not all is subsidised.
    #[schema(value_type = Vec<words::SubsidyReason>)]
    reasons: Vec<Reason>,
}

impl SegmentView {
    pub(in crate::routes) fn of(it: &Segment) -> Self {
        Self {
            from: it.from,
            until: it.until,
            days: it.days,
            due_on: it.due_on,
            balance_fen: it.balance.get(),
            eligible_fen: it.eligible.get(),
            allotted_fen: it.allotted.get(),
            rate_ppm: it.rate.map(sizhu_core::loan::Rate::get),
            counted_rate_ppm: it.counted_rate.get(),
            interest_fen: it.interest.get(),
            subsidised_fen: it.subsidised.get(),
            rounded_up: it.odd_fen,
            reasons: it.reasons.clone(),
        }
    }
}

/// A due day for which the bank asks another interest than the contract comes to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InterestDifference)]
pub struct DifferenceView {
    /// The due day.
    #[schema(value_type = String, format = Date)]
    due_on: Day,
    /// By the contract, in fen.
    ours_fen: i64,
    /// By the bank, in fen.
    banks_fen: i64,
}

impl DifferenceView {
    pub(in crate::routes) fn of(it: &Difference) -> Self {
        Self {
            due_on: it.due_on,
            ours_fen: it.ours.get(),
            banks_fen: it.banks.get(),
        }
    }
}

/// What was decided of a loan and period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DecidedSubsidy)]
pub struct DecidedView {
    /// The decision in force.
    decision_id: Uuid,
    /// What it came to.
    #[schema(value_type = words::Outcome)]
    outcome: Outcome,
    /// The entitlement by it, in fen.
    amount_fen: i64,
}

/// What a loan gets for a period, and why not more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanSubsidy)]
pub struct SubsidyView {
    /// First day of the period.
    #[schema(value_type = String, format = Date)]
    period_from: Day,
    /// First day after it.
    #[schema(value_type = String, format = Date)]
    period_until: Day,
    /// Last day of which payments count.
    #[schema(value_type = String, format = Date)]
    as_of: Day,
    /// What it comes to.
    #[schema(value_type = words::Outcome)]
    outcome: Outcome,
    /// The subsidy, in fen.
    amount_fen: i64,
    /// The days of which interest is subsidised.
    days: u32,
    /// What is missing, where it is undetermined.
    missing: Vec<String>,
    /// Segment by segment.
    segments: Vec<SegmentView>,
    /// Due days for which the bank asks another sum.
    differences: Vec<DifferenceView>,
    /// Clause by clause.
    trace: Vec<ClauseView>,
    /// Dated version of the pack.
    policy_version: String,
    /// What was decided of this period; none if it was not.
    decided: Option<DecidedView>,
}

impl SubsidyView {
    pub(super) fn of(it: &LoanDecision, language: Language) -> Self {
        Self {
            period_from: it.period.from,
            period_until: it.period.until,
            as_of: it.as_of,
            outcome: it.outcome,
            amount_fen: it.amount.get(),
            days: it.days,
            missing: it.missing.clone(),
            segments: it.segments.iter().map(SegmentView::of).collect(),
            differences: it.differences.iter().map(DifferenceView::of).collect(),
            trace: (it.trace.0.iter())
                .map(|entry| clause(entry, Told::Registry, language))
                .collect(),
            policy_version: it.policy_version.clone(),
            decided: None,
        }
    }

    pub(super) fn beside(it: &Subsidised, language: Language) -> Self {
        let decided = it.decided.as_ref().map(|decision| DecidedView {
            decision_id: decision.id.get(),
            outcome: decision.outcome,
            amount_fen: decision.amount.get(),
        });
        Self {
            decided,
            ..Self::of(&it.answer, language)
        }
    }
}
