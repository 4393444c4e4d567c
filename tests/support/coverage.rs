//! Which operations were called, and what they answered: for the tests of coverage.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

/// Method, path without its query, status.
type Hit = (String, String, u16);

static HITS: Mutex<BTreeSet<Hit>> = Mutex::new(BTreeSet::new());

pub(crate) fn record(method: &str, path: &str, status: u16) {
    let path = path.split('?').next().unwrap_or_default();
    let mut hits = HITS.lock().unwrap_or_else(PoisonError::into_inner);
    hits.insert((method.to_owned(), path.to_owned(), status));
}

/// One operation of the OpenAPI document: method and path template, as `GET /v1/residents/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// Method, in capitals.
    pub method: String,
    /// Path template.
    pub path: String,
}

/// All operations of an OpenAPI document.
#[must_use]
pub fn operations(document: &Value) -> Vec<Operation> {
    const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            METHODS
                .iter()
                .filter(|method| item.get(**method).is_some())
                .map(|method| Operation {
                    method: method.to_ascii_uppercase(),
                    path: path.clone(),
                })
        })
        .collect()
}

/// What this process has seen so far: operation and status. Tests run in no fixed order, so only
/// what a test called itself is certain to be in it.
#[must_use]
pub fn seen(document: &Value) -> BTreeSet<(Operation, u16)> {
    let operations = operations(document);
    let hits = HITS.lock().unwrap_or_else(PoisonError::into_inner);
    hits.iter()
        .filter_map(|(method, path, status)| {
            let fitting = operations
                .iter()
                .filter(|it| it.method == *method && fits(&it.path, path));
            // `/a/search` rather than `/a/{id}`: the fewest parameters.
            let operation = fitting.min_by_key(|it| it.path.matches('{').count())?;
            Some((operation.clone(), *status))
        })
        .collect()
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if pattern == part || pattern.starts_with('{') => {}
            _ => return false,
        }
    }
}
