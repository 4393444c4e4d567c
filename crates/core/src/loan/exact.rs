//! Exact sums of interest: one rounding, shared out by largest remainder.
//!
//! A balance in fen times a rate in parts per million times a part of a year is a whole number of
//! [`UNITS`]ths of a fen. Only where interest was paid in part are there other fractions; then
//! whole numbers of any length do the same.

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{CheckedAdd, CheckedMul, CheckedSub, FromPrimitive, ToPrimitive, Zero};

use crate::money::{Fen, Rounding};

use super::day_count::PARTS_A_YEAR;
use super::rate::Rate;

/// Parts of a fen in which interest is counted.
pub(super) const UNITS: u128 = 1_603_080_000_000;

/// The interest of a balance at a rate, over so many parts of a year, in [`UNITS`]ths of a fen.
/// `None` where it is below nothing or too large.
pub(super) fn interest(balance: Fen, rate: Rate, parts: i64) -> Option<u128> {
    let balance = u128::try_from(balance.get()).ok()?;
    let rate = u128::try_from(rate.get()).ok()?;
    let parts = u128::try_from(parts).ok()?;
    balance.checked_mul(rate)?.checked_mul(parts)
}

/// Units as whole fen.
pub(super) fn rounded(units: u128, rounding: Rounding) -> Option<Fen> {
    let (whole, rest) = units.div_rem(&UNITS);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest > 0,
        Rounding::HalfUp => rest.checked_mul(2)? >= UNITS,
    };
    let fen = whole.checked_add(u128::from(up))?;
    i64::try_from(fen).ok().map(Fen::new)
}

/// A fraction of a fen, not below nothing; the denominator is above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) numerator: u128,
    pub(super) denominator: u128,
}

/// One group of parts, as a year is: what it comes to, and each part in it.
pub(super) type Shares = Vec<(Fen, Vec<Fen>)>;

/// Groups of parts summed, rounded half up once, and shared out by largest remainder: the sum over
/// the groups, then each over its parts. Of equal remainders the earlier is first. `None` where a
/// number is too large.
pub(super) fn share(groups: &[Vec<Part>]) -> Option<(Fen, Shares)> {
    let all = groups.iter().flatten();
    let first = all.clone().next().map_or(1, |part| part.denominator);
    if all.clone().all(|part| part.denominator == first) {
        let numerator = |part: &Part| Some(part.numerator);
        if let Some(shares) = shared::<u128>(groups, &first, numerator) {
            return Some(shares);
        }
    }
    let mut denominators: Vec<u128> = all.map(|part| part.denominator).collect();
    denominators.sort_unstable();
    denominators.dedup();
    let one = BigUint::from(1_u32);
    let common = denominators.iter().try_fold(one, |common, denominator| {
        common.checked_mul(&BigUint::from(*denominator))
    })?;
    let numerator = |part: &Part| {
        let (others, _) = common.div_rem(&BigUint::from(part.denominator));
        others.checked_mul(&BigUint::from(part.numerator))
    };
    shared::<BigUint>(groups, &common, numerator)
}

/// A whole number not below nothing.
trait Whole:
    Integer + CheckedAdd + CheckedSub + CheckedMul + FromPrimitive + ToPrimitive + Zero + Clone
{
}

impl<N> Whole for N where
    N: Integer + CheckedAdd + CheckedSub + CheckedMul + FromPrimitive + ToPrimitive + Zero + Clone
{
}

fn shared<N: Whole>(
    groups: &[Vec<Part>],
    denominator: &N,
    numerator: impl Fn(&Part) -> Option<N>,
) -> Option<(Fen, Shares)> {
    if denominator.is_zero() {
        return None;
    }
    let numerators: Option<Vec<Vec<N>>> = groups
        .iter()
        .map(|group| group.iter().map(&numerator).collect())
        .collect();
    let numerators = numerators?;
    let sum = |parts: &Vec<N>| {
        let mut parts = parts.iter();
        parts.try_fold(N::zero(), |sum, part| sum.checked_add(part))
    };
    let sums: Option<Vec<N>> = numerators.iter().map(sum).collect();
    let sums = sums?;
    let (whole, rest) = sum(&sums)?.div_rem(denominator);
    let up = rest.checked_add(&rest)? >= *denominator;
    let total = whole.to_i64()?.checked_add(i64::from(up))?;
    let of_groups = divided(total, &sums, denominator)?;
    let shares: Option<Shares> = of_groups
        .into_iter()
        .zip(&numerators)
        .map(|(fen, parts)| {
            let parts = divided(fen, parts, denominator)?;
            Some((Fen::new(fen), parts.into_iter().map(Fen::new).collect()))
        })
        .collect();
    Some((Fen::new(total), shares?))
}

/// So many fen over fractions of one denominator: each its whole fen, and one more for those with
/// the largest remainders, until all are given.
fn divided<N: Whole>(total: i64, numerators: &[N], denominator: &N) -> Option<Vec<i64>> {
    let mut shares = Vec::with_capacity(numerators.len());
    let mut remainders = Vec::with_capacity(numerators.len());
    let mut left = total;
    for (place, numerator) in numerators.iter().enumerate() {
        let (whole, rest) = numerator.div_rem(denominator);
        let whole = whole.to_i64()?;
        left = left.checked_sub(whole)?;
        shares.push(whole);
        remainders.push((rest, place));
    }
    remainders.sort_by(|(one, at), (two, beside)| two.cmp(one).then(at.cmp(beside)));
    // A group's sum may have been given a fen less than its parts' whole fen: never, for the sum's
    // own whole fen are at least those of its parts.
    for (_, place) in remainders {
        if left <= 0 {
            break;
        }
        if let Some(share) = shares.get_mut(place) {
            *share = share.checked_add(1)?;
        }
        left = left.checked_sub(1)?;
    }
    (left == 0).then_some(shares)
}

const _: () = assert!(PARTS_A_YEAR == 1_603_080);
