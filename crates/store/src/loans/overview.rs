//! Loans by county: what was lent, what of it is subsidised, what that costs and brings.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Date, Text},
};
use diesel_async::RunQueryDsl;
use sizhu_core::{Day, DivisionCode};

use crate::{StoreError, Tx};

/// The loans of borrowers registered in a county. Amounts are fen.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct CountyLoans {
    /// The county.
    #[diesel(sql_type = Text)]
    pub county: String,
    /// How many loans.
    #[diesel(sql_type = BigInt)]
    pub loans: i64,
    /// Their principal.
    #[diesel(sql_type = BigInt)]
    pub principal_fen: i64,
    /// The principal of those that are subsidised.
    #[diesel(sql_type = BigInt)]
    pub subsidised_principal_fen: i64,
    /// Subsidy paid.
    #[diesel(sql_type = BigInt)]
    pub paid_fen: i64,
    /// Subsidy that money is set aside for.
    #[diesel(sql_type = BigInt)]
    pub committed_fen: i64,
    /// Subsidy that waits for money.
    #[diesel(sql_type = BigInt)]
    pub waiting_fen: i64,
    /// Jobs the businesses made, as reported.
    #[diesel(sql_type = BigInt)]
    pub jobs_created: i64,
    /// Income of a year that they brought, as reported.
    #[diesel(sql_type = BigInt)]
    pub income_fen: i64,
    /// Loans with interest that the bank said was due and that is not paid.
    #[diesel(sql_type = BigInt)]
    pub loans_in_arrears: i64,
    /// That interest.
    #[diesel(sql_type = BigInt)]
    pub arrears_fen: i64,
}

/// The counties of a division that have loans, in the order of their codes, as of a day.
///
/// # Errors
/// What the database says.
pub async fn overview(
    tx: &mut Tx,
    within: &DivisionCode,
    programme: &str,
    today: Day,
) -> Result<Vec<CountyLoans>, StoreError> {
    let rows = diesel::sql_query(
        "WITH told AS ( \
            SELECT e.loan_id, \
                sum(CASE WHEN e.kind = 'interest_due' AND e.due_on <= $3 THEN e.amount_fen ELSE 0 END) \
                AS due, sum(CASE WHEN e.on_day <= $3 THEN e.interest_fen ELSE 0 END) AS paid \
            FROM loan_events e WHERE NOT EXISTS ( \
                SELECT FROM loan_events x WHERE x.loan_id = e.loan_id AND x.reverses_id = e.id) \
            GROUP BY 1), \
         lent AS ( \
            SELECT left(v.division, 6) AS county, l.id, l.subject_id, w.principal_fen, \
                w.jobs_created, w.income_fen, \
                EXISTS (SELECT FROM decisions d WHERE d.loan_id = l.id AND d.programme = $2 \
                    AND d.superseded_at IS NULL AND d.outcome = 'granted') AS subsidised, \
                greatest(coalesce(t.due, 0) - coalesce(t.paid, 0), 0) AS arrears \
            FROM loans l \
            JOIN loan_versions w ON w.loan_id = l.id AND w.superseded_at IS NULL \
            JOIN residents r ON r.subject_id = l.subject_id \
            JOIN resident_versions v ON v.resident_id = r.id \
                AND v.superseded_at IS NULL AND v.valid_until IS NULL \
            LEFT JOIN told t ON t.loan_id = l.id \
            WHERE v.division LIKE $1), \
         owed AS ( \
            SELECT a.county, \
                sum(CASE WHEN w.funding = 'posted' THEN w.amount_fen ELSE 0 END) AS paid, \
                sum(CASE WHEN w.funding = 'earmarked' THEN w.amount_fen ELSE 0 END) AS committed, \
                sum(CASE WHEN w.funding = 'awaiting_funds' THEN w.amount_fen ELSE 0 END) AS waiting \
            FROM awards w JOIN accounts a ON a.id = w.account_id \
            WHERE w.programme = $2 AND a.county LIKE $1 GROUP BY 1) \
         SELECT lent.county, count(*) AS loans, sum(principal_fen)::bigint AS principal_fen, \
            coalesce(sum(principal_fen) FILTER (WHERE subsidised), 0)::bigint AS subsidised_principal_fen, \
            coalesce(max(owed.paid), 0)::bigint AS paid_fen, \
            coalesce(max(owed.committed), 0)::bigint AS committed_fen, \
            coalesce(max(owed.waiting), 0)::bigint AS waiting_fen, \
            coalesce(sum(jobs_created), 0)::bigint AS jobs_created, \
            coalesce(sum(income_fen), 0)::bigint AS income_fen, \
            count(*) FILTER (WHERE arrears > 0) AS loans_in_arrears, \
            coalesce(sum(arrears), 0)::bigint AS arrears_fen \
         FROM lent LEFT JOIN owed ON owed.county = lent.county GROUP BY 1 ORDER BY 1",
    )
    .bind::<Text, _>(format!("{within}%"))
    .bind::<Text, _>(programme)
    .bind::<Date, _>(today.naive())
    .load(tx.conn())
    .await?;
    Ok(rows)
}
