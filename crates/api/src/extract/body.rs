//! JSON bodies: media type, size, syntax, fields, rules; each fault with its pointer.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::Validate;

use super::pointer;
use super::shape::{self, Form};
use crate::problem::{Problem, ProblemKind, Text};

/// Largest body by default, in bytes.
pub(super) const DEFAULT_LIMIT: usize = 64 * 1024;

/// A JSON body as `T`, validated. `LIMIT` is the largest size taken, in bytes.
///
/// Answers 415 for another media type, 413 above the limit, 400 for what is not JSON, 422 with
/// pointers for fields that are missing, unknown, of the wrong type or against a rule of `T`.
#[derive(Clone, Debug)]
pub struct Body<T, const LIMIT: usize = DEFAULT_LIMIT>(pub T);

impl<T: Form + DeserializeOwned + Validate + 'static, const LIMIT: usize> FromRequest
    for Body<T, LIMIT>
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_headers(request, LIMIT);
        let payload = payload.take();
        Box::pin(async move {
            checked?;
            let bytes = read(payload, LIMIT).await?;
            parse(&bytes).map(Self)
        })
    }
}

/// Refuses by the headers alone what need not be read.
fn check_headers(request: &HttpRequest, limit: usize) -> Result<(), Problem> {
    if !is_json(request.content_type()) || request.headers().contains_key(CONTENT_ENCODING) {
        return Err(
            Problem::new(ProblemKind::UnsupportedMediaType).with_detail(Text::new(
                "请以未压缩的 application/json 发送。",
                "Send application/json, without a content encoding.",
            )),
        );
    }
    let length = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    match length {
        Some(length) if length > limit => Err(too_large(limit)),
        Some(_) | None => Ok(()),
    }
}

/// `application/json`, whatever its parameters: JSON is UTF-8.
fn is_json(content_type: &str) -> bool {
    content_type.trim().eq_ignore_ascii_case("application/json")
}

pub(super) async fn read(mut payload: Payload, limit: usize) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            if matches!(error, PayloadError::Overflow) {
                return too_large(limit);
            }
            tracing::debug!(cause = %error, "the body did not arrive");
            Problem::new(ProblemKind::InvalidRequestBody)
        })?;
        if bytes.len().saturating_add(chunk.len()) > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large(limit: usize) -> Problem {
    Problem::new(ProblemKind::PayloadTooLarge).with_detail(Text::made(
        format!("请求体不得超过 {limit} 字节。"),
        format!("The body must not be larger than {limit} bytes."),
    ))
}

/// Parses and validates. Syntax is a 400, the rest a 422.
pub(crate) fn parse<T: Form + DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        use serde_json::error::Category;
        let inner = error.inner();
        match inner.classify() {
            Category::Data => {
                Problem::validation(vec![pointer::of_serde(error.path(), &inner.to_string())])
            }
            Category::Syntax | Category::Eof | Category::Io => {
                malformed(inner.line(), inner.column())
            }
        }
    })?;
    deserializer
        .end()
        .map_err(|error| malformed(error.line(), error.column()))?;
    let body: Value =
        serde_json::from_slice(bytes).map_err(|error| malformed(error.line(), error.column()))?;
    let misplaced = shape::check::<T>(&body);
    if !misplaced.is_empty() {
        return Err(Problem::validation(misplaced));
    }
    value
        .validate()
        .map_err(|errors| Problem::validation(pointer::of_validator(&errors)))?;
    Ok(value)
}

