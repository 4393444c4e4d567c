//! Packs of format 1 decide as the engine decided that knew no other format.

use super::*;
use crate::hospital_care::tests::packs::{HUNAN, programme, text};
use crate::stay::tests::dice::Dice;
use crate::stay::{PricedStay, price};

use super::histories::{random_history, random_text};

/// What the first engine made of the stays of each history, stay by stay: `?` where it lacked a
/// fact, `-` where it paid nothing, else years with their days and fen.
const ENGINE_1: &str = include_str!("engine_1.txt");

/// The province's pack as it was first written.
const HUNAN_2018: &str = include_str!("hunan_2018.toml");

const HISTORIES: u64 = 40;

fn shown(stay: &PricedStay) -> String {
    if stay.undetermined {
        return "?".to_owned();
    }
    let years = stay.by_year.iter();
    let years: Vec<String> = years
        .map(|share| format!("{}:{}:{}", share.year, share.days, share.amount.get()))
        .collect();
    if years.is_empty() {
        "-".to_owned()
    } else {
        years.join(",")
    }
}

#[test]
fn decisions_of_the_first_engine_come_out_the_same() {
    let mut lines = ENGINE_1.lines();
    let mut pack_seed = 0_u64;
    let mut paid = 0;
    while lines.clone().next().is_some() {
        let programme = programme(&random_text(&mut Dice(pack_seed)));
        for history in 0..HISTORIES {
            let seed = pack_seed << 32 | history;
            let person = random_history(&mut Dice(!seed));
            let stays = price(&programme, &person).unwrap();
            let stays: Vec<String> = stays.iter().map(shown).collect();
            assert_eq!(Some(stays.join(" ").as_str()), lines.next(), "seed {seed}");
            paid += stays.iter().filter(|stay| stay.contains(':')).count();
        }
        pack_seed = pack_seed.checked_add(1).unwrap();
    }
    assert!(paid > 400, "{paid}");
}

#[test]
fn the_province_decides_as_before() {
    let (before, now) = (programme(HUNAN_2018), programme(HUNAN));
    assert_eq!(before.first_day(), now.first_day());
    assert_ne!(before.hash(), now.hash());
    for seed in 0..2_000 {
        let person = random_history(&mut Dice(seed));
        let of = |programme| -> Vec<String> {
            price(programme, &person)
                .unwrap()
                .iter()
                .map(shown)
                .collect()
        };
        assert_eq!(of(&before), of(&now), "seed {seed}");
    }
}

#[test]
fn only_texts_of_format_1_are_translated() {
    assert!(is_format_1(&text(&[])) && !is_format_1(HUNAN) && !is_format_1("format ="));
    let broken = text(&[]).replace("help = ", "helps = ");
    let faults = translate(&broken).unwrap_err();
    assert_eq!((faults[0].line, faults[0].column), (4, 1));
    assert!(
        faults[0].found.contains("unknown field `helps`"),
        "{faults:?}"
    );
}
