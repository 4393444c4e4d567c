//! `/v1/policy-versions`: policy texts from upload to their end.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sizhu_core::{Day, PolicyVersionId};
use sizhu_store::policy_versions::{Filter, PolicyVersion};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::answer::versioned;
use super::words;
use crate::auth::{PolicyCaller, PolicyOrAuditor};
use crate::etag::{IfMatch, OptionalIfMatch};
use crate::extract::{Body, Form, Listing, Path};
use crate::openapi::{
    BodyProblems, CheckedProblems, CommonProblems, ConflictProblems, EditProblems,
};
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Language, Problem, Text};
use crate::service::differing;
use crate::service::versions::{self as service, Office, Uploaded};
use crate::state::State;

/// The longest text taken, in bytes: that of the pack format.
const TEXT_BYTES: u64 = 262_144;

/// The largest body: such a text, each of its characters escaped.
const BODY_BYTES: usize = 1_048_576;

/// Where a text is in its life.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyVersion)]
pub struct VersionView {
    /// Its id.
    id: Uuid,
    /// The programme it defines or changes.
    #[schema(example = "special-assistance")]
    programme: String,
    /// Where it holds: `national` or a division's code.
    #[schema(example = "4301")]
    place: String,
    /// `pack`, or `overlay` of a lower division.
    #[schema(value_type = words::TextKind)]
    kind: &'static str,
    /// `draft`, `approved` (it waits for its day), `in_force`, `superseded` or `withdrawn`.
    #[schema(value_type = words::VersionState)]
    state: &'static str,
    /// `shipped` with the program or `uploaded`.
    #[schema(value_type = words::Origin)]
    origin: &'static str,
    /// SHA-256 of the text, in hex.
    text_hash: String,
    /// What the uploader says of it.
    note: String,
    /// The client that uploaded it.
    recorded_by: String,
    /// When.
    recorded_at: DateTime<Utc>,
    /// The client that approved it.
    approved_by: Option<String>,
    /// When.
    approved_at: Option<DateTime<Utc>>,
    /// The day it comes in force.
    #[schema(value_type = Option<String>, format = Date)]
    activates_on: Option<Day>,
    /// When it came in force.
    activated_at: Option<DateTime<Utc>>,
    /// When it was superseded or withdrawn.
    ended_at: Option<DateTime<Utc>>,
}

impl VersionView {
    fn of(version: &PolicyVersion) -> Self {
        let approval = version.approval.as_ref();
        Self {
            id: version.id.get(),
            programme: version.programme.to_string(),
            place: version.place.to_string(),
            kind: version.kind.as_str(),
            state: version.state.as_str(),
            origin: version.origin.as_str(),
            text_hash: version.text_hash.clone(),
            note: version.note.clone(),
            recorded_by: version.recorded_by.clone(),
            recorded_at: version.recorded_at,
            approved_by: approval.map(|it| it.by.clone()),
            approved_at: approval.map(|it| it.at),
            activates_on: approval.map(|it| it.activates_on),
            activated_at: version.activated_at,
            ended_at: version.ended_at,
        }
    }
}

/// A text with where it is in its life.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyVersionText)]
pub struct TextView {
    /// Where it is in its life.
    #[serde(flatten)]
    version: VersionView,
    /// The text (TOML).
    text: String,
}

impl TextView {
    fn of(uploaded: &Uploaded) -> Self {
        Self {
            version: VersionView::of(&uploaded.version),
            text: uploaded.text.clone(),
        }
    }
}

/// A draft.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyDraft, example = json!({
    "text": "format = 2\noverlay = \"special-assistance\"\nplace = \"4302\"\n\n[[values.monthly_amount]]\nfrom = \"2027-01-01\"\nvalue = \"700 yuan/month\"\nassumed = \"A draft for discussion.\"\n",
    "note": "Zhuzhou asks for a city supplement."
}))]
pub struct DraftForm {
    /// The text of a pack or an overlay (TOML), as docs/POLICY_PACKS.md describes it.
    #[validate(length(min = 1, max = TEXT_BYTES))]
    #[schema(min_length = 1, max_length = 262_144)]
    text: String,
    /// What it is for.
    #[validate(length(max = 1000))]
    #[schema(max_length = 1000)]
    #[serde(default)]
    note: String,
}

