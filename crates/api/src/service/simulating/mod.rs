//! Simulations: a draft rule over the whole registry of a division, as a job; nothing is decided.

mod cursor;
mod page;
mod worker;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sizhu_core::access::Grant;
use sizhu_core::pack::{Place, PolicyHash, ProgrammeId};
use sizhu_core::{DivisionCode, JobId, PolicyVersionId};
use sizhu_store::{
    Actor, Store, StoreError, Tx, audit, divisions,
    jobs::{self, Job, JobKind, JobState, NewJob},
    policies,
    policy_versions::{self, VersionState},
    residents,
    simulations::{self, Change},
};
use uuid::Uuid;

use super::desk::state_conflict;
use super::news::News;
use crate::policies::{PolicySet, Source};
use crate::problem::{FieldError, Problem, ProblemKind, Text};

pub use cursor::{CountyCost, ProgrammeCost, SimulationResult};
pub use worker::Simulator;

/// How many simulations may wait or run at once.
const MOST_OPEN: i64 = 20;

/// Seconds after which someone who is told that there are too many may ask again.
const RETRY_SECONDS: u32 = 60;

/// What a simulation is of. Kept with the job: it is the same whatever comes in force meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The calendar year.
    pub year: i32,
    /// The registry as known at this instant.
    pub as_of: DateTime<Utc>,
    /// The draft; none for what the rules in force cost.
    pub version_id: Option<PolicyVersionId>,
    /// Its text, by hash.
    pub draft: Option<String>,
    /// The texts in force, by hash.
    pub policies: Vec<String>,
    /// The programmes asked for; all, if none are named.
    pub programmes: Vec<String>,
}

impl Params {
    /// What a job's parameters say.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when they are not those of a simulation.
    pub fn of(job: &Job) -> Result<Self, StoreError> {
        serde_json::from_value(job.params.clone()).or(Err(StoreError::Corrupt("job parameters")))
    }
}

/// What somebody wants to see simulated.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The draft.
    pub version: Option<PolicyVersionId>,
    /// Over the registry of this division.
    pub division: DivisionCode,
    /// In this calendar year.
    pub year: i32,
    /// Of these programmes; of all, if none are named.
    pub programmes: Vec<ProgrammeId>,
}

/// Whether a caller may simulate over a division and see what came of it.
#[must_use]
pub fn may(grant: &Grant, division: &DivisionCode) -> bool {
    match grant {
        Grant::Policy => true,
        Grant::Officer(own) => own.level().is_at_least_county() && own.contains(division),
        Grant::Resident(_)
        | Grant::Hospital(_)
        | Grant::Bank(_)
        | Grant::Finance(_)
        | Grant::Auditor(_)
        | Grant::Admin => false,
    }
}

/// Whether a caller who may see a simulation may see the people behind its numbers, too.
#[must_use]
pub fn sees_people(grant: &Grant) -> bool {
    grant.division().is_some()
}

/// Puts a simulation in the queue.
///
/// # Errors
/// 403 outside the officer's division and below the county; 422 for a division, version or programme
/// that is not known, or a draft that does not fit what is in force; 409 for a version that is no
/// draft any more; 429 when too many wait.
pub async fn request(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    in_force: &PolicySet,
    wanted: &Wanted,
    news: News<'_>,
) -> Result<Job, Problem> {
    if !may(grant, &wanted.division) {
        return Err(Problem::forbidden().with_detail(Text::new(
            "测算范围须在您的辖区内，且须由县级及以上人员办理。",
            "Simulate over your own division; this takes an officer of county level or above.",
        )));
    }
    store
        .transaction(actor, async |tx| {
            if !divisions::exists(tx, &wanted.division).await? {
                return Err(unknown("/division", "unknown_division"));
            }
            let draft = draft(tx, wanted.version).await?;
            let after = match &draft {
                Some(draft) => Some(fits(in_force, draft)?),
                None => None,
            };
            check_programmes(wanted, after.as_ref().unwrap_or(in_force))?;
            if jobs::open_count(tx, JobKind::Simulation).await? >= MOST_OPEN {
                let problem = Problem::new(ProblemKind::TooManyRequests);
                return Err(problem.retry_after(RETRY_SECONDS));
            }
            let programmes = wanted.programmes.iter().map(ToString::to_string);
            let params = Params {
                year: wanted.year,
                as_of: news.now,
                version_id: wanted.version,
                draft: draft.map(|draft| draft.hash),
                policies: keep(tx, in_force, news.now).await?,
                programmes: programmes.collect(),
            };
            enqueue(tx, wanted, &params, news).await
        })
        .await
}

