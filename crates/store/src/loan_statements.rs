//! `loan_statements` and `loan_statement_lines`: bank statements that were taken, and what became of
//! each of their lines.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sizhu_core::{Day, Fen, LoanId, LoanStatementId};
use uuid::Uuid;

use crate::{
    Place, StoreError, Tx, Vault,
    rows::{count, day, fen, open_opt, seal_opt, uncount, unword},
    schema::{loan_statement_lines, loan_statements},
    word::words,
};

words! {
    /// How a statement is written.
    StatementFormat {
        /// Comma-separated values.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
    }
}

words! {
    /// What is done where some line cannot be taken.
    OnFault {
        /// Nothing is taken.
        RefuseAll = "refuse_all",
        /// The other lines are taken.
        TakeSound = "take_sound",
    }
}

words! {
    /// What became of a line.
    LineOutcome {
        /// It agrees with the loan and was taken.
        Accepted = "accepted",
        /// It was taken, and what the bank says was due is not what the contract gives.
        Differing = "differing",
        /// It was told before.
        Repeated = "repeated",
        /// There is no such loan of this bank.
        Unknown = "unknown",
        /// It cannot be so, and was not taken.
        Refused = "refused",
    }
}

/// How many lines came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken, in agreement with the contract.
    pub accepted: u32,
    /// Taken, not in agreement.
    pub differing: u32,
    /// Told before.
    pub repeated: u32,
    /// Of no loan of the bank.
    pub unknown: u32,
    /// Not taken.
    pub refused: u32,
}

impl Counts {
    /// Counts outcomes.
    #[must_use]
    pub fn of(outcomes: impl IntoIterator<Item = LineOutcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            let count = match outcome {
                LineOutcome::Accepted => &mut counts.accepted,
                LineOutcome::Differing => &mut counts.differing,
                LineOutcome::Repeated => &mut counts.repeated,
                LineOutcome::Unknown => &mut counts.unknown,
                LineOutcome::Refused => &mut counts.refused,
            };
            *count = count.saturating_add(1);
        }
        counts
    }

    /// All lines.
    #[must_use]
    pub fn lines(&self) -> u32 {
        let counts = [
            self.accepted,
            self.differing,
            self.repeated,
            self.unknown,
            self.refused,
        ];
        counts.into_iter().fold(0, u32::saturating_add)
    }
}

/// A statement as it is kept.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Row id.
    pub id: LoanStatementId,
    /// Code of the bank.
    pub bank: String,
    /// How it was written.
    pub format: StatementFormat,
    /// Whether it was to be taken whole or not at all.
    pub on_fault: OnFault,
    /// What its lines came to.
    pub counts: Counts,
    /// Client that sent it.
    pub recorded_by: String,
    /// When it was taken.
    pub recorded_at: DateTime<Utc>,
}

