//! How fast loans are: the subsidy of a quarter for 20,000 loans with 12 events each, with segments
//! and traces, beside a hand-written loop of the same arithmetic for this simple case as the floor.
//!
//! `make bench-loans`. `SIZHU_BENCH_LOANS` sets how many (20,000), `SIZHU_BENCH_ROUNDS` how often each
//! is timed (5). Time is that of the thread on a processor, as Linux counts it: neighbours on the
//! machine do not show. The engine and the loop must agree to the fen, or the bench fails.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::integer_division,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench computes figures for people, by the processor's clock, and fails by panicking"
)]

mod floor;
mod loans;

use std::time::Duration;

use sizhu_core::loan::{HolderFacts, SubsidyPeriod, subsidise};
use sizhu_core::{Day, Policy, Programme};

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// The time this thread has been on a processor.
fn on_processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split_whitespace().next().unwrap().parse().unwrap())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = on_processor();
    let result = work();
    (on_processor() - begun, result)
}

/// Fuqing's rule, paid each quarter.
fn programme() -> Programme {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/examples/fuqing/entrepreneurship-loan-interest.toml"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.replace("value = \"year_end\"", "value = \"quarter_end\"");
    Programme::compile(&Policy::read(&text).unwrap()).unwrap()
}

fn by_engine(
    programme: &Programme,
    holders: &[HolderFacts],
    period: SubsidyPeriod,
    as_of: Day,
) -> (i64, usize) {
    let (mut fen, mut segments) = (0, 0);
    for holder in holders {
        for decision in subsidise(programme, holder, period, as_of).unwrap() {
            fen += decision.amount.get();
            segments += decision.segments.len();
        }
    }
    (fen, segments)
}

fn main() {
    let count = setting("SIZHU_BENCH_LOANS", 20_000);
    let rounds = setting("SIZHU_BENCH_ROUNDS", 5).max(1);
    let programme = programme();
    let holders = loans::holders(count);
    let day = |text| Day::parse(text).unwrap();
    let period = SubsidyPeriod {
        from: day("2024-01-01"),
        until: day("2024-04-01"),
    };
    let as_of = day("2024-07-01");
    println!("{count} loans with 12 events each, one quarter, {rounds} rounds, one thread\n");
    let mut ratios = Vec::new();
    for round in 1..=rounds {
        let (floor, fen) = timed(|| floor::pass(&holders, period));
        let (engine, (by_engine, segments)) =
            timed(|| by_engine(&programme, &holders, period, as_of));
        assert_eq!(fen, by_engine, "the engine and the loop by hand disagree");
        let nanos = |spent: Duration| spent.as_secs_f64() * 1e9 / count as f64;
        let ratio = engine.as_secs_f64() / floor.as_secs_f64();
        ratios.push(ratio);
        println!(
            "round {round}: by hand {:.0} ns a loan; by the engine, with {segments} segments and all traces, {:.0} ns a loan, {:.2} s in all; ratio {ratio:.0}",
            nanos(floor),
            nanos(engine),
            engine.as_secs_f64()
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "\nengine against the loop by hand: min {:.0}, median {:.0}, max {:.0} times its time",
        ratios.first().unwrap(),
        ratios[ratios.len() / 2],
        ratios.last().unwrap()
    );
}
