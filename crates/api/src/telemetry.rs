//! Logs and measurements of the process.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for `sizhu serve`.
    Json,
    /// For people, for `sizhu demo`.
    Readable,
}

/// Sends logs to standard error. A second call in one process changes nothing.
pub fn init_logs(format: LogFormat, filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_bad_filter| EnvFilter::new("info"));
    let filter = without_quotations(filter);
    let registry = tracing_subscriber::registry().with(filter);
    // Colours are for terminals only; in a file they are noise.
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let already_set = match format {
        LogFormat::Json => registry
            .with(
                lines
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false),
            )
            .try_init(),
        LogFormat::Readable => registry.with(lines.compact().with_target(false)).try_init(),
    };
    if already_set.is_err() {
        tracing::debug!("logs were set up before");
    }
}

/// Below `info` these quote paths, headers and parameters of queries: an ID number could be there.
const QUOTING: [&str; 3] = ["actix_http=info", "actix_web=info", "tokio_postgres=info"];

/// However much is asked of the log, nothing personal gets into it.
fn without_quotations(filter: EnvFilter) -> EnvFilter {
    if filter.max_level_hint() <= Some(LevelFilter::INFO) {
        return filter;
    }
    let limits = QUOTING.iter().filter_map(|limit| limit.parse().ok());
    limits.fold(filter, EnvFilter::add_directive)
}

/// Upper bounds of the latency histogram, in seconds.
const LATENCY_BOUNDS_SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The measurements of this process, in Prometheus' text format.
///
/// One recorder a process, made on first use: several servers in one process share it.
pub fn measurements() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let duration = Matcher::Suffix("_duration_seconds".into());
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(duration, &LATENCY_BOUNDS_SECONDS)
            .unwrap_or_else(|_no_bounds| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another recorder of measurements is installed: /metrics stays empty");
        }
        metrics::describe_counter!("http_requests_total", "Requests answered.");
        metrics::describe_histogram!(
            "http_request_duration_seconds",
            metrics::Unit::Seconds,
            "Time from the request's head to the answer's head."
        );
        handle
    })
}
