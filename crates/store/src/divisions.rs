//! `divisions`: administrative divisions, province to village.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::DivisionCode;

use crate::{StoreError, Tx, schema::divisions};

/// A division as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = divisions, check_for_backend(diesel::pg::Pg))]
pub struct Division {
    /// Statistical code.
    pub code: String,
    /// Chinese name.
    pub name: String,
    /// province, city, county, township or village.
    pub level: String,
    /// Code of the division above; `None` for a province.
    pub parent: Option<String>,
}

/// The divisions right below `parent` (the provinces when `None`), by code, after `after`.
///
/// # Errors
/// What the database says.
pub async fn list(
    tx: &mut Tx,
    parent: Option<&DivisionCode>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Division>, StoreError> {
    let mut query = divisions::table
        .select(Division::as_select())
        .order(divisions::code)
        .limit(limit)
        .into_boxed();
    query = match parent {
        Some(parent) => query.filter(divisions::parent.eq(parent.as_str().to_owned())),
        None => query.filter(divisions::parent.is_null()),
    };
    if let Some(after) = after {
        query = query.filter(divisions::code.gt(after.to_owned()));
    }
    Ok(query.load(tx.conn()).await?)
}

/// Whether the code is that of a division we know.
///
/// # Errors
/// What the database says.
pub async fn exists(tx: &mut Tx, code: &DivisionCode) -> Result<bool, StoreError> {
    let found: Option<String> = divisions::table
        .select(divisions::code)
        .find(code.as_str())
        .first(tx.conn())
        .await
        .optional()?;
    Ok(found.is_some())
}

/// The name of a division.
///
/// # Errors
/// What the database says.
pub async fn name(tx: &mut Tx, code: &DivisionCode) -> Result<Option<String>, StoreError> {
    let name = divisions::table
        .select(divisions::name)
        .find(code.as_str())
        .first(tx.conn())
        .await
        .optional()?;
    Ok(name)
}
