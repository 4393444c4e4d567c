//! `/v1/subsidy-runs/{id}/public-list`: what is posted of a run.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use sizhu_core::{Day, Fen, SubsidyRunId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::words;
use crate::auth::OfficerOrAuditor;
use crate::extract::Path;
use crate::openapi::{CommonProblems, ConflictProblems};
use crate::problem::{Language, Problem};
use crate::service::subsidy_runs::{self as service, Listed, PublicList, Township};
use crate::state::State;

/// A row of a masked list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicRow)]
pub struct RowView {
    /// Masked name.
    #[schema(example = "李**")]
    name: String,
    /// Village of registered residence.
    #[schema(example = "430102001001")]
    division: String,
    /// What they get, in fen.
    amount_fen: i64,
}

/// Sums of a township. What would tell of fewer than five families is `null`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicTownship)]
pub struct TownshipView {
    /// The township; the county for all of them.
    #[schema(example = "430102001")]
    division: String,
    /// How many families.
    families: Option<i64>,
    /// What they get together, in fen.
    amount_fen: Option<i64>,
}

impl TownshipView {
    fn of(it: &Township) -> Self {
        Self {
            division: it.division.as_str().to_owned(),
            families: it.families,
            amount_fen: it.amount.map(Fen::get),
        }
    }
}

/// A list for public posting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicList)]
pub struct PublicListView {
    /// Its title, by `Accept-Language`.
    title: String,
    /// How much is made public.
    #[schema(value_type = words::PublicityMode)]
    mode: &'static str,
    /// The county.
    county: String,
    /// First day of the subsidy period.
    #[schema(value_type = String, format = Date)]
    period_from: Day,
    /// First day after it.
    #[schema(value_type = String, format = Date)]
    period_until: Day,
    /// A row for each, where names are posted masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowView>>,
    /// Townships, where sums are posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    townships: Option<Vec<TownshipView>>,
    /// All townships together, where sums are posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<TownshipView>,
}

impl PublicListView {
    fn of(list: &PublicList, language: Language) -> Self {
        let title = match language {
            Language::Chinese => &list.title.zh,
            Language::English => &list.title.en,
        };
        let (mode, rows, townships, total) = match &list.listed {
            Listed::Masked(rows) => {
                let rows = rows.iter().map(|row| RowView {
                    name: row.name.clone(),
                    division: row.division.as_str().to_owned(),
                    amount_fen: row.amount.get(),
                });
                ("masked", Some(rows.collect()), None, None)
            }
            Listed::Aggregate(townships, total) => {
                let townships = townships.iter().map(TownshipView::of).collect();
                let total = TownshipView::of(total);
                ("aggregate", None, Some(townships), Some(total))
            }
        };
        Self {
            title: title.to_string(),
            mode,
            county: list.run.county.as_str().to_owned(),
            period_from: list.run.period.from,
            period_until: list.run.period.until,
            rows,
            townships,
            total,
        }
    }
}

/// Get the list of a run for public posting
///
/// As the policy of the place says: a row for each with masked names, or sums of townships, of which
/// those that tell of fewer than five families are `null`.
#[utoipa::path(
    operation_id = "get_subsidy_run_public_list",
    tag = "subsidy-runs",
    params(("id" = Uuid, Path, description = "The run.")),
    responses(
        (status = 200, description = "The list.", body = PublicListView),
        CommonProblems, ConflictProblems,
    )
)]
#[get("/v1/subsidy-runs/{id}/public-list")]
pub(crate) async fn get_subsidy_run_public_list(
    request: HttpRequest,
    state: State,
    caller: OfficerOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("subsidy_run.list_read");
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let (run, set) = (SubsidyRunId::new(id), state.policies.snapshot());
    let list = service::public_list(&state.store, &actor, grant, &set, run, news).await?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(PublicListView::of(&list, language)))
}
