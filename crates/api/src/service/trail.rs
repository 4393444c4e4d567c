//! The audit trail, for those who supervise.

use sizhu_store::{
    Actor, Store,
    audit::{self, Filter, RecordedEvent},
};

use crate::problem::Problem;

/// Audit events, newest first.
///
/// # Errors
/// What the store says.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<RecordedEvent>, Problem> {
    store
        .transaction(actor, async |tx| Ok(audit::list(tx, filter, limit).await?))
        .await
}
