//! The forms of eligibility checks: facts by their ids, parsed at the door.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sizhu_core::Day;
use sizhu_core::fact::{Fact, FactScope, FactSource, FactValue};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::Form;
use crate::problem::{FieldError, Text};

/// The value of a fact there is not: refused at its place.
struct Unknown;

impl<'de> Deserialize<'de> for Unknown {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::unknown_field("", &[]))
    }
}

/// Facts by their ids, each value as its fact's type asks.
#[derive(Clone, Debug, Default)]
pub struct Facts(Vec<(Fact, Value)>);

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Facts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of facts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Facts, A::Error> {
                let mut facts: Vec<(Fact, Value)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let Ok(fact) = name.parse::<Fact>() else {
                        let Unknown = map.next_value()?;
                        continue;
                    };
                    if facts.iter().any(|(known, _)| *known == fact) {
                        return Err(A::Error::duplicate_field(fact.info().id));
                    }
                    facts.push((fact, map.next_value()?));
                }
                Ok(Facts(facts))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl Facts {
    /// The values, or what is wrong with each. A caller known to the registry does not say what
    /// the registry and the platform say.
    pub(super) fn parse(&self, known: bool) -> Result<Vec<FactValue>, Vec<FieldError>> {
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for (fact, value) in &self.0 {
            let info = fact.info();
            let pointer = format!("/facts/{}", info.id);
            let recorded = info.source == FactSource::Registry || info.scope == FactScope::Record;
            if known && recorded {
                errors.push(FieldError::new(
                    pointer,
                    "fact_on_record",
                    Text::new(
                        "此项以登记为准，不能填写。",
                        "This is on record and cannot be given.",
                    ),
                ));
                continue;
            }
            match FactValue::parse(*fact, value) {
                Ok(value) => values.push(value),
                Err(error) => {
                    let expected = fact.expected();
                    errors.push(FieldError::new(
                        pointer,
                        error.code(),
                        Text::made(
                            format!("应为：{expected}。"),
                            format!("Expected {expected}."),
                        ),
                    ));
                }
            }
        }
        if errors.is_empty() {
            Ok(values)
        } else {
            Err(errors)
        }
    }
}

/// Some facts of someone who is not named.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EligibilityCheckForm, example = json!({
    "division": "430102001001", "on": "2026-11-23",
    "facts": {"child_died": true, "sex": "female", "born_on": "1968-03-01"}
}))]
pub struct CheckForm {
    /// The division of registered residence; its programmes are asked.
    #[schema(example = "430102001001")]
    pub(super) division: String,
    /// The day to decide on; today if not given.
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) on: Option<Day>,
    /// What is known, by the ids of `GET /v1/facts`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(super) facts: Facts,
    /// Only these programmes.
    #[validate(length(max = 100))]
    pub(super) programmes: Option<Vec<String>>,
}

impl Form for CheckForm {
    const OBJECTS: &'static [&'static str] = &["/facts"];
    const LISTS: &'static [&'static str] = &["/programmes"];
}

/// Some facts beside those of the registry.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MyEligibilityCheckForm, example = json!({"facts": {"hukou": "rural"}}))]
pub struct MyCheckForm {
    /// The day to decide on; today if not given.
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) on: Option<Day>,
    /// What the registry does not know, by the ids of `GET /v1/facts`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(super) facts: Facts,
    /// Only these programmes.
    #[validate(length(max = 100))]
    pub(super) programmes: Option<Vec<String>>,
}

impl Form for MyCheckForm {
    const OBJECTS: &'static [&'static str] = &["/facts"];
    const LISTS: &'static [&'static str] = &["/programmes"];
}
