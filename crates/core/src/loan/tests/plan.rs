//! What falls due when: due days at the ends of months, instalments, prepayments, extensions.

use super::world::{day, loan, rate, terms};
use crate::loan::{
    ContractTerms, DayCount, Draw, EventKind, Instalment, Loan, PrimeRates, Rate, Repayment,
    Schedule, schedule,
};
use crate::money::Fen;

fn plan(loan: &Loan) -> Schedule {
    schedule(loan, &PrimeRates::default()).unwrap()
}

fn days(plan: &Schedule) -> Vec<String> {
    let days = plan.instalments.iter().map(|it| it.due_on.to_string());
    days.collect()
}

fn fen(plan: &Schedule, of: fn(&Instalment) -> Fen) -> Vec<i64> {
    plan.instalments.iter().map(|it| of(it).get()).collect()
}

/// 12,000 yuan at 6 % in months of a twelfth of a year.
fn monthly(repayment: Repayment) -> ContractTerms {
    let mut terms = terms("2024-01-15", "2025-01-15");
    terms.principal = Fen::new(1_200_000);
    terms.rate = rate(60_000);
    terms.day_count = DayCount::MonthsAndDays;
    terms.every_months = 1;
    terms.repayment = repayment;
    terms
}

#[test]
fn due_days_stay_on_the_day_of_the_month_on_which_the_loan_began() {
    let mut long = terms("2024-08-31", "2026-08-31");
    long.every_months = 1;
    let plan = plan(&loan(1, long));
    assert_eq!(plan.instalments.len(), 24);
    let first = [
        "2024-09-30",
        "2024-10-31",
        "2024-11-30",
        "2024-12-31",
        "2025-01-31",
        "2025-02-28",
    ];
    assert_eq!(days(&plan)[..6], first);
    assert_eq!(days(&plan)[22..], ["2026-07-31", "2026-08-31"]);
}

#[test]
fn a_first_due_day_sets_the_day_of_the_month() {
    let mut odd = terms("2024-01-10", "2024-12-31");
    odd.first_due_on = Some(day("2024-03-21"));
    let all = [
        "2024-03-21",
        "2024-06-21",
        "2024-09-21",
        "2024-12-21",
        "2024-12-31",
    ];
    assert_eq!(days(&plan(&loan(1, odd))), all);
    let mut clamped = terms("2023-12-01", "2024-12-01");
    clamped.first_due_on = Some(day("2024-02-29"));
    let all = [
        "2024-02-29",
        "2024-05-29",
        "2024-08-29",
        "2024-11-29",
        "2024-12-01",
    ];
    assert_eq!(days(&plan(&loan(1, clamped))), all);
}

#[test]
fn equal_instalments_are_equal_but_for_the_last_which_settles() {
    let plan = plan(&loan(1, monthly(Repayment::EqualInstalments)));
    // 12,000 x 0.005 / (1 - 1.005^-12) = 1032.797…
    let payments = fen(&plan, |it| it.payment);
    assert!(payments[..11].iter().all(|fen| *fen == 103_280));
    assert_eq!(payments[11], 103_278);
    let interest = fen(&plan, |it| it.interest);
    assert_eq!(interest[..2], [6_000, 5_514]);
    assert_eq!(fen(&plan, |it| it.principal).iter().sum::<i64>(), 1_200_000);
    assert_eq!(plan.interest.get(), 103_280 * 11 + 103_278 - 1_200_000);
}

#[test]
fn equal_principal_is_equal_but_for_the_last_which_settles() {
    let mut odd = monthly(Repayment::EqualPrincipal);
    odd.principal = Fen::new(1_000_000);
    let plan = plan(&loan(1, odd));
    let principal = fen(&plan, |it| it.principal);
    assert!(principal[..11].iter().all(|fen| *fen == 83_333));
    assert_eq!(principal[11], 83_337);
    assert_eq!(fen(&plan, |it| it.interest)[..2], [5_000, 4_583]);
}

#[test]
fn a_bullet_loan_pays_all_on_its_last_day() {
    let mut bullet = terms("2023-07-01", "2024-07-01");
    bullet.repayment = Repayment::Bullet;
    let plan = plan(&loan(1, bullet));
    assert_eq!(days(&plan), ["2024-07-01"]);
    // 366 days by 365.
    assert_eq!(fen(&plan, |it| it.payment), [5_000_000 + 250_685]);
}

#[test]
fn a_prepayment_makes_the_instalments_left_smaller() {
    let prepaid = EventKind::Prepaid {
        principal: Fen::new(600_000),
        interest: Fen::ZERO,
    };
    let one = loan(1, monthly(Repayment::EqualPrincipal)).with("2024-07-15", prepaid);
    let principal = fen(&plan(&one), |it| it.principal);
    // The prepayment on a due day follows what falls due on it.
    assert_eq!(principal, [vec![100_000; 6], vec![0; 0]].concat());
    let half = EventKind::Prepaid {
        principal: Fen::new(300_000),
        interest: Fen::ZERO,
    };
    let one = loan(1, monthly(Repayment::EqualPrincipal)).with("2024-07-15", half);
    let principal = fen(&plan(&one), |it| it.principal);
    assert_eq!(principal, [vec![100_000; 6], vec![50_000; 6]].concat());
}

#[test]
fn a_rate_changed_mid_month_counts_from_its_day() {
    let change = EventKind::RateChanged {
        rate: Rate::new(73_000).unwrap(),
    };
    let one = loan(1, terms("2024-01-01", "2025-01-01")).with("2024-02-15", change);
    let plan = plan(&one);
    // 45 days at 5 % and 46 at 7.3 % of 50,000 yuan: 308.22 + 460.00.
    assert_eq!(plan.instalments[0].interest, Fen::new(76_822));
    assert_eq!(plan.instalments[1].interest, Fen::new(91_000));
}

#[test]
fn an_extended_loan_falls_due_later() {
    let extended = EventKind::Extended {
        ends_on: day("2025-07-15"),
    };
    let one = loan(1, monthly(Repayment::EqualPrincipal)).with("2024-07-15", extended);
    let principal = fen(&plan(&one), |it| it.principal);
    assert_eq!(principal, [vec![100_000; 6], vec![50_000; 12]].concat());
    // On the very day it would have ended.
    let bullet = ContractTerms {
        repayment: Repayment::Bullet,
        ..monthly(Repayment::Bullet)
    };
    let one = loan(1, bullet).with("2025-01-15", extended);
    assert_eq!(days(&plan(&one)), ["2025-07-15"]);
}

#[test]
fn draws_bear_interest_from_their_day() {
    let mut drawn = terms("2024-01-01", "2025-01-01");
    drawn.draw = Draw::ByEvents;
    drawn.rate = rate(73_000);
    let amount = |fen| EventKind::Drawn {
        amount: Fen::new(fen),
    };
    let one = loan(1, drawn)
        .with("2024-01-11", amount(1_000_000))
        .with("2024-03-22", amount(2_000_000));
    // 10,000 yuan for 81 days and 20,000 for 10, at 2 and 4 yuan a day.
    assert_eq!(plan(&one).instalments[0].interest, Fen::new(16_200 + 4_000));
}
