//! `/v1/loan-statements`: bank statements, taken line by line, and the file that goes back.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sizhu_core::{Fen, LoanStatementId};
use sizhu_store::loan_statements::{LineOutcome, OnFault, Statement, StatementLine};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::answer::{answer, keyed, send};
use crate::auth::BankCaller;
use crate::extract::{IdempotencyKey, Listing, NoFilter, Path, Query, StatementFile};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems};
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Language, Problem, Text};
use crate::service::stating::{self as service, Sent, Taken};
use crate::state::State;
use crate::statement::{self, Column, FileFault, LineResult};

/// Lines that an answer shows: those that were not taken as they stand. The file that goes back has
/// all.
const MOST_SHOWN: usize = 100;

/// What is done where some line cannot be taken.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OnFault)]
pub enum OnFaultWord {
    /// Nothing is taken.
    #[default]
    RefuseAll,
    /// The other lines are taken.
    TakeSound,
}

/// How to take a statement.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HowToTake {
    /// What is done where some line cannot be taken.
    #[serde(default)]
    #[param(inline)]
    on_fault: OnFaultWord,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StatementLineOutcome)]
pub enum OutcomeWord {
    /// It agrees with the contract and was taken.
    Accepted,
    /// It was taken, and what the bank says was due is not what the contract gives: the smaller
    /// counts.
    Differing,
    /// It was told before, and changed nothing.
    Repeated,
    /// The bank has no loan of this number.
    Unknown,
    /// It cannot be so, and was not taken.
    Refused,
}

impl From<LineOutcome> for OutcomeWord {
    fn from(outcome: LineOutcome) -> Self {
        match outcome {
            LineOutcome::Accepted => Self::Accepted,
            LineOutcome::Differing => Self::Differing,
            LineOutcome::Repeated => Self::Repeated,
            LineOutcome::Unknown => Self::Unknown,
            LineOutcome::Refused => Self::Refused,
        }
    }
}

/// What is wrong with a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementLineFault)]
pub struct FaultView {
    /// The column, where it is one.
    #[schema(example = "interest_due")]
    column: Option<String>,
    /// Stable code.
    #[schema(example = "amount")]
    code: String,
    /// A sentence in Chinese or English.
    detail: String,
}

/// A line of a statement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementLine)]
pub struct LineView {
    /// Line of the file, from 1; the first is the headings.
    #[schema(example = 2)]
    line: u32,
    /// What became of it.
    outcome: OutcomeWord,
    /// The loan.
    loan_id: Option<Uuid>,
    /// Interest due as the bank says, in fen.
    banks_fen: Option<i64>,
    /// Interest due by the contract, in fen.
    ours_fen: Option<i64>,
    /// What is wrong with it.
    faults: Vec<FaultView>,
}

/// A bank statement that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanStatement)]
pub struct StatementView {
    /// Its id.
    id: Uuid,
    /// `csv` or `xlsx`.
    #[schema(example = "csv")]
    format: &'static str,
    /// What was to be done where some line cannot be taken: `refuse_all` or `take_sound`.
    #[schema(example = "refuse_all")]
    on_fault: &'static str,
    /// Lines, headings and empty ones left out.
    lines: u32,
    /// Taken, in agreement with the contracts.
    accepted: u32,
    /// Taken, not in agreement.
    differing: u32,
    /// Told before.
    repeated: u32,
    /// Of no loan of the bank.
    unknown: u32,
    /// Not taken.
    refused: u32,
    /// When it was taken.
    taken_at: DateTime<Utc>,
}

impl StatementView {
    fn of(statement: &Statement) -> Self {
        let counts = statement.counts;
        Self {
            id: statement.id.get(),
            format: statement.format.as_str(),
            on_fault: statement.on_fault.as_str(),
            lines: counts.lines(),
            accepted: counts.accepted,
            differing: counts.differing,
            repeated: counts.repeated,
            unknown: counts.unknown,
            refused: counts.refused,
            taken_at: statement.recorded_at,
        }
    }
}

