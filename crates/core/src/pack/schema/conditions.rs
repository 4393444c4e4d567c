//! Clauses and conditions in the schema: for each type of facts, its tests.

use serde_json::{Map, Value, json};

use super::super::read::tests_of;
use super::values::{description, fact_words, list_of};
use super::{list, reference, sourced, told};
use crate::fact::{Fact, FactType};

pub(super) fn definitions() -> Value {
    let shapes = shapes();
    let conditions = shapes.iter().map(|shape| shape.schema(Map::new(), &[]));
    let conditions: Vec<Value> = conditions.collect();
    let clauses: Vec<Value> = shapes.iter().map(Shape::clause).collect();
    let mut all = json!({
        "condition": {
            "oneOf": [
                { "description": "The id of a clause.", "type": "string", "pattern": "^[a-z][a-z0-9_]*$" },
                { "oneOf": conditions },
            ],
        },
        "clause": { "oneOf": clauses },
        "fact": told(Fact::ALL.iter().map(|fact| (fact.info().id, description(*fact)))),
    });
    if let Some(all) = all.as_object_mut() {
        let facts = shapes.into_iter().filter_map(|shape| shape.facts);
        all.extend(facts);
    }
    all
}

/// One shape of a condition: its keys, and of which of them there is exactly one.
struct Shape {
    properties: Map<String, Value>,
    required: Vec<&'static str>,
    /// The tests, of which one is there; none for a tree.
    tests: Vec<&'static str>,
    /// Whether the test may be left out.
    bare: bool,
    /// The facts it is about, as a definition of its own.
    facts: Option<(String, Value)>,
}

impl Shape {
    fn tree(key: &'static str, value: Value) -> Self {
        let properties = [(key.to_owned(), value)].into_iter().collect();
        Self {
            properties,
            required: vec![key],
            tests: Vec::new(),
            bare: false,
            facts: None,
        }
    }

    fn schema(&self, beside: Map<String, Value>, required: &[&str]) -> Value {
        let mut properties = beside;
        properties.extend(self.properties.clone());
        let required = [required, &self.required].concat();
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        if let Some(schema) = schema.as_object_mut() {
            match (self.tests.as_slice(), self.bare) {
                ([] | [_], true) | ([], false) => {}
                (tests, _) => {
                    let one = tests.iter().map(|test| json!({ "required": [test] }));
                    schema.insert("oneOf".into(), one.collect());
                }
            }
        }
        schema
    }

    /// The same as a clause, with its title and where it comes from.
    fn clause(&self) -> Value {
        let title = [("title".to_owned(), reference("bilingual"))];
        let schema = self.schema(title.into_iter().collect(), &["title"]);
        let origin = sourced(json!({}), &[]);
        let mut clause = schema.clone();
        let parts = (
            clause.get_mut("properties").and_then(Value::as_object_mut),
            origin.get("properties").and_then(Value::as_object),
        );
        if let (Some(properties), Some(origin)) = parts {
            properties.extend(origin.clone());
        }
        let one = origin.get("oneOf").cloned().unwrap_or_default();
        json!({ "allOf": [clause, { "oneOf": one }] })
    }
}

/// The trees, then the tests of each type of facts.
fn shapes() -> Vec<Shape> {
    let conditions = list(&reference("condition"));
    let mut shapes = vec![
        Shape::tree("all", conditions.clone()),
        Shape::tree("any", conditions),
        Shape::tree("not", reference("condition")),
    ];
    let mut of_words: Vec<Fact> = Vec::new();
    for kind in [
        FactType::Truth,
        FactType::Day,
        FactType::Money,
        FactType::Division,
    ] {
        let alike = |fact: &&Fact| tests_of(fact.info().kind) == tests_of(kind);
        let facts: Vec<Fact> = Fact::ALL.iter().filter(alike).copied().collect();
        shapes.push(tests(&facts, kind, Vec::new()));
    }
    for fact in Fact::ALL {
        if let FactType::Word(words) = fact.info().kind {
            let known = |before: &Fact| before.info().kind == FactType::Word(words);
            if of_words.iter().any(known) {
                continue;
            }
            let alike = |fact: &&Fact| fact.info().kind == FactType::Word(words);
            let facts: Vec<Fact> = Fact::ALL.iter().filter(alike).copied().collect();
            let name = json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$" });
            let some = json!({ "anyOf": [list_of(words), name] });
            let one = json!({ "anyOf": [fact_words(words), name] });
            shapes.push(tests(&facts, FactType::Word(words), vec![one, some]));
            of_words.push(*fact);
        }
    }
    shapes
}

/// The tests of facts of one type; operands are strings unless they are given.
fn tests(facts: &[Fact], kind: FactType, operands: Vec<Value>) -> Shape {
    let mut properties = Map::new();
    let ids = facts
        .iter()
        .map(|fact| (fact.info().id, description(*fact)));
    let facts = (
        format!("facts_like_{}", facts.first().map_or("", |it| it.info().id)),
        told(ids),
    );
    properties.insert("fact".into(), reference(&facts.0));
    let tests = tests_of(kind);
    for (place, test) in tests.iter().enumerate() {
        let operand = match (operands.get(place), kind, *test) {
            (Some(operand), _, _) => operand.clone(),
            (None, FactType::Truth, _) => json!({ "type": "boolean" }),
            (None, _, "at_least_fact" | "below_fact") => reference("fact"),
            (None, _, "in") => json!({
                "anyOf": [reference("strings"), reference("name")],
            }),
            (None, _, _) => json!({
                "description": "The name of a value, or a value.",
                "type": "string",
            }),
        };
        properties.insert((*test).to_owned(), operand);
    }
    Shape {
        properties,
        required: vec!["fact"],
        tests: tests.to_vec(),
        bare: kind == FactType::Truth,
        facts: Some(facts),
    }
}
