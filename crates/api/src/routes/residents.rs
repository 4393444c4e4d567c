//! `/v1/residents`: the registry.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use sizhu_core::{Day, DivisionLevel, MaritalStatus, ResidentId, Sex};
use sizhu_store::residents::{Card, ResidentDetails};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::answer::versioned;
use super::fields::Fields;
use super::status_form::StatusView;
use super::words;
use crate::auth::{OfficerCaller, OfficerOrAuditor};
use crate::extract::{Body, Form, Path};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems};
use crate::page::Page;
use crate::problem::Problem;
use crate::service::residents::{self as service, Newcomer, ResidentState};
use crate::state::State;

/// A person to be registered.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ResidentForm, example = json!({
    "citizen_id": "430102196808120044", "name": "周桂兰", "division": "430102001001",
    "marital_status": "married", "phone": "13800000000",
    "card": {"bank": "中国邮政储蓄银行", "number": "6217990000000000000"}
}))]
pub struct ResidentForm {
    /// Citizen ID (GB 11643-1999, 18 characters).
    #[schema(min_length = 18, max_length = 18)]
    citizen_id: String,
    /// Name.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// Registered residence (户籍地): a village, 12 digits. Its county pays.
    #[schema(example = "430102001001")]
    division: String,
    /// Village where the person lives, if elsewhere.
    lives_in: Option<String>,
    /// Marital status: `married` is a first marriage.
    #[schema(value_type = Option<words::MaritalStatus>)]
    marital_status: Option<MaritalStatus>,
    /// The spouse's citizen ID: a husband's status turns on his wife's age.
    spouse_citizen_id: Option<String>,
    /// Phone number.
    phone: Option<String>,
    /// One-card (一卡通) account.
    card: Option<CardForm>,
}

impl Form for ResidentForm {
    const OBJECTS: &'static [&'static str] = &["/card"];
}

/// A one-card account.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Card)]
pub struct CardForm {
    /// The bank.
    #[schema(min_length = 1, max_length = 64)]
    bank: String,
    /// The card number.
    #[schema(min_length = 8, max_length = 32)]
    number: String,
}

impl ResidentForm {
    /// The person it tells of.
    pub(crate) fn parse(
        &self,
        today: Day,
    ) -> Result<(sizhu_core::CitizenId, ResidentDetails), Problem> {
        let mut fields = Fields::on(today);
        let citizen_id = fields.citizen_id("/citizen_id", &self.citizen_id);
        let name = fields.name("/name", &self.name);
        let village = DivisionLevel::Village;
        let division = fields.division("/division", &self.division, village);
        let lives_in = self.lives_in.as_deref();
        let lives_in = lives_in.and_then(|code| fields.division("/lives_in", code, village));
        let spouse = self.spouse_citizen_id.as_deref();
        let spouse = spouse.and_then(|text| fields.citizen_id("/spouse_citizen_id", text));
        if spouse.is_some() && spouse == citizen_id {
            fields.refuse("/spouse_citizen_id", "invalid_value");
        }
        let phone = self.phone.as_deref();
        let phone = phone.and_then(|text| fields.digits("/phone", text, "+- ", 5..=20));
        let card = self.card.as_ref().and_then(|card| {
            let bank = fields.text("/card/bank", &card.bank, 64);
            let number = fields.digits("/card/number", &card.number, "", 8..=32);
            Some(Card {
                bank: bank?,
                number: number?,
            })
        });
        fields.finish(|| {
            let details = ResidentDetails {
                name: name?,
                division: division?,
                lives_in,
                marital_status: self.marital_status,
                spouse,
                phone,
                card,
            };
            Some((citizen_id?, details))
        })
    }
}

/// A person in the registry, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resident)]
pub struct ResidentView {
    /// Their id.
    id: Uuid,
    /// Citizen ID, masked.
    #[schema(example = "430102********0044")]
    citizen_id: String,
    /// Name, masked.
    #[schema(example = "周**")]
    name: String,
    /// Sex, from the citizen ID.
    #[schema(value_type = words::Sex)]
    sex: Sex,
    /// Registered residence.
    #[schema(example = "430102001001")]
    division: String,
    /// Where the person lives, if elsewhere.
    lives_in: Option<String>,
    /// Marital status.
    #[schema(value_type = Option<words::MaritalStatus>)]
    marital_status: Option<MaritalStatus>,
    /// The spouse's citizen ID, masked.
    spouse_citizen_id: Option<String>,
    /// Phone number, masked.
    #[schema(example = "138****0000")]
    phone: Option<String>,
    /// One-card account, masked.
    card: Option<CardView>,
    /// Statuses, oldest first.
    statuses: Vec<StatusView>,
    /// Counts up with every change.
    version: i32,
}

/// A one-card account, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MaskedCard)]
pub struct CardView {
    /// The bank.
    bank: String,
    /// The card number, masked.
    #[schema(example = "****0000")]
    number: String,
}

