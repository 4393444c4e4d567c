//! What differs between the versions of two packs.

use std::collections::BTreeSet;

use crate::day::Day;
use crate::trace::Bilingual;

use super::super::phrase::{condition, provenance, same, say};
use super::super::{
    Component, Condition, Evidence, Exclusion, Form, FormKind, Input, Limits, Pack, Publicity,
    ReviewStep, Version,
};

/// Compares the versions in force from each day on which one begins or ends.
pub(super) fn differences(before: &Pack, after: &Pack, told: &mut Vec<Bilingual>) {
    let versions = before.versions.iter().chain(&after.versions);
    let days: BTreeSet<Day> = versions
        .flat_map(|it| [Some(it.from), it.until])
        .flatten()
        .collect();
    let mut last: Option<(Option<&Version>, Option<&Version>)> = None;
    for day in days {
        let now = (before.version_at(day), after.version_at(day));
        if last == Some(now) {
            continue;
        }
        last = Some(now);
        match now {
            (None, None) => {}
            (None, Some(_)) => told.push(say(
                format!("自 {day} 起项目实施（原未实施）"),
                format!("From {day} the programme is in force (was not)"),
            )),
            (Some(_), None) => told.push(say(
                format!("自 {day} 起项目停止（原在实施）"),
                format!("From {day} the programme is no longer in force (was)"),
            )),
            (Some(was), Some(is)) => {
                Comparison {
                    day,
                    before,
                    after,
                    told,
                }
                .versions(was, is);
            }
        }
    }
}

/// A comparison of two versions on a day.
struct Comparison<'p> {
    day: Day,
    before: &'p Pack,
    after: &'p Pack,
    told: &'p mut Vec<Bilingual>,
}

