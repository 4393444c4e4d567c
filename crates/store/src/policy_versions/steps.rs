//! The steps in the life of a policy text, each a guarded update: who comes second changes nothing.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use sizhu_core::{
    PolicyVersionId,
    pack::{Place, ProgrammeId},
};
use uuid::Uuid;

use super::{Approval, TextKind, VersionState};
use crate::{StoreError, Tx, schema::policy_versions};

/// The advisory lock under which what is in force changes.
const IN_FORCE: i64 = 5_150_421;

/// Waits until nobody else changes what is in force, until the transaction ends: whether texts fit
/// each other is asked of all of them, so no row alone can be locked for it.
///
/// # Errors
/// [`StoreError::LockTimeout`] when the lock is not granted in time.
pub async fn alone(tx: &mut Tx) -> Result<(), StoreError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(IN_FORCE)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Approves a draft of this version. Answers false, and changes nothing, when it is no such draft any
/// more.
///
/// # Errors
/// [`crate::Constraint::PolicyApproved`] when another of the programme, place and kind waits for its
/// day; [`crate::Constraint::PolicyApprover`] when the client approves what it uploaded.
pub async fn approve(
    tx: &mut Tx,
    id: PolicyVersionId,
    version: i32,
    approval: &Approval,
) -> Result<bool, StoreError> {
    let changed = diesel::update(policy_versions::table.find(id.get()))
        .filter(policy_versions::state.eq(VersionState::Draft.as_str()))
        .filter(policy_versions::version.eq(version))
        .set((
            policy_versions::state.eq(VersionState::Approved.as_str()),
            policy_versions::version.eq(policy_versions::version + 1),
            policy_versions::approved_by.eq(&approval.by),
            policy_versions::approved_at.eq(approval.at),
            policy_versions::activates_on.eq(approval.activates_on.naive()),
        ))
        .execute(tx.conn())
        .await?;
    Ok(changed == 1)
}

/// Withdraws a draft or an approved text of this version, before it is in force. Answers false, and
/// changes nothing, when it is no such text any more.
///
/// # Errors
/// What the database says.
pub async fn withdraw(
    tx: &mut Tx,
    id: PolicyVersionId,
    version: i32,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let before = [VersionState::Draft, VersionState::Approved].map(VersionState::as_str);
    let changed = diesel::update(policy_versions::table.find(id.get()))
        .filter(policy_versions::state.eq_any(before))
        .filter(policy_versions::version.eq(version))
        .set((
            policy_versions::state.eq(VersionState::Withdrawn.as_str()),
            policy_versions::version.eq(policy_versions::version + 1),
            policy_versions::ended_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(changed == 1)
}

/// Brings an approved text in force. Answers false, and changes nothing, when it is not approved any
/// more: another process was first. The one in force before is superseded first, by [`supersede`].
///
/// # Errors
/// [`crate::Constraint::PolicyInForce`] when another is still in force.
pub async fn activate(
    tx: &mut Tx,
    id: PolicyVersionId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let changed = diesel::update(policy_versions::table.find(id.get()))
        .filter(policy_versions::state.eq(VersionState::Approved.as_str()))
        .set((
            policy_versions::state.eq(VersionState::InForce.as_str()),
            policy_versions::version.eq(policy_versions::version + 1),
            policy_versions::activated_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(changed == 1)
}

/// Ends the text in force of a programme, place and kind, in the transaction in which another takes
/// its place. Answers which it was, if there was one.
///
/// # Errors
/// What the database says.
pub async fn supersede(
    tx: &mut Tx,
    programme: &ProgrammeId,
    place: &Place,
    kind: TextKind,
    now: DateTime<Utc>,
) -> Result<Option<PolicyVersionId>, StoreError> {
    let id: Option<Uuid> = diesel::update(policy_versions::table)
        .filter(policy_versions::programme.eq(programme.as_str()))
        .filter(policy_versions::place.eq(place.as_str()))
        .filter(policy_versions::kind.eq(kind.as_str()))
        .filter(policy_versions::state.eq(VersionState::InForce.as_str()))
        .set((
            policy_versions::state.eq(VersionState::Superseded.as_str()),
            policy_versions::version.eq(policy_versions::version + 1),
            policy_versions::ended_at.eq(now),
        ))
        .returning(policy_versions::id)
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(id.map(PolicyVersionId::new))
}
