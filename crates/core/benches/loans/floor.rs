//! The floor: the interest of a quarter as one would write it by hand for loans that are drawn at
//! once, below every cap, at one rate, due each month by actual/365, and paid wholly or late.

use sizhu_core::loan::{EventKind, HolderFacts, RateTerms, SubsidyPeriod};

/// A fen in parts: 365 days times a million.
const UNITS: i128 = 365_000_000;

/// What all loans get for the period, in fen.
pub(crate) fn pass(holders: &[HolderFacts], period: SubsidyPeriod) -> i64 {
    holders.iter().map(|holder| loan(holder, period)).sum()
}

fn loan(holder: &HolderFacts, period: SubsidyPeriod) -> i64 {
    let loan = &holder.loans[0];
    let terms = loan.contract.terms();
    let RateTerms::Fixed { rate } = terms.rate else {
        return 0;
    };
    let day = i128::from(terms.principal.get()) * i128::from(rate.get());
    let (mut units, mut asked) = (0_i128, 0_i128);
    let mut from = terms.starts_on;
    for month in 1..=12 {
        let due_on = terms.starts_on.plus_months(month).unwrap();
        let whole = day * i128::from(from.days_until(due_on));
        let interest = (whole * 2 + UNITS) / (UNITS * 2);
        let mut paid = -asked;
        for event in &loan.events {
            if let EventKind::Repaid { interest, .. } = event.what()
                && event.on() <= due_on
            {
                paid += i128::from(interest.get());
            }
        }
        asked += interest;
        let counted = paid.clamp(0, interest);
        let inside = from
            .max(period.from)
            .days_until(due_on.min(period.until))
            .max(0);
        if inside > 0 && counted > 0 {
            // Payments are of whole due days, so what is paid is all of it or none.
            assert_eq!(counted, interest);
            let part = day * i128::from(inside);
            units += if whole > interest * UNITS {
                // Rounded down by the bank: no more than was paid.
                (part * interest * UNITS + whole / 2) / whole
            } else {
                part
            };
        }
        from = due_on;
    }
    i64::try_from((units * 2 + UNITS) / (UNITS * 2)).unwrap()
}
