//! What a policy text changes, in words: against the one in force in its place.

use sizhu_core::Bilingual;
use sizhu_core::pack::{self, Document as Kind, Fault, Pack, Place};
use sizhu_store::policy_versions::TextKind;

use super::versions::Uploaded;
use crate::policies::PolicySet;
use crate::problem::Problem;

/// A stored text that the program can no longer read.
#[derive(Debug, thiserror::Error)]
#[error("a stored policy text cannot be read: {0}")]
struct Unreadable(String);

impl Unreadable {
    fn problem(faults: &[Fault]) -> Problem {
        let first = faults.first().map(ToString::to_string);
        Problem::internal(&Self(first.unwrap_or_default()))
    }
}

/// The changes, one sentence each; of an overlay also against having none.
///
/// # Errors
/// A stored text that cannot be read.
pub fn in_words(
    set: &PolicySet,
    version: &Uploaded,
    current: Option<&Uploaded>,
) -> Result<Vec<Bilingual>, Problem> {
    match version.version.kind {
        TextKind::Pack => {
            let after = read_pack(&version.text)?;
            match current {
                Some(current) => Ok(pack::difference(&read_pack(&current.text)?, &after)),
                None => Ok(vec![new_programme(&after)]),
            }
        }
        TextKind::Overlay => {
            let Some(base) = base(set, version)? else {
                return Ok(vec![without_base()]);
            };
            let read = |text: &str| {
                pack::read_overlay(text, &base).map_err(|faults| Unreadable::problem(&faults))
            };
            let after = read(&version.text)?;
            let before = current.map(|current| read(&current.text)).transpose()?;
            Ok(pack::difference_overlay(before.as_ref(), &after, &base))
        }
    }
}

fn read_pack(text: &str) -> Result<Pack, Problem> {
    pack::read_pack(text).map_err(|faults| Unreadable::problem(&faults))
}

/// The pack in force that an overlay lies upon: the nearest above its place.
fn base(set: &PolicySet, overlay: &Uploaded) -> Result<Option<Pack>, Problem> {
    let version = &overlay.version;
    let above = |place: &Place| match (place, &version.place) {
        (Place::National, _) => true,
        (Place::Division(_), Place::Division(code)) => place.contains(code),
        (Place::Division(_), Place::National) => false,
    };
    let packs = set.documents().filter(|document| {
        document.kind() == Kind::Pack
            && document.programme() == &version.programme
            && above(document.place())
    });
    let nearest = packs.max_by_key(|document| document.place().nearness());
    nearest
        .map(|document| read_pack(document.text()))
        .transpose()
}

fn new_programme(pack: &Pack) -> Bilingual {
    Bilingual {
        zh: format!("新增项目“{}”，此前该地没有本项目的政策包。", pack.title.zh).into(),
        en: format!(
            "A new programme, {}: this place had no pack of it.",
            pack.title.en
        )
        .into(),
    }
}

const fn without_base() -> Bilingual {
    Bilingual::of(
        "该地之上没有现行政策包，无从比较。",
        "There is no pack in force above its place to compare with.",
    )
}