/// A bank statement that was taken, with the lines that need a look.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanStatementTaken)]
pub struct TakenView {
    #[serde(flatten)]
    statement: StatementView,
    /// Lines that differ, are unknown or were refused, the first hundred; the file that goes back has
    /// all.
    noted: Vec<LineView>,
}

impl TakenView {
    fn of(taken: &Taken, language: Language) -> Self {
        let noted = taken.lines.iter().filter(|line| match line.outcome {
            LineOutcome::Accepted | LineOutcome::Repeated => false,
            LineOutcome::Differing | LineOutcome::Unknown | LineOutcome::Refused => true,
        });
        let noted = noted.take(MOST_SHOWN);
        Self {
            statement: StatementView::of(&taken.statement),
            noted: noted.map(|line| line_view(line, language)).collect(),
        }
    }
}

fn line_view(line: &StatementLine, language: Language) -> LineView {
    let faults = faults(line)
        .into_iter()
        .map(|(column, code, text)| FaultView {
            column: column.map(|column| column.name().to_owned()),
            code,
            detail: text.in_language(language).to_owned(),
        });
    LineView {
        line: line.number,
        outcome: line.outcome.into(),
        loan_id: line.loan.map(sizhu_core::LoanId::get),
        banks_fen: line.banks.map(Fen::get),
        ours_fen: line.ours.map(Fen::get),
        faults: faults.collect(),
    }
}

/// The faults of a kept line: column, code, words.
fn faults(line: &StatementLine) -> Vec<(Option<Column>, String, Text)> {
    let text = |fault: &Value, name: &str| {
        let member = fault.get(name).and_then(Value::as_str);
        member.unwrap_or_default().to_owned()
    };
    let column = |fault: &Value| {
        let name = fault.get("column").and_then(Value::as_str)?;
        Column::ALL.into_iter().find(|column| column.name() == name)
    };
    let faults = line.faults.as_array().into_iter().flatten();
    faults
        .map(|it| {
            let words = Text::made(text(it, "zh"), text(it, "en"));
            (column(it), text(it, "code"), words)
        })
        .collect()
}

/// A file that is no statement, as a problem.
fn unreadable(faults: Vec<FileFault>) -> Problem {
    let errors = faults.into_iter().map(|fault| {
        let pointer = fault
            .line
            .map_or_else(String::new, |line| format!("/{line}"));
        FieldError::new(pointer, fault.code, fault.detail)
    });
    Problem::validation(errors.collect())
}

