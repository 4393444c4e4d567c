//! Many claims at once: a group in one transaction, each line with an outcome of its own. Whoever has
//! read claims from anywhere, with a key each, posts them here.

use sizhu_store::{
    Actor, Store, Tx,
    idempotency::{Answer, Patience, Request},
};

use super::Hold;
use crate::policies::Policies;
use crate::problem::{Problem, ProblemKind};
use crate::service::claims::{NewClaim, Posted};
use crate::service::news::News;
use crate::service::once::Answered;
use crate::service::posting::{self, Posting, apart};

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

impl Desk<'_> {
    fn request<'a>(&'a self, said: &'a Said) -> Request<'a> {
        Request {
            client_id: self.client_id,
            key: &said.key,
            operation: self.operation,
            fingerprint: said.request,
        }
    }
}

/// Posts the claims of some lines in their order: together, as far as they are on different people, and
/// one by one where that cannot be done. Each keeps its own outcome; what cannot be taken harms no other. `hold` is the batch that they are lines of, if they are of one.
///
/// # Errors
/// What passes by itself did not: the lines before are recorded, those after may be sent again.
pub async fn post_lines(
    desk: Desk<'_>,
    lines: Vec<SentLine>,
    hold: Option<&Hold<'_>>,
    news: News<'_>,
    render: &impl Fn(&Posted) -> Result<Answer, Problem>,
) -> Result<(), Problem> {
    let clash = |one: &SentLine, other: &SentLine| match (&one.said, &other.said) {
        (Ok(one), Ok(other)) => one.key == other.key || posting::clash(&one.claim, &other.claim),
        _ => false,
    };
    for group in apart(lines, clash) {
        let Err(problem) = together(desk, &group, hold, news, render).await else {
            continue;
        };
        tracing::info!(%problem, lines = group.len(), "a group is posted line by line");
        for line in &group {
            alone(desk, line, hold, news, render).await?;
        }
    }
    Ok(())
}

/// Posts a line in a transaction of its own.
async fn alone(
    desk: Desk<'_>,
    line: &SentLine,
    hold: Option<&Hold<'_>>,
    news: News<'_>,
    render: &impl Fn(&Posted) -> Result<Answer, Problem>,
) -> Result<(), Problem> {
    let own = std::slice::from_ref(line);
    let mut tries: usize = 1;
    loop {
        let problem = match together(desk, own, hold, news.after_waiting(), render).await {
            Err(problem) if !passes(&problem) => problem,
            Err(_) if tries < TRIES => {
                tries = tries.saturating_add(1);
                continue;
            }
            posted => return posted,
        };
        let refused = async |tx: &mut Tx| keep(tx, hold, own, &[Err(problem)], news).await;
        return desk.store.transaction(desk.actor, refused).await;
    }
}

/// Whether a problem may be gone when the same is tried again.
fn passes(problem: &Problem) -> bool {
    matches!(
        problem.kind(),
        ProblemKind::Unavailable | ProblemKind::IdempotencyInProgress
    )
}

/// Posts some lines in one transaction, no two of which clash; what is wrong with one of those that can
/// be read fails it whole.
async fn together(
    desk: Desk<'_>,
    lines: &[SentLine],
    hold: Option<&Hold<'_>>,
    news: News<'_>,
    render: &impl Fn(&Posted) -> Result<Answer, Problem>,
) -> Result<(), Problem> {
    let said: Vec<&Said> = lines
        .iter()
        .filter_map(|it| it.said.as_ref().ok())
        .collect();
    let requests: Vec<Request<'_>> = said.iter().map(|said| desk.request(said)).collect();
    let postings = said.iter().zip(&requests).map(|(said, request)| {
        let (by, claim) = (desk.actor.clone(), said.claim.clone());
        (request, Posting { by, claim })
    });
    let postings: Vec<_> = postings.collect();
    let patience = match said.len() {
        0 | 1 => Patience::Long,
        _ => Patience::Short,
    };
    let work = async |tx: &mut Tx| {
        let render = |_, posted: &Posted| render(posted);
        let posted = posting::post_once(tx, desk.policies, postings, patience, news, render);
        let mut posted = posted.await?.into_iter();
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(lines.len());
        for line in lines {
            match &line.said {
                Ok(_) => outcomes.extend(posted.next().map(Ok)),
                Err(unreadable) => outcomes.push(Err(unreadable.problem.clone())),
            }
        }
        keep(tx, hold, lines, &outcomes, news.after_waiting()).await
    };
    desk.store.transaction(desk.actor, work).await
}

/// Keeps what became of some lines with their batch, if they are of one.
async fn keep(
    tx: &mut Tx,
    hold: Option<&Hold<'_>>,
    lines: &[SentLine],
    outcomes: &[Outcome],
    news: News<'_>,
) -> Result<(), Problem> {
    match hold {
        Some(hold) => hold.keep(tx, lines, outcomes, news).await,
        None => Ok(()),
    }
}
