//! Quantities: a whole number and its unit, written `100 yuan/day`, `49 years` or `5.25 %`.

use std::fmt;
use std::str::FromStr;

use crate::money::Fen;
use crate::word::words;

words! {
    /// The unit of a quantity. Money is held in fen, a share in parts per million.
    pub enum Unit {
        /// An amount of money.
        Yuan = "yuan",
        /// Money for each day.
        YuanPerDay = "yuan/day",
        /// Money for each month.
        YuanPerMonth = "yuan/month",
        /// Money for each quarter.
        YuanPerQuarter = "yuan/quarter",
        /// Money for each year.
        YuanPerYear = "yuan/year",
        /// Money for each time.
        YuanPerTime = "yuan/time",
        /// Money for each cycle of treatment.
        YuanPerCycle = "yuan/cycle",
        /// Money for each person.
        YuanPerPerson = "yuan/person",
        /// Money for each child.
        YuanPerChild = "yuan/child",
        /// Money for each household.
        YuanPerHousehold = "yuan/household",
        /// Calendar days.
        Day = "days",
        /// Calendar months.
        Month = "months",
        /// Quarters.
        Quarter = "quarters",
        /// Years, of age or of time.
        Year = "years",
        /// Times.
        Time = "times",
        /// Cycles of treatment.
        Cycle = "cycles",
        /// People.
        Person = "persons",
        /// Children.
        Child = "children",
        /// Households.
        Household = "households",
        /// Places of a quota.
        Place = "places",
        /// Grades: 1 is the most severe.
        Grade = "grade",
        /// A share of a hundred.
        Share = "%",
    }
}

impl Unit {
    /// The unit that this one's money is paid for each of; `None` where it is not a rate.
    #[must_use]
    pub const fn per(self) -> Option<Self> {
        match self {
            Self::YuanPerDay => Some(Self::Day),
            Self::YuanPerMonth => Some(Self::Month),
            Self::YuanPerQuarter => Some(Self::Quarter),
            Self::YuanPerYear => Some(Self::Year),
            Self::YuanPerTime => Some(Self::Time),
            Self::YuanPerCycle => Some(Self::Cycle),
            Self::YuanPerPerson => Some(Self::Person),
            Self::YuanPerChild => Some(Self::Child),
            Self::YuanPerHousehold => Some(Self::Household),
            Self::Yuan
            | Self::Day
            | Self::Month
            | Self::Quarter
            | Self::Year
            | Self::Time
            | Self::Cycle
            | Self::Person
            | Self::Child
            | Self::Household
            | Self::Place
            | Self::Grade
            | Self::Share => None,
        }
    }

    /// Whether quantities of this unit are money, in fen.
    #[must_use]
    pub fn is_money(self) -> bool {
        self == Self::Yuan || self.per().is_some()
    }

    /// Decimals that a number of this unit may have.
    fn decimals(self) -> usize {
        if self == Self::Share {
            4
        } else if self.is_money() {
            2
        } else {
            0
        }
    }

    /// The unit of a word, in the plural or the singular.
    fn of_word(word: &str) -> Option<Self> {
        let singular = match word {
            "day" => "days",
            "month" => "months",
            "quarter" => "quarters",
            "year" => "years",
            "time" => "times",
            "cycle" => "cycles",
            "person" => "persons",
            "child" => "children",
            "household" => "households",
            "place" => "places",
            other => other,
        };
        singular.parse().ok()
    }
}

/// A whole number of a unit: fen of money, parts per million of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// The number, not below 0.
    pub number: i64,
    /// Its unit.
    pub unit: Unit,
}

/// The text is no quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It is not a number, a space and a unit.
    #[error("expected a number, a space and a unit, such as `100 yuan/day`")]
    Form,
    /// There is no such unit.
    #[error("there is no such unit")]
    Unit,
    /// The number has more decimals than the unit allows, or is too large.
    #[error("the number has too many digits for its unit")]
    Number,
}

impl Quantity {
    /// The quantity as money, if it is an amount or a rate of money.
    #[must_use]
    pub fn money(self) -> Option<Fen> {
        self.unit.is_money().then(|| Fen::new(self.number))
    }
}

/// Largest number a quantity may have: 10 billion yuan in fen. More is a slip of the pen.
const MOST: i64 = 1_000_000_000_000;

impl FromStr for Quantity {
    type Err = QuantityError;

    /// Parses `100 yuan/day`, `49 years`, `0.5 %`: plain digits, at most one point, one space.
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, unit) = text.split_once(' ').ok_or(QuantityError::Form)?;
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let padded = whole.len() > 1 && whole.starts_with('0');
        let dangling = number.ends_with('.');
        if whole.is_empty() || padded || dangling || !digits(whole) || !digits(part) {
            return Err(QuantityError::Form);
        }
        let unit = Unit::of_word(unit).ok_or(QuantityError::Unit)?;
        let decimals = unit.decimals();
        if part.len() > decimals {
            return Err(QuantityError::Number);
        }
        let shifted = format!("{whole}{part:0<decimals$}");
        let number: i64 = shifted.parse().or(Err(QuantityError::Number))?;
        if number > MOST {
            return Err(QuantityError::Number);
        }
        Ok(Self { number, unit })
    }
}

/// As it is parsed, with the fewest decimals.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.unit.decimals();
        let digits = format!(
            "{:0>width$}",
            self.number,
            width = decimals.saturating_add(1)
        );
        let (whole, part) = digits.split_at(digits.len().saturating_sub(decimals));
        let part = part.trim_end_matches('0');
        let part = match (part.len(), self.unit.is_money()) {
            (0, _) => String::new(),
            // Money shows both decimals or none.
            (1, true) => format!(".{part}0"),
            (_, _) => format!(".{part}"),
        };
        write!(f, "{whole}{part} {}", self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> (i64, Unit) {
        let quantity: Quantity = text.parse().unwrap();
        (quantity.number, quantity.unit)
    }

    #[test]
    fn parses_exactly() {
        assert_eq!(number("100 yuan/day"), (10_000, Unit::YuanPerDay));
        assert_eq!(number("0.05 yuan"), (5, Unit::Yuan));
        assert_eq!(number("49 years"), (49, Unit::Year));
        assert_eq!(number("1 day"), (1, Unit::Day));
        assert_eq!(number("5.25 %"), (52_500, Unit::Share));
        for text in [
            "460 yuan/month",
            "0.10 yuan",
            "90 days",
            "3 grade",
            "90 %",
            "0.0001 %",
        ] {
            assert_eq!(text.parse::<Quantity>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_the_rest() {
        use QuantityError::{Form, Number, Unit as NoUnit};
        for (text, error) in [
            ("100", Form),
            ("100yuan", Form),
            (" 100 yuan", Form),
            ("-1 yuan", Form),
            ("1. yuan", Form),
            (".5 yuan", Form),
            ("007 days", Form),
            ("1e3 yuan", Form),
            ("１ yuan", Form),
            ("1  yuan", NoUnit),
            ("1 fen", NoUnit),
            ("1 Yuan", NoUnit),
            ("0.005 yuan", Number),
            ("1.5 days", Number),
            ("99999999999999999999 yuan", Number),
            ("10000000001 yuan", Number),
        ] {
            assert_eq!(text.parse::<Quantity>(), Err(error), "{text}");
        }
    }
}
