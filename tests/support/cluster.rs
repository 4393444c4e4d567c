//! The one PostgreSQL cluster of a test process, and the migrated template in it.

use std::{
    path::PathBuf,
    process::Command,
    sync::{OnceLock, mpsc},
    thread,
};

use private_postgres::{Cluster, Options};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use sizhu_store::Roles;
use tokio_postgres::{Client, NoTls};

use crate::{runtime::block_on, tree};

/// The role that owns every test's database.
pub const OWNER: &str = "sizhu_owner";

/// The role that the service connects as.
pub const SERVICE: &str = "sizhu_service";

/// The password of both. The cluster listens on 127.0.0.1 and lives as long as the process.
pub const PASSWORD: &str = "test";

/// The reference data every template has.
pub const DIVISIONS: &str = include_str!("../../data/divisions_hunan.csv");

/// The Loan Prime Rates that every installation begins with.
pub const PRIME_RATES: &str = include_str!("../../data/loan_prime_rate.csv");

/// The cluster of this process, and the name of the template in it.
#[derive(Debug)]
pub struct Shared {
    cluster: Cluster,
    template: String,
}

static SHARED: OnceLock<Shared> = OnceLock::new();

/// The cluster of this process, started when first asked for.
///
/// It ends with the process: its watchdog notices, ends the server and removes the data. (For root
/// an empty folder stays, which the next start removes.)
///
/// # Panics
/// When PostgreSQL cannot be started or migrated.
pub fn shared() -> &'static Shared {
    SHARED.get_or_init(|| {
        // What dies with a parent dies with the thread that spawned it, so the thread that spawns
        // PostgreSQL is none of the tests' own and never ends.
        let (tell, told) = mpsc::channel();
        let keeper = thread::Builder::new().name("postgres-keeper".to_owned());
        let kept = keeper.spawn(move || {
            let _ = tell.send(start());
            loop {
                thread::park();
            }
        });
        kept.expect("a keeper thread");
        told.recv()
            .expect("the keeper has said why PostgreSQL did not start")
    })
}

/// How throw-away clusters of tests are started.
#[must_use]
pub fn options() -> Options {
    Options::throwaway(clusters())
        // Tests run side by side, each with a server of two workers and four connections each.
        .set("max_connections", "500")
        .set("shared_buffers", "256MB")
}

/// Where throw-away clusters are made.
#[must_use]
pub fn clusters() -> PathBuf {
    tree::root().join(".sizhu/tests")
}

fn start() -> Shared {
    let cluster = Cluster::start(options()).unwrap_or_else(|error| panic!("PostgreSQL: {error}"));
    let template = template_name();
    block_on(make_template(&cluster, &template));
    Shared { cluster, template }
}

/// The template is named by everything that went into it.
fn template_name() -> String {
    let mut hash = Sha256::new();
    for file in tree::files("migrations") {
        hash.update(tree::read(&file));
    }
    hash.update(DIVISIONS);
    hash.update(PRIME_RATES);
    let hex: String = hash
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("tmpl_{hex}")
}

/// The roles of a test's database.
#[must_use]
pub fn roles(database: &str) -> Roles {
    let login = |name: &str| (name.to_owned(), SecretString::from(PASSWORD));
    Roles {
        owner: login(OWNER),
        service: login(SERVICE),
        database: database.to_owned(),
    }
}

async fn make_template(cluster: &Cluster, name: &str) {
    let admin_url = cluster.admin_url("postgres").into();
    sizhu_store::bootstrap(&admin_url, &roles(name))
        .await
        .expect("roles and database");
    let owner_url = cluster.url(OWNER, PASSWORD, name).into();
    sizhu_store::migrate(&owner_url).await.expect("migrations");
    sizhu_store::load_divisions(&owner_url, DIVISIONS)
        .await
        .expect("divisions");
    let now = chrono::DateTime::UNIX_EPOCH;
    sizhu_store::prime_rates::load(&owner_url, PRIME_RATES, now)
        .await
        .expect("prime rates");
    let inside = connect(&cluster.admin_url(name)).await;
    // Statistics are copied with the rest, and nothing is left for autovacuum to do in each copy.
    inside
        .batch_execute("VACUUM (FREEZE, ANALYZE)")
        .await
        .expect("vacuum");
    drop(inside);
    let outside = connect(&cluster.admin_url("postgres")).await;
    let closed = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
    outside
        .batch_execute(&closed)
        .await
        .expect("a closed template");
}

/// Opens a connection of raw SQL; for the tests alone, which look below the service.
///
/// # Panics
/// When it cannot be opened.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}

impl Shared {
    /// The cluster.
    #[must_use]
    pub const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The migrated database that takes no connections, to be copied.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// What `pg_dump` with these arguments says of a database.
    ///
    /// # Panics
    /// When it fails.
    #[must_use]
    pub fn dump(&self, database: &str, arguments: &[&str]) -> String {
        let output = Command::new(self.cluster.binaries().program("pg_dump"))
            .args(arguments)
            .arg(self.cluster.admin_url(database))
            .output()
            .expect("pg_dump");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "pg_dump: {complaint}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}
