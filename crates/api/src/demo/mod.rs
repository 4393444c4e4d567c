//! `sizhu demo`: a private PostgreSQL, keys of its own, a migrated database, a province of
//! synthetic people, the server.

mod banner;
mod clients;
mod counties;
mod keys;
mod load;
mod loans;
mod plan;
mod size;

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use private_postgres::{Cluster, Options};
use secrecy::{ExposeSecret as _, SecretString};
use sizhu_store::{Roles, prime_rates};
use tokio::signal::unix::{SignalKind, signal};

use crate::clock::Clock;
use crate::config::Config;
use crate::policies::Policies;
use crate::server::{AppOptions, start};
use crate::state::Shared;
use crate::telemetry::{LogFormat, init_logs};

/// How to run the demo.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Port on 127.0.0.1.
    pub port: u16,
    /// Folder of the database and the keys.
    pub data: PathBuf,
    /// How many residents a new province gets.
    pub residents: Option<u32>,
    /// Whether questions without a token are limited.
    pub limit_questions: bool,
}

/// The demo's database.
const DATABASE: &str = "sizhu";

/// Runs the demo until it is told to stop.
///
/// # Errors
/// PostgreSQL, the database or the server could not be started, or the province not be loaded.
pub async fn run(options: DemoOptions) -> anyhow::Result<()> {
    init_logs(LogFormat::Readable, "info,actix_server=warn");
    // Told now, not after the province is loaded. The listener is closed at once.
    drop(
        TcpListener::bind(("127.0.0.1", options.port))
            .with_context(|| format!("cannot listen on port {}", options.port))?,
    );
    let begun = options.data.join("keys.env").exists();
    let residents = size::settle(&options.data, options.residents, begun)?;
    let keys = keys::load_or_make(&options.data)?;
    let cluster = Cluster::start(Options::kept(options.data.join("postgres")))
        .context("cannot start PostgreSQL")?;
    if let Some(place) = cluster.moved_to() {
        tracing::info!(place = %place.display(), "PostgreSQL keeps its data elsewhere");
    }
    let owner_url = prepare(&cluster, &keys).await?;
    sizhu_store::load_divisions(&owner_url, crate::setup::DIVISIONS)
        .await
        .context("cannot load the divisions")?;
    let clock = Clock::system();
    prime_rates::load(&owner_url, crate::setup::PRIME_RATES, clock.now())
        .await
        .context("cannot load the Loan Prime Rates")?;
    let config = configure(&options, &cluster, &keys);
    if load_province(&config, &clock, residents).await? == Loaded::Stopped {
        tracing::info!("stopped; the next start finishes loading");
        return cluster.stop().context("cannot stop PostgreSQL");
    }
    let running = start(AppOptions { config, clock }).await?;
    banner::print(running.address).context("cannot write to standard output")?;
    running.until_signal().await?;
    cluster.stop().context("cannot stop PostgreSQL")
}

fn configure(options: &DemoOptions, cluster: &Cluster, keys: &keys::DemoKeys) -> Config {
    let service = keys.service.1.expose_secret();
    let database_url = cluster.url(&keys.service.0, service, DATABASE).into();
    let mut config = Config::new(
        database_url,
        Arc::clone(&keys.vault),
        Arc::clone(&keys.tokens),
    );
    config.listen.set_port(options.port);
    config.tokens.issuer = format!("http://127.0.0.1:{}", options.port);
    config.demo_clients = true;
    config.limit_questions = options.limit_questions;
    config
}

/// Loads a province of so many residents into a database that is migrated and has its divisions; for
/// tests, in which the demo's clients then ask. Run it where local tasks may be spawned.
///
/// # Errors
/// The database is away, or a rule refuses what the plan says.
pub async fn load(
    config: Config,
    clock: Clock,
    policies: Policies,
    residents: u32,
) -> anyhow::Result<()> {
    let shared = shared(config, clock, policies)?;
    Box::pin(load::province(&shared, residents, &Arc::default())).await?;
    Ok(())
}

fn shared(mut config: Config, clock: Clock, policies: Policies) -> anyhow::Result<Shared> {
    config.connections = load::AT_ONCE;
    Shared::new(config, clock, policies)
        .map_err(|error| anyhow::anyhow!("cannot prepare secrets: {error}"))
}

/// How loading came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loaded {
    /// The province is there, whole.
    Whole,
    /// It was told to stop before.
    Stopped,
}

/// Loads the province as the service's role, before anybody is served. Told to stop, it ends what it
/// has begun and leaves the rest to the next start.
async fn load_province(config: &Config, clock: &Clock, residents: u32) -> anyhow::Result<Loaded> {
    let policies = Policies::load(&config.policies)?;
    let shared = shared(config.clone(), clock.clone(), policies)?;
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let stop = Arc::new(AtomicBool::new(false));
    let mut loading = Box::pin(load::province(&shared, residents, &stop));
    let loaded = tokio::select! {
        loaded = &mut loading => loaded,
        _ = async { tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () } } => {
            stop.store(true, Ordering::Relaxed);
            loading.await
        }
    };
    match loaded.context("cannot load the demo province")? {
        true => Ok(Loaded::Whole),
        false => Ok(Loaded::Stopped),
    }
}

/// Makes roles and database, migrates, and answers the owner's address.
async fn prepare(cluster: &Cluster, keys: &keys::DemoKeys) -> anyhow::Result<SecretString> {
    let roles = Roles {
        owner: keys.owner.clone(),
        service: keys.service.clone(),
        database: DATABASE.into(),
    };
    let admin_url = cluster.admin_url("postgres").into();
    sizhu_store::bootstrap(&admin_url, &roles)
        .await
        .context("cannot make the roles and the database")?;
    let owner = keys.owner.1.expose_secret();
    let owner_url: SecretString = cluster.url(&keys.owner.0, owner, DATABASE).into();
    sizhu_store::migrate(&owner_url)
        .await
        .context("cannot migrate")?;
    Ok(owner_url)
}
