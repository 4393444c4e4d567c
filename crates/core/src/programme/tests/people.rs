//! Random people and days for a pack: on its boundaries, beside them, and anywhere.

use std::collections::BTreeMap;

use crate::day::Day;
use crate::diagnosis::DiagnosisCode;
use crate::fact::{Fact, FactType, diagnosis_value};
use crate::golden::{Cases, Question};
use crate::quantity::Unit;

use super::boundaries::Boundaries;
use super::dice::Dice;

/// What is known of one random person, and the day decided on.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) facts: BTreeMap<Fact, i64>,
    pub(super) day: Day,
}

/// Draws people for one pack.
pub(super) struct Drawer<'a> {
    boundaries: &'a Boundaries,
    /// The people of golden cases: most rules are met by few who are drawn at random.
    known: Vec<Person>,
    day_pool: Vec<Day>,
}

/// A day that random dates lie about.
fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A day so many days on or back.
fn plus(day: Day, days: i64) -> Day {
    let date = day.naive() + chrono::TimeDelta::days(days);
    Day::new(date)
}

/// The day so many years before, on the same month and day; 1 March for a 29 February.
fn years_before(day: Day, years: i64) -> Day {
    let (month, of_month) = day.month_day();
    let year = day.year() - i32::try_from(years).unwrap();
    let same = Day::from_ymd(year, month, of_month);
    same.or_else(|| Day::from_ymd(year, 3, 1)).unwrap()
}

impl<'a> Drawer<'a> {
    /// A drawer for the pack of these boundaries and golden cases.
    pub(super) fn new(boundaries: &'a Boundaries, cases: Option<&Cases>) -> Self {
        let mut known = Vec::new();
        for case in cases.iter().flat_map(|cases| &cases.cases) {
            if let Question::Facts(_) = case.question {
                let facts = case
                    .facts
                    .iter()
                    .map(|value| (value.fact(), value.number()));
                known.push(Person {
                    facts: facts.collect(),
                    day: case.on,
                });
            }
        }
        let first = boundaries.turns.first().copied().unwrap();
        let last = boundaries.turns.last().copied().unwrap();
        let mut day_pool = Vec::new();
        for turn in &boundaries.turns {
            day_pool.extend([-1, 0, 1].map(|days| plus(*turn, days)));
        }
        for year in [
            first.year() - 1,
            first.year(),
            last.year(),
            last.year() + 2,
            2026,
        ] {
            for (month, of_month) in [(1, 1), (12, 31), (2, 28), (3, 1), (7, 1), (6, 30)] {
                day_pool.extend(Day::from_ymd(year, month, of_month));
            }
            for (month, of_month) in &boundaries.windows {
                let start = Day::from_ymd(year, *month, *of_month);
                day_pool.extend(start.map(|start| plus(start, -1)));
                day_pool.extend(start);
            }
        }
        day_pool.extend(["2024-02-29", "2028-02-29", "2026-11-23"].map(day));
        Self {
            boundaries,
            known,
            day_pool,
        }
    }

    /// A person.
    pub(super) fn draw(&self, dice: &mut Dice) -> Person {
        let mut person = if !self.known.is_empty() && !dice.one_in(3) {
            self.near_a_known_one(dice)
        } else {
            self.at_random(dice)
        };
        let hidden = *dice.of(&[0, 0, 0, 1, 1, 2, 5]);
        for _ in 0..hidden {
            let facts: Vec<Fact> = self.boundaries.facts.iter().copied().collect();
            if !facts.is_empty() {
                person.facts.remove(dice.of(&facts));
            }
        }
        person
    }

    /// Someone of a golden case, but for a few facts or the day.
    fn near_a_known_one(&self, dice: &mut Dice) -> Person {
        let mut person = dice.of(&self.known).clone();
        if dice.one_in(3) {
            person.day = self.day(dice);
        } else if dice.one_in(4) {
            person.day = plus(person.day, dice.between(-1, 1));
        }
        // Most cases leave the facts out that make no difference; here they are told.
        for fact in &self.boundaries.facts {
            if !person.facts.contains_key(fact) && dice.one_in(2) {
                let number = self.number(*fact, person.day, dice);
                person.facts.insert(*fact, number);
            }
        }
        let facts: Vec<Fact> = person.facts.keys().copied().collect();
        for _ in 0..dice.below(3) {
            if !facts.is_empty() {
                let fact = *dice.of(&facts);
                let number = self.number(fact, person.day, dice);
                person.facts.insert(fact, number);
            }
        }
        person
    }

