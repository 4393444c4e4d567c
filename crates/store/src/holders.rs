//! `holders` and `holder_members`: whose loans share caps, and who lives in which household.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryableByName,
    sql_types::{Array, BigInt, Date, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use sizhu_core::{Day, DivisionCode, HolderId, SubjectId};
use uuid::Uuid;

use crate::{
    Place, StoreError, Tx,
    schema::{holder_members, holders},
};

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct OfHolder {
    #[diesel(sql_type = SqlUuid)]
    holder_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

const fn credit_code_place(row: Uuid) -> Place {
    Place {
        column: "holders.credit_code_sealed",
        row,
    }
}

/// The household a person belongs to now.
///
/// # Errors
/// What the database says.
pub async fn household_of(tx: &mut Tx, person: SubjectId) -> Result<Option<HolderId>, StoreError> {
    let id: Option<Uuid> = holder_members::table
        .select(holder_members::holder_id)
        .filter(holder_members::subject_id.eq(person.get()))
        .filter(holder_members::superseded_at.is_null())
        .filter(holder_members::ends_on.is_null())
        .first(tx.conn())
        .await
        .optional()?;
    Ok(id.map(HolderId::new))
}

/// Who belongs to a household now.
///
/// # Errors
/// What the database says.
pub async fn members(tx: &mut Tx, holder: HolderId) -> Result<Vec<SubjectId>, StoreError> {
    let ids: Vec<Uuid> = holder_members::table
        .select(holder_members::subject_id)
        .filter(holder_members::holder_id.eq(holder.get()))
        .filter(holder_members::superseded_at.is_null())
        .filter(holder_members::ends_on.is_null())
        .order(holder_members::id)
        .load(tx.conn())
        .await?;
    Ok(ids.into_iter().map(SubjectId::new).collect())
}

/// Everyone whose money the loans of some holders are, each with the holder: members of a household;
/// of a co-operative, those who represent it in its loans.
///
/// # Errors
/// What the database says.
pub async fn people(
    tx: &mut Tx,
    of: &[HolderId],
) -> Result<Vec<(HolderId, SubjectId)>, StoreError> {
    let ids: Vec<Uuid> = of.iter().map(|id| id.get()).collect();
    let rows: Vec<OfHolder> = diesel::sql_query(
        "SELECT holder_id, subject_id FROM holder_members \
            WHERE holder_id = ANY($1) AND superseded_at IS NULL AND ends_on IS NULL \
         UNION SELECT cooperative_id, subject_id FROM loans WHERE cooperative_id = ANY($1)",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(tx.conn())
    .await?;
    let person = |row: OfHolder| (HolderId::new(row.holder_id), SubjectId::new(row.subject_id));
    Ok(rows.into_iter().map(person).collect())
}

/// Makes a household of one person, whose subject is locked.
///
/// # Errors
/// What the database says.
pub async fn insert_household(
    tx: &mut Tx,
    person: SubjectId,
    from: Day,
    now: DateTime<Utc>,
) -> Result<HolderId, StoreError> {
    let id = Uuid::now_v7();
    let by = tx.actor().name().to_owned();
    diesel::insert_into(holders::table)
        .values((
            holders::id.eq(id),
            holders::kind.eq("household"),
            holders::subject_id.eq(person.get()),
            holders::recorded_by.eq(by),
            holders::recorded_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    join(tx, HolderId::new(id), person, from, now).await?;
    Ok(HolderId::new(id))
}

/// A person belongs to a household from a day on. Their subject is locked.
///
/// # Errors
/// A violated constraint when they belong to another.
pub async fn join(
    tx: &mut Tx,
    holder: HolderId,
    person: SubjectId,
    from: Day,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let by = tx.actor().name().to_owned();
    diesel::insert_into(holder_members::table)
        .values((
            holder_members::id.eq(Uuid::now_v7()),
            holder_members::holder_id.eq(holder.get()),
            holder_members::subject_id.eq(person.get()),
            holder_members::starts_on.eq(from.naive()),
            holder_members::recorded_by.eq(by),
            holder_members::recorded_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What was held true of a person's household is no longer. Their subject is locked.
///
/// # Errors
/// What the database says.
pub async fn leave(tx: &mut Tx, person: SubjectId, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::sql_query(
        "UPDATE holder_members SET superseded_at = greatest(recorded_at, $2) \
         WHERE subject_id = $1 AND superseded_at IS NULL AND ends_on IS NULL",
    )
    .bind::<SqlUuid, _>(person.get())
    .bind::<diesel::sql_types::Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The co-operative of a unified social credit code, if one has loans.
///
/// # Errors
/// What the database says.
pub async fn cooperative(tx: &mut Tx, credit_code: &str) -> Result<Option<HolderId>, StoreError> {
    let index = tx.keys().organisation_index(credit_code);
    let id: Option<Uuid> = holders::table
        .select(holders::id)
        .filter(holders::credit_code_index.eq(index.to_vec()))
        .first(tx.conn())
        .await
        .optional()?;
    Ok(id.map(HolderId::new))
}

/// The co-operative of a unified social credit code, made if nobody named it before.
///
/// # Errors
/// What the database says.
pub async fn cooperative_or_new(
    tx: &mut Tx,
    credit_code: &str,
    representative: SubjectId,
    now: DateTime<Utc>,
) -> Result<HolderId, StoreError> {
    let keys = tx.keys();
    let id = Uuid::now_v7();
    let by = tx.actor().name().to_owned();
    diesel::insert_into(holders::table)
        .values((
            holders::id.eq(id),
            holders::kind.eq("cooperative"),
            holders::subject_id.eq(representative.get()),
            holders::credit_code_sealed.eq(keys.seal_text(credit_code_place(id), credit_code)?),
            holders::credit_code_index.eq(keys.organisation_index(credit_code).to_vec()),
            holders::recorded_by.eq(by),
            holders::recorded_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    let found = cooperative(tx, credit_code).await?;
    found.ok_or(StoreError::Corrupt("holder"))
}

/// Locks some holders until the transaction ends, in the ascending order of their ids: after their
/// people, before accounts.
///
/// # Errors
/// [`StoreError::LockTimeout`] when a lock is not granted in time.
pub async fn lock(tx: &mut Tx, of: &[HolderId]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = of.iter().map(|id| id.get()).collect();
    let _: Vec<Uuid> = holders::table
        .select(holders::id)
        .filter(holders::id.eq_any(ids))
        .order(holders::id)
        .for_no_key_update()
        .load(tx.conn())
        .await?;
    Ok(())
}

/// Whose loans a run decides: every holder with a loan begun before a day whose borrower is
/// registered in the county. Asked holder by holder, so that a page costs what its holders cost.
const OF_COUNTY: &str = "SELECT h.id FROM holders h WHERE EXISTS ( \
        SELECT FROM holder_members m JOIN loans l ON l.subject_id = m.subject_id \
            JOIN loan_versions w ON w.loan_id = l.id AND w.superseded_at IS NULL \
            JOIN residents r ON r.subject_id = l.subject_id \
            JOIN resident_versions v ON v.resident_id = r.id \
                AND v.superseded_at IS NULL AND v.valid_until IS NULL \
        WHERE m.holder_id = h.id AND m.superseded_at IS NULL AND m.ends_on IS NULL \
            AND l.cooperative_id IS NULL AND v.division LIKE $1 AND w.starts_on < $2) \
     OR EXISTS (SELECT FROM loans l \
            JOIN loan_versions w ON w.loan_id = l.id AND w.superseded_at IS NULL \
            JOIN residents r ON r.subject_id = l.subject_id \
            JOIN resident_versions v ON v.resident_id = r.id \
                AND v.superseded_at IS NULL AND v.valid_until IS NULL \
        WHERE h.kind = 'cooperative' AND l.cooperative_id = h.id \
            AND v.division LIKE $1 AND w.starts_on < $2)";

/// The holders of a county with a loan begun before `until`, after one, in the order of their ids.
///
/// # Errors
/// What the database says.
pub async fn page_of_county(
    tx: &mut Tx,
    county: &DivisionCode,
    until: Day,
    after: Option<HolderId>,
    limit: i64,
) -> Result<Vec<HolderId>, StoreError> {
    let query = format!("SELECT id FROM ({OF_COUNTY}) h WHERE id > $3 ORDER BY id LIMIT $4");
    let rows: Vec<Id> = diesel::sql_query(query)
        .bind::<Text, _>(format!("{county}%"))
        .bind::<Date, _>(until.naive())
        .bind::<SqlUuid, _>(after.map_or(Uuid::nil(), HolderId::get))
        .bind::<BigInt, _>(limit)
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| HolderId::new(row.id)).collect())
}

/// How many holders such pages have.
///
/// # Errors
/// What the database says.
pub async fn count_of_county(
    tx: &mut Tx,
    county: &DivisionCode,
    until: Day,
) -> Result<i64, StoreError> {
    let query = format!("SELECT count(*) AS n FROM ({OF_COUNTY}) h");
    let row: Count = diesel::sql_query(query)
        .bind::<Text, _>(format!("{county}%"))
        .bind::<Date, _>(until.naive())
        .get_result(tx.conn())
        .await?;
    Ok(row.n)
}

/// Holders some of whose loans were decided, after one, in the order of their ids.
///
/// # Errors
/// What the database says.
pub async fn next_decided(
    tx: &mut Tx,
    after: Option<HolderId>,
) -> Result<Option<HolderId>, StoreError> {
    let rows: Vec<Id> = diesel::sql_query(
        "SELECT id FROM (SELECT DISTINCT coalesce(l.cooperative_id, m.holder_id) AS id \
            FROM decisions d JOIN loans l ON l.id = d.loan_id \
            LEFT JOIN holder_members m ON m.subject_id = l.subject_id \
                AND m.superseded_at IS NULL AND m.ends_on IS NULL \
            WHERE d.superseded_at IS NULL) h \
         WHERE id IS NOT NULL AND ($1 IS NULL OR id > $1) ORDER BY id LIMIT 1",
    )
    .bind::<Nullable<SqlUuid>, _>(after.map(HolderId::get))
    .load(tx.conn())
    .await?;
    Ok(rows.into_iter().next().map(|row| HolderId::new(row.id)))
}
