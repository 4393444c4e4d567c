//! The document's schemas as validators: JSON Schema 2020-12, formats checked.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// The schemas of a document.
pub(super) struct Schemas<'a> {
    document: &'a Value,
    made: RefCell<BTreeMap<String, Rc<Validator>>>,
}

impl<'a> Schemas<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        Self {
            document,
            made: RefCell::default(),
        }
    }

    /// What is wrong with a value by a schema of the document, if anything is.
    pub(super) fn fault(&self, schema: &Value, value: &Value) -> Option<String> {
        let mut made = self.made.borrow_mut();
        let validator = made.entry(schema.to_string()).or_insert_with(|| {
            let root = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "components": {"schemas": self.document["components"]["schemas"]},
                "allOf": [schema],
            });
            let options = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .build(&root);
            Rc::new(options.unwrap_or_else(|error| panic!("{schema}: {error}")))
        });
        let fault = validator.iter_errors(value).next()?;
        Some(format!("{}: {fault}", fault.instance_path()))
    }
}
