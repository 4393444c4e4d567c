//! `audit_events`: what was done, by whom, when; written with the deed and never touched again.

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl, Queryable,
    Selectable, SelectableHelper, TextExpressionMethods,
    sql_types::{Array, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use sizhu_core::{AuditEventId, DivisionCode, DivisionLevel, ResidentId, SubjectId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    prepared::Prepared,
    schema::{audit_events, resident_versions, residents},
};

/// Something done that must not go unrecorded.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened, as `noun.verb`.
    pub kind: &'static str,
    /// The person concerned.
    pub subject: Option<SubjectId>,
    /// The row concerned.
    pub object: Option<Uuid>,
    /// The division concerned, where no registered person is.
    pub division: Option<DivisionCode>,
    /// Row ids, counts and amounts; never an identifier, a name or a diagnosis.
    pub details: Value,
}

/// An event as it was recorded.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_events, check_for_backend(diesel::pg::Pg))]
pub struct RecordedEvent {
    /// Row id.
    pub id: Uuid,
    /// What happened.
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// In which role.
    pub actor_role: String,
    /// The person concerned.
    pub subject_id: Option<Uuid>,
    /// The row concerned.
    pub object_id: Option<Uuid>,
    /// The whole event as canonical JSON (RFC 8785).
    pub body: Vec<u8>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

struct Row {
    id: Uuid,
    kind: &'static str,
    actor: String,
    actor_role: &'static str,
    subject_id: Option<Uuid>,
    object_id: Option<Uuid>,
    division: Option<String>,
    body: Vec<u8>,
    recorded_at: DateTime<Utc>,
}

impl Row {
    fn of(tx: &Tx, event: &Event, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let id = Uuid::now_v7();
        let actor = tx.actor_on(event.subject);
        let (actor, role) = (actor.name(), actor.role());
        let body = json!({
            "id": id,
            "at": now.to_rfc3339_opts(SecondsFormat::Micros, true),
            "kind": event.kind,
            "actor": actor,
            "actor_role": role,
            "subject_id": event.subject,
            "object_id": event.object,
            "division": event.division,
            "details": event.details,
        });
        let body = serde_json_canonicalizer::to_vec(&body).or(Err(StoreError::Corrupt("event")))?;
        Ok(Self {
            id,
            kind: event.kind,
            actor: actor.to_owned(),
            actor_role: role,
            subject_id: event.subject.map(SubjectId::get),
            object_id: event.object,
            division: event.division.as_ref().map(|it| it.as_str().to_owned()),
            body,
            recorded_at: now,
        })
    }
}

/// Records an event in the transaction of the deed, under who acts on the person it concerns.
///
/// # Errors
/// What the database says.
pub async fn record(
    tx: &mut Tx,
    event: Event,
    now: DateTime<Utc>,
) -> Result<AuditEventId, StoreError> {
    let row = Row::of(tx, &event, now)?;
    let id = AuditEventId::new(row.id);
    insert(tx, &[row]).await?;
    Ok(id)
}

/// Records events as [`record`] does one, in their order.
///
/// # Errors
/// What the database says.
pub async fn record_all(
    tx: &mut Tx,
    events: Vec<Event>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows = events.iter().map(|event| Row::of(tx, event, now));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    insert(tx, &rows).await
}

/// One statement however many there are, which PostgreSQL knows already.
async fn insert(tx: &mut Tx, rows: &[Row]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = diesel::sql_query(
        "INSERT INTO audit_events (id, kind, actor, actor_role, subject_id, object_id, division, \
             body, recorded_at) \
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], \
             $6::uuid[], $7::text[], $8::bytea[], $9::timestamptz[])",
    )
    .bind::<Array<SqlUuid>, _>(rows.iter().map(|it| it.id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|it| it.kind).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|it| it.actor.as_str()).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|it| it.actor_role).collect::<Vec<_>>())
    .bind::<Array<Nullable<SqlUuid>>, _>(rows.iter().map(|it| it.subject_id).collect::<Vec<_>>())
    .bind::<Array<Nullable<SqlUuid>>, _>(rows.iter().map(|it| it.object_id).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(
        rows.iter()
            .map(|it| it.division.as_deref())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Binary>, _>(rows.iter().map(|it| it.body.as_slice()).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(rows.iter().map(|it| it.recorded_at).collect::<Vec<_>>());
    Prepared(statement).execute(tx.conn()).await?;
    Ok(())
}

/// What a reader of the log asks for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The reader's division: a province sees everything, a division below it what concerns the
    /// people registered there, its money and its hospitals.
    pub within: DivisionCode,
    /// Client that acted.
    pub actor: Option<String>,
    /// Person concerned.
    pub subject: Option<SubjectId>,
    /// Person concerned, by their row in the registry.
    pub resident: Option<ResidentId>,
    /// Kind of event.
    pub kind: Option<String>,
    /// At or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub until: Option<DateTime<Utc>>,
    /// Before this event in the list.
    pub before: Option<Uuid>,
}

/// Events, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let mut query = audit_events::table
        .select(RecordedEvent::as_select())
        .order(audit_events::id.desc())
        .limit(limit)
        .into_boxed();
    if filter.within.level() != DivisionLevel::Province {
        let registered = residents::table
            .inner_join(resident_versions::table)
            .filter(resident_versions::superseded_at.is_null())
            .filter(resident_versions::valid_until.is_null())
            .filter(resident_versions::division.like(format!("{}%", filter.within)))
            .select(residents::subject_id.nullable());
        let within = format!("{}%", filter.within);
        query = query.filter(
            audit_events::subject_id
                .eq_any(registered)
                .or(audit_events::division.assume_not_null().like(within)),
        );
    }
    if let Some(resident) = filter.resident {
        let subject = residents::table
            .filter(residents::id.eq(resident.get()))
            .select(residents::subject_id.nullable());
        query = query.filter(audit_events::subject_id.eq_any(subject));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_events::actor.eq(actor));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(audit_events::subject_id.eq(subject.get()));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(audit_events::kind.eq(kind));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_events::recorded_at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_events::recorded_at.lt(until));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_events::id.lt(before));
    }
    Ok(query.load(tx.conn()).await?)
}
