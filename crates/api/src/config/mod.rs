//! The configuration: environment variables, checked whole at start, all errors at once.
//!
//! Secrets stay in `SecretString` or in the types that use them; nothing here prints one.

mod vars;

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use sizhu_store::{Limits, Vault};

use crate::auth::{Keys, TokenPolicy};
use vars::Vars;

/// Where the service listens unless told otherwise: this machine only.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// Days for which is kept what claims on people in no registry say, unless told otherwise.
const UNREGISTERED_DAYS: u32 = 90;

/// Everything `sizhu serve` is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// `SIZHU_LISTEN`: address and port.
    pub listen: SocketAddr,
    /// `DATABASE_URL`: the database, as the service's role.
    pub database_url: SecretString,
    /// `SIZHU_ENCRYPTION_KEYS`, `SIZHU_INDEX_KEY`, `SIZHU_FINGERPRINT_KEY`.
    pub vault: Arc<Vault>,
    /// `SIZHU_TOKEN_KEYS`.
    pub token_keys: Arc<Keys>,
    /// `SIZHU_ISSUER`, `SIZHU_AUDIENCE`, `SIZHU_TOKEN_SECONDS`.
    pub tokens: TokenPolicy,
    /// `SIZHU_POLICIES`: the folder of policy packs.
    pub policies: PathBuf,
    /// `SIZHU_WORKERS`: worker threads.
    pub workers: usize,
    /// `SIZHU_CONNECTIONS`: database connections a worker.
    pub connections: usize,
    /// `SIZHU_CONNECTION_SECONDS`, `SIZHU_LOCK_SECONDS`, `SIZHU_TRANSACTION_SECONDS`.
    pub limits: Limits,
    /// `SIZHU_JOBS`: whether this process does jobs, 1 or 0.
    pub jobs: bool,
    /// `SIZHU_UNREGISTERED_DAYS`: how many days is kept what claims on people in no registry say.
    pub unregistered_days: u32,
    /// `SIZHU_LOG`: filter of the log, such as `info` or `sizhu_api=debug`.
    pub log: String,
    /// Whether clients made by the demo may get tokens. Never set from the environment.
    pub demo_clients: bool,
    /// Whether questions without a token are limited. Always, but for a demo that is tested.
    pub limit_questions: bool,
}

impl Config {
    /// A configuration with the defaults for all that has one, for the demo and for tests.
    #[must_use]
    pub fn new(database_url: SecretString, vault: Arc<Vault>, token_keys: Arc<Keys>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database_url,
            vault,
            token_keys,
            tokens: TokenPolicy {
                issuer: "http://127.0.0.1:8080".into(),
                audience: "sizhu".into(),
                lifetime_seconds: 1_800,
            },
            policies: PathBuf::from("policies"),
            workers: default_workers(),
            connections: 4,
            limits: Limits::default(),
            jobs: true,
            unregistered_days: UNREGISTERED_DAYS,
            log: "info".into(),
            demo_clients: false,
            limit_questions: true,
        }
    }

    /// The configuration of the environment.
    ///
    /// # Errors
    /// Everything that is missing or wrong, at once.
    pub fn from_env() -> Result<Self, ConfigErrors> {
        Self::from_vars(&|name| std::env::var(name).ok())
    }

    /// The configuration from variables looked up by name.
    ///
    /// # Errors
    /// Everything that is missing or wrong, at once.
    pub fn from_vars(look_up: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let mut vars = Vars::new(look_up);
        let listen = vars.listen();
        let database_url = vars.postgres_url("DATABASE_URL");
        let vault = vars.vault();
        let token_keys = vars.token_keys();
        let issuer = vars.issuer();
        let audience = vars.text_or("SIZHU_AUDIENCE", "sizhu");
        let lifetime_seconds = vars.number_or("SIZHU_TOKEN_SECONDS", 60..=86_400, 1_800);
        let policies = vars.text_or("SIZHU_POLICIES", "policies");
        let default_workers = u32::try_from(default_workers()).unwrap_or(1);
        let workers = vars.number_or("SIZHU_WORKERS", 1..=1_024, default_workers);
        let connections = vars.number_or("SIZHU_CONNECTIONS", 1..=1_000, 4);
        let limits = vars.limits();
        let jobs = vars.number_or("SIZHU_JOBS", 0..=1, 1);
        let unregistered_days =
            vars.number_or("SIZHU_UNREGISTERED_DAYS", 1..=3_650, UNREGISTERED_DAYS);
        let log = vars.log_filter();
        let errors = vars.finish();
        // The second half of the condition never fails alone: each `None` left an error behind.
        if let (
            true,
            Some(listen),
            Some(database_url),
            Some(vault),
            Some(token_keys),
            Some(issuer),
        ) = (
            errors.0.is_empty(),
            listen,
            database_url,
            vault,
            token_keys,
            issuer,
        ) {
            return Ok(Self {
                listen,
                tokens: TokenPolicy {
                    issuer,
                    audience,
                    lifetime_seconds,
                },
                policies: policies.into(),
                workers: usize::try_from(workers).unwrap_or(1),
                connections: usize::try_from(connections).unwrap_or(1),
                limits,
                jobs: jobs == 1,
                unregistered_days,
                log,
                ..Self::new(database_url, vault, token_keys)
            });
        }
        Err(errors)
    }
}

