//! What the tests of the whole system stand on: a real PostgreSQL, the real service, its callers.
//!
//! - One throw-away cluster per process, one database per test ([`Database`]), copied from a
//!   migrated template.
//! - [`TestApp`] starts the service on it, with a clock the test moves.
//! - `app.hospital(1)`, `app.officer("430102")` and so on are [`Client`]s with tokens of their own.
//! - A request is a [`Call`]: `client.post("/v1/residents", &body).await.expect(201).json()`.
//! - A [`Proxy`] before PostgreSQL cuts connections where a test wants it; [`program`] runs `sizhu`
//!   itself.
//! - [`ids`] and [`fixtures`] make people and claims.
//!
//! A test that fails keeps its database until the process ends and dumps it to a file; with
//! `SIZHU_KEEP_CLUSTER=1` the process waits there, so that one can look around with psql.

pub mod app;
pub mod bulk;
pub mod client;
pub mod cluster;
pub mod content;
pub mod coverage;
pub mod database;
pub mod fixtures;
pub mod ids;
pub mod ledger;
pub mod loans;
pub mod policies;
pub mod processes;
pub mod program;
pub mod proxy;
pub mod reply;
pub mod runtime;
mod server;
pub mod tree;
pub mod views;

pub use app::TestApp;
pub use client::{Call, Client};
pub use database::Database;
pub use fixtures::Person;
pub use proxy::{Fault, Proxy};
pub use reply::Reply;
