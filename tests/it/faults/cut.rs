//! Connections cut before each statement of a claim, and between a commit and its answer.

use sizhu_store::Limits;
use sizhu_tests::{Fault, views::id};

use super::{LIMITS, World, passes};

/// Statements of a claim that is granted, and of opening a connection, at least.
const STATEMENTS: u32 = 30;

#[tokio::test]
async fn a_claim_cut_before_any_statement_leaves_nothing() {
    let world = World::make(1, Limits::default()).await;
    let before = world.content().await;
    let claim = world.claim("CUT");
    let mut statement = 1;
    let reply = loop {
        world.proxy.set(Fault::Before(statement));
        let reply = world.post(&claim).await;
        if !world.proxy.struck() {
            break reply.expect(201);
        }
        passes(&reply);
        assert_eq!(world.content().await, before, "statement {statement}");
        statement += 1;
    };
    assert!(statement > STATEMENTS, "only {statement} statements");
    assert_eq!(world.heals(&claim).await.body, reply.body);
}

#[tokio::test]
async fn a_claim_whose_commit_went_unanswered_is_answered_as_it_was_decided() {
    let world = World::make(1, Limits::default()).await;
    let claim = world.claim("UNHEARD");
    world.proxy.set(Fault::CommitAnswer);
    passes(&world.post(&claim).await);
    assert!(world.proxy.struck());
    // It was committed, and nobody knows.
    let database = &world.app.database;
    let committed = world.content().await;
    assert_eq!(database.number("SELECT count(*) FROM claims").await, 1);
    let reply = world.heals(&claim).await;
    assert_eq!(world.content().await, committed, "the repeat did something");
    let read = world.hospital.read_claim(&id(&reply.json())).await;
    assert_eq!(read, reply.json());
    assert_eq!(read["status"], "granted");
}

#[tokio::test]
async fn a_claim_unanswered_at_any_statement_is_whole_or_nothing() {
    let world = World::make(1, Limits::default()).await;
    let (before, claim) = (world.content().await, world.claim("LOST"));
    // The statements of a claim over an open connection: the last one is the commit.
    let mut last = 0;
    loop {
        world.proxy.set(Fault::Answer(last + 1));
        let reply = world.post(&claim).await;
        assert!(world.proxy.struck(), "{}", reply.text());
        passes(&reply);
        if world.content().await != before {
            break;
        }
        last += 1;
    }
    let committed = world.content().await;
    let claims = "SELECT count(*) FROM claims";
    assert_eq!(world.app.database.number(claims).await, 1);
    world.heals(&claim).await;
    assert_eq!(world.content().await, committed);
    assert!(last >= STATEMENTS, "only {last} statements before");
}

#[tokio::test]
async fn a_database_that_is_gone_or_silent_is_told_in_time_and_heals() {
    let world = World::make(1, LIMITS).await;
    let (before, claim) = (world.content().await, world.claim("SILENT"));
    let anyone = world.app.anon();
    for fault in [
        Fault::Silent(1),
        Fault::Silent(6),
        Fault::Silent(20),
        Fault::Down,
    ] {
        world.proxy.set(fault);
        passes(&world.post(&claim).await);
        passes(&anyone.get("/health/ready").await);
        assert!(world.proxy.struck(), "{fault:?}");
        world.proxy.set(Fault::None);
        anyone.get("/health/ready").await.expect(200);
        assert_eq!(world.content().await, before, "{fault:?}");
    }
    world.heals(&claim).await;
}
