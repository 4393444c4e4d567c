//! Statements as CSV (RFC 4180): UTF-8 with or without a byte order mark, or GB 18030, in which most
//! bank systems of the country write.

use std::borrow::Cow;

use super::{Cell, FileFault, MOST_LINES, Row};

pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, FileFault> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Lines::of(&text);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_broken| {
            FileFault::new(
                "unreadable",
                "不是有效的 CSV 文件。",
                "This is not a CSV file.",
            )
        })?;
        // Headings are a row too.
        if rows.len() > MOST_LINES {
            return Err(FileFault::too_long());
        }
        rows.push(Row {
            number: lines.of_record(&record),
            cells: record.iter().map(Cell::of_text).collect(),
        });
    }
    Ok(rows)
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

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileFault> {
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
