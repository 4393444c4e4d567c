//! Jobs: long work, done page by page by one runner a process.
//!
//! A page and how far it got the job are one transaction: a process that dies in the middle of a page
//! leaves nothing of it, and whoever takes the job up goes on from the page before. A runner that is
//! not heard of while a lease lasts loses its job; whatever it does after that is rolled back.

mod fault;
mod kinds;

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use sizhu_store::{
    Actor, StoreError, Tx, audit,
    jobs::{self, Beat, Job, JobState, Lease, Progress},
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub use fault::JobFault;
pub use kinds::Prepared;

use crate::state::State;

/// People on a page of a whole registry.
pub const PAGE: u32 = 2_000;

/// For whom runners act.
const ACTOR: Actor = Actor::System("jobs");

/// How long a runner may be silent before another takes its job. Much longer than a page takes.
const LEASE: TimeDelta = TimeDelta::seconds(120);

/// How long a runner that found nothing to do waits before it looks again, unless it is woken: other
/// processes ask for jobs too.
const IDLE: Duration = Duration::from_secs(2);

/// How often a job is taken up before it is given up: each end of a process in its middle counts, and
/// a job that ends processes must not go on doing so.
const MOST_ATTEMPTS: i32 = 50;

/// What a page of a job came to.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where the job goes on, and what it has counted so far.
    pub cursor: Value,
    /// Rows worked on so far, this page's too.
    pub done: i64,
    /// Rows to work on.
    pub total: Option<i64>,
    /// The job's result, if this was the last page.
    pub result: Option<Value>,
}

/// What becomes of a job after a step.
#[derive(Debug)]
pub enum Next {
    /// There is more to do.
    GoesOn(Box<Job>),
    /// It is over.
    Over(JobState),
    /// Another runner has it.
    Lost,
}

/// Does jobs, one at a time.
pub struct Runner {
    state: State,
    id: Uuid,
    page: u32,
    prepared: Prepared,
}

impl Runner {
    /// A runner with a name of its own. `page` is how many people it takes at once, [`PAGE`] but in
    /// tests.
    #[must_use]
    pub fn new(state: State, page: u32) -> Self {
        Self {
            id: Uuid::now_v7(),
            state,
            page,
            prepared: Prepared::default(),
        }
    }

    fn lease(&self) -> Lease {
        let now = self.state.clock.now();
        Lease {
            id: self.id,
            now,
            until: now.checked_add_signed(LEASE).unwrap_or(now),
        }
    }

    /// Takes up the oldest job that nobody has.
    ///
    /// # Errors
    /// What the store says.
    pub async fn take_up(&self) -> Result<Option<Job>, StoreError> {
        let lease = self.lease();
        self.state
            .store
            .transaction(&ACTOR, async |tx| jobs::claim(tx, lease).await)
            .await
    }

    /// Does the next page of a job that this runner took up. What stops a job for good is kept with
    /// it, and is no error here.
    ///
    /// # Errors
    /// What passes by itself: the job may be tried again.
    pub async fn step(&mut self, job: Job) -> Result<Next, StoreError> {
        if job.cancel_requested {
            return self.end(&job, JobState::Cancelled, None).await;
        }
        if job.attempt > MOST_ATTEMPTS {
            return self.end(&job, JobState::Failed, Some("given_up")).await;
        }
        let id = job.id;
        let page = self.do_page(job).await;
        match page {
            Ok(next) => Ok(next),
            Err(JobFault::Passing(error)) => Err(error),
            Err(JobFault::Lost) => Ok(Next::Lost),
            Err(JobFault::Failed(code)) => {
                tracing::error!(job = %id, code, "a job failed");
                let found = async |tx: &mut Tx| jobs::find(tx, id).await;
                match self.state.store.transaction(&ACTOR, found).await? {
                    Some(job) => self.end(&job, JobState::Failed, Some(code)).await,
                    None => Ok(Next::Lost),
                }
            }
        }
    }

