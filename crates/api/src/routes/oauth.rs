//! Access tokens by client credentials (RFC 6749, 4.4) and the keys that verify them (RFC 7517).

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::JwkSet;
use crate::openapi::{PublicProblems, TokenProblems, UnavailableProblems};
use crate::problem::{FieldError, Problem, ProblemKind, Text};
use crate::service::tokens::{self, TokenRefusal};
use crate::state::State;

/// A request for an access token.
#[derive(Deserialize, ToSchema)]
pub struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: Option<String>,
    /// The client's id, if it is not in `Authorization: Basic`.
    client_id: Option<String>,
    /// The client's secret, if it is not in `Authorization: Basic`.
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<SecretString>,
}

/// An access token.
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// The token: a JWT for `Authorization: Bearer`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9…")]
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the token lives, in seconds.
    #[schema(example = 1800)]
    expires_in: u32,
}

/// Get an access token
///
/// OAuth 2.0 client credentials: the client's id and secret by HTTP Basic, or as `client_id` and
/// `client_secret` in the form, not both. Refusals carry the members `error` and
/// `error_description` of RFC 6749 beside those of a problem.
#[utoipa::path(
    operation_id = "create_token",
    tag = "oauth",
    security((), ("basic" = [])),
    request_body(
        content = TokenRequest,
        content_type = "application/x-www-form-urlencoded",
        example = json!({"grant_type": "client_credentials", "client_id": "demo-hospital",
                         "client_secret": "demo"}),
    ),
    responses(
        (status = 200, description = "The token.", body = TokenAnswer),
        TokenProblems,
        PublicProblems,
        UnavailableProblems,
    )
)]
#[post("/oauth/token")]
pub(crate) async fn create_token(
    request: HttpRequest,
    state: State,
    form: Result<web::Form<TokenRequest>, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let web::Form(form) = form.map_err(|error| {
        tracing::debug!(cause = %error, "unreadable token request");
        oauth_problem(ProblemKind::InvalidParameters, "invalid_request", MALFORMED)
    })?;
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(grant_type_problem(
                "unsupported_grant_type",
                "invalid_value",
            ));
        }
        None => return Err(grant_type_problem("invalid_request", "missing_field")),
    }
    let (client_id, secret) = credentials(&request, form)?;
    let peer = request.peer_addr().map(|address| address.ip());
    let issued = tokens::issue(&state, &client_id, secret, peer)
        .await
        .map_err(refusal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(TokenAnswer {
            access_token: issued.access_token,
            token_type: "Bearer",
            expires_in: issued.expires_in_seconds,
        }))
}

/// The keys that verify access tokens
///
/// A JSON Web Key Set. Keep it for some minutes; fetch it again for a `kid` you don't know.
#[utoipa::path(
    operation_id = "get_jwks",
    tag = "oauth",
    security(()),
    responses((status = 200, description = "The public keys.", body = JwkSet), PublicProblems)
)]
#[get("/.well-known/jwks.json")]
pub(crate) async fn get_jwks(state: State) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .json(state.tokens.keys().published())
}

const MALFORMED: Text = Text::new(
    "请以 application/x-www-form-urlencoded 发送表单，参数不得重复。",
    "Send application/x-www-form-urlencoded, each parameter at most once.",
);
const WRONG_CLIENT: Text = Text::new(
    "客户端标识或密钥不对，或客户端已停用。",
    "The client id or secret is wrong, or the client is disabled.",
);
const NO_CLIENT: Text = Text::new(
    "请用 HTTP Basic 或表单提供客户端标识和密钥，二者取一。",
    "Give the client id and secret by HTTP Basic or in the form, one of the two.",
);

