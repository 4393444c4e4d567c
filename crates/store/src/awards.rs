//! `awards`: amounts owed. An award's amount never changes; a smaller one takes its place.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{
    AccountId, AwardId, DecisionId, Fen, Funding, OpenAward, ResidentId, Standing, SubjectId,
};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    accounts::Purse,
    rows::{division, fen, unword},
    schema::{accounts, awards},
};

/// An award as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// Row id.
    pub id: AwardId,
    /// The person it is owed to.
    pub subject: SubjectId,
    /// Their row in the registry.
    pub resident: ResidentId,
    /// The decision that made it.
    pub decision: DecisionId,
    /// The budget account that pays.
    pub account: AccountId,
    /// The programme.
    pub programme: String,
    /// Calendar year of the days it pays for.
    pub benefit_year: i32,
    /// How much.
    pub amount: Fen,
    /// Proposed, confirmed or cancelled.
    pub standing: Standing,
    /// Awaiting funds, earmarked, posted or released.
    pub funding: Funding,
    /// Place in the account's queue.
    pub waiting_no: Option<i64>,
    /// The award it took the place of.
    pub replaces: Option<AwardId>,
    /// When it was made.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = awards, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    subject_id: Uuid,
    resident_id: Uuid,
    decision_id: Uuid,
    account_id: Uuid,
    programme: String,
    benefit_year: i32,
    amount_fen: i64,
    standing: String,
    funding: String,
    waiting_no: Option<i64>,
    replaces_award_id: Option<Uuid>,
    recorded_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
}

impl Row {
    fn of(award: &Award) -> Self {
        Self {
            id: award.id.get(),
            subject_id: award.subject.get(),
            resident_id: award.resident.get(),
            decision_id: award.decision.get(),
            account_id: award.account.get(),
            programme: award.programme.clone(),
            benefit_year: award.benefit_year,
            amount_fen: award.amount.get(),
            standing: award.standing.as_str().to_owned(),
            funding: award.funding.as_str().to_owned(),
            waiting_no: award.waiting_no,
            replaces_award_id: award.replaces.map(AwardId::get),
            recorded_at: award.recorded_at,
            changed_at: award.recorded_at,
        }
    }

    fn award(self) -> Result<Award, StoreError> {
        Ok(Award {
            id: AwardId::new(self.id),
            subject: SubjectId::new(self.subject_id),
            resident: ResidentId::new(self.resident_id),
            decision: DecisionId::new(self.decision_id),
            account: AccountId::new(self.account_id),
            programme: self.programme,
            benefit_year: self.benefit_year,
            amount: fen(self.amount_fen),
            standing: unword(&self.standing, "standing")?,
            funding: unword(&self.funding, "funding")?,
            waiting_no: self.waiting_no,
            replaces: self.replaces_award_id.map(AwardId::new),
            recorded_at: self.recorded_at,
        })
    }
}

impl Award {
    /// What settling a difference needs to know of it.
    #[must_use]
    pub const fn open(&self) -> OpenAward {
        OpenAward {
            id: self.id,
            amount: self.amount,
            funding: self.funding,
        }
    }
}

/// Records new awards.
///
/// # Errors
/// What the database says.
pub async fn insert_all(tx: &mut Tx, new: &[Award]) -> Result<(), StoreError> {
    let rows: Vec<Row> = new.iter().map(Row::of).collect();
    let into = diesel::insert_into(awards::table);
    match rows.as_slice() {
        [] => {}
        // One row is a statement that PostgreSQL knows already.
        [row] => {
            into.values(row).execute(tx.conn()).await?;
        }
        rows => {
            into.values(rows).execute(tx.conn()).await?;
        }
    }
    Ok(())
}

/// The awards of some people and a programme that are not cancelled, oldest first, locked. Last in
/// the lock order of the house. The subjects are locked.
///
/// # Errors
/// What the database says.
pub async fn lock_open(
    tx: &mut Tx,
    subjects: &[SubjectId],
    programme: &str,
) -> Result<Vec<Award>, StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let rows: Vec<Row> = awards::table
        .select(Row::as_select())
        .filter(awards::subject_id.eq_any(ids))
        .filter(awards::programme.eq(programme))
        .filter(awards::standing.ne(Standing::Cancelled.as_str()))
        .order(awards::id)
        .for_no_key_update()
        .load(tx.conn())
        .await?;
    rows.into_iter().map(Row::award).collect()
}

/// The purses that the open awards of some people and a programme draw on. The subjects are locked, so
/// the answer holds until the transaction ends.
///
/// # Errors
/// What the database says.
pub async fn purses_of_open(
    tx: &mut Tx,
    subjects: &[SubjectId],
    programme: &str,
) -> Result<Vec<Purse>, StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let rows: Vec<(String, String, i32, String)> = awards::table
        .inner_join(accounts::table.on(accounts::id.eq(awards::account_id)))
        .select((
            accounts::fund,
            accounts::programme,
            accounts::year,
            accounts::county,
        ))
        .filter(awards::subject_id.eq_any(ids))
        .filter(awards::programme.eq(programme))
        .filter(awards::standing.ne(Standing::Cancelled.as_str()))
        .distinct()
        .load(tx.conn())
        .await?;
    let purse = |(fund, programme, year, county): (String, String, i32, String)| {
        Ok(Purse {
            fund,
            programme,
            year,
            county: division(&county)?,
        })
    };
    rows.into_iter().map(purse).collect()
}

