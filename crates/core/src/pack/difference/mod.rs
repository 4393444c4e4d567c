//! What differs between two packs, in words: value by value, clause by clause, version by version.

mod versions;

use std::collections::BTreeSet;

use crate::day::Day;
use crate::trace::Bilingual;

use super::phrase::{condition, literal, members, provenance, say};
use super::{Clause, DatedValue, NamedValue, Overlay, Pack};

/// What differs between a pack and the one that is to take its place: nothing, if both decide
/// alike on the same grounds. Each line says since when.
#[must_use]
pub fn difference(before: &Pack, after: &Pack) -> Vec<Bilingual> {
    let mut told = Vec::new();
    headings(before, after, &mut told);
    let names: BTreeSet<&String> = before.values.keys().chain(after.values.keys()).collect();
    for name in names {
        value(
            name,
            before.values.get(name),
            after.values.get(name),
            &mut told,
        );
    }
    clauses(before, after, &mut told);
    versions::differences(before, after, &mut told);
    told
}

/// The same of overlays upon a pack. What an overlay does not say is the pack's.
#[must_use]
pub fn difference_overlay(
    before: Option<&Overlay>,
    after: &Overlay,
    base: &Pack,
) -> Vec<Bilingual> {
    let mut told = Vec::new();
    let old = before.map(|overlay| &overlay.values);
    let old_names = old.into_iter().flat_map(|values| values.keys());
    let names: BTreeSet<&String> = old_names.chain(after.values.keys()).collect();
    for name in names {
        let below = base.values.get(name);
        let old = Layers(old.and_then(|values| values.get(name)), below);
        let new = Layers(after.values.get(name), below);
        layers(name, &old, &new, &mut told);
    }
    told
}

/// A value of an overlay, where it has one in force, and of the pack below it.
struct Layers<'p>(Option<&'p NamedValue>, Option<&'p NamedValue>);

impl<'p> Layers<'p> {
    fn at(&self, day: Day) -> Option<&'p DatedValue> {
        let own = self.0.and_then(|value| value.at(day));
        own.or_else(|| self.1.and_then(|value| value.at(day)))
    }

    /// The days on which it may change.
    fn days(&self) -> impl Iterator<Item = Day> {
        let values = self.0.into_iter().chain(self.1);
        values.flat_map(|value| {
            value
                .0
                .iter()
                .flat_map(|it| [Some(it.from), it.until])
                .flatten()
        })
    }
}

fn headings(before: &Pack, after: &Pack, told: &mut Vec<Bilingual>) {
    let mut changed = |zh: &str, en: &str, was: &Bilingual, is: &Bilingual| {
        if was != is {
            told.push(say(
                format!("{zh}改为“{}”（原为“{}”）", is.zh, was.zh),
                format!("The {en} is “{}” (was “{}”)", is.en, was.en),
            ));
        }
    };
    let word = |word: &str| say(word, word);
    changed("名称", "title", &before.title, &after.title);
    changed("简介", "summary", &before.summary, &after.summary);
    changed(
        "四助类别",
        "help",
        &word(before.help.as_str()),
        &word(after.help.as_str()),
    );
    let (was, is) = (before.subject.as_str(), after.subject.as_str());
    changed("对象", "subject", &word(was), &word(is));
    let (was, is) = (before.period.as_str(), after.period.as_str());
    changed("周期", "period", &word(was), &word(is));
}

fn value(
    name: &str,
    before: Option<&NamedValue>,
    after: Option<&NamedValue>,
    told: &mut Vec<Bilingual>,
) {
    if after.is_none() {
        told.push(say(
            format!("取消数值 `{name}`"),
            format!("The value `{name}` is gone"),
        ));
        return;
    }
    layers(name, &Layers(before, None), &Layers(after, None), told);
}

/// Tells since when a value differs, from one change to the next.
fn layers(name: &str, before: &Layers<'_>, after: &Layers<'_>, told: &mut Vec<Bilingual>) {
    let days: BTreeSet<Day> = before.days().chain(after.days()).collect();
    let mut last = None;
    for day in days {
        let (was, is) = (before.at(day), after.at(day));
        let now = (
            was.map(|it| (&it.literal, &it.provenance)),
            is.map(|it| (&it.literal, &it.provenance)),
        );
        if last == Some(now) {
            continue;
        }
        last = Some(now);
        told.extend(entry(name, day, was, is));
    }
}

