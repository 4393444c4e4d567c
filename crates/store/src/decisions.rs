//! `decisions` and `decision_years`: every decision ever made, with its facts and its trace.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension, QueryDsl,
    Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sizhu_core::{ClaimId, Day, DecisionId, Fen, Outcome, SubjectId, Trace, YearShare, pack};
use uuid::Uuid;

use crate::{
    Place, StoreError, Tx, Vault,
    rows::{
        canonical, count, day, fen, greatest, policy_place, policy_place_column, uncount, unword,
    },
    schema::{decision_years, decisions},
};

/// What a decision is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// A hospital's claim.
    Claim(ClaimId),
}

/// A decision as it is kept.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Row id.
    pub id: DecisionId,
    /// What is decided on.
    pub matter: Matter,
    /// The person entitled or not.
    pub subject: SubjectId,
    /// Counts up from 1 per matter.
    pub number: i32,
    /// The decision this one restates, with other reasons but the same result.
    pub restates: Option<DecisionId>,
    /// The programme.
    pub programme: String,
    /// The news that led to it.
    pub cause: String,
    /// Granted, refused or undetermined.
    pub outcome: Outcome,
    /// The entitlement.
    pub amount: Fen,
    /// Entitlement less that of the decision before.
    pub difference: Fen,
    /// Days paid for.
    pub payable_days: u32,
    /// Days and money by calendar year of the days.
    pub by_year: Vec<YearShare>,
    /// Day of the decision.
    pub decided_on: Day,
    /// SHA-256 of the policy pack, in hex.
    pub policy_hash: String,
    /// The nearest place whose text it rests on.
    pub policy_division: pack::Place,
    /// Dated version of the pack.
    pub policy_version: String,
    /// Version of the engine.
    pub engine_version: String,
    /// Facts snapshot: row ids, never identifiers.
    pub facts: Value,
    /// Clause by clause.
    pub trace: Trace,
    /// When it was made.
    pub recorded_at: DateTime<Utc>,
    /// When a later one took its place.
    pub superseded_at: Option<DateTime<Utc>>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = decisions, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    claim_id: Uuid,
    subject_id: Uuid,
    number: i32,
    restates_id: Option<Uuid>,
    programme: String,
    cause: String,
    outcome: String,
    amount_fen: i64,
    difference_fen: i64,
    payable_days: i32,
    decided_on: NaiveDate,
    policy_hash: String,
    policy_division: Option<String>,
    policy_version: String,
    engine_version: String,
    facts_sealed: Vec<u8>,
    trace_sealed: Vec<u8>,
    recorded_at: DateTime<Utc>,
    superseded_at: Option<DateTime<Utc>>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = decision_years, check_for_backend(diesel::pg::Pg))]
struct YearRow {
    decision_id: Uuid,
    year: i32,
    days: i32,
    amount_fen: i64,
}

const fn facts_place(row: Uuid) -> Place {
    Place {
        column: "decisions.facts_sealed",
        row,
    }
}
const fn trace_place(row: Uuid) -> Place {
    Place {
        column: "decisions.trace_sealed",
        row,
    }
}

impl Row {
    fn open(self, keys: &Vault, years: &[YearRow]) -> Result<Decision, StoreError> {
        let facts = keys.open(facts_place(self.id), &self.facts_sealed)?;
        let trace = keys.open(trace_place(self.id), &self.trace_sealed)?;
        let mut by_year = Vec::new();
        for year in years.iter().filter(|year| year.decision_id == self.id) {
            let (days, amount) = (count(year.days)?, fen(year.amount_fen));
            by_year.push(YearShare {
                year: year.year,
                days,
                amount,
            });
        }
        Ok(Decision {
            id: DecisionId::new(self.id),
            matter: Matter::Claim(ClaimId::new(self.claim_id)),
            subject: SubjectId::new(self.subject_id),
            number: self.number,
            restates: self.restates_id.map(DecisionId::new),
            programme: self.programme,
            cause: self.cause,
            outcome: unword(&self.outcome, "outcome")?,
            amount: fen(self.amount_fen),
            difference: fen(self.difference_fen),
            payable_days: count(self.payable_days)?,
            by_year,
            decided_on: day(self.decided_on),
            policy_hash: self.policy_hash,
            policy_division: policy_place(self.policy_division.as_deref())?,
            policy_version: self.policy_version,
            engine_version: self.engine_version,
            facts: serde_json::from_slice(&facts).or(Err(StoreError::Corrupt("facts")))?,
            trace: serde_json::from_slice(&trace).or(Err(StoreError::Corrupt("trace")))?,
            recorded_at: self.recorded_at,
            superseded_at: self.superseded_at,
        })
    }
}

