//! The closed vocabularies of the core as schemas of the document: their words come from the core.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $core:ty;)+) => {
        $($(#[$doc])*
        pub(super) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some(<$core>::ALL.iter().map(|word| word.as_str())))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        })+
    };
}

words! {
    /// What a decision comes to.
    Outcome = sizhu_core::Outcome;
    /// What one clause comes to.
    ClauseResult = sizhu_core::ClauseResult;
    /// Kinds of status.
    StatusKind = sizhu_core::StatusKind;
    /// Kinds of paper.
    EvidenceKind = sizhu_core::EvidenceKind;
    /// Why a status ends.
    EndReason = sizhu_core::EndReason;
    /// Marital status.
    MaritalStatus = sizhu_core::MaritalStatus;
    /// Level of a hospital.
    HospitalLevel = sizhu_core::HospitalLevel;
    /// Grade of a hospital within its level.
    HospitalGrade = sizhu_core::HospitalGrade;
    /// Ownership of a hospital.
    Ownership = sizhu_core::Ownership;
    /// Sex, from the citizen ID.
    Sex = sizhu_core::Sex;
}
