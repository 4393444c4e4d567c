//! What the service's role may not do, whatever the code above it says.

use sizhu_tests::Database;
use tokio_postgres::error::SqlState;

use super::column;

/// The SQLSTATE of a statement that must fail, run as the service.
async fn refusal(database: &Database, statement: &str) -> SqlState {
    let service = database.service().await;
    match service.batch_execute(statement).await {
        Ok(()) => panic!("the service may: {statement}"),
        Err(error) => error
            .code()
            .unwrap_or_else(|| panic!("{statement}: {error}"))
            .clone(),
    }
}

async fn tables(database: &Database) -> Vec<String> {
    let query = "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') \
                 AND relnamespace = 'public'::regnamespace ORDER BY 1";
    column(database, query).await
}

#[tokio::test]
async fn the_service_owns_nothing() {
    let database = Database::create();
    let owned = "SELECT format('%s %s', classid::regclass, objid) FROM pg_shdepend \
         WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o' \
           AND refobjid = 'sizhu_service'::regrole";
    assert_eq!(column(&database, owned).await, [""; 0]);
    let powers = "SELECT rolname::text FROM pg_roles WHERE rolname IN ('sizhu_service', 'sizhu_owner') \
         AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)";
    assert_eq!(column(&database, powers).await, [""; 0]);
    let memberships = "SELECT roleid::regrole::text FROM pg_auth_members \
         WHERE member = 'sizhu_service'::regrole";
    assert_eq!(column(&database, memberships).await, [""; 0]);
}

#[tokio::test]
async fn the_service_cannot_touch_what_was_audited() {
    let database = Database::create();
    let admin = database.admin().await;
    let event = "INSERT INTO audit_events (id, kind, actor, actor_role, body, recorded_at) \
         VALUES (gen_random_uuid(), 'test', 'test', 'system', '{}', now())";
    database.service().await.batch_execute(event).await.unwrap();
    for statement in [
        "UPDATE audit_events SET kind = 'other'",
        "UPDATE audit_events SET body = ''",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "DROP TABLE audit_events",
    ] {
        let state = refusal(&database, statement).await;
        assert_eq!(state, SqlState::INSUFFICIENT_PRIVILEGE, "{statement}");
    }
    let count = "SELECT count(*) FROM audit_events WHERE kind = 'test'";
    assert_eq!(
        admin.query_one(count, &[]).await.unwrap().get::<_, i64>(0),
        1
    );
}

#[tokio::test]
async fn the_service_deletes_nothing_anywhere() {
    let database = Database::create();
    let tables = tables(&database).await;
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables {
        for statement in [
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table} CASCADE"),
        ] {
            let state = refusal(&database, &statement).await;
            assert_eq!(state, SqlState::INSUFFICIENT_PRIVILEGE, "{statement}");
        }
    }
}

#[tokio::test]
async fn the_service_makes_nothing() {
    let database = Database::create();
    for statement in [
        "CREATE TABLE mine (id integer)",
        "CREATE TEMPORARY TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION pgcrypto",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "ALTER TABLE claims ADD COLUMN mine text",
        "ALTER TABLE stays DROP CONSTRAINT stays_overlap_excl",
        "SET ROLE sizhu_owner",
    ] {
        let state = refusal(&database, statement).await;
        assert_eq!(state, SqlState::INSUFFICIENT_PRIVILEGE, "{statement}");
    }
}

/// Places in the log are the sealing job's to give.
#[tokio::test]
async fn the_service_gives_no_place_in_the_log() {
    let database = Database::create();
    let insert = "INSERT INTO audit_events (id, kind, actor, actor_role, body, recorded_at, leaf_no) \
         VALUES (gen_random_uuid(), 'a.b', 'x', 'y', '', now(), 1)";
    let state = refusal(&database, insert).await;
    assert_eq!(state, SqlState::INSUFFICIENT_PRIVILEGE);
}

/// What is recorded stays: only the columns that say "no longer true", the states of life cycles and
/// jobs, the ledger's running sums, and where a claim stands by its version in force may be updated.
#[tokio::test]
async fn the_service_overwrites_no_content() {
    let database = Database::create();
    let query = "SELECT format('%s.%s', table_name, column_name) \
         FROM information_schema.column_privileges \
         WHERE grantee = 'sizhu_service' AND privilege_type = 'UPDATE' ORDER BY 1";
    let updatable = column(&database, query).await;
    let allowed = [
        "accounts.credits_pending_fen",
        "accounts.credits_posted_fen",
        "accounts.debits_pending_fen",
        "accounts.debits_posted_fen",
        "accounts.next_waiting_no",
        "api_clients.disabled_at",
        "api_clients.secret_hash",
        "awards.changed_at",
        "awards.funding",
        "awards.standing",
        "claim_batches.attempt",
        "claim_batches.finished_at",
        "claim_batches.known",
        "claim_batches.lease_id",
        "claim_batches.lease_until",
        "claim_batches.lines",
        "claim_batches.recorded",
        "claim_batches.refused",
        "claim_batches.repeated",
        "claim_batches.state",
        "claim_versions.superseded_at",
        "claims.admitted_on",
        "claims.medical_record_no",
        "claims.subject_id",
        "decisions.superseded_at",
        "holder_members.superseded_at",
        "holders.recorded_at",
        "hospital_versions.superseded_at",
        "idempotency_records.body",
        "idempotency_records.etag",
        "idempotency_records.location",
        "idempotency_records.status",
        "jobs.attempt",
        "jobs.cancel_requested",
        "jobs.cursor",
        "jobs.done",
        "jobs.error",
        "jobs.finished_at",
        "jobs.lease_id",
        "jobs.lease_until",
        "jobs.result",
        "jobs.started_at",
        "jobs.state",
        "jobs.total",
        "loan_versions.superseded_at",
        "policy_versions.activated_at",
        "policy_versions.activates_on",
        "policy_versions.approved_at",
        "policy_versions.approved_by",
        "policy_versions.ended_at",
        "policy_versions.state",
        "policy_versions.version",
        "recoveries.changed_at",
        "recoveries.state",
        "resident_versions.superseded_at",
        "status_versions.superseded_at",
        "stays.admitted_on",
        "stays.counted",
        "stays.discharged_on",
        "stays.person_index",
        "stays.resolution_id",
        "stays.standing",
        "stays.subject_id",
        "stays.version",
        "stays.yields_day",
        "subjects.recorded_at",
        "transfers.settled_at",
        "transfers.state",
    ];
    assert_eq!(updatable, allowed);
}
