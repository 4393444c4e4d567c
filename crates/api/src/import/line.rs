//! One line of a file: its cells become the form that the API takes, and every fault of it is named by
//! its column.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::column::{Column, HOSPITAL, Holds, Places};
use crate::problem::{Problem, Text};
use crate::statement::{Cell, Row};

/// What is wrong with a line. Never repeats what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The column, where it is one column that is wrong.
    pub(crate) column: Option<&'static str>,
    /// Stable code for programs.
    pub(crate) code: Cow<'static, str>,
    /// A sentence for people.
    pub(crate) detail: Text,
}

impl Fault {
    pub(crate) const fn new(
        column: Option<&'static str>,
        code: &'static str,
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        Self {
            column,
            code: Cow::Borrowed(code),
            detail: Text::new(zh, en),
        }
    }
}

/// What a line says, as the API's form; and the hospital, where the file has a column of it.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) form: Value,
    pub(super) hospital: Option<String>,
}

/// Reads a line, all faults of its cells at once.
pub(super) fn read(row: &Row, places: &Places) -> Result<Said, Vec<Fault>> {
    let (mut form, mut faults) = (Map::new(), Vec::new());
    if row
        .cells()
        .iter()
        .skip(places.width())
        .any(|it| !it.is_empty())
    {
        faults.push(Fault::new(
            None,
            "too_many_cells",
            "该行的单元格多于表头。",
            "The line has more cells than there are headings.",
        ));
    }
    for (column, place) in &places.0 {
        match value(column, row.cells().get(*place).unwrap_or(&Cell::Empty)) {
            Ok(Some(value)) => put(&mut form, column.pointer, value),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let hospital = form.remove(HOSPITAL.trim_start_matches('/'));
    Ok(Said {
        form: Value::Object(form),
        hospital: hospital.and_then(|it| it.as_str().map(str::to_owned)),
    })
}

fn value(column: &Column, cell: &Cell) -> Result<Option<Value>, Fault> {
    let fault = |code, zh, en| Fault::new(Some(column.name), code, zh, en);
    if cell.is_empty() {
        return if column.is_needed {
            Err(fault("required", "必填。", "This is required."))
        } else {
            Ok(None)
        };
    }
    let invalid = || {
        fault(
            "invalid_value",
            "该值不符合要求。",
            "This value is not accepted.",
        )
    };
    let value = match column.holds {
        Holds::Text => json!(cell.text().ok_or_else(invalid)?),
        Holds::Day => json!(cell.day().ok_or_else(|| fault(
            "date",
            "日期须为真实日期，如 2026-03-20。",
            "A date is a real day, such as 2026-03-20.",
        ))?),
        Holds::Yuan => json!(cell.fen().ok_or_else(|| fault(
            "amount",
            "金额以元为单位，不得为负，至多两位小数。",
            "An amount is in yuan, not negative, with at most two decimals.",
        ))?),
        Holds::Count => {
            let count = cell.text().and_then(|text| text.parse::<u32>().ok());
            json!(count.ok_or_else(|| fault(
                "count",
                "须为非负整数。",
                "This is a whole number, not negative.",
            ))?)
        }
        Holds::Word(words) => {
            let text = cell.text().ok_or_else(invalid)?;
            let known = words.iter().find(|(zh, word)| *zh == text || *word == text);
            let (_, word) = known.ok_or_else(|| {
                fault(
                    "unknown_variant",
                    "不在可选值之中。",
                    "This is not one of the accepted values.",
                )
            })?;
            json!(word)
        }
    };
    Ok(Some(value))
}

/// Puts a value where a pointer of one or two steps says.
fn put(form: &mut Map<String, Value>, pointer: &str, value: Value) {
    let path = pointer.trim_start_matches('/');
    let Some((object, field)) = path.split_once('/') else {
        form.insert(path.to_owned(), value);
        return;
    };
    let inner = form.entry(object).or_insert_with(|| json!({}));
    if let Some(inner) = inner.as_object_mut() {
        inner.insert(field.to_owned(), value);
    }
}

/// What the API would answer, as faults of columns: its fields by their column, and what is of no
/// field in a sentence.
pub(super) fn faults(columns: &'static [Column], problem: &Problem) -> Vec<Fault> {
    let content = problem.content();
    if content.errors.is_empty() {
        let title = content.kind.entry().title;
        return vec![Fault {
            column: None,
            code: Cow::Borrowed(content.kind.slug()),
            detail: content.detail.clone().unwrap_or(title),
        }];
    }
    let of_field = |pointer: &str| {
        let exact = columns.iter().find(|it| it.pointer == pointer);
        let within = || {
            columns
                .iter()
                .find(|it| it.pointer.starts_with(&format!("{pointer}/")))
        };
        exact.or_else(within).map(|it| it.name)
    };
    let errors = content.errors.iter();
    let fault = |error: &crate::problem::FieldError| Fault {
        column: of_field(&error.pointer),
        code: error.code.clone(),
        detail: error.detail.clone(),
    };
    errors.map(fault).collect()
}
