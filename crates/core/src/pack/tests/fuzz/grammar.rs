//! A grammar of sound packs: every tape of numbers gives one. A defect can be planted in it.

use std::fmt::Write;

use super::defects::Defect;
use crate::fact::{Fact, FactScope, FactType};
use crate::quantity::Unit;

/// Choices, read one after the other; behind the last they are all 0.
pub(super) struct Tape<'a>(pub(super) std::slice::Iter<'a, u16>);

impl Tape<'_> {
    pub(super) fn pick(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % count
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.pick(of.len())]
    }
}

/// A pack being written.
pub(super) struct Writer<'a> {
    pub(super) tape: Tape<'a>,
    pub(super) defect: Option<Defect>,
    /// Facts that no clause asks for yet, so that no two clauses can contradict each other.
    facts: Vec<Fact>,
    pub(super) values: String,
    clauses: String,
    pub(super) names: usize,
    period: &'static str,
}

const PERIODS: [&str; 6] = ["month", "quarter", "year", "once", "event", "stay"];
const TITLE: &str = "title = { zh = \"甲\", en = \"A title\" }";

impl<'a> Writer<'a> {
    pub(super) fn new(tape: &'a [u16], defect: Option<Defect>) -> Self {
        let mut tape = Tape(tape.iter());
        let period = tape.one(&PERIODS);
        let of_stays = |scope| matches!(scope, FactScope::Stay | FactScope::Day);
        let fits = |fact: &&Fact| {
            let scope = fact.info().scope;
            scope != FactScope::Day && (period != "stay" || !of_stays(scope))
        };
        Self {
            tape,
            defect,
            facts: Fact::ALL.iter().filter(fits).copied().collect(),
            values: String::new(),
            clauses: String::new(),
            names: 0,
            period,
        }
    }

    pub(super) fn is(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// The pack.
    pub(super) fn write(mut self) -> String {
        let ids: Vec<String> = (0..=self.tape.pick(5)).map(|_| self.clause()).collect();
        let eligibility = self.tree(&ids, 0);
        let eligibility = match self.defect {
            Some(Defect::Contradiction) => {
                let never = "{ fact = \"registered\" }, { fact = \"registered\", is = false }";
                format!("{{ all = [{never}, {eligibility}] }}")
            }
            Some(Defect::DayFact) => {
                format!("{{ all = [{eligibility}, {{ fact = \"intensive_care\" }}] }}")
            }
            Some(Defect::Masked) => {
                format!("{{ all = [{eligibility}, {{ fact = \"child_died\" }}] }}")
            }
            Some(Defect::UnknownClause) => format!("{{ all = [\"no_such\", {eligibility}] }}"),
            Some(Defect::Repeat) => format!("{{ all = [{eligibility}, {eligibility}] }}"),
            _ => eligibility,
        };
        let (money, entitlements) = self.entitlements();
        let versions = self.versions(&eligibility, money, &entitlements);
        self.clutter();
        let help = self
            .tape
            .one(&["illness", "hardship", "distress", "old_age"]);
        let subject = self.tape.one(&["person", "household", "loan"]);
        let key = if self.is(Defect::UnknownKey) {
            "colour = \"red\"\n"
        } else {
            ""
        };
        let format = if self.is(Defect::Format) { 3 } else { 2 };
        let source = if self.is(Defect::UnknownSource) {
            "other"
        } else {
            "paper"
        };
        format!(
            "format = {format}\nprogramme = \"made-up\"\nplace = \"43\"\nhelp = \"{help}\"\n\
             subject = \"{subject}\"\nperiod = \"{}\"\n{TITLE}\n\
             summary = {{ zh = \"乙\", en = \"B\" }}\n{key}\n\
             [sources.{source}]\ninstrument = \"x\"\nclass = \"general\"\n\n{}{}{versions}",
            self.period, self.values, self.clauses
        )
    }

    /// Things beside that nothing uses, and circles.
    fn clutter(&mut self) {
        if self.is(Defect::UnusedValue) {
            self.value("1 days", "days");
        }
        if self.is(Defect::UnusedClause) {
            self.clause();
        }
        if self.is(Defect::Circle) {
            let _ = write!(
                self.clauses,
                "[clauses.round]\n{TITLE}\nnot = \"about\"\nassumed = \"x\"\n\n\
                 [clauses.about]\n{TITLE}\nnot = \"round\"\nassumed = \"x\"\n\n"
            );
        }
    }

    pub(super) fn origin(&mut self) -> &'static str {
        match self.defect {
            Some(Defect::NoSource) => "",
            Some(Defect::BothSources) => "source = \"paper\"\nassumed = \"x\"",
            _ => self.tape.one(&[
                "source = \"paper\"",
                "assumed = \"why\"",
                "source = \"paper\"\narticle = \"1\"",
            ]),
        }
    }

