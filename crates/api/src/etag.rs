//! Entity tags (RFC 9110, 8.8.3): strong, made from a row's version number; `If-Match` on edits.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ETag, EntityTag, Header as _, IfMatch as IfMatchHeader};
use actix_web::{FromRequest, HttpRequest};

use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// The `ETag` header of a record's version.
#[must_use]
pub fn etag(version: i64) -> ETag {
    ETag(tag(version))
}

fn tag(version: i64) -> EntityTag {
    EntityTag::new_strong(format!("v{version}"))
}

/// The `If-Match` header an edit needs: 428 if it is missing.
#[derive(Clone, Debug)]
pub struct IfMatch(IfMatchHeader);

impl IfMatch {
    /// Whether the caller has seen this version (or says `*`: whatever is there).
    ///
    /// # Errors
    /// 412 if the record has changed since.
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        let current = tag(version);
        let matches = match &self.0 {
            IfMatchHeader::Any => true,
            IfMatchHeader::Items(tags) => tags.iter().any(|tag| tag.strong_eq(&current)),
        };
        if matches {
            Ok(())
        } else {
            Err(Problem::new(ProblemKind::PreconditionFailed))
        }
    }

    fn read(request: &HttpRequest) -> Result<Self, Problem> {
        if !request.headers().contains_key("If-Match") {
            return Err(Problem::new(ProblemKind::PreconditionRequired));
        }
        match IfMatchHeader::parse(request) {
            // What is not a quoted tag is parsed to no tag at all.
            Ok(header) if !matches!(&header, IfMatchHeader::Items(tags) if tags.is_empty()) => {
                Ok(Self(header))
            }
            Ok(_) | Err(_) => Err(Problem::parameters(vec![FieldError::new(
                "/If-Match",
                "invalid_value",
                Text::new(
                    "If-Match 须为带引号的实体标签。",
                    "If-Match must be quoted entity tags.",
                ),
            )])),
        }
    }
}

/// The `If-Match` header of a step on a record, where it is welcome and not required: with it the
/// step is taken only on the version the caller read.
#[derive(Clone, Debug)]
pub struct OptionalIfMatch(Option<IfMatch>);

impl OptionalIfMatch {
    /// As [`IfMatch::check`]; anything goes where nothing was said.
    ///
    /// # Errors
    /// 412 if the record has changed since.
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        self.0
            .as_ref()
            .map_or(Ok(()), |if_match| if_match.check(version))
    }
}

impl FromRequest for OptionalIfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if request.headers().contains_key("If-Match") {
            ready(IfMatch::read(request).map(|if_match| Self(Some(if_match))))
        } else {
            ready(Ok(Self(None)))
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(value: &str) -> Result<IfMatch, Problem> {
        let request = TestRequest::default().insert_header(("If-Match", value));
        IfMatch::read(&request.to_http_request())
    }

    #[test]
    fn the_seen_version_must_be_the_present_one() {
        assert!(read(r#""v3""#).unwrap().check(3).is_ok());
        assert!(read(r#""v2", "v3""#).unwrap().check(3).is_ok());
        assert!(read("*").unwrap().check(3).is_ok());
        for stale in [r#""v2""#, r#"W/"v3""#] {
            let problem = read(stale).unwrap().check(3).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::PreconditionFailed, "{stale}");
        }
    }

    #[test]
    fn it_is_required() {
        let problem = IfMatch::read(&TestRequest::default().to_http_request()).unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::PreconditionRequired);
    }
}
