//! The simulation itself, as the service does it, and what it took.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use sizhu_api::{
    auth::Keys,
    clock::Clock,
    config::Config,
    jobs::{Next, PAGE, Runner},
    policies::Policies,
    service::{adoption, simulating, versions},
    state::State,
};
use sizhu_core::{DivisionCode, JobId, access::Grant};
use sizhu_store::{
    Actor,
    jobs::{self, Job, JobState},
};
use sizhu_tests::{bulk, processes, tree};

use crate::people;

/// Pages after which progress is shown.
const SHOWN: u32 = 50;

/// Simulates a draft over the whole province and says what that took.
pub(crate) async fn simulate(url: &str) {
    let state = open(url);
    let job = request(&state).await;
    let id = job.id;
    let (before, begun) = (processes::processor_time(), Instant::now());
    let pages = finish(Runner::new(state.clone(), PAGE)).await;
    let (wall, processor) = (begun.elapsed(), processes::processor_time() - before);
    let peak = processes::peak_mib();
    let job = find(&state, id).await;
    tell(&job, pages, (wall, processor), peak);
}

fn open(url: &str) -> State {
    let token = Keys::generate_base64().expect("a key");
    let keys = Keys::from_base64([("bench", token.as_str())]).expect("keys");
    let config = Config::new(
        url.to_owned().into(),
        Arc::new(bulk::vault()),
        Arc::new(keys),
    );
    let policies = Policies::load(&tree::root().join("policies")).expect("the shipped packs");
    let now = people::NOW.parse().expect("an instant");
    State::open(config, Clock::fixed(now), policies).expect("a state")
}

/// Asks for what 120 instead of 100 yuan a day in hospital would come to, beside all other programmes.
async fn request(state: &State) -> Job {
    let (store, grant) = (&state.store, Grant::Policy);
    let actor = Actor::Client {
        id: "bench".to_owned(),
        grant: grant.clone(),
    };
    let news = || state.news("bench");
    let adopted = adoption::adopt(store, &state.policies, news()).await;
    adopted.expect("the shipped packs in force");
    let care = tree::read("policies/hunan/illness/hospital-care-allowance.toml");
    let dearer = care.replace("value = \"100 yuan/day\"", "value = \"120 yuan/day\"");
    assert_ne!(care, dearer, "the draft changes something");
    let office = versions::Office {
        store,
        actor: &actor,
        news: news(),
    };
    let draft = versions::upload(office, dearer, "a bench".to_owned()).await;
    let wanted = simulating::Wanted {
        version: Some(draft.expect("a draft").version.id),
        division: DivisionCode::parse("43").expect("the province"),
        year: people::YEAR,
        programmes: Vec::new(),
    };
    let in_force = state.policies.snapshot();
    let job = simulating::request(store, &actor, &grant, &in_force, &wanted, news()).await;
    job.expect("a job")
}

async fn find(state: &State, id: JobId) -> Job {
    let found = state
        .store
        .transaction(&Actor::System("bench"), async |tx| jobs::find(tx, id).await);
    found.await.expect("the database").expect("the job")
}

/// Does all pages of the job; answers how many there were.
async fn finish(mut runner: Runner) -> u32 {
    let taken = runner.take_up().await.expect("the database");
    let mut job = taken.expect("the job is there");
    let begun = Instant::now();
    for page in 1.. {
        job = match runner.step(job).await.expect("the database") {
            Next::GoesOn(next) => *next,
            Next::Over(JobState::Done) => return page,
            Next::Over(other) => panic!("the simulation is {}", other.as_str()),
            Next::Lost => panic!("the simulation was lost"),
        };
        if page % SHOWN == 0 {
            println!(
                "  {:>9} of {} people, {:>3.0} s, {} MiB",
                job.done,
                job.total.unwrap_or_default(),
                begun.elapsed().as_secs_f64(),
                processes::now_mib()
            );
        }
    }
    unreachable!("a job ends")
}

fn tell(job: &Job, pages: u32, (wall, processor): (Duration, Duration), peak: u64) {
    let result = job.result.as_ref().expect("a result");
    let programmes = result["programmes"].as_array().expect("programmes");
    let gainers = |it: &Value| it["sum"]["gainers"].as_i64().unwrap_or_default();
    let gain: i64 = programmes.iter().map(gainers).sum();
    let counties = |it: &Value| it["counties"].as_array().map_or(0, Vec::len);
    let counties = programmes.iter().map(counties).max();
    assert!(gain > 0, "the draft gives somebody more: {programmes:?}");
    println!(
        "simulation of {} programmes in {} counties, {} people: {:.0} people a second",
        programmes.len(),
        counties.unwrap_or_default(),
        job.done,
        people::rate(job.done, wall),
    );
    println!(
        "  {:.1} s in {pages} pages, {:.2} cores at work in this process; {gain} gain by the draft",
        wall.as_secs_f64(),
        processor.as_secs_f64() / wall.as_secs_f64(),
    );
    println!("  peak memory of the simulating process: {peak} MiB");
    assert!(peak < 1024, "a simulation takes less than 1 GiB");
}
