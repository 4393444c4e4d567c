//! `sizhu demo`: a private PostgreSQL, keys of its own, a migrated database, the server.

mod keys;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use private_postgres::{Cluster, Options};
use secrecy::{ExposeSecret as _, SecretString};
use sizhu_store::Roles;

use crate::clock::Clock;
use crate::config::Config;
use crate::server::{AppOptions, start};
use crate::telemetry::{LogFormat, init_logs};

/// How to run the demo.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Port on 127.0.0.1.
    pub port: u16,
    /// Folder of the database and the keys.
    pub data: PathBuf,
}

/// The demo's database.
const DATABASE: &str = "sizhu";

/// Runs the demo until it is told to stop.
///
/// # Errors
/// PostgreSQL, the database or the server could not be started.
pub async fn run(options: DemoOptions) -> anyhow::Result<()> {
    init_logs(LogFormat::Readable, "info,actix_server=warn");
    let keys = keys::load_or_make(&options.data)?;
    let cluster = Cluster::start(Options::kept(options.data.join("postgres")))
        .context("cannot start PostgreSQL")?;
    if let Some(place) = cluster.moved_to() {
        tracing::info!(place = %place.display(), "PostgreSQL keeps its data elsewhere");
    }
    let owner_url = prepare(&cluster, &keys).await?;
    sizhu_store::load_divisions(&owner_url, crate::cli::DIVISIONS)
        .await
        .context("cannot load the divisions")?;
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
    let running = start(AppOptions {
        config,
        clock: Clock::system(),
    })
    .await?;
    tracing::info!("Swagger UI: http://{}/swagger-ui/", running.address);
    running.until_signal().await?;
    cluster.stop().context("cannot stop PostgreSQL")
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
