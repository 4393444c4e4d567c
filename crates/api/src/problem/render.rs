//! The one place where a problem becomes an answer.

use actix_web::HttpResponse;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LANGUAGE, HeaderMap, HeaderValue, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Language, Problem};

/// Media type of problems (RFC 9457, 6.1).
const PROBLEM_JSON: &str = "application/problem+json";

/// Renders a problem in the language the request's headers prefer; `request_id` becomes
/// `instance`, so that what a caller quotes is found in the log.
#[must_use]
pub fn render(problem: &Problem, headers: &HeaderMap, request_id: Option<Uuid>) -> HttpResponse {
    let language = Language::of(headers);
    let content = problem.content();
    let mut response = HttpResponse::build(content.kind.status());
    response
        .content_type(PROBLEM_JSON)
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .insert_header((VARY, "Accept-Language"))
        .insert_header((CACHE_CONTROL, "no-store"));
    if let Some(seconds) = content.retry_after_seconds {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    if let Some(challenge) = content.challenge {
        response.insert_header((WWW_AUTHENTICATE, challenge));
    }
    if let Some(allow) = content
        .allow
        .as_deref()
        .and_then(|allow| HeaderValue::from_str(allow).ok())
    {
        response.insert_header((ALLOW, allow));
    }
    response.body(body(problem, language, request_id).to_string())
}

/// The problem object as an example for the document: in English, without an instance.
pub(crate) fn body_example(problem: &Problem) -> Value {
    body(problem, Language::English, Some(Uuid::nil()))
}

/// The members of the problem object. Extension members never replace standard ones.
pub(crate) fn body(problem: &Problem, language: Language, request_id: Option<Uuid>) -> Value {
    let content = problem.content();
    let mut members: Map<String, Value> = content.members.clone();
    members.insert("type".into(), content.kind.type_uri().into());
    members.insert("status".into(), content.kind.status().as_u16().into());
    let entry = content.kind.entry();
    members.insert("title".into(), entry.title.in_language(language).into());
    let detail = content.detail.as_ref().unwrap_or(&entry.advice);
    members.insert("detail".into(), detail.in_language(language).into());
    if let Some(id) = request_id {
        members.insert("instance".into(), id.urn().to_string().into());
    }
    if !content.errors.is_empty() {
        let errors = content.errors.iter().map(|error| {
            json!({
                "pointer": error.pointer,
                "code": error.code,
                "detail": error.detail.in_language(language),
            })
        });
        members.insert("errors".into(), errors.collect());
    }
    Value::Object(members)
}
