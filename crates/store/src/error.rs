//! What can go wrong below the rules, told apart by constraint name.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::VaultError;

/// The constraints a caller may run into by what it posts, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
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
    /// No connection could be had: the database is away, or all are in use.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A lock was not granted in time.
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
        if message.contains("lock timeout") {
            return Self::LockTimeout;
        }
        if message.contains("terminating connection") || message.contains("the database system is")
        {
            return Self::Unavailable("the database is restarting".to_owned());
        }
        Self::Query(error)
    }
}
