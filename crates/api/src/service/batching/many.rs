//! Many claims at once: a group in one transaction, each line with an outcome of its own. Whoever has
//! read claims from anywhere, with a key each, posts them here.

use sizhu_core::HOSPITAL_CARE;
use sizhu_store::{
    Actor, Store, Tx, accounts,
    idempotency::{Answer, Patience, Request},
    subjects,
};

use super::Hold;
use crate::policies::Policies;
use crate::problem::{Problem, ProblemKind};
use crate::service::claims::{NewClaim, Posted, post};
use crate::service::news::News;
use crate::service::once::{Answered, once_in};
use crate::service::settling::FISCAL;

/// How often a line is tried that fails for a passing reason.
const TRIES: usize = 3;

/// A line that can be read.
#[derive(Clone)]
pub struct Said {
    /// Its key: as good as the `Idempotency-Key` of a claim posted by itself.
    pub key: String,
    /// Keyed fingerprint of what a claim posted by itself would say.
    pub request: [u8; 32],
    /// The claim.
    pub claim: NewClaim,
}

/// A line that cannot be.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// Its key, if that can be read.
    pub key: Option<String>,
    /// What is wrong with it, with pointers into the line.
    pub problem: Problem,
}

/// A line as it was sent.
#[derive(Clone)]
pub struct SentLine {
    /// Its number, from 1.
    pub number: u32,
    /// Keyed fingerprint of all that stands in it.
    pub fingerprint: [u8; 32],
    /// What it says.
    pub said: Result<Said, Unreadable>,
}

/// What becomes of a line: as it would have been answered by itself.
pub type Outcome = Result<Answered, Problem>;

/// Who posts, and under which policies.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The store.
    pub store: &'a Store,
    /// Who.
    pub actor: &'a Actor,
    /// Whose the keys of the lines are.
    pub client_id: &'a str,
    /// The operation under which they are kept.
    pub operation: &'a str,
    /// The policies.
    pub policies: &'a Policies,
}

/// Posts the claims of some lines together, and one by one where that cannot be done. Each keeps its
/// own outcome, in the order of the lines; what cannot be taken harms no other. `hold` is the batch
/// that they are lines of, if they are of one.
///
/// # Errors
/// What passes by itself did not: the lines before are recorded, those after may be sent again.
pub async fn post_lines(
    desk: Desk<'_>,
    lines: &[SentLine],
    hold: Option<&Hold<'_>>,
    news: News<'_>,
    render: &impl Fn(&Posted) -> Result<Answer, Problem>,
) -> Result<Vec<Outcome>, Problem> {
    let problem = match together(desk, lines, hold, news, render).await {
        Ok(outcomes) => return Ok(outcomes),
        Err(problem) => problem,
    };
    tracing::info!(%problem, lines = lines.len(), "a group is posted line by line");
    let mut outcomes = Vec::with_capacity(lines.len());
    for line in lines {
        outcomes.extend(alone(desk, line, hold, news.after_waiting(), render).await?);
    }
    Ok(outcomes)
}

/// Posts a line in a transaction of its own.
async fn alone(
    desk: Desk<'_>,
    line: &SentLine,
    hold: Option<&Hold<'_>>,
    news: News<'_>,
    render: &impl Fn(&Posted) -> Result<Answer, Problem>,
) -> Result<Vec<Outcome>, Problem> {
    let mut tries: usize = 1;
    let line = std::slice::from_ref(line);
    loop {
        match together(desk, line, hold, news.after_waiting(), render).await {
            Err(problem) if passes(&problem) && tries < TRIES => tries = tries.saturating_add(1),
            posted => return posted,
        }
    }
}

/// Whether a problem may be gone when the same is tried again.
fn passes(problem: &Problem) -> bool {
    matches!(
        problem.kind(),
        ProblemKind::Unavailable | ProblemKind::IdempotencyInProgress
    )
}

/// Posts some lines in one transaction. What passes by itself fails it whole.
async fn together(
    desk: Desk<'_>,
    lines: &[SentLine],
    hold: Option<&Hold<'_>>,
    news: News<'_>,
    render: &impl Fn(&Posted) -> Result<Answer, Problem>,
) -> Result<Vec<Outcome>, Problem> {
    let work = async |tx: &mut Tx| {
        let mut patience = Patience::Long;
        if lines.len() > 1 {
            lock(tx, lines, news).await?;
            patience = Patience::Short;
        }
        let news = news.after_waiting();
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(lines.len());
        for line in lines {
            let said = match &line.said {
                Ok(said) => said,
                Err(unreadable) => {
                    outcomes.push(Err(unreadable.problem.clone()));
                    continue;
                }
            };
            let one = async |tx: &mut Tx| one(tx, desk, said, patience, news, render).await;
            match tx.attempt(one).await? {
                Err(problem) if passes(&problem) => return Err(problem),
                outcome => outcomes.push(outcome),
            }
        }
        if let Some(hold) = hold {
            hold.keep(tx, lines, &outcomes, news).await?;
        }
        Ok(outcomes)
    };
    desk.store.transaction(desk.actor, work).await
}

/// Locks all people of a group, and then the accounts that pay them, before anything is posted: line
/// by line they would be locked in the order of the file, while others wait for them in another.
async fn lock(tx: &mut Tx, lines: &[SentLine], news: News<'_>) -> Result<(), Problem> {
    let mut people = Vec::with_capacity(lines.len());
    for said in lines.iter().filter_map(|line| line.said.as_ref().ok()) {
        let index = tx.keys().person_index(&said.claim.citizen_id);
        if !people.contains(&index) {
            people.push(index);
        }
    }
    let subjects = subjects::lock_all(tx, &people, news.now).await?;
    let year = news.today.year();
    accounts::lock_of_people(tx, &subjects, FISCAL, HOSPITAL_CARE, year).await?;
    Ok(())
}

async fn one(
    tx: &mut Tx,
    desk: Desk<'_>,
    said: &Said,
    patience: Patience,
    news: News<'_>,
    render: &impl Fn(&Posted) -> Result<Answer, Problem>,
) -> Outcome {
    let request = Request {
        client_id: desk.client_id,
        key: &said.key,
        operation: desk.operation,
        fingerprint: said.request,
    };
    let claim = said.claim.clone();
    let work = async |tx: &mut Tx| render(&post(tx, desk.policies, claim, news).await?);
    once_in(tx, &request, patience, news.now, work).await
}
