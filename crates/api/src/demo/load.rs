//! Loads the planned province through the services, as the officers and hospitals would.
//!
//! Every step looks or asks first whether it was done, so that a load that was interrupted is
//! finished by the next start. The clients are written last: nobody gets a token for half a
//! province.

use std::num::NonZeroUsize;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Context as _;
use sizhu_core::access::Grant;
use sizhu_core::{CitizenId, DivisionCode, Fen, HOSPITAL_CARE, HospitalId};
use sizhu_store::accounts::{self, Filter, Purse};
use sizhu_store::hospitals::{self, Hospital};
use sizhu_store::{Actor, Tx};
use tokio::task::{JoinSet, LocalSet};
use uuid::Uuid;

use super::clients::{self, Bindings};
use super::counties::find;
use super::plan::{County, EXAMPLE_MEMBER, EXAMPLE_VILLAGE, People, Plan, Planner};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::service::adoption::adopt;
use crate::service::settling::FISCAL;
use crate::service::subsidising::LOAN_INTEREST;
use crate::service::{money, reference};
use crate::state::{Shared, State};

/// Counties loaded at once by a thread; as many connections are in use.
pub(super) const AT_ONCE: usize = 3;

/// Threads at most: beyond that PostgreSQL is what is waited for.
const MOST_THREADS: usize = 8;

/// The demo's hospitals are as they are from this day on.
const HOSPITALS_SINCE: (i32, u32, u32) = (2000, 1, 1);

/// Loads the province, or finishes loading it, or on later starts opens a new year's budgets.
/// Answers false when it was told to stop before the end.
///
/// # Errors
/// The database is away, or a rule refuses what the plan says.
pub(super) async fn province(
    shared: &Shared,
    residents: u32,
    stop: &Arc<AtomicBool>,
) -> anyhow::Result<bool> {
    let state = shared.worker()?;
    let plan = Arc::new(Plan::make(crate::setup::DIVISIONS, residents)?);
    let complete = clients::are_there(&state.store).await?;
    let mut load = Load {
        state,
        province: DivisionCode::parse("43")?,
        hospitals: Vec::new(),
        planner: Arc::new(Mutex::new(Planner::new(Arc::clone(&plan)))),
        progress: Arc::new(Progress::new("residents", residents.into())),
        stop: Arc::clone(stop),
        plan,
    };
    if complete {
        load.new_year().await?;
        return Ok(true);
    }
    tracing::info!(
        residents,
        "loading the demo province, once; a stopped load goes on later"
    );
    // Decisions name the pack they were made under, which must be kept before them.
    adopt(
        &load.state.store,
        &load.state.policies,
        load.state.news("demo"),
    )
    .await?;
    load.hospitals = load.record_hospitals().await?;
    tracing::info!(hospitals = load.hospitals.len(), "hospitals are there");
    load.all_counties(shared).await?;
    load.progress.finish();
    if load.is_stopped() {
        return Ok(false);
    }
    let strangers = load.planned(Planner::strangers)?;
    for claim in &strangers {
        load.claim(claim).await?;
    }
    load.runs().await?;
    let bindings = load.bindings().await?;
    clients::add(&load.state.store, &load.state.clock, &bindings).await?;
    tracing::info!(residents, "the demo province is loaded");
    Ok(true)
}

/// What a thread loads with.
#[derive(Clone)]
pub(super) struct Load {
    pub(super) state: State,
    pub(super) plan: Arc<Plan>,
    province: DivisionCode,
    /// In the order of the plan.
    pub(super) hospitals: Vec<HospitalId>,
    planner: Arc<Mutex<Planner>>,
    pub(super) progress: Arc<Progress>,
    stop: Arc<AtomicBool>,
}

impl Load {
    async fn record_hospitals(&self) -> anyhow::Result<Vec<HospitalId>> {
        let admin = Actor::Client {
            id: "demo-admin".to_owned(),
            grant: Grant::Admin,
        };
        let (year, month, day) = HOSPITALS_SINCE;
        let valid_from = sizhu_core::Day::from_ymd(year, month, day).context("no such day")?;
        let mut ids = Vec::with_capacity(self.plan.hospitals.len());
        for planned in &self.plan.hospitals {
            let code = &planned.national_code;
            let find = async |tx: &mut Tx| hospitals::find_by_code(tx, code).await;
            if let Some(id) = self.state.store.transaction(&admin, find).await? {
                ids.push(id);
                continue;
            }
            let hospital = Hospital {
                id: HospitalId::new(Uuid::now_v7()),
                national_code: code.clone(),
                name: planned.name.to_owned(),
                class: planned.class,
                county: planned.county.clone(),
                valid_from,
            };
            let news = self.state.news("hospital.recorded");
            reference::record_hospital(&self.state.store, &admin, &hospital, news)
                .await
                .with_context(|| format!("hospital {code}"))?;
            ids.push(hospital.id);
        }
        Ok(ids)
    }

