//! Laws of the database: what holds of every table, constraint and right in it.

mod catalogue;
mod diesel;
mod migrations;
mod rights;

use sizhu_tests::Database;

/// The first column of what a query of the superuser answers, in the database's order.
async fn column(database: &Database, query: &str) -> Vec<String> {
    let rows = database.admin().await.query(query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
