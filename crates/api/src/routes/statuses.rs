//! `/v1/residents/{id}/statuses`: special-family statuses and surgery complications.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, put};
use sizhu_core::{ResidentId, StatusId};
use sizhu_store::statuses::Status;
use uuid::Uuid;

use super::answer::versioned;
use super::status_form::{CorrectionForm, EndForm, StatusForm, StatusView, WithdrawalForm};
use crate::auth::{OfficerCaller, OfficerOrAuditor};
use crate::etag::{IfMatch, OptionalIfMatch};
use crate::extract::{Body, Path};
use crate::openapi::{
    BodyProblems, CheckedProblems, CommonProblems, ConflictProblems, EditProblems,
};
use crate::problem::Problem;
use crate::service::residents;
use crate::service::statuses::{self as service, Desk};
use crate::state::State;

fn location(resident: Uuid, status: &Status) -> String {
    format!("/v1/residents/{resident}/statuses/{}", status.id)
}

fn show(status: &Status) -> Result<HttpResponse, Problem> {
    versioned(
        StatusCode::OK,
        None,
        status.version.into(),
        &StatusView::of(status),
    )
}

/// The desk at which an officer acts.
macro_rules! desk {
    ($state:ident, $caller:ident, $actor:ident, $news:expr) => {
        Desk {
            store: &$state.store,
            policies: &$state.policies,
            actor: &$actor,
            division: &$caller.division,
            news: $news,
        }
    };
}

/// Post a status
///
/// Confirmed at once when posted by an officer of county level or above, if its conditions hold
/// (409 when one of the kind holds at the time, 422 when they don't); proposed when posted from
/// below. The person's claims are decided anew.
#[utoipa::path(
    operation_id = "create_status",
    tag = "statuses",
    params(("id" = Uuid, Path, description = "The person.")),
    request_body = StatusForm,
    responses(
        (status = 201, description = "The status.", body = StatusView,
         headers(("Location" = String, description = "The status."),
                 ("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/residents/{id}/statuses")]
pub(crate) async fn create_status(
    state: State,
    caller: OfficerCaller,
    Path(id): Path<Uuid>,
    Body(form): Body<StatusForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("status.posted");
    let said = form.parse(news.today)?;
    let actor = caller.actor();
    let desk = desk!(state, caller, actor, news);
    let status = service::post(desk, ResidentId::new(id), said).await?;
    let view = StatusView::of(&status);
    versioned(
        StatusCode::CREATED,
        Some(location(id, &status)),
        status.version.into(),
        &view,
    )
}

/// Get a status
#[utoipa::path(
    operation_id = "get_status",
    tag = "statuses",
    params(("id" = Uuid, Path, description = "The person."),
           ("status_id" = Uuid, Path, description = "The status.")),
    responses(
        (status = 200, description = "The status.", body = StatusView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems,
    )
)]
#[get("/v1/residents/{id}/statuses/{status_id}")]
pub(crate) async fn get_status(
    state: State,
    caller: OfficerOrAuditor,
    Path((id, status_id)): Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let person = residents::find(&state.store, &actor, grant, ResidentId::new(id)).await?;
    let found = person
        .statuses
        .iter()
        .find(|status| status.id.get() == status_id);
    show(found.ok_or_else(Problem::not_found)?)
}

/// Confirm a status
///
/// By an officer of county level or above, once the conditions are checked: the wife 49 or older,
/// single parents and remarried people by their own age, grade 1 to 3. The person's claims are
/// decided anew.
#[utoipa::path(
    operation_id = "confirm_status",
    tag = "statuses",
    params(("id" = Uuid, Path, description = "The person."),
           ("status_id" = Uuid, Path, description = "The status."),
           ("If-Match" = Option<String>, Header,
            description = "The ETag last read: refused (412) if it changed since.",
            example = "*")),
    responses(
        (status = 200, description = "The status, confirmed.", body = StatusView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, ConflictProblems, CheckedProblems,
    )
)]
#[post("/v1/residents/{id}/statuses/{status_id}/confirmation")]
pub(crate) async fn confirm_status(
    state: State,
    caller: OfficerCaller,
    Path((id, status_id)): Path<(Uuid, Uuid)>,
    if_match: OptionalIfMatch,
) -> Result<HttpResponse, Problem> {
    let actor = caller.actor();
    let desk = desk!(state, caller, actor, state.news("status.confirmed"));
    let (resident, status) = (ResidentId::new(id), StatusId::new(status_id));
    show(&service::confirm(desk, resident, status, |version| if_match.check(version)).await?)
}

