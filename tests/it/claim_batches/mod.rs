//! Many claims in one body: each line as if it had been posted by itself, whatever becomes of the others
//! and of the connection.

mod alike;
mod cut;
mod lines;
mod many;
mod races;
mod seen;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sizhu_tests::{Call, Client, TestApp};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const PATH: &str = "/v1/hospital-claim-batches";
const NDJSON: &str = "application/x-ndjson";

/// A line as a hospital writes it.
fn line(key: &str, claim: &Value) -> String {
    format!("{}\n", json!({"idempotency_key": key, "claim": claim}))
}

/// Sends a batch.
fn send(hospital: &Client, key: &str, body: impl Into<Vec<u8>>) -> Call {
    let call = hospital.call(Method::POST, PATH).key(key);
    call.language("en").bytes(NDJSON, body)
}

/// How many lines came to what: `3 complete: 1 recorded, 0 repeated, 0 known, 2 refused`.
fn told(batch: &Value) -> String {
    format!(
        "{} {}: {} recorded, {} repeated, {} known, {} refused",
        batch["lines"],
        batch["state"].as_str().unwrap_or_default(),
        batch["recorded"],
        batch["repeated"],
        batch["known"],
        batch["refused"]
    )
}

/// The results of a batch, one a line.
async fn results(hospital: &Client, batch: &Value) -> Vec<Value> {
    let id = batch["id"].as_str().expect("an id");
    let path = format!("{PATH}/{id}/results");
    let reply = hospital.get(&path).language("en").await.expect(200);
    assert_eq!(reply.header("content-type"), Some(NDJSON));
    let text = reply.text();
    let parse = |line: &str| serde_json::from_str(line).expect("JSON");
    text.lines().map(parse).collect()
}

/// A result in one line: `2 K-2 422 validation-failed /claim/icu_days invalid_type`.
fn said(result: &Value) -> String {
    let key = result["idempotency_key"].as_str().unwrap_or("-");
    let mut said = format!("{} {key} {}", result["line"], result["status"]);
    let problem = &result["problem"];
    if let Some(kind) = problem["type"].as_str() {
        let instance = problem["instance"].as_str().expect("an instance");
        assert!(instance.starts_with("urn:uuid:"), "{result}");
        said.push_str(&kind.replace("/problems/", " "));
    }
    for error in problem["errors"].as_array().into_iter().flatten() {
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        said.push_str(&format!(" {:?} {}", text("pointer"), text("code")));
    }
    said
}

/// The newest batch of a hospital, once it is as it should be.
async fn until(hospital: &Client, what: impl Fn(&Value) -> bool) -> Value {
    let found = async {
        loop {
            let list = hospital.get(PATH).await.expect(200).json();
            if what(&list["items"][0]) {
                return list["items"][0].clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), found).await;
    found.expect("the batch comes to that")
}

/// A connection that a batch is sent on, piece by piece.
struct Wire(TcpStream);

impl Wire {
    async fn open(app: &TestApp, hospital: &Client, key: &str, length: usize) -> Self {
        let address = app.base().replace("http://", "");
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let token = hospital.token().await.expect("a token");
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: {NDJSON}\r\nIdempotency-Key: {key}\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("a head");
        Self(stream)
    }

    async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("a piece");
    }

    /// The answer's first line.
    async fn status(&mut self) -> String {
        let mut bytes = [0; 1024];
        let count = self.0.read(&mut bytes).await.expect("an answer");
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        text.lines().next().unwrap_or_default().to_owned()
    }
}
