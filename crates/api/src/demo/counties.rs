//! One county after another: its people in groups, each group one transaction, then their claims and
//! loans. What an earlier start did is found, and not done again.

use std::collections::HashSet;

use anyhow::Context as _;
use sizhu_core::{CitizenId, DivisionCode, ResidentId};
use sizhu_store::residents::Resident;
use sizhu_store::statuses::Status;
use sizhu_store::{Actor, StoreError, Tx, residents, statuses, subjects};

use super::clients;
use super::load::Load;
use super::plan::{County, Fate, Member, People, PlannedClaim};
use crate::problem::Problem;
use crate::service::claims::NewClaim;
use crate::service::posting;
use crate::service::residents::{self as resident_service, Newcomer, Registered};
use crate::service::statuses::{self as status_service, Desk};

/// People in one transaction: a commit for each would take longer than all else.
const GROUP: usize = 100;

impl Load {
    /// Loads a county: the same claims meet the same balance at each first start. Told to stop, it
    /// stops after a group.
    pub(super) async fn county(&self, county: &County, people: &People) -> anyhow::Result<()> {
        self.budget(county).await?;
        for group in people.members.chunks(GROUP) {
            if self.is_stopped() {
                return Ok(());
            }
            self.group(&county.code, group).await?;
            self.progress.add(u64::try_from(group.len())?);
        }
        for claim in &people.claims {
            if self.is_stopped() {
                return Ok(());
            }
            self.claim(claim).await?;
        }
        self.loans(county, &people.members).await
    }

    /// Registers some people with their statuses as the county's officer, and proposes statuses as
    /// the officers of villages.
    async fn group(&self, county: &DivisionCode, group: &[Member]) -> Result<(), Problem> {
        let officer = clients::officer(county);
        let work = async |tx: &mut Tx| self.members(tx, &officer, county, group).await;
        for (member, resident) in self.state.store.transaction(&officer, work).await? {
            let village = &member.details.division;
            let actor = clients::officer(village);
            let desk = self.desk(&actor, village, "status.posted");
            status_service::post(desk, resident, member.status.clone()).await?;
        }
        Ok(())
    }

    /// Answers whose status a village is still to propose.
    async fn members<'a>(
        &self,
        tx: &mut Tx,
        officer: &Actor,
        county: &DivisionCode,
        group: &'a [Member],
    ) -> Result<Vec<(&'a Member, ResidentId)>, Problem> {
        let keys = tx.keys();
        let index = |member: &Member| keys.person_index(&member.citizen_id);
        let indices: Vec<_> = group.iter().map(index).collect();
        let known: HashSet<_> = subjects::registered_of(tx, &indices)
            .await?
            .into_iter()
            .collect();
        let mut proposed = Vec::new();
        for (member, index) in group.iter().zip(indices) {
            let found = if known.contains(&index) {
                find(tx, &member.citizen_id).await?
            } else {
                None
            };
            let (resident, status) = match found {
                Some(found) => found,
                None => (self.register(tx, county, member).await?, None),
            };
            let posting = self.desk(officer, county, "status.posted");
            let status = match (status, member.fate) {
                (Some(status), _) => status,
                (None, Fate::Proposed) => {
                    proposed.push((member, resident.id));
                    continue;
                }
                (None, Fate::Confirmed | Fate::Ended(_)) => {
                    let said = member.status.clone();
                    status_service::post_on(tx, posting, &resident, said, "officer").await?
                }
            };
            if let (Fate::Ended(ending), None) = (member.fate, status.ending) {
                let desk = self.desk(officer, county, "status.ended");
                let seen = |_| Ok(());
                status_service::end_in(tx, desk, resident.id, status.id, ending, seen).await?;
            }
        }
        Ok(proposed)
    }

    async fn register(
        &self,
        tx: &mut Tx,
        county: &DivisionCode,
        member: &Member,
    ) -> Result<Resident, Problem> {
        let newcomer = Newcomer {
            citizen_id: member.citizen_id.clone(),
            details: member.details.clone(),
            channel: "officer",
        };
        let news = self.state.news("resident.registered");
        let policies = &self.state.policies;
        let registered = resident_service::register_in(tx, policies, county, newcomer, news);
        let (Registered::New(resident) | Registered::Known(resident)) = registered.await?;
        Ok(resident)
    }

    fn desk<'a>(
        &'a self,
        actor: &'a Actor,
        division: &'a DivisionCode,
        cause: &'static str,
    ) -> Desk<'a> {
        Desk {
            store: &self.state.store,
            policies: &self.state.policies,
            actor,
            division,
            news: self.state.news(cause),
        }
    }

    /// Posts a claim, as its hospital, on a stay that has ended. Posted before, it is answered
    /// with the claim there is.
    pub(super) async fn claim(&self, planned: &PlannedClaim) -> anyhow::Result<()> {
        let news = self.state.news("claim.posted");
        if planned.content.discharged_on >= news.today {
            return Ok(());
        }
        let at = planned.hospital;
        let hospitals = self.plan.hospitals.get(at).zip(self.hospitals.get(at));
        let (hospital, &id) = hospitals.context("a claim of no hospital")?;
        let form = sizhu_store::canonical(&planned.form())?;
        let new = NewClaim {
            hospital: id,
            citizen_id: planned.citizen_id.clone(),
            medical_record_no: planned.medical_record_no.clone(),
            content: planned.content.clone(),
            fingerprint: self
                .state
                .store
                .keys()
                .fingerprint(&[b"hospital-claim", &form]),
            channel: "hospital",
        };
        let actor = clients::hospital(at, &hospital.national_code, id);
        let work = async |tx: &mut Tx| posting::post(tx, &self.state.policies, new, news).await;
        let posted = self.state.store.transaction(&actor, work).await;
        posted.with_context(|| format!("claim {}", planned.medical_record_no))?;
        Ok(())
    }
}

/// Someone an earlier start has registered, with the status it posted.
pub(super) async fn find(
    tx: &mut Tx,
    citizen_id: &CitizenId,
) -> Result<Option<(Resident, Option<Status>)>, StoreError> {
    let index = tx.keys().person_index(citizen_id);
    let Some(subject) = subjects::find(tx, index).await? else {
        return Ok(None);
    };
    let Some(resident) = residents::find_by_subject(tx, subject).await? else {
        return Ok(None);
    };
    let known = statuses::of_resident(tx, resident.id).await?;
    Ok(Some((resident, known.into_iter().next())))
}
