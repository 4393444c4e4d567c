//! `claim_batches`: uploads of many claims. Every write but the first asks for the lease, so that a
//! request that was given up for dead records nothing.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension,
    QueryDsl, Queryable, Selectable, SelectableHelper, TextExpressionMethods,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimBatchId, DivisionCode, HospitalId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    rows::{count, unword},
    schema::{claim_batches, hospital_versions},
    word::words,
};

mod results;

pub use results::{LineResult, Taken, insert_results, results, taken};

words! {
    /// Where a batch is.
    BatchState {
        /// A request is sending it.
        Receiving = "receiving",
        /// Cut off, or refused before its end.
        Interrupted = "interrupted",
        /// Read to its end.
        Complete = "complete",
    }
}

words! {
    /// What became of a line.
    LineOutcome {
        /// Its claim was recorded by this batch.
        Recorded = "recorded",
        /// Its key had been answered before: the same answer.
        Repeated = "repeated",
        /// Its claim was there before, under another key.
        Known = "known",
        /// It cannot be taken.
        Refused = "refused",
    }
}

/// How many lines came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Recorded by the batch.
    pub recorded: u32,
    /// Answered before.
    pub repeated: u32,
    /// There before.
    pub known: u32,
    /// Not taken.
    pub refused: u32,
}

impl Counts {
    /// All lines.
    #[must_use]
    pub fn lines(&self) -> u32 {
        let counts = [self.recorded, self.repeated, self.known, self.refused];
        counts.into_iter().fold(0, u32::saturating_add)
    }
}

/// A batch as it is kept.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Row id.
    pub id: ClaimBatchId,
    /// The hospital.
    pub hospital: HospitalId,
    /// Client that sends it, and whose the keys of its lines are.
    pub client_id: String,
    /// Key of the whole.
    pub key: String,
    /// Where it is.
    pub state: BatchState,
    /// How many times it was begun to be sent.
    pub attempt: u32,
    /// What its lines came to.
    pub counts: Counts,
    /// When another request may go on with it.
    pub lease_until: Option<DateTime<Utc>>,
    /// When it was first begun.
    pub recorded_at: DateTime<Utc>,
    /// When it had been read to its end.
    pub finished_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = claim_batches, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    hospital_id: Uuid,
    client_id: String,
    key: String,
    state: String,
    attempt: i32,
    recorded: i32,
    repeated: i32,
    known: i32,
    refused: i32,
    lease_until: Option<DateTime<Utc>>,
    recorded_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl Row {
    fn batch(self) -> Result<Batch, StoreError> {
        Ok(Batch {
            id: ClaimBatchId::new(self.id),
            hospital: HospitalId::new(self.hospital_id),
            client_id: self.client_id,
            key: self.key,
            state: unword(&self.state, "batch state")?,
            attempt: count(self.attempt)?,
            counts: Counts {
                recorded: count(self.recorded)?,
                repeated: count(self.repeated)?,
                known: count(self.known)?,
                refused: count(self.refused)?,
            },
            lease_until: self.lease_until,
            recorded_at: self.recorded_at,
            finished_at: self.finished_at,
        })
    }
}

/// A request's hold on a batch.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// The request.
    pub id: Uuid,
    /// Now.
    pub now: DateTime<Utc>,
    /// How long it holds if nothing more is recorded.
    pub until: DateTime<Utc>,
}

/// How the sending of a batch begins.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It was not there.
    New(Batch),
    /// It goes on.
    Again(Batch),
    /// Another request is sending it.
    Held,
}

/// Takes hold of the batch of a client's key, and makes it if there is none.
///
/// # Errors
/// [`StoreError::LockTimeout`] when another request takes hold of it for too long.
pub async fn begin(
    tx: &mut Tx,
    hospital: HospitalId,
    client_id: &str,
    key: &str,
    lease: Lease,
) -> Result<Begun, StoreError> {
    let receiving = BatchState::Receiving.as_str();
    let made: Option<Row> = diesel::insert_into(claim_batches::table)
        .values((
            claim_batches::id.eq(Uuid::now_v7()),
            claim_batches::hospital_id.eq(hospital.get()),
            claim_batches::client_id.eq(client_id),
            claim_batches::key.eq(key),
            claim_batches::state.eq(receiving),
            claim_batches::attempt.eq(1),
            claim_batches::lines.eq(0),
            claim_batches::recorded.eq(0),
            claim_batches::repeated.eq(0),
            claim_batches::known.eq(0),
            claim_batches::refused.eq(0),
            claim_batches::lease_id.eq(lease.id),
            claim_batches::lease_until.eq(lease.until),
            claim_batches::recorded_at.eq(lease.now),
        ))
        .on_conflict_do_nothing()
        .returning(Row::as_returning())
        .get_result(tx.conn())
        .await
        .optional()?;
    if let Some(row) = made {
        return Ok(Begun::New(row.batch()?));
    }
    let unheard = claim_batches::lease_until.assume_not_null().le(lease.now);
    let taken: Option<Row> = diesel::update(claim_batches::table)
        .filter(claim_batches::client_id.eq(client_id))
        .filter(claim_batches::key.eq(key))
        .filter(claim_batches::state.ne(receiving).or(unheard))
        .set((
            claim_batches::state.eq(receiving),
            claim_batches::attempt.eq(claim_batches::attempt + 1),
            claim_batches::lease_id.eq(lease.id),
            claim_batches::lease_until.eq(lease.until),
            claim_batches::finished_at.eq(None::<DateTime<Utc>>),
        ))
        .returning(Row::as_returning())
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(match taken {
        Some(row) => Begun::Again(row.batch()?),
        None => Begun::Held,
    })
}

