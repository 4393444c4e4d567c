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

/// Records recoveries.
///
/// # Errors
/// What the database says.
pub async fn insert_all(
    tx: &mut Tx,
    new: &[NewRecovery],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let row = |new: &NewRecovery| {
        (
            recoveries::id.eq(new.id.get()),
            recoveries::subject_id.eq(new.subject.get()),
            recoveries::resident_id.eq(new.resident.get()),
            recoveries::decision_id.eq(new.decision.get()),
            recoveries::programme.eq(new.programme.clone()),
            recoveries::benefit_year.eq(new.benefit_year),
            recoveries::amount_fen.eq(new.amount.get()),
            recoveries::state.eq(OPEN),
            recoveries::replaces_recovery_id.eq(new.replaces.map(RecoveryId::get)),
            recoveries::recorded_at.eq(now),
            recoveries::changed_at.eq(now),
        )
    };
    let rows: Vec<_> = new.iter().map(row).collect();
    diesel::insert_into(recoveries::table)
        .values(rows)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What a person owes back, of a calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwedBack {
    /// The person.
    pub subject: SubjectId,
    /// Calendar year of the days.
    pub benefit_year: i32,
    /// The recovery.
    pub recovery: OpenRecovery,
}

/// The open recoveries of some people and a programme, oldest first. The subjects are locked.
///
/// # Errors
/// What the database says.
pub async fn open_of(
    tx: &mut Tx,
    subjects: &[SubjectId],
    programme: &str,
) -> Result<Vec<OwedBack>, StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let rows: Vec<(Uuid, Uuid, i32, i64)> = recoveries::table
        .select((
            recoveries::id,
            recoveries::subject_id,
            recoveries::benefit_year,
            recoveries::amount_fen,
        ))
        .filter(recoveries::subject_id.eq_any(ids))
        .filter(recoveries::programme.eq(programme))
        .filter(recoveries::state.eq(OPEN))
        .order(recoveries::id)
        .load(tx.conn())
        .await?;
    let open = |(id, subject, benefit_year, amount)| OwedBack {
        subject: SubjectId::new(subject),
        benefit_year,
        recovery: OpenRecovery {
            id: RecoveryId::new(id),
            amount: fen(amount),
        },
    };
    Ok(rows.into_iter().map(open).collect())
}

/// The recoveries are no longer owed.
///
/// # Errors
/// What the database says.
pub async fn cancel_all(
    tx: &mut Tx,
    given_up: &[RecoveryId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if given_up.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = given_up.iter().map(|id| id.get()).collect();
    diesel::update(recoveries::table.filter(recoveries::id.eq_any(ids)))
        .set((
            recoveries::state.eq("cancelled"),
            recoveries::changed_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}
