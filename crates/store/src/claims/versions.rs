//! Versions of claims: corrections and withdrawals, and what was said before.

use diesel::{
    ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl, SelectableHelper,
    sql_types::Text,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, HospitalId};

use super::{Claim, Row, VersionRow};
use crate::{
    StoreError, Tx,
    rows::greatest,
    schema::{claim_versions, claims},
};

/// Waits until nobody else corrects or withdraws claims of a hospital, until the transaction ends.
/// Two that take each other's admission would wait for each other's row for ever, and whose patient
/// to lock is known only once the claim stands still.
///
/// # Errors
/// [`StoreError::LockTimeout`] when the lock is not granted in time.
pub async fn alone(tx: &mut Tx, hospital: HospitalId) -> Result<(), StoreError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(format!("claims of {hospital}"))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records the next version of a claim; the one before it is history from then on. One without content
/// leaves what was deleted deleted.
///
/// # Errors
/// [`crate::Constraint::ClaimKey`] when the hospital has another claim on that admission;
/// [`StoreError::Corrupt`] when it has no content and the one before it has.
pub async fn replace(tx: &mut Tx, next: &Claim) -> Result<(), StoreError> {
    let by = tx.actor().name().to_owned();
    let version = if next.content.is_some() {
        VersionRow::seal(&tx.keys(), next, &by)?
    } else {
        let before: VersionRow = claim_versions::table
            .select(VersionRow::as_select())
            .filter(claim_versions::claim_id.eq(next.id.get()))
            .filter(claim_versions::superseded_at.is_null())
            .first(tx.conn())
            .await?;
        before.emptied(&tx.keys(), next, &by)?
    };
    diesel::update(claims::table.find(next.id.get()))
        .set((
            claims::subject_id.eq(next.subject.get()),
            claims::medical_record_no.eq(&next.medical_record_no),
            claims::admitted_on.eq(next.admitted_on.naive()),
        ))
        .execute(tx.conn())
        .await?;
    let superseded = greatest(claim_versions::recorded_at, next.said_at).nullable();
    diesel::update(claim_versions::table)
        .filter(claim_versions::claim_id.eq(next.id.get()))
        .filter(claim_versions::superseded_at.is_null())
        .set(claim_versions::superseded_at.eq(superseded))
        .execute(tx.conn())
        .await?;
    insert(tx, &version).await
}

/// Records the first versions of new claims.
pub(super) async fn insert_first(tx: &mut Tx, new: &[&Claim]) -> Result<(), StoreError> {
    let keys = tx.keys();
    let seal = |claim: &&Claim| {
        let by = tx.actor_on(Some(claim.subject)).name();
        VersionRow::seal(&keys, claim, by)
    };
    let rows = new.iter().map(seal).collect::<Result<Vec<_>, _>>()?;
    match rows.as_slice() {
        [] => Ok(()),
        // One row is a statement that PostgreSQL knows already.
        [row] => insert(tx, row).await,
        rows => {
            let into = diesel::insert_into(claim_versions::table);
            into.values(rows).execute(tx.conn()).await?;
            Ok(())
        }
    }
}

async fn insert(tx: &mut Tx, version: &VersionRow) -> Result<(), StoreError> {
    diesel::insert_into(claim_versions::table)
        .values(version)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What was said in a claim, newest first, before a version.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed column does not open.
pub async fn versions(
    tx: &mut Tx,
    id: ClaimId,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<Claim>, StoreError> {
    let rows: Vec<(Row, VersionRow)> = claims::table
        .inner_join(claim_versions::table.on(claim_versions::claim_id.eq(claims::id)))
        .select((Row::as_select(), VersionRow::as_select()))
        .filter(claims::id.eq(id.get()))
        .filter(claim_versions::version.lt(before.unwrap_or(i32::MAX)))
        .order(claim_versions::version.desc())
        .limit(limit)
        .load(tx.conn())
        .await?;
    let keys = tx.keys();
    rows.into_iter()
        .map(|(row, version)| version.open(&keys, row))
        .collect()
}
