//! Instalments: equal sums that repay a loan with its interest, exact before one rounding.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{CheckedAdd, CheckedMul, CheckedSub, Pow, ToPrimitive};

use crate::money::{Fen, Ratio, Rounding};

use super::rate::Rate;

/// An equal part of the principal, half up to the fen. `None` for no parts.
pub(super) fn even(owed: Fen, dues: u32) -> Option<Fen> {
    owed.times(Ratio::new(1, i64::from(dues))?, Rounding::HalfUp)
}

/// The instalment (等额本息) that repays what is owed in so many equal sums, the first after a
/// period of so many months: owed x i x (1 + i)^n / ((1 + i)^n - 1) with i the yearly rate x months
/// / 12, half up to the fen. `None` for no instalments, or a number too large.
pub(super) fn instalment(owed: Fen, rate: Rate, months: u32, dues: u32) -> Option<Fen> {
    let i = u64::try_from(rate.get())
        .ok()?
        .checked_mul(u64::from(months))?;
    if i == 0 {
        return even(owed, dues);
    }
    // i = above / below
    let common = i.gcd(&12_000_000);
    let above = BigUint::from(i.checked_div(common)?);
    let below = BigUint::from(12_000_000_u64.checked_div(common)?);
    let grown = above.checked_add(&below)?.pow(dues);
    let gained = grown.checked_sub(&Pow::pow(&below, dues))?;
    let owed = BigUint::from(u64::try_from(owed.get()).ok()?);
    let product = owed.checked_mul(&above)?.checked_mul(&grown)?;
    let divisor = below.checked_mul(&gained)?;
    if dues == 0 {
        return None;
    }
    let (whole, rest) = product.div_rem(&divisor);
    let up = rest.checked_add(&rest)? >= divisor;
    let fen = whole.to_i64()?.checked_add(i64::from(up))?;
    Some(Fen::new(fen))
}
