//! Conditions and values in words, in both languages.

use crate::fact::{Fact, FactType};
use crate::quantity::{Quantity, Unit};
use crate::schedule::Provenance;
use crate::trace::Bilingual;

use super::{Clause, Condition, Literal, Operand, Row, Test};

/// A text in both languages.
pub(super) fn say(zh: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual {
        zh: zh.into().into(),
        en: en.into().into(),
    }
}

/// Parts joined in each language.
pub(super) fn joined(parts: &[Bilingual], zh: &str, en: &str) -> Bilingual {
    let chinese: Vec<&str> = parts.iter().map(|part| part.zh.as_ref()).collect();
    let english: Vec<&str> = parts.iter().map(|part| part.en.as_ref()).collect();
    say(chinese.join(zh), english.join(en))
}

/// The same in both languages.
pub(super) fn same(text: impl Into<String>) -> Bilingual {
    let text = text.into();
    say(text.clone(), text)
}

/// A quantity: `590 元/月`, `590 yuan/month`.
pub(super) fn quantity(it: Quantity) -> Bilingual {
    let en = it.to_string();
    let number = en.split(' ').next().unwrap_or_default().to_owned();
    let unit = match it.unit {
        Unit::Yuan => "元",
        Unit::YuanPerDay => "元/天",
        Unit::YuanPerMonth => "元/月",
        Unit::YuanPerQuarter => "元/季度",
        Unit::YuanPerYear => "元/年",
        Unit::YuanPerTime => "元/次",
        Unit::YuanPerCycle => "元/周期",
        Unit::YuanPerPerson => "元/人",
        Unit::YuanPerChild => "元/孩",
        Unit::YuanPerHousehold => "元/户",
        Unit::Day => "天",
        Unit::Month => "个月",
        Unit::Quarter => "个季度",
        Unit::Year => "年（周岁）",
        Unit::Time => "次",
        Unit::Cycle => "个周期",
        Unit::Person => "人",
        Unit::Child => "个孩子",
        Unit::Household => "户",
        Unit::Place => "个名额",
        Unit::Grade => "级",
        Unit::Share => "%",
    };
    say(format!("{number} {unit}"), en)
}

/// A value as written.
pub(super) fn literal(it: &Literal) -> Bilingual {
    match it {
        Literal::Quantity(it) => quantity(*it),
        Literal::Unlimited => say("不限", "no limit"),
        Literal::Day(day) => same(day.to_string()),
        Literal::MonthDay(month, day) => say(
            format!("每年 {month:02}-{day:02}"),
            format!("{month:02}-{day:02} of every year"),
        ),
        Literal::Words(_) | Literal::Diagnoses(_) | Literal::Divisions(_) => {
            let members = members(it).unwrap_or_default();
            say(members.join("、"), members.join(", "))
        }
        Literal::Table(rows) => {
            let rows: Vec<Bilingual> = rows.iter().map(row).collect();
            joined(&rows, "；", "; ")
        }
        Literal::Tiers(tiers) => {
            let tier = |tier: &super::Tier| {
                let (above, share) = (quantity(tier.above), quantity(tier.share));
                say(
                    format!("{} 以上部分 {}", above.zh, share.zh),
                    format!("{} of what is above {}", share.en, above.en),
                )
            };
            let tiers: Vec<Bilingual> = tiers.iter().map(tier).collect();
            joined(&tiers, "；", "; ")
        }
    }
}

/// The members of a list.
pub(super) fn members(it: &Literal) -> Option<Vec<String>> {
    match it {
        Literal::Words(words) => Some(words.clone()),
        Literal::Diagnoses(ranges) => Some(ranges.iter().map(ToString::to_string).collect()),
        Literal::Divisions(codes) => Some(codes.iter().map(ToString::to_string).collect()),
        Literal::Quantity(_)
        | Literal::Unlimited
        | Literal::Day(_)
        | Literal::MonthDay(..)
        | Literal::Table(_)
        | Literal::Tiers(_) => None,
    }
}

fn row(row: &Row) -> Bilingual {
    let tests = row.conditions.iter();
    let tests: Vec<Bilingual> = tests.map(|(fact, it)| test(*fact, it)).collect();
    let value = quantity(row.value);
    if tests.is_empty() {
        return say(
            format!("其余：{}", value.zh),
            format!("otherwise: {}", value.en),
        );
    }
    let all = joined(&tests, "，", ", ");
    say(
        format!("{}：{}", all.zh, value.zh),
        format!("{}: {}", all.en, value.en),
    )
}

/// A clause as others name it: its title and its id.
pub(super) fn clause(id: &str, clauses: &[Clause]) -> Bilingual {
    let title = clauses.iter().find(|clause| clause.id == id);
    match title.map(|clause| &clause.title) {
        Some(title) => say(
            format!("“{}”（{id}）", title.zh),
            format!("“{}” ({id})", title.en),
        ),
        None => same(format!("`{id}`")),
    }
}

