//! What a runner does with jobs: it takes one up under a lease, says after each page how far it is, and
//! ends it. Every write but the first asks for the lease, so that a runner that was given up for dead
//! changes nothing.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension,
    QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sizhu_core::JobId;
use uuid::Uuid;

use super::{Job, JobState, Row};
use crate::{StoreError, Tx, schema::jobs};

/// A runner's hold on a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The runner.
    pub id: Uuid,
    /// Now.
    pub now: DateTime<Utc>,
    /// When another may take the job, if nothing is heard until then.
    pub until: DateTime<Utc>,
}

/// Takes up the oldest job that nobody has, or whose runner has not been heard of in time. Jobs that
/// others are just taking are passed over.
///
/// # Errors
/// What the database says.
pub async fn claim(tx: &mut Tx, lease: Lease) -> Result<Option<Job>, StoreError> {
    let unheard = jobs::state
        .eq(JobState::Running.as_str())
        .and(jobs::lease_until.assume_not_null().lt(lease.now));
    let found: Option<Row> = jobs::table
        .select(Row::as_select())
        .filter(jobs::state.eq(JobState::Queued.as_str()).or(unheard))
        .order(jobs::id)
        .for_no_key_update()
        .skip_locked()
        .first(tx.conn())
        .await
        .optional()?;
    let Some(row) = found else {
        return Ok(None);
    };
    let row: Row = diesel::update(jobs::table.find(row.id))
        .set((
            jobs::state.eq(JobState::Running.as_str()),
            jobs::attempt.eq(jobs::attempt + 1),
            jobs::lease_id.eq(lease.id),
            jobs::lease_until.eq(lease.until),
            jobs::started_at.eq(row.started_at.unwrap_or(lease.now)),
        ))
        .returning(Row::as_returning())
        .get_result(tx.conn())
        .await?;
    Ok(Some(row.job()?))
}

/// How far a job is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Where it goes on, and what it has counted.
    pub cursor: Value,
    /// Rows worked on.
    pub done: i64,
    /// Rows to work on.
    pub total: Option<i64>,
}

/// What a runner learns when it says how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Go on.
    Held,
    /// Somebody wants the job stopped.
    CancelRequested,
    /// Another runner has the job: what was done in this transaction must not stand.
    Lost,
}

/// Keeps how far a job is, in the transaction of the page that got it there, and holds on to it.
///
/// # Errors
/// What the database says.
pub async fn checkpoint(
    tx: &mut Tx,
    id: JobId,
    lease: Lease,
    progress: &Progress,
) -> Result<Beat, StoreError> {
    let wanted: Option<bool> = diesel::update(jobs::table.find(id.get()))
        .filter(jobs::lease_id.eq(lease.id))
        .set((
            jobs::cursor.eq(&progress.cursor),
            jobs::done.eq(progress.done),
            jobs::total.eq(progress.total),
            jobs::lease_until.eq(lease.until),
        ))
        .returning(jobs::cancel_requested)
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(match wanted {
        None => Beat::Lost,
        Some(true) => Beat::CancelRequested,
        Some(false) => Beat::Held,
    })
}

/// Ends a job: done with a result, failed with a code, or cancelled with neither. Answers false, and
/// changes nothing, when another runner has it.
///
/// # Errors
/// What the database says.
pub async fn end(
    tx: &mut Tx,
    id: JobId,
    lease: Lease,
    state: JobState,
    result: Option<&Value>,
    error: Option<&str>,
) -> Result<bool, StoreError> {
    let ended = diesel::update(jobs::table.find(id.get()))
        .filter(jobs::lease_id.eq(lease.id))
        .set((
            jobs::state.eq(state.as_str()),
            jobs::result.eq(result),
            jobs::error.eq(error),
            jobs::lease_id.eq(None::<Uuid>),
            jobs::lease_until.eq(None::<DateTime<Utc>>),
            jobs::finished_at.eq(lease.now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(ended == 1)
}

/// Gives a job back into the queue, where it goes on from its last page: the runner stops.
///
/// # Errors
/// What the database says.
pub async fn release(tx: &mut Tx, id: JobId, lease: Lease) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id.get()))
        .filter(jobs::lease_id.eq(lease.id))
        .set((
            jobs::state.eq(JobState::Queued.as_str()),
            jobs::lease_id.eq(None::<Uuid>),
            jobs::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}
