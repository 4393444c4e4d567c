//! Calendar days in Asia/Shanghai and half-open periods of them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A calendar day in Asia/Shanghai; `YYYY-MM-DD` in text and JSON (ISO 8601).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

/// The text is not a real day written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a real day written YYYY-MM-DD")]
pub struct DayError;

impl DayError {
    /// The stable code of this error in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "day"
    }
}

impl Day {
    /// Wraps a calendar date.
    #[must_use]
    pub const fn new(date: NaiveDate) -> Self {
        Self(date)
    }

    /// Parses exactly `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`DayError`] for any other form (`2026-3-1`, a time behind it) or a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return Err(DayError);
        }
        NaiveDate::from_str(text).ok().map(Self).ok_or(DayError)
    }

    /// The day of that year, month and day of month, if it exists.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// The calendar date itself.
    #[must_use]
    pub const fn naive(self) -> NaiveDate {
        self.0
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month from 1 and the day of the month from 1.
    #[must_use]
    pub fn month_day(self) -> (u32, u32) {
        (self.0.month(), self.0.day())
    }

    /// The day after, or `None` at the end of the calendar.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.succ_opt().map(Self)
    }

    /// The day before, or `None` at the start of the calendar.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.pred_opt().map(Self)
    }

    /// So many days later, or `None` past the end of the calendar.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Option<Self> {
        self.0
            .checked_add_days(Days::new(u64::from(days)))
            .map(Self)
    }

    /// So many calendar months later, on the same day of the month or, where that month has no such
    /// day, on its last; `None` past the end of the calendar.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Option<Self> {
        self.0.checked_add_months(Months::new(months)).map(Self)
    }

    /// Days from this day to the other: 0 for the same day, negative if the other is earlier.
    #[must_use]
    pub fn days_until(self, other: Self) -> i64 {
        other.0.signed_duration_since(self.0).num_days()
    }

    /// 1 January of a year.
    #[must_use]
    pub fn first_of_year(year: i32) -> Option<Self> {
        Self::from_ymd(year, 1, 1)
    }

    /// The day on which someone born on this day reaches `age` full years. Someone born on
    /// 29 February reaches it on 1 March in a common year: full years are complete only when the
    /// day of birth has passed.
    #[must_use]
    pub fn birthday(self, age: u32) -> Option<Self> {
        let year = self.year().checked_add_unsigned(age)?;
        Self::from_ymd(year, self.0.month(), self.0.day()).or_else(|| Self::from_ymd(year, 3, 1))
    }

    /// Full years of age, on `day`, of someone born on this day (0 before birth). See
    /// [`Day::birthday`] for 29 February.
    #[must_use]
    pub fn age_on(self, day: Self) -> u32 {
        let years = u32::try_from(day.year().saturating_sub(self.year())).unwrap_or(0);
        match self.birthday(years) {
            Some(birthday) if birthday <= day => years,
            Some(_) | None => years.saturating_sub(1),
        }
    }

    /// The Shanghai day of an instant. China keeps +08:00 all year, in one zone: this is the only
    /// conversion from an instant to a day.
    #[must_use]
    pub fn of_instant(instant: DateTime<Utc>) -> Self {
        let utc = instant.naive_utc();
        // Saturates in the last eight hours of chrono's calendar, some 260,000 years from now.
        Self(
            utc.checked_add_signed(TimeDelta::hours(8))
                .unwrap_or(utc)
                .date(),
        )
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Day {
    type Error = DayError;

    fn try_from(text: String) -> Result<Self, DayError> {
        Self::parse(&text)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// A non-empty, half-open run of days `[from, until)`; without `until` it has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "PeriodParts")]
pub struct Period {
    from: Day,
    until: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodParts {
    from: Day,
    until: Option<Day>,
}

/// A period that would hold no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period must end after it begins")]
pub struct EmptyPeriod;

impl TryFrom<PeriodParts> for Period {
    type Error = EmptyPeriod;

    fn try_from(parts: PeriodParts) -> Result<Self, EmptyPeriod> {
        Self::new(parts.from, parts.until).ok_or(EmptyPeriod)
    }
}

impl Period {
    /// `[from, until)`, or `None` if it would hold no day.
    #[must_use]
    pub fn new(from: Day, until: Option<Day>) -> Option<Self> {
        until
            .is_none_or(|until| from < until)
            .then_some(Self { from, until })
    }

    /// The first day in the period.
    #[must_use]
    pub const fn from(&self) -> Day {
        self.from
    }

    /// The first day after the period, if it ends.
    #[must_use]
    pub const fn until(&self) -> Option<Day> {
        self.until
    }

    /// Whether the day lies in the period.
    #[must_use]
    pub fn contains(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// The days in both, if there are any.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let until = match (self.until, other.until) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self::new(self.from.max(other.from), until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn parses_one_form_only() {
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        for wrong in [
            "2023-02-29",
            "2024-2-9",
            "2024-02-29T00:00",
            "+2024-2-29",
            "",
            "2024/02/29",
        ] {
            assert_eq!(Day::parse(wrong), Err(DayError), "{wrong}");
        }
        let json = serde_json::to_string(&day("2024-02-29")).unwrap();
        assert_eq!(json, "\"2024-02-29\"");
        assert_eq!(
            serde_json::from_str::<Day>(&json).unwrap(),
            day("2024-02-29")
        );
        assert!(serde_json::from_str::<Day>("\"2023-02-29\"").is_err());
    }

    #[test]
    fn ages_turn_on_the_birthday() {
        let born = day("1977-03-02");
        assert_eq!(born.age_on(day("2026-03-01")), 48);
        assert_eq!(born.age_on(day("2026-03-02")), 49);
        assert_eq!(born.age_on(day("2026-03-03")), 49);
        assert_eq!(born.age_on(day("1970-01-01")), 0);
    }

    #[test]
    fn leap_day_birthdays_are_reached_on_1_march() {
        let born = day("1976-02-29");
        assert_eq!(born.age_on(day("2025-02-28")), 48);
        assert_eq!(born.age_on(day("2025-03-01")), 49);
        assert_eq!(born.age_on(day("2024-02-28")), 47);
        assert_eq!(born.age_on(day("2024-02-29")), 48);
        assert_eq!(born.birthday(49), Some(day("2025-03-01")));
    }

    #[test]
    fn months_later_stay_within_their_month() {
        let end = day("2024-01-31");
        assert_eq!(end.plus_months(1), Some(day("2024-02-29")));
        assert_eq!(end.plus_months(13), Some(day("2025-02-28")));
        assert_eq!(end.plus_months(2), Some(day("2024-03-31")));
        assert_eq!(end.plus_months(u32::MAX), None);
    }

    #[test]
    fn instants_become_shanghai_days() {
        let before = Utc.with_ymd_and_hms(2025, 12, 31, 15, 59, 59).unwrap();
        let after = Utc.with_ymd_and_hms(2025, 12, 31, 16, 0, 0).unwrap();
        assert_eq!(Day::of_instant(before), day("2025-12-31"));
        assert_eq!(Day::of_instant(after), day("2026-01-01"));
    }

    #[test]
    fn periods_are_half_open_and_never_empty() {
        let (a, b, c) = (day("2026-01-01"), day("2026-02-01"), day("2026-03-01"));
        assert!(Period::new(a, Some(a)).is_none());
        assert!(Period::new(b, Some(a)).is_none());
        let january = Period::new(a, Some(b)).unwrap();
        assert!(january.contains(a) && january.contains(day("2026-01-31")) && !january.contains(b));
        let open = Period::new(b, None).unwrap();
        assert!(open.contains(c) && !open.contains(day("2026-01-31")));
        assert_eq!(january.intersect(&open), None);
        let first = Period::new(a, Some(c)).unwrap();
        assert_eq!(first.intersect(&open), Period::new(b, Some(c)));
        assert!(
            serde_json::from_str::<Period>(r#"{"from":"2026-01-01","until":"2026-01-01"}"#)
                .is_err()
        );
    }
}
