//! How fast rules are: every programme for a million synthetic residents, beside a hand-written
//! loop of the same hospital-care, interest and premium arithmetic as the floor.
//!
//! `make bench-rules`. `SIZHU_BENCH_PEOPLE` sets how many (1,000,000), `SIZHU_BENCH_ROUNDS` how often
//! each is timed (5). The engine and the loop must agree to the fen, or the bench fails.
//!
//! What one thread does is measured by the time it works, not by the clock on the wall; what all
//! cores do together, on the wall.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::integer_division,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench computes figures for people, and fails by panicking"
)]

mod clock;
mod engine;
mod floor;
mod people;

use std::time::{Duration, Instant};

use clock::Lap;
use engine::{All, Three, Times};
use people::People;
use sizhu_core::stay::Scratch;

/// People made at a time: what is timed never waits for memory that was just made.
const BATCH: u64 = 10_000;

/// What a pass over everyone came to. Equal sums show that two passes did the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sums {
    pub(crate) care_fen: i64,
    pub(crate) interest_fen: i64,
    pub(crate) premium_fen: i64,
}

impl Sums {
    fn plus(self, other: Self) -> Self {
        Self {
            care_fen: self.care_fen + other.care_fen,
            interest_fen: self.interest_fen + other.interest_fen,
            premium_fen: self.premium_fen + other.premium_fen,
        }
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

fn rate(people: u64, spent: Duration) -> f64 {
    people as f64 / spent.as_secs_f64()
}

/// The largest memory the process had, in MiB, as Linux counts it.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// One round over everyone: by hand and by the engine, batch by batch in turn, so that whatever slows
/// the machine slows both; then every programme.
fn round(people: u64, three: &Three, all: &All) -> Round {
    let mut round = Round::default();
    let (mut by_hand, mut by_rule) = (Sums::default(), Sums::default());
    let (mut made, mut scratch) = (People::new(), Scratch::default());
    for _ in 0..people.div_ceil(BATCH) {
        let batch = made.batch(BATCH);
        let mut lap = Lap::begin();
        by_hand = by_hand.plus(floor::pass(&batch));
        round.floor += lap.next();
        by_rule = by_rule.plus(three.pass(&batch, &mut scratch, &mut round.times));
        lap.next();
        round.granted += all.pass(&batch);
        round.one += lap.next();
        let begun = Instant::now();
        all.pass_on_all_cores(&batch);
        round.both += begun.elapsed();
    }
    assert_eq!(by_hand, by_rule, "the engine and the loop by hand disagree");
    round
}

/// What a round took.
#[derive(Default)]
struct Round {
    floor: Duration,
    times: Times,
    one: Duration,
    /// On the wall: how long it is until all threads are done.
    both: Duration,
    granted: u64,
}

impl Round {
    /// How many times as long the engine takes as the loop by hand.
    fn ratio(&self) -> f64 {
        self.times.evaluation().as_secs_f64() / self.floor.as_secs_f64()
    }

    fn tell(&self, number: u64, people: u64, programmes: usize) {
        let (times, evaluation) = (&self.times, self.times.evaluation());
        println!(
            "round {number}: care, interest, premium: by hand {:>11.0}, by the engine {:>11.0}, ratio {:.2}",
            rate(people, self.floor),
            rate(people, evaluation),
            self.ratio()
        );
        let nanos = |spent: Duration| spent.as_secs_f64() * 1e9 / people as f64;
        println!(
            "         ns a person: by hand {:.0}; care {:.0}, interest {:.0}, premium {:.0}; facts of the day {:.0}",
            nanos(self.floor),
            nanos(times.care),
            nanos(times.interest),
            nanos(times.premium),
            nanos(times.facts)
        );
        println!(
            "         all {programmes} programmes: one thread {:>9.0}, all cores {:>9.0} ({:.2} x); {} granted",
            rate(people, self.one),
            rate(people, self.both),
            self.one.as_secs_f64() / self.both.as_secs_f64(),
            self.granted
        );
    }
}

fn main() {
    let people = setting("SIZHU_BENCH_PEOPLE", 1_000_000);
    let rounds = setting("SIZHU_BENCH_ROUNDS", 5).max(1);
    let (three, all) = (Three::load(), All::load());
    println!("{people} synthetic residents, {rounds} rounds; people a second\n");
    let mut ratios = Vec::new();
    for number in 1..=rounds {
        let round = round(people, &three, &all);
        round.tell(number, people, all.len());
        ratios.push(round.ratio());
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "\nengine against the loop by hand, one thread: {:.2} times its time ({:.2} to {:.2})",
        ratios.get(ratios.len() / 2).unwrap(),
        ratios.first().unwrap(),
        ratios.last().unwrap()
    );
    println!("peak memory: {} MiB", peak_mib());
}
