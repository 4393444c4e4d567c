//! What one day of one stay is worth by its own facts, before days are shared out and capped.
//!
//! Everything here is constant between [`Ground::edges`], so asking for the first day of a run
//! answers for all of it.

use std::collections::BTreeSet;

use crate::day::Day;
use crate::money::Fen;
use crate::pack::{HospitalCarePack, RateForm};

use crate::hospital::HospitalLevel;

use super::{EngineError, PersonFacts, StatusFacts, StayFacts, Unpaid, stay_days};

/// The days of one stay and what the pack makes of it at admission.
pub(super) struct Shape<'a> {
    pub(super) facts: &'a StayFacts,
    /// The first day after the stay's counted days.
    pub(super) end: Day,
    pub(super) days: u32,
    /// Whether diagnosis, hospital and deadline hold.
    pub(super) diagnosis: bool,
    pub(super) hospital: bool,
    pub(super) deadline: bool,
    pub(super) cap: Option<u32>,
    paid_from: Day,
    icu_until: Day,
    /// The first day after the days of each nursing level, most intensive first.
    nursing_until: [Day; 4],
}

impl<'a> Shape<'a> {
    pub(super) fn new(pack: &HospitalCarePack, facts: &'a StayFacts) -> Result<Self, EngineError> {
        let first = facts.admitted_on;
        if facts.discharged_on < first {
            return Err(EngineError::DischargedBeforeAdmitted(facts.claim));
        }
        let counting = pack.day_counting().at_or_first(first).value;
        let days = stay_days(counting, first, facts.discharged_on);
        let out_of_range = || EngineError::OutOfRange(facts.claim);
        let end = first.plus_days(days).ok_or_else(out_of_range)?;
        // Runs longer than the stay are cut at its end.
        let after = |run: u32| first.plus_days(run.min(days)).unwrap_or(end);
        let mut laid = 0_u32;
        let mut lay = |run: u32| {
            laid = laid.saturating_add(run);
            after(laid)
        };
        let nursing = facts.nursing;
        let nursing_until = [
            lay(nursing.special),
            lay(nursing.level_1),
            lay(nursing.level_2),
            lay(nursing.level_3),
        ];
        let deadline = match pack.claim_deadline_days().at_or_first(first).value {
            None => true,
            Some(limit) => facts.discharged_on.days_until(facts.posted_on) <= i64::from(limit),
        };
        Ok(Self {
            facts,
            end,
            days,
            diagnosis: pack
                .diagnoses()
                .at_or_first(first)
                .value
                .covers(&facts.diagnosis),
            hospital: pack
                .hospital()
                .at_or_first(first)
                .value
                .admits(facts.hospital),
            deadline,
            cap: pack.cap_days_per_stay().at_or_first(first).value,
            paid_from: after(pack.free_days().at_or_first(first).value),
            icu_until: after(facts.icu_days),
            nursing_until,
        })
    }

    fn edges(&self) -> impl Iterator<Item = Day> {
        let ends = [
            self.facts.admitted_on,
            self.end,
            self.paid_from,
            self.icu_until,
        ];
        let years = self.facts.admitted_on.year()..=self.end.year();
        ends.into_iter()
            .chain(self.nursing_until)
            .chain(years.filter_map(Day::first_of_year))
    }

    /// What the day pays; `None` if that depends on nursing levels that are not reported.
    fn rate(&self, pack: &HospitalCarePack, day: Day) -> Option<Fen> {
        let rate = pack.rate().at_or_first(day).value;
        if let Some(icu) = rate.icu.filter(|_| day < self.icu_until) {
            return Some(icu);
        }
        match rate.form {
            RateForm::Flat(fen) => Some(fen),
            RateForm::ByNursingLevel {
                special,
                level_1,
                level_2,
                level_3,
            } => {
                let levels = [special, level_1, level_2, level_3];
                let laid = self.nursing_until.into_iter().zip(levels);
                laid.into_iter()
                    .find(|(until, _)| day < *until)
                    .map(|(_, fen)| fen)
            }
            RateForm::ByHospitalLevel {
                unrated,
                level_1,
                level_2,
                level_3,
            } => Some(match self.facts.hospital.level {
                HospitalLevel::Unrated => unrated,
                HospitalLevel::One => level_1,
                HospitalLevel::Two => level_2,
                HospitalLevel::Three => level_3,
            }),
        }
    }
}

