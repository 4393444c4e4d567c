//! Runs: all loans of a county and a quarter, decided together by a job, page by page of holders. A
//! run that finds nothing changed writes nothing.

mod page;
mod posting;

use serde_json::json;
use sizhu_core::access::Grant;
use sizhu_core::loan::{Paid, SubsidyPeriod, paid, periods};
use sizhu_core::{Day, DivisionCode, DivisionLevel, JobId, SubsidyRunId};
use sizhu_store::{
    Actor, Store, StoreError, Tx, audit, divisions,
    idempotency::{Answer, Request},
    jobs::{self, Job, JobKind, NewJob},
    residents::{self, Resident},
    subsidy_runs::{self, Filter, RunAward, SubsidyRun},
};
use uuid::Uuid;

use crate::policies::PolicySet;
use crate::problem::{FieldError, Problem, Text};
use crate::service::desk::state_conflict;
use crate::service::loans::{Counter, unanswerable};
use crate::service::news::News;
use crate::service::once::once;
use crate::service::subsidising::{LOAN_INTEREST, programme_id};

pub use page::page;
pub use posting::{Listed, PublicList, Row, Township, public_list};

/// A calendar quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarter {
    /// The year.
    pub year: i32,
    /// 1 to 4.
    pub number: u32,
}

impl Quarter {
    /// Its days.
    #[must_use]
    pub fn period(self) -> Option<SubsidyPeriod> {
        let month = self.number.checked_sub(1)?.checked_mul(3)?.checked_add(1)?;
        let from = Day::from_ymd(self.year, month, 1)?;
        let until = from.plus_months(3)?;
        Some(SubsidyPeriod { from, until })
    }
}

/// A run with its job.
#[derive(Clone, Debug)]
pub struct RunState {
    /// The run.
    pub run: SubsidyRun,
    /// The job that does it.
    pub job: Job,
    /// Whether it was asked for just now.
    pub new: bool,
}

/// Whether a caller may run a county and see what came of it.
#[must_use]
pub fn may_see(grant: &Grant, county: &DivisionCode) -> bool {
    match grant {
        Grant::Officer(own) | Grant::Auditor(own) => own.contains(county),
        Grant::Resident(_)
        | Grant::Hospital(_)
        | Grant::Bank(_)
        | Grant::Finance(_)
        | Grant::Policy
        | Grant::Admin => false,
    }
}

/// Asks for a run, once under its key. While one of the county and period is open, that one is
/// answered.
///
/// # Errors
/// As for any request under a key; 403 outside the officer's division and below the county; 422 for a
/// county or a quarter in which nothing can be run.
pub async fn request_once(
    at: Counter<'_>,
    request: &Request<'_>,
    county: &DivisionCode,
    quarter: Quarter,
    render: impl FnOnce(&RunState) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    let in_force = at.policies.snapshot();
    let officer = at.grant.division().ok_or_else(Problem::forbidden)?;
    let work =
        async |tx: &mut Tx| render(&ask(tx, &in_force, officer, county, quarter, at.news).await?);
    once(at.store, at.actor, Some(request), at.news.now, work).await
}

/// Asks for a run.
///
/// # Errors
/// As [`request_once`].
pub async fn ask(
    tx: &mut Tx,
    in_force: &PolicySet,
    officer: &DivisionCode,
    county: &DivisionCode,
    quarter: Quarter,
    news: News<'_>,
) -> Result<RunState, Problem> {
    let own = officer.level().is_at_least_county() && officer.contains(county);
    if !own {
        return Err(Problem::forbidden().with_detail(Text::new(
            "须由本辖区县级及以上人员办理。",
            "This takes an officer of county level or above, in their own division.",
        )));
    }
    if county.level() != DivisionLevel::County || !divisions::exists(tx, county).await? {
        return Err(refused(
            "/county",
            "unknown_division",
            "没有这个县级区划代码。",
            "There is no county of this code.",
        ));
    }
    let period = period_of(in_force, county, quarter, news.today)?;
    let job = NewJob {
        id: JobId::new(Uuid::now_v7()),
        kind: JobKind::SubsidyRun,
        division: Some(county.clone()),
        params: json!({ "programme": LOAN_INTEREST, "period": period }),
        open_key: Some(format!("{county} {LOAN_INTEREST} {}", period.from)),
    };
    let key = job.open_key.as_deref().unwrap_or_default();
    if !jobs::enqueue(tx, &job, news.now).await? {
        let open = jobs::open_of(tx, JobKind::SubsidyRun, key).await?;
        let open = match open {
            Some(open) => subsidy_runs::of_job(tx, open).await?,
            None => None,
        };
        // The open one ended while this one was waited for: once more, from the start.
        let run = open.ok_or(StoreError::LockTimeout)?;
        return with_job(tx, run, false).await;
    }
    let run = SubsidyRun {
        id: SubsidyRunId::new(Uuid::now_v7()),
        county: county.clone(),
        programme: LOAN_INTEREST.to_owned(),
        period,
        as_of: news.today,
        job: job.id,
        recorded_by: tx.actor().name().to_owned(),
        recorded_at: news.now,
    };
    subsidy_runs::insert(tx, &run).await?;
    let event = audit::Event {
        kind: "subsidy_run.requested",
        subject: None,
        object: Some(run.id.get()),
        division: Some(county.clone()),
        details: json!({ "programme": run.programme, "period": period, "job_id": job.id }),
    };
    audit::record(tx, event, news.now).await?;
    with_job(tx, run, true).await
}

