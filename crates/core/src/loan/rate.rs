//! Yearly rates of interest, and how a contract says its own.

use serde::{Deserialize, Serialize};

use crate::word::words;

/// A yearly rate in parts per million: 43,500 is 4.35 % a year. From 0 to 1,000,000 (100 %).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "i64", into = "i64")]
pub struct Rate(i64);

/// The number is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected parts per million from 0 to 1000000")]
pub struct RateError;

impl Rate {
    /// No interest.
    pub const ZERO: Self = Self(0);

    /// So many parts per million a year, if that is a rate.
    #[must_use]
    pub fn new(parts_per_million: i64) -> Option<Self> {
        (0..=1_000_000)
            .contains(&parts_per_million)
            .then_some(Self(parts_per_million))
    }

    /// Parts per million a year.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// This rate and so many basis points (0.01 %) more or fewer. A spread never makes a rate
    /// that is none: it stops at nothing and at 100 %.
    #[must_use]
    pub fn plus_basis_points(self, points: i64) -> Self {
        let parts = points.saturating_mul(100);
        Self(self.0.saturating_add(parts).clamp(0, 1_000_000))
    }
}

impl TryFrom<i64> for Rate {
    type Error = RateError;

    fn try_from(number: i64) -> Result<Self, RateError> {
        Self::new(number).ok_or(RateError)
    }
}

impl From<Rate> for i64 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

words! {
    /// The two terms of the Loan Prime Rate (贷款市场报价利率, LPR; PBoC notice 中国人民银行公告
    /// 〔2019〕第15号).
    pub enum Tenor {
        /// 1年期
        OneYear = "one_year",
        /// 5年期以上
        OverFiveYears = "over_five_years",
    }
}

/// How a contract says its rate; in JSON by `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RateTerms {
    /// The same until an event changes it.
    Fixed {
        /// The rate.
        #[serde(rename = "rate_ppm")]
        rate: Rate,
    },
    /// The Loan Prime Rate of a day, and basis points.
    Prime {
        /// Which of the two.
        tenor: Tenor,
        /// More than the Loan Prime Rate, or fewer: 50 is 0.5 %.
        basis_points: i64,
        /// Every how many months, counted from the first day, the rate follows the Loan Prime Rate
        /// then in force; `None`: it is fixed on the first day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reset_months: Option<u32>,
    },
}
