//! The columns of a statement, and where a file has them.

use unicode_normalization::UnicodeNormalization as _;

use crate::problem::Text;

use super::{FileFault, Row};

/// What a column of a statement tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The bank's number of the contract.
    ContractNo,
    /// The bank's number of the payment, where it has one.
    SerialNo,
    /// The day on which interest was due.
    DueOn,
    /// The interest that was due on it, without penalty.
    InterestDue,
    /// The day of payment.
    PaidOn,
    /// What was paid of interest.
    InterestPaid,
    /// What was paid of principal.
    PrincipalPaid,
    /// What was paid of penalty interest.
    PenaltyPaid,
}

impl Column {
    /// Every column, in the order in which files that go back have them.
    pub const ALL: [Self; 8] = [
        Self::ContractNo,
        Self::SerialNo,
        Self::DueOn,
        Self::InterestDue,
        Self::PaidOn,
        Self::InterestPaid,
        Self::PrincipalPaid,
        Self::PenaltyPaid,
    ];

    /// Its English heading, also its name in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ContractNo => "contract_no",
            Self::SerialNo => "serial_no",
            Self::DueOn => "due_on",
            Self::InterestDue => "interest_due",
            Self::PaidOn => "paid_on",
            Self::InterestPaid => "interest_paid",
            Self::PrincipalPaid => "principal_paid",
            Self::PenaltyPaid => "penalty_paid",
        }
    }

    /// Its Chinese headings, the one that files that go back have first.
    const fn chinese(self) -> &'static [&'static str] {
        match self {
            Self::ContractNo => &["合同编号", "合同号", "借款合同号"],
            Self::SerialNo => &["流水号", "交易流水号"],
            Self::DueOn => &["应还日", "结息日", "应付息日"],
            Self::InterestDue => &["应收利息", "应付利息", "应还利息"],
            Self::PaidOn => &["实还日", "还款日", "付息日"],
            Self::InterestPaid => &["实收利息", "实付利息", "实还利息"],
            Self::PrincipalPaid => &["实收本金", "实还本金", "归还本金"],
            Self::PenaltyPaid => &["罚息", "实收罚息"],
        }
    }

    /// Its heading in both languages.
    pub(super) fn heading(self) -> Text {
        let zh = self.chinese().first().copied().unwrap_or_default();
        Text::new(zh, self.name())
    }

    /// Whether every statement has it.
    const fn is_needed(self) -> bool {
        match self {
            Self::SerialNo | Self::PenaltyPaid => false,
            Self::ContractNo
            | Self::DueOn
            | Self::InterestDue
            | Self::PaidOn
            | Self::InterestPaid
            | Self::PrincipalPaid => true,
        }
    }

    /// The column of a heading: full-width letters, blanks, a unit in brackets and letter case aside.
    fn of(heading: &str) -> Option<Self> {
        let heading: String = heading
            .nfkc()
            .flat_map(char::to_lowercase)
            .filter(|c| !c.is_whitespace())
            .collect();
        let bare = heading.split('(').next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|column| column.name() == bare || column.chinese().contains(&bare))
    }
}

/// Where a file has each column.
pub(super) struct Places(Vec<(Column, usize)>);

impl Places {
    /// The place of a column, from 0.
    pub(super) fn of(&self, column: Column) -> Option<usize> {
        let found = self.0.iter().find(|(known, _)| *known == column);
        found.map(|(_, place)| *place)
    }

    /// One past the last column.
    pub(super) fn width(&self) -> usize {
        let last = self.0.iter().map(|(_, place)| *place).max();
        last.map_or(0, |last| last.saturating_add(1))
    }
}

/// Reads the line of headings. All that is wrong with it at once; what stands there is not repeated.
pub(super) fn places(headings: &Row) -> Result<Places, Vec<FileFault>> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for (place, cell) in headings.cells.iter().enumerate() {
        if cell.is_empty() {
            continue;
        }
        let at = place.saturating_add(1);
        let known = cell.text().and_then(|text| Column::of(&text));
        match known {
            None => faults.push(fault(
                "unknown_column",
                format!("第 {at} 列的表头不认识。"),
                format!("The heading of column {at} is not known."),
            )),
            Some(column) if found.iter().any(|(known, _)| *known == column) => {
                faults.push(fault(
                    "duplicate_column",
                    format!("第 {at} 列的表头重复。"),
                    format!("The heading of column {at} is given twice."),
                ));
            }
            Some(column) => found.push((column, place)),
        }
    }
    for column in Column::ALL.into_iter().filter(|it| it.is_needed()) {
        if !found.iter().any(|(known, _)| *known == column) {
            let heading = column.heading();
            faults.push(fault(
                "missing_column",
                format!("缺少“{}”列。", heading.zh),
                format!("There is no column {}.", heading.en),
            ));
        }
    }
    if faults.is_empty() {
        return Ok(Places(found));
    }
    let line = headings.number;
    Err(faults.into_iter().map(|fault| fault.on(line)).collect())
}

fn fault(code: &'static str, zh: String, en: String) -> FileFault {
    FileFault {
        code,
        line: None,
        detail: Text::made(zh, en),
    }
}
