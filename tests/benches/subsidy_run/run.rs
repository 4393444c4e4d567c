//! A run as the service does it, and the same rows written by PostgreSQL alone.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sizhu_api::{
    auth::Keys,
    clock::Clock,
    config::Config,
    jobs::{Next, PAGE, Runner},
    policies::Policies,
    service::{adoption, money, subsidising::LOAN_INTEREST, subsidy_runs},
    state::State,
};
use sizhu_core::{DivisionCode, Fen, access::Grant};
use sizhu_store::{Actor, accounts::Purse, jobs::JobState};
use sizhu_tests::{
    bulk::{self, execute},
    cluster, tree,
};

use crate::loans::{COUNTY, NOW};

/// What a run took.
pub(crate) struct Took {
    /// The run that decides everything.
    pub(crate) first: Duration,
    /// Its pages.
    pub(crate) pages: u32,
    /// The same run again.
    pub(crate) again: Duration,
}

/// Runs the county twice.
///
/// # Panics
/// When not all loans are decided and earmarked.
pub(crate) async fn run(url: &str, loans: u32) -> Took {
    let state = open(url);
    let adopted = adoption::adopt(&state.store, &state.policies, state.news("bench")).await;
    adopted.expect("the shipped packs in force");
    fund(&state).await;
    ask(&state).await;
    let begun = Instant::now();
    let pages = finish(Runner::new(state.clone(), PAGE)).await;
    let first = begun.elapsed();
    ask(&state).await;
    let begun = Instant::now();
    finish(Runner::new(state, PAGE)).await;
    let again = begun.elapsed();
    let sql = cluster::connect(url).await;
    let earmarked = "SELECT count(*) FROM awards WHERE funding = 'earmarked'";
    let row = sql.query_one(earmarked, &[]).await.expect("a count");
    assert_eq!(row.get::<_, i64>(0), i64::from(loans), "awards");
    Took {
        first,
        pages,
        again,
    }
}

fn open(url: &str) -> State {
    let token = Keys::generate_base64().expect("a key");
    let keys = Keys::from_base64([("bench", token.as_str())]).expect("keys");
    let vault = Arc::new(bulk::vault());
    let config = Config::new(url.to_owned().into(), vault, Arc::new(keys));
    let policies = Policies::load(&tree::root().join("policies")).expect("the shipped packs");
    let now = NOW.parse().expect("an instant");
    State::open(config, Clock::fixed(now), policies).expect("a state")
}

fn county() -> DivisionCode {
    DivisionCode::parse(COUNTY).expect("a county")
}

/// Fills the county's budget with more than all loans can get.
async fn fund(state: &State) {
    let actor = Actor::Client {
        id: "bench".to_owned(),
        grant: Grant::Finance(county()),
    };
    let purse = Purse {
        fund: "fiscal".to_owned(),
        programme: LOAN_INTEREST.to_owned(),
        year: 2026,
        county: county(),
    };
    let news = || state.news("bench");
    let opened = money::open(&state.store, &actor, &county(), &purse, news()).await;
    let (account, _) = opened.expect("an account");
    let new = money::NewAppropriation {
        account: account.account.id,
        amount: Fen::new(100_000_000_000),
        document_no: "BENCH".to_owned(),
    };
    let render = |_: &money::Appropriated| {
        Ok(sizhu_store::idempotency::Answer {
            status: 201,
            location: None,
            etag: None,
            body: Vec::new(),
        })
    };
    let own = county();
    let put_in = money::appropriate_once(&state.store, &actor, None, &own, &new, news(), render);
    put_in.await.expect("money");
}

async fn ask(state: &State) {
    let actor = Actor::Client {
        id: "bench".to_owned(),
        grant: Grant::Officer(county()),
    };
    let in_force = state.policies.snapshot();
    let quarter = subsidy_runs::Quarter {
        year: 2025,
        number: 4,
    };
    let asked = state.store.transaction(&actor, async |tx| {
        let (own, news) = (county(), state.news("bench"));
        subsidy_runs::ask(tx, &in_force, &own, &own, quarter, news).await
    });
    asked.await.expect("a run");
}

/// Does all pages of the run that was asked for; answers how many there were.
async fn finish(mut runner: Runner) -> u32 {
    let taken = runner.take_up().await.expect("the database");
    let mut job = taken.expect("the job is there");
    for page in 1.. {
        job = match runner.step(job).await.expect("the database") {
            Next::GoesOn(next) => *next,
            Next::Over(JobState::Done) => return page,
            Next::Over(other) => panic!("the run is {}", other.as_str()),
            Next::Lost => panic!("the run was lost"),
        };
    }
    unreachable!("a job ends")
}

/// What a run adds rows to.
const WRITTEN: [&str; 5] = [
    "decisions",
    "decision_years",
    "awards",
    "transfers",
    "audit_events",
];

/// Has PostgreSQL copy the rows of a run into tables with the same indices and checks, one statement a
/// table, in one transaction: the least that such a run can take.
pub(crate) async fn write_bare(admin_url: &str) -> Duration {
    let sql = cluster::connect(admin_url).await;
    for table in WRITTEN {
        let like = format!("CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)");
        execute(&sql, &like).await;
    }
    execute(&sql, "CHECKPOINT").await;
    let copies: Vec<String> = (WRITTEN.iter())
        .map(|table| format!("INSERT INTO bare_{table} SELECT * FROM {table}"))
        .collect();
    let begun = Instant::now();
    execute(&sql, &format!("BEGIN; {}; COMMIT", copies.join("; "))).await;
    begun.elapsed()
}
