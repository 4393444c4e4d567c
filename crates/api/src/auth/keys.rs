//! The Ed25519 keys (RFC 8032) that sign access tokens, and the public set (RFC 7517, RFC 8037).

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The keys of this installation: the first signs, all verify, so that they can be rotated.
pub struct Keys {
    signing: EncodingKey,
    signing_kid: String,
    verifying: Vec<(String, DecodingKey)>,
    published: JwkSet,
}

/// Why keys cannot be used. Never shows a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The list is empty.
    #[error("there must be at least one key")]
    None,
    /// Two keys share an id.
    #[error("the key id `{0}` is used twice")]
    Duplicate(String),
    /// Not an Ed25519 private key.
    #[error("the key `{0}` is not base64 of a PKCS#8 Ed25519 private key")]
    Malformed(String),
}

impl Keys {
    /// Keys from their ids and base64 PKCS#8 documents.
    ///
    /// # Errors
    /// No key, two of one id, or one that is not an Ed25519 private key.
    pub fn from_base64<'a>(
        keys: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, KeyError> {
        let mut signing = None;
        let mut verifying: Vec<(String, DecodingKey)> = Vec::new();
        let mut published = Vec::new();
        for (kid, text) in keys {
            if verifying.iter().any(|(other, _)| other == kid) {
                return Err(KeyError::Duplicate(kid.to_owned()));
            }
            let malformed = || KeyError::Malformed(kid.to_owned());
            let document = STANDARD.decode(text.trim()).ok().ok_or_else(malformed)?;
            let pair = Ed25519KeyPair::from_pkcs8(&document)
                .ok()
                .ok_or_else(malformed)?;
            let public = pair.public_key().as_ref();
            verifying.push((kid.to_owned(), DecodingKey::from_ed_der(public)));
            published.push(Jwk::new(kid, public));
            signing.get_or_insert_with(|| (EncodingKey::from_ed_der(&document), kid.to_owned()));
        }
        let (signing, signing_kid) = signing.ok_or(KeyError::None)?;
        Ok(Self {
            signing,
            signing_kid,
            verifying,
            published: JwkSet { keys: published },
        })
    }

    /// A fresh private key, as base64 of its PKCS#8 document.
    ///
    /// # Errors
    /// The machine's random source failed.
    pub fn generate_base64() -> Result<String, aws_lc_rs::error::Unspecified> {
        let pair = Ed25519KeyPair::generate()?;
        Ok(STANDARD.encode(pair.to_pkcs8v1()?.as_ref()))
    }

    /// The key that signs, with its id.
    pub(super) fn signing(&self) -> (&EncodingKey, &str) {
        (&self.signing, &self.signing_kid)
    }

    /// The key that verifies what `kid` signed.
    pub(super) fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.verifying
            .iter()
            .find_map(|(known, key)| (known == kid).then_some(key))
    }

    /// The public keys, for `/.well-known/jwks.json`.
    #[must_use]
    pub const fn published(&self) -> &JwkSet {
        &self.published
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kids: Vec<&str> = self.verifying.iter().map(|(kid, _)| kid.as_str()).collect();
        formatter.debug_tuple("Keys").field(&kids).finish()
    }
}

/// A set of public keys (RFC 7517, 5).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JwkSet {
    /// The keys; tokens name theirs by `kid`.
    pub keys: Vec<Jwk>,
}

/// A public Ed25519 key (RFC 8037, 2).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Jwk {
    /// Key type, always `OKP`.
    #[schema(example = "OKP")]
    pub kty: String,
    /// Curve, always `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
    /// Key id.
    #[schema(example = "2026-01")]
    pub kid: String,
    /// Use, always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    pub usage: String,
    /// Algorithm, always `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: String,
}

impl Jwk {
    fn new(kid: &str, public: &[u8]) -> Self {
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x: URL_SAFE_NO_PAD.encode(public),
            kid: kid.into(),
            usage: "sig".into(),
            alg: "EdDSA".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_key_lists_are_refused_without_showing_a_key() {
        let good = Keys::generate_base64().unwrap();
        assert_eq!(Keys::from_base64([]).unwrap_err(), KeyError::None);
        let twice = Keys::from_base64([("a", good.as_str()), ("a", good.as_str())]);
        assert_eq!(twice.unwrap_err(), KeyError::Duplicate("a".into()));
        let bad = Keys::from_base64([("b", "AAAA")]).unwrap_err();
        assert_eq!(bad, KeyError::Malformed("b".into()));
        assert!(!bad.to_string().contains("AAAA"));
    }

    #[test]
    fn debug_shows_ids_only() {
        let key = Keys::generate_base64().unwrap();
        let keys = Keys::from_base64([("2026-01", key.as_str())]).unwrap();
        assert_eq!(format!("{keys:?}"), r#"Keys(["2026-01"])"#);
    }
}
