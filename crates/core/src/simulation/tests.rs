//! Years of small programmes with sums made by hand.

use super::*;
use crate::citizen_id::Sex;
use crate::division::DivisionCode;
use crate::id::StatusId;
use crate::programme::Policy;
use crate::status::{PersonBirth, StatusKind};
use crate::stay::StatusFacts;
use crate::{Day, MaritalStatus, Period as Days};

/// A pack in force from 2020 on: `value` to whoever passes `eligibility`.
fn pack(id: &str, period: &str, value: &str, eligibility: &str, terms: &str) -> Programme {
    pack_of(
        id,
        period,
        value,
        eligibility,
        terms,
        "form = \"flat\"\namount = \"amount\"",
    )
}

fn pack_of(
    id: &str,
    period: &str,
    value: &str,
    eligibility: &str,
    terms: &str,
    entitlement: &str,
) -> Programme {
    let places = if entitlement.contains("quota") {
        "[[values.places]]\nfrom = \"2020-01-01\"\nvalue = \"2 places\"\nsource = \"notice\"\n"
    } else {
        ""
    };
    let text = format!(
        r#"format = 2
programme = "{id}"
place = "43"
help = "hardship"
subject = "person"
period = "{period}"
title = {{ zh = "测试", en = "A test" }}
summary = {{ zh = "测试用。", en = "For tests." }}

[sources.notice]
instrument = "Notice of the tests"
class = "official"

{value}
{places}
[[versions]]
from = "2020-01-01"
source = "notice"
eligibility = {eligibility}
review = ["county_decision"]
publicity = {{ mode = "none", title = {{ zh = "补助", en = "Allowance" }} }}
payee = "person"
memo = "测试补助"
{terms}

[[versions.entitlements]]
id = "part"
title = {{ zh = "部分", en = "Part" }}
{entitlement}
"#
    );
    let policy =
        Policy::read(&text).unwrap_or_else(|faults| panic!("{}\n{text}", faults.first().unwrap()));
    Programme::compile(&policy).unwrap()
}

