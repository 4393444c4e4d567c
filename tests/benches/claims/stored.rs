//! Many more claims are stored: one that was posted, with all its rows, is multiplied in SQL.

use sizhu_tests::bulk;
use tokio_postgres::Client;

use crate::world::{self, Poster, RESIDENT, SUBJECT, Who};

/// The first kind of ids of rows made here, and the first number of the people made here.
const MADE: u32 = 50;
const FIRST: u32 = 10_000_000;

/// A table, which of its rows are multiplied, and columns that differ with what they are.
type Multiplied = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// The tables of a claim, which of its rows are multiplied, and which of their columns differ: a
/// number is the kind of an id, made with the number of the copy.
const TABLES: [Multiplied; 14] = [
    (
        "subjects",
        "id = $S",
        &[("id", "2"), ("person_index", "$P")],
    ),
    (
        "residents",
        "subject_id = $S",
        &[("id", "3"), ("subject_id", "2")],
    ),
    (
        "resident_versions",
        "resident_id = $R",
        &[("id", "50"), ("resident_id", "3")],
    ),
    (
        "statuses",
        "resident_id = $R",
        &[("id", "51"), ("resident_id", "3")],
    ),
    (
        "status_versions",
        "resident_id = $R",
        &[("id", "52"), ("status_id", "51"), ("resident_id", "3")],
    ),
    (
        "claims",
        "id = $C",
        &[
            ("id", "53"),
            ("subject_id", "2"),
            ("medical_record_no", "$T"),
        ],
    ),
    (
        "claim_versions",
        "claim_id = $C",
        &[("id", "54"), ("claim_id", "53")],
    ),
    (
        "stays",
        "claim_id = $C",
        &[
            ("claim_id", "53"),
            ("subject_id", "2"),
            ("person_index", "$P"),
        ],
    ),
    (
        "decisions",
        "claim_id = $C",
        &[("id", "55"), ("claim_id", "53"), ("subject_id", "2")],
    ),
    (
        "decision_years",
        "decision_id = $D",
        &[("decision_id", "55")],
    ),
    (
        "awards",
        "decision_id = $D",
        &[
            ("id", "56"),
            ("subject_id", "2"),
            ("resident_id", "3"),
            ("decision_id", "55"),
        ],
    ),
    (
        "transfers",
        "award_id IN (SELECT id FROM awards WHERE decision_id = $D)",
        &[("id", "57"), ("award_id", "56")],
    ),
    (
        "audit_events",
        "subject_id = $S",
        &[("id", "$E"), ("subject_id", "2")],
    ),
    ("idempotency_records", "key = $K", &[("key", "$T")]),
];

/// How many claims are stored.
pub(crate) async fn count(admin: &Client) -> i64 {
    let row = admin.query_one("SELECT count(*) FROM claims", &[]).await;
    row.expect("a count").get(0)
}

/// Multiplies the first claim that was posted over HTTP until so many are stored.
pub(crate) async fn fill(admin: &Client, wanted: i64) {
    let missing = wanted - count(admin).await;
    if missing <= 0 {
        return;
    }
    let person = world::number(Poster::Http, Who::Entitled, 0);
    let (subject, resident) = (world::id(SUBJECT, person), world::id(RESIDENT, person));
    let found = "SELECT c.id::text, d.id::text, c.medical_record_no FROM claims c \
                 JOIN decisions d ON d.claim_id = c.id WHERE c.subject_id = $1::text::uuid \
                 ORDER BY d.id LIMIT 1";
    let row = admin.query_one(found, &[&subject.to_string()]).await;
    let row = row.expect("the first claim");
    let (claim, decision, record): (String, String, String) = (row.get(0), row.get(1), row.get(2));
    let quote = |text: &str| format!("'{text}'");
    let words = [
        ("$S", quote(&subject.to_string())),
        ("$R", quote(&resident.to_string())),
        ("$C", quote(&claim)),
        ("$D", quote(&decision)),
        ("$K", quote(&record)),
        ("$P", "sha256(int8send(g))".to_owned()),
        ("$T", "'STORED-' || g".to_owned()),
        ("$E", format!("uuid_of({}, g * 16 + row_no)", MADE + 8)),
    ];
    // References hold by the way the rows are made. Nobody misses what a crash would take.
    let quick = "SET session_replication_role = replica; SET synchronous_commit = off";
    bulk::execute(admin, quick).await;
    for (table, which, differing) in TABLES {
        let mut statement = multiply(admin, table, which, differing, missing).await;
        for (word, meaning) in &words {
            statement = statement.replace(word, meaning);
        }
        bulk::execute(admin, &statement).await;
    }
    let over = "RESET session_replication_role; RESET synchronous_commit; VACUUM (ANALYZE)";
    for statement in over.split("; ") {
        bulk::execute(admin, statement).await;
    }
}

/// The statement that multiplies some rows of a table.
async fn multiply(
    admin: &Client,
    table: &str,
    which: &str,
    differing: &[(&str, &str)],
    copies: i64,
) -> String {
    let columns = "SELECT string_agg(quote_ident(attname), ',' ORDER BY attnum) FROM pg_attribute \
                   WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped";
    let row = admin.query_one(columns, &[&table]).await;
    let columns: String = row.expect("columns").get(0);
    let values: Vec<String> = columns
        .split(',')
        .map(|column| {
            let other = differing.iter().find(|(name, _)| *name == column);
            match other {
                Some((_, kind)) if kind.starts_with('$') => (*kind).to_owned(),
                Some((_, kind)) => format!("uuid_of({kind}, g)"),
                None => column.to_owned(),
            }
        })
        .collect();
    format!(
        "INSERT INTO {table} ({columns}) SELECT {} FROM \
         (SELECT *, row_number() OVER () AS row_no FROM {table} WHERE {which}) one, \
         generate_series({FIRST}, {FIRST} - 1 + {copies}) g",
        values.join(", ")
    )
}