async fn enqueue(
    tx: &mut Tx,
    wanted: &Wanted,
    params: &Params,
    news: News<'_>,
) -> Result<Job, Problem> {
    let id = JobId::new(Uuid::now_v7());
    let new = NewJob {
        id,
        kind: JobKind::Simulation,
        division: Some(wanted.division.clone()),
        params: serde_json::to_value(params).map_err(|error| Problem::internal(&error))?,
        open_key: None,
    };
    jobs::enqueue(tx, &new, news.now).await?;
    let event = audit::Event {
        kind: "simulation.requested",
        subject: None,
        object: Some(id.get()),
        division: Some(wanted.division.clone()),
        details: json!({
            "year": params.year,
            "version_id": params.version_id,
            "programmes": params.programmes,
        }),
    };
    audit::record(tx, event, news.now).await?;
    let job = jobs::find(tx, id).await?;
    job.ok_or_else(|| Problem::internal(&StoreError::Corrupt("job")))
}

/// The text of a draft or approved version.
struct Draft {
    hash: String,
    text: String,
}

async fn draft(tx: &mut Tx, id: Option<PolicyVersionId>) -> Result<Option<Draft>, Problem> {
    let Some(id) = id else {
        return Ok(None);
    };
    let version = policy_versions::find(tx, id).await?;
    let version = version.ok_or_else(|| unknown("/version_id", "unknown_version"))?;
    match version.state {
        VersionState::Draft | VersionState::Approved => {}
        VersionState::InForce | VersionState::Superseded | VersionState::Withdrawn => {
            return Err(state_conflict(
                "该版本已生效、已被取代或已撤回，不能测算。",
                "The version is or was in force, or was withdrawn: there is nothing to simulate.",
            ));
        }
    }
    let text = policies::body(tx, &version.text_hash).await?;
    let text = text.ok_or_else(|| Problem::internal(&StoreError::Corrupt("policy text")))?;
    Ok(Some(Draft {
        hash: version.text_hash,
        text,
    }))
}

/// What is in force with the draft in its place.
fn fits(in_force: &PolicySet, draft: &Draft) -> Result<PolicySet, Problem> {
    let source = Source {
        name: "draft".to_owned(),
        text: draft.text.clone(),
    };
    in_force.with_draft(source).map_err(|faults| {
        let text = faults.0.join("; ");
        let detail = Text::made(format!("草案与现行政策不符：{text}"), text);
        Problem::validation(vec![FieldError::new("/version_id", "policy_fault", detail)])
    })
}

fn check_programmes(wanted: &Wanted, policies: &PolicySet) -> Result<(), Problem> {
    let unknown = wanted
        .programmes
        .iter()
        .enumerate()
        .filter(|(_, id)| !policies.offers_anywhere(id.as_str()))
        .map(|(place, _)| FieldError::of_code(format!("/programmes/{place}"), "unknown_variant"));
    let unknown: Vec<FieldError> = unknown.collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(Problem::validation(unknown))
    }
}

/// Keeps every text in force, for the job names them; answers their hashes.
async fn keep(
    tx: &mut Tx,
    in_force: &PolicySet,
    now: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let mut hashes = Vec::new();
    for document in in_force.documents() {
        let hash = PolicyHash::of(document.text()).as_str().to_owned();
        let (programme, place) = (document.programme().as_str(), document.place());
        if known_place(tx, place).await? {
            policies::keep(tx, &hash, programme, place, document.text(), now).await?;
            hashes.push(hash);
        }
    }
    Ok(hashes)
}

