//! The demo's numbers: SplitMix64 (Steele, Lea, Flood 2014), written out here so that no update of
//! a dependency ever makes other people of the same seed.

use sizhu_core::Day;

/// Another seed makes another province.
const SEED: u64 = 0x5349_5a48_5532_0260;

/// A stream of numbers that are the same at each start. Not for secrets.
pub(super) struct Random(u64);

impl Random {
    /// The stream of a topic: what one topic draws changes nothing for another.
    pub(super) fn of(topic: &str) -> Self {
        // FNV-1a.
        let hash = topic.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash ^ SEED)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to below `bound`; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let scaled = (self.next() >> 32) * u64::from(bound);
        u32::try_from(scaled >> 32).unwrap_or_default()
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of several; `None` of none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = self.below(u32::try_from(from.len()).ok()?);
        from.get(usize::try_from(at).ok()?)
    }

    /// A day in `[from, until)`; `None` when that is empty.
    pub(super) fn day(&mut self, from: Day, until: Day) -> Option<Day> {
        let days = u32::try_from(from.days_until(until)).ok()?;
        let after = self.below(days);
        if days == 0 {
            None
        } else {
            from.plus_days(after)
        }
    }

    /// So many digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .filter_map(|_| char::from_digit(self.below(10), 10))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_topic_draws_the_same() {
        let draw = |topic: &str| -> Vec<u32> {
            let mut random = Random::of(topic);
            (0..8).map(|_| random.below(1_000)).collect()
        };
        assert_eq!(draw("people-430102"), draw("people-430102"));
        assert_ne!(draw("people-430102"), draw("people-430103"));
    }

    #[test]
    fn draws_stay_within_bounds() {
        let mut random = Random::of("bounds");
        assert!((0..1_000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
        let day = Day::from_ymd(2026, 1, 1).unwrap();
        assert_eq!(random.day(day, day.next().unwrap()), Some(day));
        assert_eq!(random.day(day, day), None);
        assert_eq!(random.pick::<u8>(&[]), None);
        assert_eq!(random.digits(11).len(), 11);
    }
}
