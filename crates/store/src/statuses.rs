//! `statuses`, `status_versions` and `status_evidence`: special-family statuses and surgery
//! complications, each with its whole history.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, NullableExpressionMethods, OptionalExtension, QueryDsl,
    Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{Day, EndReason, EvidenceKind, Grade, ResidentId, StatusId, StatusKind};
use uuid::Uuid;

use crate::{
    Place, StoreError, Tx, Vault,
    rows::{day, greatest, open_opt, seal_opt, unword, unword_opt},
    schema::{status_evidence, status_versions, statuses},
};

/// A paper a status rests on.
#[derive(Clone)]
pub struct Evidence {
    /// Kind of paper.
    pub kind: EvidenceKind,
    /// Its number.
    pub number: String,
    /// Day of issue.
    pub issued_on: Day,
}

/// How a status came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// First day on which it no longer holds.
    pub on: Day,
    /// Why.
    pub reason: EndReason,
}

/// Who confirmed a status, when, and from when it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Client that confirmed it.
    pub by: String,
    /// Day of confirmation.
    pub on: Day,
    /// First day that counts.
    pub effective_from: Day,
}

/// What is held true of a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The status.
    pub id: StatusId,
    /// Row of this version.
    pub version_id: Uuid,
    /// Whose it is.
    pub resident: ResidentId,
    /// Counts up from 1.
    pub version: i32,
    /// Kind.
    pub kind: StatusKind,
    /// Grade, where the kind has one.
    pub grade: Option<Grade>,
    /// First day, as posted.
    pub starts_on: Day,
    /// Confirmation; `None` while proposed.
    pub confirmation: Option<Confirmation>,
    /// End, if it has ended.
    pub ending: Option<Ending>,
    /// Why it never was true, if it was withdrawn.
    pub withdrawn_because: Option<String>,
    /// Client that reported this version.
    pub recorded_by: String,
    /// When it was learnt.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = status_versions, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct VersionRow {
    id: Uuid,
    status_id: Uuid,
    resident_id: Uuid,
    version: i32,
    kind: String,
    grade: Option<i16>,
    starts_on: NaiveDate,
    effective_from: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    end_reason: Option<String>,
    confirmed_by: Option<String>,
    confirmed_on: Option<NaiveDate>,
    withdrawn_because_sealed: Option<Vec<u8>>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
    superseded_at: Option<DateTime<Utc>>,
}

impl VersionRow {
    fn open(self, keys: &Vault) -> Result<Status, StoreError> {
        let because = self.withdrawn_because_sealed.as_deref();
        let withdrawn_because = open_opt(keys, because_place(self.id), because)?;
        let reason = unword_opt(self.end_reason.as_deref(), "end reason")?;
        let confirmation = match (self.confirmed_by, self.confirmed_on, self.effective_from) {
            (Some(by), Some(on), Some(from)) => Some(Confirmation {
                by,
                on: day(on),
                effective_from: day(from),
            }),
            _ => None,
        };
        let grade = match self.grade {
            Some(grade) => {
                let grade = u8::try_from(grade).ok().and_then(Grade::new);
                Some(grade.ok_or(StoreError::Corrupt("grade"))?)
            }
            None => None,
        };
        Ok(Status {
            id: StatusId::new(self.status_id),
            version_id: self.id,
            resident: ResidentId::new(self.resident_id),
            version: self.version,
            kind: unword(&self.kind, "status kind")?,
            grade,
            starts_on: day(self.starts_on),
            confirmation,
            ending: self.ends_on.zip(reason).map(|(on, reason)| Ending {
                on: day(on),
                reason,
            }),
            withdrawn_because,
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
        })
    }

    fn seal(keys: &Vault, status: &Status) -> Result<Self, StoreError> {
        let because = status.withdrawn_because.as_deref();
        let confirmation = status.confirmation.as_ref();
        Ok(Self {
            id: status.version_id,
            status_id: status.id.get(),
            resident_id: status.resident.get(),
            version: status.version,
            kind: status.kind.as_str().to_owned(),
            grade: status.grade.map(|grade| i16::from(grade.get())),
            starts_on: status.starts_on.naive(),
            effective_from: confirmation.map(|it| it.effective_from.naive()),
            ends_on: status.ending.map(|ending| ending.on.naive()),
            end_reason: status
                .ending
                .map(|ending| ending.reason.as_str().to_owned()),
            confirmed_by: confirmation.map(|it| it.by.clone()),
            confirmed_on: confirmation.map(|it| it.on.naive()),
            withdrawn_because_sealed: seal_opt(keys, because_place(status.version_id), because)?,
            recorded_by: status.recorded_by.clone(),
            recorded_at: status.recorded_at,
            superseded_at: None,
        })
    }
}

