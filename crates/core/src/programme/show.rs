//! Tests, values and tables as programs and people read them.

use serde_json::{Map, Value, json};

use crate::day::Day;
use crate::fact::{Fact, FactSet, FactType, FactValue, Sheet};
use crate::money::Fen;
use crate::pack::{Literal, Operand, Row, Test as PackTest, Tier};
use crate::trace::Bilingual;

use super::node::Node;
use super::test::{Check, Test};

/// Years in an age test are held times this.
const YEAR: i64 = 10_000;

/// Facts as a sheet has them, by id: null where one is not known. A diagnosis is never shown.
pub(crate) fn seen(facts: FactSet, sheet: &Sheet) -> Map<String, Value> {
    let shown = |fact: Fact| {
        let number = sheet.get(fact);
        number.map_or(Value::Null, |number| FactValue::show(fact, number))
    };
    facts
        .iter()
        .map(|fact| (fact.info().id.to_owned(), shown(fact)))
        .collect()
}

/// A condition as public rule content: `{"all": […]}`, the id of a clause, or a test.
pub(crate) fn condition(node: &Node, clause_id: &impl Fn(usize) -> String) -> Value {
    let all = |parts: &[Node]| -> Vec<Value> {
        parts
            .iter()
            .map(|part| condition(part, clause_id))
            .collect()
    };
    match node {
        Node::All(parts) => json!({"all": all(parts)}),
        Node::Any(parts) => json!({"any": all(parts)}),
        Node::Not(part) => json!({"not": condition(part, clause_id)}),
        Node::Clause(place, _) => json!(clause_id(*place)),
        Node::Test(it) => test(it),
        Node::Always => json!({"always": true}),
    }
}

/// A test as public rule content: `{"fact": "wife_born_on", "age_at_least": 49}`.
pub(crate) fn test(it: &Test) -> Value {
    let mut shown = Map::new();
    shown.insert("fact".to_owned(), json!(it.fact.info().id));
    let mut put = |key: &str, value: Value| {
        shown.insert(key.to_owned(), value);
    };
    match &it.check {
        Check::Between { low, high } => between(it.fact, *low, *high, &mut put),
        Check::Words(mask) => put("in", json!(words_of(it.fact, *mask, |word| word.0))),
        Check::Spans { shown, .. } => put("in", json!(shown)),
        Check::Age { low, high } => {
            if *low > 0 {
                put("age_at_least", json!(low.div_euclid(YEAR)));
            }
            if *high < i64::MAX {
                put("age_below", json!(high.div_euclid(YEAR)));
            }
        }
        Check::Since { low, high } => {
            if *high < i64::MAX {
                put("days_since_at_most", json!(high));
            } else {
                put("days_since_at_least", json!(low));
            }
        }
        Check::AtLeastFact(other) => put("at_least_fact", json!(other.info().id)),
        Check::BelowFact(other) => put("below_fact", json!(other.info().id)),
    }
    Value::Object(shown)
}

fn between(fact: Fact, low: i64, high: i64, put: &mut impl FnMut(&str, Value)) {
    let day = matches!(fact.info().kind, FactType::Day);
    if low == high {
        put("is", FactValue::show(fact, low));
        return;
    }
    if low > i64::MIN {
        let key = if day { "on_or_after" } else { "at_least" };
        put(key, FactValue::show(fact, low));
    }
    if high < i64::MAX && day {
        // A day before another is held as the number before that day's.
        put("before", FactValue::show(fact, high.saturating_add(1)));
    } else if high < i64::MAX {
        put("at_most", FactValue::show(fact, high));
    }
}

/// The words of a mask, each by one of its forms.
fn words_of(
    fact: Fact,
    mask: u64,
    form: impl Fn(&crate::fact::Word) -> &'static str,
) -> Vec<&'static str> {
    let FactType::Word(words) = fact.info().kind else {
        return Vec::new();
    };
    let bits = std::iter::successors(Some(1_u64), |bit| bit.checked_mul(2));
    words
        .iter()
        .zip(bits)
        .filter(|(_, bit)| mask & bit != 0)
        .map(|(word, _)| form(word))
        .collect()
}

/// What a fact must be, in words: `wanted` tells whether the test is to pass or to fail.
pub(crate) fn wish(it: &Test, wanted: bool) -> Bilingual {
    let (zh, en) = phrase(it);
    let title = it.fact.info().bilingual();
    let (zh, en) = if wanted {
        (format!("{}：{zh}", title.zh), format!("{}: {en}", title.en))
    } else {
        (
            format!("{}：不是“{zh}”", title.zh),
            format!("{}: not \"{en}\"", title.en),
        )
    };
    Bilingual {
        zh: zh.into(),
        en: en.into(),
    }
}

/// The phrase of a test, Chinese and English.
fn phrase(it: &Test) -> (String, String) {
    match &it.check {
        Check::Between { low, high } => between_phrase(it.fact, *low, *high),
        Check::Words(mask) => (
            words_of(it.fact, *mask, |word| word.1).join("或"),
            words_of(it.fact, *mask, |word| word.2).join(" or "),
        ),
        Check::Spans { shown, .. } => (shown.join("、"), shown.join(", ")),
        Check::Age { low, high } => {
            let (low, high) = (low.div_euclid(YEAR), high.div_euclid(YEAR));
            match (low > 0, high < i64::MAX.div_euclid(YEAR)) {
                (true, true) => (
                    format!("满{low}周岁，未满{high}周岁"),
                    format!("{low} full years and not yet {high}"),
                ),
                (true, false) => (format!("满{low}周岁"), format!("{low} full years")),
                (false, _) => (
                    format!("未满{high}周岁"),
                    format!("not yet {high} full years"),
                ),
            }
        }
        Check::Since { low, high } if *high == i64::MAX => {
            (format!("满{low}天"), format!("at least {low} days ago"))
        }
        Check::Since { high, .. } => (
            format!("不超过{high}天"),
            format!("at most {high} days ago"),
        ),
        Check::AtLeastFact(other) => {
            let other = other.info().bilingual();
            (
                format!("不低于{}", other.zh),
                format!("at least the {}", other.en),
            )
        }
        Check::BelowFact(other) => {
            let other = other.info().bilingual();
            (
                format!("低于{}", other.zh),
                format!("below the {}", other.en),
            )
        }
    }
}

