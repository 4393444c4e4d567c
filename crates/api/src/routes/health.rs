//! Is the service alive, is it ready, and what has it been doing.

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::{PublicProblems, UnavailableProblems};
use crate::problem::Problem;
use crate::state::State;
use crate::telemetry;

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `live` or `ready`.
    #[schema(example = "ready")]
    status: &'static str,
}

fn answer(status: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Health { status })
}

/// Is the process alive
///
/// Answers as long as the process can; asks nothing of the database.
#[utoipa::path(
    operation_id = "get_live",
    tag = "health",
    security(()),
    responses((status = 200, description = "The process is alive.", body = Health), PublicProblems)
)]
#[get("/health/live")]
pub(crate) async fn get_live() -> HttpResponse {
    answer("live")
}

/// Can the service do its work
///
/// Asks the database; 503 while it does not answer.
#[utoipa::path(
    operation_id = "get_ready",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "The service can do its work.", body = Health),
        PublicProblems,
        UnavailableProblems,
    )
)]
#[get("/health/ready")]
pub(crate) async fn get_ready(state: State) -> Result<HttpResponse, Problem> {
    match state.store.ping().await {
        Ok(()) => Ok(answer("ready")),
        Err(error) => Err(Problem::unavailable(&error)),
    }
}

/// Measurements for Prometheus
#[utoipa::path(
    operation_id = "get_metrics",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Measurements of this process in Prometheus' text format.",
         body = String, content_type = "text/plain"),
        PublicProblems,
    )
)]
#[get("/metrics")]
pub(crate) async fn get_metrics() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(telemetry::measurements().render())
}