const fn because_place(row: Uuid) -> Place {
    Place {
        column: "status_versions.withdrawn_because_sealed",
        row,
    }
}
const fn number_place(row: Uuid) -> Place {
    Place {
        column: "status_evidence.number_sealed",
        row,
    }
}

/// Records a new status and its first version.
///
/// # Errors
/// [`crate::Constraint::StatusPeriod`] when another status of the kind holds at the time.
pub async fn insert(
    tx: &mut Tx,
    status: &Status,
    evidence: &[Evidence],
    channel: &'static str,
) -> Result<(), StoreError> {
    diesel::insert_into(statuses::table)
        .values((
            statuses::id.eq(status.id.get()),
            statuses::resident_id.eq(status.resident.get()),
            statuses::channel.eq(channel),
            statuses::recorded_by.eq(&status.recorded_by),
            statuses::recorded_at.eq(status.recorded_at),
        ))
        .execute(tx.conn())
        .await?;
    insert_version(tx, status, evidence).await
}

/// Records the next version of a status; the one before it is history from then on.
///
/// # Errors
/// As [`insert`].
pub async fn replace(
    tx: &mut Tx,
    status: &Status,
    evidence: &[Evidence],
) -> Result<(), StoreError> {
    diesel::update(status_versions::table)
        .filter(status_versions::status_id.eq(status.id.get()))
        .filter(status_versions::superseded_at.is_null())
        .set(
            status_versions::superseded_at.eq(greatest(
                status_versions::recorded_at,
                status.recorded_at,
            )
            .nullable()),
        )
        .execute(tx.conn())
        .await?;
    insert_version(tx, status, evidence).await
}

async fn insert_version(
    tx: &mut Tx,
    status: &Status,
    evidence: &[Evidence],
) -> Result<(), StoreError> {
    let keys = tx.keys();
    diesel::insert_into(status_versions::table)
        .values(&VersionRow::seal(&keys, status)?)
        .execute(tx.conn())
        .await?;

    for paper in evidence {
        let id = Uuid::now_v7();
        diesel::insert_into(status_evidence::table)
            .values((
                status_evidence::id.eq(id),
                status_evidence::status_version_id.eq(status.version_id),
                status_evidence::kind.eq(paper.kind.as_str()),
                status_evidence::number_sealed.eq(keys.seal_text(number_place(id), &paper.number)?),
                status_evidence::issued_on.eq(paper.issued_on.naive()),
            ))
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// The statuses of a resident as held true now, oldest first.
///
/// # Errors
/// What the database says.
pub async fn of_resident(tx: &mut Tx, resident: ResidentId) -> Result<Vec<Status>, StoreError> {
    let rows: Vec<VersionRow> = status_versions::table
        .select(VersionRow::as_select())
        .filter(status_versions::resident_id.eq(resident.get()))
        .filter(status_versions::superseded_at.is_null())
        .order((status_versions::starts_on, status_versions::status_id))
        .load(tx.conn())
        .await?;
    let keys = tx.keys();
    rows.into_iter().map(|row| row.open(&keys)).collect()
}

/// The statuses of some residents as held true now, oldest first.
///
/// # Errors
/// What the database says.
pub async fn of_residents(
    tx: &mut Tx,
    residents: &[ResidentId],
) -> Result<Vec<Status>, StoreError> {
    let ids: Vec<Uuid> = residents.iter().map(|id| id.get()).collect();
    let rows: Vec<VersionRow> = status_versions::table
        .select(VersionRow::as_select())
        .filter(status_versions::resident_id.eq_any(ids))
        .filter(status_versions::superseded_at.is_null())
        .order((status_versions::starts_on, status_versions::status_id))
        .load(tx.conn())
        .await?;
    let keys = tx.keys();
    rows.into_iter().map(|row| row.open(&keys)).collect()
}

/// One status as held true now.
///
/// # Errors
/// What the database says.
pub async fn find(tx: &mut Tx, id: StatusId) -> Result<Option<Status>, StoreError> {
    let row: Option<VersionRow> = status_versions::table
        .select(VersionRow::as_select())
        .filter(status_versions::status_id.eq(id.get()))
        .filter(status_versions::superseded_at.is_null())
        .first(tx.conn())
        .await
        .optional()?;
    let keys = tx.keys();
    row.map(|row| row.open(&keys)).transpose()
}

/// The kinds of all papers ever posted for a status.
///
/// # Errors
/// What the database says.
pub async fn evidence_kinds(tx: &mut Tx, id: StatusId) -> Result<Vec<EvidenceKind>, StoreError> {
    let kinds: Vec<String> = status_evidence::table
        .inner_join(status_versions::table)
        .select(status_evidence::kind)
        .filter(status_versions::status_id.eq(id.get()))
        .load(tx.conn())
        .await?;
    kinds
        .iter()
        .map(|kind| unword(kind, "evidence kind"))
        .collect()
}
