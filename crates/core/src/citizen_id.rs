//! Citizen identity numbers (公民身份号码), GB 11643-1999.

use std::fmt;

use crate::day::Day;
use crate::word::words;

words! {
    /// The sex an identity number tells: its 17th digit is odd for men.
    pub enum Sex {
        /// 男
        Male = "male",
        /// 女
        Female = "female",
    }
}

/// A valid 18-digit citizen identity number.
///
/// Personal data: it has no `Display` and no serde, and `Debug` prints [`CitizenId::masked`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenId {
    text: String,
    born_on: Day,
    sex: Sex,
}

/// Why a text is no citizen identity number. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CitizenIdError {
    /// It has neither 18 characters nor the 15 of the old form.
    #[error("a citizen ID has 18 characters")]
    Length,
    /// It is a 15-digit number of GB 11643-1989, out of use since 2013.
    #[error("the 15-digit form is no longer valid: give the 18-digit one")]
    OldForm,
    /// It has characters other than 17 digits and a last digit or `X`.
    #[error("a citizen ID has 17 digits and a digit or X")]
    Characters,
    /// Its first two digits are no province of GB/T 2260.
    #[error("the first two digits are no province")]
    Area,
    /// Its digits 7 to 14 are no day, or one outside 1800 to 2199.
    #[error("digits 7 to 14 are no date of birth")]
    BirthDate,
    /// Its last character does not fit the others (ISO 7064 MOD 11-2).
    #[error("the check digit does not fit")]
    CheckDigit,
}

impl CitizenIdError {
    /// The stable code of this error in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "citizen_id_length",
            Self::OldForm => "citizen_id_old_form",
            Self::Characters => "citizen_id_characters",
            Self::Area => "citizen_id_area",
            Self::BirthDate => "citizen_id_birth_date",
            Self::CheckDigit => "citizen_id_check_digit",
        }
    }
}

/// The check character of the first 17 digits (ISO 7064 MOD 11-2), or `None` if they are not 17
/// ASCII digits.
#[must_use]
pub fn check_digit(first_17: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    if first_17.len() != WEIGHTS.len() {
        return None;
    }
    let sum = first_17
        .chars()
        .zip(WEIGHTS)
        .try_fold(0_u32, |sum, (digit, weight)| {
            sum.checked_add(digit.to_digit(10)?.checked_mul(weight)?)
        })?;
    CHECKS
        .get(usize::try_from(sum.checked_rem(11)?).ok()?)
        .copied()
}

impl CitizenId {
    /// Parses an 18-digit number; a lower-case `x` is accepted and kept as `X`.
    ///
    /// The area code is the place of first issue, so beyond the province it is not looked up:
    /// abolished codes stay valid for life.
    ///
    /// # Errors
    /// [`CitizenIdError`], the first that applies in the order of its variants.
    pub fn parse(text: &str) -> Result<Self, CitizenIdError> {
        match text.chars().count() {
            18 => {}
            15 if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                return Err(CitizenIdError::OldForm);
            }
            _ => return Err(CitizenIdError::Length),
        }
        let text = text.to_ascii_uppercase();
        let (Some(body), Some(last)) = (text.get(..17), text.get(17..)) else {
            return Err(CitizenIdError::Characters);
        };
        let last_fits = last == "X" || last.bytes().all(|byte| byte.is_ascii_digit());
        if !last_fits || !body.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CitizenIdError::Characters);
        }
        if !body.get(..2).is_some_and(is_province) {
            return Err(CitizenIdError::Area);
        }
        let born_on = body
            .get(6..14)
            .and_then(birth_day)
            .ok_or(CitizenIdError::BirthDate)?;
        if check_digit(body) != last.chars().next() {
            return Err(CitizenIdError::CheckDigit);
        }
        let odd = body
            .chars()
            .last()
            .is_some_and(|digit| "13579".contains(digit));
        let sex = if odd { Sex::Male } else { Sex::Female };
        Ok(Self { text, born_on, sex })
    }

    /// The number in full, for encryption and the blind index.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The day of birth.
    #[must_use]
    pub const fn born_on(&self) -> Day {
        self.born_on
    }

    /// The sex.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.sex
    }

    /// The six-digit area code of first issue.
    #[must_use]
    pub fn area(&self) -> &str {
        self.text.get(..6).unwrap_or_default()
    }

    /// The number with its date of birth hidden: `430102********1234`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!(
            "{}********{}",
            self.area(),
            self.text.get(14..).unwrap_or_default()
        )
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({})", self.masked())
    }
}