/// What one day's entry says that the other does not.
fn entry(
    name: &str,
    day: Day,
    was: Option<&DatedValue>,
    is: Option<&DatedValue>,
) -> Option<Bilingual> {
    match (was, is) {
        (None, None) => None,
        (None, Some(is)) => {
            let is = literal(&is.literal);
            Some(say(
                format!("自 {day} 起 `{name}` 为 {}（原无）", is.zh),
                format!("From {day} `{name}` is {} (was not set)", is.en),
            ))
        }
        (Some(was), None) => {
            let was = literal(&was.literal);
            Some(say(
                format!("自 {day} 起 `{name}` 不再设定（原为 {}）", was.zh),
                format!("From {day} `{name}` is no longer set (was {})", was.en),
            ))
        }
        (Some(was), Some(is)) if was.literal != is.literal => Some(changed(name, day, was, is)),
        (Some(was), Some(is)) if was.provenance != is.provenance => {
            let (was, is) = (provenance(&was.provenance), provenance(&is.provenance));
            Some(say(
                format!("自 {day} 起 `{name}` 的依据为 {}（原为 {}）", is.zh, was.zh),
                format!("From {day} `{name}` rests on {} (was {})", is.en, was.en),
            ))
        }
        (Some(_), Some(_)) => None,
    }
}

/// Of lists, what is added and taken away; else what it is and was.
fn changed(name: &str, day: Day, was: &DatedValue, is: &DatedValue) -> Bilingual {
    if let (Some(old), Some(new)) = (members(&was.literal), members(&is.literal)) {
        let (mut zh, mut en) = (
            format!("自 {day} 起 `{name}`"),
            format!("From {day} `{name}`"),
        );
        let without = |some: &[String], other: &[String]| {
            let rest: Vec<String> = some
                .iter()
                .filter(|it| !other.contains(it))
                .cloned()
                .collect();
            rest
        };
        let (added, gone) = (without(&new, &old), without(&old, &new));
        if !added.is_empty() {
            zh.push_str(&format!("增加 {}", added.join("、")));
            en.push_str(&format!(" also has {}", added.join(", ")));
        }
        if !gone.is_empty() {
            let and = if added.is_empty() {
                ["", ""]
            } else {
                ["，", " and"]
            };
            let [and_zh, and_en] = and;
            zh.push_str(&format!("{and_zh}去掉 {}", gone.join("、")));
            en.push_str(&format!("{and_en} no longer has {}", gone.join(", ")));
        }
        if added.is_empty() && gone.is_empty() {
            zh.push_str("改变顺序");
            en.push_str(" has another order");
        }
        return say(zh, en);
    }
    let (was, is) = (literal(&was.literal), literal(&is.literal));
    say(
        format!("自 {day} 起 `{name}` 为 {}（原为 {}）", is.zh, was.zh),
        format!("From {day} `{name}` is {} (was {})", is.en, was.en),
    )
}

fn clauses(before: &Pack, after: &Pack, told: &mut Vec<Bilingual>) {
    for clause in &after.clauses {
        match before.clause(&clause.id) {
            None => {
                let asks = condition(&clause.condition, &after.clauses);
                told.push(say(
                    format!(
                        "新增条款“{}”（{}）：{}",
                        clause.title.zh, clause.id, asks.zh
                    ),
                    format!(
                        "Clause “{}” ({}) is new: {}",
                        clause.title.en, clause.id, asks.en
                    ),
                ));
            }
            Some(old) => clause_changes(old, clause, before, after, told),
        }
    }
    for old in &before.clauses {
        if after.clause(&old.id).is_none() {
            told.push(say(
                format!("取消条款“{}”（{}）", old.title.zh, old.id),
                format!("Clause “{}” ({}) is gone", old.title.en, old.id),
            ));
        }
    }
}

fn clause_changes(
    old: &Clause,
    new: &Clause,
    before: &Pack,
    after: &Pack,
    told: &mut Vec<Bilingual>,
) {
    let id = &new.id;
    if old.title != new.title {
        told.push(say(
            format!(
                "条款 {id} 更名为“{}”（原为“{}”）",
                new.title.zh, old.title.zh
            ),
            format!(
                "Clause {id} is called “{}” (was “{}”)",
                new.title.en, old.title.en
            ),
        ));
    }
    if old.condition != new.condition {
        let was = condition(&old.condition, &before.clauses);
        let is = condition(&new.condition, &after.clauses);
        told.push(say(
            format!(
                "条款“{}”（{id}）改为：{}（原为：{}）",
                new.title.zh, is.zh, was.zh
            ),
            format!(
                "Clause “{}” ({id}) asks: {} (asked: {})",
                new.title.en, is.en, was.en
            ),
        ));
    }
    if old.provenance != new.provenance {
        let (was, is) = (provenance(&old.provenance), provenance(&new.provenance));
        told.push(say(
            format!(
                "条款“{}”（{id}）的依据为 {}（原为 {}）",
                new.title.zh, is.zh, was.zh
            ),
            format!(
                "Clause “{}” ({id}) rests on {} (was {})",
                new.title.en, is.en, was.en
            ),
        ));
    }
}
