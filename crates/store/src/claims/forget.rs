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

/// Versions of claims that still say something of someone in no registry, of whom the hospital last said
/// something in the claim before the day `$1`. The patient may be another by now.
const DUE: &str = "claim_versions v JOIN claims c ON c.id = v.claim_id \
    WHERE c.posted_on < $1 AND v.forgotten_at IS NULL \
      AND NOT EXISTS (SELECT FROM residents r WHERE r.subject_id = v.subject_id) \
      AND NOT EXISTS (SELECT FROM claim_versions n \
          WHERE n.claim_id = v.claim_id AND n.subject_id = v.subject_id AND n.version > 1 \
            AND (n.recorded_at AT TIME ZONE 'Asia/Shanghai')::date >= $1)";

/// The person in no registry who comes next after another, in order of their rows, of whom a claim was
/// posted, and last corrected, before a day and still says something.
///
/// # Errors
/// What the database says.
pub async fn next_to_forget(
    tx: &mut Tx,
    posted_before: Day,
    after: Option<SubjectId>,
) -> Result<Option<SubjectId>, StoreError> {
    let found: Option<Id> = diesel::sql_query(format!(
        "SELECT v.subject_id AS id FROM {DUE} AND v.subject_id > $2 ORDER BY v.subject_id LIMIT 1"
    ))
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
    let counted: Counted = diesel::sql_query(format!(
        "SELECT count(DISTINCT v.subject_id) AS count FROM {DUE}"
    ))
    .bind::<Date, _>(posted_before.naive())
    .get_result(tx.conn())
    .await?;
    Ok(counted.count)
}

/// The claims that say something of a person and were posted, and last corrected, before a day. The
/// person is locked and known to be in no registry.
///
/// # Errors
/// What the database says.
pub async fn to_forget(
    tx: &mut Tx,
    subject: SubjectId,
    posted_before: Day,
) -> Result<Vec<ClaimId>, StoreError> {
    let found: Vec<Id> = diesel::sql_query(format!(
        "SELECT DISTINCT v.claim_id AS id FROM {DUE} AND v.subject_id = $2 ORDER BY v.claim_id"
    ))
    .bind::<Date, _>(posted_before.naive())
    .bind::<SqlUuid, _>(subject.get())
    .load(tx.conn())
    .await?;
    Ok(found.into_iter().map(|it| ClaimId::new(it.id)).collect())
}

/// Deletes what all versions of a claim on a patient say; record number, days, consent and fingerprint
/// stay. Answers how many versions these were.
///
/// # Errors
/// A violated constraint when the patient is in the registry.
pub async fn forget(
    tx: &mut Tx,
    claim: ClaimId,
    patient: SubjectId,
    now: DateTime<Utc>,
) -> Result<i32, StoreError> {
    let done: Versions = diesel::sql_query("SELECT forget_claim($1, $2, $3) AS versions")
        .bind::<SqlUuid, _>(claim.get())
        .bind::<SqlUuid, _>(patient.get())
        .bind::<Timestamptz, _>(now)
        .get_result(tx.conn())
        .await?;
    Ok(done.versions)
}
