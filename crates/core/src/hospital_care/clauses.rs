//! The clauses of a decision: what each came to, what it saw, what it needs.
//!
//! A hospital reads everything here but `saw`. So `needs` holds public rule content only, and no
//! result may tell anything of a status that does not cover the stay: someone unknown, someone
//! not entitled and someone whose status is proposed, over or too mild get the same answer.

use serde_json::{Value, json};

use crate::pack::HospitalCarePack;
use crate::schedule::{Citation, Dated, Provenance, Schedule, SourceClass};
use crate::stay::{PricedStay, StayFacts, Unpaid};
use crate::trace::{Bilingual, ClauseResult, Outcome, Trace, TraceEntry};

use super::needs::{dated, rate_value};

/// Builds the trace of one claim, clauses in reading order.
pub(super) fn trace(
    pack: &HospitalCarePack,
    registered: bool,
    stay: &StayFacts,
    priced: &PricedStay,
    outcome: Outcome,
) -> Trace {
    let writer = Writer {
        pack,
        registered,
        stay,
        priced,
        outcome,
    };
    Trace(vec![
        writer.programme_in_force(),
        writer.special_family_status(),
        writer.waiting_period(),
        writer.diagnosis(),
        writer.hospital_class(),
        writer.claim_deadline(),
        writer.patient_name(),
        writer.shared_day(),
        writer.free_days(),
        writer.cap_per_stay(),
        writer.cap_per_year(),
        writer.daily_rate(),
    ])
}

struct Writer<'a> {
    pack: &'a HospitalCarePack,
    registered: bool,
    stay: &'a StayFacts,
    priced: &'a PricedStay,
    outcome: Outcome,
}

fn entry(
    clause: &str,
    title: Bilingual,
    result: ClauseResult,
    (saw, needs): (Value, Value),
    provenance: Option<&Provenance>,
) -> TraceEntry {
    TraceEntry {
        clause: clause.to_owned(),
        title,
        result,
        saw,
        needs,
        citation: provenance.and_then(Provenance::citation).cloned(),
        assumed: provenance.and_then(Provenance::assumed).map(str::to_owned),
    }
}

fn holds(it: bool) -> ClauseResult {
    if it {
        ClauseResult::Pass
    } else {
        ClauseResult::Fail
    }
}

/// How many of the days at hand a clause leaves: all, some or none.
fn leaves(at_hand: u32, left: u32) -> ClauseResult {
    match (at_hand, left) {
        (0, _) => ClauseResult::Pass,
        (_, 0) => ClauseResult::Fail,
        (at_hand, left) if left < at_hand => ClauseResult::Note,
        (_, _) => ClauseResult::Pass,
    }
}

