//! What is killed under load, and how long nobody is served for it.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use private_postgres::Cluster;
use rustix::process::{Pid, Signal, kill_process};
use sizhu_tests::{cluster, program::Service};
use tokio::time::sleep;

use crate::{
    dice::Dice,
    load::Desk,
    world::{DATABASE, set},
};

/// How long it may take until everyone is served again.
const RECOVERY: Duration = Duration::from_secs(90);

/// How often a cluster is started that did not come up: sessions of a killed postmaster may still be
/// about to end.
const STARTS: u32 = 5;

/// The processes of PostgreSQL, one of which is killed at a time.
const PROCESSES: [&str; 8] = [
    "postmaster",
    "client backend",
    "background writer",
    "client backend",
    "checkpointer",
    "postmaster",
    "walwriter",
    "autovacuum launcher",
];

/// What happens to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blow {
    /// The service is killed, and started again.
    Service,
    /// A process of PostgreSQL is killed; the postmaster is started again, the rest it does itself.
    Postgres(&'static str),
    /// PostgreSQL is restarted in good order.
    Restart,
}

/// All blows of a run in a random order.
pub(crate) fn blows(
    dice: &mut Dice,
    service: usize,
    postgres: usize,
    restarts: usize,
) -> Vec<Blow> {
    let mut blows = vec![Blow::Service; service];
    let processes = PROCESSES.into_iter().cycle().take(postgres);
    blows.extend(processes.map(Blow::Postgres));
    blows.extend(vec![Blow::Restart; restarts]);
    dice.shuffle(&mut blows);
    blows
}

/// How long requests failed after each blow, by whom it struck.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    service: Vec<Duration>,
    postgres: Vec<Duration>,
    restart: Vec<Duration>,
}

impl Spans {
    fn of(&mut self, blow: Blow) -> &mut Vec<Duration> {
        match blow {
            Blow::Service => &mut self.service,
            Blow::Postgres(_) => &mut self.postgres,
            Blow::Restart => &mut self.restart,
        }
    }

    /// Says how long it was from the first to the last failed request.
    pub(crate) fn tell(mut self) {
        println!("from the first to the last failed request, in ms (least, median, most):");
        for (name, spans) in [
            ("service killed", &mut self.service),
            ("process of PostgreSQL killed", &mut self.postgres),
            ("PostgreSQL restarted", &mut self.restart),
        ] {
            spans.sort_unstable();
            let at = |index: usize| spans.get(index).map_or(0, Duration::as_millis);
            let (middle, last) = (spans.len() / 2, spans.len().saturating_sub(1));
            println!(
                "  {name:<29} {:>3} times {:>6} {:>6} {:>6}",
                spans.len(),
                at(0),
                at(middle),
                at(last)
            );
        }
    }
}

/// What is struck.
pub(crate) struct Targets {
    pub(crate) cluster: Cluster,
    pub(crate) service: Service,
    vars: Vec<(String, String)>,
}

impl Targets {
    /// Services that come after this one listen where it does.
    pub(crate) fn new(cluster: Cluster, service: Service, mut vars: Vec<(String, String)>) -> Self {
        set(&mut vars, "SIZHU_LISTEN", service.address());
        Self {
            cluster,
            service,
            vars,
        }
    }

    /// Strikes one blow after the other while clients are at work.
    ///
    /// # Panics
    /// When something does not come up, or nobody is served again in time.
    pub(crate) async fn strike(
        &mut self,
        blows: &[Blow],
        desk: &Desk,
        clients: usize,
        dice: &mut Dice,
    ) -> Spans {
        let mut spans = Spans::default();
        let round = 2 * u64::try_from(clients).expect("a number");
        for (number, blow) in blows.iter().enumerate() {
            served(desk, round).await;
            sleep(Duration::from_millis(dice.below(400))).await;
            let (before, begun) = (desk.failures(0).len(), Instant::now());
            self.blow(*blow, dice).await;
            served(desk, round).await;
            let failures = desk.failures(before);
            let span = match (failures.first(), failures.last()) {
                (Some(first), Some(last)) => *last - *first,
                _ => Duration::ZERO,
            };
            println!(
                "{:>3} {blow:?}: {} requests failed within {} ms; all served after {} ms",
                number + 1,
                failures.len(),
                span.as_millis(),
                begun.elapsed().as_millis()
            );
            spans.of(*blow).push(span);
        }
        spans
    }

    async fn blow(&mut self, blow: Blow, dice: &mut Dice) {
        match blow {
            Blow::Service => {
                self.service.program.signal("KILL");
                self.service.program.ended(RECOVERY).await;
                self.service = Service::serve(self.vars.clone()).await;
            }
            Blow::Postgres("postmaster") => {
                kill(postmaster(&self.cluster));
                self.start_again();
            }
            Blow::Postgres(name) => {
                let processes = processes(&self.cluster, name).await;
                assert!(!processes.is_empty(), "no {name}");
                kill(processes[dice.index(processes.len())]);
            }
            Blow::Restart => self.start_again(),
        }
    }

    fn start_again(&mut self) {
        for _ in 1..STARTS {
            match self.cluster.restart() {
                Ok(()) => return,
                Err(error) => println!("PostgreSQL does not start yet: {error}"),
            }
            thread::sleep(Duration::from_secs(1));
        }
        let started = self.cluster.restart();
        started.unwrap_or_else(|error| panic!("PostgreSQL: {error}"));
    }
}

/// Waits until so many more requests are answered.
async fn served(desk: &Desk, more: u64) {
    let (begun, goal) = (Instant::now(), desk.answered() + more);
    while desk.answered() < goal {
        assert!(
            begun.elapsed() < RECOVERY,
            "nobody is served for {RECOVERY:?}: {:?}",
            desk.wrong()
        );
        sleep(Duration::from_millis(10)).await;
    }
}

fn kill(process: i32) {
    let pid = Pid::from_raw(process).expect("a process id");
    // One that has just ended by itself is as good as killed.
    let _ = kill_process(pid, Signal::KILL);
}

fn postmaster(cluster: &Cluster) -> i32 {
    let file = cluster.log().with_file_name("data").join("postmaster.pid");
    let text = fs::read_to_string(&file).expect("the postmaster's file");
    let first = text.lines().next().expect("its id");
    first.trim().parse().expect("a number")
}

/// The processes of a kind; of the sessions those of the service.
async fn processes(cluster: &Cluster, kind: &str) -> Vec<i32> {
    let sql = cluster::connect(&cluster.admin_url(DATABASE)).await;
    let query = "SELECT pid FROM pg_stat_activity WHERE backend_type = $1 \
         AND (usename IS NULL OR usename = 'sizhu_service')";
    let rows = sql.query(query, &[&kind]).await.expect("processes");
    rows.iter().map(|row| row.get(0)).collect()
}