fn between_phrase(fact: Fact, low: i64, high: i64) -> (String, String) {
    let (zh, en) = (
        |number| plain(fact, number).0,
        |number| plain(fact, number).1,
    );
    let day = matches!(fact.info().kind, FactType::Day);
    let next = high.saturating_add(1);
    match (low > i64::MIN, high < i64::MAX) {
        (true, true) if low == high => (zh(low), en(low)),
        (true, true) => (
            format!("{}至{}", zh(low), zh(high)),
            format!("{} to {}", en(low), en(high)),
        ),
        (true, false) if day => (
            format!("{}或以后", zh(low)),
            format!("on or after {}", en(low)),
        ),
        (true, false) => (format!("至少{}", zh(low)), format!("at least {}", en(low))),
        (false, _) if day => (format!("{}以前", zh(next)), format!("before {}", en(next))),
        (false, _) => (format!("至多{}", zh(high)), format!("at most {}", en(high))),
    }
}

/// A number of a fact in words, Chinese and English.
fn plain(fact: Fact, number: i64) -> (String, String) {
    let both = |text: String| (text.clone(), text);
    match fact.info().kind {
        FactType::Truth if number != 0 => ("是".to_owned(), "yes".to_owned()),
        FactType::Truth => ("否".to_owned(), "no".to_owned()),
        FactType::Day => {
            both(Day::of_number(number).map_or_else(String::new, |day| day.to_string()))
        }
        FactType::Money => (
            format!("{}元", Fen::new(number)),
            format!("{} yuan", Fen::new(number)),
        ),
        FactType::Count(unit) | FactType::Between(unit, ..) => {
            (number.to_string(), format!("{number} {unit}"))
        }
        FactType::Share => both(
            crate::quantity::Quantity {
                number,
                unit: crate::quantity::Unit::Share,
            }
            .to_string(),
        ),
        FactType::Word(words) => {
            let place = usize::try_from(number).ok();
            place.and_then(|place| words.get(place)).map_or_else(
                || both(String::new()),
                |word| (word.1.to_owned(), word.2.to_owned()),
            )
        }
        FactType::Division => both(number.to_string()),
        FactType::Diagnosis => both("***".to_owned()),
    }
}

/// A value as its pack writes it; the rows of a table and the tiers of a share one after another.
pub(crate) fn literal(it: &Literal) -> String {
    fn listed<T: ToString>(all: &[T], between: &str) -> String {
        let all: Vec<String> = all.iter().map(T::to_string).collect();
        all.join(between)
    }
    match it {
        Literal::Quantity(quantity) => quantity.to_string(),
        Literal::Unlimited => "none".to_owned(),
        Literal::Day(day) => day.to_string(),
        Literal::MonthDay(month, day) => format!("{month:02}-{day:02}"),
        Literal::Words(words) => words.join(", "),
        Literal::Diagnoses(ranges) => listed(ranges, ", "),
        Literal::Divisions(codes) => listed(codes, ", "),
        Literal::Table(rows) => rows.iter().map(row).collect::<Vec<_>>().join("; "),
        Literal::Tiers(tiers) => tiers.iter().map(tier).collect::<Vec<_>>().join("; "),
    }
}

fn tier(it: &Tier) -> String {
    format!("above {}: {}", it.above, it.share)
}

fn row(it: &Row) -> String {
    let conditions: Vec<String> = it
        .conditions
        .iter()
        .map(|(fact, test)| format!("{fact} {}", row_test(test)))
        .collect();
    if conditions.is_empty() {
        return format!("else {}", it.value);
    }
    format!("{}: {}", conditions.join(", "), it.value)
}

fn row_test(it: &PackTest) -> String {
    let shown = |operand: &Operand| match operand {
        Operand::Value(name) => name.clone(),
        Operand::Literal(value) => literal(value),
    };
    match it {
        PackTest::Is(truth) => format!("= {truth}"),
        PackTest::In(operand) => format!("in {}", shown(operand)),
        PackTest::AtLeast(operand) | PackTest::OnOrAfter(operand) => {
            format!(">= {}", shown(operand))
        }
        PackTest::AtMost(operand) => format!("<= {}", shown(operand)),
        PackTest::Above(operand) => format!("> {}", shown(operand)),
        PackTest::Below(operand) | PackTest::Before(operand) => format!("< {}", shown(operand)),
        PackTest::Between(low, high) => format!("from {} to {}", shown(low), shown(high)),
        PackTest::AgeAtLeast(operand) => format!("age >= {}", shown(operand)),
        PackTest::AgeBelow(operand) => format!("age < {}", shown(operand)),
        PackTest::AgeBetween(low, high) => {
            format!("age from {} to below {}", shown(low), shown(high))
        }
        PackTest::DaysSinceAtLeast(operand) => format!("days since >= {}", shown(operand)),
        PackTest::DaysSinceAtMost(operand) => format!("days since <= {}", shown(operand)),
        PackTest::AtLeastFact(other) => format!(">= {other}"),
        PackTest::BelowFact(other) => format!("< {other}"),
    }
}
