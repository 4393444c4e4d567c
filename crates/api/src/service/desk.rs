//! The desk: an officer, the registry and the hour, and what every act on a status has in common.

use serde_json::json;
use sizhu_core::{
    CitizenId, ConfirmationFacts, DivisionCode, EvidenceKind, PersonBirth, ResidentId,
    access::Grant, confirm as check_conditions,
};
use sizhu_store::{
    Actor, Store, Tx, audit,
    residents::Resident,
    statuses::{Confirmation, Status},
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
}