fn amount(entries: &[(&str, &str)]) -> String {
    entries
        .iter()
        .map(|(from, value)| {
            format!(
                "[[values.amount]]\nfrom = \"{from}\"\nvalue = \"{value}\"\nsource = \"notice\"\n"
            )
        })
        .collect()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

const REGISTERED: &str = r#"{ fact = "registered" }"#;

/// A woman born on a day, widowed, with a status from 2020 to a day, if one is given.
fn woman(born_on: &str, status_until: Option<Option<&str>>) -> RegistryPerson {
    let status = status_until.map(|until| StatusFacts {
        id: StatusId::new(uuid::Uuid::nil()),
        kind: StatusKind::ChildDied,
        grade: None,
        period: Days::new(day("2020-01-01"), until.map(day)).unwrap(),
        confirmed: true,
    });
    RegistryPerson {
        registered: true,
        born_on: day(born_on),
        sex: Sex::Female,
        residence: DivisionCode::parse("430102001001").unwrap(),
        marital_status: Some(MaritalStatus::Widowed),
        spouse: None::<PersonBirth>,
        died_on: None,
        statuses: status.into_iter().collect(),
    }
}

/// What each programme gives a person in 2026.
fn year(programmes: &[&Programme], person: &RegistryPerson, earlier: Earlier) -> Vec<Grant> {
    let all: Vec<_> = programmes.iter().map(|it| Some(*it)).collect();
    let offer = Offer::new(&all, 2026).unwrap();
    let mut year = YearOf::default();
    let who = Who {
        person,
        stays: &[],
        earlier: &vec![earlier; programmes.len()],
        taken: &vec![0; programmes.len()],
    };
    year.ask(&offer, |_| true, who).unwrap();
    year.grants.clone()
}

fn fen(grant: &Grant) -> i64 {
    assert_eq!(
        Fen::sum(grant.months).unwrap(),
        grant.amount,
        "the months add up"
    );
    grant.amount.get()
}

#[test]
fn a_month_counts_from_the_first_day_on_which_it_is_granted() {
    let aged = r#"{ fact = "born_on", age_at_least = "49 years" }"#;
    let monthly = pack(
        "monthly",
        "month",
        &amount(&[("2020-01-01", "590 yuan/month")]),
        aged,
        "",
    );
    // 49 on 15 March 2026: nine months from April on.
    let grants = year(&[&monthly], &woman("1977-03-15", None), Earlier::default());
    assert_eq!((fen(&grants[0]), grants[0].times), (9 * 59_000, 9));
    assert_eq!(grants[0].months[2], Fen::ZERO);
    let grants = year(&[&monthly], &woman("1977-03-01", None), Earlier::default());
    assert_eq!(fen(&grants[0]), 10 * 59_000);
    let grants = year(&[&monthly], &woman("1978-01-01", None), Earlier::default());
    assert_eq!(grants[0], Grant::NONE);
}

#[test]
fn a_raise_in_the_year_counts_from_its_month_on() {
    let raised = amount(&[
        ("2020-01-01", "590 yuan/month"),
        ("2026-07-01", "700 yuan/month"),
    ]);
    let monthly = pack("monthly", "month", &raised, REGISTERED, "");
    let grants = year(&[&monthly], &woman("1970-01-01", None), Earlier::default());
    assert_eq!(fen(&grants[0]), 6 * 59_000 + 6 * 70_000);
}

#[test]
fn each_period_is_given_once_in_its_first_month() {
    let with = |period: &str, unit: &str| {
        let value = amount(&[("2020-01-01", &format!("100 {unit}"))]);
        let aged = r#"{ fact = "born_on", age_at_least = "49 years" }"#;
        pack("some-help", period, &value, aged, "")
    };
    let person = woman("1977-05-01", None);
    for (period, unit, times) in [
        ("month", "yuan/month", 8),
        ("quarter", "yuan/quarter", 3),
        ("year", "yuan/year", 1),
        ("once", "yuan", 1),
    ] {
        let grants = year(&[&with(period, unit)], &person, Earlier::default());
        assert_eq!(fen(&grants[0]), times * 10_000, "{period}");
        assert_eq!(grants[0].months[4], Fen::new(10_000), "{period}");
    }
    let before = Earlier {
        times: 1,
        amount: Fen::new(10_000),
    };
    let once = year(&[&with("once", "yuan")], &person, before);
    assert_eq!(once[0].outcome, Outcome::Refused);
    let again = year(&[&with("year", "yuan/year")], &person, before);
    assert_eq!(fen(&again[0]), 10_000);
}

#[test]
fn a_missing_fact_keeps_a_year_open_and_a_grant_closes_it() {
    let value = amount(&[("2020-01-01", "100 yuan/month")]);
    let rural = r#"{ fact = "hukou", is = "rural" }"#;
    let either = r#"{ any = [{ fact = "hukou", is = "rural" }, { fact = "child_died" }] }"#;
    let open = pack("open-help", "month", &value, rural, "");
    let half = pack("half-help", "month", &value, either, "");
    let person = woman("1970-01-01", Some(Some("2026-04-01")));
    let grants = year(&[&open, &half], &person, Earlier::default());
    assert_eq!(grants[0].outcome, Outcome::Undetermined);
    assert!(grants[0].missing.has(Fact::Hukou));
    assert_eq!(fen(&grants[1]), 3 * 10_000);
    assert_eq!(
        (grants[1].outcome, grants[1].missing),
        (Outcome::Granted, FactSet::EMPTY)
    );
}

#[test]
fn limits_of_the_year_count_what_the_year_brought() {
    let value = format!(
        "{}[[values.most]]\nfrom = \"2020-01-01\"\nvalue = \"250 yuan\"\nsource = \"notice\"\n",
        amount(&[("2020-01-01", "100 yuan/month")])
    );
    let capped = pack(
        "capped-help",
        "month",
        &value,
        REGISTERED,
        r#"limits = { per_year = "most" }"#,
    );
    let grants = year(&[&capped], &woman("1970-01-01", None), Earlier::default());
    assert_eq!(fen(&grants[0]), 25_000);
    assert_eq!(grants[0].times, 3);
}

#[test]
fn of_two_that_shut_each_other_out_the_higher_is_given() {
    let rule = r#"exclusion = { rule = "higher_of", among = ["high-help", "low-help"] }"#;
    let yearly = amount(&[("2020-01-01", "960 yuan/year")]);
    let monthly = amount(&[("2020-01-01", "590 yuan/month")]);
    let died = r#"{ fact = "child_died" }"#;
    let high = pack("high-help", "month", &monthly, died, rule);
    let low = pack("low-help", "year", &yearly, REGISTERED, rule);
    let both = year(
        &[&high, &low],
        &woman("1970-01-01", Some(None)),
        Earlier::default(),
    );
    assert_eq!((fen(&both[0]), fen(&both[1])), (12 * 59_000, 0));
    let plain = year(
        &[&high, &low],
        &woman("1970-01-01", None),
        Earlier::default(),
    );
    assert_eq!((fen(&plain[0]), fen(&plain[1])), (0, 96_000));
}

#[test]
fn what_a_change_affects_spreads_over_exclusions_only() {
    let value = |yuan: &str| amount(&[("2020-01-01", yuan)]);
    let rule = r#"exclusion = { rule = "one_of", among = ["first-help", "second-help"] }"#;
    let first = pack(
        "first-help",
        "month",
        &value("100 yuan/month"),
        REGISTERED,
        rule,
    );
    let raised = pack(
        "first-help",
        "month",
        &value("110 yuan/month"),
        REGISTERED,
        rule,
    );
    let second = pack(
        "second-help",
        "month",
        &value("50 yuan/month"),
        REGISTERED,
        "",
    );
    let third = pack(
        "third-help",
        "month",
        &value("70 yuan/month"),
        REGISTERED,
        "",
    );
    let before = Offer::new(&[Some(&first), Some(&second), Some(&third)], 2026).unwrap();
    let after = Offer::new(&[Some(&raised), Some(&second), Some(&third)], 2026).unwrap();
    assert_eq!(affected(&before, &after), [true, true, false]);
    assert_eq!(affected(&before, &before), [false; 3]);
    let gone = Offer::new(&[Some(&first), Some(&second), None], 2026).unwrap();
    assert_eq!(affected(&before, &gone), [false, false, true]);
}

#[test]
fn places_of_a_quota_are_asked_for_in_turn() {
    let quota = pack_of(
        "first-come",
        "once",
        &amount(&[("2020-01-01", "1000 yuan")]),
        REGISTERED,
        "",
        "form = \"quota\"\namount = \"amount\"\nplaces = \"places\"",
    );
    let offer = Offer::new(&[Some(&quota)], 2026).unwrap();
    let person = woman("1970-01-01", None);
    let mut year = YearOf::default();
    for (taken, fen) in [(0, 100_000), (1, 100_000), (2, 0)] {
        let who = Who {
            person: &person,
            stays: &[],
            earlier: &[Earlier::default()],
            taken: &[taken],
        };
        year.ask(&offer, |_| true, who).unwrap();
        assert_eq!(year.grants[0].amount.get(), fen, "{taken} taken");
        assert_eq!(year.takes_places(&offer), fen > 0);
    }
}
