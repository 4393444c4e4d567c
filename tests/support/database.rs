//! One database per test, gone with the test if it passes and kept if it fails.

use std::{
    env, fs,
    io::{Write as _, stderr},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use secrecy::SecretString;
use tokio_postgres::Client;

use crate::{
    cluster::{self, OWNER, PASSWORD, SERVICE, Shared, shared},
    runtime::block_on,
    tree,
};

/// A test's own database. Dropped when it goes out of scope, unless the test is failing.
#[derive(Debug)]
pub struct Database {
    name: String,
    shared: &'static Shared,
}

impl Database {
    /// A migrated database with all divisions, named after the test that asks.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn create() -> Self {
        let shared = shared();
        Self::make(
            shared,
            &format!("TEMPLATE {} STRATEGY file_copy", shared.template()),
        )
    }

    /// A database with nothing in it but what PostgreSQL puts there; the roles exist.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn empty() -> Self {
        Self::make(shared(), "TEMPLATE template0 STRATEGY file_copy")
    }

    fn make(shared: &'static Shared, from: &str) -> Self {
        let name = name();
        // What belongs to a database but is not inside it is not copied: settings and rights.
        let statements = [
            format!("CREATE DATABASE {name} OWNER {OWNER} {from}"),
            format!("ALTER DATABASE {name} SET lc_messages = 'C'"),
            format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE {name} TO {SERVICE}"),
        ];
        block_on(async {
            let admin = cluster::connect(&shared.cluster().admin_url("postgres")).await;
            for statement in statements {
                admin
                    .batch_execute(&statement)
                    .await
                    .expect("a database of the test's own");
            }
        });
        Self { name, shared }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL for the superuser.
    #[must_use]
    pub fn admin_url(&self) -> String {
        self.shared.cluster().admin_url(&self.name)
    }

    /// Its URL for the role that owns it.
    #[must_use]
    pub fn owner_url(&self) -> SecretString {
        self.shared
            .cluster()
            .url(OWNER, PASSWORD, &self.name)
            .into()
    }

    /// Its URL for the role of the service.
    #[must_use]
    pub fn service_url(&self) -> SecretString {
        self.shared
            .cluster()
            .url(SERVICE, PASSWORD, &self.name)
            .into()
    }

    /// A connection as the superuser, for looking and for breaking things.
    pub async fn admin(&self) -> Client {
        cluster::connect(&self.admin_url()).await
    }

    /// A connection as the owner, which migrates.
    pub async fn owner(&self) -> Client {
        cluster::connect(&self.shared.cluster().url(OWNER, PASSWORD, &self.name)).await
    }

    /// A connection as the service's role, with no more rights than the service has.
    pub async fn service(&self) -> Client {
        cluster::connect(&self.shared.cluster().url(SERVICE, PASSWORD, &self.name)).await
    }

    /// The definition of everything in it, as `pg_dump --schema-only` writes it.
    #[must_use]
    pub fn schema(&self) -> String {
        let dump = self.shared.dump(&self.name, &["--schema-only"]);
        // Newer versions fence the dump with a random word, another one each time.
        let fence =
            |line: &&str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
        dump.lines()
            .filter(|line| !fence(line))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    /// Tells where the database of a failed test is, and writes it to a file.
    fn keep(&self) {
        let path = tree::root()
            .join("target/tmp")
            .join(format!("{}.sql", self.name));
        let dump = self.shared.dump(&self.name, &[]);
        let written = fs::create_dir_all(path.parent().expect("a folder"))
            .and_then(|()| fs::write(&path, dump));
        if written.is_ok() {
            eprintln!(
                "database {} is dumped: createdb x && psql x < {}",
                self.name,
                path.display()
            );
        }
        if env::var("SIZHU_KEEP_CLUSTER").is_ok_and(|value| value == "1") {
            // Past the capture of the test runner: it shows nothing until the test has ended.
            let _ = writeln!(stderr(), "kept until Ctrl-C: psql '{}'", self.admin_url());
            loop {
                thread::sleep(Duration::from_secs(3600));
            }
        }
        eprintln!("SIZHU_KEEP_CLUSTER=1 waits here with the server up, for psql");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if thread::panicking() {
            self.keep();
            return;
        }
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        block_on(async {
            let admin = cluster::connect(&self.shared.cluster().admin_url("postgres")).await;
            // A test that has passed does not fail by what is thrown away with the cluster anyhow.
            let _ = admin.batch_execute(&statement).await;
        });
    }
}

/// `t<number>_<test>`: libtest names a test's thread after it.
fn name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let current = thread::current();
    let test = current
        .name()
        .unwrap_or("main")
        .rsplit("::")
        .next()
        .unwrap_or_default();
    let plain = test
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_');
    // PostgreSQL's names end at 63 bytes.
    format!("t{number}_{}", plain.take(48).collect::<String>())
}
