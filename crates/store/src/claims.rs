//! `claims` and `claim_versions`: what hospitals post.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, Day, Fen, HospitalId, NursingDays, PersonName, SubjectId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    schema::{claim_versions, claims},
};

mod diagnosis;
mod forget;
mod list;
mod row;
mod versions;

pub(crate) use diagnosis::open_diagnosis;
pub use diagnosis::{Diagnosis, diagnosis_of_version};
pub use forget::{count_to_forget, forget, next_to_forget, to_forget};
pub use list::{Filter, Listed, Scope, list, visible, was_visible};
pub(crate) use row::patient_name_place;
use row::{Row, VersionRow};
pub use versions::{alone, replace, versions};

/// What a stay cost, and who paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charges {
    /// In all.
    pub total: Fen,
    /// By medical insurance.
    pub insurance_paid: Fen,
    /// By the patient.
    pub self_paid: Fen,
}

/// The patient's consent to this use of their data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// `written`, `electronic` or `guardian`.
    pub kind: String,
    /// The hospital's own number of it.
    pub reference: String,
    /// Day it was given.
    pub signed_on: Day,
}

/// What a hospital says in a claim.
#[derive(Clone)]
pub struct ClaimContent {
    /// The patient's name as the hospital wrote it.
    pub patient_name: PersonName,
    /// Settlement number of the medical insurance.
    pub settlement_no: Option<String>,
    /// Day of admission.
    pub admitted_on: Day,
    /// Day of discharge.
    pub discharged_on: Day,
    /// Principal diagnosis.
    pub diagnosis: Diagnosis,
    /// Days by nursing level.
    pub nursing: NursingDays,
    /// Days in intensive care.
    pub icu_days: u32,
    /// Charges.
    pub charges: Charges,
    /// Consent.
    pub consent: Consent,
}

/// A claim with what it says now, or said in a version of it.
#[derive(Clone)]
pub struct Claim {
    /// Row id.
    pub id: ClaimId,
    /// The patient.
    pub subject: SubjectId,
    /// The hospital.
    pub hospital: HospitalId,
    /// The hospital's medical record number.
    pub medical_record_no: String,
    /// Day it was posted.
    pub posted_on: Day,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
    /// Version of the content, from 1.
    pub version: i32,
    /// Row of that version.
    pub version_id: Uuid,
    /// When that was said.
    pub said_at: DateTime<Utc>,
    /// Where it came in: `app`, `hospital`, `officer` or `import`.
    pub channel: String,
    /// Why it was withdrawn, if it was.
    pub withdrawn_because: Option<String>,
    /// Keyed fingerprint of the content as posted.
    pub fingerprint: Vec<u8>,
    /// Day of admission.
    pub admitted_on: Day,
    /// Day of discharge.
    pub discharged_on: Day,
    /// What it says; `None` once that was deleted in due time.
    pub content: Option<ClaimContent>,
}

/// Records new claims, on people who are each another, and their first versions. Answers those it
/// recorded: not those on an admission that the hospital posted before, also when it is doing so right
/// now.
///
/// # Errors
/// What the database says.
pub async fn try_insert_all(tx: &mut Tx, new: &[Claim]) -> Result<Vec<ClaimId>, StoreError> {
    let rows: Vec<Row> = new.iter().map(|claim| Row::of(tx, claim)).collect();
    let into = diesel::insert_into(claims::table);
    let inserted: Vec<Uuid> = match rows.as_slice() {
        [] => return Ok(Vec::new()),
        // One row is a statement that PostgreSQL knows already.
        [row] => {
            let insert = into.values(row).on_conflict_do_nothing();
            insert.returning(claims::id).get_results(tx.conn()).await?
        }
        rows => {
            let insert = into.values(rows).on_conflict_do_nothing();
            insert.returning(claims::id).get_results(tx.conn()).await?
        }
    };
    let recorded = new.iter().filter(|it| inserted.contains(&it.id.get()));
    let recorded: Vec<&Claim> = recorded.collect();
    versions::insert_first(tx, &recorded).await?;
    Ok(recorded.iter().map(|it| it.id).collect())
}

/// A claim by its row.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed column does not open.
pub async fn find(tx: &mut Tx, id: ClaimId) -> Result<Option<Claim>, StoreError> {
    let found = rows()
        .filter(claims::id.eq(id.get()))
        .first(tx.conn())
        .await
        .optional()?;
    open(tx, found)
}

/// A claim by its natural key: hospital, medical record number, admission.
///
/// # Errors
/// As [`find`].
pub async fn find_by_natural_key(
    tx: &mut Tx,
    hospital: HospitalId,
    medical_record_no: &str,
    admitted_on: Day,
) -> Result<Option<Claim>, StoreError> {
    let found = rows()
        .filter(claims::hospital_id.eq(hospital.get()))
        .filter(claims::medical_record_no.eq(medical_record_no))
        .filter(claims::admitted_on.eq(admitted_on.naive()))
        .first(tx.conn())
        .await
        .optional()?;
    open(tx, found)
}

/// All claims on some people, oldest admission first.
///
/// # Errors
/// As [`find`].
pub async fn of_subjects(tx: &mut Tx, subjects: &[SubjectId]) -> Result<Vec<Claim>, StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let found: Vec<(Row, VersionRow)> = rows()
        .filter(claims::subject_id.eq_any(ids))
        .order((claims::admitted_on, claims::id))
        .load(tx.conn())
        .await?;
    let keys = tx.keys();
    found
        .into_iter()
        .map(|(row, version)| version.open(&keys, row))
        .collect()
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rows() -> _ {
    use diesel::{BoolExpressionMethods as _, JoinOnDsl as _};
    let selected: diesel::dsl::AsSelect<Row, diesel::pg::Pg> = Row::as_select();
    let version: diesel::dsl::AsSelect<VersionRow, diesel::pg::Pg> = VersionRow::as_select();
    claims::table
        .inner_join(
            claim_versions::table.on(claim_versions::claim_id
                .eq(claims::id)
                .and(claim_versions::superseded_at.is_null())),
        )
        .select((selected, version))
}

fn open(tx: &Tx, found: Option<(Row, VersionRow)>) -> Result<Option<Claim>, StoreError> {
    found
        .map(|(row, version)| version.open(&tx.keys(), row))
        .transpose()
}
