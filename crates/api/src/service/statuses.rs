//! Statuses: posting, confirming, correcting and ending them. Each is news that decides the
//! person's claims anew.

use serde_json::json;
use sizhu_core::{
    ConfirmationFacts, Day, DivisionCode, EvidenceKind, Grade, PersonBirth, ResidentId, StatusId,
    StatusKind, access::Grant, confirm as check_conditions,
};
use sizhu_store::{
    Actor, Constraint, Store, StoreError, Tx, audit,
    residents::Resident,
    statuses::{self, Confirmation, Ending, Evidence, Status},
    subjects,
};
use uuid::Uuid;

use super::deciding::{News, decide_person};
use super::residents::visible;
use crate::policies::Policies;
use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// What an officer says of a status.
#[derive(Clone)]
pub struct Said {
    /// Kind.
    pub kind: StatusKind,
    /// Grade, where the kind has one.
    pub grade: Option<Grade>,
    /// First day.
    pub from: Day,
    /// End, if it has ended.
    pub ending: Option<Ending>,
    /// Papers.
    pub evidence: Vec<Evidence>,
}

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
    pub news: News,
}

impl Desk<'_> {
    /// Officers of county level and above confirm; those below propose.
    fn confirms(&self) -> bool {
        self.division.level().is_at_least_county()
    }

    fn must_confirm(&self) -> Result<(), Problem> {
        if self.confirms() {
            return Ok(());
        }
        Err(Problem::forbidden().with_detail(Text::new(
            "须由县级及以上人员办理。",
            "This takes an officer of county level or above.",
        )))
    }

    /// Opens the act: the person, whom the officer may see, with their subject locked.
    async fn person(&self, tx: &mut Tx, id: ResidentId) -> Result<Resident, Problem> {
        let grant = Grant::Officer(self.division.clone());
        let resident = visible(tx, &grant, id).await?;
        subjects::lock_known(tx, resident.subject).await?;
        Ok(resident)
    }

    /// The confirmation of a status whose conditions hold.
    fn confirmation(
        &self,
        resident: &Resident,
        status: &Status,
        evidence: &[EvidenceKind],
    ) -> Result<Confirmation, Problem> {
        let birth = |id: &sizhu_core::CitizenId| PersonBirth {
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

    async fn record(
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
            details: json!({
                "status_version_id": status.version_id,
                "version": status.version,
                "confirmed": status.confirmation.is_some(),
                "ended": status.ending.is_some(),
            }),
        };
        audit::record(tx, event, self.news.now).await?;
        decide_person(tx, self.policies, resident.subject, self.news).await
    }

    /// The next version of a status, as of now, by this officer.
    fn next(&self, status: &Status) -> Status {
        Status {
            version_id: Uuid::now_v7(),
            version: status.version.saturating_add(1),
            recorded_by: self.actor.name().to_owned(),
            recorded_at: self.news.now,
            ..status.clone()
        }
    }
}

/// A status of the person, or 404.
async fn of_person(tx: &mut Tx, resident: &Resident, id: StatusId) -> Result<Status, Problem> {
    let status = statuses::find(tx, id).await?;
    status
        .filter(|status| status.resident == resident.id)
        .ok_or_else(Problem::not_found)
}

