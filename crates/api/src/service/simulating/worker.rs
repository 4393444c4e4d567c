//! The work of a simulation: pages of people read, asked, and their sums and changes kept.

use std::sync::Arc;

use sizhu_core::JobId;
use sizhu_core::pack::{Help, ProgrammeId};
use sizhu_core::simulation::{SimulationError, Tally};
use sizhu_store::{StoreError, Tx, jobs::Job, policies, population, simulations};

use super::Params;
use super::cursor::{Cursor, ProgrammeCost, Taken};
use super::page::{PageSums, Sets, ask};
use crate::jobs::{JobFault, Page};
use crate::policies::{PolicySet, Source};

/// A simulation in hand: its rules compiled, its population named.
pub struct Simulator {
    job: JobId,
    sets: Arc<Sets>,
    range: population::Range,
}

impl Simulator {
    /// Reads what the simulation is of, and compiles the rules it compares.
    ///
    /// # Errors
    /// [`JobFault::Failed`] when a text it names is not kept any more, or none that can be read.
    pub async fn prepare(tx: &mut Tx, job: &Job) -> Result<Self, JobFault> {
        let params = Params::of(job)?;
        let division = job.division.clone();
        let division = division.ok_or(StoreError::Corrupt("job division"))?;
        let mut sources = Vec::with_capacity(params.policies.len());
        for hash in &params.policies {
            sources.push(text(tx, hash).await?);
        }
        let before = PolicySet::of(sources).map_err(|error| JobFault::internal(&error))?;
        let after = match &params.draft {
            Some(hash) => before
                .with_draft(text(tx, hash).await?)
                .map_err(|error| JobFault::internal(&error))?,
            None => before.clone(),
        };
        let programmes = programmes(&before, &after);
        let asked_for = |id: &ProgrammeId| {
            let named = params.programmes.iter().any(|named| named == id.as_str());
            named || params.programmes.is_empty()
        };
        Ok(Self {
            job: job.id,
            range: population::Range {
                division,
                as_of: params.as_of,
            },
            sets: Arc::new(Sets {
                selected: programmes.iter().map(asked_for).collect(),
                programmes,
                before,
                after,
                year: params.year,
            }),
        })
    }

    /// The job it is of.
    #[must_use]
    pub const fn job(&self) -> JobId {
        self.job
    }

    /// Asks the next page of people.
    ///
    /// # Errors
    /// What the store says; [`JobFault::Failed`] for amounts beyond all money.
    pub async fn page(&self, tx: &mut Tx, job: &Job, limit: u32) -> Result<Page, JobFault> {
        let mut cursor = match &job.cursor {
            Some(value) => {
                serde_json::from_value(value.clone()).or(Err(StoreError::Corrupt("job cursor")))?
            }
            None => Cursor::default(),
        };
        let total = match job.total {
            Some(total) => total,
            None => population::count(tx, &self.range).await?,
        };
        let year = self.sets.year;
        let people = population::page(tx, &self.range, cursor.after.as_ref(), limit.into()).await?;
        let read = people.len();
        cursor.people = cursor
            .people
            .saturating_add(i64::try_from(read).unwrap_or(i64::MAX));
        if let Some(last) = people.last() {
            cursor.after = Some(last.place());
        }
        let (mut sums, taken) = self.ask(people, std::mem::take(&mut cursor.taken)).await?;
        cursor.taken = taken;
        let changes = std::mem::take(&mut sums.changes);
        simulations::insert(tx, job.id, &changes).await?;
        cursor.add(tx, year, sums).await?;
        let is_last = u32::try_from(read).unwrap_or(u32::MAX) < limit;
        let result = if is_last {
            cursor.close(tx, year).await?;
            let result = cursor.clone().result(self.costs())?;
            Some(serde_json::to_value(result).or(Err(StoreError::Corrupt("job result")))?)
        } else {
            None
        };
        Ok(Page {
            done: cursor.people,
            total: Some(total),
            // What is over needs no place to go on from.
            cursor: match &result {
                Some(_) => serde_json::Value::Null,
                None => serde_json::to_value(&cursor).or(Err(StoreError::Corrupt("job cursor")))?,
            },
            result,
        })
    }

    /// Asks people on threads of their own: it is arithmetic, and the others are served meanwhile.
    async fn ask(
        &self,
        people: Vec<population::Inhabitant>,
        mut taken: (Taken, Taken),
    ) -> Result<(PageSums, (Taken, Taken)), JobFault> {
        let sets = Arc::clone(&self.sets);
        let work = move || -> Result<_, SimulationError> {
            let sums = ask(&sets, &people, &mut taken)?;
            Ok((sums, taken))
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(asked)) => Ok(asked),
            Ok(Err(error)) => Err(JobFault::internal(&error)),
            Err(error) => Err(JobFault::internal(&error)),
        }
    }

    /// The programmes asked for, by help and title, with nothing counted yet.
    fn costs(&self) -> Vec<ProgrammeCost> {
        let sets = &self.sets;
        let both = sets.programmes.iter().zip(&sets.selected);
        let selected = both.filter(|(_, selected)| **selected);
        let mut costs: Vec<(Help, ProgrammeCost)> = selected
            .filter_map(|(id, _)| {
                let found = sets.after.programme(None, id);
                let it = found.or_else(|| sets.before.programme(None, id))?;
                let cost = ProgrammeCost {
                    programme: id.as_str().to_owned(),
                    title_zh: it.title().zh.to_string(),
                    title_en: it.title().en.to_string(),
                    help: it.help().as_str().to_owned(),
                    counties: Vec::new(),
                    sum: Tally::default(),
                };
                Some((it.help(), cost))
            })
            .collect();
        costs.sort_by(|(a, one), (b, other)| (a, &one.title_zh).cmp(&(b, &other.title_zh)));
        costs.into_iter().map(|(_, cost)| cost).collect()
    }
}

/// A text that is kept.
async fn text(tx: &mut Tx, hash: &str) -> Result<Source, JobFault> {
    let text = policies::body(tx, hash).await?;
    Ok(Source {
        name: hash.to_owned(),
        text: text.ok_or(StoreError::Corrupt("policy text"))?,
    })
}

/// Every programme of either set, by id.
fn programmes(before: &PolicySet, after: &PolicySet) -> Vec<ProgrammeId> {
    let mut all: Vec<ProgrammeId> = before
        .documents()
        .chain(after.documents())
        .map(|document| document.programme().clone())
        .collect();
    all.sort();
    all.dedup();
    all
}
