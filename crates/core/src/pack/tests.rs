//! Packs written for tests, and what a pack must not say.

use super::*;
use crate::schedule::Provenance;

/// The committed pack of the province.
pub(crate) const HUNAN: &str =
    include_str!("../../../../policies/hunan/hospital-care-allowance.toml");

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

/// That pack.
pub(crate) fn pack(parameters: &[Values<'_>]) -> HospitalCarePack {
    HospitalCarePack::parse(&text(parameters)).unwrap_or_else(|error| panic!("{error}"))
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

#[test]
fn the_hunan_pack_says_what_is_known_and_what_is_assumed() {
    let pack = HospitalCarePack::parse(HUNAN).unwrap();
    assert_eq!(pack.division().as_str(), "43");
    assert_eq!(pack.help(), Help::Illness);
    assert_eq!(pack.title().zh, "大病重病住院护理补贴");
    assert_eq!(pack.first_day(), day("2018-04-01"));
    let rate = pack.rate().first();
    assert_eq!(
        rate.value,
        DailyRate {
            form: RateForm::Flat(Fen::new(10_000)),
            icu: None
        }
    );
    assert!(rate.provenance.citation().is_some());
    assert!(matches!(
        pack.cap_days_per_year().first().provenance,
        Provenance::Assumed(_)
    ));
    assert_eq!(pack.cap_days_per_year().first().value, Some(90));
    assert_eq!(pack.claim_deadline_days().first().value, None);
    for listed in ["C34.900x001", "F20.000", "I63.900", "N18.500"] {
        let code = DiagnosisCode::parse(listed).unwrap();
        assert!(pack.diagnoses().first().value.covers(&code), "{listed}");
    }
    assert!(
        !pack
            .diagnoses()
            .first()
            .value
            .covers(&DiagnosisCode::parse("J00.x00").unwrap())
    );
}

#[test]
fn the_hash_is_of_the_exact_text() {
    assert_eq!(
        PolicyHash::of("abc").as_str(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let text = text(&[]);
    let hash = HospitalCarePack::parse(&text).unwrap().hash().clone();
    let commented = format!("{text}# a comment\n");
    assert_ne!(HospitalCarePack::parse(&commented).unwrap().hash(), &hash);
    assert_eq!(hash, PolicyHash::of(&text));
}

#[test]
fn a_version_is_the_latest_start_of_any_parameter() {
    let pack = pack(&[
        ("free_days", &[(START, "0"), ("2020-01-01", "1")]),
        (
            "cap_days_per_year",
            &[(START, "{ none = true }"), ("2022-07-01", "{ days = 90 }")],
        ),
    ]);
    for (on, version) in [
        ("2000-01-01", START),
        ("2019-12-31", START),
        ("2020-01-01", "2020-01-01"),
        ("2022-06-30", "2020-01-01"),
        ("2022-07-01", "2022-07-01"),
    ] {
        assert_eq!(pack.version_at(day(on)), version, "{on}");
    }
}

#[test]
fn every_rate_form_parses() {
    let nursing = r#"{ form = "by_nursing_level", special_fen = 4, level_1_fen = 3, level_2_fen = 2, level_3_fen = 1, icu_fen = 9 }"#;
    let rate = pack(&[("rate", &[(START, nursing)])]).rate().first().value;
    let [one, two, three, four] = [1, 2, 3, 4].map(Fen::new);
    let form = RateForm::ByNursingLevel {
        special: four,
        level_1: three,
        level_2: two,
        level_3: one,
    };
    assert_eq!(
        rate,
        DailyRate {
            form,
            icu: Some(Fen::new(9))
        }
    );
    let hospital = r#"{ form = "by_hospital_level", unrated_fen = 1, level_1_fen = 2, level_2_fen = 3, level_3_fen = 4 }"#;
    let rate = pack(&[("rate", &[(START, hospital)])]).rate().first().value;
    let form = RateForm::ByHospitalLevel {
        unrated: one,
        level_1: two,
        level_2: three,
        level_3: four,
    };
    assert_eq!(rate, DailyRate { form, icu: None });
}

/// The fault of a text, as `line:column found|expected`.
fn fault(text: &str) -> String {
    let PackError {
        line,
        column,
        found,
        expected,
    } = HospitalCarePack::parse(text).unwrap_err();
    format!("{line}:{column} {found}|{expected}")
}

#[test]
fn faults_say_where_and_what() {
    let sound = text(&[]);
    let change = |from: &str, to: &str| {
        assert!(sound.contains(from), "{from}");
        fault(&sound.replacen(from, to, 1))
    };
    assert_eq!(change("format = 1", "format = 2"), "1:10 `2`|format = 1");
    assert_eq!(
        change("\"hospital-care-allowance\"", "\"other\""),
        "2:13 `other`|hospital-care-allowance"
    );
    assert!(
        change("division = \"43\"", "division = \"4\"").starts_with("3:12 `4`|a division code")
    );
    assert!(change("help = \"illness\"", "help = \"health\"").starts_with("4:8 unknown variant"));
    assert!(change("help = ", "helps = ").starts_with("4:1 unknown field `helps`|one of"));
    assert!(change("[[free_days]]", "[[gift_days]]").contains("unknown field `gift_days`|one of"));
    assert_eq!(
        change("fen = 10000", "fen = 1000001"),
        "8:32 `1000001`|0 to 1000000 fen"
    );
    assert!(change("fen = 10000", "fen = 1e4").contains("|i64"));
    assert!(
        change("fen = 10000", "fen = 1, level_1_fen = 2")
            .ends_with("|only the amounts of the rate's form")
    );
    assert!(change("form = \"flat\"", "form = \"by_nursing_level\"").ends_with("|special_fen"));
    assert!(change("2018-04-01", "2018-02-30").starts_with("7:8 `2018-02-30`|a real day"));
    assert!(change("assumed = \"a test\"", "").starts_with("6:1 neither|"));
    assert!(
        change("assumed = \"a test\"", "assumed = \" \"")
            .ends_with("|the reason of the assumption")
    );
    assert!(change("[\"I60-I64\"]", "[\"I64-I60\"]").ends_with("|a range such as C00-C97 or N18"));
    assert!(change("[\"I60-I64\"]", "[]").ends_with("no diagnosis|at least one range"));
    assert!(
        change("{ none = true }", "{ none = false }")
            .ends_with("|exactly one of days = N and none = true")
    );
    assert!(change("{ none = true }", "{ days = 0 }").ends_with("`0`|1 to 366 days"));
    assert!(change("{ none = true }", "{ days = 3, none = true }").contains("exactly one of"));
    assert!(
        change("[\"public\", \"private\"]", "[]").contains("at least one of public and private")
    );
    assert!(fault("format = ").starts_with("1:"));
    assert!(fault("format = 1\n").contains("missing field"));
}

#[test]
fn both_provenances_are_refused() {
    let citation = "citation = { instrument = \"a law\", class = \"official\" }\nassumed = ";
    let both = text(&[]).replacen("assumed = ", citation, 1);
    assert!(fault(&both).ends_with("both|exactly one of citation and assumed"));
    let cited = both.replacen("\nassumed = \"a test\"", "", 1);
    let pack = HospitalCarePack::parse(&cited).unwrap();
    assert_eq!(
        pack.rate()
            .first()
            .provenance
            .citation()
            .unwrap()
            .instrument,
        "a law"
    );
}

#[test]
fn schedules_ascend_and_begin_with_the_programme() {
    let twice = text(&[("free_days", &[(START, "0"), (START, "1")])]);
    assert!(fault(&twice).ends_with("|ascending days"));
    let late = text(&[("free_days", &[("2019-01-01", "0")])]);
    assert!(fault(&late).contains("`2019-01-01`|`2018-04-01`, the programme's first day"));
}

#[test]
fn columns_count_characters() {
    let text = text(&[]).replace(
        "title = { zh = \"测试\", en",
        "title = { zh = \"测试\", english",
    );
    assert!(
        fault(&text).starts_with("5:22 unknown field `english`"),
        "{}",
        fault(&text)
    );
}
