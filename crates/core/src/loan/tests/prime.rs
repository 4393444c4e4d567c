//! The Loan Prime Rate: the table of the repository, what it does not know, faulty tables.

use super::world::{amounts, day, decide, fuqing, holder, loan, period, terms};
use crate::loan::{LoanError, PrimeRates, Rate, RateTerms, Tenor, preview, schedule};
use crate::stay::KnownFacts;
use crate::trace::Outcome;

fn table() -> PrimeRates {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../data/loan_prime_rate.csv"
    );
    PrimeRates::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn rate(tenor: Tenor, on: &str) -> Option<i64> {
    table().at(tenor, day(on)).map(|entry| entry.rate.get())
}

#[test]
fn the_table_knows_its_days_and_no_others() {
    let one = |on| rate(Tenor::OneYear, on);
    assert_eq!(one("2019-08-19"), None);
    assert_eq!(one("2019-08-20"), Some(42_500));
    assert_eq!(one("2019-09-19"), Some(42_500));
    assert_eq!(one("2019-09-20"), Some(42_000));
    assert_eq!(one("2024-10-20"), Some(33_500));
    assert_eq!(one("2025-08-19"), Some(30_000));
    assert_eq!(one("2025-08-20"), None);
    assert_eq!(rate(Tenor::OverFiveYears, "2024-02-20"), Some(39_500));
    assert_eq!(table().entries().len(), 25);
    // Rates only ever fell, and never moved by more than a quarter of a per cent.
    for tenor in Tenor::ALL {
        let all: Vec<i64> = table()
            .entries()
            .iter()
            .filter(|entry| entry.tenor == *tenor)
            .map(|entry| entry.rate.get())
            .collect();
        let steps = all.windows(2).map(|pair| pair[0] - pair[1]);
        assert!(steps.into_iter().all(|step| (500..=2_500).contains(&step)));
    }
}

#[test]
fn faults_name_their_lines() {
    let header = "tenor,valid_from,known_until,rate_ppm,instrument,address,class";
    let good = "one_year,2019-08-20,,42500,a notice,,official";
    let read = |lines: &[&str]| PrimeRates::parse(&lines.join("\n"));
    assert!(read(&[header, good]).is_ok());
    for (line, expected) in [
        (
            "two_years,2019-09-20,,42500,a notice,,official",
            "one_year or over_five_years",
        ),
        (
            "one_year,2019-9-20,,42500,a notice,,official",
            "a day in valid_from",
        ),
        (
            "one_year,2019-09-20,soon,42500,a notice,,official",
            "a day or nothing in known_until",
        ),
        (
            "one_year,2019-09-20,2019-09-20,42500,a notice,,official",
            "known_until after valid_from",
        ),
        (
            "one_year,2019-09-20,,4.25,a notice,,official",
            "parts per million in rate_ppm",
        ),
        (
            "one_year,2019-09-20,,1000001,a notice,,official",
            "parts per million in rate_ppm",
        ),
        ("one_year,2019-09-20,,42500,,,official", "an instrument"),
        (
            "one_year,2019-09-20,,42500,a notice,,rumour",
            "a class of source",
        ),
        (
            "one_year,2019-09-20,,42500",
            "seven columns parted by commas",
        ),
        (good, "a tenor and a day of its own"),
    ] {
        let faults = read(&[header, good, line]).unwrap_err();
        let told: Vec<(usize, &str)> = faults.iter().map(|it| (it.line, it.expected)).collect();
        assert_eq!(told, [(3, expected)], "{line}");
    }
    assert_eq!(read(&["tenor,rate"]).unwrap_err()[0].line, 1);
    assert_eq!(PrimeRates::parse("").unwrap_err()[0].line, 1);
}

fn prime(points: i64, reset_months: Option<u32>) -> RateTerms {
    RateTerms::Prime {
        tenor: Tenor::OneYear,
        basis_points: points,
        reset_months,
    }
}

#[test]
fn a_loan_follows_the_rate_on_its_reset_days() {
    let mut contract = terms("2019-10-01", "2020-10-01");
    contract.rate = prime(50, Some(3));
    let plan = schedule(&loan(1, contract), &table()).unwrap();
    let rates: Vec<i64> = plan
        .instalments
        .iter()
        .map(|it| it.rate_ppm.get())
        .collect();
    assert_eq!(rates, [47_000, 46_500, 45_500, 43_500]);
    contract.rate = prime(50, None);
    let plan = schedule(&loan(1, contract), &table()).unwrap();
    assert!(
        plan.instalments
            .iter()
            .all(|it| it.rate_ppm.get() == 47_000)
    );
    assert_eq!(plan.presumed_from, None);
}

#[test]
fn a_spread_makes_no_rate_below_nothing() {
    let low = Rate::new(10_000).unwrap();
    assert_eq!(low.plus_basis_points(-500), Rate::ZERO);
    assert_eq!(low.plus_basis_points(i64::MAX).get(), 1_000_000);
}

#[test]
fn a_rate_that_is_not_known_leaves_the_loan_undetermined_and_is_named() {
    let mut contract = terms("2019-08-01", "2020-08-01");
    contract.rate = prime(0, None);
    let mut facts = holder(vec![loan(1, contract).all_paid()]);
    facts.prime_rates = table();
    let year = period("2019-07-01", "2020-07-01");
    let decision = decide(&fuqing(), &facts, year, "2020-12-31").remove(0);
    assert_eq!(decision.outcome, Outcome::Undetermined);
    assert_eq!(decision.missing, ["prime_rate:one_year:2019-08-01"]);
    assert!(matches!(
        schedule(&facts.loans[0], &table()),
        Err(LoanError::PrimeRate {
            tenor: Tenor::OneYear,
            ..
        })
    ));
    contract.starts_on = day("2019-08-20");
    contract.ends_on = day("2020-08-20");
    facts.loans = vec![loan(1, contract).all_paid()];
    let decisions = decide(&fuqing(), &facts, year, "2020-12-31");
    assert!(amounts(&decisions)[0] > 180_000);
}

#[test]
fn a_plan_presumes_that_the_last_rate_stays_and_says_so() {
    let mut contract = terms("2025-06-01", "2026-06-01");
    contract.rate = prime(0, Some(3));
    let one = loan(1, contract);
    let plan = schedule(&one, &table()).unwrap();
    assert_eq!(plan.presumed_from, Some(day("2025-09-01")));
    let looked_at = preview(&fuqing(), &one, &KnownFacts::default(), &table()).unwrap();
    assert_eq!(looked_at.periods.len(), 2);
    assert!(
        looked_at
            .periods
            .iter()
            .all(|it| it.outcome == Outcome::Granted)
    );
    // What is decided, and not only looked at, presumes nothing.
    let mut facts = holder(vec![one.all_paid()]);
    facts.prime_rates = table();
    let year = period("2025-07-01", "2026-07-01");
    let decision = decide(&fuqing(), &facts, year, "2026-12-31").remove(0);
    assert_eq!(decision.outcome, Outcome::Undetermined);
    let missing = ["2025-09-01", "2025-12-01", "2026-03-01"];
    let missing: Vec<String> = missing
        .iter()
        .map(|it| format!("prime_rate:one_year:{it}"))
        .collect();
    assert_eq!(decision.missing, missing);
}
