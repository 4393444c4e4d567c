//! The life of the service: how it is set up, how it starts, what it tells of itself, how it stops.

mod command_line;
mod policy_cli;
mod running;
mod setup;

use std::{
    fs,
    time::{Duration, Instant},
};

use private_postgres::Cluster;
use tokio::{task::spawn_blocking, time::sleep};

use crate::program::signal;

/// How long things that are done in an instant may take on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Stops the server of a cluster as an operator does, behind its owner's back.
pub(super) async fn stop(cluster: &Cluster) {
    let file = cluster.log().with_file_name("data").join("postmaster.pid");
    let text = fs::read_to_string(&file).expect("the postmaster's file");
    let process = text
        .lines()
        .next()
        .expect("its id")
        .trim()
        .parse()
        .expect("a number");
    signal(process, "INT");
    until("PostgreSQL stops", || async { !file.exists() }).await;
}

/// Starts it on the same port.
pub(super) async fn start_again(mut cluster: Cluster) -> Cluster {
    let started = spawn_blocking(move || {
        cluster.restart().unwrap();
        cluster
    });
    started.await.unwrap()
}

pub(super) async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < SOON, "not within {SOON:?}: {what}");
        sleep(Duration::from_millis(50)).await;
    }
}
