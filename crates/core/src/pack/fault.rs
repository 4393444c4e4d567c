//! What is wrong with a text, and where.

/// One fault of a policy text. A text with any fault is refused whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("line {line}, column {column}: found {found}, expected {expected}")]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What stands there, cut short.
    pub found: String,
    /// What should.
    pub expected: String,
}

/// A run of bytes of a text, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Span {
    /// The first byte.
    pub(super) start: usize,
    /// The byte behind the last.
    pub(super) end: usize,
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self {
            start: range.start,
            end: range.end,
        }
    }
}

/// The most faults told of one text: a text of noise should not drown its reader.
const MOST_FAULTS: usize = 300;

/// Faults of one text as they are found, each with its run of bytes.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(Span, String, String)>);

impl Faults {
    /// Adds a fault.
    pub(super) fn add(&mut self, at: Span, found: impl Into<String>, expected: impl Into<String>) {
        self.0.push((at, found.into(), expected.into()));
    }

    /// Whether there is none.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are more than are told.
    #[must_use]
    pub(super) fn is_full(&self) -> bool {
        self.0.len() > MOST_FAULTS
    }

    /// The faults in the order of the text, each once, with lines and columns.
    #[must_use]
    pub(super) fn placed(mut self, text: &str) -> Vec<Fault> {
        for (at, _, _) in &mut self.0 {
            // Where it begins is told, and where it ends is not.
            at.end = at.start;
        }
        self.0.sort();
        self.0.dedup();
        self.0.truncate(MOST_FAULTS);
        let lines = Lines::of(text);
        let placed = self.0.into_iter().map(|(at, found, expected)| {
            let (line, column) = lines.place(at.start);
            Fault {
                line,
                column,
                found,
                expected,
            }
        });
        placed.collect()
    }
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// The lines of a text.
    #[must_use]
    pub(super) fn of(text: &'a str) -> Self {
        let behind = text.match_indices('\n').map(|(at, _)| at.saturating_add(1));
        Self {
            text,
            starts: std::iter::once(0).chain(behind).collect(),
        }
    }

    /// The line and the column, both from 1, of a byte.
    #[must_use]
    pub(super) fn place(&self, byte: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let before = self.text.get(start..byte).unwrap_or_default();
        (line, before.chars().count().saturating_add(1))
    }
}

/// The longest quotation of a text in a fault, in characters.
const LONGEST: usize = 48;

/// A text as a fault quotes it: its first line, cut short, in back quotes, nothing hidden in it.
#[must_use]
pub(super) fn quoted(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end();
    let cut = line.chars().count() > LONGEST || line.len() < text.trim_end().len();
    let shown = line.chars().take(LONGEST);
    let shown: String = shown
        .map(|it| if hides(it) { '\u{FFFD}' } else { it })
        .collect();
    format!("`{shown}{}`", if cut { "…" } else { "" })
}

/// Whether a character could hide what a text says from its reader: controls, marks that turn the
/// direction of writing, and characters of no width.
#[must_use]
pub(super) fn hides(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        )
}

/// The nearest of some words to one that is not among them, if one is near.
#[must_use]
pub(super) fn nearest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(64).collect();
    let near = word.len().div_euclid(3).clamp(1, 4);
    among
        .into_iter()
        .map(|known| (distance(&word, known), known))
        .filter(|(distance, _)| *distance <= near)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// How many characters must be added, taken away or changed to make one word of another.
fn distance(word: &[char], other: &str) -> usize {
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for letter in other.chars().take(64) {
        let mut corner = row.first().copied().unwrap_or_default();
        let mut left = corner.saturating_add(1);
        let mut next = vec![left];
        for (mine, above) in word.iter().zip(row.iter().skip(1)) {
            let changed = corner.saturating_add(usize::from(*mine != letter));
            left = changed
                .min(left.saturating_add(1))
                .min(above.saturating_add(1));
            next.push(left);
            corner = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
