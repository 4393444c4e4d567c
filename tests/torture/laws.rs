//! What must hold after all of it.

use std::collections::HashSet;

use private_postgres::Cluster;
use sizhu_api::{
    clock::Clock, config::Config, policies::Policies, problem::Problem, service::adoption::adopt,
    service::deciding::decide_person, state::State,
};
use sizhu_store::{Actor, stays, subjects};
use sizhu_tests::{
    cluster, ledger,
    program::{run, texts},
    tree,
};
use tokio_postgres::Client as Sql;

use crate::{
    load::{Desk, Kept, send},
    world::DATABASE,
};

/// Writes and their events: a row of the first query for each that has not exactly one.
const EVENTS: [(&str, &str); 5] = [
    ("claim.posted", "SELECT id FROM claims"),
    ("resident.registered", "SELECT id FROM residents"),
    ("status.posted", "SELECT id FROM statuses"),
    (
        "status.confirmed",
        "SELECT status_id FROM status_versions WHERE version = 2",
    ),
    ("decision.made", "SELECT id FROM decisions"),
];

/// Queries that find what must not be.
const NOTHING: [(&str, &str); 5] = [
    (
        "a stay is one claim",
        "SELECT 1 FROM claims GROUP BY hospital_id, medical_record_no, admitted_on \
            HAVING count(*) > 1",
    ),
    (
        "every claim has a stay, and a decision if it counts",
        "SELECT 1 FROM claims c LEFT JOIN stays s ON s.claim_id = c.id LEFT JOIN decisions d \
            ON d.claim_id = c.id AND d.superseded_at IS NULL \
            WHERE s.claim_id IS NULL OR s.counted <> (d.id IS NOT NULL)",
    ),
    (
        "every key has its answer and every claim its key",
        "SELECT 1 FROM idempotency_records WHERE status IS NULL UNION ALL SELECT 1 FROM \
            (SELECT count(*) AS n FROM claims) c, (SELECT count(*) AS n FROM idempotency_records) k \
            WHERE c.n <> k.n",
    ),
    (
        "what is earmarked is what is owed",
        "SELECT 1 FROM (SELECT coalesce(sum(debits_pending_fen), 0) AS fen FROM accounts \
            WHERE kind = 'budget') a, (SELECT coalesce(sum(amount_fen), 0) AS fen FROM awards \
            WHERE standing = 'proposed' AND funding = 'earmarked') w WHERE a.fen <> w.fen",
    ),
    (
        "no transaction stays open",
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
            AND state LIKE 'idle in transaction%'",
    ),
];

/// Checks everything; answers what does not hold.
pub(crate) async fn check(
    cluster: &Cluster,
    vars: &[(String, String)],
    desk: &Desk,
    kept: &[Kept],
) -> Vec<String> {
    let sql = cluster::connect(&cluster.admin_url(DATABASE)).await;
    let mut wrong = desk.wrong();
    wrong.extend(acknowledged(desk, kept).await);
    wrong.extend(counted(&sql, kept).await);
    for (law, query) in NOTHING.iter().chain(ledger::LAWS) {
        let found = sql.query(*query, &[]).await;
        let found = found.unwrap_or_else(|error| panic!("{law}: {error:?}"));
        if !found.is_empty() {
            wrong.push(format!("{} break the law: {law}", found.len()));
        }
    }
    for (kind, written) in EVENTS {
        let query = format!(
            "SELECT id, sum(rows), sum(events) FROM (SELECT w.id, 1 AS rows, 0 AS events \
             FROM ({written}) w(id) UNION ALL SELECT object_id, 0, 1 FROM audit_events \
             WHERE kind = '{kind}') x GROUP BY id HAVING sum(rows) <> sum(events)"
        );
        let found = sql.query(&query, &[]).await.expect(kind);
        if !found.is_empty() {
            wrong.push(format!("{} have not one event each: {kind}", found.len()));
        }
    }
    wrong.extend(decided_anew(vars, &sql).await);
    let (told, complaint) = texts(&run(&["replay", "--all"], vars.to_vec()));
    let last = told.lines().last().unwrap_or_default().to_owned();
    println!("replay: {last}");
    if !last.ends_with(" 0 differ") {
        wrong.push(format!("replay: {told}{complaint}"));
    }
    wrong
}

