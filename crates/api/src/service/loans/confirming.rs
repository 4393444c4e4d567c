//! Confirming a loan: an officer's word on the family, and what the business reports.

use serde_json::json;
use sizhu_core::{Fen, LoanId};
use sizhu_store::{
    Tx, audit,
    loans::{self, Confirmation, LoanContent},
    residents,
};
use uuid::Uuid;

use super::{Counter, LoanState, visible};
use crate::problem::{Problem, Text};
use crate::service::households::{holder_of, lock_holders};
use crate::service::subsidising::{Which, decide_holders};

/// What an officer says of a loan.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// Whether the family kept the policy when it borrowed.
    pub family_kept_policy: Option<bool>,
    /// Households that a co-operative leads.
    pub households_led: Option<u32>,
    /// Jobs the business made.
    pub jobs_created: Option<u32>,
    /// Income of a year that it brought.
    pub income: Option<Fen>,
}

/// Confirms a loan: what is said now takes the place of what was said. What was decided of the
/// holder's loans is decided anew.
///
/// # Errors
/// 403 below county level or for who posted the loan, 404, 412 when it changed since the officer
/// read it.
pub async fn confirm(
    at: Counter<'_>,
    id: LoanId,
    said: Said,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<LoanState, Problem> {
    let work = async |tx: &mut Tx| confirm_in(tx, at, id, said, seen).await;
    at.store.transaction(at.actor, work).await
}

/// Confirms a loan, as [`confirm`] does, in a transaction that may do more.
///
/// # Errors
/// As [`confirm`].
pub async fn confirm_in(
    tx: &mut Tx,
    at: Counter<'_>,
    id: LoanId,
    said: Said,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<LoanState, Problem> {
    let division = at.grant.division();
    if division.is_none_or(|division| !division.level().is_at_least_county()) {
        return Err(Problem::forbidden().with_detail(Text::new(
            "须由县级及以上人员办理。",
            "This takes an officer of county level or above.",
        )));
    }
    let actor = at.actor;
    let loan = visible(tx, at.grant, id).await?;
    let holder = holder_of(tx, &loan).await?;
    lock_holders(tx, &[holder]).await?;
    let news = at.news.after_waiting();
    let loan = loans::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    seen(loan.version.into())?;
    if loans::posted_by(tx, id).await?.as_deref() == Some(actor.name()) {
        return Err(Problem::forbidden().with_detail(Text::new(
            "录入人不得确认自己录入的贷款。",
            "Nobody confirms what they entered themselves.",
        )));
    }
    let mut next = loan.clone();
    next.version = loan.version.saturating_add(1);
    next.version_id = Uuid::now_v7();
    next.content = LoanContent {
        family_kept_policy: said.family_kept_policy,
        households_led: said.households_led,
        jobs_created: said.jobs_created,
        income: said.income,
        confirmation: Some(Confirmation {
            by: actor.name().to_owned(),
            on: news.today,
        }),
        ..loan.content
    };
    loans::replace(tx, &next, news.now).await?;
    let event = audit::Event {
        kind: "loan.confirmed",
        subject: Some(next.subject),
        object: Some(id.get()),
        division: None,
        details: json!({ "loan_version_id": next.version_id, "version": next.version }),
    };
    audit::record(tx, event, news.now).await?;
    decide_holders(tx, at.policies, &[holder], Which::Decided, news).await?;
    let resident = residents::find_by_subject(tx, next.subject).await?;
    Ok(LoanState {
        loan: next,
        resident,
    })
}
