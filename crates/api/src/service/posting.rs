//! Posting: claims on different people are recorded, placed and decided together. What is wrong with one
//! is the problem of all: whoever posted several takes them back and posts each by itself.

use serde_json::json;
use sizhu_core::{ClaimId, DivisionCode, HospitalId, SubjectId};
use sizhu_store::{
    Actor, PersonIndex, Tx, audit,
    claims::{self, Claim},
    decisions::{Decision, Matter},
    hospitals,
    idempotency::{Answer, Patience, Request},
    stays::Stay,
    subjects,
};
use uuid::Uuid;

use super::claims::{Audience, ClaimState, NewClaim, POSTED, Posted, check_days, known};
use super::deciding::{Known, decide_known};
use super::news::News;
use super::once::{Answered, once_all};
use super::placing::place_all;
use crate::policies::Policies;
use crate::problem::Problem;

/// A claim, and who posts it.
#[derive(Clone)]
pub struct Posting {
    /// Who: it is recorded under them.
    pub by: Actor,
    /// The claim.
    pub claim: NewClaim,
}

/// Whether two postings have to be recorded one after the other.
pub(super) fn clash(one: &NewClaim, other: &NewClaim) -> bool {
    one.citizen_id == other.citizen_id
}

/// Splits what comes in an order into groups that keep it, in each of which no two clash.
pub(super) fn apart<T>(all: Vec<T>, clash: impl Fn(&T, &T) -> bool) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    for it in all {
        match groups.last_mut() {
            Some(group) if !group.iter().any(|other| clash(other, &it)) => group.push(it),
            _ => groups.push(vec![it]),
        }
    }
    groups
}

/// Records a claim, counts or holds its stay, and decides everything it touches.
///
/// # Errors
/// 409 that names the claim already posted for the admission, when its content differs; 422 for days
/// that do not add up.
pub async fn post(
    tx: &mut Tx,
    policies: &Policies,
    claim: NewClaim,
    news: News<'_>,
) -> Result<Posted, Problem> {
    let by = tx.actor().clone();
    let posted = post_all(tx, policies, vec![Posting { by, claim }], news).await?;
    let posted = posted.into_iter().next();
    posted.ok_or_else(|| Problem::internal(&Lost))
}

#[derive(Debug, thiserror::Error)]
#[error("a posted claim was lost")]
struct Lost;

