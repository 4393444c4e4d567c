//! Sources, and where a value, a clause or a version says it comes from.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::pack::fault::Span;
use crate::schedule::{Citation, Provenance, SourceClass};
use crate::trace::Bilingual;

use super::node::{Node, Reader, Table, is_name};

/// The papers of a text by name.
pub(in crate::pack) struct Sources<'a>(BTreeMap<&'a str, Source>);

struct Source {
    at: Span,
    /// `None` where the text does not say it soundly.
    citation: Option<Citation>,
    used: Cell<bool>,
}

/// The keys that say where something comes from.
pub(super) const ORIGIN: [&str; 3] = ["source", "article", "assumed"];

impl<'a> Reader<'a> {
    /// `[sources]`: none at all where everything is assumed.
    pub(super) fn sources(&self, root: Table<'a>) -> Sources<'a> {
        let table = root.get("sources").and_then(|node| self.any_table(node));
        let entries = table.map(|table| table.entries()).unwrap_or_default();
        let read = |(name, at, node): (&'a str, Span, Node<'a>)| {
            if !is_name(name) {
                self.wrong(at, NAME);
            }
            let source = Source {
                at,
                citation: self.citation(node),
                used: Cell::new(false),
            };
            (name, source)
        };
        Sources(entries.into_iter().map(read).collect())
    }

    fn citation(&self, node: Node<'a>) -> Option<Citation> {
        let table = self.table(node, &["instrument", "article", "address", "class"])?;
        let text = |reader: &Self, node| reader.string(node, "a text").map(str::to_owned);
        let instrument = self.needed(table, "instrument", |reader, node| {
            let name = reader.string(node, "the name, number or date of a paper or page")?;
            Some(name.to_owned())
        });
        let article = self.optional(table, "article", text);
        let address = self.optional(table, "address", text);
        let class = self.needed(table, "class", |reader, node| {
            reader.word(node, SourceClass::ALL)
        });
        Some(Citation {
            instrument: instrument?,
            article: article?,
            address: address?,
            class: class?,
        })
    }

    /// Exactly one of `source`, perhaps with an `article` of its own, and `assumed`.
    pub(super) fn provenance(&self, table: Table<'a>, sources: &Sources<'a>) -> Option<Provenance> {
        let article = self.optional(table, "article", |reader, node| {
            reader.string(node, "the article of the source")
        });
        match (table.get("source"), table.get("assumed")) {
            (Some(source), None) => {
                let name = self.string(source, "the name of a source")?;
                let mut citation = self.cited(source, name, sources)?;
                if let Some(article) = article? {
                    citation.article = Some(article.to_owned());
                }
                Some(Provenance::Cited(citation))
            }
            (None, Some(reason)) => {
                if let Some(article) = table.get("article") {
                    self.wrong(article.at, "no `article` of what is assumed");
                }
                let reason = self.string(reason, "the reason of the assumption")?;
                Some(Provenance::Assumed(reason.to_owned()))
            }
            (Some(source), Some(_)) => {
                let name = self.string(source, "the name of a source");
                name.and_then(|name| self.cited(source, name, sources));
                self.fault(table.at, "`source` and `assumed`", "one of the two");
                None
            }
            (None, None) => {
                let expected = "`source`, the name of a source, or `assumed`, the reason";
                self.absent(table.at, "neither `source` nor `assumed`", expected);
                None
            }
        }
    }

    fn cited(&self, node: Node<'a>, name: &str, sources: &Sources<'a>) -> Option<Citation> {
        let Some(source) = sources.0.get(name) else {
            let expected = match self.nearest(name, sources.0.keys().copied()) {
                Some(near) => format!("the source `{near}`"),
                None => "a name of `[sources]`".to_owned(),
            };
            self.wrong(node.at, expected);
            return None;
        };
        source.used.set(true);
        source.citation.clone()
    }

    /// Notes the sources that nothing rests on.
    pub(super) fn unused_sources(&self, sources: &Sources<'a>) {
        for (name, source) in &sources.0 {
            if !source.used.get() {
                let found = format!("the source `{name}`, on which nothing rests");
                self.absent(source.at, &found, "only sources that are used");
            }
        }
    }

    /// A text in both languages.
    pub(super) fn bilingual(&self, node: Node<'a>) -> Option<Bilingual> {
        let table = self.table(node, &["zh", "en"])?;
        let zh = self.needed(table, "zh", |it, node| it.string(node, "a text in Chinese"));
        let en = self.needed(table, "en", |it, node| it.string(node, "a text in English"));
        Some(Bilingual {
            zh: zh?.to_owned().into(),
            en: en?.to_owned().into(),
        })
    }
}

/// What a name looks like.
pub(super) const NAME: &str =
    "a name of lower-case letters, digits and `_`, beginning with a letter";
