//! What a place in a pack needs of the value it names: its kind and its unit.

use crate::fact::{Fact, FactType};
use crate::loan::{DayCount, Paid};
use crate::pack::fault::Span;
use crate::pack::{Literal, Period};
use crate::quantity::{Quantity, Unit};

use super::node::listed;

/// A kind of value that fits a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pack) enum Kind {
    /// A number of this unit.
    Number(Unit),
    /// A table of numbers of this unit.
    Table(Unit),
    /// A percentage of at most 100.
    Part,
    /// A table of percentages of at most 100.
    PartTable,
    /// `none`: no limit.
    Unlimited,
    /// A day.
    Day,
    /// A day of every year.
    MonthDay,
    /// Some of these words.
    Words(Vec<&'static str>),
    /// One of these words.
    Word(Vec<&'static str>),
    /// Diagnoses.
    Diagnoses,
    /// Divisions.
    Divisions,
    /// Tiers of at most 100 %.
    Tiers,
}

/// The kinds that fit a place; any one will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pack) struct Need(pub(in crate::pack) Vec<Kind>);

/// A place in the text that names a value, and what it needs of it.
#[derive(Debug, Clone)]
pub(in crate::pack) struct ValueUse {
    pub(in crate::pack) name: String,
    pub(in crate::pack) at: Span,
    pub(in crate::pack) need: Need,
}

/// What a part of the text rests on.
#[derive(Debug, Clone, Default)]
pub(in crate::pack) struct Uses {
    pub(in crate::pack) values: Vec<ValueUse>,
    pub(in crate::pack) clauses: Vec<(String, Span)>,
    pub(in crate::pack) facts: Vec<(Fact, Span)>,
}

const WHOLE: i64 = 1_000_000;

impl Kind {
    /// Whether the literal is of this kind.
    pub(in crate::pack) fn admits(&self, literal: &Literal) -> bool {
        let fits = |quantity: &Quantity, unit: Unit| quantity.unit == unit;
        let part = |share: &Quantity| share.unit == Unit::Share && share.number <= WHOLE;
        match (self, literal) {
            (Self::Number(unit), Literal::Quantity(quantity)) => fits(quantity, *unit),
            (Self::Table(unit), Literal::Table(rows)) => {
                rows.iter().all(|row| fits(&row.value, *unit))
            }
            (Self::Part, Literal::Quantity(quantity)) => part(quantity),
            (Self::PartTable, Literal::Table(rows)) => rows.iter().all(|row| part(&row.value)),
            (Self::Tiers, Literal::Tiers(tiers)) => tiers.iter().all(|tier| part(&tier.share)),
            (Self::Unlimited, Literal::Unlimited)
            | (Self::Day, Literal::Day(_))
            | (Self::MonthDay, Literal::MonthDay(..))
            | (Self::Diagnoses, Literal::Diagnoses(_))
            | (Self::Divisions, Literal::Divisions(_)) => true,
            (Self::Words(words), Literal::Words(found)) => {
                found.iter().all(|word| words.contains(&word.as_str()))
            }
            (Self::Word(words), Literal::Words(found)) => match found.as_slice() {
                [word] => words.contains(&word.as_str()),
                _ => false,
            },
            (_, _) => false,
        }
    }

    fn expected(&self) -> String {
        match self {
            Self::Number(unit) => format!("a quantity in `{unit}`"),
            Self::Part => "a percentage of at most `100 %`".to_owned(),
            // Said with the quantity or the percentage.
            Self::Table(_) | Self::PartTable => "a table".to_owned(),
            Self::Unlimited => "`none`".to_owned(),
            Self::Day => "a day written YYYY-MM-DD".to_owned(),
            Self::MonthDay => "a day of every year written MM-DD".to_owned(),
            Self::Words(words) => format!("words out of {}", listed(words)),
            Self::Word(words) => format!("one of {}", listed(words)),
            Self::Diagnoses => "a list of diagnoses".to_owned(),
            Self::Divisions => "a list of divisions".to_owned(),
            Self::Tiers => "tiers of it".to_owned(),
        }
    }
}

impl Need {
    /// A number of this unit.
    pub(in crate::pack) fn number(unit: Unit) -> Self {
        Self(vec![Kind::Number(unit)])
    }

    /// A number of one of these units.
    pub(in crate::pack) fn numbers(units: &[Unit]) -> Self {
        Self(units.iter().copied().map(Kind::Number).collect())
    }

    /// One word of a convention.
    pub(in crate::pack) fn word(words: &[&'static str]) -> Self {
        Self(vec![Kind::Word(words.to_vec())])
    }

    /// The same, or `none`.
    pub(in crate::pack) fn or_none(mut self) -> Self {
        self.0.push(Kind::Unlimited);
        self
    }

    /// The same, or tables of the same units.
    pub(in crate::pack) fn or_tables(mut self) -> Self {
        let tables: Vec<Kind> = self
            .0
            .iter()
            .filter_map(|kind| match kind {
                Kind::Number(unit) => Some(Kind::Table(*unit)),
                Kind::Part => Some(Kind::PartTable),
                Kind::Table(_)
                | Kind::PartTable
                | Kind::Unlimited
                | Kind::Day
                | Kind::MonthDay
                | Kind::Words(_)
                | Kind::Word(_)
                | Kind::Diagnoses
                | Kind::Divisions
                | Kind::Tiers => None,
            })
            .collect();
        self.0.extend(tables);
        self
    }
}

/// What each key of a pack needs.
impl Need {
    /// `amount` of what is given once a period.
    pub(in crate::pack) fn amount(period: Option<Period>) -> Self {
        let per_period: &[Unit] = match period {
            Some(Period::Month) => &[Unit::YuanPerMonth],
            Some(Period::Quarter) => &[Unit::YuanPerQuarter],
            Some(Period::Year) => &[Unit::YuanPerYear],
            Some(Period::Once | Period::Event | Period::Stay) => &[],
            // A period that could not be read is one fault, not many.
            None => &[Unit::YuanPerMonth, Unit::YuanPerQuarter, Unit::YuanPerYear],
        };
        let units: Vec<Unit> = [&[Unit::Yuan], per_period].concat();
        Self::numbers(&units).or_tables()
    }

    /// `rate` for each of a unit.
    pub(in crate::pack) fn rate(unit: Unit) -> Self {
        let rates = Unit::ALL.iter().filter(|rate| rate.per() == Some(unit));
        Self::numbers(&rates.copied().collect::<Vec<Unit>>()).or_tables()
    }

    /// A cap in a unit or in money.
    pub(in crate::pack) fn cap(unit: Unit) -> Self {
        Self::numbers(&[unit, Unit::Yuan]).or_none()
    }

    /// `counting` of the days of stays.
    pub(in crate::pack) fn counting() -> Self {
        Self::word(&["discharge_minus_admission", "both_ends"])
    }

    /// `share` of a cost.
    pub(in crate::pack) fn share() -> Self {
        Self(vec![Kind::Part, Kind::PartTable, Kind::Tiers])
    }

    /// `principal_cap` of a loan.
    pub(in crate::pack) fn principal_cap() -> Self {
        Self::number(Unit::Yuan).or_tables()
    }

    /// `day_count` of interest.
    pub(in crate::pack) fn day_count() -> Self {
        let words: Vec<&'static str> = DayCount::ALL.iter().map(|it| it.as_str()).collect();
        Self::word(&words)
    }

    /// `paid` of interest.
    pub(in crate::pack) fn paid() -> Self {
        let words: Vec<&'static str> = Paid::ALL.iter().map(|it| it.as_str()).collect();
        Self::word(&words)
    }

    /// `window_start` of the years of a subsidy.
    pub(in crate::pack) fn window_start() -> Self {
        Self(vec![Kind::MonthDay])
    }

    /// A limit in a unit: `ceiling`, and those of a version.
    pub(in crate::pack) fn limit(unit: Unit) -> Self {
        Self::number(unit).or_none()
    }

    /// What lies in a fact that takes lists: `None` where lists make no sense.
    pub(in crate::pack) fn list_of(fact: Fact) -> Option<Self> {
        match fact.info().kind {
            FactType::Word(words) => {
                let words = words.iter().map(|(word, _, _)| *word).collect();
                Some(Self(vec![Kind::Words(words)]))
            }
            FactType::Division => Some(Self(vec![Kind::Divisions])),
            FactType::Diagnosis => Some(Self(vec![Kind::Diagnoses])),
            FactType::Truth
            | FactType::Day
            | FactType::Money
            | FactType::Count(_)
            | FactType::Between(..)
            | FactType::Share => None,
        }
    }

    /// Whether the literal fits.
    pub(in crate::pack) fn admits(&self, literal: &Literal) -> bool {
        self.0.iter().any(|kind| kind.admits(literal))
    }

    /// What fits, in words.
    pub(in crate::pack) fn expected(&self) -> String {
        let mut said: Vec<String> = Vec::new();
        let mut before = false;
        for kind in &self.0 {
            match kind {
                Kind::Number(unit) if before => said.push(format!("`{unit}`")),
                Kind::Table(_) | Kind::PartTable => {}
                Kind::Number(_)
                | Kind::Part
                | Kind::Unlimited
                | Kind::Day
                | Kind::MonthDay
                | Kind::Words(_)
                | Kind::Word(_)
                | Kind::Diagnoses
                | Kind::Divisions
                | Kind::Tiers => said.push(kind.expected()),
            }
            before = matches!(kind, Kind::Number(_));
        }
        let tables = self.0.iter();
        let mut tables = tables.filter(|kind| matches!(kind, Kind::Table(_) | Kind::PartTable));
        let by_table = if tables.next().is_some() {
            ", perhaps by table"
        } else {
            ""
        };
        format!("{}{by_table}", said.join(" or "))
    }

    /// The words of which some must be taken, where this is about words.
    pub(in crate::pack) fn words(&self) -> Option<&[&'static str]> {
        self.0.iter().find_map(|kind| match kind {
            Kind::Words(words) | Kind::Word(words) => Some(words.as_slice()),
            Kind::Number(_)
            | Kind::Table(_)
            | Kind::Part
            | Kind::PartTable
            | Kind::Unlimited
            | Kind::Day
            | Kind::MonthDay
            | Kind::Diagnoses
            | Kind::Divisions
            | Kind::Tiers => None,
        })
    }
}

/// The unit of a fact's number, if it has one.
pub(in crate::pack) const fn unit_of(fact: Fact) -> Option<Unit> {
    match fact.info().kind {
        FactType::Money => Some(Unit::Yuan),
        FactType::Count(unit) | FactType::Between(unit, _, _) => Some(unit),
        FactType::Share => Some(Unit::Share),
        FactType::Truth
        | FactType::Day
        | FactType::Word(_)
        | FactType::Division
        | FactType::Diagnosis => None,
    }
}
