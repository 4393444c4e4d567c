//! Divisions (行政区划): statistical codes in which a parent is the prefix of its children.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// The five levels, ordered by authority: the province is the greatest.
    pub enum DivisionLevel {
        /// 村（居）委会, 12 digits.
        Village = "village",
        /// 乡镇、街道, 9 digits.
        Township = "township",
        /// 县市区 and management zones that act as one, 6 digits.
        County = "county",
        /// 地级市、自治州, 4 digits.
        City = "city",
        /// 省, 2 digits.
        Province = "province",
    }
}

impl DivisionLevel {
    /// Whether officers of this level may confirm what lower levels propose.
    #[must_use]
    pub fn is_at_least_county(self) -> bool {
        self >= Self::County
    }
}

/// The code of a division: 2, 4, 6, 9 or 12 digits, without the zeros that fill codes up
/// elsewhere (Changsha is `4301`, not `430100000000`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DivisionCode(String);

/// The text is no division code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a division code has 2, 4, 6, 9 or 12 digits, none of its parts being all zeros")]
pub struct DivisionError;

impl DivisionError {
    /// The stable code of this error in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "division_code"
    }
}

const LENGTHS: [(usize, DivisionLevel); 5] = [
    (2, DivisionLevel::Province),
    (4, DivisionLevel::City),
    (6, DivisionLevel::County),
    (9, DivisionLevel::Township),
    (12, DivisionLevel::Village),
];

impl DivisionCode {
    /// Parses a code. Whether the division exists is the registry's to say.
    ///
    /// # Errors
    /// [`DivisionError`].
    pub fn parse(text: &str) -> Result<Self, DivisionError> {
        let mut rest = text;
        for (length, _) in LENGTHS {
            let width = if length > 6 { 3 } else { 2 };
            let (part, behind) = rest.split_at_checked(width).ok_or(DivisionError)?;
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || part.bytes().all(|byte| byte == b'0') {
                return Err(DivisionError);
            }
            if behind.is_empty() {
                return Ok(Self(text.to_owned()));
            }
            rest = behind;
        }
        Err(DivisionError)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level the code's length tells.
    #[must_use]
    pub fn level(&self) -> DivisionLevel {
        LENGTHS
            .into_iter()
            .find(|(length, _)| *length >= self.0.len())
            .map_or(DivisionLevel::Village, |(_, level)| level)
    }

    /// Whether the other division is this one or lies in it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The division one level up; `None` for a province.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let shorter = LENGTHS
            .into_iter()
            .rev()
            .find(|(length, _)| *length < self.0.len())?;
        self.cut(shorter.0)
    }

    /// The county this division is or lies in; `None` for cities and provinces.
    #[must_use]
    pub fn county(&self) -> Option<Self> {
        self.cut(6)
    }

    /// The province this division is or lies in.
    #[must_use]
    pub fn province(&self) -> Self {
        self.cut(2).unwrap_or_else(|| self.clone())
    }

    fn cut(&self, length: usize) -> Option<Self> {
        self.0.get(..length).map(|prefix| Self(prefix.to_owned()))
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DivisionCode({})", self.0)
    }
}

impl FromStr for DivisionCode {
    type Err = DivisionError;

    fn from_str(text: &str) -> Result<Self, DivisionError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DivisionCode {
    type Error = DivisionError;

    fn try_from(text: String) -> Result<Self, DivisionError> {
        Self::parse(&text)
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> DivisionCode {
        DivisionCode::parse(text).unwrap()
    }

    #[test]
    fn every_division_of_the_province_parses_and_knows_its_parent() {
        let rows = include_str!("../../../data/divisions_hunan.csv");
        for row in rows.lines().skip(1) {
            let cells: Vec<&str> = row.split(',').collect();
            let division = code(cells[0]);
            assert_eq!(division.level().as_str(), cells[2], "{row}");
            let parent = division.parent().map(String::from).unwrap_or_default();
            assert_eq!(parent, cells[3], "{row}");
        }
    }

    #[test]
    fn levels_are_ordered_by_authority() {
        assert!(DivisionLevel::Province > DivisionLevel::County);
        assert!(DivisionLevel::County.is_at_least_county());
        assert!(!DivisionLevel::Township.is_at_least_county());
    }

    #[test]
    fn prefixes_contain() {
        let village = code("430102001001");
        assert!(code("4301").contains(&village) && village.contains(&village));
        assert!(!code("4302").contains(&village) && !village.contains(&code("4301")));
        assert_eq!(village.county(), Some(code("430102")));
        assert_eq!(code("4301").county(), None);
        assert_eq!(village.province(), code("43"));
        assert_eq!(code("43").parent(), None);
    }

    #[test]
    fn refuses_other_forms() {
        for wrong in [
            "",
            "4",
            "430",
            "43010",
            "4301020",
            "430100",
            "43010200100",
            "4x",
            "４３",
            "4301020010010",
        ] {
            assert_eq!(
                DivisionCode::parse(wrong).unwrap_err().code(),
                "division_code",
                "{wrong}"
            );
        }
        assert!(serde_json::from_str::<DivisionCode>("\"430100\"").is_err());
    }
}
