//! For whom a transaction is opened.

use sizhu_core::{SubjectId, access::Grant};

/// Who acts in a transaction. PostgreSQL is told at its start, so that row-level policies can
/// repeat below the code what the code already checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A client of the API, with the grant its token carries.
    Client {
        /// The client's public name.
        id: String,
        /// What it may do, and to what that is bound.
        grant: Grant,
    },
    /// The service itself: answering a token request, loading reference data, the demo.
    System(&'static str),
}

impl Actor {
    /// The name that goes into records and audit events.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Client { id, .. } => id,
            Self::System(name) => name,
        }
    }

    /// The role that goes into audit events.
    #[must_use]
    pub const fn role(&self) -> &'static str {
        match self {
            Self::Client { grant, .. } => grant.role().as_str(),
            Self::System(_) => "system",
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings {
            actor: self.name().to_owned(),
            role: self.role(),
            scope: String::new(),
            subject: String::new(),
        };
        if let Self::Client { grant, .. } = self {
            settings.scope = match grant {
                Grant::Resident(id) => id.to_string(),
                Grant::Hospital(id) => id.to_string(),
                Grant::Bank(code) => code.clone(),
                Grant::Officer(code) | Grant::Finance(code) | Grant::Auditor(code) => {
                    code.as_str().to_owned()
                }
                Grant::Policy | Grant::Admin => String::new(),
            };
        }
        settings
    }

    /// The settings of the decider: it sees all that is known of some people, where the caller's own
    /// scope would sum a yearly cap over one hospital only.
    pub(crate) fn decider(&self, subjects: &[SubjectId]) -> Settings {
        let subjects: Vec<String> = subjects.iter().map(SubjectId::to_string).collect();
        Settings {
            actor: self.name().to_owned(),
            role: "decider",
            scope: String::new(),
            subject: subjects.join(","),
        }
    }
}

/// What the transaction's settings are set to.
pub(crate) struct Settings {
    pub(crate) actor: String,
    pub(crate) role: &'static str,
    pub(crate) scope: String,
    pub(crate) subject: String,
}
