//! `transfers`: money from one account to another, with the balances it changes.
//!
//! Each function changes the transfer and both accounts in the same breath; the constraints of
//! `accounts` refuse what would overdraw one.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use sizhu_core::{AccountId, AwardId, Fen, TransferId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    accounts::Books,
    rows::fen,
    schema::{accounts, transfers},
};

const PENDING: &str = "pending";
const POSTED: &str = "posted";
const VOIDED: &str = "voided";

/// Puts money into a budget account: a posted transfer from its appropriations account.
///
/// # Errors
/// [`crate::Constraint::AppropriationDocument`] when the document filled the account before.
pub async fn appropriate(
    tx: &mut Tx,
    books: &Books,
    amount: Fen,
    document_no: &str,
    now: DateTime<Utc>,
) -> Result<TransferId, StoreError> {
    let id = Uuid::now_v7();
    diesel::insert_into(transfers::table)
        .values((
            transfers::id.eq(id),
            transfers::debit_account_id.eq(books.appropriations.get()),
            transfers::credit_account_id.eq(books.budget.id.get()),
            transfers::amount_fen.eq(amount.get()),
            transfers::kind.eq("appropriation"),
            transfers::state.eq(POSTED),
            transfers::document_no.eq(document_no),
            transfers::recorded_by.eq(tx.actor().name().to_owned()),
            transfers::recorded_at.eq(now),
            transfers::settled_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    diesel::update(accounts::table.find(books.appropriations.get()))
        .set(accounts::debits_posted_fen.eq(accounts::debits_posted_fen + amount.get()))
        .execute(tx.conn())
        .await?;
    diesel::update(accounts::table.find(books.budget.id.get()))
        .set(accounts::credits_posted_fen.eq(accounts::credits_posted_fen + amount.get()))
        .execute(tx.conn())
        .await?;
    Ok(TransferId::new(id))
}

/// An appropriation that was made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appropriation {
    /// The transfer.
    pub id: TransferId,
    /// Its amount.
    pub amount: Fen,
    /// When it was made.
    pub recorded_at: DateTime<Utc>,
}

/// Finds an appropriation by its account and document number.
///
/// # Errors
/// What the database says.
pub async fn find_appropriation(
    tx: &mut Tx,
    account: AccountId,
    document_no: &str,
) -> Result<Option<Appropriation>, StoreError> {
    let row: Option<(Uuid, i64, DateTime<Utc>)> = transfers::table
        .select((transfers::id, transfers::amount_fen, transfers::recorded_at))
        .filter(transfers::credit_account_id.eq(account.get()))
        .filter(transfers::document_no.eq(document_no))
        .first(tx.conn())
        .await
        .optional()?;
    Ok(row.map(|(id, amount, recorded_at)| Appropriation {
        id: TransferId::new(id),
        amount: fen(amount),
        recorded_at,
    }))
}

/// Sets money aside for an award: a pending transfer from the budget to the payables account.
///
/// # Errors
/// [`crate::Constraint::AccountOverdrawn`] when the budget does not hold it;
/// [`crate::Constraint::AwardLiveTransfer`] when the award has an earmark already.
pub async fn earmark(
    tx: &mut Tx,
    books: &Books,
    award: AwardId,
    amount: Fen,
    now: DateTime<Utc>,
) -> Result<TransferId, StoreError> {
    let id = Uuid::now_v7();
    diesel::insert_into(transfers::table)
        .values((
            transfers::id.eq(id),
            transfers::debit_account_id.eq(books.budget.id.get()),
            transfers::credit_account_id.eq(books.payables.get()),
            transfers::amount_fen.eq(amount.get()),
            transfers::kind.eq("earmark"),
            transfers::state.eq(PENDING),
            transfers::award_id.eq(award.get()),
            transfers::recorded_by.eq(tx.actor().name().to_owned()),
            transfers::recorded_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    set_aside(tx, books, amount.get()).await?;
    Ok(TransferId::new(id))
}

/// Releases an award's earmark.
///
/// # Errors
/// [`StoreError::Corrupt`] when the award has no pending earmark.
pub async fn release(
    tx: &mut Tx,
    books: &Books,
    award: AwardId,
    now: DateTime<Utc>,
) -> Result<Fen, StoreError> {
    let released: Option<i64> = diesel::update(transfers::table)
        .filter(transfers::award_id.eq(award.get()))
        .filter(transfers::state.eq(PENDING))
        .set((transfers::state.eq(VOIDED), transfers::settled_at.eq(now)))
        .returning(transfers::amount_fen)
        .get_result(tx.conn())
        .await
        .optional()?;
    let amount = released.ok_or(StoreError::Corrupt("earmark"))?;
    set_aside(tx, books, amount.saturating_neg()).await?;
    Ok(fen(amount))
}

async fn set_aside(tx: &mut Tx, books: &Books, amount: i64) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(books.budget.id.get()))
        .set(accounts::debits_pending_fen.eq(accounts::debits_pending_fen + amount))
        .execute(tx.conn())
        .await?;
    diesel::update(accounts::table.find(books.payables.get()))
        .set(accounts::credits_pending_fen.eq(accounts::credits_pending_fen + amount))
        .execute(tx.conn())
        .await?;
    Ok(())
}