/// Post a bank statement
///
/// A table of what was due of loans and what was paid, CSV in UTF-8 or GB 18030, or the first sheet of
/// an XLSX workbook. Headings in Chinese or English: `合同编号` contract_no, `应还日` due_on, `应收利息`
/// interest_due, `实还日` paid_on, `实收利息` interest_paid, `实收本金` principal_paid, and if there are
/// any `流水号` serial_no and `罚息` penalty_paid. Amounts are yuan with two decimals.
///
/// Each line is matched with its loan. Where one cannot be taken nothing is (`422`, each fault with the
/// pointer `/line/column`), unless `on_fault=take_sound` asks for the others. Sent again, a line that
/// was taken changes nothing.
#[utoipa::path(
    operation_id = "create_loan_statement",
    tag = "loans",
    params(HowToTake,
           ("Idempotency-Key" = String, Header, description = "Unique per statement and client.",
            example = "statement-2026-q3")),
    request_body(
        description = "The file, at most 8 MiB and 20,000 lines.",
        content(
            (String = "text/csv", example = "合同编号,应还日,应收利息,实还日,实收利息,实收本金\nPSBC-430102-2025-0001,2025-04-01,543.75,2025-04-01,543.75,0.00\n"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        )
    ),
    responses(
        (status = 201, description = "What became of the lines.", body = TakenView,
         headers(("Location" = String, description = "The statement."))),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/loan-statements")]
pub(crate) async fn create_loan_statement(
    request: HttpRequest,
    state: State,
    caller: BankCaller,
    key: IdempotencyKey,
    Query(how): Query<HowToTake>,
    file: StatementFile,
) -> Result<HttpResponse, Problem> {
    let lines = statement::read(&file.bytes, file.format).map_err(unreadable)?;
    let on_fault = match how.on_fault {
        OnFaultWord::RefuseAll => OnFault::RefuseAll,
        OnFaultWord::TakeSound => OnFault::TakeSound,
    };
    let sent = Sent {
        bank: caller.bank.clone(),
        format: file.format,
        on_fault,
        lines,
    };
    let news = state.news("loan_statement.posted");
    let language = Language::of(request.headers());
    let client_id = caller.caller.client_id.clone();
    let parts: [&[u8]; 3] = [
        file.format.as_str().as_bytes(),
        on_fault.as_str().as_bytes(),
        &file.bytes,
    ];
    let keyed = keyed(&state, &client_id, &key, "create_loan_statement", &parts);
    let render = |taken: &Taken| {
        let location = Some(format!("/v1/loan-statements/{}", taken.statement.id));
        let view = TakenView::of(taken, language);
        answer(StatusCode::CREATED, location, None, &view)
    };
    let (store, actor) = (&state.store, caller.actor());
    service::take_once(store, &actor, &keyed, &state.policies, sent, news, render)
        .await
        .map(send)
}

/// List bank statements
///
/// The bank's own, newest first.
#[utoipa::path(
    operation_id = "list_loan_statements",
    tag = "loans",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of statements.", body = Page<StatementView>),
        CommonProblems
    )
)]
#[get("/v1/loan-statements")]
pub(crate) async fn list_loan_statements(
    state: State,
    caller: BankCaller,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let before = query.page.after::<Uuid>()?.map(LoanStatementId::new);
    let (store, actor, rows) = (&state.store, caller.actor(), query.page.rows());
    let found = service::list(store, &actor, &caller.bank, before, rows).await?;
    let key = |it: &Statement| it.id.get();
    let page = Page::cut(found, &query.page, key, |it| StatementView::of(&it));
    Ok(HttpResponse::Ok().json(page))
}

/// Get a bank statement
#[utoipa::path(
    operation_id = "get_loan_statement",
    tag = "loans",
    params(("id" = Uuid, Path, description = "The statement.")),
    responses(
        (status = 200, description = "What became of its lines.", body = TakenView),
        CommonProblems
    )
)]
#[get("/v1/loan-statements/{id}")]
pub(crate) async fn get_loan_statement(
    request: HttpRequest,
    state: State,
    caller: BankCaller,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let id = LoanStatementId::new(id);
    let taken = service::find(&state.store, &caller.actor(), &caller.bank, id).await?;
    let view = TakenView::of(&taken, Language::of(request.headers()));
    Ok(HttpResponse::Ok().json(view))
}

/// Get the file that goes back
///
/// Each line of the statement with what became of it, in the format in which the statement came, its
/// headings by `Accept-Language`.
#[utoipa::path(
    operation_id = "get_loan_statement_result",
    tag = "loans",
    params(("id" = Uuid, Path, description = "The statement.")),
    responses(
        (status = 200, description = "The file.", content(
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        )),
        CommonProblems
    )
)]
#[get("/v1/loan-statements/{id}/result")]
pub(crate) async fn get_loan_statement_result(
    request: HttpRequest,
    state: State,
    caller: BankCaller,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let id = LoanStatementId::new(id);
    let taken = service::find(&state.store, &caller.actor(), &caller.bank, id).await?;
    let format = taken.statement.format;
    let lines: Vec<LineResult> = taken.lines.iter().map(result).collect();
    let bytes = statement::write(&lines, format, Language::of(request.headers()))
        .map_err(|error| Problem::internal(&error))?;
    let extension = format.as_str();
    let disposition = format!("attachment; filename=\"loan-statement-{id}.{extension}\"");
    Ok(HttpResponse::Ok()
        .content_type(statement::media_type(format))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .body(bytes))
}

fn result(line: &StatementLine) -> LineResult {
    let reasons = faults(line).into_iter();
    LineResult {
        number: line.number,
        contract_no: line.contract_no.clone(),
        due_on: line.due_on,
        outcome: line.outcome,
        bank: line.banks,
        ours: line.ours,
        reasons: reasons.map(|(column, _, text)| (column, text)).collect(),
    }
}
