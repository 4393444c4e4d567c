//! How fast rules are: every programme for a million synthetic residents, beside a hand-written
//! loop of the same hospital-care, interest and premium arithmetic as the floor.
//!
//! `make bench-rules`. `SIZHU_BENCH_PEOPLE` sets how many (1,000,000), `SIZHU_BENCH_ROUNDS` how often
//! each is timed (3). The engine and the loop must agree to the fen, or the bench fails.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::integer_division,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench computes figures for people, by the wall clock, and fails by panicking"
)]

mod engine;
mod floor;
mod people;

use std::time::{Duration, Instant};

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

/// The time of `work` over everyone, the making of people left out.
fn timed<T>(
    people: u64,
    mut work: impl FnMut(&[people::Person]) -> T,
    mut add: impl FnMut(T),
) -> Duration {
    let mut spent = Duration::ZERO;
    let mut made = People::new();
    for _ in 0..people.div_ceil(BATCH) {
        let batch = made.batch(BATCH);
        let begun = Instant::now();
        let result = work(&batch);
        spent += begun.elapsed();
        add(result);
    }
    spent
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

fn main() {
    let people = setting("SIZHU_BENCH_PEOPLE", 1_000_000);
    let rounds = setting("SIZHU_BENCH_ROUNDS", 3).max(1);
    let (three, all) = (Three::load(), All::load());
    println!("{people} synthetic residents, {rounds} rounds; people a second\n");
    let mut ratios = Vec::new();
    for round in 1..=rounds {
        let (mut by_hand, mut by_rule) = (Sums::default(), Sums::default());
        let floor = timed(people, floor::pass, |sums| by_hand = by_hand.plus(sums));
        let (mut scratch, mut times) = (Scratch::default(), Times::default());
        timed(
            people,
            |batch| three.pass(batch, &mut scratch, &mut times),
            |sums| by_rule = by_rule.plus(sums),
        );
        assert_eq!(by_hand, by_rule, "the engine and the loop by hand disagree");
        let ratio = times.evaluation().as_secs_f64() / floor.as_secs_f64();
        ratios.push(ratio);
        println!(
            "round {round}: care, interest, premium: by hand {:>11.0}, by the engine {:>11.0}, ratio {ratio:.2}",
            rate(people, floor),
            rate(people, times.evaluation())
        );
        let nanos = |spent: Duration| spent.as_secs_f64() * 1e9 / people as f64;
        println!(
            "         ns a person: by hand {:.0}; care {:.0}, interest {:.0}, premium {:.0}; facts of the day {:.0}",
            nanos(floor),
            nanos(times.care),
            nanos(times.interest),
            nanos(times.premium),
            nanos(times.facts)
        );
        let mut granted = 0_u64;
        let one = timed(people, |batch| all.pass(batch), |count| granted += count);
        let both = timed(people, |batch| all.pass_on_all_cores(batch), |_| {});
        println!(
            "round {round}: all {} programmes: one thread {:>9.0}, all cores {:>9.0} ({:.2} x); {granted} granted",
            all.len(),
            rate(people, one),
            rate(people, both),
            one.as_secs_f64() / both.as_secs_f64()
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "\nengine against the loop by hand, one thread: {:.2} to {:.2} times its time",
        ratios.first().unwrap(),
        ratios.last().unwrap()
    );
    println!("peak memory: {} MiB", peak_mib());
}
