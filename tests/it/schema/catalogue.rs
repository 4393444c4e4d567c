//! Comments, names and indexes, read from PostgreSQL's catalogue.

use sizhu_tests::Database;

use super::column;

/// Our own tables: diesel's list of migrations is none of them.
const OURS: &str = "relnamespace = 'public'::regnamespace AND relkind = 'r' \
                    AND relname <> '__diesel_schema_migrations'";

#[tokio::test]
async fn every_table_and_column_has_a_comment() {
    let database = Database::create();
    let tables = format!(
        "SELECT relname::text FROM pg_class WHERE {OURS} AND obj_description(oid, 'pg_class') IS NULL"
    );
    assert_eq!(column(&database, &tables).await, [""; 0]);
    let columns = format!(
        "SELECT format('%s.%s', relname, attname) FROM pg_class \
         JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped \
         WHERE {OURS} AND col_description(attrelid, attnum) IS NULL ORDER BY 1"
    );
    assert_eq!(column(&database, &columns).await, [""; 0]);
}

#[tokio::test]
async fn every_foreign_key_is_the_prefix_of_an_index() {
    let database = Database::create();
    // In any order among the first columns of a whole (not partial) index that keeps order.
    let uncovered = "SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND NOT EXISTS ( \
           SELECT FROM pg_index \
           JOIN pg_class ON pg_class.oid = indexrelid \
           JOIN pg_am ON pg_am.oid = relam AND amname = 'btree' \
           WHERE indrelid = conrelid AND indpred IS NULL \
             AND (indkey::int2[])[0:cardinality(conkey) - 1] @> conkey) \
         ORDER BY 1";
    assert_eq!(column(&database, uncovered).await, [""; 0]);
    // The law can be broken, and is noticed when it is.
    let broken = "DROP INDEX divisions_parent_idx, claims_subject_id_idx";
    database.admin().await.batch_execute(broken).await.unwrap();
    let noticed = column(&database, uncovered).await;
    assert_eq!(noticed, ["claims_subject_id_fkey", "divisions_parent_fkey"]);
}

#[tokio::test]
async fn every_constraint_and_index_says_where_it_belongs() {
    let database = Database::create();
    // NOT NULL (`n`, a constraint from PostgreSQL 18 on) has no name that anyone reads.
    let constraints = format!(
        "SELECT conname::text FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid \
         WHERE {OURS} AND contype <> 'n' AND conname !~ ('^' || relname || \
           CASE contype WHEN 'p' THEN '_pkey' WHEN 'u' THEN '_[a-z0-9_]+_key' \
           WHEN 'f' THEN '_[a-z0-9_]+_fkey' WHEN 'c' THEN '_[a-z0-9_]+_check' \
           WHEN 'x' THEN '_[a-z0-9_]+_excl' ELSE '' END || '$') ORDER BY 1"
    );
    assert_eq!(column(&database, &constraints).await, [""; 0]);
    let indexes = "SELECT indexrelid::regclass::text FROM pg_index \
         JOIN pg_class ON pg_class.oid = indrelid \
         WHERE relnamespace = 'public'::regnamespace AND relname <> '__diesel_schema_migrations' \
           AND indexrelid::regclass::text !~ ('^' || relname || \
             CASE WHEN indisexclusion THEN '_[a-z0-9_]+_excl' WHEN indisprimary THEN '_pkey' \
             WHEN indisunique THEN '_[a-z0-9_]+_key' ELSE '_[a-z0-9_]+_idx' END || '$') ORDER BY 1";
    assert_eq!(column(&database, indexes).await, [""; 0]);
}

#[tokio::test]
async fn money_is_whole_fen_and_instants_know_their_zone() {
    let database = Database::create();
    let odd = format!(
        "SELECT format('%s.%s is %s', relname, attname, atttypid::regtype) FROM pg_class \
         JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped \
         WHERE {OURS} AND (atttypid IN ('float4'::regtype, 'float8'::regtype, 'numeric'::regtype, \
             'money'::regtype, 'timestamp'::regtype, 'varchar'::regtype, 'bpchar'::regtype, \
             'json'::regtype) \
           OR (attname LIKE '%\\_fen' AND atttypid <> 'int8'::regtype) \
           OR (attname LIKE '%\\_at' AND atttypid <> 'timestamptz'::regtype) \
           OR (attname LIKE '%\\_on' AND atttypid <> 'date'::regtype) \
           OR (attname LIKE '%\\_sealed' AND atttypid <> 'bytea'::regtype)) ORDER BY 1"
    );
    assert_eq!(column(&database, &odd).await, [""; 0]);
}
