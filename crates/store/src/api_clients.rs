//! `api_clients`: OAuth 2.0 clients and what each may do.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{
    DivisionCode, HospitalId, ResidentId,
    access::{Grant, Role},
};
use uuid::Uuid;

use crate::{StoreError, Tx, rows::unword, schema::api_clients};

/// A client as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiClient {
    /// Public name.
    pub client_id: String,
    /// Argon2id hash of the secret, as a PHC string.
    pub secret_hash: String,
    /// Its one role, and what that is bound to.
    pub grant: Grant,
    /// Made by the demo: a production service refuses it.
    pub demo: bool,
    /// False once it was disabled.
    pub enabled: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_clients, check_for_backend(diesel::pg::Pg))]
struct Row {
    client_id: String,
    secret_hash: String,
    role: String,
    division: Option<String>,
    hospital_id: Option<Uuid>,
    bank: Option<String>,
    resident_id: Option<Uuid>,
    demo: bool,
    disabled_at: Option<DateTime<Utc>>,
}

impl Row {
    fn grant(&self) -> Result<Grant, StoreError> {
        let corrupt = StoreError::Corrupt("client");
        let division = || {
            self.division
                .as_deref()
                .and_then(|code| DivisionCode::parse(code).ok())
        };
        let grant = match unword::<Role>(&self.role, "role")? {
            Role::Resident => self
                .resident_id
                .map(|id| Grant::Resident(ResidentId::new(id))),
            Role::Hospital => self
                .hospital_id
                .map(|id| Grant::Hospital(HospitalId::new(id))),
            Role::Bank => self.bank.clone().map(Grant::Bank),
            Role::Officer => division().map(Grant::Officer),
            Role::Finance => division().map(Grant::Finance),
            Role::Auditor => division().map(Grant::Auditor),
            Role::Policy => Some(Grant::Policy),
            Role::Admin => Some(Grant::Admin),
        };
        grant.ok_or(corrupt)
    }
}

/// Finds a client by name, disabled ones too.
///
/// # Errors
/// [`StoreError::Corrupt`] when its row is not bound as its role asks.
pub async fn find(tx: &mut Tx, client_id: &str) -> Result<Option<ApiClient>, StoreError> {
    let row: Option<Row> = api_clients::table
        .select(Row::as_select())
        .find(client_id)
        .first(tx.conn())
        .await
        .optional()?;
    row.map(|row| {
        Ok(ApiClient {
            grant: row.grant()?,
            client_id: row.client_id,
            secret_hash: row.secret_hash,
            demo: row.demo,
            enabled: row.disabled_at.is_none(),
        })
    })
    .transpose()
}

/// Makes a client.
///
/// # Errors
/// [`crate::Constraint::ClientName`] when the name is taken.
pub async fn insert(tx: &mut Tx, new: &ApiClient, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (mut division, mut hospital, mut bank, mut resident) = (None, None, None, None);
    match &new.grant {
        Grant::Resident(id) => resident = Some(id.get()),
        Grant::Hospital(id) => hospital = Some(id.get()),
        Grant::Bank(code) => bank = Some(code.as_str()),
        Grant::Officer(code) | Grant::Finance(code) | Grant::Auditor(code) => {
            division = Some(code.as_str());
        }
        Grant::Policy | Grant::Admin => {}
    }
    diesel::insert_into(api_clients::table)
        .values((
            api_clients::client_id.eq(&new.client_id),
            api_clients::secret_hash.eq(&new.secret_hash),
            api_clients::role.eq(new.grant.role().as_str()),
            api_clients::division.eq(division),
            api_clients::hospital_id.eq(hospital),
            api_clients::bank.eq(bank),
            api_clients::resident_id.eq(resident),
            api_clients::demo.eq(new.demo),
            api_clients::recorded_at.eq(now),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}
