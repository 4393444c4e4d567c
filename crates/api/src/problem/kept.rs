//! Problems as they are kept with what they refused: in both languages, and read back.

use serde_json::{Value, json};

use super::{FieldError, Problem, ProblemKind, Text};

impl Problem {
    /// The same problem of a part of something: its pointers begin with that of the part.
    #[must_use]
    pub fn under(mut self, parent: &str) -> Self {
        for error in &mut self.0.errors {
            error.pointer.insert_str(0, parent);
        }
        self
    }

    /// The problem as JSON to be kept.
    #[must_use]
    pub fn to_kept(&self) -> Value {
        let content = self.content();
        let errors = content.errors.iter().map(|error| {
            json!({
                "pointer": error.pointer,
                "code": error.code,
                "zh": error.detail.zh,
                "en": error.detail.en,
            })
        });
        json!({
            "kind": content.kind.slug(),
            "detail": content.detail.as_ref().map(text),
            "errors": errors.collect::<Vec<_>>(),
            "members": content.members,
        })
    }

    /// The problem that was kept; `None` where it is none.
    #[must_use]
    pub fn from_kept(kept: &Value) -> Option<Self> {
        let mut problem = Self::new(ProblemKind::from_slug(kept.get("kind")?.as_str()?)?);
        if let Some(detail) = kept.get("detail").filter(|detail| !detail.is_null()) {
            problem = problem.with_detail(untext(detail)?);
        }
        let errors = kept.get("errors")?.as_array()?.iter().map(|error| {
            let text = |name: &str| Some(error.get(name)?.as_str()?.to_owned());
            Some(FieldError::new(
                text("pointer")?,
                text("code")?,
                untext(error)?,
            ))
        });
        problem.0.errors = errors.collect::<Option<_>>()?;
        problem.0.members = kept.get("members")?.as_object()?.clone();
        Some(problem)
    }
}

fn text(text: &Text) -> Value {
    json!({"zh": text.zh, "en": text.en})
}

fn untext(kept: &Value) -> Option<Text> {
    let text = |name: &str| Some(kept.get(name)?.as_str()?.to_owned());
    Some(Text::made(text("zh")?, text("en")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Language, body};

    #[test]
    fn what_is_kept_is_read_back_the_same() {
        let problems = [
            Problem::new(ProblemKind::IdempotencyKeyReused),
            Problem::validation(vec![FieldError::of_code("/icu_days", "icu_days")]).under("/claim"),
            Problem::new(ProblemKind::ClaimDiffers)
                .with_member("claim_id", "0197a5b0-0000-7000-8000-000000000001")
                .with_detail(Text::new("不同", "other")),
        ];
        for problem in problems {
            let back = Problem::from_kept(&problem.to_kept()).unwrap();
            for language in [Language::Chinese, Language::English] {
                assert_eq!(body(&back, language, None), body(&problem, language, None));
            }
        }
        assert!(Problem::from_kept(&json!({"kind": "unheard-of"})).is_none());
    }

    #[test]
    fn pointers_begin_with_the_part() {
        let problem = Problem::validation(vec![FieldError::of_code("/icu_days", "icu_days")]);
        let problem = problem.under("/claim");
        assert_eq!(problem.errors()[0].pointer, "/claim/icu_days");
    }
}
