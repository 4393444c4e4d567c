//! Answers: JSON with its `Location` and `ETag`, kept for repeats where a key was given.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, ETAG, LOCATION};
use serde::Serialize;
use sizhu_store::idempotency::{Answer, Request};

use crate::etag::etag;
use crate::extract::IdempotencyKey;
use crate::problem::Problem;
use crate::state::State;

/// An answer as it is kept and sent.
pub(super) fn answer(
    status: StatusCode,
    location: Option<String>,
    version: Option<i64>,
    body: &impl Serialize,
) -> Result<Answer, Problem> {
    let body = serde_json::to_vec(body).map_err(|error| Problem::internal(&error))?;
    let etag = version.map(|version| etag(version).0.to_string());
    Ok(Answer {
        status: status.as_u16(),
        location,
        etag,
        body,
    })
}

/// Sends an answer.
pub(super) fn send(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    response.content_type(ContentType::json());
    if let Some(location) = answer.location {
        response.insert_header((LOCATION, location));
    }
    if let Some(etag) = answer.etag {
        response.insert_header((ETAG, etag));
    }
    response.body(answer.body)
}

/// Sends JSON under an `ETag`.
pub(super) fn versioned(
    status: StatusCode,
    location: Option<String>,
    version: i64,
    body: &impl Serialize,
) -> Result<HttpResponse, Problem> {
    Ok(send(answer(status, location, Some(version), body)?))
}

/// A request under a key, with the fingerprint of what it says.
pub(super) fn keyed<'a>(
    state: &State,
    client_id: &'a str,
    key: &'a IdempotencyKey,
    operation: &'static str,
    parts: &[&[u8]],
) -> Request<'a> {
    let mut all = vec![operation.as_bytes()];
    all.extend_from_slice(parts);
    Request {
        client_id,
        key: key.as_str(),
        operation,
        fingerprint: state.store.keys().fingerprint(&all),
    }
}
