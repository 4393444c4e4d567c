//! The system from outside: every law of the house that needs the whole of it to be tested.

mod authorisation;
mod browser;
mod calendar;
mod claim_batches;
mod claims;
mod demo;
mod eligibility;
mod entitlements;
mod faults;
mod funding;
mod harness;
mod idempotency;
mod imports;
mod lifecycle;
mod loans;
mod openapi;
mod policy_versions;
mod privacy;
mod problems;
mod programmes;
mod races;
mod replay;
mod schema;
mod simulations;
mod statuses;
mod strictness;
mod tidy;
mod trail;
mod transactions;

use sizhu_tests::program;
