//! Tables filled in bulk, for benches: rows as `COPY` takes them, chance from a seed, and a database of
//! its own on a cluster whose commits are durable.

use std::{fmt::Write as _, io::Cursor};

use futures_util::{SinkExt as _, pin_mut};
use private_postgres::{Cluster, Options};
use sizhu_core::Day;
use sizhu_store::Vault;
use tokio_postgres::{Client, CopyInSink};

use crate::cluster::{self, DIVISIONS, OWNER, PASSWORD, PRIME_RATES};

/// The keys of the installation, the same in every run.
///
/// # Panics
/// Never: the keys are long enough.
#[must_use]
pub fn vault() -> Vault {
    let ring = vec![("bench".to_owned(), [1; 32])];
    Vault::new(ring, [2; 32], [3; 32]).expect("keys")
}

/// How a cluster is started whose commits are durable, as in production.
#[must_use]
pub fn durable() -> Options {
    cluster::options()
        .set("fsync", "on")
        .set("full_page_writes", "on")
        .set("synchronous_commit", "on")
}

/// A migrated database with all divisions and prime rates; answers the administrator's address.
///
/// # Panics
/// When it cannot be made.
pub async fn make_database(cluster: &Cluster, name: &str) -> String {
    let postgres = cluster.admin_url("postgres").into();
    let made = sizhu_store::bootstrap(&postgres, &cluster::roles(name)).await;
    made.expect("roles and database");
    let owner = cluster.url(OWNER, PASSWORD, name).into();
    let migrated = sizhu_store::migrate(&owner).await;
    migrated.expect("migrations");
    let loaded = sizhu_store::load_divisions(&owner, DIVISIONS).await;
    loaded.expect("divisions");
    let now = chrono::DateTime::UNIX_EPOCH;
    let loaded = sizhu_store::prime_rates::load(&owner, PRIME_RATES, now).await;
    loaded.expect("prime rates");
    cluster.admin_url(name)
}

/// A connection that fills: references hold by the way the rows are made, and nobody misses what a
/// crash would take.
pub async fn filler(admin_url: &str) -> Client {
    let client = cluster::connect(admin_url).await;
    let unchecked = "SET session_replication_role = replica; SET synchronous_commit = off";
    execute(&client, unchecked).await;
    client
}

/// Does some statements.
///
/// # Panics
/// When PostgreSQL refuses one.
pub async fn execute(client: &Client, statements: &str) {
    let done = client.batch_execute(statements).await;
    done.unwrap_or_else(|error| panic!("{statements}: {error:?}"));
}

/// Copies rows into the tables that are named with their columns.
///
/// # Panics
/// When PostgreSQL refuses a row.
pub async fn copy(
    client: &Client,
    tables: &[(&str, &str)],
    rows: impl IntoIterator<Item = String>,
) {
    for ((table, columns), rows) in tables.iter().zip(rows) {
        let statement = format!("COPY {table} ({columns}) FROM STDIN");
        let sink: Result<CopyInSink<Cursor<Vec<u8>>>, _> = client.copy_in(&statement).await;
        let sink = sink.unwrap_or_else(|error| panic!("{table}: {error:?}"));
        pin_mut!(sink);
        let sent = sink.send(Cursor::new(rows.into_bytes())).await;
        sent.unwrap_or_else(|error| panic!("{table}: {error:?}"));
        let copied = sink.finish().await;
        copied.unwrap_or_else(|error| panic!("{table}: {error:?}"));
    }
}

/// Chance from a seed: xorshift (Marsaglia 2003).
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// The same in every run.
    #[must_use]
    pub const fn seeded() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    /// A number below a bound.
    ///
    /// # Panics
    /// When the bound is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(bound)).expect("below a bound of 32 bits")
    }
}

/// A day so many later.
///
/// # Panics
/// At the end of the calendar.
#[must_use]
pub fn plus(day: Day, days: u32) -> Day {
    day.plus_days(days).expect("a day")
}

/// No value, as `COPY` takes it.
#[must_use]
pub fn null() -> String {
    "\\N".to_owned()
}

/// Bytes as `COPY` takes them.
#[must_use]
pub fn bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(3 + 2 * bytes.len());
    text.push_str("\\\\x");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Adds a line of these columns, none of which has a character that `COPY` gives a meaning to.
pub fn line(rows: &mut String, columns: &[&dyn std::fmt::Display]) {
    for (place, column) in columns.iter().enumerate() {
        let between = if place == 0 { "" } else { "\t" };
        let _ = write!(rows, "{between}{column}");
    }
    rows.push('\n');
}
