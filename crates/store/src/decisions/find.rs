//! Decisions found again.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, DecisionId, LoanId, SubjectId};
use uuid::Uuid;

use super::{Decision, Matter, On, Row, YearRow};
use crate::{
    StoreError, Tx,
    schema::{decision_years, decisions},
};

async fn complete(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Decision>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let years = years(tx, ids).await?;
    let keys = tx.keys();
    rows.into_iter()
        .map(|row| row.open(&keys, &years))
        .collect()
}

async fn years(tx: &mut Tx, ids: Vec<Uuid>) -> Result<Vec<YearRow>, StoreError> {
    let years = decision_years::table
        .select(YearRow::as_select())
        .filter(decision_years::decision_id.eq_any(ids))
        .order((decision_years::decision_id, decision_years::year))
        .load(tx.conn())
        .await?;
    Ok(years)
}

/// The decisions in force on what concerns some people.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed column does not open.
pub async fn current_of_subjects(
    tx: &mut Tx,
    subjects: &[SubjectId],
) -> Result<Vec<Decision>, StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let rows: Vec<Row> = decisions::table
        .select(Row::as_select())
        .filter(decisions::subject_id.eq_any(ids))
        .filter(decisions::superseded_at.is_null())
        .load(tx.conn())
        .await?;
    complete(tx, rows).await
}

/// The decisions in force on some loans, by loan and period.
///
/// # Errors
/// As [`current_of_subjects`].
pub async fn current_of_loans(tx: &mut Tx, loans: &[LoanId]) -> Result<Vec<Decision>, StoreError> {
    let ids: Vec<Uuid> = loans.iter().map(|id| id.get()).collect();
    let rows: Vec<Row> = decisions::table
        .select(Row::as_select())
        .filter(decisions::loan_id.eq_any(ids))
        .filter(decisions::superseded_at.is_null())
        .order((decisions::loan_id, decisions::period_from))
        .load(tx.conn())
        .await?;
    complete(tx, rows).await
}

/// All decisions ever made on what concerns a person, newest first, before `before`.
///
/// # Errors
/// As [`current_of_subjects`].
pub async fn of_subject(
    tx: &mut Tx,
    subject: SubjectId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Decision>, StoreError> {
    let mut query = decisions::table
        .select(Row::as_select())
        .filter(decisions::subject_id.eq(subject.get()))
        .order(decisions::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(decisions::id.lt(before));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    complete(tx, rows).await
}

/// The decision in force on a matter.
///
/// # Errors
/// As [`current_of_subjects`].
pub async fn current(tx: &mut Tx, matter: Matter) -> Result<Option<Decision>, StoreError> {
    let mut query = decisions::table
        .select(Row::as_select())
        .filter(decisions::superseded_at.is_null())
        .into_boxed();
    query = match matter {
        Matter::Claim(claim) => query.filter(decisions::claim_id.eq(claim.get())),
        Matter::Loan { loan, period } => query
            .filter(decisions::loan_id.eq(loan.get()))
            .filter(decisions::period_from.eq(period.from.naive())),
    };
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    Ok(complete(tx, rows).await?.into_iter().next())
}

/// The number of the newest decision on a claim, whoever it was on; 0 if there is none.
///
/// # Errors
/// What the database says.
pub async fn last_number(tx: &mut Tx, claim: ClaimId) -> Result<i32, StoreError> {
    let last: Option<i32> = decisions::table
        .select(diesel::dsl::max(decisions::number))
        .filter(decisions::claim_id.eq(claim.get()))
        .first(tx.conn())
        .await?;
    Ok(last.unwrap_or(0))
}

/// A decision by its row.
///
/// # Errors
/// As [`current_of_subjects`].
pub async fn find(tx: &mut Tx, id: DecisionId) -> Result<Option<Decision>, StoreError> {
    let row: Option<Row> = decisions::table
        .select(Row::as_select())
        .find(id.get())
        .first(tx.conn())
        .await
        .optional()?;
    Ok(complete(tx, row.into_iter().collect())
        .await?
        .into_iter()
        .next())
}

/// What a decision is on, and of whom; told of one that cannot be opened, too.
///
/// # Errors
/// What the database says.
pub async fn matter_of(
    tx: &mut Tx,
    id: DecisionId,
) -> Result<Option<(Matter, SubjectId)>, StoreError> {
    let found: Option<(Uuid, On)> = decisions::table
        .select((
            decisions::subject_id,
            (
                decisions::claim_id,
                decisions::loan_id,
                decisions::period_from,
                decisions::period_until,
            ),
        ))
        .find(id.get())
        .first(tx.conn())
        .await
        .optional()?;
    let on = found.map(|(subject, on)| Ok((super::matter(on)?, SubjectId::new(subject))));
    on.transpose()
}

/// Whether some decision in force was made by another version of the engine.
///
/// # Errors
/// What the database says.
pub async fn any_of_other_engine(tx: &mut Tx, engine: &str) -> Result<bool, StoreError> {
    let other = decisions::table
        .filter(decisions::superseded_at.is_null())
        .filter(decisions::engine_version.ne(engine));
    let found = diesel::select(diesel::dsl::exists(other));
    Ok(found.get_result(tx.conn()).await?)
}

/// Decisions of all time in the order in which they were made, after one; each with its row, also
/// one that cannot be opened.
///
/// # Errors
/// What the database says.
pub async fn page(
    tx: &mut Tx,
    after: Option<DecisionId>,
    limit: i64,
) -> Result<Vec<(DecisionId, Result<Decision, StoreError>)>, StoreError> {
    let after = after.map_or(Uuid::nil(), DecisionId::get);
    let rows: Vec<Row> = decisions::table
        .select(Row::as_select())
        .filter(decisions::id.gt(after))
        .order(decisions::id)
        .limit(limit)
        .load(tx.conn())
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let years = years(tx, ids).await?;
    let keys = tx.keys();
    let opened = rows.into_iter();
    Ok(opened
        .map(|row| (DecisionId::new(row.id), row.open(&keys, &years)))
        .collect())
}

/// How many decisions there are, of all time.
///
/// # Errors
/// What the database says.
pub async fn count_all(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(decisions::table.count().get_result(tx.conn()).await?)
}
