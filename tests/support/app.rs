//! The service under test: started on a database of the test's own, with a clock the test moves.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;
use sizhu_api::{
    auth::{Keys, hash_secret},
    clock::Clock,
    config::Config,
    demo,
    policies::Policies,
    server::AppOptions,
};
use sizhu_core::{
    Day, DivisionCode, HospitalClass, HospitalGrade, HospitalId, HospitalLevel, Ownership,
    ResidentId, access::Grant,
};
use sizhu_store::{
    Actor, Limits, Store, StoreError, StoreOptions, Vault,
    api_clients::{self, ApiClient},
    hospitals::{self, Hospital},
};
use tokio::{sync::Mutex, task::LocalSet};
use uuid::Uuid;

use crate::{
    Client, Database,
    client::{Line, SECRET},
    server::Server,
    tree,
};

/// When tests begin unless they say otherwise: a Monday, ten o'clock in Changsha.
pub const START: &str = "2026-11-23T02:00:00Z";

/// The county where the hospitals of the tests stand: 芙蓉区 of 长沙市.
pub const HOSPITAL_COUNTY: &str = "430102";

/// A running service with a database and a clock of its own.
///
/// The fields are dropped in order: the service stops before its database goes.
#[derive(Debug)]
pub struct TestApp {
    /// The service's clock. It stands still until moved.
    pub clock: Clock,
    server: Server,
    config: Config,
    http: reqwest::Client,
    vault: Arc<Vault>,
    clients: Mutex<HashMap<String, Client>>,
    /// The database behind the service.
    pub database: Database,
}

