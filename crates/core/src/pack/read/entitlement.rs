//! Entitlements and limits: the forms, and what each needs of the values it names.

use crate::fact::{Fact, FactType};
use crate::pack::fault::Span;
use crate::pack::{Component, Form, FormKind, Limits, Period, StayUnits, Subject};
use crate::quantity::Unit;

use super::condition::{Names, Placed};
use super::need::{Need, Uses, unit_of};
use super::node::{Node, Reader, Table, is_name};
use super::source::NAME;

/// What the forms must fit.
#[derive(Debug, Clone, Copy)]
pub(in crate::pack) struct Frame {
    pub(in crate::pack) period: Option<Period>,
    pub(in crate::pack) subject: Option<Subject>,
}

/// An entitlement with its places.
#[derive(Debug)]
pub(in crate::pack) struct DraftComponent {
    pub(in crate::pack) at: Span,
    pub(in crate::pack) component: Component,
    pub(in crate::pack) when: Option<Placed>,
    /// What `when` rests on.
    pub(in crate::pack) when_uses: Uses,
    /// What the form rests on.
    pub(in crate::pack) form_uses: Uses,
}

/// One form being read.
struct FormTable<'r, 'a> {
    reader: &'r Reader<'a>,
    table: Table<'a>,
    names: &'r Names<'a>,
    frame: Frame,
}

impl<'a> Reader<'a> {
    pub(super) fn component(
        &self,
        node: Node<'a>,
        frame: Frame,
        names: &Names<'a>,
    ) -> Option<DraftComponent> {
        let table = self.any_table(node)?;
        let kind = self.needed(table, "form", |it, node| it.word(node, FormKind::ALL));
        let id = self.id(table);
        let title = self.needed(table, "title", Self::bilingual);
        let (mut when_uses, mut form_uses) = (Uses::default(), Uses::default());
        let when = self.optional(table, "when", |it, node| {
            it.condition(node, names, &mut when_uses)
        });
        let form = FormTable {
            reader: self,
            table,
            names,
            frame,
        };
        let form = kind.and_then(|kind| form.read(kind, &mut form_uses));
        let when = when?;
        let component = Component {
            id: id?.to_owned(),
            title: title?,
            when: when.as_ref().map(Placed::strip),
            form: form?,
        };
        Some(DraftComponent {
            at: table.get("id").map_or(table.at, |id| id.at),
            component,
            when,
            when_uses,
            form_uses,
        })
    }

    /// The id of an entitlement or of evidence.
    pub(super) fn id(&self, table: Table<'a>) -> Option<&'a str> {
        let node = self.need(table, "id")?;
        let id = self.string(node, NAME)?;
        if !is_name(id) {
            self.wrong(node.at, NAME);
            return None;
        }
        Some(id)
    }

    /// `limits`, in the units of each.
    pub(super) fn limits(
        &self,
        node: Node<'a>,
        frame: Frame,
        names: &Names<'a>,
        uses: &mut Uses,
    ) -> Option<Limits> {
        let keys = ["per_period", "per_year", "lifetime", "times"];
        let table = self.table(node, &keys)?;
        if frame.period == Some(Period::Stay) {
            let expected = "`cap_per_stay`, `cap_per_year` and `cap_lifetime` of the entitlements \
                            in a programme of stays";
            self.fault(node.at, "`limits`", expected);
            return None;
        }
        let mut limit = |key: &str, unit: Unit| {
            let need = Need::limit(unit);
            self.optional(table, key, |it, node| it.named(node, &need, names, uses))
        };
        let [per_period, per_year, lifetime] = [
            limit("per_period", Unit::Yuan),
            limit("per_year", Unit::Yuan),
            limit("lifetime", Unit::Yuan),
        ];
        let times = limit("times", Unit::Time);
        Some(Limits {
            per_period: per_period?,
            per_year: per_year?,
            lifetime: lifetime?,
            times: times?,
        })
    }
}

impl<'a> FormTable<'_, 'a> {
    fn read(&self, kind: FormKind, uses: &mut Uses) -> Option<Form> {
        self.fit(kind);
        match kind {
            FormKind::Flat => {
                self.keys(&["amount"]);
                let amount = self.value("amount", &Need::amount(self.frame.period), uses);
                Some(Form::Flat { amount: amount? })
            }
            FormKind::PerUnit => self.per_unit(uses),
            FormKind::ShareOfCost => self.share_of_cost(uses),
            FormKind::Interest => self.interest(uses),
            FormKind::Premium => {
                self.keys(&["amount", "insurer"]);
                let amount = self.value("amount", &Need::amount(self.frame.period), uses);
                let insurer = self.reader.needed(self.table, "insurer", Reader::bilingual);
                Some(Form::Premium {
                    amount: amount?,
                    insurer: insurer?,
                })
            }
            FormKind::Quota => {
                self.keys(&["amount", "places"]);
                let amount = self.value("amount", &Need::number(Unit::Yuan), uses);
                let places = self.value("places", &Need::number(Unit::Place), uses);
                Some(Form::Quota {
                    amount: amount?,
                    places: places?,
                })
            }
            FormKind::InKind => {
                self.keys(&["service"]);
                let service = self.reader.needed(self.table, "service", Reader::bilingual);
                Some(Form::InKind { service: service? })
            }
        }
    }

