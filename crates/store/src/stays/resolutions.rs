//! `stay_resolutions`: how officers settled held stays.

use chrono::{DateTime, Utc};
use diesel::{Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, Resolution};
use uuid::Uuid;

use crate::{Place, StoreError, Tx, rows::unword, schema::stay_resolutions};

/// A resolution to be recorded, under the actor of the transaction.
#[derive(Clone, Debug)]
pub struct NewResolution {
    /// Row id.
    pub id: Uuid,
    /// The claim whose held stay is settled.
    pub claim: ClaimId,
    /// How.
    pub outcome: Resolution,
    /// Why, in the officer's words.
    pub reason: String,
}

/// A resolution as it is kept.
#[derive(Clone, Debug)]
pub struct ResolutionRow {
    /// The claim whose held stay was settled.
    pub claim: ClaimId,
    /// How the held stay was settled.
    pub outcome: Resolution,
    /// Why, in the officer's words.
    pub reason: String,
    /// The officer's client.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = stay_resolutions, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    claim_id: Uuid,
    outcome: String,
    reason_sealed: Vec<u8>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

const fn reason_place(row: Uuid) -> Place {
    Place {
        column: "stay_resolutions.reason_sealed",
        row,
    }
}

/// Records a resolution.
///
/// # Errors
/// What the database says.
pub async fn insert(
    tx: &mut Tx,
    new: &NewResolution,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = Row {
        id: new.id,
        claim_id: new.claim.get(),
        outcome: new.outcome.as_str().to_owned(),
        reason_sealed: tx.keys().seal_text(reason_place(new.id), &new.reason)?,
        recorded_by: tx.actor().name().to_owned(),
        recorded_at: now,
    };
    diesel::insert_into(stay_resolutions::table)
        .values(&row)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A resolution by its row.
///
/// # Errors
/// [`StoreError::Vault`] when the reason does not open.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<ResolutionRow>, StoreError> {
    let row: Option<Row> = stay_resolutions::table
        .select(Row::as_select())
        .find(id)
        .first(tx.conn())
        .await
        .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(ResolutionRow {
        claim: ClaimId::new(row.claim_id),
        outcome: unword(&row.outcome, "resolution")?,
        reason: tx
            .keys()
            .open_text(reason_place(row.id), &row.reason_sealed)?,
        recorded_by: row.recorded_by,
        recorded_at: row.recorded_at,
    }))
}
