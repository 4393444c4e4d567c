//! `/v1/facts`: what programmes may ask for.

use actix_web::http::header::{CACHE_CONTROL, VARY};
use actix_web::{HttpRequest, HttpResponse, get};
use sizhu_core::fact::Fact;

use super::fact_view::FactView;
use crate::extract::{Listing, NoFilter};
use crate::openapi::PublicProblems;
use crate::page::{Page, PageQuery};
use crate::problem::{Language, Problem};

/// List facts
///
/// The closed catalogue of what programmes may ask for: each with its type, its unit or words, what
/// it tells of, where it is learnt and what it means. No token is needed.
#[utoipa::path(
    operation_id = "list_facts",
    tag = "programmes",
    security(()),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of facts.", body = Page<FactView>),
        PublicProblems,
    )
)]
#[get("/v1/facts")]
pub(crate) async fn list_facts(
    request: HttpRequest,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let language = Language::of(request.headers());
    let after = query.page.after::<i64>()?;
    let numbered = (1_i64..).zip(Fact::ALL.iter().copied());
    let rows = usize::try_from(query.page.rows()).unwrap_or(usize::MAX);
    let found = numbered
        .filter(|(number, _)| after.is_none_or(|after| *number > after))
        .take(rows)
        .collect();
    let page = Page::cut(
        found,
        &query.page,
        |(number, _)| *number,
        |(_, fact)| FactView::of(fact, language),
    );
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .insert_header((VARY, "Accept-Language"))
        .json(page))
}
