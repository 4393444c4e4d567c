//! What is known on a day of a stay, for the slow model.

use super::super::*;
use super::model::Model;
use super::rules::Facts;
use crate::fact::{Fact, diagnosis_value};
use crate::status::StatusKind;

impl Model<'_> {
    /// All that is known of a stay on each of its days.
    pub(super) fn facts(&self, stay: &StayFacts, days: &[Day]) -> Vec<Facts> {
        let mut of_stay = self.known.clone();
        of_stay.insert(Fact::Registered, i64::from(self.person.registered));
        if self.person.registered {
            of_stay.entry(Fact::Alive).or_insert(1);
        }
        let word = |fact: Fact, word: &str| (fact, fact.word_number(word).unwrap());
        let class = stay.hospital;
        let late = stay.discharged_on.days_until(stay.posted_on).max(0);
        of_stay.extend([
            word(Fact::HospitalLevel, class.level.as_str()),
            word(Fact::HospitalGrade, class.grade.as_str()),
            word(Fact::HospitalOwnership, class.ownership.as_str()),
            (Fact::AdmittedOn, stay.admitted_on.number()),
            (Fact::DischargedOn, stay.discharged_on.number()),
            (Fact::ClaimedAfter, late),
            (Fact::StayDays, i64::try_from(days.len()).unwrap()),
        ]);
        if let Some(code) = &stay.diagnosis {
            of_stay.insert(Fact::Diagnosis, diagnosis_value(code));
        }
        if let Some(charges) = stay.charges {
            of_stay.insert(Fact::CostTotal, charges.total.get());
            of_stay.insert(Fact::CostInsured, charges.insurance_paid.get());
            of_stay.insert(Fact::CostSelfPaid, charges.self_paid.get());
        }
        let n = &stay.nursing;
        let mut nursing = Vec::new();
        for (level, days) in [
            ("special", n.special),
            ("level_1", n.level_1),
            ("level_2", n.level_2),
            ("level_3", n.level_3),
        ] {
            for _ in 0..days {
                nursing.push(word(Fact::NursingLevel, level));
            }
        }
        let mut all = Vec::new();
        for (place, day) in days.iter().enumerate() {
            let mut facts = of_stay.clone();
            self.statuses(*day, &mut facts);
            if let Some(icu_days) = stay.icu_days {
                let intensive = place < usize::try_from(icu_days).unwrap();
                facts.insert(Fact::IntensiveCare, i64::from(intensive));
            }
            facts.extend(nursing.get(place).copied());
            all.push(facts);
        }
        all
    }

    fn statuses(&self, day: Day, facts: &mut Facts) {
        for (kind, held, since, grade) in [
            (
                StatusKind::ChildDied,
                Fact::ChildDied,
                Fact::ChildDiedFrom,
                None,
            ),
            (
                StatusKind::ChildDisabled,
                Fact::ChildDisabled,
                Fact::ChildDisabledFrom,
                Some(Fact::ChildDisabilityGrade),
            ),
            (
                StatusKind::SurgeryComplication,
                Fact::SurgeryComplication,
                Fact::SurgeryComplicationFrom,
                Some(Fact::ComplicationGrade),
            ),
        ] {
            facts.insert(held, 0);
            let mut best: Option<&StatusFacts> = None;
            for status in &self.person.statuses {
                let counts = self.person.registered
                    && status.confirmed
                    && status.kind == kind
                    && status.period.contains(day);
                let order =
                    |it: &StatusFacts| (it.grade.map(|grade| grade.get()), it.period.from());
                if counts && best.is_none_or(|best| order(status) < order(best)) {
                    best = Some(status);
                }
            }
            if let Some(best) = best {
                facts.insert(held, 1);
                facts.insert(since, best.period.from().number());
                if let (Some(fact), Some(grade)) = (grade, best.grade) {
                    facts.insert(fact, i64::from(grade.get()));
                }
            }
        }
    }
}
