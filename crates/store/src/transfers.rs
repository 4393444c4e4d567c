//! `transfers`: money from one account to another, with the balances it changes.
//!
//! Each function changes the transfer and both accounts in the same breath; the constraints of
//! `accounts` refuse what would overdraw one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl,
    sql_types::{Array, BigInt, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use sizhu_core::{AccountId, AwardId, Fen, TransferId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    accounts::Books,
    prepared::Prepared,
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

/// Money to be set aside for an award.
#[derive(Clone, Copy, Debug)]
pub struct Earmark<'a> {
    /// The accounts that it is taken from.
    pub books: &'a Books,
    /// The award.
    pub award: AwardId,
    /// How much.
    pub amount: Fen,
}

/// Sets money aside for some awards: for each a pending transfer from the budget to the payables
/// account.
///
/// # Errors
/// [`crate::Constraint::AccountOverdrawn`] when a budget does not hold it;
/// [`crate::Constraint::AwardLiveTransfer`] when an award has an earmark already.
pub async fn earmark(
    tx: &mut Tx,
    earmarks: &[Earmark<'_>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let by = tx.actor().name().to_owned();
    let row = |it: &Earmark<'_>| {
        (
            transfers::id.eq(Uuid::now_v7()),
            transfers::debit_account_id.eq(it.books.budget.id.get()),
            transfers::credit_account_id.eq(it.books.payables.get()),
            transfers::amount_fen.eq(it.amount.get()),
            transfers::kind.eq("earmark"),
            transfers::state.eq(PENDING),
            transfers::award_id.eq(it.award.get()),
            transfers::recorded_by.eq(by.clone()),
            transfers::recorded_at.eq(now),
        )
    };
    let into = diesel::insert_into(transfers::table);
    match earmarks {
        [] => return Ok(()),
        // One row is a statement that PostgreSQL knows already.
        [one] => {
            into.values(row(one)).execute(tx.conn()).await?;
        }
        earmarks => {
            let rows: Vec<_> = earmarks.iter().map(row).collect();
            into.values(rows).execute(tx.conn()).await?;
        }
    }
    let mut pending = Pending::default();
    for it in earmarks {
        pending.add(it.books, it.amount)?;
    }
    pending.write(tx).await
}

/// Releases the earmarks of some awards, each with the accounts that it was taken from.
///
/// # Errors
/// [`StoreError::Corrupt`] when an award has no pending earmark there.
pub async fn release(
    tx: &mut Tx,
    awards: &[(&Books, AwardId)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if awards.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = awards.iter().map(|(_, id)| id.get()).collect();
    let released: Vec<(Option<Uuid>, Uuid, i64)> = diesel::update(transfers::table)
        .filter(transfers::award_id.eq_any(ids))
        .filter(transfers::state.eq(PENDING))
        .set((transfers::state.eq(VOIDED), transfers::settled_at.eq(now)))
        .returning((
            transfers::award_id,
            transfers::debit_account_id,
            transfers::amount_fen,
        ))
        .get_results(tx.conn())
        .await?;
    let mut pending = Pending::default();
    for (books, award) in awards {
        let own = (Some(award.get()), books.budget.id.get());
        let mut found = released.iter().filter(|it| (it.0, it.1) == own);
        let (Some((.., amount)), None) = (found.next(), found.next()) else {
            return Err(StoreError::Corrupt("earmark"));
        };
        let amount = fen(*amount).checked_neg();
        pending.add(books, amount.ok_or(StoreError::Corrupt("sum"))?)?;
    }
    pending.write(tx).await
}

/// What pending transfers change the balances of accounts by: debits, and credits.
#[derive(Default)]
struct Pending(BTreeMap<Uuid, (Fen, Fen)>);

impl Pending {
    fn add(&mut self, books: &Books, amount: Fen) -> Result<(), StoreError> {
        let sum = |sum: Fen| sum.checked_add(amount).ok_or(StoreError::Corrupt("sum"));
        let (debits, _) = self.0.entry(books.budget.id.get()).or_default();
        *debits = sum(*debits)?;
        let (_, credits) = self.0.entry(books.payables.get()).or_default();
        *credits = sum(*credits)?;
        Ok(())
    }

    async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        let statement = diesel::sql_query(
            "UPDATE accounts a SET debits_pending_fen = a.debits_pending_fen + n.debits, \
                 credits_pending_fen = a.credits_pending_fen + n.credits \
             FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS n (id, debits, credits) \
             WHERE a.id = n.id",
        )
        .bind::<Array<SqlUuid>, _>(self.0.keys().copied().collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(self.0.values().map(|(it, _)| it.get()).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(self.0.values().map(|(_, it)| it.get()).collect::<Vec<_>>());
        Prepared(statement).execute(tx.conn()).await?;
        Ok(())
    }
}
