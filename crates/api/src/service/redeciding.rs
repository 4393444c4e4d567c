//! Redeciding: everyone with claims decided anew, person by person, because a rule that reaches back
//! or the engine changed. The difference is posted as for any other news.

use serde_json::{Value, json};
use sizhu_core::SubjectId;
use sizhu_store::{Tx, jobs::Job, stays, subjects};
use uuid::Uuid;

use super::deciding::decide_person;
use super::news::News;
use crate::jobs::{JobFault, Page};
use crate::state::State;

/// Why people are decided anew, as the decisions will say.
const CAUSES: [&str; 2] = ["policy_changed", "engine_changed"];

/// One person a page: a transaction that held several people would wait for accounts while others
/// wait for its people.
///
/// # Errors
/// What the store says; a person that cannot be decided fails the job.
pub async fn page(state: &State, tx: &mut Tx, job: &Job) -> Result<Page, JobFault> {
    let cause = job.params.get("cause").and_then(Value::as_str);
    let cause = CAUSES.into_iter().find(|known| Some(*known) == cause);
    let cause = cause.ok_or(JobFault::Failed("unknown_cause"))?;
    let last = job.cursor.as_ref().and_then(|cursor| cursor.get("after"));
    let last = last
        .and_then(Value::as_str)
        .and_then(|id| id.parse::<Uuid>().ok());
    let total = match job.total {
        Some(total) => total,
        None => stays::count_subjects(tx).await?,
    };
    let Some(subject) = stays::next_subject(tx, last.map(SubjectId::new)).await? else {
        return Ok(Page {
            cursor: job.cursor.clone().unwrap_or(Value::Null),
            done: job.done,
            total: Some(total),
            result: Some(json!({ "people": job.done, "cause": cause })),
        });
    };
    subjects::lock_known(tx, subject).await?;
    decide_person(tx, &state.policies, subject, News::now(&state.clock, cause)).await?;
    Ok(Page {
        cursor: json!({ "after": subject }),
        done: job.done.saturating_add(1),
        total: Some(total),
        result: None,
    })
}
