//! Redeciding: everyone with claims decided anew, person by person, because a rule that reaches back
//! or the engine changed. The difference is posted as for any other news.

use serde::{Deserialize, Serialize};
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

/// How many of those who could not be decided are named in the result. The log names all.
const NAMED: usize = 100;

/// How far the job is.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The last person.
    after: Option<Uuid>,
    /// How many could not be decided.
    undecided: i64,
    /// The first of them, by row id.
    subjects: Vec<Uuid>,
}

/// One person a page: a transaction that held several people would wait for accounts while others
/// wait for its people. One who cannot be decided keeps the decisions there are and holds up nobody.
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
    let next = stays::next_subject(tx, cursor.after.map(SubjectId::new)).await?;
    let result = match next {
        Some(subject) => {
            subjects::lock_known(tx, subject).await?;
            if !decide(state, tx, subject, cause).await? {
                cursor.undecided = cursor.undecided.saturating_add(1);
                if cursor.subjects.len() < NAMED {
                    cursor.subjects.push(subject.get());
                }
            }
            cursor.after = Some(subject.get());
            None
        }
        None => Some(json!({
            "people": job.done,
            "cause": cause,
            "undecided": cursor.undecided,
            "undecided_subjects": cursor.subjects,
        })),
    };
    Ok(Page {
        cursor: serde_json::to_value(&cursor).map_err(|error| JobFault::internal(&error))?,
        done: job.done.saturating_add(i64::from(result.is_none())),
        total: Some(total),
        result,
    })
}

/// Decides one person; false, and nothing is changed, where that cannot be done.
async fn decide(
    state: &State,
    tx: &mut Tx,
    subject: SubjectId,
    cause: &'static str,
) -> Result<bool, JobFault> {
    let news = News::now(&state.clock, cause);
    let work = async |tx: &mut Tx| decide_person(tx, &state.policies, subject, news).await;
    match tx.attempt(work).await? {
        Ok(()) => Ok(true),
        Err(problem) => match JobFault::from(problem) {
            JobFault::Failed(code) => {
                tracing::error!(subject = %subject, code, "a person could not be decided anew");
                Ok(false)
            }
            passing @ (JobFault::Passing(_) | JobFault::Lost) => Err(passing),
        },
    }
}
