//! What falls due of a loan, and what it gets: now, or as was known at an earlier instant. Nothing is
//! decided here.

use chrono::{DateTime, Utc};
use sizhu_core::access::Grant;
use sizhu_core::loan::{
    self as core, LoanDecision, LoanError, Preview, PrimeRates, Schedule, SubsidyPeriod,
};
use sizhu_core::{Day, DivisionCode, KnownFacts, LoanId};
use sizhu_store::{
    Actor, Store, Tx,
    decisions::{self, Decision, Matter},
    loan_events, prime_rates,
};

use super::{Counter, core_loan, visible};
use crate::policies::PolicySet;
use crate::problem::{FieldError, Problem, ProblemKind, Text};
use crate::service::households::holder_of;
use crate::service::subsidising::{Known, programme_id};

/// What a loan gets for a period, and what was decided of it.
#[derive(Clone, Debug)]
pub struct Subsidised {
    /// As it comes out of what is known.
    pub answer: LoanDecision,
    /// The decision in force on the period, if it was decided.
    pub decided: Option<Decision>,
}

/// What falls due when, by the contract and what happened to it.
///
/// # Errors
/// 404 for a loan the caller may not see; 409 where a Loan Prime Rate is not known.
pub async fn schedule(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    id: LoanId,
) -> Result<Schedule, Problem> {
    let work = async |tx: &mut Tx| {
        let loan = visible(tx, grant, id).await?;
        let events = loan_events::of_loans(tx, &[id], None).await?;
        let mut whole = core_loan(&loan);
        whole.events = events.into_iter().map(|it| it.event).collect();
        let rates = prime_rates::table(tx, None).await?;
        core::schedule(&whole, &rates).map_err(|error| unanswerable(&error))
    };
    store.transaction(actor, work).await
}

/// What a loan gets: for one period, or for each subsidy period of the days asked about; as known at
/// an earlier instant, if one is given.
///
/// # Errors
/// 404 for a loan the caller may not see, or that was not known then; 409 where there are no rules
/// for its place.
pub async fn subsidy(
    at: Counter<'_>,
    id: LoanId,
    asked: (Option<Day>, Option<Day>),
    known_at: Option<DateTime<Utc>>,
) -> Result<Vec<Subsidised>, Problem> {
    let work = async |tx: &mut Tx| {
        let loan = visible(tx, at.grant, id).await?;
        let terms = loan.content.contract.terms();
        let holder = holder_of(tx, &loan).await?;
        let known = Known::load(tx, holder, known_at).await?;
        let set = at.policies.snapshot();
        let programme = known.programme_of(id, &set).ok_or_else(no_rules)?;
        let as_of = Day::of_instant(known_at.unwrap_or(at.news.now));
        let periods = match asked {
            (Some(from), Some(until)) => vec![SubsidyPeriod { from, until }],
            (from, until) => {
                let (from, until) = (
                    from.unwrap_or(terms.starts_on),
                    until.unwrap_or(terms.ends_on),
                );
                core::periods(&programme, from, until).map_err(|error| unanswerable(&error))?
            }
        };
        let rates = prime_rates::table(tx, known_at).await?;
        let facts = known.facts(&programme, as_of, &rates);
        let mut answers = Vec::new();
        for period in periods {
            let all = core::subsidise(&programme, &facts, period, as_of);
            let all = all.map_err(|error| unanswerable(&error))?;
            let Some(answer) = all.into_iter().find(|it| it.loan == id) else {
                return Err(Problem::not_found());
            };
            let decided = decisions::current(tx, Matter::Loan { loan: id, period }).await?;
            let decided = decided.filter(|it| it.matter == Matter::Loan { loan: id, period });
            answers.push(Subsidised { answer, decided });
        }
        Ok(answers)
    };
    at.store.transaction(at.actor, work).await
}

/// One loan looked at without a registry, by the rules of a place. Nothing is kept.
///
/// # Errors
/// 422 for a place without such a programme, 409 where a Loan Prime Rate is not known.
pub fn preview(
    policies: &PolicySet,
    division: &DivisionCode,
    loan: &core::Loan,
    facts: &KnownFacts,
    rates: &PrimeRates,
) -> Result<Preview, Problem> {
    let id = programme_id();
    let programme = id.and_then(|id| policies.resolve(division, &id));
    let programme = programme.ok_or_else(|| {
        Problem::validation(vec![FieldError::new(
            "/division",
            "no_programme",
            Text::new(
                "该地没有贷款贴息项目。",
                "This place has no such programme.",
            ),
        )])
    })?;
    core::preview(&programme, loan, facts, rates).map_err(|error| unanswerable(&error))
}

fn no_rules() -> Problem {
    Problem::new(ProblemKind::StateConflict).with_detail(Text::new(
        "借款人户籍地没有贷款贴息项目。",
        "The borrower's place has no such programme, or the borrower is in no registry.",
    ))
}

/// Why the engine gives no answer, for who asked.
pub(in crate::service) fn unanswerable(error: &LoanError) -> Problem {
    match error {
        LoanError::PrimeRate { tenor, day } => Problem::new(ProblemKind::StateConflict)
            .with_detail(Text::made(
                format!("未登记{day}的贷款市场报价利率（{tenor}）。"),
                format!("The Loan Prime Rate {tenor} of {day} is not known."),
            )),
        LoanError::Period => Problem::parameters(vec![FieldError::of_code("/until", "date_order")]),
        LoanError::Programme
        | LoanError::DuplicateLoan(_)
        | LoanError::History { .. }
        | LoanError::OutOfRange(_) => Problem::internal(error),
    }
}
