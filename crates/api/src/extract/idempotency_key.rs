//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): required where it is extracted.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// Longest key taken, in characters.
const MAX_LENGTH: usize = 255;

/// A key as the client sent it: 1 to 255 visible ASCII characters, unique per client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that stands in a text, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        let fits = (1..=MAX_LENGTH).contains(&text.len());
        (visible && fits).then(|| Self(text.to_owned()))
    }

    fn read(request: &HttpRequest) -> Result<Self, Problem> {
        let mut values = request.headers().get_all("Idempotency-Key");
        let Some(value) = values.next() else {
            return Err(Problem::new(ProblemKind::IdempotencyKeyMissing));
        };
        match value.to_str().ok().and_then(Self::parse) {
            Some(key) if values.next().is_none() => Ok(key),
            Some(_) | None => Err(Problem::parameters(vec![FieldError::new(
                "/Idempotency-Key",
                "invalid_value",
                Text::new(
                    "Idempotency-Key 须恰有一个，为 1 至 255 个可见 ASCII 字符。",
                    "There must be one Idempotency-Key of 1 to 255 visible ASCII characters.",
                ),
            )])),
        }
    }
}

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

/// A key where the operation has another guard against being done twice: absent is fine, a
/// malformed one is not.
#[derive(Clone, Debug)]
pub struct OptionalIdempotencyKey(pub Option<IdempotencyKey>);

impl FromRequest for OptionalIdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if request.headers().contains_key("Idempotency-Key") {
            ready(IdempotencyKey::read(request).map(|key| Self(Some(key))))
        } else {
            ready(Ok(Self(None)))
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(key: &str) -> Result<IdempotencyKey, Problem> {
        let request = TestRequest::default()
            .insert_header(("Idempotency-Key", key))
            .to_http_request();
        IdempotencyKey::read(&request)
    }

    #[test]
    fn keys_are_required_and_bounded() {
        let none = TestRequest::default().to_http_request();
        assert_eq!(
            IdempotencyKey::read(&none).unwrap_err().kind(),
            ProblemKind::IdempotencyKeyMissing
        );
        assert_eq!(read("a-1").unwrap().as_str(), "a-1");
        assert!(read(&"k".repeat(255)).is_ok());
        for bad in ["", "with space", &"k".repeat(256)] {
            assert_eq!(
                read(bad).unwrap_err().kind(),
                ProblemKind::InvalidParameters
            );
        }
    }
}
