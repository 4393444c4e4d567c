//! Access tokens for clients that show their secret (RFC 6749, 4.4).

use std::net::IpAddr;

use secrecy::SecretString;
use sizhu_store::{Actor, StoreError, Tx, api_clients};

use super::clients::is_client_id;

use crate::state::State;

/// Longest secret compared; longer ones are nobody's.
const MAX_SECRET_LENGTH: usize = 256;

/// An access token, just made.
#[derive(Debug)]
pub struct IssuedToken {
    /// The token.
    pub access_token: String,
    /// How long it lives, in seconds.
    pub expires_in_seconds: u32,
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefusal {
    /// No such client, another secret, or a disabled client: never told apart.
    #[error("client authentication failed")]
    InvalidClient,
    /// Too many failures before.
    #[error("too many failed attempts")]
    TooManyAttempts {
        /// When to try again.
        wait_seconds: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secret could not be compared or the token not signed.
    #[error("the token could not be made")]
    Fault(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A token for the client `client_id`, if `secret` is its own.
///
/// # Errors
/// See [`TokenRefusal`]. A client that does not exist takes as long as one that does.
pub async fn issue(
    state: &State,
    client_id: &str,
    secret: SecretString,
    peer: Option<IpAddr>,
) -> Result<IssuedToken, TokenRefusal> {
    use secrecy::ExposeSecret as _;

    let now = state.clock.now();
    if let Some(wait_seconds) = state.throttle.wait_seconds(client_id, peer, now) {
        return Err(TokenRefusal::TooManyAttempts { wait_seconds });
    }
    let found = if is_client_id(client_id) {
        let work = async |tx: &mut Tx| api_clients::find(tx, client_id).await;
        state
            .store
            .transaction(&Actor::System("oauth"), work)
            .await?
    } else {
        // Nobody's: what follows takes as long as for somebody.
        None
    };
    // Demo clients have a secret everybody knows.
    let usable =
        found.filter(|client| client.enabled && (!client.demo || state.config.demo_clients));
    let hash = usable.as_ref().map(|client| client.secret_hash.clone());
    let comparable = secret.expose_secret().len() <= MAX_SECRET_LENGTH;
    let matches = comparable
        && state
            .secrets
            .matches(secret, hash)
            .await
            .map_err(|error| TokenRefusal::Fault(error.into()))?;
    let Some(client) = usable.filter(|_| matches) else {
        state.throttle.failed(client_id, peer, now);
        return Err(TokenRefusal::InvalidClient);
    };
    state.throttle.succeeded(client_id, peer);
    let access_token = state
        .tokens
        .issue(&client.client_id, &client.grant, state.clock.new_id(), now)
        .map_err(|error| TokenRefusal::Fault(error.into()))?;
    Ok(IssuedToken {
        access_token,
        expires_in_seconds: state.tokens.lifetime_seconds(),
    })
}