/// A number with only its ends shown; where it is too short for that, nothing of it.
fn masked(number: &str, head: usize, tail: usize) -> String {
    let count = number.chars().count();
    if count < head.saturating_add(tail).saturating_add(4) {
        return "****".to_owned();
    }
    let first: String = number.chars().take(head).collect();
    let last: String = number.chars().skip(count.saturating_sub(tail)).collect();
    format!("{first}****{last}")
}

impl ResidentView {
    pub(super) fn of(state: &ResidentState) -> Self {
        let resident = &state.resident;
        let details = &resident.details;
        Self {
            id: resident.id.get(),
            citizen_id: resident.citizen_id.masked(),
            name: details.name.masked(),
            sex: resident.citizen_id.sex(),
            division: details.division.to_string(),
            lives_in: details.lives_in.as_ref().map(ToString::to_string),
            marital_status: details.marital_status,
            spouse_citizen_id: details.spouse.as_ref().map(sizhu_core::CitizenId::masked),
            phone: details.phone.as_deref().map(|phone| masked(phone, 3, 4)),
            card: details.card.as_ref().map(|card| CardView {
                bank: card.bank.clone(),
                number: masked(&card.number, 0, 4),
            }),
            statuses: state.statuses.iter().map(StatusView::of).collect(),
            version: resident.version,
        }
    }
}

/// Version of a person with their statuses.
fn version(state: &ResidentState) -> i64 {
    let statuses = state
        .statuses
        .iter()
        .map(|status| i64::from(status.version))
        .sum::<i64>();
    i64::from(state.resident.version)
        .saturating_mul(1_000_000)
        .saturating_add(statuses)
}

/// Register a person
///
/// In the officer's own division. Claims that came in before are decided anew.
#[utoipa::path(
    operation_id = "create_resident",
    tag = "residents",
    request_body = ResidentForm,
    responses(
        (status = 201, description = "The person, masked.", body = ResidentView,
         headers(("Location" = String, description = "The person."),
                 ("ETag" = String, description = "Their version."))),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/residents")]
pub(crate) async fn create_resident(
    state: State,
    caller: OfficerCaller,
    Body(form): Body<ResidentForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("resident.registered");
    let (citizen_id, details) = form.parse(news.today)?;
    let actor = caller.actor();
    let newcomer = Newcomer {
        citizen_id,
        details,
        channel: "officer",
    };
    let (store, policies) = (&state.store, &state.policies);
    let registered =
        service::register(store, &actor, policies, &caller.division, newcomer, news).await?;
    let location = format!("/v1/residents/{}", registered.resident.id);
    let view = ResidentView::of(&registered);
    versioned(
        StatusCode::CREATED,
        Some(location),
        version(&registered),
        &view,
    )
}

/// Get a person
///
/// Masked, with their statuses.
#[utoipa::path(
    operation_id = "get_resident",
    tag = "residents",
    params(("id" = Uuid, Path, description = "The person.")),
    responses(
        (status = 200, description = "The person, masked.", body = ResidentView,
         headers(("ETag" = String, description = "Their version."))),
        CommonProblems,
    )
)]
#[get("/v1/residents/{id}")]
pub(crate) async fn get_resident(
    state: State,
    caller: OfficerOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let found = service::find(&state.store, &actor, grant, ResidentId::new(id)).await?;
    versioned(
        StatusCode::OK,
        None,
        version(&found),
        &ResidentView::of(&found),
    )
}

/// A search by citizen ID.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ResidentSearch, example = json!({"citizen_id": "430102196503150023"}))]
pub struct SearchForm {
    /// Citizen ID (GB 11643-1999, 18 characters).
    citizen_id: String,
}

impl Form for SearchForm {}

/// Search a person by citizen ID
///
/// In a body, for a citizen ID never stands in an address. No one, or no one the caller may see,
/// is an empty list. The search is recorded.
#[utoipa::path(
    operation_id = "search_residents",
    tag = "residents",
    request_body = SearchForm,
    responses(
        (status = 200, description = "The person, or no one.", body = Page<ResidentView>),
        CommonProblems, BodyProblems,
    )
)]
#[post("/v1/residents/search")]
pub(crate) async fn search_residents(
    state: State,
    caller: OfficerOrAuditor,
    Body(form): Body<SearchForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("resident.searched");
    let mut fields = Fields::on(news.today);
    let citizen_id = fields.citizen_id("/citizen_id", &form.citizen_id);
    let citizen_id = fields.finish(|| citizen_id)?;
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let found = service::search(&state.store, &actor, grant, &citizen_id, news).await?;
    let items = found.iter().map(ResidentView::of).collect();
    Ok(HttpResponse::Ok().json(Page {
        items,
        next_cursor: None,
    }))
}
