//! `loans` and `loan_versions`: what banks lend, as posted and as confirmed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, Insertable, NullableExpressionMethods, Queryable, Selectable};
use diesel_async::RunQueryDsl;
use sizhu_core::loan::{Contract, ContractTerms, LoanPurpose, Rate, RateTerms};
use sizhu_core::{Day, Fen, HolderId, LoanId, PersonName, SubjectId};
use uuid::Uuid;

use crate::{
    Place, StoreError, Tx, Vault,
    rows::{count, day, fen, greatest, name, uncount, unword},
    schema::{loan_versions, loans},
};

mod find;
mod list;
mod overview;

pub use find::{
    find, find_by_natural_key, find_many, ids_of_contracts, of_holders, of_subject, posted_by,
};
pub use list::{Filter, Listed, Scope, list, visible};
pub use overview::{CountyLoans, overview};

/// What an officer confirmed of a loan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The officer's client.
    pub by: String,
    /// The day.
    pub on: Day,
}

/// What is held true of a loan beside its events.
#[derive(Clone)]
pub struct LoanContent {
    /// The borrower's or representative's name, as posted.
    pub borrower_name: PersonName,
    /// What it is for.
    pub purpose: LoanPurpose,
    /// The contract.
    pub contract: Contract,
    /// Whether the family kept the policy when it borrowed, once confirmed.
    pub family_kept_policy: Option<bool>,
    /// Households a co-operative leads.
    pub households_led: Option<u32>,
    /// Jobs the business made, as reported.
    pub jobs_created: Option<u32>,
    /// Income of a year that it brought, as reported.
    pub income: Option<Fen>,
    /// Who confirmed it.
    pub confirmation: Option<Confirmation>,
}

/// A loan as it is kept.
#[derive(Clone)]
pub struct Loan {
    /// Row id.
    pub id: LoanId,
    /// Who borrows, or represents who does.
    pub subject: SubjectId,
    /// The co-operative that holds it; the borrower's household, if there is none.
    pub cooperative: Option<HolderId>,
    /// Code of the bank.
    pub bank: String,
    /// The bank's number of the contract.
    pub contract_no: String,
    /// Day it was posted.
    pub posted_on: Day,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    /// Version of the content, from 1.
    pub version: i32,
    /// Row of that version.
    pub version_id: Uuid,
    /// Keyed fingerprint of what was posted.
    pub fingerprint: Vec<u8>,
    /// What is held true of it.
    pub content: LoanContent,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = loans, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    subject_id: Uuid,
    cooperative_id: Option<Uuid>,
    bank: String,
    contract_no: String,
    channel: String,
    posted_on: NaiveDate,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = loan_versions, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct VersionRow {
    id: Uuid,
    loan_id: Uuid,
    version: i32,
    borrower_name_sealed: Vec<u8>,
    purpose: String,
    principal_fen: i64,
    draw: String,
    rate_ppm: Option<i64>,
    prime_tenor: Option<String>,
    prime_basis_points: Option<i64>,
    prime_reset_months: Option<i32>,
    day_count: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    repayment: String,
    every_months: i32,
    first_due_on: Option<NaiveDate>,
    rounding: String,
    family_kept_policy: Option<bool>,
    households_led: Option<i32>,
    jobs_created: Option<i32>,
    income_fen: Option<i64>,
    confirmed_by: Option<String>,
    confirmed_on: Option<NaiveDate>,
    fingerprint: Vec<u8>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
    superseded_at: Option<DateTime<Utc>>,
}

pub(crate) const fn borrower_name_place(row: Uuid) -> Place {
    Place {
        column: "loan_versions.borrower_name_sealed",
        row,
    }
}

impl VersionRow {
    fn seal(keys: &Vault, loan: &Loan, by: &str, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let (id, content) = (loan.version_id, &loan.content);
        let terms = content.contract.terms();
        let (rate_ppm, prime) = match terms.rate {
            RateTerms::Fixed { rate } => (Some(rate.get()), None),
            RateTerms::Prime {
                tenor,
                basis_points,
                reset_months,
            } => (None, Some((tenor, basis_points, reset_months))),
        };
        let reset = prime.and_then(|(_, _, months)| months);
        let confirmation = content.confirmation.as_ref();
        Ok(Self {
            id,
            loan_id: loan.id.get(),
            version: loan.version,
            borrower_name_sealed: keys
                .seal_text(borrower_name_place(id), content.borrower_name.as_str())?,
            purpose: content.purpose.as_str().to_owned(),
            principal_fen: terms.principal.get(),
            draw: terms.draw.as_str().to_owned(),
            rate_ppm,
            prime_tenor: prime.map(|(tenor, ..)| tenor.as_str().to_owned()),
            prime_basis_points: prime.map(|(_, points, _)| points),
            prime_reset_months: reset.map(uncount).transpose()?,
            day_count: terms.day_count.as_str().to_owned(),
            starts_on: terms.starts_on.naive(),
            ends_on: terms.ends_on.naive(),
            repayment: terms.repayment.as_str().to_owned(),
            every_months: uncount(terms.every_months)?,
            first_due_on: terms.first_due_on.map(Day::naive),
            rounding: terms.rounding.as_str().to_owned(),
            family_kept_policy: content.family_kept_policy,
            households_led: content.households_led.map(uncount).transpose()?,
            jobs_created: content.jobs_created.map(uncount).transpose()?,
            income_fen: content.income.map(Fen::get),
            confirmed_by: confirmation.map(|it| it.by.clone()),
            confirmed_on: confirmation.map(|it| it.on.naive()),
            fingerprint: loan.fingerprint.clone(),
            recorded_by: by.to_owned(),
            recorded_at: now,
            superseded_at: None,
        })
    }

