//! Settling: what a difference does to awards, recoveries and the ledger.

use chrono::{DateTime, Utc};
use serde_json::json;
use sizhu_core::{
    AccountId, AwardId, DecisionId, DivisionCode, Fen, Funding, RecoveryId, SettlementStep,
    Standing, TransitionError, serve_queue, settle as steps_for,
};
use sizhu_store::{
    StoreError, Tx,
    accounts::{self, Account, Books, Purse},
    audit,
    awards::{self, Award},
    recoveries::{self, NewRecovery},
    residents::Resident,
    transfers,
};
use uuid::Uuid;

use super::news::News;
use crate::problem::Problem;

/// The fund that pays: the fiscal money of the association's programmes.
pub const FISCAL: &str = "fiscal";

/// How many waiting awards are looked at in one go.
const QUEUE_CHUNK: i64 = 500;

/// What a calendar year's entitlement changes by, and the decision that changed it.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// Calendar year of the days.
    pub year: i32,
    /// Entitlement now less entitlement before.
    pub difference: Fen,
    /// The newest decision with a part in it.
    pub decision: DecisionId,
}

#[derive(Debug, thiserror::Error)]
enum Unsettled {
    #[error("the amounts of a settlement are out of range")]
    Amount,
    #[error("a settlement names an award or account that was not locked")]
    Unlocked,
    #[error(transparent)]
    Unlawful(TransitionError),
    #[error("a registered residence is in no county")]
    NoCounty,
}

fn internal(fault: &Unsettled) -> Problem {
    Problem::internal(fault)
}

/// Posts the changes of one person. The subject is locked by the caller; here the accounts are
/// locked, all at once, and then the awards.
///
/// # Errors
/// What the store says.
pub async fn settle(
    tx: &mut Tx,
    resident: &Resident,
    programme: &str,
    changes: &[Change],
    news: News<'_>,
) -> Result<(), Problem> {
    settle_all(tx, &[(resident, changes)], programme, news).await
}

/// Posts the changes of several people, whose subjects are locked, as [`settle`] does of one: the
/// accounts of all of them are locked before the first award is.
///
/// # Errors
/// What the store says.
pub async fn settle_all(
    tx: &mut Tx,
    people: &[(&Resident, &[Change])],
    programme: &str,
    news: News<'_>,
) -> Result<(), Problem> {
    let (mut purses, mut opened) = (Vec::new(), Vec::new());
    for (resident, _) in people {
        let payer = payer(resident, programme, news)?;
        if !purses.contains(&payer) {
            purses.push(payer);
        }
        for id in awards::accounts_of_open(tx, resident.subject, programme).await? {
            let account = accounts::find(tx, id).await?;
            let purse = account.map(|account| account.purse);
            purses.extend(purse.filter(|it| !purses.contains(it)));
        }
    }
    // In one order: two that open accounts at once wait for each other's, too.
    purses.sort_by(|a, b| (&a.county, a.year).cmp(&(&b.county, b.year)));
    for purse in &purses {
        if accounts::open(tx, purse, news.now).await? {
            opened.push(purse);
        }
    }
    let books = accounts::lock(tx, &purses).await?;
    for book in (books.iter()).filter(|it| opened.contains(&&it.budget.purse)) {
        audit::record(tx, opening(&book.budget), news.now).await?;
    }
    let mut freed = Vec::new();
    for (resident, changes) in people {
        let mut settlement = Settlement {
            resident,
            programme,
            payer: payer(resident, programme, news)?,
            books: &books,
            freed: Vec::new(),
            news,
        };
        for change in *changes {
            settlement.post(tx, change).await?;
        }
        freed.extend(settlement.freed);
    }
    for book in books.iter().filter(|it| freed.contains(&it.budget.id)) {
        serve(tx, book, news.now).await?;
    }
    Ok(())
}

/// The purse that pays a person.
fn payer(resident: &Resident, programme: &str, news: News<'_>) -> Result<Purse, Problem> {
    let county = resident.details.division.county();
    let county = county.ok_or_else(|| internal(&Unsettled::NoCounty))?;
    Ok(purse(programme, county, news))
}

