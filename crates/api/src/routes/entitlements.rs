//! `/v1/residents/{id}/entitlements`, `/v1/me/entitlements` and `/v1/unserved`: what people are
//! entitled to, what they received, and who was never served.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};
use sizhu_core::pack::{Help, Period, ProgrammeId};
use sizhu_core::{Day, DivisionCode, ResidentId};
use sizhu_store::population::After;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::decision_view::{ClauseView, clause};
use super::eligibility::AnswerView;
use super::words;
use crate::auth::{OfficerOrAuditor, ResidentCaller};
use crate::extract::{Listing, NoFilter, Path};
use crate::openapi::CommonProblems;
use crate::page::{Page, PageQuery, cursor};
use crate::problem::{FieldError, Language, Problem, Text};
use crate::service::claims::Audience;
use crate::service::entitling::{self as service, Entitlement, Unserved, UnservedPerson};
use crate::state::State;
use crate::wording::told;

/// What a programme says of a person, beside what they received from it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResidentEntitlement)]
pub struct EntitlementView {
    /// What it says to the registry's facts today. A programme of stays says what the stays came
    /// to; of someone without any, what a stay would have to be.
    #[serde(flatten)]
    answer: AnswerView,
    /// Clause by clause, in the order the rule is read.
    trace: Vec<ClauseView>,
    /// Granted for this calendar year, in fen.
    #[schema(example = 460_000)]
    received_this_year_fen: i64,
    /// Granted ever, in fen.
    #[schema(example = 460_000)]
    received_in_all_fen: i64,
    /// Of that, what waits for money, in fen.
    #[schema(example = 0)]
    waiting_fen: i64,
    /// Whether anything was ever earmarked or paid. Granted and not served: entitled and never
    /// served.
    served: bool,
}

impl EntitlementView {
    fn of(it: &Entitlement, on: Day, language: Language) -> Self {
        let trace = it.screened.explanation.trace.0.iter();
        Self {
            answer: AnswerView::of(&it.screened, on, language),
            trace: trace
                .map(|entry| clause(entry, Audience::Registry, language))
                .collect(),
            received_this_year_fen: it.received.this_year.get(),
            received_in_all_fen: it.received.in_all.get(),
            waiting_fen: it.received.waiting().get(),
            served: it.served,
        }
    }
}

/// A page of a person's programmes, which are few: cut by their number in the list.
fn page(
    found: Vec<Entitlement>,
    query: &PageQuery,
    on: Day,
    language: Language,
) -> Result<Page<EntitlementView>, Problem> {
    let after = query.after::<i64>()?;
    let rows = usize::try_from(query.rows()).unwrap_or(usize::MAX);
    let numbered = (1_i64..)
        .zip(found)
        .filter(|(number, _)| after.is_none_or(|after| *number > after));
    Ok(Page::cut(
        numbered.take(rows).collect(),
        query,
        |(number, _)| *number,
        |(_, it)| EntitlementView::of(&it, on, language),
    ))
}

/// List a person's entitlements
///
/// Each programme of their division: what it says to the registry's facts today, with its trace,
/// what was received, and whether they were ever served. Reading is recorded.
#[utoipa::path(
    operation_id = "list_resident_entitlements",
    tag = "residents",
    params(("id" = Uuid, Path, description = "The person."), PageQuery),
    responses(
        (status = 200, description = "A page of programmes.", body = Page<EntitlementView>),
        CommonProblems,
    )
)]
#[get("/v1/residents/{id}/entitlements")]
pub(crate) async fn list_resident_entitlements(
    request: HttpRequest,
    state: State,
    caller: OfficerOrAuditor,
    Path(id): Path<Uuid>,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("entitlements.read");
    let (actor, grant) = (caller.actor(), &caller.caller().grant);
    let (policies, id) = (state.policies.snapshot(), ResidentId::new(id));
    let found = service::of_resident(&state.store, &actor, grant, &policies, id, news).await?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(page(found, &query.page, news.today, language)?))
}

/// List your entitlements
///
/// As `list_resident_entitlements`, of yourself.
#[utoipa::path(
    operation_id = "list_my_entitlements",
    tag = "me",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of programmes.", body = Page<EntitlementView>),
        CommonProblems,
    )
)]
#[get("/v1/me/entitlements")]
pub(crate) async fn list_my_entitlements(
    request: HttpRequest,
    state: State,
    caller: ResidentCaller,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("entitlements.read");
    let (actor, grant) = (caller.actor(), &caller.caller.grant);
    let (policies, id) = (state.policies.snapshot(), caller.resident);
    let found = service::of_resident(&state.store, &actor, grant, &policies, id, news).await?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(page(found, &query.page, news.today, language)?))
}

