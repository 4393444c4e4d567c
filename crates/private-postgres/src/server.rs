//! Runs the server under its watchdog, waits until it takes connections, and stops it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek as _, SeekFrom, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    account::Account,
    binaries::Binaries,
    error::{During as _, StartError, StopError},
    postmaster::{self, POLL, PidFile},
};

/// How long a server may take until it takes connections: crash recovery is part of it.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a shutdown may take before stronger signals are used.
const STOP_LIMIT: Duration = Duration::from_secs(60);
/// How often a start is tried when only the port, or a dying predecessor, was in the way.
const ATTEMPTS: u32 = 5;
/// A log longer than this, in bytes, is put aside at start.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;
/// How much of the log an error tells, in bytes.
const TAIL: u64 = 4000;

/// All that a start needs to know.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) account: Account,
    pub(crate) binaries: Binaries,
    pub(crate) data: PathBuf,
    pub(crate) log: PathBuf,
    /// `name=value` of each setting, the last one of a name counts.
    pub(crate) settings: Vec<String>,
    /// A directory to remove, and with it the wish for an immediate shutdown.
    pub(crate) doomed: Option<PathBuf>,
}

/// A running server. The watchdog is its parent process, and `lifeline` keeps both alive.
#[derive(Debug)]
pub(crate) struct Server {
    watchdog: Child,
    lifeline: Option<ChildStdin>,
    port: u16,
}

/// Why one attempt failed, and whether another one may help.
enum Failure {
    Again(StartError),
    Final(StartError),
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Final(error)
    }
}

impl Server {
    /// Starts the server on a free port, or on the given one, and waits until it takes connections.
    pub(crate) fn start(plan: &Plan, port: Option<u16>) -> Result<Self, StartError> {
        put_aside(&plan.log).during("cannot rename", &plan.log)?;
        let mut attempt = 1;
        loop {
            let chosen = match port {
                Some(port) => port,
                None => free_port().during("cannot find a free port on", Path::new("127.0.0.1"))?,
            };
            match Self::launch(plan, chosen) {
                Ok(server) => return Ok(server),
                Err(Failure::Again(_)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    thread::sleep(Duration::from_millis(300));
                }
                Err(Failure::Again(error) | Failure::Final(error)) => return Err(error),
            }
        }
    }

    fn launch(plan: &Plan, port: u16) -> Result<Self, Failure> {
        let before = postmaster::text(&plan.data).during("cannot read", &plan.data)?;
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&plan.log)
            .during("cannot open", &plan.log)?;
        let log_start = log.metadata().during("cannot read", &plan.log)?.len();

        let shell = Path::new("/bin/sh");
        let mut command = plan.account.command(shell);
        command.args(["-c", include_str!("watchdog.sh"), "watchdog"]);
        command.arg(if plan.doomed.is_some() { "QUIT" } else { "INT" });
        command.arg(plan.doomed.as_deref().unwrap_or_else(|| Path::new("")));
        command
            .arg(plan.binaries.program("postgres"))
            .arg("-D")
            .arg(&plan.data);
        for setting in &plan.settings {
            command.arg("-c").arg(setting);
        }
        command.arg("-c").arg(format!("port={port}"));
        command.stdin(Stdio::piped());
        command
            .stdout(log.try_clone().during("cannot use", &plan.log)?)
            .stderr(log);
        // A group of its own: Ctrl-C in the terminal is for the owner, which drains first.
        command.process_group(0);
        let mut watchdog = command.spawn().during("cannot run", shell)?;
        let lifeline = watchdog.stdin.take();
        let mut server = Self {
            watchdog,
            lifeline,
            port,
        };

