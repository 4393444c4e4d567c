//! Pages of lists: `{items, next_cursor}`, asked with `limit` and `cursor`.
//!
//! A cursor names the last row seen, by its sort key, so that rows added meanwhile neither repeat
//! nor vanish. It is opaque to clients and grants nothing: scope is applied to each query anew.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::problem::{FieldError, Problem};

/// Rows on a page when the client does not say.
const DEFAULT_LIMIT: u32 = 50;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Most items to answer, 1 to 200; 50 if not given.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before; none for the first page.
    #[validate(length(max = 512))]
    cursor: Option<String>,
}

impl PageQuery {
    /// Most items to answer.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// Rows to ask of the database: one more than answered, which tells whether there is a next
    /// page.
    #[must_use]
    pub fn rows(&self) -> i64 {
        i64::from(self.limit()).saturating_add(1)
    }

    /// The key after which the page starts; `None` for the first page.
    ///
    /// # Errors
    /// A cursor this list did not make: 400 with the pointer `/cursor`.
    pub fn after<K: CursorKey>(&self) -> Result<Option<K>, Problem> {
        let Some(cursor) = &self.cursor else {
            return Ok(None);
        };
        URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| {
                let (tag, rest) = bytes.split_first()?;
                (*tag == K::TAG).then(|| K::read(rest)).flatten()
            })
            .map(Some)
            .ok_or_else(|| Problem::parameters(vec![FieldError::of_code("/cursor", "cursor")]))
    }
}

/// A sort key that a cursor can carry.
pub trait CursorKey: Sized {
    /// Tells the kinds of cursors apart.
    const TAG: u8;
    /// The key as bytes.
    fn write(&self) -> Vec<u8>;
    /// The key from its bytes.
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// Lists in order of time: the instant, and the id for rows of the same microsecond.
impl CursorKey for (DateTime<Utc>, Uuid) {
    const TAG: u8 = 1;

    fn write(&self) -> Vec<u8> {
        let mut bytes = self.0.timestamp_micros().to_be_bytes().to_vec();
        bytes.extend_from_slice(self.1.as_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (micros, id) = bytes.split_first_chunk::<8>()?;
        Some((
            DateTime::from_timestamp_micros(i64::from_be_bytes(*micros))?,
            Uuid::from_slice(id).ok()?,
        ))
    }
}

/// Lists in order of a code, such as divisions.
impl CursorKey for String {
    const TAG: u8 = 2;

    fn write(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        // PostgreSQL takes no NUL in text.
        Self::from_utf8(bytes.to_vec())
            .ok()
            .filter(|key| !key.contains('\0'))
    }
}

/// Lists in order of a UUIDv7, which is the order of making.
impl CursorKey for Uuid {
    const TAG: u8 = 3;

    fn write(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::from_slice(bytes).ok()
    }
}

/// Lists in order of a running number.
impl CursorKey for i64 {
    const TAG: u8 = 4;

    fn write(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

/// Lists in order of a code, and of a UUIDv7 within it, such as people village by village.
impl CursorKey for (String, Uuid) {
    const TAG: u8 = 5;

    fn write(&self) -> Vec<u8> {
        let mut bytes = self.1.as_bytes().to_vec();
        bytes.extend_from_slice(self.0.as_bytes());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (id, code) = bytes.split_first_chunk::<16>()?;
        Some((String::read(code)?, Uuid::from_bytes(*id)))
    }
}

/// The cursor that names `key`.
#[must_use]
pub fn cursor<K: CursorKey>(key: &K) -> String {
    let mut bytes = vec![K::TAG];
    bytes.extend(key.write());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page, in the list's order.
    pub items: Vec<T>,
    /// Give it as `cursor` for the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page of the rows a query for [`PageQuery::rows`] returned: cuts the row too many, and
    /// makes the cursor from the last one answered.
    pub fn cut<R, K: CursorKey>(
        mut rows: Vec<R>,
        query: &PageQuery,
        key: impl FnOnce(&R) -> K,
        item: impl FnMut(R) -> T,
    ) -> Self {
        let limit = usize::try_from(query.limit()).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| cursor(&key(last)));
        Self {
            items: rows.into_iter().map(item).collect(),
            next_cursor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(cursor: Option<String>) -> PageQuery {
        PageQuery {
            limit: Some(2),
            cursor,
        }
    }

    fn there_and_back<K: CursorKey + PartialEq + std::fmt::Debug>(key: K) {
        let text = cursor(&key);
        assert_eq!(query(Some(text)).after::<K>().unwrap(), Some(key));
    }

    #[test]
    fn cursors_come_back_as_they_were() {
        let at = DateTime::from_timestamp_micros(1_800_000_000_123_456).unwrap();
        there_and_back((at, Uuid::now_v7()));
        there_and_back((
            DateTime::<Utc>::MIN_UTC.max(DateTime::UNIX_EPOCH),
            Uuid::nil(),
        ));
        there_and_back("430102001".to_owned());
        there_and_back(Uuid::now_v7());
        there_and_back(-7_i64);
        there_and_back(("430102001001".to_owned(), Uuid::now_v7()));
        assert_eq!(query(None).after::<String>().unwrap(), None);
    }

    #[test]
    fn a_cursor_of_another_list_or_of_nobody_is_refused() {
        for bad in [
            cursor(&"43".to_owned()),
            "!".into(),
            String::new(),
            "AQ".into(),
        ] {
            let problem = query(Some(bad))
                .after::<(DateTime<Utc>, Uuid)>()
                .unwrap_err();
            assert_eq!(problem.errors().first().unwrap().pointer, "/cursor");
        }
    }

    #[test]
    fn pages_are_cut_at_the_limit() {
        let page = Page::cut(vec![1_i64, 2, 3], &query(None), |row| *row, |row| row * 10);
        assert_eq!(page.items, [10, 20]);
        let next = query(page.next_cursor);
        assert_eq!(next.after::<i64>().unwrap(), Some(2));
        let last = Page::cut(vec![3_i64], &next, |row| *row, |row| row);
        assert_eq!((last.items.len(), last.next_cursor), (1, None));
    }
}