impl Comparison<'_> {
    fn versions(&mut self, was: &Version, is: &Version) {
        self.eligibility(&was.eligibility, &is.eligibility);
        self.components(&was.components, &is.components);
        self.changed(
            "限额",
            "the limits are",
            &limits(&was.limits),
            &limits(&is.limits),
        );
        let (old, new) = (
            exclusion(was.exclusion.as_ref()),
            exclusion(is.exclusion.as_ref()),
        );
        self.changed("互斥规则", "the exclusion is", &old, &new);
        self.changed(
            "审核步骤",
            "the review is",
            &review(&was.review),
            &review(&is.review),
        );
        let (old, new) = (publicity(&was.publicity), publicity(&is.publicity));
        self.changed("公示", "the publicity is", &old, &new);
        let (old, new) = (same(was.payee.as_str()), same(is.payee.as_str()));
        self.changed("收款人", "the payee is", &old, &new);
        self.changed("摘要", "the memo is", &same(&*was.memo), &same(&*is.memo));
        let (old, new) = (
            self.evidence(&was.evidence, true),
            self.evidence(&is.evidence, false),
        );
        self.changed("材料", "the evidence is", &old, &new);
        self.changed(
            "填报项",
            "the form asks for",
            &inputs(&was.inputs),
            &inputs(&is.inputs),
        );
        let (old, new) = (provenance(&was.provenance), provenance(&is.provenance));
        self.changed("依据", "the version rests on", &old, &new);
    }

    fn tell(&mut self, zh: &str, en: &str) {
        let day = self.day;
        self.told
            .push(say(format!("自 {day} 起{zh}"), format!("From {day} {en}")));
    }

    fn changed(&mut self, zh: &str, en: &str, was: &Bilingual, is: &Bilingual) {
        if was != is {
            let (old_zh, old_en) = (or_none(&was.zh, "无"), or_none(&was.en, "none"));
            let (new_zh, new_en) = (or_none(&is.zh, "无"), or_none(&is.en, "none"));
            self.tell(
                &format!("{zh}为 {new_zh}（原为 {old_zh}）"),
                &format!("{en} {new_en} (was {old_en})"),
            );
        }
    }

    /// What is asked for beside, what no longer; the whole of it, where that does not tell it.
    fn eligibility(&mut self, was: &Condition, is: &Condition) {
        if was == is {
            return;
        }
        let (old, new) = (parts(was), parts(is));
        let added: Vec<&Condition> = new.iter().filter(|it| !old.contains(it)).copied().collect();
        let gone: Vec<&Condition> = old.iter().filter(|it| !new.contains(it)).copied().collect();
        if added.len() == new.len() || gone.len() == old.len() {
            let is = condition(is, &self.after.clauses);
            let was = condition(was, &self.before.clauses);
            self.tell(
                &format!("资格条件为 {}（原为 {}）", is.zh, was.zh),
                &format!("eligibility asks for {} (asked for {})", is.en, was.en),
            );
            return;
        }
        for part in added {
            let part = condition(part, &self.after.clauses);
            self.tell(
                &format!("资格条件增加 {}", part.zh),
                &format!("eligibility also asks for {}", part.en),
            );
        }
        for part in gone {
            let part = condition(part, &self.before.clauses);
            self.tell(
                &format!("资格条件不再要求 {}", part.zh),
                &format!("eligibility no longer asks for {}", part.en),
            );
        }
    }

    fn components(&mut self, was: &[Component], is: &[Component]) {
        for new in is {
            let say_new = self.component(new, false);
            match was.iter().find(|old| old.id == new.id) {
                None => self.tell(
                    &format!("新增待遇“{}”（{}）：{}", new.title.zh, new.id, say_new.zh),
                    &format!(
                        "there is also “{}” ({}): {}",
                        new.title.en, new.id, say_new.en
                    ),
                ),
                Some(old) => {
                    let say_old = self.component(old, true);
                    let (zh, en) = (
                        format!("待遇“{}”（{}）", new.title.zh, new.id),
                        format!("“{}” ({}) is", new.title.en, new.id),
                    );
                    self.changed(&zh, &en, &say_old, &say_new);
                    let (zh, en) = (
                        format!("待遇 {} 的名称", new.id),
                        format!("{} is called", new.id),
                    );
                    self.changed(&zh, &en, &old.title, &new.title);
                }
            }
        }
        for old in was {
            if !is.iter().any(|new| new.id == old.id) {
                self.tell(
                    &format!("取消待遇“{}”（{}）", old.title.zh, old.id),
                    &format!("“{}” ({}) is no longer given", old.title.en, old.id),
                );
            }
        }
    }

    fn component(&self, it: &Component, old: bool) -> Bilingual {
        let form = form(&it.form);
        let clauses = if old {
            &self.before.clauses
        } else {
            &self.after.clauses
        };
        match &it.when {
            None => form,
            Some(when) => {
                let when = condition(when, clauses);
                say(
                    format!("{}，条件：{}", form.zh, when.zh),
                    format!("{}, when {}", form.en, when.en),
                )
            }
        }
    }

    fn evidence(&self, all: &[Evidence], old: bool) -> Bilingual {
        let clauses = if old {
            &self.before.clauses
        } else {
            &self.after.clauses
        };
        let one = |it: &Evidence| {
            let (mut zh, mut en) = (it.title.zh.to_string(), it.title.en.to_string());
            if it.fetched {
                zh.push_str("（平台自取）");
                en.push_str(" (fetched)");
            }
            if let Some(when) = &it.when {
                let when = condition(when, clauses);
                zh = format!("{zh}（{}时）", when.zh);
                en = format!("{en} (when {})", when.en);
            }
            say(zh, en)
        };
        let all: Vec<Bilingual> = all.iter().map(one).collect();
        super::super::phrase::joined(&all, "、", ", ")
    }
}

fn or_none<'t>(text: &'t str, none: &'t str) -> &'t str {
    if text.is_empty() { none } else { text }
}

/// The parts that must all hold.
fn parts(it: &Condition) -> Vec<&Condition> {
    match it {
        Condition::All(parts) => parts.iter().collect(),
        Condition::Any(_) | Condition::Not(_) | Condition::Clause(_) | Condition::Fact(..) => {
            vec![it]
        }
    }
}

/// A form with its values, as `per_unit (rate = daily_rate, units = stay_days)`.
fn form(it: &Form) -> Bilingual {
    let kind = match it.kind() {
        FormKind::Flat => "定额",
        FormKind::PerUnit => "按量",
        FormKind::ShareOfCost => "按费用比例",
        FormKind::Interest => "贴息",
        FormKind::Premium => "保费",
        FormKind::Quota => "限额名额",
        FormKind::InKind => "实物或服务",
    };
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for (key, value) in keys(it) {
        zh.push(format!("{key} = {value}"));
        en.push(format!("{key} = {value}"));
    }
    match it {
        Form::Premium { insurer: told, .. } | Form::InKind { service: told } => {
            zh.push(told.zh.to_string());
            en.push(told.en.to_string());
        }
        Form::Flat { .. }
        | Form::PerUnit { .. }
        | Form::PerStayDay(_)
        | Form::ShareOfCost { .. }
        | Form::Interest { .. }
        | Form::Quota { .. } => {}
    }
    let word = it.kind().as_str();
    say(
        format!("{kind}（{}）", zh.join("，")),
        format!("{word} ({})", en.join(", ")),
    )
}

