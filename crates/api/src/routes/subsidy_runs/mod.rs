//! `/v1/subsidy-runs`: all loans of a county and quarter decided together.

pub mod posting;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sizhu_core::{AwardId, Day, DivisionCode, DivisionLevel, SubsidyRunId};
use sizhu_store::jobs::JobState;
use sizhu_store::subsidy_runs::Filter;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::answer::{answer, keyed, send};
use super::fields::Fields;
use super::loans::counter;
use super::words;
use crate::auth::{OfficerCaller, OfficerOrAuditor};
use crate::extract::{Body, Form, IdempotencyKey, Listing, NoFilter, Path};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems};
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Problem};
use crate::service::subsidy_runs::{self as service, AwardFor, Quarter, RunState};
use crate::state::State;

/// A run to be made.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubsidyRunForm, example = json!({ "county": "430102", "year": 2025, "quarter": 4 }))]
pub struct RunForm {
    /// The county.
    #[schema(min_length = 6, max_length = 6)]
    county: String,
    /// Calendar year of the quarter.
    #[validate(range(min = 2000, max = 2100))]
    #[schema(minimum = 2000, maximum = 2100)]
    year: i32,
    /// The quarter, 1 to 4. What is settled is the subsidy period that ends in it or, where the subsidy
    /// is paid in advance, the one that begins in it.
    #[validate(range(min = 1, max = 4))]
    #[schema(minimum = 1, maximum = 4)]
    quarter: u32,
}

impl Form for RunForm {}

/// A run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubsidyRun)]
pub struct RunView {
    /// Its id.
    id: Uuid,
    /// The county.
    #[schema(example = "430102")]
    county: String,
    /// The programme.
    #[schema(example = "entrepreneurship-loan-interest")]
    programme: String,
    /// First day of the subsidy period.
    #[schema(value_type = String, format = Date, example = "2025-01-01")]
    period_from: Day,
    /// First day after it.
    #[schema(value_type = String, format = Date, example = "2026-01-01")]
    period_until: Day,
    /// Last day of which payments count.
    #[schema(value_type = String, format = Date)]
    as_of: Day,
    /// Where it is.
    #[schema(value_type = words::JobState)]
    state: &'static str,
    /// Households and co-operatives that are done.
    holders_done: i64,
    /// How many there are, once counted.
    holders: Option<i64>,
    /// How many of them could not be decided and were passed over, once the run is done.
    holders_undecided: Option<i64>,
    /// Stable code of what stopped it.
    error: Option<String>,
    /// When it was asked for.
    requested_at: DateTime<Utc>,
    /// When it was over.
    finished_at: Option<DateTime<Utc>>,
}

impl RunView {
    fn of(state: &RunState) -> Self {
        let (run, job) = (&state.run, &state.job);
        Self {
            id: run.id.get(),
            county: run.county.as_str().to_owned(),
            programme: run.programme.clone(),
            period_from: run.period.from,
            period_until: run.period.until,
            as_of: run.as_of,
            state: job.state.as_str(),
            holders_done: job.done,
            holders: job.total,
            holders_undecided: job
                .result
                .as_ref()
                .and_then(|result| result.get("undecided")?.as_i64()),
            error: job.error.clone(),
            requested_at: run.recorded_at,
            finished_at: job.finished_at.filter(|_| job.state != JobState::Queued),
        }
    }
}

/// Run a county and quarter
///
/// Decides all loans of borrowers registered in the county for the subsidy period that goes with the
/// quarter, as a job, and proposes awards with their earmarks. A run that finds nothing changed writes
/// nothing: it may be made again at any time. While one of the county and period is open, that one is
/// answered (200).
#[utoipa::path(
    operation_id = "create_subsidy_run",
    tag = "subsidy-runs",
    request_body = RunForm,
    params(("Idempotency-Key" = String, Header, description = "Unique per run and client.",
            example = "demo-run-1")),
    responses(
        (status = 202, description = "Taken up.", body = RunView,
         headers(("Location" = String, description = "The run."))),
        (status = 200, description = "One is open.", body = RunView),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/subsidy-runs")]
pub(crate) async fn create_subsidy_run(
    state: State,
    caller: OfficerCaller,
    key: IdempotencyKey,
    Body(form): Body<RunForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("subsidy_run.requested");
    let mut fields = Fields::on(news.today);
    let county = fields.division("/county", &form.county, DivisionLevel::County);
    let county = fields.finish(|| county)?;
    let quarter = Quarter {
        year: form.year,
        number: form.quarter,
    };
    let (actor, grant) = (caller.actor(), &caller.caller.grant);
    let client_id = caller.caller.client_id.clone();
    let told = sizhu_store::canonical(&json!([county, form.year, form.quarter]))?;
    let keyed = keyed(&state, &client_id, &key, "create_subsidy_run", &[&told]);
    let render = |run: &RunState| {
        let status = if run.new {
            StatusCode::ACCEPTED
        } else {
            StatusCode::OK
        };
        let location = Some(format!("/v1/subsidy-runs/{}", run.run.id));
        answer(status, location, None, &RunView::of(run))
    };
    let at = counter(&state, &actor, grant, news);
    let answered = service::request_once(at, &keyed, &county, quarter, render).await?;
    state.jobs.notify_one();
    Ok(send(answered))
}

/// Which runs.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunFilter {
    /// In counties of this division; of the caller's own, if it is left out.
    #[validate(length(min = 2, max = 12))]
    division: Option<String>,
}

