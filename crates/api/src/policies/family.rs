//! All texts of one programme, and what holds where.

use std::collections::BTreeMap;
use std::sync::Arc;

use sizhu_core::DivisionCode;
use sizhu_core::pack::{self, Fault, Heading, Overlay, Pack, Place, ProgrammeId};
use sizhu_core::programme::{Policy, Programme};

use super::Source;

/// One text: a pack or an overlay.
#[derive(Clone, Debug)]
pub struct Document {
    source: Source,
    heading: Heading,
}

impl Document {
    /// The text with what its first lines say; faults as messages.
    pub(super) fn of(source: Source) -> Result<Self, Vec<String>> {
        match pack::heading(&source.text) {
            Ok(heading) => Ok(Self { source, heading }),
            Err(found) => {
                // What begins badly may go on badly: all faults at once, where it is a pack.
                let all = pack::read_pack(&source.text).err();
                let overlay = source.text.lines().any(|line| line.starts_with("overlay"));
                let faults = all.filter(|_| !overlay).unwrap_or(found);
                Err(named(&source.name, &faults))
            }
        }
    }

    /// The programme.
    #[must_use]
    pub const fn programme(&self) -> &ProgrammeId {
        &self.heading.programme
    }

    /// Where it holds.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.heading.place
    }

    /// Whether it is a pack or an overlay.
    #[must_use]
    pub const fn kind(&self) -> pack::Document {
        self.heading.document
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// Whether both are of one kind, programme and place.
    pub(super) fn takes_the_place_of(&self, other: &Self) -> bool {
        self.heading == other.heading
    }
}

/// All texts of one programme.
#[derive(Debug)]
pub(super) struct Family {
    documents: Vec<Document>,
    /// For each place that a text names.
    compiled: BTreeMap<Place, Arc<Programme>>,
}

impl Family {
    /// Reads the texts and compiles what holds at each place they name.
    pub(super) fn of(documents: Vec<Document>) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let mut packs: Vec<(&Document, Pack)> = Vec::new();
        let mut unread = false;
        for document in of_kind(&documents, pack::Document::Pack) {
            if packs
                .iter()
                .any(|(other, _)| other.place() == document.place())
            {
                faults.push(twice(document));
            }
            match pack::read_pack(document.text()) {
                Ok(pack) => packs.push((document, pack)),
                Err(found) => {
                    unread = true;
                    faults.extend(named(&document.source.name, &found));
                }
            }
        }
        let mut overlays: Vec<&Document> = Vec::new();
        for document in of_kind(&documents, pack::Document::Overlay) {
            if overlays
                .iter()
                .any(|other| other.place() == document.place())
            {
                faults.push(twice(document));
            }
            // That its pack cannot be read is no fault of the overlay.
            let alone = unread && nearest(&packs, document.place()).is_none();
            if !alone && let Err(found) = fits(document, &packs) {
                faults.extend(found);
            }
            overlays.push(document);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut compiled = BTreeMap::new();
        for place in documents.iter().map(Document::place) {
            if let Some((pack, _)) = nearest(&packs, place) {
                match compile(pack, &overlays, place) {
                    Ok(programme) => drop(compiled.insert(place.clone(), Arc::new(programme))),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        if faults.is_empty() {
            Ok(Self {
                documents,
                compiled,
            })
        } else {
            Err(faults)
        }
    }

    /// The texts.
    pub(super) fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// What holds at each place that a text names.
    pub(super) fn compiled(&self) -> impl Iterator<Item = &Arc<Programme>> {
        self.compiled.values()
    }

    /// What holds in a division: what holds at the nearest place above it that a text names.
    /// Without a division, what holds at the widest place.
    pub(super) fn at(&self, division: Option<&DivisionCode>) -> Option<&Arc<Programme>> {
        let nearness = |(place, _): &(&Place, &Arc<Programme>)| place.nearness();
        let found = match division {
            Some(division) => {
                let above = self.compiled.iter().filter(|(it, _)| it.contains(division));
                above.max_by_key(nearness)
            }
            None => self.compiled.iter().min_by_key(nearness),
        };
        found.map(|(_, programme)| programme)
    }
}

fn of_kind(documents: &[Document], kind: pack::Document) -> impl Iterator<Item = &Document> {
    documents
        .iter()
        .filter(move |document| document.kind() == kind)
}

/// Whether what holds in a place holds in another too.
fn holds_in(place: &Place, other: &Place) -> bool {
    match other {
        Place::National => *place == Place::National,
        Place::Division(code) => place.contains(code),
    }
}

/// The pack that holds in a place.
fn nearest<'a, 'b>(
    packs: &'b [(&'a Document, Pack)],
    place: &Place,
) -> Option<&'b (&'a Document, Pack)> {
    let above = packs
        .iter()
        .filter(|(pack, _)| holds_in(pack.place(), place));
    above.max_by_key(|(pack, _)| pack.place().nearness())
}

/// Checks an overlay against the pack it lies upon.
fn fits(document: &Document, packs: &[(&Document, Pack)]) -> Result<Overlay, Vec<String>> {
    let name = &document.source.name;
    let Some((_, base)) = nearest(packs, document.place()) else {
        return Err(vec![format!(
            "{name}: no pack of {} holds in {}",
            document.programme(),
            document.place()
        )]);
    };
    pack::read_overlay(document.text(), base).map_err(|found| named(name, &found))
}

/// The pack with the overlays between its place and the place asked for, farthest first.
fn compile(pack: &Document, overlays: &[&Document], place: &Place) -> Result<Programme, String> {
    let mut between: Vec<&Document> = overlays
        .iter()
        .copied()
        .filter(|it| holds_in(pack.place(), it.place()) && holds_in(it.place(), place))
        .collect();
    between.sort_by_key(|overlay| overlay.place().nearness());
    let names: Vec<&str> = std::iter::once(pack)
        .chain(between.iter().copied())
        .map(|document| document.source.name.as_str())
        .collect();
    let texts: Vec<&str> = between.iter().map(|overlay| overlay.text()).collect();
    let joined = Policy::join(pack.text(), &texts);
    let policy =
        Policy::read(&joined).map_err(|found| named(&names.join(" + "), &found).join("\n"))?;
    Programme::compile(&policy).map_err(|error| format!("{}: {error}", names.join(" + ")))
}

fn twice(document: &Document) -> String {
    format!(
        "{}: {} has a text of this kind for {} already",
        document.source.name,
        document.programme(),
        document.place()
    )
}

/// Faults with the name of their text: `file:line:column: found …, expected …`.
fn named(name: &str, faults: &[Fault]) -> Vec<String> {
    let line = |fault: &Fault| {
        format!(
            "{name}:{}:{}: found {}, expected {}",
            fault.line, fault.column, fault.found, fault.expected
        )
    };
    faults.iter().map(line).collect()
}
