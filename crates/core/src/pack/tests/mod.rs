//! Tests of the reader and the checker.

mod bounds;
mod difference;
mod faults;
mod fuzz;
mod schema;
mod shipped;

use super::*;

const PACK: &str = include_str!("sound.toml");

#[test]
fn reads_a_sound_pack() {
    let pack = read_pack(PACK).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(pack.programme.as_str(), "special-assistance");
    assert_eq!(pack.clauses.len(), 3);
    assert_eq!(pack.versions.len(), 1);
}
