//! Rules in words, in Chinese or English: for answers and for the command line.

mod rules;
mod values;

use serde_json::Value;
use sizhu_core::Bilingual;
use sizhu_core::fact::{Fact, FactInfo, FactType};
use sizhu_core::quantity::{Quantity, Unit};

use crate::problem::Language;

pub(crate) use rules::{condition, form, literal};
pub(crate) use values::Values;

/// A text of a pack in one language.
pub(crate) fn told(text: &Bilingual, language: Language) -> String {
    match language {
        Language::Chinese => text.zh.to_string(),
        Language::English => text.en.to_string(),
    }
}

/// One of two sentences.
pub(crate) fn say(language: Language, zh: String, en: String) -> String {
    match language {
        Language::Chinese => zh,
        Language::English => en,
    }
}

/// A unit as it follows a number.
pub(crate) const fn unit_words(unit: Unit, language: Language) -> &'static str {
    match language {
        Language::English => unit.as_str(),
        Language::Chinese => match unit {
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
            Unit::Year => "年",
            Unit::Time => "次",
            Unit::Cycle => "个周期",
            Unit::Person => "人",
            Unit::Child => "个子女",
            Unit::Household => "户",
            Unit::Place => "个名额",
            Unit::Grade => "级",
            Unit::Share => "%",
        },
    }
}

/// A quantity: `590 yuan/month`, `590元/月`.
pub(crate) fn quantity(it: Quantity, language: Language) -> String {
    let written = it.to_string();
    match (language, written.split_once(' ')) {
        (Language::Chinese, Some((number, _))) => {
            format!("{number}{}", unit_words(it.unit, language))
        }
        (Language::Chinese, None) | (Language::English, _) => written,
    }
}

/// What a fact is called.
pub(crate) const fn title(info: &FactInfo, language: Language) -> &'static str {
    match language {
        Language::Chinese => info.title.0,
        Language::English => info.title.1,
    }
}

/// A value of a fact in words: what `FactValue::show` gives, for people.
pub(crate) fn value_words(fact: Fact, value: &Value, language: Language) -> String {
    match (fact.info().kind, value) {
        (FactType::Truth, Value::Bool(it)) => told_truth(*it, language),
        (FactType::Word(words), Value::String(word)) => {
            let known = words.iter().find(|(known, _, _)| known == word);
            known.map_or_else(
                || word.clone(),
                |(_, zh, en)| told(&Bilingual::of(zh, en), language),
            )
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

fn told_truth(it: bool, language: Language) -> String {
    let text = match (language, it) {
        (Language::Chinese, true) => "是",
        (Language::Chinese, false) => "否",
        (Language::English, true) => "yes",
        (Language::English, false) => "no",
    };
    text.to_owned()
}
