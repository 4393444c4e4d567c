//! `policy_versions`: the life of each policy text, from its upload to its end. What may change is its
//! state, by guarded updates; the text never does.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{
    Day, PolicyVersionId,
    pack::{Place, ProgrammeId},
};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    rows::{day, unword},
    schema::{policies, policy_versions},
    word::words,
};

mod steps;

pub use steps::{activate, alone, approve, supersede, withdraw};

words! {
    /// What a text is.
    TextKind {
        /// A whole programme.
        Pack = "pack",
        /// Values of a lower division.
        Overlay = "overlay",
    }
}

words! {
    /// Where a text came from.
    Origin {
        /// With the program.
        Shipped = "shipped",
        /// A client uploaded it.
        Uploaded = "uploaded",
    }
}

words! {
    /// Where a text is in its life.
    VersionState {
        /// Uploaded; nobody has approved it.
        Draft = "draft",
        /// Approved by a second client; it waits for its day.
        Approved = "approved",
        /// In force.
        InForce = "in_force",
        /// Was in force until another took its place.
        Superseded = "superseded",
        /// Taken back before it came in force.
        Withdrawn = "withdrawn",
    }
}

/// Who approved a text, when, and from which day it is to be in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The client, never the one that uploaded it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The day it comes in force.
    pub activates_on: Day,
}

/// A policy text and where it is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Row id.
    pub id: PolicyVersionId,
    /// The programme it defines or changes.
    pub programme: ProgrammeId,
    /// The place it belongs to.
    pub place: Place,
    /// Pack or overlay.
    pub kind: TextKind,
    /// SHA-256 of the text, in hex: the key in `policies`.
    pub text_hash: String,
    /// Shipped or uploaded.
    pub origin: Origin,
    /// Where it is in its life.
    pub state: VersionState,
    /// Counts up from 1 with each change of state; the ETag.
    pub version: i32,
    /// What the uploader says of it.
    pub note: String,
    /// Client that uploaded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Its approval, if it has one.
    pub approval: Option<Approval>,
    /// When it came in force.
    pub activated_at: Option<DateTime<Utc>>,
    /// When it was superseded or withdrawn.
    pub ended_at: Option<DateTime<Utc>>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = policy_versions, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    programme: String,
    place: String,
    kind: String,
    text_hash: String,
    origin: String,
    state: String,
    version: i32,
    note: String,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
    activates_on: Option<NaiveDate>,
    approved_by: Option<String>,
    approved_at: Option<DateTime<Utc>>,
    activated_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn version(self) -> Result<PolicyVersion, StoreError> {
        let approval = match (self.approved_by, self.approved_at, self.activates_on) {
            (Some(by), Some(at), Some(on)) => Some(Approval {
                by,
                at,
                activates_on: day(on),
            }),
            _ => None,
        };
        Ok(PolicyVersion {
            id: PolicyVersionId::new(self.id),
            programme: ProgrammeId::parse(&self.programme)
                .ok_or(StoreError::Corrupt("programme"))?,
            place: Place::parse(&self.place).ok_or(StoreError::Corrupt("place"))?,
            kind: unword(&self.kind, "text kind")?,
            text_hash: self.text_hash,
            origin: unword(&self.origin, "origin")?,
            state: unword(&self.state, "version state")?,
            version: self.version,
            note: self.note,
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
            approval,
            activated_at: self.activated_at,
            ended_at: self.ended_at,
        })
    }

    fn of(it: &PolicyVersion) -> Self {
        let approval = it.approval.as_ref();
        Self {
            id: it.id.get(),
            programme: it.programme.as_str().to_owned(),
            place: it.place.as_str().to_owned(),
            kind: it.kind.as_str().to_owned(),
            text_hash: it.text_hash.clone(),
            origin: it.origin.as_str().to_owned(),
            state: it.state.as_str().to_owned(),
            version: it.version,
            note: it.note.clone(),
            recorded_by: it.recorded_by.clone(),
            recorded_at: it.recorded_at,
            activates_on: approval.map(|it| it.activates_on.naive()),
            approved_by: approval.map(|it| it.by.clone()),
            approved_at: approval.map(|it| it.at),
            activated_at: it.activated_at,
            ended_at: it.ended_at,
        }
    }
}

