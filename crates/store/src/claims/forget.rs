//! Claims on people in no registry that have lain long enough: what they say is deleted, by a function of
//! the database that refuses it of anyone in the registry.

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{BigInt, Date, Integer, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, Day, SubjectId};
use uuid::Uuid;

use crate::{StoreError, Tx};

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Versions {
    #[diesel(sql_type = Integer)]
    versions: i32,
}

/// The person in no registry who comes next after another, in order of their rows, of whom a claim was
/// posted before a day and still says something.
///
/// # Errors
/// What the database says.
pub async fn next_to_forget(
    tx: &mut Tx,
    posted_before: Day,
    after: Option<SubjectId>,
) -> Result<Option<SubjectId>, StoreError> {
    let found: Option<Id> = diesel::sql_query(
        "SELECT c.subject_id AS id FROM claims c \
         WHERE c.posted_on < $1 AND c.subject_id > $2 \
           AND NOT EXISTS (SELECT FROM residents r WHERE r.subject_id = c.subject_id) \
           AND EXISTS (SELECT FROM claim_versions v WHERE v.claim_id = c.id AND v.forgotten_at IS NULL) \
         ORDER BY c.subject_id LIMIT 1",
    )
    .bind::<Date, _>(posted_before.naive())
    .bind::<SqlUuid, _>(after.map_or(Uuid::nil(), SubjectId::get))
    .get_result(tx.conn())
    .await
    .optional()?;
    Ok(found.map(|it| SubjectId::new(it.id)))
}

/// How many people [`next_to_forget`] would answer.
///
/// # Errors
/// What the database says.
pub async fn count_to_forget(tx: &mut Tx, posted_before: Day) -> Result<i64, StoreError> {
    let counted: Counted = diesel::sql_query(
        "SELECT count(DISTINCT c.subject_id) AS count FROM claims c WHERE c.posted_on < $1 \
           AND NOT EXISTS (SELECT FROM residents r WHERE r.subject_id = c.subject_id) \
           AND EXISTS (SELECT FROM claim_versions v WHERE v.claim_id = c.id AND v.forgotten_at IS NULL)",
    )
    .bind::<Date, _>(posted_before.naive())
    .get_result(tx.conn())
    .await?;
    Ok(counted.count)
}

/// The claims on a person that were posted before a day and still say something. The person is locked
/// and known to be in no registry.
///
/// # Errors
/// What the database says.
pub async fn to_forget(
    tx: &mut Tx,
    subject: SubjectId,
    posted_before: Day,
) -> Result<Vec<ClaimId>, StoreError> {
    let found: Vec<Id> = diesel::sql_query(
        "SELECT c.id FROM claims c WHERE c.subject_id = $1 AND c.posted_on < $2 \
           AND EXISTS (SELECT FROM claim_versions v WHERE v.claim_id = c.id AND v.forgotten_at IS NULL) \
         ORDER BY c.id",
    )
    .bind::<SqlUuid, _>(subject.get())
    .bind::<Date, _>(posted_before.naive())
    .load(tx.conn())
    .await?;
    Ok(found.into_iter().map(|it| ClaimId::new(it.id)).collect())
}

/// Deletes what all versions of a claim say; natural key, days, consent and fingerprint stay. Answers
/// how many versions these were.
///
/// # Errors
/// A violated constraint when the patient is in the registry.
pub async fn forget(tx: &mut Tx, claim: ClaimId, now: DateTime<Utc>) -> Result<i32, StoreError> {
    let done: Versions = diesel::sql_query("SELECT forget_claim($1, $2) AS versions")
        .bind::<SqlUuid, _>(claim.get())
        .bind::<Timestamptz, _>(now)
        .get_result(tx.conn())
        .await?;
    Ok(done.versions)
}