/// Posts claims under their keys, as [`post_all`]; answers what `render` makes of each, in their order.
/// No two are under one key.
///
/// # Errors
/// As [`post_all`], and those of requests under a key.
pub(super) async fn post_once(
    tx: &mut Tx,
    policies: &Policies,
    postings: Vec<(&Request<'_>, Posting)>,
    patience: Patience,
    news: News<'_>,
    render: impl Fn(usize, &Posted) -> Result<Answer, Problem>,
) -> Result<Vec<Answered>, Problem> {
    let requests: Vec<&Request<'_>> = postings.iter().map(|(request, _)| *request).collect();
    let work = async |tx: &mut Tx, first: &[usize]| {
        let new = postings.into_iter().enumerate();
        let new = new.filter(|(place, _)| first.contains(place));
        let new = new.map(|(_, (_, posting))| posting).collect();
        let posted = post_all(tx, policies, new, news).await?;
        let rendered = first.iter().zip(&posted);
        rendered
            .map(|(place, posted)| render(*place, posted))
            .collect()
    };
    once_all(tx, &requests, patience, news.now, work).await
}

/// Records claims on people who are each another, counts or holds their stays, and decides everything
/// they touch. Answers in their order.
///
/// # Errors
/// As [`post`], for any of them.
pub async fn post_all(
    tx: &mut Tx,
    policies: &Policies,
    new: Vec<Posting>,
    news: News<'_>,
) -> Result<Vec<Posted>, Problem> {
    let of: Vec<HospitalId> = new.iter().map(|it| it.claim.hospital).collect();
    let hospitals = hospitals::histories(tx, &of).await?;
    for Posting { claim, .. } in &new {
        check_days(policies, hospitals.county(claim.hospital), &claim.content)?;
    }
    let keys = tx.keys();
    let index = |it: &Posting| keys.person_index(&it.claim.citizen_id);
    let people: Vec<PersonIndex> = new.iter().map(index).collect();
    let subjects = subjects::lock_all(tx, &people, news.now).await?;
    let news = news.after_waiting();
    let mut all = Vec::with_capacity(new.len());
    for (Posting { by, claim }, subject) in new.into_iter().zip(subjects) {
        tx.act_on(subject, by);
        all.push(first_version(claim, subject, news));
    }
    let recorded = claims::try_insert_all(tx, &all).await?;
    let indexed = all.iter().zip(people);
    let recorded: Vec<(&Claim, PersonIndex)> = indexed
        .filter(|(claim, _)| recorded.contains(&claim.id))
        .collect();
    let mut decided = Decided::default();
    if !recorded.is_empty() {
        let county = |claim: &Claim| hospitals.county(claim.hospital).cloned();
        decided = decide(tx, policies, &recorded, county, news).await?;
    }
    let mut posted = Vec::with_capacity(all.len());
    for claim in all {
        posted.push(match decided.stay(claim.id) {
            Some(stay) => Posted::New(decided.state(claim, stay)),
            None => Posted::Known(known(tx, &claim).await?),
        });
    }
    Ok(posted)
}

/// A claim as it is posted.
fn first_version(new: NewClaim, subject: SubjectId, news: News<'_>) -> Claim {
    Claim {
        id: ClaimId::new(Uuid::now_v7()),
        subject,
        hospital: new.hospital,
        medical_record_no: new.medical_record_no,
        posted_on: news.today,
        posted_at: news.now,
        version: 1,
        version_id: Uuid::now_v7(),
        said_at: news.now,
        channel: new.channel.to_owned(),
        withdrawn_because: None,
        fingerprint: new.fingerprint.to_vec(),
        admitted_on: new.content.admitted_on,
        discharged_on: new.content.discharged_on,
        content: Some(new.content),
    }
}

/// What became of recorded claims.
#[derive(Default)]
struct Decided {
    stays: Vec<Stay>,
    decisions: Vec<Decision>,
}

impl Decided {
    fn stay(&self, claim: ClaimId) -> Option<Stay> {
        self.stays.iter().find(|it| it.claim == claim).copied()
    }

    /// A claim as its hospital is told. Nothing was decided on it before.
    fn state(&self, claim: Claim, stay: Stay) -> ClaimState {
        let mut decisions = self.decisions.iter();
        let decision = decisions.find(|it| it.matter == Matter::Claim(claim.id));
        ClaimState {
            decision: decision.cloned(),
            claim,
            stay,
            audience: Audience::Hospital,
            resolution: None,
            resident: None,
        }
    }
}

/// Places and decides claims that were just recorded.
async fn decide(
    tx: &mut Tx,
    policies: &Policies,
    recorded: &[(&Claim, PersonIndex)],
    county: impl Fn(&Claim) -> Option<DivisionCode>,
    news: News<'_>,
) -> Result<Decided, Problem> {
    let subjects: Vec<SubjectId> = recorded.iter().map(|(claim, _)| claim.subject).collect();
    let work = async |tx: &mut Tx| {
        let stays = place_all(tx, recorded, news).await?;
        let known = Known::load_all(tx, &subjects).await?;
        let mut events = Vec::with_capacity(recorded.len());
        for ((claim, _), (stay, known)) in recorded.iter().zip(stays.iter().zip(&known)) {
            // Of someone in no registry the hospital's place is told.
            let division = county(claim).filter(|_| !known.registered());
            events.push(event(claim, stay, division));
        }
        let decisions = decide_known(tx, policies, known, events, news).await?;
        Ok::<_, Problem>(Decided { stays, decisions })
    };
    tx.as_decider_of(&subjects, work).await
}

fn event(claim: &Claim, stay: &Stay, division: Option<DivisionCode>) -> audit::Event {
    audit::Event {
        kind: POSTED,
        subject: Some(claim.subject),
        object: Some(claim.id.get()),
        division,
        details: json!({
            "hospital_id": claim.hospital,
            "claim_version_id": claim.version_id,
            "counted": stay.counts(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn what_clashes_is_done_one_after_the_other_and_all_in_order() {
        let same_letter = |one: &&str, other: &&str| one.get(..1) == other.get(..1);
        let groups = apart(vec!["a1", "b1", "a2", "c1", "c2"], same_letter);
        assert_eq!(groups, [vec!["a1", "b1"], vec!["a2", "c1"], vec!["c2"]]);
        assert!(apart(Vec::<&str>::new(), same_letter).is_empty());
    }
}
