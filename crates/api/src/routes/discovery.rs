//! What the service says about itself: its OpenAPI document and its catalogue of problems.

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Path;
use crate::openapi::{DocumentText, PublicProblems};
use crate::problem::{Problem, ProblemKind, Text};

/// The OpenAPI document
#[utoipa::path(
    operation_id = "get_openapi",
    tag = "discovery",
    security(()),
    responses(
        (status = 200, description = "This document, OpenAPI 3.1.", body = serde_json::Value),
        PublicProblems,
    )
)]
#[get("/openapi.json")]
pub(crate) async fn get_openapi(document: web::Data<DocumentText>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(document.0.clone())
}

/// A text in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bilingual {
    /// 中文.
    zh: String,
    /// English.
    en: String,
}

impl From<Text> for Bilingual {
    fn from(text: Text) -> Self {
        Self {
            zh: text.zh.into_owned(),
            en: text.en.into_owned(),
        }
    }
}

/// One kind of problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemType {
    /// The `type` of such problems; stable.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-found")]
    type_uri: String,
    /// The HTTP status they come with.
    #[schema(example = 404)]
    status: u16,
    /// Short title.
    title: Bilingual,
    /// What it means and what to do.
    advice: Bilingual,
}

impl From<ProblemKind> for ProblemType {
    fn from(kind: ProblemKind) -> Self {
        let entry = kind.entry();
        Self {
            type_uri: kind.type_uri(),
            status: entry.status.as_u16(),
            title: entry.title.into(),
            advice: entry.advice.into(),
        }
    }
}

/// The catalogue of problems.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemTypes {
    /// Every kind of problem the service answers.
    items: Vec<ProblemType>,
}

/// The catalogue of problems
#[utoipa::path(
    operation_id = "list_problems",
    tag = "discovery",
    security(()),
    responses(
        (status = 200, description = "Every kind of problem the service answers.",
         body = ProblemTypes),
        PublicProblems,
    )
)]
#[get("/problems")]
pub(crate) async fn list_problems() -> HttpResponse {
    let items = ProblemKind::ALL
        .iter()
        .copied()
        .map(ProblemType::from)
        .collect();
    HttpResponse::Ok().json(ProblemTypes { items })
}

/// One kind of problem
///
/// The `type` of every problem document leads here.
#[utoipa::path(
    operation_id = "get_problem",
    tag = "discovery",
    security(()),
    params(("slug" = String, Path, description = "Last part of the problem's `type`.",
            example = "not-found")),
    responses(
        (status = 200, description = "The kind of problem.", body = ProblemType),
        PublicProblems,
    )
)]
#[get("/problems/{slug}")]
pub(crate) async fn get_problem(Path(slug): Path<String>) -> Result<HttpResponse, Problem> {
    let kind = ProblemKind::from_slug(&slug).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(ProblemType::from(kind)))
}
