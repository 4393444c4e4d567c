//! All that is known of a person whose claims are decided, and the decisions that come of it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sizhu_core::fact::{Fact, FactSet};
use sizhu_core::programme::RegistryPerson;
use sizhu_core::{
    Charges, ClaimDecision, ClaimId, Day, DecisionId, DivisionCode, ENGINE_VERSION, Fen,
    HospitalClass, KnownFacts, NursingDays, PersonFacts, Programme, SettledStay, StayFacts,
    StayStanding, SubjectId,
};
use sizhu_store::{
    StoreError, Tx, audit, claims,
    claims::Claim,
    decisions,
    decisions::{Decision, Matter},
    hospitals, residents,
    residents::Resident,
    statuses, stays,
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
    subject: SubjectId,
    pub(super) resident: Option<Resident>,
    /// What the registry knows of them.
    person: Option<RegistryPerson>,
    pub(super) facts: PersonFacts,
    versions: Value,
    /// Claims that were corrected since they were posted, and when last.
    corrected: Vec<(ClaimId, DateTime<Utc>)>,
    /// Where the newest admission was.
    hospital_county: Option<DivisionCode>,
}

impl Known {
    pub(super) async fn load(tx: &mut Tx, subject: SubjectId) -> Result<Self, StoreError> {
        let resident = residents::find_by_subject(tx, subject).await?;
        let statuses = match &resident {
            Some(resident) => statuses::of_resident(tx, resident.id).await?,
            None => Vec::new(),
        };
        let stays = stays::of_subject(tx, subject).await?;
        let claims = claims::of_subject(tx, subject).await?;
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
            let class = hospitals::class_on(tx, claim.hospital, claim.admitted_on).await?;
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
        let hospital_county = match claims.last() {
            Some(claim) => hospitals::find(tx, claim.hospital)
                .await?
                .map(|it| it.county),
            None => None,
        };
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
            hospital_county,
        })
    }

    /// Learns what else of the registry the programme asks for, and forgets what the stays cost if
    /// it does not: nothing is kept with a decision that the decision does not rest on.
    pub(super) fn learn(&mut self, programme: &Programme, today: Day) {
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
    pub(super) fn pack(
        &self,
        policies: &PolicySet,
        subject: SubjectId,
    ) -> Result<Arc<Programme>, Problem> {
        let residence = self
            .resident
            .as_ref()
            .map(|resident| &resident.details.division);
        residence
            .or(self.hospital_county.as_ref())
            .and_then(|division| policies.hospital_care(division))
            .ok_or_else(|| Problem::internal(&Undecidable::NoPack(subject)))
    }

    /// Whether there is a stay that counts, or that an officer settled.
    pub(super) fn has_stays(&self) -> bool {
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
    /// person.
    async fn next_number(
        &self,
        tx: &mut Tx,
        claim: ClaimId,
        old: Option<&Decision>,
    ) -> Result<i32, StoreError> {
        let last = match old {
            Some(old) => old.number,
            None if self.corrected.iter().any(|(id, _)| *id == claim) => {
                decisions::last_number(tx, claim).await?
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
            number: self.next_number(tx, claim.claim, old).await?,
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
fn settled_stay(stay: &stays::Stay) -> Option<SettledStay> {
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
