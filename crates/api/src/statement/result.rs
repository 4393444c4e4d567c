//! The file that goes back: each line of a statement with what became of it.

use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use sizhu_core::{Day, Fen};
use sizhu_store::loan_statements::LineOutcome;

use crate::problem::{Language, Text};

use super::{Column, StatementFormat};

/// An outcome for people.
const fn told(outcome: LineOutcome) -> Text {
    match outcome {
        LineOutcome::Accepted => Text::new("已接收", "accepted"),
        LineOutcome::Differing => Text::new("已接收，与合同计算不符", "accepted, differing"),
        LineOutcome::Repeated => Text::new("已报过", "told before"),
        LineOutcome::Unknown => Text::new("无此贷款", "no such loan"),
        LineOutcome::Refused => Text::new("未接收", "refused"),
    }
}

/// A line of the file that goes back.
#[derive(Clone, Debug)]
pub struct LineResult {
    /// Its number in the bank's file, from 1.
    pub number: u32,
    /// The number of the contract, where it could be read.
    pub contract_no: Option<String>,
    /// The due day, where it could be read.
    pub due_on: Option<Day>,
    /// What became of it.
    pub outcome: LineOutcome,
    /// What the bank says was due.
    pub bank: Option<Fen>,
    /// What the contract gives.
    pub ours: Option<Fen>,
    /// Why, where there is something to say: the column that is wrong, and a sentence.
    pub reasons: Vec<(Option<Column>, Text)>,
}

impl LineResult {
    fn cells(&self, language: Language) -> [String; 8] {
        let yuan = |fen: Option<Fen>| fen.map_or_else(String::new, |fen| fen.to_string());
        let difference = match (self.bank, self.ours) {
            (Some(bank), Some(ours)) => bank.checked_sub(ours),
            (_, _) => None,
        };
        let reasons: Vec<String> = self
            .reasons
            .iter()
            .map(|(column, reason)| match column {
                Some(column) => format!(
                    "{}: {}",
                    column.heading().in_language(language),
                    reason.in_language(language)
                ),
                None => reason.in_language(language).to_owned(),
            })
            .collect();
        [
            self.number.to_string(),
            self.contract_no.clone().unwrap_or_default(),
            self.due_on.map_or_else(String::new, |day| day.to_string()),
            told(self.outcome).in_language(language).to_owned(),
            yuan(self.bank),
            yuan(self.ours),
            yuan(difference),
            reasons.join("; "),
        ]
    }
}

const HEADINGS: [Text; 8] = [
    Text::new("行号", "line"),
    Text::new("合同编号", "contract_no"),
    Text::new("应还日", "due_on"),
    Text::new("结果", "outcome"),
    Text::new("应收利息（银行）", "interest_due_bank"),
    Text::new("应收利息（按合同）", "interest_due_contract"),
    Text::new("差额", "difference"),
    Text::new("说明", "reasons"),
];

/// A file could not be written: a defect.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// As CSV.
    #[error("the file that goes back could not be written as CSV")]
    Csv(#[from] csv::Error),
    /// As XLSX.
    #[error("the file that goes back could not be written as XLSX")]
    Xlsx(#[from] XlsxError),
    /// The end of it.
    #[error("the file that goes back could not be finished")]
    End,
}

/// Writes the file that goes back.
///
/// # Errors
/// [`WriteError`], a defect.
pub fn write(
    lines: &[LineResult],
    format: StatementFormat,
    language: Language,
) -> Result<Vec<u8>, WriteError> {
    let headings = HEADINGS.map(|heading| heading.in_language(language).to_owned());
    let rows = lines.iter().map(|line| line.cells(language));
    let rows = std::iter::once(headings).chain(rows);
    match format {
        StatementFormat::Csv => as_csv(rows),
        StatementFormat::Xlsx => as_workbook(rows),
    }
}

/// With a byte order mark: without it spreadsheets take the file for the code page of their country.
fn as_csv(rows: impl Iterator<Item = [String; 8]>) -> Result<Vec<u8>, WriteError> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    writer.into_inner().or(Err(WriteError::End))
}

/// A cell that a spreadsheet would run as a formula is made text by an apostrophe. Differences below
/// zero are numbers and stay.
fn harmless(cell: &str) -> String {
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_number = cell
        .bytes()
        .all(|b| b.is_ascii_digit() || b"-.".contains(&b));
    if begins && !is_number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn as_workbook(rows: impl Iterator<Item = [String; 8]>) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    let bold = CellFormat::new().set_bold();
    let sheet = workbook.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    for (at, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            if at == 0 {
                sheet.write_string_with_format(at, column, cell, &bold)?;
            } else {
                sheet.write_string(at, column, cell)?;
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}
