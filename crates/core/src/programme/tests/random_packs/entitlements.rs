//! Random entitlements and limits.

use std::fmt::Write;

use crate::fact::{Fact, FactType};
use crate::quantity::Unit;

use super::Writer;
use super::values::{quantity, size};

/// Counted facts with the rate that is paid for each.
const UNITS: &[(Fact, Unit)] = &[
    (Fact::ServiceMonths, Unit::YuanPerMonth),
    (Fact::ServiceDays, Unit::YuanPerDay),
    (Fact::ServiceTimes, Unit::YuanPerTime),
    (Fact::TreatmentCycles, Unit::YuanPerCycle),
    (Fact::ChildrenLiving, Unit::YuanPerChild),
    (Fact::HouseholdPersons, Unit::YuanPerPerson),
    (Fact::LoanHouseholdsLed, Unit::YuanPerHousehold),
];

impl Writer {
    /// The entitlements of a version, and who is paid.
    pub(super) fn entitlements(&mut self) -> (String, &'static str) {
        let mut text = String::new();
        let mut payee = "nobody";
        for _ in 0..=self.dice.below(3) {
            let id = format!("e{}", self.number());
            let kind = self.kind();
            self.scopes = match (self.period, kind) {
                ("stay", "stay_days") => super::OF_DAYS,
                ("stay", _) => super::OF_STAYS,
                (_, _) => super::ELIGIBILITY,
            };
            payee = match (payee, kind) {
                (payee, "in_kind") => payee,
                (_, "premium") | ("insurer", _) => "insurer",
                (_, _) => "person",
            };
            let form = self.form(kind);
            write!(
                text,
                "[[versions.entitlements]]\nid = \"{id}\"\n\
                 title = {{ zh = \"项\", en = \"Part\" }}\n{form}"
            )
            .unwrap();
            if self.dice.one_in(3) {
                let when = self.condition(1);
                writeln!(text, "when = {when}").unwrap();
            }
        }
        (text, payee)
    }

