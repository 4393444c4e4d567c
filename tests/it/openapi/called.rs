//! Each operation is asked by a test of its own.
//!
//! The walk and the table of roles ask every operation, or fail. That proves that it answers, not that
//! somebody thought about what. So the sources of the other tests are searched for its path: a text of
//! which the parts are the template's, any placeholder for any parameter. A text that begins with a
//! placeholder (`"{run}/awards"`) stands for every path that ends so.

use std::collections::BTreeSet;

use sizhu_tests::{coverage, tree};

use super::committed;

/// Tests that ask everything, and so prove nothing of one.
const ASK_ALL: [&str; 2] = ["tests/it/openapi/", "tests/it/authorisation/"];

/// The texts of a source that may be paths, in parts, without their query; `{}` for a placeholder.
fn paths(source: &str) -> Vec<Vec<String>> {
    let texts = source
        .split('"')
        .filter(|it| it.contains('/') && !it.contains(' '));
    let path = |text: &str| -> Vec<String> {
        let path = text.split('?').next().unwrap_or_default();
        let parts = path.trim_start_matches('/').split('/');
        let part = |it: &str| {
            if it.contains('{') {
                "{}".to_owned()
            } else {
                it.to_owned()
            }
        };
        parts.map(part).collect()
    };
    texts.map(path).collect()
}

/// Whether a path is of a template.
fn fits(path: &[String], template: &[String]) -> bool {
    let (path, template) = match path.split_first() {
        Some((first, rest)) if first == "{}" && rest.len() < template.len() => {
            (rest, &template[template.len() - rest.len()..])
        }
        _ => (path, template),
    };
    let same = |(part, pattern): (&String, &String)| part == pattern || pattern == "{}";
    !path.is_empty() && path.len() == template.len() && path.iter().zip(template).all(same)
}

#[test]
fn every_operation_is_asked_by_a_test_of_its_own() {
    let sources = tree::files("tests")
        .into_iter()
        .chain(tree::files("crates/api/src"));
    let sources = sources.filter(|it| it.ends_with(".rs"));
    let is_test = |it: &String| it.starts_with("tests/") || it.ends_with("tests.rs");
    let own = sources.filter(|it| is_test(it) && !ASK_ALL.iter().any(|all| it.starts_with(all)));
    let called: BTreeSet<Vec<String>> = own.flat_map(|it| paths(&tree::read(&it))).collect();
    let document = committed();
    for operation in coverage::operations(&document) {
        let template = paths(&format!("\"{}\"", operation.path)).remove(0);
        assert!(
            called.iter().any(|path| fits(path, &template)),
            "no test asks {} {}: write one in tests/it that says what it answers and why",
            operation.method,
            operation.path
        );
    }
}

#[test]
fn paths_are_told_from_each_other() {
    let path = |text: &str| paths(&format!("(\"{text}\")")).remove(0);
    let template = path("/v1/loans/{id}/events");
    for text in [
        "/v1/loans/{}/events",
        "/v1/loans/{loan}/events?limit=2",
        "{loan}/events",
    ] {
        assert!(fits(&path(text), &template), "{text}");
    }
    for text in ["/v1/loans/{}", "/v1/loans/{}/schedule", "{loan}/schedule"] {
        assert!(!fits(&path(text), &template), "{text}");
    }
}
