//! Loans of the demo: some of each county, as the bank posts them, with what happened to them; and the
//! counties whose year was run.

use anyhow::Context as _;
use sizhu_core::access::Grant;
use sizhu_core::loan::{
    Contract, ContractTerms, DayCount, Draw, EventKind, LoanPurpose, Rate, RateTerms, Repayment,
    schedule,
};
use sizhu_core::{Day, Fen, LoanId, Rounding};
use sizhu_store::loans::LoanContent;
use sizhu_store::{Actor, StoreError, Tx};

use super::clients::{self, BANK};
use super::load::Load;
use super::plan::{County, EXAMPLE_MEMBER, Member};
use crate::problem::Problem;
use crate::service::loans::{
    self, Batch, Counter, NewEvent, NewKind, NewLoan, Posted, Refused, Said,
};
use crate::service::subsidy_runs::{self, Quarter};

/// The year the loans of the demo are of: it is over, so that it can be run.
const YEAR: i32 = 2025;

/// Loans in one transaction.
const GROUP: usize = 50;

/// Jobs that a loan made, at most.
const JOBS: usize = 3;

/// The city whose counties were run, but for the county of the examples.
const RUN_IN: &str = "4301";

/// The county of the examples.
const EXAMPLE_COUNTY: &str = "430102";

/// Repayment, day count, principal in fen and rate in parts per million, in turn.
const KINDS: [(Repayment, DayCount, i64, i64); 4] = [
    (
        Repayment::InterestOnly,
        DayCount::Actual360,
        5_000_000,
        43_500,
    ),
    (
        Repayment::EqualPrincipal,
        DayCount::Actual365,
        3_000_000,
        39_000,
    ),
    (
        Repayment::Bullet,
        DayCount::MonthsAndDays,
        8_000_000,
        52_000,
    ),
    (
        Repayment::EqualInstalments,
        DayCount::Thirty360E,
        4_800_000,
        36_500,
    ),
];

fn bank() -> Actor {
    Actor::Client {
        id: "demo-bank".to_owned(),
        grant: Grant::Bank(BANK.to_owned()),
    }
}

impl Load {
    /// Posts the loans of a county, with what happened to them, and confirms them.
    pub(super) async fn loans(&self, county: &County, members: &[Member]) -> anyhow::Result<()> {
        let others = members
            .iter()
            .filter(|it| it.citizen_id.as_str() != EXAMPLE_MEMBER);
        let mut planned = Vec::new();
        for (number, member) in others.take(county.loans).enumerate() {
            planned.push((number, new_loan(county, member, number)?));
        }
        for group in planned.chunks(GROUP) {
            if self.is_stopped() {
                return Ok(());
            }
            let loans = self.some_loans(group).await;
            let loans = loans.with_context(|| format!("loans of {}", county.code))?;
            let confirmed = self.confirm(county, &loans).await;
            confirmed.with_context(|| format!("loans of {}", county.code))?;
        }
        Ok(())
    }

    /// Posts some loans as the bank, with what happened to them. Answers those that nobody confirmed.
    async fn some_loans(&self, group: &[(usize, NewLoan)]) -> anyhow::Result<Vec<(usize, LoanId)>> {
        let (state, bank) = (&self.state, bank());
        let news = state.news("loan.posted");
        let work = async |tx: &mut Tx| {
            let (mut loans, mut batches) = (Vec::new(), Vec::new());
            for (number, new) in group {
                let posted = loans::post(tx, &state.policies, new.clone(), news).await;
                let (Posted::New(it) | Posted::Known(it)) = posted.map_err(Failed::Problem)?;
                let events = payments(&loans::core_loan(&it.loan), *number)?;
                batches.push(Batch {
                    loan: it.loan.id,
                    events,
                });
                if it.loan.version == 1 {
                    loans.push((*number, it.loan.id));
                }
            }
            loans::apply(tx, &state.policies, batches, news).await?;
            Ok::<_, Failed>(loans)
        };
        Ok(state.store.transaction(&bank, work).await?)
    }

