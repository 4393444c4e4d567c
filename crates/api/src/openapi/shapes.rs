//! What texts and numbers look like that many operations take, told by their names.
//!
//! Said once here and not at each field, so that a new form says it too. Only what callers send is
//! shaped: what they are answered may be masked. A shape never is narrower than what the service
//! takes, nor wider than it must be: the API test sends what just fits it and what just does not.

use std::collections::BTreeSet;

use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, SchemaType, Type};
use utoipa::openapi::{
    Content, KnownFormat, Object, ObjectBuilder, OpenApi, Ref, RefOr, Schema, SchemaFormat,
};

use super::answers::operations;
use crate::routes::fields::MAX_FEN;

/// Two and three digits that are not all zero: the parts of a division's code.
macro_rules! part {
    (2) => {
        "(0[1-9]|[1-9][0-9])"
    };
    (3) => {
        "(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})"
    };
}

const DIVISION: &str = concat!(
    "^",
    part!(2),
    "(",
    part!(2),
    "(",
    part!(2),
    "(",
    part!(3),
    "(",
    part!(3),
    ")?)?)?)?$"
);
const COUNTY: &str = concat!("^", part!(2), part!(2), part!(2), "$");
const VILLAGE: &str = concat!("^", part!(2), part!(2), part!(2), part!(3), part!(3), "$");

/// Control characters and those that take no room, and white space besides.
macro_rules! unseen {
    () => {
        r"\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    };
}
macro_rules! white {
    () => {
        r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
    };
}

/// Text that can be read: something in it, and nothing unseen.
const TEXT: &str = concat!(
    "^[^",
    unseen!(),
    "]*[^",
    unseen!(),
    white!(),
    "][^",
    unseen!(),
    "]*$"
);

/// Shapes of texts by the names of fields, parameters and headers.
const SHAPES: &[(&str, &str)] = &[
    ("citizen_id", "^[1-9][0-9]{16}[0-9Xx]$"),
    ("spouse_citizen_id", "^[1-9][0-9]{16}[0-9Xx]$"),
    ("credit_code", "^[0-9A-HJ-NPQRTUWXY]{18}$"),
    ("division", DIVISION),
    ("parent", DIVISION),
    ("county", COUNTY),
    ("lives_in", VILLAGE),
    ("phone", "^[0-9+ -]{5,20}$"),
    ("cursor", "^[A-Za-z0-9_-]{2,512}$"),
    ("Idempotency-Key", "^[!-~]{1,255}$"),
];

/// Shapes of fields whose names say something else elsewhere, by schema and name.
const FIELDS: &[(&str, &str, &str)] = &[
    ("ResidentForm", "division", VILLAGE),
    ("Card", "number", "^[0-9]{8,32}$"),
    (
        "Diagnosis",
        "code",
        r"^[A-Z][0-9]{2}(\.[0-9xX]{1,10})?([*+]|\+[A-Z][0-9]{2}(\.[0-9xX]{1,10})?\*)?$",
    ),
];

/// Months from one day to the next of its kind, by the contract.
const MONTHS: [&str; 2] = ["every_months", "reset_months"];

/// Texts of several lines.
const LINES: &[(&str, &str)] = &[("PolicyDraft", "text"), ("PolicyDraft", "note")];

/// Shapes everything that callers send.
pub(super) fn shape(document: &mut OpenApi) {
    let mut forms = BTreeSet::new();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        shape_parameters(operation, &mut forms);
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            for content in body.content.values_mut() {
                shape_file(content);
                if let RefOr::T(content) = content
                    && let Some(schema) = &content.schema
                {
                    referred(schema, &mut forms);
                }
            }
        }
        for response in operation.responses.responses.values_mut() {
            if let RefOr::T(response) = response {
                response.content.values_mut().for_each(shape_file);
            }
        }
    }
    let Some(components) = &mut document.components else {
        return;
    };
    let mut open: Vec<String> = forms.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let mut inner = BTreeSet::new();
        if let Some(schema) = components.schemas.get(&name) {
            referred(schema, &mut inner);
        }
        open.extend(inner.into_iter().filter(|it| forms.insert(it.clone())));
    }
    for name in forms {
        if let Some(RefOr::T(Schema::Object(form))) = components.schemas.get_mut(&name) {
            shape_fields(&name, form);
        }
    }
}

/// Bytes are a text to JSON Schema, and no list of numbers.
fn shape_file(content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content
        && matches!(content.schema, Some(RefOr::T(Schema::Array(_))))
    {
        let bytes = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        content.schema = Some(bytes.build().into());
    }
}

fn shape_parameters(operation: &mut Operation, forms: &mut BTreeSet<String>) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(Parameter {
            name,
            parameter_in,
            schema,
            ..
        }) = parameter
        else {
            continue;
        };
        if name == "If-Match" {
            *schema = Some(RefOr::T(entity_tag()));
            continue;
        }
        match schema {
            Some(RefOr::T(Schema::Object(object))) => {
                // A header or parameter that is there has a value.
                if let SchemaType::Array(types) = &object.schema_type
                    && let [first, Type::Null] = types.as_slice()
                {
                    object.schema_type = SchemaType::Type(first.clone());
                }
                shape_value("", name, object);
                if matches!(parameter_in, ParameterIn::Query) && object.pattern.is_none() {
                    plain(object);
                }
            }
            Some(schema) => referred(schema, forms),
            None => {}
        }
    }
}

