//! `idempotency_records`: answers already given.
//!
//! The record is inserted first, in the transaction of the work itself, so its primary key is the
//! lock: a concurrent repeat waits on it, and a request that ends in a problem rolls it back and
//! uses up no key.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, QueryDsl, Queryable, QueryableByName, Selectable, SelectableHelper,
    sql_types::{Array, Binary, Nullable, SmallInt, Text, Timestamptz},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::{StoreError, Tx, limits::setting, prepared::Prepared, schema::idempotency_records};

/// How long a repeat waits for the first request under its key.
const KEY_WAIT: Duration = Duration::from_secs(5);

/// How long several wait that can do each by itself.
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
    /// Five seconds.
    Long,
    /// A fifth of a second, for several requests that would all wait for one; and no longer for people,
    /// until the transaction acts as their decider.
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
) -> Result<Begun, StoreError> {
    let begun = begin_all(tx, &[request], now, Patience::Long).await?;
    begun
        .into_iter()
        .next()
        .ok_or(StoreError::Corrupt("idempotency record"))
}

/// Takes the keys of several requests, each another, as [`begin`] takes one: in ascending order, so that
/// two who take several never wait for each other. Answers in the order of the requests.
///
/// # Errors
/// [`StoreError::LockTimeout`] when a request that holds one of them is not done by then.
pub async fn begin_all(
    tx: &mut Tx,
    requests: &[&Request<'_>],
    now: DateTime<Utc>,
    patience: Patience,
) -> Result<Vec<Begun>, StoreError> {
    let lock = tx.limits().lock;
    let taken = match patience {
        Patience::Long => {
            wait_for_locks(tx, lock.min(KEY_WAIT)).await?;
            let taken = take(tx, requests, now).await?;
            wait_for_locks(tx, lock).await?;
            taken
        }
        Patience::Short => {
            wait_for_locks(tx, lock.min(SHORT_WAIT)).await?;
            take(tx, requests, now).await?
        }
    };
    let mut begun = Vec::with_capacity(requests.len());
    for request in requests {
        let mut own = taken.iter();
        if own.any(|it| it.client_id == request.client_id && it.key == request.key) {
            begun.push(Begun::First);
            continue;
        }
        let row: Row = idempotency_records::table
            .select(Row::as_select())
            .find((request.client_id, request.key))
            .first(tx.conn())
            .await?;
        if row.fingerprint == request.fingerprint {
            begun.push(Begun::Repeat(row.answer()?));
        } else {
            begun.push(Begun::Reused);
        }
    }
    Ok(begun)
}

/// Whose key was taken, and which.
#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Text)]
    client_id: String,
    #[diesel(sql_type = Text)]
    key: String,
}

async fn take(
    tx: &mut Tx,
    requests: &[&Request<'_>],
    now: DateTime<Utc>,
) -> Result<Vec<Taken>, StoreError> {
    let each = |of: fn(&Request<'_>) -> String| -> Vec<String> {
        requests.iter().map(|request| of(request)).collect()
    };
    let fingerprints = requests.iter().map(|it| it.fingerprint.to_vec());
    let statement = diesel::sql_query(
        "INSERT INTO idempotency_records (client_id, key, operation, fingerprint, recorded_at) \
         SELECT client_id, key, operation, fingerprint, $5 \
         FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) \
             AS n (client_id, key, operation, fingerprint) \
         ORDER BY client_id, key \
         ON CONFLICT DO NOTHING RETURNING client_id, key",
    )
    .bind::<Array<Text>, _>(each(|it| it.client_id.to_owned()))
    .bind::<Array<Text>, _>(each(|it| it.key.to_owned()))
    .bind::<Array<Text>, _>(each(|it| it.operation.to_owned()))
    .bind::<Array<Binary>, _>(fingerprints.collect::<Vec<_>>())
    .bind::<Timestamptz, _>(now);
    Ok(Prepared(statement).load(tx.conn()).await?)
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
    finish_all(tx, &[(request, answer)]).await
}

/// Keeps the answers of several requests, as [`finish`] does one.
///
/// # Errors
/// What the database says.
pub async fn finish_all(
    tx: &mut Tx,
    answered: &[(&Request<'_>, &Answer)],
) -> Result<(), StoreError> {
    if answered.is_empty() {
        return Ok(());
    }
    let status = |(_, answer): &(_, &Answer)| i16::try_from(answer.status);
    let statuses = answered.iter().map(status).collect::<Result<Vec<_>, _>>();
    let each = |of: fn(&Request<'_>) -> String| -> Vec<String> {
        answered.iter().map(|(request, _)| of(request)).collect()
    };
    let answers = || answered.iter().map(|(_, answer)| *answer);
    let statement = diesel::sql_query(
        "UPDATE idempotency_records r \
         SET status = n.status, location = n.location, etag = n.etag, body = n.body \
         FROM unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::bytea[]) \
             AS n (client_id, key, status, location, etag, body) \
         WHERE r.client_id = n.client_id AND r.key = n.key",
    )
    .bind::<Array<Text>, _>(each(|it| it.client_id.to_owned()))
    .bind::<Array<Text>, _>(each(|it| it.key.to_owned()))
    .bind::<Array<SmallInt>, _>(statuses.or(Err(StoreError::Corrupt("status")))?)
    .bind::<Array<Nullable<Text>>, _>(
        answers()
            .map(|it| it.location.as_deref())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Nullable<Text>>, _>(answers().map(|it| it.etag.as_deref()).collect::<Vec<_>>())
    .bind::<Array<Binary>, _>(answers().map(|it| it.body.as_slice()).collect::<Vec<_>>());
    Prepared(statement).execute(tx.conn()).await?;
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
