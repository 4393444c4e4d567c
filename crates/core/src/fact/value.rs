//! Values of facts at the doors: from JSON and TOML to the sheet's numbers, and back.

use serde_json::{Value, json};

use crate::day::Day;
use crate::diagnosis::DiagnosisCode;
use crate::division::DivisionCode;
use crate::money::Fen;

use super::{Fact, FactType};

/// A value of a fact, checked against the fact's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactValue {
    fact: Fact,
    number: i64,
}

/// A value that a fact cannot have. Never repeats the value: it came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {}", .0.expected())]
pub struct FactValueError(pub Fact);

impl FactValueError {
    /// The stable code of this error in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "fact_value"
    }
}

impl Fact {
    /// What a value of the fact looks like, for messages.
    #[must_use]
    pub fn expected(self) -> String {
        match self.info().kind {
            FactType::Truth => "true or false".to_owned(),
            FactType::Day => "a day written YYYY-MM-DD".to_owned(),
            FactType::Word(words) => {
                let words: Vec<&str> = words.iter().map(|(word, _, _)| *word).collect();
                format!("one of {}", words.join(", "))
            }
            FactType::Money => "a whole number of fen, not below 0".to_owned(),
            FactType::Count(unit) => format!("a whole number of {unit}, not below 0"),
            FactType::Between(_, first, last) => format!("a whole number from {first} to {last}"),
            FactType::Share => "a whole number of parts per million, not below 0".to_owned(),
            FactType::Division => "the code of a division".to_owned(),
            FactType::Diagnosis => "an ICD-10 code such as I63.900".to_owned(),
        }
    }

    /// The place of a word in the fact's list.
    #[must_use]
    pub fn word_number(self, word: &str) -> Option<i64> {
        let FactType::Word(words) = self.info().kind else {
            return None;
        };
        let place = words.iter().position(|(known, _, _)| *known == word)?;
        i64::try_from(place).ok()
    }
}

/// The most a counted or paid fact may come to: 10 billion yuan in fen.
const MOST: i64 = 1_000_000_000_000;

impl FactValue {
    /// Checks a JSON value against the fact's type.
    ///
    /// # Errors
    /// [`FactValueError`].
    pub fn parse(fact: Fact, value: &Value) -> Result<Self, FactValueError> {
        let number = match (fact.info().kind, value) {
            (FactType::Truth, Value::Bool(it)) => Some(i64::from(*it)),
            (FactType::Day, Value::String(text)) => Day::parse(text).ok().map(Day::number),
            (FactType::Word(_), Value::String(text)) => fact.word_number(text),
            (FactType::Money | FactType::Count(_) | FactType::Share, Value::Number(number)) => {
                number.as_i64().filter(|number| (0..=MOST).contains(number))
            }
            (FactType::Between(_, first, last), Value::Number(number)) => number
                .as_i64()
                .filter(|number| (first..=last).contains(number)),
            (FactType::Division, Value::String(text)) => {
                let code = DivisionCode::parse(text).ok();
                code.map(|code| division_span(&code).0)
            }
            (FactType::Diagnosis, Value::String(text)) => DiagnosisCode::parse(text)
                .ok()
                .map(|code| diagnosis_value(&code)),
            (_, _) => None,
        };
        let number = number.ok_or(FactValueError(fact))?;
        Ok(Self { fact, number })
    }

    /// The fact.
    #[must_use]
    pub const fn fact(&self) -> Fact {
        self.fact
    }

    /// The number the sheet holds for it.
    #[must_use]
    pub const fn number(&self) -> i64 {
        self.number
    }

    /// A number of the sheet as people and programs read it; a diagnosis is never shown.
    #[must_use]
    pub fn show(fact: Fact, number: i64) -> Value {
        match fact.info().kind {
            FactType::Truth => json!(number != 0),
            FactType::Day => Day::of_number(number).map_or(Value::Null, |day| json!(day)),
            FactType::Word(words) => usize::try_from(number)
                .ok()
                .and_then(|place| words.get(place))
                .map_or(Value::Null, |(word, _, _)| json!(word)),
            FactType::Money => json!(Fen::new(number)),
            FactType::Count(_) | FactType::Between(..) | FactType::Share => json!(number),
            FactType::Division => json!(number.to_string()),
            FactType::Diagnosis => json!("***"),
        }
    }
}

impl Day {
    /// The day as one number that sorts as days do: `20260131`. The difference of two such
    /// numbers, divided by 10,000, is the full years between them.
    #[must_use]
    pub fn number(self) -> i64 {
        let (month, day) = self.month_day();
        i64::from(self.year())
            .saturating_mul(10_000)
            .saturating_add(i64::from(month).saturating_mul(100))
            .saturating_add(i64::from(day))
    }

    /// The day of such a number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        let year = i32::try_from(number.div_euclid(10_000)).ok()?;
        let rest = u32::try_from(number.rem_euclid(10_000)).ok()?;
        Self::from_ymd(year, rest.div_euclid(100), rest.rem_euclid(100))
    }
}

