//! The closed catalogue of problems (RFC 9457): stable types, statuses, titles in both languages.

use actix_web::http::StatusCode;

use super::language::Text;

/// Every way a request can fail. The slug is part of the contract and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The body is not JSON, or not the JSON it says it is.
    InvalidRequestBody,
    /// A query or header parameter is wrong.
    InvalidParameters,
    /// The body is JSON, but fields of it are not acceptable.
    ValidationFailed,
    /// The operation needs an `Idempotency-Key`.
    IdempotencyKeyMissing,
    /// The key was used before for something else.
    IdempotencyKeyReused,
    /// The first request with this key has not been answered yet.
    IdempotencyInProgress,
    /// No access token, or not a valid one.
    Unauthenticated,
    /// Client id or secret is wrong (`/oauth/token`).
    InvalidClient,
    /// The token is valid, its role may not do this.
    Forbidden,
    /// Nothing here, or nothing this caller may know of.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// No representation the request would accept.
    NotAcceptable,
    /// The same thing exists already.
    AlreadyExists,
    /// The stay was claimed before, with other content.
    ClaimDiffers,
    /// The state of the thing does not allow this step.
    StateConflict,
    /// Conditions of a rule are not met.
    ConditionsNotMet,
    /// The operation needs `If-Match`.
    PreconditionRequired,
    /// The thing was changed since the caller read it.
    PreconditionFailed,
    /// The body is larger than the operation takes.
    PayloadTooLarge,
    /// The address is longer than the service takes.
    UriTooLong,
    /// The body's media type is not the operation's.
    UnsupportedMediaType,
    /// Too many attempts.
    TooManyRequests,
    /// The client took too long to send its request.
    RequestTimeout,
    /// The request was refused before an operation saw it.
    BadRequest,
    /// A fault of the service.
    Internal,
    /// A part the service needs does not answer now.
    Unavailable,
}

/// What the catalogue says about one kind.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Last segment of the type URI.
    pub slug: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// Short title.
    pub title: Text,
    /// What it means and what to do.
    pub advice: Text,
}

impl ProblemKind {
    /// All kinds, in the order of the catalogue.
    pub const ALL: &'static [Self] = &[
        Self::InvalidRequestBody,
        Self::InvalidParameters,
        Self::ValidationFailed,
        Self::IdempotencyKeyMissing,
        Self::IdempotencyKeyReused,
        Self::IdempotencyInProgress,
        Self::Unauthenticated,
        Self::InvalidClient,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::AlreadyExists,
        Self::ClaimDiffers,
        Self::StateConflict,
        Self::ConditionsNotMet,
        Self::PreconditionRequired,
        Self::PreconditionFailed,
        Self::PayloadTooLarge,
        Self::UriTooLong,
        Self::UnsupportedMediaType,
        Self::TooManyRequests,
        Self::RequestTimeout,
        Self::BadRequest,
        Self::Internal,
        Self::Unavailable,
    ];

    /// HTTP status of the kind.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequestBody
            | Self::InvalidParameters
            | Self::IdempotencyKeyMissing
            | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::ValidationFailed | Self::IdempotencyKeyReused | Self::ConditionsNotMet => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::IdempotencyInProgress
            | Self::AlreadyExists
            | Self::ClaimDiffers
            | Self::StateConflict => StatusCode::CONFLICT,
            Self::Unauthenticated | Self::InvalidClient => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The `type` URI reference: `/problems/<slug>`, where the catalogue explains it.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.slug())
    }

    /// Last segment of the type URI.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        self.texts().0
    }

    /// The kind with this slug.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// The kind that stands for a bare status, for answers made by the framework.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            408 => Self::RequestTimeout,
            409 => Self::StateConflict,
            412 => Self::PreconditionFailed,
            413 => Self::PayloadTooLarge,
            414 => Self::UriTooLong,
            415 => Self::UnsupportedMediaType,
            422 => Self::ValidationFailed,
            428 => Self::PreconditionRequired,
            429 => Self::TooManyRequests,
            503 | 504 => Self::Unavailable,
            400..500 => Self::BadRequest,
            _ => Self::Internal,
        }
    }

    /// The whole entry of the catalogue.
    #[must_use]
    pub const fn entry(self) -> Entry {
        let (slug, (title_zh, title_en), (advice_zh, advice_en)) = self.texts();
        Entry {
            slug,
            status: self.status(),
            title: Text::new(title_zh, title_en),
            advice: Text::new(advice_zh, advice_en),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_has_a_unique_type_and_titles_in_both_languages() {
        let mut slugs = HashSet::new();
        for kind in ProblemKind::ALL {
            let entry = kind.entry();
            assert!(slugs.insert(entry.slug), "{} twice", entry.slug);
            assert!(
                entry
                    .slug
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{}",
                entry.slug
            );
            assert!(entry.status.as_u16() >= 400);
            for text in [&entry.title, &entry.advice] {
                assert!(!text.zh.is_ascii(), "{kind:?} lacks Chinese");
                assert!(
                    text.en.is_ascii() && !text.en.is_empty(),
                    "{kind:?} lacks English"
                );
            }
            assert_eq!(ProblemKind::from_slug(entry.slug), Some(*kind));
        }
    }

    #[test]
    fn statuses_of_the_framework_have_a_kind_of_the_same_status() {
        for status in [
            400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 422, 428, 429, 500, 503,
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(ProblemKind::of_status(status).status(), status);
        }
    }

    #[test]
    fn the_catalogue_is_what_clients_know() {
        let lines: Vec<String> = ProblemKind::ALL
            .iter()
            .map(|kind| format!("{} {}", kind.status().as_u16(), kind.slug()))
            .collect();
        assert_eq!(
            lines.join("\n"),
            "400 invalid-request-body\n400 invalid-parameters\n422 validation-failed\n\
             400 idempotency-key-missing\n422 idempotency-key-reused\n409 idempotency-in-progress\n\
             401 unauthenticated\n401 invalid-client\n403 forbidden\n404 not-found\n\
             405 method-not-allowed\n406 not-acceptable\n409 already-exists\n409 claim-differs\n\
             409 state-conflict\n422 conditions-not-met\n428 precondition-required\n\
             412 precondition-failed\n413 payload-too-large\n414 uri-too-long\n\
             415 unsupported-media-type\n429 too-many-requests\n408 request-timeout\n\
             400 bad-request\n500 internal\n503 unavailable"
        );
    }
}
