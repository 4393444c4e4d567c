//! Makes every answer of 400 and above a problem document in the request's language.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{ALLOW, HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse};

use super::RequestId;
use crate::problem::{Problem, ProblemKind, render};

/// Renders our own problems again, now that the language is known, and replaces what the framework
/// answered by itself with the problem of that status.
pub(crate) async fn problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // A clone of the request would stop the router from writing into it; copy what is needed.
    let headers = request.headers().clone();
    let id = request.extensions().get::<RequestId>().map(|id| id.0);
    match next.call(request).await {
        Ok(response) if response.status().as_u16() < 400 => Ok(response.map_into_boxed_body()),
        Ok(response) => {
            let problem = response.response().error().map_or_else(
                || Problem::new(ProblemKind::of_status(response.status())),
                of_error,
            );
            let mut answer = render(&problem, &headers, id);
            keep(response.headers(), &mut answer);
            Ok(response.into_response(answer))
        }
        Err(error) => {
            let answer = render(&of_error(&error), &headers, id);
            Err(InternalError::from_response("refused by a middleware", answer).into())
        }
    }
}

/// The problem an error is, or the one of its status.
fn of_error(error: &Error) -> Problem {
    error.as_error::<Problem>().cloned().unwrap_or_else(|| {
        let status = error.as_response_error().status_code();
        if status.is_server_error() {
            tracing::error!(cause = %error, "error of the framework");
        }
        Problem::new(ProblemKind::of_status(status))
    })
}

/// Headers that belong to the status and that the framework may have set.
fn keep(from: &HeaderMap, answer: &mut HttpResponse) {
    for name in [ALLOW, RETRY_AFTER, WWW_AUTHENTICATE] {
        if let (Some(value), false) = (from.get(&name), answer.headers().contains_key(&name)) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
}
