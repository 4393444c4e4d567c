//! What a text must keep to before it is parsed: its length, its characters, its nesting.

use crate::pack::fault::{Faults, Span, hides, quoted};

/// The longest text of a pack, in bytes.
const LONGEST: usize = 256 * 1024;
/// The most parts of a dotted key.
const MOST_PARTS: usize = 4;

/// Adds the faults of a text that is not worth parsing. Without any, the parser needs little stack.
pub(in crate::pack) fn check(text: &str, faults: &mut Faults) {
    if text.len() > LONGEST {
        let found = format!("a text of {} bytes", text.len());
        faults.add(Span::default(), found, format!("at most {LONGEST} bytes"));
        return;
    }
    characters(text, faults);
    nesting(text, faults);
}

fn characters(text: &str, faults: &mut Faults) {
    for (at, character) in text.char_indices() {
        let plain = matches!(character, '\n' | '\t')
            || (character == '\r' && text.get(at..).is_some_and(|rest| rest.starts_with("\r\n")));
        if hides(character) && !plain {
            let code = u32::from(character);
            let end = at.saturating_add(character.len_utf8());
            faults.add(
                Span { start: at, end },
                format!("the hidden character U+{code:04X}"),
                "characters that can be seen",
            );
        }
    }
}

/// Bounds the parts of dotted keys, wherever they may stand. The parser nests a table in another
/// for each part, and each bracket may hold such a key: together they could outgrow a stack.
/// What is quoted is not known before the text is parsed, so runs of dots are judged by what
/// stands around them, and addresses and sentences pass.
fn nesting(text: &str, faults: &mut Faults) {
    let mut start = 0_usize;
    for line in text.split('\n') {
        let end = start.saturating_add(line.len());
        if is_too_dotted(line) {
            let expected = format!("keys of at most {MOST_PARTS} parts");
            faults.add(Span { start, end }, quoted(line), expected);
        }
        start = end.saturating_add(1);
    }
}

fn is_too_dotted(line: &str) -> bool {
    // Dots behind bare parts in a row, and dots behind quoted parts in the line.
    let (mut run, mut behind_quotes) = (0_usize, 0_usize);
    let (mut before, mut gap) = (' ', false);
    for character in line.chars() {
        if matches!(character, ' ' | '\t') {
            gap = true;
            continue;
        }
        let ends_key = match character {
            '=' | ']' => is_bare(before),
            '"' | '\'' => before == '.',
            _ => false,
        };
        if ends_key && run >= MOST_PARTS {
            return true;
        }
        match character {
            '.' if is_bare(before) => run = run.saturating_add(1),
            '.' if matches!(before, '"' | '\'') => {
                behind_quotes = behind_quotes.saturating_add(1);
                run = 0;
            }
            bare if is_bare(bare) && (before == '.' || (is_bare(before) && !gap)) => {}
            _ => run = 0,
        }
        (before, gap) = (character, false);
    }
    behind_quotes >= MOST_PARTS
}

const fn is_bare(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}
