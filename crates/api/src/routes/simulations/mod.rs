//! `/v1/policy-simulations`: what a draft rule would cost, and for whom it would change what.

mod chart;
mod csv;
pub mod views;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, LOCATION};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use sizhu_core::pack::ProgrammeId;
use sizhu_core::{DivisionCode, JobId, PolicyVersionId};
use sizhu_store::jobs::{Job, JobState};
use sizhu_store::simulations::{After, Direction, Filter};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::fields::Fields;
use crate::auth::{OfficerCaller, PolicyOrOfficer};
use crate::extract::{Body, Form, Listing, Path, Query};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems, QuestionProblems};
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Language, Problem};
use crate::service::simulating::{self as service, ChangeFor, Params, SimulationResult, Wanted};
use crate::state::State;
use views::{ResidentChangeView, ResultView, SimulationView};

/// A simulation to be made.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicySimulationForm, example = json!({ "division": "4301", "year": 2026 }))]
pub struct SimulationForm {
    /// The draft or approved policy version; without one, what the rules in force cost.
    version_id: Option<Uuid>,
    /// Over the registry of this division and below.
    division: String,
    /// Calendar year; this year if not given.
    #[validate(range(min = 1980, max = 2100))]
    #[schema(minimum = 1980, maximum = 2100)]
    year: Option<i32>,
    /// These programmes; all, if none are named.
    #[validate(length(max = 100))]
    programmes: Option<Vec<String>>,
}

impl Form for SimulationForm {
    const LISTS: &'static [&'static str] = &["/programmes"];
}

impl SimulationForm {
    fn parse(self, fields: Fields, this_year: i32) -> Result<Wanted, Problem> {
        let mut fields = fields;
        let division = DivisionCode::parse(&self.division)
            .map_err(|error| fields.refuse("/division", error.code()))
            .ok();
        let mut programmes = Vec::new();
        for (place, id) in self.programmes.iter().flatten().enumerate() {
            match ProgrammeId::parse(id) {
                Some(id) => programmes.push(id),
                None => fields.refuse(&format!("/programmes/{place}"), "unknown_variant"),
            }
        }
        fields.finish(|| {
            Some(Wanted {
                version: self.version_id.map(PolicyVersionId::new),
                division: division?,
                year: self.year.unwrap_or(this_year),
                programmes,
            })
        })
    }
}

/// Simulate a draft
///
/// Asks every person in the registry of the division for each month of the year, under the rules in
/// force and with the draft in their place. Nothing is decided and nobody is told. The answer comes
/// at once; ask the address in `Location` how far it is.
#[utoipa::path(
    operation_id = "create_policy_simulation",
    tag = "policy-simulations",
    request_body = SimulationForm,
    responses(
        (status = 202, description = "Taken up.", body = SimulationView,
         headers(("Location" = String, description = "The simulation."))),
        CommonProblems, BodyProblems, ConflictProblems, QuestionProblems,
    )
)]
#[post("/v1/policy-simulations")]
pub(crate) async fn create_policy_simulation(
    state: State,
    caller: PolicyOrOfficer,
    Body(form): Body<SimulationForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("simulation.requested");
    let wanted = form.parse(Fields::on(news.today), news.today.year())?;
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let in_force = state.policies.snapshot();
    let job = service::request(&state.store, &actor, grant, &in_force, &wanted, news).await?;
    state.jobs.notify_one();
    let location = format!("/v1/policy-simulations/{}", job.id);
    let mut answer = HttpResponse::build(StatusCode::ACCEPTED);
    answer.insert_header((LOCATION, location));
    Ok(answer.json(SimulationView::of(&job, None)?))
}

/// What came of a simulation, if it is done.
fn result(job: &Job) -> Result<Option<SimulationResult>, Problem> {
    let parsed = job
        .result
        .clone()
        .map(serde_json::from_value::<SimulationResult>)
        .transpose();
    parsed.map_err(|error| Problem::internal(&error))
}

/// What came of a simulation that must be done.
fn done(job: &Job) -> Result<SimulationResult, Problem> {
    result(job)?.ok_or_else(|| {
        let text = crate::problem::Text::new("测算尚未完成。", "The simulation is not done.");
        Problem::new(crate::problem::ProblemKind::StateConflict).with_detail(text)
    })
}

