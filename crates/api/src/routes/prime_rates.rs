//! `/v1/prime-rates`: the Loan Prime Rate as published.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use sizhu_core::loan::{PrimeRate, Rate, Tenor};
use sizhu_core::{Citation, Day, SourceClass};
use sizhu_store::Actor;
use utoipa::ToSchema;
use validator::Validate;

use super::decision_view::CitationView;
use super::fields::Fields;
use super::words;
use crate::auth::PolicyCaller;
use crate::extract::{Body, Form};
use crate::openapi::{
    BodyProblems, CommonProblems, ConflictProblems, PublicProblems, UnavailableProblems,
};
use crate::problem::Problem;
use crate::service::prime_rates as service;
use crate::state::State;

/// A rate as published.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PrimeRate)]
pub struct PrimeRateView {
    /// Which of the two.
    #[schema(value_type = words::Tenor)]
    tenor: Tenor,
    /// The day it was published; in force until the next of its tenor.
    #[schema(value_type = String, format = Date)]
    valid_from: Day,
    /// The first day of which the table knows nothing, where no later rate follows.
    #[schema(value_type = Option<String>, format = Date)]
    known_until: Option<Day>,
    /// Rate a year, in parts per million: 30000 is 3 %.
    #[schema(example = 30_000)]
    rate_ppm: i64,
    /// Where it was published.
    citation: CitationView,
}

impl PrimeRateView {
    fn of(entry: &PrimeRate) -> Self {
        Self {
            tenor: entry.tenor,
            valid_from: entry.valid_from,
            known_until: entry.known_until,
            rate_ppm: entry.rate.get(),
            citation: CitationView::of(&entry.citation),
        }
    }
}

/// The table of Loan Prime Rates.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PrimeRates)]
pub struct PrimeRatesView {
    /// The rates, by tenor, then day.
    items: Vec<PrimeRateView>,
}

/// List the Loan Prime Rates
#[utoipa::path(
    operation_id = "list_prime_rates",
    tag = "prime-rates",
    security(()),
    responses(
        (status = 200, description = "The table.", body = PrimeRatesView),
        PublicProblems, UnavailableProblems,
    )
)]
#[get("/v1/prime-rates")]
pub(crate) async fn list_prime_rates(state: State) -> Result<HttpResponse, Problem> {
    let table = service::table(&state.store, &Actor::System("prime rates")).await?;
    let items = table.entries().iter().map(PrimeRateView::of).collect();
    Ok(HttpResponse::Ok().json(PrimeRatesView { items }))
}

/// A published rate to be added.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PrimeRateForm, example = json!({
    "tenor": "one_year", "valid_from": "2026-11-20", "rate_ppm": 30_000,
    "instrument": "全国银行间同业拆借中心2026年11月20日公告", "class": "official"
}))]
pub struct PrimeRateForm {
    /// Which of the two.
    #[schema(value_type = words::Tenor)]
    tenor: String,
    /// The day it was published.
    #[schema(value_type = String, format = Date)]
    valid_from: Day,
    /// Rate a year, in parts per million.
    #[schema(minimum = 0, maximum = 1_000_000)]
    rate_ppm: i64,
    /// The notice.
    #[schema(min_length = 1, max_length = 200)]
    instrument: String,
    /// Where it can be read.
    #[schema(min_length = 1, max_length = 300)]
    address: Option<String>,
    /// Class of the source.
    #[schema(value_type = words::SourceClass)]
    class: String,
}

impl Form for PrimeRateForm {}

impl PrimeRateForm {
    fn parse(self, today: Day) -> Result<PrimeRate, Problem> {
        let mut fields = Fields::on(today);
        let tenor = fields.word::<Tenor>("/tenor", &self.tenor);
        let valid_from = fields.past("/valid_from", self.valid_from);
        let rate = Rate::new(self.rate_ppm);
        if rate.is_none() {
            fields.refuse("/rate_ppm", "range");
        }
        let instrument = fields.text("/instrument", &self.instrument, 200);
        let address = match &self.address {
            Some(address) => fields.text("/address", address, 300).map(Some),
            None => Some(None),
        };
        let class = fields.word::<SourceClass>("/class", &self.class);
        fields.finish(|| {
            Some(PrimeRate {
                tenor: tenor?,
                valid_from: valid_from?,
                known_until: None,
                rate: rate?,
                citation: Citation {
                    instrument: instrument?,
                    article: None,
                    address: address?,
                    class: class?,
                },
            })
        })
    }
}

/// Add a Loan Prime Rate
///
/// Rates are only ever added: what was published stays. The same again is answered as it is (200);
/// another rate of the same tenor and day is 409.
#[utoipa::path(
    operation_id = "create_prime_rate",
    tag = "prime-rates",
    request_body = PrimeRateForm,
    responses(
        (status = 201, description = "Added.", body = PrimeRateView),
        (status = 200, description = "It was there.", body = PrimeRateView),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/prime-rates")]
pub(crate) async fn create_prime_rate(
    state: State,
    caller: PolicyCaller,
    Body(form): Body<PrimeRateForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("prime_rate.added");
    let entry = form.parse(news.today)?;
    let new = service::add(&state.store, &caller.actor(), &entry, news).await?;
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok(HttpResponse::build(status).json(PrimeRateView::of(&entry)))
}