/// The subsidy period that is run with a quarter: the one that ends in it, if it is paid after it; the
/// one that begins in it, if it is paid in advance.
fn period_of(
    in_force: &PolicySet,
    county: &DivisionCode,
    quarter: Quarter,
    today: Day,
) -> Result<SubsidyPeriod, Problem> {
    let programme = programme_id().and_then(|id| in_force.resolve(county, &id));
    let programme = programme.ok_or_else(|| {
        refused(
            "/county",
            "no_programme",
            "该地没有贷款贴息项目。",
            "This place has no such programme.",
        )
    })?;
    let days = quarter.period();
    let days =
        days.ok_or_else(|| Problem::validation(vec![FieldError::of_code("/quarter", "range")]))?;
    let listed =
        periods(&programme, days.from, days.until).map_err(|error| unanswerable(&error))?;
    let over = |period: &&SubsidyPeriod| {
        days.from < period.until && period.until <= days.until && period.until <= today
    };
    let ahead = |period: &&SubsidyPeriod| {
        days.from <= period.from && period.from < days.until && period.from <= today
    };
    let found = match paid(&programme, days.from) {
        Paid::InAdvance => listed.iter().find(ahead),
        Paid::QuarterEnd | Paid::YearEnd => listed.iter().find(over),
    };
    found.copied().ok_or_else(|| {
        refused(
            "/quarter",
            "no_period",
            "该季度没有已经结束、可以结算的贴息期。",
            "No subsidy period that can be settled by now goes with this quarter.",
        )
    })
}

fn refused(
    pointer: &'static str,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
) -> Problem {
    Problem::validation(vec![FieldError::new(pointer, code, Text::new(zh, en))])
}

async fn with_job(tx: &mut Tx, run: SubsidyRun, new: bool) -> Result<RunState, Problem> {
    let job = jobs::find(tx, run.job).await?;
    let job = job.ok_or_else(|| Problem::internal(&StoreError::Corrupt("job")))?;
    Ok(RunState { run, job, new })
}

/// A run, if the caller may see it.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn find(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    id: SubsidyRunId,
) -> Result<RunState, Problem> {
    store
        .transaction(actor, async |tx| visible(tx, grant, id).await)
        .await
}

async fn visible(tx: &mut Tx, grant: &Grant, id: SubsidyRunId) -> Result<RunState, Problem> {
    let run = subsidy_runs::find(tx, id).await?;
    let run = run
        .filter(|run| may_see(grant, &run.county))
        .ok_or_else(Problem::not_found)?;
    with_job(tx, run, false).await
}

/// Runs of a division, newest first.
///
/// # Errors
/// What the store says.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<RunState>, Problem> {
    store
        .transaction(actor, async |tx| {
            let mut states = Vec::new();
            for run in subsidy_runs::list(tx, filter, limit).await? {
                states.push(with_job(tx, run, false).await?);
            }
            Ok(states)
        })
        .await
}

/// Stops a run: at once if nobody has taken it up, else before its next page. What it decided stays.
///
/// # Errors
/// 404, and 409 when it is over.
pub async fn cancel(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    id: SubsidyRunId,
    news: News<'_>,
) -> Result<RunState, Problem> {
    store
        .transaction(actor, async |tx| {
            let state = visible(tx, grant, id).await?;
            if !jobs::cancel(tx, state.run.job, news.now).await? {
                return Err(state_conflict("批次已经结束。", "The run is over."));
            }
            let event = audit::Event {
                kind: "subsidy_run.cancelled",
                subject: None,
                object: Some(id.get()),
                division: Some(state.run.county),
                details: json!({}),
            };
            audit::record(tx, event, news.now).await?;
            visible(tx, grant, id).await
        })
        .await
}

/// An award of a run with the person it is for.
pub struct AwardFor {
    /// The award.
    pub award: RunAward,
    /// The person.
    pub resident: Resident,
}

/// The awards of a run's county and period. Looking is recorded.
///
/// # Errors
/// 404 when there is no such run, or none the caller may see.
pub async fn awards(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    id: SubsidyRunId,
    after: Option<sizhu_core::AwardId>,
    limit: i64,
    news: News<'_>,
) -> Result<Vec<AwardFor>, Problem> {
    let work = async |tx: &mut Tx| {
        let state = visible(tx, grant, id).await?;
        let found = subsidy_runs::awards(tx, &state.run, after, limit).await?;
        let mut people = Vec::new();
        for award in found {
            let resident = sizhu_core::ResidentId::new(award.resident_id);
            if let Some(resident) = residents::find(tx, resident).await? {
                people.push(AwardFor { award, resident });
            }
        }
        let event = audit::Event {
            kind: "subsidy_run.awards_read",
            subject: None,
            object: Some(id.get()),
            division: Some(state.run.county),
            details: json!({ "awards": people.len() }),
        };
        audit::record(tx, event, news.now).await?;
        Ok(people)
    };
    store.transaction(actor, work).await
}
