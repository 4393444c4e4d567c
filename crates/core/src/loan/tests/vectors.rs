//! Day counts against QuantLib.
//!
//! `vectors/days.csv` is the beginning of what `scripts/loan-vectors` makes with QuantLib 1.44 under
//! the seed `sizhu-loans-1`; the script says where each column comes from. `SIZHU_LOAN_VECTORS` names
//! the folder of the whole file, for `make loan-vectors`.

use std::path::Path;

use super::super::*;
use crate::day::Day;

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
