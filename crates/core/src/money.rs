//! Money: whole fen, checked arithmetic, and the one place where an amount is rounded.

use std::fmt;
use std::num::NonZeroI64;

use serde::{Deserialize, Serialize};

use crate::word::words;

/// An amount in fen (1 yuan = 100 fen). May be negative: differences are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Fen(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of so many fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// The number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or `None` on overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` on overflow.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The amount with its sign turned, or `None` on overflow.
    #[must_use]
    pub fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }

    /// The amount times a ratio, exact up to the one rounding; `None` if the result has no `i64`.
    #[must_use]
    pub fn times(self, ratio: Ratio, rounding: Rounding) -> Option<Self> {
        let product = i128::from(self.0).checked_mul(i128::from(ratio.numerator))?;
        let divisor = i128::from(ratio.denominator.get());
        let negative = (product < 0) != (divisor < 0);
        let (product, divisor) = (product.unsigned_abs(), divisor.unsigned_abs());
        let whole = product.checked_div(divisor)?;
        let rest = product.checked_rem(divisor)?;
        let away = match rounding {
            Rounding::Down => false,
            Rounding::Up => rest > 0,
            Rounding::HalfUp => rest.checked_mul(2)? >= divisor,
        };
        let magnitude = i128::try_from(whole.checked_add(u128::from(away))?).ok()?;
        let signed = if negative {
            magnitude.checked_neg()?
        } else {
            magnitude
        };
        i64::try_from(signed).ok().map(Self)
    }

    /// The amount so many times, or `None` on overflow.
    #[must_use]
    pub fn times_count(self, count: u32) -> Option<Self> {
        self.0.checked_mul(i64::from(count)).map(Self)
    }

    /// The sum of all, or `None` on overflow.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// Yuan with two decimals, without thousands separators: `4600.00`, `-0.05`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        write!(
            f,
            "{sign}{}.{:02}",
            magnitude.div_euclid(100),
            magnitude.rem_euclid(100)
        )
    }
}

const BASIS_POINTS_OF_ONE: NonZeroI64 = match NonZeroI64::new(10_000) {
    Some(whole) => whole,
    // Never taken; `unwrap` in a constant would say the same less plainly.
    None => NonZeroI64::MAX,
};

/// An exact ratio of two whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: i64,
    denominator: NonZeroI64,
}

impl Ratio {
    /// `numerator / denominator`, or `None` if the denominator is 0.
    #[must_use]
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        NonZeroI64::new(denominator).map(|denominator| Self {
            numerator,
            denominator,
        })
    }

    /// So many basis points (1 = 0.01 %).
    #[must_use]
    pub fn basis_points(points: i64) -> Self {
        Self {
            numerator: points,
            denominator: BASIS_POINTS_OF_ONE,
        }
    }
}

words! {
    /// What happens to a part of a fen. All three treat negative amounts as the mirror of positive
    /// ones, so that a correction undoes exactly what it corrects.
    pub enum Rounding {
        /// 四舍五入: halves go away from zero.
        HalfUp = "half_up",
        /// Towards zero.
        Down = "down",
        /// Away from zero.
        Up = "up",
    }
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn displays_yuan() {
        assert_eq!(Fen::new(460_000).to_string(), "4600.00");
        assert_eq!(Fen::new(-5).to_string(), "-0.05");
        assert_eq!(Fen::new(i64::MIN).to_string(), "-92233720368547758.08");
    }

    #[test]
    fn rounds_once_and_symmetrically() {
        let half = Ratio::new(1, 2).unwrap();
        for (fen, up, down, half_up) in [(3, 2, 1, 2), (-3, -2, -1, -2), (4, 2, 2, 2)] {
            assert_eq!(Fen::new(fen).times(half, Rounding::Up), Some(Fen::new(up)));
            assert_eq!(
                Fen::new(fen).times(half, Rounding::Down),
                Some(Fen::new(down))
            );
            assert_eq!(
                Fen::new(fen).times(half, Rounding::HalfUp),
                Some(Fen::new(half_up))
            );
        }
        let third = Ratio::new(-1, -3).unwrap();
        assert_eq!(
            Fen::new(100).times(third, Rounding::HalfUp),
            Some(Fen::new(33))
        );
        let rate = Ratio::basis_points(375);
        assert_eq!(
            Fen::new(1_000_000).times(rate, Rounding::HalfUp),
            Some(Fen::new(37_500))
        );
        assert!(Ratio::new(1, 0).is_none());
    }

    #[test]
    fn overflow_is_none() {
        let double = Ratio::new(2, 1).unwrap();
        assert_eq!(Fen::new(i64::MAX).times(double, Rounding::Down), None);
        assert_eq!(Fen::new(i64::MAX).times_count(2), None);
        assert_eq!(Fen::sum([Fen::new(i64::MAX), Fen::new(1)]), None);
        assert_eq!(Fen::new(i64::MIN).checked_neg(), None);
    }

    proptest! {
        #[test]
        fn rounding_is_within_one_fen(fen: i64, numerator in 0i64..10_000, denominator in 1i64..10_000) {
            let ratio = Ratio::new(numerator.min(denominator), denominator).unwrap();
            let down = Fen::new(fen).times(ratio, Rounding::Down).unwrap().get();
            let half = Fen::new(fen).times(ratio, Rounding::HalfUp).unwrap().get();
            let up = Fen::new(fen).times(ratio, Rounding::Up).unwrap().get();
            prop_assert!(down.abs() <= half.abs() && half.abs() <= up.abs());
            prop_assert!(up.abs() - down.abs() <= 1);
        }
    }
}
