//! A flat load: clients that post claims, register people and confirm statuses, and insist until
//! they are answered.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use reqwest::{RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use sizhu_tests::{
    fixtures::{self, VILLAGE, child_died},
    ids,
};
use tokio::{task::JoinHandle, time::sleep};

use crate::{dice::Dice, world::Tokens};

/// How long a client rests between two things it does.
const PACE: Duration = Duration::from_millis(250);

/// How long a client rests before it asks again for what failed. Sooner than `Retry-After` says, so
/// that the time without service is measured finely.
const AGAIN: Duration = Duration::from_millis(40);

/// How long an answer may take: well above the service's limits.
const HANGS: Duration = Duration::from_secs(40);

/// People that claims are about, those in no registry yet among them.
const PEOPLE: usize = 400;

/// What was acknowledged.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) hospital: usize,
    pub(crate) key: String,
    pub(crate) claim: Value,
    pub(crate) answer: Answer,
}

/// An answer, as far as it must be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) etag: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What all clients have in common.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) tokens: Tokens,
    people: Vec<String>,
    stop: AtomicBool,
    answered: AtomicU64,
    failures: Mutex<Vec<Instant>>,
    /// Answers that are none: bare faults, refusals, hanging requests.
    wrong: Mutex<Vec<String>>,
}

/// Clients at work.
pub(crate) struct Load {
    pub(crate) desk: Arc<Desk>,
    clients: Vec<JoinHandle<Vec<Kept>>>,
}

impl Load {
    /// Sets clients to work.
    pub(crate) fn start(base: &str, tokens: Tokens, clients: usize, seed: u64) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(HANGS);
        let desk = Arc::new(Desk {
            http: http.build().expect("an HTTP client"),
            base: base.to_owned(),
            tokens,
            people: (0..PEOPLE).map(|_| ids::woman("1960-05-01")).collect(),
            stop: AtomicBool::default(),
            answered: AtomicU64::default(),
            failures: Mutex::default(),
            wrong: Mutex::default(),
        });
        let clients = (0..clients).map(|number| {
            let client = Client {
                desk: Arc::clone(&desk),
                number,
                dice: Dice::of(seed ^ u64::try_from(number + 1).expect("a number")),
                // Each registers the people that are its own.
                unregistered: (number..PEOPLE).step_by(clients).collect(),
                kept: Vec::new(),
            };
            tokio::spawn(client.work())
        });
        Self {
            clients: clients.collect(),
            desk,
        }
    }

    /// Lets everyone finish what they are at; answers what was acknowledged.
    pub(crate) async fn stop(self) -> (Arc<Desk>, Vec<Kept>) {
        self.desk.stop.store(true, Ordering::SeqCst);
        let mut kept = Vec::new();
        for client in self.clients {
            kept.extend(client.await.expect("a client"));
        }
        (self.desk, kept)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Things that were done so far.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::SeqCst)
    }

    /// When requests failed, from the `first` failure on.
    pub(crate) fn failures(&self, first: usize) -> Vec<Instant> {
        locked(&self.failures).iter().skip(first).copied().collect()
    }

    /// Answers that should not have been.
    pub(crate) fn wrong(&self) -> Vec<String> {
        locked(&self.wrong).clone()
    }

    /// A claim, to be sent once.
    pub(crate) fn claim(&self, hospital: usize, key: &str, claim: &Value) -> RequestBuilder {
        self.post(
            "/v1/hospital-claims",
            &self.tokens.hospitals[hospital],
            claim,
        )
        .header("Idempotency-Key", key)
    }

    fn post(&self, path: &str, token: &str, form: &Value) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.base));
        request.bearer_auth(token).json(form)
    }

    /// Sends a request until it is answered for good; how often, and the answer.
    async fn insist(&self, request: impl Fn() -> RequestBuilder) -> (u32, Answer) {
        let mut times = 0;
        loop {
            times += 1;
            let answer = send(request()).await;
            let failed = match &answer {
                Err(error) if error.is_timeout() => Some(format!("no answer in {HANGS:?}")),
                Err(_) => None,
                Ok((headers, answer)) => match answer.status {
                    503 => not_passing(headers, &answer.body),
                    // The first request under the key is still at it, in a session of a dead service.
                    409 if is_in_progress(&answer.body) => None,
                    500.. => Some(String::from_utf8_lossy(&answer.body).into_owned()),
                    _ => {
                        self.answered.fetch_add(1, Ordering::SeqCst);
                        return (times, answer.clone());
                    }
                },
            };
            locked(&self.failures).push(Instant::now());
            locked(&self.wrong).extend(failed);
            sleep(AGAIN).await;
        }
    }

    fn refused(&self, what: &str, answer: &Answer) {
        let body = String::from_utf8_lossy(&answer.body);
        locked(&self.wrong).push(format!("{what}: {} {body}", answer.status));
    }
}

