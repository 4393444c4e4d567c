//! Claims posted many at a time, where the service takes them so.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;

use crate::{
    http::{self, Hospitals},
    measured::Measured,
};

/// Claims of one batch.
const LINES: u32 = 1_000;

/// Posts batches one after another for so long, on one connection; nothing where the service has no
/// such operation.
pub(crate) async fn run(hospitals: &Hospitals, lasting: Duration) -> Option<Measured> {
    let connection = http::connection();
    let (begun, mut latencies) = (Instant::now(), Vec::new());
    while begun.elapsed() < lasting {
        let claims: Vec<_> = (0..LINES).map(|_| hospitals.deal()).collect();
        let mut lines = String::new();
        for claim in &claims {
            let line = json!({ "idempotency_key": claim.record(), "claim": claim.body() });
            lines.push_str(&line.to_string());
            lines.push('\n');
        }
        let request = connection
            .post(format!("{}/v1/hospital-claim-batches", hospitals.base()))
            .bearer_auth(hospitals.token(claims[0]))
            .header("Idempotency-Key", format!("batch-{}", claims[0].record()))
            .header("Content-Type", "application/x-ndjson")
            .body(lines);
        let sent = Instant::now();
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        if matches!(
            status,
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
        ) {
            return None;
        }
        let told = answer.text().await.expect("a body");
        assert!(status.is_success(), "{status}: {told}");
        latencies.push(sent.elapsed());
    }
    let batches = u32::try_from(latencies.len()).expect("a run is short");
    Some(Measured::new(
        latencies,
        f64::from(batches * LINES),
        begun.elapsed(),
    ))
}
