//! Forgetting: what claims on people in no registry say is deleted once it has been kept long enough, as
//! a job, person by person. What tells the claim from others stays, and so do outcome and reasons.

use std::collections::BTreeSet;

use chrono::Days;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sizhu_core::{ClaimId, Day, JobId, SubjectId};
use sizhu_store::{
    Actor, Store, Tx, audit, claims, decisions,
    decisions::{Decision, Matter},
    hospitals,
    jobs::{self, Job, JobKind, NewJob},
    residents, subjects,
};
use uuid::Uuid;

use super::news::News;
use super::passing_over::{PassedOver, decided};
use crate::jobs::{JobFault, Page};
use crate::problem::Problem;
use crate::state::State;

/// The actor of what the service does by itself.
const KEEPER: Actor = Actor::System("retention");

/// What to do: claims posted before this day are old enough.
#[derive(Serialize, Deserialize)]
struct Params {
    posted_before: Day,
}

/// How far the job is.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The last person.
    after: Option<Uuid>,
    /// Claims forgotten.
    claims: i64,
    /// People whose rows could not be opened.
    subjects: PassedOver,
}

/// Queues a job, if some claim on someone in no registry is older than so many days and still says
/// something. There is one such job at a time.
///
/// # Errors
/// What the store says.
pub async fn queue(store: &Store, days: u32, news: News<'_>) -> Result<bool, Problem> {
    let Some(before) = news.today.naive().checked_sub_days(Days::new(days.into())) else {
        return Ok(false);
    };
    let posted_before = Day::new(before);
    let work = async |tx: &mut Tx| {
        let found = claims::next_to_forget(tx, posted_before, None).await?;
        if found.is_none() {
            return Ok(false);
        }
        let params = Params { posted_before };
        let job = NewJob {
            id: JobId::new(Uuid::now_v7()),
            kind: JobKind::Forgetting,
            division: None,
            params: serde_json::to_value(params).map_err(|error| Problem::internal(&error))?,
            open_key: Some("all".to_owned()),
        };
        Ok::<_, Problem>(jobs::enqueue(tx, &job, news.now).await?)
    };
    store.transaction(&KEEPER, work).await
}

/// One person a page: someone who is just being registered is waited for, and keeps everything. One
/// whose rows cannot be opened holds up nobody.
///
/// # Errors
/// What the store says.
pub async fn page(state: &State, tx: &mut Tx, job: &Job) -> Result<Page, JobFault> {
    let params: Params =
        serde_json::from_value(job.params.clone()).map_err(|error| JobFault::internal(&error))?;
    let cursor = job.cursor.clone().map(serde_json::from_value);
    let cursor: Option<Cursor> = cursor
        .transpose()
        .map_err(|error| JobFault::internal(&error))?;
    let mut cursor = cursor.unwrap_or_default();
    let before = params.posted_before;
    let total = match job.total {
        Some(total) => total,
        None => claims::count_to_forget(tx, before).await?,
    };
    let after = cursor.after.map(SubjectId::new);
    let next = claims::next_to_forget(tx, before, after).await?;
    let (mut done, mut result) = (job.done, None);
    if let Some(subject) = next {
        let mut claims = 0_i64;
        let work = async |tx: &mut Tx| {
            claims = forget(tx, subject, before, News::now(&state.clock, "retention")).await?;
            Ok::<_, Problem>(())
        };
        if !decided(tx, work).await? {
            claims = 0;
            cursor.subjects.note(subject.get());
        }
        cursor.claims = cursor.claims.saturating_add(claims);
        cursor.after = Some(subject.get());
        done = done.saturating_add(1);
    } else {
        result = Some(json!({
            "people": done,
            "claims": cursor.claims,
            "passed_over": cursor.subjects.count,
            "passed_over_subjects": cursor.subjects.named,
        }));
    }
    Ok(Page {
        cursor: serde_json::to_value(&cursor).map_err(|error| JobFault::internal(&error))?,
        done,
        total: Some(total),
        result,
    })
}

/// Forgets the claims on one person that are old enough; answers how many.
async fn forget(
    tx: &mut Tx,
    subject: SubjectId,
    before: Day,
    news: News<'_>,
) -> Result<i64, Problem> {
    subjects::lock_known(tx, subject).await?;
    let news = news.after_waiting();
    if residents::find_by_subject(tx, subject).await?.is_some() {
        return Ok(0);
    }
    let forgotten = claims::to_forget(tx, subject, before).await?;
    let all = decisions::of_subject(tx, subject, None, i64::MAX).await?;
    let named: BTreeSet<ClaimId> = forgotten.iter().copied().collect();
    let mut count = 0_i64;
    for decision in all.iter().filter(|it| rests_on(it, &named)) {
        decisions::forget(tx, decision, news.now).await?;
    }
    for claim in &forgotten {
        let versions = claims::forget(tx, *claim, subject, news.now).await?;
        let found = claims::find(tx, *claim).await?;
        let hospital = match found {
            Some(claim) => hospitals::find(tx, claim.hospital).await?,
            None => None,
        };
        let event = audit::Event {
            kind: "claim.forgotten",
            subject: Some(subject),
            object: Some(claim.get()),
            division: hospital.map(|hospital| hospital.county),
            details: json!({ "posted_before": before, "versions": versions }),
        };
        audit::record(tx, event, news.now).await?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// Whether the facts of a decision hold what is to be forgotten: it is on such a claim, or was made with
/// one beside it.
fn rests_on(decision: &Decision, forgotten: &BTreeSet<ClaimId>) -> bool {
    let Matter::Claim(claim) = decision.matter else {
        return false;
    };
    let stays = decision.facts.pointer("/person/stays");
    let stays = stays.and_then(Value::as_array).into_iter().flatten();
    let mut beside = stays.filter_map(|stay| stay.get("claim")?.as_str()?.parse::<Uuid>().ok());
    decision.forgotten_at.is_none()
        && (forgotten.contains(&claim) || beside.any(|id| forgotten.contains(&ClaimId::new(id))))
}
