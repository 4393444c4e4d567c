//! A database that keeps the service waiting: locks, slow statements, all connections in use; and
//! sessions that are cancelled and ended from outside.

use std::time::Duration;

use sizhu_store::Limits;
use sizhu_tests::{Database, fixtures::Claim};
use tokio::time::sleep;

use super::{LIMITS, World, passes};

/// Sessions of the service that wait for a lock.
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND usename = 'sizhu_service' AND wait_event_type = 'Lock'";

/// Sessions of the service in the middle of a statement that sleeps.
const SLEEPING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND usename = 'sizhu_service' AND wait_event = 'PgSleep'";

async fn until(database: &Database, query: &str, number: i64) {
    for _ in 0..400 {
        if database.number(query).await == number {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("never {number}: {query}");
}

#[tokio::test]
async fn who_finds_no_connection_free_is_told_to_come_back() {
    let limits = Limits {
        lock: Duration::from_secs(30),
        transaction: Duration::from_secs(30),
        ..LIMITS
    };
    let world = World::make(2, limits).await;
    let claims: Vec<Claim> = ["A", "B", "C"].map(|it| world.claim(it)).into();
    let before = world.content().await;
    let mut admin = world.app.database.admin().await;
    let held = admin.transaction().await.unwrap();
    held.batch_execute("LOCK TABLE claims IN EXCLUSIVE MODE")
        .await
        .unwrap();
    let [first, second] = [0, 1].map(|it| {
        let key = claims[it]["medical_record_no"].as_str().unwrap();
        tokio::spawn(
            world
                .hospital
                .claim_with_key(&claims[it], key)
                .into_future(),
        )
    });
    // One waits for the table, the other for the person.
    until(&world.app.database, WAITING, 2).await;
    passes(&world.post(&claims[2]).await);
    passes(&world.app.anon().get("/health/ready").await);
    assert_eq!(world.content().await, before);
    held.rollback().await.unwrap();
    for held in [first, second] {
        held.await.unwrap().expect(201);
    }
    world.heals(&claims[2]).await;
}

#[tokio::test]
async fn who_waits_too_long_for_a_lock_is_told_to_come_back() {
    let world = World::make(2, LIMITS).await;
    let (claim, before) = (world.claim("LOCKED"), world.content().await);
    let mut admin = world.app.database.admin().await;
    for lock in [
        "LOCK TABLE claims IN EXCLUSIVE MODE",
        "LOCK TABLE audit_events IN EXCLUSIVE MODE",
        "SELECT FROM subjects FOR UPDATE",
        "SELECT FROM accounts FOR UPDATE",
    ] {
        let held = admin.transaction().await.unwrap();
        held.batch_execute(lock).await.unwrap();
        passes(&world.post(&claim).await);
        held.rollback().await.unwrap();
        assert_eq!(world.content().await, before, "{lock}");
    }
    world.heals(&claim).await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_given_up_by_the_server_too() {
    let world = World::make(2, LIMITS).await;
    let (claim, before) = (world.claim("SLOW"), world.content().await);
    let admin = world.app.database.admin().await;
    admin
        .batch_execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN PERFORM pg_sleep(60); RETURN NEW; END'; \
             CREATE TRIGGER dawdle BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION dawdle()",
        )
        .await
        .unwrap();
    passes(&world.post(&claim).await);
    // What it locked is free: the server does not go on for somebody who has gone.
    until(&world.app.database, SLEEPING, 0).await;
    admin
        .batch_execute("DROP TRIGGER dawdle ON claims; DROP FUNCTION dawdle")
        .await
        .unwrap();
    assert_eq!(world.content().await, before);
    world.heals(&claim).await;
}

#[tokio::test]
async fn a_session_cancelled_or_ended_from_outside_is_told_and_heals() {
    let limits = Limits {
        lock: Duration::from_secs(30),
        transaction: Duration::from_secs(30),
        ..LIMITS
    };
    let world = World::make(1, limits).await;
    let (claim, before) = (world.claim("CANCELLED"), world.content().await);
    let mut admin = world.app.database.admin().await;
    for act in ["pg_cancel_backend", "pg_terminate_backend"] {
        let held = admin.transaction().await.unwrap();
        held.batch_execute("LOCK TABLE claims IN EXCLUSIVE MODE")
            .await
            .unwrap();
        let end = async {
            until(&world.app.database, WAITING, 1).await;
            let query = WAITING.replace("count(*)", &format!("count({act}(pid))"));
            assert_eq!(world.app.database.number(&query).await, 1);
        };
        let (reply, ()) = tokio::join!(world.post(&claim), end);
        passes(&reply);
        held.rollback().await.unwrap();
        assert_eq!(world.content().await, before, "{act}");
    }
    world.heals(&claim).await;
}
