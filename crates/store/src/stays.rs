//! `stays`: which stays of a person count. The constraint refuses overlaps; nothing is read first.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, Day, SubjectId};
use uuid::Uuid;

use crate::{PersonIndex, StoreError, Tx, schema::stays};

/// A stay as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The claim whose stay it is.
    pub claim: ClaimId,
    /// The patient.
    pub subject: SubjectId,
    /// Day of admission.
    pub admitted_on: Day,
    /// Day of discharge.
    pub discharged_on: Day,
    /// Counted, or held.
    pub counted: bool,
    /// A one-day stay on the first day of a longer counted one.
    pub yields_day: bool,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = stays, check_for_backend(diesel::pg::Pg))]
struct Row {
    claim_id: Uuid,
    subject_id: Uuid,
    admitted_on: NaiveDate,
    discharged_on: NaiveDate,
    counted: bool,
    yields_day: bool,
}

impl Row {
    const fn stay(&self) -> Stay {
        Stay {
            claim: ClaimId::new(self.claim_id),
            subject: SubjectId::new(self.subject_id),
            admitted_on: Day::new(self.admitted_on),
            discharged_on: Day::new(self.discharged_on),
            counted: self.counted,
            yields_day: self.yields_day,
        }
    }
}

/// Records a stay as it is given. Answers false, and records nothing, when an EXCLUDE constraint
/// refuses it. (`ON CONFLICT DO NOTHING`, for plain inserts that exclude each other deadlock.)
///
/// # Errors
/// What the database says.
pub async fn try_insert(
    tx: &mut Tx,
    stay: &Stay,
    index: PersonIndex,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = Row {
        claim_id: stay.claim.get(),
        subject_id: stay.subject.get(),
        admitted_on: stay.admitted_on.naive(),
        discharged_on: stay.discharged_on.naive(),
        counted: stay.counted,
        yields_day: stay.yields_day,
    };
    let inserted = diesel::insert_into(stays::table)
        .values((
            row,
            stays::person_index.eq(index.as_bytes().as_slice()),
            stays::recorded_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(inserted == 1)
}

/// Lets a counted one-day stay yield its day to a longer stay that begins on it.
///
/// # Errors
/// A violated constraint when another stay yields that day already; [`StoreError::Corrupt`] when
/// there is no such counted stay.
pub async fn yield_day(tx: &mut Tx, claim: ClaimId) -> Result<(), StoreError> {
    let yielded = diesel::update(stays::table.find(claim.get()))
        .filter(stays::counted.eq(true))
        .set(stays::yields_day.eq(true))
        .execute(tx.conn())
        .await?;
    if yielded == 1 {
        Ok(())
    } else {
        Err(StoreError::Corrupt("stay"))
    }
}

/// The stays of a person, counted and held, oldest admission first.
///
/// # Errors
/// What the database says.
pub async fn of_subject(tx: &mut Tx, subject: SubjectId) -> Result<Vec<Stay>, StoreError> {
    let rows: Vec<Row> = stays::table
        .select(Row::as_select())
        .filter(stays::subject_id.eq(subject.get()))
        .order((stays::admitted_on, stays::claim_id))
        .load(tx.conn())
        .await?;
    Ok(rows.iter().map(Row::stay).collect())
}

/// The stay of a claim.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx, claim: ClaimId) -> Result<Option<Stay>, StoreError> {
    let row: Option<Row> = stays::table
        .select(Row::as_select())
        .find(claim.get())
        .first(tx.conn())
        .await
        .optional()?;
    Ok(row.as_ref().map(Row::stay))
}

/// The person with stays who comes next after another, in order of their rows; the first, if none is
/// given.
///
/// # Errors
/// What the database says.
pub async fn next_subject(
    tx: &mut Tx,
    after: Option<SubjectId>,
) -> Result<Option<SubjectId>, StoreError> {
    let after = after.map_or(Uuid::nil(), SubjectId::get);
    let id: Option<Uuid> = stays::table
        .select(stays::subject_id)
        .filter(stays::subject_id.gt(after))
        .order(stays::subject_id)
        .first(tx.conn())
        .await
        .optional()?;
    Ok(id.map(SubjectId::new))
}

/// How many people have stays.
///
/// # Errors
/// What the database says.
pub async fn count_subjects(tx: &mut Tx) -> Result<i64, StoreError> {
    use diesel::AggregateExpressionMethods as _;
    use diesel::dsl::count;
    let people = stays::table
        .select(count(stays::subject_id).aggregate_distinct())
        .first(tx.conn())
        .await?;
    Ok(people)
}
