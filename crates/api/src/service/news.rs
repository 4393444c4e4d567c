//! News: what happened, and when. Everything that is decided is decided because of some.

use chrono::{DateTime, Utc};
use sizhu_core::Day;

use crate::clock::Clock;

/// News about a person, and when it came.
#[derive(Clone, Copy, Debug)]
pub struct News<'a> {
    /// What happened, as `noun.verb`.
    pub cause: &'static str,
    /// The instant.
    pub now: DateTime<Utc>,
    /// The day in Asia/Shanghai.
    pub today: Day,
    clock: &'a Clock,
}

impl<'a> News<'a> {
    /// News that comes now.
    #[must_use]
    pub fn now(clock: &'a Clock, cause: &'static str) -> Self {
        let now = clock.now();
        Self {
            cause,
            now,
            today: Day::of_instant(now),
            clock,
        }
    }

    /// The same news, as of now: what was waited for a lock is over, and what others recorded
    /// meanwhile is older.
    #[must_use]
    pub fn after_waiting(self) -> Self {
        Self::now(self.clock, self.cause)
    }
}
