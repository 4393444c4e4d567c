//! All that is known of a person whose claims are decided, and the decisions that come of it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sizhu_core::fact::{Fact, FactSet};
use sizhu_core::programme::RegistryPerson;
use sizhu_core::{
    Charges, ClaimDecision, ClaimId, Day, DecisionId, DivisionCode, ENGINE_VERSION, Fen,
    HospitalClass, HospitalId, KnownFacts, NursingDays, PersonFacts, Programme, ResidentId,
    SettledStay, StayFacts, StayStanding, SubjectId,
};
use sizhu_store::{
    StoreError, Tx, audit,
    claims::{self, Claim},
    decisions::{self, Decision, Matter},
    hospitals::{self, Histories},
    residents::{self, Resident},
    statuses::{self, Status},
    stays::{self, Stay},
};
use uuid::Uuid;

use super::super::closing::is_closing;
use super::super::knowing::{registry_person, status_facts};
use super::super::news::News;
use super::{Undecidable, same_result};
use crate::policies::PolicySet;
use crate::problem::Problem;

/// All that is known of a person, and the rows it was read from.
pub(in crate::service) struct Known {
    pub(super) subject: SubjectId,
    pub(super) resident: Option<Resident>,
    /// What the registry knows of them.
    person: Option<RegistryPerson>,
    pub(super) facts: PersonFacts,
    versions: Value,
    /// Claims that were corrected since they were posted, and when last.
    corrected: Vec<(ClaimId, DateTime<Utc>)>,
    /// Where the newest admission was.
    hospital_county: Option<DivisionCode>,
    /// The decisions in force.
    pub(super) before: Vec<Decision>,
}

/// What is read of some people at once.
struct Read {
    residents: Vec<Resident>,
    statuses: Vec<Status>,
    stays: Vec<Stay>,
    claims: Vec<Claim>,
    hospitals: Histories,
    decisions: Vec<Decision>,
}

impl Read {
    async fn load(tx: &mut Tx, subjects: &[SubjectId]) -> Result<Self, StoreError> {
        let residents = residents::of_subjects(tx, subjects).await?;
        let registered: Vec<ResidentId> = residents.iter().map(|it| it.id).collect();
        let claims = claims::of_subjects(tx, subjects).await?;
        let hospitals: Vec<HospitalId> = claims.iter().map(|it| it.hospital).collect();
        Ok(Self {
            residents,
            statuses: statuses::of_residents(tx, &registered).await?,
            stays: stays::of_subjects(tx, subjects).await?,
            claims,
            hospitals: hospitals::histories(tx, &hospitals).await?,
            decisions: decisions::current_of_subjects(tx, subjects).await?,
        })
    }
}

/// What is of one, in the order in which it was read.
fn take_own<T>(of_all: &mut Vec<T>, own: impl Fn(&T) -> bool) -> Vec<T> {
    let (own, others) = std::mem::take(of_all).into_iter().partition(own);
    *of_all = others;
    own
}

impl Known {
    /// Loads what is known of some people, in their order; as many questions as for one.
    ///
    /// # Errors
    /// What the store says.
    pub(in crate::service) async fn load_all(
        tx: &mut Tx,
        subjects: &[SubjectId],
    ) -> Result<Vec<Self>, StoreError> {
        let mut read = Read::load(tx, subjects).await?;
        let known = subjects.iter().map(|subject| Self::of(*subject, &mut read));
        known.collect()
    }

    fn of(subject: SubjectId, read: &mut Read) -> Result<Self, StoreError> {
        let resident = take_own(&mut read.residents, |it| it.subject == subject).pop();
        let id = resident.as_ref().map(|it| it.id);
        let statuses = take_own(&mut read.statuses, |it| Some(it.resident) == id);
        let stays = take_own(&mut read.stays, |it| it.subject == subject);
        let claims = take_own(&mut read.claims, |it| it.subject == subject);
        let mut facts = PersonFacts {
            registered: resident.is_some(),
            statuses: statuses.iter().filter_map(status_facts).collect(),
            stays: Vec::new(),
            settled: stays.iter().filter_map(settled_stay).collect(),
            facts: KnownFacts::default(),
        };
        let mut claim_versions = serde_json::Map::new();
        for claim in &claims {
            let Some(stay) = stays
                .iter()
                .find(|stay| stay.claim == claim.id && stay.counts())
            else {
                continue;
            };
            claim_versions.insert(claim.id.to_string(), json!(claim.version_id));
            let class = read.hospitals.class_on(claim.hospital, claim.admitted_on)?;
            let own = resident.as_ref();
            facts
                .stays
                .push(stay_facts(claim, stay.yields_day, own, class));
        }
        let status_versions: serde_json::Map<String, Value> = statuses
            .iter()
            .map(|status| (status.id.to_string(), json!(status.version_id)))
            .collect();
        let versions = json!({
            "resident_id": resident.as_ref().map(|resident| resident.id),
            "resident_version": resident.as_ref().map(|resident| resident.version),
            "status_versions": status_versions,
            "claim_versions": claim_versions,
        });
        let newest = claims.last();
        let county = newest.and_then(|claim| read.hospitals.county(claim.hospital));
        let corrected = claims.iter().filter(|claim| claim.version > 1);
        Ok(Self {
            subject,
            corrected: corrected.map(|claim| (claim.id, claim.said_at)).collect(),
            person: resident
                .as_ref()
                .map(|resident| registry_person(resident, &statuses)),
            resident,
            facts,
            versions,
            hospital_county: county.cloned(),
            before: take_own(&mut read.decisions, |it| it.subject == subject),
        })
    }