/// What is wrong with a 503, if anything is.
pub(crate) fn not_passing(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let is_problem =
        header("content-type").is_some_and(|it| it.starts_with("application/problem+json"));
    let comes_back = header("retry-after").is_some_and(|it| it.parse::<u32>().is_ok());
    let body = String::from_utf8_lossy(body);
    (!is_problem || !comes_back).then(|| format!("503 with {headers:?}: {body}"))
}

fn is_in_progress(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body)
        .is_ok_and(|it| it["type"] == "/problems/idempotency-in-progress")
}

/// Sends a request once.
pub(crate) async fn send(request: RequestBuilder) -> reqwest::Result<(HeaderMap, Answer)> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = |name: &str| {
        let value = headers.get(name).and_then(|it| it.to_str().ok());
        value.map(str::to_owned)
    };
    let (location, etag) = (text("location"), text("etag"));
    let body = answer.bytes().await?.to_vec();
    let answer = Answer {
        status,
        location,
        etag,
        body,
    };
    Ok((headers, answer))
}

struct Client {
    desk: Arc<Desk>,
    number: usize,
    dice: Dice,
    unregistered: Vec<usize>,
    kept: Vec<Kept>,
}

impl Client {
    async fn work(mut self) -> Vec<Kept> {
        while !self.desk.stop.load(Ordering::SeqCst) {
            if self.dice.below(10) == 0 && !self.unregistered.is_empty() {
                self.register().await;
            } else {
                self.claim().await;
            }
            sleep(PACE).await;
        }
        self.kept
    }

    /// A stay of somebody, registered or not, in one of two years.
    async fn claim(&mut self) {
        let person = &self.desk.people[self.dice.index(PEOPLE)];
        let hospital = self.dice.index(self.desk.tokens.hospitals.len());
        let start = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day");
        let admitted = start + Days::new(self.dice.below(640));
        let discharged = admitted + Days::new(self.dice.below(20));
        let key = format!("{}-{}", self.number, self.kept.len());
        let claim = fixtures::claim()
            .set("/citizen_id", person.as_str())
            .record(&key)
            .stay(&admitted.to_string(), &discharged.to_string());
        let send = || self.desk.claim(hospital, &key, &claim);
        let (_, answer) = self.desk.insist(send).await;
        if answer.status != 201 {
            self.desk.refused("claim", &answer);
        }
        self.kept.push(Kept {
            hospital,
            key,
            claim: (*claim).clone(),
            answer,
        });
    }

    /// Registers somebody and gives them a status, at once or in two steps.
    async fn register(&mut self) {
        let index = self.dice.index(self.unregistered.len());
        let person = self.unregistered.swap_remove(index);
        let proposed = self.dice.below(2) == 0;
        let desk = &self.desk;
        let form = fixtures::resident(&desk.people[person], "王秀英", VILLAGE);
        let registering = || desk.post("/v1/residents", &desk.tokens.county, &form);
        let Some(resident) = self.done("resident", registering).await else {
            return;
        };
        let path = format!("/v1/residents/{resident}/statuses");
        let officer = match proposed {
            true => &desk.tokens.village,
            false => &desk.tokens.county,
        };
        let said = child_died("2018-06-01");
        let posting = || desk.post(&path, officer, &said);
        let Some(status) = self.done("status", posting).await else {
            return;
        };
        if proposed {
            let path = format!("{path}/{status}/confirmation");
            let confirming = || desk.post(&path, &desk.tokens.county, &json!({}));
            let (times, answer) = desk.insist(confirming).await;
            // Asked again after an answer that was lost, it is confirmed already.
            let before = times > 1 && answer.status == 409;
            if answer.status != 200 && !before {
                desk.refused("confirmation", &answer);
            }
        }
    }

    /// Does something that has no key; answers its id. Where the answer to it was lost, the repeat is
    /// refused and names no id: then there is no more to do with it.
    async fn done(&self, what: &str, request: impl Fn() -> RequestBuilder) -> Option<String> {
        let (times, answer) = self.desk.insist(request).await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match answer.status {
            201 => body["id"].as_str().map(str::to_owned),
            409 if times > 1 => None,
            _ => {
                self.desk.refused(what, &answer);
                None
            }
        }
    }
}
