//! Passing over: of many who are decided by a job, one who cannot be decided holds up nobody. What was
//! written of them is taken back, and the job says whom it passed over.

use serde::{Deserialize, Serialize};
use sizhu_store::Tx;
use uuid::Uuid;

use crate::jobs::JobFault;
use crate::problem::Problem;

/// How many are named. The log names all.
const NAMED: usize = 100;

/// Who was passed over, as a job's cursor keeps it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PassedOver {
    /// How many.
    pub(super) count: i64,
    /// The first of them, by row id.
    pub(super) named: Vec<Uuid>,
}

impl PassedOver {
    /// Passes over one more.
    pub(super) fn note(&mut self, row: Uuid) {
        tracing::error!(%row, "one could not be decided and was passed over");
        self.count = self.count.saturating_add(1);
        if self.named.len() < NAMED {
            self.named.push(row);
        }
    }
}

/// Does what decides someone. False, and nothing is changed, where that cannot be done.
///
/// # Errors
/// What passes by itself: the page is to be done again.
pub(super) async fn decided(
    tx: &mut Tx,
    work: impl AsyncFnOnce(&mut Tx) -> Result<(), Problem>,
) -> Result<bool, JobFault> {
    match tx.attempt(work).await? {
        Ok(()) => Ok(true),
        Err(problem) => match JobFault::from(problem) {
            JobFault::Failed(_) => Ok(false),
            passing @ (JobFault::Passing(_) | JobFault::Lost) => Err(passing),
        },
    }
}
