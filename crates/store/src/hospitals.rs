//! `hospitals` and `hospital_versions`: who may post claims, and what they were when.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, TextExpressionMethods,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{Day, DivisionCode, HospitalClass, HospitalId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    rows::{day, division, unword},
    schema::{hospital_versions, hospitals},
};

/// A hospital as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hospital {
    /// Row id.
    pub id: HospitalId,
    /// National code of the medical institution.
    pub national_code: String,
    /// Registered name.
    pub name: String,
    /// Level, grade within it, ownership.
    pub class: HospitalClass,
    /// County-level division where it stands.
    pub county: DivisionCode,
    /// First day on which name, class and place are as given.
    pub valid_from: Day,
}

type Row = (
    Uuid,
    String,
    String,
    String,
    String,
    String,
    String,
    NaiveDate,
);

fn hospital(row: &Row) -> Result<Hospital, StoreError> {
    let (id, national_code, name, level, grade, ownership, county, valid_from) = row;
    Ok(Hospital {
        id: HospitalId::new(*id),
        national_code: national_code.clone(),
        name: name.clone(),
        class: class(level, grade, ownership)?,
        county: division(county)?,
        valid_from: day(*valid_from),
    })
}

fn class(level: &str, grade: &str, ownership: &str) -> Result<HospitalClass, StoreError> {
    Ok(HospitalClass {
        level: unword(level, "hospital level")?,
        grade: unword(grade, "hospital grade")?,
        ownership: unword(ownership, "ownership")?,
    })
}

/// Records a new hospital.
///
/// # Errors
/// [`crate::Constraint::HospitalCode`] when its national code is known.
pub async fn insert(tx: &mut Tx, new: &Hospital, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::insert_into(hospitals::table)
        .values((
            hospitals::id.eq(new.id.get()),
            hospitals::national_code.eq(&new.national_code),
            hospitals::recorded_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    diesel::insert_into(hospital_versions::table)
        .values((
            hospital_versions::id.eq(Uuid::now_v7()),
            hospital_versions::hospital_id.eq(new.id.get()),
            hospital_versions::name.eq(&new.name),
            hospital_versions::level.eq(new.class.level.as_str()),
            hospital_versions::grade.eq(new.class.grade.as_str()),
            hospital_versions::ownership.eq(new.class.ownership.as_str()),
            hospital_versions::county.eq(new.county.as_str()),
            hospital_versions::valid_from.eq(new.valid_from.naive()),
            hospital_versions::recorded_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn current() -> _ {
    hospitals::table
        .inner_join(
            hospital_versions::table.on(hospital_versions::hospital_id
                .eq(hospitals::id)
                .and(hospital_versions::superseded_at.is_null())
                .and(hospital_versions::valid_until.is_null())),
        )
        .select((
            hospitals::id,
            hospitals::national_code,
            hospital_versions::name,
            hospital_versions::level,
            hospital_versions::grade,
            hospital_versions::ownership,
            hospital_versions::county,
            hospital_versions::valid_from,
        ))
}

/// A hospital as it is now.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx, id: HospitalId) -> Result<Option<Hospital>, StoreError> {
    let row: Option<Row> = current()
        .filter(hospitals::id.eq(id.get()))
        .first(tx.conn())
        .await
        .optional()?;
    row.as_ref().map(hospital).transpose()
}

/// Hospitals by national code, after `after`; within `county` when given.
///
/// # Errors
/// What the database says.
pub async fn list(
    tx: &mut Tx,
    within: Option<&DivisionCode>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Hospital>, StoreError> {
    let mut query = current()
        .order(hospitals::national_code)
        .limit(limit)
        .into_boxed();
    if let Some(within) = within {
        query = query.filter(hospital_versions::county.like(format!("{within}%")));
    }
    if let Some(after) = after {
        query = query.filter(hospitals::national_code.gt(after.to_owned()));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.iter().map(hospital).collect()
}

/// The hospital's class on a day, as held true now. Before the first day recorded, the class of
/// that first day: an installation does not know what a hospital was before it came to know it.
///
/// # Errors
/// [`StoreError::Corrupt`] when the hospital has no version at all.
pub async fn class_on(tx: &mut Tx, id: HospitalId, on: Day) -> Result<HospitalClass, StoreError> {
    let columns = (
        hospital_versions::level,
        hospital_versions::grade,
        hospital_versions::ownership,
    );
    let known = hospital_versions::table
        .filter(hospital_versions::hospital_id.eq(id.get()))
        .filter(hospital_versions::superseded_at.is_null());
    let on_day: Option<(String, String, String)> = known
        .filter(hospital_versions::valid_from.le(on.naive()))
        .filter(
            hospital_versions::valid_until
                .is_null()
                .or(hospital_versions::valid_until
                    .assume_not_null()
                    .gt(on.naive())),
        )
        .select(columns)
        .first(tx.conn())
        .await
        .optional()?;
    let row = match on_day {
        Some(row) => Some(row),
        None => known
            .order(hospital_versions::valid_from)
            .select(columns)
            .first(tx.conn())
            .await
            .optional()?,
    };
    let (level, grade, ownership) = row.ok_or(StoreError::Corrupt("hospital"))?;
    class(&level, &grade, &ownership)
}

/// A hospital by its national code.
///
/// # Errors
/// What the database says.
pub async fn find_by_code(
    tx: &mut Tx,
    national_code: &str,
) -> Result<Option<HospitalId>, StoreError> {
    let id: Option<Uuid> = hospitals::table
        .select(hospitals::id)
        .filter(hospitals::national_code.eq(national_code))
        .first(tx.conn())
        .await
        .optional()?;
    Ok(id.map(HospitalId::new))
}
