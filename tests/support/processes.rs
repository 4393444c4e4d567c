//! Memory and time of processes, as Linux counts them: what benches look at.

use std::{fs, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use tokio_postgres::Client;

/// A line of `/proc/<process>/<file>` that begins with a name, in kB or as the number it is.
fn number(process: &str, file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The most memory this process ever had, in MiB.
#[must_use]
pub fn peak_mib() -> u64 {
    number("self", "status", "VmHWM:").unwrap_or_default() / 1024
}

/// The memory this process has now, in MiB.
#[must_use]
pub fn now_mib() -> u64 {
    number("self", "status", "VmRSS:").unwrap_or_default() / 1024
}

/// The time that processors have worked for this process, all its threads together.
#[must_use]
pub fn processor_time() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(spent).unwrap_or_default()
}

/// A PostgreSQL: a postmaster and its children.
#[derive(Debug)]
pub struct Server {
    postmaster: u64,
}

impl Server {
    /// The server behind a connection.
    ///
    /// # Panics
    /// When it is not on this machine.
    pub async fn of(client: &Client) -> Self {
        let row = client.query_one("SELECT pg_backend_pid()", &[]).await;
        let backend: i32 = row.expect("a process").get(0);
        let postmaster = number(&backend.to_string(), "status", "PPid:");
        Self {
            postmaster: postmaster.expect("the server on this machine"),
        }
    }

    /// What all its processes use; what they share counts once.
    #[must_use]
    pub fn used(&self) -> Used {
        let mut used = Used::default();
        let mut kib = 0;
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Ok(process) = entry.file_name().into_string() else {
                continue;
            };
            let own = process.parse() == Ok(self.postmaster);
            if own || number(&process, "status", "PPid:") == Some(self.postmaster) {
                kib += number(&process, "smaps_rollup", "Pss:").unwrap_or_default();
                // The postmaster's counts hold those of its children that have ended.
                let counts = if own { 4 } else { 2 };
                used.processor += worked(&process, counts).unwrap_or_default();
            }
        }
        used.memory_mib = kib / 1024;
        used
    }
}

/// What a server uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    /// Memory, in MiB.
    pub memory_mib: u64,
    /// Time that processors worked.
    pub processor: Duration,
}

impl Used {
    /// The larger of each.
    #[must_use]
    pub fn or_more(self, other: Self) -> Self {
        Self {
            memory_mib: self.memory_mib.max(other.memory_mib),
            processor: self.processor.max(other.processor),
        }
    }
}

/// The time that processors have worked for a process: the first two of four counts of its `stat`,
/// in its own code and for it in the kernel's; the other two are those of ended children. They
/// begin with its 14th number, in hundredths of a second.
fn worked(process: &str, counts: usize) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may have spaces.
    let (_, after_name) = stat.rsplit_once(") ")?;
    let times = after_name.split(' ').skip(11).take(counts);
    let hundredths: u64 = times.map_while(|time| time.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(hundredths * 10))
}

/// The time that processors have worked for a process.
#[must_use]
pub fn time_of(process: u32) -> Duration {
    worked(&process.to_string(), 2).unwrap_or_default()
}
