//! Evaluation for nobody who wants to be told allocates nothing. A program of its own: its allocator
//! counts.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "an overflow or an odd value panics and so fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use allocation_counter::measure;
use sizhu_core::fact::{Fact, FactType, Sheet};
use sizhu_core::pack::{Document, Period, heading};
use sizhu_core::programme::{Silent, evaluate};
use sizhu_core::{
    Charges, ClaimId, Day, Fen, Grade, HospitalClass, HospitalGrade, HospitalLevel, NursingDays,
    Outcome, Ownership, Policy, Programme, Scratch, StatusFacts, StatusId, StatusKind, Stay,
    StayPerson, total,
};
use uuid::Uuid;

/// People asked, each about every programme.
const PEOPLE: usize = 2_000;

/// Xorshift (Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn number(&mut self, bound: u64) -> i64 {
        i64::try_from(self.below(bound)).unwrap()
    }

    fn one_in(&mut self, odds: u64) -> bool {
        self.below(odds) == 0
    }

    /// A day from the year on, within so many years.
    fn day(&mut self, year: i32, years: u64) -> Day {
        let days = u32::try_from(self.below(years * 365)).unwrap();
        let first = Day::first_of_year(year).unwrap();
        first.plus_days(days).unwrap()
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, found);
        } else if name.ends_with(".toml") && !name.ends_with(".cases.toml") {
            found.push(path);
        }
    }
}

/// Every shipped programme, by itself and with each overlay upon it.
fn programmes() -> Vec<Programme> {
    let mut paths = Vec::new();
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    files(&policies, &mut paths);
    paths.sort();
    let texts: Vec<String> = paths
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let (packs, overlays): (Vec<_>, Vec<_>) = texts
        .iter()
        .map(|text| (heading(text).unwrap(), text))
        .partition(|(heading, _)| heading.document == Document::Pack);
    let mut programmes = Vec::new();
    for (pack, text) in &packs {
        programmes.push((*text).clone());
        for (overlay, upon) in &overlays {
            if overlay.programme == pack.programme
                && overlay.place.nearness() > pack.place.nearness()
            {
                programmes.push(Policy::join(text, &[upon.as_str()]));
            }
        }
    }
    programmes
        .iter()
        .map(|text| Programme::compile(&Policy::read(text).unwrap()).unwrap())
        .collect()
}

/// Something of each fact, or nothing known of it.
fn sheet(dice: &mut Dice) -> Sheet {
    let mut sheet = Sheet::EMPTY;
    for fact in Fact::ALL {
        if dice.one_in(20) {
            continue;
        }
        let number = match fact.info().kind {
            // More often yes, or hardly anything would be granted.
            FactType::Truth => i64::from(!dice.one_in(4)),
            FactType::Day if dice.one_in(2) => dice.day(1940, 60).number(),
            FactType::Day => dice.day(2015, 12).number(),
            FactType::Word(words) => dice.number(words.len().try_into().unwrap()),
            FactType::Money => dice.number(10_000_000),
            FactType::Count(_) => dice.number(100),
            FactType::Between(_, low, high) => {
                low + dice.number(u64::try_from(high - low).unwrap() + 1)
            }
            FactType::Share => dice.number(100_000),
            FactType::Division => 430_102_001_001,
            FactType::Diagnosis => sizhu_core::fact::diagnosis_span("C34", "C34").0,
        };
        sheet.set(*fact, number);
    }
    sheet
}

fn status(dice: &mut Dice) -> StatusFacts {
    let kind = StatusKind::ALL[usize::try_from(dice.below(3)).unwrap()];
    let from = dice.day(2010, 18);
    let until = dice.one_in(3).then(|| from.plus_days(400).unwrap());
    StatusFacts {
        id: StatusId::new(Uuid::from_u128(dice.below(u64::MAX).into())),
        kind,
        grade: (kind != StatusKind::ChildDied)
            .then(|| Grade::new(1 + u8::try_from(dice.below(4)).unwrap()).unwrap()),
        period: sizhu_core::Period::new(from, until).unwrap(),
        confirmed: !dice.one_in(10),
    }
}

