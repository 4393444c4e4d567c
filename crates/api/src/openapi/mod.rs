//! The OpenAPI 3.1 document: what all operations share. The operations declare themselves.

mod answers;
mod problems;
mod shapes;

use actix_web::web::Bytes;
use utoipa::openapi::info::{InfoBuilder, LicenseBuilder};
use utoipa::openapi::security::{
    ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityRequirement,
    SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, ComponentsBuilder, OpenApi, OpenApiBuilder, Paths};

use problems::FieldErrorDocument;
pub(crate) use problems::ProblemDocument;
pub use problems::{
    BodyProblems, CheckedProblems, CommonProblems, ConflictProblems, EditProblems, PublicProblems,
    QuestionProblems, TokenProblems, UnavailableProblems,
};

/// The document as text, made once and served as it is.
#[derive(Clone, Debug)]
pub struct DocumentText(pub Bytes);

const DESCRIPTION: &str = "\
四助（有病助治、有贫助扶、有忧助解、有老助养）：计划生育协会帮扶项目的统一接口。\n\n\
Sizhu runs the assistance programmes of a provincial family-planning association: who is entitled \
to what and why, claims, budgets, payments, and the proof that all of it was done right.\n\n\
**Conventions**\n\n\
* Get a token with `POST /oauth/token`, send it as `Authorization: Bearer`.\n\
* JSON in snake_case, unknown fields refused; ids are UUIDs; dates are `YYYY-MM-DD` in Shanghai; \
instants are RFC 3339 in UTC; money is whole fen in fields that end in `_fen`.\n\
* Lists answer `{items, next_cursor}` and take `limit` and `cursor`.\n\
* A POST that makes a case, claim or payment needs `Idempotency-Key`: a repeat with the same key \
and content gets the first answer again.\n\
* Edits need `If-Match` with the `ETag` last read.\n\
* Every failure is `application/problem+json` (RFC 9457), in Chinese or English by \
`Accept-Language`; `GET /problems` lists all kinds.\n\
* Personal data is masked.";

/// Tags in the order of the document.
const TAGS: [(&str, &str); 18] = [
    (
        "oauth",
        "访问令牌。Access tokens and the keys that verify them.",
    ),
    (
        "hospital-claims",
        "住院护理补贴申报。Claims that hospitals post.",
    ),
    (
        "decisions",
        "决定及其推理。Decisions with the trace of each clause.",
    ),
    (
        "programmes",
        "项目与政策。Programmes, their terms and forms, the facts they ask for, eligibility checks.",
    ),
    ("residents", "居民登记。The registry of residents."),
    ("statuses", "资格。Special-family statuses of residents."),
    ("me", "本人。What residents see of themselves."),
    (
        "policy-versions",
        "政策版本。Policy texts from draft to force: checked, approved by a second person, scheduled.",
    ),
    (
        "policy-simulations",
        "政策测算。What a draft rule would cost, and for whom it would change what.",
    ),
    (
        "loans",
        "贷款。Loans of family-planning families: contracts, what happened to them, what they get.",
    ),
    (
        "subsidy-runs",
        "贴息批次。All loans of a county and quarter decided together, and the list for posting.",
    ),
    (
        "prime-rates",
        "贷款市场报价利率。The Loan Prime Rate as published.",
    ),
    (
        "accounts",
        "科目与预算。Accounts, appropriations and balances.",
    ),
    ("audit", "审计。The audit trail."),
    ("divisions", "行政区划。Divisions."),
    ("hospitals", "医院。Hospitals."),
    (
        "discovery",
        "接口文档与问题目录。This document and the catalogue of problems.",
    ),
    (
        "health",
        "运行状况。Health and measurements of the service.",
    ),
];

/// The document without operations.
pub(crate) fn frame() -> OpenApi {
    let license = LicenseBuilder::new()
        .name("Apache-2.0")
        .identifier(Some("Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("Sizhu 四助")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(license))
        .build();
    let tags = TAGS.iter().map(|(name, description)| {
        TagBuilder::new()
            .name(*name)
            .description(Some(*description))
            .build()
    });
    OpenApiBuilder::new()
        .info(info)
        .paths(Paths::new())
        .components(Some(components()))
        .security(Some([
            SecurityRequirement::new("oauth2", Vec::<String>::new()),
            SecurityRequirement::new("bearer", Vec::<String>::new()),
        ]))
        .tags(Some(tags))
        .build()
}

/// What is said of all operations alike: what they answer, for example, and what texts and numbers
/// that many of them take look like.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    answers::show(&mut document);
    shapes::shape(&mut document);
    document
}

fn components() -> Components {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token from `POST /oauth/token`, pasted."))
        .build();
    let basic = HttpBuilder::new()
        .scheme(HttpAuthScheme::Basic)
        .description(Some(
            "The client's id and secret, for `POST /oauth/token` only.",
        ))
        .build();
    let oauth2 = OAuth2::with_description(
        [Flow::ClientCredentials(ClientCredentials::new(
            "/oauth/token",
            Scopes::new(),
        ))],
        "The client's id and secret; the token is fetched for you.",
    );
    let mut components = ComponentsBuilder::new()
        .schema_from::<ProblemDocument>()
        .schema_from::<FieldErrorDocument>()
        .security_scheme("oauth2", SecurityScheme::OAuth2(oauth2))
        .security_scheme("bearer", SecurityScheme::Http(bearer))
        .security_scheme("basic", SecurityScheme::Http(basic));
    for (name, response) in problems::shared() {
        components = components.response(name, response);
    }
    components.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{document, document_text};

    #[test]
    fn every_operation_is_named_tagged_and_declares_its_problems() {
        let document = serde_json::to_value(document()).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let tags: Vec<_> = TAGS.iter().map(|(name, _)| *name).collect();
        let mut ids = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap().to_owned();
                assert!(id.split_once('_').is_some(), "{id} is not <verb>_<noun>");
                assert!(!ids.contains(&id), "{id} twice");
                ids.push(id);
                let tag = operation["tags"][0].as_str().unwrap();
                assert!(tags.contains(&tag), "{method} {path}: tag {tag}");
                assert!(
                    operation["summary"].is_string(),
                    "{method} {path} has no summary"
                );
                assert!(
                    operation["responses"]["500"].is_object(),
                    "{method} {path}: no problems"
                );
            }
        }
        assert!(ids.iter().any(|id| id == "create_token"));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(document()).unwrap();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(
                document.pointer(pointer).is_some(),
                "{pointer} leads nowhere"
            );
        }
        assert!(
            document
                .pointer("/components/schemas/Problem/properties/type")
                .is_some()
        );
    }

    #[test]
    fn the_text_ends_with_one_newline() {
        let text = document_text().unwrap();
        assert!(text.ends_with("}\n") && text.starts_with("{\n"));
    }
}
