//! pgbench: the same statements without a service.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use private_postgres::Cluster;
use sizhu_tests::cluster::{PASSWORD, SERVICE};

use crate::{claims::KINDS, measured::Measured, script::Script, world::DATABASE};

/// How many claims share a transaction, where they do.
pub(crate) const GROUP: u32 = 8;

/// Seconds that a run goes on before it is measured: each connection prepares its statements first, where
/// the service's are long prepared.
pub(crate) const WARMING: u32 = 5;

const ALONE: &str = "alone.sql";
const GROUPED: &str = "grouped.sql";

/// Runs of pgbench, each with people of its own.
pub(crate) struct Pgbench<'a> {
    cluster: &'a Cluster,
    script: &'a Script,
    folder: PathBuf,
    /// People of a kind that were claimed for.
    used: u32,
    runs: u32,
}

impl<'a> Pgbench<'a> {
    /// Writes the script into a folder, where the logs go too.
    pub(crate) fn new(cluster: &'a Cluster, script: &'a Script, folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        fs::write(folder.join(ALONE), script.alone()).expect("a script");
        fs::write(folder.join(GROUPED), script.grouped(GROUP)).expect("a script");
        Self {
            cluster,
            script,
            folder: folder.to_owned(),
            used: 0,
            runs: 0,
        }
    }

    /// Does a transaction a claim on so many connections for so long.
    pub(crate) fn run(&mut self, connections: u32, lasting: Duration) -> Measured {
        self.run_file(ALONE, 1, connections, lasting)
    }

    /// Does a transaction for [`GROUP`] claims, whose times are those of the whole group.
    pub(crate) fn run_grouped(&mut self, connections: u32, lasting: Duration) -> Measured {
        self.run_file(GROUPED, GROUP, connections, lasting)
    }

    fn run_file(
        &mut self,
        file: &str,
        group: u32,
        connections: u32,
        lasting: Duration,
    ) -> Measured {
        self.runs += 1;
        let prefix = self.folder.join(format!("run-{}", self.runs));
        let mut command = Command::new(self.cluster.binaries().program("pgbench"));
        command
            .env("PGPASSWORD", PASSWORD)
            .args(["-n", "-M", "prepared", "-h", "127.0.0.1", "-U", SERVICE])
            .args(["-p", &self.cluster.port().to_string()])
            .args(["-c", &connections.to_string()])
            .args(["-j", &connections.min(2).to_string()])
            .args(["-T", &(u64::from(WARMING) + lasting.as_secs()).to_string()])
            .arg("--log")
            .arg(format!("--log-prefix={}", prefix.display()))
            .args(["-D", &format!("base={}", self.used)])
            .args(["-D", &format!("clients={connections}")]);
        for place in 0..KINDS.len() {
            command.args(["-D", &format!("nth{place}=-1")]);
        }
        for (name, value) in &self.script.constants {
            command.args(["-D", &format!("{name}={value}")]);
        }
        let output = command
            .arg("-f")
            .arg(self.folder.join(file))
            .arg(DATABASE)
            .output()
            .expect("pgbench");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "pgbench: {told}");
        let done = self.done();
        let all = group * u32::try_from(done.len()).expect("a run is short");
        // Some connections get ahead of others: people are left out rather than met twice.
        self.used += all + 16 * connections;
        let begun = done.iter().map(|it| it.ended - it.took).min();
        let warm = begun.expect("a transaction") + Duration::from_secs(WARMING.into());
        let warm_ones: Vec<&Done> = done.iter().filter(|it| it.ended > warm).collect();
        let last = warm_ones.iter().map(|it| it.ended).max();
        let wall = last.expect("a transaction after warming") - warm;
        let claims = group * u32::try_from(warm_ones.len()).expect("a run is short");
        let latencies = warm_ones.iter().map(|it| it.took).collect();
        let mut measured = Measured::new(latencies, claims.into(), wall);
        measured.all = all.into();
        measured
    }

    /// The transactions of the last run, by its logs, one a thread.
    fn done(&self) -> Vec<Done> {
        let mut done = Vec::new();
        let own = format!("run-{}.", self.runs);
        for entry in fs::read_dir(&self.folder).expect("the folder") {
            let path = entry.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str());
            if !name.is_some_and(|name| name.starts_with(&own)) {
                continue;
            }
            let log = fs::read_to_string(&path).expect("a log");
            done.extend(log.lines().filter_map(Done::parse));
            fs::remove_file(&path).expect("a log that goes");
        }
        done
    }
}

/// A transaction in pgbench's log.
struct Done {
    took: Duration,
    /// Since 1970.
    ended: Duration,
}

impl Done {
    /// Of `client transaction took script second microsecond`.
    fn parse(line: &str) -> Option<Self> {
        let mut columns = line.split(' ').skip(2);
        let took = columns.next()?.parse().ok()?;
        let second = columns.nth(1)?.parse().ok()?;
        let micros = columns.next()?.parse().ok()?;
        Some(Self {
            took: Duration::from_micros(took),
            ended: Duration::from_secs(second) + Duration::from_micros(micros),
        })
    }
}
