//! Redeciding: everyone with claims or decided loans decided anew, one after the other, because a rule
//! that reaches back or the engine changed. The difference is posted as for any other news.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sizhu_core::{HolderId, SubjectId};
use sizhu_store::{StoreError, Tx, holders, jobs::Job, stays, subjects};
use uuid::Uuid;

use super::deciding::decide_person;
use super::households::lock_holders;
use super::news::News;
use super::passing_over::{PassedOver, decided};
use super::subsidising::{Which, decide_holders};
use crate::jobs::{JobFault, Page};
use crate::state::State;

/// Why people are decided anew, as the decisions will say.
const CAUSES: [&str; 2] = ["policy_changed", "engine_changed"];

/// How far the job is.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The last person.
    after: Option<Uuid>,
    /// The last holder of loans; `None` while there are people left.
    after_holder: Option<Uuid>,
    /// People who could not be decided.
    subjects: PassedOver,
    /// Holders who could not be.
    holders: PassedOver,
}

/// One person a page, and after the people one holder of loans: a transaction that held several would
/// wait for accounts while others wait for its people. One who cannot be decided keeps the decisions
/// there are and holds up nobody.
///
/// # Errors
/// What the store says.
pub async fn page(state: &State, tx: &mut Tx, job: &Job) -> Result<Page, JobFault> {
    let cause = job.params.get("cause").and_then(Value::as_str);
    let cause = CAUSES.into_iter().find(|known| Some(*known) == cause);
    let cause = cause.ok_or(JobFault::Failed("unknown_cause"))?;
    let cursor = job.cursor.clone().map(serde_json::from_value);
    let cursor: Option<Cursor> = cursor
        .transpose()
        .map_err(|error| JobFault::internal(&error))?;
    let mut cursor = cursor.unwrap_or_default();
    let total = match job.total {
        Some(total) => total,
        None => stays::count_subjects(tx).await?,
    };
    let news = News::now(&state.clock, cause);
    let mut done = job.done;
    let result = if let Some(subject) = next_person(tx, &cursor).await? {
        subjects::lock_known(tx, subject).await?;
        let work = async |tx: &mut Tx| decide_person(tx, &state.policies, subject, news).await;
        if !decided(tx, work).await? {
            cursor.subjects.note(subject.get());
        }
        cursor.after = Some(subject.get());
        done = done.saturating_add(1);
        None
    } else if let Some(holder) = next_holder(tx, &cursor).await? {
        lock_holders(tx, &[holder]).await?;
        let (of, which) = ([holder], Which::Decided);
        let work = async |tx: &mut Tx| decide_holders(tx, &state.policies, &of, which, news).await;
        if !decided(tx, work).await? {
            cursor.holders.note(holder.get());
        }
        cursor.after_holder = Some(holder.get());
        None
    } else {
        Some(json!({
            "people": job.done,
            "cause": cause,
            "undecided": cursor.subjects.count.saturating_add(cursor.holders.count),
            "undecided_subjects": cursor.subjects.named,
            "undecided_holders": cursor.holders.named,
        }))
    };
    Ok(Page {
        cursor: serde_json::to_value(&cursor).map_err(|error| JobFault::internal(&error))?,
        done,
        total: Some(total),
        result,
    })
}

async fn next_person(tx: &mut Tx, cursor: &Cursor) -> Result<Option<SubjectId>, StoreError> {
    if cursor.after_holder.is_some() {
        return Ok(None);
    }
    stays::next_subject(tx, cursor.after.map(SubjectId::new)).await
}

async fn next_holder(tx: &mut Tx, cursor: &Cursor) -> Result<Option<HolderId>, StoreError> {
    holders::next_decided(tx, cursor.after_holder.map(HolderId::new)).await
}
