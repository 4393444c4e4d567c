//! Intake: claims that arrive while others are being recorded share the next transaction, and so its
//! commit. Each is answered after that commit, with an outcome of its own; where they cannot be recorded
//! together, each is posted by itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sizhu_store::{
    Actor, Store, StoreError, Tx,
    idempotency::{Answer, Patience, Request},
};
use tokio::{sync::oneshot, time::timeout};

use super::claims::{NewClaim, POSTED, Posted};
use super::news::News;
use super::posting::{self, Posting};
use crate::clock::Clock;
use crate::policies::Policies;
use crate::problem::Problem;

/// Claims of one transaction at most.
const GROUP: usize = 32;

/// Who records for several clients; each claim is recorded under its own.
const INTAKE: Actor = Actor::System("intake");

/// Makes the answer of a posted claim.
type Render = Box<dyn Fn(&Posted) -> Result<Answer, Problem> + Send>;

/// A claim that came in under a key.
pub struct Arrival {
    by: Actor,
    client_id: String,
    key: String,
    operation: String,
    fingerprint: [u8; 32],
    claim: NewClaim,
    render: Render,
}

impl Arrival {
    /// A claim that somebody posts under a key, and what makes the answer.
    pub fn new(
        by: Actor,
        request: &Request<'_>,
        claim: NewClaim,
        render: impl Fn(&Posted) -> Result<Answer, Problem> + Send + 'static,
    ) -> Self {
        Self {
            by,
            client_id: request.client_id.to_owned(),
            key: request.key.to_owned(),
            operation: request.operation.to_owned(),
            fingerprint: request.fingerprint,
            claim,
            render: Box::new(render),
        }
    }

    fn request(&self) -> Request<'_> {
        Request {
            client_id: &self.client_id,
            key: &self.key,
            operation: &self.operation,
            fingerprint: self.fingerprint,
        }
    }

    /// Whether this one waits until the other is recorded.
    fn clashes(&self, other: &Self) -> bool {
        posting::clash(&self.claim, &other.claim)
            || (&self.client_id, &self.key) == (&other.client_id, &other.key)
    }
}

/// What becomes of an arrival.
enum Outcome {
    /// It is answered; or it was the only one of its group, and has a problem.
    Answered(Result<Answer, Problem>),
    /// Its group was not recorded, or it has to wait for somebody: it is to be posted by itself.
    ByItself(Box<Arrival>),
}

/// An arrival that waits, and to whom its outcome is told.
struct Waiting {
    number: u64,
    arrival: Arrival,
    sender: oneshot::Sender<Outcome>,
}

/// The claims that wait in a worker, and whether others are being recorded: one group at a time, so that
/// the next has time to grow.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    recording: bool,
    last_number: u64,
}

impl Queue {
    /// Lets an arrival wait; answers its number.
    fn push(&mut self, arrival: Arrival, sender: oneshot::Sender<Outcome>) -> u64 {
        self.last_number = self.last_number.wrapping_add(1);
        self.waiting.push_back(Waiting {
            number: self.last_number,
            arrival,
            sender,
        });
        self.last_number
    }

    /// Takes one that waits no longer; false when it is being recorded.
    fn give_up(&mut self, number: u64) -> bool {
        let place = self.waiting.iter().position(|it| it.number == number);
        place.and_then(|place| self.waiting.remove(place)).is_some()
    }
}

/// The intake of one worker. Clones are the same intake.
#[derive(Clone)]
pub struct Intake {
    store: Store,
    policies: Arc<Policies>,
    clock: Clock,
    patience: Duration,
    queue: Arc<Mutex<Queue>>,
}

impl Intake {
    /// An intake that records with a store. A claim waits for so long until those before it are recorded.
    #[must_use]
    pub fn new(store: Store, policies: Arc<Policies>, clock: Clock, patience: Duration) -> Self {
        Self {
            store,
            policies,
            clock,
            patience,
            queue: Arc::default(),
        }
    }

