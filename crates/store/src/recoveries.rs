//! `recoveries`: amounts owed back. Like awards, replaced by a smaller one, never edited.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use sizhu_core::{DecisionId, Fen, OpenRecovery, RecoveryId, ResidentId, SubjectId};
use uuid::Uuid;

use crate::{StoreError, Tx, rows::fen, schema::recoveries};

/// A recovery to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecovery {
    /// Row id.
    pub id: RecoveryId,
    /// The person who owes it.
    pub subject: SubjectId,
    /// Their row in the registry.
    pub resident: ResidentId,
    /// The decision that made it.
    pub decision: DecisionId,
    /// The programme.
    pub programme: String,
    /// Calendar year of the days.
    pub benefit_year: i32,
    /// How much.
    pub amount: Fen,
    /// The recovery it takes the place of.
    pub replaces: Option<RecoveryId>,
}

const OPEN: &str = "open";

/// Records a recovery.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, new: &NewRecovery, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::insert_into(recoveries::table)
        .values((
            recoveries::id.eq(new.id.get()),
            recoveries::subject_id.eq(new.subject.get()),
            recoveries::resident_id.eq(new.resident.get()),
            recoveries::decision_id.eq(new.decision.get()),
            recoveries::programme.eq(&new.programme),
            recoveries::benefit_year.eq(new.benefit_year),
            recoveries::amount_fen.eq(new.amount.get()),
            recoveries::state.eq(OPEN),
            recoveries::replaces_recovery_id.eq(new.replaces.map(RecoveryId::get)),
            recoveries::recorded_at.eq(now),
            recoveries::changed_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The open recoveries of a person, programme and year, oldest first. The subject is locked.
///
/// # Errors
/// What the database says.
pub async fn open_of(
    tx: &mut Tx,
    subject: SubjectId,
    programme: &str,
    year: i32,
) -> Result<Vec<OpenRecovery>, StoreError> {
    let rows: Vec<(Uuid, i64)> = recoveries::table
        .select((recoveries::id, recoveries::amount_fen))
        .filter(recoveries::subject_id.eq(subject.get()))
        .filter(recoveries::programme.eq(programme))
        .filter(recoveries::benefit_year.eq(year))
        .filter(recoveries::state.eq(OPEN))
        .order(recoveries::id)
        .load(tx.conn())
        .await?;
    let open = |(id, amount)| OpenRecovery {
        id: RecoveryId::new(id),
        amount: fen(amount),
    };
    Ok(rows.into_iter().map(open).collect())
}

/// The recovery is no longer owed.
///
/// # Errors
/// What the database says.
pub async fn cancel(tx: &mut Tx, id: RecoveryId, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(recoveries::table.find(id.get()))
        .set((
            recoveries::state.eq("cancelled"),
            recoveries::changed_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}
