//! `idempotency_records`: answers already given.
//!
//! The record is inserted first, in the transaction of the work itself, so its primary key is the
//! lock: a concurrent repeat waits on it, and a request that ends in a problem rolls it back and
//! uses up no key.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::{StoreError, Tx, limits::setting, schema::idempotency_records};

/// How long a repeat waits for the first request under its key.
const KEY_WAIT: Duration = Duration::from_secs(5);

/// A request under an `Idempotency-Key`.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Whose key it is.
    pub client_id: &'a str,
    /// The key.
    pub key: &'a str,
    /// The operation it is used for.
    pub operation: &'a str,
    /// Keyed fingerprint of operation and payload.
    pub fingerprint: [u8; 32],
}

/// An answer, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// `Location`.
    pub location: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// Body.
    pub body: Vec<u8>,
}

/// How a request under a key begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The key is new: do the work, then [`finish`].
    First,
    /// The same request was answered before: give the same answer.
    Repeat(Answer),
    /// The key was used for something else.
    Reused,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_records, check_for_backend(diesel::pg::Pg))]
struct Row {
    fingerprint: Vec<u8>,
    status: Option<i16>,
    location: Option<String>,
    etag: Option<String>,
    body: Option<Vec<u8>>,
}

/// Takes the key, waiting up to five seconds for a concurrent request that holds it.
///
/// # Errors
/// [`StoreError::LockTimeout`] when that request is not done by then.
pub async fn begin(
    tx: &mut Tx,
    request: &Request<'_>,
    now: DateTime<Utc>,
) -> Result<Begun, StoreError> {
    let lock = tx.limits().lock;
    wait_for_locks(tx, lock.min(KEY_WAIT)).await?;
    let taken = diesel::insert_into(idempotency_records::table)
        .values((
            idempotency_records::client_id.eq(request.client_id),
            idempotency_records::key.eq(request.key),
            idempotency_records::operation.eq(request.operation),
            idempotency_records::fingerprint.eq(request.fingerprint.as_slice()),
            idempotency_records::recorded_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    wait_for_locks(tx, lock).await?;
    if taken == 1 {
        return Ok(Begun::First);
    }
    let row: Row = idempotency_records::table
        .select(Row::as_select())
        .find((request.client_id, request.key))
        .first(tx.conn())
        .await?;
    if row.fingerprint != request.fingerprint {
        return Ok(Begun::Reused);
    }
    let status = row.status.and_then(|status| u16::try_from(status).ok());
    let (Some(status), Some(body)) = (status, row.body) else {
        return Err(StoreError::Corrupt("idempotency record"));
    };
    Ok(Begun::Repeat(Answer {
        status,
        location: row.location,
        etag: row.etag,
        body,
    }))
}

async fn wait_for_locks(tx: &mut Tx, limit: Duration) -> Result<(), StoreError> {
    let set = format!("SET LOCAL lock_timeout = '{}'", setting(limit));
    Ok(tx.conn().batch_execute(&set).await?)
}

/// Keeps the answer for repeats.
///
/// # Errors
/// What the database says.
pub async fn finish(tx: &mut Tx, request: &Request<'_>, answer: &Answer) -> Result<(), StoreError> {
    let status = i16::try_from(answer.status).or(Err(StoreError::Corrupt("status")))?;
    diesel::update(idempotency_records::table.find((request.client_id, request.key)))
        .set((
            idempotency_records::status.eq(status),
            idempotency_records::location.eq(&answer.location),
            idempotency_records::etag.eq(&answer.etag),
            idempotency_records::body.eq(&answer.body),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}
