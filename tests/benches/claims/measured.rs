//! What one run measured, and how two runs compare.

use std::time::Duration;

/// One run: claims one after another on so many connections.
pub(crate) struct Measured {
    /// The time of each claim, from the first byte sent to the last byte received, ascending.
    latencies: Vec<Duration>,
    claims: f64,
    wall: Duration,
    /// All claims of the run, those before it was measured too.
    pub(crate) all: f64,
    /// Processor time of PostgreSQL and of the service.
    pub(crate) processor: (Duration, Duration),
}

impl Measured {
    pub(crate) fn new(mut latencies: Vec<Duration>, claims: f64, wall: Duration) -> Self {
        assert!(!latencies.is_empty(), "a run without a claim");
        latencies.sort_unstable();
        Self {
            latencies,
            claims,
            wall,
            all: claims,
            processor: <_>::default(),
        }
    }

    /// Claims a second.
    pub(crate) fn rate(&self) -> f64 {
        self.claims / self.wall.as_secs_f64()
    }

    /// The latency below which so many per cent of the claims are, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let place = (self.latencies.len() - 1) * percent / 100;
        self.latencies[place].as_secs_f64() * 1_000.0
    }

    /// One line of the table.
    pub(crate) fn line(&self) -> String {
        let each = |time: Duration| time.as_secs_f64() * 1_000.0 / self.all;
        format!(
            "{:>7.0} claims/s  p50 {:>6.2} ms  p99 {:>6.2} ms  processor a claim: PostgreSQL {:.2} ms, service {:.2} ms",
            self.rate(),
            self.percentile(50),
            self.percentile(99),
            each(self.processor.0),
            each(self.processor.1),
        )
    }
}

/// Least, median and most.
pub(crate) fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len() - 1;
    (values[0], values[last / 2], values[last])
}
