//! The engine against the slow model: equal to the fen, on holders drawn at random.

use super::book::by_the_book;
use super::chance::{Dice, random_book, random_holder};
use super::world::{compiled, sound};
use crate::loan::{SubsidyPeriod, subsidise};
use crate::trace::Outcome;

/// Set SIZHU_LOAN_HOLDERS for more.
fn holders() -> u64 {
    let told = std::env::var("SIZHU_LOAN_HOLDERS").ok();
    told.and_then(|it| it.parse().ok()).unwrap_or(6_000)
}

#[test]
fn the_engine_agrees_with_a_day_by_day_model_on_random_holders() {
    let (mut paid, mut open) = (0, 0);
    let mut programme = None;
    for seed in 0..holders() {
        let mut dice = Dice(seed);
        if seed % 20 == 0 {
            let book = random_book(&mut dice);
            programme = Some((compiled(&book.pack()), book));
        }
        let (programme, book) = programme.as_ref().unwrap();
        let holder = random_holder(&mut dice);
        let from = super::world::day("2018-05-01");
        let from = from
            .plus_days(u32::try_from(dice.below(900)).unwrap())
            .unwrap();
        let days = u32::try_from(1 + dice.below(400)).unwrap();
        let until = from.plus_days(days).unwrap();
        let period = SubsidyPeriod { from, until };
        let as_of = until
            .plus_days(u32::try_from(dice.below(60)).unwrap())
            .unwrap();
        let decided = subsidise(programme, &holder, period, as_of).unwrap();
        decided.iter().for_each(sound);
        let engine: Vec<Option<i128>> = decided
            .iter()
            .map(|it| (it.outcome != Outcome::Undetermined).then_some(it.amount.get().into()))
            .collect();
        let model = by_the_book(book, &holder, period, as_of);
        assert_eq!(
            engine, model,
            "seed {seed}, {period:?} as of {as_of}, {book:?}: {holder:#?}\n{decided:#?}"
        );
        paid += model
            .iter()
            .filter(|it| it.is_some_and(|it| it > 0))
            .count();
        open += model.iter().filter(|it| it.is_none()).count();
    }
    println!("{paid} loans subsidised, {open} undetermined");
    let holders = usize::try_from(holders()).unwrap();
    assert!(
        paid > holders / 8 && open > holders / 50,
        "{paid} paid, {open} open"
    );
}
