//! Claims: a hospital posts a stay; it is counted or held, and decided.

use sizhu_core::{
    CitizenId, ClaimId, DayCounting, DivisionCode, HospitalId, NursingError, access::Grant,
    check_nursing, counted_days, stay_days,
};
use sizhu_store::{
    Actor, Store, Tx,
    claims::{self, Claim, ClaimContent, Filter, Listed, Scope},
    decisions::{self, Decision, Matter},
    residents::{self, Resident},
    stays::{self, ResolutionRow, Stay},
};

use crate::policies::Policies;
use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// Where what hospitals post comes in.
pub const CHANNEL: &str = "hospital";

/// The news that a claim is.
pub const POSTED: &str = "claim.posted";

/// What a hospital posts.
#[derive(Clone)]
pub struct NewClaim {
    /// The hospital, from its token.
    pub hospital: HospitalId,
    /// The patient.
    pub citizen_id: CitizenId,
    /// The hospital's medical record number.
    pub medical_record_no: String,
    /// What it says of the stay.
    pub content: ClaimContent,
    /// Keyed fingerprint of all it posted.
    pub fingerprint: [u8; 32],
    /// Where it came in: `hospital` or `import`.
    pub channel: &'static str,
}

/// A claim with its stay and the decision in force.
#[derive(Clone)]
pub struct ClaimState {
    /// The claim.
    pub claim: Claim,
    /// Its stay, however it stands.
    pub stay: Stay,
    /// Who is to be told.
    pub audience: Audience,
    /// How an officer settled the stay; not for hospitals.
    pub resolution: Option<ResolutionRow>,
    /// The decision in force: of one that is held or withdrawn none, or that it does not count. For a
    /// hospital the one it restates, if it does.
    pub decision: Option<Decision>,
    /// The patient's row in the registry; not for hospitals.
    pub resident: Option<Resident>,
}

impl ClaimState {
    /// Version of the whole, for its ETag: of the content and of the decision, and for those who
    /// settle held stays of the stay. That one counts up with news of the person's other stays, of which
    /// a hospital is told nothing.
    #[must_use]
    pub fn version(&self) -> i64 {
        let decision = self.decision.as_ref().map_or(0, |decision| decision.number);
        let stay = match self.audience {
            Audience::Hospital => 0,
            Audience::Registry => self.stay.version,
        };
        i64::from(self.claim.version)
            .saturating_mul(1_000_000)
            .saturating_add(stay)
            .saturating_mul(1_000_000)
            .saturating_add(decision.into())
    }
}

/// A posted claim: a new one, or the one there was, posted again with the same content.
pub enum Posted {
    /// It was recorded now.
    New(ClaimState),
    /// It was recorded before.
    Known(ClaimState),
}

#[derive(Debug, thiserror::Error)]
#[error("claim {0} has lost a part of its record")]
pub(super) struct Incomplete(pub(super) ClaimId);

/// Who is to be told of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A hospital: nothing of the person, nor that anything about the person has changed.
    Hospital,
    /// An officer, an auditor or the person.
    Registry,
}

impl Audience {
    /// The audience a caller is.
    #[must_use]
    pub const fn of(grant: &Grant) -> Self {
        match grant {
            Grant::Officer(_) | Grant::Auditor(_) | Grant::Resident(_) => Self::Registry,
            Grant::Hospital(_)
            | Grant::Bank(_)
            | Grant::Finance(_)
            | Grant::Policy
            | Grant::Admin => Self::Hospital,
        }
    }
}

/// Nursing days are not reported, or those of the stay, as the pack of the hospital's county counts
/// them; days in intensive care are at most those.
pub(super) fn check_days(
    policies: &Policies,
    county: Option<&DivisionCode>,
    content: &ClaimContent,
) -> Result<(), Problem> {
    let pack = county.and_then(|county| policies.hospital_care(county));
    let (from, to) = (content.admitted_on, content.discharged_on);
    let days = pack.map_or_else(
        || stay_days(DayCounting::DischargeMinusAdmission, from, to),
        |pack| counted_days(&pack, from, to),
    );
    let Err(error) = check_nursing(days, &content.nursing, content.icu_days) else {
        return Ok(());
    };
    let pointer = match error {
        NursingError::DaysSum { .. } => "/nursing_days",
        NursingError::IcuDays { .. } => "/icu_days",
    };
    Err(Problem::validation(vec![FieldError::of_code(
        pointer,
        error.code(),
    )]))
}

