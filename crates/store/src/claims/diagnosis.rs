//! The principal diagnosis of a version of a claim, sealed and opened.

use diesel::{OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use sizhu_core::DiagnosisCode;
use uuid::Uuid;

use crate::{Place, StoreError, Tx, Vault, schema::claim_versions};

/// The principal diagnosis of a stay.
#[derive(Clone)]
pub struct Diagnosis {
    /// ICD-10 code, with the extension of the Chinese insurance list if any.
    pub code: DiagnosisCode,
    /// Its name as the hospital wrote it.
    pub name: String,
}

#[derive(Serialize, Deserialize)]
struct SealedDiagnosis {
    code: String,
    name: String,
}

const fn diagnosis_place(row: Uuid) -> Place {
    Place {
        column: "claim_versions.diagnosis_sealed",
        row,
    }
}

/// Seals the diagnosis of a version of a claim.
pub(super) fn seal_diagnosis(
    keys: &Vault,
    version: Uuid,
    diagnosis: &Diagnosis,
) -> Result<Vec<u8>, StoreError> {
    let plain = SealedDiagnosis {
        code: diagnosis.code.as_str().to_owned(),
        name: diagnosis.name.clone(),
    };
    let plain = serde_json::to_vec(&plain).or(Err(StoreError::Corrupt("diagnosis")))?;
    Ok(keys.seal(diagnosis_place(version), &plain)?)
}

/// The diagnosis of a version of a claim.
pub(crate) fn open_diagnosis(
    keys: &Vault,
    version: Uuid,
    sealed: &[u8],
) -> Result<Diagnosis, StoreError> {
    let opened: SealedDiagnosis =
        serde_json::from_slice(&keys.open(diagnosis_place(version), sealed)?)
            .or(Err(StoreError::Corrupt("diagnosis")))?;
    Ok(Diagnosis {
        code: DiagnosisCode::parse(&opened.code).or(Err(StoreError::Corrupt("diagnosis")))?,
        name: opened.name,
    })
}

/// The principal diagnosis in a version of a claim, if it is still kept.
///
/// # Errors
/// [`StoreError::Vault`] when it does not open.
pub async fn diagnosis_of_version(
    tx: &mut Tx,
    version: Uuid,
) -> Result<Option<DiagnosisCode>, StoreError> {
    let sealed: Option<Option<Vec<u8>>> = claim_versions::table
        .select(claim_versions::diagnosis_sealed)
        .find(version)
        .first(tx.conn())
        .await
        .optional()?;
    let keys = tx.keys();
    let opened = sealed
        .flatten()
        .map(|sealed| open_diagnosis(&keys, version, &sealed));
    Ok(opened.transpose()?.map(|diagnosis| diagnosis.code))
}
