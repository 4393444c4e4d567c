//! Claims in lists: which a caller may see, and the few facts a list shows.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, Day, DivisionCode, HospitalId, SubjectId};
use uuid::Uuid;

use crate::{StoreError, Tx};

/// Whose claims a caller may see.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Those a hospital posted itself.
    Hospital(HospitalId),
    /// Those of people registered in a division.
    Division(DivisionCode),
    /// As `Division`, and those of people in no registry that hospitals of the division posted.
    Supervision(DivisionCode),
    /// Those of one person.
    Subject(SubjectId),
}

/// What a caller asks for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Whose claims.
    pub scope: Scope,
    /// `granted`, `refused`, `undetermined`, `held`, `not_counted` or `withdrawn`.
    pub status: Option<String>,
    /// The hospital's medical record number.
    pub medical_record_no: Option<String>,
    /// One hospital's.
    pub hospital: Option<HospitalId>,
    /// Admitted on or after.
    pub admitted_from: Option<Day>,
    /// Admitted before.
    pub admitted_until: Option<Day>,
    /// Before this claim in the list.
    pub before: Option<ClaimId>,
}

impl Filter {
    /// All of a scope.
    #[must_use]
    pub const fn all(scope: Scope) -> Self {
        Self {
            scope,
            status: None,
            medical_record_no: None,
            hospital: None,
            admitted_from: None,
            admitted_until: None,
            before: None,
        }
    }
}

/// A claim as a list shows it: nothing of the person.
#[derive(Clone, Debug, QueryableByName)]
pub struct Listed {
    /// The claim.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The hospital.
    #[diesel(sql_type = SqlUuid)]
    pub hospital_id: Uuid,
    /// The patient's row in the registry, if they are in it; not for hospitals.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub resident_id: Option<Uuid>,
    /// The hospital's medical record number.
    #[diesel(sql_type = Text)]
    pub medical_record_no: String,
    /// Day of admission.
    #[diesel(sql_type = Date)]
    pub admitted_on: NaiveDate,
    /// Day of discharge.
    #[diesel(sql_type = Date)]
    pub discharged_on: NaiveDate,
    /// How the stay stands: a word of `StayStanding`.
    #[diesel(sql_type = Text)]
    pub standing: String,
    /// When it was posted.
    #[diesel(sql_type = Timestamptz)]
    pub posted_at: DateTime<Utc>,
    /// Decision in force, where the stay is neither held nor withdrawn.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub decision_id: Option<Uuid>,
    /// The decision it restates with other reasons, if it does: the one a hospital sees.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub restates_id: Option<Uuid>,
    /// Its outcome.
    #[diesel(sql_type = Nullable<Text>)]
    pub outcome: Option<String>,
    /// Its amount, in fen.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub amount_fen: Option<i64>,
    /// Its payable days.
    #[diesel(sql_type = Nullable<Integer>)]
    pub payable_days: Option<i32>,
}

/// Claims, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Listed>, StoreError> {
    query(tx, filter, None, None, limit).await
}

/// The claim, if the scope sees it.
///
/// # Errors
/// What the database says.
pub async fn visible(tx: &mut Tx, id: ClaimId, scope: Scope) -> Result<Option<Listed>, StoreError> {
    let all = Filter::all(scope);
    let found = query(tx, &all, Some(id), None, 1).await?;
    Ok(found.into_iter().next())
}

/// Whether the scope would see the claim if it were on this patient, as it may have been before it was
/// corrected.
///
/// # Errors
/// What the database says.
pub async fn was_visible(
    tx: &mut Tx,
    id: ClaimId,
    patient: SubjectId,
    scope: Scope,
) -> Result<bool, StoreError> {
    let all = Filter::all(scope);
    let found = query(tx, &all, Some(id), Some(patient), 1).await?;
    Ok(!found.is_empty())
}

async fn query(
    tx: &mut Tx,
    filter: &Filter,
    id: Option<ClaimId>,
    patient: Option<SubjectId>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let (mut own, mut within, mut unregistered_within, mut subject) = (None, None, None, None);
    match &filter.scope {
        Scope::Hospital(id) => own = Some(id.get()),
        Scope::Division(division) => within = Some(format!("{division}%")),
        Scope::Supervision(division) => {
            within = Some(format!("{division}%"));
            unregistered_within = Some(format!("{division}%"));
        }
        Scope::Subject(id) => subject = Some(id.get()),
    }
    let rows = diesel::sql_query(
        "SELECT c.id, c.hospital_id, r.id AS resident_id, c.medical_record_no, s.admitted_on, s.discharged_on, \
                s.standing, c.recorded_at AS posted_at, \
                d.id AS decision_id, d.restates_id, d.outcome, d.amount_fen, d.payable_days \
         FROM claims c \
         JOIN stays s ON s.claim_id = c.id \
         LEFT JOIN decisions d ON d.claim_id = c.id AND d.superseded_at IS NULL \
              AND s.standing NOT IN ('held', 'withdrawn') \
         LEFT JOIN residents r ON r.subject_id = coalesce($13, c.subject_id) \
         LEFT JOIN resident_versions v ON v.resident_id = r.id \
              AND v.superseded_at IS NULL AND v.valid_until IS NULL \
         WHERE ($1 IS NULL OR c.hospital_id = $1) \
           AND ($2 IS NULL OR v.division LIKE $2 \
                OR ($3 IS NOT NULL AND r.id IS NULL AND EXISTS ( \
                    SELECT FROM hospital_versions h WHERE h.hospital_id = c.hospital_id \
                    AND h.superseded_at IS NULL AND h.county LIKE $3))) \
           AND ($4 IS NULL OR coalesce($13, c.subject_id) = $4) \
           AND ($5 IS NULL OR c.id = $5) \
           AND ($6 IS NULL OR CASE WHEN s.standing IN ('held', 'not_counted', 'withdrawn') \
                THEN s.standing ELSE d.outcome END = $6) \
           AND ($7 IS NULL OR c.medical_record_no = $7) \
           AND ($8 IS NULL OR c.hospital_id = $8) \
           AND ($9 IS NULL OR c.admitted_on >= $9) \
           AND ($10 IS NULL OR c.admitted_on < $10) \
           AND ($11 IS NULL OR c.id < $11) \
         ORDER BY c.id DESC LIMIT $12",
    )
    .bind::<Nullable<SqlUuid>, _>(own)
    .bind::<Nullable<Text>, _>(within)
    .bind::<Nullable<Text>, _>(unregistered_within)
    .bind::<Nullable<SqlUuid>, _>(subject)
    .bind::<Nullable<SqlUuid>, _>(id.map(ClaimId::get))
    .bind::<Nullable<Text>, _>(filter.status.clone())
    .bind::<Nullable<Text>, _>(filter.medical_record_no.clone())
    .bind::<Nullable<SqlUuid>, _>(filter.hospital.map(HospitalId::get))
    .bind::<Nullable<Date>, _>(filter.admitted_from.map(Day::naive))
    .bind::<Nullable<Date>, _>(filter.admitted_until.map(Day::naive))
    .bind::<Nullable<SqlUuid>, _>(filter.before.map(ClaimId::get))
    .bind::<BigInt, _>(limit)
    .bind::<Nullable<SqlUuid>, _>(patient.map(SubjectId::get))
    .load(tx.conn())
    .await?;
    Ok(rows)
}
