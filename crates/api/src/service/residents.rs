//! Residents: registering people, and finding them again.

use serde_json::json;
use sizhu_core::{CitizenId, DivisionCode, ResidentId, access::Grant};
use sizhu_store::{
    Actor, Store, Tx, audit, divisions,
    residents::{self, Resident, ResidentDetails},
    statuses::{self, Status},
    subjects,
};
use uuid::Uuid;

use super::deciding::decide_person;
use super::households::lock_newcomer;
use super::loans;
use super::news::News;
use crate::policies::Policies;
use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// A person in the registry, with their statuses.
#[derive(Clone)]
pub struct ResidentState {
    /// The person.
    pub resident: Resident,
    /// Their statuses, oldest first.
    pub statuses: Vec<Status>,
}

/// Whether a caller may see people of a division.
fn within(grant: &Grant, resident: &Resident) -> bool {
    match grant {
        Grant::Officer(division) | Grant::Auditor(division) => {
            division.contains(&resident.details.division)
        }
        Grant::Resident(id) => *id == resident.id,
        Grant::Hospital(_) | Grant::Bank(_) | Grant::Finance(_) | Grant::Policy | Grant::Admin => {
            false
        }
    }
}

/// Who is to be registered, and where the record came in.
#[derive(Clone)]
pub struct Newcomer {
    /// The person.
    pub citizen_id: CitizenId,
    /// What is told of them.
    pub details: ResidentDetails,
    /// `officer` or `import`.
    pub channel: &'static str,
}

/// A person in the registry: new, or there before.
pub enum Registered {
    /// They were registered now.
    New(Resident),
    /// They were in the registry already, whatever was told of them now.
    Known(Resident),
}

/// Registers a person, and decides the claims and loans that came in before they were registered.
///
/// # Errors
/// 403 outside the officer's division, 409 when the person is registered, 422 for a division that
/// is not known.
pub async fn register(
    store: &Store,
    actor: &Actor,
    policies: &Policies,
    officer: &DivisionCode,
    newcomer: Newcomer,
    news: News<'_>,
) -> Result<ResidentState, Problem> {
    let work = async |tx: &mut Tx| register_in(tx, policies, officer, newcomer, news).await;
    match store.transaction(actor, work).await? {
        Registered::New(resident) => Ok(ResidentState {
            resident,
            statuses: Vec::new(),
        }),
        Registered::Known(_) => {
            Err(
                Problem::new(ProblemKind::AlreadyExists).with_errors(vec![FieldError::new(
                    "/citizen_id",
                    "registered",
                    Text::new("此人已登记。", "This person is in the registry already."),
                )]),
            )
        }
    }
}

/// Registers a person, as [`register`] does, in a transaction that may do more.
///
/// # Errors
/// 403 outside the officer's division, 422 for a division that is not known.
pub async fn register_in(
    tx: &mut Tx,
    policies: &Policies,
    officer: &DivisionCode,
    newcomer: Newcomer,
    news: News<'_>,
) -> Result<Registered, Problem> {
    let Newcomer {
        citizen_id,
        details,
        channel,
    } = newcomer;
    if !officer.contains(&details.division) {
        return Err(Problem::forbidden().with_detail(Text::new(
            "户籍地不在您的管辖范围内。",
            "The registered residence is outside your division.",
        )));
    }
    known_division(tx, &details.division, "/division").await?;
    if let Some(lives_in) = &details.lives_in {
        known_division(tx, lives_in, "/lives_in").await?;
    }
    let locked = lock_newcomer(tx, &citizen_id, details.spouse.as_ref(), news).await?;
    let subject = locked.subject;
    let news = news.after_waiting();
    if let Some(known) = residents::find_by_subject(tx, subject).await? {
        // Asking by registering is asking: it leaves its trace, as a search does.
        audit::record(tx, event("resident.registered_again", &known), news.now).await?;
        return Ok(Registered::Known(known));
    }
    let resident = Resident {
        id: ResidentId::new(Uuid::now_v7()),
        subject,
        citizen_id,
        version: 1,
        details,
        valid_from: news.today,
        recorded_at: news.now,
    };
    residents::insert(tx, &resident, channel).await?;
    audit::record(tx, event("resident.registered", &resident), news.now).await?;
    decide_person(tx, policies, subject, news).await?;
    loans::registered(tx, policies, &locked, news).await?;
    Ok(Registered::New(resident))
}

fn event(kind: &'static str, resident: &Resident) -> audit::Event {
    audit::Event {
        kind,
        subject: Some(resident.subject),
        object: Some(resident.id.get()),
        division: None,
        details: json!({ "version": resident.version }),
    }
}

async fn known_division(
    tx: &mut Tx,
    division: &DivisionCode,
    pointer: &'static str,
) -> Result<(), Problem> {
    if divisions::exists(tx, division).await? {
        return Ok(());
    }
    Err(Problem::validation(vec![FieldError::new(
        pointer,
        "unknown_division",
        Text::new("没有这个区划代码。", "There is no division of this code."),
    )]))
}

/// A person, if the caller may see them.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn find(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    id: ResidentId,
) -> Result<ResidentState, Problem> {
    store
        .transaction(actor, async |tx| {
            let resident = visible(tx, grant, id).await?;
            let statuses = statuses::of_resident(tx, resident.id).await?;
            Ok(ResidentState { resident, statuses })
        })
        .await
}

/// A person's row, if the caller may see them.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn visible(tx: &mut Tx, grant: &Grant, id: ResidentId) -> Result<Resident, Problem> {
    let found = residents::find(tx, id).await?;
    found
        .filter(|resident| within(grant, resident))
        .ok_or_else(Problem::not_found)
}

/// The person with a citizen ID, if the caller may see them. The search itself is recorded.
///
/// # Errors
/// What the store says.
pub async fn search(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    citizen_id: &CitizenId,
    news: News<'_>,
) -> Result<Option<ResidentState>, Problem> {
    store
        .transaction(actor, async |tx| {
            let index = tx.keys().person_index(citizen_id);
            let subject = subjects::find(tx, index).await?;
            let found = match subject {
                Some(subject) => residents::find_by_subject(tx, subject).await?,
                None => None,
            };
            let found = found.filter(|resident| within(grant, resident));
            let event = audit::Event {
                kind: "resident.searched",
                // Also when the caller may not see them: that is what supervision looks for.
                subject,
                object: found.as_ref().map(|resident| resident.id.get()),
                division: grant.division().cloned(),
                details: json!({ "found": found.is_some() }),
            };
            audit::record(tx, event, news.now).await?;
            let Some(resident) = found else {
                return Ok(None);
            };
            let statuses = statuses::of_resident(tx, resident.id).await?;
            Ok(Some(ResidentState { resident, statuses }))
        })
        .await
}
