//! Who may do what: the roles of the house and what each role is bound to.
//!
//! Who qualifies, who budgets, who pays and who supervises are never one token
//! (四权分离), so a client holds exactly one grant.

use crate::{DivisionCode, HospitalId, ResidentId, word::words};

words! {
    /// What a client is to the association; one per token.
    pub enum Role {
        /// A person asking about themselves, through a mobile app.
        Resident = "resident",
        /// A hospital information system posting claims.
        Hospital = "hospital",
        /// A bank: loans, payment files.
        Bank = "bank",
        /// An officer of a village, township, county, city or province: who qualifies.
        Officer = "officer",
        /// The finance department of a division: who budgets.
        Finance = "finance",
        /// Supervision: reads everything of a division, changes nothing.
        Auditor = "auditor",
        /// Keeps the policy packs.
        Policy = "policy",
        /// Keeps clients and hospitals; sees no person.
        Admin = "admin",
    }
}

/// A role together with what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// One's own person.
    Resident(ResidentId),
    /// One hospital's own claims.
    Hospital(HospitalId),
    /// One bank, by its code.
    Bank(String),
    /// The division and everything below it.
    Officer(DivisionCode),
    /// The accounts of the division and everything below it.
    Finance(DivisionCode),
    /// Everything of the division and below it, read only.
    Auditor(DivisionCode),
    /// Policy packs of the whole installation.
    Policy,
    /// Clients and hospitals of the whole installation.
    Admin,
}

impl Grant {
    /// The role alone.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::Resident(_) => Role::Resident,
            Self::Hospital(_) => Role::Hospital,
            Self::Bank(_) => Role::Bank,
            Self::Officer(_) => Role::Officer,
            Self::Finance(_) => Role::Finance,
            Self::Auditor(_) => Role::Auditor,
            Self::Policy => Role::Policy,
            Self::Admin => Role::Admin,
        }
    }

    /// The division a grant is bound to, if it is bound to one.
    #[must_use]
    pub const fn division(&self) -> Option<&DivisionCode> {
        match self {
            Self::Officer(division) | Self::Finance(division) | Self::Auditor(division) => {
                Some(division)
            }
            Self::Resident(_) | Self::Hospital(_) | Self::Bank(_) | Self::Policy | Self::Admin => {
                None
            }
        }
    }
}
