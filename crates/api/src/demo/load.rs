//! Loads the planned province through the services, as the officers and hospitals would.
//!
//! Every step looks or asks first whether it was done, so that a load that was interrupted is
//! finished by the next start. The clients are written last: nobody gets a token for half a
//! province.

use std::cell::Cell;
use std::rc::Rc;

use anyhow::Context as _;
use sizhu_core::access::Grant;
use sizhu_core::{CitizenId, DivisionCode, Fen, HOSPITAL_CARE, HospitalId, ResidentId};
use sizhu_store::accounts::{self, Filter, Purse};
use sizhu_store::hospitals::{self, Hospital};
use sizhu_store::statuses::Status;
use sizhu_store::{Actor, StoreError, Tx, residents, statuses, subjects};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::clients::{self, Bindings};
use super::plan::{County, EXAMPLE_MEMBER, EXAMPLE_VILLAGE, Fate, Member, Plan, PlannedClaim};
use crate::problem::Problem;
use crate::service::adoption::adopt;
use crate::service::claims::{self, NewClaim};
use crate::service::settling::FISCAL;
use crate::service::statuses::{self as status_service, Desk};
use crate::service::subsidising::LOAN_INTEREST;
use crate::service::{money, reference, residents as resident_service};
use crate::state::State;

/// Counties loaded at once; as many connections are in use.
pub(super) const AT_ONCE: usize = 6;

/// The demo's hospitals are as they are from this day on.
const HOSPITALS_SINCE: (i32, u32, u32) = (2000, 1, 1);

/// Members between two lines of the log.
const PROGRESS: usize = 500;

/// Loads the province, or finishes loading it, or on later starts opens a new year's budgets.
///
/// # Errors
/// The database is away, or a rule refuses what the plan says.
pub(super) async fn province(state: &State) -> anyhow::Result<()> {
    let plan = Plan::make(crate::setup::DIVISIONS)?;
    let complete = clients::are_there(&state.store).await?;
    let mut load = Load {
        state: state.clone(),
        plan,
        province: DivisionCode::parse("43")?,
        hospitals: Vec::new(),
        members: Cell::new(0),
    };
    if complete {
        return load.new_year().await;
    }
    tracing::info!("loading the demo province: about half a minute, once");
    // Decisions name the pack they were made under, which must be kept before them.
    adopt(&state.store, &state.policies, state.news("demo")).await?;
    load.hospitals = load.record_hospitals().await?;
    tracing::info!(hospitals = load.hospitals.len(), "hospitals are there");
    let load = Rc::new(load);
    load.all_counties().await?;
    for claim in &load.plan.strangers {
        load.claim(claim).await?;
    }
    load.runs().await?;
    clients::add(&state.store, &state.clock, &load.bindings().await?).await?;
    tracing::info!(members = load.members.get(), "the demo province is loaded");
    Ok(())
}

pub(super) struct Load {
    pub(super) state: State,
    pub(super) plan: Plan,
    province: DivisionCode,
    /// In the order of the plan.
    hospitals: Vec<HospitalId>,
    /// Members done so far.
    members: Cell<usize>,
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

