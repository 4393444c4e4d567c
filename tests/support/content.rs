//! All that is in a database, for tests that hold that nothing of it changed.

use std::sync::LazyLock;

use tokio_postgres::Client as Sql;

use crate::{ledger::texts, tree};

/// All that is in the database, a line a table: how many rows, and what is in them. Divisions and
/// policies apart, which no claim writes.
///
/// # Panics
/// When it cannot be read.
pub async fn of(sql: &Sql) -> Vec<String> {
    static QUERY: LazyLock<String> = LazyLock::new(|| {
        let schema = tree::read("crates/store/src/schema.rs");
        let tables = schema.lines().filter_map(|line| {
            let name = line.strip_prefix("    ")?.split_once(" (")?.0;
            let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            (is_name && name != "divisions" && name != "policies").then_some(name)
        });
        let queries: Vec<String> = tables
            .map(|name| {
                format!(
                    "SELECT format('{name} %s %s', count(*), \
                     md5(string_agg(x::text, '|' ORDER BY x::text))) FROM {name} x"
                )
            })
            .collect();
        assert!(queries.len() > 20, "{queries:?}");
        queries.join(" UNION ALL ")
    });
    texts(sql, &QUERY, &[]).await
}
