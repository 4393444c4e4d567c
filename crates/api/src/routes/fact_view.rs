//! How a fact is shown: in the catalogue, among what is missing, and as a question of a form.

use serde::Serialize;
use serde_json::{Map, Value, json};
use sizhu_core::fact::{Fact, FactScope, FactSource, FactType};
use sizhu_core::quantity::Unit;
use utoipa::ToSchema;

use crate::problem::Language;
use crate::wording::{title, unit_words};

/// The most a counted or paid fact may come to.
const MOST: i64 = 1_000_000_000_000;

/// One word a fact may have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FactWord)]
pub struct WordView {
    /// The word, as it is sent.
    #[schema(example = "rural")]
    word: &'static str,
    /// What it is called.
    #[schema(example = "农村")]
    title: &'static str,
}

/// A fact, and how a value of it is written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fact)]
pub struct FactView {
    /// Stable id.
    #[schema(example = "hukou")]
    fact: &'static str,
    /// What it is called.
    #[schema(example = "户口性质")]
    title: &'static str,
    /// `truth`, `day`, `word`, `money` (whole fen), `count`, `share` (parts per million),
    /// `division` or `diagnosis`.
    #[serde(rename = "type")]
    #[schema(example = "word")]
    kind: &'static str,
    /// What is counted, for a `count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "children")]
    unit: Option<&'static str>,
    /// Its words, for a `word`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<WordView>,
    /// The least it can be, for a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<i64>,
    /// The most it can be, for a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<i64>,
    /// What it tells of: `person`, `household`, `loan`, `event`, `stay`, `day` or `record`.
    #[schema(value_type = String, example = "person")]
    scope: FactScope,
    /// Where it is learnt first: `registry`, `form`, `hospital`, `bank` or `records`.
    #[schema(value_type = String, example = "form")]
    source: FactSource,
    /// Whether it tells of a special-family status or an illness.
    reveals: bool,
    /// What exactly it means, in English.
    meaning: &'static str,
}

impl FactView {
    pub(super) fn of(fact: Fact, language: Language) -> Self {
        let info = fact.info();
        let limits = limits(info.kind);
        Self {
            fact: info.id,
            title: title(info, language),
            kind: info.kind.as_str(),
            unit: unit(info.kind).map(Unit::as_str),
            words: words(info.kind, language),
            minimum: limits.map(|(least, _)| least),
            maximum: limits.map(|(_, most)| most),
            scope: info.scope,
            source: info.source,
            reveals: info.revealing,
            meaning: info.meaning,
        }
    }
}

fn words(kind: FactType, language: Language) -> Vec<WordView> {
    let FactType::Word(words) = kind else {
        return Vec::new();
    };
    let view = |(word, zh, en): &(&'static str, &'static str, &'static str)| WordView {
        word,
        title: match language {
            Language::Chinese => zh,
            Language::English => en,
        },
    };
    words.iter().map(view).collect()
}

const fn unit(kind: FactType) -> Option<Unit> {
    match kind {
        FactType::Count(unit) | FactType::Between(unit, _, _) => Some(unit),
        FactType::Truth
        | FactType::Day
        | FactType::Word(_)
        | FactType::Money
        | FactType::Share
        | FactType::Division
        | FactType::Diagnosis => None,
    }
}

/// The least and the most a number can be.
const fn limits(kind: FactType) -> Option<(i64, i64)> {
    match kind {
        FactType::Money | FactType::Count(_) | FactType::Share => Some((0, MOST)),
        FactType::Between(_, least, most) => Some((least, most)),
        FactType::Truth
        | FactType::Day
        | FactType::Word(_)
        | FactType::Division
        | FactType::Diagnosis => None,
    }
}

/// The JSON Schema (2020-12) of a fact's values, under a title of its own or the fact's.
pub(super) fn question(fact: Fact, title_own: Option<String>, language: Language) -> Value {
    let info = fact.info();
    let mut schema = match info.kind {
        FactType::Truth => json!({ "type": "boolean" }),
        FactType::Day => json!({ "type": "string", "format": "date" }),
        FactType::Word(_) => {
            let choices: Vec<Value> = words(info.kind, language)
                .iter()
                .map(|word| json!({ "const": word.word, "title": word.title }))
                .collect();
            json!({ "type": "string", "oneOf": choices })
        }
        FactType::Money | FactType::Count(_) | FactType::Between(..) | FactType::Share => {
            json!({ "type": "integer" })
        }
        FactType::Division => json!({
            "type": "string",
            "pattern": "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$",
        }),
        FactType::Diagnosis => json!({ "type": "string", "minLength": 3, "maxLength": 32 }),
    };
    let members = schema.as_object_mut();
    if let Some(members) = members {
        if let Some((least, most)) = limits(info.kind) {
            members.insert("minimum".to_owned(), json!(least));
            members.insert("maximum".to_owned(), json!(most));
        }
        describe(members, fact, title_own, language);
    }
    schema
}

/// The annotations: what is asked, what it means, and where the platform learns it itself.
fn describe(
    members: &mut Map<String, Value>,
    fact: Fact,
    title_own: Option<String>,
    language: Language,
) {
    let info = fact.info();
    let asked = title_own.unwrap_or_else(|| title(info, language).to_owned());
    let hint = hint(info.kind, language);
    let description = match (language, hint) {
        (Language::Chinese, hint) => hint,
        (Language::English, Some(hint)) => Some(format!("{} {hint}", info.meaning)),
        (Language::English, None) => Some(info.meaning.to_owned()),
    };
    members.insert("title".to_owned(), json!(asked));
    if let Some(description) = description {
        members.insert("description".to_owned(), json!(description));
    }
    members.insert("x-type".to_owned(), json!(info.kind.as_str()));
    members.insert("x-source".to_owned(), json!(info.source));
}

/// How a value is written, where the type alone does not say it.
fn hint(kind: FactType, language: Language) -> Option<String> {
    let say = |zh: &str, en: &str| match language {
        Language::Chinese => zh.to_owned(),
        Language::English => en.to_owned(),
    };
    match kind {
        FactType::Money => Some(say("以分为单位的整数。", "In whole fen.")),
        FactType::Share => Some(say(
            "以百万分之一为单位的整数：4.35% 写作 43500。",
            "In parts per million: 4.35 % is 43500.",
        )),
        FactType::Count(unit) | FactType::Between(unit, _, _) => {
            let unit = unit_words(unit, language);
            Some(match language {
                Language::Chinese => format!("单位：{unit}。"),
                Language::English => format!("In {unit}."),
            })
        }
        FactType::Division => Some(say("区划代码。", "The code of a division.")),
        FactType::Diagnosis => Some(say(
            "疾病诊断编码（ICD-10），如 I63.900。",
            "An ICD-10 code such as I63.900.",
        )),
        FactType::Truth | FactType::Day | FactType::Word(_) => None,
    }
}
