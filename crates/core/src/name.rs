//! Names of persons: how they are checked, compared and masked.

use std::fmt;

/// Characters that take no room or turn the text around: a name of them cannot be read.
#[must_use]
pub const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

/// A person's name of 1 to 64 characters, trimmed after they were counted.
///
/// Personal data: it has no `Display` and no serde, and `Debug` prints [`PersonName::masked`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

/// The text is no name: empty, longer than 64 characters, or with control or unseen characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 64 characters and no control characters")]
pub struct NameError;

impl NameError {
    /// The stable code of this error in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "name"
    }
}

impl PersonName {
    /// Parses a name; white space around it is dropped.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let readable = |c: char| !c.is_control() && !is_unseen(c);
        let fits = text.chars().count() <= 64 && text.chars().all(readable);
        let name = text.trim();
        (fits && !name.is_empty())
            .then(|| Self(name.to_owned()))
            .ok_or(NameError)
    }

    /// The name in full, for encryption.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first character and a `*` for each other one (张三 as `张*`); a name of one character
    /// is hidden whole.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut rest = self.0.chars();
        let first = rest.next();
        let stars = "*".repeat(rest.count());
        match first {
            Some(first) if !stars.is_empty() => format!("{first}{stars}"),
            Some(_) | None => "*".to_owned(),
        }
    }

    /// Whether both are the same name, however spaced and whichever middle dot (`·`, `•`, `・`)
    /// stands between the parts of a minority name, if any.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let bare = |name: &Self| -> String {
            name.0
                .chars()
                .filter(|c| !c.is_whitespace() && !"·•・".contains(*c))
                .collect()
        };
        bare(self) == bare(other)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    #[test]
    fn a_name_can_be_read() {
        for unseen in [
            "\u{200b}",
            "王\u{200b}秀英",
            "\u{202e}王",
            "王\u{feff}",
            "\u{ad}",
        ] {
            assert_eq!(PersonName::parse(unseen), Err(NameError), "{unseen:?}");
        }
        assert!(PersonName::parse("买买提·吐尔逊").is_ok());
    }

    #[test]
    fn masks_all_but_the_first_character() {
        assert_eq!(name("张三").masked(), "张*");
        assert_eq!(name("欧阳娜娜").masked(), "欧***");
        assert_eq!(name("丽").masked(), "*");
        assert_eq!(format!("{:?}", name(" 张三 ")), "PersonName(张*)");
    }

    #[test]
    fn compares_without_spaces_and_dots() {
        assert!(name("阿依古丽·买买提").matches(&name("阿依古丽•买买提")));
        assert!(name("张 三").matches(&name("张\u{3000}三")));
        assert!(!name("张三").matches(&name("张山")));
    }

    #[test]
    fn refuses_what_is_no_name() {
        for wrong in ["", "  ", "张\u{7}三", &"长".repeat(65)] {
            assert_eq!(PersonName::parse(wrong).unwrap_err().code(), "name");
        }
        assert!(PersonName::parse(&"长".repeat(64)).is_ok());
    }
}
