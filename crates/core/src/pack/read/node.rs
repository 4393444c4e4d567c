//! The parsed text as a tree of nodes, each with its place, and how a reader asks it for things.

use std::cell::RefCell;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::day::Day;
use crate::pack::fault::{self, Faults, Lines, Span, hides, quoted};

/// A value of the text, with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) at: Span,
    pub(super) value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    fn of(spanned: &'a Spanned<DeValue<'a>>) -> Self {
        Self {
            at: spanned.span().into(),
            value: spanned.get_ref(),
        }
    }
}

/// A table of the text, with its place. Its keys are known ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) at: Span,
    entries: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// The whole text.
    pub(super) fn root(entries: &'a DeTable<'a>) -> Self {
        Self {
            at: Span::default(),
            entries,
        }
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.entries.get(key).map(Node::of)
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The keys with their places and values, in the order of the text.
    pub(super) fn entries(&self) -> Vec<(&'a str, Span, Node<'a>)> {
        let entries = self.entries.iter();
        let mut entries: Vec<_> = entries
            .map(|(key, node)| (key.get_ref().as_ref(), key.span().into(), Node::of(node)))
            .collect();
        entries.sort_by_key(|(_, at, _): &(_, Span, _)| *at);
        entries
    }
}

/// Reads one text and notes its faults.
pub(in crate::pack) struct Reader<'a> {
    text: &'a str,
    lines: Lines<'a>,
    /// The text is no TOML: what is missing from it may have been lost by the parser.
    torn: bool,
    faults: RefCell<Faults>,
    /// Keys that stand in a table under a wrong name: they are not missing too.
    misspelt: RefCell<Vec<(Span, String)>>,
}

impl<'a> Reader<'a> {
    pub(in crate::pack) fn new(text: &'a str, torn: bool, faults: Faults) -> Self {
        Self {
            text,
            lines: Lines::of(text),
            torn,
            faults: RefCell::new(faults),
            misspelt: RefCell::default(),
        }
    }

    /// Whether the text is TOML.
    pub(in crate::pack) fn is_whole(&self) -> bool {
        !self.torn
    }

    pub(in crate::pack) fn into_faults(self) -> Faults {
        self.faults.into_inner()
    }

    /// Notes a fault.
    pub(in crate::pack) fn fault(
        &self,
        at: Span,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.faults.borrow_mut().add(at, found, expected);
    }

    /// The line of a place, from 1.
    pub(in crate::pack) fn line(&self, at: Span) -> usize {
        self.lines.place(at.start).0
    }

