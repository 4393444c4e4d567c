//! Deciding: everything known of a person goes to the core, and what comes back that differs from
//! what was decided before is written, netted by year and settled, all in the transaction of the
//! news.

use sizhu_core::{
    ClaimDecision, ClauseResult, DecisionId, ENGINE_VERSION, Fen, HOSPITAL_CARE, Programme,
    SubjectId, Trace, decide,
};
use sizhu_store::{
    StoreError, Tx, audit,
    decisions::{self, Decision, Matter},
    residents::Resident,
    stays,
};

use super::adoption::to_decide_under;
use super::closing::close;
use super::news::News;
use super::settling::{self, Change};
use crate::policies::Policies;
use crate::problem::Problem;

mod known;

pub(in crate::service) use known::Known;

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
    // Most people never were in hospital: of them nothing else is read.
    let stays = tx.as_decider(subject, async |tx| stays::of_subject(tx, subject).await);
    if stays.await?.is_empty() {
        return Ok(());
    }
    decide_people(tx, policies, &[subject], news).await
}

/// As [`decide_person`], of several people whom the same news is of: a claim that goes over from one to
/// the other is taken from the first before the second gets it. One may have no stay left.
///
/// # Errors
/// As [`decide_person`].
pub(super) async fn decide_people(
    tx: &mut Tx,
    policies: &Policies,
    subjects: &[SubjectId],
    news: News<'_>,
) -> Result<(), Problem> {
    tx.as_decider_of(subjects, async |tx| {
        let known = Known::load_all(tx, subjects).await?;
        decide_known(tx, policies, known, Vec::new(), news).await?;
        Ok(())
    })
    .await
}

/// Decides the claims of people of whom all is known, writes what differs together with what led to it,
/// and posts the differences. The transaction acts as their decider. Answers the decisions it made.
///
/// # Errors
/// As [`decide_person`].
pub(super) async fn decide_known(
    tx: &mut Tx,
    policies: &Policies,
    mut known: Vec<Known>,
    mut events: Vec<audit::Event>,
    news: News<'_>,
) -> Result<Vec<Decision>, Problem> {
    let set = to_decide_under(tx, policies, HOSPITAL_CARE, news).await?;
    let mut rules = Vec::with_capacity(known.len());
    for person in &mut known {
        rules.push(person.rules(&set, news.today)?);
    }
    let (mut made, mut owed) = (Vec::new(), Vec::new());
    for (person, pack) in known.iter().zip(rules) {
        let written = decide_one(tx, pack.as_deref(), person, &made, news).await?;
        events.extend(written.iter().map(|(_, new)| person.event(new)));
        let changes = changes(&written)?;
        if !changes.is_empty() {
            let unregistered = || Problem::internal(&Undecidable::Unregistered(person.subject));
            owed.push((person.resident.as_ref().ok_or_else(unregistered)?, changes));
        }
        made.extend(written.into_iter().map(|(_, new)| new));
    }
    write(tx, &made).await?;
    audit::record_all(tx, events, news.now).await?;
    let people: Vec<(&Resident, &[Change])> = owed
        .iter()
        .map(|(resident, changes)| (*resident, changes.as_slice()))
        .collect();
    settling::settle_all(tx, &people, HOSPITAL_CARE, news).await?;
    Ok(made)
}

/// Writes decisions; of those on one claim each before the next.
async fn write(tx: &mut Tx, made: &[Decision]) -> Result<(), StoreError> {
    let mut together: Vec<&Decision> = Vec::with_capacity(made.len());
    for decision in made {
        if together.iter().any(|it| it.matter == decision.matter) {
            decisions::insert_all(tx, &std::mem::take(&mut together)).await?;
        }
        together.push(decision);
    }
    decisions::insert_all(tx, &together).await
}

/// Decides the claims of one person under a pack; answers what differs from what was decided before.
/// `made` was decided before them, and is not written yet.
async fn decide_one<'a>(
    tx: &mut Tx,
    pack: Option<&Programme>,
    known: &'a Known,
    made: &[Decision],
    news: News<'_>,
) -> Result<Vec<(Option<&'a Decision>, Decision)>, Problem> {
    let mut written = close(tx, &known.before, known, news).await?;
    let Some(pack) = pack else {
        return Ok(written);
    };
    let decided = decide(pack, &known.facts)
        .map_err(|error| Problem::internal(&Undecidable::Engine(error)))?;
    for claim in &decided {
        let old = known
            .before
            .iter()
            .find(|old| old.matter == Matter::Claim(claim.claim));
        let stands = |old: &Decision| {
            same_result(old, claim)
                && same_reasons(&old.trace, &claim.trace)
                && same_rules(old, pack)
                && known.is_on_present_version(old, claim.claim)
        };
        if old.is_some_and(stands) {
            continue;
        }
        let new = known.decision(tx, claim, old, made, pack, news).await?;
        written.push((old, new));
    }
    Ok(written)
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
