//! `idempotency_records`: answers already given.
//!
//! The record is inserted first, in the transaction of the work itself, so its primary key is the
//! lock: a concurrent repeat waits on it, and a request that ends in a problem rolls it back and
//! uses up no key.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::{StoreError, Tx, limits::setting, schema::idempotency_records};

/// How long a repeat waits for the first request under its key.
const KEY_WAIT: Duration = Duration::from_secs(5);

/// How long one waits who holds a key already.
const SHORT_WAIT: Duration = Duration::from_millis(200);

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

impl Row {
    fn answer(self) -> Result<Answer, StoreError> {
        let status = self.status.and_then(|status| u16::try_from(status).ok());
        let (Some(status), Some(body)) = (status, self.body) else {
            return Err(StoreError::Corrupt("idempotency record"));
        };
        Ok(Answer {
            status,
            location: self.location,
            etag: self.etag,
            body,
        })
    }
}

/// How long a request waits for another that holds its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Five seconds: it holds nothing yet.
    Long,
    /// A fifth of a second, for one that holds people already: it gives way before the database looks
    /// for a deadlock, and not the other.
    Short,
}

/// Takes the key, waiting for a concurrent request that holds it.
///
/// # Errors
/// [`StoreError::LockTimeout`] when that request is not done by then.
pub async fn begin(
    tx: &mut Tx,
    request: &Request<'_>,
    now: DateTime<Utc>,
    patience: Patience,
) -> Result<Begun, StoreError> {
    let lock = tx.limits().lock;
    let wait = match patience {
        Patience::Long => lock.min(KEY_WAIT),
        Patience::Short => lock.min(SHORT_WAIT),
    };
    wait_for_locks(tx, wait).await?;
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
    row.answer().map(Begun::Repeat)
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

/// The answers kept under some keys of a client, by key.
///
/// # Errors
/// What the database says.
pub async fn answers(
    tx: &mut Tx,
    client_id: &str,
    keys: &[&str],
) -> Result<HashMap<String, Answer>, StoreError> {
    let rows: Vec<(String, Row)> = idempotency_records::table
        .select((idempotency_records::key, Row::as_select()))
        .filter(idempotency_records::client_id.eq(client_id))
        .filter(idempotency_records::key.eq_any(keys))
        .load(tx.conn())
        .await?;
    let answered = rows.into_iter().map(|(key, row)| Ok((key, row.answer()?)));
    answered.collect()
}
