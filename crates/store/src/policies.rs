//! `policies`: every policy text, whole: packs and overlays as they came, and what decisions were
//! made under.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use sizhu_core::pack::Place;

use crate::{StoreError, Tx, rows::policy_place_column, schema::policies};

/// Keeps a text, if it is not kept already. Answers whether it is new. `place` is the nearest place
/// of the text's chain, and a division that is known.
///
/// # Errors
/// What the database says.
pub async fn keep(
    tx: &mut Tx,
    hash: &str,
    programme: &str,
    place: &Place,
    body: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let kept = diesel::insert_into(policies::table)
        .values((
            policies::hash.eq(hash),
            policies::programme.eq(programme),
            policies::division.eq(policy_place_column(place)),
            policies::body.eq(body),
            policies::recorded_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(kept == 1)
}

/// The text of a hash (SHA-256, in hex).
///
/// # Errors
/// What the database says.
pub async fn body(tx: &mut Tx, hash: &str) -> Result<Option<String>, StoreError> {
    let body = policies::table
        .select(policies::body)
        .find(hash)
        .first(tx.conn())
        .await
        .optional()?;
    Ok(body)
}
