//! Day counts: which part of a year lies between two days, exactly.
//!
//! A year is cut into 1,603,080 parts, the least number that 365, 366, 360 and 12 all divide. So
//! every count here is a whole number of them, and sums of many periods stay whole numbers.

use crate::day::Day;
use crate::word::words;

/// The parts of a year that a [`YearPart`] counts: the least common multiple of 360, 365 and 366.
pub const PARTS_A_YEAR: i64 = 1_603_080;

words! {
    /// How days become parts of a year. Periods are half-open: the first day bears interest, the
    /// last does not (算头不算尾). The numbers are sections of the 2006 ISDA Definitions.
    pub enum DayCount {
        /// Actual/365 (Fixed), 4.16(d): days by 365, in leap years too.
        Actual365 = "actual/365",
        /// Actual/360, 4.16(e): days by 360, as Chinese banks turn a yearly rate into a daily one.
        Actual360 = "actual/360",
        /// Actual/Actual, 4.16(b): days in leap years by 366, the others by 365.
        ActualActualIsda = "actual/actual-isda",
        /// 30/360, bond basis, 4.16(f): months of 30 days; a 31st is a 30th as the first day, and
        /// as the last if the first is a 30th or 31st.
        Thirty360 = "30/360",
        /// 30E/360, Eurobond basis, 4.16(g): every 31st is a 30th.
        Thirty360E = "30e/360",
        /// 30E/360 (ISDA), 4.16(h): the last day of each month is a 30th, but for the last of
        /// February on which the loan ends.
        Thirty360EIsda = "30e/360-isda",
        /// 30/360 as in the USA (SIA): as the bond basis, and a first day at the end of February is
        /// a 30th, with a last day there too.
        Thirty360Us = "30/360-us",
        /// 逐笔计息: whole months at a twelfth of the yearly rate, odd days at a 360th
        /// (PBoC notice 银发〔2005〕129号: 年利率÷12=月利率, 年利率÷360=日利率). A month is
        /// whole on the same day of the next month or, where it has none, on its last.
        MonthsAndDays = "months-and-days",
    }
}

/// A part of a year: so many 1,603,080ths of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct YearPart(i64);

impl YearPart {
    /// How many 1,603,080ths of a year.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// Whether a year has a 29 February.
fn is_leap(year: i32) -> bool {
    Day::from_ymd(year, 2, 29).is_some()
}

fn is_end_of_february(day: Day) -> bool {
    let (month, date) = day.month_day();
    month == 2 && (date == 29 || (date == 28 && !is_leap(day.year())))
}

impl DayCount {
    /// The part of a year from a day until another, nothing if that is not later. `ends_on` is the
    /// day on which the loan ends: 30E/360 (ISDA) alone asks for it.
    #[must_use]
    pub fn part(self, from: Day, until: Day, ends_on: Day) -> YearPart {
        if until <= from {
            return YearPart(0);
        }
        let days = from.days_until(until);
        YearPart(match self {
            Self::Actual365 => days.saturating_mul(4392),
            Self::Actual360 => days.saturating_mul(4453),
            Self::ActualActualIsda => actual_actual(from, until),
            Self::Thirty360 | Self::Thirty360E | Self::Thirty360EIsda | Self::Thirty360Us => {
                self.thirty(from, until, ends_on).saturating_mul(4453)
            }
            Self::MonthsAndDays => months_and_days(from, until),
        })
    }

    /// Days of months of 30 days.
    fn thirty(self, from: Day, until: Day, ends_on: Day) -> i64 {
        let ((month_1, mut day_1), (month_2, mut day_2)) = (from.month_day(), until.month_day());
        let (end_1, end_2) = (is_end_of_february(from), is_end_of_february(until));
        match self {
            Self::Thirty360E => (day_1, day_2) = (day_1.min(30), day_2.min(30)),
            Self::Thirty360EIsda => {
                day_1 = if end_1 { 30 } else { day_1.min(30) };
                day_2 = if end_2 && until != ends_on {
                    30
                } else {
                    day_2.min(30)
                };
            }
            Self::Thirty360Us => {
                if end_1 {
                    day_1 = 30;
                    day_2 = if end_2 { 30 } else { day_2 };
                }
                (day_1, day_2) = bond_basis(day_1, day_2);
            }
            Self::Thirty360
            | Self::Actual365
            | Self::Actual360
            | Self::ActualActualIsda
            | Self::MonthsAndDays => (day_1, day_2) = bond_basis(day_1, day_2),
        }
        let years = i64::from(until.year()).saturating_sub(i64::from(from.year()));
        let months = i64::from(month_2).saturating_sub(i64::from(month_1));
        let days = i64::from(day_2).saturating_sub(i64::from(day_1));
        years
            .saturating_mul(360)
            .saturating_add(months.saturating_mul(30))
            .saturating_add(days)
    }
}

fn bond_basis(day_1: u32, day_2: u32) -> (u32, u32) {
    let day_1 = day_1.min(30);
    (day_1, if day_1 == 30 { day_2.min(30) } else { day_2 })
}

fn actual_actual(from: Day, until: Day) -> i64 {
    let mut parts = 0_i64;
    let mut day = from;
    while day < until {
        let next = Day::first_of_year(day.year().saturating_add(1));
        let end = next.map_or(until, |next| next.min(until));
        let of_a_day = if is_leap(day.year()) { 4380 } else { 4392 };
        parts = parts.saturating_add(day.days_until(end).saturating_mul(of_a_day));
        day = end;
    }
    parts
}

fn months_and_days(from: Day, until: Day) -> i64 {
    let months = whole_months(from, until);
    let whole = from.plus_months(months).unwrap_or(until);
    let odd = whole.days_until(until);
    i64::from(months)
        .saturating_mul(133_590)
        .saturating_add(odd.saturating_mul(4453))
}

/// The whole months from a day to a later one.
fn whole_months(from: Day, until: Day) -> u32 {
    let ((month_1, _), (month_2, _)) = (from.month_day(), until.month_day());
    let years = i64::from(until.year()).saturating_sub(i64::from(from.year()));
    let months = years
        .saturating_mul(12)
        .saturating_add(i64::from(month_2))
        .saturating_sub(i64::from(month_1));
    let most = u32::try_from(months).unwrap_or(0);
    match from.plus_months(most) {
        Some(day) if day <= until => most,
        Some(_) | None => most.saturating_sub(1),
    }
}
