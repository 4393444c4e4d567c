//! From a draft to a sound pack: what no part of the text can tell by itself.

mod clauses;
mod dates;
mod facts;
mod kinds;
mod overlay;
mod range;
mod reach;
mod tables;
mod terms;

use std::collections::BTreeMap;

use super::read::{Draft, DraftOverlay, DraftValue, Reader};
use super::value::NamedValue;
use super::{Overlay, Pack};

use clauses::Clauses;

/// Checks a draft as a whole. `None` where a part could not be read; other faults are noted.
pub(super) fn pack(reader: &Reader<'_>, draft: Draft) -> Option<Pack> {
    for value in draft.values.values() {
        kinds::entries(reader, value);
    }
    if reader.is_whole() {
        let clauses = Clauses::of(&draft);
        clauses.check(reader, &draft);
        kinds::check(reader, &draft);
        dates::check(reader, &draft, &clauses);
        facts::check(reader, &draft, &clauses);
        terms::check(reader, &draft);
        reach::check(reader, &draft, &clauses);
    }
    let clauses: Option<Vec<_>> = draft.clauses.into_iter().map(|it| it.strip()).collect();
    let versions: Option<Vec<_>> = draft.versions.into_iter().map(|it| it.version).collect();
    Some(Pack {
        programme: draft.programme?,
        place: draft.place?,
        help: draft.help?,
        subject: draft.frame.subject?,
        period: draft.frame.period?,
        title: draft.title?,
        summary: draft.summary?,
        values: values(draft.values)?,
        clauses: clauses?,
        versions: versions?,
    })
}

fn values(drafts: BTreeMap<String, DraftValue>) -> Option<BTreeMap<String, NamedValue>> {
    let named = |(name, draft): (String, DraftValue)| {
        let entries: Option<Vec<_>> = draft.entries.into_iter().map(|it| it.strip()).collect();
        draft.sound.then_some((name, NamedValue(entries?)))
    };
    drafts.into_iter().map(named).collect()
}

/// Checks an overlay against the pack it lies upon.
pub(super) fn overlay(reader: &Reader<'_>, draft: DraftOverlay, base: &Pack) -> Option<Overlay> {
    for value in draft.values.values() {
        kinds::entries(reader, value);
    }
    overlay::check(reader, &draft, base);
    Some(Overlay {
        programme: draft.programme?.0,
        place: draft.place?.0,
        values: values(draft.values)?,
    })
}