    /// The nearest of some words to one that is not among them, while there are few faults: of a
    /// text of noise it is not worth the time.
    pub(in crate::pack) fn nearest<'w>(
        &self,
        word: &str,
        among: impl IntoIterator<Item = &'w str>,
    ) -> Option<&'w str> {
        let few = !self.faults.borrow().is_full();
        few.then(|| fault::nearest(word, among)).flatten()
    }

    /// What stands at a place, as a fault quotes it.
    pub(in crate::pack) fn quote(&self, at: Span) -> String {
        quoted(self.text.get(at.start..at.end).unwrap_or_default())
    }

    /// Notes that what stands there is not what is expected.
    pub(in crate::pack) fn wrong(&self, at: Span, expected: impl Into<String>) {
        self.fault(at, self.quote(at), expected);
    }

    /// Notes that something is not there.
    pub(in crate::pack) fn absent(&self, at: Span, found: &str, expected: impl Into<String>) {
        if !self.torn {
            self.fault(at, found, expected);
        }
    }

    /// A table with no keys but these.
    pub(super) fn table(&self, node: Node<'a>, known: &[&str]) -> Option<Table<'a>> {
        let table = self.any_table(node)?;
        self.keys(table, known);
        Some(table)
    }

    /// Notes the keys of a table that are none of these.
    pub(super) fn keys(&self, table: Table<'a>, known: &[&str]) {
        for (key, at, _) in table.entries() {
            if !known.contains(&key) {
                let expected = match self.nearest(key, known.iter().copied()) {
                    Some(near) => {
                        let misspelt = (table.at, near.to_owned());
                        self.misspelt.borrow_mut().push(misspelt);
                        format!("the key `{near}`")
                    }
                    None => format!("one of the keys {}", listed(known)),
                };
                self.fault(at, format!("the key {}", quoted(key)), expected);
            }
        }
    }

    /// A table with keys of its own.
    pub(super) fn any_table(&self, node: Node<'a>) -> Option<Table<'a>> {
        let DeValue::Table(entries) = node.value else {
            self.wrong(node.at, "a table");
            return None;
        };
        let at = node.at;
        Some(Table { at, entries })
    }

    /// The parts of a list that has some.
    pub(super) fn list(&self, node: Node<'a>, expected: &str) -> Option<Vec<Node<'a>>> {
        match node.value {
            DeValue::Array(parts) if !parts.is_empty() => {
                Some(parts.iter().map(Node::of).collect())
            }
            DeValue::Array(_)
            | DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => {
                self.wrong(node.at, format!("a list of {expected}"));
                None
            }
        }
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, table: Table<'a>, key: &str) -> Option<Node<'a>> {
        let found = table.get(key);
        let is_it = |(at, near): &(Span, String)| *at == table.at && near == key;
        if found.is_none() && !self.misspelt.borrow().iter().any(is_it) {
            self.absent(table.at, &format!("no `{key}`"), format!("the key `{key}`"));
        }
        found
    }

    /// A string in which nothing is hidden, not empty.
    pub(super) fn string(&self, node: Node<'a>, expected: &str) -> Option<&'a str> {
        let DeValue::String(text) = node.value else {
            self.wrong(node.at, format!("{expected}, in quotes"));
            return None;
        };
        if let Some(hidden) = text.chars().find(|character| hides(*character)) {
            let found = format!("the hidden character U+{:04X}", u32::from(hidden));
            self.fault(node.at, found, "characters that can be seen");
            return None;
        }
        if text.trim().is_empty() {
            self.wrong(node.at, expected);
            return None;
        }
        Some(text.as_ref())
    }

    /// True or false.
    pub(super) fn truth(&self, node: Node<'a>) -> Option<bool> {
        let DeValue::Boolean(truth) = node.value else {
            self.wrong(node.at, "`true` or `false`");
            return None;
        };
        Some(*truth)
    }

    /// A real day.
    pub(super) fn day(&self, node: Node<'a>) -> Option<Day> {
        let text = self.string(node, "a day written YYYY-MM-DD")?;
        let day = Day::parse(text).ok();
        if day.is_none() {
            self.wrong(node.at, "a real day written YYYY-MM-DD");
        }
        day
    }

    /// A word of a closed vocabulary.
    pub(super) fn word<T: FromStr + std::fmt::Display>(
        &self,
        node: Node<'a>,
        all: &[T],
    ) -> Option<T> {
        let words: Vec<String> = all.iter().map(T::to_string).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let expected = format!("one of {}", listed(&words));
        let word = self.string(node, &expected)?.parse().ok();
        if word.is_none() {
            self.wrong(node.at, expected);
        }
        word
    }

    /// The value of a key that must be there, read.
    pub(super) fn needed<T>(
        &self,
        table: Table<'a>,
        key: &str,
        read: impl FnOnce(&Self, Node<'a>) -> Option<T>,
    ) -> Option<T> {
        self.need(table, key).and_then(|node| read(self, node))
    }

    /// The value of a key that may be left out, read: `None` if it is there and wrong.
    #[expect(clippy::option_option, reason = "left out and wrong are two things")]
    pub(super) fn optional<T>(
        &self,
        table: Table<'a>,
        key: &str,
        read: impl FnOnce(&Self, Node<'a>) -> Option<T>,
    ) -> Option<Option<T>> {
        match table.get(key) {
            None => Some(None),
            Some(node) => read(self, node).map(Some),
        }
    }
}

/// Words as a fault lists them.
pub(in crate::pack) fn listed<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|it| format!("`{}`", it.as_ref()))
        .collect();
    words.join(", ")
}

/// Whether a text is the name of a value, a clause or a source: lower-case letters, digits and
/// `_`, beginning with a letter.
pub(in crate::pack) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 60
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
