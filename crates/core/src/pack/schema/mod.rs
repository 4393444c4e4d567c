//! The format of packs, overlays and golden cases as a JSON Schema (2020-12), from the same lists
//! of facts and words as the reader, so that editors complete what the reader takes.
//!
//! The schema says less than the reader: it knows shapes and words, not names, units or dates.

mod cases;
mod conditions;
mod terms;
mod values;

use serde_json::{Map, Value, json};

use super::words::{Help, Period, Subject};
use crate::schedule::SourceClass;

/// The JSON Schema of every TOML file under `policies/`.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy packs, overlays and golden cases",
        "description": "A pack has `programme` and `versions`, an overlay `overlay`, golden cases `cases`.",
        "oneOf": [
            { "$ref": "#/$defs/pack" },
            { "$ref": "#/$defs/overlay" },
            { "$ref": "#/$defs/golden_cases" },
        ],
        "$defs": definitions(),
    })
}

fn definitions() -> Value {
    let mut all = Map::new();
    for definitions in [
        documents(),
        values::definitions(),
        conditions::definitions(),
        terms::definitions(),
        cases::definitions(),
    ] {
        if let Value::Object(definitions) = definitions {
            all.extend(definitions);
        }
    }
    Value::Object(all)
}

fn documents() -> Value {
    let mut pack = Map::new();
    pack.insert("programme".into(), reference("programme_id"));
    pack.insert("place".into(), reference("place"));
    pack.insert("help".into(), words(Help::ALL));
    pack.insert("subject".into(), words(Subject::ALL));
    pack.insert("period".into(), words(Period::ALL));
    pack.insert("title".into(), reference("bilingual"));
    pack.insert("summary".into(), reference("bilingual"));
    pack.insert("format".into(), json!({ "const": 2 }));
    pack.insert("versions".into(), list(&reference("version")));
    let required: Vec<String> = pack.keys().cloned().collect();
    pack.insert("sources".into(), reference("sources"));
    pack.insert("values".into(), reference("values"));
    pack.insert("clauses".into(), named(&reference("clause")));
    json!({
        "pack": {
            "description": "The rules of one programme at one place.",
            "type": "object",
            "properties": pack,
            "required": required,
            "additionalProperties": false,
        },
        "overlay": closed(json!({
            "format": { "const": 2 },
            "overlay": reference("programme_id"),
            "place": reference("place"),
            "sources": reference("sources"),
            "values": reference("values"),
        }), &["format", "overlay", "place", "values"]),
        "programme_id": {
            "type": "string",
            "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "minLength": 3, "maxLength": 60,
        },
        "place": {
            "description": "`national`, or the code of a division.",
            "type": "string",
            "pattern": "^(national|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$",
        },
        "bilingual": closed(json!({
            "zh": reference("text"),
            "en": reference("text"),
        }), &["zh", "en"]),
        "text": { "type": "string", "pattern": "\\S" },
        "name": { "type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60 },
        "sources": named(&closed(json!({
            "instrument": reference("text"),
            "article": reference("text"),
            "address": reference("text"),
            "class": words(SourceClass::ALL),
        }), &["instrument", "class"])),
    })
}

/// A definition by name.
fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// An object with these keys and no others.
fn closed(properties: Value, required: &[&str]) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// The same, which also says where it comes from.
fn sourced(properties: Value, required: &[&str]) -> Value {
    let mut object = closed(properties, required);
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("source".into(), reference("name"));
        properties.insert("article".into(), reference("text"));
        properties.insert("assumed".into(), reference("text"));
    }
    if let Some(object) = object.as_object_mut() {
        let one = json!([{ "required": ["source"] }, { "required": ["assumed"] }]);
        object.insert("oneOf".into(), one);
    }
    object
}

/// An object whose keys are names.
fn named(value: &Value) -> Value {
    json!({
        "type": "object",
        "propertyNames": reference("name"),
        "additionalProperties": value,
    })
}

/// A list with at least one part.
fn list(part: &Value) -> Value {
    json!({ "type": "array", "items": part, "minItems": 1 })
}

/// The words of a vocabulary.
fn words<T: std::fmt::Display>(all: &[T]) -> Value {
    let all: Vec<String> = all.iter().map(T::to_string).collect();
    json!({ "enum": all })
}

/// Words with what they mean: word, Chinese, English.
fn told<'w>(words: impl IntoIterator<Item = (&'w str, String)>) -> Value {
    let one = |(word, meaning): (&str, String)| json!({ "const": word, "description": meaning });
    let all: Vec<Value> = words.into_iter().map(one).collect();
    json!({ "oneOf": all })
}
