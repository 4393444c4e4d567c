//! The policies the service decides under: which are in force, and for whom.
//!
//! A request takes one snapshot and decides everything under it, whatever comes into force
//! meanwhile.

mod family;
mod folder;
mod set;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use sizhu_core::DivisionCode;
use sizhu_core::programme::Programme;

pub use family::Document;
pub use folder::read_folder;
pub use set::PolicySet;

/// A policy text and what it is called in messages: its file, or the row it is kept in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Texts that cannot be run under: every fault found, each with its text and place.
#[derive(Debug, thiserror::Error)]
#[error("the policy packs are not usable:\n{}", .0.join("\n"))]
pub struct PolicyFaults(pub Vec<String>);

/// The policies in force, shared by the workers. What comes into force takes the place of all at
/// once.
#[derive(Debug, Default)]
pub struct Policies {
    current: RwLock<Arc<PolicySet>>,
}

impl Policies {
    /// Policies that begin with a set.
    #[must_use]
    pub fn new(set: PolicySet) -> Self {
        Self {
            current: RwLock::new(Arc::new(set)),
        }
    }

    /// The policies of a folder.
    ///
    /// # Errors
    /// [`PolicyFaults`] with all faults of all files at once.
    pub fn load(folder: &Path) -> Result<Self, PolicyFaults> {
        read_folder(folder).and_then(PolicySet::of).map(Self::new)
    }

    /// What is in force now. Does not change in the hands of who asked.
    #[must_use]
    pub fn snapshot(&self) -> Arc<PolicySet> {
        let current = self.current.read();
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }

    /// Another set comes into force.
    pub fn replace(&self, set: PolicySet) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(set);
    }

    /// Whether some division offers a programme.
    #[must_use]
    pub fn offers(&self, programme: &str) -> bool {
        self.snapshot().offers_anywhere(programme)
    }

    /// The hospital-care programme as it holds in a division.
    #[must_use]
    pub fn hospital_care(&self, division: &DivisionCode) -> Option<Arc<Programme>> {
        self.snapshot().hospital_care(division)
    }
}