/// The days a status covers, and from which of them on it pays.
struct Window<'a> {
    status: &'a StatusFacts,
    waited: Day,
}

/// What a day of a stay is worth by itself.
#[derive(Clone, Copy)]
pub(super) enum Worth {
    /// It may be paid, at this rate.
    Payable(Fen),
    /// It may be paid, but the rate is not known.
    Unknown,
    /// It is not paid.
    Unpaid(Unpaid),
}

/// The pack and the person's statuses: what all stays of the person stand on.
pub(super) struct Ground<'a> {
    pub(super) pack: &'a HospitalCarePack,
    windows: Vec<Window<'a>>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(pack: &'a HospitalCarePack, person: &'a PersonFacts) -> Self {
        let entitling = |status: &&StatusFacts| {
            person.registered && status.confirmed && status.kind.entitles(status.grade)
        };
        let window = |status: &'a StatusFacts| {
            let from = status.period.from();
            let waiting = pack.waiting_days().at_or_first(from).value;
            // Past the calendar's end the waiting never ends.
            Some(Window {
                status,
                waited: from.plus_days(waiting)?,
            })
        };
        let mut windows: Vec<_> = person
            .statuses
            .iter()
            .filter(entitling)
            .filter_map(window)
            .collect();
        windows.sort_by_key(|window| (window.status.period.from(), window.status.id));
        Self { pack, windows }
    }

    /// The days on which anything changes for any of the stays.
    pub(super) fn edges(&self, shapes: &[Shape<'_>]) -> BTreeSet<Day> {
        let mut edges: BTreeSet<Day> = shapes.iter().flat_map(Shape::edges).collect();
        edges.extend(self.pack.rate().starts());
        edges.extend(self.pack.cap_days_per_year().starts());
        for window in &self.windows {
            edges.extend([window.status.period.from(), window.waited]);
            edges.extend(window.status.period.until());
        }
        edges
    }

    pub(super) fn worth(&self, shape: &Shape<'_>, day: Day) -> Worth {
        let unpaid = if day < self.pack.first_day() {
            Unpaid::ProgrammeInForce
        } else if !self.covered(day) {
            Unpaid::SpecialFamilyStatus
        } else if !self.waited(day) {
            Unpaid::WaitingPeriod
        } else if !shape.diagnosis {
            Unpaid::Diagnosis
        } else if !shape.hospital {
            Unpaid::HospitalClass
        } else if !shape.deadline {
            Unpaid::ClaimDeadline
        } else if shape.facts.yields_day {
            Unpaid::SharedDay
        } else if day < shape.paid_from {
            Unpaid::FreeDays
        } else {
            return shape
                .rate(self.pack, day)
                .map_or(Worth::Unknown, Worth::Payable);
        };
        Worth::Unpaid(unpaid)
    }

    pub(super) fn covered(&self, day: Day) -> bool {
        self.windows
            .iter()
            .any(|window| window.status.period.contains(day))
    }

    pub(super) fn waited(&self, day: Day) -> bool {
        let paying =
            |window: &Window<'_>| window.status.period.contains(day) && window.waited <= day;
        self.windows.iter().any(paying)
    }

    /// The entitling statuses that cover a day of the stay, oldest first, and the first day each
    /// pays.
    pub(super) fn covering(&self, shape: &Shape<'_>) -> Vec<(StatusFacts, Day)> {
        let meets = |window: &&Window<'_>| {
            let period = &window.status.period;
            period.from() < shape.end
                && period
                    .until()
                    .is_none_or(|until| shape.facts.admitted_on < until)
        };
        self.windows
            .iter()
            .filter(meets)
            .map(|window| (*window.status, window.waited))
            .collect()
    }
}
