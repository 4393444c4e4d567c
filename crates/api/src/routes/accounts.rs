//! `/v1/accounts`: budgets, and filling them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sizhu_core::access::Grant;
use sizhu_core::{AccountId, DivisionCode, DivisionLevel, Fen};
use sizhu_store::accounts::{Filter, Purse};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::answer::{answer, keyed, send};
use super::fields::Fields;
use crate::auth::{FinanceCaller, FinanceOrAuditor};
use crate::extract::{Body, Form, Listing, OptionalIdempotencyKey, Path};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems};
use crate::page::{Page, PageQuery};
use crate::problem::Problem;
use crate::service::money::{self as service, AccountState, Appropriated};
use crate::service::settling::FISCAL;
use crate::state::State;

/// A county's budget for a programme and year.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    /// Its id.
    id: Uuid,
    /// Where the money comes from.
    #[schema(example = "fiscal")]
    fund: String,
    /// The programme it may be spent on.
    #[schema(example = "hospital-care-allowance")]
    programme: String,
    /// Budget year: that of the decision's day.
    #[schema(example = 2026)]
    year: i32,
    /// The county that pays.
    #[schema(example = "430102")]
    county: String,
    /// Put in, in fen.
    appropriated_fen: i64,
    /// Set aside for awards, in fen.
    earmarked_fen: i64,
    /// Paid out, in fen.
    spent_fen: i64,
    /// Left to set aside, in fen; never below zero.
    available_fen: i64,
    /// Awards that wait for money.
    waiting_awards: i64,
    /// What they wait for, in fen.
    waiting_fen: i64,
}

impl AccountView {
    fn of(state: &AccountState) -> Self {
        let account = &state.account;
        Self {
            id: account.id.get(),
            fund: account.purse.fund.clone(),
            programme: account.purse.programme.clone(),
            year: account.purse.year,
            county: account.purse.county.to_string(),
            appropriated_fen: account.appropriated.get(),
            earmarked_fen: account.earmarked.get(),
            spent_fen: account.spent.get(),
            available_fen: account.available().get(),
            waiting_awards: state.waiting,
            waiting_fen: state.waiting_for.get(),
        }
    }
}

/// Which accounts.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountFilter {
    /// Of this division and below.
    #[param(example = "430102")]
    division: Option<String>,
    /// Budget year.
    #[validate(range(min = 1949, max = 2999))]
    year: Option<i32>,
    /// Programme.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64)]
    programme: Option<String>,
}

/// The division of a caller who may see accounts.
fn division(grant: &Grant) -> Result<&DivisionCode, Problem> {
    grant.division().ok_or_else(Problem::forbidden)
}

/// List accounts
///
/// Of the caller's division and below.
#[utoipa::path(
    operation_id = "list_accounts",
    tag = "accounts",
    params(AccountFilter, PageQuery),
    responses((status = 200, description = "A page of accounts.", body = Page<AccountView>), CommonProblems)
)]
#[get("/v1/accounts")]
pub(crate) async fn list_accounts(
    state: State,
    caller: FinanceOrAuditor,
    query: Listing<AccountFilter>,
) -> Result<HttpResponse, Problem> {
    let own = division(&caller.caller().grant)?;
    let asked = match &query.filter.division {
        Some(code) => DivisionCode::parse(code).map_err(|error| {
            let error = crate::problem::FieldError::of_code("/division", error.code());
            Problem::parameters(vec![error])
        })?,
        None => own.clone(),
    };
    let filter = Filter {
        within: asked,
        year: query.filter.year,
        programme: query.filter.programme.clone(),
        after: query.page.after::<Uuid>()?,
    };
    let (actor, rows) = (caller.actor(), query.page.rows());
    let rows = service::list(&state.store, &actor, own, &filter, rows).await?;
    let key = |row: &AccountState| row.account.id.get();
    let page = Page::cut(rows, &query.page, key, |row| AccountView::of(&row));
    Ok(HttpResponse::Ok().json(page))
}

/// Get an account
#[utoipa::path(
    operation_id = "get_account",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "The account.")),
    responses((status = 200, description = "The account.", body = AccountView), CommonProblems)
)]
#[get("/v1/accounts/{id}")]
pub(crate) async fn get_account(
    state: State,
    caller: FinanceOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let own = division(&caller.caller().grant)?;
    let (actor, id) = (caller.actor(), AccountId::new(id));
    let found = service::find(&state.store, &actor, own, id).await?;
    Ok(HttpResponse::Ok().json(AccountView::of(&found)))
}

/// An account to be opened.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountForm, example = json!({
    "programme": "hospital-care-allowance", "year": 2027, "county": "430102"
}))]
pub struct AccountForm {
    /// The programme it may be spent on.
    programme: String,
    /// Budget year.
    #[validate(range(min = 1949, max = 2999))]
    #[schema(minimum = 1949, maximum = 2999)]
    year: i32,
    /// The county that pays, 6 digits.
    county: String,
}

