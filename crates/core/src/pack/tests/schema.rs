//! The committed JSON Schema is the one of this code, and it takes what the reader takes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::super::schema;
use super::shipped::files;

#[test]
fn schema_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/pack.schema.json");
    let now = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA_JSON").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == now, "write it anew with UPDATE_SCHEMA_JSON=1");
}

/// Whether a value is of a schema, as far as our schema goes.
fn takes(root: &Value, schema: &Value, value: &Value) -> bool {
    let Some(schema) = schema.as_object() else {
        return schema.as_bool().unwrap();
    };
    schema.iter().all(|(key, asked)| match key.as_str() {
        "$ref" => {
            let name = asked.as_str().unwrap().strip_prefix('#').unwrap();
            takes(root, root.pointer(name).unwrap(), value)
        }
        "oneOf" => {
            let parts = asked.as_array().unwrap().iter();
            parts.filter(|part| takes(root, part, value)).count() == 1
        }
        "anyOf" => asked
            .as_array()
            .unwrap()
            .iter()
            .any(|it| takes(root, it, value)),
        "allOf" => asked
            .as_array()
            .unwrap()
            .iter()
            .all(|it| takes(root, it, value)),
        "type" => match asked.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64(),
            other => panic!("{other}"),
        },
        "const" => value == asked,
        "enum" => asked.as_array().unwrap().contains(value),
        "required" => asked
            .as_array()
            .unwrap()
            .iter()
            .all(|key| value.get(key.as_str().unwrap()).is_some()),
        "items" => value
            .as_array()
            .is_none_or(|parts| parts.iter().all(|part| takes(root, asked, part))),
        "additionalProperties" => {
            let known = schema.get("properties").and_then(Value::as_object);
            value.as_object().is_none_or(|object| {
                object
                    .iter()
                    .filter(|(key, _)| known.is_none_or(|known| !known.contains_key(*key)))
                    .all(|(_, value)| takes(root, asked, value))
            })
        }
        "properties" => asked
            .as_object()
            .unwrap()
            .iter()
            .all(|(key, asked)| value.get(key).is_none_or(|value| takes(root, asked, value))),
        "minimum" => value.as_i64() >= asked.as_i64(),
        "maximum" => value.as_i64() <= asked.as_i64(),
        "pattern" | "propertyNames" | "minItems" | "uniqueItems" | "minLength" | "maxLength"
        | "minProperties" | "description" | "examples" | "title" | "$schema" | "$defs" => true,
        other => panic!("the schema uses `{other}`, which this test does not know"),
    })
}

#[test]
fn the_schema_takes_what_is_shipped() {
    let schema = schema();
    for (path, text) in files(|name| name.ends_with(".toml")) {
        let value: Value = toml::from_str(&text).unwrap();
        assert!(takes(&schema, &schema, &value), "{}", path.display());
        let mut other = value.clone();
        let table = other.as_object_mut().unwrap();
        table.insert("unknown".into(), Value::from(1));
        assert!(!takes(&schema, &schema, &other), "{}", path.display());
    }
}

#[test]
fn the_schema_knows_every_fact_and_its_tests() {
    let schema = schema();
    let condition = schema.pointer("/$defs/condition").unwrap();
    let takes = |text: &str| {
        let value: Value = serde_json::from_str(text).unwrap();
        takes(&schema, condition, &value)
    };
    for fact in crate::fact::Fact::ALL {
        use crate::fact::FactType::{Count, Day, Diagnosis, Division, Money, Share, Truth, Word};
        let test = match fact.info().kind {
            Truth => r#""is": false"#.to_owned(),
            Day => r#""before": "2020-01-01""#.to_owned(),
            Word(words) => format!(r#""is": "{}""#, words[0].0),
            Money | Count(_) | crate::fact::FactType::Between(..) | Share => {
                r#""at_most": "limit""#.to_owned()
            }
            Division | Diagnosis => r#""in": "places""#.to_owned(),
        };
        assert!(
            takes(&format!(r#"{{ "fact": "{fact}", {test} }}"#)),
            "{fact}"
        );
        assert!(
            !takes(&format!(r#"{{ "fact": "{fact}", "equals": 1 }}"#)),
            "{fact}"
        );
    }
    assert!(takes(
        r#"{ "all": ["alive", { "not": { "fact": "alive" } }] }"#
    ));
    assert!(!takes(r#"{ "fact": "sex", "is": true }"#));
    assert!(!takes(r#"{ "fact": "born_on" }"#));
}
