//! Packs of format 1, which knew the hospital care allowance only: each is read as the pack of
//! format 2 that decides the same, so that decisions made under it can be replayed.
//!
//! Such texts are stored with old decisions and were checked when they were stored. Here only what
//! translating needs is checked; the rest is checked again as format 2.

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow panics and so fails the test"
)]
mod histories;
mod old;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use serde::Deserialize;

use crate::hospital::HospitalLevel;
use crate::quantity::{Quantity, Unit};
use crate::schedule::{Citation, SourceClass};

use super::Fault;
use old::{OldDated, OldLimit, OldPack, OldRate};

/// The statuses that entitled: the fact, the fact of its first day, and the fact of its grade.
const STATUSES: [(&str, &str, Option<&str>); 3] = [
    ("child_died", "child_died_from", None),
    (
        "child_disabled",
        "child_disabled_from",
        Some("child_disability_grade"),
    ),
    (
        "surgery_complication",
        "surgery_complication_from",
        Some("complication_grade"),
    ),
];

/// What format 1 had no word for, and no decision of a stay rests on.
const TERMS: &str = r#"review = ["county_decision", "publicity"]
publicity = { mode = "aggregate", title = { zh = "惠民补助", en = "Public allowance" }, days = "publicity_days" }
payee = "person"
memo = "护理补贴"
"#;

/// Whether a text says that it is of format 1.
#[must_use]
pub fn is_format_1(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Format {
        format: i64,
    }
    super::check_text(text).is_ok() && toml::from_str::<Format>(text).is_ok_and(|it| it.format == 1)
}

/// The text of format 2 that decides as this text of format 1 does.
///
/// # Errors
/// The [`Fault`] of a text that is no pack of format 1.
pub fn translate(text: &str) -> Result<String, Vec<Fault>> {
    super::check_text(text)?;
    let old: OldPack = toml::from_str(text).map_err(|error| vec![fault(text, &error)])?;
    let mut writer = Writer::default();
    // Writing to a string cannot fail.
    let _ = writer.pack(&old);
    Ok(writer.text)
}

fn fault(text: &str, error: &toml::de::Error) -> Fault {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count());
    Fault {
        line: before.matches('\n').count().saturating_add(1),
        column: column.saturating_add(1),
        found: error.message().trim().to_owned(),
        expected: "a pack of format 1".to_owned(),
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words
        .into_iter()
        .map(|word| quoted(word.as_ref()))
        .collect();
    format!("[{}]", words.join(", "))
}

fn daily(fen: i64) -> String {
    Quantity {
        number: fen,
        unit: Unit::YuanPerDay,
    }
    .to_string()
}

fn days(number: i64) -> String {
    quoted(&format!("{number} days"))
}

fn limit(limit: &OldLimit) -> String {
    limit.days.map_or_else(|| quoted("none"), days)
}

/// Writes the pack of format 2, naming each source as it comes.
#[derive(Default)]
struct Writer {
    text: String,
    sources: usize,
}

impl Writer {
    fn pack(&mut self, old: &OldPack) -> std::fmt::Result {
        let title = format!(
            "{{ zh = {}, en = {} }}",
            quoted(&old.title.zh),
            quoted(&old.title.en)
        );
        writeln!(
            self.text,
            "format = 2\nprogramme = {}",
            quoted(&old.programme)
        )?;
        writeln!(
            self.text,
            "place = {}\nhelp = {}",
            quoted(&old.division),
            quoted(&old.help)
        )?;
        writeln!(self.text, "subject = \"person\"\nperiod = \"stay\"")?;
        writeln!(self.text, "title = {title}\nsummary = {title}\n")?;
        self.values(old)?;
        self.clauses(old)?;
        self.version(old, &title)
    }

