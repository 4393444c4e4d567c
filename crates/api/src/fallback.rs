//! What is asked of no operation: 405 with `Allow` where the path exists, 404 where it does not.
//!
//! The paths are those of the OpenAPI document: the framework itself answers 404 for a wrong
//! method, because each operation is a resource of its own.

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use crate::problem::Problem;

/// The path templates of the document with their methods.
pub(crate) struct Paths(Vec<(Vec<Segment>, Vec<&'static str>)>);

enum Segment {
    Literal(String),
    Parameter,
}

impl Paths {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(
            paths
                .map(|(template, item)| (template.split('/').map(segment).collect(), methods(item)))
                .collect(),
        )
    }

    /// The methods of the operations at `path`, with those every path has; `None` if there is no
    /// such path. `/residents/search` is that path and no resident: the template with the fewest
    /// parameters.
    fn allow(&self, path: &str) -> Option<String> {
        let fitting = self.0.iter().filter(|(template, _)| fits(template, path));
        let parameters = |(template, _): &&(Vec<Segment>, Vec<&'static str>)| {
            let is_parameter = |it: &&Segment| matches!(it, Segment::Parameter);
            template.iter().filter(is_parameter).count()
        };
        let (_, methods) = fitting.min_by_key(parameters)?;
        let mut allowed = methods.clone();
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.push("OPTIONS");
        Some(allowed.join(", "))
    }
}

fn segment(text: &str) -> Segment {
    if text.starts_with('{') {
        Segment::Parameter
    } else {
        Segment::Literal(text.to_owned())
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ]
    .into_iter()
    .filter_map(|(name, operation)| operation.as_ref().map(|_| name))
    .collect()
}

fn fits(template: &[Segment], path: &str) -> bool {
    let mut parts = path.split('/');
    let all_fit = template
        .iter()
        .all(|segment| match (segment, parts.next()) {
            (Segment::Literal(text), Some(part)) => text == part,
            (Segment::Parameter, Some(part)) => !part.is_empty(),
            (_, None) => false,
        });
    all_fit && parts.next().is_none()
}

/// What a path is refused with whose parameter is none: 405 where it is the path of another
/// operation, else 404.
pub(crate) fn no_such_record(request: &HttpRequest) -> Problem {
    let paths = request.app_data::<web::Data<Paths>>();
    let allow = paths.and_then(|paths| paths.allow(request.path()));
    let method = request.method().as_str();
    match allow {
        Some(allow) if !allow.split(", ").any(|it| it == method) => {
            Problem::method_not_allowed(allow)
        }
        Some(_) | None => Problem::not_found(),
    }
}

/// The default service.
pub(crate) async fn fallback(
    request: HttpRequest,
    paths: web::Data<Paths>,
) -> Result<HttpResponse, Problem> {
    let Some(allow) = paths.allow(request.path()) else {
        return Err(Problem::not_found());
    };
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent()
            .insert_header((ALLOW, allow))
            .finish());
    }
    // Here with GET although the path has it: another operation's guard refused, as for HEAD.
    Err(Problem::method_not_allowed(allow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_fit_whole_paths() {
        let template: Vec<_> = "/v1/residents/{id}".split('/').map(segment).collect();
        assert!(fits(&template, "/v1/residents/7"));
        for other in [
            "/v1/residents",
            "/v1/residents/",
            "/v1/residents/7/x",
            "/v2/residents/7",
        ] {
            assert!(!fits(&template, other), "{other}");
        }
    }

    #[test]
    fn the_methods_of_the_document_are_known() {
        let paths = Paths::of(&crate::document::document());
        assert_eq!(
            paths.allow("/oauth/token").as_deref(),
            Some("POST, OPTIONS")
        );
        assert_eq!(
            paths.allow("/health/live").as_deref(),
            Some("GET, HEAD, OPTIONS")
        );
        assert_eq!(
            paths.allow("/v1/residents/search").as_deref(),
            Some("POST, OPTIONS")
        );
        assert_eq!(paths.allow("/nowhere"), None);
    }
}
