//! The population of a division, read page by page: of each person what rules may ask of the registry,
//! the counted stays and what was awarded, all as known at one instant, in a few queries a page.
//!
//! The instant makes a long reading one reading: what is recorded while it runs, or between two of
//! its runs, changes nothing of it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use sizhu_core::{
    CitizenId, DivisionCode, MaritalStatus, PersonBirth, ResidentId, StatusFacts, StayFacts,
    SubjectId,
};
use uuid::Uuid;

use crate::{
    StoreError, Tx, Vault,
    awards::Received,
    residents::{citizen_id_place, name_place, spouse_place},
    rows::{citizen_id, division, name, open_opt, unword_opt},
};

mod beside;

/// Whose registry, as known when.
#[derive(Clone, Debug)]
pub struct Range {
    /// People whose registered residence lies in this division.
    pub division: DivisionCode,
    /// The instant.
    pub as_of: DateTime<Utc>,
}

impl Range {
    /// The codes from the first to before the second are those of the division and all below it.
    fn codes(&self) -> (String, String) {
        let from = self.division.as_str().to_owned();
        // The character after `9`.
        let until = format!("{from}:");
        (from, until)
    }
}

/// A place in the order of a population: by division, and in a division by person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// Code of the registered residence.
    pub division: String,
    /// The person.
    pub resident: Uuid,
}

/// A person of a population.
#[derive(Clone, Debug)]
pub struct Inhabitant {
    /// Their row in the registry.
    pub resident: ResidentId,
    /// Their row among all people ever named.
    pub subject: SubjectId,
    /// Sex and day of birth, from the citizen ID.
    pub birth: PersonBirth,
    /// Registered residence, a village.
    pub division: DivisionCode,
    /// Marital status, if known.
    pub marital_status: Option<MaritalStatus>,
    /// Sex and day of birth of the spouse, if known.
    pub spouse: Option<PersonBirth>,
    /// Statuses that were not withdrawn, confirmed and proposed.
    pub statuses: Vec<StatusFacts>,
    /// The day on which a status ended because the person died, if one did.
    pub died_on: Option<sizhu_core::Day>,
    /// Counted stays.
    pub stays: Vec<StayFacts>,
    /// What was awarded.
    pub received: Vec<Received>,
}

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = SqlUuid)]
    resident_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = Bytea)]
    citizen_id_sealed: Vec<u8>,
    #[diesel(sql_type = SqlUuid)]
    version_id: Uuid,
    #[diesel(sql_type = Bytea)]
    name_sealed: Vec<u8>,
    #[diesel(sql_type = Text)]
    division: String,
    #[diesel(sql_type = Nullable<Text>)]
    marital_status: Option<String>,
    #[diesel(sql_type = Nullable<Bytea>)]
    spouse_citizen_id_sealed: Option<Vec<u8>>,
}

fn birth(id: &CitizenId) -> PersonBirth {
    PersonBirth {
        sex: id.sex(),
        born_on: id.born_on(),
    }
}

impl PersonRow {
    fn open(&self, keys: &Vault) -> Result<Inhabitant, StoreError> {
        let place = citizen_id_place(self.resident_id);
        let own = keys.open_text(place, &self.citizen_id_sealed)?;
        let spouse = open_opt(
            keys,
            spouse_place(self.version_id),
            self.spouse_citizen_id_sealed.as_deref(),
        )?;
        let spouse = spouse.as_deref().map(citizen_id).transpose()?;
        Ok(Inhabitant {
            resident: ResidentId::new(self.resident_id),
            subject: SubjectId::new(self.subject_id),
            birth: birth(&citizen_id(&own)?),
            division: division(&self.division)?,
            marital_status: unword_opt(self.marital_status.as_deref(), "marital status")?,
            spouse: spouse.as_ref().map(birth),
            statuses: Vec::new(),
            died_on: None,
            stays: Vec::new(),
            received: Vec::new(),
        })
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    people: i64,
}

/// How many people there are.
///
/// # Errors
/// What the database says.
pub async fn count(tx: &mut Tx, range: &Range) -> Result<i64, StoreError> {
    let (from, until) = range.codes();
    let row: Count = diesel::sql_query(
        "SELECT count(*) AS people FROM resident_versions v \
         WHERE v.division COLLATE \"C\" >= $1 AND v.division COLLATE \"C\" < $2 \
           AND v.valid_until IS NULL \
           AND v.recorded_at <= $3 AND (v.superseded_at IS NULL OR v.superseded_at > $3)",
    )
    .bind::<Text, _>(from)
    .bind::<Text, _>(until)
    .bind::<Timestamptz, _>(range.as_of)
    .get_result(tx.conn())
    .await?;
    Ok(row.people)
}

/// The next people after a place in the order, at most so many; from the first on if there is none.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed column does not open.
pub async fn page(
    tx: &mut Tx,
    range: &Range,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<Inhabitant>, StoreError> {
    let (from, until) = range.codes();
    let (division, resident) = match after {
        Some(after) => (after.division.clone(), after.resident),
        None => (from.clone(), Uuid::nil()),
    };
    let rows: Vec<PersonRow> = diesel::sql_query(
        "SELECT r.id AS resident_id, r.subject_id, r.citizen_id_sealed, v.id AS version_id, \
                v.name_sealed, v.division, v.marital_status, v.spouse_citizen_id_sealed \
         FROM resident_versions v JOIN residents r ON r.id = v.resident_id \
         WHERE (v.division COLLATE \"C\", v.resident_id) > ($1, $2) \
           AND v.division COLLATE \"C\" >= $3 AND v.division COLLATE \"C\" < $4 \
           AND v.valid_until IS NULL \
           AND v.recorded_at <= $5 AND (v.superseded_at IS NULL OR v.superseded_at > $5) \
         ORDER BY v.division COLLATE \"C\", v.resident_id LIMIT $6",
    )
    .bind::<Text, _>(division)
    .bind::<SqlUuid, _>(resident)
    .bind::<Text, _>(from)
    .bind::<Text, _>(until)
    .bind::<Timestamptz, _>(range.as_of)
    .bind::<BigInt, _>(limit)
    .load(tx.conn())
    .await?;
    let keys = tx.keys();
    let mut people = Vec::with_capacity(rows.len());
    for row in &rows {
        people.push(row.open(&keys)?);
    }
    beside::fill(tx, range.as_of, &mut people, |place| {
        let row = rows.get(place).ok_or(StoreError::Corrupt("resident"))?;
        name(&keys.open_text(name_place(row.version_id), &row.name_sealed)?)
    })
    .await?;
    Ok(people)
}

/// Where each person of a page is, by some id of theirs.
fn places<K: std::hash::Hash + Eq>(
    people: &[Inhabitant],
    key: impl Fn(&Inhabitant) -> K,
) -> HashMap<K, usize> {
    people
        .iter()
        .enumerate()
        .map(|(place, person)| (key(person), place))
        .collect()
}

impl Inhabitant {
    /// Their place in the order.
    #[must_use]
    pub fn place(&self) -> After {
        After {
            division: self.division.as_str().to_owned(),
            resident: self.resident.get(),
        }
    }
}
