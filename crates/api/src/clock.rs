//! The one clock of the service: injected, truncated to the microseconds PostgreSQL keeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sizhu_core::Day;
use uuid::{NoContext, Timestamp, Uuid};

/// Where the service asks for the time. Cheap to clone; clones of an adjustable clock move together.
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    /// Microseconds since the Unix epoch.
    Adjustable(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `at` until it is moved: for tests and simulations.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Source::Adjustable(Arc::new(AtomicI64::new(
            at.timestamp_micros(),
        ))))
    }

    /// Moves an adjustable clock, and all its clones, to `at`. The system clock is not moved.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Source::Adjustable(micros) = &self.0 {
            micros.store(at.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// Moves an adjustable clock by `delta`. The system clock is not moved.
    pub fn advance(&self, delta: TimeDelta) {
        if let (Source::Adjustable(micros), Some(by)) = (&self.0, delta.num_microseconds()) {
            micros.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// This instant, in whole microseconds, so that what is written is what is read back.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that asks the system for the time"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Adjustable(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// The calendar day in Asia/Shanghai.
    #[must_use]
    pub fn today(&self) -> Day {
        Day::of_instant(self.now())
    }

    /// A fresh UUIDv7 (RFC 9562) that carries this clock's time.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        match &self.0 {
            // The shared context of the `uuid` crate keeps ids of one millisecond in order.
            Source::System => Uuid::now_v7(),
            Source::Adjustable(_) => {
                let now = self.now();
                let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
                Uuid::new_v7(Timestamp::from_unix(
                    NoContext,
                    seconds,
                    now.timestamp_subsec_nanos(),
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_time_has_whole_microseconds() {
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    fn clones_of_an_adjustable_clock_move_together() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let clock = Clock::fixed(start);
        let other = clock.clone();
        clock.advance(TimeDelta::seconds(90));
        assert_eq!(other.now(), start + TimeDelta::seconds(90));
        other.set(start);
        assert_eq!(clock.now(), start);
        let (seconds, _) = clock.new_id().get_timestamp().unwrap().to_unix();
        assert_eq!(seconds, 1_800_000_000);
    }

    #[test]
    fn today_is_a_day_in_shanghai() {
        let clock = Clock::fixed("2026-03-01T16:00:00Z".parse().unwrap());
        assert_eq!(clock.today(), Day::parse("2026-03-02").unwrap());
    }
}
