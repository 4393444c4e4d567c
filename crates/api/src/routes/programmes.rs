//! `/v1/programmes`: what there is, for whom, and on whose word.

use actix_web::http::header::{CACHE_CONTROL, ETAG, VARY};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};
use sizhu_core::pack::{Help, PolicyHash, ProgrammeId};
use sizhu_core::{Day, DivisionCode};
use utoipa::IntoParams;
use validator::Validate;

use super::programme_view::{HelpView, ProgrammeView};
use super::words;
use crate::extract::{Listing, Path, Query};
use crate::openapi::PublicProblems;
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Language, Problem};
use crate::state::State;

/// Which programmes, where and when.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgrammesFilter {
    /// Those of this division; if not given, all there are, each as in the widest place that has it.
    #[param(example = "430102")]
    division: Option<String>,
    /// Those in force on this day; today if not given.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Day>,
    /// Those of this help.
    #[param(value_type = Option<words::Help>)]
    help: Option<Help>,
}

/// Where and when.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgrammeQuery {
    /// As it holds in this division; if not given, in the widest place that has it.
    #[param(example = "430102")]
    division: Option<String>,
    /// As it is on this day; today if not given.
    #[param(value_type = Option<String>, format = Date)]
    on: Option<Day>,
}

/// The division that a query may name.
fn division(code: Option<&str>) -> Result<Option<DivisionCode>, Problem> {
    let code = code.map(DivisionCode::parse).transpose();
    code.map_err(|error| Problem::parameters(vec![FieldError::of_code("/division", error.code())]))
}

/// A public answer under a tag of what it was made from.
fn public(language: Language, parts: &[&str], body: &impl Serialize) -> HttpResponse {
    let hash = PolicyHash::of(&parts.join("\n"));
    let (hash, tag) = (hash.as_str(), language.tag());
    let hash = hash.get(..32).unwrap_or(hash);
    HttpResponse::Ok()
        .insert_header((ETAG, format!("\"{hash}-{tag}\"")))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .insert_header((VARY, "Accept-Language"))
        .json(body)
}

/// List programmes
///
/// Those in force in a division on a day, grouped by the four helps. No token is needed.
#[utoipa::path(
    operation_id = "list_programmes",
    tag = "programmes",
    security(()),
    params(ProgrammesFilter, PageQuery),
    responses(
        (status = 200, description = "A page of helps with their programmes.", body = Page<HelpView>,
         headers(("ETag" = String, description = "Of the policies and the day."))),
        PublicProblems,
    )
)]
#[get("/v1/programmes")]
pub(crate) async fn list_programmes(
    request: HttpRequest,
    state: State,
    query: Listing<ProgrammesFilter>,
) -> Result<HttpResponse, Problem> {
    let (filter, language) = (&query.filter, Language::of(request.headers()));
    let division = division(filter.division.as_deref())?;
    let on = filter
        .on
        .unwrap_or_else(|| Day::of_instant(state.clock.now()));
    let after = query.page.after::<i64>()?;
    let policies = state.policies.snapshot();
    let programmes = policies.all(division.as_ref());
    let numbered = (1_i64..).zip(Help::ALL.iter().copied());
    let rows = usize::try_from(query.page.rows()).unwrap_or(usize::MAX);
    let found = numbered
        .filter(|(number, help)| {
            after.is_none_or(|after| *number > after)
                && filter.help.is_none_or(|asked| asked == *help)
        })
        .map(|(number, help)| (number, HelpView::of(help, &programmes, on, language)))
        .filter(|(_, view)| !view.is_empty())
        .take(rows)
        .collect();
    let page = Page::cut(found, &query.page, |(number, _)| *number, |(_, view)| view);
    let day = on.to_string();
    let mut parts: Vec<&str> = vec![&day, request.query_string()];
    parts.extend(programmes.iter().map(|programme| programme.hash().as_str()));
    Ok(public(language, &parts, &page))
}

/// Get a programme
///
/// All its terms, and the questions of its application as a JSON Schema: enough to draw the form of
/// a programme never seen before. No token is needed.
#[utoipa::path(
    operation_id = "get_programme",
    tag = "programmes",
    security(()),
    params(("id" = String, Path, description = "The programme.", example = "hospital-care-allowance"),
           ProgrammeQuery),
    responses(
        (status = 200, description = "The programme.", body = ProgrammeView,
         headers(("ETag" = String, description = "Of the policy and the day."))),
        PublicProblems,
    )
)]
#[get("/v1/programmes/{id}")]
pub(crate) async fn get_programme(
    request: HttpRequest,
    state: State,
    Path(id): Path<String>,
    Query(query): Query<ProgrammeQuery>,
) -> Result<HttpResponse, Problem> {
    let language = Language::of(request.headers());
    let division = division(query.division.as_deref())?;
    let on = query
        .on
        .unwrap_or_else(|| Day::of_instant(state.clock.now()));
    let id = ProgrammeId::parse(&id).ok_or_else(Problem::not_found)?;
    let policies = state.policies.snapshot();
    let programme = policies
        .programme(division.as_ref(), &id)
        .ok_or_else(Problem::not_found)?;
    let view = ProgrammeView::of(programme, on, language).ok_or_else(Problem::not_found)?;
    let (day, hash) = (on.to_string(), programme.hash().as_str());
    Ok(public(language, &[&day, hash], &view))
}
