//! Examples of successful answers in the document: real answers of the demo, kept in
//! `openapi/answers.json`. A test asks for each anew and holds them to their schemas.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

/// By operation, status and media type.
type Kept = BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>>;

const KEPT: &str = include_str!("../../../../openapi/answers.json");

/// Gives each answer the example that is kept of it, unless the operation declares one.
pub(super) fn show(document: &mut OpenApi) {
    let mut kept: Kept = serde_json::from_str(KEPT).unwrap_or_default();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let id = operation.operation_id.as_deref().unwrap_or_default();
        let Some(mut statuses) = kept.remove(id) else {
            continue;
        };
        for (status, response) in &mut operation.responses.responses {
            let (RefOr::T(response), Some(mut types)) = (response, statuses.remove(status)) else {
                continue;
            };
            for (media_type, content) in &mut response.content {
                if let RefOr::T(content) = content
                    && content.example.is_none()
                {
                    content.example = types.remove(media_type);
                }
            }
        }
    }
}

/// The operations of a path.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ];
    all.into_iter().filter_map(Option::as_mut)
}
