//! Random histories, each from a seed.

use uuid::Uuid;

use super::super::*;
use crate::day::Period;
use crate::diagnosis::DiagnosisCode;
use crate::fact::{Fact, FactValue};
use crate::hospital::{HospitalClass, HospitalGrade, HospitalLevel, Ownership};
use crate::id::StatusId;
use crate::status::{Grade, StatusKind};

/// SplitMix64: small, and the seed of a failure is all that is needed to see it again.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.roll() % u64::from(bound)).unwrap()
    }

    pub(crate) fn one_in(&mut self, odds: u32) -> bool {
        self.below(odds) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        let place = self.below(u32::try_from(choices.len()).unwrap());
        choices[usize::try_from(place).unwrap()]
    }

    /// A day near the turn of the years 2023 and 2024; the latter is a leap year.
    pub(crate) fn day(&mut self) -> Day {
        Day::parse("2023-12-01")
            .unwrap()
            .plus_days(self.below(100))
            .unwrap()
    }
}

pub(crate) fn random_stay(dice: &mut Dice, admitted_on: Day, number: u64) -> StayFacts {
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
        diagnosis: Some(DiagnosisCode::parse(dice.of(&["I63.900", "I63.900", "N18.500"])).unwrap()),
        nursing,
        icu_days: Some(if dice.one_in(2) {
            0
        } else {
            dice.below(nights + 1)
        }),
        hospital: HospitalClass {
            level: dice.of(HospitalLevel::ALL),
            grade: HospitalGrade::A,
            ownership: dice.of(&[Ownership::Public, Ownership::Public, Ownership::Private]),
        },
        name_matches: None,
        posted_on: discharged_on.plus_days(dice.below(50)).unwrap(),
        charges: None,
    }
}

fn random_stays(dice: &mut Dice) -> Vec<StayFacts> {
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
    stays
}

fn random_status(dice: &mut Dice, number: u32) -> StatusFacts {
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
}

pub(crate) fn random_person(dice: &mut Dice) -> PersonFacts {
    let stays = random_stays(dice);
    let count = dice.below(3);
    let statuses = (0..count)
        .map(|number| random_status(dice, number))
        .collect();
    PersonFacts {
        settled: Vec::new(),
        registered: !dice.one_in(20),
        statuses,
        stays,
        facts: KnownFacts::default(),
    }
}

/// A person of whom more is known: birth, sex, enrolment, and what the stays cost.
pub(super) fn random_known_person(dice: &mut Dice) -> PersonFacts {
    let mut person = random_person(dice);
    let mut learn = |fact: Fact, value: serde_json::Value| {
        let value = FactValue::parse(fact, &value).unwrap();
        assert!(person.facts.learn(&value));
    };
    if !dice.one_in(10) {
        let years = dice.of(&[48, 49, 50, 60]);
        let born = Day::from_ymd(
            dice.day().year() - years,
            1 + dice.below(2),
            1 + dice.below(28),
        );
        learn(Fact::BornOn, born.unwrap().to_string().into());
    }
    if !dice.one_in(10) {
        learn(Fact::Sex, dice.of(&["female", "male"]).into());
    }
    if !dice.one_in(10) {
        learn(Fact::EnrolledOn, dice.day().to_string().into());
    }
    for stay in &mut person.stays {
        if dice.one_in(2) {
            let total = i64::from(dice.below(5_000_000));
            let self_paid = i64::from(dice.below(2_000_000));
            stay.charges = Some(Charges {
                total: Fen::new(total + self_paid),
                insurance_paid: Fen::new(total),
                self_paid: Fen::new(self_paid),
            });
        }
        if dice.one_in(12) {
            // What the claim said was deleted in due time.
            (stay.diagnosis, stay.icu_days, stay.charges) = (None, None, None);
            stay.nursing = NursingDays::default();
        }
    }
    person
}
