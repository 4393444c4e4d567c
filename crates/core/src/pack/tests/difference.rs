//! Differences in words.

use super::super::*;
use super::faults::{LOAN, PACK, STAY, changed};

fn told(before: &str, after: &str) -> Vec<(String, String)> {
    let (before, after) = (read_pack(before).unwrap(), read_pack(after).unwrap());
    let told = difference(&before, &after).into_iter();
    told.map(|it| (it.zh.into_owned(), it.en.into_owned()))
        .collect()
}

fn english(before: &str, changes: &[(&str, &str)]) -> Vec<String> {
    let told = told(before, &changed(before, changes));
    told.into_iter().map(|(_, en)| en).collect()
}

#[test]
fn a_pack_does_not_differ_from_itself() {
    for text in [PACK, STAY, LOAN] {
        assert_eq!(told(text, text), []);
        // Nor by a remark or the order of its tables.
        assert_eq!(told(text, &format!("# a remark\n{text}")), []);
    }
}

#[test]
fn values_are_told_by_date() {
    let later = "[[values.minimum_age]]\nfrom = \"2027-01-01\"\nvalue = \"45 years\"\nassumed = \"x\"\n\n[clauses.alive]";
    let after = changed(PACK, &[("[clauses.alive]", later)]);
    assert_eq!(
        told(PACK, &after),
        [(
            "自 2027-01-01 起 `minimum_age` 为 45 年（周岁）（原为 49 年（周岁））".to_owned(),
            "From 2027-01-01 `minimum_age` is 45 years (was 49 years)".to_owned(),
        )]
    );
    // A later entry is left alone by a change of the one before it.
    assert_eq!(
        english(&after, &[("\"49 years\"", "\"50 years\"")]),
        ["From 2022-07-01 `minimum_age` is 50 years (was 49 years)"]
    );
    let changes = [(
        "\"7 days\"\nassumed = \"No source gives the days.\"",
        "\"7 days\"\nassumed = \"Told by phone.\"",
    )];
    assert_eq!(
        english(PACK, &changes),
        [
            "From 2022-07-01 `publicity_days` rests on assumed (Told by phone.) (was assumed (No source gives the days.))"
        ]
    );
    assert_eq!(
        english(
            STAY,
            &[(
                "[\"level_2\", \"level_3\"]\nassumed",
                "[\"level_1\", \"level_3\"]\nassumed"
            )]
        ),
        ["From 2018-04-01 `levels` also has level_1 and no longer has level_2"]
    );
    assert_eq!(
        english(PACK, &[("460 yuan/month", "500 yuan/month")]),
        [
            "From 2022-07-01 `monthly_amount` is status: only child died: 590 yuan/month; \
          not status: only child died, the child's grade of disability at most 3 grade: 500 yuan/month; \
          otherwise: 0 yuan/month (was status: only child died: 590 yuan/month; \
          not status: only child died, the child's grade of disability at most 3 grade: 460 yuan/month; \
          otherwise: 0 yuan/month)"
        ]
    );
    assert_eq!(
        english(STAY, &[("value = \"none\"", "value = \"90 days\"")]),
        ["From 2020-01-01 `cap` is 90 days (was no limit)"]
    );
}

#[test]
fn clauses_and_terms_are_told() {
    let clause = "[clauses.local]\ntitle = { zh = \"本地户籍\", en = \"Lives here\" }\nfact = \"residence\"\nin = [\"4301\"]\nassumed = \"x\"\n\n[clauses.alive]";
    assert_eq!(
        english(
            PACK,
            &[
                ("[clauses.alive]", clause),
                ("\"minimum_age\"] }", "\"minimum_age\", \"local\"] }")
            ]
        ),
        [
            "Clause “Lives here” (local) is new: registered residence is among 4301",
            "From 2022-07-01 eligibility also asks for “Lives here” (local)",
        ]
    );
    assert_eq!(
        english(
            PACK,
            &[("at_most = \"3 grade\" }]", "at_most = \"2 grade\" }]")]
        ),
        [
            "Clause “Status” (special_family) asks: (status: only child died, or the child's grade of disability at most 2 grade) \
          (asked: (status: only child died, or the child's grade of disability at most 3 grade))"
        ]
    );
    assert_eq!(
        english(
            PACK,
            &[
                ("memo = \"特别扶助\"", "memo = \"扶助资金\""),
                ("required = true", "required = false")
            ]
        ),
        [
            "From 2022-07-01 the memo is 扶助资金 (was 特别扶助)",
            "From 2022-07-01 the form asks for marital status (was marital status (required))",
        ]
    );
    assert_eq!(
        english(
            LOAN,
            &[(
                "limits = { times = \"thrice\" }",
                "limits = { times = \"thrice\", per_year = \"principal\" }"
            )]
        ),
        [
            "From 2020-07-01 the limits are per_year = principal, times = thrice (was times = thrice)"
        ]
    );
    assert_eq!(
        english(
            STAY,
            &[("until = \"2024-01-01\"", "until = \"2024-06-01\"")]
        ),
        ["From 2024-01-01 the programme is in force (was not)"]
    );
}

#[test]
fn overlays_are_told_against_what_was_in_force() {
    let base = read_pack(PACK).unwrap();
    let overlay = |amount: &str| {
        let text = format!(
            "format = 2\noverlay = \"special-assistance\"\nplace = \"4301\"\n\n\
             [[values.minimum_age]]\nfrom = \"2026-01-01\"\nuntil = \"2028-01-01\"\n\
             value = \"{amount}\"\nassumed = \"x\"\n"
        );
        read_overlay(&text, &base).unwrap()
    };
    let english = |told: Vec<crate::trace::Bilingual>| {
        let told = told.into_iter().map(|it| it.en.into_owned());
        told.collect::<Vec<String>>()
    };
    let (first, second) = (overlay("45 years"), overlay("46 years"));
    assert_eq!(
        english(difference_overlay(None, &first, &base)),
        ["From 2026-01-01 `minimum_age` is 45 years (was 49 years)"]
    );
    assert_eq!(
        english(difference_overlay(Some(&first), &second, &base)),
        ["From 2026-01-01 `minimum_age` is 46 years (was 45 years)"]
    );
    assert!(difference_overlay(Some(&first), &first, &base).is_empty());
}
