//! Headers every answer has, and HEAD for everything that has GET.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;

/// Nothing an API answer would need; it is not a page.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// What Swagger UI needs: its own scripts, inline styles and pictures, and this service.
const SWAGGER_UI: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                          img-src 'self' data:; frame-ancestors 'none'";

/// No sniffing, no framing, no referrer; personal data is never cached: only what an operation
/// itself calls public is.
pub(crate) async fn safe_headers<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let personal = request.path().starts_with("/v1/") || request.path().starts_with("/oauth/");
    let policy = if request.path().starts_with("/swagger-ui") {
        SWAGGER_UI
    } else {
        NO_PAGE
    };
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if personal && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Routes HEAD like GET (RFC 9110, 9.3.2); the connection leaves the body away.
pub(crate) async fn head_as_get<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}