/// The event of opening a purse's accounts.
pub(super) fn opening(budget: &Account) -> audit::Event {
    audit::Event {
        kind: "account.opened",
        subject: None,
        object: Some(budget.id.get()),
        division: Some(budget.purse.county.clone()),
        details: json!({ "year": budget.purse.year, "programme": budget.purse.programme }),
    }
}

/// The purse that pays what is decided today: of the county of registered residence, from the
/// budget of the year of the decision's day.
fn purse(programme: &str, county: DivisionCode, news: News<'_>) -> Purse {
    Purse {
        fund: FISCAL.to_owned(),
        programme: programme.to_owned(),
        year: news.today.year(),
        county,
    }
}

struct Settlement<'a> {
    resident: &'a Resident,
    programme: &'a str,
    payer: Purse,
    books: &'a [Books],
    /// Budget accounts that got money back, whose queues are to be served.
    freed: Vec<AccountId>,
    news: News<'a>,
}

impl Settlement<'_> {
    async fn post(&mut self, tx: &mut Tx, change: &Change) -> Result<(), Problem> {
        let subject = self.resident.subject;
        let open = awards::lock_open(tx, subject, self.programme, change.year).await?;
        let owed_back = recoveries::open_of(tx, subject, self.programme, change.year).await?;
        let known: Vec<_> = open.iter().map(Award::open).collect();
        let steps = steps_for(change.difference, &known, &owed_back)
            .ok_or_else(|| internal(&Unsettled::Amount))?;
        for step in steps {
            self.take(tx, &step, change, &open).await?;
            let event = audit::Event {
                kind: "difference.settled",
                subject: Some(subject),
                object: Some(change.decision.get()),
                division: None,
                details: json!({ "benefit_year": change.year, "step": step }),
            };
            audit::record(tx, event, self.news.now).await?;
        }
        Ok(())
    }

    async fn take(
        &mut self,
        tx: &mut Tx,
        step: &SettlementStep,
        change: &Change,
        open: &[Award],
    ) -> Result<(), Problem> {
        let award = |id: AwardId| {
            let found = open.iter().find(|award| award.id == id);
            found.ok_or_else(|| internal(&Unsettled::Unlocked))
        };
        match step {
            SettlementStep::NewAward { amount } => self.propose(tx, *amount, change).await?,
            SettlementStep::CancelAward { id, .. } => self.give_up(tx, award(*id)?).await?,
            SettlementStep::ReduceAward { id, to, .. } => {
                self.reduce(tx, award(*id)?, *to, change).await?;
            }
            SettlementStep::NewRecovery { amount } => {
                self.recover(tx, *amount, None, change).await?;
            }
            SettlementStep::CancelRecovery { id, .. } => {
                recoveries::cancel(tx, *id, self.news.now).await?;
            }
            SettlementStep::ReduceRecovery { id, to, .. } => {
                recoveries::cancel(tx, *id, self.news.now).await?;
                self.recover(tx, *to, Some(*id), change).await?;
            }
        }
        Ok(())
    }

    fn books_of(&self, account: AccountId) -> Result<&Books, Problem> {
        let found = self.books.iter().find(|books| books.budget.id == account);
        found.ok_or_else(|| internal(&Unsettled::Unlocked))
    }

    /// A new award: earmarked if nobody waits and the money is there, else last in the queue.
    async fn propose(&self, tx: &mut Tx, amount: Fen, change: &Change) -> Result<(), Problem> {
        let payer = self
            .books
            .iter()
            .find(|books| books.budget.purse == self.payer);
        let payer = payer.ok_or_else(|| internal(&Unsettled::Unlocked))?;
        let account = payer.budget.id;
        let queue_is_empty = awards::waiting(tx, account, 1).await?.is_empty();
        let fits = queue_is_empty && available(tx, account).await? >= amount;
        let waiting_no = if fits {
            None
        } else {
            Some(accounts::next_waiting_no(tx, account).await?)
        };
        let award = Award {
            id: AwardId::new(Uuid::now_v7()),
            subject: self.resident.subject,
            resident: self.resident.id,
            decision: change.decision,
            account,
            programme: self.programme.to_owned(),
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
            recorded_at: self.news.now,
        };
        awards::insert(tx, &award).await?;
        if fits {
            transfers::earmark(tx, payer, award.id, amount, self.news.now).await?;
        }
        Ok(())
    }

    async fn give_up(&mut self, tx: &mut Tx, award: &Award) -> Result<(), Problem> {
        let lawful = award.standing.cancel().and(award.funding.release());
        lawful.map_err(|error| internal(&Unsettled::Unlawful(error)))?;
        if award.funding == Funding::Earmarked {
            let books = self.books_of(award.account)?;
            transfers::release(tx, books, award.id, self.news.now).await?;
        }
        // Also one that only leaves the queue may have been the one that did not fit.
        self.freed.push(award.account);
        awards::cancel(tx, award.id, self.news.now).await?;
        Ok(())
    }

    /// A smaller award takes the place of an open one, with its standing and its place in the
    /// queue. Its earmark always fits: the larger one was just released.
    async fn reduce(
        &mut self,
        tx: &mut Tx,
        award: &Award,
        to: Fen,
        change: &Change,
    ) -> Result<(), Problem> {
        self.give_up(tx, award).await?;
        let smaller = Award {
            id: AwardId::new(Uuid::now_v7()),
            decision: change.decision,
            amount: to,
            replaces: Some(award.id),
            recorded_at: self.news.now,
            ..award.clone()
        };
        awards::insert(tx, &smaller).await?;
        if award.funding == Funding::Earmarked {
            let books = self.books_of(award.account)?;
            transfers::earmark(tx, books, smaller.id, to, self.news.now).await?;
        }
        Ok(())
    }

    async fn recover(
        &self,
        tx: &mut Tx,
        amount: Fen,
        replaces: Option<RecoveryId>,
        change: &Change,
    ) -> Result<(), Problem> {
        let new = NewRecovery {
            id: RecoveryId::new(Uuid::now_v7()),
            subject: self.resident.subject,
            resident: self.resident.id,
            decision: change.decision,
            programme: self.programme.to_owned(),
            benefit_year: change.year,
            amount,
            replaces,
        };
        recoveries::insert(tx, &new, self.news.now).await?;
        Ok(())
    }
}

