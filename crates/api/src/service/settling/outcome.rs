//! What becomes of awards and recoveries when differences are settled, before any of it is written.

use serde_json::json;
use sizhu_core::{
    AccountId, AwardId, Fen, Funding, OpenRecovery, RecoveryId, SettlementStep, Standing,
    settle as steps_for,
};
use sizhu_store::{
    Tx,
    accounts::Purse,
    audit,
    awards::{self, Award},
    recoveries::{self, NewRecovery, OwedBack},
    residents::Resident,
};
use uuid::Uuid;

use super::till::Till;
use super::{Change, Unsettled, internal};
use crate::problem::Problem;
use crate::service::news::News;

/// The open awards and recoveries of everyone whose differences are settled.
pub(super) struct Open {
    /// Awards, oldest first, locked.
    pub(super) awards: Vec<Award>,
    /// Recoveries, oldest first.
    pub(super) recoveries: Vec<OwedBack>,
}

/// Whose difference is settled, and how.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    /// The person.
    pub(super) resident: &'a Resident,
    /// The programme.
    pub(super) programme: &'a str,
    /// The purse that pays the person now.
    pub(super) payer: &'a Purse,
    /// What led to it.
    pub(super) news: News<'a>,
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Outcome {
    cancelled_awards: Vec<AwardId>,
    new_awards: Vec<Award>,
    cancelled_recoveries: Vec<RecoveryId>,
    new_recoveries: Vec<NewRecovery>,
    events: Vec<audit::Event>,
}

fn out_of_range() -> Problem {
    internal(&Unsettled::Amount)
}

fn unlocked() -> Problem {
    internal(&Unsettled::Unlocked)
}

fn till_of(tills: &mut [Till], account: AccountId) -> Result<&mut Till, Problem> {
    let found = tills.iter_mut().find(|it| it.books.budget.id == account);
    found.ok_or_else(unlocked)
}

impl Outcome {
    /// Settles what a year's entitlement of a person changes by.
    pub(super) fn post(
        &mut self,
        of: Of<'_>,
        change: &Change,
        open: &Open,
        tills: &mut [Till],
    ) -> Result<(), Problem> {
        let subject = of.resident.subject;
        let own = (open.awards.iter())
            .filter(|it| it.subject == subject && it.benefit_year == change.year);
        let own: Vec<&Award> = own.collect();
        let known: Vec<_> = own.iter().map(|award| award.open()).collect();
        let owed_back = (open.recoveries.iter())
            .filter(|it| it.subject == subject && it.benefit_year == change.year);
        let owed_back: Vec<OpenRecovery> = owed_back.map(|it| it.recovery).collect();
        let steps = steps_for(change.difference, &known, &owed_back).ok_or_else(out_of_range)?;
        for step in steps {
            self.take(of, &step, change, &own, tills)?;
            self.events.push(audit::Event {
                kind: "difference.settled",
                subject: Some(subject),
                object: Some(change.decision.get()),
                division: None,
                details: json!({ "benefit_year": change.year, "step": step }),
            });
        }
        Ok(())
    }

    fn take(
        &mut self,
        of: Of<'_>,
        step: &SettlementStep,
        change: &Change,
        open: &[&Award],
        tills: &mut [Till],
    ) -> Result<(), Problem> {
        let award = |id: AwardId| {
            let found = open.iter().find(|award| award.id == id);
            found.copied().ok_or_else(unlocked)
        };
        match step {
            SettlementStep::NewAward { amount } => self.propose(of, *amount, change, tills)?,
            SettlementStep::CancelAward { id, .. } => self.give_up(award(*id)?, tills)?,
            SettlementStep::ReduceAward { id, to, .. } => {
                self.reduce(of, award(*id)?, *to, change, tills)?;
            }
            SettlementStep::NewRecovery { amount } => self.recover(of, *amount, None, change),
            SettlementStep::CancelRecovery { id, .. } => self.cancelled_recoveries.push(*id),
            SettlementStep::ReduceRecovery { id, to, .. } => {
                self.cancelled_recoveries.push(*id);
                self.recover(of, *to, Some(*id), change);
            }
        }
        Ok(())
    }

    /// A new award: earmarked if nobody waits and the money is there, else last in the queue.
    fn propose(
        &mut self,
        of: Of<'_>,
        amount: Fen,
        change: &Change,
        tills: &mut [Till],
    ) -> Result<(), Problem> {
        let till = tills
            .iter_mut()
            .find(|it| it.books.budget.purse == *of.payer);
        let till = till.ok_or_else(unlocked)?;
        let id = AwardId::new(Uuid::now_v7());
        let fits = till.has(amount);
        let waiting_no = if fits {
            till.earmark(id, amount).ok_or_else(out_of_range)?;
            None
        } else {
            Some(till.queue())
        };
        self.new_awards.push(Award {
            id,
            subject: of.resident.subject,
            resident: of.resident.id,
            decision: change.decision,
            account: till.books.budget.id,
            programme: of.programme.to_owned(),
            benefit_year: change.year,
            amount,
            standing: Standing::Proposed,
            funding: if fits {
                Funding::Earmarked
            } else {
                Funding::AwaitingFunds
            },
            waiting_no,
            replaces: None,
            recorded_at: of.news.now,
        });
        Ok(())
    }

    fn give_up(&mut self, award: &Award, tills: &mut [Till]) -> Result<(), Problem> {
        let lawful = award.standing.cancel().and(award.funding.release());
        lawful.map_err(|error| internal(&Unsettled::Unlawful(error)))?;
        let till = till_of(tills, award.account)?;
        if award.funding == Funding::Earmarked {
            let released = till.release(award.id, award.amount);
            released.ok_or_else(out_of_range)?;
        } else {
            till.leave_queue();
        }
        self.cancelled_awards.push(award.id);
        Ok(())
    }

    /// A smaller award takes the place of an open one, with its standing and its place in the
    /// queue. Its earmark always fits: the larger one was just released.
    fn reduce(
        &mut self,
        of: Of<'_>,
        award: &Award,
        to: Fen,
        change: &Change,
        tills: &mut [Till],
    ) -> Result<(), Problem> {
        self.give_up(award, tills)?;
        let smaller = Award {
            id: AwardId::new(Uuid::now_v7()),
            decision: change.decision,
            amount: to,
            replaces: Some(award.id),
            recorded_at: of.news.now,
            ..award.clone()
        };
        let till = till_of(tills, award.account)?;
        if award.funding == Funding::Earmarked {
            till.earmark(smaller.id, to).ok_or_else(out_of_range)?;
        } else {
            till.keep_place();
        }
        self.new_awards.push(smaller);
        Ok(())
    }

    fn recover(&mut self, of: Of<'_>, amount: Fen, replaces: Option<RecoveryId>, change: &Change) {
        self.new_recoveries.push(NewRecovery {
            id: RecoveryId::new(Uuid::now_v7()),
            subject: of.resident.subject,
            resident: of.resident.id,
            decision: change.decision,
            programme: of.programme.to_owned(),
            benefit_year: change.year,
            amount,
            replaces,
        });
    }

    /// Writes awards, recoveries and events; what becomes of the accounts is written after it.
    pub(super) async fn write(self, tx: &mut Tx, news: News<'_>) -> Result<(), Problem> {
        awards::cancel_all(tx, &self.cancelled_awards, news.now).await?;
        awards::insert_all(tx, &self.new_awards).await?;
        recoveries::cancel_all(tx, &self.cancelled_recoveries, news.now).await?;
        recoveries::insert_all(tx, &self.new_recoveries, news.now).await?;
        audit::record_all(tx, self.events, news.now).await?;
        Ok(())
    }
}
