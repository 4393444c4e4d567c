//! `/v1/hospital-claims` and `/v1/decisions`: claims that hospitals post, and what was decided.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sizhu_core::{ClaimId, Day, DecisionId, HospitalId, StayStanding};
use sizhu_store::claims::{Filter, Listed};
use sizhu_store::idempotency::Answer;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::answer::{answer, keyed, send, versioned};
use super::claim_form::ClaimForm;
use super::decision_view::{DecisionOnMatterView, DecisionView};
use super::resolutions::ResolutionView;
use crate::auth::{HospitalCaller, HospitalOfficerOrAuditor, OfficerOrAuditor};
use crate::extract::{Body, IdempotencyKey, Listing, Path};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems};
use crate::page::{Page, PageQuery};
use crate::problem::{Language, Problem};
use crate::service::claims::{
    self as service, Audience, CHANNEL, ClaimState, NewClaim, POSTED, Posted,
};
use crate::service::decisions;
use crate::service::intake::Arrival;
use crate::state::State;

/// What became of a claim.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStatus {
    /// Granted by rule; paid once the reviews confirm it.
    Granted,
    /// Refused by rule.
    Refused,
    /// A fact is missing that could change the outcome.
    Undetermined,
    /// The stay overlaps one that counts: an officer settles which.
    Held,
    /// An officer settled that the stay does not count.
    NotCounted,
    /// The hospital withdrew it.
    Withdrawn,
}

