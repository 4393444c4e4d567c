//! Clusters from outside: real servers, real signals, real files.

#![cfg(test)]

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use private_postgres::{Cluster, Kind, Options, StartError};
use rustix::process::{Pid, Signal, kill_process};

/// A directory of one test, removed when it has passed.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("private-postgres-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path.canonicalize().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// Runs one statement through psql; its output, or what it complained of.
fn sql(cluster: &Cluster, statement: &str) -> Result<String, String> {
    query(cluster, &cluster.admin_url("postgres"), statement)
}

fn query(cluster: &Cluster, url: &str, statement: &str) -> Result<String, String> {
    let output = Command::new(cluster.binaries().program("psql"))
        .args([
            "-X",
            "-qAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-w",
            "-c",
            statement,
            url,
        ])
        .output()
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Not a test by itself: what [`hold`] runs in a process of its own, to be killed.
#[test]
fn holder() {
    let Some(dir) = env::var_os("HOLD_DIR") else {
        return;
    };
    let kind = match env::var_os("HOLD_THROWAWAY") {
        Some(_) => Kind::Throwaway { parent: dir.into() },
        None => Kind::Kept(dir.into()),
    };
    let mut options = Options::kept("");
    options.kind = kind;
    let cluster = Cluster::start(options).unwrap();
    eprintln!(
        "holding {} {}",
        cluster.port(),
        cluster.log().parent().unwrap().display()
    );
    thread::sleep(Duration::from_secs(120));
}

/// Starts a cluster in another process; gives that, the port and the cluster's directory.
fn hold(dir: &Path, throwaway: bool) -> (Child, u16, PathBuf) {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "holder", "--nocapture", "--test-threads=1"])
        .env("HOLD_DIR", dir);
    if throwaway {
        command.env("HOLD_THROWAWAY", "1");
    }
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some((_, rest)) = line.split_once("holding ") {
            let (port, home) = rest.split_once(' ').unwrap();
            return (child, port.parse().unwrap(), home.into());
        }
        eprintln!("holder: {line}");
    }
    panic!("the holder started no cluster: {}", child.wait().unwrap());
}

fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn within(limit: Duration, what: &str, mut met: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !met() {
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn kept_data_survive_a_stop() {
    let place = Place::new("kept");
    let cluster = Cluster::start(Options::kept(place.at("db"))).unwrap();
    assert_eq!(cluster.moved_to(), None);
    sql(
        &cluster,
        "CREATE TABLE t (v text); INSERT INTO t VALUES ('四助')",
    )
    .unwrap();
    sql(&cluster, "CREATE ROLE \"a b\" LOGIN PASSWORD 'p@/: w'").unwrap();
    let port = cluster.port();
    cluster.stop().unwrap();
    assert!(!listens(port));

    let cluster = Cluster::start(Options::kept(place.at("db")).set("work_mem", "5MB")).unwrap();
    assert_eq!(sql(&cluster, "SELECT v FROM t").unwrap(), "四助");
    assert_eq!(sql(&cluster, "SHOW work_mem").unwrap(), "5MB");
    assert_eq!(sql(&cluster, "SHOW fsync").unwrap(), "on");
    assert_eq!(sql(&cluster, "SHOW server_encoding").unwrap(), "UTF8");
    let other = cluster.url("a b", "p@/: w", "postgres");
    assert_eq!(
        query(&cluster, &other, "SELECT current_user").unwrap(),
        "a b"
    );
    let wrong = cluster.url("postgres", "wrong", "postgres");
    assert!(
        query(&cluster, &wrong, "SELECT 1")
            .unwrap_err()
            .contains("password")
    );
    let mode = fs::metadata(place.at("db/password"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_throwaway_goes_with_its_owner_and_has_what_migrations_need() {
    let place = Place::new("throwaway");
    let mut cluster = Cluster::start(Options::throwaway(&place.0)).unwrap();
    sql(&cluster, "CREATE EXTENSION btree_gist").unwrap();
    sql(&cluster, "CREATE DATABASE copy STRATEGY file_copy").unwrap();
    assert_eq!(sql(&cluster, "SHOW fsync").unwrap(), "off");
    let port = cluster.port();
    cluster.restart().unwrap();
    assert_eq!(cluster.port(), port);
    assert_eq!(
        sql(
            &cluster,
            "SELECT datname FROM pg_database WHERE datname = 'copy'"
        )
        .unwrap(),
        "copy"
    );
    drop(cluster);
    assert!(!listens(port));
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
}

#[test]
fn a_second_start_on_kept_data_is_refused() {
    let place = Place::new("twice");
    let (mut owner, port, _) = hold(&place.at("db"), false);
    let error = Cluster::start(Options::kept(place.at("db"))).unwrap_err();
    assert!(
        matches!(error, StartError::AlreadyRunning { owner: Some(pid), .. } if pid == owner.id())
    );
    assert!(listens(port), "the refused start must not harm the first");
    owner.kill().unwrap();
    owner.wait().unwrap();
    within(LIMIT, "the server ends", || !listens(port));
}

#[test]
fn a_killed_owner_leaves_no_server() {
    let place = Place::new("killed");
    let (mut owner, port, home) = hold(&place.at("db"), false);
    owner.kill().unwrap();
    owner.wait().unwrap();
    within(LIMIT, "the server ends", || !listens(port));
    within(LIMIT, "it ends in good order", || {
        !home.join("data/postmaster.pid").exists()
    });
    Cluster::start(Options::kept(place.at("db")))
        .unwrap()
        .stop()
        .unwrap();
}

#[test]
fn a_new_start_need_not_wait_for_a_killed_owners_server() {
    let place = Place::new("hasty");
    let (mut owner, _, _) = hold(&place.at("db"), false);
    owner.kill().unwrap();
    let cluster = Cluster::start(Options::kept(place.at("db"))).unwrap();
    assert_eq!(sql(&cluster, "SELECT 1").unwrap(), "1");
    owner.wait().unwrap();
}

#[test]
fn what_a_killed_owner_left_of_a_throwaway_is_swept() {
    let place = Place::new("swept");
    let (mut owner, port, home) = hold(&place.0, true);
    owner.kill().unwrap();
    owner.wait().unwrap();
    within(LIMIT, "the server ends", || !listens(port));
    within(LIMIT, "its data go", || {
        !home.join("data/PG_VERSION").exists()
    });
    let cluster = Cluster::start(Options::throwaway(&place.0)).unwrap();
    assert!(!home.exists());
    cluster.stop().unwrap();
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_without_watchdog_is_ended_by_the_next_start() {
    let place = Place::new("orphan");
    let (mut owner, port, home) = hold(&place.at("db"), false);
    let pid_file = fs::read_to_string(home.join("data/postmaster.pid")).unwrap();
    let postmaster: i32 = pid_file.lines().next().unwrap().parse().unwrap();
    let watchdog = parent(postmaster).unwrap();
    let children =
        fs::read_to_string(format!("/proc/{watchdog}/task/{watchdog}/children")).unwrap();
    let children = children.split_whitespace().map(|it| it.parse().unwrap());
    for pid in children.filter(|pid| *pid != postmaster).chain([watchdog]) {
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }
    owner.kill().unwrap();
    owner.wait().unwrap();
    thread::sleep(Duration::from_millis(300));
    assert!(listens(port), "nobody was left to end it");

    let cluster = Cluster::start(Options::kept(place.at("db"))).unwrap();
    assert!(!listens(port) || cluster.port() == port);
    assert_eq!(sql(&cluster, "SELECT 1").unwrap(), "1");
}

#[cfg(target_os = "linux")]
fn parent(pid: i32) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("PPid:"))?
        .trim()
        .parse()
        .ok()
}

#[test]
fn the_pid_file_of_a_crashed_machine_does_no_harm() {
    let place = Place::new("stale");
    Cluster::start(Options::kept(place.at("db")))
        .unwrap()
        .stop()
        .unwrap();
    // The number in it is taken: by this very test.
    let stale = format!(
        "{}\n{}\n1\n1\n\n127.0.0.1\n\nready\n",
        std::process::id(),
        "/elsewhere"
    );
    let path = place.at("db/data/postmaster.pid");
    fs::write(&path, stale).unwrap();
    let cluster = Cluster::start(Options::kept(place.at("db"))).unwrap();
    assert_eq!(sql(&cluster, "SELECT 1").unwrap(), "1");
}

#[test]
fn a_failed_start_tells_why_and_leaves_nothing() {
    let place = Place::new("fails");
    let options = Options::throwaway(&place.0).set("shared_preload_libraries", "no_such_library");
    let error = Cluster::start(options).unwrap_err().to_string();
    assert!(error.contains("no_such_library"), "{error}");
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
}

#[test]
fn a_lost_password_is_told() {
    let place = Place::new("password");
    Cluster::start(Options::kept(place.at("db")))
        .unwrap()
        .stop()
        .unwrap();
    fs::remove_file(place.at("db/password")).unwrap();
    let error = Cluster::start(Options::kept(place.at("db"))).unwrap_err();
    assert!(matches!(error, StartError::PasswordLost { .. }), "{error}");
}

/// Only root's servers run as somebody else, to whom root's home is closed.
#[test]
fn as_root_data_move_out_of_a_closed_directory() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let place = Place::new("closed");
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o700)).unwrap();
    let start = || Cluster::start(Options::kept(place.at("db"))).unwrap();

    let cluster = start();
    let first = cluster.moved_to().unwrap().to_owned();
    sql(&cluster, "CREATE TABLE t ()").unwrap();
    cluster.stop().unwrap();
    let cluster = start();
    assert_eq!(cluster.moved_to().unwrap(), first);
    sql(&cluster, "SELECT FROM t").unwrap();
    cluster.stop().unwrap();

    // Who removes the directory wants to begin anew.
    fs::remove_dir_all(place.at("db")).unwrap();
    let cluster = start();
    let second = cluster.moved_to().unwrap().to_owned();
    assert_ne!(second, first);
    assert!(!first.exists());
    sql(&cluster, "SELECT FROM t").unwrap_err();
    cluster.stop().unwrap();
    fs::remove_dir_all(second).unwrap();

    let cluster = Cluster::start(Options::throwaway(place.at("tests"))).unwrap();
    let moved = cluster.moved_to().unwrap().to_owned();
    cluster.stop().unwrap();
    assert!(!moved.exists());
    fs::remove_dir(moved.parent().unwrap()).unwrap();
}
