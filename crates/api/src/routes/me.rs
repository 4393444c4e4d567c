//! `/v1/me`: what residents see of themselves.

use actix_web::{HttpRequest, HttpResponse, get};
use uuid::Uuid;

use super::decision_view::DecisionOnMatterView;
use super::residents::ResidentView;
use crate::auth::ResidentCaller;
use crate::extract::{Listing, NoFilter};
use crate::openapi::CommonProblems;
use crate::page::{Page, PageQuery};
use crate::problem::{Language, Problem};
use crate::service::{decisions, residents};
use crate::state::State;

/// Get yourself
///
/// What the registry holds about you, masked.
#[utoipa::path(
    operation_id = "get_me",
    tag = "me",
    responses((status = 200, description = "You, masked.", body = ResidentView), CommonProblems)
)]
#[get("/v1/me")]
pub(crate) async fn get_me(state: State, caller: ResidentCaller) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller.grant);
    let found = residents::find(&state.store, &actor, grant, caller.resident).await?;
    Ok(HttpResponse::Ok().json(ResidentView::of(&found)))
}

/// List the decisions on your claims
///
/// All ever made, newest first, each with its full trace.
#[utoipa::path(
    operation_id = "list_my_decisions",
    tag = "me",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of decisions.", body = Page<DecisionOnMatterView>),
        CommonProblems,
    )
)]
#[get("/v1/me/decisions")]
pub(crate) async fn list_my_decisions(
    request: HttpRequest,
    state: State,
    caller: ResidentCaller,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller.grant);
    let me = residents::find(&state.store, &actor, grant, caller.resident).await?;
    let before = query.page.after::<Uuid>()?;
    let (subject, rows) = (me.resident.subject, query.page.rows());
    let found = decisions::of_subject(&state.store, &actor, subject, before, rows).await?;
    let language = Language::of(request.headers());
    let page = Page::cut(
        found,
        &query.page,
        |decision| decision.id.get(),
        |decision| DecisionOnMatterView::of(&decision, language),
    );
    Ok(HttpResponse::Ok().json(page))
}
