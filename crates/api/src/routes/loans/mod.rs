//! `/v1/loans`: loans that banks and officers post, and `/v1/me/loans`.

pub mod asking;
pub mod event_form;
pub mod events;
pub mod form;
pub mod overview;
pub mod subsidy_view;
pub mod views;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;
use sizhu_core::access::Grant;
use sizhu_core::{Day, DivisionCode, Fen, LoanId};
use sizhu_store::Actor;
use sizhu_store::loans::{Filter, Listed};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::answer::{answer, keyed, send};
use super::fields::Fields;
use crate::auth::{BankOfficerOrAuditor, BankOrOfficer, OfficerCaller, ResidentCaller};
use crate::etag::IfMatch;
use crate::extract::{Body, Form, IdempotencyKey, Listing, NoFilter, Path};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems, EditProblems};
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Problem};
use crate::service::loans::{self as service, Audience, Counter, Posted, Said};
use crate::service::news::News;
use crate::state::State;
use form::LoanForm;
use views::{LoanItem, LoanView};

/// The counter at which a caller acts.
pub(super) fn counter<'a>(
    state: &'a State,
    actor: &'a Actor,
    grant: &'a Grant,
    news: News<'a>,
) -> Counter<'a> {
    Counter {
        store: &state.store,
        policies: &state.policies,
        actor,
        grant,
        news,
    }
}

/// Post a loan
///
/// A bank posts its own loans; an officer those of people registered in their division. The answer is
/// the same whether the borrower is in the registry or not: a bank learns nothing of it. A repeat with
/// the same key and content gets the same answer, byte for byte; the same content under a new key gets
/// the loan there is (200); other content for the same contract is 409 and names that loan.
#[utoipa::path(
    operation_id = "create_loan",
    tag = "loans",
    request_body = LoanForm,
    params(("Idempotency-Key" = String, Header, description = "Unique per loan and client.",
            example = "demo-loan-1")),
    responses(
        (status = 201, description = "The loan.", body = LoanView,
         headers(("Location" = String, description = "The loan."))),
        (status = 200, description = "The same loan was posted before.", body = LoanView),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/loans")]
pub(crate) async fn create_loan(
    state: State,
    caller: BankOrOfficer,
    key: IdempotencyKey,
    Body(form): Body<LoanForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("loan.posted");
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let own_bank = match &caller {
        BankOrOfficer::Bank(bank) => Some(bank.bank.as_str()),
        BankOrOfficer::Officer(_) => None,
    };
    let new = form.parse(own_bank, grant.division(), news.today)?;
    let canonical = new.canonical()?;
    let client_id = caller.caller().client_id.clone();
    let keyed = keyed(&state, &client_id, &key, "create_loan", &[&canonical]);
    let audience = Audience::of(grant);
    let render = |posted: &Posted| {
        let (status, loan) = match posted {
            Posted::New(loan) => (StatusCode::CREATED, loan),
            Posted::Known(loan) => (StatusCode::OK, loan),
        };
        let location = Some(format!("/v1/loans/{}", loan.loan.id));
        let version = views::version(loan, audience);
        answer(status, location, version, &LoanView::of(loan, audience))
    };
    let at = counter(&state, &actor, grant, news);
    service::post_once(at, &keyed, new, render).await.map(send)
}

/// Get a loan
///
/// A bank sees what it posted. Officers and auditors see also who borrows, masked, whether the name is
/// the registered one, and what was confirmed.
#[utoipa::path(
    operation_id = "get_loan",
    tag = "loans",
    params(("id" = Uuid, Path, description = "The loan.")),
    responses(
        (status = 200, description = "The loan.", body = LoanView,
         headers(("ETag" = String, description = "Its version; not for banks."))),
        CommonProblems,
    )
)]
#[get("/v1/loans/{id}")]
pub(crate) async fn get_loan(
    state: State,
    caller: BankOfficerOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let grant = &caller.caller().grant;
    let loan = service::find(&state.store, &caller.actor(), grant, LoanId::new(id)).await?;
    let audience = Audience::of(grant);
    let view = LoanView::of(&loan, audience);
    answer(StatusCode::OK, None, views::version(&loan, audience), &view).map(send)
}

/// Which loans.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LoanFilter {
    /// The bank's number of the contract.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64)]
    contract_no: Option<String>,
    /// Of this bank.
    #[validate(length(min = 1, max = 32))]
    #[param(min_length = 1, max_length = 32)]
    bank: Option<String>,
    /// Of borrowers registered in this division; not for banks.
    #[validate(length(min = 2, max = 12))]
    division: Option<String>,
    /// Whether an officer confirmed them; not for banks.
    confirmed: Option<bool>,
    /// Begun on or after this day.
    #[param(value_type = Option<String>, format = Date)]
    starts_from: Option<Day>,
    /// Begun before this day.
    #[param(value_type = Option<String>, format = Date)]
    starts_until: Option<Day>,
}