impl ClaimStatus {
    fn of(standing: StayStanding, outcome: Option<&str>) -> Self {
        match (standing, outcome) {
            (StayStanding::Held, _) => Self::Held,
            (StayStanding::NotCounted, _) => Self::NotCounted,
            (StayStanding::Withdrawn, _) => Self::Withdrawn,
            (StayStanding::Refused, _) | (StayStanding::Counted, Some("refused")) => Self::Refused,
            (StayStanding::Counted, Some("granted")) => Self::Granted,
            (StayStanding::Counted, _) => Self::Undetermined,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Undetermined => "undetermined",
            Self::Held => "held",
            Self::NotCounted => "not_counted",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A stay in hospital.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stay)]
pub struct StayView {
    /// Day of admission.
    #[schema(value_type = String, format = Date, example = "2026-03-01")]
    admitted_on: Day,
    /// Day of discharge.
    #[schema(value_type = String, format = Date, example = "2026-04-16")]
    discharged_on: Day,
    /// Whether it counts.
    counted: bool,
}

/// A person, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MaskedPerson)]
pub struct MaskedPerson {
    /// Their row in the registry.
    resident_id: Uuid,
    /// Citizen ID, masked.
    #[schema(example = "430102********0023")]
    citizen_id: String,
    /// Name, masked.
    #[schema(example = "李**")]
    name: String,
}

/// A claim and what was decided on it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HospitalClaim)]
pub struct ClaimView {
    /// Its id.
    id: Uuid,
    /// What became of it.
    status: ClaimStatus,
    /// The hospital that posted it.
    hospital_id: Uuid,
    /// The hospital's medical record number.
    #[schema(example = "ZY-2026-0007")]
    medical_record_no: String,
    /// The stay.
    stay: StayView,
    /// The decision in force; none while the stay is held, nor when the claim is withdrawn.
    decision: Option<DecisionView>,
    /// How an officer settled the stay, for officers and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<ResolutionView>,
    /// The patient, masked, for officers and auditors, if they are in the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<MaskedPerson>,
    /// When it was posted.
    posted_at: DateTime<Utc>,
}

impl ClaimView {
    pub(super) fn of(state: &ClaimState, language: Language) -> Self {
        let (audience, standing) = (state.audience, state.stay.standing);
        let waits = matches!(standing, StayStanding::Held | StayStanding::Withdrawn);
        let decision = state.decision.as_ref().filter(|_| !waits);
        let patient = state
            .resident
            .as_ref()
            .filter(|_| audience == Audience::Registry);
        Self {
            id: state.claim.id.get(),
            status: ClaimStatus::of(standing, decision.map(|decision| decision.outcome.as_str())),
            hospital_id: state.claim.hospital.get(),
            medical_record_no: state.claim.medical_record_no.clone(),
            stay: StayView {
                admitted_on: state.stay.admitted_on,
                discharged_on: state.stay.discharged_on,
                counted: state.stay.counts(),
            },
            decision: decision.map(|decision| DecisionView::of(decision, audience, language)),
            resolution: state.resolution.as_ref().map(ResolutionView::of),
            patient: patient.map(|resident| MaskedPerson {
                resident_id: resident.id.get(),
                citizen_id: resident.citizen_id.masked(),
                name: resident.details.name.masked(),
            }),
            posted_at: state.claim.posted_at,
        }
    }
}

/// The operation under which the keys of claims are kept, also of those in batches.
pub(super) const CREATE: &str = "create_hospital_claim";

/// What a form says, for the service, and as canonical bytes.
pub(super) fn new_claim(
    state: &State,
    hospital: HospitalId,
    form: &ClaimForm,
    today: Day,
) -> Result<(NewClaim, Vec<u8>), Problem> {
    let parsed = form.parse(today)?;
    let canonical = form.canonical(&parsed)?;
    let keys = state.store.keys();
    let new = NewClaim {
        hospital,
        citizen_id: parsed.citizen_id,
        medical_record_no: parsed.medical_record_no,
        content: parsed.content,
        fingerprint: keys.fingerprint(&[b"hospital-claim", &canonical]),
        channel: CHANNEL,
    };
    Ok((new, canonical))
}

/// The answer to the hospital that posted a claim.
pub(super) fn render_posted(posted: &Posted, language: Language) -> Result<Answer, Problem> {
    let (status, claim) = match posted {
        Posted::New(claim) => (StatusCode::CREATED, claim),
        Posted::Known(claim) => (StatusCode::OK, claim),
    };
    let location = Some(format!("/v1/hospital-claims/{}", claim.claim.id));
    let view = ClaimView::of(claim, language);
    answer(status, location, Some(claim.version()), &view)
}

/// Post a claim on a stay
///
/// Decided at once, with reasons. The hospital is the token's. A repeat with the same key and
/// content gets the same answer, byte for byte; the same content under a new key gets the claim
/// there is (200); other content for the same admission is 409 and names that claim.
#[utoipa::path(
    operation_id = "create_hospital_claim",
    tag = "hospital-claims",
    request_body = ClaimForm,
    params(("Idempotency-Key" = String, Header, description = "Unique per claim and client.",
            example = "demo-0007")),
    responses(
        (status = 201, description = "The claim, decided or held.", body = ClaimView,
         headers(("Location" = String, description = "The claim."),
                 ("ETag" = String, description = "Its version."))),
        (status = 200, description = "The same claim was posted before.", body = ClaimView),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/hospital-claims")]
pub(crate) async fn create_hospital_claim(
    request: HttpRequest,
    state: State,
    caller: HospitalCaller,
    key: IdempotencyKey,
    Body(form): Body<ClaimForm>,
) -> Result<HttpResponse, Problem> {
    let today = state.news(POSTED).today;
    let (new, canonical) = new_claim(&state, caller.hospital, &form, today)?;
    let language = Language::of(request.headers());
    let client_id = caller.caller.client_id.clone();
    let keyed = keyed(&state, &client_id, &key, CREATE, &[&canonical]);
    let render = move |posted: &Posted| render_posted(posted, language);
    let arrival = Arrival::new(caller.actor(), &keyed, new, render);
    state.intake.post(arrival).await.map(send)
}

/// Get a claim
#[utoipa::path(
    operation_id = "get_hospital_claim",
    tag = "hospital-claims",
    params(("id" = Uuid, Path, description = "The claim.")),
    responses(
        (status = 200, description = "The claim as it is now.", body = ClaimView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems,
    )
)]
#[get("/v1/hospital-claims/{id}")]
pub(crate) async fn get_hospital_claim(
    request: HttpRequest,
    state: State,
    caller: HospitalOfficerOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let grant = &caller.caller().grant;
    let scope = service::scope(grant).ok_or_else(Problem::forbidden)?;
    let (audience, id) = (Audience::of(grant), ClaimId::new(id));
    let claim = service::find(&state.store, &caller.actor(), scope, id, audience).await?;
    let view = ClaimView::of(&claim, Language::of(request.headers()));
    versioned(StatusCode::OK, None, claim.version(), &view)
}

/// Which claims.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClaimFilter {
    /// What became of them; `held` are those an officer has to settle.
    #[param(inline)]
    status: Option<ClaimStatus>,
    /// The hospital's medical record number.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64)]
    medical_record_no: Option<String>,
    /// One hospital's.
    hospital_id: Option<Uuid>,
    /// Admitted on or after this day.
    #[param(value_type = Option<String>, format = Date)]
    admitted_from: Option<Day>,
    /// Admitted before this day.
    #[param(value_type = Option<String>, format = Date)]
    admitted_until: Option<Day>,
}

