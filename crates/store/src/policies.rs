//! `policies`: every policy pack a decision was made under, whole.

use chrono::{DateTime, Utc};
use diesel::ExpressionMethods;
use diesel_async::RunQueryDsl;
use sizhu_core::DivisionCode;

use crate::{StoreError, Tx, schema::policies};

/// Keeps a pack, if it is not kept already. Answers whether it is new.
///
/// # Errors
/// What the database says.
pub async fn keep(
    tx: &mut Tx,
    hash: &str,
    programme: &str,
    division: &DivisionCode,
    body: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let kept = diesel::insert_into(policies::table)
        .values((
            policies::hash.eq(hash),
            policies::programme.eq(programme),
            policies::division.eq(division.as_str()),
            policies::body.eq(body),
            policies::recorded_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(kept == 1)
}
