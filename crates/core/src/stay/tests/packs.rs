//! Random packs of stays, each from a seed, as texts of the format.

use std::fmt::Write;

use super::dice::Dice;
use crate::day::Day;
use crate::pack::{Pack, read_pack};
use crate::programme::{Policy, Programme};

/// The first day of most packs made here.
const START: &str = "2018-04-01";

const HEAD: &str = r#"format = 2
programme = "hospital-care-allowance"
place = "43"
help = "illness"
subject = "person"
period = "stay"
title = { zh = "测试", en = "Test" }
summary = { zh = "测试", en = "Test" }

[sources.test]
instrument = "a test"
class = "general"

[[values.publicity_days]]
from = "2018-04-01"
value = "7 days"
source = "test"
"#;

const TERMS: &str = r#"source = "test"
review = ["county_decision", "publicity"]
publicity = { mode = "aggregate", title = { zh = "补助", en = "Allowance" }, days = "publicity_days" }
payee = "person"
memo = "护理补贴"
"#;

/// The texts of a pack as it grows: values, clauses, entitlements.
struct Writer<'a> {
    dice: &'a mut Dice,
    /// Whether one entitlement pays all days alike.
    plain: bool,
    start: Day,
    values: String,
    clauses: String,
    entitlements: String,
}

impl Writer<'_> {
    /// A value with one entry, or two.
    fn value(&mut self, name: &str, mut show: impl FnMut(&mut Dice) -> String) {
        let later = self.dice.day();
        let mut starts = vec![self.start];
        if self.dice.one_in(3) && later > self.start {
            starts.push(later);
        }
        for from in starts {
            let shown = show(self.dice);
            let key = if shown.starts_with('[') && shown.contains("{") {
                "table"
            } else {
                "value"
            };
            writeln!(
                self.values,
                "[[values.{name}]]\nfrom = \"{from}\"\n{key} = {shown}\nsource = \"test\"\n"
            )
            .unwrap();
        }
    }

    fn clause(&mut self, id: &str, body: &str) {
        writeln!(
            self.clauses,
            "[clauses.{id}]\ntitle = {{ zh = \"条款\", en = \"Clause\" }}\nsource = \"test\"\n{body}\n"
        )
        .unwrap();
    }

    /// A cap that is sometimes none, in days or in yuan; its unit is the same at all times.
    fn cap(&mut self, name: &str, most_days: u32) {
        let in_days = self.plain || !self.dice.one_in(3);
        self.value(name, |dice| match dice.one_in(3) {
            true => "\"none\"".to_owned(),
            false if in_days => format!("\"{} days\"", 1 + dice.below(most_days)),
            false => format!(
                "\"{}.{:02} yuan\"",
                dice.below(most_days * 130),
                dice.below(100)
            ),
        });
    }

    fn rate(&mut self, name: &str) {
        if self.plain {
            return self.value(name, |dice| {
                format!("\"{}.{:02} yuan/day\"", dice.below(200), dice.below(100))
            });
        }
        self.value(name, |dice| {
            let some = |dice: &mut Dice| {
                dice.of(&[
                    "0 yuan/day",
                    "60.01 yuan/day",
                    "100 yuan/day",
                    "150 yuan/day",
                    "200 yuan/day",
                ])
            };
            let row =
                |conditions: &str, value: &str| format!("{{ {conditions}value = \"{value}\" }}");
            let rows = |dice: &mut Dice, fact: &str, words: &[&str], beside: &str| -> Vec<String> {
                let row = |word: &&str| row(&format!("{beside}{fact} = \"{word}\", "), some(dice));
                words.iter().map(row).collect()
            };
            let nursing = ["special", "level_1", "level_2", "level_3"];
            let levels = ["unrated", "level_1", "level_2", "level_3"];
            let rows = match dice.below(6) {
                0 | 1 => return format!("\"{}\"", some(dice)),
                2 => rows(dice, "nursing_level", &nursing, ""),
                3 => rows(dice, "hospital_level", &levels, ""),
                4 => {
                    let mut all = rows(dice, "nursing_level", &nursing, "intensive_care = false, ");
                    all.insert(0, row("intensive_care = true, ", "250 yuan/day"));
                    all
                }
                _ => vec![
                    row("child_died = true, ", some(dice)),
                    row(
                        "child_died = false, hospital_level = [\"level_2\", \"level_3\"], ",
                        some(dice),
                    ),
                    row("", some(dice)),
                ],
            };
            format!("[\n  {},\n]", rows.join(",\n  "))
        });
    }

    /// The clauses of the eligibility; answers it.
    fn eligibility(&mut self) -> String {
        let waiting = self.dice.one_in(2);
        if waiting {
            self.value("waiting_days", |dice| {
                dice.of(&["\"0 days\"", "\"1 day\"", "\"20 days\"", "\"90 days\""])
                    .to_owned()
            });
        }
        let since = |fact: &str| match waiting {
            true => format!(", {{ fact = \"{fact}\", days_since_at_least = \"waiting_days\" }}"),
            false => String::new(),
        };
        let held = |status: &str| match status {
            "child_died" => format!(
                "{{ all = [{{ fact = \"child_died\" }}{}] }}",
                since("child_died_from")
            ),
            "child_disabled" => format!(
                "{{ all = [{{ fact = \"child_disabled\" }}, {{ fact = \"child_disability_grade\", at_most = \"3 grade\" }}{}] }}",
                since("child_disabled_from")
            ),
            _ => format!(
                "{{ all = [{{ fact = \"surgery_complication\" }}, {{ fact = \"complication_grade\", at_most = \"3 grade\" }}{}] }}",
                since("surgery_complication_from")
            ),
        };
        let mut all = vec!["\"status\""];
        if waiting {
            self.clause(
                "status",
                &format!(
                    "any = [{}, {}, {}]",
                    held("child_died"),
                    held("child_disabled"),
                    held("surgery_complication")
                ),
            );
        } else {
            self.clause("lost", "fact = \"child_died\"");
            self.clause(
                "status",
                &format!(
                    "any = [\"lost\", {}, {}]",
                    held("child_disabled"),
                    held("surgery_complication")
                ),
            );
        }
        if self.dice.one_in(4) {
            self.value("after_enrolment", |dice| {
                format!("\"{} days\"", dice.below(60))
            });
            self.clause(
                "enrolled",
                "fact = \"enrolled_on\"\ndays_since_at_least = \"after_enrolment\"",
            );
            all.push("\"enrolled\"");
        }
        if self.dice.one_in(4) {
            self.value("age", |dice| {
                format!("\"{} years\"", dice.of(&[49, 50, 60]))
            });
            self.clause("old_enough", "any = [{ fact = \"sex\", is = \"male\" }, { fact = \"born_on\", age_at_least = \"age\" }]");
            all.push("\"old_enough\"");
        }
        if self.dice.one_in(6) {
            all.push("{ not = { all = [{ fact = \"child_died\" }, { fact = \"surgery_complication\" }] } }");
        }
        format!("{{ all = [{}] }}", all.join(", "))
    }

    fn by_day(&mut self, id: &str, when: &[&str]) {
        let mut keys = vec![
            format!("rate = \"{id}_rate\""),
            format!("counting = \"{id}_counting\""),
        ];
        self.rate(&format!("{id}_rate"));
        self.value(&format!("{id}_counting"), |dice| {
            format!(
                "\"{}\"",
                dice.of(&["discharge_minus_admission", "both_ends"])
            )
        });
        if self.dice.one_in(2) {
            self.value(&format!("{id}_free"), |dice| {
                dice.of(&["\"0 days\"", "\"1 days\"", "\"3 days\"", "\"10 days\""])
                    .to_owned()
            });
            keys.push(format!("free = \"{id}_free\""));
        }
        for (cap, most) in [
            ("cap_per_stay", 20),
            ("cap_per_year", 45),
            ("cap_lifetime", 60),
        ] {
            let limited = !self.plain || cap != "cap_lifetime";
            if limited && self.dice.one_in(2) {
                self.cap(&format!("{id}_{cap}"), most);
                keys.push(format!("{cap} = \"{id}_{cap}\""));
            }
        }
        keys.push("form = \"per_unit\"\nunits = \"stay_days\"".to_owned());
        self.entitlement(id, when, &keys.join("\n"));
    }

    fn entitlement(&mut self, id: &str, when: &[&str], keys: &str) {
        let when = match when {
            [] => String::new(),
            [one] => format!("when = {one}\n"),
            several => format!("when = {{ all = [{}] }}\n", several.join(", ")),
        };
        writeln!(
            self.entitlements,
            "[[versions.entitlements]]\nid = \"{id}\"\ntitle = {{ zh = \"补贴\", en = \"Allowance\" }}\n{when}{keys}\n"
        )
        .unwrap();
    }

    fn entitlements(&mut self) {
        let mut when = Vec::new();
        if self.dice.one_in(2) {
            self.value("listed", |dice| {
                dice.of(&["[\"I60-I64\"]", "[\"I60-I64\", \"N18\"]"])
                    .to_owned()
            });
            self.clause("diagnosis", "fact = \"diagnosis\"\nin = \"listed\"");
            when.push("\"diagnosis\"");
        }
        if self.dice.one_in(3) {
            self.value("deadline", |dice| match dice.one_in(3) {
                true => "\"none\"".to_owned(),
                false => format!("\"{} days\"", 1 + dice.below(60)),
            });
            self.clause(
                "in_time",
                "fact = \"claimed_after\"\nat_most = \"deadline\"",
            );
            when.push("\"in_time\"");
        }
        if !self.plain && self.dice.one_in(3) {
            self.clause("intensive", "fact = \"intensive_care\"");
            self.by_day("icu", &["\"intensive\""]);
            when.push("{ not = \"intensive\" }");
        }
        self.by_day("daily", &when);
        if self.plain {
            return;
        }
        if self.dice.one_in(4) {
            self.clause("severe", "fact = \"diagnosis\"\nin = [\"N18\"]");
            self.by_day("supplement", &["\"severe\""]);
        }
        if self.dice.one_in(6) {
            self.value("sum", |dice| format!("\"{} yuan\"", dice.below(3000)));
            self.entitlement("once", &[], "form = \"flat\"\namount = \"sum\"");
        }
        if self.dice.one_in(6) {
            self.value("share", |dice| {
                dice.of(&["\"90 %\"", "\"33.3333 %\""]).to_owned()
            });
            self.value("deductible", |dice| {
                format!("\"{} yuan\"", dice.below(10_000))
            });
            self.value("ceiling", |dice| {
                format!("\"{} yuan\"", 1 + dice.below(9_000))
            });
            self.entitlement(
                "cost",
                &[],
                "form = \"share_of_cost\"\ncost = \"cost_self_paid\"\ndeductible = \"deductible\"\nshare = \"share\"\nceiling = \"ceiling\"",
            );
        }
    }
}

