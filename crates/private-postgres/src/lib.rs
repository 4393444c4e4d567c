//! Starts a PostgreSQL of one's own, throw-away or kept, from the machine's binaries: for a
//! program's demo and for tests that want the real thing.
//!
//! - It listens on 127.0.0.1 alone, on a free port, and asks for a password (SCRAM-SHA-256).
//! - It lives no longer than its owner. A watchdog holds a pipe whose other end the owner holds;
//!   when the owner stops, panics or is killed, the pipe ends and the watchdog ends the server.
//! - It works as root: PostgreSQL refuses root, so it runs as `postgres` or `nobody` then.
//! - Ctrl-C in a terminal does not reach it: the owner can finish its work first.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use private_postgres::{Cluster, Options};
//!
//! let cluster = Cluster::start(Options::throwaway("/tmp/tests"))?;
//! println!("psql {}", cluster.admin_url("postgres"));
//! cluster.stop()?;
//! # Ok(())
//! # }
//! ```

mod account;
mod binaries;
mod error;
mod home;
mod initdb;
mod postmaster;
mod server;
mod url;

use std::path::{Path, PathBuf};

pub use binaries::{Binaries, OLDEST_MAJOR, find_binaries};
pub use error::{StartError, StopError};

use crate::{account::Account, error::During as _, home::Home, server::Plan, server::Server};

/// The superuser of each cluster.
pub const SUPERUSER: &str = "postgres";

/// Whether a cluster outlives the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The data stay in this directory, which the cluster makes and has for itself. Durable.
    Kept(PathBuf),
    /// The data are new, in a directory of their own under `parent`, and are removed in the end.
    /// Fast rather than durable. What killed programs left under `parent` is removed at start.
    Throwaway {
        /// Where the directory is made; itself made if need be.
        parent: PathBuf,
    },
}

/// How to start a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Kept or throw-away.
    pub kind: Kind,
    /// Settings of `postgresql.conf`, as names and values. They win over this crate's own, apart
    /// from those that make the cluster private.
    pub settings: Vec<(String, String)>,
    /// Where the server logs; `postgres.log` beside the data if not told.
    pub log: Option<PathBuf>,
    /// The binaries to use; if not told they are looked for as [`find_binaries`] does, preferring
    /// the version that made the kept data.
    pub binaries: Option<Binaries>,
}

impl Options {
    /// A cluster whose data stay in `dir`.
    #[must_use]
    pub fn kept(dir: impl Into<PathBuf>) -> Self {
        Self::new(Kind::Kept(dir.into()))
    }

    /// A cluster under `parent` that is removed in the end.
    #[must_use]
    pub fn throwaway(parent: impl Into<PathBuf>) -> Self {
        Self::new(Kind::Throwaway {
            parent: parent.into(),
        })
    }

    /// Adds a setting of `postgresql.conf`.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            settings: Vec::new(),
            log: None,
            binaries: None,
        }
    }
}

/// Settings of every cluster that the caller may change.
const DEFAULTS: &[(&str, &str)] = &[
    ("max_connections", "200"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("lc_messages", "C"),
    // Short statements, where compiling never pays.
    ("jit", "off"),
];

/// Further settings of a kept cluster.
const KEPT: &[(&str, &str)] = &[
    // The detail of a violated constraint quotes the row: no place for that in a log.
    ("log_error_verbosity", "terse"),
];

/// Further settings of a throw-away cluster: nobody needs its data after a crash.
const THROWAWAY: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "2GB"),
    ("checkpoint_timeout", "1h"),
];

