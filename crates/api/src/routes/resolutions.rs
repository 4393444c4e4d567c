//! `/v1/hospital-claims/{id}/resolution`: an officer settles a held stay.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sizhu_core::{ClaimId, Resolution};
use sizhu_store::stays::ResolutionRow;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::answer::{answer, keyed, send};
use super::claims::ClaimView;
use super::fields::Fields;
use super::words;
use crate::auth::OfficerCaller;
use crate::etag::IfMatch;
use crate::extract::{Body, Form, IdempotencyKey, Path};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems, EditProblems};
use crate::problem::{Language, Problem};
use crate::service::claims::ClaimState;
use crate::service::resolving::{self as service, Bench, Said};
use crate::state::State;

/// Digits in a row of which a number that names somebody begins: no day and no amount of days has so
/// many.
const DIGITS: usize = 6;

/// How a held stay is to be settled.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StayResolutionForm, example = json!({
    "outcome": "count", "reason": "出院小结显示前一次登记日期有误"
}))]
pub struct ResolutionForm {
    /// `count`: it counts, and stays that it overlaps no longer do. `keep_other`: those go on
    /// counting, and it does not count. `refuse`: it is refused.
    #[schema(value_type = words::Resolution)]
    outcome: Resolution,
    /// Why; no names and no numbers of people. Kept for officers and auditors, and never told to a
    /// hospital.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

impl Form for ResolutionForm {}

impl ResolutionForm {
    fn parse(self, claim: ClaimId, today: sizhu_core::Day) -> Result<Said, Problem> {
        let mut fields = Fields::on(today);
        let reason = fields.text("/reason", &self.reason, 200);
        let mut runs = self.reason.split(|c: char| !c.is_numeric());
        if runs.any(|run| run.chars().count() >= DIGITS) {
            fields.explain(
                "/reason",
                "invalid_value",
                "理由中不得写入证件号、电话等号码。",
                "A reason holds no number that names somebody, such as a citizen ID or a phone.",
            );
        }
        fields.finish(|| {
            Some(Said {
                claim,
                outcome: self.outcome,
                reason: reason?,
            })
        })
    }
}

/// How an officer settled a stay.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StayResolution)]
pub struct ResolutionView {
    /// The claim that was settled: this one, or the one that counts in its place.
    claim_id: Uuid,
    /// How.
    #[schema(value_type = words::Resolution)]
    outcome: Resolution,
    /// Why, in the officer's words.
    reason: String,
    /// The officer's client.
    resolved_by: String,
    /// When.
    resolved_at: DateTime<Utc>,
}

impl ResolutionView {
    pub(super) fn of(row: &ResolutionRow) -> Self {
        Self {
            claim_id: row.claim.get(),
            outcome: row.outcome,
            reason: row.reason.clone(),
            resolved_by: row.recorded_by.clone(),
            resolved_at: row.recorded_at,
        }
    }
}

/// Settle a held stay
///
/// By an officer of county level or above. All claims of the person that this touches are decided anew
/// and the differences posted. A stay that is not held is 409; one of which the officer has not seen
/// the newest, also of the person's other stays that overlap, is 412.
#[utoipa::path(
    operation_id = "resolve_hospital_claim",
    tag = "hospital-claims",
    request_body = ResolutionForm,
    params(("id" = Uuid, Path, description = "The claim."),
           ("Idempotency-Key" = String, Header, description = "Unique per resolution and client.",
            example = "resolution-0001"),
           ("If-Match" = String, Header, description = "The `ETag` last read.")),
    responses(
        (status = 200, description = "The claim as it is now.", body = ClaimView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems, EditProblems,
    )
)]
#[post("/v1/hospital-claims/{id}/resolution")]
pub(crate) async fn resolve_hospital_claim(
    request: HttpRequest,
    state: State,
    caller: OfficerCaller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    key: IdempotencyKey,
    Body(form): Body<ResolutionForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("claim.resolved");
    let said = form.parse(ClaimId::new(id), news.today)?;
    let canonical = json!({ "outcome": said.outcome, "reason": said.reason });
    let canonical = sizhu_store::canonical(&canonical)?;
    let client_id = caller.caller.client_id.clone();
    let parts = [id.as_bytes().as_slice(), canonical.as_slice()];
    let keyed = keyed(&state, &client_id, &key, "resolve_hospital_claim", &parts);
    let language = Language::of(request.headers());
    let render = |claim: &ClaimState| {
        let view = ClaimView::of(claim, language);
        answer(StatusCode::OK, None, Some(claim.version()), &view)
    };
    let actor = caller.actor();
    let bench = Bench {
        store: &state.store,
        policies: &state.policies,
        actor: &actor,
        division: &caller.division,
        news,
    };
    let seen = |version| if_match.check(version);
    service::resolve_once(bench, &keyed, &said, seen, render)
        .await
        .map(send)
}
