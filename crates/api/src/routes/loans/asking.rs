//! What falls due of a loan and what it gets, and previews of loans that nobody posted.

use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sizhu_core::loan::{Borrower, Loan, LoanPurpose, Preview};
use sizhu_core::{Day, DivisionCode, KnownFacts, LoanId};
use sizhu_store::Actor;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::super::fields::Fields;
use super::super::words;
use super::counter;
use super::form::ContractForm;
use super::subsidy_view::{ScheduleView, SubsidyView};
use crate::auth::{BankOfficerOrAuditor, OfficerOrAuditor};
use crate::extract::{Body, Form, Path, Query};
use crate::openapi::{
    BodyProblems, CommonProblems, ConflictProblems, PublicProblems, QuestionProblems,
    UnavailableProblems,
};
use crate::problem::{FieldError, Language, Problem, ProblemKind};
use crate::service::{loans as service, prime_rates};
use crate::state::State;

/// Get the schedule of a loan
///
/// What falls due when, by the contract, its draws, rates, prepayments and extensions; as if each
/// instalment were paid on its day.
#[utoipa::path(
    operation_id = "get_loan_schedule",
    tag = "loans",
    params(("id" = Uuid, Path, description = "The loan.")),
    responses(
        (status = 200, description = "The schedule.", body = ScheduleView),
        CommonProblems, ConflictProblems,
    )
)]
#[get("/v1/loans/{id}/schedule")]
pub(crate) async fn get_loan_schedule(
    state: State,
    caller: BankOfficerOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let schedule = service::schedule(&state.store, &actor, grant, LoanId::new(id)).await?;
    Ok(HttpResponse::Ok().json(ScheduleView::of(&schedule)))
}

/// Of which days, and as known when.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SubsidyQuery {
    /// First day. With `until`, these days are one period; alone, each subsidy period from it on.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// First day after them.
    #[param(value_type = Option<String>, format = Date)]
    until: Option<Day>,
    /// As was known at this instant; now, if it is left out.
    as_known_at: Option<DateTime<Utc>>,
}

/// What a loan gets, period by period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanSubsidies)]
pub struct SubsidiesView {
    /// The periods, ascending.
    periods: Vec<SubsidyView>,
}

/// Get the subsidy of a loan
///
/// As it comes out of what is known, beside what was decided: for one period, or for each subsidy
/// period of the loan. Nothing is decided.
#[utoipa::path(
    operation_id = "get_loan_subsidy",
    tag = "loans",
    params(("id" = Uuid, Path, description = "The loan."), SubsidyQuery),
    responses(
        (status = 200, description = "The subsidy.", body = SubsidiesView),
        CommonProblems, ConflictProblems,
    )
)]
#[get("/v1/loans/{id}/subsidy")]
pub(crate) async fn get_loan_subsidy(
    request: HttpRequest,
    state: State,
    caller: OfficerOrAuditor,
    Path(id): Path<Uuid>,
    Query(query): Query<SubsidyQuery>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let at = counter(&state, &actor, grant, state.news("loan.asked"));
    let asked = (query.from, query.until);
    let found = service::subsidy(at, LoanId::new(id), asked, query.as_known_at).await?;
    let language = Language::of(request.headers());
    let periods = found.iter().map(|it| SubsidyView::beside(it, language));
    Ok(HttpResponse::Ok().json(SubsidiesView {
        periods: periods.collect(),
    }))
}

/// A loan that nobody posted.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanPreviewForm, example = json!({
    "division": "430102", "borrower": "household", "purpose": "production",
    "family_kept_policy": true,
    "contract": {
        "principal_fen": 5_000_000, "rate": {"kind": "fixed", "rate_ppm": 43_500},
        "day_count": "actual/360", "starts_on": "2025-01-01", "ends_on": "2026-01-01",
        "repayment": "interest_only", "every_months": 3
    }
}))]
pub struct PreviewForm {
    /// By the rules of this division.
    division: String,
    /// Who borrows.
    #[schema(value_type = words::Borrower)]
    borrower: String,
    /// What it is for.
    #[schema(value_type = words::LoanPurpose)]
    purpose: String,
    /// The contract.
    contract: ContractForm,
    /// Whether the family keeps the policy.
    family_kept_policy: Option<bool>,
    /// Households that a co-operative leads.
    households_led: Option<u32>,
}

impl Form for PreviewForm {
    const OBJECTS: &'static [&'static str] = &["/contract", "/contract/rate"];
}

impl PreviewForm {
    fn parse(self, today: Day) -> Result<(DivisionCode, Loan), Problem> {
        let mut fields = Fields::on(today);
        let division = DivisionCode::parse(&self.division)
            .map_err(|error| fields.refuse("/division", error.code()))
            .ok();
        let borrower = fields.word::<Borrower>("/borrower", &self.borrower);
        let purpose = fields.word::<LoanPurpose>("/purpose", &self.purpose);
        let contract = self.contract.parse(&mut fields);
        fields.finish(|| {
            let loan = Loan {
                id: LoanId::new(Uuid::nil()),
                contract_no: String::new(),
                contract: contract?,
                borrower: borrower?,
                purpose: purpose?,
                households_led: self.households_led,
                family_kept_policy: self.family_kept_policy,
                events: Vec::new(),
            };
            Some((division?, loan))
        })
    }
}

/// What a loan would get.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanPreview)]
pub struct PreviewView {
    /// What falls due when.
    schedule: ScheduleView,
    /// What it would get for each subsidy period of its life.
    periods: Vec<SubsidyView>,
    /// Together, in fen; what is undetermined is not in it.
    #[schema(example = 217_500)]
    amount_fen: i64,
}

impl PreviewView {
    fn of(preview: &Preview, language: Language) -> Self {
        let periods = preview.periods.iter();
        Self {
            schedule: ScheduleView::of(&preview.schedule),
            periods: periods.map(|it| SubsidyView::of(it, language)).collect(),
            amount_fen: preview.amount.get(),
        }
    }
}

/// Preview a loan
///
/// What would fall due and be subsidised if all interest were paid in time, by the rules of a place.
/// No token is needed; nothing is kept. An address may ask sixty times in a row, then once every two
/// seconds.
#[utoipa::path(
    operation_id = "create_loan_preview",
    tag = "loans",
    security(()),
    request_body = PreviewForm,
    responses(
        (status = 200, description = "What it would get.", body = PreviewView),
        PublicProblems, BodyProblems, ConflictProblems, QuestionProblems, UnavailableProblems,
    )
)]
#[post("/v1/loan-previews")]
pub(crate) async fn create_loan_preview(
    request: HttpRequest,
    state: State,
    Body(form): Body<PreviewForm>,
) -> Result<HttpResponse, Problem> {
    let now = state.clock.now();
    let peer = request.peer_addr().map(|address| address.ip());
    state
        .questions
        .ask(peer, now)
        .map_err(|seconds| Problem::new(ProblemKind::TooManyRequests).retry_after(seconds))?;
    if form.households_led.is_some_and(|led| led > 1_000_000) {
        let error = FieldError::of_code("/households_led", "range");
        return Err(Problem::validation(vec![error]));
    }
    let (division, loan) = form.parse(Day::of_instant(now))?;
    let rates = prime_rates::table(&state.store, &Actor::System("previews")).await?;
    let policies = state.policies.snapshot();
    let known = KnownFacts::default();
    let preview = service::preview(&policies, &division, &loan, &known, &rates)?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(PreviewView::of(&preview, language)))
}
