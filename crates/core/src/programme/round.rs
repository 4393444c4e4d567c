//! Rounding of quotients: once an amount, half up.

use crate::money::Fen;

use super::form::OutOfRange;

/// A quotient of two whole numbers not below 0, rounded half up; `None` where it overflows or the
/// divisor is 0.
#[inline]
pub(crate) fn half_up(product: i64, divisor: i64) -> Option<i64> {
    let whole = product.checked_div(divisor)?;
    let rest = product.checked_rem(divisor)?;
    let up = rest.checked_mul(2)? >= divisor;
    whole.checked_add(i64::from(up))
}

/// As [`half_up`], of a larger product.
pub(crate) fn rounded(product: i128, divisor: i64) -> Result<Fen, OutOfRange> {
    let divisor = i128::from(divisor);
    let quotient = || {
        let whole = product.checked_div(divisor)?;
        let rest = product.checked_rem(divisor)?;
        let up = rest.checked_mul(2)? >= divisor;
        i64::try_from(whole.checked_add(i128::from(up))?).ok()
    };
    quotient().map(Fen::new).ok_or(OutOfRange)
}
