//! From the text of a pack to a draft of it: every part with its place, every fault noted.

mod condition;
mod entitlement;
mod need;
mod node;
mod source;
mod table;
mod test;
mod text;
mod value;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

use crate::pack::fault::{self, Faults, Span};
use crate::pack::{Fault, Help, Period, Place, ProgrammeId, Subject};
use crate::trace::Bilingual;

pub(super) use condition::{DEEPEST, Placed, Tree};
pub(super) use entitlement::Frame;
pub(super) use need::{Need, Uses, unit_of};
pub(super) use node::Reader;
pub(super) use test::{need_of, tests_of};
pub(super) use value::{DraftEntry, DraftValue, Written};
pub(super) use version::{DraftClause, DraftVersion};

use condition::Names;
use node::{Node, Table};

/// What a policy text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// The rules of a programme.
    Pack,
    /// Values of a lower division.
    Overlay,
}

/// What a policy text is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// A pack or an overlay.
    pub document: Document,
    /// The programme.
    pub programme: ProgrammeId,
    /// Where it holds.
    pub place: Place,
}

/// A pack as it stands in the text.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) place: Option<Place>,
    pub(super) help: Option<Help>,
    pub(super) frame: Frame,
    pub(super) title: Option<Bilingual>,
    pub(super) summary: Option<Bilingual>,
    pub(super) values: BTreeMap<String, DraftValue>,
    pub(super) clauses: Vec<DraftClause>,
    pub(super) versions: Vec<DraftVersion>,
}

/// An overlay as it stands in the text.
#[derive(Debug)]
pub(super) struct DraftOverlay {
    pub(super) programme: Option<(ProgrammeId, Span)>,
    pub(super) place: Option<(Place, Span)>,
    pub(super) values: BTreeMap<String, DraftValue>,
}

/// Parses a text and lets it be read. Of a text that is no TOML, what the parser could make out is
/// read too, so that its other faults are told at once.
fn parsed<T>(
    text: &str,
    read: impl FnOnce(&Reader<'_>, Table<'_>) -> T,
) -> Result<(T, Faults), Vec<Fault>> {
    let mut faults = Faults::default();
    text::check(text, &mut faults);
    if !faults.is_empty() {
        return Err(faults.placed(text));
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = Span::from(error.span().unwrap_or_default());
        if error.message() == "duplicate key" {
            let key = fault::quoted(text.get(at.start..at.end).unwrap_or_default());
            faults.add(at, format!("the key {key} again"), "each key once");
            continue;
        }
        let (found, expected) = error
            .message()
            .split_once(", expected ")
            .unwrap_or((error.message(), "TOML 1.0"));
        faults.add(at, found, expected);
    }
    let reader = Reader::new(text, !errors.is_empty(), faults);
    let it = read(&reader, Table::root(root.get_ref()));
    Ok((it, reader.into_faults()))
}

/// Whether a text keeps to what one must keep to before it is parsed at all: at most 256 KiB, no
/// hidden characters, no keys of so many parts that nesting them could outgrow a stack.
///
/// # Errors
/// Its faults.
pub fn check_text(text: &str) -> Result<(), Vec<Fault>> {
    let mut faults = Faults::default();
    text::check(text, &mut faults);
    sound(Some(()), faults, text)
}

/// What a text is about, from its first keys alone.
///
/// # Errors
/// The faults of those keys, or of a text that is no TOML.
pub fn heading(text: &str) -> Result<Heading, Vec<Fault>> {
    let (heading, faults) = parsed(text, |reader, root| {
        reader.format(root);
        let document = match (root.has("programme"), root.has("overlay")) {
            (false, true) => Document::Overlay,
            (true, false) => Document::Pack,
            (found, _) => {
                let found = if found { "both" } else { "neither" };
                let expected = "one of the keys `programme` and `overlay`";
                reader.absent(root.at, found, expected);
                return None;
            }
        };
        let key = match document {
            Document::Pack => "programme",
            Document::Overlay => "overlay",
        };
        let programme = reader.needed(root, key, Reader::programme_id);
        let place = reader.needed(root, "place", Reader::place);
        Some(Heading {
            document,
            programme: programme?,
            place: place?,
        })
    })?;
    sound(heading, faults, text)
}

