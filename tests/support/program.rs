//! The program `sizhu` itself, run as its users run it: its arguments, environment, output, signals.

use std::{
    env,
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{Database, tree};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// How long a service may take until it listens, on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The built program, beside the folder of the tests' own.
///
/// # Panics
/// When it is not built.
pub fn binary() -> PathBuf {
    let tests = env::current_exe().expect("the path of these tests");
    let profile = tests.parent().and_then(|deps| deps.parent());
    let binary = profile.expect("a target folder").join("sizhu");
    assert!(
        binary.is_file(),
        "{} is missing: build it with `cargo build -p sizhu-api --bin sizhu`",
        binary.display()
    );
    binary
}

/// The program with these arguments, in the work tree, with nothing in its environment but where
/// programs are.
pub fn sizhu(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(arguments)
        .current_dir(tree::root())
        .env_clear()
        .stdin(Stdio::null());
    for kept in ["PATH", "PG_BIN_DIR", "SIZHU_PG_FALLBACK"] {
        if let Some(value) = env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// Runs it to its end.
///
/// # Panics
/// When it cannot be run.
pub fn run(
    arguments: &[&str],
    environment: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
) -> Output {
    let output = sizhu(arguments).envs(environment).output();
    output.expect("the program runs")
}

/// What it wrote to standard output and standard error.
pub fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// A configuration for `sizhu serve`: fresh keys, any free port.
///
/// # Panics
/// When the program prints no keys.
#[must_use]
pub fn environment(database_url: &str) -> Vec<(String, String)> {
    let (keys, _) = texts(&run(&["keys"], NOTHING));
    let mut vars: Vec<(String, String)> = keys
        .lines()
        .map(|line| line.split_once('=').expect("NAME=value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in [
        ("DATABASE_URL", database_url),
        ("SIZHU_ISSUER", "http://127.0.0.1:8080"),
        ("SIZHU_LISTEN", "127.0.0.1:0"),
        ("SIZHU_WORKERS", "2"),
    ] {
        vars.push((name.to_owned(), value.to_owned()));
    }
    vars
}

/// An empty environment.
pub const NOTHING: [(&str, &str); 0] = [];

/// Lines a running program has written so far.
#[derive(Clone, Debug, Default)]
pub struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn collect(from: impl Read + Send + 'static) -> Self {
        let lines = Self::default();
        let kept = lines.clone();
        thread::spawn(move || {
            for line in BufReader::new(from).split(b'\n') {
                let Ok(line) = line else { break };
                let line = String::from_utf8_lossy(&line).into_owned();
                kept.0
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        });
        lines
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A running program. Killed when dropped, if it has not ended by itself.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// What it wrote to standard output.
    pub stdout: Lines,
    /// What it wrote to standard error.
    pub stderr: Lines,
}

impl Program {
    /// Starts it.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(mut command: Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        Self {
            stdout: Lines::collect(child.stdout.take().expect("a pipe")),
            stderr: Lines::collect(child.stderr.take().expect("a pipe")),
            child,
        }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for what `find` finds in its output.
    ///
    /// # Panics
    /// When the program ends, or the time does, before it is found.
    pub async fn wait_for<T>(&mut self, limit: Duration, find: impl Fn(&Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            // Asked for before looking, so that the last words of a program are not missed.
            let ended = self.child.try_wait().expect("a status");
            if let Some(found) = find(self) {
                return found;
            }
            let told = || self.stderr.all().join("\n");
            assert!(ended.is_none(), "ended with {ended:?}:\n{}", told());
            assert!(start.elapsed() < limit, "nothing in {limit:?}:\n{}", told());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends it a signal, as `TERM`.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// Its exit status, once it has ended.
    ///
    /// # Panics
    /// When it has not in this time.
    pub async fn ended(&mut self, limit: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status;
            }
            assert!(start.elapsed() < limit, "still running after {limit:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a process a signal, as `TERM`.
///
/// # Panics
/// When there is no such process.
pub fn signal(process: u32, name: &str) {
    // The shell's own `kill`: the program of that name is not on every machine.
    let script = format!("kill -s {name} {process}");
    let status = Command::new("sh").args(["-c", &script]).status();
    assert!(status.is_ok_and(|status| status.success()), "{script}");
}

/// A running `sizhu serve`.
#[derive(Debug)]
pub struct Service {
    /// The process.
    pub program: Program,
    /// Where it is, as `http://127.0.0.1:40123`.
    pub base: String,
    /// A client for it.
    pub http: reqwest::Client,
    environment: Vec<(String, String)>,
}

impl Service {
    /// Serves a database of the tests, with these variables besides.
    pub async fn on(database: &Database, besides: &[(&str, &str)]) -> Self {
        let mut vars = environment(database.service_url().expose_secret());
        vars.extend(
            besides
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        Self::serve(vars).await
    }

    /// Serves under this environment.
    pub async fn serve(environment: Vec<(String, String)>) -> Self {
        let mut command = sizhu(&["serve"]);
        command.envs(environment.clone());
        let mut program = Program::start(command);
        let base = program
            .wait_for(START_LIMIT, |it| listening(&it.stderr))
            .await;
        Self {
            program,
            base,
            http: http(),
            environment,
        }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Makes a client with `sizhu client add` and gets it a token.
    ///
    /// # Panics
    /// When either is refused.
    pub async fn client(&self, id: &str, role: &[&str]) -> String {
        let mut arguments = vec!["client", "add", "--id", id, "--role"];
        arguments.extend(role);
        let output = run(&arguments, self.environment.clone());
        let (printed, complaint) = texts(&output);
        assert!(output.status.success(), "{complaint}");
        let secret = printed
            .lines()
            .find_map(|line| line.strip_prefix("client_secret="));
        let answer = token(&self.http, &self.base, id, secret.expect("a secret")).await;
        assert_eq!(answer.0, 200, "{}", answer.1);
        answer.1["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// A request with a token.
    pub fn request(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(token)
    }
}

/// Where a service says in its log that it listens.
fn listening(log: &Lines) -> Option<String> {
    let lines = log.all();
    let mut events = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let event = events.find(|event| event["message"] == "listening")?;
    Some(format!("http://{}", event["address"].as_str()?))
}

/// An HTTP client that asks no proxy of the machine's.
///
/// # Panics
/// When there can be none.
#[must_use]
pub fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("an HTTP client")
}

/// Asks for a token; answers the status and the body.
///
/// # Panics
/// When there is no answer.
pub async fn token(http: &reqwest::Client, base: &str, client: &str, secret: &str) -> (u16, Value) {
    let request = http
        .post(format!("{base}/oauth/token"))
        .basic_auth(client, Some(secret))
        .form(&[("grant_type", "client_credentials")]);
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}