/// Get a simulation
///
/// How far it is, and once it is done, what came of it: for each programme and county the cost before
/// and after, who gains and who loses, whom a missing fact keeps open, and the day on which the
/// budget would be used up. To those who may not see the people, numbers that tell of fewer than five
/// families are `null`.
#[utoipa::path(
    operation_id = "get_policy_simulation",
    tag = "policy-simulations",
    params(("id" = Uuid, Path, description = "The simulation.")),
    responses((status = 200, description = "The simulation.", body = SimulationView), CommonProblems)
)]
#[get("/v1/policy-simulations/{id}")]
pub(crate) async fn get_policy_simulation(
    request: HttpRequest,
    state: State,
    caller: PolicyOrOfficer,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let job = service::find(&state.store, &actor, grant, JobId::new(id)).await?;
    let language = Language::of(request.headers());
    let sees_people = service::sees_people(grant);
    let result = result(&job)?.map(|result| ResultView::of(&result, sees_people, language));
    Ok(HttpResponse::Ok().json(SimulationView::of(&job, result)?))
}

/// Which simulations.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SimulationFilter {
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    #[param(inline)]
    state: Option<views::SimulationState>,
}

/// List simulations
///
/// Newest first, without their results.
#[utoipa::path(
    operation_id = "list_policy_simulations",
    tag = "policy-simulations",
    params(SimulationFilter, PageQuery),
    responses((status = 200, description = "A page of simulations.", body = Page<SimulationView>), CommonProblems)
)]
#[get("/v1/policy-simulations")]
pub(crate) async fn list_policy_simulations(
    state: State,
    caller: PolicyOrOfficer,
    query: Listing<SimulationFilter>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let (before, rows) = (query.page.after::<Uuid>()?, query.page.rows());
    let wanted: Option<JobState> = query.filter.state.map(Into::into);
    let jobs = service::list(&state.store, &actor, grant, wanted, before, rows).await?;
    let views = jobs
        .iter()
        .map(|job| SimulationView::of(job, None))
        .collect::<Result<Vec<_>, _>>()?;
    let page = Page::cut(views, &query.page, SimulationView::id, |view| view);
    Ok(HttpResponse::Ok().json(page))
}

/// Cancel a simulation
///
/// At once if nobody has taken it up, else before its next page of people.
#[utoipa::path(
    operation_id = "cancel_policy_simulation",
    tag = "policy-simulations",
    params(("id" = Uuid, Path, description = "The simulation.")),
    responses(
        (status = 202, description = "It will be stopped, or is.", body = SimulationView),
        CommonProblems, ConflictProblems,
    )
)]
#[post("/v1/policy-simulations/{id}/cancellation")]
pub(crate) async fn cancel_policy_simulation(
    state: State,
    caller: PolicyOrOfficer,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("simulation.cancelled");
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let job = service::cancel(&state.store, &actor, grant, JobId::new(id), news).await?;
    Ok(HttpResponse::Accepted().json(SimulationView::of(&job, None)?))
}

/// Get a simulation's result as CSV
///
/// One row for each programme and county, in the order of the JSON; numbers held back are empty.
#[utoipa::path(
    operation_id = "get_policy_simulation_csv",
    tag = "policy-simulations",
    params(("id" = Uuid, Path, description = "The simulation.")),
    responses(
        (status = 200, description = "The result.", body = String, content_type = "text/csv"),
        CommonProblems, ConflictProblems,
    )
)]
#[get("/v1/policy-simulations/{id}/result.csv")]
pub(crate) async fn get_policy_simulation_csv(
    request: HttpRequest,
    state: State,
    caller: PolicyOrOfficer,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let job = service::find(&state.store, &actor, grant, JobId::new(id)).await?;
    let language = Language::of(request.headers());
    let view = ResultView::of(&done(&job)?, service::sees_people(grant), language);
    let disposition = format!("attachment; filename=\"policy-simulation-{id}.csv\"");
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, disposition))
        .body(csv::write(&view)))
}

/// Which chart.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChartFilter {
    /// Of this programme; of all together, if none is named.
    #[validate(length(min = 3, max = 60))]
    #[param(min_length = 3, max_length = 60)]
    programme: Option<String>,
}

