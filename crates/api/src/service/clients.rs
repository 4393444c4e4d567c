//! API clients, made by whoever runs the installation.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::json;
use sizhu_core::access::Grant;
use sizhu_store::api_clients::ApiClient;
use sizhu_store::{Actor, Constraint, Store, StoreError, api_clients, audit};

use crate::auth::{generate_secret, hash_secret};

/// Longest client id.
const MAX_ID_LENGTH: usize = 64;

/// Why a client was not made.
#[derive(Debug, thiserror::Error)]
pub enum ClientRefusal {
    /// Not a usable id.
    #[error("a client id has 1 to 64 characters of a-z, 0-9 and `-`, and starts with a letter")]
    BadId,
    /// There is one of this name.
    #[error("there is a client of this id already")]
    Exists,
    /// No random bytes to be had.
    #[error("the secret could not be made: {0}")]
    Secret(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a client and answers its secret, which is not kept and never shown again.
///
/// # Errors
/// See [`ClientRefusal`].
pub async fn add(
    store: &Store,
    client_id: &str,
    grant: Grant,
    now: DateTime<Utc>,
) -> Result<SecretString, ClientRefusal> {
    if !is_client_id(client_id) {
        return Err(ClientRefusal::BadId);
    }
    let secret = generate_secret().map_err(|error| ClientRefusal::Secret(error.to_string()))?;
    let client = ApiClient {
        client_id: client_id.to_owned(),
        secret_hash: hash_secret(&secret)
            .map_err(|error| ClientRefusal::Secret(error.to_string()))?,
        grant,
        demo: false,
        enabled: true,
    };
    let made: Result<(), StoreError> = store
        .transaction(&Actor::System("cli"), async |tx| {
            api_clients::insert(tx, &client, now).await?;
            let event = audit::Event {
                kind: "client.added",
                subject: None,
                object: None,
                division: client.grant.division().cloned(),
                details: json!({ "client_id": client.client_id, "role": client.grant.role() }),
            };
            audit::record(tx, event, now).await?;
            Ok(())
        })
        .await;
    match made {
        Ok(()) => Ok(secret),
        Err(error) if error.constraint() == Some(Constraint::ClientName) => {
            Err(ClientRefusal::Exists)
        }
        Err(error) => Err(error.into()),
    }
}

/// Ids need no escaping in a header, a URL or a log.
pub(super) fn is_client_id(id: &str) -> bool {
    (1..=MAX_ID_LENGTH).contains(&id.len())
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_need_no_escaping() {
        assert!(is_client_id("his-430102-2"));
        for bad in ["", "9a", "A", "a b", "a:b", "医院", &"a".repeat(65)] {
            assert!(!is_client_id(bad), "{bad}");
        }
    }
}