    /// Whether it was told to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn planned<T>(
        &self,
        what: impl FnOnce(&mut Planner) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        what(&mut self.planner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next county to load, and who lives there.
    fn next(&self) -> anyhow::Result<Option<(&County, People)>> {
        let Some((at, people)) = self.planned(Planner::next)? else {
            return Ok(None);
        };
        let county = self.plan.counties.get(at);
        Ok(Some((county.context("a county of no plan")?, people)))
    }

    /// Several threads with connections of their own, each on several counties at once; within a
    /// county one thing comes after the other.
    async fn all_counties(&self, shared: &Shared) -> anyhow::Result<()> {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let mut working = JoinSet::new();
        for _ in 0..threads.min(MOST_THREADS) {
            let state = shared.worker()?;
            let load = Self {
                state,
                ..self.clone()
            };
            working.spawn_blocking(move || {
                let result = load.some_counties();
                if result.is_err() {
                    // Nobody needs the rest.
                    load.stop.store(true, Ordering::Relaxed);
                }
                result
            });
        }
        while let Some(thread) = working.join_next().await {
            thread??;
        }
        Ok(())
    }

    fn some_counties(&self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build()?;
        let load = Rc::new(self.clone());
        LocalSet::new().block_on(&runtime, async move {
            let mut workers = JoinSet::new();
            for _ in 0..AT_ONCE {
                let load = Rc::clone(&load);
                workers.spawn_local(async move {
                    while !load.is_stopped()
                        && let Some((county, people)) = load.next()?
                    {
                        let loaded = Box::pin(load.county(county, &people)).await;
                        loaded.with_context(|| format!("county {}", county.code))?;
                    }
                    anyhow::Ok(())
                });
            }
            while let Some(worker) = workers.join_next().await {
                worker??;
            }
            Ok(())
        })
    }

    /// Opens and fills a county's accounts of this year. A second time changes nothing: the budget
    /// document fills the account once.
    pub(super) async fn budget(&self, county: &County) -> Result<(), Problem> {
        self.fill(county, HOSPITAL_CARE, 12, county.budget).await?;
        self.fill(county, LOAN_INTEREST, 13, county.loan_budget)
            .await
    }

    /// Opens and fills an account under the budget document of a number.
    async fn fill(
        &self,
        county: &County,
        programme: &str,
        document: u32,
        amount: Fen,
    ) -> Result<(), Problem> {
        let (store, finance) = (&self.state.store, self.finance());
        let news = self.state.news("account.opened");
        let year = news.today.year();
        let purse = Purse {
            fund: FISCAL.to_owned(),
            programme: programme.to_owned(),
            year,
            county: county.code.clone(),
        };
        let (opened, _) = money::open(store, &finance, &self.province, &purse, news).await?;
        let document_no = format!("湘财预〔{year}〕{document}号-{}", county.code);
        let (id, news) = (opened.account.id, self.state.news("account.appropriated"));
        let work = async |tx: &mut Tx| {
            money::appropriate(tx, &self.province, id, amount, &document_no, news).await
        };
        store.transaction(&finance, work).await.map(|_| ())
    }

    fn finance(&self) -> Actor {
        let grant = Grant::Finance(self.province.clone());
        Actor::Client {
            id: "demo-finance".to_owned(),
            grant,
        }
    }

    /// Opens the budgets of a year that began since the last start.
    async fn new_year(&self) -> anyhow::Result<()> {
        let year = self.state.clock.today().year();
        let filter = Filter {
            within: self.province.clone(),
            year: Some(year),
            programme: Some(HOSPITAL_CARE.to_owned()),
            after: None,
        };
        let all = i64::try_from(self.plan.counties.len())? + 1;
        let list = async |tx: &mut Tx| accounts::list(tx, &filter, all).await;
        let accounts = self.state.store.transaction(&self.finance(), list).await?;
        let filled = accounts
            .iter()
            .filter(|account| account.appropriated.get() > 0)
            .count();
        if filled >= self.plan.counties.len() {
            return Ok(());
        }
        tracing::info!(year, "filling the accounts of the new year");
        for county in &self.plan.counties {
            self.budget(county)
                .await
                .with_context(|| format!("budget of {}", county.code))?;
        }
        Ok(())
    }

    async fn bindings(&self) -> anyhow::Result<Bindings> {
        let village = DivisionCode::parse(EXAMPLE_VILLAGE)?;
        let example = CitizenId::parse(EXAMPLE_MEMBER)?;
        let work = async |tx: &mut Tx| find(tx, &example).await;
        let officer = clients::officer(&village);
        let found = self.state.store.transaction(&officer, work).await?;
        let (resident, _) = found.context("the example is not in the registry")?;
        let [first, second, ..] = self.hospitals[..] else {
            anyhow::bail!("the demo has fewer than two hospitals");
        };
        Ok(Bindings {
            hospitals: [first, second],
            resident: resident.id,
        })
    }
}
