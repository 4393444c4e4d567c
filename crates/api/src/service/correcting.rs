//! Correcting: a hospital says what it claimed anew, or withdraws it. The stay is placed again, and
//! whoever is touched by it is decided again.

use serde_json::json;
use sizhu_core::{ClaimId, HospitalId, StayStanding, SubjectId};
use sizhu_store::{
    Actor, Constraint, PersonIndex, Store, StoreError, Tx, audit,
    claims::{self, Claim},
    hospitals::{self, Hospital},
    idempotency::{Answer, Request},
    residents, stays,
    stays::Stay,
    subjects,
};
use uuid::Uuid;

use super::claims::{
    Audience, CHANNEL, ClaimState, Incomplete, NewClaim, check_days, differs, state,
};
use super::deciding::decide_people;
use super::desk::state_conflict;
use super::news::News;
use super::once::once;
use super::placing::place_again;
use crate::policies::Policies;
use crate::problem::Problem;

/// What an act on a claim of a hospital needs.
#[derive(Clone, Copy)]
pub struct Ward<'a> {
    /// The store.
    pub store: &'a Store,
    /// The packs.
    pub policies: &'a Policies,
    /// The actor of the transaction.
    pub actor: &'a Actor,
    /// The hospital, from its token.
    pub hospital: HospitalId,
    /// When.
    pub news: News<'a>,
}

/// Corrects a claim: what is said now takes the place of what was said, also of whose stay it was. One
/// that was withdrawn counts again. The same content again changes nothing.
///
/// # Errors
/// 404 when the hospital has no such claim, 409 that names the other claim when it has one on the
/// admission, what `seen` says of its version, 422 for days that do not add up.
pub async fn correct(
    ward: Ward<'_>,
    id: ClaimId,
    new: NewClaim,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<ClaimState, Problem> {
    let work = async |tx: &mut Tx| {
        let hospital = hospitals::find(tx, ward.hospital).await?;
        let county = hospital.as_ref().map(|it| &it.county);
        check_days(ward.policies, county, &new.content)?;
        let index = tx.keys().person_index(&new.citizen_id);
        let mut act = ward.open(tx, id, Some(index)).await?;
        seen(act.state.version())?;
        let claim = &act.state.claim;
        let says_something = claim.withdrawn_because.is_none() && claim.content.is_some();
        if claim.fingerprint == new.fingerprint && says_something {
            return Ok(act.state);
        }
        let next = Claim {
            subject: act.subject,
            medical_record_no: new.medical_record_no,
            withdrawn_because: None,
            fingerprint: new.fingerprint.to_vec(),
            admitted_on: new.content.admitted_on,
            discharged_on: new.content.discharged_on,
            content: Some(new.content),
            ..act.next()
        };
        replace(tx, &next).await?;
        act.take_out(tx, &next, StayStanding::Held).await?;
        act.settle(tx, "claim.corrected", hospital, next).await
    };
    ward.store.transaction(ward.actor, work).await
}

/// Withdraws a claim, once under its key, and answers what `render` makes of it. It counts for no day
/// from then on, and stays on record.
///
/// # Errors
/// As for any request under a key; 404 when the hospital has no such claim, 409 when it was withdrawn,
/// and what `seen` says of its version.
pub async fn withdraw_once(
    ward: Ward<'_>,
    request: &Request<'_>,
    id: ClaimId,
    because: String,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
    render: impl FnOnce(&ClaimState) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    let work = async |tx: &mut Tx| {
        let mut act = ward.open(tx, id, None).await?;
        if act.state.claim.withdrawn_because.is_some() {
            return Err(state_conflict("已经撤销。", "The claim was withdrawn."));
        }
        seen(act.state.version())?;
        let hospital = hospitals::find(tx, ward.hospital).await?;
        let next = Claim {
            withdrawn_because: Some(because),
            ..act.next()
        };
        replace(tx, &next).await?;
        act.take_out(tx, &next, StayStanding::Withdrawn).await?;
        render(&act.settle(tx, "claim.withdrawn", hospital, next).await?)
    };
    once(ward.store, ward.actor, Some(request), ward.news.now, work).await
}

/// A claim being changed: nobody else changes it, and all whom it touches are locked.
struct Act<'a> {
    /// The ward, as of after the locks.
    ward: Ward<'a>,
    /// As it stands.
    state: ClaimState,
    /// Whose stay it is to be.
    subject: SubjectId,
    /// Their blind index.
    index: PersonIndex,
    /// How the stay was settled, on what is no longer said.
    dropped: Option<Uuid>,
}