impl TestApp {
    /// Starts a service as tests usually want it.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a service whose configuration the test changes first.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let database = Database::create();
        let vault = Arc::new(
            Vault::new(vec![("test".to_owned(), [1; 32])], [2; 32], [3; 32]).expect("keys"),
        );
        let keys = Keys::from_base64([("test", token_key())]).expect("a key");
        let mut config = Config::new(database.service_url(), Arc::clone(&vault), Arc::new(keys));
        config.listen.set_port(0);
        config.policies = tree::root().join("policies");
        config.workers = 2;
        config.connections = 4;
        change(&mut config);
        let clock = Clock::fixed(START.parse().expect("an instant"));
        let kept = config.clone();
        let server = Server::start(AppOptions {
            config,
            clock: clock.clone(),
        })
        .await;
        // No proxy of the machine's, and no answer but the service's own.
        let http = reqwest::Client::builder()
            .no_proxy()
            // A long upload waits while what it sent is recorded, on a slow machine for long.
            .tcp_user_timeout(None)
            .redirect(reqwest::redirect::Policy::none());
        Self {
            clock,
            server,
            config: kept,
            http: http.build().expect("an HTTP client"),
            vault,
            clients: Mutex::default(),
            database,
        }
    }

    /// Starts a service that is loaded like the demo: its province, its hospitals, its clients. Jobs
    /// wait until they are done by [`TestApp::do_jobs`].
    ///
    /// # Panics
    /// When it does not start, or the province cannot be loaded.
    pub async fn start_as_demo() -> Self {
        const RESIDENTS: u32 = 300;
        let app = Self::start_with(|config| {
            config.demo_clients = true;
            config.jobs = false;
            config.connections = 6;
        })
        .await;
        let policies = Policies::load(&tree::root().join("policies")).expect("policies");
        let loading = LocalSet::new();
        let load = demo::load(app.config(), app.clock.clone(), policies, RESIDENTS);
        let loaded = loading.run_until(Box::pin(load)).await;
        loaded.unwrap_or_else(|error| panic!("the demo: {error:#}"));
        app
    }

    /// A client of the demo by its name, anyone for `""`.
    #[must_use]
    pub fn demo(&self, client_id: &str) -> Client {
        if client_id.is_empty() {
            return self.anon();
        }
        Client::with_secret(self.line(), client_id.to_owned(), "demo")
    }

    /// Where the service is, as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// What it was started with.
    #[must_use]
    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// Sets the clock.
    ///
    /// # Panics
    /// When this is no instant of RFC 3339.
    pub fn set_clock(&self, instant: &str) {
        self.clock
            .set(instant.parse::<DateTime<Utc>>().expect("an instant"));
    }

    /// Moves the clock by whole days.
    pub fn advance_days(&self, days: i64) {
        self.clock.advance(chrono::TimeDelta::days(days));
    }

    /// The OpenAPI document it serves.
    pub async fn openapi(&self) -> Value {
        self.anon().get("/openapi.json").await.expect(200).json()
    }

    /// The store below the service, as the service's role and with its keys.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn store(&self) -> Store {
        Store::connect(&StoreOptions {
            url: self.database.service_url(),
            connections: 2,
            limits: Limits::default(),
            keys: Arc::clone(&self.vault),
        })
        .expect("a store")
    }

    /// The keys of the installation.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// A caller without a token.
    #[must_use]
    pub fn anon(&self) -> Client {
        Client::anonymous(self.line())
    }

    /// A caller with this token, whatever it is.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Client {
        Client::with_token(self.line(), token.to_owned())
    }

    /// Hospital number `n`, of level 3 grade A, public, in [`HOSPITAL_COUNTY`]. The same one each
    /// time it is asked for.
    pub async fn hospital(&self, n: u16) -> Client {
        let class = HospitalClass {
            level: HospitalLevel::Three,
            grade: HospitalGrade::A,
            ownership: Ownership::Public,
        };
        self.hospital_of(n, HOSPITAL_COUNTY, class).await
    }

    /// Hospital number `n`, of a class and in a county. What it was made as first, it stays.
    pub async fn hospital_of(&self, n: u16, county: &str, class: HospitalClass) -> Client {
        let id = Self::hospital_id(n);
        let new = Hospital {
            id,
            national_code: format!("H43010200{n:03}"),
            name: format!("长沙市第{n}医院"),
            class,
            county: division(county),
            valid_from: Day::parse("2000-01-01").expect("a day"),
        };
        self.client(format!("hospital-{n}"), Grant::Hospital(id), Some(new))
            .await
    }

    /// The id of hospital number `n`.
    #[must_use]
    pub fn hospital_id(n: u16) -> HospitalId {
        HospitalId::new(Uuid::from_u128(
            0x0197_0000_0000_7000_8000_0000_0000_0000 | u128::from(n),
        ))
    }

    /// The officer of a division.
    pub async fn officer(&self, code: &str) -> Client {
        self.client(
            format!("officer-{code}"),
            Grant::Officer(division(code)),
            None,
        )
        .await
    }

    /// A second officer of a division: nobody confirms what they entered.
    pub async fn second_officer(&self, code: &str) -> Client {
        self.client(
            format!("officer-{code}-2"),
            Grant::Officer(division(code)),
            None,
        )
        .await
    }

    /// The finance department of a division.
    pub async fn finance(&self, code: &str) -> Client {
        self.client(
            format!("finance-{code}"),
            Grant::Finance(division(code)),
            None,
        )
        .await
    }

    /// The auditor of a division.
    pub async fn auditor(&self, code: &str) -> Client {
        self.client(
            format!("auditor-{code}"),
            Grant::Auditor(division(code)),
            None,
        )
        .await
    }

    /// The administrator.
    pub async fn admin(&self) -> Client {
        self.client("admin".to_owned(), Grant::Admin, None).await
    }

    /// Policy staff.
    pub async fn policy(&self) -> Client {
        self.client("policy".to_owned(), Grant::Policy, None).await
    }

    /// A second client of policy staff: nobody approves what they uploaded.
    pub async fn second_policy(&self) -> Client {
        self.client("policy-2".to_owned(), Grant::Policy, None)
            .await
    }

    /// A bank.
    pub async fn bank(&self) -> Client {
        self.client("bank".to_owned(), Grant::Bank("icbc".to_owned()), None)
            .await
    }

    /// Another bank.
    pub async fn second_bank(&self) -> Client {
        self.client("bank-2".to_owned(), Grant::Bank("ccb".to_owned()), None)
            .await
    }

    /// A person in the registry, by the row id.
    ///
    /// # Panics
    /// When this is no id.
    pub async fn resident(&self, id: &str) -> Client {
        let id: ResidentId = id.parse().expect("an id");
        self.client(format!("resident-{id}"), Grant::Resident(id), None)
            .await
    }

    fn line(&self) -> Line {
        Line {
            http: self.http.clone(),
            base: self.base(),
            clock: self.clock.clone(),
        }
    }

    /// The client of this name, made in the store when it is asked for first.
    async fn client(&self, client_id: String, grant: Grant, hospital: Option<Hospital>) -> Client {
        let mut clients = self.clients.lock().await;
        if let Some(known) = clients.get(&client_id) {
            return known.clone();
        }
        let new = ApiClient {
            client_id: client_id.clone(),
            secret_hash: secret_hash().to_owned(),
            grant,
            demo: false,
            enabled: true,
        };
        let now = self.clock.now();
        let made: Result<(), StoreError> = self
            .store()
            .transaction(&Actor::System("tests"), async |tx| {
                if let Some(hospital) = &hospital {
                    hospitals::insert(tx, hospital, now).await?;
                }
                api_clients::insert(tx, &new, now).await
            })
            .await;
        made.unwrap_or_else(|error| panic!("client {client_id}: {error:?}"));
        let client = Client::with_secret(self.line(), client_id.clone(), SECRET);
        clients.insert(client_id, client.clone());
        client
    }
}

/// A division by its code.
///
/// # Panics
/// When the code is none.
#[must_use]
pub fn division(code: &str) -> DivisionCode {
    DivisionCode::parse(code).unwrap_or_else(|error| panic!("{code}: {error}"))
}

/// The hash of [`SECRET`], slow to make and therefore made once.
fn secret_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_secret(&SecretString::from(SECRET)).expect("a hash"))
}

/// The key that signs the tokens of this process.
fn token_key() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| Keys::generate_base64().expect("a key"))
}
