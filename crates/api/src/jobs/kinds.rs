//! The kinds of jobs, and who does a page of each.

use sizhu_store::{
    Tx,
    jobs::{Job, JobKind},
};

use super::{JobFault, Page};
use crate::service::{forgetting, redeciding, simulating::Simulator, subsidy_runs};
use crate::state::State;

/// What a runner keeps between the pages of the job in hand, so that it is made once.
#[derive(Default)]
pub struct Prepared {
    simulator: Option<Simulator>,
}

impl Prepared {
    /// Does the next page of a job in the transaction that is given: from its cursor on, and not
    /// beyond what is bounded by `people` and by time.
    pub(super) async fn page(
        &mut self,
        state: &State,
        tx: &mut Tx,
        job: &Job,
        people: u32,
    ) -> Result<Page, JobFault> {
        match job.kind {
            JobKind::Simulation => {
                let simulator = match self.simulator.take() {
                    Some(it) if it.job() == job.id => self.simulator.insert(it),
                    Some(_) | None => self.simulator.insert(Simulator::prepare(tx, job).await?),
                };
                simulator.page(tx, job, people).await
            }
            JobKind::Redecision => redeciding::page(state, tx, job).await,
            JobKind::SubsidyRun => subsidy_runs::page(state, tx, job, people).await,
            JobKind::Forgetting => forgetting::page(state, tx, job).await,
        }
    }
}
