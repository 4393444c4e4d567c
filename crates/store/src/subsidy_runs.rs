//! `subsidy_runs`: all loans of a county and subsidy period, decided together by a job; and what
//! came of them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable,
    QueryableByName, Selectable, SelectableHelper, TextExpressionMethods,
    sql_types::{BigInt, Date, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use sizhu_core::loan::SubsidyPeriod;
use sizhu_core::{AwardId, Day, DivisionCode, JobId, SubsidyRunId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    rows::{day, division},
    schema::{jobs, subsidy_runs},
};

/// A run as it is kept.
#[derive(Clone, Debug)]
pub struct SubsidyRun {
    /// Row id.
    pub id: SubsidyRunId,
    /// The county.
    pub county: DivisionCode,
    /// The programme.
    pub programme: String,
    /// The subsidy period.
    pub period: SubsidyPeriod,
    /// Last day of which payments count.
    pub as_of: Day,
    /// The job that does it.
    pub job: JobId,
    /// Client that asked for it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = subsidy_runs, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    county: String,
    programme: String,
    period_from: NaiveDate,
    period_until: NaiveDate,
    as_of: NaiveDate,
    job_id: Uuid,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

impl Row {
    fn run(self) -> Result<SubsidyRun, StoreError> {
        Ok(SubsidyRun {
            id: SubsidyRunId::new(self.id),
            county: division(&self.county)?,
            programme: self.programme,
            period: SubsidyPeriod {
                from: day(self.period_from),
                until: day(self.period_until),
            },
            as_of: day(self.as_of),
            job: JobId::new(self.job_id),
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
        })
    }
}

/// Records a run, whose job is in the queue.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, run: &SubsidyRun) -> Result<(), StoreError> {
    let row = Row {
        id: run.id.get(),
        county: run.county.as_str().to_owned(),
        programme: run.programme.clone(),
        period_from: run.period.from.naive(),
        period_until: run.period.until.naive(),
        as_of: run.as_of.naive(),
        job_id: run.job.get(),
        recorded_by: run.recorded_by.clone(),
        recorded_at: run.recorded_at,
    };
    diesel::insert_into(subsidy_runs::table)
        .values(&row)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A run by its row.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx, id: SubsidyRunId) -> Result<Option<SubsidyRun>, StoreError> {
    let row: Option<Row> = subsidy_runs::table
        .select(Row::as_select())
        .find(id.get())
        .first(tx.conn())
        .await
        .optional()?;
    row.map(Row::run).transpose()
}

/// The run that a job does.
///
/// # Errors
/// What the database says.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Option<SubsidyRun>, StoreError> {
    let row: Option<Row> = subsidy_runs::table
        .select(Row::as_select())
        .filter(subsidy_runs::job_id.eq(job.get()))
        .first(tx.conn())
        .await
        .optional()?;
    row.map(Row::run).transpose()
}

/// Which runs.
#[derive(Clone, Debug)]
pub struct Filter {
    /// In counties of this division.
    pub within: DivisionCode,
    /// Of this programme.
    pub programme: Option<String>,
    /// Before this one in the list.
    pub before: Option<SubsidyRunId>,
}

/// Runs, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<SubsidyRun>, StoreError> {
    let mut query = subsidy_runs::table
        .select(Row::as_select())
        .filter(subsidy_runs::county.like(format!("{}%", filter.within)))
        .order(subsidy_runs::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(programme) = &filter.programme {
        query = query.filter(subsidy_runs::programme.eq(programme));
    }
    if let Some(before) = filter.before {
        query = query.filter(subsidy_runs::id.lt(before.get()));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.into_iter().map(Row::run).collect()
}

/// The periods of a programme that were run to the end in a county, each once.
///
/// # Errors
/// What the database says.
pub async fn periods_done(
    tx: &mut Tx,
    county: &DivisionCode,
    programme: &str,
) -> Result<Vec<SubsidyPeriod>, StoreError> {
    let rows: Vec<(NaiveDate, NaiveDate)> = subsidy_runs::table
        .inner_join(jobs::table.on(jobs::id.eq(subsidy_runs::job_id)))
        .select((subsidy_runs::period_from, subsidy_runs::period_until))
        .filter(subsidy_runs::county.eq(county.as_str()))
        .filter(subsidy_runs::programme.eq(programme))
        .filter(jobs::state.eq("done"))
        .distinct()
        .order(subsidy_runs::period_from)
        .load(tx.conn())
        .await?;
    let period = |(from, until)| SubsidyPeriod {
        from: day(from),
        until: day(until),
    };
    Ok(rows.into_iter().map(period).collect())
}

/// An award that came of a run, or of news after it, with the place of the person it is for.
#[derive(Clone, Debug, QueryableByName)]
pub struct RunAward {
    /// The award.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The decision that made it.
    #[diesel(sql_type = SqlUuid)]
    pub decision_id: Uuid,
    /// The person's row in the registry.
    #[diesel(sql_type = SqlUuid)]
    pub resident_id: Uuid,
    /// Registered residence.
    #[diesel(sql_type = Text)]
    pub division: String,
    /// Calendar year of the days.
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub benefit_year: i32,
    /// How much, in fen.
    #[diesel(sql_type = BigInt)]
    pub amount_fen: i64,
    /// Proposed or confirmed.
    #[diesel(sql_type = Text)]
    pub standing: String,
    /// Awaiting funds, earmarked or posted.
    #[diesel(sql_type = Text)]
    pub funding: String,
    /// Place in the account's queue.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub waiting_no: Option<i64>,
}

/// The awards of a run's county and period that are not cancelled, in the order of their ids, after
/// one.
///
/// # Errors
/// What the database says.
pub async fn awards(
    tx: &mut Tx,
    run: &SubsidyRun,
    after: Option<AwardId>,
    limit: i64,
) -> Result<Vec<RunAward>, StoreError> {
    let rows = diesel::sql_query(
        "SELECT w.id, w.decision_id, w.resident_id, v.division, w.benefit_year, w.amount_fen, \
            w.standing, w.funding, w.waiting_no \
         FROM awards w JOIN accounts a ON a.id = w.account_id \
         JOIN decisions d ON d.id = w.decision_id \
         JOIN resident_versions v ON v.resident_id = w.resident_id \
            AND v.superseded_at IS NULL AND v.valid_until IS NULL \
         WHERE w.programme = $1 AND a.county = $2 AND w.standing <> 'cancelled' \
            AND d.loan_id IS NOT NULL AND d.period_from = $3 AND d.period_until = $4 \
            AND ($5 IS NULL OR w.id > $5) \
         ORDER BY w.id LIMIT $6",
    )
    .bind::<Text, _>(&run.programme)
    .bind::<Text, _>(run.county.as_str())
    .bind::<Date, _>(run.period.from.naive())
    .bind::<Date, _>(run.period.until.naive())
    .bind::<Nullable<SqlUuid>, _>(after.map(AwardId::get))
    .bind::<BigInt, _>(limit)
    .load(tx.conn())
    .await?;
    Ok(rows)
}
