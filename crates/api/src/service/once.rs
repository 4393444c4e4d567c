//! Once: a request under an `Idempotency-Key` is done once, and answered the same ever after.

use sizhu_store::{
    Actor, Store, StoreError, Tx,
    idempotency::{self, Answer, Begun, Patience, Request},
};

use chrono::{DateTime, Utc};

use crate::problem::{Problem, ProblemKind};

/// Seconds after which a client may ask again for an answer that is being made.
const IN_PROGRESS_SECONDS: u32 = 5;

/// Does `work` in one transaction with the taking of the key and the keeping of the answer. A
/// repeat gets the kept answer; a problem uses up no key. Without a key, where the work has
/// another guard against being done twice, it is just done in a transaction.
///
/// # Errors
/// 409 while the first request is still being answered, 422 for a key used for something else,
/// and what `work` answers.
pub async fn once(
    store: &Store,
    actor: &Actor,
    request: Option<&Request<'_>>,
    now: DateTime<Utc>,
    work: impl AsyncFnOnce(&mut Tx) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    let once = async |tx: &mut Tx| {
        let Some(request) = request else {
            return work(tx).await;
        };
        match begun(idempotency::begin(tx, request, now).await)? {
            Begun::First => {
                let answer = work(tx).await?;
                idempotency::finish(tx, request, &answer).await?;
                Ok(answer)
            }
            Begun::Repeat(answer) => Ok(answer),
            Begun::Reused => Err(reused()),
        }
    };
    store.transaction(actor, once).await
}

/// An answer to a request under a key.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Whether it was given before.
    pub before: bool,
}

/// As [`once`], of several requests in a transaction that is open, no two under one key: `work` answers
/// those at the places it is told, which are new. Answers in the order of the requests.
///
/// # Errors
/// As [`once`], for any of them.
pub(super) async fn once_all(
    tx: &mut Tx,
    requests: &[&Request<'_>],
    patience: Patience,
    now: DateTime<Utc>,
    work: impl AsyncFnOnce(&mut Tx, &[usize]) -> Result<Vec<Answer>, Problem>,
) -> Result<Vec<Answered>, Problem> {
    let begun = begun(idempotency::begin_all(tx, requests, now, patience).await)?;
    if begun.contains(&Begun::Reused) {
        return Err(reused());
    }
    let new = begun.iter().enumerate();
    let new = new.filter(|(_, begun)| **begun == Begun::First);
    let first: Vec<usize> = new.map(|(place, _)| place).collect();
    let mut made = Vec::new();
    if !first.is_empty() {
        made = work(tx, &first).await?;
        let new = first.iter().filter_map(|place| requests.get(*place));
        let kept: Vec<_> = new.copied().zip(&made).collect();
        idempotency::finish_all(tx, &kept).await?;
    }
    let mut made = made.into_iter();
    let mut answered = Vec::with_capacity(requests.len());
    for begun in begun {
        let (answer, before) = match begun {
            Begun::First => (
                made.next().ok_or_else(|| Problem::internal(&Unanswered))?,
                false,
            ),
            Begun::Repeat(answer) => (answer, true),
            Begun::Reused => return Err(reused()),
        };
        answered.push(Answered { answer, before });
    }
    Ok(answered)
}

#[derive(Debug, thiserror::Error)]
#[error("a request under a key was not answered")]
struct Unanswered;

fn begun<T>(result: Result<T, StoreError>) -> Result<T, Problem> {
    result.map_err(|error| {
        if matches!(error, StoreError::LockTimeout) {
            in_progress()
        } else {
            error.into()
        }
    })
}

fn reused() -> Problem {
    Problem::new(ProblemKind::IdempotencyKeyReused)
}

/// Another request under the key is being answered.
pub(super) fn in_progress() -> Problem {
    let problem = Problem::new(ProblemKind::IdempotencyInProgress);
    problem.retry_after(IN_PROGRESS_SECONDS).for_a_lock()
}