/// What `sizhu migrate` is told.
#[derive(Clone, Debug)]
pub struct MigrateConfig {
    /// `SIZHU_OWNER_DATABASE_URL`: the database, as the role that owns it.
    pub owner_url: SecretString,
    /// What `--bootstrap` needs besides.
    pub bootstrap: Option<BootstrapConfig>,
}

/// What `sizhu migrate --bootstrap` is told besides.
#[derive(Clone, Debug)]
pub struct BootstrapConfig {
    /// `SIZHU_ADMIN_DATABASE_URL`: a superuser.
    pub admin_url: SecretString,
    /// The roles and the database that the other two URLs name.
    pub roles: sizhu_store::Roles,
}

impl MigrateConfig {
    /// The configuration of the environment.
    ///
    /// # Errors
    /// Everything that is missing or wrong, at once.
    pub fn from_env(bootstrap: bool) -> Result<Self, ConfigErrors> {
        Self::from_vars(bootstrap, &|name| std::env::var(name).ok())
    }

    /// The configuration from variables looked up by name.
    ///
    /// # Errors
    /// Everything that is missing or wrong, at once.
    pub fn from_vars(
        bootstrap: bool,
        look_up: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigErrors> {
        let mut vars = Vars::new(look_up);
        let owner_url = vars.postgres_url("SIZHU_OWNER_DATABASE_URL");
        let bootstrap = if bootstrap { vars.bootstrap() } else { None };
        let errors = vars.finish();
        match (owner_url, errors.0.is_empty()) {
            (Some(owner_url), true) => Ok(Self {
                owner_url,
                bootstrap,
            }),
            _ => Err(errors),
        }
    }
}

/// Where the service of this environment listens: all that `sizhu health` needs.
///
/// # Errors
/// `SIZHU_LISTEN` is not an address with a port.
pub fn listen_from_env() -> Result<SocketAddr, ConfigErrors> {
    let look_up = |name: &str| std::env::var(name).ok();
    let mut vars = Vars::new(&look_up);
    let listen = vars.listen();
    listen.ok_or_else(|| vars.finish())
}

/// The folder of policy packs and reference data is relative to the working directory.
fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// One variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The variable.
    pub name: &'static str,
    /// Whether it was there at all.
    pub missing: bool,
    /// What was expected of it.
    pub expected: String,
}

