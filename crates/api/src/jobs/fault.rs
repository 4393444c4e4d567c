//! Why a page of a job was not done.

use sizhu_store::StoreError;

use crate::problem::{Problem, ProblemKind};

/// Why a page of a job was not done. Nothing of it stands.
#[derive(Debug, thiserror::Error)]
pub enum JobFault {
    /// It passes by itself: the database is away, or a lock was not granted in time.
    #[error("the page may be tried again")]
    Passing(#[source] StoreError),
    /// Another runner has the job.
    #[error("another runner has the job")]
    Lost,
    /// The job cannot be done: its stable code. The cause is in the log.
    #[error("the job cannot be done: {0}")]
    Failed(&'static str),
}

impl From<StoreError> for JobFault {
    fn from(error: StoreError) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "what is not known to pass by itself is a fault, whatever the store adds"
        )]
        match error {
            StoreError::Unavailable(_) | StoreError::LockTimeout => Self::Passing(error),
            other => Self::internal(&other),
        }
    }
}

impl From<Problem> for JobFault {
    fn from(problem: Problem) -> Self {
        if problem.kind() == ProblemKind::Unavailable {
            return Self::Passing(StoreError::LockTimeout);
        }
        Self::Failed(problem.kind().slug())
    }
}

impl JobFault {
    /// A fault of the service. The cause goes to the log only.
    #[must_use]
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        Self::from(Problem::internal(cause))
    }
}
