//! Extractors of our own: like the framework's, but strict and answering with problems.

mod body;
mod file;
mod idempotency_key;
mod lines;
mod path;
mod pointer;
mod query;
mod shape;

pub use body::Body;
pub(crate) use body::parse;
pub use file::StatementFile;
pub use idempotency_key::{IdempotencyKey, OptionalIdempotencyKey};
pub use lines::{LONGEST_LINE, Line, Lines};
pub use path::Path;
pub use query::{Listing, NoFilter, Query};
pub use shape::Form;