    /// Whether the person is in the registry.
    pub(in crate::service) const fn registered(&self) -> bool {
        self.resident.is_some()
    }

    /// The pack that the person's claims are decided under, once what it asks for is learnt; `None` of
    /// someone without stays.
    pub(super) fn rules(
        &mut self,
        policies: &PolicySet,
        today: Day,
    ) -> Result<Option<Arc<Programme>>, Problem> {
        if !self.has_stays() {
            return Ok(None);
        }
        let pack = self.pack(policies)?;
        self.learn(&pack, today);
        Ok(Some(pack))
    }

    /// Learns what else of the registry the programme asks for, and forgets what the stays cost if
    /// it does not: nothing is kept with a decision that the decision does not rest on.
    fn learn(&mut self, programme: &Programme, today: Day) {
        let asked = programme
            .starts()
            .map(|day| programme.facts_at(day))
            .fold(FactSet::EMPTY, FactSet::union);
        let costs = [Fact::CostTotal, Fact::CostInsured, Fact::CostSelfPaid];
        if !costs.iter().any(|fact| asked.has(*fact)) {
            for stay in &mut self.facts.stays {
                stay.charges = None;
            }
        }
        // Whether someone is registered or lives, and the statuses, are asked day by day.
        let by_day = [
            Fact::Registered,
            Fact::Alive,
            Fact::ChildDied,
            Fact::ChildDiedFrom,
            Fact::ChildDisabled,
            Fact::ChildDisabledFrom,
            Fact::ChildDisabilityGrade,
            Fact::SurgeryComplication,
            Fact::SurgeryComplicationFrom,
            Fact::ComplicationGrade,
        ];
        let by_day: FactSet = by_day.into_iter().collect();
        if let Some(person) = &self.person {
            let sheet = person.sheet_on(today);
            self.facts
                .facts
                .learn_from(&sheet, asked.minus(by_day).iter());
        }
    }

    /// The pack of the person's registered residence; of the hospital's place for someone who is
    /// in no registry, whose claim is refused under any pack.
    fn pack(&self, policies: &PolicySet) -> Result<Arc<Programme>, Problem> {
        let residence = self
            .resident
            .as_ref()
            .map(|resident| &resident.details.division);
        residence
            .or(self.hospital_county.as_ref())
            .and_then(|division| policies.hospital_care(division))
            .ok_or_else(|| Problem::internal(&Undecidable::NoPack(self.subject)))
    }

    /// Whether there is a stay that counts, or that an officer settled.
    fn has_stays(&self) -> bool {
        !(self.facts.stays.is_empty() && self.facts.settled.is_empty())
    }

    /// Whether a claim is decided by the core: its stay is the person's, and neither held nor withdrawn.
    pub(in crate::service) fn decides(&self, claim: ClaimId) -> bool {
        let mut settled = self.facts.settled.iter();
        self.facts.stays.iter().any(|stay| stay.claim == claim)
            || settled.any(|stay| stay.claim == claim)
    }

    /// Whether a decision was made on what its claim says now: otherwise it is restated at least.
    pub(super) fn is_on_present_version(&self, old: &Decision, claim: ClaimId) -> bool {
        if old.forgotten_at.is_some() {
            let mut corrected = self.corrected.iter();
            return !corrected.any(|(id, at)| *id == claim && *at > old.recorded_at);
        }
        let version = |versions: &Value| {
            let named = versions.get("claim_versions");
            named.and_then(|it| it.get(claim.to_string())).cloned()
        };
        old.facts.get("versions").and_then(version) == version(&self.versions)
    }

