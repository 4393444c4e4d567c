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
    /// How an officer settles a held stay.
    Resolution = sizhu_core::Resolution;
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
    /// What a policy text is.
    TextKind = sizhu_store::policy_versions::TextKind;
    /// Where a policy text is in its life.
    VersionState = sizhu_store::policy_versions::VersionState;
    /// Where a policy text came from.
    Origin = sizhu_store::policy_versions::Origin;
    /// The four helps.
    Help = sizhu_core::pack::Help;
    /// Whom a programme is for.
    Subject = sizhu_core::pack::Subject;
    /// What one decision of a programme covers.
    ProgrammePeriod = sizhu_core::pack::Period;
    /// A step of review.
    ReviewStep = sizhu_core::pack::ReviewStep;
    /// How much is made public.
    PublicityMode = sizhu_core::pack::PublicityMode;
    /// Who is paid.
    Payee = sizhu_core::pack::Payee;
    /// When the principal of a loan is paid out.
    Draw = sizhu_core::loan::Draw;
    /// How a loan is repaid.
    Repayment = sizhu_core::loan::Repayment;
    /// How days become parts of a year.
    DayCount = sizhu_core::loan::DayCount;
    /// What happens to a part of a fen.
    Rounding = sizhu_core::Rounding;
    /// Terms of the Loan Prime Rate.
    Tenor = sizhu_core::loan::Tenor;
    /// What a loan is for.
    LoanPurpose = sizhu_core::loan::LoanPurpose;
    /// Who borrows.
    Borrower = sizhu_core::loan::Borrower;
    /// What happens to a loan.
    LoanEventKind = sizhu_core::loan::EventName;
    /// Why days of a loan are not subsidised whole.
    SubsidyReason = sizhu_core::loan::Reason;
    /// How well a source stands.
    SourceClass = sizhu_core::SourceClass;
    /// Where a job is.
    JobState = sizhu_store::jobs::JobState;
    /// How programmes that shut each other out are settled.
    ExclusionRule = sizhu_core::pack::ExclusionRule;
}
