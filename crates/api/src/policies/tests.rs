//! What holds where, and what is refused.

use sizhu_core::pack::ProgrammeId;
use sizhu_core::{Day, DivisionCode};

use super::*;

const PACK: &str = r#"
format = 2
programme = "test-assistance"
place = "national"
help = "hardship"
subject = "person"
period = "month"
title = { zh = "测试扶助", en = "Test assistance" }
summary = { zh = "按月发放。", en = "An amount each month." }
[sources.notice]
instrument = "测试"
class = "official"
[[values.monthly]]
from = "2020-01-01"
value = "300 yuan/month"
source = "notice"
[clauses.alive]
title = { zh = "本人健在", en = "The person is alive" }
fact = "alive"
source = "notice"
[[versions]]
from = "2020-01-01"
source = "notice"
eligibility = "alive"
review = ["county_decision"]
publicity = { mode = "none", title = { zh = "惠民补助", en = "Public allowance" } }
payee = "person"
memo = "测试扶助"
[[versions.entitlements]]
id = "monthly"
title = { zh = "扶助金", en = "Monthly amount" }
form = "flat"
amount = "monthly"
"#;

fn pack(place: &str, yuan: u32) -> String {
    PACK.replace("\"national\"", &format!("{place:?}"))
        .replace("300 yuan", &format!("{yuan} yuan"))
}

fn overlay(place: &str, yuan: u32) -> String {
    format!(
        "format = 2\noverlay = \"test-assistance\"\nplace = {place:?}\n[sources.notice]\n\
         instrument = \"测试\"\nclass = \"press\"\n[[values.monthly]]\nfrom = \"2020-01-01\"\n\
         value = \"{yuan} yuan/month\"\nsource = \"notice\"\n"
    )
}

fn source(name: &str, text: &str) -> Source {
    Source {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn set(texts: &[&str]) -> Result<PolicySet, PolicyFaults> {
    let named = texts.iter().enumerate();
    PolicySet::of(
        named
            .map(|(n, text)| source(&n.to_string(), text))
            .collect(),
    )
}

/// What the programme gives someone alive in a division, in yuan; `None` where it is not offered.
fn yuan(set: &PolicySet, division: &str) -> Option<i64> {
    use sizhu_core::fact::{Fact, Sheet};
    use sizhu_core::programme::{Silent, evaluate};
    let mut sheet = Sheet::EMPTY;
    sheet.set(Fact::Alive, 1);
    let division = DivisionCode::parse(division).unwrap();
    let id = ProgrammeId::parse("test-assistance").unwrap();
    let programme = set.resolve(&division, &id)?;
    let day = Day::parse("2026-01-01").unwrap();
    let verdict = evaluate(&programme, &sheet, day, &mut Silent).unwrap();
    Some(verdict.amount.get() / 100)
}

#[test]
fn the_nearest_pack_holds_with_the_overlays_between() {
    let (national, province) = (pack("national", 300), pack("44", 900));
    let (city, county) = (overlay("4301", 500), overlay("430102", 600));
    let above = overlay("4", 1);
    assert!(
        set(&[&national, &above]).is_err(),
        "no division has one digit"
    );
    let set = set(&[&county, &national, &city, &province]).unwrap();
    for (division, amount) in [
        ("43", 300),
        ("4301", 500),
        ("430103", 500),
        ("430102", 600),
        ("430102001001", 600),
        ("430202001001", 300),
        ("440101", 900),
    ] {
        assert_eq!(yuan(&set, division), Some(amount), "{division}");
    }
    let alone = self::set(&[&province]).unwrap();
    assert_eq!(yuan(&alone, "430102"), None);
    assert_eq!(alone.all(None).len(), 1);
}

#[test]
fn a_draft_stands_in_for_one_text_and_changes_nothing_else() {
    let policies = Policies::new(set(&[&pack("national", 300), &overlay("4301", 500)]).unwrap());
    let before = policies.snapshot();
    let draft = before
        .with_draft(source("draft", &overlay("4301", 700)))
        .unwrap();
    assert_eq!(
        (yuan(&draft, "430102"), yuan(&draft, "430202")),
        (Some(700), Some(300))
    );
    let more = draft
        .with_draft(source("draft", &overlay("430102", 800)))
        .unwrap();
    assert_eq!(
        (yuan(&more, "430102"), yuan(&more, "430103")),
        (Some(800), Some(700))
    );
    policies.replace(more);
    // Who began under the old ones goes on under them.
    assert_eq!(yuan(&before, "430102"), Some(500));
    assert_eq!(yuan(&policies.snapshot(), "430102"), Some(800));
    let bad = overlay("4301", 700).replace("yuan/month", "days");
    let faults = before.with_draft(source("draft", &bad)).unwrap_err();
    assert!(faults.0[0].starts_with("draft:9:"), "{faults}");
    assert_eq!(yuan(&before, "430102"), Some(500));
}

#[test]
fn all_faults_of_all_texts_are_told_with_their_places() {
    let good = pack("national", 300);
    let unknown = good.replace("fact = \"alive\"", "fact = \"alife\"");
    let faults = set(&[&unknown, "format = 2\nnonsense"]).unwrap_err().0;
    assert!(
        faults.iter().any(|it| it.starts_with("0:19:8: found")),
        "{faults:?}"
    );
    assert!(faults.iter().any(|it| it.starts_with("1:")), "{faults:?}");
    let twice = set(&[&good, &pack("national", 301)]).unwrap_err().0;
    assert!(twice[0].contains("already"), "{twice:?}");
    let alone = set(&[&overlay("4301", 1)]).unwrap_err().0;
    assert!(alone[0].contains("no pack"), "{alone:?}");
    let beside = set(&[&pack("44", 1), &overlay("4301", 1)]).unwrap_err().0;
    assert!(beside[0].contains("no pack"), "{beside:?}");
}