/// The queue of an account, in order. The account is locked.
///
/// # Errors
/// What the database says.
pub async fn waiting(
    tx: &mut Tx,
    account: AccountId,
    limit: i64,
) -> Result<Vec<(AwardId, Fen)>, StoreError> {
    let rows: Vec<(Uuid, i64)> = awards::table
        .select((awards::id, awards::amount_fen))
        .filter(awards::account_id.eq(account.get()))
        .filter(awards::funding.eq(Funding::AwaitingFunds.as_str()))
        .order(awards::waiting_no)
        .limit(limit)
        .load(tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, amount)| (AwardId::new(id), fen(amount)))
        .collect())
}

/// How many awards wait on each of some accounts, and for how much.
///
/// # Errors
/// What the database says.
pub async fn waiting_totals(
    tx: &mut Tx,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, i64, Fen)>, StoreError> {
    use diesel::dsl::{count_star, sql};
    let ids: Vec<Uuid> = accounts.iter().map(|id| id.get()).collect();
    let rows: Vec<(Uuid, i64, i64)> = awards::table
        .group_by(awards::account_id)
        .select((
            awards::account_id,
            count_star(),
            sql::<diesel::sql_types::BigInt>("coalesce(sum(amount_fen), 0)::bigint"),
        ))
        .filter(awards::account_id.eq_any(ids))
        .filter(awards::funding.eq(Funding::AwaitingFunds.as_str()))
        .load(tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, n, sum)| (AccountId::new(id), n, fen(sum)))
        .collect())
}

/// The awards of a queue have their money now.
///
/// # Errors
/// What the database says.
pub async fn mark_earmarked(
    tx: &mut Tx,
    served: &[AwardId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = served.iter().map(|id| id.get()).collect();
    diesel::update(awards::table.filter(awards::id.eq_any(ids)))
        .filter(awards::funding.eq(Funding::AwaitingFunds.as_str()))
        .set((
            awards::funding.eq(Funding::Earmarked.as_str()),
            awards::changed_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The awards are cancelled and hold no money.
///
/// # Errors
/// What the database says.
pub async fn cancel_all(
    tx: &mut Tx,
    awards: &[AwardId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if awards.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = awards.iter().map(|id| id.get()).collect();
    diesel::update(awards::table.filter(awards::id.eq_any(ids)))
        .set((
            awards::standing.eq(Standing::Cancelled.as_str()),
            awards::funding.eq(Funding::Released.as_str()),
            awards::changed_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What was granted to a person by a programme for a calendar year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The person.
    pub subject: SubjectId,
    /// The programme.
    pub programme: String,
    /// Calendar year of the days.
    pub benefit_year: i32,
    /// The awards that are not cancelled, less what is owed back.
    pub granted: Fen,
    /// Of the awards, what is earmarked or paid.
    pub funded: Fen,
    /// How many awards there are.
    pub times: i64,
}

#[derive(diesel::QueryableByName)]
struct ReceivedRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    subject_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Text)]
    programme: String,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    benefit_year: i32,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    granted_fen: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    funded_fen: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    times: i64,
}

/// What some people received, by person, programme and year.
///
/// # Errors
/// What the database says.
pub async fn received(tx: &mut Tx, subjects: &[SubjectId]) -> Result<Vec<Received>, StoreError> {
    received_by(tx, subjects, None).await
}

/// What some people had received at an instant, as far as is told by when awards were made; now, if
/// none is given.
pub(crate) async fn received_by(
    tx: &mut Tx,
    subjects: &[SubjectId],
    as_of: Option<DateTime<Utc>>,
) -> Result<Vec<Received>, StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let rows: Vec<ReceivedRow> = diesel::sql_query(
        "SELECT subject_id, programme, benefit_year, sum(granted_fen)::bigint AS granted_fen, \
            sum(funded_fen)::bigint AS funded_fen, sum(times)::bigint AS times FROM ( \
            SELECT subject_id, programme, benefit_year, amount_fen AS granted_fen, \
                CASE WHEN funding IN ('earmarked', 'posted') THEN amount_fen ELSE 0 END \
                AS funded_fen, 1 AS times \
            FROM awards WHERE subject_id = ANY($1) AND standing <> 'cancelled' \
                AND ($2 IS NULL OR recorded_at <= $2) \
            UNION ALL \
            SELECT subject_id, programme, benefit_year, -amount_fen, 0, 0 \
            FROM recoveries WHERE subject_id = ANY($1) AND state <> 'cancelled' \
                AND ($2 IS NULL OR recorded_at <= $2) \
         ) moved GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )
    .bind::<diesel::sql_types::Array<diesel::sql_types::Uuid>, _>(ids)
    .bind::<diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>, _>(as_of)
    .load(tx.conn())
    .await?;
    let received = rows.into_iter().map(|row| Received {
        subject: SubjectId::new(row.subject_id),
        programme: row.programme,
        benefit_year: row.benefit_year,
        granted: fen(row.granted_fen),
        funded: fen(row.funded_fen),
        times: row.times,
    });
    Ok(received.collect())
}
