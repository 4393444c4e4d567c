//! What the reader of golden cases takes, and the faults it tells.

use proptest::prelude::*;

use crate::day::Day;
use crate::fact::Fact;
use crate::golden::{Question, read};
use crate::money::Fen;
use crate::trace::Outcome;

#[test]
fn reads_the_cases_of_the_reference() {
    let cases = read(
        r#"
programme = "special-assistance"

[[cases]]
name = "on her 49th birthday"
on = "2022-07-01"
division = "430102"
facts = { alive = true, child_died = true, wife_born_on = "1973-07-01" }
expect = { outcome = "granted", amount = "590.50 yuan" }

[[cases]]
name = "birthday not known"
on = "2022-07-01"
facts = { alive = true }
expect = { outcome = "undetermined", missing = ["wife_born_on"] }
"#,
    )
    .unwrap();
    assert_eq!(cases.programme.as_str(), "special-assistance");
    let [first, second] = cases.cases.as_slice() else {
        panic!("two cases");
    };
    assert_eq!((first.line, second.line), (4, 11));
    assert_eq!(first.on, Day::parse("2022-07-01").unwrap());
    assert_eq!(first.division.as_ref().unwrap().as_str(), "430102");
    assert!(
        first
            .facts
            .iter()
            .any(|value| value.fact() == Fact::WifeBornOn && value.number() == 19_730_701)
    );
    let Question::Facts(expected) = &first.question else {
        panic!("asked of facts");
    };
    assert_eq!(expected.amount, Some(Fen::new(59_050)));
    let Question::Facts(expected) = &second.question else {
        panic!("asked of facts");
    };
    assert_eq!(expected.outcome, Outcome::Undetermined);
    assert_eq!(expected.missing, [Fact::WifeBornOn]);
}

#[test]
fn reads_stays() {
    let cases = read(
        r#"
programme = "hospital-care-allowance"

[[cases]]
name = "forty-six days"
on = "2026-03-01"
statuses = [{ kind = "child_disabled", grade = 3, from = "2017-01-01", until = "2026-02-01" }]
stays = [
  { admitted_on = "2026-01-01", discharged_on = "2026-02-16", diagnosis = "F20.000",
    hospital_level = "level_3", hospital_ownership = "public",
    nursing_days = { level_3 = 46 }, cost_total = 300, cost_insured = 200, cost_self_paid = 100,
    expect = { outcome = "granted", amount = "4600 yuan", days = 46 } },
]
"#,
    )
    .unwrap();
    let Question::Stays { statuses, stays } = &cases.cases[0].question else {
        panic!("asked of stays");
    };
    assert_eq!(statuses[0].grade.unwrap().get(), 3);
    let stay = &stays[0];
    assert_eq!((stay.claimed_on, stay.icu_days), (stay.discharged_on, 0));
    assert_eq!((stay.nursing.level_3, stay.nursing.special), (46, 0));
    assert_eq!((stay.expect.days, stay.line), (Some(46), 9));
    assert_eq!(stay.charges.unwrap().insurance_paid, Fen::new(200));
}

/// A stay but for its closing brace.
const STAY: &str = "{ admitted_on = \"2026-01-01\", discharged_on = \"2026-01-02\", \
    diagnosis = \"F20.000\", hospital_level = \"level_3\", hospital_ownership = \"public\", \
    expect = { outcome = \"refused\" }";

