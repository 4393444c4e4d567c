//! Values, conditions and entitlements in words.

use serde_json::Value;
use sizhu_core::fact::Fact;
use sizhu_core::pack::{Condition, Form, Literal, Operand, Row, Test};

use super::{Values, quantity, say, title, told, value_words};
use crate::problem::Language;

/// A value as it is written, in words.
pub(crate) fn literal(it: &Literal, language: Language) -> String {
    let list = |items: Vec<String>| {
        items.join(if language == Language::Chinese {
            "、"
        } else {
            ", "
        })
    };
    match it {
        Literal::Quantity(it) => quantity(*it, language),
        Literal::Unlimited => say(language, "不限".to_owned(), "no limit".to_owned()),
        Literal::Day(day) => day.to_string(),
        Literal::MonthDay(month, day) => say(
            language,
            format!("每年{month}月{day}日"),
            format!("each {month:02}-{day:02}"),
        ),
        Literal::Words(words) => list(words.clone()),
        Literal::Diagnoses(ranges) => list(ranges.iter().map(ToString::to_string).collect()),
        Literal::Divisions(codes) => list(codes.iter().map(ToString::to_string).collect()),
        Literal::Table(rows) => {
            let rows: Vec<String> = rows.iter().map(|it| row(it, language)).collect();
            rows.join(if language == Language::Chinese {
                "；"
            } else {
                "; "
            })
        }
        Literal::Tiers(tiers) => {
            let tiers = tiers.iter().map(|tier| {
                let (above, share) = (
                    quantity(tier.above, language),
                    quantity(tier.share, language),
                );
                say(
                    language,
                    format!("超过{above}的部分{share}"),
                    format!("{share} of what is above {above}"),
                )
            });
            list(tiers.collect())
        }
    }
}

fn row(it: &Row, language: Language) -> String {
    let value = quantity(it.value, language);
    if it.conditions.is_empty() {
        return say(
            language,
            format!("其他情况：{value}"),
            format!("otherwise {value}"),
        );
    }
    let conditions: Vec<String> = it
        .conditions
        .iter()
        .map(|(fact, test)| {
            if let Test::In(words) = test {
                // In a row the words say which fact they are of.
                operand_words(*fact, words, None, language)
            } else {
                test_words(*fact, test, None, language)
            }
        })
        .collect();
    let joint = if language == Language::Chinese {
        "、"
    } else {
        " and "
    };
    let conditions = conditions.join(joint);
    say(
        language,
        format!("{conditions}：{value}"),
        format!("{conditions}: {value}"),
    )
}

/// A condition in words; clauses by their titles.
pub(crate) fn condition(it: &Condition, values: &Values<'_>, language: Language) -> String {
    match it {
        Condition::All(parts) => joined(parts, values, language, ("，且", " and ")),
        Condition::Any(parts) => joined(parts, values, language, ("，或", " or ")),
        Condition::Not(part) => {
            let part = condition(part, values, language);
            say(language, format!("并非（{part}）"), format!("not ({part})"))
        }
        Condition::Clause(id) => values
            .clause(id)
            .map_or_else(|| id.clone(), |clause| told(&clause.title, language)),
        Condition::Fact(fact, test) => test_words(*fact, test, Some(values), language),
    }
}

fn joined(
    parts: &[Condition],
    values: &Values<'_>,
    language: Language,
    (zh, en): (&str, &str),
) -> String {
    let words: Vec<String> = parts
        .iter()
        .map(|part| {
            let words = condition(part, values, language);
            match part {
                Condition::All(_) | Condition::Any(_) => {
                    say(language, format!("（{words}）"), format!("({words})"))
                }
                Condition::Not(_) | Condition::Clause(_) | Condition::Fact(..) => words,
            }
        })
        .collect();
    words.join(if language == Language::Chinese {
        zh
    } else {
        en
    })
}

/// A test of a fact in words. Without values, operands by name stay names.
fn test_words(fact: Fact, test: &Test, values: Option<&Values<'_>>, language: Language) -> String {
    let name = title(fact.info(), language);
    let operand = |it: &Operand| operand_words(fact, it, values, language);
    let other = |it: &Fact| title(it.info(), language).to_owned();
    let (zh, en) = match test {
        Test::Is(true) => (name.to_owned(), name.to_owned()),
        Test::Is(false) => (format!("无“{name}”"), format!("not {name}")),
        Test::In(it) => {
            let it = operand(it);
            (format!("{name}为{it}"), format!("{name} is {it}"))
        }
        Test::AtLeast(it) => (
            format!("{name}不少于{}", operand(it)),
            format!("{name} at least {}", operand(it)),
        ),
        Test::AtMost(it) => (
            format!("{name}不超过{}", operand(it)),
            format!("{name} at most {}", operand(it)),
        ),
        Test::Above(it) => (
            format!("{name}高于{}", operand(it)),
            format!("{name} above {}", operand(it)),
        ),
        Test::Below(it) => (
            format!("{name}低于{}", operand(it)),
            format!("{name} below {}", operand(it)),
        ),
        Test::Between(low, high) => (
            format!("{name}{}至{}", operand(low), operand(high)),
            format!("{name} from {} to {}", operand(low), operand(high)),
        ),
        Test::OnOrAfter(it) => (
            format!("{name}在{}或以后", operand(it)),
            format!("{name} on or after {}", operand(it)),
        ),
        Test::Before(it) => (
            format!("{name}早于{}", operand(it)),
            format!("{name} before {}", operand(it)),
        ),
        Test::AgeAtLeast(it) => (
            format!("{name}至今满{}", operand(it)),
            format!("at least {} since {name}", operand(it)),
        ),
        Test::AgeBelow(it) => (
            format!("{name}至今不满{}", operand(it)),
            format!("less than {} since {name}", operand(it)),
        ),
        Test::AgeBetween(low, high) => (
            format!("{name}至今满{}、不满{}", operand(low), operand(high)),
            format!(
                "from {} to less than {} since {name}",
                operand(low),
                operand(high)
            ),
        ),
        Test::DaysSinceAtLeast(it) => (
            format!("{name}至今满{}", operand(it)),
            format!("at least {} since {name}", operand(it)),
        ),
        Test::DaysSinceAtMost(it) => (
            format!("{name}至今不超过{}", operand(it)),
            format!("at most {} since {name}", operand(it)),
        ),
        Test::AtLeastFact(it) => (
            format!("{name}不低于{}", other(it)),
            format!("{name} at least {}", other(it)),
        ),
        Test::BelowFact(it) => (
            format!("{name}低于{}", other(it)),
            format!("{name} below {}", other(it)),
        ),
    };
    say(language, zh, en)
}

