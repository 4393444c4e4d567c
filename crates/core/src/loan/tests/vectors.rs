//! Day counts against QuantLib, schedules against QuantLib and numpy-financial.
//!
//! `vectors/*.csv` are the beginning of what `scripts/loan-vectors` makes with QuantLib 1.44 and
//! numpy-financial 1.0.0 under the seed `sizhu-loans-1`; the script says where each column comes from.
//! `SIZHU_LOAN_VECTORS` names the folder of the whole files, for `make loan-vectors`.

use std::path::Path;

use uuid::Uuid;

use super::super::*;
use crate::day::Day;
use crate::id::LoanId;
use crate::money::Fen;

/// The rows of a file below their header: the whole one, where a folder is named, or the committed.
fn rows(file: &str, header: &str, committed: &str) -> Vec<String> {
    let text = std::env::var("SIZHU_LOAN_VECTORS").map_or_else(
        |_| committed.to_owned(),
        |folder| std::fs::read_to_string(Path::new(&folder).join(file)).expect(file),
    );
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(header), "{file}");
    let rows: Vec<String> = lines.map(str::to_owned).collect();
    assert!(rows.len() >= committed.lines().count() - 1, "{file}");
    rows
}

/// Says how many rows were compared, and fails with the first of those that differ.
fn report(what: &str, compared: usize, differing: &[String]) {
    println!("{compared} {what} compared, {} differ", differing.len());
    let first: Vec<&str> = differing.iter().take(20).map(String::as_str).collect();
    assert!(
        compared > 0 && first.is_empty(),
        "{what}:\n{}",
        first.join("\n")
    );
}

fn number(text: &str) -> i64 {
    text.parse().expect("a number")
}

/// What the columns of a row of days make of each day count, as 1,603,080ths of a year.
fn expected(row: &str) -> (Day, Day, Day, [(DayCount, i64); 8]) {
    let columns: Vec<&str> = row.split(',').collect();
    let [from, until, rest @ ..] = columns.as_slice() else {
        panic!("{row}");
    };
    let (from, until) = (Day::parse(from).unwrap(), Day::parse(until).unwrap());
    let rest: Vec<i64> = rest.iter().map(|it| number(it)).collect();
    let [after, actual, leap, bond, euro, isda, us, months, odd] = rest[..] else {
        panic!("{row}");
    };
    let ends_on = until.plus_days(after.try_into().unwrap()).unwrap();
    let of = |numerator: i64, denominator: i64| numerator * PARTS_A_YEAR.div_euclid(denominator);
    let counts = [
        (DayCount::Actual365, of(actual, 365)),
        (DayCount::Actual360, of(actual, 360)),
        (
            DayCount::ActualActualIsda,
            of(actual - leap, 365) + of(leap, 366),
        ),
        (DayCount::Thirty360, of(bond, 360)),
        (DayCount::Thirty360E, of(euro, 360)),
        (DayCount::Thirty360EIsda, of(isda, 360)),
        (DayCount::Thirty360Us, of(us, 360)),
        (DayCount::MonthsAndDays, of(months, 12) + of(odd, 360)),
    ];
    (from, until, ends_on, counts)
}

#[test]
fn every_day_count_is_quantlibs() {
    let header =
        "from,until,ends_after,actual,leap,30/360,30e/360,30e/360-isda,30/360-us,months,odd";
    let rows = rows("days.csv", header, include_str!("vectors/days.csv"));
    let mut differing = Vec::new();
    let mut compared = 0;
    for row in &rows {
        let (from, until, ends_on, counts) = expected(row);
        for (count, theirs) in counts {
            let ours = count.part(from, until, ends_on).get();
            compared += 1;
            if ours != theirs {
                differing.push(format!("{row}: {count} is {ours}, QuantLib has {theirs}"));
            }
        }
    }
    report("day counts", compared, &differing);
}

/// The columns of a row of loans that are terms, as a loan without events.
fn loan(columns: &[&str]) -> Loan {
    let [
        repayment,
        day_count,
        rounding,
        principal,
        rate,
        starts_on,
        ends_on,
        every,
        first,
    ] = columns
    else {
        panic!("{columns:?}");
    };
    let rate = Rate::new(number(rate)).unwrap();
    let terms = ContractTerms {
        principal: Fen::new(number(principal)),
        draw: Draw::AtStart,
        rate: RateTerms::Fixed { rate },
        day_count: day_count.parse().unwrap(),
        starts_on: Day::parse(starts_on).unwrap(),
        ends_on: Day::parse(ends_on).unwrap(),
        repayment: repayment.parse().unwrap(),
        every_months: every.parse().unwrap(),
        first_due_on: (!first.is_empty()).then(|| Day::parse(first).unwrap()),
        rounding: rounding.parse().unwrap(),
    };
    Loan {
        id: LoanId::new(Uuid::nil()),
        contract_no: "1".to_owned(),
        contract: Contract::new(terms).unwrap(),
        borrower: Borrower::Household,
        purpose: LoanPurpose::Production,
        households_led: None,
        family_kept_policy: None,
        events: Vec::new(),
    }
}

/// Due day, principal and interest of each instalment, in order, as digits of one number.
fn checksum(instalments: &[Instalment]) -> u64 {
    let numbers = instalments.iter().flat_map(|it| {
        let (month, date) = it.due_on.month_day();
        let due = i64::from(it.due_on.year()) * 10_000 + i64::from(month * 100 + date);
        [due, it.principal.get(), it.interest.get()]
    });
    let sum = numbers.fold(0_u128, |sum, number| {
        let number = u128::try_from(number).expect("nothing below nothing");
        (sum * 1_000_003 + number).rem_euclid((1 << 61) - 1)
    });
    sum.try_into().unwrap()
}

/// What the last columns of a row of loans say of its schedule.
fn told(schedule: &Schedule, number: usize) -> String {
    let instalments = &schedule.instalments;
    let mut balance = Fen::ZERO;
    for (it, place) in instalments.iter().zip(1..) {
        assert_eq!(it.payment, it.principal.checked_add(it.interest).unwrap());
        if place == number {
            balance = it.balance_after;
        }
    }
    format!(
        "{},{},{},{number},{},{}",
        instalments.len(),
        instalments.first().unwrap().payment.get(),
        schedule.interest.get(),
        balance.get(),
        checksum(instalments)
    )
}

#[test]
fn every_schedule_is_that_of_quantlib_and_numpy() {
    let header = "repayment,day_count,rounding,principal_fen,rate_ppm,starts_on,ends_on,\
                  every_months,first_due_on,instalments,payment_fen,interest_fen,number,\
                  balance_after_fen,checksum";
    let rows = rows("loans.csv", header, include_str!("vectors/loans.csv"));
    let mut differing = Vec::new();
    for row in &rows {
        let columns: Vec<&str> = row.split(',').collect();
        let (terms, theirs) = columns.split_at(9);
        let ours = schedule(&loan(terms), &PrimeRates::default()).unwrap();
        let ours = told(&ours, theirs[3].parse().unwrap());
        if ours != theirs.join(",") {
            differing.push(format!("{row}: ours is {ours}"));
        }
    }
    report("loans", rows.len(), &differing);
}
