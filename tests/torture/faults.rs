//! Faults one by one, against the program itself: a claim cut at every message that it sends to
//! PostgreSQL, and a pool with no connection left.

use std::time::{Duration, Instant};

use private_postgres::Cluster;
use reqwest::header::HeaderMap;
use sizhu_tests::{
    Fault, Proxy, cluster, content,
    fixtures::{self, Claim, VILLAGE, child_died},
    ids,
    program::Service,
    proxy::MESSAGES,
};

use crate::{
    load::{Answer, not_passing, send},
    world::{furnish, made, make_database, set},
};

/// The database of these faults.
const DATABASE: &str = "faults";

/// How long an answer may take, well above the limits that are set here.
const LIMIT: Duration = Duration::from_secs(8);

/// A service behind a proxy, and a claim of somebody entitled.
struct Behind {
    proxy: Proxy,
    service: Service,
    hospital: String,
    claim: Claim,
    admin: String,
    wrong: Vec<String>,
}

/// Strikes with all faults; answers what was wrong.
pub(crate) async fn strike(cluster: &Cluster) -> Vec<String> {
    let mut vars = make_database(cluster, DATABASE).await;
    let url = vars.iter().find(|(name, _)| name == "DATABASE_URL");
    let proxy = Proxy::before(&url.expect("an address").1.clone().into());
    use_pool(&mut vars, &proxy, "1");
    let service = Service::serve(vars.clone()).await;
    proxy.spare_present();
    proxy.count(MESSAGES);
    let tokens = furnish(&service).await;
    let person = ids::woman("1960-05-01");
    let form = fixtures::resident(&person, "王秀英", VILLAGE);
    let resident = made(&service, "/v1/residents", &tokens.county, &form).await;
    let path = format!(
        "/v1/residents/{}/statuses",
        resident["id"].as_str().expect("an id")
    );
    made(&service, &path, &tokens.county, &child_died("2018-06-01")).await;
    let claim = fixtures::claim().set("/citizen_id", person);
    let mut behind = Behind {
        proxy,
        service,
        hospital: tokens.hospitals[0].clone(),
        claim,
        admin: cluster.admin_url(DATABASE),
        wrong: Vec::new(),
    };
    behind
        .at_every_message(1, "before it arrives", Fault::Before)
        .await;
    behind
        .at_every_message(2, "before its answer", Fault::Answer)
        .await;
    use_pool(&mut vars, &behind.proxy, "2");
    behind.service = Service::serve(vars).await;
    behind.without_connections().await;
    behind.wrong
}

/// A small pool behind the proxy, and limits that can be waited for.
fn use_pool(vars: &mut Vec<(String, String)>, proxy: &Proxy, connections: &str) {
    use secrecy::ExposeSecret as _;
    for (name, value) in [
        ("DATABASE_URL", proxy.url().expose_secret()),
        ("SIZHU_LISTEN", "127.0.0.1:0"),
        ("SIZHU_WORKERS", "1"),
        ("SIZHU_CONNECTIONS", connections),
        ("SIZHU_CONNECTION_SECONDS", "1"),
        ("SIZHU_LOCK_SECONDS", "2"),
        ("SIZHU_JOBS", "0"),
    ] {
        set(vars, name, value);
    }
}

impl Behind {
    /// Posts a claim on ten days of a month, under the month as its key.
    async fn post(&self, month: u32) -> (HeaderMap, Answer) {
        let record = &format!("M-{month}");
        let day = |day: u32| format!("2025-{month:02}-{day:02}");
        let claim = self.claim.clone().record(record).stay(&day(1), &day(11));
        let request = self
            .service
            .request(reqwest::Method::POST, "/v1/hospital-claims", &self.hospital)
            .header("Idempotency-Key", record)
            .json(&*claim);
        let begun = Instant::now();
        let answer = send(request).await.expect("an answer");
        assert!(begun.elapsed() < LIMIT, "month {month} hangs");
        answer
    }

    async fn content(&self) -> Vec<String> {
        content::of(&cluster::connect(&self.admin).await).await
    }

    fn is_passing(&mut self, what: &str, (headers, answer): &(HeaderMap, Answer)) {
        let fault = match answer.status {
            503 => not_passing(headers, &answer.body),
            other => Some(format!("{other} {}", String::from_utf8_lossy(&answer.body))),
        };
        self.wrong.extend(fault.map(|it| format!("{what}: {it}")));
    }

    /// The claim is cut at its first message, then at its second, until it passes whole.
    async fn at_every_message(&mut self, month: u32, when: &str, fault: fn(u32) -> Fault) {
        let (mut before, mut message, mut committed) = (self.content().await, 1, false);
        let answer = loop {
            self.proxy.set(fault(message));
            let answer = self.post(month).await;
            if !self.proxy.struck() {
                break answer.1;
            }
            self.is_passing(&format!("message {message} cut {when}"), &answer);
            let now = self.content().await;
            if now != before && committed {
                self.wrong
                    .push(format!("message {message} cut {when} leaves something"));
            }
            // Once at most, when the commit was done and its answer lost.
            committed |= now != before;
            (before, message) = (now, message + 1);
        };
        self.proxy.set(Fault::None);
        let again = self.post(month).await.1;
        let after = self.content().await;
        if answer.status != 201 || again != answer || (committed && after != before) {
            self.wrong
                .push(format!("cut {when}: {answer:?}, then {again:?}"));
        }
        let whole = if committed {
            "; once committed and unheard"
        } else {
            ""
        };
        println!(
            "a claim cut at each of {} messages, {when}: 503, nothing half done{whole}",
            message - 1
        );
    }

    /// All connections wait for a lock: who comes finds none, who waits is told too, and all heals.
    async fn without_connections(&mut self) {
        let mut admin = cluster::connect(&self.admin).await;
        let before = self.content().await;
        let held = admin.transaction().await.expect("a transaction");
        let lock = "LOCK TABLE claims IN EXCLUSIVE MODE";
        held.batch_execute(lock).await.expect("a lock");
        let months = 3..=10;
        let posting = months.clone().map(|month| self.post(month));
        let answers = futures_util::future::join_all(posting).await;
        for answer in &answers {
            self.is_passing("no connection", answer);
        }
        if self.content().await != before {
            self.wrong
                .push("no connection: something is left".to_owned());
        }
        held.rollback().await.expect("a rollback");
        for month in months {
            let answer = self.post(month).await.1;
            if answer.status != 201 {
                self.wrong
                    .push(format!("month {month} does not heal: {answer:?}"));
            }
        }
        println!(
            "{} claims with 2 connections that wait for a lock: 503, and 201 after it",
            answers.len()
        );
    }
}