/// A refusal that OAuth clients understand too (RFC 6749, 5.2).
fn oauth_problem(kind: ProblemKind, error: &'static str, detail: Text) -> Problem {
    let description = detail.en.clone().into_owned();
    let problem = Problem::new(kind)
        .with_detail(detail)
        .with_member("error", error)
        .with_member("error_description", description);
    if kind == ProblemKind::InvalidClient {
        problem.with_challenge(r#"Basic realm="sizhu", charset="UTF-8""#)
    } else {
        problem
    }
}

fn grant_type_problem(error: &'static str, code: &'static str) -> Problem {
    const DETAIL: Text = Text::new(
        "grant_type 须为 client_credentials。",
        "The grant_type must be client_credentials.",
    );
    oauth_problem(ProblemKind::InvalidParameters, error, DETAIL).with_errors(vec![FieldError::new(
        "/grant_type",
        code,
        DETAIL,
    )])
}

fn refusal(refusal: TokenRefusal) -> Problem {
    match refusal {
        TokenRefusal::InvalidClient => {
            oauth_problem(ProblemKind::InvalidClient, "invalid_client", WRONG_CLIENT)
        }
        TokenRefusal::TooManyAttempts { wait_seconds } => oauth_problem(
            ProblemKind::TooManyRequests,
            "temporarily_unavailable",
            Text::new(
                "失败次数过多，请按 Retry-After 稍后再试。",
                "Too many failed attempts: try again after Retry-After.",
            ),
        )
        .retry_after(wait_seconds),
        TokenRefusal::Store(error) => error.into(),
        TokenRefusal::Fault(error) => Problem::internal(error.as_ref()),
    }
}

/// The client's id and secret, from exactly one of the two places (RFC 6749, 2.3).
fn credentials(
    request: &HttpRequest,
    form: TokenRequest,
) -> Result<(String, SecretString), Problem> {
    let invalid = || oauth_problem(ProblemKind::InvalidParameters, "invalid_request", NO_CLIENT);
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        return match (form.client_id, form.client_secret) {
            (Some(id), Some(secret)) => Ok((id, secret)),
            (None, None) => Err(oauth_problem(
                ProblemKind::InvalidClient,
                "invalid_client",
                NO_CLIENT,
            )),
            (Some(_), None) | (None, Some(_)) => Err(invalid()),
        };
    };
    if form.client_secret.is_some() {
        return Err(invalid());
    }
    let basic = header
        .to_str()
        .ok()
        .and_then(basic_credentials)
        .ok_or_else(|| oauth_problem(ProblemKind::InvalidClient, "invalid_client", WRONG_CLIENT))?;
    // A `client_id` in the form is allowed beside the header, if it is the same.
    if form.client_id.is_some_and(|id| id != basic.0) {
        return Err(invalid());
    }
    Ok(basic)
}

/// Id and secret of `Basic …`, each form-encoded before it was put there (RFC 6749, 2.3.1).
fn basic_credentials(header: &str) -> Option<(String, SecretString)> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decode(id), form_decode(secret).into()))
}

/// Undoes form encoding; text that is not encoded, as many clients send it, stays as it is.
fn form_decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8();
    decoded.map_or_else(|_not_encoded| text.to_owned(), String::from)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn basic(text: &str) -> Option<(String, String)> {
        let header = format!("Basic {}", STANDARD.encode(text));
        basic_credentials(&header).map(|(id, secret)| (id, secret.expose_secret().to_owned()))
    }

    #[test]
    fn basic_credentials_are_form_decoded() {
        assert_eq!(basic("a:b"), Some(("a".into(), "b".into())));
        assert_eq!(basic("a%2Db:c%3Ad+e"), Some(("a-b".into(), "c:d e".into())));
        assert_eq!(basic("a:b:c"), Some(("a".into(), "b:c".into())));
        assert_eq!(basic("nothing"), None);
        assert!(basic_credentials("Bearer x").is_none());
        assert!(basic_credentials("Basic !").is_none());
    }

    #[test]
    fn descriptions_have_only_the_characters_oauth_allows() {
        for text in [MALFORMED, WRONG_CLIENT, NO_CLIENT] {
            let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
            assert!(text.en.chars().all(allowed), "{}", text.en);
        }
    }
}
