//! How loans and what they get are shown.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sizhu_core::Day;
use sizhu_core::loan::{Borrower, LoanPurpose};
use sizhu_store::loans::Listed;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::words;
use super::form::ContractForm;
use crate::service::loans::{Audience, LoanState};

/// Who borrows, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MaskedBorrower)]
pub struct BorrowerView {
    /// Name as posted, masked.
    #[schema(example = "李**")]
    name: String,
    /// Their row in the registry, if they are in it; not for banks.
    #[serde(skip_serializing_if = "Option::is_none")]
    resident_id: Option<Uuid>,
    /// Citizen ID, masked; not for banks.
    #[serde(skip_serializing_if = "Option::is_none")]
    citizen_id: Option<String>,
    /// Whether the name posted is the registered one; not for banks.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_matches: Option<bool>,
}

/// What an officer confirmed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanConfirmation)]
pub struct ConfirmationView {
    /// Whether the family kept the policy when it borrowed.
    family_kept_policy: Option<bool>,
    /// Jobs the business made.
    jobs_created: Option<u32>,
    /// Income of a year that it brought, in fen.
    income_fen: Option<i64>,
    /// The officer's client.
    confirmed_by: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    confirmed_on: Day,
}

/// A loan.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Loan)]
pub struct LoanView {
    /// Its id.
    id: Uuid,
    /// Code of the bank.
    #[schema(example = "PSBC")]
    bank: String,
    /// The bank's number of the contract.
    #[schema(example = "PSBC-430102-2025-0001")]
    contract_no: String,
    /// Who borrows.
    #[schema(value_type = words::Borrower)]
    borrower_kind: Borrower,
    /// The borrower, or who represents the co-operative, masked.
    borrower: BorrowerView,
    /// What it is for.
    #[schema(value_type = words::LoanPurpose)]
    purpose: LoanPurpose,
    /// The contract.
    contract: ContractForm,
    /// Households that a co-operative leads, if known; for banks as they posted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    households_led: Option<u32>,
    /// What an officer confirmed; none before, and none for banks.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation: Option<ConfirmationView>,
    /// When it was posted.
    posted_at: DateTime<Utc>,
}

/// Version of what an audience is shown, for the `ETag`: a bank would learn from one that an officer
/// looked at the loan.
pub(super) fn version(state: &LoanState, audience: Audience) -> Option<i64> {
    (audience == Audience::Registry).then(|| state.loan.version.into())
}

impl LoanView {
    pub(super) fn of(state: &LoanState, audience: Audience) -> Self {
        let (loan, content) = (&state.loan, &state.loan.content);
        let told = audience == Audience::Registry;
        let resident = state.resident.as_ref().filter(|_| told);
        let confirmation = content.confirmation.as_ref().filter(|_| told);
        let name = &content.borrower_name;
        Self {
            id: loan.id.get(),
            bank: loan.bank.clone(),
            contract_no: loan.contract_no.clone(),
            borrower_kind: match loan.cooperative {
                Some(_) => Borrower::Cooperative,
                None => Borrower::Household,
            },
            borrower: BorrowerView {
                name: name.masked(),
                resident_id: resident.map(|it| it.id.get()),
                citizen_id: resident.map(|it| it.citizen_id.masked()),
                name_matches: resident.map(|it| it.details.name.matches(name)),
            },
            purpose: content.purpose,
            contract: ContractForm::of(&content.contract),
            // After a confirmation it is the officer's word.
            households_led: content
                .households_led
                .filter(|_| told || content.confirmation.is_none()),
            confirmation: confirmation.map(|it| ConfirmationView {
                family_kept_policy: content.family_kept_policy,
                jobs_created: content.jobs_created,
                income_fen: content.income.map(sizhu_core::Fen::get),
                confirmed_by: it.by.clone(),
                confirmed_on: it.on,
            }),
            posted_at: loan.posted_at,
        }
    }
}

/// A loan in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanItem)]
pub struct LoanItem {
    /// Its id.
    id: Uuid,
    /// Code of the bank.
    bank: String,
    /// The bank's number of the contract.
    contract_no: String,
    /// Who borrows.
    #[schema(value_type = words::Borrower)]
    borrower_kind: String,
    /// What it is for.
    #[schema(value_type = words::LoanPurpose)]
    purpose: String,
    /// The most that is lent, in fen.
    principal_fen: i64,
    /// First day that bears interest.
    #[schema(value_type = String, format = Date)]
    starts_on: Day,
    /// First day that bears none, by the contract.
    #[schema(value_type = String, format = Date)]
    ends_on: Day,
    /// Whether an officer confirmed it; not for banks.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<bool>,
    /// The borrower's row in the registry; not for banks.
    #[serde(skip_serializing_if = "Option::is_none")]
    resident_id: Option<Uuid>,
    /// When it was posted.
    posted_at: DateTime<Utc>,
}

impl LoanItem {
    pub(super) fn of(row: Listed, audience: Audience) -> Self {
        let told = audience == Audience::Registry;
        Self {
            id: row.id,
            bank: row.bank,
            contract_no: row.contract_no,
            borrower_kind: row.borrower,
            purpose: row.purpose,
            principal_fen: row.principal_fen,
            starts_on: Day::new(row.starts_on),
            ends_on: Day::new(row.ends_on),
            confirmed: told.then_some(row.confirmed),
            resident_id: row.resident_id.filter(|_| told),
            posted_at: row.posted_at,
        }
    }
}
