//! `subjects`: one row per person ever named, and the lock on it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use sizhu_core::SubjectId;
use uuid::Uuid;

use crate::{
    PersonIndex, StoreError, Tx,
    schema::{residents, subjects},
};

/// Finds the person's row, makes it if nobody named them before, and locks it until the
/// transaction ends. First in the lock order of the house: subjects, holder, accounts, awards.
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
    let made: Option<Uuid> = diesel::insert_into(subjects::table)
        .values((
            subjects::id.eq(Uuid::now_v7()),
            subjects::person_index.eq(index.as_bytes().as_slice()),
            subjects::recorded_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .returning(subjects::id)
        .get_result(tx.conn())
        .await
        .optional()?;
    // Nobody else sees the new row, so it needs no lock; another's is there once theirs is committed.
    let id = match made {
        Some(id) => Some(SubjectId::new(id)),
        None => lock_existing(tx, index).await?,
    };
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

/// Locks several people, and makes rows of those nobody named before: in the ascending order of
/// their blind indices, as everyone who locks several does. Answers their rows in the order given.
///
/// # Errors
/// [`StoreError::LockTimeout`] when a lock is not granted in time.
pub async fn lock_all(
    tx: &mut Tx,
    people: &[PersonIndex],
    now: DateTime<Utc>,
) -> Result<Vec<SubjectId>, StoreError> {
    if let [one] = people {
        return Ok(vec![lock(tx, *one, now).await?]);
    }
    let mut locked = lock_all_existing(tx, people).await?;
    let missing = |locked: &Locked| -> Vec<PersonIndex> {
        let mut missing: Vec<PersonIndex> = people.to_vec();
        missing.retain(|index| !locked.contains_key(index.as_bytes().as_slice()));
        missing.sort_by_key(|index| *index.as_bytes());
        missing.dedup();
        missing
    };
    let unnamed = missing(&locked);
    if !unnamed.is_empty() {
        let row = |index: &PersonIndex| {
            (
                subjects::id.eq(Uuid::now_v7()),
                subjects::person_index.eq(index.as_bytes().to_vec()),
                subjects::recorded_at.eq(now),
            )
        };
        let made: Vec<(Vec<u8>, Uuid)> = diesel::insert_into(subjects::table)
            .values(unnamed.iter().map(row).collect::<Vec<_>>())
            .on_conflict_do_nothing()
            .returning((subjects::person_index, subjects::id))
            .get_results(tx.conn())
            .await?;
        locked.extend(made);
    }
    // Others made theirs at the same time, and have committed.
    let made_by_others = missing(&locked);
    if !made_by_others.is_empty() {
        locked.extend(lock_all_existing(tx, &made_by_others).await?);
    }
    let found = people.iter().map(|index| {
        let id = locked.get(index.as_bytes().as_slice());
        id.map(|id| SubjectId::new(*id))
            .ok_or(StoreError::Corrupt("subject"))
    });
    found.collect()
}

/// Rows of people that are locked, by blind index.
type Locked = HashMap<Vec<u8>, Uuid>;

async fn lock_all_existing(tx: &mut Tx, people: &[PersonIndex]) -> Result<Locked, StoreError> {
    let indices: Vec<&[u8]> = people.iter().map(|it| it.as_bytes().as_slice()).collect();
    let rows: Vec<(Vec<u8>, Uuid)> = subjects::table
        .select((subjects::person_index, subjects::id))
        .filter(subjects::person_index.eq_any(indices))
        .order(subjects::person_index)
        .for_no_key_update()
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Locks several people known by their rows, in the order of [`lock_all`].
///
/// # Errors
/// [`StoreError::LockTimeout`] when a lock is not granted in time.
pub async fn lock_all_known(tx: &mut Tx, people: &[SubjectId]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = people.iter().map(|id| id.get()).collect();
    let _: Vec<Uuid> = subjects::table
        .select(subjects::id)
        .filter(subjects::id.eq_any(ids))
        .order(subjects::person_index)
        .for_no_key_update()
        .load(tx.conn())
        .await?;
    Ok(())
}

/// The blind index of a person known by their row.
///
/// # Errors
/// [`StoreError::Corrupt`] when there is no such row.
pub async fn index_of(tx: &mut Tx, id: SubjectId) -> Result<PersonIndex, StoreError> {
    let bytes: Vec<u8> = subjects::table
        .select(subjects::person_index)
        .find(id.get())
        .first(tx.conn())
        .await?;
    PersonIndex::from_bytes(&bytes).ok_or(StoreError::Corrupt("subject"))
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

/// Those of some people who are in the registry.
///
/// # Errors
/// What the database says.
pub async fn registered_of(
    tx: &mut Tx,
    people: &[PersonIndex],
) -> Result<Vec<PersonIndex>, StoreError> {
    let indices: Vec<&[u8]> = people.iter().map(|it| it.as_bytes().as_slice()).collect();
    let found: Vec<Vec<u8>> = subjects::table
        .inner_join(residents::table.on(residents::subject_id.eq(subjects::id)))
        .select(subjects::person_index)
        .filter(subjects::person_index.eq_any(indices))
        .load(tx.conn())
        .await?;
    let read =
        |bytes: &Vec<u8>| PersonIndex::from_bytes(bytes).ok_or(StoreError::Corrupt("subject"));
    found.iter().map(read).collect()
}