    /// One page, in one transaction.
    async fn do_page(&mut self, mut job: Job) -> Result<Next, JobFault> {
        let (page, id) = (self.page, self.id);
        let (state, prepared) = (&self.state, &mut self.prepared);
        state
            .store
            .transaction(&ACTOR, async |tx| {
                let page = prepared.page(state, tx, &job, page).await?;
                // After the work, so that the lease runs from now.
                let now = state.clock.now();
                let until = now.checked_add_signed(LEASE).unwrap_or(now);
                let lease = Lease { id, now, until };
                let progress = Progress {
                    cursor: page.cursor,
                    done: page.done,
                    total: page.total,
                };
                let beat = jobs::checkpoint(tx, job.id, lease, &progress).await?;
                let end = match (beat, &page.result) {
                    (Beat::Lost, _) => return Err(JobFault::Lost),
                    (Beat::Held, None) => None,
                    (Beat::Held | Beat::CancelRequested, Some(_)) => Some(JobState::Done),
                    (Beat::CancelRequested, None) => Some(JobState::Cancelled),
                };
                job.done = progress.done;
                job.total = progress.total;
                job.cursor = Some(progress.cursor);
                let Some(end) = end else {
                    return Ok(Next::GoesOn(Box::new(job)));
                };
                close(tx, &job, lease, end, page.result.as_ref(), None).await?;
                Ok(Next::Over(end))
            })
            .await
    }

    async fn end(
        &self,
        job: &Job,
        state: JobState,
        error: Option<&'static str>,
    ) -> Result<Next, StoreError> {
        let lease = self.lease();
        let work = async |tx: &mut Tx| close(tx, job, lease, state, None, error).await;
        let ended = self.state.store.transaction(&ACTOR, work).await?;
        Ok(if ended { Next::Over(state) } else { Next::Lost })
    }

    /// Gives a job back into the queue.
    async fn release(&self, job: &Job) {
        let lease = self.lease();
        let work = async |tx: &mut Tx| jobs::release(tx, job.id, lease).await;
        if let Err(error) = self.state.store.transaction(&ACTOR, work).await {
            // Its lease runs out, and somebody takes it up then.
            tracing::warn!(job = %job.id, %error, "a job could not be given back");
        }
    }

    /// Does jobs until it is told to stop; then gives the one in hand back after its page.
    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let woken = std::sync::Arc::clone(&self.state.jobs);
        while !*stop.borrow() {
            match self.take_up().await {
                Ok(Some(job)) => self.finish(job, &stop).await,
                Ok(None) => {
                    tokio::select! {
                        _ = stop.changed() => {}
                        () = woken.notified() => {}
                        () = tokio::time::sleep(IDLE) => {}
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "no jobs can be taken up now");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    }

    /// Does the pages of a job until it is over, lost, or the runner has to stop.
    async fn finish(&mut self, mut job: Job, stop: &watch::Receiver<bool>) {
        let (id, kind) = (job.id, job.kind.as_str());
        tracing::info!(job = %id, kind, attempt = job.attempt, "a job is taken up");
        loop {
            if *stop.borrow() {
                return self.release(&job).await;
            }
            let again = job.clone();
            match self.step(job).await {
                Ok(Next::GoesOn(next)) => job = *next,
                Ok(Next::Over(state)) => {
                    return tracing::info!(job = %id, kind, state = state.as_str(), "a job is over");
                }
                Ok(Next::Lost) => return tracing::warn!(job = %id, kind, "a job was lost"),
                Err(error) => {
                    tracing::warn!(job = %id, kind, %error, "a page is put off");
                    self.release(&again).await;
                    return tokio::time::sleep(IDLE).await;
                }
            }
        }
    }
}

/// Ends a job and records it. False when another runner has it.
async fn close(
    tx: &mut Tx,
    job: &Job,
    lease: Lease,
    state: JobState,
    result: Option<&Value>,
    error: Option<&'static str>,
) -> Result<bool, StoreError> {
    if !jobs::end(tx, job.id, lease, state, result, error).await? {
        return Ok(false);
    }
    let event = audit::Event {
        kind: "job.ended",
        subject: None,
        object: Some(job.id.get()),
        division: job.division.clone(),
        details: json!({
            "kind": job.kind.as_str(),
            "state": state.as_str(),
            "rows": job.done,
            "error": error,
        }),
    };
    audit::record(tx, event, lease.now).await?;
    Ok(true)
}

/// A runner at work in this process. Dropped, it goes on; see [`AtWork::stop`].
pub struct AtWork {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl AtWork {
    /// Sets a runner to work.
    #[must_use]
    pub fn start(runner: Runner) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self {
            stop,
            task: tokio::spawn(runner.run(stopped)),
        }
    }

    /// Lets the runner finish its page, and waits for that.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the runner of jobs ended by itself");
        }
    }
}