/// Each text with its one fault: line, column, what was found, what was expected.
#[test]
fn tells_each_fault_with_its_place() {
    let head = "programme = \"student-aid\"\n[[cases]]\nname = \"a\"\non = \"2026-01-01\"\n";
    let expect = "expect = { outcome = \"granted\" }\n";
    for (text, told) in [
        (
            format!("{head}{expect}colour = 1\n"),
            "line 6, column 1: found the key `colour`, expected one of name, on, division, facts, \
             statuses, stays, expect",
        ),
        (
            format!("{head}{expect}facts = {{ liveth = true }}\n"),
            "line 6, column 11: found `liveth`, expected the id of a fact",
        ),
        (
            format!("{head}{expect}facts = {{ alive = 1 }}\n"),
            "line 6, column 19: found `1`, expected true or false",
        ),
        (
            format!("{head}{expect}facts = {{ born_on = 2026-01-01 }}\n"),
            "line 6, column 21: found `2026-01-01`, expected a day written YYYY-MM-DD",
        ),
        (
            format!("{head}expect = {{ outcome = \"maybe\" }}\n"),
            "line 5, column 22: found `\"maybe\"`, expected granted, refused or undetermined",
        ),
        (
            format!("{head}expect = {{ outcome = \"refused\", amount = \"1 yuan\" }}\n"),
            "line 5, column 42: found `\"1 yuan\"`, expected no `amount` where the outcome is \
             refused",
        ),
        (
            format!("{head}expect = {{ outcome = \"granted\", amount = \"1 yuan/day\" }}\n"),
            "line 5, column 42: found `\"1 yuan/day\"`, expected an amount in yuan",
        ),
        (
            format!("{head}expect = {{ outcome = \"undetermined\", missing = [\"age\"] }}\n"),
            "line 5, column 49: found `\"age\"`, expected the id of a fact",
        ),
        (
            head.to_owned(),
            "line 2, column 1: found no `expect`, expected the key `expect`",
        ),
        (
            format!("{head}{expect}statuses = []\n"),
            "line 6, column 1: found `statuses` without `stays`, expected the facts of the \
             statuses, such as `child_died`, in `facts`",
        ),
        (
            format!("{head}{expect}[[cases]]\nname = \"a\"\non = \"2026-01-02\"\n{expect}"),
            "line 6, column 1: found a second case named \"a\", expected a name of its own",
        ),
        (
            format!("{head}facts = {{ diagnosis = \"I63.9\" }}\nstays = [{STAY} }}]\n"),
            "line 5, column 11: found `diagnosis` beside `stays`, expected facts of the person; \
             those of a stay in each stay",
        ),
        (
            format!("{head}stays = [{STAY}, cost_total = 7, cost_insured = 3 }}]\n"),
            "line 5, column 10: found no `cost_self_paid`, expected the key `cost_self_paid`",
        ),
        (
            format!("{head}{expect}").replace("student-aid", "学 aid"),
            "line 1, column 13: found `\"学 aid\"`, expected the id of a programme",
        ),
    ] {
        let faults = read(&text).unwrap_err();
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(faults, [told], "{text}");
    }
}

#[test]
fn tells_all_faults_at_once_in_order() {
    let text = "cases = [\n{ name = 1, on = \"2026-02-30\", facts = { a = 1, sex = 2 } },\n7,\n]\n";
    let faults = read(text).unwrap_err();
    let places: Vec<(usize, usize)> = faults
        .iter()
        .map(|fault| (fault.line, fault.column))
        .collect();
    assert_eq!(faults.len(), 7, "{faults:?}");
    assert!(places.is_sorted(), "{places:?}");
    let toml = read("programme = \n[[cases]").unwrap_err();
    assert!(toml.len() >= 2, "{toml:?}");
}

/// A text with a case of each kind, to be torn up.
const WHOLE: &str = r#"programme = "student-aid"
[[cases]]
name = "学生"
on = "2026-01-01"
division = "43"
facts = { alive = true, cost_total = 12, born_on = "1976-02-29" }
expect = { outcome = "undetermined", missing = ["sex"], failing = ["a"] }
[[cases]]
name = "b"
on = "2026-03-01"
statuses = [{ kind = "child_died", from = "2017-01-01" }]
stays = [{ admitted_on = "2026-01-01", discharged_on = "2026-02-16", diagnosis = "F20.000",
  hospital_level = "level_3", hospital_ownership = "public", nursing_days = { level_3 = 46 },
  expect = { outcome = "granted", amount = "4600 yuan", days = 46 } }]
"#;

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let faults = read(&text).unwrap_err();
        prop_assert!(!faults.is_empty());
    }

    /// Parts taken out, doubled or put elsewhere: a text that is refused says where.
    #[test]
    fn no_torn_text_makes_the_reader_panic(
        from in 0..WHOLE.len(), length in 0_usize..40, to in 0..WHOLE.len(), keep: bool,
    ) {
        let characters: Vec<char> = WHOLE.chars().collect();
        let from = from.min(characters.len());
        let until = (from + length).min(characters.len());
        let mut torn = characters.clone();
        let part: Vec<char> = characters[from..until].to_vec();
        if !keep {
            torn.drain(from..until);
        }
        let to = to.min(torn.len());
        torn.splice(to..to, part);
        let text: String = torn.into_iter().collect();
        if let Err(faults) = read(&text) {
            prop_assert!(!faults.is_empty());
            let lines = text.lines().count() + 1;
            prop_assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)));
        }
    }
}
