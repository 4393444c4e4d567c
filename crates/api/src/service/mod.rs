//! Services: each owns its transaction, loads facts, lets core decide, saves the result and its
//! audit event. No HTTP here, no SQL.

pub mod claims;
pub mod clients;
pub mod deciding;
mod desk;
pub mod money;
pub mod news;
pub mod once;
mod placing;
pub mod reference;
pub mod residents;
pub mod settling;
pub mod statuses;
pub mod tokens;
pub mod trail;
