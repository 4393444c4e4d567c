//! The whole OpenAPI document: what all operations share, and what each declares of itself.

use actix_web::App;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;

use crate::openapi::{complete, frame};
use crate::routes;

/// The whole document, from the declarations of all operations.
#[must_use]
pub fn document() -> OpenApi {
    let (_, document) = App::new()
        .into_utoipa_app()
        .openapi(frame())
        .configure(routes::configure)
        .split_for_parts();
    complete(document)
}

/// The document as it is committed: pretty, with a newline at the end.
///
/// # Errors
/// The document could not be written as JSON.
pub fn document_text() -> serde_json::Result<String> {
    document().to_pretty_json().map(|text| text + "\n")
}
