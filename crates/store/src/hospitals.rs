//! `hospitals` and `hospital_versions`: who may post claims, and what they were when.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl,
    TextExpressionMethods,
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

/// What some hospitals were and are, as held true now.
#[derive(Debug, Default)]
pub struct Histories(BTreeMap<HospitalId, Vec<Spell>>);

/// What a hospital was for some time.
#[derive(Debug)]
struct Spell {
    class: HospitalClass,
    county: DivisionCode,
    from: Day,
    until: Option<Day>,
}

impl Histories {
    /// The class of a hospital on a day. Before the first day recorded, the class of that first day: an
    /// installation does not know what a hospital was before it came to know it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the hospital has no version at all.
    pub fn class_on(&self, id: HospitalId, on: Day) -> Result<HospitalClass, StoreError> {
        let spells = self.0.get(&id).map(Vec::as_slice).unwrap_or_default();
        let covers = |it: &&Spell| it.from <= on && it.until.is_none_or(|until| on < until);
        let found = spells.iter().find(covers).or(spells.first());
        let found = found.ok_or(StoreError::Corrupt("hospital"))?;
        Ok(found.class)
    }

    /// The county-level division where a hospital stands now.
    #[must_use]
    pub fn county(&self, id: HospitalId) -> Option<&DivisionCode> {
        let now = self.0.get(&id)?.iter().find(|it| it.until.is_none());
        now.map(|it| &it.county)
    }
}

type SpellRow = (
    Uuid,
    String,
    String,
    String,
    String,
    NaiveDate,
    Option<NaiveDate>,
);

/// What some hospitals were and are.
///
/// # Errors
/// What the database says.
pub async fn histories(tx: &mut Tx, of: &[HospitalId]) -> Result<Histories, StoreError> {
    let mut ids: Vec<Uuid> = of.iter().map(|id| id.get()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<SpellRow> = hospital_versions::table
        .select((
            hospital_versions::hospital_id,
            hospital_versions::level,
            hospital_versions::grade,
            hospital_versions::ownership,
            hospital_versions::county,
            hospital_versions::valid_from,
            hospital_versions::valid_until,
        ))
        .filter(hospital_versions::hospital_id.eq_any(ids))
        .filter(hospital_versions::superseded_at.is_null())
        .order(hospital_versions::valid_from)
        .load(tx.conn())
        .await?;
    let mut histories = Histories::default();
    for (id, level, grade, ownership, county, from, until) in rows {
        let spell = Spell {
            class: class(&level, &grade, &ownership)?,
            county: division(&county)?,
            from: day(from),
            until: until.map(day),
        };
        let spells = histories.0.entry(HospitalId::new(id)).or_default();
        spells.push(spell);
    }
    Ok(histories)
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
