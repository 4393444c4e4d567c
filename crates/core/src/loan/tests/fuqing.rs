//! The one rule that is public in full (Fuqing 2018), clause by clause.

use super::world::{amounts, decide, fuqing, holder, loan, period, rate, terms};
use crate::loan::{LoanPurpose, Reason};
use crate::money::Fen;

fn in_the_first_year(terms: crate::loan::ContractTerms) -> i64 {
    let holder = holder(vec![loan(1, terms).all_paid()]);
    let year = period("2018-07-01", "2019-07-01");
    amounts(&decide(&fuqing(), &holder, year, "2020-01-01"))[0]
}

#[test]
fn fifty_thousand_yuan_at_five_per_cent_for_the_whole_year_are_2500_yuan() {
    assert_eq!(
        in_the_first_year(terms("2018-07-01", "2019-07-01")),
        250_000
    );
}

#[test]
fn the_part_above_the_cap_and_above_five_per_cent_is_not_subsidised() {
    let mut larger = terms("2018-07-01", "2019-07-01");
    larger.principal = Fen::new(8_000_000);
    assert_eq!(in_the_first_year(larger), 250_000);
    let mut dearer = terms("2018-07-01", "2019-07-01");
    dearer.rate = rate(60_000);
    assert_eq!(in_the_first_year(dearer), 250_000);
}

#[test]
fn only_days_from_july_to_june_count() {
    assert_eq!(in_the_first_year(terms("2018-06-30", "2018-07-02")), 685);
    assert_eq!(in_the_first_year(terms("2018-06-30", "2018-07-01")), 0);
    assert_eq!(in_the_first_year(terms("2019-06-30", "2020-06-30")), 685);
    assert_eq!(in_the_first_year(terms("2019-07-01", "2020-06-30")), 0);
}

#[test]
fn by_actual_amount_rate_and_term() {
    let mut small = terms("2018-09-01", "2019-03-20");
    small.principal = Fen::new(3_000_000);
    small.rate = rate(43_500);
    assert_eq!(in_the_first_year(small), 71_507);
}

#[test]
fn a_fourth_year_is_not_subsidised() {
    let holder = holder(vec![loan(1, terms("2018-07-01", "2023-07-01")).all_paid()]);
    let mut paid = Vec::new();
    for year in 2018..2023 {
        let year = period(&format!("{year}-07-01"), &format!("{}-07-01", year + 1));
        let decisions = decide(&fuqing(), &holder, year, "2024-01-01");
        paid.push(decisions[0].amount.get());
        if year.from.year() >= 2021 {
            assert_eq!(decisions[0].segments[0].reasons, [Reason::TimesUsed]);
        }
    }
    // The second year holds 29 February.
    assert_eq!(paid, [250_000, 250_685, 250_000, 0, 0]);
}

#[test]
fn schooling_illness_debts_and_gambling_are_not_production() {
    for purpose in LoanPurpose::ALL {
        let mut one = loan(1, terms("2018-07-01", "2019-07-01")).all_paid();
        one.purpose = *purpose;
        let year = period("2018-07-01", "2019-07-01");
        let decisions = decide(&fuqing(), &holder(vec![one]), year, "2020-01-01");
        let paid = decisions[0].amount > Fen::ZERO;
        assert_eq!(paid, *purpose == LoanPurpose::Production);
    }
}

#[test]
fn the_cap_is_the_households() {
    let one = loan(1, terms("2018-07-01", "2019-07-01")).all_paid();
    let mut half = terms("2018-07-01", "2019-07-01");
    half.principal = Fen::new(3_000_000);
    let mut first = loan(2, half).all_paid();
    // Both start on one day: the contract number decides, not the id.
    first.contract_no = "B9".to_owned();
    let year = period("2018-07-01", "2019-07-01");
    let decisions = decide(&fuqing(), &holder(vec![one, first]), year, "2020-01-01");
    // The quarters of 30,000 yuan come to 378.08, 378.08, 369.86 and 373.97 yuan, each rounded by the
    // bank: 1499.99 yuan were paid, and never more than that is given.
    assert_eq!(amounts(&decisions), [100_000, 149_999]);
    assert_eq!(decisions[0].segments[0].reasons, [Reason::CapOfOthers]);
}
