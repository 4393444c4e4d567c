//! The system from outside: every law of the house that needs the whole of it to be tested.

mod claims;
mod funding;
mod harness;
mod idempotency;
mod privacy;
mod races;
mod schema;
mod statuses;
mod tidy;
mod transactions;
