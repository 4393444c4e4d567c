//! The edges of rules and histories: first and last days, caps, events that end a subsidy.

use uuid::Uuid;

use super::world::{
    amounts, day, decide, fuqing, fuqing_but, holder, loan, period, principal, rate, terms,
};
use crate::id::LoanId;
use crate::loan::{
    Borrower, DayCount, EventKind, Loan, LoanDecision, LoanError, Rate, RateTerms, Reason,
    Repayment, SubsidyPeriod, periods, subsidise,
};
use crate::money::Fen;
use crate::trace::{ClauseResult, Outcome};

const YEAR: (&str, &str) = ("2018-07-01", "2019-07-01");

fn one() -> Loan {
    loan(1, terms(YEAR.0, YEAR.1))
}

fn in_year(loan: Loan) -> LoanDecision {
    let year = period(YEAR.0, YEAR.1);
    decide(&fuqing(), &holder(vec![loan]), year, "2020-01-01").remove(0)
}

#[test]
fn a_default_ends_the_subsidy_on_its_day() {
    let decision = in_year(one().all_paid().with("2019-04-01", EventKind::Defaulted {}));
    // 274 of 365 days.
    assert_eq!(decision.amount, Fen::new(187_671));
    let last = decision.segments.last().unwrap();
    assert_eq!(
        (last.from, &last.reasons[..]),
        (day("2019-04-01"), &[Reason::Defaulted][..])
    );
    let order = decision.trace.clause("loan_in_order").unwrap();
    assert_eq!(order.result, ClauseResult::Note);
}

#[test]
fn money_used_for_something_else_ends_it_too() {
    let decision = in_year(
        one()
            .all_paid()
            .with("2018-07-01", EventKind::PurposeFailed {}),
    );
    assert_eq!(
        (decision.amount, decision.outcome),
        (Fen::ZERO, Outcome::Refused)
    );
    let order = decision.trace.clause("loan_in_order").unwrap();
    assert_eq!(order.result, ClauseResult::Fail);
}

#[test]
fn principal_repaid_or_written_off_is_subsidised_until_the_day_before() {
    for what in [
        principal(5_000_000),
        EventKind::Prepaid {
            principal: Fen::new(5_000_000),
            interest: Fen::ZERO,
        },
        EventKind::WrittenOff {
            principal: Fen::new(5_000_000),
        },
    ] {
        let decision = in_year(one().all_paid().with("2019-04-01", what));
        assert_eq!(decision.amount, Fen::new(187_671), "{what:?}");
    }
}

#[test]
fn overdue_principal_is_never_subsidised() {
    let mut half = terms("2018-07-01", "2019-07-01");
    half.repayment = Repayment::EqualPrincipal;
    half.every_months = 6;
    half.principal = Fen::new(4_000_000);
    // The first half fell due on 1 January and was not repaid.
    let decision = in_year(loan(1, half).all_paid());
    // 40,000 x 5 % x 184/365 = 1008.22 and 20,000 x 5 % x 181/365 = 495.89.
    assert_eq!(decision.amount, Fen::new(100_822 + 49_589));
    let last = decision.segments.last().unwrap();
    assert_eq!(
        (last.balance, last.eligible),
        (Fen::new(4_000_000), Fen::new(2_000_000))
    );
    assert!(last.reasons.contains(&Reason::OverduePrincipal));
}

#[test]
fn an_extension_lets_the_balance_stand() {
    let short = loan(1, terms("2018-07-01", "2019-01-01")).all_paid();
    let until_new_year = in_year(short.clone()).amount;
    assert_eq!(until_new_year, Fen::new(126_027));
    let extended = EventKind::Extended {
        ends_on: day("2019-07-01"),
    };
    assert_eq!(
        in_year(short.with("2019-01-01", extended)).amount,
        Fen::new(250_000)
    );
}

