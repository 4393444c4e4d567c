//! Query parameters, strict: an unknown one is an error, not silence.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IntoDeserializer};
use utoipa::IntoParams;
use validator::Validate;

use super::pointer;
use crate::page::PageQuery;
use crate::problem::{FieldError, Problem, ProblemKind};

/// The query string as `T`, validated; 400 with the parameter's name where it is not acceptable.
/// `T` refuses unknown fields.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Validate> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

/// A list's query: its own named filters, and the page (`limit`, `cursor`) every list has.
///
/// Two types, because serde cannot flatten strictly; declare both in `params(…)`.
#[derive(Clone, Debug)]
pub struct Listing<F> {
    /// The list's own filters.
    pub filter: F,
    /// Which page.
    pub page: PageQuery,
}

impl<F: DeserializeOwned + Validate> FromRequest for Listing<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(listing(request.query_string()))
    }
}

/// For lists without filters of their own.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

fn listing<F: DeserializeOwned + Validate>(query: &str) -> Result<Listing<F>, Problem> {
    let is_page = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        name == "limit" || name == "cursor"
    };
    let (page, filter): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .partition(is_page);
    Ok(Listing {
        filter: parse(&filter.join("&"))?,
        page: parse(&page.join("&"))?,
    })
}

fn parse<T: DeserializeOwned + Validate>(query: &str) -> Result<T, Problem> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|error| {
        tracing::debug!(cause = %error, "unreadable query string");
        Problem::new(ProblemKind::InvalidParameters)
    })?;
    let deserializer = serde::de::value::MapDeserializer::new(
        pairs
            .into_iter()
            .map(|(name, value)| (name, Parameter(value))),
    );
    let value: T = serde_path_to_error::deserialize(deserializer).map_err(
        |error: serde_path_to_error::Error<serde::de::value::Error>| {
            Problem::parameters(vec![pointer::of_serde(
                error.path(),
                &error.inner().to_string(),
            )])
        },
    )?;
    value.validate().map_err(|errors| {
        let errors: Vec<FieldError> = pointer::of_validator(&errors);
        Problem::parameters(errors)
    })?;
    Ok(value)
}

/// One parameter's text, which becomes a number, a flag or a word as its field asks.
struct Parameter(String);

impl<'de> IntoDeserializer<'de> for Parameter {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Numbers and flags are parsed from the text; what cannot be is told by its type alone.
macro_rules! parsed {
    ($($method:ident => $visit:ident : $expected:literal),* $(,)?) => {
        $(fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(serde::de::Error::invalid_type(
                    serde::de::Unexpected::Other("text"),
                    &$expected,
                )),
            }
        })*
    };
}

impl<'de> serde::Deserializer<'de> for Parameter {
    type Error = serde::de::value::Error;

    parsed! {
        deserialize_bool => visit_bool: "true or false",
        deserialize_i8 => visit_i8: "a whole number",
        deserialize_i16 => visit_i16: "a whole number",
        deserialize_i32 => visit_i32: "a whole number",
        deserialize_i64 => visit_i64: "a whole number",
        deserialize_u8 => visit_u8: "a whole number",
        deserialize_u16 => visit_u16: "a whole number",
        deserialize_u32 => visit_u32: "a whole number",
        deserialize_u64 => visit_u64: "a whole number",
    }

    fn deserialize_any<V: serde::de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        // No parameter of ours holds control characters, and PostgreSQL takes no NUL in text.
        if self.0.chars().any(char::is_control) {
            return Err(serde::de::Error::custom("invalid value"));
        }
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: serde::de::Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        serde::Deserializer::deserialize_enum(
            IntoDeserializer::<Self::Error>::into_deserializer(self.0),
            name,
            variants,
            visitor,
        )
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        #[validate(length(max = 12))]
        parent: Option<String>,
        hospital: Option<Uuid>,
        open: Option<bool>,
        status: Option<Status>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Held,
    }

    #[test]
    fn filters_and_page_are_told_apart() {
        let listing: Listing<Filter> = listing(
            "parent=43%30&limit=7&open=true&status=held&hospital=0198c000-0000-7000-8000-000000000001",
        )
        .unwrap();
        assert_eq!(listing.filter.parent.as_deref(), Some("430"));
        assert_eq!(listing.filter.open, Some(true));
        assert_eq!(listing.filter.status, Some(Status::Held));
        assert!(listing.filter.hospital.is_some());
        assert_eq!(listing.page.limit(), 7);
    }

    #[test]
    fn each_bad_parameter_is_named() {
        for (query, pointer, code) in [
            ("parents=43", "/parents", "unknown_field"),
            ("parent=1&parent=2", "/parent", "duplicate_field"),
            ("parent=4301021949123112", "/parent", "length"),
            ("hospital=430102", "/hospital", "invalid_value"),
            ("open=430102", "/open", "invalid_type"),
            ("parent=4301%00", "/parent", "invalid_value"),
            ("status=430102", "/status", "unknown_variant"),
            ("limit=0", "/limit", "range"),
            ("limit=201", "/limit", "range"),
            ("limit=many", "/limit", "invalid_type"),
            ("limit=1&limit=2", "/limit", "duplicate_field"),
        ] {
            let problem = listing::<Filter>(query).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::InvalidParameters);
            let error = problem.errors().first().unwrap();
            assert_eq!(
                (error.pointer.as_str(), error.code.as_ref()),
                (pointer, code),
                "{query}"
            );
            assert!(!error.detail.en.contains("430102"), "{}", error.detail.en);
        }
        assert!(listing::<NoFilter>("").is_ok());
        assert!(listing::<NoFilter>("x=1").is_err());
    }
}