    fn kind(&mut self) -> &'static str {
        let kinds = [
            "flat",
            "per_unit",
            "share_of_cost",
            "premium",
            "quota",
            "in_kind",
        ];
        match (self.period, self.subject) {
            ("stay", _) => self
                .dice
                .pick(&["stay_days", "stay_days", "share_of_cost", "flat"]),
            (_, "loan") if self.dice.one_in(2) => "interest",
            (_, _) => self.dice.pick(&kinds),
        }
    }

    fn form(&mut self, kind: &str) -> String {
        let title = "{ zh = \"服务\", en = \"Service\" }";
        match kind {
            "stay_days" => self.stay_days(),
            "share_of_cost" => self.share_of_cost(),
            "in_kind" => format!("form = \"in_kind\"\nservice = {title}\n"),
            "premium" => {
                let amount = self.amount();
                format!("form = \"premium\"\namount = \"{amount}\"\ninsurer = {title}\n")
            }
            "quota" => {
                let amount = self.plain(Unit::Yuan);
                let places = self.plain(Unit::Place);
                format!("form = \"quota\"\namount = \"{amount}\"\nplaces = \"{places}\"\n")
            }
            "interest" => self.interest(),
            "per_unit" => self.per_unit(),
            _ => {
                let amount = self.amount();
                format!("form = \"flat\"\namount = \"{amount}\"\n")
            }
        }
    }

    /// A value in yuan, or in yuan per the period.
    fn amount(&mut self) -> String {
        let per = match self.period {
            "month" => Unit::YuanPerMonth,
            "quarter" => Unit::YuanPerQuarter,
            "year" => Unit::YuanPerYear,
            _ => Unit::Yuan,
        };
        let unit = *self.dice.of(&[per, Unit::Yuan]);
        self.figure(unit)
    }

    fn per_unit(&mut self) -> String {
        let (units, rate_unit) = *self.dice.of(UNITS);
        let unit = rate_unit.per().unwrap();
        let rate = self.figure(rate_unit);
        let mut text = format!("form = \"per_unit\"\nunits = \"{units}\"\nrate = \"{rate}\"\n");
        if self.dice.one_in(3) {
            let free = self.plain(unit);
            writeln!(text, "free = \"{free}\"").unwrap();
        }
        if self.dice.one_in(2) {
            let cap_unit = *self.dice.of(&[unit, Unit::Yuan]);
            let cap = self.cap(cap_unit);
            writeln!(text, "cap = \"{cap}\"").unwrap();
        }
        text
    }

    fn stay_days(&mut self) -> String {
        let rate = self.figure(Unit::YuanPerDay);
        let counting = self.value(&mut |writer| {
            let word = writer.dice.of(&["discharge_minus_admission", "both_ends"]);
            format!("value = \"{word}\"")
        });
        let mut text = format!(
            "form = \"per_unit\"\nunits = \"stay_days\"\nrate = \"{rate}\"\ncounting = \"{counting}\"\n"
        );
        if self.dice.one_in(3) {
            let free = self.plain(Unit::Day);
            writeln!(text, "free = \"{free}\"").unwrap();
        }
        for key in ["cap_per_stay", "cap_per_year", "cap_lifetime"] {
            if self.dice.one_in(3) {
                let unit = *self.dice.of(&[Unit::Day, Unit::Yuan]);
                let cap = self.cap(unit);
                writeln!(text, "{key} = \"{cap}\"").unwrap();
            }
        }
        text
    }

    fn share_of_cost(&mut self) -> String {
        let costs = [Fact::CostTotal, Fact::CostInsured, Fact::CostSelfPaid];
        let cost = *self.dice.of(&costs);
        let share = if self.dice.one_in(2) {
            self.figure(Unit::Share)
        } else {
            self.value(&mut |writer| {
                let dice = &mut writer.dice;
                let first = size(Unit::Share, dice);
                let second = size(Unit::Share, dice);
                let from = size(Unit::Yuan, dice);
                format!(
                    "value = [{{ above = \"0 yuan\", share = \"{}\" }}, \
                     {{ above = \"{}\", share = \"{}\" }}]",
                    quantity(first, Unit::Share),
                    quantity(from, Unit::Yuan),
                    quantity(second, Unit::Share)
                )
            })
        };
        let mut text =
            format!("form = \"share_of_cost\"\ncost = \"{cost}\"\nshare = \"{share}\"\n");
        if self.dice.one_in(2) {
            let deductible = self.plain(Unit::Yuan);
            writeln!(text, "deductible = \"{deductible}\"").unwrap();
        }
        if self.dice.one_in(2) {
            let ceiling = self.cap(Unit::Yuan);
            writeln!(text, "ceiling = \"{ceiling}\"").unwrap();
        }
        text
    }

    fn interest(&mut self) -> String {
        let principal_cap = self.figure(Unit::Yuan);
        let rate_cap = self.plain(Unit::Share);
        let day_count = self.value(&mut |writer| {
            let counts = crate::loan::DayCount::ALL;
            format!("value = \"{}\"", writer.dice.of(counts))
        });
        let mut beside = String::new();
        if self.dice.one_in(4) {
            let led = self.plain(Unit::Yuan);
            writeln!(beside, "principal_cap_per_household_led = \"{led}\"").unwrap();
        }
        if self.dice.one_in(4) {
            let paid = self.value(&mut |writer| {
                let words = crate::loan::Paid::ALL;
                format!("value = \"{}\"", writer.dice.of(words))
            });
            let grace = self.plain(Unit::Day);
            writeln!(beside, "paid = \"{paid}\"\ngrace = \"{grace}\"").unwrap();
        }
        let window = self.value(&mut |writer| {
            format!(
                "value = \"{}\"",
                writer.dice.of(&["07-01", "01-01", "03-01"])
            )
        });
        format!(
            "form = \"interest\"\nprincipal_cap = \"{principal_cap}\"\nrate_cap = \"{rate_cap}\"\n\
             day_count = \"{day_count}\"\nwindow_start = \"{window}\"\n{beside}"
        )
    }

    /// The keys of the limits, often none.
    pub(super) fn limits(&mut self) -> String {
        let mut keys = Vec::new();
        if self.period == "stay" {
            return String::new();
        }
        for key in ["per_period", "per_year", "lifetime", "times"] {
            if self.dice.one_in(5) {
                let unit = if key == "times" {
                    Unit::Time
                } else {
                    Unit::Yuan
                };
                let cap = self.cap(unit);
                keys.push(format!("{key} = \"{cap}\""));
            }
        }
        keys.join(", ")
    }
}

/// Every counted fact is counted in the unit of its rate.
#[test]
fn units_fit_their_rates() {
    for (fact, rate) in UNITS {
        let FactType::Count(unit) = fact.info().kind else {
            panic!("{fact} is no count");
        };
        assert_eq!(rate.per(), Some(unit), "{fact}");
    }
}
