//! Setting an installation up: what it ships with, and fresh keys.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::auth::Keys;

/// The divisions of Hunan, compiled in; their source is told in `data/`.
pub(crate) const DIVISIONS: &str = include_str!("../../../data/divisions_hunan.csv");

/// The Loan Prime Rates published so far, compiled in; their sources are told in them.
pub(crate) const PRIME_RATES: &str = include_str!("../../../data/loan_prime_rate.csv");

/// A fresh set of keys as lines for `.env`.
pub(crate) fn fresh_keys() -> anyhow::Result<String> {
    let key = || -> anyhow::Result<String> {
        let mut bytes = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).context("no random bytes")?;
        Ok(STANDARD.encode(bytes))
    };
    Ok(format!(
        "SIZHU_ENCRYPTION_KEYS=k1:{}\nSIZHU_INDEX_KEY={}\nSIZHU_FINGERPRINT_KEY={}\n\
         SIZHU_TOKEN_KEYS=k1:{}\n",
        key()?,
        key()?,
        key()?,
        Keys::generate_base64().context("no random bytes")?
    ))
}
