//! A running service: whom it serves, what it tells of itself, how it outlives its database, how it
//! stops.

use std::time::Duration;

use private_postgres::Cluster;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sizhu_tests::{Database, TestApp, cluster, fixtures};
use tokio::{net::TcpStream, task::spawn_blocking, time::sleep};
use uuid::Uuid;

use super::{SOON, start_again, stop, until};
use crate::program::{Program, Service, token};

#[tokio::test]
async fn demo_clients_get_no_token_from_serve() {
    let database = Database::create();
    let service = Service::on(&database, &[]).await;
    service.client("demo-admin", &["admin"]).await;
    let ask = async || token(&service.http, &service.base, "demo-admin", "wrong").await;
    assert_eq!(ask().await.0, 401);
    // The same client as the demo makes it, its secret known to everybody.
    let sql = database.admin().await;
    let hash = sizhu_api::auth::hash_secret(&"demo".to_owned().into()).unwrap();
    sql.execute(
        "UPDATE api_clients SET demo = false, secret_hash = $1",
        &[&hash],
    )
    .await
    .unwrap();
    assert_eq!(
        token(&service.http, &service.base, "demo-admin", "demo")
            .await
            .0,
        200
    );
    sql.execute("UPDATE api_clients SET demo = true", &[])
        .await
        .unwrap();
    let (status, problem) = token(&service.http, &service.base, "demo-admin", "demo").await;
    assert_eq!(
        (status, &problem["error"]),
        (401, &json!("invalid_client")),
        "{problem}"
    );
}

/// A request that waits for a lock is answered, although the service was told to stop meanwhile.
#[tokio::test]
async fn requests_in_flight_finish() {
    let database = Database::create();
    let mut service = Service::on(&database, &[]).await;
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

    let mut owner = database.owner().await;
    let held = owner.transaction().await.unwrap();
    held.batch_execute("LOCK TABLE claims IN EXCLUSIVE MODE")
        .await
        .unwrap();
    let claim = service.request(Method::POST, "/v1/hospital-claims", &token);
    let claim = claim
        .header("Idempotency-Key", "1")
        .json(&*fixtures::claim());
    let posted = tokio::spawn(claim.send());
    let waiting = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while database.number(waiting).await == 0 {
        sleep(Duration::from_millis(20)).await;
    }
    service.program.signal("TERM");
    let stopping = |it: &Program| {
        it.stderr
            .all()
            .iter()
            .find(|it| it.contains("stopping"))
            .cloned()
    };
    service.program.wait_for(SOON, stopping).await;
    let address = service.address().to_owned();
    until("no connections are taken", || async {
        TcpStream::connect(&address).await.is_err()
    })
    .await;
    assert!(!posted.is_finished(), "the claim waits for the lock");
    held.rollback().await.unwrap();
    let answer = posted.await.unwrap().expect("an answer");
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert!(service.program.ended(SOON).await.success());
    assert_eq!(database.number("SELECT count(*) FROM claims").await, 1);
}

#[tokio::test]
async fn a_database_that_stops_is_told_and_heals() {
    let cluster = spawn_blocking(|| Cluster::start(cluster::options()).unwrap())
        .await
        .unwrap();
    let roles = cluster::roles("sizhu");
    sizhu_store::bootstrap(&cluster.admin_url("postgres").into(), &roles)
        .await
        .unwrap();
    let owner = cluster
        .url(cluster::OWNER, cluster::PASSWORD, "sizhu")
        .into();
    sizhu_store::migrate(&owner).await.unwrap();
    sizhu_store::load_divisions(&owner, cluster::DIVISIONS)
        .await
        .unwrap();
    let url = cluster.url(cluster::SERVICE, cluster::PASSWORD, "sizhu");
    let app = TestApp::start_with(|config| config.database_url = url.into()).await;
    let anyone = app.anon();
    let ready = anyone.get("/health/ready").await.expect(200).json();
    assert_eq!(ready, json!({"status": "ready"}));

    stop(&cluster).await;
    let reply = anyone.get("/health/ready").await.expect(503);
    let problem = reply.problem("unavailable");
    assert!(
        reply
            .header("Retry-After")
            .is_some_and(|it| it.parse::<u32>().is_ok()),
        "{problem}"
    );
    // Whatever needs the database says so, and what does not goes on.
    let reply = app
        .anon()
        .call(Method::POST, "/oauth/token")
        .basic("a", "b");
    let reply = reply
        .form(&[("grant_type", "client_credentials")])
        .await
        .expect(503);
    reply.problem("unavailable");
    anyone.get("/health/live").await.expect(200);
    anyone.get("/metrics").await.expect(200);

    let cluster = start_again(cluster).await;
    until("it heals", || async {
        anyone.get("/health/ready").await.status == 200
    })
    .await;
    spawn_blocking(|| cluster.stop().unwrap()).await.unwrap();
    anyone
        .get("/health/ready")
        .await
        .expect(503)
        .problem("unavailable");
}

#[tokio::test]
async fn measurements_name_routes_and_nobody() {
    let database = Database::create();
    let service = Service::on(&database, &[]).await;
    let officer = service
        .client("an-officer", &["officer", "--division", "430102"])
        .await;
    let person = fixtures::resident("430102196712124729", "欧阳标记", fixtures::VILLAGE);
    let made = service
        .request(Method::POST, "/v1/residents", &officer)
        .json(&person);
    let made: Value = made.send().await.unwrap().json().await.unwrap();
    let id = made["id"].as_str().expect("an id").to_owned();
    let nobody = Uuid::now_v7().to_string();
    for (path, status) in [
        (format!("/v1/residents/{id}"), 200),
        (format!("/v1/residents/{nobody}"), 404),
        ("/v1/residents/430102196712124729".to_owned(), 404),
        ("/430102196712124729".to_owned(), 404),
        ("/v1/hospital-claims?medical_record_no=ZY-1".to_owned(), 200),
    ] {
        let answer = service
            .request(Method::GET, &path, &officer)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
    let odd = Method::from_bytes(b"430102196712124729").unwrap();
    let _ = service.request(odd, "/v1/residents", &officer).send().await;
    let metrics = service
        .http
        .get(format!("{}/metrics", service.base))
        .send()
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    for expected in [
        r#"http_requests_total{method="POST",route="/v1/residents",status="201"} 1"#,
        r#"http_requests_total{method="GET",route="/v1/residents/{id}",status="200"} 1"#,
        r#"http_requests_total{method="GET",route="/v1/residents/{id}",status="404"} 2"#,
        r#"http_requests_total{method="GET",route="/v1/hospital-claims",status="200"} 1"#,
        r#"route="unmatched",status="404"} 1"#,
        r#"http_request_duration_seconds_bucket{method="GET",route="/v1/residents/{id}",le="#,
    ] {
        assert!(metrics.contains(expected), "no {expected} in\n{metrics}");
    }
    for personal in [
        id.as_str(),
        &nobody,
        "430102196712124729",
        "ZY-1",
        "an-officer",
        "欧阳",
    ] {
        assert!(!metrics.contains(personal), "{personal} in\n{metrics}");
    }
}
