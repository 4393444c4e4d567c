//! Hospitals post claims over HTTP.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use reqwest::{Client, header};
use serde_json::Value;
use sizhu_tests::client::SECRET;
use tokio::task::JoinSet;

use crate::{
    claims::{Claim, Deck},
    measured::Measured,
    world,
};

/// The hospitals' side: their tokens, and the claims they have yet to post.
#[derive(Clone)]
pub(crate) struct Hospitals {
    base: Arc<str>,
    tokens: Arc<[String]>,
    deck: Arc<Mutex<Deck>>,
}

impl Hospitals {
    /// Gets each hospital a token with its secret.
    pub(crate) async fn new(base: &str, deck: Arc<Mutex<Deck>>) -> Self {
        let mut tokens = Vec::new();
        for hospital in 1..=world::HOSPITALS {
            let asked = connection()
                .post(format!("{base}/oauth/token"))
                .basic_auth(world::client_id(hospital), Some(SECRET))
                .form(&[("grant_type", "client_credentials")]);
            let answer = asked.send().await.expect("an answer");
            let answer: Value = answer.json().await.expect("JSON");
            let token = answer["access_token"].as_str();
            tokens.push(token.unwrap_or_else(|| panic!("{answer}")).to_owned());
        }
        Self {
            base: base.into(),
            tokens: tokens.into(),
            deck,
        }
    }

    /// Where the service is.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The token of the hospital that posts a claim.
    pub(crate) fn token(&self, claim: Claim) -> &str {
        let place = usize::try_from(claim.hospital() - 1).expect("a place");
        &self.tokens[place]
    }

    /// The next claim.
    pub(crate) fn deal(&self) -> Claim {
        self.deck.lock().expect("the deck").deal()
    }

    /// Posts a claim; answers how long it took.
    pub(crate) async fn post(&self, connection: &Client, claim: Claim) -> Duration {
        let record = claim.record();
        let request = connection
            .post(format!("{}/v1/hospital-claims", self.base))
            .bearer_auth(self.token(claim))
            .header("Idempotency-Key", &record)
            .json(&claim.body())
            .build()
            .expect("a request");
        let begun = Instant::now();
        let answer = connection.execute(request).await.expect("an answer");
        let (status, body) = (answer.status(), answer.bytes().await.expect("a body"));
        let took = begun.elapsed();
        let told = String::from_utf8_lossy(&body);
        assert_eq!(status, 201, "{record}: {told}");
        took
    }

    /// Posts claims on so many connections for so long: on each one after another.
    pub(crate) async fn run(&self, connections: u32, lasting: Duration) -> Measured {
        let begun = Instant::now();
        let mut posting = JoinSet::new();
        for _ in 0..connections {
            let hospitals = self.clone();
            posting.spawn(async move {
                let (connection, mut latencies) = (connection(), Vec::new());
                while begun.elapsed() < lasting {
                    let claim = hospitals.deal();
                    latencies.push(hospitals.post(&connection, claim).await);
                }
                latencies
            });
        }
        let latencies = posting.join_all().await.concat();
        let claims = u32::try_from(latencies.len()).expect("a run is short");
        Measured::new(latencies, claims.into(), begun.elapsed())
    }
}

/// A client that keeps one connection.
pub(crate) fn connection() -> Client {
    let keep = header::HeaderValue::from_static("application/json");
    Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .pool_max_idle_per_host(1)
        .default_headers([(header::ACCEPT, keep)].into_iter().collect())
        .build()
        .expect("an HTTP client")
}
