//! The interpreter's own reckoning of years, days and codes.

use crate::day::Day;
use crate::diagnosis::DiagnosisCode;
use crate::fact::{Fact, FactType};
use crate::pack::Literal;

/// Whether the value of a fact is one of the words, or lies in one of the divisions or diagnoses.
pub(super) fn is_in(fact: Fact, number: i64, set: &Literal) -> bool {
    if let Literal::Words(words) = set {
        let FactType::Word(known) = fact.info().kind else {
            panic!("{fact} takes no words");
        };
        let (word, _, _) = known[usize::try_from(number).unwrap()];
        return words.iter().any(|one| one == word);
    }
    if let Literal::Divisions(codes) = set {
        let digits = number.to_string();
        return codes.iter().any(|code| digits.starts_with(code.as_str()));
    }
    let Literal::Diagnoses(ranges) = set else {
        panic!("{set:?} is no set");
    };
    let code = diagnosis(number);
    ranges.iter().any(|range| range.covers(&code))
}

/// The code that a sheet's number stands for.
fn diagnosis(number: i64) -> DiagnosisCode {
    let hexadecimal = format!("{number:014x}");
    let (letter, digits) = hexadecimal.split_at(2);
    let letter = u8::from_str_radix(letter, 16).unwrap();
    let mut text = String::from(char::from(b'A' + letter));
    for digit in digits.chars().take_while(|digit| *digit != '0') {
        if text.len() == 3 {
            text.push('.');
        }
        let value = digit.to_digit(16).unwrap();
        text.push(char::from_digit(value - 1, 10).unwrap_or('x'));
    }
    DiagnosisCode::parse(&text).unwrap()
}

/// Full years since a day: a birthday counts when its month and day have come.
pub(super) fn full_years(born: i64, day: Day) -> i128 {
    let born = Day::of_number(born).unwrap();
    let had_birthday = day.month_day() >= born.month_day();
    let years = day.year() - born.year() - i32::from(!had_birthday);
    i128::from(years.max(0))
}

pub(super) fn days_since(from: i64, day: Day) -> i128 {
    i128::from(Day::of_number(from).unwrap().days_until(day))
}

/// The interpreter's own arithmetic, on cases worked out by hand.
#[test]
fn years_and_days_and_codes_are_counted_right() {
    let day = |text| Day::parse(text).unwrap();
    for (born, on, age) in [
        (19_760_229, "2025-02-28", 48),
        (19_760_229, "2025-03-01", 49),
        (19_760_229, "2024-02-28", 47),
        (19_760_229, "2024-02-29", 48),
        (19_730_701, "2022-06-30", 48),
        (19_730_701, "2022-07-01", 49),
        (20_300_101, "2026-01-01", 0),
    ] {
        assert_eq!(full_years(born, day(on)), age, "{born} on {on}");
    }
    assert_eq!(days_since(20_240_228, day("2024-03-01")), 2);
    assert_eq!(days_since(20_240_301, day("2024-02-28")), -2);
    for code in ["I63.900", "C34.900x001", "N18", "X59.9"] {
        let code = DiagnosisCode::parse(code).unwrap();
        assert_eq!(diagnosis(crate::fact::diagnosis_value(&code)), code);
    }
}
