//! `/v1/hospital-claims/{id}`: a claim corrected, withdrawn, and what was said in it before.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sizhu_core::{ClaimId, Day, NursingDays, SubjectId};
use sizhu_store::canonical;
use sizhu_store::claims::{Charges, Claim, Consent};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::answer::{answer, keyed, send, versioned};
use super::claim_form::ClaimForm;
use super::claims::{ClaimView, new_claim};
use super::fields::Fields;
use crate::auth::{HospitalCaller, HospitalOfficerOrAuditor};
use crate::etag::{IfMatch, OptionalIfMatch};
use crate::extract::{Body, Form, IdempotencyKey, Listing, NoFilter, Path};
use crate::openapi::{
    BodyProblems, CheckedProblems, CommonProblems, ConflictProblems, EditProblems,
};
use crate::page::{Page, PageQuery};
use crate::problem::{Language, Problem};
use crate::service::claims::{Audience, ClaimState, scope, versions};
use crate::service::correcting::{self as service, Ward};
use crate::state::State;

/// Correct a claim
///
/// What is said now takes the place of what was said, as from the beginning, also of whose stay it was
/// and when; what was said stays on record. The stay is placed again, everyone it touches is decided
/// anew, and the difference is posted. A withdrawn claim counts again. The same content again changes
/// nothing; on an admission of another claim of the hospital it is 409 and names that claim.
#[utoipa::path(
    operation_id = "update_hospital_claim",
    tag = "hospital-claims",
    request_body = ClaimForm,
    params(("id" = Uuid, Path, description = "The claim."),
           ("If-Match" = String, Header, description = "The ETag last read.")),
    responses(
        (status = 200, description = "The claim, corrected and decided anew.", body = ClaimView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems, EditProblems,
    )
)]
#[put("/v1/hospital-claims/{id}")]
pub(crate) async fn update_hospital_claim(
    request: HttpRequest,
    state: State,
    caller: HospitalCaller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(form): Body<ClaimForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("claim.corrected");
    let (new, _) = new_claim(&state, caller.hospital, &form, news.today)?;
    let actor = caller.actor();
    let ward = Ward {
        store: &state.store,
        policies: &state.policies,
        actor: &actor,
        hospital: caller.hospital,
        news,
    };
    let seen = |version| if_match.check(version);
    let claim = Box::pin(service::correct(ward, ClaimId::new(id), new, seen)).await?;
    let view = ClaimView::of(&claim, Language::of(request.headers()));
    versioned(StatusCode::OK, None, claim.version(), &view)
}

/// Why a claim is withdrawn.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HospitalClaimWithdrawal, example = json!({"reason": "同一次住院重复申报"}))]
pub struct ClaimWithdrawalForm {
    /// Why; no names and no numbers.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

impl Form for ClaimWithdrawalForm {}

/// Withdraw a claim
///
/// One that should not have been posted. It stays on record and counts for no day: what was granted is
/// taken back, and a stay that was held because of it comes to count. A correction (PUT) makes it count
/// again; posting the admission again does not.
#[utoipa::path(
    operation_id = "withdraw_hospital_claim",
    tag = "hospital-claims",
    request_body = ClaimWithdrawalForm,
    params(("id" = Uuid, Path, description = "The claim."),
           ("Idempotency-Key" = String, Header, description = "Unique per withdrawal and client.",
            example = "demo-0007-withdrawal"),
           ("If-Match" = Option<String>, Header,
            description = "The ETag last read: refused (412) if it changed since.")),
    responses(
        (status = 200, description = "The claim, withdrawn.", body = ClaimView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems, CheckedProblems,
    )
)]
#[post("/v1/hospital-claims/{id}/withdrawal")]
pub(crate) async fn withdraw_hospital_claim(
    request: HttpRequest,
    state: State,
    caller: HospitalCaller,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    if_match: OptionalIfMatch,
    Body(form): Body<ClaimWithdrawalForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("claim.withdrawn");
    let mut fields = Fields::on(news.today);
    let reason = fields.text("/reason", &form.reason, 200);
    let reason = fields.finish(|| reason)?;
    let content = canonical(&json!({ "claim": id, "reason": reason }))?;
    let client_id = caller.caller.client_id.clone();
    let keyed = keyed(
        &state,
        &client_id,
        &key,
        "withdraw_hospital_claim",
        &[&content],
    );
    let actor = caller.actor();
    let ward = Ward {
        store: &state.store,
        policies: &state.policies,
        actor: &actor,
        hospital: caller.hospital,
        news,
    };
    let language = Language::of(request.headers());
    let render = |claim: &ClaimState| {
        let view = ClaimView::of(claim, language);
        answer(StatusCode::OK, None, Some(claim.version()), &view)
    };
    let seen = |version| if_match.check(version);
    let id = ClaimId::new(id);
    Box::pin(service::withdraw_once(
        ward, &keyed, id, reason, seen, render,
    ))
    .await
    .map(send)
}

/// What a hospital said in a version of a claim.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HospitalClaimSays)]
pub struct ClaimSays {
    /// The patient's name as the hospital wrote it, masked.
    #[schema(example = "李**")]
    patient_name: String,
    /// The hospital's medical record number.
    #[schema(example = "ZY-2026-0007")]
    medical_record_no: String,
    /// Settlement number (结算ID) of the medical insurance.
    settlement_no: Option<String>,
    /// Day of admission.
    #[schema(value_type = String, format = Date)]
    admitted_on: Day,
    /// Day of discharge.
    #[schema(value_type = String, format = Date)]
    discharged_on: Day,
    /// Principal diagnosis, for the hospital alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    principal_diagnosis: Option<DiagnosisView>,
    /// Days by nursing level; all zero if not reported.
    #[schema(inline)]
    nursing_days: NursingView,
    /// Days in intensive care.
    icu_days: u32,
    /// Charges.
    #[schema(inline)]
    charges: ChargesView,
    /// The patient's consent.
    #[schema(inline)]
    consent: ConsentView,
}