fn overlaps(error: StoreError) -> Problem {
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

fn kinds(evidence: &[Evidence]) -> Vec<EvidenceKind> {
    evidence.iter().map(|paper| paper.kind).collect()
}

/// Posts a status: confirmed at once by an officer of county level or above, who checks its
/// conditions; proposed by one from below.
///
/// # Errors
/// 404 for a person the officer may not see, 409 when one of the kind holds at the time, 422 when
/// conditions are not met.
pub async fn post(desk: Desk<'_>, resident: ResidentId, said: Said) -> Result<Status, Problem> {
    desk.store
        .transaction(desk.actor, async |tx| {
            let resident = desk.person(tx, resident).await?;
            let mut status = Status {
                id: StatusId::new(Uuid::now_v7()),
                version_id: Uuid::now_v7(),
                resident: resident.id,
                version: 1,
                kind: said.kind,
                grade: said.grade,
                starts_on: said.from,
                confirmation: None,
                ending: said.ending,
                recorded_by: desk.actor.name().to_owned(),
                recorded_at: desk.news.now,
            };
            if desk.confirms() {
                let papers = kinds(&said.evidence);
                status.confirmation = Some(desk.confirmation(&resident, &status, &papers)?);
            }
            statuses::insert(tx, &status, &said.evidence, "officer")
                .await
                .map_err(overlaps)?;
            desk.record(tx, "status.posted", &resident, &status).await?;
            Ok(status)
        })
        .await
}

/// Confirms a proposed status, once its conditions are checked.
///
/// # Errors
/// 403 below county level or for who entered it, 404, 409 when it is not proposed, 422 when
/// conditions are not met.
pub async fn confirm(
    desk: Desk<'_>,
    resident: ResidentId,
    id: StatusId,
) -> Result<Status, Problem> {
    desk.must_confirm()?;
    desk.store
        .transaction(desk.actor, async |tx| {
            let resident = desk.person(tx, resident).await?;
            let status = of_person(tx, &resident, id).await?;
            if status.confirmation.is_some() {
                return Err(state_conflict(
                    "已经确认。",
                    "The status is confirmed already.",
                ));
            }
            if status.recorded_by == desk.actor.name() {
                return Err(Problem::forbidden().with_detail(Text::new(
                    "录入人不得确认自己录入的资格。",
                    "Nobody confirms what they entered themselves.",
                )));
            }
            let papers = statuses::evidence_kinds(tx, id).await?;
            let confirmation = desk.confirmation(&resident, &status, &papers)?;
            let next = Status {
                confirmation: Some(confirmation),
                ..desk.next(&status)
            };
            statuses::replace(tx, &next, &[]).await.map_err(overlaps)?;
            desk.record(tx, "status.confirmed", &resident, &next)
                .await?;
            Ok(next)
        })
        .await
}

/// Ends a status from a day on, for a reason that fits its kind.
///
/// # Errors
/// 403 below county level, 404, 409 when it has ended, 422 when day or reason do not fit.
pub async fn end(
    desk: Desk<'_>,
    resident: ResidentId,
    id: StatusId,
    ending: Ending,
) -> Result<Status, Problem> {
    desk.must_confirm()?;
    desk.store
        .transaction(desk.actor, async |tx| {
            let resident = desk.person(tx, resident).await?;
            let status = of_person(tx, &resident, id).await?;
            if status.ending.is_some() {
                return Err(state_conflict(
                    "已经终止；请更正。",
                    "The status has ended already: correct it instead.",
                ));
            }
            let next = Status {
                ending: Some(ending),
                ..desk.next(&status)
            };
            check_ending(&next, "", desk.news.today)?;
            statuses::replace(tx, &next, &[]).await.map_err(overlaps)?;
            desk.record(tx, "status.ended", &resident, &next).await?;
            Ok(next)
        })
        .await
}

/// Corrects a status: what is said now takes the place of what was said, as from the beginning.
/// At county level it is confirmed anew; below, only what is still proposed can be corrected.
///
/// # Errors
/// As [`post`]; 412 when it changed since the officer read it.
pub async fn correct(
    desk: Desk<'_>,
    resident: ResidentId,
    id: StatusId,
    said: Said,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<Status, Problem> {
    desk.store
        .transaction(desk.actor, async |tx| {
            let resident = desk.person(tx, resident).await?;
            let status = of_person(tx, &resident, id).await?;
            seen(status.version.into())?;
            if status.confirmation.is_some() {
                desk.must_confirm()?;
            }
            let mut next = Status {
                kind: said.kind,
                grade: said.grade,
                starts_on: said.from,
                ending: said.ending,
                confirmation: None,
                ..desk.next(&status)
            };
            check_ending(&next, "/ending", desk.news.today)?;
            if desk.confirms() {
                let mut papers = statuses::evidence_kinds(tx, id).await?;
                papers.extend(kinds(&said.evidence));
                next.confirmation = Some(desk.confirmation(&resident, &next, &papers)?);
            }
            statuses::replace(tx, &next, &said.evidence)
                .await
                .map_err(overlaps)?;
            desk.record(tx, "status.corrected", &resident, &next)
                .await?;
            Ok(next)
        })
        .await
}

fn state_conflict(zh: &'static str, en: &'static str) -> Problem {
    Problem::new(ProblemKind::StateConflict).with_detail(Text::new(zh, en))
}

/// An end comes after the beginning, not after today, and for a reason that fits the kind.
fn check_ending(status: &Status, under: &str, today: Day) -> Result<(), Problem> {
    let Some(ending) = status.ending else {
        return Ok(());
    };
    let mut errors = Vec::new();
    if ending.on <= status.starts_on {
        errors.push(FieldError::new(
            format!("{under}/on"),
            "date_order",
            Text::new(
                "终止日期须晚于开始日期。",
                "The end must come after the beginning.",
            ),
        ));
    }
    if ending.on > today {
        errors.push(FieldError::of_code(format!("{under}/on"), "date_in_future"));
    }
    if !ending.reason.fits(status.kind) {
        errors.push(FieldError::new(
            format!("{under}/reason"),
            "reason_does_not_fit",
            Text::new(
                "该原因不适用于此类资格。",
                "This reason does not end this kind of status.",
            ),
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::validation(errors))
    }
}
