//! Provinces of another size: loaded whole, the same each time, and finished when they were cut off.

use std::time::Duration;

use tokio_postgres::Client;

use super::{Demo, FIRST_START, Folder, LATER_START, STOP, demo};
use crate::program::{Program, texts};

/// Residents of the smallest province.
const FEW: &str = "300";

/// How long a load may take until it tells how far it is.
const SOON: Duration = Duration::from_secs(120);

/// What must be as it was after any further start, and the same in each province of a size.
async fn told(sql: &Client) -> Vec<String> {
    let facts = [
        "SELECT division || ' ' || version || ' ' || count(*) FROM resident_versions \
         GROUP BY division, version ORDER BY 1",
        "SELECT kind || ' ' || starts_on || ' ' || (confirmed_by IS NOT NULL) || ' ' \
         || COALESCE(ends_on::text, '-') || ' ' || count(*) FROM status_versions \
         WHERE superseded_at IS NULL GROUP BY kind, starts_on, confirmed_by IS NOT NULL, ends_on \
         ORDER BY 1",
        "SELECT c.medical_record_no || ' ' || s.admitted_on || ' ' || s.counted || ' ' \
         || COALESCE(d.outcome || ' ' || d.amount_fen, '-') FROM claims c \
         JOIN stays s ON s.claim_id = c.id \
         LEFT JOIN decisions d ON d.claim_id = c.id AND d.superseded_at IS NULL ORDER BY 1",
        "SELECT l.contract_no || ' ' || v.version || ' ' || (SELECT count(*) FROM loan_events e \
         WHERE e.loan_id = l.id) FROM loans l JOIN loan_versions v ON v.loan_id = l.id ORDER BY 1",
        "SELECT kind || ' ' || county || ' ' || programme || ' ' || credits_posted_fen \
         FROM accounts ORDER BY 1",
    ];
    let mut told = Vec::new();
    for fact in facts {
        let rows = sql.query(fact, &[]).await.expect(fact);
        assert!(!rows.is_empty(), "{fact}");
        told.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    }
    told
}

async fn count(sql: &Client, query: &str) -> i64 {
    sql.query_one(query, &[]).await.expect(query).get(0)
}

/// Whether every account is what its transfers make it.
async fn is_balanced(sql: &Client) {
    for (column, side, state) in [
        ("debits_posted_fen", "debit", "posted"),
        ("credits_posted_fen", "credit", "posted"),
        ("debits_pending_fen", "debit", "pending"),
        ("credits_pending_fen", "credit", "pending"),
    ] {
        let off = format!(
            "SELECT count(*) FROM accounts a WHERE a.{column} <> (SELECT COALESCE(sum(t.amount_fen), 0) \
             FROM transfers t WHERE t.{side}_account_id = a.id AND t.state = '{state}')"
        );
        assert_eq!(count(sql, &off).await, 0, "{column}");
    }
    let (debits, credits) = ("sum(debits_posted_fen)", "sum(credits_posted_fen)");
    let sums = format!("SELECT ({debits} - {credits})::bigint FROM accounts");
    assert_eq!(count(sql, &sums).await, 0);
}

#[tokio::test]
async fn a_province_of_a_size_is_the_same_each_time() {
    let mut provinces = Vec::new();
    for _ in 0..2 {
        let folder = Folder::new();
        let demo = Demo::start_with(&folder.0, FIRST_START, &["--residents", FEW]).await;
        let sql = demo.sql().await;
        assert_eq!(count(&sql, "SELECT count(*) FROM residents").await, 300);
        is_balanced(&sql).await;
        provinces.push(told(&sql).await);
        drop(sql);
        demo.end("INT", STOP).await;
    }
    assert_eq!(provinces[0], provinces[1]);
}

/// A load of thousands is stopped half way, finished without being told its size again, and begun
/// anew by no further start.
#[tokio::test]
async fn a_load_that_was_cut_off_is_finished_and_nothing_is_doubled() {
    let folder = Folder::new();
    let mut cut_off = Program::start(demo(&folder.0, &["--residents", "3000"]));
    let begun = |it: &Program| {
        let lines = it.stderr.all();
        let line = lines
            .iter()
            .find(|line| line.contains(" of 3000 residents"));
        line.cloned()
    };
    cut_off.wait_for(SOON, begun).await;
    cut_off.signal("INT");
    let status = cut_off.ended(STOP).await;
    assert!(status.success(), "{status}");
    assert!(cut_off.stdout.all().is_empty(), "nothing is served yet");

    let other = demo(&folder.0, &["--residents", FEW])
        .output()
        .expect("the program runs");
    let (_, complaint) = texts(&other);
    assert_eq!(other.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("3000 residents"), "{complaint}");

    let finished = Demo::start_with(&folder.0, FIRST_START, &[]).await;
    let sql = finished.sql().await;
    for (table, expected) in [
        ("residents", 3_000),
        ("resident_versions", 3_000),
        ("loans", 603),
    ] {
        let query = format!("SELECT count(*) FROM {table}");
        assert_eq!(count(&sql, &query).await, expected, "{table}");
    }
    let with_status = "SELECT count(DISTINCT resident_id) FROM status_versions";
    assert_eq!(count(&sql, with_status).await, 3_000);
    let claims = count(&sql, "SELECT count(*) FROM claims").await;
    assert!((350..650).contains(&claims), "{claims} claims");
    let audited = "SELECT count(*) FROM audit_events WHERE kind = 'claim.posted'";
    assert_eq!(count(&sql, audited).await, claims);
    let registered = "SELECT count(*) FROM audit_events WHERE kind LIKE 'resident.registered%'";
    assert_eq!(count(&sql, registered).await, 3_000);
    is_balanced(&sql).await;
    let before = told(&sql).await;
    drop(sql);
    finished.end("INT", STOP).await;

    let again = Demo::start_with(&folder.0, LATER_START, &["--residents", "3000"]).await;
    let sql = again.sql().await;
    assert_eq!(told(&sql).await, before);
    drop(sql);
    again.end("INT", STOP).await;
}
