//! Day counts counted out, one day or one month after the other, by someone who mistrusts formulas.

use crate::day::Day;

/// The last day of the month of a day.
fn month_end(day: Day) -> u32 {
    let (month, _) = day.month_day();
    let mut last = 31;
    while Day::from_ymd(day.year(), month, last).is_none() {
        last -= 1;
    }
    last
}

/// The part of a year between two days under a day count, and of how many parts a year is.
pub(crate) fn slow_part(count: &str, from: Day, until: Day, ends_on: Day) -> (i128, i128) {
    if until <= from {
        return (0, 1);
    }
    let days = i128::from(from.days_until(until));
    match count {
        "actual/365" => (days, 365),
        "actual/360" => (days, 360),
        "actual/actual-isda" => {
            let mut parts = 0;
            for year in from.year()..=until.year() {
                let first = Day::from_ymd(year, 1, 1).unwrap();
                let next = Day::from_ymd(year + 1, 1, 1).unwrap();
                let days = i128::from(from.max(first).days_until(until.min(next)));
                // 365 x 366 parts a year: a day is as many of them as the other year has days.
                let leap = first.days_until(next) == 366;
                parts += days * if leap { 365 } else { 366 };
            }
            (parts, 365 * 366)
        }
        "months-and-days" => {
            let mut months = 0;
            while from.plus_months(months + 1).unwrap() <= until {
                months += 1;
            }
            let odd = from.plus_months(months).unwrap().days_until(until);
            (i128::from(months) * 30 + i128::from(odd), 360)
        }
        _ => (thirty(count, from, until, ends_on), 360),
    }
}

fn thirty(count: &str, from: Day, until: Day, ends_on: Day) -> i128 {
    let (month_1, first) = from.month_day();
    let (month_2, second) = until.month_day();
    let february = |day: Day, month: u32, date: u32| month == 2 && date == month_end(day);
    let (february_1, february_2) = (
        february(from, month_1, first),
        february(until, month_2, second),
    );
    let (mut first, mut second) = (i128::from(first), i128::from(second));
    match count {
        "30/360" => {
            if first == 31 {
                first = 30;
            }
            if second == 31 && first == 30 {
                second = 30;
            }
        }
        "30e/360" => {
            if first == 31 {
                first = 30;
            }
            if second == 31 {
                second = 30;
            }
        }
        "30e/360-isda" => {
            if first == 31 || february_1 {
                first = 30;
            }
            if second == 31 || (february_2 && until != ends_on) {
                second = 30;
            }
        }
        "30/360-us" => {
            if february_1 && february_2 {
                second = 30;
            }
            if february_1 {
                first = 30;
            }
            if second == 31 && first >= 30 {
                second = 30;
            }
            if first == 31 {
                first = 30;
            }
        }
        other => panic!("{other} is no day count"),
    }
    // Month by month, thirty days each.
    let mut months = 0;
    let (mut year, mut month) = (from.year(), month_1);
    while (year, month) != (until.year(), month_2) {
        months += 1;
        (year, month) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
    }
    months * 30 + second - first
}