impl Form for DraftForm {}

/// Upload a draft
///
/// Checked whole: a text with a fault is refused with every fault and its line, and nothing is
/// stored. A good one is a draft until a second client approves it.
#[utoipa::path(
    operation_id = "create_policy_version",
    tag = "policy-versions",
    request_body = DraftForm,
    responses(
        (status = 201, description = "The draft.", body = TextView,
         headers(("Location" = String, description = "Its address."),
                 ("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems,
    )
)]
#[post("/v1/policy-versions")]
pub(crate) async fn create_policy_version(
    state: State,
    caller: PolicyCaller,
    Body(form): Body<DraftForm, BODY_BYTES>,
) -> Result<HttpResponse, Problem> {
    let actor = caller.actor();
    let office = office(&state, &actor, "policy_version.uploaded");
    let uploaded = service::upload(office, form.text, form.note).await?;
    let location = format!("/v1/policy-versions/{}", uploaded.version.id);
    let version = uploaded.version.version.into();
    versioned(
        StatusCode::CREATED,
        Some(location),
        version,
        &TextView::of(&uploaded),
    )
}

fn office<'a>(state: &'a State, actor: &'a sizhu_store::Actor, cause: &'static str) -> Office<'a> {
    Office {
        store: &state.store,
        actor,
        news: state.news(cause),
    }
}

/// Which texts.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionFilter {
    /// Of this programme.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60)]
    programme: Option<String>,
    /// Of this place: `national` or a division's code.
    #[validate(length(min = 1, max = 12))]
    #[param(min_length = 1, max_length = 12)]
    place: Option<String>,
    /// In this state.
    #[param(value_type = Option<words::VersionState>)]
    state: Option<String>,
}

/// List policy versions
///
/// Newest first, without their texts.
#[utoipa::path(
    operation_id = "list_policy_versions",
    tag = "policy-versions",
    params(VersionFilter, PageQuery),
    responses((status = 200, description = "A page of versions.", body = Page<VersionView>), CommonProblems)
)]
#[get("/v1/policy-versions")]
pub(crate) async fn list_policy_versions(
    state: State,
    caller: PolicyOrAuditor,
    query: Listing<VersionFilter>,
) -> Result<HttpResponse, Problem> {
    let wanted = match query.filter.state.as_deref().map(str::parse) {
        Some(Ok(state)) => Some(state),
        Some(Err(_)) => {
            let error = FieldError::of_code("/state", "unknown_variant");
            return Err(Problem::parameters(vec![error]));
        }
        None => None,
    };
    let filter = Filter {
        programme: query.filter.programme.clone(),
        place: query.filter.place.clone(),
        state: wanted,
        before: query.page.after::<Uuid>()?,
    };
    let rows = query.page.rows();
    let found = service::list(&state.store, &caller.actor(), &filter, rows).await?;
    let page = Page::cut(
        found,
        &query.page,
        |row| row.id.get(),
        |row| VersionView::of(&row),
    );
    Ok(HttpResponse::Ok().json(page))
}

/// Get a policy version
///
/// With its text.
#[utoipa::path(
    operation_id = "get_policy_version",
    tag = "policy-versions",
    params(("id" = Uuid, Path, description = "The version.")),
    responses(
        (status = 200, description = "The version.", body = TextView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems,
    )
)]
#[get("/v1/policy-versions/{id}")]
pub(crate) async fn get_policy_version(
    state: State,
    caller: PolicyOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let actor = caller.actor();
    let found = service::find(&state.store, &actor, PolicyVersionId::new(id)).await?;
    versioned(
        StatusCode::OK,
        None,
        found.version.version.into(),
        &TextView::of(&found),
    )
}

