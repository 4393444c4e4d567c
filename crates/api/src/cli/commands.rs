//! What each command does.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;
use sizhu_core::access::Grant;
use sizhu_core::{DivisionCode, HospitalId, ResidentId};
use sizhu_store::{Store, StoreOptions};

use super::{ClientArgs, ClientCommand, Command, import, policy, replay};
use crate::clock::Clock;
use crate::config::{Config, MigrateConfig, listen_from_env};
use crate::server::{AppOptions, start};
use crate::service::clients;
use crate::setup::{DIVISIONS, PRIME_RATES, fresh_keys};
use crate::telemetry::{LogFormat, init_logs};
use crate::{demo, document};

/// How long `sizhu health` waits for each step.
const HEALTH_PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve().await?,
        Command::Demo(args) => demo::run(args.into()).await?,
        Command::Migrate {
            bootstrap,
            divisions,
        } => {
            let csv = match divisions {
                Some(file) => std::fs::read_to_string(&file)
                    .with_context(|| format!("cannot read {}", file.display()))?,
                None => DIVISIONS.to_owned(),
            };
            migrate(bootstrap, &csv).await?;
        }
        Command::Policy { command } => return policy::run(command),
        Command::Import { command } => return import::run(command).await,
        Command::Replay { all: _ } => return replay::run().await,
        Command::Openapi => print(&document::document_text()?)?,
        Command::Client {
            command: ClientCommand::Add(args),
        } => add_client(args).await?,
        Command::Keys => print(&fresh_keys()?)?,
        Command::Health => return health(),
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells on standard error what went wrong, with its causes.
pub(super) fn complain(error: &anyhow::Error) {
    // Nothing is left to do if even that cannot be written.
    let _ = writeln!(io::stderr(), "sizhu: {error:#}");
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

async fn serve() -> anyhow::Result<()> {
    let config = Config::from_env()?;
    init_logs(LogFormat::Json, &config.log);
    let options = AppOptions {
        config,
        clock: Clock::system(),
    };
    start(options).await?.until_signal().await
}

async fn migrate(bootstrap: bool, divisions: &str) -> anyhow::Result<()> {
    let config = MigrateConfig::from_env(bootstrap)?;
    if let Some(bootstrap) = &config.bootstrap {
        sizhu_store::bootstrap(&bootstrap.admin_url, &bootstrap.roles)
            .await
            .context("cannot make the roles and the database")?;
        print("roles and database are there\n")?;
    }
    let migrations = sizhu_store::migrate(&config.owner_url)
        .await
        .context("cannot migrate")?;
    let changed = sizhu_store::load_divisions(&config.owner_url, divisions)
        .await
        .context("cannot load the divisions")?;
    let now = Clock::system().now();
    let rates = sizhu_store::prime_rates::load(&config.owner_url, PRIME_RATES, now)
        .await
        .context("cannot load the Loan Prime Rates")?;
    print(&format!(
        "{migrations} migrations run, {changed} divisions changed, {rates} Loan Prime Rates added\n"
    ))
}

async fn add_client(args: ClientArgs) -> anyhow::Result<()> {
    let config = Config::from_env()?;
    let id = args.id.clone();
    let grant = grant_of(args)?;
    let store = Store::connect(&StoreOptions {
        url: config.database_url.clone(),
        connections: 1,
        limits: config.limits,
        keys: Arc::clone(&config.vault),
    })?;
    let secret = clients::add(&store, &id, grant, Clock::system().now()).await?;
    print(&format!(
        "client_id={id}\nclient_secret={}\n# The secret is not kept and cannot be shown again.\n",
        secret.expose_secret()
    ))
}

/// The grant that role and binding make; each role has exactly one kind of binding, or none.
fn grant_of(args: ClientArgs) -> anyhow::Result<Grant> {
    let role = args.role.as_str();
    let division = || -> anyhow::Result<DivisionCode> {
        let code = args.division.as_deref();
        let code = code.with_context(|| format!("the role {role} needs --division"))?;
        DivisionCode::parse(code).with_context(|| format!("`{code}` is not a division code"))
    };
    let grant = match role {
        "officer" => Grant::Officer(division()?),
        "finance" => Grant::Finance(division()?),
        "auditor" => Grant::Auditor(division()?),
        "hospital" => {
            let id = args
                .hospital
                .context("the role hospital needs --hospital")?;
            Grant::Hospital(HospitalId::new(id))
        }
        "resident" => {
            let id = args
                .resident
                .context("the role resident needs --resident")?;
            Grant::Resident(ResidentId::new(id))
        }
        "bank" => Grant::Bank(args.bank.clone().context("the role bank needs --bank")?),
        "policy" => Grant::Policy,
        "admin" => Grant::Admin,
        other => bail!("unknown role `{other}`"),
    };
    let bound = args.division.is_some()
        || args.hospital.is_some()
        || args.bank.is_some()
        || args.resident.is_some();
    if bound && matches!(grant, Grant::Policy | Grant::Admin) {
        bail!("the role {role} is not bound to anything");
    }
    Ok(grant)
}

/// Asks `/health/ready` where the service of this environment listens.
fn health() -> anyhow::Result<ExitCode> {
    let mut address = listen_from_env()?;
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let status = ask_ready(address).with_context(|| format!("no answer from {address}"))?;
    print(&format!("{status}\n"))?;
    Ok(if status.split(' ').nth(1) == Some("200") {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The status line of the answer.
fn ask_ready(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, HEALTH_PATIENCE)?;
    stream.set_read_timeout(Some(HEALTH_PATIENCE))?;
    stream.set_write_timeout(Some(HEALTH_PATIENCE))?;
    let request =
        format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(4_096).read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn args(role: &str, division: Option<&str>) -> ClientArgs {
        ClientArgs {
            id: "a".into(),
            role: role.into(),
            division: division.map(Into::into),
            hospital: None,
            bank: None,
            resident: None,
        }
    }

    #[test]
    fn role_and_binding_must_fit() {
        assert!(matches!(
            grant_of(args("officer", Some("43"))),
            Ok(Grant::Officer(_))
        ));
        assert!(matches!(grant_of(args("admin", None)), Ok(Grant::Admin)));
        for (role, division) in [
            ("officer", None),
            ("officer", Some("x")),
            ("hospital", Some("43")),
            ("admin", Some("43")),
        ] {
            assert!(
                grant_of(args(role, division)).is_err(),
                "{role} {division:?}"
            );
        }
    }

    #[test]
    fn printed_keys_are_a_usable_configuration() {
        let text = fresh_keys().unwrap();
        let mut vars: HashMap<&str, &str> = text
            .lines()
            .map(|line| line.split_once('=').unwrap())
            .collect();
        vars.insert("DATABASE_URL", "postgres://a:b@localhost/c");
        vars.insert("SIZHU_ISSUER", "http://127.0.0.1:8080");
        Config::from_vars(&|name| vars.get(name).map(|&value| value.to_owned())).unwrap();
    }
}
