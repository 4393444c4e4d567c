//! Special-family statuses: who posts, confirms, corrects and ends them, and what that changes.

mod conditions;
mod desk;
mod redeciding;

use serde_json::{Value, json};
use sizhu_tests::{Call, Client, Person};

/// Where a person's statuses are.
fn statuses(person: &Person) -> String {
    format!("/v1/residents/{}/statuses", person.resident_id)
}

/// Where a status is.
fn status(person: &Person, id: &str) -> String {
    format!("{}/{id}", statuses(person))
}

/// Confirms a status.
fn confirm(officer: &Client, person: &Person, id: &str) -> Call {
    let path = format!("{}/confirmation", status(person, id));
    officer.post(&path, &json!({}))
}

/// Ends a status.
fn end(officer: &Client, person: &Person, id: &str, on: &str, reason: &str) -> Call {
    let path = format!("{}/end", status(person, id));
    officer.post(&path, &json!({"on": on, "reason": reason}))
}

/// Withdraws a status.
fn withdraw(officer: &Client, person: &Person, id: &str) -> Call {
    let path = format!("{}/withdrawal", status(person, id));
    officer.post(&path, &json!({"because": "录入到了同名的另一人名下"}))
}

/// Corrects a status, having seen a version.
fn correct(officer: &Client, person: &Person, id: &str, seen: &str, said: &Value) -> Call {
    officer.put(&status(person, id), said).if_match(seen)
}

/// State, first day that counts, version: `confirmed 2018-06-01 1`.
fn summary(status: &Value) -> String {
    let word = |member: &str| status[member].as_str().unwrap_or("-").to_owned();
    let (state, from) = (word("state"), word("effective_from"));
    format!("{state} {from} {}", status["version"])
}
