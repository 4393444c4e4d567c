//! The source of a programme at one place: a pack and the overlays upon it, as one text.

use crate::day::Day;
use crate::pack::{DatedValue, Overlay, Pack, Place, PolicyHash};

/// The line between the parts of a joined text. TOML takes it for a comment.
pub(super) const SEAM: &str = "#--- overlay ---";

/// A pack and the overlays of lower divisions upon it, farthest first: all that a decision rests
/// on. It is kept as one text and named by that text's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    hash: PolicyHash,
    text: String,
    pack: Pack,
    overlays: Vec<Overlay>,
}

impl Policy {
    /// One text of a pack and its overlays, farthest first: the parts in order, with a line
    /// `#--- overlay ---` before each overlay.
    #[must_use]
    pub fn join(pack: &str, overlays: &[&str]) -> String {
        let mut text = pack.to_owned();
        for overlay in overlays {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(SEAM);
            text.push('\n');
            text.push_str(overlay);
        }
        text
    }

    /// A policy of parts that were read from this text.
    pub(crate) fn of_parts(text: &str, pack: Pack, mut overlays: Vec<Overlay>) -> Self {
        overlays.sort_by_key(|overlay| overlay.place.nearness());
        Self {
            hash: PolicyHash::of(text),
            text: text.to_owned(),
            pack,
            overlays,
        }
    }

    /// The hash of the text.
    #[must_use]
    pub const fn hash(&self) -> &PolicyHash {
        &self.hash
    }

    /// The text as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pack.
    #[must_use]
    pub const fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The overlays, farthest first.
    #[must_use]
    pub fn overlays(&self) -> &[Overlay] {
        &self.overlays
    }

    /// The entries of a value in force on a day, each with its place, nearest first: the first
    /// wins.
    pub fn levels<'a>(
        &'a self,
        name: &'a str,
        day: Day,
    ) -> impl Iterator<Item = (&'a Place, &'a DatedValue)> {
        let overlays = self.overlays.iter().rev();
        let values = overlays.map(|overlay| (&overlay.place, &overlay.values));
        values
            .chain([(&self.pack.place, &self.pack.values)])
            .filter_map(move |(place, values)| Some((place, values.get(name)?.at(day)?)))
    }

    /// The entry of a value that wins on a day: that of the nearest place that has one in force.
    pub(crate) fn winning(&self, name: &str, day: Day) -> Option<&DatedValue> {
        let mut overlays = self.overlays.iter().rev();
        overlays
            .find_map(|overlay| overlay.values.get(name)?.at(day))
            .or_else(|| self.pack.values.get(name)?.at(day))
    }

    /// Every entry of a value, of all places and dates.
    pub(crate) fn entries<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a DatedValue> {
        let overlays = self.overlays.iter().map(|overlay| &overlay.values);
        overlays
            .chain([&self.pack.values])
            .filter_map(move |values| values.get(name))
            .flat_map(|value| &value.0)
    }
}
