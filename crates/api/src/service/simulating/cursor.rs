//! How far a simulation is, and what came of it: the counties that are done, and the one that is open.
//! People come county by county, so only one is open at a time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sizhu_core::simulation::{Drained, Tally};
use sizhu_core::{DivisionCode, Fen};
use sizhu_store::{StoreError, Tx, accounts, divisions, population::After};

use super::page::{CountySums, PageSums};
use crate::jobs::JobFault;

/// The budget accounts of a county and year: there are not more programmes than that.
const MOST_ACCOUNTS: i64 = 1_000;

/// How far a simulation is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    /// The last person asked.
    pub(super) after: Option<After>,
    /// People asked so far.
    pub(super) people: i64,
    /// Places of quotas taken before and after, by programme and place.
    pub(super) taken: (Taken, Taken),
    open: Option<OpenCounty>,
    closed: Vec<ClosedCounty>,
}

/// Places of quotas that are taken, by programme and place.
pub(super) type Taken = BTreeMap<String, i64>;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenCounty {
    county: DivisionCode,
    people: i64,
    /// By programme.
    tallies: BTreeMap<String, Tally>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClosedCounty {
    county: String,
    name: String,
    people: i64,
    programmes: Vec<ClosedProgramme>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClosedProgramme {
    programme: String,
    /// Without its days: what they tell is in `drained`.
    tally: Tally,
    budget: Option<Fen>,
    drained: Drained,
}

impl Cursor {
    /// Adds what a page came to.
    pub(super) async fn add(
        &mut self,
        tx: &mut Tx,
        year: i32,
        page: PageSums,
    ) -> Result<(), JobFault> {
        for (county, sums) in page.counties {
            if self.open.as_ref().is_some_and(|open| open.county != county) {
                self.close(tx, year).await?;
            }
            let open = self.open.get_or_insert_with(|| OpenCounty {
                county,
                people: 0,
                tallies: BTreeMap::new(),
            });
            open.add(sums)?;
        }
        Ok(())
    }

    /// Closes the county that is open: what is still to come is of others.
    pub(super) async fn close(&mut self, tx: &mut Tx, year: i32) -> Result<(), StoreError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let filter = accounts::Filter {
            within: open.county.clone(),
            year: Some(year),
            programme: None,
            after: None,
        };
        let budgets = accounts::list(tx, &filter, MOST_ACCOUNTS).await?;
        let name = divisions::name(tx, &open.county).await?;
        let programmes = open.tallies.into_iter().map(|(programme, mut tally)| {
            let mut own = budgets.iter().filter(|it| it.purse.programme == programme);
            let budget = own.next().map(|first| {
                let others = own.map(|it| it.appropriated);
                let all = std::iter::once(first.appropriated).chain(others);
                Fen::sum(all).unwrap_or(Fen::new(i64::MAX))
            });
            let drained = tally.drains(budget.unwrap_or(Fen::new(i64::MAX)));
            tally.days.clear();
            ClosedProgramme {
                programme,
                tally,
                budget,
                drained,
            }
        });
        self.closed.push(ClosedCounty {
            programmes: programmes.collect(),
            county: open.county.as_str().to_owned(),
            name: name.unwrap_or_default(),
            people: open.people,
        });
        Ok(())
    }

    /// What came of it, once every county is closed.
    pub(super) fn result(
        self,
        programmes: Vec<ProgrammeCost>,
    ) -> Result<SimulationResult, JobFault> {
        let mut result = SimulationResult {
            people: self.people,
            programmes,
        };
        for county in self.closed {
            for closed in county.programmes {
                let mut all = result.programmes.iter_mut();
                let Some(cost) = all.find(|it| it.programme == closed.programme) else {
                    continue;
                };
                let sum = cost.sum.merge(closed.tally.clone());
                sum.map_err(|error| JobFault::internal(&error))?;
                cost.counties.push(CountyCost {
                    county: county.county.clone(),
                    name: county.name.clone(),
                    people: county.people,
                    tally: closed.tally,
                    budget: closed.budget,
                    drained: closed.drained,
                });
            }
        }
        Ok(result)
    }
}

impl OpenCounty {
    fn add(&mut self, sums: CountySums) -> Result<(), JobFault> {
        self.people = self.people.saturating_add(sums.people);
        for (programme, tally) in sums.tallies {
            let sum = self.tallies.entry(programme).or_default();
            sum.merge(tally)
                .map_err(|error| JobFault::internal(&error))?;
        }
        Ok(())
    }
}

/// What came of a simulation: everything, as those see it who may see the people.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulationResult {
    /// People asked.
    pub people: i64,
    /// By programme, in order of help and title.
    pub programmes: Vec<ProgrammeCost>,
}

/// What a programme comes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeCost {
    /// The programme.
    pub programme: String,
    /// What it is called, in Chinese.
    pub title_zh: String,
    /// And in English.
    pub title_en: String,
    /// The help it belongs to.
    pub help: String,
    /// By county, in order of their codes; counties where nobody gets anything, or might, are left
    /// out.
    pub counties: Vec<CountyCost>,
    /// All counties together.
    pub sum: Tally,
}

/// What a programme comes to in a county.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountyCost {
    /// The county.
    pub county: String,
    /// Its name.
    pub name: String,
    /// People of the registry who were asked.
    pub people: i64,
    /// What it comes to.
    pub tally: Tally,
    /// What was appropriated for the year, where the county has an account.
    pub budget: Option<Fen>,
    /// When that would be used up.
    pub drained: Drained,
}