/// Stays of 2025 and 2026, which may overlap.
fn stay(dice: &mut Dice) -> Stay {
    let admitted_on = dice.day(2025, 2);
    let days = u32::try_from(dice.below(80)).unwrap();
    let discharged_on = admitted_on.plus_days(days).unwrap();
    let diagnoses = ["C34", "F20", "I63", "J18"];
    let diagnosis = diagnoses[usize::try_from(dice.below(4)).unwrap()];
    Stay {
        claim: ClaimId::new(Uuid::from_u128(dice.below(u64::MAX).into())),
        admitted_on,
        discharged_on,
        yields_day: false,
        diagnosis: Some(sizhu_core::fact::diagnosis_span(diagnosis, diagnosis).0),
        nursing: match dice.one_in(2) {
            true => NursingDays::default(),
            false => NursingDays {
                level_1: days.max(1),
                ..NursingDays::default()
            },
        },
        icu_days: Some(days.min(5)),
        hospital: HospitalClass {
            level: HospitalLevel::Three,
            grade: HospitalGrade::A,
            ownership: Ownership::Public,
        },
        posted_on: discharged_on,
        charges: dice.one_in(2).then_some(Charges {
            total: Fen::new(5_000_000),
            insurance_paid: Fen::new(3_000_000),
            self_paid: Fen::new(2_000_000),
        }),
    }
}

/// Someone with statuses and stays.
struct Person {
    sheet: Sheet,
    statuses: Vec<StatusFacts>,
    stays: Vec<Stay>,
}

impl Person {
    fn roll(dice: &mut Dice) -> Self {
        let sheet = sheet(dice);
        let statuses = (0..dice.below(3)).map(|_| status(dice)).collect();
        let mut stays: Vec<Stay> = (0..1 + dice.below(4)).map(|_| stay(dice)).collect();
        stays.sort_by_key(|stay| stay.admitted_on);
        Self {
            sheet,
            statuses,
            stays,
        }
    }

    fn total(&self, programme: &Programme, scratch: &mut Scratch) -> Fen {
        let person = StayPerson {
            registered: true,
            statuses: &self.statuses,
            stays: &self.stays,
            sheet: &self.sheet,
        };
        total(programme, &person, 2025..=2026, scratch)
            .unwrap()
            .amount
    }
}

#[test]
fn evaluation_allocates_nothing() {
    let programmes = programmes();
    let mut dice = Dice(7);
    let people: Vec<(Sheet, Day)> = (0..PEOPLE)
        .map(|_| (sheet(&mut dice), dice.day(2015, 14)))
        .collect();
    let (mut granted, mut open) = (0, 0);
    for programme in &programmes {
        let counted = measure(|| {
            for (sheet, day) in &people {
                match evaluate(programme, sheet, *day, &mut Silent) {
                    Ok(verdict) if verdict.outcome == Outcome::Granted => granted += 1,
                    Ok(verdict) if verdict.outcome == Outcome::Undetermined => open += 1,
                    Ok(_) | Err(_) => {}
                }
            }
        });
        assert_eq!(counted.count_total, 0, "{}", programme.id());
    }
    assert!(granted > PEOPLE && open > PEOPLE, "{granted} {open}");
    assert!(programmes.len() > 30, "{} programmes", programmes.len());
}

#[test]
fn the_sums_of_stays_allocate_nothing_once_the_scratch_has_grown() {
    let mut dice = Dice(11);
    let people: Vec<Person> = (0..PEOPLE).map(|_| Person::roll(&mut dice)).collect();
    let programmes = programmes();
    let of_stays = programmes
        .iter()
        .filter(|programme| programme.period() == Period::Stay);
    let mut asked = 0;
    for programme in of_stays {
        let mut scratch = Scratch::default();
        let mut pass = || -> i64 {
            let totals = people.iter().map(|it| it.total(programme, &mut scratch));
            totals.map(Fen::get).sum()
        };
        let grown = pass();
        let mut again = 0;
        let counted = measure(|| again = pass());
        assert_eq!(counted.count_total, 0, "{}", programme.id());
        assert_eq!(grown, again, "{}", programme.id());
        assert!(grown > 0, "{} pays somebody", programme.id());
        asked += 1;
    }
    assert!(asked > 3, "{asked} programmes of stays");
}
