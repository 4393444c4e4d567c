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
    store
        .transaction(actor, async |tx| match request {
            Some(request) => {
                let answered = once_in(tx, request, Patience::Long, now, work).await?;
                Ok(answered.answer)
            }
            None => work(tx).await,
        })
        .await
}

/// An answer to a request under a key.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Whether it was given before.
    pub before: bool,
}

/// [`once`] in a transaction that is open.
///
/// # Errors
/// As [`once`].
pub(super) async fn once_in(
    tx: &mut Tx,
    request: &Request<'_>,
    patience: Patience,
    now: DateTime<Utc>,
    work: impl AsyncFnOnce(&mut Tx) -> Result<Answer, Problem>,
) -> Result<Answered, Problem> {
    match idempotency::begin(tx, request, now, patience).await {
        Ok(Begun::First) => {}
        Ok(Begun::Repeat(answer)) => {
            return Ok(Answered {
                answer,
                before: true,
            });
        }
        Ok(Begun::Reused) => return Err(Problem::new(ProblemKind::IdempotencyKeyReused)),
        Err(StoreError::LockTimeout) => return Err(in_progress()),
        Err(error) => return Err(error.into()),
    }
    let answer = work(tx).await?;
    idempotency::finish(tx, request, &answer).await?;
    Ok(Answered {
        answer,
        before: false,
    })
}

/// Another request under the key is being answered.
pub(super) fn in_progress() -> Problem {
    Problem::new(ProblemKind::IdempotencyInProgress).retry_after(IN_PROGRESS_SECONDS)
}
