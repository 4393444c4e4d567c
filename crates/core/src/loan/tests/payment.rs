//! Interest paid, late, in part, not at all; what the bank asks; what is paid in advance.
//!
//! 50,000 yuan at 5 % over a year from 1 July 2018, due each quarter: 630.14, 630.14, 616.44 and
//! 623.29 yuan (92, 92, 90 and 91 days).

use super::world::{amounts, day, decide, fuqing, fuqing_but, holder, loan, period, rate, terms};
use crate::loan::{Difference, EventKind, Loan, LoanDecision, Reason};
use crate::money::Fen;
use crate::trace::{ClauseResult, Outcome};

const QUARTERS: [(&str, i64); 4] = [
    ("2018-10-01", 63_014),
    ("2019-01-01", 63_014),
    ("2019-04-01", 61_644),
    ("2019-07-01", 62_329),
];

fn one() -> Loan {
    loan(1, terms("2018-07-01", "2019-07-01"))
}

fn in_year(loan: Loan, as_of: &str) -> LoanDecision {
    let year = period("2018-07-01", "2019-07-01");
    decide(&fuqing(), &holder(vec![loan]), year, as_of).remove(0)
}

/// All quarters paid in time but one, of which `paid` on a day.
fn but(number: usize, paid: i64, on: &str) -> Loan {
    let mut it = one();
    for (place, (due_on, fen)) in QUARTERS.iter().enumerate() {
        it = if place != number {
            it.paid(due_on, *fen)
        } else if paid > 0 {
            it.paid(on, paid)
        } else {
            it
        };
    }
    it
}

#[test]
fn interest_paid_on_its_due_days_is_subsidised() {
    let decision = in_year(but(9, 0, ""), "2019-07-01");
    assert_eq!(decision.amount, Fen::new(250_000));
    assert_eq!((decision.days, decision.outcome), (365, Outcome::Granted));
    let paid = decision.trace.clause("interest_paid").unwrap();
    assert_eq!(paid.result, ClauseResult::Pass);
}

#[test]
fn the_day_after_the_due_day_is_late_but_for_the_days_of_grace() {
    let late = in_year(but(3, 62_329, "2019-07-02"), "2019-12-31");
    assert_eq!(late.amount, Fen::new(187_671));
    let last = late.segments.last().unwrap();
    assert_eq!(last.reasons, [Reason::NotPaid, Reason::PaidLate]);

    let graceful = fuqing_but(&[("value = \"0 days\"", "value = \"3 days\"")]);
    let year = period("2018-07-01", "2019-07-01");
    for (on, fen) in [
        ("2019-07-02", 250_000),
        ("2019-07-04", 250_000),
        ("2019-07-05", 187_671),
    ] {
        let holder = holder(vec![but(3, 62_329, on)]);
        assert_eq!(
            amounts(&decide(&graceful, &holder, year, "2019-12-31")),
            [fen],
            "{on}"
        );
    }
}

#[test]
fn a_part_that_was_paid_counts_in_proportion() {
    let half = in_year(but(3, 31_164, "2019-07-01"), "2019-12-31");
    // 623.29 x 311.64 / 623.29
    assert_eq!(half.amount, Fen::new(187_671 + 31_164));
    let last = half.segments.last().unwrap();
    assert_eq!(last.reasons, [Reason::PartPaid]);
}

#[test]
fn payments_settle_the_oldest_interest_first() {
    // The first quarter was not paid: each later payment settles the one before, too late.
    let decision = in_year(but(0, 0, ""), "2019-12-31");
    let paid: Vec<i64> = decision
        .segments
        .iter()
        .map(|it| it.subsidised.get())
        .collect();
    let by_quarter = paid.iter().sum::<i64>();
    assert_eq!(by_quarter, decision.amount.get());
    assert!(decision.amount <= Fen::new(1_370), "{}", decision.amount);
    let first = &decision.segments[0];
    assert_eq!(first.reasons, [Reason::NotPaid, Reason::PaidLate]);
}

#[test]
fn interest_not_due_yet_is_not_paid_yet() {
    let decision = in_year(but(9, 0, ""), "2019-06-30");
    assert_eq!(decision.amount, Fen::new(187_671));
    let last = decision.segments.last().unwrap();
    assert_eq!(last.reasons, [Reason::NotDueYet]);
}

#[test]
fn the_smaller_of_the_banks_interest_and_ours_counts() {
    let less = in_year(but(9, 0, "").asked("2019-07-01", 62_000), "2019-12-31");
    assert_eq!(less.amount, Fen::new(187_671 + 62_000));
    assert_eq!(
        less.differences,
        [Difference {
            due_on: day("2019-07-01"),
            ours: Fen::new(62_329),
            banks: Fen::new(62_000),
        }]
    );
    let more = in_year(one().all_paid().asked("2019-07-01", 70_000), "2019-12-31");
    assert_eq!(more.amount, Fen::new(250_000));
    assert_eq!(more.differences.len(), 1);
    let note = more.trace.clause("banks_interest").unwrap();
    assert_eq!(note.result, ClauseResult::Note);
}

#[test]
fn penalty_pays_no_interest() {
    let penalty = EventKind::Repaid {
        due_on: Some(day("2019-07-01")),
        principal: Fen::ZERO,
        interest: Fen::ZERO,
        penalty: Fen::new(62_329),
    };
    let decision = in_year(but(3, 0, "").with("2019-07-01", penalty), "2019-12-31");
    assert_eq!(decision.amount, Fen::new(187_671));
}

#[test]
fn what_is_paid_in_advance_is_settled_when_it_was_due() {
    let ahead = fuqing_but(&[("value = \"year_end\"", "value = \"in_advance\"")]);
    let year = period("2018-07-01", "2019-07-01");
    let of = |loan: Loan, as_of| amounts(&decide(&ahead, &holder(vec![loan]), year, as_of))[0];
    let at_the_start = of(one(), "2018-07-01");
    assert_eq!(at_the_start, 250_000);
    // Two quarters were never paid: the difference is owed back.
    let missed = one().paid("2018-10-01", 63_014).paid("2019-01-01", 63_014);
    assert_eq!(of(missed.clone(), "2019-03-31"), 250_000);
    assert_eq!(of(missed.clone(), "2019-04-01"), 250_000 - 61_644);
    assert_eq!(of(missed, "2019-07-01") - at_the_start, -61_644 - 62_329);
}

#[test]
fn the_example_of_the_documentation() {
    let mut larger = terms("2018-07-01", "2019-07-01");
    larger.principal = Fen::new(6_000_000);
    larger.rate = rate(55_000);
    let three = loan(1, larger)
        .paid("2018-10-01", 83_178)
        .paid("2019-01-01", 83_178)
        .paid("2019-04-01", 81_370);
    let half = three.clone().paid("2019-07-01", 41_137);
    let decision = in_year(half.clone().paid("2019-08-15", 41_137), "2019-12-31");
    assert_eq!(decision.amount, Fen::new(218_836));
    let years: Vec<i64> = decision.by_year.iter().map(|it| it.amount.get()).collect();
    assert_eq!(years, [126_028, 92_808]);
    assert_eq!(decision.segments.iter().filter(|it| it.odd_fen).count(), 3);
    let whole = in_year(half.paid("2019-07-01", 41_137), "2019-12-31");
    assert_eq!(whole.amount.get() - decision.amount.get(), 31_164);
    let nothing = in_year(three, "2019-12-31");
    assert_eq!(nothing.amount.get() - decision.amount.get(), -31_165);
}
