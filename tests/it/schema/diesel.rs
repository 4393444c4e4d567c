//! `crates/store/src/schema.rs` says what a migrated database says.

use std::{collections::BTreeMap, fmt::Write as _};

use sizhu_tests::{Database, tree};

const FILE: &str = "crates/store/src/schema.rs";

/// One table: its key, and its columns with their diesel types.
#[derive(Default)]
struct Table {
    key: Vec<String>,
    columns: Vec<(String, String)>,
}

#[tokio::test]
async fn schema_rs_equals_the_database() {
    let database = Database::create();
    let tables = tables(&database).await;
    let committed = tree::read(FILE);
    let head = committed.find("diesel::table!").expect("tables");
    let mut text = committed[..head].to_owned();
    for (name, table) in &tables {
        let _ = write!(
            text,
            "diesel::table! {{\n    {name} ({}) {{\n",
            table.key.join(", ")
        );
        for (column, sql_type) in &table.columns {
            let _ = writeln!(text, "        {column} -> {sql_type},");
        }
        text += "    }\n}\n\n";
    }
    text += "diesel::allow_tables_to_appear_in_same_query!(\n";
    for name in tables.keys() {
        let _ = writeln!(text, "    {name},");
    }
    text += ");\n";
    // Which joins are spelt out is for the queries to say; each must be one the database knows.
    let joins: Vec<&str> = joins(&committed).collect();
    if !joins.is_empty() {
        let _ = write!(text, "\n{}\n", joins.join("\n"));
    }
    tree::is_current(FILE, &text, "UPDATE_SCHEMA");
}

#[tokio::test]
async fn joins_of_schema_rs_are_foreign_keys() {
    let database = Database::create();
    let known = super::column(
        &database,
        "SELECT format('diesel::joinable!(%s -> %s (%s));', conrelid::regclass, \
           confrelid::regclass, attname) \
         FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] \
         WHERE contype = 'f' AND cardinality(conkey) = 1",
    );
    let known = known.await;
    for join in joins(&tree::read(FILE)) {
        assert!(known.iter().any(|it| it == join), "{join}");
    }
}

fn joins(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| line.starts_with("diesel::joinable!"))
}

async fn tables(database: &Database) -> BTreeMap<String, Table> {
    let query = "SELECT relname::text, attname::text, atttypid::regtype::text, attnotnull, \
           coalesce(array_position(indkey::int2[], attnum) - array_lower(indkey::int2[], 1), -1) \
         FROM pg_class \
         JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped \
         LEFT JOIN pg_index ON indrelid = pg_class.oid AND indisprimary \
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
           AND relname <> '__diesel_schema_migrations' \
         ORDER BY relname, attnum";
    let rows = database.admin().await.query(query, &[]).await.unwrap();
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let mut keys: BTreeMap<(String, i32), String> = BTreeMap::new();
    for row in &rows {
        let (table, column, sql_type): (String, String, String) =
            (row.get(0), row.get(1), row.get(2));
        let plain = diesel_type(&sql_type);
        let nullable = !row.get::<_, bool>(3);
        let shown = if nullable {
            format!("Nullable<{plain}>")
        } else {
            plain.to_owned()
        };
        let place: i32 = row.get(4);
        if place >= 0 {
            keys.insert((table.clone(), place), column.clone());
        }
        tables
            .entry(table)
            .or_default()
            .columns
            .push((column, shown));
    }
    for ((table, _), column) in keys {
        tables.entry(table).or_default().key.push(column);
    }
    tables
}

fn diesel_type(sql_type: &str) -> &'static str {
    match sql_type {
        "bigint" => "Int8",
        "boolean" => "Bool",
        "bytea" => "Bytea",
        "date" => "Date",
        "integer" => "Int4",
        "jsonb" => "Jsonb",
        "smallint" => "Int2",
        "text" => "Text",
        "timestamp with time zone" => "Timestamptz",
        "uuid" => "Uuid",
        other => panic!("{other}: no type that this house uses; add it here if it should be one"),
    }
}
