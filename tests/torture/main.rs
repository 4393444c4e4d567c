//! Torture: the program itself and its PostgreSQL are killed under load, connections are cut at every
//! message, and afterwards nothing that was acknowledged is lost, doubled or half done.
//!
//! `make torture`. `SIZHU_TORTURE_SEED` repeats a run's choices (not its timing),
//! `SIZHU_TORTURE_KILLS` sets how often the service is killed (50; PostgreSQL a fifth as often), and
//! `SIZHU_TORTURE_CLIENTS` how many clients there are (6). It ends with 1 when something does not hold.

mod dice;
mod faults;
mod kills;
mod laws;
mod load;
mod world;

use std::{env, process::ExitCode, time::Instant};

use sizhu_tests::program::Service;
use uuid::Uuid;

use crate::{dice::Dice, kills::Targets, load::Load};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let wrong = runtime.block_on(torture());
    for it in wrong.iter().take(20) {
        println!("WRONG: {it}");
    }
    match wrong.len() {
        0 => {
            println!("all of it holds");
            ExitCode::SUCCESS
        }
        more => {
            println!("{more} things do not hold");
            ExitCode::FAILURE
        }
    }
}

/// A number of the environment.
fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number"))
    })
}

/// Everything, one after the other; answers what does not hold.
async fn torture() -> Vec<String> {
    let seed = number("SIZHU_TORTURE_SEED", Uuid::new_v4().as_u64_pair().0);
    let kills = usize::try_from(number("SIZHU_TORTURE_KILLS", 50)).expect("a number");
    let clients = usize::try_from(number("SIZHU_TORTURE_CLIENTS", 6)).expect("a number");
    println!("SIZHU_TORTURE_SEED={seed}");
    let begun = Instant::now();
    let mut dice = Dice::of(seed);
    let cluster = world::start_cluster();
    let mut wrong = faults::strike(&cluster).await;
    println!("faults took {} s", begun.elapsed().as_secs());

    let vars = world::make_database(&cluster, world::DATABASE).await;
    let service = Service::serve(vars.clone()).await;
    let tokens = world::furnish(&service).await;
    let load = Load::start(&service.base, tokens, clients, seed);
    let begun = Instant::now();
    let mut targets = Targets::new(cluster, service, vars.clone());
    let blows = kills::blows(&mut dice, kills, kills.div_ceil(5), kills.div_ceil(10));
    let spans = targets.strike(&blows, &load.desk, clients, &mut dice).await;
    let (desk, kept) = load.stop().await;
    println!("{} blows took {} s", blows.len(), begun.elapsed().as_secs());
    spans.tell();

    let begun = Instant::now();
    wrong.extend(laws::check(&targets.cluster, &vars, &desk, &kept).await);
    println!("the laws took {} s", begun.elapsed().as_secs());
    wrong
}
