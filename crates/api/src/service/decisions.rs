//! Decisions, read by those who may see what they are on.

use sizhu_core::{DecisionId, SubjectId};
use sizhu_store::{
    Actor, Store, StoreError, Tx,
    claims::{self, Scope},
    decisions::{self, Decision, Matter},
    loans,
};
use uuid::Uuid;

use super::desk::state_conflict;
use crate::problem::Problem;

/// Whether a caller may see a decision: on a claim, that of the patient whom it was made on. The claim
/// may have been corrected to be of another since.
///
/// # Errors
/// What the store says.
async fn sees(
    tx: &mut Tx,
    matter: Matter,
    subject: SubjectId,
    scope: Scope,
) -> Result<bool, Problem> {
    let loan = match matter {
        Matter::Claim(claim) => {
            return Ok(claims::was_visible(tx, claim, subject, scope).await?);
        }
        Matter::Loan { loan, .. } => loan,
    };
    let scope = match scope {
        Scope::Division(code) | Scope::Supervision(code) => loans::Scope::Division(code),
        Scope::Hospital(_) | Scope::Subject(_) => return Ok(false),
    };
    Ok(loans::visible(tx, loan, scope).await?.is_some())
}

/// A decision, if the caller may see what it is on.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn find(
    store: &Store,
    actor: &Actor,
    scope: Scope,
    id: DecisionId,
) -> Result<Decision, Problem> {
    let work = async |tx: &mut Tx| opened(tx, scope, id).await;
    store.transaction(actor, work).await
}

/// A decision that the caller may see, opened.
///
/// # Errors
/// 404 when there is none, or none the caller may see; 409 when what is sealed of it does not open.
pub(super) async fn opened(tx: &mut Tx, scope: Scope, id: DecisionId) -> Result<Decision, Problem> {
    let on = decisions::matter_of(tx, id).await?;
    let (matter, subject) = on.ok_or_else(Problem::not_found)?;
    if !sees(tx, matter, subject, scope).await? {
        return Err(Problem::not_found());
    }
    match decisions::find(tx, id).await {
        Ok(found) => found.ok_or_else(Problem::not_found),
        Err(StoreError::Vault(_) | StoreError::Corrupt(_)) => Err(state_conflict(
            "该决定的加密内容无法打开：已被改动，或其密钥未配置。",
            "What is sealed of this decision cannot be opened: it was changed, or its key is not configured.",
        )),
        Err(error) => Err(error.into()),
    }
}

/// All decisions ever made on what concerns a person, newest first.
///
/// # Errors
/// What the store says.
pub async fn of_subject(
    store: &Store,
    actor: &Actor,
    subject: SubjectId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Decision>, Problem> {
    store
        .transaction(actor, async |tx| {
            Ok(decisions::of_subject(tx, subject, before, limit).await?)
        })
        .await
}