#[test]
fn the_households_led_make_the_cap_of_a_cooperative() {
    let led = fuqing_but(&[
        (
            "window_start = \"window_start\"",
            "window_start = \"window_start\"\nprincipal_cap_per_household_led = \"led\"",
        ),
        (
            "[[values.window_start]]",
            "[[values.led]]\nfrom = \"2018-07-01\"\nvalue = \"10000 yuan\"\nassumed = \"a test\"\n\n[[values.window_start]]",
        ),
        (
            "is = \"household\"",
            "in = [\"household\", \"cooperative\"]",
        ),
    ]);
    let year = period(YEAR.0, YEAR.1);
    let mut large = terms(YEAR.0, YEAR.1);
    large.principal = Fen::new(20_000_000);
    let of = |households: Option<u32>, borrower| {
        let mut it = loan(1, large).all_paid();
        (it.borrower, it.households_led) = (borrower, households);
        decide(&led, &holder(vec![it]), year, "2020-01-01").remove(0)
    };
    let cooperative = Borrower::Cooperative;
    assert_eq!(of(Some(7), cooperative).amount, Fen::new(350_000));
    assert_eq!(of(Some(0), cooperative).amount, Fen::ZERO);
    assert_eq!(of(Some(7), Borrower::Household).amount, Fen::new(250_000));
    let open = of(None, cooperative);
    assert_eq!(open.outcome, Outcome::Undetermined);
    assert_eq!(open.missing, ["loan_households_led"]);
}

#[test]
fn a_missing_fact_leaves_the_loan_undetermined_and_keeps_its_share_of_the_cap() {
    let mut unknown = loan(1, terms(YEAR.0, YEAR.1)).all_paid();
    unknown.family_kept_policy = None;
    let mut small = terms(YEAR.0, YEAR.1);
    small.starts_on = day("2018-07-02");
    let known = loan(2, small).all_paid();
    let year = period(YEAR.0, YEAR.1);
    let both = holder(vec![unknown, known]);
    let decisions = decide(&fuqing(), &both, year, "2020-01-01");
    assert_eq!(decisions[0].outcome, Outcome::Undetermined);
    assert_eq!(decisions[0].missing, ["family_kept_policy"]);
    let kept = decisions[0].trace.clause("family").unwrap();
    assert_eq!(kept.result, ClauseResult::Undetermined);
    // What is left for sure: the one day on which no other loan stands is before its start.
    assert_eq!(decisions[1].amount, Fen::ZERO);
    assert_eq!(decisions[1].segments[0].reasons, [Reason::CapOfOthers]);
}

#[test]
fn a_year_in_which_interest_was_never_paid_is_used_all_the_same() {
    let it = loan(1, terms("2018-07-01", "2023-07-01"));
    // Only the fourth year's interest was paid in time: nothing of it is subsidised.
    let year = period("2021-07-01", "2022-07-01");
    let decisions = decide(&fuqing(), &holder(vec![it.all_paid()]), year, "2024-01-01");
    assert_eq!(decisions[0].segments[0].reasons, [Reason::TimesUsed]);
    let unpaid = loan(1, terms("2018-07-01", "2023-07-01"));
    let decisions = decide(&fuqing(), &holder(vec![unpaid]), year, "2024-01-01");
    assert_eq!(decisions[0].segments[0].reasons, [Reason::TimesUsed]);
}

#[test]
fn years_before_the_platform_count() {
    let mut facts = holder(vec![one().all_paid()]);
    for (before, fen) in [(2, 250_000), (3, 0)] {
        let known = serde_json::json!({"loan_times_subsidised": before});
        facts.facts = serde_json::from_value(known).unwrap();
        let decisions = decide(&fuqing(), &facts, period(YEAR.0, YEAR.1), "2020-01-01");
        assert_eq!(amounts(&decisions), [fen]);
    }
}

#[test]
fn days_of_a_calendar_year_are_told_apart() {
    let decision = in_year(one().all_paid());
    let years: Vec<(i32, u32, i64)> = decision
        .by_year
        .iter()
        .map(|it| (it.year, it.days, it.amount.get()))
        .collect();
    // 126027.397 and 123972.603 fen.
    assert_eq!(years, [(2018, 184, 126_027), (2019, 181, 123_973)]);
}

