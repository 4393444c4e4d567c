//! Decisions whose facts are deleted in due time: outcome, amount and reasons stay, what they saw does
//! not.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Bytea, Integer, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::{Decision, trace_place};
use crate::{StoreError, Tx, rows::canonical};

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = Integer)]
    rows: i32,
}

/// Deletes the facts of a decision on a claim, and what the clauses of its trace saw. A hospital goes on
/// reading the same. Answers false, and changes nothing, when they were deleted before.
///
/// # Errors
/// A violated constraint when the person is in the registry.
pub async fn forget(
    tx: &mut Tx,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let mut trace = decision.trace.clone();
    for entry in &mut trace.0 {
        entry.saw = Value::Null;
    }
    let id = decision.id.get();
    let sealed = tx.keys().seal(trace_place(id), &canonical(&trace)?)?;
    let done: Rows = diesel::sql_query("SELECT forget_decision($1, $2, $3) AS rows")
        .bind::<SqlUuid, _>(id)
        .bind::<Bytea, _>(sealed)
        .bind::<Timestamptz, _>(now)
        .get_result(tx.conn())
        .await?;
    Ok(done.rows == 1)
}