    /// Posts a claim, once under its key. What began goes on when the caller is no longer there.
    ///
    /// # Errors
    /// As for any request under a key; 409 that names the claim already posted for the admission, when
    /// its content differs; 422 for days that do not add up.
    pub async fn post(&self, arrival: Arrival) -> Result<Answer, Problem> {
        let (sender, mut answer) = oneshot::channel();
        let (number, begins) = {
            let mut queue = self.queue();
            let begins = !std::mem::replace(&mut queue.recording, true);
            (queue.push(arrival, sender), begins)
        };
        if begins {
            tokio::task::spawn_local(self.clone().record_groups());
        }
        let outcome = match timeout(self.patience, &mut answer).await {
            Ok(outcome) => outcome,
            Err(elapsed) if self.queue().give_up(number) => {
                return Err(StoreError::Unavailable(elapsed.to_string()).into());
            }
            // It is being recorded, and a transaction has a limit of its own.
            Err(_) => answer.await,
        };
        match outcome {
            Ok(Outcome::Answered(result)) => result,
            Ok(Outcome::ByItself(arrival)) => {
                let alone = self.record(&[*arrival], Patience::Long).await;
                alone.map(only)?
            }
            Err(gone) => Err(Problem::internal(&gone)),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records group after group, until nothing waits.
    async fn record_groups(self) {
        let _over = Over(&self.queue);
        while let Some(group) = self.next_group() {
            let each = group.into_iter().map(|it| (it.arrival, it.sender));
            let (arrivals, senders): (Vec<_>, Vec<_>) = each.unzip();
            let outcomes: Vec<Outcome> = match self.record(&arrivals, Patience::Short).await {
                Ok(answers) => {
                    let answered = |answer| Outcome::Answered(Ok(answer));
                    answers.into_iter().map(answered).collect()
                }
                // Only to wait longer is there a reason to try the same again.
                Err(problem) if arrivals.len() == 1 && !problem.is_for_a_lock() => {
                    vec![Outcome::Answered(Err(problem))]
                }
                Err(problem) => {
                    tracing::info!(%problem, claims = arrivals.len(), "claims are posted one by one");
                    let by_itself = |arrival| Outcome::ByItself(Box::new(arrival));
                    arrivals.into_iter().map(by_itself).collect()
                }
            };
            for (sender, outcome) in senders.into_iter().zip(outcomes) {
                // Who hung up is not told.
                let _ = sender.send(outcome);
            }
        }
    }

    /// The next to be recorded together: those that waited longest, no two of which clash. None, and nobody
    /// records any more, when nothing waits.
    fn next_group(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.queue();
        let mut group: Vec<Waiting> = Vec::new();
        let mut left = VecDeque::new();
        for it in std::mem::take(&mut queue.waiting) {
            let mut others = group.iter().chain(&left);
            if group.len() < GROUP && !others.any(|other| it.arrival.clashes(&other.arrival)) {
                group.push(it);
            } else {
                left.push_back(it);
            }
        }
        queue.waiting = left;
        if group.is_empty() {
            queue.recording = false;
            return None;
        }
        Some(group)
    }

    /// Records some in one transaction; their answers in their order.
    async fn record(
        &self,
        arrivals: &[Arrival],
        patience: Patience,
    ) -> Result<Vec<Answer>, Problem> {
        let requests: Vec<Request<'_>> = arrivals.iter().map(Arrival::request).collect();
        let postings = arrivals.iter().zip(&requests).map(|(arrival, request)| {
            let (by, claim) = (arrival.by.clone(), arrival.claim.clone());
            (request, Posting { by, claim })
        });
        let postings: Vec<_> = postings.collect();
        let actor = match arrivals {
            [one] => &one.by,
            _ => &INTAKE,
        };
        let news = News::now(&self.clock, POSTED);
        let render = |place: usize, posted: &Posted| {
            let arrival = arrivals.get(place);
            let arrival = arrival.ok_or_else(|| Problem::internal(&Lost))?;
            (arrival.render)(posted)
        };
        let work = async |tx: &mut Tx| {
            posting::post_once(tx, &self.policies, postings, patience, news, render).await
        };
        let answered = self.store.transaction(actor, work).await?;
        Ok(answered.into_iter().map(|it| it.answer).collect())
    }
}

/// Lets the next arrival begin anew where recording ended half way: it panicked.
struct Over<'a>(&'a Mutex<Queue>);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            queue.recording = false;
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("an arrived claim was lost")]
struct Lost;

/// The answer of the only one.
fn only(answers: Vec<Answer>) -> Result<Answer, Problem> {
    let answer = answers.into_iter().next();
    answer.ok_or_else(|| Problem::internal(&Lost))
}
