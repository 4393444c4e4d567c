//! The packs of this repository with lines and words changed at random.

use proptest::prelude::*;
use proptest::sample::Index;

use super::super::shipped::shipped;
use super::{PIECES, fuzz, holds, told};
use crate::pack::{Document, heading, read_overlay, read_pack};

/// One change of a text.
#[derive(Debug, Clone)]
enum Change {
    DropLine(Index),
    RepeatLine(Index),
    SwapLines(Index, Index),
    /// A word of the text takes another's place.
    Exchange(Index, Index),
    /// A piece takes a word's place.
    Replace(Index, &'static str),
    DropCharacter(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let piece = proptest::sample::select(PIECES.to_vec());
    prop_oneof![
        at().prop_map(Change::DropLine),
        at().prop_map(Change::RepeatLine),
        (at(), at()).prop_map(|(one, two)| Change::SwapLines(one, two)),
        (at(), at()).prop_map(|(one, two)| Change::Exchange(one, two)),
        (at(), piece).prop_map(|(at, piece)| Change::Replace(at, piece)),
        at().prop_map(Change::DropCharacter),
    ]
}

/// The words of a text: runs of letters, digits, `_`, `-`, `/`, with the places of their bytes.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    let end = [(text.len(), ' ')];
    for (at, character) in text.char_indices().chain(end) {
        let inside = character.is_alphanumeric() || matches!(character, '_' | '-' | '/');
        match (start, inside) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push((from, at));
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    words
}

fn changed(text: &str, change: &Change) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let words = words(text);
    let place = |at: &Index| at.index(lines.len());
    let replaced = |at: &Index, by: &str| match words.as_slice() {
        [] => text.to_owned(),
        words => {
            let (from, to) = words[at.index(words.len())];
            format!("{}{by}{}", &text[..from], &text[to..])
        }
    };
    match change {
        Change::DropLine(at) => {
            lines.remove(place(at));
        }
        Change::RepeatLine(at) => {
            let place = place(at);
            lines.insert(place, lines[place]);
        }
        Change::SwapLines(one, two) => {
            let (one, two) = (place(one), place(two));
            lines.swap(one, two);
        }
        Change::Exchange(at, other) if !words.is_empty() => {
            let (from, to) = words[other.index(words.len())];
            return replaced(at, &text[from..to]);
        }
        Change::Exchange(..) => {}
        Change::Replace(at, piece) => return replaced(at, piece),
        Change::DropCharacter(at) => {
            let count = text.chars().count().max(1);
            let drop = at.index(count);
            let kept = text.chars().enumerate().filter(|(place, _)| *place != drop);
            return kept.map(|(_, character)| character).collect();
        }
    }
    lines.join("\n")
}

#[test]
fn changed_packs_never_panic() {
    let texts: Vec<String> = shipped().into_iter().map(|(_, text)| text).collect();
    let packs: Vec<_> = texts
        .iter()
        .filter_map(|text| read_pack(text).ok())
        .collect();
    let (of_all, changes) = (any::<Index>(), proptest::collection::vec(change(), 1..6));
    fuzz(1_000_000, &(of_all, changes), |(text, changes)| {
        let text = text.get(&texts).as_str();
        let text = changes
            .iter()
            .fold(text.to_owned(), |text, it| changed(&text, it));
        holds(&text)?;
        let Ok(about) = heading(&text) else {
            return Ok(());
        };
        let base = packs.iter().find(|pack| pack.programme == about.programme);
        if let (Document::Overlay, Some(base)) = (about.document, base)
            && let Err(faults) = read_overlay(&text, base)
        {
            told(&text, &faults)?;
        }
        Ok(())
    });
}
