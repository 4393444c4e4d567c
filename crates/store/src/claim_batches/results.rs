//! `claim_batch_results`: what became of each line of a batch. The last attempt of a line counts.

use std::collections::BTreeMap;

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use sizhu_core::ClaimBatchId;
use uuid::Uuid;

use super::LineOutcome;
use crate::{
    Place, StoreError, Tx,
    rows::{count, open_opt, seal_opt, uncount, unword},
    schema::claim_batch_results,
};

/// A line's result as it is kept.
#[derive(Clone, Debug)]
pub struct LineResult {
    /// Line of the body, from 1.
    pub number: u32,
    /// Its key, where it can be read. The answer to a line that was taken is kept under it.
    pub key: Option<String>,
    /// What became of it.
    pub outcome: LineOutcome,
    /// HTTP status with which it would have been answered by itself.
    pub status: u16,
    /// Keyed fingerprint of a line that was taken.
    pub fingerprint: Option<[u8; 32]>,
    /// Why it was refused: codes and pointers, nothing that stood in it.
    pub problem: Option<Value>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = claim_batch_results, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    batch_id: Uuid,
    line_no: i32,
    attempt: i32,
    outcome: String,
    status: i16,
    key_sealed: Option<Vec<u8>>,
    fingerprint: Option<Vec<u8>>,
    problem: Option<Value>,
}

const fn key_place(row: Uuid) -> Place {
    Place {
        column: "claim_batch_results.key_sealed",
        row,
    }
}

/// Records what became of some lines in an attempt.
///
/// # Errors
/// What the database says.
pub async fn insert_results(
    tx: &mut Tx,
    batch: ClaimBatchId,
    attempt: u32,
    lines: &[LineResult],
) -> Result<(), StoreError> {
    let keys = tx.keys();
    let row = |line: &LineResult| {
        let id = Uuid::now_v7();
        Ok::<_, StoreError>(Row {
            id,
            batch_id: batch.get(),
            line_no: uncount(line.number)?,
            attempt: uncount(attempt)?,
            outcome: line.outcome.as_str().to_owned(),
            status: i16::try_from(line.status).or(Err(StoreError::Corrupt("status")))?,
            key_sealed: seal_opt(&keys, key_place(id), line.key.as_deref())?,
            fingerprint: line.fingerprint.map(Vec::from),
            problem: line.problem.clone(),
        })
    };
    let rows: Result<Vec<Row>, StoreError> = lines.iter().map(row).collect();
    diesel::insert_into(claim_batch_results::table)
        .values(&rows?)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What a line came to before.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// What became of it.
    pub outcome: LineOutcome,
    /// Its fingerprint, if it was taken.
    pub fingerprint: Option<[u8; 32]>,
}

/// What lines came to before, from one to another, by number.
///
/// # Errors
/// What the database says.
pub async fn taken(
    tx: &mut Tx,
    batch: ClaimBatchId,
    from: u32,
    to: u32,
) -> Result<BTreeMap<u32, Taken>, StoreError> {
    let rows: Vec<(i32, String, Option<Vec<u8>>)> = claim_batch_results::table
        .distinct_on(claim_batch_results::line_no)
        .select((
            claim_batch_results::line_no,
            claim_batch_results::outcome,
            claim_batch_results::fingerprint,
        ))
        .filter(claim_batch_results::batch_id.eq(batch.get()))
        .filter(claim_batch_results::line_no.between(uncount(from)?, uncount(to)?))
        .order((
            claim_batch_results::line_no,
            claim_batch_results::attempt.desc(),
        ))
        .load(tx.conn())
        .await?;
    rows.into_iter()
        .map(|(number, outcome, fingerprint)| {
            let taken = Taken {
                outcome: unword(&outcome, "outcome")?,
                fingerprint: fingerprint.map(fingerprint_of).transpose()?,
            };
            Ok((count(number)?, taken))
        })
        .collect()
}

fn fingerprint_of(bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    bytes.try_into().or(Err(StoreError::Corrupt("fingerprint")))
}

/// Results after a line, in the order of the lines.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed key does not open.
pub async fn results(
    tx: &mut Tx,
    batch: ClaimBatchId,
    after: u32,
    limit: i64,
) -> Result<Vec<LineResult>, StoreError> {
    let rows: Vec<Row> = claim_batch_results::table
        .distinct_on(claim_batch_results::line_no)
        .select(Row::as_select())
        .filter(claim_batch_results::batch_id.eq(batch.get()))
        .filter(claim_batch_results::line_no.gt(uncount(after)?))
        .order((
            claim_batch_results::line_no,
            claim_batch_results::attempt.desc(),
        ))
        .limit(limit)
        .load(tx.conn())
        .await?;
    let keys = tx.keys();
    rows.into_iter()
        .map(|row| {
            Ok(LineResult {
                number: count(row.line_no)?,
                key: open_opt(&keys, key_place(row.id), row.key_sealed.as_deref())?,
                outcome: unword(&row.outcome, "outcome")?,
                status: u16::try_from(row.status).or(Err(StoreError::Corrupt("status")))?,
                fingerprint: row.fingerprint.map(fingerprint_of).transpose()?,
                problem: row.problem,
            })
        })
        .collect()
}
