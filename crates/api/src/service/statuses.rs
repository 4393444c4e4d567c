//! Statuses: posting, confirming, correcting and ending them. Each is news that decides the
//! person's claims anew.

use sizhu_core::{Day, EvidenceKind, Grade, ResidentId, StatusId, StatusKind};
use sizhu_store::{
    Tx,
    residents::Resident,
    statuses::{self, Ending, Evidence, Status},
};
use uuid::Uuid;

pub use super::desk::Desk;
use super::desk::{Step, overlaps, state_conflict};
use crate::problem::{FieldError, Problem, Text};

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
    let work = async |tx: &mut Tx| {
        let (desk, resident) = desk.open(tx, resident).await?;
        post_on(tx, desk, &resident, said, "officer").await
    };
    desk.store.transaction(desk.actor, work).await
}

/// Posts a status of a person in the officer's division whose subject is locked, as [`post`] does,
/// in a transaction that may do more. `channel` is where the record came in.
///
/// # Errors
/// As [`post`].
pub async fn post_on(
    tx: &mut Tx,
    desk: Desk<'_>,
    resident: &Resident,
    said: Said,
    channel: &'static str,
) -> Result<Status, Problem> {
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
        withdrawn_because: None,
        recorded_by: desk.actor.name().to_owned(),
        recorded_at: desk.news.now,
    };
    check_start(&status, resident)?;
    if desk.confirms() {
        let papers = kinds(&said.evidence);
        status.confirmation = Some(desk.confirmation(resident, &status, &papers)?);
    }
    statuses::insert(tx, &status, &said.evidence, channel)
        .await
        .map_err(overlaps)?;
    desk.record(tx, "status.posted", resident, &status).await?;
    Ok(status)
}

/// Confirms a proposed status, once its conditions are checked.
///
/// # Errors
/// 403 below county level or for who entered it, 404, 409 when it is not proposed, 412 when it
/// changed since the officer read it, 422 when conditions are not met.
pub async fn confirm(
    desk: Desk<'_>,
    resident: ResidentId,
    id: StatusId,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<Status, Problem> {
    desk.must_confirm()?;
    let step = Step {
        event: "status.confirmed",
        resident,
        status: id,
        evidence: &[],
    };
    desk.step(step, seen, async |tx, act| {
        if act.status.confirmation.is_some() {
            return Err(state_conflict(
                "已经确认。",
                "The status is confirmed already.",
            ));
        }
        if act.status.recorded_by == act.desk.actor.name() {
            return Err(Problem::forbidden().with_detail(Text::new(
                "录入人不得确认自己录入的资格。",
                "Nobody confirms what they entered themselves.",
            )));
        }
        let papers = statuses::evidence_kinds(tx, id).await?;
        let confirmation = act.desk.confirmation(&act.resident, &act.status, &papers)?;
        Ok(Status {
            confirmation: Some(confirmation),
            ..act.next()
        })
    })
    .await
}

/// Ends a status from a day on, for a reason that fits its kind.
///
/// # Errors
/// 403 below county level, 404, 409 when it has ended, 412 when it changed since the officer read
/// it, 422 when day or reason do not fit.
pub async fn end(
    desk: Desk<'_>,
    resident: ResidentId,
    id: StatusId,
    ending: Ending,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<Status, Problem> {
    let work = async |tx: &mut Tx| end_in(tx, desk, resident, id, ending, seen).await;
    desk.store.transaction(desk.actor, work).await
}

/// Ends a status, as [`end`] does, in a transaction that may do more.
///
/// # Errors
/// As [`end`].
pub async fn end_in(
    tx: &mut Tx,
    desk: Desk<'_>,
    resident: ResidentId,
    id: StatusId,
    ending: Ending,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<Status, Problem> {
    desk.must_confirm()?;
    let step = Step {
        event: "status.ended",
        resident,
        status: id,
        evidence: &[],
    };
    desk.step_in(tx, step, seen, async |_, act| {
        if act.status.ending.is_some() {
            return Err(state_conflict(
                "已经终止；请更正。",
                "The status has ended already: correct it instead.",
            ));
        }
        let next = Status {
            ending: Some(ending),
            ..act.next()
        };
        check_ending(&next, "", act.desk.news.today)?;
        Ok(next)
    })
    .await
}

/// Corrects a status: what is said now takes the place of what was said, as from the beginning.
/// At county level it is confirmed anew if its conditions hold, and proposed if they do not: a
/// grade that turns out too mild is recorded, and no longer counts. Below county level only what
/// is still proposed can be corrected.
///
/// # Errors
/// 403 for a confirmed status below county level, 404, 409 when another of the kind holds at the
/// time, 412 when it changed since the officer read it, 422 when day or reason do not fit.
pub async fn correct(
    desk: Desk<'_>,
    resident: ResidentId,
    id: StatusId,
    said: Said,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<Status, Problem> {
    let evidence = said.evidence.as_slice();
    let step = Step {
        event: "status.corrected",
        resident,
        status: id,
        evidence,
    };
    desk.step(step, seen, async |tx, act| {
        if act.status.confirmation.is_some() {
            act.desk.must_confirm()?;
        }
        let mut next = Status {
            kind: said.kind,
            grade: said.grade,
            starts_on: said.from,
            ending: said.ending,
            confirmation: None,
            ..act.next()
        };
        check_start(&next, &act.resident)?;
        check_ending(&next, "/ending", act.desk.news.today)?;
        if act.desk.confirms() {
            let mut papers = statuses::evidence_kinds(tx, id).await?;
            papers.extend(kinds(evidence));
            // The truth is recorded also where it takes the entitlement away.
            next.confirmation = act.desk.confirmation(&act.resident, &next, &papers).ok();
        }
        Ok(next)
    })
    .await
}

/// Withdraws a status that never was true: entered for the wrong person, or twice. It counts for
/// no day from then on, and stays on record.
///
/// # Errors
/// 403 for a confirmed status below county level, 404, 409 when it was withdrawn, 412 when it
/// changed since the officer read it.
pub async fn withdraw(
    desk: Desk<'_>,
    resident: ResidentId,
    id: StatusId,
    because: String,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<Status, Problem> {
    let step = Step {
        event: "status.withdrawn",
        resident,
        status: id,
        evidence: &[],
    };
    desk.step(step, seen, async |_, act| {
        if act.status.confirmation.is_some() {
            act.desk.must_confirm()?;
        }
        Ok(Status {
            withdrawn_because: Some(because),
            ..act.next()
        })
    })
    .await
}

/// A status begins after the person was born.
fn check_start(status: &Status, resident: &Resident) -> Result<(), Problem> {
    if status.starts_on > resident.citizen_id.born_on() {
        return Ok(());
    }
    Err(Problem::validation(vec![FieldError::new(
        "/from",
        "date_order",
        Text::new(
            "开始日期须晚于本人出生日期。",
            "The status must begin after the person's birth.",
        ),
    )]))
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
