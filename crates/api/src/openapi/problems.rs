//! Problem answers in the document: their schema, the shared answers, and the sets of them that
//! operations declare in one word.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::{Ref, RefOr, Response};
use utoipa::{IntoResponses, ToSchema};

use crate::problem::{FieldError, Problem, ProblemKind, body_example};

/// A problem document (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes what `problem::render` writes")]
pub(crate) struct ProblemDocument {
    /// What kind of problem, as a reference to its description; stable.
    #[schema(
        rename = "type",
        format = "uri-reference",
        example = "/problems/not-found"
    )]
    kind: String,
    /// Short title of the kind, in Chinese or English.
    #[schema(example = "Not found")]
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    /// What happened here and what to do, in Chinese or English.
    detail: String,
    /// The request's id, to be quoted when asking for help.
    #[schema(
        format = "uri",
        example = "urn:uuid:0198c0de-0000-7000-8000-000000000000"
    )]
    instance: String,
    /// The fields that are not acceptable.
    errors: Option<Vec<FieldErrorDocument>>,
}

/// What is wrong with one field. Never repeats the value.
#[derive(ToSchema)]
#[schema(as = FieldError)]
#[expect(dead_code, reason = "describes what `problem::render` writes")]
pub(crate) struct FieldErrorDocument {
    /// JSON pointer (RFC 6901) into the body, or `/name` of a parameter or header.
    #[schema(example = "/nursing_days/level_1")]
    pointer: String,
    /// Stable code.
    #[schema(example = "missing_field")]
    code: String,
    /// A sentence in Chinese or English.
    #[schema(example = "This field is required.")]
    detail: String,
}

/// One answer that many operations share.
struct Answer {
    name: &'static str,
    status: &'static str,
    description: &'static str,
    example: ProblemKind,
}

const fn answer(
    name: &'static str,
    status: &'static str,
    description: &'static str,
    example: ProblemKind,
) -> Answer {
    Answer {
        name,
        status,
        description,
        example,
    }
}

const ANSWERS: &[Answer] = &[
    answer(
        "BadRequest",
        "400",
        "Malformed body, parameters or headers.",
        ProblemKind::InvalidParameters,
    ),
    answer(
        "Unauthenticated",
        "401",
        "No valid access token.",
        ProblemKind::Unauthenticated,
    ),
    answer(
        "Forbidden",
        "403",
        "The token's role may not do this.",
        ProblemKind::Forbidden,
    ),
    answer(
        "NotFound",
        "404",
        "Not there, or outside the token's scope.",
        ProblemKind::NotFound,
    ),
    answer(
        "Conflict",
        "409",
        "In conflict with what is there already.",
        ProblemKind::AlreadyExists,
    ),
    answer(
        "PreconditionFailed",
        "412",
        "Changed since it was read.",
        ProblemKind::PreconditionFailed,
    ),
    answer(
        "PayloadTooLarge",
        "413",
        "The body is too large.",
        ProblemKind::PayloadTooLarge,
    ),
    answer(
        "UnsupportedMediaType",
        "415",
        "Another media type than this operation's.",
        ProblemKind::UnsupportedMediaType,
    ),
    answer(
        "Unprocessable",
        "422",
        "Fields of the body are not acceptable.",
        ProblemKind::ValidationFailed,
    ),
    answer(
        "PreconditionRequired",
        "428",
        "`If-Match` is missing.",
        ProblemKind::PreconditionRequired,
    ),
    answer(
        "TooManyRequests",
        "429",
        "Too many attempts; see `Retry-After`.",
        ProblemKind::TooManyRequests,
    ),
    answer(
        "Internal",
        "500",
        "A fault of the service.",
        ProblemKind::Internal,
    ),
    answer(
        "Unavailable",
        "503",
        "Temporarily unavailable; see `Retry-After`.",
        ProblemKind::Unavailable,
    ),
];

impl Answer {
    fn response(&self) -> Response {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Problem")))
            .example(Some(self.example()))
            .build();
        ResponseBuilder::new()
            .description(self.description)
            .content("application/problem+json", content)
            .build()
    }

    fn example(&self) -> Value {
        let errors = if self.example == ProblemKind::InvalidParameters {
            vec![FieldError::of_code("/limit", "limit")]
        } else if self.example == ProblemKind::ValidationFailed {
            vec![FieldError::of_code("/citizen_id", "citizen_id_check_digit")]
        } else {
            Vec::new()
        };
        body_example(&Problem::new(self.example).with_errors(errors))
    }
}

/// The shared answers by name, for the document's components.
pub(super) fn shared() -> impl Iterator<Item = (&'static str, Response)> {
    ANSWERS
        .iter()
        .map(|answer| (answer.name, answer.response()))
}

/// References to the shared answers of these statuses.
fn answers(statuses: &[&str]) -> BTreeMap<String, RefOr<Response>> {
    ANSWERS
        .iter()
        .filter(|answer| statuses.contains(&answer.status))
        .map(|answer| {
            let reference = Ref::from_response_name(answer.name);
            (answer.status.to_owned(), RefOr::Ref(reference))
        })
        .collect()
}

/// Declares sets of answers for `responses(…)`.
macro_rules! problem_sets {
    ($($(#[$doc:meta])* $name:ident: [$($status:literal),+];)+) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                answers(&[$($status),+])
            }
        })+
    };
}

problem_sets! {
    /// Of every operation that needs a token.
    CommonProblems: ["400", "401", "403", "404", "500", "503"];
    /// Of every operation with a JSON body, besides.
    BodyProblems: ["413", "415", "422"];
    /// Of every operation that can meet what is there already (also with `Idempotency-Key`).
    ConflictProblems: ["409"];
    /// Of every edit with `If-Match`, besides.
    EditProblems: ["412", "428"];
    /// Of every edit whose `If-Match` may be left out, besides.
    CheckedProblems: ["412"];
    /// Of operations without a token.
    PublicProblems: ["400", "404", "500"];
    /// Of operations without a token that use the database.
    UnavailableProblems: ["503"];
    /// Of operations without a token that are asked so many times at most, besides.
    QuestionProblems: ["429"];
    /// Of the token operation, besides.
    TokenProblems: ["400", "401", "413", "429"];
}
