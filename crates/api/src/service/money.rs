//! Money: opening accounts, filling them, serving who waits for them.

use serde_json::json;
use sizhu_core::{AccountId, AwardId, DivisionCode, Fen, TransferId};
use sizhu_store::{
    Actor, Store, StoreError, Tx,
    accounts::{self, Account, Filter, Purse},
    audit, awards, divisions,
    idempotency::{Answer, Request},
    transfers,
};

use super::news::News;
use super::once::once;
use super::settling::{opening, serve};
use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// A budget account, and who waits for it.
#[derive(Clone, Debug)]
pub struct AccountState {
    /// The account.
    pub account: Account,
    /// How many awards wait.
    pub waiting: i64,
    /// For how much.
    pub waiting_for: Fen,
}

/// An appropriation as it was made.
#[derive(Clone, Debug)]
pub struct Appropriated {
    /// The transfer.
    pub transfer: TransferId,
    /// Its amount.
    pub amount: Fen,
    /// The budget document.
    pub document_no: String,
    /// False when the document had filled the account before.
    pub new: bool,
    /// The account after it.
    pub state: AccountState,
    /// Awards that got their money by it, in the order they waited.
    pub served: Vec<AwardId>,
}

async fn states(tx: &mut Tx, found: Vec<Account>) -> Result<Vec<AccountState>, StoreError> {
    let ids: Vec<AccountId> = found.iter().map(|account| account.id).collect();
    let waiting = awards::waiting_totals(tx, &ids).await?;
    let state = |account: Account| {
        let (waiting, waiting_for) = waiting
            .iter()
            .find(|(id, ..)| *id == account.id)
            .map_or((0, Fen::ZERO), |(_, count, sum)| (*count, *sum));
        AccountState {
            account,
            waiting,
            waiting_for,
        }
    };
    Ok(found.into_iter().map(state).collect())
}

/// Budget accounts of a division; outside the caller's own there is nothing to see.
///
/// # Errors
/// What the store says.
pub async fn list(
    store: &Store,
    actor: &Actor,
    own: &DivisionCode,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<AccountState>, Problem> {
    if !own.contains(&filter.within) {
        return Ok(Vec::new());
    }
    store
        .transaction(actor, async |tx| {
            let found = accounts::list(tx, filter, limit).await?;
            Ok(states(tx, found).await?)
        })
        .await
}

/// One budget account, if it is of the caller's division.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn find(
    store: &Store,
    actor: &Actor,
    division: &DivisionCode,
    id: AccountId,
) -> Result<AccountState, Problem> {
    store
        .transaction(actor, async |tx| {
            let account = visible(tx, division, id).await?;
            let mut states = states(tx, vec![account]).await?;
            states.pop().ok_or_else(Problem::not_found)
        })
        .await
}

async fn visible(tx: &mut Tx, division: &DivisionCode, id: AccountId) -> Result<Account, Problem> {
    let found = accounts::find(tx, id).await?;
    found
        .filter(|account| division.contains(&account.purse.county))
        .ok_or_else(Problem::not_found)
}

/// Opens the accounts of a purse. Answers whether they are new.
///
/// # Errors
/// 403 for a county outside the caller's division, 422 for one that is not known.
pub async fn open(
    store: &Store,
    actor: &Actor,
    division: &DivisionCode,
    purse: &Purse,
    news: News<'_>,
) -> Result<(AccountState, bool), Problem> {
    if !division.contains(&purse.county) {
        return Err(Problem::forbidden());
    }
    store
        .transaction(actor, async |tx| {
            if !divisions::exists(tx, &purse.county).await? {
                return Err(Problem::validation(vec![FieldError::new(
                    "/county",
                    "unknown_division",
                    Text::new("没有这个区划代码。", "There is no division of this code."),
                )]));
            }
            let new = accounts::open(tx, purse, news.now).await?;
            let books = accounts::lock(tx, std::slice::from_ref(purse)).await?;
            let account = books
                .into_iter()
                .next()
                .ok_or_else(Problem::not_found)?
                .budget;
            if new {
                audit::record(tx, opening(&account), news.now).await?;
            }
            let mut states = states(tx, vec![account]).await?;
            let state = states.pop().ok_or_else(Problem::not_found)?;
            Ok((state, new))
        })
        .await
}

/// Money to be put into an account.
#[derive(Clone, Debug)]
pub struct NewAppropriation {
    /// The account.
    pub account: AccountId,
    /// How much.
    pub amount: Fen,
    /// The budget document.
    pub document_no: String,
}

/// Fills an account, once under its key if one is given, and answers what `render` makes of it.
///
/// # Errors
/// As for any request under a key; 404 for an account the caller may not see, 409 for a document
/// posted before with another amount.
pub async fn appropriate_once(
    store: &Store,
    actor: &Actor,
    request: Option<&Request<'_>>,
    division: &DivisionCode,
    new: &NewAppropriation,
    news: News<'_>,
    render: impl FnOnce(&Appropriated) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    let work = async |tx: &mut Tx| {
        let (account, amount) = (new.account, new.amount);
        render(&appropriate(tx, division, account, amount, &new.document_no, news).await?)
    };
    once(store, actor, request, news.now, work).await
}

/// Fills an account under a budget document, and serves who waits. The same document with the
/// same amount a second time changes nothing.
///
/// # Errors
/// 404 for an account the caller may not see, 409 for a document posted before with another
/// amount.
pub async fn appropriate(
    tx: &mut Tx,
    division: &DivisionCode,
    id: AccountId,
    amount: Fen,
    document_no: &str,
    news: News<'_>,
) -> Result<Appropriated, Problem> {
    let account = visible(tx, division, id).await?;
    let books = accounts::lock(tx, std::slice::from_ref(&account.purse)).await?;
    let books = books.into_iter().next().ok_or_else(Problem::not_found)?;
    let news = news.after_waiting();
    let before = transfers::find_appropriation(tx, id, document_no).await?;
    let (transfer, served) = match before {
        Some(before) if before.amount == amount => (before.id, Vec::new()),
        Some(before) => {
            return Err(Problem::new(ProblemKind::AlreadyExists)
                .with_member("transfer_id", before.id.to_string())
                .with_errors(vec![FieldError::new(
                    "/document_no",
                    "document_used",
                    Text::new(
                        "该文号已以不同金额入账。",
                        "This document filled the account before with another amount.",
                    ),
                )]));
        }
        None => {
            let transfer =
                transfers::appropriate(tx, &books, amount, document_no, news.now).await?;
            let event = audit::Event {
                kind: "account.appropriated",
                subject: None,
                object: Some(id.get()),
                division: Some(account.purse.county),
                details: json!({ "transfer_id": transfer, "amount_fen": amount }),
            };
            audit::record(tx, event, news.now).await?;
            (transfer, serve(tx, &books, news.now).await?)
        }
    };
    let account = visible(tx, division, id).await?;
    let mut states = states(tx, vec![account]).await?;
    Ok(Appropriated {
        transfer,
        amount,
        document_no: document_no.to_owned(),
        new: before.is_none(),
        state: states.pop().ok_or_else(Problem::not_found)?,
        served,
    })
}
