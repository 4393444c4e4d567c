//! Fills the registry: `COPY` into each table, batch after batch, while the next batch is made.

use std::{sync::mpsc, thread};

use sizhu_tests::bulk::{copy, execute, filler};
use tokio_postgres::Client;

use crate::people::{HOSPITAL, People, TABLES};

/// People made and copied at once.
const BATCH: u32 = 20_000;

/// Fills the tables; answers how many rows each has.
///
/// # Panics
/// When PostgreSQL refuses a row.
pub(crate) async fn fill(admin_url: &str, people: u32) -> String {
    let client = filler(admin_url).await;
    let hospital = format!(
        "INSERT INTO hospitals (id, national_code, recorded_at) \
         VALUES ('{HOSPITAL}', 'H43010200001', '2026-01-01'); \
         INSERT INTO hospital_versions (id, hospital_id, name, level, grade, ownership, county, \
                 valid_from, recorded_at) \
         VALUES ('{HOSPITAL}', '{HOSPITAL}', '长沙市第一医院', 'level_3', 'a', 'public', '430102', \
                 '2000-01-01', '2026-01-01')"
    );
    execute(&client, &hospital).await;
    // One batch waits while another is copied.
    let (made, batches) = mpsc::sync_channel(1);
    let maker = thread::spawn(move || {
        let (mut makes, mut left) = (People::new(), people);
        while left > 0 {
            let batch = left.min(BATCH);
            left -= batch;
            if made.send((makes.batch(batch), people - left)).is_err() {
                return;
            }
        }
    });
    while let Ok((rows, done)) = batches.recv() {
        copy(&client, &TABLES, rows).await;
        if done % (BATCH * 10) == 0 {
            println!("  {done:>9} of {people} people filled in");
        }
    }
    maker.join().expect("the maker of people");
    execute(&client, "VACUUM (FREEZE, ANALYZE)").await;
    execute(&client, "CHECKPOINT").await;
    counts(&client).await
}

async fn counts(client: &Client) -> String {
    let mut told = Vec::new();
    for table in ["residents", "statuses", "stays"] {
        let count = format!("SELECT count(*) FROM {table}");
        let row = client.query_one(&count, &[]).await.expect("a count");
        told.push(format!("{} {table}", row.get::<_, i64>(0)));
    }
    told.join(", ")
}