/// Whose list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnservedFilter {
    /// Those registered in this division; in all of the caller's if not given.
    #[param(example = "430102")]
    division: Option<String>,
    /// Those entitled by this programme.
    #[param(example = "special-assistance")]
    programme: Option<String>,
}

/// A programme that entitles somebody and never served them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnservedProgramme)]
pub struct UnservedProgrammeView {
    /// The programme.
    #[schema(example = "special-assistance")]
    programme: String,
    /// What it is called.
    title: String,
    /// The help it belongs to.
    #[schema(value_type = words::Help)]
    help: Help,
    /// What the amount is for.
    #[schema(value_type = words::ProgrammePeriod)]
    period: Period,
    /// For one period, in fen; nothing for a service.
    #[schema(example = 59_000)]
    amount_fen: i64,
    /// Granted and waiting for money, in fen.
    #[schema(example = 0)]
    waiting_fen: i64,
}

/// Somebody entitled and never served, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnservedResident)]
pub struct UnservedView {
    /// The person.
    resident_id: Uuid,
    /// Citizen ID, masked.
    #[schema(example = "430102********0044")]
    citizen_id: String,
    /// Name, masked.
    #[schema(example = "周**")]
    name: String,
    /// Registered residence.
    #[schema(example = "430102001001")]
    division: String,
    /// The programmes, by help and title.
    programmes: Vec<UnservedProgrammeView>,
}

impl UnservedView {
    fn of(it: &UnservedPerson, language: Language) -> Self {
        let (resident, details) = (&it.resident, &it.resident.details);
        let programmes = it.programmes.iter().map(|it| UnservedProgrammeView {
            programme: it.programme.id().to_string(),
            title: told(it.programme.title(), language),
            help: it.programme.help(),
            period: it.programme.period(),
            amount_fen: it.amount.get(),
            waiting_fen: it.waiting.get(),
        });
        Self {
            resident_id: resident.id.get(),
            citizen_id: resident.citizen_id.masked(),
            name: details.name.masked(),
            division: details.division.to_string(),
            programmes: programmes.collect(),
        }
    }
}

/// List who is entitled and was never served
///
/// People of the caller's division whom a programme entitles by the registry's facts alone, and to
/// whom nothing of it was ever earmarked or paid: the list to work through, village by village. One
/// page examines 2,000 people at most, so a page may be short or empty and still have a next one.
/// Reading is recorded.
#[utoipa::path(
    operation_id = "list_unserved",
    tag = "residents",
    params(UnservedFilter, PageQuery),
    responses(
        (status = 200, description = "A page of people, masked.", body = Page<UnservedView>),
        CommonProblems,
    )
)]
#[get("/v1/unserved")]
pub(crate) async fn list_unserved(
    request: HttpRequest,
    state: State,
    caller: OfficerOrAuditor,
    query: Listing<UnservedFilter>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("unserved.listed");
    let policies = state.policies.snapshot();
    let after = query.page.after::<(String, Uuid)>()?;
    let programme = programme(query.filter.programme.as_deref())?;
    let asked = query.filter.division.as_deref().map(DivisionCode::parse);
    let asked = asked.transpose().map_err(|error| {
        Problem::parameters(vec![FieldError::of_code("/division", error.code())])
    })?;
    let Some(division) = narrowed(caller.caller().grant.division(), asked) else {
        // Outside the caller's division there is nobody to see.
        return Ok(HttpResponse::Ok().json(Page::<UnservedView> {
            items: Vec::new(),
            next_cursor: None,
        }));
    };
    let asked = Unserved {
        division,
        programme,
        after: after.map(|(division, resident)| After { division, resident }),
        limit: usize::try_from(query.page.limit()).unwrap_or(usize::MAX),
    };
    let actor = caller.actor();
    let (found, next) = service::unserved(&state.store, &actor, &policies, &asked, news).await?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(Page {
        items: found
            .iter()
            .map(|it| UnservedView::of(it, language))
            .collect(),
        next_cursor: next.map(|after| cursor(&(after.division, after.resident))),
    }))
}

fn programme(id: Option<&str>) -> Result<Option<ProgrammeId>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let unknown = || {
        Problem::parameters(vec![FieldError::new(
            "/programme",
            "unknown_programme",
            Text::new("没有这个项目。", "There is no such programme."),
        )])
    };
    Ok(Some(ProgrammeId::parse(id).ok_or_else(unknown)?))
}

/// What of a division lies in the caller's: all of it, the caller's own part, or nothing.
fn narrowed(own: Option<&DivisionCode>, asked: Option<DivisionCode>) -> Option<DivisionCode> {
    let own = own?;
    match asked {
        None => Some(own.clone()),
        Some(asked) if own.contains(&asked) => Some(asked),
        Some(asked) if asked.contains(own) => Some(own.clone()),
        Some(_) => None,
    }
}
