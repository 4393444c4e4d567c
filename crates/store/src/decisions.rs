//! `decisions` and `decision_years`: every decision ever made, with its facts and its trace.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    Insertable, Queryable, Selectable,
    sql_types::{Array, Date, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sizhu_core::loan::{Difference, Segment, SubsidyPeriod};
use sizhu_core::{
    ClaimId, Day, DecisionId, Fen, LoanId, Outcome, SubjectId, Trace, YearShare, pack,
};
use uuid::Uuid;

use crate::{
    Place, StoreError, Tx, Vault,
    prepared::Prepared,
    rows::{canonical, count, day, fen, policy_place, policy_place_column, uncount, unword},
    schema::{decision_years, decisions},
};

mod find;
mod forget;

pub use find::{
    any_of_other_engine, count_all, current, current_of_loans, current_of_subjects, find,
    last_number, matter_of, of_subject, page,
};

pub use forget::forget;

/// Decisions that are written by one statement: PostgreSQL takes 65,535 values in one.
const AT_ONCE: usize = 1_000;

/// What a decision is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// A hospital's claim.
    Claim(ClaimId),
    /// A bank's loan, for a subsidy period.
    Loan {
        /// The loan.
        loan: LoanId,
        /// The period.
        period: SubsidyPeriod,
    },
}

/// What else a decision on a loan says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanDetails {
    /// Last day of which payments count.
    pub as_of: Day,
    /// What is missing, where it is undetermined.
    pub missing: Vec<String>,
    /// The segments.
    pub segments: Vec<Segment>,
    /// Due days for which the bank asks another sum.
    pub differences: Vec<Difference>,
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
    /// Facts snapshot: row ids, never identifiers. Null once they were deleted in due time.
    pub facts: Value,
    /// When they were deleted.
    pub forgotten_at: Option<DateTime<Utc>>,
    /// Clause by clause.
    pub trace: Trace,
    /// Segment by segment, of a loan.
    pub details: Option<LoanDetails>,
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
    claim_id: Option<Uuid>,
    loan_id: Option<Uuid>,
    period_from: Option<NaiveDate>,
    period_until: Option<NaiveDate>,
    as_of: Option<NaiveDate>,
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
    facts_sealed: Option<Vec<u8>>,
    trace_sealed: Vec<u8>,
    result_sealed: Option<Vec<u8>>,
    recorded_at: DateTime<Utc>,
    superseded_at: Option<DateTime<Utc>>,
    forgotten_at: Option<DateTime<Utc>>,
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

const fn result_place(row: Uuid) -> Place {
    Place {
        column: "decisions.result_sealed",
        row,
    }
}

/// The columns that say what a decision is on: claim, or loan and period.
type On = (
    Option<Uuid>,
    Option<Uuid>,
    Option<NaiveDate>,
    Option<NaiveDate>,
);

fn matter(on: On) -> Result<Matter, StoreError> {
    match on {
        (Some(claim), None, None, None) => Ok(Matter::Claim(ClaimId::new(claim))),
        (None, Some(loan), Some(from), Some(until)) => Ok(Matter::Loan {
            loan: LoanId::new(loan),
            period: SubsidyPeriod {
                from: day(from),
                until: day(until),
            },
        }),
        _ => Err(StoreError::Corrupt("matter")),
    }
}

impl YearRow {
    fn of(decision: DecisionId, share: &YearShare) -> Result<Self, StoreError> {
        Ok(Self {
            decision_id: decision.get(),
            year: share.year,
            days: uncount(share.days)?,
            amount_fen: share.amount.get(),
        })
    }
}

impl Row {
    fn seal(keys: &Vault, new: &Decision) -> Result<Self, StoreError> {
        let (claim, loan) = match new.matter {
            Matter::Claim(claim) => (Some(claim.get()), None),
            Matter::Loan { loan, period } => (None, Some((loan.get(), period))),
        };
        let details = new.details.as_ref();
        let id = new.id.get();
        Ok(Self {
            id,
            claim_id: claim,
            loan_id: loan.map(|(id, _)| id),
            period_from: loan.map(|(_, period)| period.from.naive()),
            period_until: loan.map(|(_, period)| period.until.naive()),
            as_of: details.map(|it| it.as_of.naive()),
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
            facts_sealed: Some(keys.seal(facts_place(id), &canonical(&new.facts)?)?),
            trace_sealed: keys.seal(trace_place(id), &canonical(&new.trace)?)?,
            result_sealed: details
                .map(|it| Ok::<_, StoreError>(keys.seal(result_place(id), &canonical(it)?)?))
                .transpose()?,
            recorded_at: new.recorded_at,
            superseded_at: None,
            forgotten_at: None,
        })
    }

