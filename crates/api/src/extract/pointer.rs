//! From the errors of serde and validator to field errors: the place and the kind of a fault,
//! never the value that was submitted.

use serde_path_to_error::{Path, Segment};
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::problem::{FieldError, Text};

/// The field error for what serde says. Its messages quote submitted values, so only the fixed
/// part after `expected` and names of our own fields are taken from them.
pub(super) fn of_serde(path: &Path, message: &str) -> FieldError {
    let mut pointer = String::new();
    for segment in path {
        push_segment(&mut pointer, segment);
    }
    if let Some(field) = quoted_after(message, "missing field ") {
        return FieldError::of_code(format!("{pointer}/{}", escape(field)), "missing_field");
    }
    if let Some(field) = quoted_after(message, "duplicate field ") {
        // The path names the field or its parent, depending on the format.
        let end = format!("/{}", escape(field));
        let pointer = if pointer.ends_with(&end) {
            pointer
        } else {
            pointer + &end
        };
        return FieldError::of_code(pointer, "duplicate_field");
    }
    let code = [
        ("unknown field", "unknown_field"),
        ("unknown variant", "unknown_variant"),
        ("invalid type", "invalid_type"),
    ]
    .into_iter()
    .find(|(prefix, _)| message.starts_with(prefix))
    .map_or("invalid_value", |(_, code)| code);
    match expected(message).map(in_plain_words) {
        Some(expected) if code != "unknown_field" => FieldError::new(
            pointer,
            code,
            Text::made(
                format!("应为：{expected}。"),
                format!("Expected {expected}."),
            ),
        ),
        _ => FieldError::of_code(pointer, code),
    }
}

/// Adds one segment. Names that are not plain identifiers were invented by the caller and could
/// be anything, an ID number too: they are left out, and the pointer stops at the parent.
fn push_segment(pointer: &mut String, segment: &Segment) {
    match segment {
        Segment::Seq { index } => {
            pointer.push('/');
            pointer.push_str(&index.to_string());
        }
        Segment::Map { key } if is_plain(key) => {
            pointer.push('/');
            pointer.push_str(&escape(key));
        }
        // The variant of an enum is no place in the document.
        Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => {}
    }
}

/// A name a program would give a field.
fn is_plain(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        && name.bytes().filter(u8::is_ascii_digit).count() < 6
}

/// Escapes a reference token (RFC 6901, 3).
fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The name in backquotes that follows `prefix`; only names of our own fields stand there.
fn quoted_after<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    message
        .strip_prefix(prefix)?
        .strip_prefix('`')?
        .split('`')
        .next()
        .filter(|name| is_plain(name))
}

/// What the program expected: the fixed text after the *last* `expected`, without the position.
fn expected(message: &str) -> Option<&str> {
    let prefixes = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant ",
    ];
    if !prefixes.iter().any(|prefix| message.starts_with(prefix))
        || message.contains("there are no ")
    {
        return None;
    }
    let (_, expected) = message.rsplit_once(", expected ")?;
    let expected = expected
        .rsplit_once(" at line ")
        .map_or(expected, |(before, _)| before);
    (expected.len() <= 300).then_some(expected)
}

/// What was expected, without the words of the language it was written in.
fn in_plain_words(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        it if it.starts_with("struct ") || it.starts_with("tuple struct ") => "an object",
        it if it.starts_with("enum ") || it.contains("variant") => "one of the accepted words",
        other => other,
    }
}

/// All field errors validator found, in the order of their pointers.
pub(super) fn of_validator(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut found = Vec::new();
    collect(errors, "", &mut found);
    found.sort_by(|a, b| (&a.pointer, &a.code).cmp(&(&b.pointer, &b.code)));
    found
}

fn collect(errors: &ValidationErrors, parent: &str, found: &mut Vec<FieldError>) {
    for (field, kind) in errors.errors() {
        // `__all__` is validator's name for a rule about the struct as a whole.
        let pointer = if field == "__all__" {
            parent.to_owned()
        } else {
            format!("{parent}/{}", escape(field))
        };
        match kind {
            ValidationErrorsKind::Struct(nested) => collect(nested, &pointer, found),
            ValidationErrorsKind::List(items) => {
                for (index, nested) in items {
                    collect(nested, &format!("{pointer}/{index}"), found);
                }
            }
            ValidationErrorsKind::Field(faults) => {
                found.extend(faults.iter().map(|fault| one(&pointer, fault)));
            }
        }
    }
}

/// One fault, with its bounds if it has some. Its `value` parameter is what was submitted.
fn one(pointer: &str, fault: &ValidationError) -> FieldError {
    let bound = |name: &str| fault.params.get(name).filter(|value| value.is_number());
    match (
        fault.code.as_ref(),
        bound("min"),
        bound("max"),
        bound("equal"),
    ) {
        ("length" | "range", Some(min), Some(max), _) => FieldError::new(
            pointer,
            fault.code.clone(),
            Text::made(
                format!("须在 {min} 至 {max} 之间。"),
                format!("Must be from {min} to {max}."),
            ),
        ),
        ("length" | "range", Some(min), None, _) => FieldError::new(
            pointer,
            fault.code.clone(),
            Text::made(
                format!("不得小于 {min}。"),
                format!("Must be at least {min}."),
            ),
        ),
        ("length" | "range", None, Some(max), _) => FieldError::new(
            pointer,
            fault.code.clone(),
            Text::made(
                format!("不得大于 {max}。"),
                format!("Must be at most {max}."),
            ),
        ),
        ("length", None, None, Some(equal)) => FieldError::new(
            pointer,
            fault.code.clone(),
            Text::made(
                format!("长度须为 {equal}。"),
                format!("Must have length {equal}."),
            ),
        ),
        _ => FieldError::of_code(pointer, fault.code.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_never_repeats_the_value() {
        assert_eq!(
            expected(
                r#"invalid type: string "x, expected 430102", expected u32 at line 1 column 9"#
            ),
            Some("u32")
        );
        assert_eq!(
            expected("unknown variant `430102`, there are no variants"),
            None
        );
        assert_eq!(expected("something of 430102, expected by nobody"), None);
    }

    #[test]
    fn invented_names_are_left_out() {
        assert!(is_plain("citizen_id") && is_plain("level_1"));
        for invented in [
            "43010219491231123X",
            "a43010219491231",
            "张三",
            "a b",
            "",
            "1a",
        ] {
            assert!(!is_plain(invented), "{invented}");
        }
    }
}
