//! `stays`: which stays of a person count. The constraint refuses overlaps; nothing is read first.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, Day, PlacedStay, StayStanding, SubjectId};
use uuid::Uuid;

use crate::{PersonIndex, StoreError, Tx, prepared::Prepared, rows::unword, schema::stays};

mod resolutions;

pub use resolutions::{
    NewResolution, ResolutionRow, find as find_resolution, insert as insert_resolution,
};

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
    /// How it stands.
    pub standing: StayStanding,
    /// A one-day stay on the first day of a longer counted one.
    pub yields_day: bool,
    /// The resolution that settled it: its own, or that of a stay that counts in its place.
    pub resolution: Option<Uuid>,
    /// Counts up with everything an officer who settles it should have seen.
    pub version: i64,
}

impl Stay {
    /// Whether it counts.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.standing == StayStanding::Counted
    }

    /// Whether it counts with a day of its own: it does not yield its one day.
    #[must_use]
    pub fn takes_days(&self) -> bool {
        self.counts() && !self.yields_day
    }

    /// Its days, to compare with those of others.
    #[must_use]
    pub const fn placed(&self) -> PlacedStay {
        PlacedStay {
            claim: self.claim,
            admitted_on: self.admitted_on,
            discharged_on: self.discharged_on,
            yields_day: self.yields_day,
        }
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = stays, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    claim_id: Uuid,
    subject_id: Uuid,
    admitted_on: NaiveDate,
    discharged_on: NaiveDate,
    counted: bool,
    standing: String,
    yields_day: bool,
    resolution_id: Option<Uuid>,
    version: i64,
}

impl Row {
    fn of(stay: &Stay) -> Self {
        Self {
            claim_id: stay.claim.get(),
            subject_id: stay.subject.get(),
            admitted_on: stay.admitted_on.naive(),
            discharged_on: stay.discharged_on.naive(),
            counted: stay.counts(),
            standing: stay.standing.as_str().to_owned(),
            yields_day: stay.yields_day,
            resolution_id: stay.resolution,
            version: stay.version,
        }
    }

    fn stay(&self) -> Result<Stay, StoreError> {
        Ok(Stay {
            claim: ClaimId::new(self.claim_id),
            subject: SubjectId::new(self.subject_id),
            admitted_on: Day::new(self.admitted_on),
            discharged_on: Day::new(self.discharged_on),
            standing: unword(&self.standing, "standing")?,
            yields_day: self.yields_day,
            resolution: self.resolution_id,
            version: self.version,
        })
    }
}

/// Records stays as they are given, with the blind indices of their people. Answers those it recorded:
/// not those that an EXCLUDE constraint refuses. (`ON CONFLICT DO NOTHING`, for plain inserts that
/// exclude each other deadlock.)
///
/// # Errors
/// What the database says.
pub async fn try_insert_all(
    tx: &mut Tx,
    new: &[(Stay, PersonIndex)],
    now: DateTime<Utc>,
) -> Result<Vec<ClaimId>, StoreError> {
    let row = |(stay, index): &(Stay, PersonIndex)| {
        (
            Row::of(stay),
            stays::person_index.eq(index.as_bytes().to_vec()),
            stays::recorded_at.eq(now),
        )
    };
    let into = diesel::insert_into(stays::table);
    let inserted: Vec<Uuid> = match new {
        [] => return Ok(Vec::new()),
        // One row is a statement that PostgreSQL knows already.
        [one] => {
            let insert = into.values(row(one)).on_conflict_do_nothing();
            insert
                .returning(stays::claim_id)
                .get_results(tx.conn())
                .await?
        }
        new => {
            let rows: Vec<_> = new.iter().map(row).collect();
            let insert = into.values(rows).on_conflict_do_nothing();
            insert
                .returning(stays::claim_id)
                .get_results(tx.conn())
                .await?
        }
    };
    Ok(inserted.into_iter().map(ClaimId::new).collect())
}

/// Lets a counted one-day stay yield its day to a longer stay that begins on it, or have it back.
///
/// # Errors
/// A violated constraint when another stay has that day; [`StoreError::Corrupt`] when there is no
/// such counted stay.
pub async fn set_yields_day(tx: &mut Tx, claim: ClaimId, yields: bool) -> Result<(), StoreError> {
    let changed = diesel::update(stays::table.find(claim.get()))
        .filter(stays::counted.eq(true))
        .set((
            stays::yields_day.eq(yields),
            stays::version.eq(stays::version + 1),
        ))
        .execute(tx.conn())
        .await?;
    one(changed)
}

