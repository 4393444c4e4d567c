//! One line of a statement: what was due of a loan on a day, and what was paid of it.

use std::collections::HashMap;

use sizhu_core::name::is_unseen;
use sizhu_core::{Day, Fen};

use crate::problem::Text;

use super::column::{Column, Places};
use super::{Cell, Row};

/// The longest number of a contract or payment, in characters.
const MOST_CHARACTERS: usize = 64;

/// What a bank says of a loan and a due day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The bank's number of the contract.
    pub contract_no: String,
    /// The bank's number of the payment.
    pub serial_no: Option<String>,
    /// The day on which interest was due.
    pub due_on: Day,
    /// The interest that was due on it, without penalty.
    pub interest_due: Fen,
    /// The day of payment; `None` where nothing was paid.
    pub paid_on: Option<Day>,
    /// What was paid of interest.
    pub interest_paid: Fen,
    /// What was paid of principal.
    pub principal_paid: Fen,
    /// What was paid of penalty interest.
    pub penalty_paid: Fen,
}

/// What is wrong with a line. Never repeats what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The column, where it is one column that is wrong.
    pub column: Option<Column>,
    /// Stable code for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: Text,
}

/// A line with its number in the file, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedLine {
    /// The number.
    pub number: u32,
    /// What it says, or all that is wrong with it.
    pub line: Result<Line, Vec<LineFault>>,
}

struct Cells<'a> {
    row: &'a Row,
    places: &'a Places,
    faults: Vec<LineFault>,
}

impl Cells<'_> {
    fn cell(&self, column: Column) -> &Cell {
        let place = self.places.of(column);
        place
            .and_then(|place| self.row.cells.get(place))
            .unwrap_or(&Cell::Empty)
    }

    fn refuse(&mut self, column: Column, code: &'static str, zh: &'static str, en: &'static str) {
        self.faults.push(LineFault {
            column: Some(column),
            code,
            detail: Text::new(zh, en),
        });
    }

    /// A number of a contract or a payment.
    fn number(&mut self, column: Column) -> Option<String> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return None;
        }
        let lost = matches!(cell, Cell::Number(_));
        let text = cell.text().filter(|text| {
            (1..=MOST_CHARACTERS).contains(&text.chars().count())
                && !text.chars().any(|c| c.is_control() || is_unseen(c))
        });
        if text.is_none() && lost {
            self.refuse(
                column,
                "number_lost_digits",
                "该单元格是数值，超过 15 位的数字已丢失，请设为文本格式。",
                "The cell is a number: digits beyond the 15th are lost. Format the column as text.",
            );
        } else if text.is_none() {
            self.refuse(
                column,
                "length",
                "须为 1 至 64 个字符，不得含控制字符。",
                "This has 1 to 64 characters and no control characters.",
            );
        }
        text
    }

    fn day(&mut self, column: Column) -> Option<Day> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return None;
        }
        let day = cell.day();
        if day.is_none() {
            self.refuse(
                column,
                "date",
                "日期须为真实日期，如 2026-03-20。",
                "A date is a real day, such as 2026-03-20.",
            );
        }
        day
    }

    fn fen(&mut self, column: Column) -> Fen {
        let fen = self.cell(column).fen();
        if fen.is_none() {
            self.refuse(
                column,
                "amount",
                "金额以元为单位，不得为负，至多两位小数。",
                "An amount is in yuan, not negative, with at most two decimals.",
            );
        }
        fen.unwrap_or(Fen::ZERO)
    }

    fn require(&mut self, column: Column) {
        if self.cell(column).is_empty() {
            self.refuse(column, "required", "必填。", "This is required.");
        }
    }
}

/// Reads a line, all its faults at once.
pub(super) fn read(row: &Row, places: &Places) -> NumberedLine {
    let mut cells = Cells {
        row,
        places,
        faults: Vec::new(),
    };
    if row
        .cells
        .iter()
        .skip(places.width())
        .any(|cell| !cell.is_empty())
    {
        cells.faults.push(LineFault {
            column: None,
            code: "too_many_cells",
            detail: Text::new(
                "该行的单元格多于表头。",
                "The line has more cells than there are headings.",
            ),
        });
    }
    for column in [Column::ContractNo, Column::DueOn, Column::InterestDue] {
        cells.require(column);
    }
    let contract_no = cells.number(Column::ContractNo);
    let serial_no = cells.number(Column::SerialNo);
    let due_on = cells.day(Column::DueOn);
    let interest_due = cells.fen(Column::InterestDue);
    let paid_on = cells.day(Column::PaidOn);
    let interest_paid = cells.fen(Column::InterestPaid);
    let principal_paid = cells.fen(Column::PrincipalPaid);
    let penalty_paid = cells.fen(Column::PenaltyPaid);
    let paid = [interest_paid, principal_paid, penalty_paid];
    if paid.iter().any(|amount| *amount > Fen::ZERO) {
        cells.require(Column::PaidOn);
    } else if paid_on.is_some() && cells.faults.is_empty() {
        cells.refuse(
            Column::PaidOn,
            "nothing_paid",
            "有实还日而没有还款金额。",
            "There is a day of payment and nothing was paid.",
        );
    }
    let line = match (contract_no, due_on) {
        (Some(contract_no), Some(due_on)) if cells.faults.is_empty() => Ok(Line {
            contract_no,
            serial_no,
            due_on,
            interest_due,
            paid_on,
            interest_paid,
            principal_paid,
            penalty_paid,
        }),
        (_, _) => Err(cells.faults),
    };
    NumberedLine {
        number: row.number,
        line,
    }
}

/// A payment is told once: by its number, or else by loan, due day and day of payment. What was due
/// may be told on several lines, if it is the same amount each time.
pub(super) fn without_repeats(mut lines: Vec<NumberedLine>) -> Vec<NumberedLine> {
    let mut payments = HashMap::new();
    let mut dues = HashMap::new();
    for numbered in &mut lines {
        let number = numbered.number;
        let Ok(line) = &numbered.line else { continue };
        let payment = match &line.serial_no {
            Some(serial_no) => (line.contract_no.clone(), Some(serial_no.clone()), None),
            None => {
                let days = Some((line.due_on, line.paid_on));
                (line.contract_no.clone(), None, days)
            }
        };
        let due = (line.contract_no.clone(), line.due_on);
        let before = *payments.entry(payment).or_insert(number);
        let (told, amount) = *dues.entry(due).or_insert((number, line.interest_due));
        let fault = if before != number {
            repeat(before)
        } else if amount != line.interest_due {
            contradiction(told)
        } else {
            continue;
        };
        numbered.line = Err(vec![fault]);
    }
    lines
}

fn repeat(before: u32) -> LineFault {
    LineFault {
        column: None,
        code: "repeated_line",
        detail: Text::made(
            format!("与第 {before} 行是同一笔。"),
            format!("This is the same payment as that of line {before}."),
        ),
    }
}

fn contradiction(before: u32) -> LineFault {
    LineFault {
        column: Some(Column::InterestDue),
        code: "interest_due_differs",
        detail: Text::made(
            format!("同一应还日的应收利息与第 {before} 行不同。"),
            format!("The interest due on this day is another on line {before}."),
        ),
    }
}
