//! Random packs and histories, each from a seed.

use uuid::Uuid;

use super::super::*;
use crate::hospital::{HospitalGrade, HospitalLevel, Ownership};
use crate::pack::{HospitalCarePack, tests as packs};

/// SplitMix64: small, and the seed of a failure is all that is needed to see it again.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.roll() % u64::from(bound)).unwrap()
    }

    fn one_in(&mut self, odds: u32) -> bool {
        self.below(odds) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        let place = self.below(u32::try_from(choices.len()).unwrap());
        choices[usize::try_from(place).unwrap()]
    }

    /// A day near the turn of the years 2023 and 2024; the latter is a leap year.
    fn day(&mut self) -> Day {
        Day::parse("2023-12-01")
            .unwrap()
            .plus_days(self.below(100))
            .unwrap()
    }
}

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

pub(super) fn random_pack(dice: &mut Dice) -> HospitalCarePack {
    let start = if dice.one_in(4) {
        dice.day().to_string()
    } else {
        packs::START.to_owned()
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
            (
                *name,
                values
                    .iter()
                    .map(|(a, b)| (a.as_str(), b.as_str()))
                    .collect(),
            )
        })
        .collect();
    let given: Vec<packs::Values<'_>> = borrowed
        .iter()
        .map(|(name, values)| (*name, values.as_slice()))
        .collect();
    packs::pack(&given)
}

pub(super) fn random_stay(dice: &mut Dice, admitted_on: Day, number: u64) -> StayFacts {
    let discharged_on = admitted_on.plus_days(dice.below(30)).unwrap();
    let nights = u32::try_from(admitted_on.days_until(discharged_on))
        .unwrap()
        .max(1);
    let special = dice.below(nights + 1).min(5);
    let level_1 = dice.below(nights - special + 1);
    let nursing = if dice.one_in(4) {
        NursingDays::default()
    } else {
        let level_2 = nights - special - level_1;
        NursingDays {
            special,
            level_1,
            level_2,
            level_3: dice.below(2),
        }
    };
    StayFacts {
        claim: ClaimId::new(Uuid::from_u64_pair(dice.roll(), number)),
        admitted_on,
        discharged_on,
        yields_day: dice.one_in(12),
        diagnosis: DiagnosisCode::parse(dice.of(&["I63.900", "I63.900", "N18.500"])).unwrap(),
        nursing,
        icu_days: if dice.one_in(2) {
            0
        } else {
            dice.below(nights + 1)
        },
        hospital: HospitalClass {
            level: dice.of(HospitalLevel::ALL),
            grade: HospitalGrade::A,
            ownership: dice.of(&[Ownership::Public, Ownership::Public, Ownership::Private]),
        },
        name_matches: None,
        posted_on: discharged_on.plus_days(dice.below(50)).unwrap(),
    }
}

pub(super) fn random_person(dice: &mut Dice) -> PersonFacts {
    let mut stays: Vec<StayFacts> = Vec::new();
    for number in 0..=dice.below(4) {
        let before = stays.last().map(|stay| stay.discharged_on);
        // Mostly one after the other, touching or with a gap; now and then wherever they fall.
        let admitted_on = match before {
            Some(before) if !dice.one_in(6) => before.plus_days(dice.below(3)).unwrap(),
            _ => dice.day(),
        };
        stays.push(random_stay(dice, admitted_on, u64::from(number)));
    }
    let statuses = (0..dice.below(3))
        .map(|number| {
            let long_ago = Day::parse("2019-01-01").unwrap();
            let from = if dice.one_in(2) { long_ago } else { dice.day() };
            let until = if dice.one_in(2) {
                None
            } else {
                from.plus_days(1 + dice.below(60))
            };
            let until = if from == long_ago && until.is_some() {
                Some(dice.day())
            } else {
                until
            };
            let kind = dice.of(StatusKind::ALL);
            let grade = u8::try_from(1 + dice.below(4)).unwrap();
            StatusFacts {
                id: StatusId::new(Uuid::from_u128(u128::from(number))),
                kind,
                grade: kind.has_grade().then(|| Grade::new(grade).unwrap()),
                period: Period::new(from, until).unwrap(),
                confirmed: !dice.one_in(8),
            }
        })
        .collect();
    PersonFacts {
        registered: !dice.one_in(20),
        statuses,
        stays,
    }
}