/// A line as it is kept.
#[derive(Clone, Debug)]
pub struct StatementLine {
    /// Line of the file, from 1.
    pub number: u32,
    /// The loan, if it is one.
    pub loan: Option<LoanId>,
    /// Number of the contract as the bank wrote it.
    pub contract_no: Option<String>,
    /// The due day.
    pub due_on: Option<Day>,
    /// What became of it.
    pub outcome: LineOutcome,
    /// Interest due as the bank says.
    pub banks: Option<Fen>,
    /// Interest due by the contract.
    pub ours: Option<Fen>,
    /// What is wrong with it, as JSON.
    pub faults: Value,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = loan_statements, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    bank: String,
    format: String,
    on_fault: String,
    lines: i32,
    accepted: i32,
    differing: i32,
    repeated: i32,
    unknown: i32,
    refused: i32,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

impl Row {
    fn statement(self) -> Result<Statement, StoreError> {
        Ok(Statement {
            id: LoanStatementId::new(self.id),
            bank: self.bank,
            format: unword(&self.format, "format")?,
            on_fault: unword(&self.on_fault, "on_fault")?,
            counts: Counts {
                accepted: count(self.accepted)?,
                differing: count(self.differing)?,
                repeated: count(self.repeated)?,
                unknown: count(self.unknown)?,
                refused: count(self.refused)?,
            },
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
        })
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = loan_statement_lines, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct LineRow {
    id: Uuid,
    statement_id: Uuid,
    line_no: i32,
    loan_id: Option<Uuid>,
    contract_no_sealed: Option<Vec<u8>>,
    due_on: Option<NaiveDate>,
    outcome: String,
    banks_fen: Option<i64>,
    ours_fen: Option<i64>,
    faults: Value,
}

const fn contract_no_place(row: Uuid) -> Place {
    Place {
        column: "loan_statement_lines.contract_no_sealed",
        row,
    }
}

impl LineRow {
    fn of(
        keys: &Vault,
        statement: LoanStatementId,
        line: &StatementLine,
    ) -> Result<Self, StoreError> {
        let id = Uuid::now_v7();
        Ok(Self {
            id,
            statement_id: statement.get(),
            line_no: uncount(line.number)?,
            loan_id: line.loan.map(LoanId::get),
            contract_no_sealed: seal_opt(keys, contract_no_place(id), line.contract_no.as_deref())?,
            due_on: line.due_on.map(Day::naive),
            outcome: line.outcome.as_str().to_owned(),
            banks_fen: line.banks.map(Fen::get),
            ours_fen: line.ours.map(Fen::get),
            faults: line.faults.clone(),
        })
    }

    fn open(self, keys: &Vault) -> Result<StatementLine, StoreError> {
        let sealed = self.contract_no_sealed.as_deref();
        Ok(StatementLine {
            number: count(self.line_no)?,
            loan: self.loan_id.map(LoanId::new),
            contract_no: open_opt(keys, contract_no_place(self.id), sealed)?,
            due_on: self.due_on.map(day),
            outcome: unword(&self.outcome, "outcome")?,
            banks: self.banks_fen.map(fen),
            ours: self.ours_fen.map(fen),
            faults: self.faults,
        })
    }
}

/// Lines that are written in one statement: PostgreSQL takes 65,535 values at most.
const LINES_AT_ONCE: usize = 1_000;

/// Records a statement and its lines.
///
/// # Errors
/// What the database says.
pub async fn insert(
    tx: &mut Tx,
    statement: &Statement,
    lines: &[StatementLine],
) -> Result<(), StoreError> {
    let counts = &statement.counts;
    let row = Row {
        id: statement.id.get(),
        bank: statement.bank.clone(),
        format: statement.format.as_str().to_owned(),
        on_fault: statement.on_fault.as_str().to_owned(),
        lines: uncount(counts.lines())?,
        accepted: uncount(counts.accepted)?,
        differing: uncount(counts.differing)?,
        repeated: uncount(counts.repeated)?,
        unknown: uncount(counts.unknown)?,
        refused: uncount(counts.refused)?,
        recorded_by: statement.recorded_by.clone(),
        recorded_at: statement.recorded_at,
    };
    diesel::insert_into(loan_statements::table)
        .values(&row)
        .execute(tx.conn())
        .await?;
    let keys = tx.keys();
    for lines in lines.chunks(LINES_AT_ONCE) {
        let rows: Result<Vec<LineRow>, StoreError> = lines
            .iter()
            .map(|line| LineRow::of(&keys, statement.id, line))
            .collect();
        diesel::insert_into(loan_statement_lines::table)
            .values(&rows?)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// A statement of a bank by its row.
///
/// # Errors
/// What the database says.
pub async fn find(
    tx: &mut Tx,
    bank: &str,
    id: LoanStatementId,
) -> Result<Option<Statement>, StoreError> {
    let row: Option<Row> = loan_statements::table
        .select(Row::as_select())
        .find(id.get())
        .filter(loan_statements::bank.eq(bank))
        .first(tx.conn())
        .await
        .optional()?;
    row.map(Row::statement).transpose()
}

/// A bank's statements, newest first, before one.
///
/// # Errors
/// What the database says.
pub async fn list(
    tx: &mut Tx,
    bank: &str,
    before: Option<LoanStatementId>,
    limit: i64,
) -> Result<Vec<Statement>, StoreError> {
    let mut query = loan_statements::table
        .select(Row::as_select())
        .filter(loan_statements::bank.eq(bank))
        .order(loan_statements::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(loan_statements::id.lt(before.get()));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.into_iter().map(Row::statement).collect()
}

/// The lines of a statement in the order of the file.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed column does not open.
pub async fn lines(tx: &mut Tx, id: LoanStatementId) -> Result<Vec<StatementLine>, StoreError> {
    let rows: Vec<LineRow> = loan_statement_lines::table
        .select(LineRow::as_select())
        .filter(loan_statement_lines::statement_id.eq(id.get()))
        .order(loan_statement_lines::line_no)
        .load(tx.conn())
        .await?;
    let keys = tx.keys();
    rows.into_iter().map(|row| row.open(&keys)).collect()
}
