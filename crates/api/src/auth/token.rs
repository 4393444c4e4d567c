//! Access tokens: JWTs in the profile of RFC 9068, signed with EdDSA (RFC 8037).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sizhu_core::access::{Grant, Role};
use sizhu_core::{DivisionCode, HospitalId, ResidentId};
use uuid::Uuid;

use super::keys::Keys;

/// Header `typ` of an access token (RFC 9068, 2.1).
const TOKEN_TYPE: &str = "at+jwt";

/// How far the clocks of two machines may differ, in seconds.
const LEEWAY_SECONDS: i64 = 30;

/// What tokens say about where they are from and for whom.
#[derive(Clone, Debug)]
pub struct TokenPolicy {
    /// `iss`: this installation's address.
    pub issuer: String,
    /// `aud`: the service the token is for.
    pub audience: String,
    /// How long a token lives, in seconds.
    pub lifetime_seconds: u32,
}

/// The claims of an access token. Exactly one of the four bindings is there, as the role asks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// The client's id.
    pub sub: String,
    /// Issued at, seconds since the epoch.
    pub iat: i64,
    /// Not before, seconds since the epoch.
    pub nbf: i64,
    /// Expires at, seconds since the epoch.
    pub exp: i64,
    /// The token's own id.
    pub jti: Uuid,
    /// What the client is.
    pub role: Role,
    /// The division of an officer, of finance, of an auditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// The hospital's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hospital: Option<Uuid>,
    /// The bank's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// The resident's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident: Option<Uuid>,
}

/// Why a token is not taken. For the log; callers learn 401 and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not a JWT, or a header no token of ours has.
    #[error("not a token of this kind")]
    Malformed,
    /// Signed by a key we don't have.
    #[error("unknown key id")]
    UnknownKey,
    /// Signature, algorithm, issuer, audience or a required claim is wrong.
    #[error("signature or claims are not valid")]
    Invalid,
    /// Past its time.
    #[error("expired")]
    Expired,
    /// Before its time.
    #[error("not valid yet")]
    NotYet,
    /// The role and what it is bound to don't fit.
    #[error("role and binding do not fit")]
    Binding,
}

/// Issues and verifies access tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    keys: Arc<Keys>,
    policy: TokenPolicy,
    validation: Validation,
}

impl Tokens {
    /// Tokens of these keys under this policy.
    #[must_use]
    pub fn new(keys: Arc<Keys>, policy: TokenPolicy) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&policy.issuer]);
        validation.set_audience(&[&policy.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The library asks the system clock; ours is injected, so times are checked below.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            keys,
            policy,
            validation,
        }
    }

    /// The public keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// How long a token lives, in seconds.
    #[must_use]
    pub const fn lifetime_seconds(&self) -> u32 {
        self.policy.lifetime_seconds
    }

    /// A signed token for a client.
    ///
    /// # Errors
    /// The claims could not be encoded or signed.
    pub fn issue(
        &self,
        client_id: &str,
        grant: &Grant,
        token_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let issued_at = now.timestamp();
        let mut claims = Claims {
            iss: self.policy.issuer.clone(),
            aud: self.policy.audience.clone(),
            sub: client_id.to_owned(),
            iat: issued_at,
            nbf: issued_at,
            exp: issued_at.saturating_add(i64::from(self.policy.lifetime_seconds)),
            jti: token_id,
            role: grant.role(),
            division: None,
            hospital: None,
            bank: None,
            resident: None,
        };
        match grant {
            Grant::Resident(resident) => claims.resident = Some(resident.get()),
            Grant::Hospital(hospital) => claims.hospital = Some(hospital.get()),
            Grant::Bank(bank) => claims.bank = Some(bank.clone()),
            Grant::Officer(division) | Grant::Finance(division) | Grant::Auditor(division) => {
                claims.division = Some(division.as_str().to_owned());
            }
            Grant::Policy | Grant::Admin => {}
        }
        let (key, kid) = self.keys.signing();
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.into());
        header.kid = Some(kid.to_owned());
        encode(&header, &claims, key)
    }

    /// The claims and the grant of a token that is valid now.
    ///
    /// # Errors
    /// Any fault: algorithm, type, key, signature, issuer, audience, times, binding.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<(Claims, Grant), TokenFault> {
        let header = decode_header(token).map_err(|_unreadable| TokenFault::Malformed)?;
        let is_access_token = header.typ.as_deref().is_some_and(|typ| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").unwrap_or(&typ) == TOKEN_TYPE
        });
        // An extension marked critical that we don't know must be refused (RFC 7515, 4.1.11).
        if !is_access_token || header.alg != Algorithm::EdDSA || header.crit.is_some() {
            return Err(TokenFault::Malformed);
        }
        let kid = header.kid.as_deref().ok_or(TokenFault::UnknownKey)?;
        let key = self.keys.verifying(kid).ok_or(TokenFault::UnknownKey)?;
        let claims = decode::<Claims>(token, key, &self.validation)
            .map_err(|_invalid| TokenFault::Invalid)?
            .claims;
        let now = now.timestamp();
        if now >= claims.exp.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenFault::Expired);
        }
        if now < claims.nbf.saturating_sub(LEEWAY_SECONDS) {
            return Err(TokenFault::NotYet);
        }
        let grant = grant_of(&claims).ok_or(TokenFault::Binding)?;
        Ok((claims, grant))
    }
}

/// The grant that role and binding make together; `None` if they don't fit exactly.
fn grant_of(claims: &Claims) -> Option<Grant> {
    let bindings = (
        claims.division.as_deref(),
        claims.hospital,
        claims.bank.as_deref(),
        claims.resident,
    );
    let division = |code: &str| DivisionCode::parse(code).ok();
    match (claims.role, bindings) {
        (Role::Officer, (Some(code), None, None, None)) => division(code).map(Grant::Officer),
        (Role::Finance, (Some(code), None, None, None)) => division(code).map(Grant::Finance),
        (Role::Auditor, (Some(code), None, None, None)) => division(code).map(Grant::Auditor),
        (Role::Hospital, (None, Some(id), None, None)) => {
            Some(Grant::Hospital(HospitalId::new(id)))
        }
        (Role::Bank, (None, None, Some(bank), None)) => Some(Grant::Bank(bank.to_owned())),
        (Role::Resident, (None, None, None, Some(id))) => {
            Some(Grant::Resident(ResidentId::new(id)))
        }
        (Role::Policy, (None, None, None, None)) => Some(Grant::Policy),
        (Role::Admin, (None, None, None, None)) => Some(Grant::Admin),
        _ => None,
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
