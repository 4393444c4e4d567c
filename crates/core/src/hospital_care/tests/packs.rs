//! Packs made for tests, from the few parameters that matter, written as format 1 had them.

use crate::programme::{Policy, Programme};

/// The committed pack of the province.
pub(crate) const HUNAN: &str =
    include_str!("../../../../../policies/hunan/illness/hospital-care-allowance.toml");

/// One parameter with its dated values, as TOML.
pub(crate) type Values<'a> = (&'a str, &'a [(&'a str, &'a str)]);

/// The first day of the packs made here, unless their rate says otherwise.
pub(crate) const START: &str = "2018-04-01";

const NEUTRAL: [(&str, &str); 9] = [
    ("rate", r#"{ form = "flat", fen = 10000 }"#),
    ("day_counting", r#""discharge_minus_admission""#),
    ("waiting_days", "0"),
    ("free_days", "0"),
    ("cap_days_per_stay", "{ none = true }"),
    ("cap_days_per_year", "{ none = true }"),
    ("diagnoses", r#"["I60-I64"]"#),
    (
        "hospital",
        r#"{ minimum_level = "unrated", ownership = ["public", "private"] }"#,
    ),
    ("claim_deadline_days", "{ none = true }"),
];

/// The text of a pack that pays 100 yuan for every day, but for the parameters given.
pub(crate) fn text(parameters: &[Values<'_>]) -> String {
    let mut text = String::from(
        r#"format = 1
programme = "hospital-care-allowance"
division = "43"
help = "illness"
title = { zh = "测试", en = "Test" }
"#,
    );
    for (name, neutral) in NEUTRAL {
        let given = parameters.iter().find(|(given, _)| *given == name);
        let plain = [(START, neutral)];
        for (from, value) in given.map_or(&plain[..], |(_, values)| *values) {
            text.push_str(&format!("[[{name}]]\nfrom = \"{from}\"\nvalue = {value}\n"));
            text.push_str("assumed = \"a test\"\n");
        }
    }
    text
}

/// The programme of a text.
pub(crate) fn programme(text: &str) -> Programme {
    let policy = Policy::read(text).unwrap_or_else(|faults| panic!("{faults:#?}"));
    Programme::compile(&policy).unwrap()
}

/// The programme that these parameters make.
pub(crate) fn pack(parameters: &[Values<'_>]) -> Programme {
    programme(&text(parameters))
}
