//! `/v1/divisions`: administrative divisions.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use sizhu_core::DivisionCode;
use sizhu_store::divisions::Division;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::auth::Caller;
use crate::extract::Listing;
use crate::openapi::CommonProblems;
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Problem};
use crate::service::reference as service;
use crate::state::State;

/// Which divisions.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DivisionFilter {
    /// Those right below this one; the provinces if not given.
    #[param(example = "430102")]
    parent: Option<String>,
}

/// An administrative division.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Division)]
pub struct DivisionView {
    /// Statistical code: the prefix of the codes of everything below.
    #[schema(example = "430102001")]
    code: String,
    /// Name.
    #[schema(example = "文艺路街道")]
    name: String,
    /// province, city, county, township or village.
    #[schema(example = "township")]
    level: String,
    /// The division above.
    #[schema(example = "430102")]
    parent: Option<String>,
}

impl From<Division> for DivisionView {
    fn from(division: Division) -> Self {
        let Division {
            code,
            name,
            level,
            parent,
        } = division;
        Self {
            code,
            name,
            level,
            parent,
        }
    }
}

/// List divisions
#[utoipa::path(
    operation_id = "list_divisions",
    tag = "divisions",
    params(DivisionFilter, PageQuery),
    responses((status = 200, description = "A page of divisions.", body = Page<DivisionView>), CommonProblems)
)]
#[get("/v1/divisions")]
pub(crate) async fn list_divisions(
    state: State,
    caller: Caller,
    query: Listing<DivisionFilter>,
) -> Result<HttpResponse, Problem> {
    let parent = query
        .filter
        .parent
        .as_deref()
        .map(DivisionCode::parse)
        .transpose();
    let parent = parent
        .map_err(|error| Problem::parameters(vec![FieldError::of_code("/parent", error.code())]))?;
    let after = query.page.after::<String>()?;
    let rows = query.page.rows();
    let found =
        service::divisions(&state.store, &caller.actor(), parent.as_ref(), after, rows).await?;
    let page = Page::cut(
        found,
        &query.page,
        |row| row.code.clone(),
        DivisionView::from,
    );
    Ok(HttpResponse::Ok().json(page))
}
