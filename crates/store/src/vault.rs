//! Keys, and what is done with them: sealing columns, indexing people blindly, fingerprinting.
//!
//! Columns are sealed with AES-256-GCM-SIV (RFC 8452), which forgives a repeated nonce, under the
//! first key of the ring; the value names its key, and table, column and row are associated data,
//! so that a value moved to another place does not open. People are found by HMAC-SHA-256 of the
//! citizen ID under a key of its own.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac, rand,
};
use sizhu_core::CitizenId;
use uuid::Uuid;

const FORMAT: u8 = 1;

/// What can go wrong with keys. Says nothing of what was sealed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A key ring is empty, or a key id is empty, too long or given twice.
    #[error("the encryption keys need ids that differ, of 1 to 32 characters each")]
    Keys,
    /// The value is not one of ours, was sealed under an unknown key, or was moved or altered.
    #[error("a sealed {0} cannot be opened")]
    Open(&'static str),
    /// The cryptographic library refused.
    #[error("sealing failed")]
    Seal,
}

/// Where a sealed value stands: it opens there and nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Table and column, as `table.column`.
    pub column: &'static str,
    /// The row's id.
    pub row: Uuid,
}

impl Place {
    fn associated_data(self) -> Vec<u8> {
        let mut data = self.column.as_bytes().to_vec();
        data.push(0);
        data.extend_from_slice(self.row.as_bytes());
        data
    }
}

/// Blind index of a person: equal for equal citizen IDs, and telling nothing without the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonIndex([u8; 32]);

impl PersonIndex {
    /// The index of which these are the bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes kept in the database.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for PersonIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonIndex(…)")
    }
}

/// The keys of an installation.
pub struct Vault {
    ring: Vec<(String, LessSafeKey)>,
    index: hmac::Key,
    fingerprint: hmac::Key,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.ring.iter().map(|(id, _)| id.as_str()).collect();
        f.debug_struct("Vault")
            .field("keys", &ids)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Makes a vault of an encryption key ring (the first seals, all open), the key of the blind
    /// index and the key of fingerprints.
    ///
    /// # Errors
    /// [`VaultError::Keys`] when the ring is empty or its ids are not distinct and 1 to 32
    /// characters long.
    pub fn new(
        encryption: Vec<(String, [u8; 32])>,
        index: [u8; 32],
        fingerprint: [u8; 32],
    ) -> Result<Self, VaultError> {
        let mut ring: Vec<(String, LessSafeKey)> = Vec::with_capacity(encryption.len());
        for (id, key) in encryption {
            let known = ring.iter().any(|(other, _)| *other == id);
            if known || id.is_empty() || id.len() > 32 {
                return Err(VaultError::Keys);
            }
            let Ok(key) = UnboundKey::new(&AES_256_GCM_SIV, &key) else {
                return Err(VaultError::Keys);
            };
            ring.push((id, LessSafeKey::new(key)));
        }
        if ring.is_empty() {
            return Err(VaultError::Keys);
        }
        Ok(Self {
            ring,
            index: hmac::Key::new(hmac::HMAC_SHA256, &index),
            fingerprint: hmac::Key::new(hmac::HMAC_SHA256, &fingerprint),
        })
    }

