//! `simulation_changes`: for whom a simulated rule would change something.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable,
    SelectableHelper, TextExpressionMethods,
};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use sizhu_core::{DivisionCode, Fen, JobId, Outcome, ResidentId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    rows::{division, fen, unword},
    schema::{resident_versions, residents, simulation_changes},
};

/// What a simulated rule would change for one person in the year simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The person.
    pub resident: ResidentId,
    /// The programme.
    pub programme: String,
    /// County of their registered residence.
    pub county: DivisionCode,
    /// Under the rules in force.
    pub outcome_before: Outcome,
    /// With the draft in their place.
    pub outcome_after: Outcome,
    /// Amount of the year under the rules in force.
    pub before: Fen,
    /// Amount of the year with the draft in their place.
    pub after: Fen,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = simulation_changes, check_for_backend(diesel::pg::Pg))]
struct Row {
    job_id: Uuid,
    resident_id: Uuid,
    programme: String,
    county: String,
    outcome_before: String,
    outcome_after: String,
    before_fen: i64,
    after_fen: i64,
}

/// Rows of one INSERT: eight values each, and PostgreSQL takes 65,535 in one statement.
const ROWS_AT_ONCE: usize = 2_000;

/// Records what a page of people would gain or lose.
///
/// # Errors
/// A violated constraint when one of them is recorded already.
pub async fn insert(tx: &mut Tx, job: JobId, changes: &[Change]) -> Result<(), StoreError> {
    for some in changes.chunks(ROWS_AT_ONCE) {
        let rows: Vec<Row> = some
            .iter()
            .map(|change| Row {
                job_id: job.get(),
                resident_id: change.resident.get(),
                programme: change.programme.clone(),
                county: change.county.as_str().to_owned(),
                outcome_before: change.outcome_before.as_str().to_owned(),
                outcome_after: change.outcome_after.as_str().to_owned(),
                before_fen: change.before.get(),
                after_fen: change.after.get(),
            })
            .collect();
        diesel::insert_into(simulation_changes::table)
            .values(rows)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// Which way a change goes for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// They would get more.
    Gains,
    /// They would get less.
    Loses,
}

/// Where a list of changes goes on: after this programme, county and person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After(pub String, pub String, pub Uuid);

/// What a reader of changes asks for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Of this simulation.
    pub job: JobId,
    /// Of people registered now in this division.
    pub within: DivisionCode,
    /// Of this programme.
    pub programme: Option<String>,
    /// Of this county.
    pub county: Option<String>,
    /// Gains or losses only.
    pub direction: Option<Direction>,
    /// After this one in the list.
    pub after: Option<After>,
}

/// Changes by programme, county and person.
///
/// # Errors
/// What the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<Change>, StoreError> {
    use simulation_changes as changes;
    let registered = residents::table
        .inner_join(resident_versions::table)
        .filter(resident_versions::superseded_at.is_null())
        .filter(resident_versions::valid_until.is_null())
        .filter(resident_versions::division.like(format!("{}%", filter.within)))
        .select(residents::id);
    let mut query = changes::table
        .select(Row::as_select())
        .filter(changes::job_id.eq(filter.job.get()))
        .filter(changes::resident_id.eq_any(registered))
        .order((changes::programme, changes::county, changes::resident_id))
        .limit(limit)
        .into_boxed();
    if let Some(programme) = &filter.programme {
        query = query.filter(changes::programme.eq(programme));
    }
    if let Some(county) = &filter.county {
        query = query.filter(changes::county.eq(county));
    }
    let granted = Outcome::Granted.as_str();
    let equal = changes::after_fen.eq(changes::before_fen);
    // Of equal amounts, a service that is given or not.
    query = match filter.direction {
        Some(Direction::Gains) => query.filter(
            changes::after_fen
                .gt(changes::before_fen)
                .or(equal.and(changes::outcome_after.eq(granted))),
        ),
        Some(Direction::Loses) => query.filter(
            changes::after_fen
                .lt(changes::before_fen)
                .or(equal.and(changes::outcome_before.eq(granted))),
        ),
        None => query,
    };
    if let Some(After(programme, county, resident)) = &filter.after {
        let later_person = changes::county
            .eq(county)
            .and(changes::resident_id.gt(resident));
        let later_county = changes::county.gt(county).or(later_person);
        let later = changes::programme
            .gt(programme)
            .or(changes::programme.eq(programme).and(later_county));
        query = query.filter(later);
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Change {
                resident: ResidentId::new(row.resident_id),
                programme: row.programme,
                county: division(&row.county)?,
                outcome_before: unword(&row.outcome_before, "outcome")?,
                outcome_after: unword(&row.outcome_after, "outcome")?,
                before: fen(row.before_fen),
                after: fen(row.after_fen),
            })
        })
        .collect()
}
