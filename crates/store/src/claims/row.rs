//! Rows of claims and of their versions: sealed on the way in, opened on the way out.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{Insertable, Queryable, Selectable};
use sizhu_core::{ClaimId, HospitalId, NursingDays, SubjectId};
use uuid::Uuid;

use super::diagnosis::{open_diagnosis, seal_diagnosis};
use super::{Charges, Claim, ClaimContent, Consent};
use crate::{
    Place, StoreError, Tx, Vault,
    rows::{count, day, fen, name, open_opt, seal_opt, uncount},
    schema::{claim_versions, claims},
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = claims, check_for_backend(diesel::pg::Pg))]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) subject_id: Uuid,
    pub(super) hospital_id: Uuid,
    pub(super) medical_record_no: String,
    pub(super) admitted_on: NaiveDate,
    pub(super) channel: String,
    pub(super) posted_on: NaiveDate,
    pub(super) recorded_by: String,
    pub(super) recorded_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = claim_versions, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct VersionRow {
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
    forgotten_at: Option<DateTime<Utc>>,
    subject_id: Uuid,
    medical_record_no: String,
    channel: String,
    withdrawn_because_sealed: Option<Vec<u8>>,
}

/// A version of which a part is deleted, or that is to be recorded without content.
const DELETED: StoreError = StoreError::Corrupt("claim version");

pub(crate) const fn patient_name_place(row: Uuid) -> Place {
    Place {
        column: "claim_versions.patient_name_sealed",
        row,
    }
}

const fn because_place(row: Uuid) -> Place {
    Place {
        column: "claim_versions.withdrawn_because_sealed",
        row,
    }
}

/// Why a claim is withdrawn, sealed.
fn because(keys: &Vault, claim: &Claim) -> Result<Option<Vec<u8>>, StoreError> {
    let because = claim.withdrawn_because.as_deref();
    seal_opt(keys, because_place(claim.version_id), because)
}

impl Row {
    pub(super) fn of(tx: &Tx, claim: &Claim) -> Self {
        Self {
            id: claim.id.get(),
            subject_id: claim.subject.get(),
            hospital_id: claim.hospital.get(),
            medical_record_no: claim.medical_record_no.clone(),
            admitted_on: claim.admitted_on.naive(),
            channel: claim.channel.clone(),
            posted_on: claim.posted_on.naive(),
            recorded_by: tx.actor_on(Some(claim.subject)).name().to_owned(),
            recorded_at: claim.posted_at,
        }
    }
}

impl VersionRow {
    pub(super) fn seal(keys: &Vault, claim: &Claim, by: &str) -> Result<Self, StoreError> {
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
            recorded_at: claim.said_at,
            forgotten_at: None,
            subject_id: claim.subject.get(),
            medical_record_no: claim.medical_record_no.clone(),
            channel: claim.channel.clone(),
            withdrawn_because_sealed: because(keys, claim)?,
        })
    }

    /// The row of a claim's next version, on a claim whose content was deleted and that is withdrawn: what
    /// is left of this one.
    pub(super) fn emptied(self, keys: &Vault, next: &Claim, by: &str) -> Result<Self, StoreError> {
        if self.forgotten_at.is_none() {
            return Err(DELETED);
        }
        Ok(Self {
            id: next.version_id,
            version: next.version,
            recorded_by: by.to_owned(),
            recorded_at: next.said_at,
            channel: next.channel.clone(),
            withdrawn_because_sealed: because(keys, next)?,
            ..self
        })
    }

    pub(super) fn open(self, keys: &Vault, row: Row) -> Result<Claim, StoreError> {
        let because = self.withdrawn_because_sealed.as_deref();
        Ok(Claim {
            id: ClaimId::new(row.id),
            subject: SubjectId::new(self.subject_id),
            hospital: HospitalId::new(row.hospital_id),
            medical_record_no: self.medical_record_no.clone(),
            posted_on: day(row.posted_on),
            posted_at: row.recorded_at,
            version: self.version,
            version_id: self.id,
            said_at: self.recorded_at,
            channel: self.channel.clone(),
            withdrawn_because: open_opt(keys, because_place(self.id), because)?,
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
