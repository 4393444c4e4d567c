//! `/v1/loans/{id}/events`: what happened to a loan; corrections are reversals.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use sizhu_core::{LoanEventId, LoanId};
use uuid::Uuid;

use super::super::answer::{answer, keyed, send};
use super::counter;
use super::event_form::{EventView, EventsForm, PostedEventsView};
use crate::auth::{BankOfficerOrAuditor, BankOrOfficer};
use crate::extract::{Body, IdempotencyKey, Listing, NoFilter, Path};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems};
use crate::page::{Page, PageQuery};
use crate::problem::Problem;
use crate::service::loans::{self as service, Applied, Batch};
use crate::state::State;

/// Post events of a loan
///
/// One or many, all or none. They may come in any order: the whole history is checked each time. What
/// was not so is undone by an event of kind `reversed`. An event of a number that is there with the
/// same content is answered as it is; with other content it is 409 and named. What was decided of the
/// household's loans is decided anew, and the difference posted.
#[utoipa::path(
    operation_id = "create_loan_events",
    tag = "loans",
    request_body = EventsForm,
    params(("id" = Uuid, Path, description = "The loan."),
           ("Idempotency-Key" = String, Header, description = "Unique per request and client.",
            example = "demo-events-1")),
    responses(
        (status = 201, description = "Recorded.", body = PostedEventsView),
        (status = 200, description = "All were there before.", body = PostedEventsView),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/loans/{id}/events")]
pub(crate) async fn create_loan_events(
    state: State,
    caller: BankOrOfficer,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    Body(form): Body<EventsForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("loan.events_posted");
    let (events, told) = form.parse(news.today)?;
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let client_id = caller.caller().client_id.clone();
    let parts: [&[u8]; 2] = [id.as_bytes(), &told];
    let keyed = keyed(&state, &client_id, &key, "create_loan_events", &parts);
    let batch = Batch {
        loan: LoanId::new(id),
        events,
    };
    let render = |applied: &Applied| {
        let status = match applied.new.len() {
            0 => StatusCode::OK,
            _ => StatusCode::CREATED,
        };
        let view = PostedEventsView {
            events: applied.events.iter().map(EventView::of).collect(),
            new: applied.new.len(),
        };
        answer(status, None, None, &view)
    };
    let at = counter(&state, &actor, grant, news);
    service::post_events_once(at, &keyed, batch, render)
        .await
        .map(send)
}

/// List the events of a loan
///
/// Newest first, in the order in which they were posted.
#[utoipa::path(
    operation_id = "list_loan_events",
    tag = "loans",
    params(("id" = Uuid, Path, description = "The loan."), PageQuery),
    responses((status = 200, description = "A page of events.", body = Page<EventView>), CommonProblems)
)]
#[get("/v1/loans/{id}/events")]
pub(crate) async fn list_loan_events(
    state: State,
    caller: BankOfficerOrAuditor,
    Path(id): Path<Uuid>,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let before = query.page.after::<Uuid>()?.map(LoanEventId::new);
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let (id, rows) = (LoanId::new(id), query.page.rows());
    let found = service::events(&state.store, &actor, grant, id, before, rows).await?;
    let views = found.iter().map(EventView::of).collect();
    let page = Page::cut(views, &query.page, EventView::id, |view| view);
    Ok(HttpResponse::Ok().json(page))
}