fn operand_words(
    fact: Fact,
    operand: &Operand,
    values: Option<&Values<'_>>,
    language: Language,
) -> String {
    let known = match operand {
        Operand::Literal(it) => Some(it),
        Operand::Value(name) => values.and_then(|values| values.literal(name)),
    };
    match (known, operand) {
        (Some(Literal::Words(words)), _) => {
            let words: Vec<String> = words
                .iter()
                .map(|word| value_words(fact, &Value::String(word.clone()), language))
                .collect();
            words.join(if language == Language::Chinese {
                "、"
            } else {
                " or "
            })
        }
        (Some(it), _) => literal(it, language),
        (None, Operand::Value(name)) => name.clone(),
        (None, Operand::Literal(it)) => literal(it, language),
    }
}

/// What a form pays, in words.
pub(crate) fn form(it: &Form, values: &Values<'_>, language: Language) -> String {
    let value = |name: &String| {
        let known = values.literal(name);
        known.map_or_else(|| name.clone(), |it| literal(it, language))
    };
    let maybe = |name: &Option<String>, zh: &str, en: &str| {
        let limited = name.as_ref().filter(|name| {
            values
                .literal(name)
                .is_none_or(|it| *it != Literal::Unlimited)
        });
        limited.map_or_else(String::new, |name| {
            let it = value(name);
            say(language, format!("，{zh}{it}"), format!(", {en} {it}"))
        })
    };
    match it {
        Form::Flat { amount } => value(amount),
        Form::PerUnit {
            rate,
            units,
            free,
            cap,
        } => {
            let units = title(units.info(), language);
            let (rate, free) = (value(rate), maybe(free, "扣除", "less"));
            let cap = maybe(cap, "最多", "at most");
            say(
                language,
                format!("{rate}，按{units}计{free}{cap}"),
                format!("{rate} by {units}{free}{cap}"),
            )
        }
        Form::PerStayDay(stay) => {
            let rate = value(&stay.rate);
            let free = maybe(&stay.free, "每次住院扣除", "less the first");
            let stay_cap = maybe(&stay.cap_per_stay, "每次住院最多", "per stay at most");
            let year_cap = maybe(&stay.cap_per_year, "每年最多", "per calendar year at most");
            let life_cap = maybe(&stay.cap_lifetime, "累计最多", "in a life at most");
            say(
                language,
                format!("{rate}，按住院天数计{free}{stay_cap}{year_cap}{life_cap}"),
                format!("{rate} by days in hospital{free}{stay_cap}{year_cap}{life_cap}"),
            )
        }
        Form::ShareOfCost {
            cost,
            deductible,
            share,
            ceiling,
        } => {
            let cost = title(cost.info(), language);
            let share = value(share);
            let deductible = maybe(deductible, "起付", "above");
            let ceiling = maybe(ceiling, "最多", "at most");
            say(
                language,
                format!("{cost}的{share}{deductible}{ceiling}"),
                format!("{share} of {cost}{deductible}{ceiling}"),
            )
        }
        Form::Interest {
            principal_cap,
            principal_cap_per_household_led,
            rate_cap,
            day_count,
            window_start,
            paid,
            grace,
        } => {
            let led = maybe(
                principal_cap_per_household_led,
                "（合作社、企业按每带动一户）",
                "or for each household that a co-operative leads",
            );
            let grace = maybe(grace, "宽限", "with a grace of");
            let paid = maybe(paid, "发放方式", "paid");
            let (principal, rate) = (value(principal_cap), value(rate_cap));
            let (count, start) = (value(day_count), value(window_start));
            say(
                language,
                format!(
                    "贷款利息：本金最高{principal}{led}，年利率最高{rate}，按{count}计息，贴息年度自{start}起{grace}{paid}"
                ),
                format!(
                    "interest on at most {principal}{led} at a yearly rate of at most {rate}, {count}, in subsidy years that begin {start}{grace}{paid}"
                ),
            )
        }
        Form::Premium { amount, insurer } => {
            let (amount, insurer) = (value(amount), told(insurer, language));
            say(
                language,
                format!("代缴保费{amount}，承保：{insurer}"),
                format!("a premium of {amount}, paid to {insurer}"),
            )
        }
        Form::Quota { amount, places } => {
            let (amount, places) = (value(amount), value(places));
            say(
                language,
                format!("{amount}，限前{places}"),
                format!("{amount} for the first {places}"),
            )
        }
        Form::InKind { service } => told(service, language),
    }
}
