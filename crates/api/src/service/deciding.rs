//! Deciding: everything known of a person goes to the core, and what comes back that differs from
//! what was decided before is written, netted by year and settled, all in the transaction of the
//! news.

use std::sync::Arc;

use serde_json::{Value, json};
use sizhu_core::fact::{Fact, FactSet};
use sizhu_core::programme::RegistryPerson;
use sizhu_core::{
    Charges, ClaimDecision, ClaimId, ClauseResult, Day, DecisionId, DivisionCode, ENGINE_VERSION,
    Fen, HOSPITAL_CARE, HospitalClass, KnownFacts, NursingDays, PersonFacts, Programme,
    SettledStay, StayFacts, StayStanding, SubjectId, Trace, decide,
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

use super::adoption::to_decide_under;
use super::knowing::{registry_person, status_facts};
use super::news::News;
use super::settling::{self, Change};
use crate::policies::{Policies, PolicySet};
use crate::problem::Problem;

/// What the core found no way to price, or no pack to price under. Never the caller's fault.
#[derive(Debug, thiserror::Error)]
enum Undecidable {
    #[error("no policy pack for the division of subject {0}")]
    NoPack(SubjectId),
    #[error(transparent)]
    Engine(#[from] sizhu_core::EngineError),
    #[error("an amount is out of range")]
    Amount,
    #[error("subject {0} is owed money and not in the registry")]
    Unregistered(SubjectId),
}

/// Decides a person's claims anew and posts the difference. The subject is locked by the caller.
///
/// # Errors
/// What the store says; an internal problem when a stored stay cannot be priced.
pub async fn decide_person(
    tx: &mut Tx,
    policies: &Policies,
    subject: SubjectId,
    news: News<'_>,
) -> Result<(), Problem> {
    tx.as_decider(subject, async |tx| {
        // Most people never were in hospital: of them nothing else is read.
        if stays::of_subject(tx, subject).await?.is_empty() {
            return Ok(());
        }
        let set = to_decide_under(tx, policies, HOSPITAL_CARE, news).await?;
        let mut known = Known::load(tx, subject).await?;
        if known.facts.stays.is_empty() && known.facts.settled.is_empty() {
            return Ok(());
        }
        let pack = known.pack(&set, subject)?;
        known.learn(&pack, news.today);
        let decided = decide(&pack, &known.facts)
            .map_err(|error| Problem::internal(&Undecidable::Engine(error)))?;
        let before = decisions::current_of_subject(tx, subject).await?;
        let mut written = Vec::new();
        for claim in &decided {
            let old = before
                .iter()
                .find(|old| old.matter == Matter::Claim(claim.claim));
            let stands = |old: &Decision| {
                same_result(old, claim)
                    && same_reasons(&old.trace, &claim.trace)
                    && same_rules(old, &pack)
            };
            if old.is_some_and(stands) {
                continue;
            }
            let new = known.decision(subject, claim, old, &pack, news)?;
            written.push((old, new));
        }
        let new: Vec<&Decision> = written.iter().map(|(_, new)| new).collect();
        decisions::insert_all(tx, &new).await?;
        let events = decided.iter().filter_map(|claim| {
            let matter = Matter::Claim(claim.claim);
            let new = new.iter().find(|new| new.matter == matter)?;
            Some(known.event(claim.claim, new))
        });
        audit::record_all(tx, events.collect(), news.now).await?;
        let changes = changes(&written)?;
        if changes.is_empty() {
            return Ok(());
        }
        let Some(resident) = &known.resident else {
            return Err(Problem::internal(&Undecidable::Unregistered(subject)));
        };
        settling::settle(tx, resident, pack.id().as_str(), &changes, news).await
    })
    .await
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
        StayStanding::Counted | StayStanding::Held => None,
        StayStanding::NotCounted | StayStanding::Refused => Some(settled),
    }
}

/// Whether outcome, money and days are as before.
fn same_result(old: &Decision, new: &ClaimDecision) -> bool {
    old.outcome == new.outcome
        && old.amount == new.amount
        && old.payable_days == new.payable_days
        && old.by_year == new.by_year
}

/// Whether each clause came to what it came to before.
pub(super) fn same_reasons(old: &Trace, new: &Trace) -> bool {
    let results = |trace: &Trace| -> Vec<(String, ClauseResult)> {
        trace
            .0
            .iter()
            .map(|entry| (entry.clause.clone(), entry.result))
            .collect()
    };
    results(old) == results(new)
}

/// Whether the engine and the policy are those it was made with.
pub(super) fn same_rules(old: &Decision, pack: &Programme) -> bool {
    old.engine_version == ENGINE_VERSION && old.policy_hash == pack.hash().as_str()
}

/// All that is known of a person, and the rows it was read from.
struct Known {
    resident: Option<Resident>,
    /// What the registry knows of them.
    person: Option<RegistryPerson>,
    facts: PersonFacts,
    versions: Value,
    /// Where the newest admission was.
    hospital_county: Option<DivisionCode>,
}

impl Known {
    async fn load(tx: &mut Tx, subject: SubjectId) -> Result<Self, StoreError> {
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
        Ok(Self {
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
    fn pack(&self, policies: &PolicySet, subject: SubjectId) -> Result<Arc<Programme>, Problem> {
        let residence = self
            .resident
            .as_ref()
            .map(|resident| &resident.details.division);
        residence
            .or(self.hospital_county.as_ref())
            .and_then(|division| policies.hospital_care(division))
            .ok_or_else(|| Problem::internal(&Undecidable::NoPack(subject)))
    }

    fn decision(
        &self,
        subject: SubjectId,
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
            subject,
            number: old.map_or(1, |old| old.number.saturating_add(1)),
            restates: old
                .filter(|old| same_result(old, claim))
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

    fn event(&self, claim: ClaimId, decision: &Decision) -> audit::Event {
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

/// What the written decisions change, by calendar year of the days: each claim has its own
/// entitlement, but what changes is netted per person and year.
pub(super) fn changes<'a>(
    written: impl IntoIterator<Item = &'a (Option<&'a Decision>, Decision)>,
) -> Result<Vec<Change>, Problem> {
    let mut changes: Vec<Change> = Vec::new();
    let mut add = |year: i32, amount: Option<Fen>, decision: DecisionId| -> Option<()> {
        let amount = amount?;
        if let Some(change) = changes.iter_mut().find(|change| change.year == year) {
            change.difference = change.difference.checked_add(amount)?;
            change.decision = decision;
        } else {
            changes.push(Change {
                year,
                difference: amount,
                decision,
            });
        }
        Some(())
    };
    for (old, new) in written {
        let shares = new
            .by_year
            .iter()
            .map(|share| (share.year, Some(share.amount)));
        let undone = old.iter().flat_map(|old| &old.by_year);
        let undone = undone.map(|share| (share.year, share.amount.checked_neg()));
        for (year, amount) in shares.chain(undone) {
            if add(year, amount, new.id).is_none() {
                return Err(Problem::internal(&Undecidable::Amount));
            }
        }
    }
    changes.retain(|change| change.difference != Fen::ZERO);
    changes.sort_by_key(|change| change.year);
    Ok(changes)
}
