//! Field errors: which member of a body (or parameter) is wrong, by a stable code and a sentence
//! in both languages. The submitted value is never part of either.

use std::borrow::Cow;

use super::language::Text;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `/name` of a parameter; empty for the whole.
    pub pointer: String,
    /// Stable snake_case code for programs.
    pub code: Cow<'static, str>,
    /// A sentence for people.
    pub detail: Text,
}

impl FieldError {
    /// A field error with its own sentence.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: Text,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            detail,
        }
    }

    /// A field error whose sentence is the catalogue's for its code.
    pub fn of_code(pointer: impl Into<String>, code: impl Into<Cow<'static, str>>) -> Self {
        let code = code.into();
        let detail = describe(&code);
        Self::new(pointer, code, detail)
    }
}

/// The sentence of a code; a general one for a code that has none of its own.
fn describe(code: &str) -> Text {
    SENTENCES
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or_else(
            || Text::new("该值不符合要求。", "This value is not accepted."),
            |(_, zh, en)| Text::new(zh, en),
        )
}

/// Code, Chinese, English.
const SENTENCES: &[(&str, &str, &str)] = &[
    ("missing_field", "缺少必填字段。", "This field is required."),
    (
        "unknown_field",
        "不认识的字段。",
        "This field is not known here.",
    ),
    (
        "duplicate_field",
        "字段重复。",
        "This field is given more than once.",
    ),
    ("invalid_type", "类型不对。", "This has the wrong type."),
    (
        "invalid_value",
        "该值不符合要求。",
        "This value is not accepted.",
    ),
    (
        "unknown_variant",
        "不在可选值之中。",
        "This is not one of the accepted values.",
    ),
    ("length", "长度不对。", "This has the wrong length."),
    (
        "range",
        "超出允许范围。",
        "This is outside the accepted range.",
    ),
    ("required", "必填。", "This is required."),
    (
        "email",
        "不是有效的电子邮箱。",
        "This is not an e-mail address.",
    ),
    ("url", "不是有效的网址。", "This is not a URL."),
    (
        "must_match",
        "与对应字段不一致。",
        "This does not match its counterpart.",
    ),
    (
        "cursor",
        "游标无效，请从第一页重新开始。",
        "The cursor is not valid: start again without it.",
    ),
    (
        "limit",
        "每页条数须为 1 至 200。",
        "The limit must be from 1 to 200.",
    ),
    (
        "citizen_id_length",
        "公民身份号码应为 18 位。",
        "A citizen ID has 18 characters (GB 11643-1999).",
    ),
    (
        "citizen_id_old_form",
        "不接受 15 位旧号码，请提供 18 位号码。",
        "The 15-digit old form is not accepted: give the 18-character number.",
    ),
    (
        "citizen_id_characters",
        "公民身份号码含有无效字符。",
        "The citizen ID has a character it cannot have.",
    ),
    (
        "citizen_id_area",
        "公民身份号码的地区代码无效。",
        "The area code of the citizen ID is not valid.",
    ),
    (
        "citizen_id_birth_date",
        "公民身份号码中的出生日期不存在。",
        "The birth date in the citizen ID does not exist.",
    ),
    (
        "citizen_id_check_digit",
        "公民身份号码的校验码不对。",
        "The check digit of the citizen ID is wrong.",
    ),
    (
        "name",
        "姓名须为 1 至 64 个字符，不得含控制字符。",
        "A name has 1 to 64 characters and no control characters.",
    ),
    (
        "division_code",
        "区划代码须为 2、4、6、9 或 12 位数字。",
        "A division code has 2, 4, 6, 9 or 12 digits.",
    ),
    (
        "diagnosis_code",
        "不是有效的疾病诊断编码（ICD-10）。",
        "This is not a diagnosis code (ICD-10).",
    ),
    (
        "nursing_days_sum",
        "各级护理天数之和须等于住院天数，或全为零。",
        "The nursing days must add up to the days of the stay, or all be zero.",
    ),
    (
        "icu_days",
        "重症监护天数不得超过住院天数。",
        "The ICU days cannot be more than the days of the stay.",
    ),
    (
        "date",
        "日期须为 YYYY-MM-DD 格式的真实日期。",
        "A date is a real day in the form YYYY-MM-DD.",
    ),
    (
        "date_order",
        "日期先后顺序不对。",
        "The dates are in the wrong order.",
    ),
    (
        "date_in_future",
        "日期不得晚于今天。",
        "The date cannot be later than today.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_snake_case() {
        for (index, (code, zh, en)) in SENTENCES.iter().enumerate() {
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{code}"
            );
            assert!(!zh.is_empty() && !en.is_empty());
            assert!(
                !SENTENCES[..index].iter().any(|(other, ..)| other == code),
                "{code} twice"
            );
        }
    }

    #[test]
    fn a_code_without_sentence_gets_the_general_one() {
        assert_eq!(describe("never_heard_of").en, "This value is not accepted.");
    }
}