impl LoanFilter {
    fn parse(self, grant: &Grant) -> Result<Filter, Problem> {
        let scope = service::scope(grant).ok_or_else(Problem::forbidden)?;
        let told = Audience::of(grant) == Audience::Registry;
        let hidden = |pointer: &str| FieldError::of_code(pointer, "unknown_field");
        let mut errors = Vec::new();
        if !told && self.division.is_some() {
            errors.push(hidden("/division"));
        }
        if !told && self.confirmed.is_some() {
            errors.push(hidden("/confirmed"));
        }
        let within = self
            .division
            .as_deref()
            .map(DivisionCode::parse)
            .transpose();
        let within = within.map_err(|error| {
            Problem::parameters(vec![FieldError::of_code("/division", error.code())])
        })?;
        if !errors.is_empty() {
            return Err(Problem::parameters(errors));
        }
        Ok(Filter {
            contract_no: self.contract_no,
            bank: self.bank,
            within,
            confirmed: self.confirmed,
            starts_from: self.starts_from,
            starts_until: self.starts_until,
            ..Filter::all(scope)
        })
    }
}

/// List loans
///
/// A bank's own; for officers and auditors those of borrowers registered in their division. Newest
/// first.
#[utoipa::path(
    operation_id = "list_loans",
    tag = "loans",
    params(LoanFilter, PageQuery),
    responses((status = 200, description = "A page of loans.", body = Page<LoanItem>), CommonProblems)
)]
#[get("/v1/loans")]
pub(crate) async fn list_loans(
    state: State,
    caller: BankOfficerOrAuditor,
    query: Listing<LoanFilter>,
) -> Result<HttpResponse, Problem> {
    let grant = &caller.caller().grant;
    let mut filter = query.filter.parse(grant)?;
    filter.before = query.page.after::<Uuid>()?.map(LoanId::new);
    let rows = service::list(&state.store, &caller.actor(), &filter, query.page.rows()).await?;
    Ok(HttpResponse::Ok().json(page(rows, &query.page, Audience::of(grant))))
}

fn page(rows: Vec<Listed>, query: &PageQuery, audience: Audience) -> Page<LoanItem> {
    Page::cut(rows, query, |row| row.id, |row| LoanItem::of(row, audience))
}

/// List your loans
///
/// Those of which you are the borrower, newest first. What they get is among your decisions.
#[utoipa::path(
    operation_id = "list_my_loans",
    tag = "me",
    params(PageQuery),
    responses((status = 200, description = "A page of loans.", body = Page<LoanItem>), CommonProblems)
)]
#[get("/v1/me/loans")]
pub(crate) async fn list_my_loans(
    state: State,
    caller: ResidentCaller,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let mut filter = service::own(caller.resident);
    filter.before = query.page.after::<Uuid>()?.map(LoanId::new);
    let rows = service::list(&state.store, &caller.actor(), &filter, query.page.rows()).await?;
    Ok(HttpResponse::Ok().json(page(rows, &query.page, Audience::Registry)))
}

/// What an officer confirms of a loan. What is left out is no longer said.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanConfirmationForm, example = json!({
    "family_kept_policy": true, "jobs_created": 3, "income_fen": 8_000_000
}))]
pub struct ConfirmationForm {
    /// Whether the family kept the policy when it borrowed.
    family_kept_policy: Option<bool>,
    /// Households that a co-operative leads.
    #[validate(range(max = 1_000_000))]
    #[schema(maximum = 1_000_000)]
    households_led: Option<u32>,
    /// Jobs the business made.
    #[validate(range(max = 1_000_000))]
    #[schema(maximum = 1_000_000)]
    jobs_created: Option<u32>,
    /// Income of a year that it brought, in fen.
    #[schema(minimum = 0)]
    income_fen: Option<i64>,
}

impl Form for ConfirmationForm {}

/// Confirm a loan
///
/// By an officer of county level or above who did not post it. What is said takes the place of what was
/// confirmed before; what was decided of the household's loans is decided anew, and the difference
/// posted.
#[utoipa::path(
    operation_id = "confirm_loan",
    tag = "loans",
    request_body = ConfirmationForm,
    params(("id" = Uuid, Path, description = "The loan."),
           ("If-Match" = String, Header, description = "The `ETag` last read.")),
    responses(
        (status = 200, description = "The loan as confirmed.", body = LoanView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems, EditProblems,
    )
)]
#[post("/v1/loans/{id}/confirmation")]
pub(crate) async fn confirm_loan(
    state: State,
    caller: OfficerCaller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(form): Body<ConfirmationForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("loan.confirmed");
    let mut fields = Fields::on(news.today);
    let income = match form.income_fen {
        Some(fen) => fields.fen("/income_fen", fen).map(Some),
        None => Some(None::<Fen>),
    };
    let said = fields.finish(|| {
        Some(Said {
            family_kept_policy: form.family_kept_policy,
            households_led: form.households_led,
            jobs_created: form.jobs_created,
            income: income?,
        })
    })?;
    let (actor, grant) = (caller.actor(), &caller.caller.grant);
    let at = counter(&state, &actor, grant, news);
    let seen = |version| if_match.check(version);
    let loan = service::confirm(at, LoanId::new(id), said, seen).await?;
    let view = LoanView::of(&loan, Audience::Registry);
    let version = views::version(&loan, Audience::Registry);
    answer(StatusCode::OK, None, version, &view).map(send)
}
