//! A hospital posts a stay and gets a decision with its reasons.

mod amounts;
mod corrections;
mod lists;
mod natural_key;
mod overlaps;
mod refused;
mod resolutions;
mod sequences;
mod settled_corrections;
mod versions;
mod withdrawals;
