//! Terms that must fit each other: ids, payee and form, and the title under which is posted.

use std::collections::BTreeSet;

use super::super::read::{Draft, DraftVersion, Reader};
use super::super::words::{FormKind, Payee, PublicityMode};

/// Words that tell of a status or an illness, and so are in no neutral title.
const REVEALING: [&str; 22] = [
    "特殊家庭",
    "特别扶助",
    "特扶",
    "失独",
    "独生子女",
    "伤残",
    "残疾",
    "失能",
    "死亡",
    "身故",
    "并发症",
    "重病",
    "大病",
    "疾病",
    "不孕",
    "special famil",
    "special assistance",
    "only child",
    "disab",
    "death",
    "died",
    "illness",
];

pub(super) fn check(reader: &Reader<'_>, draft: &Draft) {
    for version in &draft.versions {
        ids(reader, version);
        payee(reader, version);
        title(reader, version);
    }
}

fn ids(reader: &Reader<'_>, version: &DraftVersion) {
    let mut seen = BTreeSet::new();
    for draft in &version.components {
        let id = draft.component.id.as_str();
        if !seen.insert(id) {
            reader.fault(draft.at, format!("`{id}` again"), "an id of its own");
        }
    }
}

fn payee(reader: &Reader<'_>, draft: &DraftVersion) {
    let Some(version) = &draft.version else {
        return;
    };
    let kinds: BTreeSet<FormKind> = version.components.iter().map(|it| it.form.kind()).collect();
    let has_money = kinds.iter().any(|kind| *kind != FormKind::InKind);
    let has_premium = kinds.contains(&FormKind::Premium);
    let expected = match (version.payee, has_money, has_premium) {
        (Payee::Nobody, true, _) => "someone who is paid: an entitlement is money",
        (Payee::Nobody, false, _) | (Payee::Insurer, _, true) => return,
        (_, false, _) => "`nobody`: no entitlement is money",
        (Payee::Insurer, _, false) => "`insurer` only where there is a `premium`",
        (_, _, true) => "`insurer`, to whom a `premium` is paid",
        (_, true, false) => return,
    };
    reader.fault(draft.at, format!("the payee `{}`", version.payee), expected);
}

fn title(reader: &Reader<'_>, version: &DraftVersion) {
    let Some((publicity, at)) = &version.publicity else {
        return;
    };
    if publicity.mode == PublicityMode::None {
        return;
    }
    let en = publicity.title.en.to_lowercase();
    let word = REVEALING
        .iter()
        .find(|word| publicity.title.zh.contains(**word) || en.contains(**word));
    if let Some(word) = word {
        let found = format!("a title for the public with `{word}`");
        reader.fault(*at, found, "a neutral title, which gives no family away");
    }
}
