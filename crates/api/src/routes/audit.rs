//! `/v1/audit-events`: what was done, by whom, when.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sizhu_core::{ResidentId, SubjectId};
use sizhu_store::audit::{Filter, RecordedEvent};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::auth::AuditorCaller;
use crate::extract::Listing;
use crate::openapi::CommonProblems;
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Problem};
use crate::service::trail as service;
use crate::state::State;

/// Which events.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventFilter {
    /// Client that acted.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64, example = "demo-hospital")]
    actor: Option<String>,
    /// Person concerned, by the subject id that events carry.
    subject_id: Option<Uuid>,
    /// Person concerned, by their row in the registry.
    resident_id: Option<Uuid>,
    /// Kind of event.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64, example = "claim.posted")]
    kind: Option<String>,
    /// At or after this instant (RFC 3339).
    from: Option<DateTime<Utc>>,
    /// Before this instant (RFC 3339).
    until: Option<DateTime<Utc>>,
}

/// An audit event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub struct EventView {
    /// Its id.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// What happened.
    #[schema(example = "claim.posted")]
    kind: String,
    /// Who did it.
    #[schema(example = "demo-hospital")]
    actor: String,
    /// In which role.
    #[schema(example = "hospital")]
    actor_role: String,
    /// Person concerned.
    subject_id: Option<Uuid>,
    /// Row concerned.
    object_id: Option<Uuid>,
    /// Row ids, counts and amounts; never an identifier.
    #[schema(value_type = Object)]
    details: Value,
}

impl EventView {
    fn of(event: RecordedEvent) -> Self {
        // The body was written by the store and holds the details; the columns repeat the rest.
        let body: Value = serde_json::from_slice(&event.body).unwrap_or_default();
        Self {
            id: event.id,
            at: event.recorded_at,
            kind: event.kind,
            actor: event.actor,
            actor_role: event.actor_role,
            subject_id: event.subject_id,
            object_id: event.object_id,
            details: body.get("details").cloned().unwrap_or_default(),
        }
    }
}

/// List audit events
///
/// Newest first.
#[utoipa::path(
    operation_id = "list_audit_events",
    tag = "audit",
    params(EventFilter, PageQuery),
    responses((status = 200, description = "A page of events.", body = Page<EventView>), CommonProblems)
)]
#[get("/v1/audit-events")]
pub(crate) async fn list_audit_events(
    state: State,
    caller: AuditorCaller,
    query: Listing<EventFilter>,
) -> Result<HttpResponse, Problem> {
    let asked = query.filter;
    let filter = Filter {
        within: caller.division.clone(),
        actor: asked.actor,
        subject: asked.subject_id.map(SubjectId::new),
        resident: asked.resident_id.map(ResidentId::new),
        kind: asked.kind,
        from: asked.from,
        until: asked.until,
        before: query.page.after::<Uuid>()?,
    };
    let sane = |at: &Option<DateTime<Utc>>| at.is_none_or(|at| (1900..3000).contains(&at.year()));
    for (pointer, at) in [("/from", &filter.from), ("/until", &filter.until)] {
        if !sane(at) {
            return Err(Problem::parameters(vec![FieldError::of_code(
                pointer, "range",
            )]));
        }
    }
    let rows = service::list(&state.store, &caller.actor(), &filter, query.page.rows()).await?;
    let page = Page::cut(rows, &query.page, |event| event.id, EventView::of);
    Ok(HttpResponse::Ok().json(page))
}
