//! An answer of the service, with what tests ask of it.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Reply {
    /// What was asked, for messages: `POST /v1/residents`.
    pub asked: String,
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, byte for byte.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error} in {}", self.asked, self.text()))
    }

    /// A header, if it was sent once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    /// The answer itself, if it has this status.
    ///
    /// # Panics
    /// When it has another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        let Self {
            asked, status: got, ..
        } = &self;
        assert!(
            *got == status,
            "{asked}: {got} rather than {status}: {}",
            self.text()
        );
        self
    }

    /// The problem, if the answer is one (RFC 9457) of this kind.
    ///
    /// # Panics
    /// When it is none, or another.
    #[track_caller]
    pub fn problem(&self, slug: &str) -> Value {
        let asked = &self.asked;
        let kind = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let is_problem = kind.starts_with("application/problem+json");
        assert!(
            is_problem,
            "{asked}: {} with {kind}: {}",
            self.status,
            self.text()
        );
        let problem = self.json();
        assert_eq!(
            problem["type"],
            format!("/problems/{slug}"),
            "{asked}: {problem}"
        );
        assert_eq!(problem["status"], self.status, "{asked}: {problem}");
        for member in ["title", "instance"] {
            assert!(
                problem[member].is_string(),
                "{asked}: no {member} in {problem}"
            );
        }
        problem
    }

    /// The field errors of a problem, as `pointer code`, in order.
    ///
    /// # Panics
    /// When the answer is no problem of this kind.
    #[track_caller]
    #[must_use]
    pub fn field_errors(&self, slug: &str) -> Vec<String> {
        let problem = self.problem(slug);
        let errors = problem["errors"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        errors
            .map(|it| format!("{} {}", text(&it["pointer"]), text(&it["code"])))
            .collect()
    }
}
