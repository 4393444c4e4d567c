//! Each kind of fault, told exactly: what stands where, and what should.

mod conditions;
mod terms;
mod text;
mod values;
mod whole;

use super::super::*;

pub(super) const PACK: &str = include_str!("../sound.toml");
pub(super) const STAY: &str = include_str!("../stay.toml");
pub(super) const LOAN: &str = include_str!("../loan.toml");

/// A change of a text: its first place with the one becomes the other.
type Change<'a> = (&'a str, &'a str);

pub(super) fn changed(text: &str, changes: &[Change<'_>]) -> String {
    let change = |text: String, (from, to): &Change<'_>| {
        assert!(text.contains(from), "the text has no {from}");
        text.replacen(from, to, 1)
    };
    changes.iter().fold(text.to_owned(), change)
}

fn told(text: &str) -> Vec<String> {
    let faults = read_pack(text).err().unwrap_or_default();
    let faults = faults.into_iter();
    faults
        .map(|it| format!("{}:{} {} | {}", it.line, it.column, it.found, it.expected))
        .collect()
}

#[test]
fn the_texts_are_sound() {
    for text in [PACK, STAY, LOAN] {
        assert_eq!(told(text), Vec::<String>::new());
    }
}

/// A text, its changes, and the faults it then has, as `line:column found | expected`.
type Case = (
    &'static str,
    &'static [Change<'static>],
    &'static [&'static str],
);

fn each(cases: &[Case]) {
    for (text, changes, expected) in cases {
        assert_eq!(told(&changed(text, changes)), *expected, "{changes:?}");
    }
}
