//! Statements as CSV (RFC 4180): UTF-8 with or without a byte order mark, or GB 18030, in which most
//! bank systems of the country write.

use std::borrow::Cow;

use super::{Cell, FileFault, MOST_LINES, Row};

pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, FileFault> {
    let text = text_of(bytes)?;
    let mut rows = Vec::new();
    for row in Rows::of(&text) {
        let row = row?;
        // Headings are a row too.
        if rows.len() > MOST_LINES {
            return Err(FileFault::too_long());
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The rows of a CSV file, one after the other.
pub(crate) struct Rows<'a> {
    records: csv::StringRecordsIntoIter<&'a [u8]>,
    lines: Lines<'a>,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        Self {
            records: reader.into_records(),
            lines: Lines::of(text),
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        let row = record.map(|record| Row {
            number: self.lines.of_record(&record),
            cells: record.iter().map(Cell::of_text).collect(),
        });
        Some(row.map_err(|_broken| {
            FileFault::new(
                "unreadable",
                "不是有效的 CSV 文件。",
                "This is not a CSV file.",
            )
        }))
    }
}

/// Counts lines as an editor does. The reader's own count is one short where lines end in CR LF.
struct Lines<'a> {
    rest: std::iter::Enumerate<std::slice::Iter<'a, u8>>,
    number: u32,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            rest: text.as_bytes().iter().enumerate(),
            number: 1,
        }
    }

    /// The line on which a record begins, line ends before it left out. Records come in order.
    fn of_record(&mut self, record: &csv::StringRecord) -> u32 {
        let from = record.position().map_or(0, csv::Position::byte);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        loop {
            let mut ahead = self.rest.clone();
            match ahead.next() {
                Some((at, byte)) if at < from || matches!(byte, b'\n' | b'\r') => {
                    self.number = self.number.saturating_add(u32::from(*byte == b'\n'));
                    self.rest = ahead;
                }
                Some(_) | None => return self.number,
            }
        }
    }
}

/// The text of a file, whose bytes are given up where they are the text.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, FileFault> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(bare) => bare.to_owned(),
            None => text,
        }),
        Err(other) => text_of(other.as_bytes()).map(Cow::into_owned),
    }
}

fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, FileFault> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text.trim_start_matches('\u{feff}')));
    }
    let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or_else(|| {
        FileFault::new(
            "encoding",
            "文件既不是 UTF-8，也不是 GB 18030 编码。",
            "The file is neither UTF-8 nor GB 18030.",
        )
    })
}
