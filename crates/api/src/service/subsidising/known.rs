//! All that is known of a holder's loans, and the rows it was read from.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sizhu_core::fact::{Fact, FactSet};
use sizhu_core::loan::{self as core, HolderFacts, PrimeRates};
use sizhu_core::programme::Programme;
use sizhu_core::{Day, DivisionCode, HolderId, KnownFacts, LoanId, ResidentId, SubjectId};
use sizhu_store::{
    StoreError, Tx, loan_events,
    loans::{self, Loan},
    residents::{self, Resident},
    statuses::{self, Status},
};

use super::programme_id;
use crate::policies::PolicySet;
use crate::service::knowing::registry_person;
use crate::service::loans::core_loan;

/// A holder's loans with their events, and who borrowed.
pub struct Known {
    holder: HolderId,
    loans: Vec<(Loan, core::Loan)>,
    people: People,
}

/// Borrowers who are in the registry, with their statuses.
type People = BTreeMap<SubjectId, (Resident, Vec<Status>)>;

/// Those who borrowed some loans and are in the registry.
async fn borrowers(tx: &mut Tx, of: &[(HolderId, Loan)]) -> Result<People, StoreError> {
    let subjects: Vec<SubjectId> = of.iter().map(|(_, loan)| loan.subject).collect();
    let found = residents::of_subjects(tx, &subjects).await?;
    let ids: Vec<ResidentId> = found.iter().map(|resident| resident.id).collect();
    let mut statuses: BTreeMap<ResidentId, Vec<Status>> = BTreeMap::new();
    for status in statuses::of_residents(tx, &ids).await? {
        statuses.entry(status.resident).or_default().push(status);
    }
    let with_statuses = |resident: Resident| {
        let own = statuses.remove(&resident.id).unwrap_or_default();
        (resident.subject, (resident, own))
    };
    Ok(found.into_iter().map(with_statuses).collect())
}

impl Known {
    /// Loads what is known of a holder's loans; as it was known at an instant, if one is given. Of
    /// people, what is known now.
    ///
    /// # Errors
    /// What the store says.
    pub async fn load(
        tx: &mut Tx,
        holder: HolderId,
        known_at: Option<DateTime<Utc>>,
    ) -> Result<Self, StoreError> {
        let known = Self::load_all(tx, &[holder], known_at).await?;
        let found = known.into_iter().next();
        Ok(found.unwrap_or_else(|| Self::of_nothing(holder)))
    }

    /// As [`Known::load`] for some holders, in their order; as many questions as for one.
    ///
    /// # Errors
    /// What the store says.
    pub async fn load_all(
        tx: &mut Tx,
        holders: &[HolderId],
        known_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<Self>, StoreError> {
        let found = loans::of_holders(tx, holders, known_at).await?;
        let ids: Vec<LoanId> = found.iter().map(|(_, loan)| loan.id).collect();
        let mut events: BTreeMap<LoanId, Vec<core::LoanEvent>> = BTreeMap::new();
        for it in loan_events::of_loans(tx, &ids, known_at).await? {
            events.entry(it.loan).or_default().push(it.event);
        }
        let people = borrowers(tx, &found).await?;
        let mut known: Vec<Self> = holders.iter().copied().map(Self::of_nothing).collect();
        let place: BTreeMap<HolderId, usize> = (holders.iter().copied().enumerate())
            .map(|(place, holder)| (holder, place))
            .collect();
        for (holder, loan) in found {
            let of = place.get(&holder).and_then(|place| known.get_mut(*place));
            let Some(of) = of else {
                continue;
            };
            if let Some(person) = people.get(&loan.subject) {
                of.people.insert(loan.subject, person.clone());
            }
            let mut whole = core_loan(&loan);
            whole.events = events.remove(&loan.id).unwrap_or_default();
            of.loans.push((loan, whole));
        }
        Ok(known)
    }

    const fn of_nothing(holder: HolderId) -> Self {
        Self {
            holder,
            loans: Vec::new(),
            people: BTreeMap::new(),
        }
    }

    /// The loans.
    pub(super) fn ids(&self) -> Vec<LoanId> {
        self.loans.iter().map(|(loan, _)| loan.id).collect()
    }

    /// Who borrowed.
    pub(super) fn borrowers(&self) -> impl Iterator<Item = SubjectId> {
        self.loans.iter().map(|(loan, _)| loan.subject)
    }

    pub(super) fn resident(&self, person: SubjectId) -> Option<&Resident> {
        self.people.get(&person).map(|(resident, _)| resident)
    }

    pub(super) fn subject_of(&self, id: LoanId) -> Option<SubjectId> {
        let found = self.loans.iter().find(|(loan, _)| loan.id == id);
        found.map(|(loan, _)| loan.subject)
    }

    fn residence_of(&self, id: LoanId) -> Option<&DivisionCode> {
        let resident = self.resident(self.subject_of(id)?)?;
        Some(&resident.details.division)
    }

    pub(super) fn county_of(&self, id: LoanId) -> Option<DivisionCode> {
        self.residence_of(id)?.county()
    }

    pub(super) fn county_of_person(&self, person: SubjectId) -> Option<DivisionCode> {
        self.resident(person)?.details.division.county()
    }

    /// The programme as it holds where the borrower of a loan is registered; `None` for one in no
    /// registry, or a place without it.
    #[must_use]
    pub fn programme_of(&self, id: LoanId, set: &PolicySet) -> Option<Arc<Programme>> {
        set.resolve(self.residence_of(id)?, &programme_id()?)
    }

    /// The programmes that hold for the borrowers of a county, each once.
    pub(super) fn programmes_in(
        &self,
        county: &DivisionCode,
        set: &PolicySet,
    ) -> Vec<Arc<Programme>> {
        let own = self.ids().into_iter();
        let own = own.filter(|id| self.county_of(*id).as_ref() == Some(county));
        let mut found: Vec<Arc<Programme>> = Vec::new();
        for programme in own.filter_map(|id| self.programme_of(id, set)) {
            if !found.iter().any(|it| it.hash() == programme.hash()) {
                found.push(programme);
            }
        }
        found
    }

    /// What the core is told: the loans, the rates they may rest on, and what else of the registry
    /// the programme asks for, of who borrowed first.
    #[must_use]
    pub fn facts(&self, programme: &Programme, on: Day, rates: &PrimeRates) -> HolderFacts {
        let asked = programme
            .starts()
            .map(|day| programme.facts_at(day))
            .fold(FactSet::EMPTY, FactSet::union);
        let of_the_loan: FactSet = [Fact::FamilyKeptPolicy].into_iter().collect();
        let mut facts = KnownFacts::default();
        let first = self
            .loans
            .iter()
            .find_map(|(loan, _)| self.people.get(&loan.subject));
        if let Some((resident, statuses)) = first {
            let sheet = registry_person(resident, statuses).sheet_on(on);
            facts.learn_from(&sheet, asked.minus(of_the_loan).iter());
        }
        let loans = self.loans.iter().map(|(_, whole)| whole.clone()).collect();
        HolderFacts::with_rates(self.holder, facts, loans, rates)
    }

    /// The rows it was read from.
    pub(super) fn versions(&self) -> Value {
        let versions: serde_json::Map<String, Value> = self
            .loans
            .iter()
            .map(|(loan, _)| (loan.id.to_string(), json!(loan.version_id)))
            .collect();
        let residents: serde_json::Map<String, Value> = (self.people.values())
            .map(|(resident, _)| (resident.id.to_string(), json!(resident.version)))
            .collect();
        json!({ "loan_versions": versions, "resident_versions": residents })
    }
}