/// What a text changes, in words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyDifference)]
pub struct DifferenceView {
    /// The version it would take the place of, or took; none where there is none.
    in_force_id: Option<Uuid>,
    /// One sentence a change, in the language asked for.
    changes: Vec<String>,
}

/// Compare a policy version
///
/// With the one in force in its place: what would change, in words, by `Accept-Language`.
#[utoipa::path(
    operation_id = "compare_policy_version",
    tag = "policy-versions",
    params(("id" = Uuid, Path, description = "The version.")),
    responses(
        (status = 200, description = "The changes.", body = DifferenceView),
        CommonProblems,
    )
)]
#[get("/v1/policy-versions/{id}/difference")]
pub(crate) async fn compare_policy_version(
    request: HttpRequest,
    state: State,
    caller: PolicyOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let actor = caller.actor();
    let id = PolicyVersionId::new(id);
    let (version, current) = service::find_with_current(&state.store, &actor, id).await?;
    let set = state.policies.snapshot();
    let changes = differing::in_words(&set, &version, current.as_ref())?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(DifferenceView {
        in_force_id: current.map(|current| current.version.id.get()),
        changes: (changes.into_iter())
            .map(|change| Text::from(change).in_language(language).to_owned())
            .collect(),
    }))
}

/// An approval.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyApproval, example = json!({"activates_on": "2027-01-01"}))]
pub struct ApprovalForm {
    /// The day it comes in force, today or later, at the beginning of the day in Shanghai.
    #[schema(value_type = String, format = Date)]
    activates_on: Day,
}

impl Form for ApprovalForm {}

/// Approve a draft
///
/// By another client than the one that uploaded it. It is checked once more against what is in
/// force, and comes in force by itself on its day.
#[utoipa::path(
    operation_id = "approve_policy_version",
    tag = "policy-versions",
    params(("id" = Uuid, Path, description = "The version."),
           ("If-Match" = String, Header, description = "The ETag last read.")),
    request_body = ApprovalForm,
    responses(
        (status = 200, description = "The version, approved.", body = VersionView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, BodyProblems, ConflictProblems, EditProblems,
    )
)]
#[post("/v1/policy-versions/{id}/approval")]
pub(crate) async fn approve_policy_version(
    state: State,
    caller: PolicyCaller,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Body(form): Body<ApprovalForm>,
) -> Result<HttpResponse, Problem> {
    let actor = caller.actor();
    let office = office(&state, &actor, "policy_version.approved");
    let seen = |version| if_match.check(version);
    let id = PolicyVersionId::new(id);
    let version = service::approve_draft(office, id, form.activates_on, seen).await?;
    show(&version)
}

/// Withdraw a policy version
///
/// Before it is in force. One in force is never edited or withdrawn: another takes its place.
#[utoipa::path(
    operation_id = "withdraw_policy_version",
    tag = "policy-versions",
    params(("id" = Uuid, Path, description = "The version."),
           ("If-Match" = Option<String>, Header,
            description = "The ETag last read: refused (412) if it changed since.",
            example = "*")),
    responses(
        (status = 200, description = "The version, withdrawn.", body = VersionView,
         headers(("ETag" = String, description = "Its version."))),
        CommonProblems, ConflictProblems, CheckedProblems,
    )
)]
#[post("/v1/policy-versions/{id}/withdrawal")]
pub(crate) async fn withdraw_policy_version(
    state: State,
    caller: PolicyCaller,
    Path(id): Path<Uuid>,
    if_match: OptionalIfMatch,
) -> Result<HttpResponse, Problem> {
    let actor = caller.actor();
    let office = office(&state, &actor, "policy_version.withdrawn");
    let seen = |version| if_match.check(version);
    let version = service::withdraw_text(office, PolicyVersionId::new(id), seen).await?;
    show(&version)
}

fn show(version: &PolicyVersion) -> Result<HttpResponse, Problem> {
    versioned(
        StatusCode::OK,
        None,
        version.version.into(),
        &VersionView::of(version),
    )
}
