//! Shapes: where a body may hold objects and lists.
//!
//! serde takes an array for any struct, its fields by position, and an object for any word of a
//! vocabulary. Money posted as `[total, self, insurance]` would be booked the wrong way round, so
//! every container that a form does not ask for is refused.

use serde_json::Value;

use crate::problem::{FieldError, Text};

/// A form that comes as a JSON body: an object, and the containers within it.
pub trait Form {
    /// Pointers of the objects within it, `*` for any index.
    const OBJECTS: &'static [&'static str] = &[];
    /// Pointers of the lists within it.
    const LISTS: &'static [&'static str] = &[];
}

/// The containers of a body that stand where its form has none.
pub(super) fn check<T: Form>(body: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut walk = Walk {
        objects: T::OBJECTS,
        lists: T::LISTS,
        errors: &mut errors,
    };
    walk.visit(body, "", "");
    errors
}

struct Walk<'a> {
    objects: &'static [&'static str],
    lists: &'static [&'static str],
    errors: &'a mut Vec<FieldError>,
}

impl Walk<'_> {
    fn visit(&mut self, value: &Value, pattern: &str, pointer: &str) {
        match value {
            Value::Object(members) if pattern.is_empty() || self.objects.contains(&pattern) => {
                // Names are those of the form: it refused others before.
                for (name, member) in members {
                    self.visit(
                        member,
                        &format!("{pattern}/{name}"),
                        &format!("{pointer}/{name}"),
                    );
                }
            }
            Value::Array(items) if self.lists.contains(&pattern) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(item, &format!("{pattern}/*"), &format!("{pointer}/{index}"));
                }
            }
            Value::Object(_) => {
                self.refuse(pointer, "此处不接受对象。", "No object is taken here.")
            }
            Value::Array(_) => self.refuse(pointer, "此处不接受数组。", "No array is taken here."),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn refuse(&mut self, pointer: &str, zh: &'static str, en: &'static str) {
        self.errors
            .push(FieldError::new(pointer, "invalid_type", Text::new(zh, en)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Claim;

    impl Form for Claim {
        const OBJECTS: &'static [&'static str] = &["/charges", "/evidence/*"];
        const LISTS: &'static [&'static str] = &["/evidence"];
    }

    #[test]
    fn containers_stand_only_where_the_form_has_them() {
        let fine = json!({"kind": "a", "charges": {"total": 1}, "evidence": [{"no": "1"}]});
        assert_eq!(check::<Claim>(&fine), []);
        for (body, pointer) in [
            (json!([1, 2]), ""),
            (json!({"charges": [1, 2]}), "/charges"),
            (json!({"kind": {"a": null}}), "/kind"),
            (json!({"evidence": {"no": "1"}}), "/evidence"),
            (json!({"evidence": [["1"]]}), "/evidence/0"),
        ] {
            let errors = check::<Claim>(&body);
            assert_eq!(errors.len(), 1, "{body}");
            assert_eq!(errors[0].pointer, pointer, "{body}");
        }
    }
}