/// The province codes of GB/T 2260, and the 9x of foreigners with permanent residence.
fn is_province(two: &str) -> bool {
    matches!(
        two.parse::<u8>(),
        Ok(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 90..=99)
    )
}

fn birth_day(eight: &str) -> Option<Day> {
    let year = eight.get(..4)?.parse().ok()?;
    let month = eight.get(4..6)?.parse().ok()?;
    let day = eight.get(6..)?.parse().ok()?;
    (1800..=2199)
        .contains(&year)
        .then(|| Day::from_ymd(year, month, day))
        .flatten()
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepts_the_published_examples() {
        let man = CitizenId::parse("34052419800101001x").unwrap();
        assert_eq!(man.as_str(), "34052419800101001X");
        assert_eq!(man.born_on().to_string(), "1980-01-01");
        assert_eq!(man.sex(), Sex::Male);
        assert_eq!(man.area(), "340524");
        let other = CitizenId::parse("370101190102039973").unwrap();
        assert_eq!(other.sex(), Sex::Male);
        assert_eq!(check_digit("12345678901234567"), Some('7'));
        assert_eq!(check_digit("36012119701121001"), Some('3'));
    }

    #[test]
    fn names_each_fault() {
        let fault = |text: &str| CitizenId::parse(text).unwrap_err().code();
        assert_eq!(fault("4301021980010112"), "citizen_id_length");
        assert_eq!(fault(""), "citizen_id_length");
        assert_eq!(fault("430102800101123"), "citizen_id_old_form");
        assert_eq!(fault("43010219800101X234"), "citizen_id_characters");
        assert_eq!(fault("四30102198001011234"), "citizen_id_characters");
        assert_eq!(fault("４30102198001011234"), "citizen_id_characters");
        assert_eq!(fault("160102198001011234"), "citizen_id_area");
        assert_eq!(fault("123456789012345677"), "citizen_id_birth_date");
        assert_eq!(fault("430102202302291234"), "citizen_id_birth_date");
        assert_eq!(fault("430102179901011234"), "citizen_id_birth_date");
        assert_eq!(fault("340524198001010011"), "citizen_id_check_digit");
    }

    #[test]
    fn accepts_abolished_areas_and_foreign_residents() {
        for body in ["43292319600101002", "91100019800101001"] {
            let text = format!("{body}{}", check_digit(body).unwrap());
            assert!(CitizenId::parse(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn shows_itself_masked_only() {
        let id = CitizenId::parse("34052419800101001X").unwrap();
        assert_eq!(id.masked(), "340524********001X");
        assert_eq!(format!("{id:?}"), "CitizenId(340524********001X)");
    }

    proptest! {
        #[test]
        fn any_changed_digit_is_caught(
            year in 1900u32..2020, month in 1u32..=12, day in 1u32..=28, serial in 0u32..1000,
            place in 0usize..18, change in 1u32..10,
        ) {
            let body = format!("430102{year:04}{month:02}{day:02}{serial:03}");
            let text = format!("{body}{}", check_digit(&body).unwrap());
            prop_assert!(CitizenId::parse(&text).is_ok());
            let wrong: String = text
                .chars()
                .enumerate()
                .map(|(at, c)| match c.to_digit(10) {
                    Some(digit) if at == place => char::from_digit((digit + change) % 10, 10).unwrap(),
                    None if at == place => char::from_digit(change, 10).unwrap(),
                    _ => c,
                })
                .collect();
            prop_assert!(CitizenId::parse(&wrong).is_err());
        }

        #[test]
        fn never_panics(text in ".{0,20}") {
            let _ = CitizenId::parse(&text);
        }
    }
}
