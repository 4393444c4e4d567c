//! The examples of successful answers: real answers of the demo, shortened, kept in
//! `openapi/answers.json`, from where they go into the document.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sizhu_tests::tree;

use super::schemas::Schemas;
use super::{committed, operations, resolved};

/// Where they are kept: by operation, status and media type.
const FILE: &str = "openapi/answers.json";

/// How to make those that are missing.
const HOW: &str = "UPDATE_EXAMPLES=1 cargo test -p sizhu-tests every_operation_works_in_the_demo \
                   writes what the demo answers to openapi/answers.json; then `make openapi`";

/// Texts are cut here.
const LONGEST: usize = 600;

/// By operation, status and media type.
type Kept = BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>>;

/// Answers of a walk.
#[derive(Default)]
pub(super) struct Answers(Kept);

impl Answers {
    /// Remembers an answer, unless there is one of its kind.
    pub(super) fn add(&mut self, operation: &str, status: &str, media_type: &str, answer: &Value) {
        let statuses = self.0.entry(operation.to_owned()).or_default();
        let types = statuses.entry(status.to_owned()).or_default();
        types
            .entry(media_type.to_owned())
            .or_insert_with(|| answer.clone());
    }

    /// Keeps those of which there are none yet, or only such as no longer fit, where that is asked
    /// for.
    pub(super) fn write(self, document: &Value, schemas: &Schemas<'_>) {
        if std::env::var("UPDATE_EXAMPLES").is_err() {
            return;
        }
        let mut before: Kept = serde_json::from_str(&tree::read(FILE)).expect("examples");
        let mut kept = Kept::new();
        for (name, operation) in operations(document) {
            let id = operation["operationId"].as_str().expect("an id");
            for (status, media_type, content) in successes(document, operation) {
                let schema = &content["schema"];
                let old = before.get_mut(id).and_then(|it| it.get_mut(status));
                let old = old.and_then(|it| it.remove(media_type));
                let old = old.filter(|it| schemas.fault(schema, it).is_none());
                let new = || {
                    let full = self.0.get(id)?.get(status)?.get(media_type)?;
                    let short = shortened(full);
                    let fits = schemas.fault(schema, &short).is_none();
                    Some(if fits { short } else { full.clone() })
                };
                let Some(example) = old.or_else(new) else {
                    eprintln!("{name}: the walk saw no {status} {media_type}");
                    continue;
                };
                let statuses = kept.entry(id.to_owned()).or_default();
                let types = statuses.entry(status.to_owned()).or_default();
                types.insert(media_type.to_owned(), example);
            }
        }
        let text = serde_json::to_string_pretty(&kept).expect("JSON") + "\n";
        std::fs::write(tree::root().join(FILE), text).expect("written");
    }
}

/// Status, media type and content of the successful answers that can be shown.
fn successes<'a>(document: &'a Value, operation: &'a Value) -> Vec<(&'a str, &'a str, &'a Value)> {
    let mut found = Vec::new();
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let contents = resolved(document, response)["content"].as_object();
        for (media_type, content) in contents.into_iter().flatten() {
            let shown =
                media_type != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            if status.starts_with('2') && shown {
                found.push((status.as_str(), media_type.as_str(), content));
            }
        }
    }
    found
}

/// One entry of each list, the beginning of each text, and no token that looks like one.
fn shortened(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().take(1).map(shortened).collect(),
        Value::Object(members) => {
            let shown = |(name, it): (&String, &Value)| {
                // The document itself is one of the answers.
                let bulky = matches!(name.as_str(), "paths" | "components");
                let it = if bulky {
                    Value::Object(Map::new())
                } else {
                    shortened(it)
                };
                (name.clone(), it)
            };
            members.iter().map(shown).collect()
        }
        Value::String(text) if text.starts_with("eyJ") => Value::String("eyJ…".to_owned()),
        Value::String(text) if text.chars().count() > LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            // Whole lines, where there are lines.
            let whole = start.rsplit_once('\n').map_or(start.as_str(), |it| it.0);
            Value::String(format!("{whole}\n…"))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[test]
fn every_successful_answer_has_an_example_of_its_schema() {
    let document = committed();
    let schemas = Schemas::of(&document);
    for (name, operation) in operations(&document) {
        for (status, media_type, content) in successes(&document, operation) {
            let example = &content["example"];
            assert!(
                !example.is_null(),
                "{name}: {status} {media_type} has no example. {HOW}"
            );
            let fault = schemas.fault(&content["schema"], example);
            assert_eq!(
                fault, None,
                "{name}: the example of {status} does not fit its schema. {HOW}"
            );
        }
    }
}
