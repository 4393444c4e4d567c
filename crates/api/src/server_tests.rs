//! The application as a whole, without a database: what the frame answers by itself.

use std::io::{Read as _, Write as _};

use actix_web::dev::Service;
use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{self, TestRequest};
use actix_web::{HttpResponse, get};
use serde_json::Value;
use sizhu_core::DivisionCode;
use sizhu_core::access::Grant;
use sizhu_store::Vault;
use uuid::Uuid;

use super::*;
use crate::auth::{Keys, OfficerCaller, OfficerOrAuditor};
use crate::problem::Problem;

fn config() -> Config {
    let vault = Vault::new(vec![("k1".into(), [1; 32])], [2; 32], [3; 32]).unwrap();
    let key = Keys::generate_base64().unwrap();
    let keys = Keys::from_base64([("k1", key.as_str())]).unwrap();
    // Nothing listens on port 1.
    let url = "postgres://nobody:none@127.0.0.1:1/none".to_owned().into();
    let mut config = Config::new(url, vault.into(), keys.into());
    config.listen.set_port(0);
    config.workers = 1;
    config
}

fn state() -> State {
    let clock = Clock::fixed("2026-03-01T00:00:00Z".parse().unwrap());
    Shared::new(config(), clock, crate::policies::Policies::default())
        .unwrap()
        .worker()
        .unwrap()
}

fn fixed() -> Fixed {
    let document = crate::document::document();
    Fixed {
        text: web::Data::new(DocumentText(document.to_json().unwrap().into())),
        paths: web::Data::new(Paths::of(&document)),
    }
}

/// Status, headers and JSON of one answer of the whole application.
async fn ask(request: TestRequest) -> (StatusCode, header::HeaderMap, Value) {
    let service = test::init_service(app(Some(state()), fixed())).await;
    let response = service.call(request.to_request()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = test::read_body(response).await;
    (
        status,
        headers,
        serde_json::from_slice(&body).unwrap_or_default(),
    )
}

fn text<'a>(headers: &'a header::HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[actix_web::test]
async fn an_unknown_path_is_a_problem_in_the_callers_language() {
    let id = "0198c0de-0000-7000-8000-000000000001";
    let request = TestRequest::get()
        .uri("/v1/nothing?citizen_id=43010219491231123X")
        .insert_header(("X-Request-Id", id))
        .insert_header(("Accept-Language", "en"));
    let (status, headers, body) = ask(request).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(text(&headers, "content-type"), "application/problem+json");
    assert_eq!(text(&headers, "content-language"), "en");
    assert!(text(&headers, "vary").contains("Accept-Language"));
    assert_eq!(text(&headers, "x-request-id"), id);
    assert_eq!(text(&headers, "x-content-type-options"), "nosniff");
    assert_eq!(text(&headers, "cache-control"), "no-store");
    assert_eq!(body["type"], "/problems/not-found");
    assert_eq!(body["title"], "Not found");
    assert_eq!(body["status"], 404);
    assert_eq!(body["instance"], format!("urn:uuid:{id}"));

    let (_, headers, body) = ask(TestRequest::get().uri("/nothing")).await;
    assert_eq!(
        (text(&headers, "content-language"), &body["title"]),
        ("zh-CN", &"未找到".into())
    );
    let fresh: Uuid = text(&headers, "x-request-id").parse().unwrap();
    assert_eq!(body["instance"], fresh.urn().to_string());
}

#[actix_web::test]
async fn request_ids_that_are_no_uuid_are_not_taken_over() {
    let request = TestRequest::get()
        .uri("/health/live")
        .insert_header(("X-Request-Id", "43010219491231123X"));
    let (_, headers, _) = ask(request).await;
    assert!(text(&headers, "x-request-id").parse::<Uuid>().is_ok());
}

#[actix_web::test]
async fn a_wrong_method_names_the_right_ones() {
    let (status, headers, body) = ask(TestRequest::get().uri("/oauth/token")).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(text(&headers, "allow"), "POST, OPTIONS");
    assert_eq!(body["type"], "/problems/method-not-allowed");
    let head = TestRequest::default().method(Method::HEAD);
    assert_eq!(
        ask(head.uri("/oauth/token")).await.0,
        StatusCode::METHOD_NOT_ALLOWED
    );
    let options = TestRequest::default().method(Method::OPTIONS);
    let (status, headers, _) = ask(options.uri("/health/live")).await;
    assert_eq!(
        (status, text(&headers, "allow")),
        (StatusCode::NO_CONTENT, "GET, HEAD, OPTIONS")
    );
    let head = TestRequest::default().method(Method::HEAD);
    assert_eq!(ask(head.uri("/health/live")).await.0, StatusCode::OK);
}

#[actix_web::test]
async fn a_database_that_is_away_makes_the_service_unready() {
    let (status, headers, body) = ask(TestRequest::get().uri("/health/ready")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(text(&headers, "retry-after"), "2");
    assert!(!body.to_string().contains("127.0.0.1"), "{body}");
}

#[actix_web::test]
async fn token_requests_are_refused_in_both_standards() {
    let post = || TestRequest::post().uri("/oauth/token");
    let form = [("grant_type", "client_credentials")];
    let (status, headers, body) = ask(post().set_form(form)).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::UNAUTHORIZED, &"invalid_client".into())
    );
    assert!(text(&headers, "www-authenticate").starts_with("Basic "));
    assert_eq!(body["type"], "/problems/invalid-client");

    let (status, _, body) = ask(post().set_form([("grant_type", "password")])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["error"], "unsupported_grant_type");
    assert_eq!(body["errors"][0]["pointer"], "/grant_type");

    for bad in [
        post().set_form([("client_id", "a")]),
        post().set_json(serde_json::json!({"grant_type": "client_credentials"})),
        post().set_form([
            ("grant_type", "client_credentials"),
            ("grant_type", "password"),
        ]),
        post()
            .set_form([("grant_type", "client_credentials"), ("client_secret", "b")])
            .insert_header(("Authorization", "Basic YTpi")),
    ] {
        let (status, _, body) = ask(bad).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(body["error"], "invalid_request");
        assert!(body["error_description"].is_string());
    }
}