    fn rate(&self) -> Result<RateTerms, StoreError> {
        match (self.rate_ppm, &self.prime_tenor, self.prime_basis_points) {
            (Some(rate), None, None) => Ok(RateTerms::Fixed {
                rate: Rate::new(rate).ok_or(StoreError::Corrupt("rate"))?,
            }),
            (None, Some(tenor), Some(basis_points)) => Ok(RateTerms::Prime {
                tenor: unword(tenor, "tenor")?,
                basis_points,
                reset_months: self.prime_reset_months.map(count).transpose()?,
            }),
            _ => Err(StoreError::Corrupt("rate")),
        }
    }

    fn open(self, keys: &Vault, row: Row) -> Result<Loan, StoreError> {
        let sealed = &self.borrower_name_sealed;
        let borrower_name = name(&keys.open_text(borrower_name_place(self.id), sealed)?)?;
        let terms = ContractTerms {
            principal: fen(self.principal_fen),
            draw: unword(&self.draw, "draw")?,
            rate: self.rate()?,
            day_count: unword(&self.day_count, "day count")?,
            starts_on: day(self.starts_on),
            ends_on: day(self.ends_on),
            repayment: unword(&self.repayment, "repayment")?,
            every_months: count(self.every_months)?,
            first_due_on: self.first_due_on.map(day),
            rounding: unword(&self.rounding, "rounding")?,
        };
        let confirmation = self.confirmed_by.zip(self.confirmed_on);
        Ok(Loan {
            id: LoanId::new(row.id),
            subject: SubjectId::new(row.subject_id),
            cooperative: row.cooperative_id.map(HolderId::new),
            bank: row.bank,
            contract_no: row.contract_no,
            posted_on: day(row.posted_on),
            posted_at: row.recorded_at,
            version: self.version,
            version_id: self.id,
            fingerprint: self.fingerprint,
            content: LoanContent {
                borrower_name,
                purpose: unword(&self.purpose, "purpose")?,
                contract: Contract::new(terms).or(Err(StoreError::Corrupt("contract")))?,
                family_kept_policy: self.family_kept_policy,
                households_led: self.households_led.map(count).transpose()?,
                jobs_created: self.jobs_created.map(count).transpose()?,
                income: self.income_fen.map(fen),
                confirmation: confirmation.map(|(by, on)| Confirmation { by, on: day(on) }),
            },
        })
    }
}

/// Records a new loan and its first version. Answers false, and records nothing, when the bank's
/// contract was posted before, also when it is being posted right now.
///
/// # Errors
/// What the database says.
pub async fn try_insert(
    tx: &mut Tx,
    loan: &Loan,
    channel: &'static str,
) -> Result<bool, StoreError> {
    let by = tx.actor().name().to_owned();
    let row = Row {
        id: loan.id.get(),
        subject_id: loan.subject.get(),
        cooperative_id: loan.cooperative.map(HolderId::get),
        bank: loan.bank.clone(),
        contract_no: loan.contract_no.clone(),
        channel: channel.to_owned(),
        posted_on: loan.posted_on.naive(),
        recorded_by: by.clone(),
        recorded_at: loan.posted_at,
    };
    let inserted = diesel::insert_into(loans::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    if inserted == 0 {
        return Ok(false);
    }
    let version = VersionRow::seal(&tx.keys(), loan, &by, loan.posted_at)?;
    diesel::insert_into(loan_versions::table)
        .values(&version)
        .execute(tx.conn())
        .await?;
    Ok(true)
}

/// Records the next version of a loan, whose holder is locked.
///
/// # Errors
/// What the database says.
pub async fn replace(tx: &mut Tx, next: &Loan, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(loan_versions::table)
        .filter(loan_versions::loan_id.eq(next.id.get()))
        .filter(loan_versions::superseded_at.is_null())
        .set(loan_versions::superseded_at.eq(greatest(loan_versions::recorded_at, now).nullable()))
        .execute(tx.conn())
        .await?;
    let by = tx.actor().name().to_owned();
    let version = VersionRow::seal(&tx.keys(), next, &by, now)?;
    diesel::insert_into(loan_versions::table)
        .values(&version)
        .execute(tx.conn())
        .await?;
    Ok(())
}