    /// A new clause on a fact of its own.
    fn clause(&mut self) -> String {
        let place = self.tape.pick(self.facts.len());
        let fact = self.facts.swap_remove(place);
        let id = format!("clause_{}", self.names);
        self.names += 1;
        let test = self.test(fact);
        let test = match self.defect {
            Some(Defect::TwoTests) => {
                format!("{test}\nbelow_fact = \"received_in_all\"\nin = [\"a\"]")
            }
            _ => test,
        };
        let origin = self.origin();
        let known = if self.is(Defect::UnknownFact) {
            "no_such_fact"
        } else {
            fact.info().id
        };
        let _ = write!(
            self.clauses,
            "[clauses.{id}]\n{TITLE}\nfact = \"{known}\"\n{test}\n{origin}\n\n"
        );
        id
    }

    fn test(&mut self, fact: Fact) -> String {
        match fact.info().kind {
            FactType::Truth => self.tape.one(&["", "is = true", "is = false"]).to_owned(),
            FactType::Word(words) => {
                let word = words[self.tape.pick(words.len())].0;
                let word = if self.is(Defect::Word) {
                    "no_such_word"
                } else {
                    word
                };
                match self.tape.pick(2) {
                    0 => format!("is = \"{word}\""),
                    _ => format!("in = [\"{word}\"]"),
                }
            }
            FactType::Money => self.compare("yuan"),
            FactType::Count(unit) | FactType::Between(unit, _, _) => self.compare(unit.as_str()),
            FactType::Share => self.compare(Unit::Share.as_str()),
            FactType::Division => "in = [\"4301\", \"43\"]".to_owned(),
            FactType::Diagnosis => "in = [\"C00-C97\", \"N18.5\"]".to_owned(),
            FactType::Day => match self.tape.pick(6) {
                0 => format!("age_at_least = \"{}\"", self.number("years")),
                1 => format!("age_below = \"{}\"", self.number("years")),
                2 => format!("days_since_at_least = \"{}\"", self.number("days")),
                3 => format!("days_since_at_most = \"{}\"", self.number("days")),
                4 => "on_or_after = \"1973-01-01\"".to_owned(),
                _ if self.is(Defect::NoDay) => "before = \"2015-02-29\"".to_owned(),
                _ => "before = \"2016-02-29\"".to_owned(),
            },
        }
    }

    fn compare(&mut self, unit: &str) -> String {
        let test = self.tape.one(&["at_least", "at_most", "above", "below"]);
        format!("{test} = \"{}\"", self.number(unit))
    }

    /// A tree in which each clause stands once.
    fn tree(&mut self, ids: &[String], depth: usize) -> String {
        let [id] = ids else {
            let (one, two) = ids.split_at(1 + self.tape.pick(ids.len() - 1));
            let (one, two) = (self.tree(one, depth + 1), self.tree(two, depth + 1));
            let key = self.tape.one(&["all", "any"]);
            return format!("{{ {key} = [{one}, {two}] }}");
        };
        match self.tape.pick(4) {
            0 if depth > 0 => format!("{{ not = \"{id}\" }}"),
            _ => format!("\"{id}\""),
        }
    }

