//! Chinese or English: the two languages of titles and details, chosen by `Accept-Language`.

use std::borrow::Cow;

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

/// A language the service answers in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 中文, the default.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The language tag (BCP 47) for `Content-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language a request prefers (RFC 9110, 12.5.4): the higher weight wins, on a tie the
    /// one named first; Chinese if neither is acceptable or nothing is asked.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut best: Option<(u16, Self)> = None;
        let ranges = headers
            .get_all(ACCEPT_LANGUAGE)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','));
        for range in ranges {
            let Some((language, weight)) = parse_range(range) else {
                continue;
            };
            if weight > best.map_or(0, |(weight, _)| weight) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language).unwrap_or_default()
    }
}

/// One language range with its weight in thousandths; `None` for a language we don't speak.
fn parse_range(range: &str) -> Option<(Language, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let tag = parts.next()?;
    let primary = tag.split('-').next()?;
    let language = if primary.eq_ignore_ascii_case("en") {
        Language::English
    } else if primary.eq_ignore_ascii_case("zh") || primary == "*" {
        Language::Chinese
    } else {
        return None;
    };
    let weight = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .map_or(Some(1_000), parse_weight)?;
    Some((language, weight))
}

/// A weight `0`..`1` with up to three decimals, in thousandths.
fn parse_weight(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", _) => Some(thousandths),
        ("1", 0) => Some(1_000),
        _ => None,
    }
}

/// A short text in both languages. Never holds anything a caller submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// 中文.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A fixed text.
    #[must_use]
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self {
            zh: Cow::Borrowed(zh),
            en: Cow::Borrowed(en),
        }
    }

    /// A text put together at run time from parts that are safe to show.
    #[must_use]
    pub fn made(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: Cow::Owned(zh.into()),
            en: Cow::Owned(en.into()),
        }
    }

    /// The text in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

impl From<sizhu_core::Bilingual> for Text {
    fn from(text: sizhu_core::Bilingual) -> Self {
        Self {
            zh: text.zh,
            en: text.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn language(value: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(value));
        Language::of(&headers)
    }

    #[test]
    fn chinese_unless_english_is_preferred() {
        assert_eq!(Language::of(&HeaderMap::new()), Language::Chinese);
        for chinese in [
            "",
            "zh",
            "zh-CN,en;q=0.8",
            "fr",
            "*",
            "en;q=0",
            "zh-Hans, en",
            "en;q=0.2,zh;q=0.3",
            "en;q=0,*",
        ] {
            assert_eq!(language(chinese), Language::Chinese, "{chinese}");
        }
        for english in [
            "en",
            "en-GB",
            "EN-us,zh;q=0.9",
            "fr,en;q=0.5",
            "zh;q=0.5, en;q=0.501",
            "en,zh",
        ] {
            assert_eq!(language(english), Language::English, "{english}");
        }
    }

    #[test]
    fn bad_weights_are_ignored() {
        for bad in ["en;q=2", "en;q=0.1234", "en;q=-1", "en;q=abc"] {
            assert_eq!(language(bad), Language::Chinese, "{bad}");
        }
    }
}
