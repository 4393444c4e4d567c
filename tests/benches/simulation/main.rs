//! How fast a simulation is: a draft over a registry of a million synthetic residents in a real
//! PostgreSQL, and the memory it takes.
//!
//! `make bench-rules`. `SIZHU_BENCH_PEOPLE` sets how many (1,000,000). The registry is filled by this
//! process; another, a copy of itself, runs the simulation as the service does, so that its peak
//! memory is that of the simulation alone. Commits are durable, as in production.

mod fill;
mod people;
mod run;

use std::{
    env,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use private_postgres::Cluster;
use sizhu_tests::{
    bulk,
    cluster::{self, PASSWORD, SERVICE},
    processes::Server,
};

/// The database of the bench.
const DATABASE: &str = "bench";

/// How often what PostgreSQL uses is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What tells the second process what it is; the database follows.
const SIMULATE: &str = "simulate";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    match arguments.as_slice() {
        [word, url] if word == SIMULATE => runtime.block_on(run::simulate(url)),
        // Cargo says `--bench`.
        _ => runtime.block_on(bench()),
    }
}

async fn bench() {
    let people = env::var("SIZHU_BENCH_PEOPLE").map_or(1_000_000, |text| {
        text.parse::<u32>().expect("SIZHU_BENCH_PEOPLE is a number")
    });
    let cluster =
        Cluster::start(bulk::durable()).unwrap_or_else(|error| panic!("PostgreSQL: {error}"));
    let admin_url = bulk::make_database(&cluster, DATABASE).await;

    let begun = Instant::now();
    let rows = fill::fill(&admin_url, people).await;
    println!("{rows}, filled in {:.0} s", begun.elapsed().as_secs_f64());

    let server = Server::of(&cluster::connect(&admin_url).await).await;
    let before = server.used();
    let begun = Instant::now();
    let simulating = Command::new(env::current_exe().expect("this program"))
        .args([SIMULATE, &cluster.url(SERVICE, PASSWORD, DATABASE)])
        .stdin(Stdio::null())
        .spawn();
    let mut simulating = simulating.expect("a second process");
    let mut most = before;
    let status = loop {
        most = most.or_more(server.used());
        match simulating.try_wait().expect("the simulation's end") {
            Some(status) => break status,
            None => thread::sleep(LOOK),
        }
    };
    assert!(status.success(), "the simulation failed: {status}");
    let worked = most.processor.saturating_sub(before.processor);
    println!(
        "PostgreSQL beside it: {:.2} cores at work; at most {} MiB with its shared buffers of 256 MiB",
        worked.as_secs_f64() / begun.elapsed().as_secs_f64(),
        most.memory_mib
    );
}
