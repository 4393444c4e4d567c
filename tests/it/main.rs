//! The system from outside: every law of the house that needs the whole of it to be tested.

mod authorisation;
mod browser;
mod claims;
mod demo;
mod funding;
mod harness;
mod idempotency;
mod lifecycle;
mod openapi;
mod privacy;
mod problems;
mod program;
mod races;
mod schema;
mod statuses;
mod strictness;
mod tidy;
mod trail;
mod transactions;
