//! Loans found again, by id, by contract, by person and by holder.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use sizhu_core::{HolderId, LoanId, SubjectId};
use uuid::Uuid;

use super::{Loan, Row, VersionRow};
use crate::{
    StoreError, Tx,
    schema::{holder_members, loan_versions, loans},
};

#[diesel::dsl::auto_type(no_type_alias)]
fn rows() -> _ {
    let selected: diesel::dsl::AsSelect<Row, diesel::pg::Pg> = Row::as_select();
    let version: diesel::dsl::AsSelect<VersionRow, diesel::pg::Pg> = VersionRow::as_select();
    loans::table
        .inner_join(loan_versions::table.on(loan_versions::loan_id.eq(loans::id)))
        .select((selected, version))
}

fn open(tx: &Tx, found: Vec<(Row, VersionRow)>) -> Result<Vec<Loan>, StoreError> {
    let keys = tx.keys();
    (found.into_iter())
        .map(|(row, version)| version.open(&keys, row))
        .collect()
}

/// A loan by its row.
///
/// # Errors
/// [`StoreError::Vault`] when a sealed column does not open.
pub async fn find(tx: &mut Tx, id: LoanId) -> Result<Option<Loan>, StoreError> {
    let found = rows()
        .filter(loans::id.eq(id.get()))
        .filter(loan_versions::superseded_at.is_null())
        .load(tx.conn())
        .await?;
    Ok(open(tx, found)?.into_iter().next())
}

/// A loan by its natural key: bank and contract number.
///
/// # Errors
/// As [`find`].
pub async fn find_by_natural_key(
    tx: &mut Tx,
    bank: &str,
    contract_no: &str,
) -> Result<Option<Loan>, StoreError> {
    let found = rows()
        .filter(loans::bank.eq(bank))
        .filter(loans::contract_no.eq(contract_no))
        .filter(loan_versions::superseded_at.is_null())
        .load(tx.conn())
        .await?;
    Ok(open(tx, found)?.into_iter().next())
}

/// All loans of a person, oldest first, whoever holds them.
///
/// # Errors
/// As [`find`].
pub async fn of_subject(tx: &mut Tx, subject: SubjectId) -> Result<Vec<Loan>, StoreError> {
    let found = rows()
        .filter(loans::subject_id.eq(subject.get()))
        .filter(loan_versions::superseded_at.is_null())
        .order(loans::id)
        .load(tx.conn())
        .await?;
    open(tx, found)
}

/// All loans of some holders, each with its holder, oldest first; as they were known at an instant, if
/// one is given.
///
/// # Errors
/// As [`find`].
pub async fn of_holders(
    tx: &mut Tx,
    holders: &[HolderId],
    known_at: Option<DateTime<Utc>>,
) -> Result<Vec<(HolderId, Loan)>, StoreError> {
    let ids: Vec<Uuid> = holders.iter().map(|id| id.get()).collect();
    let members: Vec<(Uuid, Uuid)> = holder_members::table
        .select((holder_members::subject_id, holder_members::holder_id))
        .filter(holder_members::holder_id.eq_any(&ids))
        .filter(holder_members::superseded_at.is_null())
        .filter(holder_members::ends_on.is_null())
        .load(tx.conn())
        .await?;
    // Nobody lives in two households at a time.
    let household: BTreeMap<Uuid, Uuid> = members.into_iter().collect();
    let people: Vec<Uuid> = household.keys().copied().collect();
    let of_households = loans::cooperative_id
        .is_null()
        .and(loans::subject_id.eq_any(people));
    let of_cooperatives = loans::cooperative_id.assume_not_null().eq_any(&ids);
    let mut queries = [
        rows().filter(of_households).into_boxed(),
        rows().filter(of_cooperatives).into_boxed(),
    ];
    if let Some(at) = known_at {
        queries = queries.map(|query| {
            query.filter(loan_versions::recorded_at.le(at)).filter(
                loan_versions::superseded_at
                    .is_null()
                    .or(loan_versions::superseded_at.assume_not_null().gt(at)),
            )
        });
    } else {
        queries = queries.map(|query| query.filter(loan_versions::superseded_at.is_null()));
    }
    let mut found: Vec<(Row, VersionRow)> = Vec::new();
    for query in queries {
        found.extend(query.load(tx.conn()).await?);
    }
    found.sort_by_key(|(row, _)| row.id);
    let holder = |loan: Loan| {
        let of_household = || {
            household
                .get(&loan.subject.get())
                .copied()
                .map(HolderId::new)
        };
        let holder = loan.cooperative.or_else(of_household)?;
        Some((holder, loan))
    };
    Ok(open(tx, found)?.into_iter().filter_map(holder).collect())
}

/// Client that posted a loan.
///
/// # Errors
/// What the database says.
pub async fn posted_by(tx: &mut Tx, id: LoanId) -> Result<Option<String>, StoreError> {
    Ok(loans::table
        .select(loans::recorded_by)
        .find(id.get())
        .first(tx.conn())
        .await
        .optional()?)
}

/// The loans of a bank with these contract numbers, those that there are.
///
/// # Errors
/// What the database says.
pub async fn ids_of_contracts(
    tx: &mut Tx,
    bank: &str,
    contract_nos: &[&str],
) -> Result<BTreeMap<String, LoanId>, StoreError> {
    let found: Vec<(String, Uuid)> = loans::table
        .select((loans::contract_no, loans::id))
        .filter(loans::bank.eq(bank))
        .filter(loans::contract_no.eq_any(contract_nos))
        .load(tx.conn())
        .await?;
    Ok((found.into_iter())
        .map(|(contract_no, id)| (contract_no, LoanId::new(id)))
        .collect())
}

/// Loans by their rows, in the order of their ids.
///
/// # Errors
/// As [`find`].
pub async fn find_many(tx: &mut Tx, ids: &[LoanId]) -> Result<Vec<Loan>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.get()).collect();
    let found = rows()
        .filter(loans::id.eq_any(ids))
        .filter(loan_versions::superseded_at.is_null())
        .order(loans::id)
        .load(tx.conn())
        .await?;
    open(tx, found)
}