/// What an account has left now. Its row is locked.
async fn available(tx: &mut Tx, account: AccountId) -> Result<Fen, Problem> {
    let account = accounts::find(tx, account).await?;
    let account = account.ok_or_else(|| internal(&Unsettled::Unlocked))?;
    Ok(account.available())
}

/// Serves an account's queue: in order, none skipped, none in part. The account is locked.
/// Answers the awards that got their money.
///
/// # Errors
/// What the store says.
pub async fn serve(
    tx: &mut Tx,
    books: &Books,
    now: DateTime<Utc>,
) -> Result<Vec<AwardId>, StoreError> {
    let account = books.budget.id;
    let mut served = Vec::new();
    loop {
        let waiting = awards::waiting(tx, account, QUEUE_CHUNK).await?;
        let current = accounts::find(tx, account).await?;
        let available = current.map_or(Fen::ZERO, |current| current.available());
        let turn = serve_queue(available, &waiting);
        for (award, amount) in waiting.iter().filter(|(award, _)| turn.contains(award)) {
            transfers::earmark(tx, books, *award, *amount, now).await?;
            awards::mark_earmarked(tx, *award, now).await?;
        }
        let all = turn.len() == waiting.len();
        let more = i64::try_from(waiting.len()).is_ok_and(|len| len == QUEUE_CHUNK);
        served.extend(turn);
        if !(all && more) {
            break;
        }
    }
    if !served.is_empty() {
        let event = audit::Event {
            kind: "queue.served",
            subject: None,
            object: Some(account.get()),
            division: Some(books.budget.purse.county.clone()),
            details: json!({ "awards": served }),
        };
        audit::record(tx, event, now).await?;
    }
    Ok(served)
}