/// Records a decision; the one in force before it on the same matter is history from then on.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, new: &Decision) -> Result<(), StoreError> {
    let Matter::Claim(claim) = new.matter;
    if new.number > 1 {
        diesel::update(decisions::table)
            .filter(decisions::claim_id.eq(claim.get()))
            .filter(decisions::superseded_at.is_null())
            .set(
                decisions::superseded_at
                    .eq(greatest(decisions::recorded_at, new.recorded_at).nullable()),
            )
            .execute(tx.conn())
            .await?;
    }
    let keys = tx.keys();
    let id = new.id.get();
    let row = Row {
        id,
        claim_id: claim.get(),
        subject_id: new.subject.get(),
        number: new.number,
        restates_id: new.restates.map(DecisionId::get),
        programme: new.programme.clone(),
        cause: new.cause.clone(),
        outcome: new.outcome.as_str().to_owned(),
        amount_fen: new.amount.get(),
        difference_fen: new.difference.get(),
        payable_days: uncount(new.payable_days)?,
        decided_on: new.decided_on.naive(),
        policy_hash: new.policy_hash.clone(),
        policy_division: policy_place_column(&new.policy_division),
        policy_version: new.policy_version.clone(),
        engine_version: new.engine_version.clone(),
        facts_sealed: keys.seal(facts_place(id), &canonical(&new.facts)?)?,
        trace_sealed: keys.seal(trace_place(id), &canonical(&new.trace)?)?,
        recorded_at: new.recorded_at,
        superseded_at: None,
    };
    diesel::insert_into(decisions::table)
        .values(&row)
        .execute(tx.conn())
        .await?;
    for share in &new.by_year {
        let year = YearRow {
            decision_id: id,
            year: share.year,
            days: uncount(share.days)?,
            amount_fen: share.amount.get(),
        };
        diesel::insert_into(decision_years::table)
            .values(&year)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

async fn complete(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Decision>, StoreError> {
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

/// The decisions in force on what concerns a person.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed column does not open.
pub async fn current_of_subject(
    tx: &mut Tx,
    subject: SubjectId,
) -> Result<Vec<Decision>, StoreError> {
    let rows: Vec<Row> = decisions::table
        .select(Row::as_select())
        .filter(decisions::subject_id.eq(subject.get()))
        .filter(decisions::superseded_at.is_null())
        .load(tx.conn())
        .await?;
    complete(tx, rows).await
}

/// All decisions ever made on what concerns a person, newest first, before `before`.
///
/// # Errors
/// As [`current_of_subject`].
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
/// As [`current_of_subject`].
pub async fn current(tx: &mut Tx, matter: Matter) -> Result<Option<Decision>, StoreError> {
    let Matter::Claim(claim) = matter;
    let rows: Vec<Row> = decisions::table
        .select(Row::as_select())
        .filter(decisions::claim_id.eq(claim.get()))
        .filter(decisions::superseded_at.is_null())
        .load(tx.conn())
        .await?;
    Ok(complete(tx, rows).await?.into_iter().next())
}

/// A decision by its row.
///
/// # Errors
/// As [`current_of_subject`].
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