impl Writer<'_> {
    /// The result of a clause that stops days, given what it comes to by itself: it fails also
    /// where no day that reached it got past it.
    fn stopping(&self, clause: Unpaid, by_itself: ClauseResult) -> ClauseResult {
        let before = Unpaid::ALL.iter().take_while(|other| **other != clause);
        let lost = before.fold(0_u32, |sum, other| {
            sum.saturating_add(self.priced.lost_to(*other))
        });
        let reached = self.priced.days.saturating_sub(lost);
        let left = reached.saturating_sub(self.priced.lost_to(clause));
        match leaves(reached, left) {
            ClauseResult::Fail => ClauseResult::Fail,
            ClauseResult::Pass | ClauseResult::Note | ClauseResult::Undetermined => by_itself,
        }
    }

    /// The value in force at admission; before the programme, its first.
    fn at_admission<'s, T>(&self, schedule: &'s Schedule<T>) -> &'s Dated<T> {
        schedule.at_or_first(self.stay.admitted_on)
    }

    fn lost(&self, clause: Unpaid) -> u32 {
        self.priced.lost_to(clause)
    }

    fn programme_in_force(&self) -> TraceEntry {
        let before = self.lost(Unpaid::ProgrammeInForce);
        let inside = self.priced.days.saturating_sub(before);
        entry(
            "programme_in_force",
            Bilingual::of("项目执行期内", "The programme is in force"),
            leaves(self.priced.days, inside),
            (
                json!({"first": self.priced.first, "last": self.priced.last, "days": self.priced.days, "days_before": before}),
                json!({"from": self.pack.first_day()}),
            ),
            Some(&self.pack.rate().first().provenance),
        )
    }

    fn special_family_status(&self) -> TraceEntry {
        let covered = self.priced.covered_days;
        let result = leaves(self.priced.days, covered);
        let statuses: Vec<Value> = (self.priced.covering.iter())
            .map(|(status, _)| {
                json!({
                    "status": status.id, "kind": status.kind, "grade": status.grade,
                    "from": status.period.from(), "until": status.period.until(),
                })
            })
            .collect();
        let law = Provenance::Cited(Citation {
            instrument: "中华人民共和国人口与计划生育法（2021年8月20日修正）".to_owned(),
            article: Some("第三十一条至第三十三条".to_owned()),
            address: None,
            class: SourceClass::Official,
        });
        entry(
            "special_family_status",
            Bilingual::of(
                "计划生育特殊家庭资格或手术并发症资格",
                "Special-family or surgery-complication status",
            ),
            self.stopping(Unpaid::SpecialFamilyStatus, result),
            (
                json!({"registered": self.registered, "days_covered": covered, "statuses": statuses}),
                json!({
                    "confirmed": true,
                    "kinds": ["child_died", "child_disabled", "surgery_complication"],
                    "mildest_grade": 3,
                }),
            ),
            Some(&law),
        )
    }

    fn waiting_period(&self) -> TraceEntry {
        let (covered, waited) = (self.priced.covered_days, self.priced.waited_days);
        let paying: Vec<Value> = (self.priced.covering.iter())
            .map(|(status, from)| json!({"status": status.id, "pays_from": from}))
            .collect();
        // The value at a status's start counts, and which status that is must not be told: so all
        // values up to the stay.
        let values = dated(self.pack.waiting_days(), None, self.priced.last, |days| {
            json!(days)
        });
        entry(
            "waiting_period",
            Bilingual::of("等待期", "Waiting period"),
            self.stopping(Unpaid::WaitingPeriod, leaves(covered, waited)),
            (
                json!({"days_covered": covered, "days_waited": waited, "statuses": paying}),
                json!({"waiting_days": values}),
            ),
            Some(&self.at_admission(self.pack.waiting_days()).provenance),
        )
    }

    fn diagnosis(&self) -> TraceEntry {
        let rule = self.at_admission(self.pack.diagnoses());
        let ranges: Vec<String> = rule
            .value
            .ranges()
            .iter()
            .map(ToString::to_string)
            .collect();
        entry(
            "diagnosis",
            Bilingual::of("大病重病病种", "Severe illness"),
            holds(self.priced.diagnosis),
            (
                json!({"listed": self.priced.diagnosis}),
                json!({"icd10": ranges}),
            ),
            Some(&rule.provenance),
        )
    }

    fn hospital_class(&self) -> TraceEntry {
        let rule = self.at_admission(self.pack.hospital());
        entry(
            "hospital_class",
            Bilingual::of("医院等级和性质", "Hospital level and ownership"),
            holds(self.priced.hospital),
            (
                json!(self.stay.hospital),
                json!({"minimum_level": rule.value.minimum_level, "ownership": rule.value.ownership}),
            ),
            Some(&rule.provenance),
        )
    }

    fn claim_deadline(&self) -> TraceEntry {
        let rule = self.at_admission(self.pack.claim_deadline_days());
        entry(
            "claim_deadline",
            Bilingual::of("申报期限", "Claim deadline"),
            holds(self.priced.deadline),
            (
                json!({"discharged_on": self.stay.discharged_on, "posted_on": self.stay.posted_on}),
                json!({"days_after_discharge": rule.value}),
            ),
            Some(&rule.provenance),
        )
    }

    /// A differing name stops nothing (names are written in many ways), but an officer should
    /// see it. It is told only where money is granted: else it would tell who is registered.
    fn patient_name(&self) -> TraceEntry {
        let differs = self.stay.name_matches == Some(false) && self.outcome == Outcome::Granted;
        entry(
            "patient_name",
            Bilingual::of(
                "患者姓名与登记一致",
                "The patient's name is the registered one",
            ),
            if differs {
                ClauseResult::Note
            } else {
                ClauseResult::Pass
            },
            (
                json!({"matches": self.stay.name_matches}),
                json!({"matches": true}),
            ),
            None,
        )
    }

    fn shared_day(&self) -> TraceEntry {
        let by_itself = if self.stay.yields_day {
            ClauseResult::Fail
        } else if self.lost(Unpaid::SharedDay) > 0 {
            ClauseResult::Note
        } else {
            ClauseResult::Pass
        };
        entry(
            "shared_day",
            Bilingual::of("同一天不重复补贴", "No day is paid twice"),
            self.stopping(Unpaid::SharedDay, by_itself),
            (
                json!({"yields_day": self.stay.yields_day, "days_shared": self.lost(Unpaid::SharedDay)}),
                json!({"once_per_day": true}),
            ),
            None,
        )
    }

    fn free_days(&self) -> TraceEntry {
        let rule = self.at_admission(self.pack.free_days());
        let left = self.priced.days.saturating_sub(rule.value);
        entry(
            "free_days",
            Bilingual::of("免补天数", "Free days"),
            self.stopping(Unpaid::FreeDays, leaves(self.priced.days, left)),
            (
                json!({"days": self.priced.days}),
                json!({"free_days": rule.value}),
            ),
            Some(&rule.provenance),
        )
    }

    fn capped(&self, clause: Unpaid) -> ClauseResult {
        let some = self.lost(clause) > 0;
        self.stopping(
            clause,
            if some {
                ClauseResult::Note
            } else {
                ClauseResult::Pass
            },
        )
    }

    fn cap_per_stay(&self) -> TraceEntry {
        let rule = self.at_admission(self.pack.cap_days_per_stay());
        entry(
            "cap_per_stay",
            Bilingual::of("每次住院补贴天数上限", "Cap per stay"),
            self.capped(Unpaid::CapPerStay),
            (
                json!({"days_paid": self.priced.payable_days, "days_above": self.lost(Unpaid::CapPerStay)}),
                json!({"days": rule.value}),
            ),
            Some(&rule.provenance),
        )
    }

    fn cap_per_year(&self) -> TraceEntry {
        let schedule = self.pack.cap_days_per_year();
        let (first, last) = (self.priced.first, self.priced.last);
        entry(
            "cap_per_year",
            Bilingual::of("每年补贴天数上限", "Cap per calendar year"),
            self.capped(Unpaid::CapPerYear),
            (
                json!({"by_year": self.priced.by_year, "days_above": self.lost(Unpaid::CapPerYear)}),
                json!({"days": dated(schedule, Some(first), last, |cap| json!(cap))}),
            ),
            Some(&schedule.at_or_first(last).provenance),
        )
    }

    fn daily_rate(&self) -> TraceEntry {
        let result = if self.priced.undetermined {
            ClauseResult::Undetermined
        } else if self.priced.payable_days > 0 && self.outcome == Outcome::Refused {
            ClauseResult::Fail
        } else {
            ClauseResult::Pass
        };
        let schedule = self.pack.rate();
        let (first, last) = (self.priced.first, self.priced.last);
        let mut needs = json!({"rate": dated(schedule, Some(first), last, rate_value)});
        if let (true, Some(needs)) = (self.priced.undetermined, needs.as_object_mut()) {
            needs.insert("missing_fact".to_owned(), json!("nursing_days"));
        }
        entry(
            "daily_rate",
            Bilingual::of("每日补贴标准", "Daily rate"),
            result,
            (
                json!({
                    "nursing_days": self.stay.nursing, "icu_days": self.stay.icu_days,
                    "segments": self.priced.segments,
                }),
                needs,
            ),
            Some(&schedule.at_or_first(last).provenance),
        )
    }
}