/// The keys of a form with the names of their values.
fn keys(it: &Form) -> Vec<(&'static str, &str)> {
    let all: Vec<(&str, Option<&str>)> = match it {
        Form::Flat { amount } | Form::Premium { amount, .. } => vec![("amount", Some(amount))],
        Form::PerUnit {
            rate,
            units,
            free,
            cap,
        } => vec![
            ("rate", Some(rate)),
            ("units", Some(units.info().id)),
            ("free", free.as_deref()),
            ("cap", cap.as_deref()),
        ],
        Form::PerStayDay(days) => vec![
            ("rate", Some(&days.rate)),
            ("units", Some("stay_days")),
            ("counting", Some(&days.counting)),
            ("free", days.free.as_deref()),
            ("cap_per_stay", days.cap_per_stay.as_deref()),
            ("cap_per_year", days.cap_per_year.as_deref()),
            ("cap_lifetime", days.cap_lifetime.as_deref()),
        ],
        Form::ShareOfCost {
            cost,
            deductible,
            share,
            ceiling,
        } => vec![
            ("cost", Some(cost.info().id)),
            ("deductible", deductible.as_deref()),
            ("share", Some(share)),
            ("ceiling", ceiling.as_deref()),
        ],
        Form::Interest {
            principal_cap,
            principal_cap_per_household_led,
            rate_cap,
            day_count,
            window_start,
            paid,
            grace,
        } => vec![
            ("principal_cap", Some(principal_cap)),
            (
                "principal_cap_per_household_led",
                principal_cap_per_household_led.as_deref(),
            ),
            ("rate_cap", Some(rate_cap)),
            ("day_count", Some(day_count)),
            ("window_start", Some(window_start)),
            ("paid", paid.as_deref()),
            ("grace", grace.as_deref()),
        ],
        Form::Quota { amount, places } => {
            vec![("amount", Some(amount)), ("places", Some(places))]
        }
        Form::InKind { .. } => Vec::new(),
    };
    let set = all.into_iter();
    set.filter_map(|(key, value)| Some((key, value?))).collect()
}

fn limits(it: &Limits) -> Bilingual {
    let all = [
        ("per_period", &it.per_period),
        ("per_year", &it.per_year),
        ("lifetime", &it.lifetime),
        ("times", &it.times),
    ];
    let set = all.into_iter();
    let set = set.filter_map(|(key, value)| Some(format!("{key} = {}", value.as_ref()?)));
    same(set.collect::<Vec<String>>().join(", "))
}

fn exclusion(it: Option<&Exclusion>) -> Bilingual {
    let Some(it) = it else {
        return same("");
    };
    let among: Vec<&str> = it
        .among
        .iter()
        .map(super::super::ProgrammeId::as_str)
        .collect();
    same(format!("{} {}", it.rule, among.join(", ")))
}

fn review(steps: &[ReviewStep]) -> Bilingual {
    let steps: Vec<&str> = steps.iter().map(|step| step.as_str()).collect();
    same(steps.join(" > "))
}

fn publicity(it: &Publicity) -> Bilingual {
    let days = it.days.as_deref().unwrap_or_default();
    say(
        format!("{} “{}” {days}", it.mode, it.title.zh).trim_end(),
        format!("{} “{}” {days}", it.mode, it.title.en).trim_end(),
    )
}

fn inputs(all: &[Input]) -> Bilingual {
    let one = |it: &Input| {
        let title = it
            .title
            .clone()
            .unwrap_or_else(|| it.fact.info().bilingual());
        if it.required {
            say(
                format!("{}（必填）", title.zh),
                format!("{} (required)", title.en),
            )
        } else {
            title
        }
    };
    let all: Vec<Bilingual> = all.iter().map(one).collect();
    super::super::phrase::joined(&all, "、", ", ")
}