    /// Several counties at once, and within a county one thing after the other: the same claims
    /// meet the same balance at each first start.
    async fn all_counties(self: &Rc<Self>) -> anyhow::Result<()> {
        let next = Rc::new(Cell::new(0));
        let mut workers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (load, next) = (Rc::clone(self), Rc::clone(&next));
            workers.spawn_local(async move {
                while let Some(county) = load.plan.counties.get(next.replace(next.get() + 1)) {
                    let loaded = Box::pin(load.county(county)).await;
                    loaded.with_context(|| format!("county {}", county.code))?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(worker) = workers.join_next().await {
            worker??;
        }
        Ok(())
    }

    async fn county(&self, county: &County) -> anyhow::Result<()> {
        self.budget(county).await?;
        for member in &county.members {
            self.member(&county.code, member).await?;
            let done = self.members.get() + 1;
            self.members.set(done);
            if done.is_multiple_of(PROGRESS) {
                tracing::info!(members = done, of = self.plan.members(), "loading");
            }
        }
        for claim in &county.claims {
            self.claim(claim).await?;
        }
        self.loans(county).await
    }

    /// Opens and fills a county's accounts of this year. A second time changes nothing: the budget
    /// document fills the account once.
    async fn budget(&self, county: &County) -> Result<(), Problem> {
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

    async fn member(&self, county: &DivisionCode, member: &Member) -> Result<(), Problem> {
        let officer = clients::officer(county);
        let (resident, known) = match self.find(&officer, &member.citizen_id).await? {
            Some(found) => found,
            None => (self.register(county, &officer, member).await?, None),
        };
        let poster = match member.fate {
            Fate::Proposed => &member.details.division,
            Fate::Confirmed | Fate::Ended(_) => county,
        };
        let status = match known {
            Some(status) => status,
            None => {
                let actor = clients::officer(poster);
                let desk = self.desk(&actor, poster, "status.posted");
                status_service::post(desk, resident, member.status.clone()).await?
            }
        };
        if let (Fate::Ended(ending), None) = (member.fate, status.ending) {
            let desk = self.desk(&officer, county, "status.ended");
            status_service::end(desk, resident, status.id, ending, |_| Ok(())).await?;
        }
        Ok(())
    }

    async fn register(
        &self,
        county: &DivisionCode,
        officer: &Actor,
        member: &Member,
    ) -> Result<ResidentId, Problem> {
        let registered = resident_service::register(
            &self.state.store,
            officer,
            &self.state.policies,
            county,
            member.citizen_id.clone(),
            member.details.clone(),
            self.state.news("resident.registered"),
        );
        Ok(registered.await?.resident.id)
    }

    fn desk<'a>(
        &'a self,
        actor: &'a Actor,
        division: &'a DivisionCode,
        cause: &'static str,
    ) -> Desk<'a> {
        Desk {
            store: &self.state.store,
            policies: &self.state.policies,
            actor,
            division,
            news: self.state.news(cause),
        }
    }

    /// Someone an interrupted load has registered before, with the status it posted.
    async fn find(
        &self,
        actor: &Actor,
        citizen_id: &CitizenId,
    ) -> Result<Option<(ResidentId, Option<Status>)>, StoreError> {
        let work = async |tx: &mut Tx| {
            let index = tx.keys().person_index(citizen_id);
            let Some(subject) = subjects::find(tx, index).await? else {
                return Ok(None);
            };
            let Some(resident) = residents::find_by_subject(tx, subject).await? else {
                return Ok(None);
            };
            let known = statuses::of_resident(tx, resident.id).await?;
            Ok(Some((resident.id, known.into_iter().next())))
        };
        self.state.store.transaction(actor, work).await
    }

    /// Posts a claim, as its hospital, on a stay that has ended. Posted before, it is answered
    /// with the claim there is.
    async fn claim(&self, planned: &PlannedClaim) -> anyhow::Result<()> {
        let news = self.state.news("claim.posted");
        if planned.content.discharged_on >= news.today {
            return Ok(());
        }
        let at = planned.hospital;
        let hospitals = self.plan.hospitals.get(at).zip(self.hospitals.get(at));
        let (hospital, &id) = hospitals.context("a claim of no hospital")?;
        let form = sizhu_store::canonical(&planned.form())?;
        let new = NewClaim {
            hospital: id,
            citizen_id: planned.citizen_id.clone(),
            medical_record_no: planned.medical_record_no.clone(),
            content: planned.content.clone(),
            fingerprint: self
                .state
                .store
                .keys()
                .fingerprint(&[b"hospital-claim", &form]),
        };
        let actor = clients::hospital(at, &hospital.national_code, id);
        let work = async |tx: &mut Tx| claims::post(tx, &self.state.policies, new, news).await;
        let posted = self.state.store.transaction(&actor, work).await;
        posted.with_context(|| format!("claim {}", planned.medical_record_no))?;
        Ok(())
    }

    async fn bindings(&self) -> anyhow::Result<Bindings> {
        let village = DivisionCode::parse(EXAMPLE_VILLAGE)?;
        let example = CitizenId::parse(EXAMPLE_MEMBER)?;
        let found = self.find(&clients::officer(&village), &example).await?;
        let (resident, _) = found.context("the example is not in the registry")?;
        let [first, second, ..] = self.hospitals[..] else {
            anyhow::bail!("the demo has fewer than two hospitals");
        };
        Ok(Bindings {
            hospitals: [first, second],
            resident,
        })
    }
}
