//! `/v1/loan-overview`: loans by county, and what they cost and bring.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use sizhu_core::DivisionCode;
use sizhu_store::loans::CountyLoans;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::auth::OfficerOrAuditor;
use crate::extract::Query;
use crate::openapi::CommonProblems;
use crate::problem::{FieldError, Problem};
use crate::service::loans as service;
use crate::state::State;

/// Of which division.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OverviewQuery {
    /// Of this division; of the caller's own, if it is left out.
    #[validate(length(min = 2, max = 12))]
    division: Option<String>,
}

/// Loans of borrowers registered in a county. Amounts are fen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CountyLoans)]
pub struct CountyView {
    /// The county.
    #[schema(example = "430102")]
    county: String,
    /// How many loans.
    loans: i64,
    /// Their principal.
    principal_fen: i64,
    /// The principal of those that are subsidised.
    subsidised_principal_fen: i64,
    /// Subsidy paid.
    subsidy_paid_fen: i64,
    /// Subsidy that money is set aside for.
    subsidy_committed_fen: i64,
    /// Subsidy that waits for money.
    subsidy_awaiting_funds_fen: i64,
    /// Jobs the businesses made, as reported.
    jobs_created: i64,
    /// Income of a year that they brought, as reported.
    income_fen: i64,
    /// Loans with interest that the bank said was due and that is not paid.
    loans_in_arrears: i64,
    /// That interest.
    arrears_fen: i64,
    /// Leverage: fen of subsidised loan for each hundred fen of subsidy, paid, set aside or waiting;
    /// none where there is no subsidy.
    leverage_hundredths: Option<i64>,
}

impl CountyView {
    fn of(it: &CountyLoans) -> Self {
        Self {
            county: it.county.clone(),
            loans: it.loans,
            principal_fen: it.principal_fen,
            subsidised_principal_fen: it.subsidised_principal_fen,
            subsidy_paid_fen: it.paid_fen,
            subsidy_committed_fen: it.committed_fen,
            subsidy_awaiting_funds_fen: it.waiting_fen,
            jobs_created: it.jobs_created,
            income_fen: it.income_fen,
            loans_in_arrears: it.loans_in_arrears,
            arrears_fen: it.arrears_fen,
            leverage_hundredths: service::leverage_hundredths(it),
        }
    }
}

/// Loans by county.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoanOverview)]
pub struct OverviewView {
    /// The counties that have loans, by code.
    counties: Vec<CountyView>,
    /// All together.
    total: CountyView,
}

/// Get the loans by county
///
/// Of a division: loans, principal, subsidised principal, subsidy, jobs and income reported, arrears,
/// and how much loan goes with each fen of subsidy.
#[utoipa::path(
    operation_id = "get_loan_overview",
    tag = "loans",
    params(OverviewQuery),
    responses((status = 200, description = "The loans.", body = OverviewView), CommonProblems)
)]
#[get("/v1/loan-overview")]
pub(crate) async fn get_loan_overview(
    state: State,
    caller: OfficerOrAuditor,
    Query(query): Query<OverviewQuery>,
) -> Result<HttpResponse, Problem> {
    let own = caller.caller().grant.division().cloned();
    let own = own.ok_or_else(Problem::forbidden)?;
    let within = match query.division.as_deref().map(DivisionCode::parse) {
        None => own.clone(),
        Some(Ok(division)) => division,
        Some(Err(error)) => {
            let error = FieldError::of_code("/division", error.code());
            return Err(Problem::parameters(vec![error]));
        }
    };
    let today = state.clock.today();
    let found = service::overview(&state.store, &caller.actor(), &own, &within, today).await?;
    Ok(HttpResponse::Ok().json(OverviewView {
        total: CountyView::of(&found.total),
        counties: found.counties.iter().map(CountyView::of).collect(),
    }))
}