/// A text of a place that this installation does not have holds for nobody in its registry.
async fn known_place(tx: &mut Tx, place: &Place) -> Result<bool, StoreError> {
    match place {
        Place::National => Ok(true),
        Place::Division(code) => divisions::exists(tx, code).await,
    }
}

fn unknown(pointer: &'static str, code: &'static str) -> Problem {
    let detail = match code {
        "unknown_division" => Text::new("没有这个区划代码。", "There is no division of this code."),
        _ => Text::new("没有这个版本。", "There is no such version."),
    };
    Problem::validation(vec![FieldError::new(pointer, code, detail)])
}

/// A simulation, if the caller may see it.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn find(store: &Store, actor: &Actor, grant: &Grant, id: JobId) -> Result<Job, Problem> {
    store
        .transaction(actor, async |tx| visible(tx, grant, id).await)
        .await
}

async fn visible(tx: &mut Tx, grant: &Grant, id: JobId) -> Result<Job, Problem> {
    let job = jobs::find(tx, id).await?;
    job.filter(|job| {
        job.kind == JobKind::Simulation
            && job
                .division
                .as_ref()
                .is_some_and(|division| may(grant, division))
    })
    .ok_or_else(Problem::not_found)
}

/// Simulations the caller may see, newest first.
///
/// # Errors
/// 403 for an officer below the county.
pub async fn list(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    state: Option<JobState>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Job>, Problem> {
    let within = grant.division().cloned();
    if within.as_ref().is_some_and(|own| !may(grant, own)) {
        return Err(Problem::forbidden());
    }
    let filter = jobs::Filter {
        kind: JobKind::Simulation,
        within,
        state,
        before,
    };
    store
        .transaction(actor, async |tx| Ok(jobs::list(tx, &filter, limit).await?))
        .await
}

/// Stops a simulation: at once if nobody has taken it up, else before its next page.
///
/// # Errors
/// 404, and 409 when it is over.
pub async fn cancel(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    id: JobId,
    news: News<'_>,
) -> Result<Job, Problem> {
    store
        .transaction(actor, async |tx| {
            let job = visible(tx, grant, id).await?;
            if !jobs::cancel(tx, id, news.now).await? {
                return Err(state_conflict("测算已经结束。", "The simulation is over."));
            }
            let event = audit::Event {
                kind: "simulation.cancelled",
                subject: None,
                object: Some(id.get()),
                division: job.division,
                details: json!({}),
            };
            audit::record(tx, event, news.now).await?;
            visible(tx, grant, id).await
        })
        .await
}

/// A change and the person it is for.
pub struct ChangeFor {
    /// The change.
    pub change: Change,
    /// The person.
    pub resident: residents::Resident,
}

/// For whom a simulation changes something, if the caller may see them. Looking is recorded.
///
/// # Errors
/// 404; 403 for those who see no people; 409 while the simulation is not done.
pub async fn residents(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    filter: &simulations::Filter,
    limit: i64,
    news: News<'_>,
) -> Result<Vec<ChangeFor>, Problem> {
    if !sees_people(grant) {
        return Err(Problem::forbidden());
    }
    store
        .transaction(actor, async |tx| {
            let job = visible(tx, grant, filter.job).await?;
            if job.state != JobState::Done {
                return Err(state_conflict(
                    "测算尚未完成。",
                    "The simulation is not done.",
                ));
            }
            let mut found = Vec::new();
            for change in simulations::list(tx, filter, limit).await? {
                if let Some(resident) = residents::find(tx, change.resident).await? {
                    found.push(ChangeFor { change, resident });
                }
            }
            let event = audit::Event {
                kind: "simulation.residents_read",
                subject: None,
                object: Some(job.id.get()),
                division: job.division,
                details: json!({ "residents": found.len() }),
            };
            audit::record(tx, event, news.now).await?;
            Ok(found)
        })
        .await
}