    /// Whether money is paid, and the entitlements.
    fn entitlements(&mut self) -> (bool, String) {
        let head = format!("[[versions.entitlements]]\nid = \"first\"\n{TITLE}\n");
        if self.period == "stay" {
            let table = self.table("yuan/day");
            let counting = self.value_of("both_ends");
            let cap = self.number_value("days");
            return (
                true,
                format!(
                    "{head}form = \"per_unit\"\nunits = \"stay_days\"\nrate = \"{table}\"\n\
                     counting = \"{counting}\"\ncap_per_year = \"{cap}\"\n"
                ),
            );
        }
        let form = match self.tape.pick(5) {
            0 => format!("form = \"flat\"\namount = \"{}\"\n", self.table("yuan")),
            1 => {
                let rate = self.table("yuan/month");
                let (free, cap) = (self.number_value("months"), self.number_value("yuan"));
                format!(
                    "form = \"per_unit\"\nunits = \"service_months\"\nrate = \"{rate}\"\n\
                     free = \"{free}\"\ncap = \"{cap}\"\n"
                )
            }
            2 => {
                let (over, share) = (self.number_value("yuan"), self.number_value("%"));
                format!(
                    "form = \"share_of_cost\"\ncost = \"cost_total\"\ndeductible = \"{over}\"\n\
                     share = \"{share}\"\n"
                )
            }
            3 => {
                let (amount, places) = (self.number_value("yuan"), self.number_value("places"));
                format!("form = \"quota\"\namount = \"{amount}\"\nplaces = \"{places}\"\n")
            }
            _ => {
                let service = "service = { zh = \"丙\", en = \"C\" }";
                return (false, format!("{head}form = \"in_kind\"\n{service}\n"));
            }
        };
        let again = if self.is(Defect::TwiceAnId) {
            format!("{head}{form}\n")
        } else {
            String::new()
        };
        (true, format!("{head}{form}\n{again}"))
    }

    /// Where versions begin and end, and what is said of it.
    fn dates(&mut self) -> (&'static str, &'static str, Option<&'static str>) {
        let (from, ends, next) = match self.tape.pick(3) {
            0 => ("2012-01-01", "", None),
            1 => ("2012-01-01", "", Some("from = \"2018-01-01\"")),
            _ => (
                "2012-01-01",
                "until = \"2017-01-01\"\n",
                Some("from = \"2018-01-01\"\ninterrupted = true"),
            ),
        };
        let (ends, next) = match self.defect {
            Some(Defect::VersionGap) => ("until = \"2017-01-01\"\n", Some("from = \"2018-01-01\"")),
            Some(Defect::Interrupted) => ("interrupted = true\n", next),
            Some(Defect::UntilFirst) => ("until = \"2011-01-01\"\n", None),
            _ => (ends, next),
        };
        (from, ends, next)
    }

    fn versions(&mut self, eligibility: &str, money: bool, entitlements: &str) -> String {
        let steps = match self.defect {
            Some(Defect::StepTwice) => "\"county_decision\", \"county_decision\"",
            Some(Defect::UnknownStep) => "\"mayor\"",
            _ => self.tape.one(&[
                "\"county_decision\"",
                "\"village_review\", \"county_decision\"",
            ]),
        };
        let memo = if self.is(Defect::Memo) {
            "三个字"
        } else {
            "四个字了"
        };
        let payee = match (money, self.is(Defect::Payee)) {
            (true, false) | (false, true) => format!("payee = \"person\"\nmemo = \"{memo}\""),
            (false, false) | (true, true) => "payee = \"nobody\"".to_owned(),
        };
        let hidden = if self.is(Defect::Hidden) {
            "\u{200B}"
        } else {
            ""
        };
        let asked = if self.is(Defect::Input) {
            "times_received"
        } else {
            "event_on"
        };
        let title = format!("title = {{ zh = \"补助{hidden}\", en = \"An allowance\" }}");
        let posted = match self.defect {
            Some(Defect::Masked) => {
                format!(
                    "mode = \"masked\", {title}, days = \"{}\"",
                    self.number_value("days")
                )
            }
            Some(Defect::PublicTitle) => {
                let days = self.number_value("days");
                let title = "title = { zh = \"失独补助\", en = \"An allowance\" }";
                format!("mode = \"aggregate\", {title}, days = \"{days}\"")
            }
            _ => format!("mode = \"none\", {title}"),
        };
        let mut all = String::new();
        let (from, ends, next) = self.dates();
        for head in
            std::iter::once(format!("from = \"{from}\"\n{ends}")).chain(next.map(str::to_owned))
        {
            // The paper must be used somewhere.
            let origin = self.origin();
            let known = !origin.is_empty() && !origin.contains('\n');
            let origin = if known && all.is_empty() {
                "source = \"paper\""
            } else {
                origin
            };
            let _ = write!(
                all,
                "[[versions]]\n{head}\n{origin}\neligibility = {eligibility}\nreview = [{steps}]\n\
                 publicity = {{ {posted} }}\n{payee}\n\n{entitlements}\n\
                 [[versions.inputs]]\nfact = \"{asked}\"\nrequired = true\n\n"
            );
        }
        all
    }
}
