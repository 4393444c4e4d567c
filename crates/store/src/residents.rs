//! `residents` and `resident_versions`: people in the registry, and what is held true of them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{CitizenId, Day, DivisionCode, MaritalStatus, PersonName, ResidentId, SubjectId};
use uuid::Uuid;

use crate::{
    Place, StoreError, Tx, Vault,
    rows::{citizen_id, day, division, name, open_opt, seal_opt, unword_opt},
    schema::{resident_versions, residents},
};

/// A one-card (一卡通) account.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// The bank.
    pub bank: String,
    /// The card number.
    pub number: String,
}

/// What may change about a person.
#[derive(Clone)]
pub struct ResidentDetails {
    /// Name.
    pub name: PersonName,
    /// Registered residence, a village: its county pays.
    pub division: DivisionCode,
    /// Where the person lives, if elsewhere.
    pub lives_in: Option<DivisionCode>,
    /// Marital status, if known.
    pub marital_status: Option<MaritalStatus>,
    /// The spouse's citizen ID, if known.
    pub spouse: Option<CitizenId>,
    /// Phone number.
    pub phone: Option<String>,
    /// Where money goes.
    pub card: Option<Card>,
}

/// A person in the registry, as held true now.
#[derive(Clone)]
pub struct Resident {
    /// Row id.
    pub id: ResidentId,
    /// The person's row among all people ever named.
    pub subject: SubjectId,
    /// Citizen ID.
    pub citizen_id: CitizenId,
    /// Version of the details, from 1.
    pub version: i32,
    /// The details.
    pub details: ResidentDetails,
    /// First day on which they are true.
    pub valid_from: Day,
    /// When they were learnt.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = resident_versions, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct VersionRow {
    id: Uuid,
    resident_id: Uuid,
    version: i32,
    name_sealed: Vec<u8>,
    division: String,
    lives_in: Option<String>,
    marital_status: Option<String>,
    spouse_citizen_id_sealed: Option<Vec<u8>>,
    phone_sealed: Option<Vec<u8>>,
    card_bank: Option<String>,
    card_number_sealed: Option<Vec<u8>>,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
    superseded_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = residents, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    subject_id: Uuid,
    citizen_id_sealed: Vec<u8>,
}

pub(crate) const fn citizen_id_place(row: Uuid) -> Place {
    Place {
        column: "residents.citizen_id_sealed",
        row,
    }
}
pub(crate) const fn name_place(row: Uuid) -> Place {
    Place {
        column: "resident_versions.name_sealed",
        row,
    }
}
pub(crate) const fn spouse_place(row: Uuid) -> Place {
    Place {
        column: "resident_versions.spouse_citizen_id_sealed",
        row,
    }
}
const fn phone_place(row: Uuid) -> Place {
    Place {
        column: "resident_versions.phone_sealed",
        row,
    }
}
const fn card_place(row: Uuid) -> Place {
    Place {
        column: "resident_versions.card_number_sealed",
        row,
    }
}

impl VersionRow {
    fn open(&self, keys: &Vault) -> Result<ResidentDetails, StoreError> {
        let spouse = open_opt(
            keys,
            spouse_place(self.id),
            self.spouse_citizen_id_sealed.as_deref(),
        )?;
        let number = open_opt(
            keys,
            card_place(self.id),
            self.card_number_sealed.as_deref(),
        )?;
        Ok(ResidentDetails {
            name: name(&keys.open_text(name_place(self.id), &self.name_sealed)?)?,
            division: division(&self.division)?,
            lives_in: self.lives_in.as_deref().map(division).transpose()?,
            marital_status: unword_opt(self.marital_status.as_deref(), "marital status")?,
            spouse: spouse.as_deref().map(citizen_id).transpose()?,
            phone: open_opt(keys, phone_place(self.id), self.phone_sealed.as_deref())?,
            card: self
                .card_bank
                .clone()
                .zip(number)
                .map(|(bank, number)| Card { bank, number }),
        })
    }
}

impl Row {
    fn open(&self, keys: &Vault, version: &VersionRow) -> Result<Resident, StoreError> {
        let number = keys.open_text(citizen_id_place(self.id), &self.citizen_id_sealed)?;
        Ok(Resident {
            id: ResidentId::new(self.id),
            subject: SubjectId::new(self.subject_id),
            citizen_id: citizen_id(&number)?,
            version: version.version,
            details: version.open(keys)?,
            valid_from: day(version.valid_from),
            recorded_at: version.recorded_at,
        })
    }
}

