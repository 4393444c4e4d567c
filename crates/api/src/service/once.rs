//! Once: a request under an `Idempotency-Key` is done once, and answered the same ever after.

use sizhu_store::{
    Actor, Store, StoreError, Tx,
    idempotency::{self, Answer, Begun, Request},
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
        .transaction(actor, async |tx| {
            let Some(request) = request else {
                return work(tx).await;
            };
            match idempotency::begin(tx, request, now).await {
                Ok(Begun::First) => {}
                Ok(Begun::Repeat(answer)) => return Ok(answer),
                Ok(Begun::Reused) => return Err(Problem::new(ProblemKind::IdempotencyKeyReused)),
                Err(StoreError::LockTimeout) => {
                    let problem = Problem::new(ProblemKind::IdempotencyInProgress);
                    return Err(problem.retry_after(IN_PROGRESS_SECONDS));
                }
                Err(error) => return Err(error.into()),
            }
            let answer = work(tx).await?;
            idempotency::finish(tx, request, &answer).await?;
            Ok(answer)
        })
        .await
}
