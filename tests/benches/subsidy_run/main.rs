//! How fast a subsidy run is: the loans of one county decided from a real PostgreSQL, every decision,
//! award and earmark written, beside PostgreSQL alone writing the same rows.
//!
//! `make bench-loans`. `SIZHU_BENCH_LOANS` sets how many loans (20,000), `SIZHU_BENCH_RUNS` how often
//! they are run (3), each time on a fresh copy of the database. Commits are durable, as in production.

mod fill;
mod loans;
mod run;

use std::{env, time::Instant};

use private_postgres::Cluster;
use sizhu_tests::{
    bulk,
    cluster::{self, PASSWORD, SERVICE},
};

/// The database that is filled, and copied for each round.
const FILLED: &str = "bench";

fn setting(name: &str, default: u32) -> u32 {
    env::var(name).map_or(default, |text| text.parse().expect(name))
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(bench());
}

async fn bench() {
    let loans = setting("SIZHU_BENCH_LOANS", 20_000);
    let rounds = setting("SIZHU_BENCH_RUNS", 3).max(1);
    let cluster = Cluster::start(bulk::durable());
    let cluster = cluster.unwrap_or_else(|error| panic!("PostgreSQL: {error}"));
    let begun = Instant::now();
    let filled = bulk::make_database(&cluster, FILLED).await;
    let rows = fill::fill(&filled, loans).await;
    println!("{rows}, filled in {:.0} s\n", begun.elapsed().as_secs_f64());

    let mut ratios = Vec::new();
    for round in 1..=rounds {
        let name = format!("round_{round}");
        let outside = cluster::connect(&cluster.admin_url("postgres")).await;
        let copied = format!(
            "CREATE DATABASE {name} TEMPLATE {FILLED} STRATEGY file_copy OWNER sizhu_owner"
        );
        bulk::execute(&outside, &copied).await;
        bulk::execute(&outside, "CHECKPOINT").await;
        let took = run::run(&cluster.url(SERVICE, PASSWORD, &name), loans).await;
        let bare = run::write_bare(&cluster.admin_url(&name)).await;
        let ratio = took.first.as_secs_f64() / bare.as_secs_f64();
        println!(
            "round {round}: {:.1} s in {} pages, {:.0} loans a second; again, with nothing to change, {:.1} s; \
             PostgreSQL alone writes the same rows in {:.1} s: ratio {ratio:.1}",
            took.first.as_secs_f64(),
            took.pages,
            f64::from(loans) / took.first.as_secs_f64(),
            took.again.as_secs_f64(),
            bare.as_secs_f64(),
        );
        bulk::execute(&outside, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "\na run against PostgreSQL alone: min {:.1}, median {:.1}, max {:.1} times its time",
        ratios.first().expect("a round"),
        ratios[ratios.len() / 2],
        ratios.last().expect("a round")
    );
}
