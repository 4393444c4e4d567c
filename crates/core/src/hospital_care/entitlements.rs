//! The clauses of an entitlement: shared and free days, caps, and what it pays.

use serde_json::{Value, json};

use crate::fact::{FactScope, FactSet};
use crate::money::Fen;
use crate::pack::{Component, Form, StayUnits};
use crate::stay::{PricedEntitlement, Segment, Unpaid, YearShare};
use crate::trace::{Bilingual, ClauseResult, ClauseScope, Outcome, TraceEntry};

use super::clauses::{Writer, built_in, leaves};

/// The clauses of an entitlement that stop days, in reading order.
const STOPPING: [&Unpaid; 6] = [
    &Unpaid::SHARED_DAY,
    &Unpaid::FREE_DAYS,
    &Unpaid::DAILY_RATE,
    &Unpaid::CAP_PER_STAY,
    &Unpaid::CAP_PER_YEAR,
    &Unpaid::CAP_LIFETIME,
];

/// Which cap: its clause, its title and the name of its value.
struct Cap<'a> {
    clause: Unpaid,
    title: Bilingual,
    value: &'a Option<String>,
}

impl Writer<'_> {
    /// The entries of an entitlement's own clauses.
    pub(super) fn entitlement(&self, priced: &PricedEntitlement) -> Vec<TraceEntry> {
        let version = self.programme.version_of(self.at_admission());
        let told = version.and_then(|version| version.components.get(priced.place));
        let Some(told) = told else {
            return Vec::new();
        };
        let suffix = self.suffix(priced);
        match &told.form {
            Form::PerStayDay(units) => self
                .by_day(priced, units)
                .into_iter()
                .map(|entry| TraceEntry {
                    clause: format!("{}{suffix}", entry.clause),
                    ..entry
                })
                .collect(),
            Form::Flat { .. }
            | Form::PerUnit { .. }
            | Form::ShareOfCost { .. }
            | Form::Interest { .. }
            | Form::Premium { .. }
            | Form::Quota { .. }
            | Form::InKind { .. } => vec![self.once(priced, told)],
        }
    }

    fn by_day(&self, priced: &PricedEntitlement, units: &StayUnits) -> Vec<TraceEntry> {
        let caps = [
            Cap {
                clause: Unpaid::CAP_PER_STAY,
                title: Bilingual::of("每次住院补贴上限", "Cap per stay"),
                value: &units.cap_per_stay,
            },
            Cap {
                clause: Unpaid::CAP_PER_YEAR,
                title: Bilingual::of("每年补贴上限", "Cap per calendar year"),
                value: &units.cap_per_year,
            },
            Cap {
                clause: Unpaid::CAP_LIFETIME,
                title: Bilingual::of("终身补贴上限", "Cap of a life"),
                value: &units.cap_lifetime,
            },
        ];
        let mut entries = vec![self.shared_day(priced)];
        entries.extend(self.free_days(priced, units));
        entries.extend(caps.iter().filter_map(|cap| self.cap(priced, cap)));
        entries.push(self.daily_rate(priced, units));
        entries
    }

    /// The entry with the levels of a value behind it, whose nearest says where it comes from.
    fn resting(&self, entry: TraceEntry, value: &str, on: crate::day::Day) -> TraceEntry {
        let chain = self.programme.chain([value], on);
        let wins = chain.iter().find(|link| link.wins);
        TraceEntry {
            citation: wins.and_then(|link| link.citation.clone()),
            assumed: wins.and_then(|link| link.assumed.clone()),
            chain,
            ..entry
        }
    }

    /// The result of a clause that stops days, given what it comes to by itself: it fails also
    /// where no day that reached it got past it.
    fn stopping(
        &self,
        priced: &PricedEntitlement,
        clause: &Unpaid,
        by_itself: ClauseResult,
    ) -> ClauseResult {
        let after = STOPPING.iter().skip_while(|other| **other != clause);
        let lost = after.map(|other| priced.lost_to(other));
        let reached = lost.fold(priced.payable_days, u32::saturating_add);
        let left = reached.saturating_sub(priced.lost_to(clause));
        match leaves(reached, left) {
            ClauseResult::Fail => ClauseResult::Fail,
            ClauseResult::Pass | ClauseResult::Note | ClauseResult::Undetermined => by_itself,
        }
    }

    fn shared_day(&self, priced: &PricedEntitlement) -> TraceEntry {
        let shared = priced.lost_to(&Unpaid::SHARED_DAY);
        let by_itself = if self.stay.yields_day {
            ClauseResult::Fail
        } else if shared > 0 {
            ClauseResult::Note
        } else {
            ClauseResult::Pass
        };
        built_in(
            Unpaid::SHARED_DAY.as_str(),
            Bilingual::of("同一天不重复补贴", "No day is paid twice"),
            self.stopping(priced, &Unpaid::SHARED_DAY, by_itself),
            (
                json!({"yields_day": self.stay.yields_day, "days_shared": shared}),
                json!({"once_per_day": true}),
            ),
            ClauseScope::Limit,
        )
    }

    fn free_days(&self, priced: &PricedEntitlement, units: &StayUnits) -> Option<TraceEntry> {
        let value = units.free.as_deref()?;
        let component = self.at_admission().components().get(priced.place)?;
        let free = crate::stay::free_days(component);
        let left = priced.days.saturating_sub(free);
        let entry = built_in(
            Unpaid::FREE_DAYS.as_str(),
            Bilingual::of("免补天数", "Free days"),
            self.stopping(priced, &Unpaid::FREE_DAYS, leaves(priced.days, left)),
            (json!({"days": priced.days}), json!({"free_days": free})),
            ClauseScope::Limit,
        );
        Some(self.resting(entry, value, self.priced.first))
    }

    fn cap(&self, priced: &PricedEntitlement, cap: &Cap<'_>) -> Option<TraceEntry> {
        let value = cap.value.as_deref()?;
        let lost = priced.lost_to(&cap.clause);
        let by_itself = if lost > 0 || priced.cut_by.contains(&cap.clause) {
            ClauseResult::Note
        } else {
            ClauseResult::Pass
        };
        let of_the_year = cap.clause == Unpaid::CAP_PER_YEAR;
        let on = if cap.clause == Unpaid::CAP_PER_STAY {
            self.priced.first
        } else {
            self.priced.last
        };
        let mut saw = json!({"days_paid": priced.payable_days, "days_above": lost});
        if let (true, Some(saw)) = (of_the_year, saw.as_object_mut()) {
            saw.insert("by_year".to_owned(), json!(self.by_year(priced)));
        }
        let shown = self.values(value, on);
        let entry = built_in(
            cap.clause.as_str(),
            cap.title.clone(),
            self.stopping(priced, &cap.clause, by_itself),
            (saw, json!({"most": shown})),
            ClauseScope::Limit,
        );
        Some(self.resting(entry, value, on))
    }

    /// A value as it stands over the stay: on the day that decides and, where it changes within the
    /// stay, from each of these days on.
    fn values(&self, value: &str, on: crate::day::Day) -> Value {
        let (first, last) = (self.priced.first, self.priced.last);
        let inside = self
            .programme
            .starts()
            .filter(|day| first < *day && *day <= last);
        let mut days: Vec<crate::day::Day> = inside.collect();
        if on > first {
            days.insert(0, first);
        } else {
            days = vec![on];
        }
        let mut shown: Vec<Value> = Vec::new();
        let mut before: Option<String> = None;
        for day in days {
            let chain = self.programme.chain([value], day);
            let Some(wins) = chain.into_iter().find(|link| link.wins) else {
                continue;
            };
            if before.as_ref() != Some(&wins.shown) {
                shown.push(json!({"from": wins.from, "value": wins.shown}));
                before = Some(wins.shown);
            }
        }
        Value::Array(shown)
    }

    /// What the entitlement takes of each year: the stay's own shares where it is the only one.
    fn by_year(&self, priced: &PricedEntitlement) -> Vec<YearShare> {
        if self.priced.entitlements.len() == 1 {
            return self.priced.by_year.clone();
        }
        let mut shares: Vec<YearShare> = Vec::new();
        for segment in self.segments(priced) {
            let year = segment.from.year();
            if segment.unpaid.is_some() {
                continue;
            }
            match shares.last_mut().filter(|share| share.year == year) {
                Some(share) => {
                    share.days = share.days.saturating_add(segment.days);
                    let sum = share.amount.checked_add(segment.amount);
                    share.amount = sum.unwrap_or(share.amount);
                }
                None => shares.push(YearShare {
                    year,
                    days: segment.days,
                    amount: segment.amount,
                }),
            }
        }
        shares
    }

    fn segments<'s>(&'s self, priced: &'s PricedEntitlement) -> impl Iterator<Item = &'s Segment> {
        self.priced.segments.iter().filter(|segment| {
            let of = segment.entitlement.as_ref();
            of.is_none_or(|id| *id == priced.id)
        })
    }

    fn daily_rate(&self, priced: &PricedEntitlement, units: &StayUnits) -> TraceEntry {
        let result = self.paying(priced, priced.payable_days > 0);
        let segments: Vec<&Segment> = self.segments(priced).collect();
        let rates = self.values(&units.rate, self.priced.last);
        let entry = built_in(
            Unpaid::DAILY_RATE.as_str(),
            Bilingual::of("每日补贴标准", "Daily rate"),
            result,
            (
                json!({
                    "nursing_days": self.stay.nursing, "icu_days": self.stay.icu_days,
                    "segments": segments,
                }),
                with_missing(json!({"rate": rates}), priced.missing),
            ),
            ClauseScope::Limit,
        );
        self.resting(entry, &units.rate, self.priced.last)
    }

    /// What the clause comes to that says how much is paid.
    fn paying(&self, priced: &PricedEntitlement, pays_days: bool) -> ClauseResult {
        if !priced.missing.is_empty() {
            ClauseResult::Undetermined
        } else if pays_days && self.outcome == Outcome::Refused {
            ClauseResult::Fail
        } else {
            ClauseResult::Pass
        }
    }

    /// The entry of an entitlement that is given once.
    fn once(&self, priced: &PricedEntitlement, told: &Component) -> TraceEntry {
        let lost: Vec<&str> = priced.lost.keys().map(Unpaid::as_str).collect();
        let result = if !priced.missing.is_empty() {
            ClauseResult::Undetermined
        } else if priced.amount > Fen::ZERO {
            ClauseResult::Pass
        } else {
            ClauseResult::Note
        };
        let needs = self.programme.form_shown(&told.form, self.priced.last);
        let provenance = self.programme.component_provenance(told, self.priced.last);
        let entry = built_in(
            &format!("entitlement:{}", priced.id),
            told.title.clone(),
            result,
            (
                json!({"amount_fen": priced.amount, "stopped_by": lost}),
                with_missing(Value::Object(needs), priced.missing),
            ),
            ClauseScope::Limit,
        );
        TraceEntry {
            citation: provenance.as_ref().and_then(|it| it.citation()).cloned(),
            assumed: provenance
                .as_ref()
                .and_then(|it| it.assumed())
                .map(str::to_owned),
            ..entry
        }
    }
}

/// What is needed, with the facts of the stay that are missing: those a hospital can report.
fn with_missing(mut needs: Value, missing: FactSet) -> Value {
    let reported = |scope| matches!(scope, FactScope::Stay | FactScope::Day | FactScope::Event);
    let missing: Vec<&str> = missing
        .iter()
        .map(|fact| fact.info())
        .filter(|info| reported(info.scope))
        .map(|info| info.id)
        .collect();
    if let (false, Some(needs)) = (missing.is_empty(), needs.as_object_mut()) {
        needs.insert("missing_facts".to_owned(), json!(missing));
    }
    needs
}