    fn values(&mut self, old: &OldPack) -> std::fmt::Result {
        let quantity = |days: &i64| format!("value = {}", self::days(*days));
        let limited = |it: &OldLimit| format!("value = {}", limit(it));
        self.value("daily_rate", &old.rate, OldRate::line)?;
        self.value("day_counting", &old.day_counting, |it| {
            format!("value = {}", quoted(it))
        })?;
        if let [_] = old.waiting_days.as_slice() {
            self.value("waiting_days", &old.waiting_days, quantity)?;
        }
        self.value("free_days", &old.free_days, quantity)?;
        self.value("cap_per_stay", &old.cap_days_per_stay, limited)?;
        self.value("cap_per_year", &old.cap_days_per_year, limited)?;
        self.value("diagnoses", &old.diagnoses, |it| {
            format!("value = {}", list(it))
        })?;
        self.value("hospital_levels", &old.hospital, |rule| {
            let counting = HospitalLevel::ALL
                .iter()
                .filter(|it| **it >= rule.minimum_level);
            format!("value = {}", list(counting.map(|level| level.as_str())))
        })?;
        self.value("hospital_owners", &old.hospital, |rule| {
            format!(
                "value = {}",
                list(rule.ownership.iter().map(|it| it.as_str()))
            )
        })?;
        self.value("claim_deadline", &old.claim_deadline_days, limited)?;
        let first = old.rate.first().map(|rate| rate.from);
        let posted = first.map(|from| OldDated {
            from,
            value: 7,
            citation: None,
            assumed: Some("Format 1 did not say how long a notice hangs.".to_owned()),
        });
        self.value("publicity_days", posted.as_slice(), quantity)
    }

    fn value<T>(
        &mut self,
        name: &str,
        entries: &[OldDated<T>],
        show: impl Fn(&T) -> String,
    ) -> std::fmt::Result {
        for entry in entries {
            let provenance = self.provenance(entry)?;
            let shown = show(&entry.value);
            writeln!(self.text, "[[values.{name}]]\nfrom = \"{}\"", entry.from)?;
            writeln!(self.text, "{shown}\n{provenance}\n")?;
        }
        Ok(())
    }

    /// Where an entry comes from, as a line; its source is written before.
    fn provenance<T>(&mut self, entry: &OldDated<T>) -> Result<String, std::fmt::Error> {
        match &entry.citation {
            Some(citation) => self.source(citation),
            None => {
                let reason = entry
                    .assumed
                    .as_deref()
                    .unwrap_or("Format 1 gave no reason.");
                Ok(format!("assumed = {}", quoted(reason)))
            }
        }
    }

    fn source(&mut self, citation: &Citation) -> Result<String, std::fmt::Error> {
        self.sources = self.sources.saturating_add(1);
        let name = format!("source_{}", self.sources);
        let instrument = quoted(&citation.instrument);
        writeln!(self.text, "[sources.{name}]\ninstrument = {instrument}")?;
        for (key, text) in [
            ("article", &citation.article),
            ("address", &citation.address),
        ] {
            if let Some(text) = text {
                writeln!(self.text, "{key} = {}", quoted(text))?;
            }
        }
        writeln!(self.text, "class = \"{}\"\n", citation.class)?;
        Ok(format!("source = \"{name}\""))
    }

    fn clauses(&mut self, old: &OldPack) -> std::fmt::Result {
        let law = self.source(&Citation {
            instrument: "中华人民共和国人口与计划生育法（2021年8月20日修正）".to_owned(),
            article: Some("第三十一条至第三十三条".to_owned()),
            address: None,
            class: SourceClass::Official,
        })?;
        let held = any_status(|_| String::new());
        self.clause(
            "special_family_status",
            "计划生育特殊家庭资格或手术并发症资格",
            "Special-family or surgery-complication status",
            &format!("any = {held}\n{law}"),
        )?;
        let waited = any_status(|from| format!(", {}", waited(from, &old.waiting_days)));
        let waiting = self.of_first(&old.waiting_days)?;
        self.clause(
            "waiting_period",
            "等待期",
            "Waiting period",
            &format!("any = {waited}\n{waiting}"),
        )?;
        let listed = self.of_first(&old.diagnoses)?;
        let listed = format!("fact = \"diagnosis\"\nin = \"diagnoses\"\n{listed}");
        self.clause("diagnosis", "大病重病病种", "Severe illness", &listed)?;
        let class = self.of_first(&old.hospital)?;
        let class = format!(
            "all = [{{ fact = \"hospital_level\", in = \"hospital_levels\" }}, \
             {{ fact = \"hospital_ownership\", in = \"hospital_owners\" }}]\n{class}"
        );
        self.clause(
            "hospital_class",
            "医院等级和性质",
            "Hospital level and ownership",
            &class,
        )?;
        let deadline = self.of_first(&old.claim_deadline_days)?;
        let deadline =
            format!("fact = \"claimed_after\"\nat_most = \"claim_deadline\"\n{deadline}");
        self.clause("claim_deadline", "申报期限", "Claim deadline", &deadline)
    }

