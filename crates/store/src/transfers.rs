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

/// Sets money of one purse aside for some awards: for each a pending transfer from the budget to the
/// payables account.
///
/// # Errors
/// [`crate::Constraint::AccountOverdrawn`] when the budget does not hold it;
/// [`crate::Constraint::AwardLiveTransfer`] when an award has an earmark already.
pub async fn earmark(
    tx: &mut Tx,
    books: &Books,
    awards: &[(AwardId, Fen)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let by = tx.actor().name().to_owned();
    let row = |(award, amount): &(AwardId, Fen)| {
        (
            transfers::id.eq(Uuid::now_v7()),
            transfers::debit_account_id.eq(books.budget.id.get()),
            transfers::credit_account_id.eq(books.payables.get()),
            transfers::amount_fen.eq(amount.get()),
            transfers::kind.eq("earmark"),
            transfers::state.eq(PENDING),
            transfers::award_id.eq(award.get()),
            transfers::recorded_by.eq(by.clone()),
            transfers::recorded_at.eq(now),
        )
    };
    let into = diesel::insert_into(transfers::table);
    match awards {
        [] => return Ok(()),
        // One row is a statement that PostgreSQL knows already.
        [award] => {
            into.values(row(award)).execute(tx.conn()).await?;
        }
        awards => {
            let rows: Vec<_> = awards.iter().map(row).collect();
            into.values(rows).execute(tx.conn()).await?;
        }
    }
    set_aside(tx, books, sum(awards.iter().map(|(_, amount)| *amount))?).await
}

/// Releases the earmarks of some awards of one purse.
///
/// # Errors
/// [`StoreError::Corrupt`] when an award has no pending earmark.
pub async fn release(
    tx: &mut Tx,
    books: &Books,
    awards: &[AwardId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if awards.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = awards.iter().map(|id| id.get()).collect();
    let released: Vec<i64> = diesel::update(transfers::table)
        .filter(transfers::award_id.eq_any(ids))
        .filter(transfers::debit_account_id.eq(books.budget.id.get()))
        .filter(transfers::state.eq(PENDING))
        .set((transfers::state.eq(VOIDED), transfers::settled_at.eq(now)))
        .returning(transfers::amount_fen)
        .get_results(tx.conn())
        .await?;
    if released.len() != awards.len() {
        return Err(StoreError::Corrupt("earmark"));
    }
    let released = sum(released.into_iter().map(fen))?;
    set_aside(tx, books, released.saturating_neg()).await
}

fn sum(amounts: impl Iterator<Item = Fen>) -> Result<i64, StoreError> {
    let mut sum = Fen::ZERO;
    for amount in amounts {
        sum = sum.checked_add(amount).ok_or(StoreError::Corrupt("sum"))?;
    }
    Ok(sum.get())
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