/// Settings that make the cluster private; they come last and so always win.
const PRIVATE: &[(&str, &str)] = &[
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_directories", ""),
    ("password_encryption", "scram-sha-256"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
];

/// A running PostgreSQL. Dropping it stops it and waits for its end.
#[derive(Debug)]
pub struct Cluster {
    plan: Plan,
    server: Server,
    password: String,
    // The last field: a throw-away directory goes when the server has gone.
    home: Home,
}

impl Cluster {
    /// Starts a cluster, makes its data if there are none, and waits until it takes connections.
    ///
    /// # Errors
    /// Each [`StartError`] says what was in the way and what to do about it. Nothing is left
    /// running then.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let (home, account) = match &options.kind {
            Kind::Kept(dir) => Home::kept(dir)?,
            Kind::Throwaway { parent } => Home::throwaway(parent)?,
        };
        let data = home.data();
        let binaries = match options.binaries {
            Some(binaries) => binaries,
            None => binaries::find_for(&data)?,
        };
        check_reach(&account, home.dir(), &binaries)?;
        settle_predecessor(&data)?;
        let password = initdb::ensure(&home, &account, &binaries)?;
        let plan = Plan {
            account,
            binaries,
            settings: settings(home.is_throwaway(), &options.settings),
            log: options
                .log
                .unwrap_or_else(|| home.dir().join("postgres.log")),
            doomed: home.is_throwaway().then(|| home.dir().to_owned()),
            data,
        };
        let server = Server::start(&plan, None)?;
        Ok(Self {
            plan,
            server,
            password,
            home,
        })
    }

    /// The TCP port on 127.0.0.1, another one at each start.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// The connection URL of the superuser, with its password, for a database.
    #[must_use]
    pub fn admin_url(&self, database: &str) -> String {
        self.url(SUPERUSER, &self.password, database)
    }

    /// The connection URL of any user for a database.
    #[must_use]
    pub fn url(&self, user: &str, password: &str, database: &str) -> String {
        url::connection(user, password, self.port(), database)
    }

    /// The binaries that the server runs from.
    #[must_use]
    pub fn binaries(&self) -> &Binaries {
        &self.plan.binaries
    }

    /// The server's log file.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.plan.log
    }

    /// Where the data live, if not where they were asked for: the account that the server runs as
    /// cannot reach that place.
    #[must_use]
    pub fn moved_to(&self) -> Option<&Path> {
        self.home.is_moved().then(|| self.home.dir())
    }

    /// Shuts the server down in good order and starts it again on the same port.
    ///
    /// # Errors
    /// When it does not come up again; the cluster is stopped then.
    pub fn restart(&mut self) -> Result<(), StartError> {
        let data = &self.plan.data;
        self.server
            .interrupt(data)
            .map_err(std::io::Error::other)
            .during("cannot stop", data)?;
        self.server = Server::start(&self.plan, Some(self.server.port()))?;
        Ok(())
    }

    /// Stops the server (open transactions are rolled back, what is committed stays) and waits for
    /// its end. Removes a throw-away cluster's files.
    ///
    /// # Errors
    /// When the server would not end.
    pub fn stop(mut self) -> Result<(), StopError> {
        self.server.stop(&self.plan.data)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nobody is left to tell; a server that runs on is ended by the next start.
        let _ = self.server.stop(&self.plan.data);
    }
}

/// All settings in the order in which they are given: a later one of the same name wins.
fn settings(throwaway: bool, asked: &[(String, String)]) -> Vec<String> {
    let fixed = |list: &[(&str, &str)]| -> Vec<String> {
        list.iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    };
    let mut all = fixed(DEFAULTS);
    all.extend(fixed(if throwaway { THROWAWAY } else { KEPT }));
    all.extend(asked.iter().map(|(name, value)| format!("{name}={value}")));
    all.extend(fixed(PRIVATE));
    all
}

/// Makes sure that the server's account gets at its data and its program.
fn check_reach(account: &Account, home: &Path, binaries: &Binaries) -> Result<(), StartError> {
    let postgres = binaries.program("postgres");
    let missing = if !account.can_enter(home) {
        home
    } else if !account.can_run(&postgres) {
        &postgres
    } else {
        return Ok(());
    };
    Err(StartError::Unreachable {
        account: account.name().to_owned(),
        path: missing.to_owned(),
    })
}

/// Ends a server that a killed owner left on the data, which are ours now. Usually its watchdog is
/// just doing that.
fn settle_predecessor(data: &Path) -> Result<(), StartError> {
    if let Some(pid) = postmaster::end(data).during("cannot stop the old server on", data)? {
        return Err(StartError::Leftover {
            path: data.to_owned(),
            pid: pid.as_raw_nonzero().get(),
        });
    }
    postmaster::forget_stranger(data).during("cannot clean up", data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_settings_win_over_defaults_but_not_over_privacy() {
        let asked = [
            ("max_connections".to_owned(), "7".to_owned()),
            ("listen_addresses".to_owned(), "*".to_owned()),
        ];
        let all = settings(true, &asked);
        let last = |name: &str| all.iter().rfind(|it| it.starts_with(&format!("{name}=")));
        assert_eq!(last("max_connections").unwrap(), "max_connections=7");
        assert_eq!(
            last("listen_addresses").unwrap(),
            "listen_addresses=127.0.0.1"
        );
        assert_eq!(last("fsync").unwrap(), "fsync=off");
        assert!(!settings(false, &[]).contains(&"fsync=off".to_owned()));
    }
}