/// How a stay is settled.
#[derive(Clone, Copy, Debug)]
pub struct Settled {
    /// The resolution that does it.
    pub resolution: Uuid,
    /// How it stood.
    pub from: StayStanding,
    /// How it stands from now on.
    pub to: StayStanding,
    /// Whether it counts without a day of its own.
    pub yields_day: bool,
}

/// Settles a stay, if it stands as it is thought to.
///
/// # Errors
/// A violated constraint when it would overlap another that counts; [`StoreError::Corrupt`] when it
/// stands otherwise.
pub async fn settle(tx: &mut Tx, claim: ClaimId, settled: Settled) -> Result<(), StoreError> {
    let changed = diesel::update(stays::table.find(claim.get()))
        .filter(stays::standing.eq(settled.from.as_str()))
        .set((
            stays::standing.eq(settled.to.as_str()),
            stays::counted.eq(settled.to == StayStanding::Counted),
            stays::yields_day.eq(settled.yields_day),
            stays::resolution_id.eq(settled.resolution),
            stays::version.eq(stays::version + 1),
        ))
        .execute(tx.conn())
        .await?;
    one(changed)
}

/// Counts up the versions of the held stays of some people: what an officer read of them is no longer
/// all there is.
///
/// # Errors
/// What the database says.
pub async fn news_of_held(tx: &mut Tx, subjects: &[SubjectId]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let update = diesel::update(stays::table)
        .filter(stays::subject_id.eq_any(ids))
        .filter(stays::standing.eq(StayStanding::Held.as_str()))
        .set(stays::version.eq(stays::version + 1));
    Prepared(update).execute(tx.conn()).await?;
    Ok(())
}

/// Moves the stay of a claim to the person and days of the version in force. It counts for nothing
/// until it is placed again; how it was settled is history.
///
/// # Errors
/// What the database says.
pub async fn take_out(tx: &mut Tx, stay: &Stay, index: PersonIndex) -> Result<(), StoreError> {
    diesel::update(stays::table.find(stay.claim.get()))
        .set((
            stays::subject_id.eq(stay.subject.get()),
            stays::person_index.eq(index.as_bytes().as_slice()),
            stays::admitted_on.eq(stay.admitted_on.naive()),
            stays::discharged_on.eq(stay.discharged_on.naive()),
            stays::standing.eq(stay.standing.as_str()),
            stays::counted.eq(stay.counts()),
            stays::yields_day.eq(stay.yields_day),
            stays::resolution_id.eq(stay.resolution),
            stays::version.eq(stays::version + 1),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Lets a stay stand as it is given, on the person and days that it has.
///
/// # Errors
/// A violated constraint when it counts and overlaps another that does.
pub async fn set(tx: &mut Tx, stay: &Stay) -> Result<(), StoreError> {
    diesel::update(stays::table.find(stay.claim.get()))
        .set((
            stays::standing.eq(stay.standing.as_str()),
            stays::counted.eq(stay.counts()),
            stays::yields_day.eq(stay.yields_day),
            stays::resolution_id.eq(stay.resolution),
            stays::version.eq(stays::version + 1),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

const fn one(changed: usize) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Corrupt("stay"))
    }
}

/// The stays of a person, however they stand, oldest admission first.
///
/// # Errors
/// What the database says.
pub async fn of_subject(tx: &mut Tx, subject: SubjectId) -> Result<Vec<Stay>, StoreError> {
    of_subjects(tx, &[subject]).await
}

/// The stays of some people, as [`of_subject`] has those of one.
///
/// # Errors
/// What the database says.
pub async fn of_subjects(tx: &mut Tx, subjects: &[SubjectId]) -> Result<Vec<Stay>, StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let rows: Vec<Row> = stays::table
        .select(Row::as_select())
        .filter(stays::subject_id.eq_any(ids))
        .order((stays::admitted_on, stays::claim_id))
        .load(tx.conn())
        .await?;
    rows.iter().map(Row::stay).collect()
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
    row.as_ref().map(Row::stay).transpose()
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
