//! Swagger UI in a real browser: authorise, try the claim out, see what was decided.
//!
//! Runs where Chromium and chromedriver are on PATH (the Debian packages `chromium` and
//! `chromium-driver`); says so where they are not.

mod driver;

use std::io::{Write as _, stderr};

use driver::{Browser, Programs};
use reqwest::Url;
use secrecy::SecretString;
use sizhu_tests::{TestApp, fixtures};

#[tokio::test]
async fn a_claim_is_tried_out_in_swagger_ui() {
    let Some(programs) = Programs::find() else {
        // Past the capture of the test runner, which shows nothing of a test that passes.
        let note = "\nNOT RUN: Swagger UI in a browser, for there is no chromium and chromedriver on PATH\n";
        stderr().write_all(note.as_bytes()).expect("standard error");
        return;
    };
    let app = with_demo_hospital().await;
    let browser = Browser::start(&programs).await;
    browser.open(&format!("{}/swagger-ui/", app.base())).await;
    authorise(&browser).await;
    let (status, body) = try_out(&browser).await;
    assert!(status.starts_with("201"), "{status}: {body}");
    let claim: serde_json::Value = serde_json::from_str(&body).expect(&body);
    assert_eq!(claim["status"], "granted", "{body}");
    assert_eq!(claim["decision"]["amount_fen"], 460_000, "{body}");
    assert_eq!(app.database.number("SELECT count(*) FROM claims").await, 1);

    let requested = browser.requested().await;
    for part in [
        "/swagger-ui/",
        "/openapi.json",
        "/oauth/token",
        "/v1/hospital-claims",
    ] {
        assert!(
            requested.iter().any(|it| it.contains(part)),
            "no {part} in {requested:#?}"
        );
    }
    for address in &requested {
        let url = Url::parse(address).expect(address);
        let within = matches!(url.scheme(), "data" | "blob" | "chrome")
            || url.as_str().starts_with(&app.base());
        assert!(within, "{address} is not of the service");
    }
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// A service with the hospital client of the demo, and the patient of the example.
async fn with_demo_hospital() -> TestApp {
    let app = TestApp::start().await;
    let document = app.openapi().await;
    let example = &document["components"]["schemas"]["HospitalClaimForm"]["example"];
    let text = |member: &str| example[member].as_str().expect("text").to_owned();
    let patient = fixtures::resident(
        &text("citizen_id"),
        &text("patient_name"),
        fixtures::VILLAGE,
    );
    app.register_with(&patient, &fixtures::child_died("2018-06-01"))
        .await;
    app.fill("430102", 10_000_000, "browser").await;
    app.hospital(1).await;
    let hash = sizhu_api::auth::hash_secret(&SecretString::from("demo")).expect("a hash");
    let rename = "UPDATE api_clients SET client_id = 'demo-hospital', secret_hash = $1 \
         WHERE client_id = 'hospital-1'";
    app.database
        .admin()
        .await
        .execute(rename, &[&hash])
        .await
        .expect("a client of that name");
    app
}

/// Client id and secret into the form of the OAuth2 client credentials.
async fn authorise(browser: &Browser) {
    browser
        .click("//button[contains(@class, 'authorize') and contains(@class, 'btn')]")
        .await;
    let field = |name: &str| {
        format!("//*[contains(@class, 'auth-container')]//input[starts-with(@id, '{name}')]")
    };
    browser.write(&field("client_id"), "demo-hospital").await;
    browser.write(&field("client_secret"), "demo").await;
    let form = "//*[contains(@class, 'auth-container')][.//input[starts-with(@id, 'client_id')]]";
    browser
        .click(&format!("{form}//button[contains(@class, 'authorize')]"))
        .await;
    let done = "const buttons = [...document.querySelectorAll('.auth-container button')]; \
         return buttons.some(it => it.innerText === 'Logout') ? 'authorised' : ''";
    browser.wait_for(done).await;
    browser
        .click("//button[contains(@class, 'btn-done')]")
        .await;
}

/// Executes the operation as it stands; answers status and body as they are shown.
async fn try_out(browser: &Browser) -> (String, String) {
    let block = "//div[contains(@class, 'opblock-post')][.//*[@data-path = '/v1/hospital-claims']]";
    browser
        .click(&format!(
            "{block}//button[contains(@class, 'opblock-summary-control')]"
        ))
        .await;
    browser
        .click(&format!("{block}//button[contains(@class, 'execute')]"))
        .await;
    let shown = |what: &str| {
        format!(
            "return document.querySelector('.live-responses-table .response {what}')?.innerText ?? ''"
        )
    };
    let status = browser.wait_for(&shown(".response-col_status")).await;
    let body = browser
        .wait_for(&shown(".response-col_description .highlight-code code"))
        .await;
    (status.trim().to_owned(), body)
}