    /// The number of a claim's next decision. One that was corrected may have been decided on another
    /// person, also just now: `made` is not written yet.
    async fn next_number(
        &self,
        tx: &mut Tx,
        claim: ClaimId,
        old: Option<&Decision>,
        made: &[Decision],
    ) -> Result<i32, StoreError> {
        let last = match old {
            Some(old) => old.number,
            None if self.corrected.iter().any(|(id, _)| *id == claim) => {
                let written = decisions::last_number(tx, claim).await?;
                let on_claim = made.iter().filter(|it| it.matter == Matter::Claim(claim));
                on_claim.map(|it| it.number).fold(written, i32::max)
            }
            None => 0,
        };
        Ok(last.saturating_add(1))
    }

    pub(super) async fn decision(
        &self,
        tx: &mut Tx,
        claim: &ClaimDecision,
        old: Option<&Decision>,
        made: &[Decision],
        pack: &Programme,
        news: News<'_>,
    ) -> Result<Decision, Problem> {
        let before = old.map_or(Fen::ZERO, |old| old.amount);
        let difference = claim
            .amount
            .checked_sub(before)
            .ok_or_else(|| Problem::internal(&Undecidable::Amount))?;
        let facts = serde_json::to_value(&self.facts).map_err(|error| Problem::internal(&error))?;
        Ok(Decision {
            id: DecisionId::new(Uuid::now_v7()),
            matter: Matter::Claim(claim.claim),
            subject: self.subject,
            number: self.next_number(tx, claim.claim, old, made).await?,
            restates: old
                .filter(|old| same_result(old, claim) && !is_closing(old))
                .map(|old| old.restates.unwrap_or(old.id)),
            programme: pack.id().to_string(),
            cause: news.cause.to_owned(),
            outcome: claim.outcome,
            amount: claim.amount,
            difference,
            payable_days: claim.payable_days,
            by_year: claim.by_year.clone(),
            decided_on: news.today,
            policy_hash: pack.hash().as_str().to_owned(),
            policy_division: pack.nearest().clone(),
            policy_version: claim.policy_version.clone(),
            engine_version: ENGINE_VERSION.to_owned(),
            facts: json!({ "person": facts, "versions": self.versions }),
            trace: claim.trace.clone(),
            forgotten_at: None,
            details: None,
            recorded_at: news.now,
            superseded_at: None,
        })
    }

    /// The event of a decision on a claim; its division is that of the hospital where no registry knows
    /// the person.
    pub(super) fn event(&self, decision: &Decision) -> audit::Event {
        let claim = match decision.matter {
            Matter::Claim(claim) => Some(claim),
            Matter::Loan { .. } => None,
        };
        let unregistered = self.resident.is_none();
        audit::Event {
            kind: "decision.made",
            subject: Some(decision.subject),
            object: Some(decision.id.get()),
            division: self.hospital_county.clone().filter(|_| unregistered),
            details: json!({
                "claim_id": claim,
                "number": decision.number,
                "restates_id": decision.restates,
                "cause": decision.cause,
                "outcome": decision.outcome,
                "amount_fen": decision.amount,
                "difference_fen": decision.difference,
                "payable_days": decision.payable_days,
                "policy_hash": decision.policy_hash,
                "engine_version": decision.engine_version,
            }),
        }
    }
}

/// A counted stay, for the core. What was deleted of the claim is not known.
fn stay_facts(
    claim: &Claim,
    yields_day: bool,
    resident: Option<&Resident>,
    hospital: HospitalClass,
) -> StayFacts {
    let content = claim.content.as_ref();
    let names = resident.zip(content);
    StayFacts {
        claim: claim.id,
        admitted_on: claim.admitted_on,
        discharged_on: claim.discharged_on,
        yields_day,
        diagnosis: content.map(|it| it.diagnosis.code.clone()),
        nursing: content.map_or_else(NursingDays::default, |it| it.nursing),
        icu_days: content.map(|it| it.icu_days),
        hospital,
        name_matches: names.map(|(own, it)| own.details.name.matches(&it.patient_name)),
        posted_on: claim.posted_on,
        charges: content.map(|it| Charges {
            total: it.charges.total,
            insurance_paid: it.charges.insurance_paid,
            self_paid: it.charges.self_paid,
        }),
    }
}

/// A stay that an officer settled not to count, for the core.
fn settled_stay(stay: &Stay) -> Option<SettledStay> {
    let settled = SettledStay {
        claim: stay.claim,
        admitted_on: stay.admitted_on,
        discharged_on: stay.discharged_on,
        standing: stay.standing,
    };
    match stay.standing {
        StayStanding::Counted | StayStanding::Held | StayStanding::Withdrawn => None,
        StayStanding::NotCounted | StayStanding::Refused => Some(settled),
    }
}
