//! The day decided on, as the two numbers that tests compare with.

use crate::day::Day;

/// A day as rules ask about it, worked out once for all people asked about on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// As sheets hold days: `20260131`.
    pub(crate) number: i64,
    /// Days since a fixed day long ago, for differences.
    pub(crate) ordinal: i64,
}

impl Moment {
    /// The moment of a day.
    #[inline]
    pub(crate) fn of(day: Day) -> Self {
        let number = day.number();
        Self {
            number,
            ordinal: ordinal(number),
        }
    }

    /// The ordinals of the first day of the subsidy year that the moment lies in and of the next
    /// one's, where such years begin on this month and day. A year that begins on 29 February
    /// begins on 1 March where there is none.
    #[inline]
    pub(crate) fn window(self, month_day: i64) -> (i64, i64) {
        let year = self.number.div_euclid(10_000);
        let begun = self.number.rem_euclid(10_000) >= month_day;
        let first = if begun { year } else { year.saturating_sub(1) };
        let start = |year: i64| ordinal(year.saturating_mul(10_000).saturating_add(month_day));
        (start(first), start(first.saturating_add(1)))
    }

    /// The same as days: the first day of the subsidy year, and of the next one.
    pub(crate) fn window_days(self, month_day: i64) -> Option<(Day, Day)> {
        let year = self.number.div_euclid(10_000);
        let begun = self.number.rem_euclid(10_000) >= month_day;
        let first = if begun { year } else { year.saturating_sub(1) };
        let start = |year: i64| {
            let start = year.saturating_mul(10_000).saturating_add(month_day);
            // 1 March, where there is no 29 February.
            Day::of_number(start).or_else(|| Day::of_number(start.saturating_add(72)))
        };
        Some((start(first)?, start(first.saturating_add(1))?))
    }
}

/// Days from 0000-03-01 to a day given as `20260131`: the years are counted from March, so that
/// the leap day is the last of its year. In 32 bits, which divide by constants fastest; a number
/// that is no day of this calendar has no meaning.
#[inline]
pub(crate) fn ordinal(number: i64) -> i64 {
    let number = u32::try_from(number).unwrap_or_default();
    let (year, rest) = (number.div_euclid(10_000), number.rem_euclid(10_000));
    let (month, day) = (rest.div_euclid(100), rest.rem_euclid(100));
    let before_march = month < 3;
    let year = year.wrapping_sub(u32::from(before_march));
    let since_march = if before_march {
        month.wrapping_add(9)
    } else {
        month.wrapping_sub(3)
    };
    let of_months = since_march
        .wrapping_mul(153)
        .wrapping_add(2)
        .div_euclid(5)
        .wrapping_add(day)
        .wrapping_sub(1);
    let days = year
        .wrapping_mul(365)
        .wrapping_add(year.div_euclid(4))
        .wrapping_sub(year.div_euclid(100))
        .wrapping_add(year.div_euclid(400))
        .wrapping_add(of_months);
    i64::from(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_count_the_days_of_the_calendar() {
        let mut day = Day::parse("1899-12-30").unwrap();
        let mut before = ordinal(day.number());
        for _ in 0..146_098 {
            day = day.next().unwrap();
            let now = ordinal(day.number());
            assert_eq!(now.checked_sub(before), Some(1), "{day}");
            before = now;
        }
    }

    #[test]
    fn windows_hold_their_day() {
        let of = |text: &str, month_day| Moment::of(Day::parse(text).unwrap()).window(month_day);
        let ordinal_of = |text: &str| ordinal(Day::parse(text).unwrap().number());
        let year = (ordinal_of("2025-07-01"), ordinal_of("2026-07-01"));
        assert_eq!(of("2025-07-01", 701), year);
        assert_eq!(of("2026-06-30", 701), year);
        assert_eq!(of("2026-07-01", 701).0, year.1);
        let leap = of("2025-03-01", 229);
        assert_eq!(leap.0, ordinal_of("2025-03-01"));
        assert_eq!(of("2024-02-29", 229).0, ordinal_of("2024-02-29"));
    }
}
