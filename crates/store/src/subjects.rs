//! `subjects`: one row per person ever named, and the lock on it.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use sizhu_core::SubjectId;
use uuid::Uuid;

use crate::{PersonIndex, StoreError, Tx, schema::subjects};

/// Finds the person's row, makes it if nobody named them before, and locks it until the
/// transaction ends. First in the lock order of the house: subject, accounts, awards.
///
/// # Errors
/// [`StoreError::LockTimeout`] when the lock is not granted in time.
pub async fn lock(
    tx: &mut Tx,
    index: PersonIndex,
    now: DateTime<Utc>,
) -> Result<SubjectId, StoreError> {
    if let Some(id) = lock_existing(tx, index).await? {
        return Ok(id);
    }
    diesel::insert_into(subjects::table)
        .values((
            subjects::id.eq(Uuid::now_v7()),
            subjects::person_index.eq(index.as_bytes().as_slice()),
            subjects::recorded_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    let id = lock_existing(tx, index).await?;
    id.ok_or(StoreError::Corrupt("subject"))
}

async fn lock_existing(tx: &mut Tx, index: PersonIndex) -> Result<Option<SubjectId>, StoreError> {
    let id: Option<Uuid> = subjects::table
        .select(subjects::id)
        .filter(subjects::person_index.eq(index.as_bytes().as_slice()))
        .for_no_key_update()
        .first(tx.conn())
        .await
        .optional()?;
    Ok(id.map(SubjectId::new))
}

/// Locks a person known by their row.
///
/// # Errors
/// [`StoreError::LockTimeout`] when the lock is not granted in time.
pub async fn lock_known(tx: &mut Tx, id: SubjectId) -> Result<(), StoreError> {
    let _: Uuid = subjects::table
        .select(subjects::id)
        .find(id.get())
        .for_no_key_update()
        .first(tx.conn())
        .await?;
    Ok(())
}

/// Finds the person's row, without locking or making it.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx, index: PersonIndex) -> Result<Option<SubjectId>, StoreError> {
    let id: Option<Uuid> = subjects::table
        .select(subjects::id)
        .filter(subjects::person_index.eq(index.as_bytes().as_slice()))
        .first(tx.conn())
        .await
        .optional()?;
    Ok(id.map(SubjectId::new))
}
