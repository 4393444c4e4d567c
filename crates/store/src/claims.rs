//! `claims` and `claim_versions`: what hospitals post.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{ClaimId, Day, Fen, HospitalId, NursingDays, PersonName, SubjectId};
use uuid::Uuid;

use crate::{
    Place, StoreError, Tx, Vault,
    rows::{count, day, fen, name, uncount},
    schema::{claim_versions, claims},
};

mod diagnosis;
mod forget;
mod list;

pub(crate) use diagnosis::open_diagnosis;
use diagnosis::seal_diagnosis;
pub use diagnosis::{Diagnosis, diagnosis_of_version};
pub use forget::{count_to_forget, forget, next_to_forget, to_forget};
pub use list::{Filter, Listed, Scope, list, visible};

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

/// A claim with what it says now.
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
    /// Keyed fingerprint of the content as posted.
    pub fingerprint: Vec<u8>,
    /// Day of admission.
    pub admitted_on: Day,
    /// Day of discharge.
    pub discharged_on: Day,
    /// What it says; `None` once that was deleted in due time.
    pub content: Option<ClaimContent>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = claims, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    subject_id: Uuid,
    hospital_id: Uuid,
    medical_record_no: String,
    admitted_on: NaiveDate,
    channel: String,
    posted_on: NaiveDate,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = claim_versions, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct VersionRow {
    id: Uuid,
    claim_id: Uuid,
    version: i32,
    patient_name_sealed: Option<Vec<u8>>,
    settlement_no: Option<String>,
    admitted_on: NaiveDate,
    discharged_on: NaiveDate,
    diagnosis_sealed: Option<Vec<u8>>,
    nursing_special: Option<i32>,
    nursing_level_1: Option<i32>,
    nursing_level_2: Option<i32>,
    nursing_level_3: Option<i32>,
    icu_days: Option<i32>,
    total_fen: Option<i64>,
    insurance_paid_fen: Option<i64>,
    self_paid_fen: Option<i64>,
    consent_kind: String,
    consent_reference: String,
    consent_signed_on: NaiveDate,
    fingerprint: Vec<u8>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

/// A version of which a part is deleted, or that is to be recorded without content.
const DELETED: StoreError = StoreError::Corrupt("claim version");

pub(crate) const fn patient_name_place(row: Uuid) -> Place {
    Place {
        column: "claim_versions.patient_name_sealed",
        row,
    }
}

impl VersionRow {
    fn seal(keys: &Vault, claim: &Claim, by: &str) -> Result<Self, StoreError> {
        let content = claim.content.as_ref().ok_or(DELETED)?;
        let id = claim.version_id;
        Ok(Self {
            id,
            claim_id: claim.id.get(),
            version: claim.version,
            patient_name_sealed: Some(
                keys.seal_text(patient_name_place(id), content.patient_name.as_str())?,
            ),
            settlement_no: content.settlement_no.clone(),
            admitted_on: content.admitted_on.naive(),
            discharged_on: content.discharged_on.naive(),
            diagnosis_sealed: Some(seal_diagnosis(keys, id, &content.diagnosis)?),
            nursing_special: Some(uncount(content.nursing.special)?),
            nursing_level_1: Some(uncount(content.nursing.level_1)?),
            nursing_level_2: Some(uncount(content.nursing.level_2)?),
            nursing_level_3: Some(uncount(content.nursing.level_3)?),
            icu_days: Some(uncount(content.icu_days)?),
            total_fen: Some(content.charges.total.get()),
            insurance_paid_fen: Some(content.charges.insurance_paid.get()),
            self_paid_fen: Some(content.charges.self_paid.get()),
            consent_kind: content.consent.kind.clone(),
            consent_reference: content.consent.reference.clone(),
            consent_signed_on: content.consent.signed_on.naive(),
            fingerprint: claim.fingerprint.clone(),
            recorded_by: by.to_owned(),
            recorded_at: claim.posted_at,
        })
    }

    fn open(self, keys: &Vault, row: Row) -> Result<Claim, StoreError> {
        Ok(Claim {
            id: ClaimId::new(row.id),
            subject: SubjectId::new(row.subject_id),
            hospital: HospitalId::new(row.hospital_id),
            medical_record_no: row.medical_record_no,
            posted_on: day(row.posted_on),
            posted_at: row.recorded_at,
            version: self.version,
            version_id: self.id,
            admitted_on: day(self.admitted_on),
            discharged_on: day(self.discharged_on),
            content: self.content(keys)?,
            fingerprint: self.fingerprint,
        })
    }

    /// What the version says; `None` once that was deleted. All of it is there, or none is.
    fn content(&self, keys: &Vault) -> Result<Option<ClaimContent>, StoreError> {
        let (Some(name_sealed), Some(sealed)) = (&self.patient_name_sealed, &self.diagnosis_sealed)
        else {
            return Ok(None);
        };
        let days = |days: Option<i32>| count(days.ok_or(DELETED)?);
        let amount = |amount: Option<i64>| amount.map(fen).ok_or(DELETED);
        let patient_name = keys.open_text(patient_name_place(self.id), name_sealed)?;
        Ok(Some(ClaimContent {
            patient_name: name(&patient_name)?,
            settlement_no: self.settlement_no.clone(),
            admitted_on: day(self.admitted_on),
            discharged_on: day(self.discharged_on),
            diagnosis: open_diagnosis(keys, self.id, sealed)?,
            nursing: NursingDays {
                special: days(self.nursing_special)?,
                level_1: days(self.nursing_level_1)?,
                level_2: days(self.nursing_level_2)?,
                level_3: days(self.nursing_level_3)?,
            },
            icu_days: days(self.icu_days)?,
            charges: Charges {
                total: amount(self.total_fen)?,
                insurance_paid: amount(self.insurance_paid_fen)?,
                self_paid: amount(self.self_paid_fen)?,
            },
            consent: Consent {
                kind: self.consent_kind.clone(),
                reference: self.consent_reference.clone(),
                signed_on: day(self.consent_signed_on),
            },
        }))
    }
}

/// Records a new claim and its first version. Answers false, and records nothing, when the hospital
/// posted that admission before, also when it is doing so right now.
///
/// # Errors
/// What the database says.
pub async fn try_insert(
    tx: &mut Tx,
    claim: &Claim,
    channel: &'static str,
) -> Result<bool, StoreError> {
    let by = tx.actor().name().to_owned();
    let keys = tx.keys();
    let row = Row {
        id: claim.id.get(),
        subject_id: claim.subject.get(),
        hospital_id: claim.hospital.get(),
        medical_record_no: claim.medical_record_no.clone(),
        admitted_on: claim.admitted_on.naive(),
        channel: channel.to_owned(),
        posted_on: claim.posted_on.naive(),
        recorded_by: by.clone(),
        recorded_at: claim.posted_at,
    };
    let inserted = diesel::insert_into(claims::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    if inserted == 0 {
        return Ok(false);
    }
    let version = VersionRow::seal(&keys, claim, &by)?;
    diesel::insert_into(claim_versions::table)
        .values(&version)
        .execute(tx.conn())
        .await?;
    Ok(true)
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

/// All claims on a person, oldest admission first.
///
/// # Errors
/// As [`find`].
pub async fn of_subject(tx: &mut Tx, subject: SubjectId) -> Result<Vec<Claim>, StoreError> {
    let found: Vec<(Row, VersionRow)> = rows()
        .filter(claims::subject_id.eq(subject.get()))
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
