//! Random packs of format 1 and histories to decide under them, each from a seed. Never changed:
//! what the first engine made of them is kept in `engine_1.txt`.

use crate::hospital_care::tests::packs::{START, Values, text};
use crate::stay::PersonFacts;
use crate::stay::tests::dice::{Dice, random_person};

/// A random value of a parameter, as TOML.
fn random_value(dice: &mut Dice, parameter: &str) -> String {
    let limit = |dice: &mut Dice, most: u32| match dice.one_in(3) {
        true => "{ none = true }".to_owned(),
        false => format!("{{ days = {} }}", 1 + dice.below(most)),
    };
    match parameter {
        "rate" => {
            let icu = if dice.one_in(2) {
                ", icu_fen = 25000"
            } else {
                ""
            };
            let zero = if dice.one_in(8) { 0 } else { 10_000 };
            match dice.below(3) {
                0 => format!("{{ form = \"flat\", fen = {zero}{icu} }}"),
                1 => format!(
                    "{{ form = \"by_nursing_level\", special_fen = 20000, level_1_fen = 15000, \
                     level_2_fen = {zero}, level_3_fen = 6001{icu} }}"
                ),
                _ => format!(
                    "{{ form = \"by_hospital_level\", unrated_fen = {zero}, level_1_fen = 7000, \
                     level_2_fen = 9000, level_3_fen = 12000{icu} }}"
                ),
            }
        }
        "day_counting" => {
            format!(
                "\"{}\"",
                dice.of(&["discharge_minus_admission", "both_ends"])
            )
        }
        "waiting_days" => dice.of(&["0", "0", "1", "20", "90"]).to_string(),
        "free_days" => dice.of(&["0", "0", "1", "3", "10"]).to_string(),
        "cap_days_per_stay" => limit(dice, 20),
        "cap_days_per_year" => limit(dice, 45),
        "diagnoses" => dice
            .of(&["[\"I60-I64\"]", "[\"I60-I64\", \"N18\"]"])
            .to_string(),
        "hospital" => format!(
            "{{ minimum_level = \"{}\", ownership = {} }}",
            dice.of(&["unrated", "unrated", "level_2"]),
            dice.of(&["[\"public\"]", "[\"public\", \"private\"]"]),
        ),
        _ => limit(dice, 60),
    }
}

/// The text of a random pack.
pub(super) fn random_text(dice: &mut Dice) -> String {
    let start = if dice.one_in(4) {
        dice.day().to_string()
    } else {
        START.to_owned()
    };
    let names = [
        "rate",
        "day_counting",
        "waiting_days",
        "free_days",
        "cap_days_per_stay",
        "cap_days_per_year",
        "diagnoses",
        "hospital",
        "claim_deadline_days",
    ];
    let mut parameters: Vec<(&str, Vec<(String, String)>)> = Vec::new();
    for name in names {
        let mut values = vec![(start.clone(), random_value(dice, name))];
        let later = dice.day().to_string();
        if dice.one_in(3) && later > start {
            values.push((later, random_value(dice, name)));
        }
        parameters.push((name, values));
    }
    let borrowed: Vec<(&str, Vec<(&str, &str)>)> = parameters
        .iter()
        .map(|(name, values)| {
            let values = values.iter().map(|(a, b)| (a.as_str(), b.as_str()));
            (*name, values.collect())
        })
        .collect();
    let given: Vec<Values<'_>> = borrowed
        .iter()
        .map(|(name, values)| (*name, values.as_slice()))
        .collect();
    text(&given)
}

/// A random history. The registry keeps one status of a kind for each day: of those that overlap
/// the first is kept.
pub(super) fn random_history(dice: &mut Dice) -> PersonFacts {
    let mut person = random_person(dice);
    let mut kept: Vec<crate::stay::StatusFacts> = Vec::new();
    for status in person.statuses {
        let overlaps = |other: &crate::stay::StatusFacts| {
            other.kind == status.kind && other.period.intersect(&status.period).is_some()
        };
        if !kept.iter().any(overlaps) {
            kept.push(status);
        }
    }
    person.statuses = kept;
    person
}
