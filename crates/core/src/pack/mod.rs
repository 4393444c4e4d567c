//! Policy packs: dated, cited rules as text. A bad pack is refused whole, with all its faults.
//!
//! A pack is read from TOML into the [`Pack`] of [`model`], which says exactly what the text says;
//! `docs/POLICY_PACKS.md` is the reference of the format.

mod check;
mod condition;
mod difference;
mod entitlement;
mod fault;
pub mod format_1;
mod hash;
pub mod model;
mod phrase;
mod place;
mod read;
mod schema;
mod value;
mod words;

pub use condition::{Clause, Condition, Operand, Test};
pub use difference::{difference, difference_overlay};
pub use entitlement::{Component, Form, Limits, StayUnits};
pub use fault::Fault;
pub use hash::PolicyHash;
pub use model::{Evidence, Exclusion, Input, Overlay, Pack, Publicity, Version};
pub use place::{Place, ProgrammeId};
pub use read::{Document, Heading, check_text, heading};
pub use schema::schema;
pub use value::{DatedValue, Literal, NamedValue, Row, Tier};
pub use words::{ExclusionRule, FormKind, Help, Payee, Period, PublicityMode, ReviewStep, Subject};

/// Reads the text of a pack, strictly and whole.
///
/// # Errors
/// All faults of the text, in its order: no TOML, unknown keys and names, values of the wrong kind
/// or unit, dates that leave gaps, tables with holes, clauses that cannot hold, and the like.
pub fn read_pack(text: &str) -> Result<Pack, Vec<Fault>> {
    read::pack(text, check::pack)
}

/// Reads the text of an overlay upon a pack. Its values must be the pack's, of the same kinds and
/// units, and fit every place in which the pack names them.
///
/// # Errors
/// All faults of the text, in its order.
pub fn read_overlay(text: &str, base: &Pack) -> Result<Overlay, Vec<Fault>> {
    read::overlay(text, |reader, draft| check::overlay(reader, draft, base))
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::integer_division,
    reason = "an overflow panics and so fails the test"
)]
mod tests;