    fn at_random(&self, dice: &mut Dice) -> Person {
        let day = self.day(dice);
        // Some people have most of what is asked for, some nearly nothing.
        let truths = *dice.of(&[2, 2, 4, 12]);
        let facts = self.boundaries.facts.iter().map(|fact| {
            let number = if fact.info().kind == FactType::Truth {
                i64::from(!dice.one_in(truths))
            } else {
                self.number(*fact, day, dice)
            };
            (*fact, number)
        });
        Person {
            facts: facts.collect(),
            day,
        }
    }

    fn day(&self, dice: &mut Dice) -> Day {
        if dice.one_in(4) {
            let first = self.boundaries.turns.first().unwrap();
            plus(*first, dice.between(-400, 9_000))
        } else {
            *dice.of(&self.day_pool)
        }
    }

    /// A value of a fact on a day.
    fn number(&self, fact: Fact, day: Day, dice: &mut Dice) -> i64 {
        let near = |pool: Vec<i64>, most: i64, dice: &mut Dice| match pool.is_empty() {
            true => dice.between(0, most),
            false if dice.one_in(4) => dice.between(0, most),
            false => (*dice.of(&pool) + dice.between(-1, 1)).max(0),
        };
        let boundaries = self.boundaries;
        match fact.info().kind {
            FactType::Truth => dice.between(0, 1),
            FactType::Word(words) => dice.between(0, i64::try_from(words.len()).unwrap() - 1),
            FactType::Between(_, first, last) => dice.between(first, last),
            FactType::Money => self.money(dice),
            FactType::Count(unit) => {
                let mut pool: Vec<i64> = boundaries.counts_of(unit).collect();
                // Units may be capped in money; then none of the pack's counts is their boundary.
                pool.extend([0, 1, 2]);
                near(pool, 120, dice)
            }
            FactType::Share => near(boundaries.shares.iter().copied().collect(), 200_000, dice),
            FactType::Day => self.day_of_fact(day, dice).number(),
            FactType::Division => {
                let mut pool: Vec<i64> = boundaries.divisions.iter().copied().collect();
                pool.extend([430_000_000_000, 430_102_001_001, 350_181_000_000]);
                *dice.of(&pool)
            }
            FactType::Diagnosis => {
                let mut pool: Vec<i64> = boundaries.diagnoses.iter().copied().collect();
                let stroke = DiagnosisCode::parse("I63.900").unwrap();
                pool.push(diagnosis_value(&stroke));
                *dice.of(&pool)
            }
        }
    }

    /// An amount at a boundary, at what two boundaries come to together, or anywhere; also such
    /// as end in halves of a fen when a share is taken of them.
    fn money(&self, dice: &mut Dice) -> i64 {
        let pool: Vec<i64> = self.boundaries.money.iter().copied().collect();
        match dice.below(6) {
            0 => dice.between(0, 3_000),
            1 => dice.between(0, 20_000_000),
            2 => dice.between(0, 50) * 25,
            _ if pool.is_empty() => dice.between(0, 1_000_000),
            3 => dice.of(&pool) + dice.of(&pool) + dice.between(-1, 1).abs(),
            _ => (dice.of(&pool) + dice.between(-1, 1)).max(0),
        }
    }

    /// A day at which an age or a term is just reached, one that the pack names, or any.
    fn day_of_fact(&self, today: Day, dice: &mut Dice) -> Day {
        let beside = dice.between(-1, 1);
        let years: Vec<i64> = self.boundaries.counts_of(Unit::Year).collect();
        let days: Vec<i64> = self.boundaries.counts_of(Unit::Day).collect();
        let named: Vec<Day> = self.boundaries.days.iter().copied().collect();
        match dice.below(8) {
            0..=2 if !years.is_empty() => plus(years_before(today, *dice.of(&years)), beside),
            3 | 4 if !days.is_empty() => plus(today, beside - *dice.of(&days)),
            5 if !named.is_empty() => plus(*dice.of(&named), beside),
            6 => *dice.of(&["1960-02-29", "1976-02-29", "1980-02-28", "1999-12-31"].map(day)),
            7 => plus(today, dice.between(-400, 400)),
            _ => plus(today, -dice.between(0, 30_000)),
        }
    }
}