/// The numbers of a division and all below it: its 12 digits, filled up with zeros and with nines.
#[must_use]
pub fn division_span(code: &DivisionCode) -> (i64, i64) {
    let digits = code.as_str();
    let missing = 12_u32.saturating_sub(u32::try_from(digits.len()).unwrap_or(12));
    let width = 10_i64.saturating_pow(missing);
    let first = digits.bytes().fold(0_i64, |number, digit| {
        let digit = i64::from(digit.saturating_sub(b'0'));
        number.saturating_mul(10).saturating_add(digit)
    });
    let first = first.saturating_mul(width);
    (first, first.saturating_add(width).saturating_sub(1))
}

/// The characters of a code after its letter that take part in comparisons.
const DIAGNOSIS_DIGITS: usize = 12;

/// A diagnosis code as a number that sorts as codes do. Of a pair, the dagger code counts.
#[must_use]
pub fn diagnosis_value(code: &DiagnosisCode) -> i64 {
    let single = code.as_str().split('+').next().unwrap_or_default();
    diagnosis_digits(single, 0)
}

/// The numbers of all codes from those that begin with the first text to those that begin with
/// the last: `("C00", "C97")`, `("N18.5", "N18.5")`.
#[must_use]
pub fn diagnosis_span(first: &str, last: &str) -> (i64, i64) {
    (diagnosis_digits(first, 0), diagnosis_digits(last, 15))
}

/// The letter, then up to 12 characters of 4 bits: 1 to 10 for the digits, 11 for `x`, and the
/// filling behind the last.
fn diagnosis_digits(text: &str, filling: i64) -> i64 {
    let mut bytes = text.bytes();
    let letter = bytes
        .next()
        .map_or(0, |letter| i64::from(letter.saturating_sub(b'A')));
    let rest = bytes.filter_map(|byte| match byte {
        b'0'..=b'9' => Some(i64::from(byte.saturating_sub(b'0')).saturating_add(1)),
        b'x' | b'X' => Some(11),
        _ => None,
    });
    rest.chain(std::iter::repeat(filling))
        .take(DIAGNOSIS_DIGITS)
        .fold(letter, |number, digit| {
            number.saturating_mul(16).saturating_add(digit)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnosis(text: &str) -> i64 {
        diagnosis_value(&DiagnosisCode::parse(text).unwrap())
    }

    #[test]
    fn values_survive_the_round_trip() {
        for (fact, value) in [
            (Fact::Alive, json!(true)),
            (Fact::BornOn, json!("1976-02-29")),
            (Fact::MaritalStatus, json!("widowed")),
            (Fact::CostTotal, json!(123)),
            (Fact::ComplicationGrade, json!(3)),
            (Fact::LoanRate, json!(43_500)),
        ] {
            let parsed = FactValue::parse(fact, &value).unwrap();
            assert_eq!(FactValue::show(fact, parsed.number()), value);
        }
        for (fact, value) in [
            (Fact::Alive, json!(1)),
            (Fact::BornOn, json!("1976-02-30")),
            (Fact::MaritalStatus, json!("single")),
            (Fact::CostTotal, json!(-1)),
            (Fact::CostTotal, json!(1.5)),
            (Fact::ComplicationGrade, json!(5)),
            (Fact::ComplicationGrade, json!(0)),
            (Fact::Residence, json!("4")),
            (Fact::Diagnosis, json!("63")),
        ] {
            assert_eq!(
                FactValue::parse(fact, &value),
                Err(FactValueError(fact)),
                "{fact}"
            );
        }
    }

    #[test]
    fn divisions_hold_what_is_below_them() {
        let code = |text| DivisionCode::parse(text).unwrap();
        let (first, last) = division_span(&code("4301"));
        let village = division_span(&code("430102001001")).0;
        assert!((first..=last).contains(&village));
        let (first, last) = division_span(&code("430103"));
        assert!(!(first..=last).contains(&village));
    }

    #[test]
    fn diagnoses_sort_as_codes_do() {
        let covers = |first: &str, last: &str, code: &str| {
            let (low, high) = diagnosis_span(first, last);
            (low..=high).contains(&diagnosis(code))
        };
        assert!(covers("C00", "C97", "C00.000") && covers("C00", "C97", "C97.x00x123"));
        assert!(!covers("C00", "C97", "D00.000") && !covers("C00", "C97", "B99.x00"));
        assert!(covers("N18", "N18", "N18.500x001") && covers("N18", "N18", "N18"));
        assert!(covers("N18.5", "N18.5", "N18.500x001") && !covers("N18.5", "N18.5", "N18"));
        assert!(covers("A17", "A17", "A17.000+G01*") && !covers("G01", "G01", "A17.000+G01*"));
        assert!(!covers("N18.5", "N18.5", "N18.400") && !covers("N18.5", "N18.5", "N18.600"));
    }
}