    /// Notes a form that the programme's period or subject has no place for.
    fn fit(&self, kind: FormKind) {
        let at = self.table.get("form").map_or(self.table.at, |form| form.at);
        let in_stay = matches!(
            kind,
            FormKind::PerUnit | FormKind::Flat | FormKind::ShareOfCost
        );
        if self.frame.period == Some(Period::Stay) && !in_stay {
            let expected = "`per_unit`, `flat` or `share_of_cost` in a programme of stays";
            self.reader.wrong(at, expected);
        }
        let is_loan = self.frame.subject.is_none_or(|it| it == Subject::Loan);
        if kind == FormKind::Interest && !is_loan {
            let expected = "`interest` only in a programme with `subject = \"loan\"`";
            self.reader.wrong(at, expected);
        }
    }

    fn per_unit(&self, uses: &mut Uses) -> Option<Form> {
        let units = self.reader.needed(self.table, "units", |it, node| {
            let fact = it.fact(node)?;
            let counts = matches!(fact.info().kind, FactType::Count(_));
            if !counts {
                it.wrong(node.at, "a fact that counts units");
            }
            counts.then_some((fact, node.at))
        });
        if self.frame.period == Some(Period::Stay) {
            return self.stay_units(units.map(|(fact, _)| fact), uses);
        }
        self.keys(&["rate", "units", "free", "cap"]);
        let (units, at) = units?;
        uses.facts.push((units, at));
        let unit = unit_of(units)?;
        let rate = self.value("rate", &Need::rate(unit), uses);
        let free = self.maybe("free", &Need::number(unit), uses);
        let cap = self.maybe("cap", &Need::cap(unit), uses);
        Some(Form::PerUnit {
            rate: rate?,
            units,
            free: free?,
            cap: cap?,
        })
    }

    fn stay_units(&self, units: Option<Fact>, uses: &mut Uses) -> Option<Form> {
        let node = self.table.get("units");
        if let (Some(_), Some(node)) = (units.filter(|fact| *fact != Fact::StayDays), node) {
            let expected = "`stay_days` in a programme of stays";
            self.reader.wrong(node.at, expected);
        }
        self.keys(&[
            "rate",
            "units",
            "counting",
            "free",
            "cap_per_stay",
            "cap_per_year",
            "cap_lifetime",
        ]);
        let cap = Need::cap(Unit::Day);
        let rate = self.value("rate", &Need::rate(Unit::Day), uses);
        let counting = self.value("counting", &Need::counting(), uses);
        let free = self.maybe("free", &Need::number(Unit::Day), uses);
        let [stay, year, life] =
            ["cap_per_stay", "cap_per_year", "cap_lifetime"].map(|key| self.maybe(key, &cap, uses));
        Some(Form::PerStayDay(StayUnits {
            rate: rate?,
            counting: counting?,
            free: free?,
            cap_per_stay: stay?,
            cap_per_year: year?,
            cap_lifetime: life?,
        }))
    }

    fn share_of_cost(&self, uses: &mut Uses) -> Option<Form> {
        self.keys(&["cost", "deductible", "share", "ceiling"]);
        let cost = self.reader.needed(self.table, "cost", |it, node| {
            let fact = it.fact(node)?;
            if fact.info().kind != FactType::Money {
                it.wrong(node.at, "a fact that is money");
                return None;
            }
            uses.facts.push((fact, node.at));
            Some(fact)
        });
        let deductible = self.maybe("deductible", &Need::number(Unit::Yuan), uses);
        let share = self.value("share", &Need::share(), uses);
        let ceiling = self.maybe("ceiling", &Need::limit(Unit::Yuan), uses);
        Some(Form::ShareOfCost {
            cost: cost?,
            deductible: deductible?,
            share: share?,
            ceiling: ceiling?,
        })
    }

    fn interest(&self, uses: &mut Uses) -> Option<Form> {
        let per_household = "principal_cap_per_household_led";
        self.keys(&[
            "principal_cap",
            per_household,
            "rate_cap",
            "day_count",
            "window_start",
            "paid",
            "grace",
        ]);
        let at = self.table.get("form").map_or(self.table.at, |form| form.at);
        for fact in [
            Fact::LoanPrincipal,
            Fact::LoanRate,
            Fact::LoanFrom,
            Fact::LoanUntil,
        ] {
            uses.facts.push((fact, at));
        }
        if self.table.get(per_household).is_some() {
            uses.facts.push((Fact::LoanBorrower, at));
            uses.facts.push((Fact::LoanHouseholdsLed, at));
        }
        let principal_cap = self.value("principal_cap", &Need::principal_cap(), uses);
        let rate_cap = self.value("rate_cap", &Need::number(Unit::Share), uses);
        let day_count = self.value("day_count", &Need::day_count(), uses);
        let window_start = self.value("window_start", &Need::window_start(), uses);
        let led = self.maybe(per_household, &Need::number(Unit::Yuan), uses);
        let paid = self.maybe("paid", &Need::paid(), uses);
        let grace = self.maybe("grace", &Need::number(Unit::Day), uses);
        Some(Form::Interest {
            principal_cap: principal_cap?,
            principal_cap_per_household_led: led?,
            rate_cap: rate_cap?,
            day_count: day_count?,
            window_start: window_start?,
            paid: paid?,
            grace: grace?,
        })
    }

    fn keys(&self, own: &[&'static str]) {
        let known = ["id", "title", "form", "when"];
        let known: Vec<&str> = known.into_iter().chain(own.iter().copied()).collect();
        self.reader.keys(self.table, &known);
    }

    fn value(&self, key: &str, need: &Need, uses: &mut Uses) -> Option<String> {
        self.reader.needed(self.table, key, |reader, node| {
            reader.named(node, need, self.names, uses)
        })
    }

    #[expect(clippy::option_option, reason = "left out and wrong are two things")]
    fn maybe(&self, key: &str, need: &Need, uses: &mut Uses) -> Option<Option<String>> {
        self.reader.optional(self.table, key, |reader, node| {
            reader.named(node, need, self.names, uses)
        })
    }
}
