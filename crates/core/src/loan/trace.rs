//! The clauses of a decision on a loan: what each came to, what it saw, what it needs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::day::Day;
use crate::fact::Sheet;
use crate::money::Fen;
use crate::pack::Form;
use crate::programme::{Moment, Rules, Tri, clauses_of};
use crate::schedule::Provenance;
use crate::trace::{Bilingual, ClauseResult, ClauseScope, Trace, TraceEntry};

use super::allot::Slice;
use super::counted::Counted;
use super::decision::Reason;
use super::subsidy::{Case, Worked, days};
use super::terms::{sheet, terms_of};

/// The trace of one loan and period, clauses in reading order.
pub(super) fn trace(case: &Case<'_>, worked: &Worked<'_>) -> Trace {
    let writer = Writer { case, worked };
    let mut entries = vec![writer.in_force()];
    entries.extend(writer.clauses());
    entries.push(writer.standing());
    entries.push(writer.principal_cap());
    entries.push(writer.rate_cap());
    entries.push(writer.interest_paid());
    entries.extend(writer.banks_interest());
    entries.push(writer.amount());
    Trace(entries)
}

struct Writer<'a> {
    case: &'a Case<'a>,
    worked: &'a Worked<'a>,
}

/// Days of a clause, by what it came to on them.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    held: u32,
    failed: u32,
    unknown: u32,
}

impl Tally {
    const fn add(&mut self, tri: Tri, days: u32) {
        match tri {
            Tri::True => self.held = self.held.saturating_add(days),
            Tri::False => self.failed = self.failed.saturating_add(days),
            Tri::Unknown => self.unknown = self.unknown.saturating_add(days),
        }
    }

    const fn result(self) -> ClauseResult {
        match (self.held, self.failed, self.unknown) {
            (_, _, 1..) => ClauseResult::Undetermined,
            (_, 0, 0) => ClauseResult::Pass,
            (0, 1.., 0) => ClauseResult::Fail,
            (1.., 1.., 0) => ClauseResult::Note,
        }
    }
}

fn entry(
    clause: &str,
    title: Bilingual,
    result: ClauseResult,
    (saw, needs): (Value, Value),
) -> TraceEntry {
    TraceEntry {
        clause: clause.to_owned(),
        title,
        result,
        saw,
        needs,
        citation: None,
        assumed: None,
        scope: Some(ClauseScope::Person),
        chain: Vec::new(),
    }
}

const fn noted(nothing: bool) -> ClauseResult {
    if nothing {
        ClauseResult::Pass
    } else {
        ClauseResult::Note
    }
}