/// The claim posted before for the same admission, if it said the same.
pub(super) async fn known(tx: &mut Tx, posted: &Claim) -> Result<ClaimState, Problem> {
    let admitted_on = posted.admitted_on;
    let number = &posted.medical_record_no;
    let before = claims::find_by_natural_key(tx, posted.hospital, number, admitted_on).await?;
    let before = before.ok_or_else(|| Problem::internal(&Incomplete(posted.id)))?;
    if before.fingerprint == posted.fingerprint {
        return state(tx, before, Audience::Hospital).await;
    }
    Err(differs(before.id))
}

/// The problem that names the claim there is on an admission.
pub(super) fn differs(there: ClaimId) -> Problem {
    Problem::new(ProblemKind::ClaimDiffers)
        .with_member("claim_id", there.to_string())
        .with_member("claim", format!("/v1/hospital-claims/{there}"))
        .with_detail(Text::new(
            "该病案号和入院日期已有申报，内容不同；请更正原申报，而不是重新申报。",
            "This admission was claimed before with other content: correct that claim instead of \
             posting a new one.",
        ))
}

/// A claim with its stay and decision as they are now, for an audience.
pub(super) async fn state(
    tx: &mut Tx,
    claim: Claim,
    audience: Audience,
) -> Result<ClaimState, Problem> {
    let stay = stays::find(tx, claim.id).await?;
    let stay = stay.ok_or_else(|| Problem::internal(&Incomplete(claim.id)))?;
    let decision = decisions::current(tx, Matter::Claim(claim.id)).await?;
    let restated = decision.as_ref().and_then(|decision| decision.restates);
    let (decision, resident) = match (audience, restated) {
        (Audience::Hospital, Some(first)) => (decisions::find(tx, first).await?, None),
        (Audience::Hospital, None) => (decision, None),
        (Audience::Registry, _) => (
            decision,
            residents::find_by_subject(tx, claim.subject).await?,
        ),
    };
    let resolution = match (audience, stay.resolution) {
        (Audience::Hospital, _) | (Audience::Registry, None) => None,
        (Audience::Registry, Some(id)) => stays::find_resolution(tx, id).await?,
    };
    Ok(ClaimState {
        claim,
        stay,
        audience,
        resolution,
        decision,
        resident,
    })
}

/// Whose claims a caller may see; `None` for roles that see none.
#[must_use]
pub fn scope(grant: &Grant) -> Option<Scope> {
    match grant {
        Grant::Hospital(id) => Some(Scope::Hospital(*id)),
        Grant::Officer(division) => Some(Scope::Division(division.clone())),
        Grant::Auditor(division) => Some(Scope::Supervision(division.clone())),
        Grant::Resident(_) | Grant::Bank(_) | Grant::Finance(_) | Grant::Policy | Grant::Admin => {
            None
        }
    }
}

/// One claim, if the caller may see it.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn find(
    store: &Store,
    actor: &Actor,
    scope: Scope,
    id: ClaimId,
    audience: Audience,
) -> Result<ClaimState, Problem> {
    store
        .transaction(actor, async |tx| {
            if claims::visible(tx, id, scope).await?.is_none() {
                return Err(Problem::not_found());
            }
            let claim = claims::find(tx, id).await?.ok_or_else(Problem::not_found)?;
            state(tx, claim, audience).await
        })
        .await
}

/// What was said in a claim that the caller may see, newest first, before a version; with the claim
/// as it is now.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn versions(
    store: &Store,
    actor: &Actor,
    scope: Scope,
    id: ClaimId,
    before: Option<i32>,
    limit: i64,
) -> Result<(Claim, Vec<Claim>), Problem> {
    store
        .transaction(actor, async |tx| {
            if claims::visible(tx, id, scope).await?.is_none() {
                return Err(Problem::not_found());
            }
            let claim = claims::find(tx, id).await?.ok_or_else(Problem::not_found)?;
            Ok((claim, claims::versions(tx, id, before, limit).await?))
        })
        .await
}

/// Claims the caller may see, newest first.
///
/// # Errors
/// What the store says.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Listed>, Problem> {
    store
        .transaction(actor, async |tx| Ok(claims::list(tx, filter, limit).await?))
        .await
}
