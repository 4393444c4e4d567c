//! A programme in words, and a decision with its reasons.

use std::io;

use anyhow::{Context as _, bail};
use serde_json::Value;
use sizhu_core::fact::{Fact, FactSet, FactValue, Sheet};
use sizhu_core::programme::{Change, Explanation, Programme, explain};
use sizhu_core::{Bilingual, ClauseResult, Day, Fen, Outcome, Provenance};

use crate::problem::Language;
use crate::wording::{self as words, Values};

/// Tells of a programme on a day, in a language.
pub(super) struct Teller<'a> {
    pub(super) programme: &'a Programme,
    pub(super) on: Day,
    pub(super) language: Language,
}

/// The facts of a JSON object.
pub(super) fn sheet(text: &str) -> anyhow::Result<Sheet> {
    let Value::Object(given) = serde_json::from_str(text)? else {
        bail!("expected a JSON object of fact ids and values");
    };
    let mut sheet = Sheet::EMPTY;
    for (id, value) in &given {
        let fact: Fact = id
            .parse()
            .ok()
            .with_context(|| format!("no such fact: {id}"))?;
        let value = FactValue::parse(fact, value).with_context(|| id.clone())?;
        sheet.set(fact, value.number());
    }
    Ok(sheet)
}

impl Teller<'_> {
    fn told(&self, text: &Bilingual) -> String {
        words::told(text, self.language)
    }

    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Chinese => zh,
            Language::English => en,
        }
    }

    /// The rules in force on the day: who, what, and where each value comes from.
    pub(super) fn rules(&self, out: &mut dyn io::Write) -> anyhow::Result<()> {
        let programme = self.programme;
        writeln!(out, "{} ({})", self.told(programme.title()), programme.id())?;
        writeln!(out, "{}", self.told(programme.summary()))?;
        writeln!(
            out,
            "{}: {}; {}: {}; {}: {}",
            self.say("所属", "help"),
            programme.help(),
            self.say("适用地", "place"),
            programme.nearest(),
            self.say("版本", "version"),
            programme.version_label(self.on)
        )?;
        let Some(version) = programme.version_at(self.on) else {
            writeln!(
                out,
                "{}",
                self.say("当日不在执行期内。", "Not in force on that day.")
            )?;
            return Ok(());
        };
        let values = Values::on(programme.policy(), self.on);
        let condition = words::condition(&version.eligibility, &values, self.language);
        writeln!(out, "\n{}: {condition}", self.say("对象", "Who"))?;
        for clause in &programme.policy().pack().clauses {
            let condition = words::condition(&clause.condition, &values, self.language);
            writeln!(out, "  {} — {condition}", self.told(&clause.title))?;
            writeln!(out, "      {}", self.source(&clause.provenance))?;
        }
        writeln!(out, "\n{}:", self.say("待遇", "What"))?;
        for component in &version.components {
            let form = words::form(&component.form, &values, self.language);
            writeln!(out, "  {}: {form}", self.told(&component.title))?;
        }
        writeln!(out, "\n{}:", self.say("取值", "Values"))?;
        for name in programme.policy().pack().values.keys() {
            for (level, (place, entry)) in values.chain(name).into_iter().enumerate() {
                let shown = words::literal(&entry.literal, self.language);
                let mark = if level == 0 {
                    ""
                } else {
                    self.say("（被取代）", " (overlaid)")
                };
                writeln!(out, "  {name}{mark} = {shown} [{place}, {}]", entry.from)?;
                writeln!(out, "      {}", self.source(&entry.provenance))?;
            }
        }
        Ok(())
    }

    fn source(&self, provenance: &Provenance) -> String {
        match provenance {
            Provenance::Cited(citation) => {
                let parts = [
                    Some(&citation.instrument),
                    citation.article.as_ref(),
                    citation.address.as_ref(),
                ];
                let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
                format!("{} [{}]", parts.join(", "), citation.class)
            }
            Provenance::Assumed(reason) => {
                format!("{}: {reason}", self.say("假定", "assumed"))
            }
        }
    }

    /// The decision for these facts, and why.
    pub(super) fn decision(&self, sheet: &Sheet, out: &mut dyn io::Write) -> anyhow::Result<()> {
        let Explanation {
            verdict,
            trace,
            would_grant,
            ..
        } = explain(self.programme, sheet, self.on)?;
        write!(
            out,
            "\n{}: {}",
            self.say("决定", "Decision"),
            verdict.outcome
        )?;
        if verdict.amount > Fen::ZERO {
            write!(out, ", {} {}", verdict.amount, self.say("元", "yuan"))?;
        }
        writeln!(out)?;
        for entry in &trace.0 {
            let mark = match entry.result {
                ClauseResult::Pass => "+",
                ClauseResult::Fail => "-",
                ClauseResult::Undetermined => "?",
                ClauseResult::Note => "!",
            };
            writeln!(
                out,
                "  {mark} {} ({})",
                self.told(&entry.title),
                entry.clause
            )?;
            writeln!(out, "      {} {}", self.say("所见", "saw"), entry.saw)?;
        }
        if verdict.outcome == Outcome::Undetermined {
            writeln!(
                out,
                "{}: {}",
                self.say("尚需", "Missing"),
                self.facts(verdict.missing)
            )?;
        }
        for (nth, changes) in would_grant.iter().enumerate() {
            let or = if nth == 0 {
                self.say("若", "Granted if")
            } else {
                self.say("或若", "or if")
            };
            writeln!(out, "{or}: {}", self.changes(changes))?;
        }
        Ok(())
    }

    fn facts(&self, facts: FactSet) -> String {
        let told = facts.iter().map(|fact| {
            let title = fact.info().bilingual();
            format!("{} ({fact})", self.told(&title))
        });
        told.collect::<Vec<_>>().join(", ")
    }

    fn changes(&self, changes: &[Change]) -> String {
        let told = changes.iter().map(|change| self.told(&change.words));
        told.collect::<Vec<_>>().join(self.say("，且", " and "))
    }
}