fn malformed(line: usize, column: usize) -> Problem {
    Problem::new(ProblemKind::InvalidRequestBody).with_detail(Text::made(
        format!("第 {line} 行第 {column} 列附近不是有效的 JSON。"),
        format!("Not valid JSON near line {line}, column {column}."),
    ))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Stay {
        #[validate(length(min = 1, max = 5))]
        number: String,
        #[validate(nested)]
        nursing_days: Nursing,
        #[serde(default)]
        #[validate(nested)]
        evidence: Vec<Nursing>,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Nursing {
        #[validate(range(max = 366))]
        level_1: u32,
    }

    impl Form for Stay {
        const OBJECTS: &'static [&'static str] = &["/nursing_days", "/evidence/*"];
        const LISTS: &'static [&'static str] = &["/evidence"];
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Written,
        Oral,
    }

    fn fault(json: &str) -> (ProblemKind, String, String, String) {
        let problem = parse::<Stay>(json.as_bytes()).unwrap_err();
        let first = problem.errors().first().cloned();
        let first = first.unwrap_or_else(|| crate::problem::FieldError::of_code("-", "-"));
        (
            problem.kind(),
            first.pointer,
            first.code.into_owned(),
            first.detail.en.into_owned(),
        )
    }

    #[test]
    fn a_good_body_is_taken() {
        let stay: Stay =
            parse(br#"{"number":"ZY1","nursing_days":{"level_1":3},"kind":"written"}"#).unwrap();
        assert_eq!(
            (stay.number.as_str(), stay.nursing_days.level_1),
            ("ZY1", 3)
        );
        assert!(matches!(stay.kind, Some(Kind::Written)) && stay.evidence.is_empty());
    }

    #[test]
    fn each_fault_has_its_pointer_and_no_value() {
        for (json, pointer, code) in [
            (
                r#"{"number":"a","nursing_days":{"level_1":"430102"}}"#,
                "/nursing_days/level_1",
                "invalid_type",
            ),
            (
                r#"{"number":"a","nursing_days":{"level_1":-430102}}"#,
                "/nursing_days/level_1",
                "invalid_value",
            ),
            (
                r#"{"number":"a","nursing_days":{}}"#,
                "/nursing_days/level_1",
                "missing_field",
            ),
            (
                r#"{"nursing_days":{"level_1":1}}"#,
                "/number",
                "missing_field",
            ),
            (
                r#"{"number":"a","nursing_days":{"level_1":1,"level_9":430102}}"#,
                "/nursing_days/level_9",
                "unknown_field",
            ),
            (
                r#"{"number":"a","nursing_days":{"level_1":1,"430102194912311":2}}"#,
                "/nursing_days",
                "unknown_field",
            ),
            (
                r#"{"number":"a","number":"430102","nursing_days":{"level_1":1}}"#,
                "/number",
                "duplicate_field",
            ),
            (
                r#"{"number":"a","nursing_days":{"level_1":1},"kind":"430102"}"#,
                "/kind",
                "unknown_variant",
            ),
            (
                r#"{"number":"430102","nursing_days":{"level_1":1}}"#,
                "/number",
                "length",
            ),
            (
                r#"{"number":"a","nursing_days":{"level_1":430102}}"#,
                "/nursing_days/level_1",
                "range",
            ),
            (
                r#"{"number":"a","nursing_days":{"level_1":1},"evidence":[{"level_1":1},{"level_1":430102}]}"#,
                "/evidence/1/level_1",
                "range",
            ),
            (
                r#"{"number":"a","nursing_days":{"level_1":1},"evidence":[{"level_1":1},{"level_1":null}]}"#,
                "/evidence/1/level_1",
                "invalid_type",
            ),
        ] {
            let (kind, found, found_code, detail) = fault(json);
            assert_eq!(kind, ProblemKind::ValidationFailed, "{json}");
            assert_eq!(
                (found.as_str(), found_code.as_str()),
                (pointer, code),
                "{json}"
            );
            assert!(!detail.contains("430102") && !detail.is_empty(), "{detail}");
        }
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for json in [
            "",
            "{",
            "nul",
            r#"{"number":"a"} x"#,
            r#"{"number":"a","nursing_days":{"level_1":1}} {}"#,
        ] {
            let problem = parse::<Stay>(json.as_bytes()).unwrap_err();
            // A document that is complete but followed by rubbish fails on whichever comes first.
            assert!(
                matches!(
                    problem.kind(),
                    ProblemKind::InvalidRequestBody | ProblemKind::ValidationFailed
                ),
                "{json}"
            );
        }
        assert_eq!(fault("{").0, ProblemKind::InvalidRequestBody);
    }

    #[actix_web::test]
    async fn media_type_and_size_are_checked() {
        let json = r#"{"number":"a","nursing_days":{"level_1":1}}"#;
        let kind_of = async |content_type: &'static str, limit_is_small: bool| {
            let (request, mut payload) = TestRequest::post()
                .insert_header(("Content-Type", content_type))
                .set_payload(json)
                .to_http_parts();
            if limit_is_small {
                Body::<Stay, 8>::from_request(&request, &mut payload)
                    .await
                    .err()
            } else {
                Body::<Stay>::from_request(&request, &mut payload)
                    .await
                    .err()
            }
            .map(|problem| problem.kind())
        };
        assert_eq!(
            kind_of("application/json; charset=utf-8", false).await,
            None
        );
        assert_eq!(
            kind_of("text/plain", false).await,
            Some(ProblemKind::UnsupportedMediaType)
        );
        assert_eq!(
            kind_of("application/json", true).await,
            Some(ProblemKind::PayloadTooLarge)
        );
    }
}
