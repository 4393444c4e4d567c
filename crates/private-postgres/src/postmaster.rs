//! The file `postmaster.pid` and the process it names: is it a server on these data, and how to end it.

use std::{
    fs, io,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// How often a waiting loop looks.
pub(crate) const POLL: Duration = Duration::from_millis(20);

/// How long a server without an owner gets for a fast, then for an immediate shutdown.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `postmaster.pid` says (its lines are fixed by PostgreSQL's `utils/pidfile.h`).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: Pid,
    pub(crate) port: Option<u16>,
    pub(crate) ready: bool,
}

/// The text of `postmaster.pid`, if there is one.
pub(crate) fn text(data: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(data.join("postmaster.pid")) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl PidFile {
    /// Reads the text: pid, data directory, start time, port, socket, address, memory key, status.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        // A single-user server writes its number negated; it takes no connections.
        let pid = lines
            .first()?
            .parse()
            .ok()
            .filter(|pid| *pid > 0)
            .and_then(Pid::from_raw)?;
        let port = lines.get(3).and_then(|line| line.parse().ok());
        let ready = lines.get(7).is_some_and(|line| *line == "ready");
        Some(Self { pid, port, ready })
    }
}

/// The server that runs on `data`, be it ours or left over.
pub(crate) fn running(data: &Path) -> io::Result<Option<Pid>> {
    let file = text(data)?.as_deref().and_then(PidFile::parse);
    Ok(file
        .map(|file| file.pid)
        .filter(|pid| command_line(*pid).is_some_and(|it| mentions(&it, data))))
}

/// Removes a `postmaster.pid` that a crash of the machine left and whose number another program
/// has by now: PostgreSQL would take that program for a running server. The caller owns the data.
/// Where no such process lives the file stays, so that PostgreSQL makes its own checks.
pub(crate) fn forget_stranger(data: &Path) -> io::Result<()> {
    let file = text(data)?.as_deref().and_then(PidFile::parse);
    let stranger =
        file.is_some_and(|file| command_line(file.pid).is_some_and(|it| !mentions(&it, data)));
    if stranger {
        fs::remove_file(data.join("postmaster.pid"))
    } else {
        Ok(())
    }
}

/// Ends the server on `data` if there is one: fast, then immediate, then killed.
/// Gives the process that survived even that.
pub(crate) fn end(data: &Path) -> io::Result<Option<Pid>> {
    let begun = Instant::now();
    let mut steps = [
        (Duration::ZERO, Signal::INT),
        (PATIENCE, Signal::QUIT),
        (PATIENCE.saturating_mul(2), Signal::KILL),
    ]
    .into_iter()
    .peekable();
    while let Some(pid) = running(data)? {
        if let Some((_, signal)) = steps.next_if(|(after, _)| begun.elapsed() >= *after) {
            match kill_process(pid, signal) {
                Ok(()) | Err(rustix::io::Errno::SRCH) => {}
                Err(error) => return Err(error.into()),
            }
        } else if begun.elapsed() > PATIENCE.saturating_mul(3) {
            return Ok(Some(pid));
        }
        thread::sleep(POLL);
    }
    Ok(None)
}

/// A process's command line; nothing if there is no such process or it is only a zombie.
fn command_line(pid: Pid) -> Option<Vec<u8>> {
    let pid = pid.as_raw_nonzero();
    let line = if Path::new("/proc/self/cmdline").exists() {
        // Readable for everyone, unlike /proc/PID/cwd, which root in a container may not follow.
        fs::read(format!("/proc/{pid}/cmdline")).ok()?
    } else {
        let pid = pid.to_string();
        Command::new("ps")
            .args(["-ww", "-o", "command=", "-p", &pid])
            .output()
            .ok()?
            .stdout
    };
    (!line.is_empty()).then_some(line)
}

/// Whether a command line has `-D data`, as [`crate::server`] starts its servers.
fn mentions(line: &[u8], data: &Path) -> bool {
    let separator = if line.contains(&0) { 0 } else { b' ' };
    let wanted = [b"-D", data.as_os_str().as_encoded_bytes()].join(&separator);
    line.windows(wanted.len().saturating_add(1)).any(|part| {
        part.strip_prefix(wanted.as_slice())
            .is_some_and(|rest| rest == [separator])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_pid_file() {
        let whole = "4711\n/data\n1700000000\n50123\n\n127.0.0.1\n  1 2\nready   \n";
        let pid = Pid::from_raw(4711).unwrap();
        assert_eq!(
            PidFile::parse(whole),
            Some(PidFile {
                pid,
                port: Some(50123),
                ready: true
            })
        );
        let early = "4711\n/data\n1700000000\n50123\n\n";
        assert_eq!(
            PidFile::parse(early),
            Some(PidFile {
                pid,
                port: Some(50123),
                ready: false
            })
        );
        assert_eq!(PidFile::parse(""), None);
        assert_eq!(PidFile::parse("-4711\n/data\n"), None);
    }

    #[test]
    fn knows_a_server_by_its_data_directory() {
        let data = Path::new("/var/a/data");
        assert!(mentions(b"/bin/postgres\0-D\0/var/a/data\0-c\0x=1\0", data));
        assert!(!mentions(b"/bin/postgres\0-D\0/var/a/data2\0", data));
        assert!(!mentions(b"vi\0/var/a/data\0", data));
        assert!(mentions(b"/bin/postgres -D /var/a/data -c x=1", data));
    }
}
