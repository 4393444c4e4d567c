//! How fast hospital claims are over HTTP, beside pgbench doing the very same statements on the same
//! PostgreSQL at the same time.
//!
//! `make bench`. The service is another process, started as in production; commits are durable;
//! PostgreSQL, the service and the load share one machine. A claim of each kind is posted and its
//! statements are taken from PostgreSQL's log: they are pgbench's script. Then the two run in turn,
//! round after round; and once more with many more claims stored. `SIZHU_BENCH_ROUNDS` (3),
//! `SIZHU_BENCH_SECONDS` (10, of each run) and `SIZHU_BENCH_STORED` (100,000 claims) set how much.

mod batches;
mod captured;
mod claims;
mod http;
mod measured;
mod pgbench;
mod script;
mod service;
mod stored;
mod world;

use std::{
    env, fs,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use claims::{Deck, KINDS};
use http::Hospitals;
use measured::{Measured, spread};
use pgbench::{GROUP, Pgbench};
use private_postgres::Cluster;
use script::Script;
use service::{SERVE, Service};
use sizhu_tests::{
    bulk,
    cluster::{PASSWORD, SERVICE},
    processes::{self, Server, Used},
    tree,
};
use tokio_postgres::Client;

/// Connections at once.
const CONNECTIONS: [u32; 3] = [1, 8, 32];

/// How long processes take to end, so that what they worked is told.
const ENDING: Duration = Duration::from_millis(500);

/// How many people of each kind are there for each second of each run.
const PEOPLE_A_SECOND: u32 = 500;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [word, url] = arguments.as_slice()
        && word == SERVE
    {
        return service::serve(url);
    }
    // Cargo says `--bench`.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(bench());
}

/// A number of the environment.
fn number(name: &str, default: u32) -> u32 {
    env::var(name).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number"))
    })
}

async fn bench() {
    let rounds = number("SIZHU_BENCH_ROUNDS", 3).max(1);
    let seconds = number("SIZHU_BENCH_SECONDS", 10).max(1);
    let cluster = world::start_cluster();
    let people = (rounds * 3 + 10) * (seconds + pgbench::WARMING) * PEOPLE_A_SECOND;
    let admin = world::make(&cluster, people).await;
    let deck = Arc::new(Mutex::new(Deck::new()));
    let script = capture(&cluster, &admin, &deck).await;
    for (kind, weight) in KINDS {
        let statements = script.length(kind);
        println!("{weight:>3} of 100 claims are {kind:?}: {statements} statements");
    }
    let folder = tree::root().join(".sizhu/bench");
    let mut pgbench = Pgbench::new(&cluster, &script, &folder);
    let service = Service::start(&cluster.url(SERVICE, PASSWORD, world::DATABASE));
    let hospitals = Hospitals::new(&service.base, deck).await;
    let meter = Meter {
        postgres: Server::of(&admin).await,
        service: service.process(),
    };
    let lasting = Duration::from_secs(seconds.into());
    hospitals.run(8, lasting).await;
    pgbench.run(8, lasting);
    for connections in CONNECTIONS {
        let (mut rates, mut tails) = (Vec::new(), Vec::new());
        for round in 1..=rounds {
            let before = meter.read();
            let plain = meter.since(before, pgbench.run(connections, lasting));
            println!(
                "{connections:>3} connections, round {round}: pgbench {}",
                plain.line()
            );
            let before = meter.read();
            let ours = meter.since(before, hospitals.run(connections, lasting).await);
            println!(
                "{connections:>3} connections, round {round}: HTTP    {}",
                ours.line()
            );
            rates.push(ours.rate() / plain.rate());
            tails.push(ours.percentile(99) / plain.percentile(99));
        }
        tell(connections, rates, tails);
    }
    beyond(&mut pgbench, &hospitals, &meter, lasting).await;
    growth(&admin, &mut pgbench, &hospitals, &meter, lasting).await;
    fs::remove_dir_all(&folder).expect("the folder of logs");
}

