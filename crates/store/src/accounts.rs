//! `accounts`: the ledger's accounts, three per fund, programme, budget year and county.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
    TextExpressionMethods,
    sql_types::{Array, BigInt, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use sizhu_core::{AccountId, DivisionCode, Fen};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    prepared::Prepared,
    rows::{division, fen},
    schema::accounts,
};

/// What an account is for: which money, for what, when, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purse {
    /// Where the money comes from.
    pub fund: String,
    /// The programme it may be spent on.
    pub programme: String,
    /// Budget year.
    pub year: i32,
    /// The county that pays.
    pub county: DivisionCode,
}

/// A budget account and its balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Row id.
    pub id: AccountId,
    /// What it is for.
    pub purse: Purse,
    /// Put in.
    pub appropriated: Fen,
    /// Set aside for awards.
    pub earmarked: Fen,
    /// Paid out.
    pub spent: Fen,
    /// Number the next waiting award gets.
    pub next_waiting_no: i64,
}

impl Account {
    /// What is left to set aside: never below zero.
    #[must_use]
    pub fn available(&self) -> Fen {
        let used = self.earmarked.checked_add(self.spent);
        used.and_then(|used| self.appropriated.checked_sub(used))
            .unwrap_or(Fen::ZERO)
    }
}

/// The three accounts of a purse, locked. A transfer's counter-account is of the same county, so
/// that no row is shared by the whole province.
#[derive(Clone, Debug)]
pub struct Books {
    /// The money.
    pub budget: Account,
    /// Where it came from.
    pub appropriations: AccountId,
    /// What is owed or was paid.
    pub payables: AccountId,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    fund: String,
    programme: String,
    year: i32,
    county: String,
    kind: String,
    debits_pending_fen: i64,
    debits_posted_fen: i64,
    credits_posted_fen: i64,
    next_waiting_no: i64,
}

impl Row {
    fn account(&self) -> Result<Account, StoreError> {
        Ok(Account {
            id: AccountId::new(self.id),
            purse: Purse {
                fund: self.fund.clone(),
                programme: self.programme.clone(),
                year: self.year,
                county: division(&self.county)?,
            },
            appropriated: fen(self.credits_posted_fen),
            earmarked: fen(self.debits_pending_fen),
            spent: fen(self.debits_posted_fen),
            next_waiting_no: self.next_waiting_no,
        })
    }
}

const BUDGET: &str = "budget";
const APPROPRIATIONS: &str = "appropriations";
const PAYABLES: &str = "payables";

/// Opens the three accounts of a purse, where they are not open yet. Answers true when it did.
///
/// # Errors
/// What the database says.
pub async fn open(tx: &mut Tx, purse: &Purse, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let row = |kind: &'static str| {
        (
            accounts::id.eq(Uuid::now_v7()),
            accounts::fund.eq(purse.fund.clone()),
            accounts::programme.eq(purse.programme.clone()),
            accounts::year.eq(purse.year),
            accounts::county.eq(purse.county.as_str().to_owned()),
            accounts::kind.eq(kind),
            accounts::debits_must_not_exceed_credits.eq(kind == BUDGET),
            accounts::credits_must_not_exceed_debits.eq(false),
            accounts::recorded_at.eq(now),
        )
    };
    let opened = diesel::insert_into(accounts::table)
        .values(vec![row(BUDGET), row(APPROPRIATIONS), row(PAYABLES)])
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(opened > 0)
}

/// Locks the accounts of some purses, in ascending order of their ids, until the transaction ends;
/// answers them in the order of `purses`. Second in the lock order of the house: subject,
/// accounts, awards. All that a transaction will need are locked in one call.
///
/// # Errors
/// [`StoreError::LockTimeout`]; [`StoreError::Corrupt`] when a purse's accounts are not open.
pub async fn lock(tx: &mut Tx, purses: &[Purse]) -> Result<Vec<Books>, StoreError> {
    let found = lock_those_open(tx, purses).await?.into_iter();
    found
        .map(|books| books.ok_or(StoreError::Corrupt("purse")))
        .collect()
}

