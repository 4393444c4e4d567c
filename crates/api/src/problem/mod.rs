//! Problems (RFC 9457): the only form in which the service says no.
//!
//! A `Problem` is built where the failure is understood and rendered once, by the middleware that
//! knows the request's language. It never holds what was submitted, SQL, or a cause: causes go to
//! the log at the place where the problem is made.

mod field;
mod kept;
mod kind;
mod language;
mod render;
mod texts;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value};
use sizhu_store::StoreError;

pub use field::FieldError;
pub use kind::{Entry, ProblemKind};
pub use language::{Language, Text};
pub use render::render;
pub(crate) use render::{body, body_example};

/// Seconds after which a client may repeat what failed for a passing reason.
const RETRY_SOON_SECONDS: u32 = 2;

/// One refusal. Small on purpose: it is the error of most functions.
#[derive(Clone, Debug)]
pub struct Problem(Box<Content>);

#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) kind: ProblemKind,
    pub(crate) detail: Option<Text>,
    pub(crate) errors: Vec<FieldError>,
    /// Extension members (RFC 9457, 3.2).
    pub(crate) members: Map<String, Value>,
    pub(crate) retry_after_seconds: Option<u32>,
    /// `WWW-Authenticate`.
    pub(crate) challenge: Option<&'static str>,
    /// `Allow`.
    pub(crate) allow: Option<String>,
    /// Whether somebody else held what the request needed; not told.
    locked: bool,
}

impl Problem {
    /// A problem with nothing but its kind.
    #[must_use]
    pub fn new(kind: ProblemKind) -> Self {
        let challenge = match kind.status() {
            StatusCode::UNAUTHORIZED => Some(r#"Bearer realm="sizhu""#),
            _ => None,
        };
        Self(Box::new(Content {
            kind,
            detail: None,
            errors: Vec::new(),
            members: Map::new(),
            retry_after_seconds: (kind == ProblemKind::Unavailable).then_some(RETRY_SOON_SECONDS),
            challenge,
            allow: None,
            locked: false,
        }))
    }

    /// Fields of a body that are not acceptable (422).
    #[must_use]
    pub fn validation(errors: Vec<FieldError>) -> Self {
        Self::new(ProblemKind::ValidationFailed).with_errors(errors)
    }

    /// Query parameters, form fields or headers that are not acceptable (400).
    #[must_use]
    pub fn parameters(errors: Vec<FieldError>) -> Self {
        Self::new(ProblemKind::InvalidParameters).with_errors(errors)
    }

    /// Nothing here, or nothing this caller may know of (404).
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ProblemKind::NotFound)
    }

    /// The caller's role may not do this (403).
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(ProblemKind::Forbidden)
    }

    /// No valid access token (401).
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(ProblemKind::Unauthenticated)
    }

    /// A fault of the service (500). The cause, with its sources, goes to the log only.
    #[must_use]
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        tracing::error!(cause = %Chain(cause), "internal error");
        Self::new(ProblemKind::Internal)
    }

    /// A part the service needs does not answer (503). The cause goes to the log only.
    #[must_use]
    pub fn unavailable(cause: &dyn std::error::Error) -> Self {
        tracing::warn!(cause = %Chain(cause), "temporarily unavailable");
        Self::new(ProblemKind::Unavailable)
    }

    /// Notes that somebody else held what the request needed for longer than it would wait.
    #[must_use]
    pub(crate) fn for_a_lock(mut self) -> Self {
        self.0.locked = true;
        self
    }

    /// Whether somebody else held what the request needed.
    pub(crate) const fn is_for_a_lock(&self) -> bool {
        self.0.locked
    }

    /// Adds a sentence about this occurrence. It must not contain anything personal.
    #[must_use]
    pub fn with_detail(mut self, detail: Text) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// Adds field errors.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Adds an extension member (RFC 9457, 3.2), such as the id of an existing claim.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Sets `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Sets `WWW-Authenticate`.
    #[must_use]
    pub fn with_challenge(mut self, challenge: &'static str) -> Self {
        self.0.challenge = Some(challenge);
        self
    }

    /// A known path asked with a method it has not (405); `allow` lists those it has.
    #[must_use]
    pub fn method_not_allowed(allow: String) -> Self {
        let mut problem = Self::new(ProblemKind::MethodNotAllowed);
        problem.0.allow = Some(allow);
        problem
    }

    /// The problem's kind.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// The field errors.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    pub(crate) fn content(&self) -> &Content {
        &self.0
    }
}

/// An error with its sources, in one line.
struct Chain<'a>(&'a dyn std::error::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(formatter, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.kind.slug())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.kind.status()
    }

    /// The answer in the default language; the `problems` middleware renders it again for the
    /// request at hand.
    fn error_response(&self) -> HttpResponse {
        render(self, &HeaderMap::new(), None)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "what is not known to pass by itself is a fault, whatever the store adds"
        )]
        match &error {
            StoreError::Unavailable(..) => Self::unavailable(&error),
            StoreError::LockTimeout => Self::unavailable(&error).for_a_lock(),
            _ => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_stay_out_of_the_answer() {
        let cause = std::io::Error::other("SELECT secret FROM residents");
        let problem = Problem::internal(&cause);
        assert!(!format!("{problem:?}{problem}").contains("SELECT"));
    }

    #[test]
    fn a_result_with_a_problem_stays_small() {
        assert_eq!(size_of::<Result<(), Problem>>(), size_of::<usize>());
    }
}
