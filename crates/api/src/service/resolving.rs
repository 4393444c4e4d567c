//! Resolving: an officer settles a held stay. It counts in the place of those it overlaps, or it does
//! not, or it is refused; all that this touches is decided anew in the same transaction.

use serde_json::json;
use sizhu_core::{
    ClaimId, DivisionCode, PlacedStay, Resolution, StayStanding, SubjectId, let_count,
};
use sizhu_store::{
    Actor, Store, Tx, audit,
    claims::{self, Scope},
    idempotency::{Answer, Request},
    stays::{self, NewResolution, Settled, Stay},
    subjects,
};
use uuid::Uuid;

use super::claims::{Audience, ClaimState, state};
use super::deciding::decide_person;
use super::desk::state_conflict;
use super::news::News;
use super::once::once;
use crate::policies::Policies;
use crate::problem::{Problem, Text};

/// How a held stay is to be settled.
#[derive(Clone, Debug)]
pub struct Said {
    /// The claim.
    pub claim: ClaimId,
    /// How.
    pub outcome: Resolution,
    /// Why, in the officer's words.
    pub reason: String,
}

/// The officer, and what an act needs.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// The store.
    pub store: &'a Store,
    /// The packs.
    pub policies: &'a Policies,
    /// The actor of the transaction.
    pub actor: &'a Actor,
    /// The officer's division.
    pub division: &'a DivisionCode,
    /// When.
    pub news: News<'a>,
}

/// Settles a held stay once under its key, and answers what `render` makes of the claim.
///
/// # Errors
/// As for any request under a key; 403 below county level, 404, 409 for a stay that is not held or,
/// where another is to go on counting, meets none that counts; 412 when it, or what an officer had to
/// see of the person's other stays, changed since it was read.
pub async fn resolve_once(
    at: Bench<'_>,
    request: &Request<'_>,
    said: &Said,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
    render: impl FnOnce(&ClaimState) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    if !at.division.level().is_at_least_county() {
        return Err(Problem::forbidden().with_detail(Text::new(
            "须由县级及以上人员办理。",
            "This takes an officer of county level or above.",
        )));
    }
    let work = async |tx: &mut Tx| render(&resolve(tx, at, said, seen).await?);
    once(at.store, at.actor, Some(request), at.news.now, work).await
}

async fn resolve(
    tx: &mut Tx,
    at: Bench<'_>,
    said: &Said,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<ClaimState, Problem> {
    let scope = Scope::Division(at.division.clone());
    if claims::visible(tx, said.claim, scope).await?.is_none() {
        return Err(Problem::not_found());
    }
    let found = claims::find(tx, said.claim).await?;
    let subject = found.ok_or_else(Problem::not_found)?.subject;
    subjects::lock_known(tx, subject).await?;
    let news = at.news.after_waiting();
    let claim = claims::find(tx, said.claim).await?;
    let claim = claim.ok_or_else(Problem::not_found)?;
    let before = state(tx, claim.clone(), Audience::Registry).await?;
    seen(before.version())?;
    if before.stay.standing != StayStanding::Held {
        return Err(state_conflict(
            "该次住院不在待核定状态。",
            "The stay is not held: there is nothing to settle.",
        ));
    }
    let resolution = NewResolution {
        id: Uuid::now_v7(),
        claim: said.claim,
        outcome: said.outcome,
        reason: said.reason.clone(),
    };
    stays::insert_resolution(tx, &resolution, news.now).await?;
    let displaced = tx
        .as_decider(subject, async |tx| {
            settle(tx, &before.stay, &resolution).await
        })
        .await?;
    let event = audit::Event {
        kind: "claim.resolved",
        subject: Some(subject),
        object: Some(said.claim.get()),
        division: None,
        details: json!({
            "resolution_id": resolution.id,
            "outcome": said.outcome,
            "reason": said.reason,
            "displaced_claims": displaced,
        }),
    };
    audit::record(tx, event, news.now).await?;
    decide_person(tx, at.policies, subject, news).await?;
    state(tx, claim, Audience::Registry).await
}

/// Settles the stay and what it overlaps; answers the claims whose stays no longer count.
async fn settle(
    tx: &mut Tx,
    held: &Stay,
    resolution: &NewResolution,
) -> Result<Vec<ClaimId>, Problem> {
    let counted = counted(tx, held.subject).await?;
    let mut settled = Settled {
        resolution: resolution.id,
        from: StayStanding::Held,
        to: StayStanding::NotCounted,
        yields_day: false,
    };
    let mut displaced = Vec::new();
    match resolution.outcome {
        Resolution::Count => {
            let plan = let_count(&held.placed(), &counted);
            settled.to = StayStanding::Counted;
            settled.yields_day = plan.yields_day;
            // In this order: what counts satisfies the constraints after each step.
            for claim in &plan.displaced {
                let gives_way = Settled {
                    from: StayStanding::Counted,
                    to: StayStanding::NotCounted,
                    yields_day: false,
                    ..settled
                };
                stays::settle(tx, *claim, gives_way).await?;
            }
            for claim in &plan.yielding {
                stays::set_yields_day(tx, *claim, true).await?;
            }
            for claim in &plan.released {
                stays::set_yields_day(tx, *claim, false).await?;
            }
            displaced = plan.displaced;
        }
        Resolution::KeepOther => {
            let placed = held.placed();
            if !counted.iter().any(|other| other.overlaps(&placed)) {
                return Err(state_conflict(
                    "没有与其重叠且计入的住院可以保留。",
                    "No stay that counts overlaps it: there is none to keep.",
                ));
            }
        }
        Resolution::Refuse => settled.to = StayStanding::Refused,
    }
    stays::settle(tx, held.claim, settled).await?;
    // What others read of the person's held stays is no longer all there is.
    stays::news_of_held(tx, &[held.subject]).await?;
    Ok(displaced)
}

async fn counted(tx: &mut Tx, subject: SubjectId) -> Result<Vec<PlacedStay>, Problem> {
    let all = stays::of_subject(tx, subject).await?;
    let counted = all.iter().filter(|stay| stay.counts());
    Ok(counted.map(Stay::placed).collect())
}