/// As [`lock`]; of a purse whose accounts are not open, nothing.
///
/// # Errors
/// [`StoreError::LockTimeout`].
pub async fn lock_those_open(
    tx: &mut Tx,
    purses: &[Purse],
) -> Result<Vec<Option<Books>>, StoreError> {
    let each = |of: fn(&Purse) -> &str| -> Vec<&str> { purses.iter().map(of).collect() };
    let years: Vec<i32> = purses.iter().map(|it| it.year).collect();
    // Purses that are asked for together are of one fund, and nearly always of one programme and year.
    let rows: Vec<Row> = accounts::table
        .select(Row::as_select())
        .filter(accounts::fund.eq_any(each(|it| &it.fund)))
        .filter(accounts::programme.eq_any(each(|it| &it.programme)))
        .filter(accounts::year.eq_any(years))
        .filter(accounts::county.eq_any(each(|it| it.county.as_str())))
        .order(accounts::id)
        .for_no_key_update()
        .load(tx.conn())
        .await?;
    purses.iter().map(|purse| books(&rows, purse)).collect()
}

fn books(rows: &[Row], purse: &Purse) -> Result<Option<Books>, StoreError> {
    let of = |kind: &str| {
        rows.iter().find(|row| {
            row.kind == kind
                && row.fund == purse.fund
                && row.programme == purse.programme
                && row.year == purse.year
                && row.county == purse.county.as_str()
        })
    };
    let (Some(budget), Some(appropriations), Some(payables)) =
        (of(BUDGET), of(APPROPRIATIONS), of(PAYABLES))
    else {
        return Ok(None);
    };
    Ok(Some(Books {
        budget: budget.account()?,
        appropriations: AccountId::new(appropriations.id),
        payables: AccountId::new(payables.id),
    }))
}

/// Takes places in the queues of some accounts: the next in each is then the one given. The accounts are
/// locked.
///
/// # Errors
/// What the database says.
pub async fn set_next_waiting_no(tx: &mut Tx, next: &[(AccountId, i64)]) -> Result<(), StoreError> {
    if next.is_empty() {
        return Ok(());
    }
    let statement = diesel::sql_query(
        "UPDATE accounts a SET next_waiting_no = n.next \
         FROM unnest($1::uuid[], $2::bigint[]) AS n (id, next) WHERE a.id = n.id",
    )
    .bind::<Array<SqlUuid>, _>(next.iter().map(|(id, _)| id.get()).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(next.iter().map(|(_, next)| *next).collect::<Vec<_>>());
    Prepared(statement).execute(tx.conn()).await?;
    Ok(())
}

/// A budget account by its row.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx, id: AccountId) -> Result<Option<Account>, StoreError> {
    let row: Option<Row> = accounts::table
        .select(Row::as_select())
        .filter(accounts::id.eq(id.get()))
        .filter(accounts::kind.eq(BUDGET))
        .first(tx.conn())
        .await
        .optional()?;
    row.as_ref().map(Row::account).transpose()
}

/// What a reader of accounts asks for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Accounts of this division and below.
    pub within: DivisionCode,
    /// Budget year.
    pub year: Option<i32>,
    /// Programme.
    pub programme: Option<String>,
    /// After this account in the list.
    pub after: Option<Uuid>,
}

/// Budget accounts, in order of their ids.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Account>, StoreError> {
    let mut query = accounts::table
        .select(Row::as_select())
        .filter(accounts::kind.eq(BUDGET))
        .filter(accounts::county.like(format!("{}%", filter.within)))
        .order(accounts::id)
        .limit(limit)
        .into_boxed();
    if let Some(year) = filter.year {
        query = query.filter(accounts::year.eq(year));
    }
    if let Some(programme) = &filter.programme {
        query = query.filter(accounts::programme.eq(programme));
    }
    if let Some(after) = filter.after {
        query = query.filter(accounts::id.gt(after));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.iter().map(Row::account).collect()
}
