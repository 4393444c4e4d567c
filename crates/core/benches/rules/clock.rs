//! The time a thread works. On a loaded machine it is what the clock on the wall is not: the same.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

fn worked() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
}

/// From one part of the work to the next.
pub(crate) struct Lap(Duration);

impl Lap {
    pub(crate) fn begin() -> Self {
        Self(worked())
    }

    /// How long this thread worked since the last part began; the next begins.
    pub(crate) fn next(&mut self) -> Duration {
        let begun = std::mem::replace(&mut self.0, worked());
        self.0 - begun
    }
}
