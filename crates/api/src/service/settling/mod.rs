//! Settling: what a difference does to awards, recoveries and the ledger. All that is known is read
//! first, for everyone together; what becomes of it is worked out, and then written at once.

mod outcome;
mod till;

use chrono::{DateTime, Utc};
use serde_json::json;
use sizhu_core::{AwardId, DecisionId, DivisionCode, Fen, SubjectId, TransitionError, serve_queue};
use sizhu_store::{
    StoreError, Tx,
    accounts::{self, Account, Books, Purse},
    audit, awards, recoveries,
    residents::Resident,
    transfers::{self, Earmark},
};

use outcome::{Open, Outcome};
use till::Till;

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

/// Posts the changes of people, each named once, whose subjects are locked by the caller. Here the
/// accounts of all of them are locked, all at once, and then the awards.
///
/// # Errors
/// What the store says.
pub async fn settle_all(
    tx: &mut Tx,
    people: &[(&Resident, &[Change])],
    programme: &str,
    news: News<'_>,
) -> Result<(), Problem> {
    if people.is_empty() {
        return Ok(());
    }
    let subjects: Vec<SubjectId> = people
        .iter()
        .map(|(resident, _)| resident.subject)
        .collect();
    let residents: Vec<&Resident> = people.iter().map(|(resident, _)| *resident).collect();
    let books = books_of(tx, &residents, programme, news).await?;
    let mut tills = tills(tx, books).await?;
    let open = Open {
        awards: awards::lock_open(tx, &subjects, programme).await?,
        recoveries: recoveries::open_of(tx, &subjects, programme).await?,
    };
    let mut outcome = Outcome::default();
    for (resident, changes) in people {
        let payer = payer(resident, programme, news)?;
        let of = outcome::Of {
            resident,
            programme,
            payer: &payer,
            news,
        };
        for change in *changes {
            outcome.post(of, change, &open, &mut tills)?;
        }
    }
    outcome.write(tx, news).await?;
    till::write(tx, &tills, news.now).await?;
    for till in tills.iter().filter(|till| till.freed) {
        serve(tx, &till.books, news.now).await?;
    }
    Ok(())
}

/// Locks the accounts that may pay several people, whose subjects are locked: all at once, and opens
/// those that are not there.
///
/// # Errors
/// What the store says.
pub(super) async fn books_of(
    tx: &mut Tx,
    people: &[&Resident],
    programme: &str,
    news: News<'_>,
) -> Result<Vec<Books>, Problem> {
    let mut purses = Vec::new();
    for resident in people {
        let payer = payer(resident, programme, news)?;
        if !purses.contains(&payer) {
            purses.push(payer);
        }
    }
    let subjects: Vec<SubjectId> = people.iter().map(|resident| resident.subject).collect();
    let drawn_on = awards::purses_of_open(tx, &subjects, programme).await?;
    purses.extend(
        drawn_on
            .into_iter()
            .filter(|it| !purses.contains(it))
            .collect::<Vec<_>>(),
    );
    // In one order: two that open accounts at once wait for each other's, too.
    purses.sort_by(|a, b| (&a.county, a.year).cmp(&(&b.county, b.year)));
    let found = accounts::lock_those_open(tx, &purses).await?;
    if let Some(books) = found.iter().cloned().collect() {
        return Ok(books);
    }
    let mut opened = Vec::new();
    for (purse, _) in purses
        .iter()
        .zip(&found)
        .filter(|(_, books)| books.is_none())
    {
        if accounts::open(tx, purse, news.now).await? {
            opened.push(purse);
        }
    }
    let books = accounts::lock(tx, &purses).await?;
    for book in (books.iter()).filter(|it| opened.contains(&&it.budget.purse)) {
        audit::record(tx, opening(&book.budget), news.now).await?;
    }
    Ok(books)
}

/// What is left in locked accounts, and who waits for it.
async fn tills(tx: &mut Tx, books: Vec<Books>) -> Result<Vec<Till>, StoreError> {
    let ids: Vec<_> = books.iter().map(|book| book.budget.id).collect();
    let waiting = awards::waiting_totals(tx, &ids).await?;
    let till = |book: Books| {
        let own = waiting.iter().find(|(id, ..)| *id == book.budget.id);
        let waiting = own.map_or(0, |(_, count, _)| *count);
        Till::new(book, waiting)
    };
    Ok(books.into_iter().map(till).collect())
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
        // The queue is served from its front.
        let served_now = waiting.get(..turn.len()).unwrap_or_default();
        let earmarks = served_now.iter().map(|(award, amount)| Earmark {
            books,
            award: *award,
            amount: *amount,
        });
        transfers::earmark(tx, &earmarks.collect::<Vec<_>>(), now).await?;
        awards::mark_earmarked(tx, &turn, now).await?;
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