    fn of_first<T>(&mut self, entries: &[OldDated<T>]) -> Result<String, std::fmt::Error> {
        match entries.first() {
            Some(entry) => self.provenance(entry),
            None => Ok(String::new()),
        }
    }

    fn clause(&mut self, id: &str, zh: &str, en: &str, body: &str) -> std::fmt::Result {
        let title = format!("{{ zh = {}, en = {} }}", quoted(zh), quoted(en));
        writeln!(self.text, "[clauses.{id}]\ntitle = {title}\n{body}\n")
    }

    fn version(&mut self, old: &OldPack, title: &str) -> std::fmt::Result {
        let Some(first) = old.rate.first() else {
            return Ok(());
        };
        let provenance = self.provenance(first)?;
        writeln!(
            self.text,
            "[[versions]]\nfrom = \"{}\"\n{provenance}",
            first.from
        )?;
        let eligibility = list(["special_family_status", "waiting_period"]);
        writeln!(
            self.text,
            "eligibility = {{ all = {eligibility} }}\n{TERMS}"
        )?;
        writeln!(
            self.text,
            "[[versions.entitlements]]\nid = \"daily\"\ntitle = {title}"
        )?;
        let when = list(["diagnosis", "hospital_class", "claim_deadline"]);
        writeln!(
            self.text,
            "when = {{ all = {when} }}\nform = \"per_unit\"\nunits = \"stay_days\""
        )?;
        writeln!(
            self.text,
            "rate = \"daily_rate\"\ncounting = \"day_counting\"\nfree = \"free_days\""
        )?;
        writeln!(
            self.text,
            "cap_per_stay = \"cap_per_stay\"\ncap_per_year = \"cap_per_year\""
        )
    }
}

/// A list of the conditions that a status is held, each with something more of its first day.
fn any_status(more: impl Fn(&str) -> String) -> String {
    let held = STATUSES.map(|(status, from, grade)| {
        let grade = grade.map_or(String::new(), |grade| {
            format!(", {{ fact = \"{grade}\", at_most = \"3 grade\" }}")
        });
        format!(
            "{{ all = [{{ fact = \"{status}\" }}{grade}{}] }}",
            more(from)
        )
    });
    // A list of one condition would say nothing more than the condition.
    let held = held.map(|it| {
        let alone = it
            .strip_prefix("{ all = [")
            .and_then(|it| it.strip_suffix("] }"));
        match alone {
            Some(alone) if !alone.contains("}, {") => alone.to_owned(),
            Some(_) | None => it,
        }
    });
    format!("[\n  {},\n]", held.join(",\n  "))
}

/// The condition that a status begun on the day of this fact has waited: the waiting days in force
/// on its first day count, the first ones for any day before them.
fn waited(from: &str, entries: &[OldDated<i64>]) -> String {
    let since = |days: &str| format!("{{ fact = \"{from}\", days_since_at_least = {days} }}");
    if let [_] = entries {
        return since("\"waiting_days\"");
    }
    let next = entries
        .iter()
        .skip(1)
        .map(|entry| Some(entry.from))
        .chain([None]);
    let entries = entries.iter().zip(next).enumerate();
    let alternatives: Vec<String> = entries
        .map(|(place, (entry, next))| {
            let begun = (place > 0).then(|| {
                format!(
                    "{{ fact = \"{from}\", on_or_after = \"{}\" }}, ",
                    entry.from
                )
            });
            let over = next.map(|next| format!("{{ fact = \"{from}\", before = \"{next}\" }}, "));
            let (begun, over) = (begun.unwrap_or_default(), over.unwrap_or_default());
            format!("{{ all = [{begun}{over}{}] }}", since(&days(entry.value)))
        })
        .collect();
    format!("{{ any = [{}] }}", alternatives.join(", "))
}
