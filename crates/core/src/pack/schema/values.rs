//! Values in the schema: literals and tables.

use serde_json::{Map, Value, json};

use crate::fact::{Fact, FactType, Word};
use crate::loan::DayCount;
use crate::quantity::Unit;

use super::{closed, list, reference, sourced, told};

pub(super) fn definitions() -> Value {
    let one = [
        json!({ "required": ["value"] }),
        json!({ "required": ["table"] }),
    ];
    let entry = sourced(
        json!({
            "from": reference("day"),
            "until": reference("day"),
            "value": reference("literal"),
            "table": list(&reference("row")),
        }),
        &["from"],
    );
    json!({
        "values": {
            "type": "object",
            "propertyNames": reference("name"),
            "additionalProperties": list(&json!({ "allOf": [entry, { "oneOf": one }] })),
        },
        "day": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
        "quantity": { "type": "string", "pattern": quantity(), "examples": ["100 yuan/day"] },
        "literal": {
            "anyOf": [
                reference("quantity"),
                { "const": "none", "description": "No limit." },
                reference("day"),
                { "type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$" },
                { "type": "string", "pattern": "^[a-z][a-z0-9_/]*$" },
                { "enum": DayCount::ALL },
                reference("strings"),
                list(&closed(json!({
                    "above": reference("quantity"),
                    "share": reference("quantity"),
                }), &["above", "share"])),
            ],
        },
        "strings": { "type": "array", "items": reference("text"), "minItems": 1, "uniqueItems": true },
        "row": {
            "type": "object",
            "properties": cells(),
            "required": ["value"],
            "additionalProperties": false,
        },
    })
}

/// A number, a space and a unit, in the plural or the singular.
fn quantity() -> String {
    let singular = [
        "day", "month", "quarter", "year", "time", "cycle", "person", "child",
    ];
    let units = Unit::ALL.iter().map(|unit| unit.as_str()).chain(singular);
    let units: Vec<&str> = units.chain(["household", "place"]).collect();
    format!("^(0|[1-9][0-9]*)(\\.[0-9]{{1,4}})? ({})$", units.join("|"))
}

/// What a row may ask of each fact.
fn cells() -> Value {
    let mut cells = Map::new();
    cells.insert("value".into(), reference("quantity"));
    for fact in Fact::ALL {
        let range = |lower: &str, upper: &str| {
            json!({
                "type": "object",
                "properties": { lower: reference("quantity"), upper: reference("quantity") },
                "minProperties": 1,
                "additionalProperties": false,
            })
        };
        let info = fact.info();
        let mut cell = match info.kind {
            FactType::Truth => json!({ "type": "boolean" }),
            FactType::Word(words) => json!({ "anyOf": [fact_words(words), list_of(words)] }),
            FactType::Day => range("age_at_least", "age_below"),
            FactType::Money | FactType::Count(_) | FactType::Between(..) | FactType::Share => {
                range("at_least", "at_most")
            }
            FactType::Division | FactType::Diagnosis => reference("strings"),
        };
        describe(&mut cell, *fact);
        cells.insert(info.id.into(), cell);
    }
    Value::Object(cells)
}

/// One of the words of a fact.
pub(super) fn fact_words(words: &[Word]) -> Value {
    told(
        words
            .iter()
            .map(|(word, zh, en)| (*word, format!("{zh} / {en}"))),
    )
}

/// Some of the words of a fact.
pub(super) fn list_of(words: &[Word]) -> Value {
    json!({ "type": "array", "items": fact_words(words), "minItems": 1, "uniqueItems": true })
}

/// Says what a fact is beside a schema of it.
pub(super) fn describe(schema: &mut Value, fact: Fact) {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".into(), json!(description(fact)));
    }
}

/// A fact's titles and what exactly it means.
pub(super) fn description(fact: Fact) -> String {
    let info = fact.info();
    format!("{} / {}. {}", info.title.0, info.title.1, info.meaning)
}