/// Reads a pack and lets it be checked, with the reader that notes the faults.
pub(super) fn pack<T>(
    text: &str,
    check: impl FnOnce(&Reader<'_>, Draft) -> Option<T>,
) -> Result<T, Vec<Fault>> {
    let (it, faults) = parsed(text, |reader, root| {
        let draft = reader.pack(root);
        check(reader, draft)
    })?;
    sound(it, faults, text)
}

/// What was read, if the text has no fault.
fn sound<T>(it: Option<T>, mut faults: Faults, text: &str) -> Result<T, Vec<Fault>> {
    match it {
        Some(it) if faults.is_empty() => Ok(it),
        read => {
            if read.is_none() && faults.is_empty() {
                // Whatever could not be read was told where it stands; this is in case it was not.
                faults.add(Span::default(), "a text that cannot be read", "a sound one");
            }
            Err(faults.placed(text))
        }
    }
}

/// Reads an overlay and lets it be checked.
pub(super) fn overlay<T>(
    text: &str,
    check: impl FnOnce(&Reader<'_>, DraftOverlay) -> Option<T>,
) -> Result<T, Vec<Fault>> {
    let (it, faults) = parsed(text, |reader, root| {
        let draft = reader.overlay(root);
        check(reader, draft)
    })?;
    sound(it, faults, text)
}

impl<'a> Reader<'a> {
    fn pack(&self, root: Table<'a>) -> Draft {
        self.keys(
            root,
            &[
                "format",
                "programme",
                "place",
                "help",
                "subject",
                "period",
                "title",
                "summary",
                "sources",
                "values",
                "clauses",
                "versions",
            ],
        );
        self.format(root);
        let frame = Frame {
            period: self.needed(root, "period", |it, node| it.word(node, Period::ALL)),
            subject: self.needed(root, "subject", |it, node| it.word(node, Subject::ALL)),
        };
        let names = Names {
            values: names(root, "values"),
            clauses: names(root, "clauses"),
        };
        let sources = self.sources(root);
        let values = self.values(root, &sources);
        let clauses = self.clauses(root, &names, &sources);
        let nodes = self.needed(root, "versions", |it, node| {
            it.list(node, "versions, each begun by `[[versions]]`")
        });
        let versions = nodes.unwrap_or_default().into_iter();
        let versions = versions
            .filter_map(|node| self.version(node, frame, &names, &sources))
            .collect();
        self.unused_sources(&sources);
        Draft {
            programme: self.needed(root, "programme", Self::programme_id),
            place: self.needed(root, "place", Self::place),
            help: self.needed(root, "help", |it, node| it.word(node, Help::ALL)),
            frame,
            title: self.needed(root, "title", Self::bilingual),
            summary: self.needed(root, "summary", Self::bilingual),
            values,
            clauses,
            versions,
        }
    }

    fn overlay(&self, root: Table<'a>) -> DraftOverlay {
        self.keys(root, &["format", "overlay", "place", "sources", "values"]);
        self.format(root);
        let sources = self.sources(root);
        let values = self.values(root, &sources);
        self.unused_sources(&sources);
        if values.is_empty() {
            self.absent(root.at, "no `values`", "at least one value");
        }
        DraftOverlay {
            programme: self.needed(root, "overlay", |it, node| {
                Some((it.programme_id(node)?, node.at))
            }),
            place: self.needed(root, "place", |it, node| Some((it.place(node)?, node.at))),
            values,
        }
    }

    fn format(&self, root: Table<'a>) {
        let Some(node) = self.need(root, "format") else {
            return;
        };
        let is_2 = matches!(node.value, DeValue::Integer(number) if number.as_str() == "2");
        if !is_2 {
            self.wrong(node.at, "`2`");
        }
    }

    fn programme_id(&self, node: Node<'a>) -> Option<ProgrammeId> {
        let expected = "3 to 60 characters: lower-case words joined by hyphens";
        let id = ProgrammeId::parse(self.string(node, expected)?);
        if id.is_none() {
            self.wrong(node.at, expected);
        }
        id
    }

    fn place(&self, node: Node<'a>) -> Option<Place> {
        let expected = "`national` or the code of a division";
        let place = Place::parse(self.string(node, expected)?);
        if place.is_none() {
            self.wrong(node.at, expected);
        }
        place
    }
}

/// The names that a table of the text declares.
fn names<'a>(root: Table<'a>, key: &str) -> BTreeSet<&'a str> {
    let entries = match root.get(key).map(|node| node.value) {
        Some(DeValue::Table(table)) => Some(table.keys().map(|key| key.get_ref().as_ref())),
        Some(_) | None => None,
    };
    entries.into_iter().flatten().collect()
}