        match server.wait_until_ready(plan, before.as_deref(), log_start) {
            Ok(()) => Ok(server),
            Err(failure) => {
                // The failure is what matters; the server must not stay in any case.
                let _ = server.stop(&plan.data);
                Err(failure)
            }
        }
    }

    /// Waits for `postmaster.pid` to say "ready" and for an answer on the port.
    fn wait_until_ready(
        &mut self,
        plan: &Plan,
        before: Option<&str>,
        log_start: u64,
    ) -> Result<(), Failure> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            if let Some(status) = self
                .watchdog
                .try_wait()
                .during("cannot wait for", &plan.log)?
            {
                let tail = tail(&plan.log, log_start);
                let passing = ["Address already in use", "pre-existing shared memory block"];
                let again = passing.iter().any(|reason| tail.contains(reason));
                let status = status.to_string();
                let error = StartError::Died {
                    status,
                    log: plan.log.clone(),
                    tail,
                };
                return Err(if again {
                    Failure::Again(error)
                } else {
                    Failure::Final(error)
                });
            }
            // The same text as before the start is a dead server's.
            let text = postmaster::text(&plan.data).during("cannot read", &plan.data)?;
            let ready = text
                .as_deref()
                .filter(|text| Some(*text) != before)
                .and_then(PidFile::parse)
                .is_some_and(|file| file.ready && file.port == Some(self.port));
            if ready && answers(self.port) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let tail = tail(&plan.log, log_start);
                let seconds = START_LIMIT.as_secs();
                let log = plan.log.clone();
                return Err(StartError::NotReady { seconds, log, tail }.into());
            }
            thread::sleep(POLL);
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server as its watchdog was told to, and waits for its end. May be called again.
    pub(crate) fn stop(&mut self, data: &Path) -> Result<(), StopError> {
        drop(self.lifeline.take());
        self.finish(data)
    }

    /// Shuts the server down fast and in good order, so that it can be started again.
    pub(crate) fn interrupt(&mut self, data: &Path) -> Result<(), StopError> {
        if let Some(pid) = postmaster::running(data)? {
            rustix::process::kill_process(pid, rustix::process::Signal::INT)
                .map_err(io::Error::from)?;
        }
        self.finish(data)
    }

    /// Waits for the watchdog, then makes sure of the server: the watchdog may have been killed.
    fn finish(&mut self, data: &Path) -> Result<(), StopError> {
        let deadline = Instant::now() + STOP_LIMIT;
        while self.watchdog.try_wait()?.is_none() {
            if Instant::now() >= deadline {
                break;
            }
            thread::sleep(POLL);
        }
        if let Some(pid) = postmaster::end(data)? {
            return Err(StopError::StillRunning {
                pid: pid.as_raw_nonzero().get(),
            });
        }
        // With the server gone the shell ends by itself; it is one no more if it cannot.
        if self.watchdog.try_wait()?.is_none() {
            self.watchdog.kill()?;
            self.watchdog.wait()?;
        }
        Ok(())
    }
}

/// A port on 127.0.0.1 that is free now. Another program may take it before PostgreSQL does.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Whether a server on the port asks for a password, as one does that has finished starting.
///
/// Sends protocol 3.0's StartupMessage; the answer is `R` (authentication), or `E` with
/// "the database system is starting up".
fn answers(port: u16) -> bool {
    let ask = || -> io::Result<u8> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let body = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
        let length = u32::try_from(body.len().saturating_add(4)).map_err(io::Error::other)?;
        stream.write_all(&[&length.to_be_bytes(), body.as_slice()].concat())?;
        let mut kind = [0];
        stream.read_exact(&mut kind)?;
        let [kind] = kind;
        Ok(kind)
    };
    ask().is_ok_and(|kind| kind == b'R')
}

/// Puts a long log aside, over the one before.
fn put_aside(log: &Path) -> io::Result<()> {
    if fs::metadata(log).is_ok_and(|meta| meta.len() > LOG_LIMIT) {
        fs::rename(log, log.with_extension("log.old"))
    } else {
        Ok(())
    }
}

/// The end of what one start has written to the log.
fn tail(log: &Path, start: u64) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let end = file.metadata()?.len();
        file.seek(SeekFrom::Start(start.max(end.saturating_sub(TAIL))))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Ok(text)
    };
    match read() {
        Ok(text) => String::from_utf8_lossy(&text).trim_end().to_owned(),
        Err(error) => format!("(cannot be read: {error})"),
    }
}
