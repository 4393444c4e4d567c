//! The desk: an officer, the registry and the hour, and what every act on a status has in common.

use serde_json::json;
use sizhu_core::{
    CitizenId, ConfirmationFacts, DivisionCode, EvidenceKind, PersonBirth, ResidentId, StatusId,
    access::Grant, confirm as check_conditions,
};
use sizhu_store::{
    Actor, Constraint, Store, StoreError, Tx, audit,
    residents::Resident,
    statuses::{self, Confirmation, Evidence, Status},
    subjects,
};
use uuid::Uuid;

use super::deciding::decide_person;
use super::news::News;
use super::residents::visible;
use crate::policies::Policies;
use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// The officer and the registry an act needs.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
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

impl Desk<'_> {
    /// Officers of county level and above confirm; those below propose.
    pub(super) fn confirms(&self) -> bool {
        self.division.level().is_at_least_county()
    }

    pub(super) fn must_confirm(&self) -> Result<(), Problem> {
        if self.confirms() {
            return Ok(());
        }
        Err(Problem::forbidden().with_detail(Text::new(
            "须由县级及以上人员办理。",
            "This takes an officer of county level or above.",
        )))
    }

    /// Opens the act: the person, whom the officer may see, with their subject locked; and the
    /// desk as of then.
    pub(super) async fn open(
        self,
        tx: &mut Tx,
        id: ResidentId,
    ) -> Result<(Self, Resident), Problem> {
        let grant = Grant::Officer(self.division.clone());
        let resident = visible(tx, &grant, id).await?;
        subjects::lock_known(tx, resident.subject).await?;
        let news = self.news.after_waiting();
        Ok((Self { news, ..self }, resident))
    }

    /// The confirmation of a status whose conditions hold.
    pub(super) fn confirmation(
        &self,
        resident: &Resident,
        status: &Status,
        evidence: &[EvidenceKind],
    ) -> Result<Confirmation, Problem> {
        let birth = |id: &CitizenId| PersonBirth {
            sex: id.sex(),
            born_on: id.born_on(),
        };
        let facts = ConfirmationFacts {
            kind: status.kind,
            grade: status.grade,
            from: status.starts_on,
            person: birth(&resident.citizen_id),
            marital: resident.details.marital_status,
            spouse: resident.details.spouse.as_ref().map(birth),
            evidence,
            on: self.news.today,
        };
        match check_conditions(&facts) {
            Ok(confirmed) => Ok(Confirmation {
                by: self.actor.name().to_owned(),
                on: self.news.today,
                effective_from: confirmed.effective_from,
            }),
            Err(unmet) => {
                let errors = unmet.into_iter().map(|unmet| {
                    let needs = Text::made(unmet.needs.zh, unmet.needs.en);
                    FieldError::new(unmet.pointer, unmet.code, needs)
                });
                Err(Problem::new(ProblemKind::ConditionsNotMet).with_errors(errors.collect()))
            }
        }
    }

    /// Records the news of a status, and decides the person's claims anew.
    pub(super) async fn record(
        &self,
        tx: &mut Tx,
        kind: &'static str,
        resident: &Resident,
        status: &Status,
    ) -> Result<(), Problem> {
        let event = audit::Event {
            kind,
            subject: Some(resident.subject),
            object: Some(status.id.get()),
            division: None,
            details: json!({
                "status_version_id": status.version_id,
                "withdrawn": status.withdrawn_because.is_some(),
                "version": status.version,
                "confirmed": status.confirmation.is_some(),
                "ended": status.ending.is_some(),
            }),
        };
        audit::record(tx, event, self.news.now).await?;
        decide_person(tx, self.policies, resident.subject, self.news).await
    }

    /// The next version of a status, as of now, by this officer.
    pub(super) fn next(&self, status: &Status) -> Status {
        Status {
            version_id: Uuid::now_v7(),
            version: status.version.saturating_add(1),
            recorded_by: self.actor.name().to_owned(),
            recorded_at: self.news.now,
            ..status.clone()
        }
    }

    /// Takes a step on a status: finds it with its person locked, lets `decide` make its next
    /// version of what the officer has seen, records that and decides the claims anew.
    ///
    /// # Errors
    /// 404, 409 when the status was withdrawn or another of the kind holds at the time, what `seen`
    /// says of its version, and what `decide` answers.
    pub(super) async fn step(
        self,
        what: Step<'_>,
        seen: impl FnOnce(i64) -> Result<(), Problem>,
        decide: impl AsyncFnOnce(&mut Tx, &Act<'_>) -> Result<Status, Problem>,
    ) -> Result<Status, Problem> {
        let work = async |tx: &mut Tx| self.step_in(tx, what, seen, decide).await;
        self.store.transaction(self.actor, work).await
    }

    /// Takes a step, as [`Desk::step`] does, in a transaction that may do more.
    pub(super) async fn step_in(
        self,
        tx: &mut Tx,
        what: Step<'_>,
        seen: impl FnOnce(i64) -> Result<(), Problem>,
        decide: impl AsyncFnOnce(&mut Tx, &Act<'_>) -> Result<Status, Problem>,
    ) -> Result<Status, Problem> {
        let (desk, resident) = self.open(tx, what.resident).await?;
        let status = of_person(tx, &resident, what.status).await?;
        seen(status.version.into())?;
        let act = Act {
            desk,
            resident,
            status,
        };
        let next = decide(tx, &act).await?;
        statuses::replace(tx, &next, what.evidence)
            .await
            .map_err(overlaps)?;
        desk.record(tx, what.event, &act.resident, &next).await?;
        Ok(next)
    }
}

/// Which step, on which status.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    /// What it is in the audit trail.
    pub(super) event: &'static str,
    /// Whose status.
    pub(super) resident: ResidentId,
    /// The status.
    pub(super) status: StatusId,
    /// Papers that come with it.
    pub(super) evidence: &'a [Evidence],
}

/// A step being taken: who acts, on whose status, as it stands.
pub(super) struct Act<'a> {
    /// The desk, as of now.
    pub(super) desk: Desk<'a>,
    /// The person, locked.
    pub(super) resident: Resident,
    /// The status as it stands.
    pub(super) status: Status,
}

impl Act<'_> {
    /// The next version of the status.
    pub(super) fn next(&self) -> Status {
        self.desk.next(&self.status)
    }
}

/// A status of the person, or 404.
async fn of_person(tx: &mut Tx, resident: &Resident, id: StatusId) -> Result<Status, Problem> {
    let status = statuses::find(tx, id).await?;
    let status = status.filter(|status| status.resident == resident.id);
    let status = status.ok_or_else(Problem::not_found)?;
    if status.withdrawn_because.is_some() {
        return Err(state_conflict("已经撤销。", "The status was withdrawn."));
    }
    Ok(status)
}

pub(super) fn overlaps(error: StoreError) -> Problem {
    if error.constraint() != Some(Constraint::StatusPeriod) {
        return error.into();
    }
    Problem::new(ProblemKind::AlreadyExists).with_errors(vec![FieldError::new(
        "/from",
        "status_overlaps",
        Text::new(
            "该时期已有同类资格。",
            "There is a status of this kind at that time already.",
        ),
    )])
}

pub(super) fn state_conflict(zh: &'static str, en: &'static str) -> Problem {
    Problem::new(ProblemKind::StateConflict).with_detail(Text::new(zh, en))
}