/// A pack of stays: its text, as it reads, and compiled.
pub(super) type Made = (String, Pack, Programme);

/// A random pack of stays.
pub(super) fn random_pack(dice: &mut Dice) -> Made {
    made(dice, false)
}

/// A random pack of one entitlement that pays all days alike, for which there is a short way.
pub(super) fn plain_pack(dice: &mut Dice) -> Made {
    made(dice, true)
}

fn made(dice: &mut Dice, plain: bool) -> Made {
    let start = if dice.one_in(4) {
        dice.day()
    } else {
        Day::parse(START).unwrap()
    };
    let mut writer = Writer {
        dice,
        plain,
        start,
        values: String::new(),
        clauses: String::new(),
        entitlements: String::new(),
    };
    let eligibility = writer.eligibility();
    writer.entitlements();
    let Writer {
        dice,
        values,
        clauses,
        entitlements,
        ..
    } = writer;
    let version = |from: Day, until: &str| {
        format!(
            "[[versions]]\nfrom = \"{from}\"\n{until}{TERMS}eligibility = {eligibility}\n{entitlements}\n"
        )
    };
    let again = dice.day();
    let versions = if again > start && dice.one_in(4) {
        // It pauses for some days, or goes on in a second version.
        let pause = again.plus_days(dice.below(2) * 12).unwrap();
        let until = format!("until = \"{again}\"\n");
        let mark = if pause == again {
            ""
        } else {
            "interrupted = true\n"
        };
        version(start, &until) + &version(pause, mark)
    } else {
        version(start, "")
    };
    let text = format!("{HEAD}{values}{clauses}{versions}");
    let pack = read_pack(&text).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"));
    let policy = Policy::of_parts(&text, pack.clone(), Vec::new());
    let programme = Programme::compile(&policy).unwrap();
    (text, pack, programme)
}