/// Records a text whose body is kept: a draft, or a shipped one that is in force at once.
///
/// # Errors
/// [`crate::Constraint::PolicyInForce`] when another of the programme, place and kind is in force.
pub async fn insert(tx: &mut Tx, new: &PolicyVersion) -> Result<(), StoreError> {
    diesel::insert_into(policy_versions::table)
        .values(Row::of(new))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A text by its row.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx, id: PolicyVersionId) -> Result<Option<PolicyVersion>, StoreError> {
    let row: Option<Row> = policy_versions::table
        .select(Row::as_select())
        .find(id.get())
        .first(tx.conn())
        .await
        .optional()?;
    row.map(Row::version).transpose()
}

/// A text by its row, locked until the transaction ends.
///
/// # Errors
/// [`StoreError::LockTimeout`] when the lock is not granted in time.
pub async fn lock(tx: &mut Tx, id: PolicyVersionId) -> Result<Option<PolicyVersion>, StoreError> {
    let row: Option<Row> = policy_versions::table
        .select(Row::as_select())
        .find(id.get())
        .for_no_key_update()
        .first(tx.conn())
        .await
        .optional()?;
    row.map(Row::version).transpose()
}

/// What a reader of texts asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this programme.
    pub programme: Option<String>,
    /// Of this place: `national` or a code.
    pub place: Option<String>,
    /// In this state.
    pub state: Option<VersionState>,
    /// Before this one in the list.
    pub before: Option<Uuid>,
}

/// Texts, newest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<PolicyVersion>, StoreError> {
    let mut query = policy_versions::table
        .select(Row::as_select())
        .order(policy_versions::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(programme) = &filter.programme {
        query = query.filter(policy_versions::programme.eq(programme));
    }
    if let Some(place) = &filter.place {
        query = query.filter(policy_versions::place.eq(place));
    }
    if let Some(state) = filter.state {
        query = query.filter(policy_versions::state.eq(state.as_str()));
    }
    if let Some(before) = filter.before {
        query = query.filter(policy_versions::id.lt(before));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.into_iter().map(Row::version).collect()
}

/// Every text in force with its body, in order of programme, place and kind.
///
/// # Errors
/// What the database says.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<(PolicyVersion, String)>, StoreError> {
    let rows: Vec<(Row, String)> = policy_versions::table
        .inner_join(policies::table.on(policies::hash.eq(policy_versions::text_hash)))
        .select((Row::as_select(), policies::body))
        .filter(policy_versions::state.eq(VersionState::InForce.as_str()))
        .order((
            policy_versions::programme,
            policy_versions::place,
            policy_versions::kind,
        ))
        .load(tx.conn())
        .await?;
    rows.into_iter()
        .map(|(row, body)| Ok((row.version()?, body)))
        .collect()
}

/// The hashes of a programme's texts in force, wherever they hold, in order.
///
/// # Errors
/// What the database says.
pub async fn hashes_in_force(tx: &mut Tx, programme: &str) -> Result<Vec<String>, StoreError> {
    let hashes = policy_versions::table
        .select(policy_versions::text_hash)
        .filter(policy_versions::programme.eq(programme))
        .filter(policy_versions::state.eq(VersionState::InForce.as_str()))
        .order(policy_versions::text_hash)
        .load(tx.conn())
        .await?;
    Ok(hashes)
}

/// The text in force of a programme, place and kind.
///
/// # Errors
/// What the database says.
pub async fn current(
    tx: &mut Tx,
    programme: &ProgrammeId,
    place: &Place,
    kind: TextKind,
) -> Result<Option<PolicyVersion>, StoreError> {
    let row: Option<Row> = policy_versions::table
        .select(Row::as_select())
        .filter(policy_versions::programme.eq(programme.as_str()))
        .filter(policy_versions::place.eq(place.as_str()))
        .filter(policy_versions::kind.eq(kind.as_str()))
        .filter(policy_versions::state.eq(VersionState::InForce.as_str()))
        .first(tx.conn())
        .await
        .optional()?;
    row.map(Row::version).transpose()
}

/// Approved texts whose day has come, the earliest first.
///
/// # Errors
/// What the database says.
pub async fn due(tx: &mut Tx, today: Day) -> Result<Vec<PolicyVersion>, StoreError> {
    let rows: Vec<Row> = policy_versions::table
        .select(Row::as_select())
        .filter(policy_versions::state.eq(VersionState::Approved.as_str()))
        .filter(policy_versions::activates_on.le(today.naive()))
        .order((policy_versions::activates_on, policy_versions::id))
        .load(tx.conn())
        .await?;
    rows.into_iter().map(Row::version).collect()
}