/// Get a simulation's chart
///
/// The cost by county, before and after, as an SVG picture.
#[utoipa::path(
    operation_id = "get_policy_simulation_chart",
    tag = "policy-simulations",
    params(("id" = Uuid, Path, description = "The simulation."), ChartFilter),
    responses(
        (status = 200, description = "The chart.", body = String, content_type = "image/svg+xml"),
        CommonProblems, ConflictProblems,
    )
)]
#[get("/v1/policy-simulations/{id}/chart.svg")]
pub(crate) async fn get_policy_simulation_chart(
    request: HttpRequest,
    state: State,
    caller: PolicyOrOfficer,
    Path(id): Path<Uuid>,
    Query(filter): Query<ChartFilter>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let job = service::find(&state.store, &actor, grant, JobId::new(id)).await?;
    let language = Language::of(request.headers());
    let view = ResultView::of(&done(&job)?, service::sees_people(grant), language);
    let programme = filter.programme.as_deref();
    if programme.is_some_and(|id| !view.has(id)) {
        let error = FieldError::of_code("/programme", "unknown_variant");
        return Err(Problem::parameters(vec![error]));
    }
    let year = Params::of(&job)?.year;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .body(chart::draw(&view, programme, year, language)))
}

/// Which way a change goes for the person.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeDirection {
    /// They would get more.
    Gains,
    /// They would get less.
    Loses,
}

/// Which changes.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangeFilter {
    /// Of this programme.
    #[validate(length(min = 3, max = 60))]
    #[param(min_length = 3, max_length = 60)]
    programme: Option<String>,
    /// Of this county.
    #[validate(length(min = 6, max = 6))]
    county: Option<String>,
    /// Gains or losses only.
    #[param(inline)]
    direction: Option<ChangeDirection>,
}

/// List the people a simulation changes something for
///
/// Masked, by programme, county and person; only people registered in the caller's division.
#[utoipa::path(
    operation_id = "list_policy_simulation_residents",
    tag = "policy-simulations",
    params(("id" = Uuid, Path, description = "The simulation."), ChangeFilter, PageQuery),
    responses(
        (status = 200, description = "A page of people.", body = Page<ResidentChangeView>),
        CommonProblems, ConflictProblems,
    )
)]
#[get("/v1/policy-simulations/{id}/residents")]
pub(crate) async fn list_policy_simulation_residents(
    state: State,
    caller: OfficerCaller,
    Path(id): Path<Uuid>,
    query: Listing<ChangeFilter>,
) -> Result<HttpResponse, Problem> {
    let asked = query.filter;
    let after = query.page.after::<String>()?;
    let after = match after.as_deref().map(parse_key) {
        Some(None) => {
            let error = FieldError::of_code("/cursor", "cursor");
            return Err(Problem::parameters(vec![error]));
        }
        Some(Some(after)) => Some(after),
        None => None,
    };
    let filter = Filter {
        job: JobId::new(id),
        within: caller.division.clone(),
        programme: asked.programme,
        county: asked.county,
        direction: asked.direction.map(|direction| match direction {
            ChangeDirection::Gains => Direction::Gains,
            ChangeDirection::Loses => Direction::Loses,
        }),
        after,
    };
    let news = state.news("simulation.residents_read");
    let (actor, grant, rows) = (caller.actor(), &caller.caller.grant, query.page.rows());
    let found = service::residents(&state.store, &actor, grant, &filter, rows, news).await?;
    let page = Page::cut(found, &query.page, key, |it| ResidentChangeView::of(&it));
    Ok(HttpResponse::Ok().json(page))
}

/// The place of a change in the list.
fn key(it: &ChangeFor) -> String {
    let change = &it.change;
    format!("{} {} {}", change.programme, change.county, change.resident)
}

fn parse_key(key: &str) -> Option<After> {
    let mut parts = key.split(' ');
    let (programme, county, resident) = (parts.next()?, parts.next()?, parts.next()?);
    let resident = Uuid::parse_str(resident).ok()?;
    parts
        .next()
        .is_none()
        .then(|| After(programme.to_owned(), county.to_owned(), resident))
}
