//! Services: each owns its transaction, loads facts, lets core decide, saves the result and its
//! audit event. No HTTP here, no SQL.

pub mod adoption;
pub mod batching;
pub mod claims;
pub mod clients;
mod closing;
pub mod correcting;
pub mod deciding;
mod desk;
pub mod differing;
pub mod entitling;
pub mod forgetting;
mod households;
pub mod importing;
pub mod knowing;
pub mod loans;
pub mod money;
pub mod news;
pub mod once;
mod passing_over;
mod placing;
pub mod prime_rates;
pub mod redeciding;
pub mod reference;
pub mod replaying;
pub mod residents;
pub mod resolving;
pub mod screening;
pub mod settling;
pub mod simulating;
pub mod stating;
pub mod statuses;
pub mod subsidising;
pub mod subsidy_runs;
pub mod tokens;
pub mod trail;
pub mod versions;