/// What some lines add to a batch's counts: less than nothing where a refused line was mended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// To those recorded.
    pub recorded: i32,
    /// To those answered before.
    pub repeated: i32,
    /// To those there before.
    pub known: i32,
    /// To those not taken.
    pub refused: i32,
}

impl Change {
    /// One line more, or less, of an outcome.
    pub fn add(&mut self, outcome: LineOutcome, by: i32) {
        let count = match outcome {
            LineOutcome::Recorded => &mut self.recorded,
            LineOutcome::Repeated => &mut self.repeated,
            LineOutcome::Known => &mut self.known,
            LineOutcome::Refused => &mut self.refused,
        };
        *count = count.saturating_add(by);
    }

    fn lines(self) -> i32 {
        let counts = [self.recorded, self.repeated, self.known, self.refused];
        counts.into_iter().fold(0, i32::saturating_add)
    }
}

/// Adds to a batch's counts, in the transaction of the lines themselves, and holds on to it. Answers
/// false when another request has it: what was done in this transaction must not stand.
///
/// # Errors
/// What the database says.
pub async fn advance(
    tx: &mut Tx,
    id: ClaimBatchId,
    lease: Lease,
    change: Change,
) -> Result<bool, StoreError> {
    let advanced = diesel::update(claim_batches::table.find(id.get()))
        .filter(claim_batches::lease_id.eq(lease.id))
        .set((
            claim_batches::lines.eq(claim_batches::lines + change.lines()),
            claim_batches::recorded.eq(claim_batches::recorded + change.recorded),
            claim_batches::repeated.eq(claim_batches::repeated + change.repeated),
            claim_batches::known.eq(claim_batches::known + change.known),
            claim_batches::refused.eq(claim_batches::refused + change.refused),
            claim_batches::lease_until.eq(lease.until),
        ))
        .execute(tx.conn())
        .await?;
    Ok(advanced == 1)
}

/// Lets go of a batch: complete, or interrupted. `None` when another request has it.
///
/// # Errors
/// What the database says.
pub async fn end(
    tx: &mut Tx,
    id: ClaimBatchId,
    lease: Lease,
    state: BatchState,
) -> Result<Option<Batch>, StoreError> {
    let finished = (state == BatchState::Complete).then_some(lease.now);
    let row: Option<Row> = diesel::update(claim_batches::table.find(id.get()))
        .filter(claim_batches::lease_id.eq(lease.id))
        .set((
            claim_batches::state.eq(state.as_str()),
            claim_batches::lease_id.eq(None::<Uuid>),
            claim_batches::lease_until.eq(None::<DateTime<Utc>>),
            claim_batches::finished_at.eq(finished),
        ))
        .returning(Row::as_returning())
        .get_result(tx.conn())
        .await
        .optional()?;
    row.map(Row::batch).transpose()
}

/// Whose batches a caller may see.
#[derive(Clone, Debug)]
pub enum Scope {
    /// A hospital's own.
    Hospital(HospitalId),
    /// Those of hospitals in a division.
    Division(DivisionCode),
}

/// Batches of a scope, newest first, before one.
///
/// # Errors
/// What the database says.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    before: Option<ClaimBatchId>,
    limit: i64,
) -> Result<Vec<Batch>, StoreError> {
    let mut query = claim_batches::table
        .select(Row::as_select())
        .order(claim_batches::id.desc())
        .limit(limit)
        .into_boxed();
    match scope {
        Scope::Hospital(id) => query = query.filter(claim_batches::hospital_id.eq(id.get())),
        Scope::Division(division) => {
            let within = hospital_versions::table
                .select(hospital_versions::hospital_id)
                .filter(hospital_versions::superseded_at.is_null())
                .filter(hospital_versions::county.like(format!("{division}%")));
            query = query.filter(claim_batches::hospital_id.eq_any(within));
        }
    }
    if let Some(before) = before {
        query = query.filter(claim_batches::id.lt(before.get()));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.into_iter().map(Row::batch).collect()
}

/// A batch, if the scope sees it.
///
/// # Errors
/// What the database says.
pub async fn find(
    tx: &mut Tx,
    scope: &Scope,
    id: ClaimBatchId,
) -> Result<Option<Batch>, StoreError> {
    let before = Uuid::from_u128(id.get().as_u128().saturating_add(1));
    let found = list(tx, scope, Some(ClaimBatchId::new(before)), 1).await?;
    Ok(found.into_iter().find(|batch| batch.id == id))
}
