//! What can go wrong when a private PostgreSQL is started or stopped, told so that it can be mended.

use std::path::{Path, PathBuf};

/// Why a private PostgreSQL could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// No PostgreSQL of a supported version is on the machine.
    #[error(
        "no PostgreSQL {} or newer found. Looked at:\n{}\n\
         Run scripts/postgres, or install it (Debian: apt-get install postgresql), \
         or set PG_BIN_DIR to the folder that holds initdb and postgres.",
        crate::binaries::OLDEST_MAJOR,
        list(looked_at)
    )]
    NoBinaries {
        /// Each place, with what was wrong there.
        looked_at: Vec<String>,
    },
    /// `PG_BIN_DIR` was set, but is of no use: the operator's word is not passed over in silence.
    #[error("PG_BIN_DIR is {}: {why}", path.display())]
    BadBinDir {
        /// The value of `PG_BIN_DIR`.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The kept data were made by another major version than any on the machine.
    #[error(
        "{} was made by PostgreSQL {data}, but this machine has {}. Install PostgreSQL {data}, \
         point PG_BIN_DIR at it, or remove the directory to begin anew.",
        path.display(),
        numbers(found)
    )]
    OtherMajor {
        /// The data directory.
        path: PathBuf,
        /// The major version that made it.
        data: u32,
        /// The major versions that the machine has.
        found: Vec<u32>,
    },
    /// Another live process runs a server on this kept directory.
    #[error(
        "a server is already running on {}{}. Stop it first.",
        path.display(),
        owner.map(|pid| format!(", started by process {pid}")).unwrap_or_default()
    )]
    AlreadyRunning {
        /// The directory as it was asked for.
        path: PathBuf,
        /// The process that holds it, where it could be read.
        owner: Option<u32>,
    },
    /// A server without an owner runs on this directory and would not stop.
    #[error("process {pid} still runs on {} and does not stop when told to", path.display())]
    Leftover {
        /// The data directory.
        path: PathBuf,
        /// Its process id.
        pid: i32,
    },
    /// The superuser's password is gone, so nobody can get into the kept data.
    #[error(
        "{} holds a database, but {} is missing. Put it back, or remove the database to begin anew.",
        data.display(),
        password.display()
    )]
    PasswordLost {
        /// The data directory.
        data: PathBuf,
        /// The file that should hold the password.
        password: PathBuf,
    },
    /// The account that the server must run as cannot use something.
    #[error("PostgreSQL must run as {account} here (it refuses root), but {account} cannot reach {}", path.display())]
    Unreachable {
        /// The account's name.
        account: String,
        /// What it cannot reach.
        path: PathBuf,
    },
    /// A directory in a shared place is not our own: someone else may have put it there.
    #[error("{} is not a directory that only this user can write to: remove it", path.display())]
    Untrusted {
        /// The directory.
        path: PathBuf,
    },
    /// `initdb` failed.
    #[error("initdb failed on {}:\n{output}", path.display())]
    Initdb {
        /// The data directory.
        path: PathBuf,
        /// What it printed.
        output: String,
    },
    /// The server ended before it took connections.
    #[error("PostgreSQL ended while starting ({status}). The end of {}:\n{tail}", log.display())]
    Died {
        /// How it ended.
        status: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of this start's log.
        tail: String,
    },
    /// The server took no connections in time.
    #[error("PostgreSQL took no connections within {seconds} s. The end of {}:\n{tail}", log.display())]
    NotReady {
        /// How long was waited, in seconds.
        seconds: u64,
        /// Its log file.
        log: PathBuf,
        /// The last lines of this start's log.
        tail: String,
    },
    /// The operating system refused something.
    #[error("{doing} {}", path.display())]
    Io {
        /// What was being done, as "cannot …".
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

/// Why a private PostgreSQL could not be stopped in good order.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StopError {
    /// The server runs on, although it was told to stop and then killed.
    #[error("process {pid} of PostgreSQL does not stop")]
    StillRunning {
        /// Its process id.
        pid: i32,
    },
    /// The operating system refused something.
    #[error("cannot stop PostgreSQL")]
    Io(#[from] std::io::Error),
}

/// Says what was being done to which path when the operating system refused.
pub(crate) trait During<T> {
    fn during(self, doing: &'static str, path: &Path) -> Result<T, StartError>;
}

impl<T> During<T> for std::io::Result<T> {
    fn during(self, doing: &'static str, path: &Path) -> Result<T, StartError> {
        self.map_err(|source| StartError::Io {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}

fn list(lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("  - {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn numbers(majors: &[u32]) -> String {
    majors
        .iter()
        .map(u32::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