/// A claim in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HospitalClaimItem)]
pub struct ClaimItem {
    /// Its id.
    id: Uuid,
    /// What became of it.
    status: ClaimStatus,
    /// The hospital that posted it.
    hospital_id: Uuid,
    /// The hospital's medical record number.
    medical_record_no: String,
    /// The patient's row in the registry, for officers and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    resident_id: Option<Uuid>,
    /// The stay.
    stay: StayView,
    /// The decision in force.
    decision_id: Option<Uuid>,
    /// Its amount, in fen.
    amount_fen: Option<i64>,
    /// Its payable days.
    payable_days: Option<i32>,
    /// When it was posted.
    posted_at: DateTime<Utc>,
}

impl ClaimItem {
    fn of(listed: Listed, audience: Audience) -> Self {
        let standing = listed.standing.parse().unwrap_or(StayStanding::Held);
        Self {
            id: listed.id,
            status: ClaimStatus::of(standing, listed.outcome.as_deref()),
            hospital_id: listed.hospital_id,
            medical_record_no: listed.medical_record_no,
            resident_id: listed
                .resident_id
                .filter(|_| audience == Audience::Registry),
            stay: StayView {
                admitted_on: Day::new(listed.admitted_on),
                discharged_on: Day::new(listed.discharged_on),
                counted: standing == StayStanding::Counted,
            },
            decision_id: match audience {
                Audience::Hospital => listed.restates_id.or(listed.decision_id),
                Audience::Registry => listed.decision_id,
            },
            amount_fen: listed.amount_fen,
            payable_days: listed.payable_days,
            posted_at: listed.posted_at,
        }
    }
}

/// List claims
///
/// A hospital's own; for officers those of people registered in their division; for auditors
/// also those of people in no registry. Newest first.
#[utoipa::path(
    operation_id = "list_hospital_claims",
    tag = "hospital-claims",
    params(ClaimFilter, PageQuery),
    responses((status = 200, description = "A page of claims.", body = Page<ClaimItem>), CommonProblems)
)]
#[get("/v1/hospital-claims")]
pub(crate) async fn list_hospital_claims(
    state: State,
    caller: HospitalOfficerOrAuditor,
    query: Listing<ClaimFilter>,
) -> Result<HttpResponse, Problem> {
    let grant = &caller.caller().grant;
    let scope = service::scope(grant).ok_or_else(Problem::forbidden)?;
    let asked = query.filter;
    let filter = Filter {
        status: asked.status.map(|status| status.as_str().to_owned()),
        medical_record_no: asked.medical_record_no,
        hospital: asked.hospital_id.map(HospitalId::new),
        admitted_from: asked.admitted_from,
        admitted_until: asked.admitted_until,
        before: query.page.after::<Uuid>()?.map(ClaimId::new),
        ..Filter::all(scope)
    };
    let rows = service::list(&state.store, &caller.actor(), &filter, query.page.rows()).await?;
    let audience = Audience::of(grant);
    let page = Page::cut(
        rows,
        &query.page,
        |row| row.id,
        |row| ClaimItem::of(row, audience),
    );
    Ok(HttpResponse::Ok().json(page))
}

/// Get a decision
///
/// With its full trace: what each clause saw, what it needs, where it comes from.
#[utoipa::path(
    operation_id = "get_decision",
    tag = "decisions",
    params(("id" = Uuid, Path, description = "The decision.")),
    responses(
        (status = 200, description = "The decision.", body = DecisionOnMatterView),
        CommonProblems,
        ConflictProblems,
    )
)]
#[get("/v1/decisions/{id}")]
pub(crate) async fn get_decision(
    request: HttpRequest,
    state: State,
    caller: OfficerOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let scope = service::scope(&caller.caller().grant).ok_or_else(Problem::forbidden)?;
    let actor = caller.actor();
    let found = decisions::find(&state.store, &actor, scope, DecisionId::new(id)).await?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(DecisionOnMatterView::of(&found, language)))
}
