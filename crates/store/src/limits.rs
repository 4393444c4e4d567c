//! How long anything may take before the caller is told to come back.

use std::time::Duration;

/// The limit of a transaction that nobody waits for: a page of a job takes a fraction of this.
const PATIENT: Duration = Duration::from_secs(600);

/// How long anything may take before it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until there is a connection: one of the pool's comes free, or a new one is made.
    pub connection: Duration,
    /// Until a lock is granted.
    pub lock: Duration,
    /// A transaction from its first statement to the answer to its commit, waiting included.
    pub transaction: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connection: Duration::from_secs(10),
            lock: Duration::from_secs(10),
            transaction: Duration::from_secs(60),
        }
    }
}

impl Limits {
    /// The same for work that nobody waits for.
    #[must_use]
    pub fn patient(mut self) -> Self {
        self.transaction = self.transaction.max(PATIENT);
        self
    }
}

/// A duration as PostgreSQL's settings take it. None is nought, which would be no limit at all.
pub(crate) fn setting(limit: Duration) -> String {
    format!("{}ms", limit.as_millis().max(1))
}