/// List runs
///
/// Those of counties in the caller's division, newest first.
#[utoipa::path(
    operation_id = "list_subsidy_runs",
    tag = "subsidy-runs",
    params(RunFilter, PageQuery),
    responses((status = 200, description = "A page of runs.", body = Page<RunView>), CommonProblems)
)]
#[get("/v1/subsidy-runs")]
pub(crate) async fn list_subsidy_runs(
    state: State,
    caller: OfficerOrAuditor,
    query: Listing<RunFilter>,
) -> Result<HttpResponse, Problem> {
    let own = caller.caller().grant.division().cloned();
    let own = own.ok_or_else(Problem::forbidden)?;
    let within = match query.filter.division.as_deref().map(DivisionCode::parse) {
        None => own.clone(),
        Some(Ok(division)) => division,
        Some(Err(error)) => {
            let error = FieldError::of_code("/division", error.code());
            return Err(Problem::parameters(vec![error]));
        }
    };
    let filter = Filter {
        within: within.clone(),
        programme: None,
        before: query.page.after::<Uuid>()?.map(SubsidyRunId::new),
    };
    let runs = if own.contains(&within) {
        service::list(&state.store, &caller.actor(), &filter, query.page.rows()).await?
    } else {
        Vec::new()
    };
    let page = Page::cut(
        runs,
        &query.page,
        |it| it.run.id.get(),
        |it| RunView::of(&it),
    );
    Ok(HttpResponse::Ok().json(page))
}

/// Get a run
#[utoipa::path(
    operation_id = "get_subsidy_run",
    tag = "subsidy-runs",
    params(("id" = Uuid, Path, description = "The run.")),
    responses((status = 200, description = "How far it is.", body = RunView), CommonProblems)
)]
#[get("/v1/subsidy-runs/{id}")]
pub(crate) async fn get_subsidy_run(
    state: State,
    caller: OfficerOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let found = service::find(&state.store, &actor, grant, SubsidyRunId::new(id)).await?;
    Ok(HttpResponse::Ok().json(RunView::of(&found)))
}

/// Cancel a run
///
/// At once if nobody has taken it up, else before its next page. What it decided stays; another run
/// goes on with the rest.
#[utoipa::path(
    operation_id = "cancel_subsidy_run",
    tag = "subsidy-runs",
    params(("id" = Uuid, Path, description = "The run.")),
    responses(
        (status = 202, description = "It will be stopped, or is.", body = RunView),
        CommonProblems, ConflictProblems,
    )
)]
#[post("/v1/subsidy-runs/{id}/cancellation")]
pub(crate) async fn cancel_subsidy_run(
    state: State,
    caller: OfficerCaller,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("subsidy_run.cancelled");
    let (actor, grant) = (caller.actor(), &caller.caller.grant);
    let run = SubsidyRunId::new(id);
    let found = service::cancel(&state.store, &actor, grant, run, news).await?;
    Ok(HttpResponse::Accepted().json(RunView::of(&found)))
}

/// An award of a run's county and period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubsidyAward)]
pub struct AwardView {
    /// Its id.
    id: Uuid,
    /// The decision that made it.
    decision_id: Uuid,
    /// The person's row in the registry.
    resident_id: Uuid,
    /// Name, masked.
    #[schema(example = "李**")]
    name: String,
    /// Citizen ID, masked.
    citizen_id: String,
    /// Registered residence.
    division: String,
    /// Calendar year of the days it pays for.
    benefit_year: i32,
    /// How much, in fen.
    amount_fen: i64,
    /// `proposed` or `confirmed`.
    #[schema(example = "proposed")]
    standing: String,
    /// `awaiting_funds`, `earmarked` or `posted`.
    #[schema(example = "earmarked")]
    funding: String,
    /// Place in the account's queue.
    waiting_no: Option<i64>,
}

impl AwardView {
    fn of(it: AwardFor) -> Self {
        let AwardFor { award, resident } = it;
        Self {
            id: award.id,
            decision_id: award.decision_id,
            resident_id: award.resident_id,
            name: resident.details.name.masked(),
            citizen_id: resident.citizen_id.masked(),
            division: award.division,
            benefit_year: award.benefit_year,
            amount_fen: award.amount_fen,
            standing: award.standing,
            funding: award.funding,
            waiting_no: award.waiting_no,
        }
    }
}

/// List the awards of a run
///
/// Those of its county and period that are not cancelled, masked; also what news changed since.
#[utoipa::path(
    operation_id = "list_subsidy_run_awards",
    tag = "subsidy-runs",
    params(("id" = Uuid, Path, description = "The run."), PageQuery),
    responses((status = 200, description = "A page of awards.", body = Page<AwardView>), CommonProblems)
)]
#[get("/v1/subsidy-runs/{id}/awards")]
pub(crate) async fn list_subsidy_run_awards(
    state: State,
    caller: OfficerOrAuditor,
    Path(id): Path<Uuid>,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("subsidy_run.awards_read");
    let after = query.page.after::<Uuid>()?.map(AwardId::new);
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let (run, rows) = (SubsidyRunId::new(id), query.page.rows());
    let found = service::awards(&state.store, &actor, grant, run, after, rows, news).await?;
    let page = Page::cut(found, &query.page, |it| it.award.id, AwardView::of);
    Ok(HttpResponse::Ok().json(page))
}
