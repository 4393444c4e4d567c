//! Bank statements (结息清单): what borrowers owed and paid of their interest, read from the files that
//! banks send, and the file that goes back to the bank.
//!
//! A statement is one table, CSV or XLSX: a line of headings, Chinese or English, then one line for
//! what was due of a loan on a day and what was paid of it. Amounts are yuan with up to two decimals,
//! as banks write them. Every fault of every line is found in one reading.

mod cell;
mod column;
mod line;
mod result;
#[cfg(test)]
mod tests;
mod text;
mod workbook;

pub use column::Column;
pub use line::{Line, LineFault, NumberedLine};
pub use result::{LineResult, WriteError, write};

use sizhu_store::loan_statements::StatementFormat;

use crate::problem::Text;

pub(crate) use cell::Cell;
pub(crate) use text::{Rows, decode};

/// Media type of CSV (RFC 4180).
pub const CSV: &str = "text/csv";

/// Media type of XLSX (ECMA-376).
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The most lines of one statement, headings left out.
pub const MOST_LINES: usize = 20_000;

/// The largest file taken, in bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The format of a media type, its parameters left out.
#[must_use]
pub fn format_of(media_type: &str) -> Option<StatementFormat> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(CSV) {
        Some(StatementFormat::Csv)
    } else if essence.eq_ignore_ascii_case(XLSX) {
        Some(StatementFormat::Xlsx)
    } else {
        None
    }
}

/// The media type of a file that goes back.
#[must_use]
pub const fn media_type(format: StatementFormat) -> &'static str {
    match format {
        StatementFormat::Csv => "text/csv; charset=utf-8",
        StatementFormat::Xlsx => XLSX,
    }
}

/// Why a file is no statement at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// Stable code for programs.
    pub code: &'static str,
    /// The line of the file, from 1, where there is one to tell.
    pub line: Option<u32>,
    /// A sentence for people.
    pub detail: Text,
}

impl FileFault {
    pub(crate) const fn new(code: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self {
            code,
            line: None,
            detail: Text::new(zh, en),
        }
    }

    pub(crate) fn on(self, line: u32) -> Self {
        Self {
            line: Some(line),
            ..self
        }
    }

    fn too_long() -> Self {
        Self {
            code: "too_many_lines",
            line: None,
            detail: Text::made(
                format!("清单不得超过 {MOST_LINES} 行。"),
                format!("A statement has at most {MOST_LINES} lines."),
            ),
        }
    }
}

/// A line of a file: its number, from 1, and its cells.
pub(crate) struct Row {
    number: u32,
    cells: Vec<Cell>,
}

impl Row {
    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
    }
}

/// Reads a statement: each line that is not empty, or what is wrong with it.
///
/// # Errors
/// Every reason for which the file is no statement: it cannot be read, headings are missing, unknown
/// or given twice, it has no lines or too many.
pub fn read(bytes: &[u8], format: StatementFormat) -> Result<Vec<NumberedLine>, Vec<FileFault>> {
    let rows = match format {
        StatementFormat::Csv => text::rows(bytes),
        StatementFormat::Xlsx => workbook::rows(bytes),
    };
    let rows = rows.map_err(|fault| vec![fault])?;
    let mut rows = rows.into_iter().filter(|row| !row.is_empty());
    let Some(headings) = rows.next() else {
        return Err(vec![FileFault::new(
            "empty",
            "文件是空的。",
            "The file is empty.",
        )]);
    };
    let columns = column::places(&headings)?;
    let lines: Vec<NumberedLine> = rows.map(|row| line::read(&row, &columns)).collect();
    if lines.is_empty() {
        return Err(vec![FileFault::new(
            "no_lines",
            "文件只有表头，没有数据行。",
            "The file has headings and no lines.",
        )]);
    }
    Ok(line::without_repeats(lines))
}
