//! From an empty PostgreSQL to a service, by the commands an operator types.

use private_postgres::Cluster;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sizhu_tests::{cluster, fixtures};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{SOON, start_again, stop, until};
use crate::program::{Program, Service, environment, run, texts};

#[tokio::test]
async fn a_fresh_cluster_becomes_a_service() {
    let cluster = spawn_blocking(|| Cluster::start(cluster::options()).unwrap())
        .await
        .unwrap();
    let mut vars = environment(&cluster.url("fresh_service", "s-1", "fresh"));
    vars.push((
        "SIZHU_OWNER_DATABASE_URL".into(),
        cluster.url("fresh_owner", "o-1", "fresh"),
    ));
    vars.push((
        "SIZHU_ADMIN_DATABASE_URL".into(),
        cluster.admin_url("postgres"),
    ));
    for expected in ["31", "0 divisions changed"] {
        let output = run(&["migrate", "--bootstrap"], vars.clone());
        let (printed, complaint) = texts(&output);
        assert!(output.status.success(), "{complaint}");
        assert!(printed.contains(expected), "{printed}");
    }
    let mut service = Service::serve(vars.clone()).await;
    let admin = service.client("an-admin", &["admin"]).await;
    let form = json!({
        "national_code": "H43010200001", "name": "医院", "level": "level_3", "grade": "a",
        "ownership": "public", "county": "430102", "valid_from": "2020-01-01",
    });
    let made = service
        .request(Method::POST, "/v1/hospitals", &admin)
        .json(&form);
    let hospital: Value = made.send().await.unwrap().json().await.unwrap();
    let id = hospital["id"].as_str().expect("an id");
    let token = service
        .client("a-hospital", &["hospital", "--hospital", id])
        .await;
    let claim = service.request(Method::POST, "/v1/hospital-claims", &token);
    let claim = claim
        .header("Idempotency-Key", "1")
        .json(&*fixtures::claim());
    let answer = claim.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.json::<Value>().await.unwrap()["status"], "refused");

    refuses_wrong_clients(&vars);
    let cluster = check_health(&service, cluster).await;
    service.program.signal("TERM");
    assert!(service.program.ended(SOON).await.success());
    let address = service.address().to_owned();
    let gone = run(&["health"], [("SIZHU_LISTEN", address.as_str())]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(texts(&gone).1.contains("no answer"), "{}", texts(&gone).1);
    check_log(&service.program);
    spawn_blocking(|| cluster.stop().unwrap()).await.unwrap();
}

/// A name is taken once, and what a client is bound to must fit its role and be there.
fn refuses_wrong_clients(vars: &[(String, String)]) {
    for wrong in [
        &["client", "add", "--id", "an-admin", "--role", "admin"][..],
        &["client", "add", "--id", "another", "--role", "hospital"],
        &[
            "client",
            "add",
            "--id",
            "another",
            "--role",
            "hospital",
            "--hospital",
            &Uuid::nil().to_string(),
        ],
        &["client", "add", "--id", "Another One", "--role", "admin"],
    ] {
        let output = run(wrong, vars.to_vec());
        let (printed, complaint) = texts(&output);
        assert!(
            !output.status.success() && printed.is_empty(),
            "{wrong:?} {printed}"
        );
        assert!(
            complaint.starts_with("sizhu: ") || complaint.starts_with("error: "),
            "{complaint}"
        );
    }
}

/// `sizhu health` says what `/health/ready` says.
async fn check_health(service: &Service, cluster: Cluster) -> Cluster {
    let ask = || {
        let output = run(&["health"], [("SIZHU_LISTEN", service.address())]);
        (output.status.code(), texts(&output).0)
    };
    let (code, printed) = ask();
    assert_eq!(
        (code, printed.contains("200")),
        (Some(0), true),
        "{printed}"
    );
    stop(&cluster).await;
    let (code, printed) = ask();
    assert_eq!(
        (code, printed.contains("503")),
        (Some(1), true),
        "{printed}"
    );
    let cluster = start_again(cluster).await;
    until("it heals", || async { ask().0 == Some(0) }).await;
    cluster
}

/// Every line of `serve` is JSON, one a request, with the request's id and no path.
fn check_log(program: &Program) {
    let lines = program.stderr.all();
    let parsed: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    assert!(
        program.stdout.all().is_empty(),
        "{:?}",
        program.stdout.all()
    );
    let answered = parsed.iter().filter(|line| line["message"] == "answered");
    let claim = answered
        .clone()
        .find(|line| line["span"]["route"] == "/v1/hospital-claims");
    let claim = claim.unwrap_or_else(|| panic!("no line of the claim in {lines:#?}"));
    assert_eq!(
        (&claim["status"], &claim["level"]),
        (&json!(201), &json!("INFO")),
        "{claim}"
    );
    for member in ["request_id", "client", "role", "method"] {
        assert!(claim["span"][member].is_string(), "{member} in {claim}");
    }
    assert!(
        parsed.iter().all(|line| line["timestamp"].is_string()),
        "{lines:#?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("stopping: requests in flight")),
        "{lines:#?}"
    );
}
