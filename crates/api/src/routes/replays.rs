//! `/v1/decisions/{id}/replay`: a stored decision made once more.

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, post};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sizhu_core::{DecisionId, ENGINE_VERSION, Outcome};
use utoipa::ToSchema;
use uuid::Uuid;

use super::words;
use crate::auth::OfficerOrAuditor;
use crate::extract::Path;
use crate::openapi::{CommonProblems, ConflictProblems};
use crate::problem::{Language, Problem};
use crate::service::claims::scope;
use crate::service::replaying::{self as service, Replay};
use crate::state::State;

/// A stored decision beside what the present engine makes of the same facts and policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replay)]
pub struct ReplayView {
    /// The decision.
    decision_id: Uuid,
    /// The engine it was made with.
    #[schema(example = "2")]
    engine_version_then: String,
    /// The engine that made it again.
    #[schema(example = "2")]
    engine_version_now: &'static str,
    /// SHA-256 of the policy it was made under, and is again.
    policy_hash: String,
    /// Whether it holds: nothing differs. None where its facts were deleted.
    holds: Option<bool>,
    /// When its facts were deleted in due time, for the person was in no registry: it cannot be made
    /// again.
    facts_deleted_at: Option<DateTime<Utc>>,
    /// Whether the outcome is the same.
    same_outcome: bool,
    /// Whether the amount is the same.
    same_amount: bool,
    /// Whether the days, by year, are the same.
    same_days: bool,
    /// Whether every byte of the trace is the same; none between different engines.
    same_bytes: Option<bool>,
    /// What it comes to now.
    #[schema(value_type = Option<words::Outcome>)]
    outcome: Option<Outcome>,
    /// What it pays now, in fen.
    amount_fen: Option<i64>,
    /// What differs, in words, by `Accept-Language`.
    differences: Vec<String>,
}

impl ReplayView {
    fn of(replay: &Replay, headers: &HeaderMap) -> Self {
        let language = Language::of(headers);
        let (stored, again) = (&replay.stored, replay.again.as_ref());
        Self {
            decision_id: stored.id.get(),
            engine_version_then: stored.engine_version.clone(),
            engine_version_now: ENGINE_VERSION,
            policy_hash: stored.policy_hash.clone(),
            holds: replay.facts_deleted_at().is_none().then(|| replay.holds()),
            facts_deleted_at: replay.facts_deleted_at(),
            same_outcome: again.is_some_and(|again| again.outcome == stored.outcome),
            same_amount: again.is_some_and(|again| again.amount == stored.amount),
            same_days: again.is_some_and(|again| {
                again.payable_days == stored.payable_days && again.by_year == stored.by_year
            }),
            same_bytes: replay.same_bytes,
            outcome: again.map(|again| again.outcome),
            amount_fen: again.map(|again| again.amount.get()),
            differences: (replay.differences.iter())
                .map(|text| text.in_language(language).to_owned())
                .collect(),
        }
    }
}

/// Replay a decision
///
/// Made once more from the facts, the policy and the engine version that it names. The same engine
/// owes the same bytes, a newer one the same outcome and amount. Nothing changes; the replay is
/// recorded in the audit trail.
#[utoipa::path(
    operation_id = "replay_decision",
    tag = "decisions",
    params(("id" = Uuid, Path, description = "The decision.")),
    responses(
        (status = 200, description = "The comparison.", body = ReplayView),
        CommonProblems,
        ConflictProblems,
    )
)]
#[post("/v1/decisions/{id}/replay")]
pub(crate) async fn replay_decision(
    request: HttpRequest,
    state: State,
    caller: OfficerOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let scope = scope(&caller.caller().grant).ok_or_else(Problem::forbidden)?;
    let (actor, news) = (caller.actor(), state.news("decision.replayed"));
    let replay = service::replay(&state.store, &actor, scope, DecisionId::new(id), news).await?;
    Ok(HttpResponse::Ok().json(ReplayView::of(&replay, request.headers())))
}
