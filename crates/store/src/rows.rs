//! Between columns and core types: words for enums, days, sealed text.

use std::str::FromStr;

use chrono::NaiveDate;
use sizhu_core::{CitizenId, Day, DivisionCode, Fen, PersonName, pack};

use crate::{Place, StoreError, Vault};

/// The enum a stored word stands for.
pub(crate) fn unword<T: FromStr>(word: &str, what: &'static str) -> Result<T, StoreError> {
    word.parse().or(Err(StoreError::Corrupt(what)))
}

/// [`unword`] for a column that may be NULL.
pub(crate) fn unword_opt<T: FromStr>(
    word: Option<&str>,
    what: &'static str,
) -> Result<Option<T>, StoreError> {
    word.map(|word| unword(word, what)).transpose()
}

/// A stored date as a day of the core.
pub(crate) fn day(date: NaiveDate) -> Day {
    Day::new(date)
}

/// Seals text that may be absent.
pub(crate) fn seal_opt(
    keys: &Vault,
    place: Place,
    plain: Option<&str>,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(plain
        .map(|plain| keys.seal_text(place, plain))
        .transpose()?)
}

/// Opens text that may be absent.
pub(crate) fn open_opt(
    keys: &Vault,
    place: Place,
    sealed: Option<&[u8]>,
) -> Result<Option<String>, StoreError> {
    Ok(sealed
        .map(|sealed| keys.open_text(place, sealed))
        .transpose()?)
}

/// A stored name.
pub(crate) fn name(text: &str) -> Result<PersonName, StoreError> {
    PersonName::parse(text).or(Err(StoreError::Corrupt("name")))
}

/// A stored citizen ID.
pub(crate) fn citizen_id(text: &str) -> Result<CitizenId, StoreError> {
    CitizenId::parse(text).or(Err(StoreError::Corrupt("citizen ID")))
}

/// A stored division code.
pub(crate) fn division(code: &str) -> Result<DivisionCode, StoreError> {
    DivisionCode::parse(code).or(Err(StoreError::Corrupt("division")))
}

/// The place of a policy text, from a column that is NULL for the whole country.
pub(crate) fn policy_place(stored: Option<&str>) -> Result<pack::Place, StoreError> {
    Ok(match stored {
        None => pack::Place::National,
        Some(code) => pack::Place::Division(division(code)?),
    })
}

/// The place of a policy text as such a column keeps it.
pub(crate) fn policy_place_column(place: &pack::Place) -> Option<String> {
    match place {
        pack::Place::National => None,
        pack::Place::Division(code) => Some(code.as_str().to_owned()),
    }
}

/// A count of days, which columns keep as `integer`.
pub(crate) fn count(stored: i32) -> Result<u32, StoreError> {
    u32::try_from(stored).or(Err(StoreError::Corrupt("count")))
}

/// A count of days as a column keeps it.
pub(crate) fn uncount(count: u32) -> Result<i32, StoreError> {
    i32::try_from(count).or(Err(StoreError::Corrupt("count")))
}

/// A stored amount.
pub(crate) const fn fen(stored: i64) -> Fen {
    Fen::new(stored)
}

/// The bytes a value is kept as: canonical JSON (RFC 8785), so that a replay can be compared.
///
/// # Errors
/// [`StoreError::Corrupt`] when it has no JSON form.
pub fn canonical(value: &impl serde::Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json_canonicalizer::to_vec(value).or(Err(StoreError::Corrupt("canonical JSON")))
}

diesel::define_sql_function! {
    /// The later of two instants: what supersedes a row is never older than the row.
    fn greatest(
        one: diesel::sql_types::Timestamptz,
        other: diesel::sql_types::Timestamptz,
    ) -> diesel::sql_types::Timestamptz;
}
