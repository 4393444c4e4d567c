//! Diagnosis codes: ICD-10 with the extensions of the Chinese insurance edition (医保版).

use std::fmt;
use std::str::FromStr;

/// A diagnosis code such as `I63.900` or `C34.900x001`, with a dagger `+` or asterisk `*` if the
/// code is one of a pair, or the pair itself (`A17.000+G01*`).
///
/// Personal data: it has no `Display` and no serde, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiagnosisCode(String);

/// The text is no diagnosis code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an ICD-10 code such as I63.900 or C34.900x001")]
pub struct DiagnosisError;

impl DiagnosisError {
    /// The stable code of this error in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "diagnosis_code"
    }
}

impl DiagnosisCode {
    /// Parses a code. Its letter is upper case; an `X` of the extension is kept as `x`.
    ///
    /// # Errors
    /// [`DiagnosisError`].
    pub fn parse(text: &str) -> Result<Self, DiagnosisError> {
        let sound = match text.split_once('+') {
            None => is_single(text.strip_suffix('*').unwrap_or(text)),
            Some((dagger, "")) => is_single(dagger),
            Some((dagger, asterisk)) => {
                is_single(dagger) && asterisk.strip_suffix('*').is_some_and(is_single)
            }
        };
        if !sound {
            return Err(DiagnosisError);
        }
        let mut code = String::with_capacity(text.len());
        for (place, part) in text.char_indices() {
            // Only an extension's X is an ornament: X00-X59 are causes of injury.
            let ornament = part == 'X' && place > 3 && !code.ends_with('+');
            code.push(if ornament { 'x' } else { part });
        }
        Ok(Self(code))
    }

    /// The code in full, for encryption.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The three-character category, such as `I63`.
    #[must_use]
    pub fn category(&self) -> &str {
        self.0.get(..3).unwrap_or_default()
    }
}

impl fmt::Debug for DiagnosisCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DiagnosisCode(***)")
    }
}

impl FromStr for DiagnosisCode {
    type Err = DiagnosisError;

    fn from_str(text: &str) -> Result<Self, DiagnosisError> {
        Self::parse(text)
    }
}

/// Letter, two digits, then perhaps a point and 1 to 10 digits and `x`.
fn is_single(text: &str) -> bool {
    let Some((category, rest)) = text.split_at_checked(3) else {
        return false;
    };
    let Some(extension) = rest.strip_prefix('.') else {
        return is_category(category) && rest.is_empty();
    };
    is_category(category)
        && (1..=10).contains(&extension.len())
        && extension
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'X'))
}

fn is_category(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|letter| letter.is_ascii_uppercase())
        && text.len() == 3
        && bytes.all(|byte| byte.is_ascii_digit())
}

/// A set of diagnosis codes as a pack names it: categories from-to, or all codes under a prefix.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DiagnosisRange {
    /// All codes of the categories from the first to the last, such as `C00-C97`.
    Categories {
        /// The first category.
        first: String,
        /// The last category, included.
        last: String,
    },
    /// All codes that begin so, such as `N18` or `N18.5`.
    Prefix(String),
}

impl DiagnosisRange {
    /// Parses `C00-C97`, `N18` or `N18.5`.
    ///
    /// # Errors
    /// [`DiagnosisError`], also for a range that runs backwards.
    pub fn parse(text: &str) -> Result<Self, DiagnosisError> {
        if let Some((first, last)) = text.split_once('-') {
            let sound = is_category(first) && is_category(last) && first <= last;
            let range = || Self::Categories {
                first: first.into(),
                last: last.into(),
            };
            return sound.then(range).ok_or(DiagnosisError);
        }
        is_single(text)
            .then(|| Self::Prefix(text.into()))
            .ok_or(DiagnosisError)
    }

    /// Whether the code lies in the range. Of a pair, the dagger code (the cause) decides.
    #[must_use]
    pub fn covers(&self, code: &DiagnosisCode) -> bool {
        match self {
            Self::Categories { first, last } => {
                (first.as_str()..=last.as_str()).contains(&code.category())
            }
            Self::Prefix(prefix) => code.0.starts_with(prefix),
        }
    }
}

impl fmt::Display for DiagnosisRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Categories { first, last } => write!(f, "{first}-{last}"),
            Self::Prefix(prefix) => f.write_str(prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> DiagnosisCode {
        DiagnosisCode::parse(text).unwrap()
    }

    #[test]
    fn accepts_the_forms_in_use() {
        for right in [
            "I63",
            "I63.9",
            "I63.900",
            "C34.900x001",
            "A17.000+",
            "G01*",
            "A17.000+G01*",
            "I10.x00x002",
            "X59.9",
        ] {
            assert_eq!(code(right).as_str(), right);
        }
        assert_eq!(code("C34.900X001").as_str(), "C34.900x001");
        assert_eq!(code("I63.900").category(), "I63");
    }

    #[test]
    fn refuses_the_rest() {
        for wrong in [
            "",
            "I6",
            "i63.900",
            "I63.",
            "63.9",
            "I63 .9",
            "I63.9**",
            "I63.9+*",
            "中63",
            "I63.90000000000",
            "I633",
        ] {
            assert_eq!(
                DiagnosisCode::parse(wrong).unwrap_err().code(),
                "diagnosis_code",
                "{wrong}"
            );
        }
    }

    #[test]
    fn ranges_cover_by_category_and_prefix() {
        let cancers = DiagnosisRange::parse("C00-C97").unwrap();
        assert!(cancers.covers(&code("C00.000")) && cancers.covers(&code("C97")));
        assert!(!cancers.covers(&code("B99.x00")) && !cancers.covers(&code("D00.000")));
        let kidneys = DiagnosisRange::parse("N18").unwrap();
        assert!(kidneys.covers(&code("N18.500")) && !kidneys.covers(&code("N19.x00")));
        let stage = DiagnosisRange::parse("N18.5").unwrap();
        assert!(stage.covers(&code("N18.500x001")) && !stage.covers(&code("N18.400")));
        assert_eq!(cancers.to_string(), "C00-C97");
        for wrong in ["C97-C00", "C00-", "C-D", "c00"] {
            assert!(DiagnosisRange::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hides_itself() {
        assert_eq!(format!("{:?}", code("F20.000")), "DiagnosisCode(***)");
    }
}
