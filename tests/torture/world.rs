//! The ground: a durable PostgreSQL, the program `sizhu` on it, and who asks it.

use private_postgres::Cluster;
use reqwest::Method;
use serde_json::{Value, json};
use sizhu_api::clock::Clock;
use sizhu_tests::{
    cluster::{self, DIVISIONS, OWNER, PASSWORD, PRIME_RATES, SERVICE},
    fixtures::VILLAGE,
    ledger::PROGRAMME,
    program::{Service, environment},
};

/// The database under load.
pub(crate) const DATABASE: &str = "torture";

/// The county of everyone and everything.
const COUNTY: &str = "430102";

/// What is put into the county's budget, in fen: too little for all, so that awards wait.
const BUDGET_FEN: i64 = 60_000_000;

/// Hospitals that claim.
const HOSPITALS: usize = 3;

/// A cluster that survives what is killed: commits are durable and pages are whole.
pub(crate) fn start_cluster() -> Cluster {
    let durable = cluster::options()
        .set("fsync", "on")
        .set("full_page_writes", "on")
        .set("synchronous_commit", "on");
    Cluster::start(durable).unwrap_or_else(|error| panic!("PostgreSQL: {error}"))
}

/// A migrated database with all divisions; answers the environment of a service on it.
pub(crate) async fn make_database(cluster: &Cluster, name: &str) -> Vec<(String, String)> {
    let postgres = cluster.admin_url("postgres").into();
    let made = sizhu_store::bootstrap(&postgres, &cluster::roles(name)).await;
    made.expect("roles and database");
    let owner = cluster.url(OWNER, PASSWORD, name).into();
    let migrated = sizhu_store::migrate(&owner).await;
    migrated.expect("migrations");
    let loaded = sizhu_store::load_divisions(&owner, DIVISIONS).await;
    loaded.expect("divisions");
    let now = Clock::system().now();
    let rates = sizhu_store::prime_rates::load(&owner, PRIME_RATES, now).await;
    rates.expect("prime rates");
    let mut vars = environment(&cluster.url(SERVICE, PASSWORD, name));
    set(&mut vars, "SIZHU_TOKEN_SECONDS", "86400");
    vars
}

/// Sets a variable, or another value of it.
pub(crate) fn set(vars: &mut Vec<(String, String)>, name: &str, value: &str) {
    vars.retain(|(known, _)| known != name);
    vars.push((name.to_owned(), value.to_owned()));
}

/// The tokens of those who ask. They outlive every kill, as the keys do.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) hospitals: Vec<String>,
    /// Proposes statuses.
    pub(crate) village: String,
    /// Confirms them, and registers people.
    pub(crate) county: String,
}

/// Makes everyone who asks, their hospitals, and the county's budget.
pub(crate) async fn furnish(service: &Service) -> Tokens {
    let admin = service.client("admin", &["admin"]).await;
    let mut hospitals = Vec::new();
    for number in 0..HOSPITALS {
        let form = json!({
            "national_code": format!("H4301020000{number}"), "name": format!("长沙市第{number}医院"),
            "level": "level_3", "grade": "a", "ownership": "public", "county": COUNTY,
            "valid_from": "2000-01-01",
        });
        let made = made(service, "/v1/hospitals", &admin, &form).await;
        let id = made["id"].as_str().expect("an id");
        let name = format!("hospital-{number}");
        hospitals.push(service.client(&name, &["hospital", "--hospital", id]).await);
    }
    let finance = ["finance", "--division", COUNTY];
    let finance = service.client("finance", &finance).await;
    let year = Clock::system().today().year();
    let form = json!({"programme": PROGRAMME, "year": year, "county": COUNTY});
    let account = made(service, "/v1/accounts", &finance, &form).await;
    let path = format!(
        "/v1/accounts/{}/appropriations",
        account["id"].as_str().expect("an id")
    );
    let form = json!({"amount_fen": BUDGET_FEN, "document_no": "D-1"});
    made(service, &path, &finance, &form).await;
    let village = ["officer", "--division", VILLAGE];
    let county = ["officer", "--division", COUNTY];
    Tokens {
        hospitals,
        village: service.client("village", &village).await,
        county: service.client("county", &county).await,
    }
}

/// Posts something that must be taken; answers it.
pub(crate) async fn made(service: &Service, path: &str, token: &str, form: &Value) -> Value {
    let request = service.request(Method::POST, path, token).json(form);
    let answer = request.send().await.expect("an answer");
    let (status, body) = (answer.status(), answer.text().await.expect("a body"));
    assert_eq!(status.as_u16(), 201, "{path}: {body}");
    serde_json::from_str(&body).expect("JSON")
}
