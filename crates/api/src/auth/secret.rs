//! Client secrets: made here, kept as Argon2id hashes (RFC 9106), compared off the event loop.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// Random bytes in a secret.
const SECRET_BYTES: usize = 32;

/// Comparisons that may run at once in one process: each takes 19 MiB and a core.
const AT_ONCE: usize = 4;

/// A fresh client secret of 256 random bits, base64url.
///
/// # Errors
/// The machine's random source failed.
pub fn generate_secret() -> Result<SecretString, aws_lc_rs::error::Unspecified> {
    let mut bytes = [0_u8; SECRET_BYTES];
    aws_lc_rs::rand::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

/// The hash to keep, as a PHC string with its own salt. Slow on purpose.
///
/// # Errors
/// The machine's random source failed.
pub fn hash_secret(secret: &SecretString) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = Argon2::default().hash_password(secret.expose_secret().as_bytes())?;
    Ok(hash.to_string())
}

/// Compares secrets with hashes, a few at once.
#[derive(Clone, Debug)]
pub struct Secrets {
    permits: Arc<Semaphore>,
    /// Compared with when there is no such client, so that both cases take the same time.
    decoy: Arc<str>,
}

/// The comparison could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the secret could not be compared")]
pub struct ComparisonFailed;

impl Secrets {
    /// A comparer for one process.
    ///
    /// # Errors
    /// The machine's random source failed.
    pub fn new() -> Result<Self, argon2::password_hash::Error> {
        let decoy = hash_secret(&SecretString::from("nobody"))?;
        Ok(Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            decoy: decoy.into(),
        })
    }

    /// Whether `secret` is the one behind `hash`; with no hash, false after the same work.
    ///
    /// # Errors
    /// The thread that compares was lost.
    pub async fn matches(
        &self,
        secret: SecretString,
        hash: Option<String>,
    ) -> Result<bool, ComparisonFailed> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_closed| ComparisonFailed)?;
        let decoy = Arc::clone(&self.decoy);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&decoy);
            let equal = PasswordHash::new(hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(secret.expose_secret().as_bytes(), &hash)
                    .is_ok()
            });
            equal && known
        })
        .await
        .map_err(|_lost| ComparisonFailed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_secret_itself_matches() {
        let secrets = Secrets::new().unwrap();
        let secret = generate_secret().unwrap();
        let hash = hash_secret(&secret).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(
            secrets
                .matches(secret.clone(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(!secrets.matches("other".into(), Some(hash)).await.unwrap());
        assert!(!secrets.matches("nobody".into(), None).await.unwrap());
        assert!(
            !secrets
                .matches(secret, Some("no hash".into()))
                .await
                .unwrap()
        );
    }

    #[test]
    fn secrets_are_long_and_fresh() {
        let (a, b) = (generate_secret().unwrap(), generate_secret().unwrap());
        assert_eq!(a.expose_secret().len(), 43);
        assert_ne!(a.expose_secret(), b.expose_secret());
    }
}