#[test]
fn a_leap_year_counts_as_its_day_count_says() {
    let of = |count| {
        let pack = fuqing_but(&[("value = \"actual/365\"", count)]);
        let mut leap = terms("2019-07-01", "2020-07-01");
        leap.day_count = DayCount::Actual360;
        let year = period("2019-07-01", "2020-07-01");
        let decisions = decide(
            &pack,
            &holder(vec![loan(1, leap).all_paid()]),
            year,
            "2021-01-01",
        );
        amounts(&decisions)[0]
    };
    assert_eq!(of("value = \"actual/365\""), 250_685);
    // 184 days of 2019 by 365 and 182 of 2020 by 366.
    assert_eq!(of("value = \"actual/actual-isda\""), 250_344);
    assert_eq!(of("value = \"30/360\""), 250_000);
    assert_eq!(of("value = \"months-and-days\""), 250_000);
    // The bank rounds 638.89, 638.89, 631.94 and 631.94 yuan: two thirds of a fen were not paid.
    assert_eq!(of("value = \"actual/360\""), 254_166);
}

#[test]
fn periods_are_quarters_or_years_of_the_subsidy_year() {
    let told = |it: &[SubsidyPeriod]| -> Vec<String> {
        it.iter()
            .map(|it| format!("{}..{}", it.from, it.until))
            .collect()
    };
    let years = periods(&fuqing(), day("2019-06-30"), day("2019-07-02")).unwrap();
    assert_eq!(
        told(&years),
        ["2018-07-01..2019-07-01", "2019-07-01..2020-07-01"]
    );
    let quarters = fuqing_but(&[("value = \"year_end\"", "value = \"quarter_end\"")]);
    let quarters = periods(&quarters, day("2018-12-31"), day("2019-01-02")).unwrap();
    assert_eq!(
        told(&quarters),
        ["2018-10-01..2019-01-01", "2019-01-01..2019-04-01"]
    );
    assert_eq!(
        periods(&fuqing(), day("2019-01-01"), day("2019-01-01")),
        Err(LoanError::Period)
    );
}

#[test]
fn the_largest_loan_for_the_longest_time_is_counted_exactly() {
    let mut largest = terms("1970-01-01", "2020-01-01");
    largest.principal = Fen::new(1_000_000_000_000);
    largest.rate = rate(1_000_000);
    largest.repayment = Repayment::Bullet;
    let mut all = holder(vec![loan(1, largest).paid("2020-01-01", 7)]);
    let whole = period("1970-01-01", "2020-01-01");
    let decision = decide(&fuqing(), &all, whole, "2020-01-01").remove(0);
    // A few fen were paid of it: no more is given.
    assert!(decision.amount <= Fen::new(7));
    // More loans than an amount has room for are refused as a value.
    let mut drawn = largest;
    drawn.repayment = Repayment::EqualInstalments;
    drawn.every_months = 1;
    drawn.rate = RateTerms::Fixed {
        rate: Rate::new(1_000_000).unwrap(),
    };
    all.loans = vec![loan(1, drawn).all_paid()];
    assert!(subsidise(&fuqing(), &all, whole, day("2020-01-01")).is_ok());
    all.loans = vec![one(), one()];
    let again = subsidise(&fuqing(), &all, whole, day("2020-01-01"));
    assert_eq!(
        again,
        Err(LoanError::DuplicateLoan(LoanId::new(Uuid::from_u128(1))))
    );
}

#[test]
fn programmes_of_something_else_are_refused() {
    let limited = fuqing_but(&[(
        "payee = \"household\"",
        "payee = \"household\"\nlimits = { per_year = \"principal_cap\" }",
    )]);
    let year = period(YEAR.0, YEAR.1);
    let refused = subsidise(&limited, &holder(vec![one()]), year, day("2020-01-01"));
    assert_eq!(refused, Err(LoanError::Programme));
}