/// Everything that was acknowledged is there, and is answered as it was.
async fn acknowledged(desk: &Desk, kept: &[Kept]) -> Vec<String> {
    let mut wrong = Vec::new();
    for it in kept {
        let again = send(desk.claim(it.hospital, &it.key, &it.claim)).await;
        match again {
            Ok((_, answer)) if answer == it.answer => {}
            other => wrong.push(format!("claim {}: {:?}, then {other:?}", it.key, it.answer)),
        }
    }
    let places: HashSet<_> = kept.iter().map(|it| &it.answer.location).collect();
    if places.len() != kept.len() {
        wrong.push(format!("{} claims at {} places", kept.len(), places.len()));
    }
    println!("{} claims acknowledged, each asked for again", kept.len());
    wrong
}

/// As many claims as were acknowledged: clients insisted on every one.
async fn counted(sql: &Sql, kept: &[Kept]) -> Vec<String> {
    let query = "SELECT format('%s decisions, %s people registered, %s statuses, %s awards, \
         %s of them waiting', (SELECT count(*) FROM decisions), (SELECT count(*) FROM residents), \
         (SELECT count(*) FROM statuses), (SELECT count(*) FROM awards), \
         (SELECT count(*) FROM awards WHERE funding = 'awaiting_funds')), \
         (SELECT count(*) FROM claims)";
    let row = sql.query_one(query, &[]).await.expect("numbers");
    let (told, claims): (String, i64) = (row.get(0), row.get(1));
    println!("{told}");
    let same = usize::try_from(claims).is_ok_and(|claims| claims == kept.len());
    let said = format!("{claims} claims, {} acknowledged", kept.len());
    if same { Vec::new() } else { vec![said] }
}

/// Everyone decided from all that is known now: nothing comes out that does not stand already.
async fn decided_anew(vars: &[(String, String)], sql: &Sql) -> Vec<String> {
    let look_up = |name: &str| {
        let found = vars.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    let config = Config::from_vars(&look_up).expect("the service's configuration");
    let policies = Policies::load(&tree::root().join("policies")).expect("the shipped packs");
    let state = State::open(config, Clock::system(), policies).expect("a state");
    let adopted = adopt(&state.store, &state.policies, state.news("torture")).await;
    adopted.expect("the packs in force");
    let decisions = "SELECT count(*) FROM decisions";
    let before: i64 = sql
        .query_one(decisions, &[])
        .await
        .expect("decisions")
        .get(0);
    let (mut people, mut after, actor) = (0_u32, None, Actor::System("torture"));
    loop {
        let deciding = state.store.transaction(&actor, async |tx| {
            let Some(subject) = stays::next_subject(tx, after).await? else {
                return Ok::<_, Problem>(None);
            };
            subjects::lock_known(tx, subject).await?;
            decide_person(tx, &state.policies, subject, state.news("torture")).await?;
            Ok(Some(subject))
        });
        match deciding.await {
            Ok(Some(subject)) => (people, after) = (people + 1, Some(subject)),
            Ok(None) => break,
            Err(problem) => return vec![format!("decided anew: {problem:?}")],
        }
    }
    let then: i64 = sql
        .query_one(decisions, &[])
        .await
        .expect("decisions")
        .get(0);
    println!(
        "{people} people decided anew from all that is known: {} decisions differ",
        then - before
    );
    match then - before {
        0 => Vec::new(),
        more => vec![format!(
            "{more} decisions were not what all that is known gives"
        )],
    }
}
