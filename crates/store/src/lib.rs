//! What Sizhu remembers.
//!
//! The diesel schema, rows to core types and back, encryption at rest, and the only SQL of the
//! house, one file per table family. Nothing here decides, and nothing here opens a transaction
//! for itself: [`Store::transaction`] opens one for an [`Actor`], and everything else takes the
//! [`Tx`] it is given.

#![recursion_limit = "256"]

mod actor;
mod error;
mod ground;
mod limits;
mod prepared;
mod rows;
mod schema;
mod store;
mod vault;
mod word;

pub mod accounts;
pub mod api_clients;
pub mod audit;
pub mod awards;
pub mod claim_batches;
pub mod claims;
pub mod decisions;
pub mod divisions;
pub mod holders;
pub mod hospitals;
pub mod idempotency;
pub mod jobs;
pub mod loan_events;
pub mod loan_statements;
pub mod loans;
pub mod policies;
pub mod policy_versions;
pub mod population;
pub mod prime_rates;
pub mod recoveries;
pub mod residents;
pub mod simulations;
pub mod statuses;
pub mod stays;
pub mod subjects;
pub mod subsidy_runs;
pub mod transfers;

pub use actor::Actor;
pub use error::{Constraint, StoreError};
pub use ground::{MIGRATIONS, Roles, bootstrap, load_divisions, migrate};
pub use limits::Limits;
pub use rows::canonical;
pub use store::{Store, StoreOptions, Tx};
pub use vault::{PersonIndex, Place, Vault, VaultError};
