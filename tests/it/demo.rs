//! The demo, as `make run` starts it: what it loads, what it prints, what it keeps, how it ends.

mod approving;
mod large;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sizhu_tests::{cluster, fixtures};
use tokio::time::sleep;

use crate::program::{Program, http, sizhu, token};

/// How long the first start may take: it loads the province, on a busy machine.
const FIRST_START: Duration = Duration::from_secs(300);

/// How long later starts may take; the load alone takes longer.
const LATER_START: Duration = Duration::from_secs(30);

/// How long Ctrl-C may take until nothing runs any more.
const STOP: Duration = Duration::from_secs(30);

/// How long PostgreSQL may outlive a service that was killed.
const ORPHANED: Duration = Duration::from_secs(15);

/// Clients of the demo.
const CLIENTS: [&str; 14] = [
    "demo-hospital",
    "demo-hospital-2",
    "demo-officer-village",
    "demo-officer-township",
    "demo-officer-county",
    "demo-officer-city",
    "demo-officer-province",
    "demo-finance",
    "demo-auditor",
    "demo-policy",
    "demo-policy-2",
    "demo-admin",
    "demo-bank",
    "demo-resident",
];

/// A folder that goes when the test does.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(env::temp_dir().join(format!("sizhu-demo-{}", uuid::Uuid::now_v7())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The command that starts one in a folder.
fn demo(data: &Path, besides: &[&str]) -> Command {
    let folder = data.to_str().expect("UTF-8");
    sizhu(&[&["demo", "--port", "0", "--data", folder], besides].concat())
}

/// A running demo.
struct Demo {
    program: Program,
    base: String,
    data: PathBuf,
    http: reqwest::Client,
}

impl Demo {
    async fn start(data: &Path, limit: Duration) -> Self {
        Self::start_with(data, limit, &[]).await
    }

    async fn start_with(data: &Path, limit: Duration, besides: &[&str]) -> Self {
        let mut program = Program::start(demo(data, besides));
        // The last line of what it prints is the last of the commands to try.
        let base = program.wait_for(limit, |it| {
            let lines = it.stdout.all();
            let ready = lines.iter().any(|line| line.starts_with("curl "));
            let first = lines
                .iter()
                .find_map(|line| line.split_once(" is served at "));
            first
                .filter(|_| ready)
                .map(|(_, base)| base.trim().to_owned())
        });
        Self {
            base: base.await,
            program,
            data: data.to_owned(),
            http: http(),
        }
    }

    async fn token(&self, client: &str) -> String {
        let (status, answer) = token(&self.http, &self.base, client, "demo").await;
        assert_eq!(status, 200, "{client}: {answer}");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    async fn get(&self, client: &str, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.base));
        let answer = request
            .bearer_auth(self.token(client).await)
            .send()
            .await
            .expect("an answer");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// All items of a list, page after page.
    async fn list(&self, client: &str, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut next = format!("{path}{joint}limit=200");
        loop {
            let mut page = self.get(client, &next).await;
            items.append(page["items"].as_array_mut().expect("items"));
            let Some(cursor) = page["next_cursor"].as_str() else {
                return items;
            };
            next = format!("{path}{joint}limit=200&cursor={cursor}");
        }
    }

    /// Process id and port of its PostgreSQL.
    fn postgres(&self) -> (u32, u16) {
        let file = self.data.join("postgres/data/postmaster.pid");
        let text = fs::read_to_string(&file).expect("the postmaster's file");
        let line = |number: usize| text.lines().nth(number).expect("a line").trim();
        (
            line(0).parse().expect("a process"),
            line(3).parse().expect("a port"),
        )
    }

