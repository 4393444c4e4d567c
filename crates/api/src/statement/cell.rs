//! One cell of a file: what it holds, and what it says as text, a day or an amount.

use sizhu_core::{Day, Fen};
use unicode_normalization::UnicodeNormalization as _;

/// Decimal digits that a number of a worksheet holds for certain (IEEE 754 binary64, as the makers of
/// spreadsheets round it for the eye).
const CERTAIN_DIGITS: usize = 15;

/// The largest amount taken, in fen: ten billion yuan.
const MOST_FEN: i64 = 1_000_000_000_000;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Text, trimmed, not empty.
    Text(String),
    /// A number of a worksheet.
    Number(f64),
    /// A day of a worksheet.
    Day(Day),
    /// What is none of these: an error, a truth, a time of day.
    Other,
}

impl Cell {
    pub(super) fn of_text(text: &str) -> Self {
        match text.trim() {
            "" => Self::Empty,
            text => Self::Text(text.to_owned()),
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// As text. A whole number is its digits, unless there are more of them than the sheet keeps.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => {
                let (digits, point) = decimal(*number)?;
                let whole = digits.len() <= point && point <= CERTAIN_DIGITS;
                whole.then(|| format!("{digits:0<point$}"))
            }
            Self::Empty | Self::Day(_) | Self::Other => None,
        }
    }

    /// As a day: a day of a sheet, `2026-03-20`, `2026/3/20`, `2026年3月20日` or `20260320`.
    pub(crate) fn day(&self) -> Option<Day> {
        match self {
            Self::Day(day) => Some(*day),
            Self::Text(_) | Self::Number(_) => day_of(&self.text()?),
            Self::Empty | Self::Other => None,
        }
    }

    /// As an amount in yuan, in fen: not below zero, at most two decimals. Nothing is an amount of
    /// nothing.
    pub(crate) fn fen(&self) -> Option<Fen> {
        match self {
            Self::Empty => Some(Fen::ZERO),
            Self::Text(text) => {
                let text: String = text.nfkc().collect();
                yuan(text.trim_start_matches('¥').trim_end_matches('元').trim())
            }
            Self::Number(number) => {
                let (digits, point) = decimal(*number)?;
                let digits = format!("{digits:0<point$}");
                let (whole, part) = digits.split_at_checked(point)?;
                yuan(&format!(
                    "{}.{part:0<2}",
                    if whole.is_empty() { "0" } else { whole }
                ))
            }
            Self::Day(_) | Self::Other => None,
        }
    }
}

/// A number that is not negative as its decimal digits, without zeros at the end, and where the point
/// stands among them. Numbers between 0 and 1 have zeros in front. Rounded to the digits a sheet shows,
/// so that the sum of 0.1 and 0.2 is 0.3.
fn decimal(number: f64) -> Option<(String, usize)> {
    if !number.is_finite() || number.is_sign_negative() && number != 0.0 {
        return None;
    }
    let places = CERTAIN_DIGITS.saturating_sub(1);
    let shown = format!("{:.places$e}", number.abs());
    let (digits, exponent) = shown.split_once('e')?;
    let digits = digits.replace('.', "");
    let digits = digits.trim_end_matches('0');
    let exponent: i32 = exponent.parse().ok()?;
    if digits.is_empty() {
        return Some(("0".to_owned(), 1));
    }
    match usize::try_from(exponent) {
        Ok(exponent) if exponent < 32 => Some((digits.to_owned(), exponent.saturating_add(1))),
        Ok(_) => None,
        Err(_) => {
            let zeros = usize::try_from(exponent.unsigned_abs()).ok()?;
            (zeros < 32).then(|| (format!("{}{digits}", "0".repeat(zeros)), 1))
        }
    }
}

/// `1234.5`, `1,234.50`: digits, perhaps in groups of three, and at most two decimals that say
/// something.
fn yuan(text: &str) -> Option<Fen> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let sound = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    if grouped && !sound || text.ends_with('.') || part.len() > 2 || !digits(part) {
        return None;
    }
    let whole = whole.replace(',', "");
    if whole.is_empty() || !digits(&whole) {
        return None;
    }
    let fen: i64 = format!("{whole}{part:0<2}").parse().ok()?;
    (fen <= MOST_FEN).then(|| Fen::new(fen))
}

fn day_of(text: &str) -> Option<Day> {
    let text: String = text.nfkc().collect();
    let parts: Vec<&str> = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        vec![text.get(0..4)?, text.get(4..6)?, text.get(6..8)?]
    } else {
        let text = text.trim_end_matches('日');
        text.split(['-', '/', '.', '年', '月']).collect()
    };
    let &[year, month, day] = parts.as_slice() else {
        return None;
    };
    let number = |text: &str, most: usize| {
        let sound = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        sound.then(|| text.parse::<u32>().ok()).flatten()
    };
    if year.len() != 4 {
        return None;
    }
    let year = i32::try_from(number(year, 4)?).ok()?;
    Day::from_ymd(year, number(month, 2)?, number(day, 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::of_text(text)
    }

    #[test]
    fn amounts_are_read_to_the_fen() {
        for (cell, fen) in [
            (text("1234.56"), Some(123_456)),
            (text("1,234.5"), Some(123_450)),
            (text("１，２３４．５６"), Some(123_456)),
            (text("¥0.07"), Some(7)),
            (text("￥100元"), Some(10_000)),
            (text("100.000"), Some(10_000)),
            (text("007"), Some(700)),
            (Cell::Empty, Some(0)),
            (Cell::Number(1234.56), Some(123_456)),
            (Cell::Number(0.1 + 0.2), Some(30)),
            (Cell::Number(0.07), Some(7)),
            (Cell::Number(100.0), Some(10_000)),
            (Cell::Number(0.0), Some(0)),
            (Cell::Number(-0.0), Some(0)),
            (Cell::Number(10_000_000_000.0), Some(MOST_FEN)),
            (Cell::Number(10_000_000_000.01), None),
            (Cell::Number(1e300), None),
            (Cell::Number(f64::NAN), None),
            (Cell::Number(-1.0), None),
            (Cell::Number(1.234), None),
            (text("1.234"), None),
            (text("-1"), None),
            (text("1e3"), None),
            (text("12,34"), None),
            (text(",100"), None),
            (text("100."), None),
            (text("一百"), None),
            (text("99999999999999999999"), None),
            (Cell::Other, None),
        ] {
            assert_eq!(cell.fen(), fen.map(Fen::new), "{cell:?}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let day = Day::from_ymd(2026, 3, 5);
        for written in [
            "2026-03-05",
            "2026/3/5",
            "2026年3月5日",
            "20260305",
            "2026.3.5",
            "２０２６－０３－０５",
        ] {
            assert_eq!(text(written).day(), day, "{written}");
        }
        assert_eq!(Cell::Number(20_260_305.0).day(), day);
        for wrong in [
            "2026-02-30",
            "26-3-5",
            "3/5/2026",
            "2026-3",
            "2026-3-5-1",
            "+2026-3-5",
            "",
        ] {
            assert_eq!(text(wrong).day(), None, "{wrong}");
        }
    }

    #[test]
    fn long_numbers_are_not_taken_for_text() {
        assert_eq!(Cell::Number(123_456.0).text().as_deref(), Some("123456"));
        assert_eq!(Cell::Number(120.0).text().as_deref(), Some("120"));
        // A sheet keeps 15 digits: the 16th of a contract's number is gone for ever.
        assert_eq!(Cell::Number(1_234_567_890_123_456.0).text(), None);
        assert_eq!(Cell::Number(1.5).text(), None);
    }
}