/// End a status
///
/// By an officer of county level or above, from a day on, for a reason that fits its kind. The
/// person's claims are decided anew: what is not yet paid is given up, what is paid is owed back.
#[utoipa::path(
    operation_id = "end_status",
    tag = "statuses",
    params(("id" = Uuid, Path, description = "The person."),
           ("status_id" = Uuid, Path, description = "The status."),
           ("If-Match" = Option<String>, Header,
            description = "The ETag last read: refused (412) if it changed since.",
            example = "*")),
    request_body = EndForm,
    responses(
        (status = 200, description = "The status, ended.", body = StatusView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems, CheckedProblems,
    )
)]
#[post("/v1/residents/{id}/statuses/{status_id}/end")]
pub(crate) async fn end_status(
    state: State,
    caller: OfficerCaller,
    Path((id, status_id)): Path<(Uuid, Uuid)>,
    if_match: OptionalIfMatch,
    Body(form): Body<EndForm>,
) -> Result<HttpResponse, Problem> {
    let actor = caller.actor();
    let desk = desk!(state, caller, actor, state.news("status.ended"));
    let (resident, status) = (ResidentId::new(id), StatusId::new(status_id));
    let seen = |version| if_match.check(version);
    show(&service::end(desk, resident, status, form.ending(), seen).await?)
}

/// Correct a status
///
/// What is said now takes the place of what was said, as from the beginning; what was said stays
/// on record. At county level it is confirmed anew if its conditions hold, and proposed if not.
#[utoipa::path(
    operation_id = "update_status",
    tag = "statuses",
    params(("id" = Uuid, Path, description = "The person."),
           ("status_id" = Uuid, Path, description = "The status."),
           ("If-Match" = String, Header, description = "The ETag last read.")),
    request_body = CorrectionForm,
    responses(
        (status = 200, description = "The status, corrected.", body = StatusView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems, EditProblems,
    )
)]
#[put("/v1/residents/{id}/statuses/{status_id}")]
pub(crate) async fn update_status(
    state: State,
    caller: OfficerCaller,
    Path((id, status_id)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    Body(form): Body<CorrectionForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("status.corrected");
    let said = form.parse(news.today)?;
    let actor = caller.actor();
    let desk = desk!(state, caller, actor, news);
    let (resident, status) = (ResidentId::new(id), StatusId::new(status_id));
    let seen = |version| if_match.check(version);
    show(&service::correct(desk, resident, status, said, seen).await?)
}

/// Withdraw a status
///
/// One that never was true: entered for the wrong person, or twice. It stays on record and counts
/// for no day; the person's claims are decided anew. A confirmed one takes an officer of county
/// level.
#[utoipa::path(
    operation_id = "withdraw_status",
    tag = "statuses",
    params(("id" = Uuid, Path, description = "The person."),
           ("status_id" = Uuid, Path, description = "The status."),
           ("If-Match" = Option<String>, Header,
            description = "The ETag last read: refused (412) if it changed since.",
            example = "*")),
    request_body = WithdrawalForm,
    responses(
        (status = 200, description = "The status, withdrawn.", body = StatusView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems, CheckedProblems,
    )
)]
#[post("/v1/residents/{id}/statuses/{status_id}/withdrawal")]
pub(crate) async fn withdraw_status(
    state: State,
    caller: OfficerCaller,
    Path((id, status_id)): Path<(Uuid, Uuid)>,
    if_match: OptionalIfMatch,
    Body(form): Body<WithdrawalForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("status.withdrawn");
    let because = form.parse(news.today)?;
    let actor = caller.actor();
    let desk = desk!(state, caller, actor, news);
    let (resident, status) = (ResidentId::new(id), StatusId::new(status_id));
    let seen = |version| if_match.check(version);
    show(&service::withdraw(desk, resident, status, because, seen).await?)
}
