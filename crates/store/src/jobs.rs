//! `jobs`: long work, done page by page under a lease. What a page changes and how far the job is are
//! written in one transaction, and only by the runner whose lease it is.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension, QueryDsl,
    Queryable, Selectable, SelectableHelper, TextExpressionMethods,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sizhu_core::{DivisionCode, JobId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    rows::{division, unword},
    schema::jobs,
    word::words,
};

mod runner;

pub use runner::{Beat, Lease, Progress, checkpoint, claim, end, release};

words! {
    /// What a job does.
    JobKind {
        /// A draft rule over a whole registry; nothing is decided.
        Simulation = "simulation",
        /// People decided anew, because a rule or the engine changed.
        Redecision = "redecision",
        /// The loans of a county and period decided together.
        SubsidyRun = "subsidy_run",
        /// What claims on people in no registry say, deleted in due time.
        Forgetting = "forgetting",
    }
}

words! {
    /// Where a job is.
    JobState {
        /// Nobody has taken it up.
        Queued = "queued",
        /// A runner has it.
        Running = "running",
        /// Done; there is a result.
        Done = "done",
        /// Stopped by a fault; there is a code.
        Failed = "failed",
        /// Stopped because somebody asked for it.
        Cancelled = "cancelled",
    }
}

impl JobState {
    /// Whether it is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A job as it is kept.
#[derive(Clone, Debug)]
pub struct Job {
    /// Row id.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Where it is.
    pub state: JobState,
    /// Division it works on; `None` for all.
    pub division: Option<DivisionCode>,
    /// What to do.
    pub params: Value,
    /// How far it is, and what it has counted; `None` before the first page.
    pub cursor: Option<Value>,
    /// Rows worked on.
    pub done: i64,
    /// Rows to work on, once counted.
    pub total: Option<i64>,
    /// What came of it.
    pub result: Option<Value>,
    /// Stable code of what stopped it.
    pub error: Option<String>,
    /// How many times a runner took it up.
    pub attempt: i32,
    /// Somebody wants it stopped.
    pub cancel_requested: bool,
    /// Who wants it.
    pub recorded_by: String,
    /// When it was asked for.
    pub recorded_at: DateTime<Utc>,
    /// When a runner first took it up.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    kind: String,
    state: String,
    division: Option<String>,
    params: Value,
    cursor: Option<Value>,
    done: i64,
    total: Option<i64>,
    result: Option<Value>,
    error: Option<String>,
    attempt: i32,
    cancel_requested: bool,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl Row {
    fn job(self) -> Result<Job, StoreError> {
        Ok(Job {
            id: JobId::new(self.id),
            kind: unword(&self.kind, "job kind")?,
            state: unword(&self.state, "job state")?,
            division: self.division.as_deref().map(division).transpose()?,
            params: self.params,
            cursor: self.cursor,
            done: self.done,
            total: self.total,
            result: self.result,
            error: self.error,
            attempt: self.attempt,
            cancel_requested: self.cancel_requested,
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
            started_at: self.started_at,
            finished_at: self.finished_at,
        })
    }
}

/// A job to be put in the queue.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its row.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Division it works on; `None` for all.
    pub division: Option<DivisionCode>,
    /// What to do: row ids and codes, never identifiers of people.
    pub params: Value,
    /// What it is the only one of while it is open; `None` where there may be several.
    pub open_key: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = jobs)]
struct NewRow<'a> {
    id: Uuid,
    kind: &'a str,
    state: &'a str,
    division: Option<&'a str>,
    params: &'a Value,
    done: i64,
    attempt: i32,
    cancel_requested: bool,
    recorded_by: &'a str,
    recorded_at: DateTime<Utc>,
    open_key: Option<&'a str>,
}

/// Puts a job in the queue, under the actor of the transaction. Answers false, and puts nothing there,
/// when one of its key is open, also when it is being put there right now.
///
/// # Errors
/// What the database says.
pub async fn enqueue(tx: &mut Tx, new: &NewJob, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let by = tx.actor().name().to_owned();
    let queued = diesel::insert_into(jobs::table)
        .values(NewRow {
            id: new.id.get(),
            kind: new.kind.as_str(),
            state: JobState::Queued.as_str(),
            division: new.division.as_ref().map(DivisionCode::as_str),
            params: &new.params,
            done: 0,
            attempt: 0,
            cancel_requested: false,
            recorded_by: &by,
            recorded_at: now,
            open_key: new.open_key.as_deref(),
        })
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(queued == 1)
}

/// The open job of a key.
///
/// # Errors
/// What the database says.
pub async fn open_of(tx: &mut Tx, kind: JobKind, key: &str) -> Result<Option<JobId>, StoreError> {
    let id: Option<Uuid> = jobs::table
        .select(jobs::id)
        .filter(jobs::kind.eq(kind.as_str()))
        .filter(jobs::open_key.assume_not_null().eq(key))
        .filter(jobs::state.eq_any([JobState::Queued, JobState::Running].map(JobState::as_str)))
        .first(tx.conn())
        .await
        .optional()?;
    Ok(id.map(JobId::new))
}

/// A job by its row.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx, id: JobId) -> Result<Option<Job>, StoreError> {
    let row: Option<Row> = jobs::table
        .select(Row::as_select())
        .find(id.get())
        .first(tx.conn())
        .await
        .optional()?;
    row.map(Row::job).transpose()
}

/// What a reader of jobs asks for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Of this kind.
    pub kind: JobKind,
    /// On this division and those below; `None` for all, also those on no division.
    pub within: Option<DivisionCode>,
    /// In this state.
    pub state: Option<JobState>,
    /// Before this one in the list.
    pub before: Option<Uuid>,
}

/// Jobs, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Job>, StoreError> {
    let mut query = jobs::table
        .select(Row::as_select())
        .filter(jobs::kind.eq(filter.kind.as_str()))
        .order(jobs::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(within) = &filter.within {
        query = query.filter(jobs::division.assume_not_null().like(format!("{within}%")));
    }
    if let Some(state) = filter.state {
        query = query.filter(jobs::state.eq(state.as_str()));
    }
    if let Some(before) = filter.before {
        query = query.filter(jobs::id.lt(before));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.into_iter().map(Row::job).collect()
}

/// How many jobs of a kind are queued or running: what bounds how many may wait.
///
/// # Errors
/// What the database says.
pub async fn open_count(tx: &mut Tx, kind: JobKind) -> Result<i64, StoreError> {
    let open = [JobState::Queued, JobState::Running].map(JobState::as_str);
    let count = jobs::table
        .filter(jobs::kind.eq(kind.as_str()))
        .filter(jobs::state.eq_any(open))
        .count()
        .get_result(tx.conn())
        .await?;
    Ok(count)
}

/// Asks for a job to be stopped: a queued one is over at once, a running one before its next page.
/// Answers false, and changes nothing, when it is over already.
///
/// # Errors
/// What the database says.
pub async fn cancel(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let queued = diesel::update(jobs::table.find(id.get()))
        .filter(jobs::state.eq(JobState::Queued.as_str()))
        .set((
            jobs::state.eq(JobState::Cancelled.as_str()),
            jobs::cancel_requested.eq(true),
            jobs::finished_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    if queued == 1 {
        return Ok(true);
    }
    let running = diesel::update(jobs::table.find(id.get()))
        .filter(jobs::state.eq(JobState::Running.as_str()))
        .set(jobs::cancel_requested.eq(true))
        .execute(tx.conn())
        .await?;
    Ok(running == 1)
}
