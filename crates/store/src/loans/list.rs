//! Loans in lists: which a caller may see, and the few facts a list shows.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use sizhu_core::{Day, DivisionCode, LoanId, ResidentId};
use uuid::Uuid;

use crate::{StoreError, Tx};

/// Whose loans a caller may see.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Those of a bank.
    Bank(String),
    /// Those of borrowers registered in a division.
    Division(DivisionCode),
    /// A resident's own.
    Resident(ResidentId),
}

/// What a caller asks for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Whose loans.
    pub scope: Scope,
    /// The bank's number of the contract.
    pub contract_no: Option<String>,
    /// Of this bank.
    pub bank: Option<String>,
    /// Of borrowers registered in this division.
    pub within: Option<DivisionCode>,
    /// Whether an officer confirmed them.
    pub confirmed: Option<bool>,
    /// Begun on or after.
    pub starts_from: Option<Day>,
    /// Begun before.
    pub starts_until: Option<Day>,
    /// Before this loan in the list.
    pub before: Option<LoanId>,
}

impl Filter {
    /// All of a scope.
    #[must_use]
    pub const fn all(scope: Scope) -> Self {
        Self {
            scope,
            contract_no: None,
            bank: None,
            within: None,
            confirmed: None,
            starts_from: None,
            starts_until: None,
            before: None,
        }
    }
}

/// A loan as a list shows it: nothing of the person.
#[derive(Clone, Debug, QueryableByName)]
pub struct Listed {
    /// The loan.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Code of the bank.
    #[diesel(sql_type = Text)]
    pub bank: String,
    /// The bank's number of the contract.
    #[diesel(sql_type = Text)]
    pub contract_no: String,
    /// `household` or `cooperative`.
    #[diesel(sql_type = Text)]
    pub borrower: String,
    /// What it is for.
    #[diesel(sql_type = Text)]
    pub purpose: String,
    /// The most that is lent, in fen.
    #[diesel(sql_type = BigInt)]
    pub principal_fen: i64,
    /// First day that bears interest.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// First day that bears none, by the contract.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Version of what is held true of it.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Whether an officer confirmed it; not for banks.
    #[diesel(sql_type = Bool)]
    pub confirmed: bool,
    /// The borrower's row in the registry, if they are in it; not for banks.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub resident_id: Option<Uuid>,
    /// When it was posted.
    #[diesel(sql_type = Timestamptz)]
    pub posted_at: DateTime<Utc>,
}

/// Loans, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Listed>, StoreError> {
    query(tx, filter, None, limit).await
}

/// The loan, if the scope sees it.
///
/// # Errors
/// What the database says.
pub async fn visible(tx: &mut Tx, id: LoanId, scope: Scope) -> Result<Option<Listed>, StoreError> {
    let found = query(tx, &Filter::all(scope), Some(id), 1).await?;
    Ok(found.into_iter().next())
}

async fn query(
    tx: &mut Tx,
    filter: &Filter,
    id: Option<LoanId>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let (mut bank, mut division, mut resident) = (None, None, None);
    match &filter.scope {
        Scope::Bank(code) => bank = Some(code.clone()),
        Scope::Division(code) => division = Some(format!("{code}%")),
        Scope::Resident(id) => resident = Some(id.get()),
    }
    let within = filter.within.as_ref().map(|code| format!("{code}%"));
    let rows = diesel::sql_query(
        "SELECT l.id, l.bank, l.contract_no, \
                CASE WHEN l.cooperative_id IS NULL THEN 'household' ELSE 'cooperative' END AS borrower, \
                w.purpose, w.principal_fen, w.starts_on, w.ends_on, w.version, \
                w.confirmed_by IS NOT NULL AS confirmed, r.id AS resident_id, \
                l.recorded_at AS posted_at \
         FROM loans l \
         JOIN loan_versions w ON w.loan_id = l.id AND w.superseded_at IS NULL \
         LEFT JOIN residents r ON r.subject_id = l.subject_id \
         LEFT JOIN resident_versions v ON v.resident_id = r.id \
              AND v.superseded_at IS NULL AND v.valid_until IS NULL \
         WHERE ($1 IS NULL OR l.bank = $1) \
           AND ($2 IS NULL OR v.division LIKE $2) \
           AND ($3 IS NULL OR r.id = $3) \
           AND ($4 IS NULL OR l.id = $4) \
           AND ($5 IS NULL OR l.contract_no = $5) \
           AND ($6 IS NULL OR l.bank = $6) \
           AND ($7 IS NULL OR v.division LIKE $7) \
           AND ($8 IS NULL OR (w.confirmed_by IS NOT NULL) = $8) \
           AND ($9 IS NULL OR w.starts_on >= $9) \
           AND ($10 IS NULL OR w.starts_on < $10) \
           AND ($11 IS NULL OR l.id < $11) \
         ORDER BY l.id DESC LIMIT $12",
    )
    .bind::<Nullable<Text>, _>(bank)
    .bind::<Nullable<Text>, _>(division)
    .bind::<Nullable<SqlUuid>, _>(resident)
    .bind::<Nullable<SqlUuid>, _>(id.map(LoanId::get))
    .bind::<Nullable<Text>, _>(filter.contract_no.clone())
    .bind::<Nullable<Text>, _>(filter.bank.clone())
    .bind::<Nullable<Text>, _>(within)
    .bind::<Nullable<Bool>, _>(filter.confirmed)
    .bind::<Nullable<Date>, _>(filter.starts_from.map(Day::naive))
    .bind::<Nullable<Date>, _>(filter.starts_until.map(Day::naive))
    .bind::<Nullable<SqlUuid>, _>(filter.before.map(LoanId::get))
    .bind::<BigInt, _>(limit)
    .load(tx.conn())
    .await?;
    Ok(rows)
}
