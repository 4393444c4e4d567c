//! Each operation declares the problems that can happen to it, and none that cannot.
//!
//! Which can happen follows from what the operation takes: a token, a body, a key, an `ETag`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{committed, operations, resolved};

/// What can happen to an operation besides, by what it does.
const BESIDES: &[&str] = &["409", "429", "503"];

/// Problems of an operation by what it takes.
fn expected(document: &Value, operation: &Value) -> BTreeSet<&'static str> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters: Vec<&Value> = parameters.map(|it| resolved(document, it)).collect();
    let takes = |name: &str| parameters.iter().any(|it| it["name"] == name);
    let open = |it: &Value| it.as_array().is_some_and(|it| it.contains(&json!({})));
    // A parameter that nobody knows is refused everywhere.
    let mut expected = BTreeSet::from(["400", "404", "500"]);
    if !open(&operation["security"]) {
        expected.extend(["401", "403", "503"]);
    }
    if operation["operationId"] == "create_token" {
        // RFC 6749 answers 400 to a form that is not as it should be, and 401 to a wrong secret.
        expected.extend(["401", "413"]);
    } else if !operation["requestBody"].is_null() {
        expected.extend(["413", "415", "422"]);
    }
    if takes("Idempotency-Key") {
        expected.extend(["409", "422"]);
    }
    if takes("If-Match") {
        expected.extend(["409", "412"]);
    }
    if (parameters.iter()).any(|it| it["name"] == "If-Match" && it["required"] == true) {
        expected.extend(["428"]);
    }
    if takes("limit") && !open(&operation["security"]) {
        expected.extend(["503"]);
    }
    expected
}

#[test]
fn every_operation_declares_the_problems_that_can_happen() {
    let document = committed();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().expect("answers");
        let declared = responses.keys().map(String::as_str);
        let declared: BTreeSet<&str> = declared.filter(|it| !it.starts_with('2')).collect();
        let expected = expected(&document, operation);
        let missing: Vec<_> = expected.difference(&declared).collect();
        assert!(
            missing.is_empty(),
            "{name} does not declare {missing:?}: add the set of openapi::problems that has them to its \
             `responses(…)`"
        );
        let surplus: Vec<_> = declared
            .difference(&expected)
            .filter(|it| !BESIDES.contains(it))
            .collect();
        assert!(
            surplus.is_empty(),
            "{name} declares {surplus:?}, which cannot happen to it"
        );
    }
}