/// All that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the configuration is not usable:")?;
        for error in &self.0 {
            let state = if error.missing {
                "is missing"
            } else {
                "is wrong"
            };
            write!(
                formatter,
                "\n  {} {state}: expected {}",
                error.name, error.expected
            )?;
        }
        write!(
            formatter,
            "\nSee .env.example; `sizhu keys` prints a fresh set of keys."
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn good() -> HashMap<&'static str, String> {
        let key = STANDARD.encode([7_u8; 32]);
        HashMap::from([
            ("DATABASE_URL", "postgres://service:secret@db/sizhu".into()),
            ("SIZHU_ENCRYPTION_KEYS", format!("2026:{key},2025:{key}")),
            ("SIZHU_INDEX_KEY", key.clone()),
            ("SIZHU_FINGERPRINT_KEY", key),
            (
                "SIZHU_TOKEN_KEYS",
                format!("k1:{}", Keys::generate_base64().unwrap()),
            ),
            ("SIZHU_ISSUER", "https://sizhu.example".into()),
        ])
    }

    fn read(vars: &HashMap<&'static str, String>) -> Result<Config, ConfigErrors> {
        Config::from_vars(&|name| vars.get(name).cloned())
    }

    #[test]
    fn defaults_fill_what_is_not_said() {
        let config = read(&good()).unwrap();
        assert_eq!(config.listen.to_string(), DEFAULT_LISTEN);
        assert_eq!(config.tokens.audience, "sizhu");
        assert_eq!(config.tokens.lifetime_seconds, 1_800);
        assert_eq!((config.connections, config.limits), (4, Limits::default()));
        assert_eq!(config.unregistered_days, 90);
        assert!(!config.demo_clients && config.workers >= 1);
    }

    #[test]
    fn all_errors_come_at_once_and_show_no_secret() {
        let nothing = read(&HashMap::new()).unwrap_err();
        let names: Vec<_> = nothing.0.iter().map(|error| error.name).collect();
        assert_eq!(
            names,
            [
                "DATABASE_URL",
                "SIZHU_ENCRYPTION_KEYS",
                "SIZHU_INDEX_KEY",
                "SIZHU_FINGERPRINT_KEY",
                "SIZHU_TOKEN_KEYS",
                "SIZHU_ISSUER"
            ]
        );
        assert!(nothing.0.iter().all(|error| error.missing));

        let secret = "hunter2";
        let names = [
            "SIZHU_LISTEN",
            "DATABASE_URL",
            "SIZHU_ENCRYPTION_KEYS",
            "SIZHU_INDEX_KEY",
            "SIZHU_FINGERPRINT_KEY",
            "SIZHU_TOKEN_KEYS",
            "SIZHU_ISSUER",
            "SIZHU_TOKEN_SECONDS",
            "SIZHU_WORKERS",
            "SIZHU_CONNECTIONS",
            "SIZHU_CONNECTION_SECONDS",
            "SIZHU_LOCK_SECONDS",
            "SIZHU_TRANSACTION_SECONDS",
            "SIZHU_JOBS",
            "SIZHU_UNREGISTERED_DAYS",
        ];
        let bad = names
            .into_iter()
            .map(|name| (name, secret.to_owned()))
            .collect();
        let errors = read(&bad).unwrap_err();
        let found: Vec<_> = errors.0.iter().map(|error| error.name).collect();
        assert_eq!(found.len(), names.len(), "{found:?}");
        assert!(errors.0.iter().all(|error| !error.missing));
        let text = errors.to_string();
        assert!(!text.contains(secret), "{text}");
        assert!(names.iter().all(|name| text.contains(name)), "{text}");
    }

    #[test]
    fn a_configuration_prints_without_its_secrets() {
        let vars = good();
        let text = format!("{:?}", read(&vars).unwrap());
        assert!(!text.contains("secret@"), "{text}");
        for name in ["SIZHU_INDEX_KEY", "SIZHU_TOKEN_KEYS"] {
            assert!(!text.contains(vars.get(name).unwrap().as_str()), "{name}");
        }
    }

    #[test]
    fn bootstrap_takes_names_and_passwords_from_the_addresses() {
        use secrecy::ExposeSecret as _;
        let vars = HashMap::from([
            (
                "SIZHU_ADMIN_DATABASE_URL",
                "postgres://postgres:a@db/postgres",
            ),
            (
                "SIZHU_OWNER_DATABASE_URL",
                "postgres://owner:p%40ss@db/sizhu",
            ),
            ("DATABASE_URL", "postgres://service:b@db/sizhu"),
        ]);
        let look_up = |name: &str| vars.get(name).map(|&value| value.to_owned());
        let roles = MigrateConfig::from_vars(true, &look_up)
            .unwrap()
            .bootstrap
            .unwrap()
            .roles;
        assert_eq!(
            (roles.owner.0.as_str(), roles.service.0.as_str()),
            ("owner", "service")
        );
        assert_eq!(roles.owner.1.expose_secret(), "p@ss");
        assert_eq!(roles.database, "sizhu");

        let other = |name: &str| match name {
            "DATABASE_URL" => Some("postgres://service:b@db/other".to_owned()),
            _ => look_up(name),
        };
        let errors = MigrateConfig::from_vars(true, &other).unwrap_err();
        assert_eq!(errors.0.first().unwrap().name, "DATABASE_URL");
        assert_eq!(
            MigrateConfig::from_vars(true, &|_| None)
                .unwrap_err()
                .0
                .len(),
            3
        );
    }
}
