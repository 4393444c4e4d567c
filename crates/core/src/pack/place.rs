//! Where a pack holds, and the id of what it is about.

use std::fmt;

use crate::division::DivisionCode;

/// Where a pack holds: everywhere, or in a division and all below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The whole country.
    National,
    /// A division.
    Division(DivisionCode),
}

impl Place {
    /// Parses `national` or a division's code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "national" => Some(Self::National),
            code => DivisionCode::parse(code).ok().map(Self::Division),
        }
    }

    /// `national` or the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::National => "national",
            Self::Division(code) => code.as_str(),
        }
    }

    /// Whether the division lies in the place.
    #[must_use]
    pub fn contains(&self, division: &DivisionCode) -> bool {
        match self {
            Self::National => true,
            Self::Division(code) => code.contains(division),
        }
    }

    /// How near the place is: the longer its code, the nearer. The country is the farthest.
    #[must_use]
    pub fn nearness(&self) -> usize {
        match self {
            Self::National => 0,
            Self::Division(code) => code.as_str().len(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of a programme: lower-case words joined by hyphens, such as `hospital-care-allowance`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProgrammeId(String);

impl ProgrammeId {
    /// Parses an id of 3 to 60 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let sound = (3..=60).contains(&text.len()) && text.split('-').all(word);
        sound.then(|| Self(text.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProgrammeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