/// Registers a person, valid from `resident.valid_from`, whose subject is locked.
///
/// # Errors
/// A violated constraint when the person is in the registry already.
pub async fn insert(
    tx: &mut Tx,
    resident: &Resident,
    channel: &'static str,
) -> Result<(), StoreError> {
    let keys = tx.keys();
    let by = tx.actor().name().to_owned();
    let id = resident.id.get();
    diesel::insert_into(residents::table)
        .values((
            residents::id.eq(id),
            residents::subject_id.eq(resident.subject.get()),
            residents::citizen_id_sealed
                .eq(keys.seal_text(citizen_id_place(id), resident.citizen_id.as_str())?),
            residents::channel.eq(channel),
            residents::recorded_by.eq(&by),
            residents::recorded_at.eq(resident.recorded_at),
        ))
        .execute(tx.conn())
        .await?;
    let details = &resident.details;
    let row = Uuid::now_v7();
    let card = details.card.as_ref();
    let version = VersionRow {
        id: row,
        resident_id: id,
        version: resident.version,
        name_sealed: keys.seal_text(name_place(row), details.name.as_str())?,
        division: details.division.as_str().to_owned(),
        lives_in: details
            .lives_in
            .as_ref()
            .map(|code| code.as_str().to_owned()),
        marital_status: details
            .marital_status
            .map(|status| status.as_str().to_owned()),
        spouse_citizen_id_sealed: seal_opt(
            &keys,
            spouse_place(row),
            details.spouse.as_ref().map(CitizenId::as_str),
        )?,
        phone_sealed: seal_opt(&keys, phone_place(row), details.phone.as_deref())?,
        card_bank: card.map(|card| card.bank.clone()),
        card_number_sealed: seal_opt(
            &keys,
            card_place(row),
            card.map(|card| card.number.as_str()),
        )?,
        valid_from: resident.valid_from.naive(),
        valid_until: None,
        recorded_by: by,
        recorded_at: resident.recorded_at,
        superseded_at: None,
    };
    diesel::insert_into(resident_versions::table)
        .values(&version)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A person by their row in the registry.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed column does not open.
pub async fn find(tx: &mut Tx, id: ResidentId) -> Result<Option<Resident>, StoreError> {
    let row: Option<Row> = residents::table
        .select(Row::as_select())
        .find(id.get())
        .first(tx.conn())
        .await
        .optional()?;
    match row {
        Some(row) => Ok(Some(complete(tx, &row).await?)),
        None => Ok(None),
    }
}

/// A person by their row among all people ever named.
///
/// # Errors
/// As [`find`].
pub async fn find_by_subject(
    tx: &mut Tx,
    subject: SubjectId,
) -> Result<Option<Resident>, StoreError> {
    let row: Option<Row> = residents::table
        .select(Row::as_select())
        .filter(residents::subject_id.eq(subject.get()))
        .first(tx.conn())
        .await
        .optional()?;
    match row {
        Some(row) => Ok(Some(complete(tx, &row).await?)),
        None => Ok(None),
    }
}

/// Those of some people who are in the registry, by their rows among all people ever named.
///
/// # Errors
/// As [`find`].
pub async fn of_subjects(tx: &mut Tx, subjects: &[SubjectId]) -> Result<Vec<Resident>, StoreError> {
    let ids: Vec<Uuid> = subjects.iter().map(|id| id.get()).collect();
    let rows: Vec<(Row, VersionRow)> = residents::table
        .inner_join(resident_versions::table)
        .select((Row::as_select(), VersionRow::as_select()))
        .filter(residents::subject_id.eq_any(ids))
        .filter(resident_versions::superseded_at.is_null())
        .filter(resident_versions::valid_until.is_null())
        .load(tx.conn())
        .await?;
    let keys = tx.keys();
    rows.iter()
        .map(|(row, version)| row.open(&keys, version))
        .collect()
}

async fn complete(tx: &mut Tx, row: &Row) -> Result<Resident, StoreError> {
    let version: VersionRow = resident_versions::table
        .select(VersionRow::as_select())
        .filter(resident_versions::resident_id.eq(row.id))
        .filter(resident_versions::superseded_at.is_null())
        .filter(resident_versions::valid_until.is_null())
        .first(tx.conn())
        .await?;
    row.open(&tx.keys(), &version)
}
