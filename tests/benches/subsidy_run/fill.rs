//! Fills the registry and the loans: `COPY` into each table.

use sizhu_tests::bulk::{copy, execute, filler};

use crate::loans::{Borrowers, TABLES};

/// Loans made and copied at once.
const BATCH: u32 = 20_000;

/// Fills the tables; answers how many rows each has.
///
/// # Panics
/// When PostgreSQL refuses a row.
pub(crate) async fn fill(admin_url: &str, loans: u32) -> String {
    let client = filler(admin_url).await;
    let (mut makes, mut left) = (Borrowers::new(), loans);
    while left > 0 {
        let batch = left.min(BATCH);
        left -= batch;
        copy(&client, &TABLES, makes.batch(batch)).await;
    }
    execute(&client, "VACUUM (FREEZE, ANALYZE)").await;
    let mut told = Vec::new();
    for table in ["residents", "loans", "loan_events"] {
        let count = format!("SELECT count(*) FROM {table}");
        let row = client.query_one(&count, &[]).await.expect("a count");
        told.push(format!("{} {table}", row.get::<_, i64>(0)));
    }
    told.join(", ")
}
