//! Sharing a whole out in proportion, to the last fen: largest remainder (Hare and Niemeyer).

/// Shares of `total` in proportion to `weights`. They add up to `total` exactly; of equal
/// remainders the earlier gets more. All are 0 when no weight is above 0.
pub(super) fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (at, &weight) in weights.iter().enumerate() {
        let product = u128::from(total) * u128::from(weight);
        // No share is above the total.
        shares.push(u64::try_from(product / sum).unwrap_or(total));
        remainders.push((product % sum, at));
    }
    remainders.sort_by_key(|&(remainder, at)| (std::cmp::Reverse(remainder), at));
    let mut left = total.saturating_sub(shares.iter().sum());
    for (_, at) in remainders {
        if left == 0 {
            break;
        }
        if let Some(share) = shares.get_mut(at) {
            *share += 1;
            left -= 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_the_fen() {
        let weights: Vec<u64> = (0..134).map(|at| (at * 7_919) % 61).collect();
        for total in [0, 1, 2_000, 1_800_000_000, 1_799_999_999] {
            let shares = apportion(total, &weights);
            assert_eq!(shares.iter().sum::<u64>(), total);
        }
    }

    #[test]
    fn the_largest_remainders_get_the_rest() {
        assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(apportion(7, &[6, 1, 0]), [6, 1, 0]);
        assert_eq!(apportion(5, &[0, 0]), [0, 0]);
        assert_eq!(apportion(5, &[]), Vec::<u64>::new());
    }
}
