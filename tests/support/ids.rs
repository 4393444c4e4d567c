//! Synthetic citizen IDs: valid by GB 11643-1999, of nobody.

use std::sync::atomic::{AtomicU32, Ordering};

use sizhu_core::{Sex, check_digit};

/// Areas the made-up people come from: the six-digit codes in their IDs.
const AREAS: [&str; 8] = [
    "430102", "430103", "430104", "430105", "430111", "430112", "430121", "430124",
];

/// IDs of one sex and one birth date that one area has.
const PER_DAY: u32 = 500;

/// The ID of someone of an area, a birth date (`1960-05-01`), a sex and a number below 500.
///
/// # Panics
/// When these make no valid ID.
#[must_use]
pub fn citizen(area: &str, born_on: &str, sex: Sex, number: u32) -> String {
    assert!(
        number < PER_DAY,
        "an area and a day have {PER_DAY} IDs of a sex, not {number}"
    );
    let odd = match sex {
        Sex::Male => 1,
        Sex::Female => 0,
    };
    let body = format!("{area}{}{:03}", born_on.replace('-', ""), number * 2 + odd);
    let check = check_digit(&body).unwrap_or_else(|| panic!("{body} is no 17 digits"));
    format!("{body}{check}")
}

/// A woman's ID, another one at each call: up to 4,000 in a test process before they repeat.
#[must_use]
pub fn woman(born_on: &str) -> String {
    next(born_on, Sex::Female)
}

/// A man's ID, another one at each call: up to 4,000 in a test process before they repeat.
#[must_use]
pub fn man(born_on: &str) -> String {
    next(born_on, Sex::Male)
}

fn next(born_on: &str, sex: Sex) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let block = usize::try_from(number / PER_DAY).unwrap_or_default();
    citizen(AREAS[block % AREAS.len()], born_on, sex, number % PER_DAY)
}