    /// Ends it by a signal, and PostgreSQL with it.
    async fn end(mut self, signal: &str, limit: Duration) {
        let (postgres, _) = self.postgres();
        assert!(runs(postgres), "PostgreSQL runs");
        self.program.signal(signal);
        let start = Instant::now();
        let status = self.program.ended(limit).await;
        assert_eq!(status.success(), signal != "KILL", "{status}");
        while runs(postgres) {
            assert!(start.elapsed() < limit, "PostgreSQL runs on after {signal}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Whether a process is there and is no zombie.
fn runs(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = status
        .rsplit(") ")
        .next()
        .and_then(|rest| rest.chars().next());
    state.is_some_and(|state| state != 'Z')
}

/// One test, for it costs a load: about half a minute.
#[tokio::test]
async fn the_demo_loads_once_keeps_its_data_and_leaves_nothing_behind() {
    let folder = Folder::new();
    let demo = Demo::start(&folder.0, FIRST_START).await;
    has_a_province(&demo, 2_000).await;
    has_its_clients(&demo).await;
    let claim = printed_commands_work(&demo).await;
    other_examples_work(&demo).await;
    approving::a_second_client_approves(&demo).await;
    demo.end("INT", STOP).await;

    let started = Instant::now();
    let demo = Demo::start(&folder.0, LATER_START).await;
    let took = started.elapsed();
    assert!(took < LATER_START, "{took:?}");
    let kept = demo
        .get("demo-hospital", &format!("/v1/hospital-claims/{claim}"))
        .await;
    assert_eq!(kept["decision"]["amount_fen"], 460_000, "{kept}");
    // One more was registered by hand.
    has_a_province(&demo, 2_001).await;
    // The printed commands may be run again and find the claim that is there.
    assert_eq!(printed_commands_work(&demo).await, claim);
    demo.end("KILL", ORPHANED).await;

    let demo = Demo::start(&folder.0, LATER_START).await;
    let kept = demo
        .get("demo-hospital", &format!("/v1/hospital-claims/{claim}"))
        .await;
    assert_eq!(kept["id"], claim.as_str());
    demo.end("TERM", STOP).await;
}

async fn has_a_province(demo: &Demo, members: i64) {
    let hospitals = demo.list("demo-policy", "/v1/hospitals").await;
    assert_eq!(hospitals.len(), 40);
    let accounts = "/v1/accounts?programme=hospital-care-allowance";
    let accounts = demo.list("demo-finance", accounts).await;
    let budgets: i64 = accounts
        .iter()
        .filter_map(|it| it["appropriated_fen"].as_i64())
        .sum();
    assert_eq!(budgets, 1_800_000_000, "18,000,000 yuan");
    let counties = cluster::DIVISIONS
        .lines()
        .filter(|line| line.contains(",county,"))
        .count();
    assert_eq!(accounts.len(), counties, "every county has a budget");
    assert!(
        accounts
            .iter()
            .all(|it| it["appropriated_fen"].as_i64() > Some(0))
    );

    let loan_accounts = "/v1/accounts?programme=entrepreneurship-loan-interest";
    let loan_accounts = demo.list("demo-finance", loan_accounts).await;
    let filled: i64 = (loan_accounts.iter())
        .filter_map(|it| it["appropriated_fen"].as_i64())
        .sum();
    assert_eq!(filled, 750_000_000, "7,500,000 yuan");
    let loans = demo.list("demo-bank", "/v1/loans").await;
    assert!((300..450).contains(&loans.len()), "{} loans", loans.len());

    let claims = demo.list("demo-auditor", "/v1/hospital-claims").await;
    assert!(
        (200..1_000).contains(&claims.len()),
        "{} stays",
        claims.len()
    );
    for status in ["granted", "refused", "held"] {
        let some = claims.iter().filter(|it| it["status"] == status).count();
        assert!(some > 0, "no claim is {status}");
    }
    let sql = demo.sql().await;
    let count = async |query: &str| -> i64 { sql.query_one(query, &[]).await.expect(query).get(0) };
    assert_eq!(count("SELECT count(*) FROM residents").await, members);
    let everywhere = "SELECT count(DISTINCT left(division, 6)) FROM resident_versions";
    assert_eq!(
        count(everywhere).await,
        i64::try_from(counties).expect("a number")
    );
    let with_status = "SELECT count(DISTINCT resident_id) FROM status_versions";
    assert_eq!(count(with_status).await, members);
    for kind in ["child_died", "child_disabled", "surgery_complication"] {
        let some = format!("SELECT count(*) FROM status_versions WHERE kind = '{kind}'");
        assert!(count(&some).await > 20, "{kind}");
    }
}

impl Demo {
    /// Its database, as the role that owns it.
    async fn sql(&self) -> tokio_postgres::Client {
        let keys = fs::read_to_string(self.data.join("keys.env")).expect("the demo's keys");
        let password = keys
            .lines()
            .find_map(|line| line.strip_prefix("SIZHU_DEMO_OWNER_PASSWORD="));
        let (_, port) = self.postgres();
        let password = password.expect("a password");
        cluster::connect(&format!(
            "postgres://sizhu_owner:{password}@127.0.0.1:{port}/sizhu"
        ))
        .await
    }
}

async fn has_its_clients(demo: &Demo) {
    let printed = demo.program.stdout.all().join("\n");
    for client in CLIENTS {
        assert!(
            printed.contains(&format!("{client} ")),
            "{client} is not told"
        );
        let page = demo.http.get(format!("{}/v1/divisions", demo.base));
        let answer = page
            .bearer_auth(demo.token(client).await)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{client}");
    }
    let wrong = token(&demo.http, &demo.base, "demo-admin", "demo2").await;
    assert_eq!(wrong.0, 401, "{}", wrong.1);
    let me = demo.get("demo-resident", "/v1/me").await;
    assert_eq!(me["name"], "李**", "{me}");
    for (line, expected) in [
        ("Swagger UI: ", "/swagger-ui/"),
        ("secret `demo`", "Clients"),
    ] {
        assert!(
            printed
                .lines()
                .any(|it| it.contains(line) && it.contains(expected)),
            "{printed}"
        );
    }
    let log = demo.program.stderr.all().join("\n");
    for personal in ["李秀英", "430102196503150023"] {
        assert!(!log.contains(personal), "{log}");
    }
}

/// Runs what the demo prints, as a shell reads it; answers the id of the claim.
async fn printed_commands_work(demo: &Demo) -> String {
    let printed = demo.program.stdout.all();
    let commands: Vec<String> = printed
        .into_iter()
        .skip_while(|line| !line.starts_with("TOKEN="))
        .collect();
    assert!(commands.len() >= 3, "{commands:?}");
    let script = commands.join("\n");
    let run = tokio::task::spawn_blocking(move || {
        Command::new("sh")
            .args(["-euc", &script])
            .env("no_proxy", "127.0.0.1")
            .output()
    });
    let output = run.await.expect("no panic").expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "is curl there? {text} {output:?}");
    let answers = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let answers: Vec<Value> = answers
        .collect::<Result<_, _>>()
        .unwrap_or_else(|_| panic!("{text}"));
    assert_eq!(answers.len(), 2, "posted and read back: {text}");
    for answer in &answers {
        assert_eq!(answer["status"], "granted", "{text}");
        assert_eq!(answer["decision"]["amount_fen"], 460_000, "{text}");
        assert_eq!(answer["decision"]["payable_days"], 46, "{text}");
    }
    assert_eq!(answers[0]["id"], answers[1]["id"]);
    answers[0]["id"].as_str().expect("an id").to_owned()
}

/// The other examples of the document succeed as they stand, as the chain of the demo's clients.
async fn other_examples_work(demo: &Demo) {
    let document: Value = demo.get("demo-policy", "/openapi.json").await;
    let example = |name: &str| document["components"]["schemas"][name]["example"].clone();
    let post = async |client: &str, path: &str, body: &Value| {
        let request = demo.http.post(format!("{}{path}", demo.base)).json(body);
        let answer = request
            .bearer_auth(demo.token(client).await)
            .send()
            .await
            .expect("an answer");
        (
            answer.status().as_u16(),
            answer.json::<Value>().await.expect("JSON"),
        )
    };
    let resident = example("ResidentForm");
    let (status, made) = post("demo-officer-county", "/v1/residents", &resident).await;
    assert_eq!(status, 201, "{made}");
    let statuses = format!(
        "/v1/residents/{}/statuses",
        made["id"].as_str().expect("an id")
    );
    let form = example("StatusForm");
    let (status, proposed) = post("demo-officer-village", &statuses, &form).await;
    assert_eq!(
        (status, &proposed["state"]),
        (201, &json!("proposed")),
        "{proposed}"
    );
    let confirmation = format!(
        "{statuses}/{}/confirmation",
        proposed["id"].as_str().expect("an id")
    );
    let (status, confirmed) = post("demo-officer-township", &confirmation, &json!({})).await;
    assert_eq!(status, 403, "{confirmed}");
    let (status, confirmed) = post("demo-officer-county", &confirmation, &json!({})).await;
    assert_eq!(
        (status, &confirmed["state"]),
        (200, &json!("confirmed")),
        "{confirmed}"
    );
    let search = example("ResidentSearch");
    let (status, found) = post("demo-auditor", "/v1/residents/search", &search).await;
    assert_eq!(
        (status, found["items"].as_array().map(Vec::len)),
        (200, Some(1)),
        "{found}"
    );
    let elsewhere = fixtures::resident("430102196712124729", "周敏", "430103001001");
    let (status, refused) = post("demo-officer-county", "/v1/residents", &elsewhere).await;
    assert_eq!(status, 403, "{refused}");
}