    /// Confirms some loans as the county's officer.
    async fn confirm(&self, county: &County, loans: &[(usize, LoanId)]) -> Result<(), Problem> {
        let state = &self.state;
        let (officer, grant) = (
            clients::officer(&county.code),
            Grant::Officer(county.code.clone()),
        );
        let at = Counter {
            store: &state.store,
            policies: &state.policies,
            actor: &officer,
            grant: &grant,
            news: state.news("loan.confirmed"),
        };
        let work = async |tx: &mut Tx| {
            for (number, id) in loans {
                let jobs = u32::try_from(number % JOBS)
                    .unwrap_or_default()
                    .saturating_add(1);
                let said = Said {
                    family_kept_policy: Some(true),
                    households_led: None,
                    jobs_created: Some(jobs),
                    income: Some(Fen::new(i64::from(jobs) * 2_500_000)),
                };
                loans::confirm_in(tx, at, *id, said, |_| Ok(())).await?;
            }
            Ok(())
        };
        state.store.transaction(&officer, work).await
    }

    /// Asks for the runs of a city's counties; the service makes them.
    pub(super) async fn runs(&self) -> anyhow::Result<()> {
        let of_the_city = |county: &&County| {
            county.code.as_str().starts_with(RUN_IN) && county.code.as_str() != EXAMPLE_COUNTY
        };
        let (state, set) = (&self.state, self.state.policies.snapshot());
        let news = state.news("subsidy_run.requested");
        let quarter = Quarter {
            year: YEAR,
            number: 4,
        };
        for county in self.plan.counties.iter().filter(of_the_city) {
            let (code, officer) = (&county.code, clients::officer(&county.code));
            let work =
                async |tx: &mut Tx| subsidy_runs::ask(tx, &set, code, code, quarter, news).await;
            let asked = state.store.transaction(&officer, work).await;
            asked.with_context(|| format!("a run of {code}"))?;
        }
        Ok(())
    }
}

/// Why loans could not be posted.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Problem(Problem),
    #[error("events of the demo: {0}")]
    Events(String),
    #[error(transparent)]
    Plan(#[from] anyhow::Error),
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Problem(problem) => Self::Problem(problem),
            Refused::Faults(faults) => Self::Events(format!("{faults:?}")),
        }
    }
}

/// The loan of a number of a county, as the bank posts it.
fn new_loan(county: &County, member: &Member, number: usize) -> anyhow::Result<NewLoan> {
    let (repayment, day_count, principal, rate) =
        *KINDS.get(number % KINDS.len()).context("no kinds")?;
    let terms = ContractTerms {
        principal: Fen::new(principal),
        draw: Draw::AtStart,
        rate: RateTerms::Fixed {
            rate: Rate::new(rate).context("no rate")?,
        },
        day_count,
        starts_on: Day::from_ymd(YEAR, 1, 1).context("no day")?,
        ends_on: Day::from_ymd(YEAR + 1, 1, 1).context("no day")?,
        repayment,
        every_months: 3,
        first_due_on: None,
        rounding: Rounding::HalfUp,
    };
    Ok(NewLoan {
        bank: BANK.to_owned(),
        channel: "bank",
        within: None,
        borrower: member.citizen_id.clone(),
        credit_code: None,
        contract_no: format!("{BANK}-{}-{YEAR}-9{number:03}", county.code),
        content: LoanContent {
            borrower_name: member.details.name.clone(),
            purpose: LoanPurpose::Production,
            contract: Contract::new(terms)?,
            family_kept_policy: None,
            households_led: None,
            jobs_created: None,
            income: None,
            confirmation: None,
        },
    })
}

/// The payments of a loan, each on its due day; of every third loan the last one comes late.
fn payments(loan: &sizhu_core::loan::Loan, number: usize) -> anyhow::Result<Vec<NewEvent>> {
    let plan = schedule(loan, &sizhu_core::loan::PrimeRates::default())?;
    let last = plan.instalments.last().map(|it| it.number);
    let payment = |it: &sizhu_core::loan::Instalment| {
        let late = number % 3 == 2 && Some(it.number) == last;
        let on = if late {
            it.due_on.plus_months(1).unwrap_or(it.due_on)
        } else {
            it.due_on
        };
        NewEvent {
            event_no: format!("{YEAR}-{}", it.number),
            on,
            what: NewKind::Told(EventKind::Repaid {
                due_on: Some(it.due_on),
                principal: it.principal,
                interest: it.interest,
                penalty: Fen::ZERO,
            }),
        }
    };
    Ok(plan.instalments.iter().map(payment).collect())
}
