//! A limit on attempts: a burst, then a slow trickle, per client and peer.
//!
//! Of authentication the failures count. The peer is part of the key, so that nobody can lock a
//! hospital out from elsewhere. Secrets have 256 bits; what is protected here is the work of
//! comparing them. Of operations that anyone may ask without a token, every request counts.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Attempts allowed in a row, and after how many seconds each is forgiven.
#[derive(Clone, Copy, Debug)]
struct Pace {
    burst: i32,
    forgive: TimeDelta,
}

/// Failures to authenticate: ten in a row, then one each six seconds.
const FAILURES: Pace = Pace {
    burst: 10,
    forgive: TimeDelta::seconds(6),
};

/// Questions without a token: sixty in a row, then one each two seconds.
const QUESTIONS: Pace = Pace {
    burst: 60,
    forgive: TimeDelta::seconds(2),
};

/// Keys kept before those that are forgiven anyway are swept.
const SWEEP_AT: usize = 10_000;

/// Client id and peer address.
type Key = (String, Option<IpAddr>);

/// Attempts of one process, by client id and peer address.
#[derive(Debug)]
pub struct Throttle {
    pace: Pace,
    /// When all attempts of a key will be forgiven (the arrival time of GCRA).
    forgiven_at: Mutex<HashMap<Key, DateTime<Utc>>>,
}

/// For failures to authenticate.
impl Default for Throttle {
    fn default() -> Self {
        Self::of(FAILURES)
    }
}

impl Throttle {
    fn of(pace: Pace) -> Self {
        Self {
            pace,
            forgiven_at: Mutex::default(),
        }
    }

    /// For questions that anyone may ask.
    #[must_use]
    pub fn for_questions() -> Self {
        Self::of(QUESTIONS)
    }

    /// For questions of a test that asks thousands: each is forgiven at once.
    #[must_use]
    pub fn open() -> Self {
        Self::of(Pace {
            burst: 1,
            forgive: TimeDelta::zero(),
        })
    }

    /// Counts a question of a peer, or answers the seconds to wait before the next may be asked.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn ask(&self, peer: Option<IpAddr>, now: DateTime<Utc>) -> Result<(), u32> {
        match self.wait_seconds("", peer, now) {
            Some(seconds) => Err(seconds),
            None => {
                self.failed("", peer, now);
                Ok(())
            }
        }
    }

    /// Seconds to wait before the next attempt; `None` if it may be made now.
    #[must_use]
    pub fn wait_seconds(
        &self,
        client: &str,
        peer: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Option<u32> {
        let keys = self
            .forgiven_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let forgiven_at = keys.get(&(client.to_owned(), peer))?;
        let tolerance = self.pace.forgive * self.pace.burst;
        let over = *forgiven_at - now - tolerance + self.pace.forgive;
        (over > TimeDelta::zero())
            .then(|| u32::try_from(over.num_seconds()).unwrap_or(u32::MAX).max(1))
    }

    /// Counts a failure.
    pub fn failed(&self, client: &str, peer: Option<IpAddr>, now: DateTime<Utc>) {
        let mut keys = self
            .forgiven_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= SWEEP_AT {
            keys.retain(|_, forgiven_at| *forgiven_at > now);
        }
        if keys.len() >= SWEEP_AT {
            // Still full: somebody invents names. Comparisons are few at once in any case.
            return;
        }
        let forgiven_at = keys.entry((client.to_owned(), peer)).or_insert(now);
        *forgiven_at = (*forgiven_at).max(now) + self.pace.forgive;
    }

    /// Forgets the failures of a client that has now authenticated.
    pub fn succeeded(&self, client: &str, peer: Option<IpAddr>) {
        let mut keys = self
            .forgiven_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        keys.remove(&(client.to_owned(), peer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn ten_failures_then_a_trickle() {
        let throttle = Throttle::default();
        let peer = Some(IpAddr::from([127, 0, 0, 1]));
        for _ in 0..10 {
            assert_eq!(throttle.wait_seconds("a", peer, at(0)), None);
            throttle.failed("a", peer, at(0));
        }
        assert_eq!(throttle.wait_seconds("a", peer, at(0)), Some(6));
        assert_eq!(throttle.wait_seconds("a", peer, at(4)), Some(2));
        assert_eq!(throttle.wait_seconds("a", peer, at(6)), None);
        throttle.failed("a", peer, at(6));
        assert!(throttle.wait_seconds("a", peer, at(6)).is_some());
    }

    #[test]
    fn others_are_not_touched_and_success_forgives() {
        let throttle = Throttle::default();
        for _ in 0..12 {
            throttle.failed("a", None, at(0));
        }
        assert!(throttle.wait_seconds("a", None, at(0)).is_some());
        assert_eq!(throttle.wait_seconds("b", None, at(0)), None);
        assert_eq!(
            throttle.wait_seconds("a", Some(IpAddr::from([10, 0, 0, 1])), at(0)),
            None
        );
        throttle.succeeded("a", None);
        assert_eq!(throttle.wait_seconds("a", None, at(0)), None);
    }

    #[test]
    fn an_open_one_never_makes_anyone_wait() {
        let (throttle, now) = (Throttle::open(), DateTime::UNIX_EPOCH);
        assert!((0..1_000).all(|_| throttle.ask(None, now).is_ok()));
    }

    #[test]
    fn questions_have_a_longer_burst_and_each_counts() {
        let throttle = Throttle::for_questions();
        let peer = Some(IpAddr::from([10, 0, 0, 1]));
        for _ in 0..60 {
            assert_eq!(throttle.ask(peer, at(0)), Ok(()));
        }
        assert_eq!(throttle.ask(peer, at(0)), Err(2));
        assert_eq!(throttle.ask(None, at(0)), Ok(()));
        assert_eq!(throttle.ask(peer, at(2)), Ok(()));
        assert_eq!(throttle.ask(peer, at(2)), Err(2));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for index in 0..SWEEP_AT + 50 {
            throttle.failed(&index.to_string(), None, at(0));
        }
        assert!(throttle.forgiven_at.lock().unwrap().len() <= SWEEP_AT);
        throttle.failed("later", None, at(100));
        assert_eq!(throttle.forgiven_at.lock().unwrap().len(), 1);
    }
}
