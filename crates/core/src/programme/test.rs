//! Tests of facts with their operands resolved to numbers, and the answers they give.

use crate::fact::{Fact, FactSet, Sheet};

use super::moment::{Moment, ordinal};

/// An answer where a fact may not be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tri {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// A fact that is not known decides.
    Unknown,
}

impl From<bool> for Tri {
    #[inline]
    fn from(it: bool) -> Self {
        if it { Self::True } else { Self::False }
    }
}

/// A test of one fact. Unknown where the fact, or the one it is compared with, is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Test {
    /// The fact.
    pub(crate) fact: Fact,
    /// What it is tested for.
    pub(crate) check: Check,
}

/// What a fact's number is tested for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Check {
    /// It lies between two numbers, both included.
    Between {
        /// The lowest.
        low: i64,
        /// The highest.
        high: i64,
    },
    /// It is the place of a word whose bit is set.
    Words(u64),
    /// It lies in one of these spans, ascending and apart. The texts are as the pack has them.
    Spans {
        /// First and last number of each.
        spans: Box<[(i64, i64)]>,
        /// As written.
        shown: Box<[String]>,
    },
    /// The full years since the day, times 10,000, are at least the one and below the other.
    Age {
        /// Years to have passed, times 10,000.
        low: i64,
        /// Years not to have passed, times 10,000.
        high: i64,
    },
    /// The days since the day lie between the two, both included.
    Since {
        /// The fewest.
        low: i64,
        /// The most.
        high: i64,
    },
    /// It is at least the number of another fact.
    AtLeastFact(Fact),
    /// It is below the number of another fact.
    BelowFact(Fact),
}

impl Test {
    /// What the test comes to.
    #[inline]
    pub(crate) fn ask(&self, sheet: &Sheet, now: Moment) -> Tri {
        let Some(number) = sheet.get(self.fact) else {
            return Tri::Unknown;
        };
        Tri::from(match &self.check {
            Check::Between { low, high } => (*low..=*high).contains(&number),
            Check::Words(mask) => has_bit(*mask, number),
            Check::Spans { spans, .. } => lies_in(spans, number),
            Check::Age { low, high } => {
                // 20260301 - 19770302 is 489999: the years are what stands before the last four
                // digits, and none have passed before the day.
                let passed = now.number.saturating_sub(number).max(0);
                *low <= passed && passed < *high
            }
            Check::Since { low, high } => {
                let since = now.ordinal.wrapping_sub(ordinal(number));
                (*low..=*high).contains(&since)
            }
            Check::AtLeastFact(other) => match sheet.get(*other) {
                Some(other) => number >= other,
                None => return Tri::Unknown,
            },
            Check::BelowFact(other) => match sheet.get(*other) {
                Some(other) => number < other,
                None => return Tri::Unknown,
            },
        })
    }

    /// The facts the test asks for.
    #[inline]
    pub(crate) fn facts(&self) -> FactSet {
        let own = FactSet::EMPTY.with(self.fact);
        match self.check {
            Check::AtLeastFact(other) | Check::BelowFact(other) => own.with(other),
            Check::Between { .. }
            | Check::Words(_)
            | Check::Spans { .. }
            | Check::Age { .. }
            | Check::Since { .. } => own,
        }
    }
}

/// Whether the bit of a word's place is set.
#[inline]
fn has_bit(mask: u64, place: i64) -> bool {
    u32::try_from(place)
        .ok()
        .and_then(|place| mask.checked_shr(place))
        .is_some_and(|rest| rest & 1 == 1)
}

/// Whether a number lies in one of the spans.
#[inline]
fn lies_in(spans: &[(i64, i64)], number: i64) -> bool {
    let begun = spans.partition_point(|(first, _)| *first <= number);
    begun
        .checked_sub(1)
        .and_then(|last| spans.get(last))
        .is_some_and(|(_, last)| number <= *last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::Day;

    fn ask(check: Check, number: Option<i64>, on: &str) -> Tri {
        let test = Test {
            fact: Fact::BornOn,
            check,
        };
        let mut sheet = Sheet::EMPTY;
        sheet.set(Fact::BornOn, number);
        test.ask(&sheet, Moment::of(Day::parse(on).unwrap()))
    }

    #[test]
    fn ages_turn_on_the_birthday() {
        let reached = |on| {
            let check = Check::Age {
                low: 490_000,
                high: i64::MAX,
            };
            ask(check, Some(19_770_302), on)
        };
        assert_eq!(reached("2026-03-01"), Tri::False);
        assert_eq!(reached("2026-03-02"), Tri::True);
        assert_eq!(reached("2026-03-03"), Tri::True);
        let leap = |on| {
            let check = Check::Age {
                low: 490_000,
                high: i64::MAX,
            };
            ask(check, Some(19_760_229), on)
        };
        assert_eq!(leap("2025-02-28"), Tri::False);
        assert_eq!(leap("2025-03-01"), Tri::True);
        let unborn = Check::Age {
            low: 0,
            high: 10_000,
        };
        assert_eq!(ask(unborn, Some(20_270_101), "2026-12-31"), Tri::True);
    }

    #[test]
    fn days_since_count_the_calendar() {
        let within = |number, on| {
            let check = Check::Since { low: 0, high: 90 };
            ask(check, number, on)
        };
        assert_eq!(within(Some(20_240_228), "2024-05-28"), Tri::True);
        assert_eq!(within(Some(20_240_228), "2024-05-29"), Tri::False);
        assert_eq!(within(Some(20_240_228), "2024-02-28"), Tri::True);
        assert_eq!(within(Some(20_240_228), "2024-02-27"), Tri::False);
        assert_eq!(within(None, "2024-02-27"), Tri::Unknown);
    }

    #[test]
    fn spans_hold_both_ends() {
        let spans = [(10, 19), (30, 30)];
        for (number, inside) in [
            (9, false),
            (10, true),
            (19, true),
            (20, false),
            (30, true),
            (31, false),
        ] {
            assert_eq!(lies_in(&spans, number), inside, "{number}");
        }
        assert!(has_bit(0b101, 2) && !has_bit(0b101, 1) && !has_bit(1, 64) && !has_bit(1, -1));
    }
}