    /// Seals a value for its place: format, key id, nonce, ciphertext and tag.
    ///
    /// # Errors
    /// [`VaultError::Seal`] when no randomness can be had.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let Some((id, key)) = self.ring.first() else {
            return Err(VaultError::Seal);
        };
        let mut nonce = [0_u8; NONCE_LEN];
        let Ok(id_len) = u8::try_from(id.len()) else {
            return Err(VaultError::Seal);
        };
        let mut body = plain.to_vec();
        let sealed = rand::fill(&mut nonce).and_then(|()| {
            key.seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.associated_data()),
                &mut body,
            )
        });
        if sealed.is_err() {
            return Err(VaultError::Seal);
        }
        let mut value = vec![FORMAT, id_len];
        value.extend_from_slice(id.as_bytes());
        value.extend_from_slice(&nonce);
        value.extend_from_slice(&body);
        Ok(value)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`VaultError::Open`] when it was not, or its key is not in the ring.
    pub fn open(&self, place: Place, value: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.try_open(place, value)
            .ok_or(VaultError::Open(place.column))
    }

    fn try_open(&self, place: Place, value: &[u8]) -> Option<Vec<u8>> {
        let (format, rest) = value.split_first()?;
        let (id_len, rest) = rest.split_first()?;
        let (id, rest) = rest.split_at_checked(usize::from(*id_len))?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN)?;
        let nonce: [u8; NONCE_LEN] = nonce.try_into().ok()?;
        let (_, key) = self.ring.iter().find(|(known, _)| known.as_bytes() == id)?;
        let mut body = body.to_vec();
        let opened = key.open_in_place(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.associated_data()),
            &mut body,
        );
        match opened {
            Ok(plain) if *format == FORMAT => Some(plain.to_vec()),
            _ => None,
        }
    }

    /// [`Vault::seal`] for text.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn seal_text(&self, place: Place, plain: &str) -> Result<Vec<u8>, VaultError> {
        self.seal(place, plain.as_bytes())
    }

    /// [`Vault::open`] for text.
    ///
    /// # Errors
    /// As [`Vault::open`], also when the value is not UTF-8.
    pub fn open_text(&self, place: Place, value: &[u8]) -> Result<String, VaultError> {
        String::from_utf8(self.open(place, value)?).or(Err(VaultError::Open(place.column)))
    }

    /// The blind index of a person.
    #[must_use]
    pub fn person_index(&self, citizen_id: &CitizenId) -> PersonIndex {
        PersonIndex(tag(&self.index, &[citizen_id.as_str().as_bytes()]))
    }

    /// The blind index of an organisation, by its unified social credit code (GB 32100-2015), which
    /// is as long as a citizen ID: no organisation is ever taken for a person.
    #[must_use]
    pub fn organisation_index(&self, credit_code: &str) -> [u8; 32] {
        tag(&self.index, &[b"organisation", credit_code.as_bytes()])
    }

    /// A keyed fingerprint of some bytes: equal for equal content, and telling nothing of it to
    /// who lacks the key. Parts are length-prefixed, so that their borders count.
    #[must_use]
    pub fn fingerprint(&self, parts: &[&[u8]]) -> [u8; 32] {
        tag(&self.fingerprint, parts)
    }
}

fn tag(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        let len = u64::try_from(part.len()).unwrap_or(u64::MAX);
        context.update(&len.to_be_bytes());
        context.update(part);
    }
    let mut out = [0_u8; 32];
    let signed = context.sign();
    for (to, from) in out.iter_mut().zip(signed.as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(ids: &[&str]) -> Vault {
        let ring = ids
            .iter()
            .map(|id| ((*id).to_owned(), [u8::try_from(id.len()).unwrap(); 32]));
        Vault::new(ring.collect(), [2; 32], [3; 32]).unwrap()
    }

    const PLACE: Place = Place {
        column: "residents.citizen_id",
        row: Uuid::nil(),
    };

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let vault = vault(&["a"]);
        let sealed = vault.seal_text(PLACE, "430102").unwrap();
        assert_eq!(vault.open_text(PLACE, &sealed).unwrap(), "430102");
        let elsewhere = [
            Place {
                column: "residents.phone",
                ..PLACE
            },
            Place {
                row: Uuid::max(),
                ..PLACE
            },
        ];
        for place in elsewhere {
            assert!(vault.open(place, &sealed).is_err(), "{place:?}");
        }
    }

    #[test]
    fn every_altered_byte_is_noticed() {
        let vault = vault(&["a"]);
        let sealed = vault.seal_text(PLACE, "x").unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(vault.open(PLACE, &altered).is_err(), "byte {at}");
            assert!(vault.open(PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_rotated_ring_opens_what_the_old_key_sealed() {
        let old = vault(&["a"]).seal_text(PLACE, "x").unwrap();
        let rotated = vault(&["bb", "a"]);
        assert_eq!(rotated.open_text(PLACE, &old).unwrap(), "x");
        let new = rotated.seal_text(PLACE, "x").unwrap();
        assert!(vault(&["a"]).open(PLACE, &new).is_err());
    }

    #[test]
    fn rings_without_distinct_ids_are_refused() {
        let key = |id: &str| (id.to_owned(), [1_u8; 32]);
        for ring in [vec![], vec![key("")], vec![key("a"), key("a")]] {
            assert!(Vault::new(ring, [0; 32], [0; 32]).is_err());
        }
    }

    #[test]
    fn borders_of_fingerprinted_parts_count() {
        let vault = vault(&["a"]);
        assert_ne!(
            vault.fingerprint(&[b"ab", b"c"]),
            vault.fingerprint(&[b"a", b"bc"])
        );
    }
}
