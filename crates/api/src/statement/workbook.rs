//! Statements as XLSX workbooks (ECMA-376): the first sheet.

use std::io::{Cursor, Read as _};

use calamine::{Data, ExcelDateTime, Reader as _, Xlsx, open_workbook_from_rs};
use sizhu_core::Day;

use super::{Cell, FileFault, MOST_LINES, Row};

/// The most that a workbook may unpack to, in bytes: a small file can be made to unpack to all the
/// memory there is.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;

/// The most cells between the first and the last that are filled: a sheet is held as a rectangle.
const MOST_CELLS: u64 = 1_000_000;

pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, FileFault> {
    check_size(bytes)?;
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes))
        .map_err(|_broken: calamine::XlsxError| unreadable())?;
    let name = workbook
        .sheet_names()
        .first()
        .cloned()
        .ok_or_else(unreadable)?;
    check_extent(&mut workbook, &name)?;
    let sheet = workbook
        .worksheet_range(&name)
        .map_err(|_broken| unreadable())?;
    let first = sheet.start().map_or(0, |(row, _)| row);
    let mut rows = Vec::new();
    for (place, cells) in sheet.rows().enumerate() {
        if rows.len() > MOST_LINES {
            return Err(FileFault::too_long());
        }
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let row = Row {
            number: first.saturating_add(place).saturating_add(1),
            cells: cells.iter().map(cell).collect(),
        };
        // Sheets end in empty rows that somebody once touched.
        if !row.is_empty() {
            rows.push(row);
        }
    }
    Ok(rows)
}

fn unreadable() -> FileFault {
    FileFault::new(
        "unreadable",
        "不是有效的 XLSX 工作簿。",
        "This is not an XLSX workbook.",
    )
}

fn too_large() -> FileFault {
    FileFault::new(
        "too_large",
        "工作簿展开后过大。",
        "The workbook is too large when unpacked.",
    )
}

/// Unpacks every part without keeping it: what the archive says of sizes need not be true.
fn check_size(bytes: &[u8]) -> Result<(), FileFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_broken| unreadable())?;
    let mut left = MOST_UNPACKED;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|_broken| unreadable())?;
        // One byte more than is allowed tells that there is more.
        let mut part = part.take(left.saturating_add(1));
        let size = std::io::copy(&mut part, &mut std::io::sink());
        let size = size.map_err(|_broken| unreadable())?;
        left = left.checked_sub(size).ok_or_else(too_large)?;
    }
    Ok(())
}

/// Looks where cells are before the sheet is laid out: one cell in the last corner makes a rectangle
/// of seventeen billion.
fn check_extent(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<(), FileFault> {
    let mut cells = workbook
        .worksheet_cells_reader(name)
        .map_err(|_broken| unreadable())?;
    let mut extent: Option<((u32, u32), (u32, u32))> = None;
    while let Some(cell) = cells.next_cell().map_err(|_broken| unreadable())? {
        let (row, column) = cell.get_position();
        let ((top, left), (bottom, right)) = extent.unwrap_or(((row, column), (row, column)));
        extent = Some((
            (top.min(row), left.min(column)),
            (bottom.max(row), right.max(column)),
        ));
    }
    let Some(((top, left), (bottom, right))) = extent else {
        return Ok(());
    };
    let side = |from: u32, to: u32| u64::from(to.saturating_sub(from)).saturating_add(1);
    if side(top, bottom).saturating_mul(side(left, right)) > MOST_CELLS {
        return Err(too_large());
    }
    Ok(())
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::String(text) => Cell::of_text(text),
        Data::Int(number) => Cell::of_text(&number.to_string()),
        Data::Float(number) => Cell::Number(*number),
        Data::DateTime(moment) => day(moment).map_or(Cell::Other, Cell::Day),
        Data::DateTimeIso(text) => match text.split('T').next().map(Day::parse) {
            Some(Ok(day)) => Cell::Day(day),
            Some(Err(_)) | None => Cell::Other,
        },
        Data::Bool(_) | Data::DurationIso(_) | Data::Error(_) => Cell::Other,
    }
}

/// The day of a serial number; what has a time of day beside it is none.
fn day(moment: &ExcelDateTime) -> Option<Day> {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let at_midnight = (hour, minute, second, milli) == (0, 0, 0, 0);
    if !moment.is_datetime() || !at_midnight {
        return None;
    }
    Day::from_ymd(i32::from(year), u32::from(month), u32::from(day))
}