/// A diagnosis as it was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiagnosisView {
    /// ICD-10 code.
    code: String,
    /// Its name.
    name: String,
}

/// Days by nursing level as they were said.
#[derive(Debug, Serialize, ToSchema)]
pub struct NursingView {
    /// 特级护理.
    special: u32,
    /// 一级护理.
    level_1: u32,
    /// 二级护理.
    level_2: u32,
    /// 三级护理.
    level_3: u32,
}

/// Charges as they were said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargesView {
    /// In all, in fen.
    total_fen: i64,
    /// By medical insurance, in fen.
    insurance_paid_fen: i64,
    /// By the patient, in fen.
    self_paid_fen: i64,
}

/// A consent as it was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentView {
    /// How it was given.
    kind: String,
    /// The hospital's own number of it.
    reference: String,
    /// Day it was given.
    #[schema(value_type = String, format = Date)]
    signed_on: Day,
}

/// A version of a claim.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HospitalClaimVersion)]
pub struct ClaimVersionView {
    /// Counts up from 1.
    number: i32,
    /// When it was said.
    recorded_at: DateTime<Utc>,
    /// The role of who said it.
    #[schema(example = "hospital")]
    by: String,
    /// Whether it is in force: no later version took its place.
    in_force: bool,
    /// Whether it withdraws the claim.
    withdrawal: bool,
    /// Why, if it does.
    reason: Option<String>,
    /// Whether it is on the patient of the version in force.
    same_patient: bool,
    /// What it says; on another patient, to the hospital alone. `null` also where that was deleted in due
    /// time.
    #[schema(inline)]
    says: Option<ClaimSays>,
}

impl From<NursingDays> for NursingView {
    fn from(days: NursingDays) -> Self {
        Self {
            special: days.special,
            level_1: days.level_1,
            level_2: days.level_2,
            level_3: days.level_3,
        }
    }
}

impl From<Charges> for ChargesView {
    fn from(charges: Charges) -> Self {
        Self {
            total_fen: charges.total.get(),
            insurance_paid_fen: charges.insurance_paid.get(),
            self_paid_fen: charges.self_paid.get(),
        }
    }
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self {
            kind: consent.kind,
            reference: consent.reference,
            signed_on: consent.signed_on,
        }
    }
}

impl ClaimSays {
    /// What a version says; `None` if that was deleted.
    fn of(version: Claim, audience: Audience) -> Option<Self> {
        let content = version.content?;
        let diagnosis = DiagnosisView {
            code: content.diagnosis.code.as_str().to_owned(),
            name: content.diagnosis.name,
        };
        Some(Self {
            patient_name: content.patient_name.masked(),
            medical_record_no: version.medical_record_no,
            settlement_no: content.settlement_no,
            admitted_on: content.admitted_on,
            discharged_on: content.discharged_on,
            principal_diagnosis: (audience == Audience::Hospital).then_some(diagnosis),
            nursing_days: content.nursing.into(),
            icu_days: content.icu_days,
            charges: content.charges.into(),
            consent: content.consent.into(),
        })
    }
}

impl ClaimVersionView {
    fn of(version: Claim, now: (i32, SubjectId), audience: Audience) -> Self {
        let (newest, patient) = now;
        let same_patient = version.subject == patient;
        Self {
            number: version.version,
            recorded_at: version.said_at,
            by: version.channel.clone(),
            in_force: version.version == newest,
            withdrawal: version.withdrawn_because.is_some(),
            reason: version.withdrawn_because.clone(),
            same_patient,
            // Who sees the patient of now may have no business with the one it was mistaken for.
            says: (same_patient || audience == Audience::Hospital)
                .then(|| ClaimSays::of(version, audience))
                .flatten(),
        }
    }
}

/// List the versions of a claim
///
/// What was said in it, newest first. Who may read the claim may read them.
#[utoipa::path(
    operation_id = "list_hospital_claim_versions",
    tag = "hospital-claims",
    params(("id" = Uuid, Path, description = "The claim."), PageQuery),
    responses(
        (status = 200, description = "A page of versions.", body = Page<ClaimVersionView>),
        CommonProblems,
    )
)]
#[get("/v1/hospital-claims/{id}/versions")]
pub(crate) async fn list_hospital_claim_versions(
    state: State,
    caller: HospitalOfficerOrAuditor,
    Path(id): Path<Uuid>,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let grant = &caller.caller().grant;
    let own = scope(grant).ok_or_else(Problem::forbidden)?;
    let (audience, id) = (Audience::of(grant), ClaimId::new(id));
    let before = query.page.after::<i64>()?;
    let before = before.map(|number| i32::try_from(number).unwrap_or(i32::MAX));
    let (store, actor, rows) = (&state.store, caller.actor(), query.page.rows());
    let (claim, found) = versions(store, &actor, own, id, before, rows).await?;
    let now = (claim.version, claim.subject);
    let page = Page::cut(
        found,
        &query.page,
        |version| i64::from(version.version),
        |version| ClaimVersionView::of(version, now, audience),
    );
    Ok(HttpResponse::Ok().json(page))
}