impl Writer<'_> {
    fn slices(&self) -> impl Iterator<Item = &Slice> {
        self.worked.slices.iter().map(|(slice, _, _)| *slice)
    }

    /// The days of the period on which a reason holds.
    fn days_of(&self, reason: Reason) -> u32 {
        let held = self.slices().filter(|it| it.reasons.contains(&reason));
        held.fold(0, |sum, slice| sum.saturating_add(days(slice)))
    }

    /// The last day of the period on which the loan runs, and the rules of it; before and after
    /// the programme the nearest.
    fn last(&self) -> (Day, &Rules) {
        let slice = self.slices().filter(|it| it.eligible > Fen::ZERO).last();
        let day = slice.map_or(self.case.period.from, |slice| slice.from);
        (day, self.case.programme.rules_at_or_first(day))
    }

    /// The names of values of the entitlement, by their keys in the pack, with every level.
    fn under(&self, entry: TraceEntry, keys: &[&str]) -> TraceEntry {
        let (day, rules) = self.last();
        let version = self.case.programme.version_of(rules);
        let components = version.map(|it| it.components.as_slice());
        let mut names: Vec<&str> = Vec::new();
        for component in components.unwrap_or_default() {
            if let Form::Interest {
                principal_cap,
                principal_cap_per_household_led,
                rate_cap,
                day_count,
                window_start,
                paid,
                grace,
            } = &component.form
            {
                let named = [
                    ("principal_cap", Some(principal_cap)),
                    ("principal_cap", principal_cap_per_household_led.as_ref()),
                    ("rate_cap", Some(rate_cap)),
                    ("day_count", Some(day_count)),
                    ("window_start", Some(window_start)),
                    ("paid", paid.as_ref()),
                    ("grace", grace.as_ref()),
                ];
                let named = named.into_iter().filter(|(key, _)| keys.contains(key));
                names.extend(named.filter_map(|(_, name)| name.map(String::as_str)));
            }
        }
        TraceEntry {
            chain: self.case.programme.chain(names, day),
            ..entry
        }
    }

    fn in_force(&self) -> TraceEntry {
        let all = self
            .slices()
            .fold(0_u32, |sum, it| sum.saturating_add(days(it)));
        let out = self.days_of(Reason::OutOfForce);
        let result = match (all.saturating_sub(out), out) {
            (_, 0) => ClauseResult::Pass,
            (0, _) => ClauseResult::Fail,
            (_, _) => ClauseResult::Note,
        };
        let (_, rules) = self.last();
        let provenance = self
            .case
            .programme
            .version_of(rules)
            .map(|it| &it.provenance);
        let period = self.case.period;
        let entry = entry(
            "programme_in_force",
            Bilingual::of("项目执行期内", "The programme is in force"),
            result,
            (
                json!({"from": period.from, "until": period.until, "days_of_the_loan": all, "days_out_of_force": out}),
                json!({"from": self.case.programme.first_day()}),
            ),
        );
        TraceEntry {
            citation: provenance.and_then(Provenance::citation).cloned(),
            assumed: provenance.and_then(Provenance::assumed).map(str::to_owned),
            ..entry
        }
    }

    /// The pack's clauses, each over the days of the period on which principal may be subsidised.
    fn clauses(&self) -> Vec<TraceEntry> {
        let mut order: Vec<usize> = Vec::new();
        let mut tallies: BTreeMap<usize, (Tally, Sheet, Day)> = BTreeMap::new();
        for slice in self.slices().filter(|it| it.eligible > Fen::ZERO) {
            let Some(rules) = self.case.programme.rules_at(slice.from) else {
                continue;
            };
            let sheet = sheet(self.case.holder, self.case.course, slice.from, slice.used);
            let now = Moment::of(slice.from);
            let mut asked = clauses_of(&rules.told, &sheet, now);
            for component in rules.components() {
                asked.extend(clauses_of(&component.told, &sheet, now));
            }
            asked.sort_by_key(|(place, _)| order.iter().position(|known| known == place));
            asked.dedup_by_key(|(place, _)| *place);
            for (place, tri) in asked {
                if !order.contains(&place) {
                    order.push(place);
                }
                let told = tallies.entry(place);
                let told = told.or_insert_with(|| (Tally::default(), sheet, slice.from));
                told.0.add(tri, days(slice));
                (told.1, told.2) = (sheet, slice.from);
            }
        }
        let entries = order.into_iter().filter_map(|place| {
            let (tally, sheet, day) = tallies.get(&place)?;
            let result = tally.result();
            let programme = self.case.programme;
            let mut entry = programme.clause_entry(place, result, sheet, *day)?;
            entry.saw = json!({
                "facts": entry.saw, "days_held": tally.held, "days_failed": tally.failed,
                "days_unknown": tally.unknown,
            });
            Some(entry)
        });
        entries.collect()
    }

    fn standing(&self) -> TraceEntry {
        let of = |reason| self.days_of(reason);
        let (defaulted, purpose) = (of(Reason::Defaulted), of(Reason::PurposeFailed));
        let (overdue, written_off) = (of(Reason::OverduePrincipal), of(Reason::WrittenOff));
        let all = self
            .slices()
            .fold(0_u32, |sum, it| sum.saturating_add(days(it)));
        let stopped = defaulted.max(purpose);
        let result = if stopped > 0 && stopped == all {
            ClauseResult::Fail
        } else {
            noted(stopped == 0 && overdue == 0 && written_off == 0)
        };
        entry(
            "loan_in_order",
            Bilingual::of(
                "贷款正常，用途相符",
                "The loan is in order and used for its purpose",
            ),
            result,
            (
                json!({
                    "days_overdue": overdue, "days_written_off": written_off,
                    "days_defaulted": defaulted, "days_purpose_failed": purpose,
                }),
                json!({"overdue_principal": "never", "penalty": "never"}),
            ),
        )
    }

    fn principal_cap(&self) -> TraceEntry {
        let of = |reason| self.days_of(reason);
        let (above, others) = (of(Reason::AbovePrincipalCap), of(Reason::CapOfOthers));
        let most = |amount: fn(&Slice) -> Fen| self.slices().map(amount).max();
        let cap = self.slices().filter_map(|slice| slice.cap).last();
        let entry = entry(
            "principal_cap",
            Bilingual::of("贴息本金上限", "The most principal that is subsidised"),
            noted(above == 0 && others == 0),
            (
                json!({
                    "most_eligible_fen": most(|it| it.eligible),
                    "most_allotted_fen": most(|it| it.allotted),
                    "days_above": above, "days_taken_by_other_loans": others,
                }),
                json!({"principal_cap_fen": cap, "shared_by": "holder", "order": ["starts_on", "contract_no"]}),
            ),
        );
        self.under(entry, &["principal_cap"])
    }

    fn rate_cap(&self) -> TraceEntry {
        let above = self.days_of(Reason::AboveRateCap);
        let (day, rules) = self.last();
        let used = self.slices().last().map_or(0, |slice| slice.used);
        let sheet = sheet(self.case.holder, self.case.course, day, used);
        let cap = terms_of(rules).and_then(|it| it.rate_cap.of(&sheet, Moment::of(day)));
        let highest = self.slices().filter_map(|slice| slice.rate).max();
        let entry = entry(
            "rate_cap",
            Bilingual::of("贴息利率上限", "The highest rate that is subsidised"),
            noted(above == 0),
            (
                json!({"highest_rate_ppm": highest, "days_above": above}),
                json!({"rate_cap_ppm": cap}),
            ),
        );
        self.under(entry, &["rate_cap"])
    }

    fn interest_paid(&self) -> TraceEntry {
        let mut tally = Tally::default();
        for counted in self.worked.counted.values() {
            let tri = match (counted.due.ours, counted.paid) {
                (Some(ours), Some(paid)) => Tri::from(paid >= ours || counted.presumed),
                (_, _) => Tri::Unknown,
            };
            tally.add(tri, 1);
        }
        let shown: Vec<Value> = self.worked.counted.values().map(shown).collect();
        let (_, rules) = self.last();
        let terms = terms_of(rules);
        let entry = entry(
            "interest_paid",
            Bilingual::of("已按期付息", "The interest was paid in time"),
            tally.result(),
            (
                json!({"as_of": self.case.as_of, "due_days": shown}),
                json!({
                    "grace_days": terms.map(|it| it.grace), "paid": terms.map(|it| it.paid),
                    "oldest_first": true,
                }),
            ),
        );
        self.under(entry, &["paid", "grace"])
    }

    fn banks_interest(&self) -> Option<TraceEntry> {
        let counted = self.worked.counted.values();
        let differences: Vec<_> = counted.filter_map(|it| it.due.difference()).collect();
        (!differences.is_empty()).then(|| {
            entry(
                "banks_interest",
                Bilingual::of(
                    "银行应收利息与合同一致",
                    "The bank asks for the interest of the contract",
                ),
                ClauseResult::Note,
                (
                    json!({"differences": differences}),
                    json!({"counts": "the smaller"}),
                ),
            )
        })
    }

    fn amount(&self) -> TraceEntry {
        let odd = self.worked.slices.iter().filter(|(_, _, odd)| *odd);
        let odd: Vec<Day> = odd.map(|(slice, _, _)| slice.from).collect();
        let (_, rules) = self.last();
        let missing = &self.worked.missing;
        let result = if !missing.is_empty() {
            ClauseResult::Undetermined
        } else if self.worked.amount > Fen::ZERO {
            ClauseResult::Pass
        } else {
            ClauseResult::Fail
        };
        let used = self.slices().last().map(|slice| slice.used);
        let entry = entry(
            "amount",
            Bilingual::of("贴息金额", "The subsidy"),
            result,
            (
                json!({
                    "amount_fen": self.worked.amount, "days": self.worked.days,
                    "odd_fen_from": odd, "missing": missing, "subsidy_years_used_before": used,
                }),
                json!({
                    "day_count": terms_of(rules).map(|it| it.day_count),
                    "rounding": "half_up, once", "shared_by": "largest_remainder",
                }),
            ),
        );
        self.under(entry, &["day_count", "window_start"])
    }
}

fn shown(counted: &Counted) -> Value {
    json!({
        "due_on": counted.due.span.due_on,
        "ours_fen": counted.due.ours, "banks_fen": counted.due.banks,
        "in_time_fen": counted.in_time, "counted_fen": counted.paid,
        "presumed": counted.presumed, "reasons": counted.reasons,
    })
}
