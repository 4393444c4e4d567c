//! Versions, their terms and the forms of entitlement in the schema.

use serde_json::{Value, json};

use super::super::words::{ExclusionRule, FormKind, Payee, PublicityMode, ReviewStep};
use super::{closed, list, reference, sourced, words};

pub(super) fn definitions() -> Value {
    json!({
        "version": version(),
        "entitlement": { "oneOf": forms() },
        "limits": {
            "type": "object",
            "properties": {
                "per_period": reference("name"),
                "per_year": reference("name"),
                "lifetime": reference("name"),
                "times": reference("name"),
            },
            "additionalProperties": false,
        },
        "exclusion": closed(json!({
            "rule": words(ExclusionRule::ALL),
            "among": list(&reference("programme_id")),
        }), &["rule", "among"]),
        "publicity": closed(json!({
            "mode": words(PublicityMode::ALL),
            "title": reference("bilingual"),
            "days": reference("name"),
        }), &["mode", "title"]),
        "evidence": closed(json!({
            "id": reference("name"),
            "title": reference("bilingual"),
            "fetched": { "type": "boolean" },
            "when": reference("condition"),
        }), &["id", "title", "fetched"]),
        "input": closed(json!({
            "fact": reference("fact"),
            "required": { "type": "boolean" },
            "title": reference("bilingual"),
        }), &["fact", "required"]),
    })
}

fn version() -> Value {
    sourced(
        json!({
            "from": reference("day"),
            "until": reference("day"),
            "interrupted": { "const": true, "description": "There is a gap before this version." },
            "eligibility": reference("condition"),
            "entitlements": list(&reference("entitlement")),
            "limits": reference("limits"),
            "exclusion": reference("exclusion"),
            "review": list(&words(ReviewStep::ALL)),
            "publicity": reference("publicity"),
            "payee": words(Payee::ALL),
            "memo": {
                "description": "Four characters for the one-card statement.",
                "type": "string", "minLength": 4, "maxLength": 4,
            },
            "evidence": list(&reference("evidence")),
            "inputs": list(&reference("input")),
        }),
        &[
            "from",
            "eligibility",
            "entitlements",
            "review",
            "publicity",
            "payee",
        ],
    )
}

fn forms() -> Vec<Value> {
    let stay_days = json!({ "const": "stay_days" });
    vec![
        form(
            FormKind::Flat,
            json!({ "amount": reference("name") }),
            &["amount"],
        ),
        form(
            FormKind::PerUnit,
            json!({
                "rate": reference("name"),
                "units": reference("fact"),
                "free": reference("name"),
                "cap": reference("name"),
            }),
            &["rate", "units"],
        ),
        form(
            FormKind::PerUnit,
            json!({
                "rate": reference("name"),
                "units": stay_days,
                "counting": reference("name"),
                "free": reference("name"),
                "cap_per_stay": reference("name"),
                "cap_per_year": reference("name"),
                "cap_lifetime": reference("name"),
            }),
            &["rate", "units", "counting"],
        ),
        form(
            FormKind::ShareOfCost,
            json!({
                "cost": reference("fact"),
                "deductible": reference("name"),
                "share": reference("name"),
                "ceiling": reference("name"),
            }),
            &["cost", "share"],
        ),
        form(
            FormKind::Interest,
            json!({
                "principal_cap": reference("name"),
                "principal_cap_per_household_led": reference("name"),
                "rate_cap": reference("name"),
                "day_count": reference("name"),
                "window_start": reference("name"),
                "paid": reference("name"),
                "grace": reference("name"),
            }),
            &["principal_cap", "rate_cap", "day_count", "window_start"],
        ),
        form(
            FormKind::Premium,
            json!({ "amount": reference("name"), "insurer": reference("bilingual") }),
            &["amount", "insurer"],
        ),
        form(
            FormKind::Quota,
            json!({ "amount": reference("name"), "places": reference("name") }),
            &["amount", "places"],
        ),
        form(
            FormKind::InKind,
            json!({ "service": reference("bilingual") }),
            &["service"],
        ),
    ]
}

fn form(kind: FormKind, own: Value, needed: &[&str]) -> Value {
    let mut properties = own;
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("id".into(), reference("name"));
        properties.insert("title".into(), reference("bilingual"));
        properties.insert("form".into(), json!({ "const": kind.as_str() }));
        properties.insert("when".into(), reference("condition"));
    }
    closed(properties, &[&["id", "title", "form"], needed].concat())
}
