//! Identifiers of rows: one newtype each, so that a claim's id is never taken for a decision's.

use uuid::Uuid;

macro_rules! ids {
    ($( $(#[$meta:meta])* $name:ident ),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID (version 7 in practice, made outside this crate).
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID itself.
            #[must_use]
            pub const fn get(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A person the platform decides about, registered or not.
    SubjectId,
    /// A registered resident.
    ResidentId,
    /// A special-family status of a resident.
    StatusId,
    /// A hospital's claim for one stay.
    ClaimId,
    /// An upload of many claims.
    ClaimBatchId,
    /// A hospital.
    HospitalId,
    /// One decision on one claim.
    DecisionId,
    /// An amount owed to a payee.
    AwardId,
    /// An amount owed back.
    RecoveryId,
    /// A ledger account.
    AccountId,
    /// A ledger transfer.
    TransferId,
    /// An event of the audit log.
    AuditEventId,
    /// A policy text from its upload to its end.
    PolicyVersionId,
    /// A bank statement of loans.
    LoanStatementId,
    /// A job.
    JobId,
    /// A bank's loan to a holder.
    LoanId,
    /// Something that happened to a loan.
    LoanEventId,
    /// A household, co-operative or firm whose loans share caps.
    HolderId,
    /// All loans of a county and period, decided together.
    SubsidyRunId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain_uuids_in_text_and_json() {
        let text = "0197a5b0-0000-7000-8000-000000000001";
        let id: ClaimId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        assert_eq!(ClaimId::new(id.get()), id);
        assert!("nonsense".parse::<ClaimId>().is_err());
    }
}