#[actix_web::test]
async fn the_document_the_catalogue_and_the_keys_are_served() {
    let (status, _, document) = ask(TestRequest::get().uri("/openapi.json")).await;
    assert_eq!(
        (status, &document["openapi"]),
        (StatusCode::OK, &"3.1.0".into())
    );
    let (_, _, catalogue) = ask(TestRequest::get().uri("/problems")).await;
    for kind in catalogue["items"].as_array().unwrap() {
        let (status, _, one) = ask(TestRequest::get().uri(kind["type"].as_str().unwrap())).await;
        assert_eq!((status, &one), (StatusCode::OK, kind));
    }
    let (_, headers, keys) = ask(TestRequest::get().uri("/.well-known/jwks.json")).await;
    assert_eq!(keys["keys"][0]["kty"], "OKP");
    assert!(text(&headers, "cache-control").contains("max-age"));
    let (status, ..) = ask(TestRequest::get().uri("/problems/unheard-of")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn swagger_ui_comes_from_this_server_alone() {
    let service = test::init_service(app(Some(state()), fixed())).await;
    let get = async |path: &str| {
        let response = service
            .call(TestRequest::get().uri(path).to_request())
            .await
            .unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = test::read_body(response).await;
        (status, headers, String::from_utf8_lossy(&body).into_owned())
    };
    let (status, headers, _) = get("/swagger-ui").await;
    assert!(status.is_redirection());
    assert_eq!(text(&headers, "location"), "/swagger-ui/");
    let (status, headers, page) = get("/swagger-ui/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text(&headers, "content-type").starts_with("text/html"));
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "{page}"
    );
    let (_, _, script) = get("/swagger-ui/swagger-initializer.js").await;
    for setting in ["/openapi.json", "persistAuthorization", "tryItOutEnabled"] {
        assert!(script.contains(setting), "{setting}: {script}");
    }
    assert_eq!(get("/swagger-ui/nothing.js").await.0, StatusCode::NOT_FOUND);
}

#[get("/officers")]
async fn officers(caller: OfficerCaller) -> HttpResponse {
    HttpResponse::Ok().body(caller.division.as_str().to_owned())
}

#[get("/either")]
async fn either(caller: OfficerOrAuditor) -> HttpResponse {
    HttpResponse::Ok().body(caller.caller().client_id.clone())
}

#[actix_web::test]
async fn callers_need_a_token_of_their_role() {
    let state = state();
    let app = App::new()
        .app_data(web::Data::new(state.clone()))
        .service(officers)
        .service(either)
        .wrap(from_fn(problems));
    let service = test::init_service(app).await;
    let division = || DivisionCode::parse("43").unwrap();
    let token = |grant: &Grant, clock: &Clock| {
        state
            .tokens
            .issue("client", grant, Uuid::nil(), clock.now())
            .unwrap()
    };
    let call = async |path: &str, authorization: Option<String>| {
        let mut request = TestRequest::get().uri(path);
        if let Some(value) = authorization {
            request = request.insert_header(("Authorization", value));
        }
        service.call(request.to_request()).await.unwrap()
    };
    let officer = token(&Grant::Officer(division()), &state.clock);
    let auditor = token(&Grant::Auditor(division()), &state.clock);
    let old = Clock::fixed("2026-02-28T00:00:00Z".parse().unwrap());
    let expired = token(&Grant::Officer(division()), &old);
    for (path, authorization, expected) in [
        ("/officers", None, 401),
        ("/officers", Some(format!("Basic {officer}")), 401),
        ("/officers", Some("Bearer x".to_owned()), 401),
        ("/officers", Some(format!("Bearer {expired}")), 401),
        ("/officers", Some(format!("Bearer {auditor}")), 403),
        ("/officers", Some(format!("bearer {officer}")), 200),
        ("/either", Some(format!("Bearer {auditor}")), 200),
        (
            "/either",
            Some(format!("Bearer {}", token(&Grant::Admin, &state.clock))),
            403,
        ),
    ] {
        let response = call(path, authorization).await;
        assert_eq!(response.status().as_u16(), expected, "{path}");
        let challenged = response.headers().contains_key(header::WWW_AUTHENTICATE);
        assert_eq!(challenged, expected == 401, "{path}");
    }
}

#[actix_web::test]
async fn what_the_framework_refuses_is_a_problem_too() {
    async fn broken() -> Result<HttpResponse, actix_web::Error> {
        Err(actix_web::error::ErrorImATeapot("43010219491231123X"))
    }
    let app = App::new()
        .service(web::resource("/broken").to(broken))
        .service(
            web::resource("/refused")
                .to(|| async { Err::<HttpResponse, _>(Problem::validation(Vec::new())) }),
        )
        .wrap(from_fn(problems));
    let service = test::init_service(app).await;
    for (path, status, kind) in [
        ("/broken", 400, "bad-request"),
        ("/refused", 422, "validation-failed"),
    ] {
        let response = service
            .call(TestRequest::get().uri(path).to_request())
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), status);
        let body = test::read_body(response).await;
        let body = String::from_utf8_lossy(&body);
        assert!(
            body.contains(kind) && !body.contains("43010219491231123X"),
            "{body}"
        );
    }
}

#[actix_web::test]
async fn a_server_starts_on_any_port_and_stops() {
    let policies = crate::policies::Policies::default();
    let shared = Shared::new(config(), Clock::system(), policies).unwrap();
    let keeper = || tokio::spawn(async {});
    let one = listen(shared.clone(), keeper()).unwrap();
    let two = listen(shared, keeper()).unwrap();
    let ask = |address, request: &'static str| {
        tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        })
    };
    let get = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for running in [&one, &two] {
        let answer = ask(running.address, get).await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains(r#""live""#),
            "{answer}"
        );
    }
    let head = "HEAD /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = ask(one.address, head).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && !answer.contains("live"),
        "{answer}"
    );
    let metrics = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = ask(two.address, metrics).await.unwrap();
    assert!(
        answer.contains(r#"http_requests_total{method="GET",route="/health/live""#),
        "{answer}"
    );
    assert!(
        answer.contains("http_request_duration_seconds_bucket"),
        "{answer}"
    );
    let address = one.address;
    one.stop().await.unwrap();
    assert!(std::net::TcpStream::connect(address).is_err());
    two.stop().await.unwrap();
}
