//! Made-up loans: a year of monthly interest, paid on its day, a few days late or in part.

use sizhu_core::loan::{
    Borrower, Contract, ContractTerms, DayCount, Draw, EventKind, HolderFacts, Loan, LoanEvent,
    LoanPurpose, PrimeRates, Rate, RateTerms, Repayment,
};
use sizhu_core::{Day, Fen, HolderId, LoanEventId, LoanId, Rounding};

/// Chance from a seed (splitmix64).
fn chance(seed: &mut u64, bound: u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % bound
}

/// So many holders with one loan each, the same each time.
pub(crate) fn holders(count: u64) -> Vec<HolderFacts> {
    let mut seed = 1;
    (1..=count)
        .map(|number| holder(number, &mut seed))
        .collect()
}

fn holder(number: u64, seed: &mut u64) -> HolderFacts {
    let id = uuid::Uuid::from_u128(u128::from(number));
    let start = Day::parse("2023-06-01").unwrap();
    let start = start.plus_days(chance(seed, 200) as u32).unwrap();
    let principal = 1_000_000 + chance(seed, 4_000_001) as i64;
    let rate = 30_000 + chance(seed, 20_001) as i64;
    let terms = ContractTerms {
        principal: Fen::new(principal),
        draw: Draw::AtStart,
        rate: RateTerms::Fixed {
            rate: Rate::new(rate).unwrap(),
        },
        day_count: DayCount::Actual365,
        starts_on: start,
        ends_on: start.plus_months(12).unwrap(),
        repayment: Repayment::InterestOnly,
        every_months: 1,
        first_due_on: None,
        rounding: Rounding::HalfUp,
    };
    let mut events = Vec::new();
    for month in 1..=12 {
        let (from, due_on) = (
            start.plus_months(month - 1).unwrap(),
            start.plus_months(month).unwrap(),
        );
        let late = if chance(seed, 10) == 0 {
            chance(seed, 20)
        } else {
            0
        };
        let exact = principal * rate * from.days_until(due_on);
        let interest = (exact + 182_500_000) / 365_000_000;
        let what = EventKind::Repaid {
            due_on: Some(due_on),
            principal: Fen::ZERO,
            interest: Fen::new(interest),
            penalty: Fen::ZERO,
        };
        let id = uuid::Uuid::from_u128(u128::from(number * 100 + u64::from(month)));
        let on = due_on.plus_days(late as u32).unwrap();
        events.push(LoanEvent::new(LoanEventId::new(id), on, what).unwrap());
    }
    HolderFacts {
        holder: HolderId::new(id),
        facts: Default::default(),
        loans: vec![Loan {
            id: LoanId::new(id),
            contract_no: format!("C{number}"),
            contract: Contract::new(terms).unwrap(),
            borrower: Borrower::Household,
            purpose: LoanPurpose::Production,
            households_led: None,
            family_kept_policy: Some(true),
            events,
        }],
        prime_rates: PrimeRates::default(),
    }
}