/// What more claims at once come to: many in one transaction, and many in one request.
async fn beyond(
    pgbench: &mut Pgbench<'_>,
    hospitals: &Hospitals,
    meter: &Meter,
    lasting: Duration,
) {
    let before = meter.read();
    let grouped = meter.since(before, pgbench.run_grouped(8, lasting));
    println!(
        "  8 connections: pgbench, {GROUP} claims a transaction {}",
        grouped.line()
    );
    let before = meter.read();
    match batches::run(hospitals, lasting).await {
        Some(run) => println!(
            "  1 connection: HTTP, batches {}",
            meter.since(before, run).line()
        ),
        None => println!("  1 connection: this service takes no batches"),
    }
}

/// What a claim costs when many are stored.
async fn growth(
    admin: &Client,
    pgbench: &mut Pgbench<'_>,
    hospitals: &Hospitals,
    meter: &Meter,
    lasting: Duration,
) {
    for wanted in [0, number("SIZHU_BENCH_STORED", 100_000)] {
        let begun = Instant::now();
        stored::fill(admin, wanted.into()).await;
        let (stored, took) = (stored::count(admin).await, begun.elapsed().as_secs());
        println!("{stored} claims stored, {took} s to fill; 8 connections:");
        let before = meter.read();
        println!(
            "  pgbench {}",
            meter.since(before, pgbench.run(8, lasting)).line()
        );
        let before = meter.read();
        println!(
            "  HTTP    {}",
            meter.since(before, hospitals.run(8, lasting).await).line()
        );
    }
}

fn tell(connections: u32, rates: Vec<f64>, tails: Vec<f64>) {
    let (least, median, most) = spread(rates);
    println!(
        "{connections:>3} connections: HTTP does {least:.2} / {median:.2} / {most:.2} of pgbench's claims a second"
    );
    let (least, median, most) = spread(tails);
    println!(
        "{connections:>3} connections: its p99 is {least:.2} / {median:.2} / {most:.2} of pgbench's"
    );
}

/// Posts a claim of each kind to a service whose statements are logged.
async fn capture(cluster: &Cluster, admin: &Client, deck: &Arc<Mutex<Deck>>) -> Script {
    let log = |what| format!("ALTER ROLE {SERVICE} SET log_statement = '{what}'");
    bulk::execute(admin, &log("all")).await;
    let service = Service::start(&cluster.url(SERVICE, PASSWORD, world::DATABASE));
    let hospitals = Hospitals::new(&service.base, Arc::clone(deck)).await;
    let connection = http::connection();
    let mut posted = Vec::new();
    // Twice: who comes first also opens what is opened once.
    for _ in 0..2 {
        posted.clear();
        for (kind, _) in KINDS {
            let claim = deck.lock().expect("the deck").deal_of(kind);
            hospitals.post(&connection, claim).await;
            posted.push(claim);
        }
    }
    drop(service);
    bulk::execute(admin, &log("none")).await;
    let log = fs::read_to_string(cluster.log()).expect("PostgreSQL's log");
    let statements = captured::claims(&log);
    let last = statements.len().checked_sub(posted.len());
    let last = statements
        .into_iter()
        .skip(last.expect("claims in the log"));
    Script::of(&posted.into_iter().zip(last).collect::<Vec<_>>())
}

/// Reads the processor time of PostgreSQL and the service.
struct Meter {
    postgres: Server,
    service: u32,
}

impl Meter {
    fn read(&self) -> Reading {
        thread::sleep(ENDING);
        Reading {
            postgres: self.postgres.used(),
            service: processes::time_of(self.service),
        }
    }

    fn since(&self, before: Reading, mut run: Measured) -> Measured {
        let after = self.read();
        run.processor = (
            after.postgres.processor - before.postgres.processor,
            after.service - before.service,
        );
        run
    }
}

/// What a meter shows.
#[derive(Clone, Copy)]
struct Reading {
    postgres: Used,
    service: Duration,
}
