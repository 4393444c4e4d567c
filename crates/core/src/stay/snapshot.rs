//! Reading back the facts kept with a decision: the inverse of how [`PersonFacts`] is written.

use serde::Deserialize;

use crate::day::Day;
use crate::diagnosis::DiagnosisCode;
use crate::hospital::HospitalClass;
use crate::id::ClaimId;

use super::{Charges, KnownFacts, NursingDays, PersonFacts, SettledStay, StatusFacts, StayFacts};

/// Why a snapshot cannot be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// It does not read as the facts of a person.
    #[error("the snapshot does not read as the facts of a person")]
    Form,
    /// The diagnosis of a claim, which no snapshot holds, was not found.
    #[error("claim {0}: its diagnosis is not known")]
    Diagnosis(ClaimId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonSnapshot {
    registered: bool,
    statuses: Vec<StatusFacts>,
    stays: Vec<StaySnapshot>,
    #[serde(default)]
    settled: Vec<SettledStay>,
    #[serde(default)]
    facts: KnownFacts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaySnapshot {
    claim: ClaimId,
    admitted_on: Day,
    discharged_on: Day,
    yields_day: bool,
    nursing: NursingDays,
    icu_days: Option<u32>,
    hospital: HospitalClass,
    name_matches: Option<bool>,
    posted_on: Day,
    charges: Option<Charges>,
}

impl PersonFacts {
    /// The facts of a snapshot, with each claim's diagnosis, which is kept encrypted with the claim
    /// only, as it was when the decision was made.
    ///
    /// # Errors
    /// [`SnapshotError`] if the snapshot does not read as such facts or a diagnosis is not found.
    pub fn from_snapshot(
        snapshot: &serde_json::Value,
        mut diagnosis_of: impl FnMut(ClaimId) -> Option<DiagnosisCode>,
    ) -> Result<Self, SnapshotError> {
        let read = PersonSnapshot::deserialize(snapshot)
            .ok()
            .ok_or(SnapshotError::Form)?;
        let mut stay = |stay: StaySnapshot| {
            Ok(StayFacts {
                claim: stay.claim,
                admitted_on: stay.admitted_on,
                discharged_on: stay.discharged_on,
                yields_day: stay.yields_day,
                diagnosis: match (diagnosis_of(stay.claim), stay.icu_days) {
                    // What was deleted when it was made is no fact of it, even if known again.
                    (_, None) => None,
                    (Some(code), Some(_)) => Some(code),
                    (None, Some(_)) => return Err(SnapshotError::Diagnosis(stay.claim)),
                },
                nursing: stay.nursing,
                icu_days: stay.icu_days,
                hospital: stay.hospital,
                name_matches: stay.name_matches,
                posted_on: stay.posted_on,
                charges: stay.charges,
            })
        };
        let stays: Result<Vec<StayFacts>, SnapshotError> =
            read.stays.into_iter().map(&mut stay).collect();
        Ok(Self {
            registered: read.registered,
            statuses: read.statuses,
            stays: stays?,
            settled: read.settled,
            facts: read.facts,
        })
    }
}