/// The `ETag` last read, or whatever is there.
fn entity_tag() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let any = text().enum_values(Some(["*"]));
    let tag = text().pattern(Some(r#"^"[!#-+.-~]+"$"#));
    Schema::AnyOf(AnyOfBuilder::new().item(any).item(tag).build())
}

/// The names of the schemas that a schema refers to.
fn referred(schema: &RefOr<Schema>, names: &mut BTreeSet<String>) {
    match schema {
        RefOr::Ref(Ref { ref_location, .. }) => {
            let name = ref_location.rsplit('/').next().unwrap_or_default();
            names.insert(name.to_owned());
        }
        RefOr::T(Schema::Object(object)) => {
            object
                .properties
                .values()
                .for_each(|it| referred(it, names));
            if let Some(AdditionalProperties::RefOr(inner)) =
                object.additional_properties.as_deref()
            {
                referred(inner, names);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let utoipa::openapi::schema::ArrayItems::RefOrSchema(items) = &array.items {
                referred(items, names);
            }
        }
        RefOr::T(Schema::OneOf(one)) => one.items.iter().for_each(|it| referred(it, names)),
        RefOr::T(Schema::AllOf(all)) => all.items.iter().for_each(|it| referred(it, names)),
        RefOr::T(Schema::AnyOf(any)) => any.items.iter().for_each(|it| referred(it, names)),
        RefOr::T(_) => {}
    }
}

fn shape_fields(form: &str, object: &mut Object) {
    for (name, property) in &mut object.properties {
        if let RefOr::T(Schema::Object(property)) = property {
            shape_value(form, name, property);
        }
    }
}

/// Shapes one value.
fn shape_value(form: &str, name: &str, object: &mut Object) {
    if is_of(object, &Type::Integer) {
        shape_number(name, object);
        return;
    }
    let is_text = is_of(object, &Type::String) && object.enum_values.is_none();
    if !is_text || object.pattern.is_some() || object.format.is_some() {
        return;
    }
    let own = FIELDS.iter().find(|it| it.0 == form && it.1 == name);
    let known = SHAPES.iter().find(|it| it.0 == name).map(|it| it.1);
    let lines = LINES.contains(&(form, name));
    object.pattern = match own.map(|it| it.2).or(known) {
        Some(pattern) => Some(pattern.to_owned()),
        None if object.max_length.is_some() && !lines => Some(TEXT.to_owned()),
        None => return,
    };
}

/// A filter by a word: any text without control characters.
fn plain(object: &mut Object) {
    let is_text = is_of(object, &Type::String) && object.enum_values.is_none();
    if is_text && object.format.is_none() {
        object.pattern = Some(r"^[^\u0000-\u001f\u007f-\u009f]*$".to_owned());
    }
}

/// Numbers without an end would be any at all: they have that of their type, and amounts their own.
fn shape_number(name: &str, object: &mut Object) {
    if MONTHS.contains(&name) {
        let mut months: Vec<Value> = [1, 3, 6, 12].map(Value::from).into();
        if is_of(object, &Type::Null) {
            months.push(Value::Null);
        }
        object.enum_values = Some(months);
        return;
    }
    if object.maximum.is_some() {
        return;
    }
    let is = |format: KnownFormat| object.format == Some(SchemaFormat::KnownFormat(format));
    if name.ends_with("_fen") {
        object.maximum = isize::try_from(MAX_FEN).ok().map(utoipa::Number::Int);
    } else if is(KnownFormat::Int32) {
        object.maximum = isize::try_from(i32::MAX).ok().map(utoipa::Number::Int);
        if object.minimum.is_none() {
            object.minimum = isize::try_from(i32::MIN).ok().map(utoipa::Number::Int);
        }
    } else {
        object.maximum = Some(utoipa::Number::Int(isize::MAX));
        if object.minimum.is_none() {
            object.minimum = Some(utoipa::Number::Int(isize::MIN));
        }
    }
}

fn is_of(object: &Object, kind: &Type) -> bool {
    match &object.schema_type {
        SchemaType::Type(own) => own == kind,
        SchemaType::Array(all) => all.contains(kind),
        SchemaType::AnyValue => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shapes_are_said_of_what_is_sent_alone() {
        let document = serde_json::to_value(crate::document::document()).unwrap();
        let field = |schema: &str, name: &str| {
            document["components"]["schemas"][schema]["properties"][name]["pattern"].clone()
        };
        assert_eq!(
            field("ResidentForm", "citizen_id"),
            "^[1-9][0-9]{16}[0-9Xx]$"
        );
        assert_eq!(field("ResidentForm", "division"), VILLAGE);
        assert_eq!(field("ResidentForm", "name"), TEXT);
        assert!(field("Resident", "citizen_id").is_null(), "it is masked");
        assert!(field("PolicyDraft", "text").is_null(), "it has lines");
    }
}