    fn open(self, keys: &Vault, years: &[YearRow]) -> Result<Decision, StoreError> {
        let facts = match &self.facts_sealed {
            Some(sealed) => serde_json::from_slice(&keys.open(facts_place(self.id), sealed)?)
                .or(Err(StoreError::Corrupt("facts")))?,
            None => Value::Null,
        };
        let trace = keys.open(trace_place(self.id), &self.trace_sealed)?;
        let matter = matter((
            self.claim_id,
            self.loan_id,
            self.period_from,
            self.period_until,
        ))?;
        let result = self.result_sealed.as_deref();
        let result = result.map(|sealed| keys.open(result_place(self.id), sealed));
        let details = result
            .transpose()?
            .map(|plain| serde_json::from_slice(&plain));
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
            matter,
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
            facts,
            forgotten_at: self.forgotten_at,
            trace: serde_json::from_slice(&trace).or(Err(StoreError::Corrupt("trace")))?,
            details: details.transpose().or(Err(StoreError::Corrupt("result")))?,
            recorded_at: self.recorded_at,
            superseded_at: self.superseded_at,
        })
    }
}

/// Records decisions on matters that are each another; the ones in force before them are history from
/// then on.
///
/// # Errors
/// What the database says.
pub async fn insert_all(tx: &mut Tx, new: &[&Decision]) -> Result<(), StoreError> {
    for some in new.chunks(AT_ONCE) {
        supersede(tx, some).await?;
        let keys = tx.keys();
        let rows = some.iter().map(|new| Row::seal(&keys, new));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let years = some.iter().flat_map(|new| {
            let year = |share| YearRow::of(new.id, share);
            new.by_year.iter().map(year)
        });
        let years = years.collect::<Result<Vec<_>, _>>()?;
        let into = diesel::insert_into(decisions::table);
        match rows.as_slice() {
            // One row is a statement that PostgreSQL knows already.
            [row] => into.values(row).execute(tx.conn()).await?,
            rows => into.values(rows).execute(tx.conn()).await?,
        };
        let into = diesel::insert_into(decision_years::table);
        match years.as_slice() {
            [] => 0,
            [row] => into.values(row).execute(tx.conn()).await?,
            rows => into.values(rows).execute(tx.conn()).await?,
        };
    }
    Ok(())
}

/// The decisions in force on some matters are history from the instants on at which others are made.
async fn supersede(tx: &mut Tx, by: &[&Decision]) -> Result<(), StoreError> {
    let (mut claims, mut loans, mut periods) = (Vec::new(), Vec::new(), Vec::new());
    let (mut claims_at, mut loans_at) = (Vec::new(), Vec::new());
    for new in by.iter().filter(|new| new.number > 1) {
        match new.matter {
            Matter::Claim(claim) => {
                claims.push(claim.get());
                claims_at.push(new.recorded_at);
            }
            Matter::Loan { loan, period } => {
                loans.push(loan.get());
                periods.push(period.from.naive());
                loans_at.push(new.recorded_at);
            }
        }
    }
    if !claims.is_empty() {
        let statement = diesel::sql_query(
            "UPDATE decisions d SET superseded_at = greatest(d.recorded_at, n.at) \
             FROM unnest($1::uuid[], $2::timestamptz[]) AS n (claim_id, at) \
             WHERE d.claim_id = n.claim_id AND d.superseded_at IS NULL",
        )
        .bind::<Array<SqlUuid>, _>(claims)
        .bind::<Array<Timestamptz>, _>(claims_at);
        Prepared(statement).execute(tx.conn()).await?;
    }
    if !loans.is_empty() {
        let statement = diesel::sql_query(
            "UPDATE decisions d SET superseded_at = greatest(d.recorded_at, n.at) \
             FROM unnest($1::uuid[], $2::date[], $3::timestamptz[]) AS n (loan_id, period_from, at) \
             WHERE d.loan_id = n.loan_id AND d.period_from = n.period_from \
                AND d.superseded_at IS NULL",
        )
        .bind::<Array<SqlUuid>, _>(loans)
        .bind::<Array<Date>, _>(periods)
        .bind::<Array<Timestamptz>, _>(loans_at);
        Prepared(statement).execute(tx.conn()).await?;
    }
    Ok(())
}