impl Form for AccountForm {}

/// Open an account
///
/// One per programme, year and county: opening it again answers the one there is (200).
#[utoipa::path(
    operation_id = "create_account",
    tag = "accounts",
    request_body = AccountForm,
    responses(
        (status = 201, description = "The account.", body = AccountView,
         headers(("Location" = String, description = "The account."))),
        (status = 200, description = "It was open already.", body = AccountView),
        CommonProblems, BodyProblems,
    )
)]
#[post("/v1/accounts")]
pub(crate) async fn create_account(
    state: State,
    caller: FinanceCaller,
    Body(form): Body<AccountForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("account.opened");
    let mut fields = Fields::on(news.today);
    let county = fields.division("/county", &form.county, DivisionLevel::County);
    if !state.policies.offers(&form.programme) {
        fields.refuse("/programme", "unknown_variant");
    }
    let (fund, programme, year) = (FISCAL.to_owned(), form.programme, form.year);
    let purse = fields.finish(|| {
        Some(Purse {
            fund,
            programme,
            year,
            county: county?,
        })
    })?;
    let actor = caller.actor();
    let (opened, new) = service::open(&state.store, &actor, &caller.division, &purse, news).await?;
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let location = Some(format!("/v1/accounts/{}", opened.account.id));
    Ok(send(answer(
        status,
        location,
        None,
        &AccountView::of(&opened),
    )?))
}

/// Money put into an account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppropriationForm, example = json!({
    "amount_fen": 10_000_000, "document_no": "湘财预〔2026〕88号"
}))]
pub struct AppropriationForm {
    /// Amount, in fen, above zero.
    #[schema(minimum = 1)]
    amount_fen: i64,
    /// Number of the budget document (指标文号): it fills an account once.
    #[schema(min_length = 1, max_length = 100)]
    document_no: String,
}

impl Form for AppropriationForm {}

/// Money put into an account, and whom it served.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Appropriation)]
pub struct AppropriationView {
    /// The ledger transfer.
    id: Uuid,
    /// Amount, in fen.
    amount_fen: i64,
    /// Number of the budget document.
    document_no: String,
    /// Waiting awards that got their money by it, in the order they waited.
    served_awards: Vec<Uuid>,
    /// The account after it.
    account: AccountView,
}

impl AppropriationView {
    fn of(made: &Appropriated) -> Self {
        Self {
            id: made.transfer.get(),
            amount_fen: made.amount.get(),
            document_no: made.document_no.clone(),
            served_awards: made.served.iter().map(|award| award.get()).collect(),
            account: AccountView::of(&made.state),
        }
    }
}

/// Fill an account
///
/// Awards that wait are served in their order. The same document a second time changes nothing
/// (200); with another amount it is 409.
#[utoipa::path(
    operation_id = "create_appropriation",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "The account."),
           ("Idempotency-Key" = Option<String>, Header,
            description = "Unique per appropriation and client; the document number stands behind it.",
            example = "appropriation-0001")),
    request_body = AppropriationForm,
    responses(
        (status = 201, description = "Done.", body = AppropriationView),
        (status = 200, description = "The document filled the account before.",
         body = AppropriationView),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/accounts/{id}/appropriations")]
pub(crate) async fn create_appropriation(
    state: State,
    caller: FinanceCaller,
    Path(id): Path<Uuid>,
    key: OptionalIdempotencyKey,
    Body(form): Body<AppropriationForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("account.appropriated");
    let mut fields = Fields::on(news.today);
    let amount = fields.fen("/amount_fen", form.amount_fen);
    if amount == Some(Fen::ZERO) {
        fields.refuse("/amount_fen", "range");
    }
    let document_no = fields.document_no("/document_no", &form.document_no);
    let (amount, document_no) = fields.finish(|| Some((amount?, document_no?)))?;
    let client_id = caller.caller.client_id.clone();
    let said = json!({ "amount_fen": amount, "document_no": document_no });
    let canonical = sizhu_store::canonical(&said)?;
    let parts = [id.as_bytes().as_slice(), canonical.as_slice()];
    let request = key
        .0
        .as_ref()
        .map(|key| keyed(&state, &client_id, key, "create_appropriation", &parts));
    let new = service::NewAppropriation {
        account: AccountId::new(id),
        amount,
        document_no,
    };
    let render = |made: &Appropriated| {
        let status = if made.new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        answer(status, None, None, &AppropriationView::of(made))
    };
    let (store, actor) = (&state.store, caller.actor());
    let request = request.as_ref();
    service::appropriate_once(store, &actor, request, &caller.division, &new, news, render)
        .await
        .map(send)
}