/// A condition.
pub(super) fn condition(it: &Condition, clauses: &[Clause]) -> Bilingual {
    match it {
        Condition::All(parts) => {
            let parts: Vec<Bilingual> = parts.iter().map(|it| condition(it, clauses)).collect();
            let all = joined(&parts, "，且", ", and ");
            say(format!("（{}）", all.zh), format!("({})", all.en))
        }
        Condition::Any(parts) => {
            let parts: Vec<Bilingual> = parts.iter().map(|it| condition(it, clauses)).collect();
            let any = joined(&parts, "，或", ", or ");
            say(format!("（{}）", any.zh), format!("({})", any.en))
        }
        Condition::Not(part) => {
            let part = condition(part, clauses);
            say(format!("并非{}", part.zh), format!("not {}", part.en))
        }
        Condition::Clause(id) => clause(id, clauses),
        Condition::Fact(fact, it) => test(*fact, it),
    }
}

/// A test of a fact.
pub(super) fn test(fact: Fact, it: &Test) -> Bilingual {
    let title = fact.info().title;
    let with = |operand: &Operand, zh: &str, en: &str| {
        let operand = self::operand(fact, operand);
        say(
            format!("{}{zh}{}", title.0, operand.zh),
            format!("{} {en} {}", title.1, operand.en),
        )
    };
    let between = |low: &Operand, high: &Operand, zh: &str, en: [&str; 2]| {
        let (low, high) = (operand(fact, low), operand(fact, high));
        let [from, to] = en;
        say(
            format!("{}{zh}{} 至 {}", title.0, low.zh, high.zh),
            format!("{} {from} {} {to} {}", title.1, low.en, high.en),
        )
    };
    match it {
        Test::Is(true) => say(title.0, title.1),
        Test::Is(false) => say(format!("非{}", title.0), format!("not {}", title.1)),
        Test::In(operand) => with(operand, "属于 ", "is among"),
        Test::AtLeast(operand) => with(operand, "不低于 ", "at least"),
        Test::AtMost(operand) => with(operand, "不高于 ", "at most"),
        Test::Above(operand) => with(operand, "高于 ", "above"),
        Test::Below(operand) => with(operand, "低于 ", "below"),
        Test::Between(low, high) => between(low, high, "在 ", ["from", "to"]),
        Test::OnOrAfter(operand) => with(operand, "不早于 ", "on or after"),
        Test::Before(operand) => with(operand, "早于 ", "before"),
        Test::AgeAtLeast(operand) => with(operand, "至今满 ", "at least so long ago:"),
        Test::AgeBelow(operand) => with(operand, "至今未满 ", "less long ago than"),
        Test::AgeBetween(low, high) => between(
            low,
            high,
            "至今（满）",
            ["at least so long ago:", "and less than"],
        ),
        Test::DaysSinceAtLeast(operand) => with(operand, "至今不少于 ", "at least so long ago:"),
        Test::DaysSinceAtMost(operand) => with(operand, "至今不超过 ", "at most so long ago:"),
        Test::AtLeastFact(other) => {
            let other = other.info().title;
            say(
                format!("{}不低于{}", title.0, other.0),
                format!("{} at least {}", title.1, other.1),
            )
        }
        Test::BelowFact(other) => {
            let other = other.info().title;
            say(
                format!("{}低于{}", title.0, other.0),
                format!("{} below {}", title.1, other.1),
            )
        }
    }
}

/// An operand: a value's name, or the literal, words in words.
fn operand(fact: Fact, it: &Operand) -> Bilingual {
    match it {
        Operand::Value(name) => same(format!("`{name}`")),
        Operand::Literal(Literal::Words(words)) => {
            let words: Vec<Bilingual> = words.iter().map(|it| word(fact, it)).collect();
            joined(&words, "、", ", ")
        }
        Operand::Literal(it) => literal(it),
    }
}

fn word(fact: Fact, word: &str) -> Bilingual {
    let FactType::Word(words) = fact.info().kind else {
        return same(word);
    };
    let known = words.iter().find(|(known, _, _)| *known == word);
    known.map_or_else(|| same(word), |(_, zh, en)| say(*zh, *en))
}

/// Where something comes from.
pub(super) fn provenance(it: &Provenance) -> Bilingual {
    match it {
        Provenance::Cited(citation) => {
            let article = citation.article.as_deref().unwrap_or_default();
            same(
                format!("{} {article}", citation.instrument)
                    .trim_end()
                    .to_owned(),
            )
        }
        Provenance::Assumed(reason) => {
            say(format!("假定（{reason}）"), format!("assumed ({reason})"))
        }
    }
}