impl<'a> Ward<'a> {
    /// Opens the act: the hospital's claims stand still, and then the person it was claimed of and the
    /// one it is to be of are locked, as everyone locks several.
    async fn open(
        self,
        tx: &mut Tx,
        id: ClaimId,
        index: Option<PersonIndex>,
    ) -> Result<Act<'a>, Problem> {
        claims::alone(tx, self.hospital).await?;
        let before = self.own(tx, id).await?.subject;
        let before = subjects::index_of(tx, before).await?;
        let index = index.unwrap_or(before);
        let mut people = vec![before];
        people.extend((index != before).then_some(index));
        let locked = subjects::lock_all(tx, &people, self.news.now).await?;
        let subject = locked.last().copied();
        let claim = self.own(tx, id).await?;
        Ok(Act {
            ward: Ward {
                news: self.news.after_waiting(),
                ..self
            },
            subject: subject.ok_or_else(|| Problem::internal(&Incomplete(id)))?,
            state: state(tx, claim, Audience::Hospital).await?,
            index,
            dropped: None,
        })
    }

    /// The claim as it stands, if it is the hospital's own.
    async fn own(&self, tx: &mut Tx, id: ClaimId) -> Result<Claim, Problem> {
        let found = claims::find(tx, id).await?;
        let found = found.filter(|claim| claim.hospital == self.hospital);
        found.ok_or_else(Problem::not_found)
    }
}

impl Act<'_> {
    /// The next version of the claim, as of now.
    fn next(&self) -> Claim {
        let claim = &self.state.claim;
        Claim {
            version: claim.version.saturating_add(1),
            version_id: Uuid::now_v7(),
            said_at: self.ward.news.now,
            channel: CHANNEL.to_owned(),
            ..claim.clone()
        }
    }

    /// Takes the stay out of where it stands, unless it is of the same person and days and stands where a
    /// correction leaves it: then an officer's word on it holds.
    async fn take_out(
        &mut self,
        tx: &mut Tx,
        next: &Claim,
        standing: StayStanding,
    ) -> Result<(), StoreError> {
        let before = self.state.stay;
        let stay = Stay {
            subject: next.subject,
            admitted_on: next.admitted_on,
            discharged_on: next.discharged_on,
            standing,
            yields_day: false,
            resolution: None,
            ..before
        };
        let withdrawn = StayStanding::Withdrawn;
        let same = before.subject == stay.subject
            && (before.admitted_on, before.discharged_on) == (stay.admitted_on, stay.discharged_on)
            && (before.standing == withdrawn) == (standing == withdrawn);
        if same {
            return Ok(());
        }
        self.dropped = before.resolution;
        stays::take_out(tx, &stay, self.index).await
    }

    /// Places the stays of all whom the change touches again, records the news of each, and decides
    /// them anew. The one it was claimed of comes first: what they lose is not what the other gets.
    async fn settle(
        self,
        tx: &mut Tx,
        kind: &'static str,
        hospital: Option<Hospital>,
        next: Claim,
    ) -> Result<ClaimState, Problem> {
        let before = self.state.claim.subject;
        let mut people = vec![before];
        people.extend((next.subject != before).then_some(next.subject));
        for subject in &people {
            let first = (*subject == next.subject).then_some(next.id);
            let placed = tx.as_decider(*subject, async |tx| {
                let freed = place_again(tx, *subject, first, self.dropped).await?;
                let registered = residents::find_by_subject(tx, *subject).await?.is_some();
                Ok::<_, Problem>((freed, registered))
            });
            let (freed, registered) = placed.await?;
            let stay = stays::find(tx, next.id).await?;
            let county = hospital.as_ref().map(|hospital| hospital.county.clone());
            let event = audit::Event {
                kind,
                subject: Some(*subject),
                object: Some(next.id.get()),
                division: county.filter(|_| !registered),
                details: json!({
                    "hospital_id": next.hospital,
                    "claim_version_id": next.version_id,
                    "version": next.version,
                    "counted": *subject == next.subject && stay.is_some_and(|it| it.counts()),
                    "other_patient": next.subject != before,
                    "now_counted": freed.counted,
                    "now_unsettled": freed.reopened,
                    "dropped_resolution_id": self.dropped,
                }),
            };
            audit::record(tx, event, self.ward.news.now).await?;
        }
        decide_people(tx, self.ward.policies, &people, self.ward.news).await?;
        state(tx, next, Audience::Hospital).await
    }
}

/// Records a version; on an admission on which the hospital has another claim, a problem that names
/// that.
async fn replace(tx: &mut Tx, next: &Claim) -> Result<(), Problem> {
    let replaced = tx
        .attempt(async |tx| claims::replace(tx, next).await)
        .await?;
    let Err(error) = replaced else {
        return Ok(());
    };
    if error.constraint() != Some(Constraint::ClaimKey) {
        return Err(error.into());
    }
    let (number, day) = (&next.medical_record_no, next.admitted_on);
    let there = claims::find_by_natural_key(tx, next.hospital, number, day).await?;
    // It may have gone on meanwhile; then the caller asks again.
    let there = there.ok_or(StoreError::LockTimeout)?;
    Err(differs(there.id))
}
