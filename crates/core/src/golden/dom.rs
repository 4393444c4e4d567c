//! Reading TOML value by value, so that all faults of a text are told at once, each with its place.

use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::pack::Fault;

/// A value and where it stands.
pub(super) type Node<'t> = Spanned<DeValue<'t>>;

/// The most characters of a fault's text that are repeated.
const FOUND: usize = 60;

/// Collects faults while a text is read.
pub(super) struct Reader<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

impl<'t> Reader<'t> {
    /// Begins to read a text; the faults of its TOML are among the reader's.
    pub(super) fn open(text: &'t str) -> (Self, Spanned<DeTable<'t>>) {
        let mut reader = Self {
            text,
            faults: Vec::new(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or_default();
            let found = reader.excerpt(&span);
            let message = error.message().replace('\n', " ");
            reader.fault(&span, found, format!("TOML: {message}"));
        }
        (reader, table)
    }

    /// The faults found, in the order of the text.
    pub(super) fn close(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|fault| (fault.line, fault.column));
        self.faults
    }

    /// Notes a fault.
    pub(super) fn fault(
        &mut self,
        span: &Range<usize>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        let (line, column) = self.place(span.start);
        self.faults.push(Fault {
            line,
            column,
            found: found.into(),
            expected: expected.into(),
        });
    }

    /// Notes that a value is not what it must be.
    pub(super) fn unlike(&mut self, node: &Node<'_>, expected: impl Into<String>) {
        let found = self.excerpt(&node.span());
        self.fault(&node.span(), found, expected);
    }

    /// The line and column of a byte, both in characters from 1.
    pub(super) fn place(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.matches('\n').count().saturating_add(1);
        let last = before.rsplit('\n').next().unwrap_or_default();
        (line, last.chars().count().saturating_add(1))
    }

    fn excerpt(&self, span: &Range<usize>) -> String {
        let text = self.text.get(span.clone()).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        let short: String = line.chars().take(FOUND).collect();
        match (line.is_empty(), short.len() < text.len()) {
            (true, _) => "nothing".to_owned(),
            (false, true) => format!("`{short}…`"),
            (false, false) => format!("`{short}`"),
        }
    }

    /// Refuses keys that are not among these.
    pub(super) fn keys(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for key in table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let found = format!("the key `{}`", key.get_ref());
                self.fault(&key.span(), found, format!("one of {}", known.join(", ")));
            }
        }
    }

    /// A key that must be there.
    pub(super) fn required<'n>(
        &mut self,
        table: &'n DeTable<'t>,
        span: &Range<usize>,
        key: &str,
    ) -> Option<&'n Node<'t>> {
        let node = table.get(key);
        if node.is_none() {
            self.fault(span, format!("no `{key}`"), format!("the key `{key}`"));
        }
        node
    }

    /// A value as a table.
    pub(super) fn table<'n>(&mut self, node: &'n Node<'t>) -> Option<&'n DeTable<'t>> {
        let table = node.get_ref().as_table();
        if table.is_none() {
            self.unlike(node, "a table");
        }
        table
    }

    /// The parts of an array; none, with a fault, if it is no array.
    pub(super) fn list<'n>(&mut self, node: &'n Node<'t>) -> Vec<&'n Node<'t>> {
        match node.get_ref().as_array() {
            Some(parts) => parts.iter().collect(),
            None => {
                self.unlike(node, "an array");
                Vec::new()
            }
        }
    }

    /// A text that parses as a `T`.
    pub(super) fn parse<T: FromStr>(&mut self, node: &Node<'_>, expected: &str) -> Option<T> {
        let value = node.get_ref().as_str().and_then(|text| text.parse().ok());
        if value.is_none() {
            self.unlike(node, expected);
        }
        value
    }

    /// A whole number from 0 that a `u32` holds.
    pub(super) fn number(&mut self, node: &Node<'_>) -> Option<u32> {
        let number = integer(node).and_then(|number| u32::try_from(number).ok());
        if number.is_none() {
            self.unlike(node, "a whole number, not below 0");
        }
        number
    }
}

/// The integer of a value, if it is one.
pub(super) fn integer(node: &Node<'_>) -> Option<i64> {
    let integer = node.get_ref().as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}
