//! The same by the engine, under the packs of the model province.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sizhu_core::fact::{Fact, Sheet};
use sizhu_core::pack::{Document, Period, heading};
use sizhu_core::programme::{Policy, Programme, Silent};
use sizhu_core::stay::{Scratch, StayPerson, total};
use sizhu_core::{Day, Outcome};

use super::Sums;
use super::clock::Lap;
use super::people::{Person, TODAY, YEAR};

fn today() -> Day {
    Day::from_ymd(TODAY.0, TODAY.1, TODAY.2).unwrap()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "examples" {
            files(&path, found);
        } else if name.ends_with(".toml") && !name.ends_with(".cases.toml") {
            found.push(path);
        }
    }
}

/// Every pack of the country and the province, without the overlays of cities.
fn programmes() -> Vec<Programme> {
    let mut paths = Vec::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies"),
        &mut paths,
    );
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    texts
        .filter(|text| heading(text).unwrap().document == Document::Pack)
        .map(|text| Programme::compile(&Policy::read(&text).unwrap()).unwrap())
        .collect()
}

fn named(programmes: &mut Vec<Programme>, id: &str) -> Programme {
    let place = programmes
        .iter()
        .position(|programme| programme.id().as_str() == id);
    programmes.remove(place.unwrap())
}

/// Hospital care, interest and premium.
pub(crate) struct Three {
    care: Programme,
    interest: Programme,
    premium: Programme,
}

/// How long each part of a pass took.
#[derive(Default, Clone, Copy)]
pub(crate) struct Times {
    /// From the registry to facts of the day.
    pub(crate) facts: Duration,
    pub(crate) care: Duration,
    pub(crate) interest: Duration,
    pub(crate) premium: Duration,
}

impl Times {
    /// The evaluation alone.
    pub(crate) fn evaluation(&self) -> Duration {
        self.care + self.interest + self.premium
    }
}

/// People taken together: few enough that their sheets stay in the cache, and so many that to ask
/// for the time of each part counts for nothing.
const CHUNK: usize = 250;

impl Three {
    pub(crate) fn load() -> Self {
        let mut all = programmes();
        Self {
            care: named(&mut all, "hospital-care-allowance"),
            interest: named(&mut all, "entrepreneurship-loan-interest"),
            premium: named(&mut all, "health-insurance"),
        }
    }

    pub(crate) fn pass(&self, people: &[Person], scratch: &mut Scratch, times: &mut Times) -> Sums {
        let today = today();
        let (interest, premium) = (self.interest.on(today), self.premium.on(today));
        let mut sheets = Vec::with_capacity(CHUNK);
        let mut sums = Sums::default();
        let mut lap = Lap::begin();
        for people in people.chunks(CHUNK) {
            sheets.clear();
            sheets.extend(people.iter().map(|person| facts(person, today)));
            times.facts += lap.next();
            for (person, sheet) in people.iter().zip(&sheets) {
                sums.care_fen += stays(&self.care, person, sheet, scratch);
            }
            times.care += lap.next();
            for (person, sheet) in people.iter().zip(&sheets) {
                if person.loan.is_some() {
                    let verdict = interest.evaluate(sheet, &mut Silent);
                    sums.interest_fen += verdict.unwrap().amount.get();
                }
            }
            times.interest += lap.next();
            for sheet in &sheets {
                let verdict = premium.evaluate(sheet, &mut Silent);
                sums.premium_fen += verdict.unwrap().amount.get();
            }
            times.premium += lap.next();
        }
        sums
    }
}

/// All facts of a person on a day. Nothing was received before, as for a first application.
fn facts(person: &Person, today: Day) -> Sheet {
    let mut sheet = person.registry.sheet_on(today);
    for fact in [
        Fact::QuotaTaken,
        Fact::TimesReceived,
        Fact::ReceivedThisYear,
        Fact::ReceivedInAll,
    ] {
        sheet.set(fact, 0);
    }
    if let Some(loan) = &person.loan {
        loan.tell(&mut sheet);
        for (fact, number) in person.borrower.iter() {
            sheet.set(*fact, *number);
        }
    }
    sheet
}

fn stays(care: &Programme, person: &Person, sheet: &Sheet, scratch: &mut Scratch) -> i64 {
    if person.stays.is_empty() {
        return 0;
    }
    let person = StayPerson {
        registered: true,
        statuses: &person.registry.statuses,
        stays: &person.stays,
        sheet,
    };
    total(care, &person, YEAR..=YEAR, scratch)
        .unwrap()
        .amount
        .get()
}

/// Every programme.
pub(crate) struct All {
    programmes: Vec<Programme>,
}

impl All {
    pub(crate) fn load() -> Self {
        Self {
            programmes: programmes(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.programmes.len()
    }

    /// How many grants there are.
    pub(crate) fn pass(&self, people: &[Person]) -> u64 {
        let (today, mut scratch) = (today(), Scratch::default());
        let asked: Vec<_> = self
            .programmes
            .iter()
            .map(|programme| programme.on(today))
            .collect();
        let mut granted = 0;
        for person in people {
            let sheet = facts(person, today);
            for (programme, asked) in self.programmes.iter().zip(&asked) {
                let grant = if programme.period() == Period::Stay {
                    stays(programme, person, &sheet, &mut scratch) > 0
                } else {
                    let verdict = asked.evaluate(&sheet, &mut Silent).unwrap();
                    verdict.outcome == Outcome::Granted
                };
                granted += u64::from(grant);
            }
        }
        granted
    }

    /// The same, each core with a part of the people.
    pub(crate) fn pass_on_all_cores(&self, people: &[Person]) -> u64 {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let part = people.len().div_ceil(cores).max(1);
        std::thread::scope(|scope| {
            let parts = people.chunks(part);
            let running: Vec<_> = parts.map(|part| scope.spawn(|| self.pass(part))).collect();
            running.into_iter().map(|pass| pass.join().unwrap()).sum()
        })
    }
}
