//! What can go wrong below the rules, told apart by constraint name.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::VaultError;

/// What PostgreSQL says when the statement is sound and may do later. The SQLSTATE does not come
/// through diesel; the bootstrap pins the language of messages.
const PASSING: &[&str] = &[
    // Ended by an operator, a crash of another session, or for idling inside a transaction.
    "terminating connection",
    // … starting up, shutting down, in recovery mode.
    "the database system is",
    // For the statement's timeout, or by an operator.
    "canceling statement",
    "could not serialize access",
    "No space left on device",
    "out of shared memory",
    "out of memory",
];

/// The constraints a caller may run into by what it posts, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// One claim per hospital, medical record and admission.
    ClaimKey,
    /// No two statuses of one kind of one person at a time.
    StatusPeriod,
    /// A budget account is never overdrawn.
    AccountOverdrawn,
    /// A budget document fills an account once.
    AppropriationDocument,
    /// One live earmark or payment per award.
    AwardLiveTransfer,
    /// One hospital per national code.
    HospitalCode,
    /// One client per name.
    ClientName,
    /// One text in force per programme, place and kind.
    PolicyInForce,
    /// One text that waits for its day per programme, place and kind.
    PolicyApproved,
    /// Nobody approves the text they uploaded.
    PolicyApprover,
    /// Any other: a defect of ours, not of what was posted.
    Other,
}

impl Constraint {
    fn named(name: &str) -> Self {
        match name {
            "claims_hospital_id_medical_record_no_admitted_on_key" => Self::ClaimKey,
            "status_versions_period_excl" => Self::StatusPeriod,
            "accounts_debits_within_credits_check" => Self::AccountOverdrawn,
            "transfers_credit_account_id_document_no_key" => Self::AppropriationDocument,
            "transfers_award_live_key" => Self::AwardLiveTransfer,
            "hospitals_national_code_key" => Self::HospitalCode,
            "api_clients_pkey" => Self::ClientName,
            "policy_versions_in_force_key" => Self::PolicyInForce,
            "policy_versions_approved_key" => Self::PolicyApproved,
            "policy_versions_approved_by_check" => Self::PolicyApprover,
            _ => Self::Other,
        }
    }
}

/// An error of the store. None of them carries a personal value in what it prints.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It passes by itself: the database is away, in want of something or too slow, or all
    /// connections are in use.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A lock was not granted in time, or two waited for each other's and this one had to give way.
    #[error("a lock was not granted in time")]
    LockTimeout,
    /// A constraint refused the write.
    #[error("refused by {name}")]
    Violated {
        /// Which constraint.
        constraint: Constraint,
        /// Its name in the database.
        name: String,
    },
    /// A stored row is not what the core's types allow.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    /// A sealed column could not be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Anything else the database said.
    #[error("the database refused a statement")]
    Query(#[source] DieselError),
}

impl StoreError {
    /// The constraint that refused the write, if one did.
    #[must_use]
    pub const fn constraint(&self) -> Option<Constraint> {
        match self {
            Self::Violated { constraint, .. } => Some(*constraint),
            Self::Unavailable(_)
            | Self::LockTimeout
            | Self::Corrupt(_)
            | Self::Vault(_)
            | Self::Query(_) => None,
        }
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        // The commit failed, and so did taking it back: what matters is why it failed.
        let error = if let DieselError::RollbackErrorOnCommit { commit_error, .. } = error {
            *commit_error
        } else {
            error
        };
        if matches!(error, DieselError::BrokenTransactionManager) {
            return Self::Unavailable("the connection was lost before".to_owned());
        }
        let DieselError::DatabaseError(kind, info) = &error else {
            return Self::Query(error);
        };
        if matches!(
            kind,
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection
        ) {
            return Self::Unavailable("the connection was lost".to_owned());
        }
        if let Some(name) = info.constraint_name() {
            return Self::Violated {
                constraint: Constraint::named(name),
                name: name.to_owned(),
            };
        }
        let message = info.message();
        // The SQLSTATE does not come through diesel; the bootstrap pins the language of messages.
        if message.contains("lock timeout") || message.contains("deadlock detected") {
            return Self::LockTimeout;
        }
        let reason = PASSING.iter().find(|it| message.contains(**it));
        if let Some(reason) = reason {
            return Self::Unavailable((*reason).to_owned());
        }
        if matches!(kind, DatabaseErrorKind::ReadOnlyTransaction) {
            return Self::Unavailable("the database is read-only".to_owned());
        }
        Self::Query(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(message: &str) -> DieselError {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
    }

    #[test]
    fn what_passes_by_itself_is_told_from_faults() {
        for message in [
            "terminating connection due to administrator command",
            "terminating connection because of crash of another server process",
            "the database system is starting up",
            "the database system is in recovery mode",
            "canceling statement due to statement timeout",
            "canceling statement due to user request",
            "could not extend file \"base/5/16384\": No space left on device",
            "out of shared memory",
        ] {
            let error = StoreError::from(said(message));
            assert!(matches!(error, StoreError::Unavailable(_)), "{message}");
        }
        for message in [
            "canceling statement due to lock timeout",
            "deadlock detected",
        ] {
            let error = StoreError::from(said(message));
            assert!(matches!(error, StoreError::LockTimeout), "{message}");
        }
        for message in ["relation \"claims\" does not exist", "division by zero"] {
            let error = StoreError::from(said(message));
            assert!(matches!(error, StoreError::Query(_)), "{message}");
        }
    }

    #[test]
    fn a_commit_that_fails_twice_is_told_by_its_first_cause() {
        let lost = || {
            let kind = DatabaseErrorKind::UnableToSendCommand;
            DieselError::DatabaseError(kind, Box::new("connection closed".to_owned()))
        };
        let error = StoreError::from(DieselError::RollbackErrorOnCommit {
            rollback_error: Box::new(DieselError::BrokenTransactionManager),
            commit_error: Box::new(lost()),
        });
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        let error = StoreError::from(DieselError::BrokenTransactionManager);
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    }
}
