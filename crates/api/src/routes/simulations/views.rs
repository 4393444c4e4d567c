//! Simulations as they are answered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sizhu_core::simulation::{Drained, Shown, Tally, show};
use sizhu_core::{Day, Fen, Outcome};
use sizhu_store::jobs::{Job, JobState};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{Language, Problem};
use crate::service::simulating::{ChangeFor, CountyCost, Params, ProgrammeCost, SimulationResult};

/// Where a simulation is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SimulationState {
    /// Nobody has taken it up.
    Queued,
    /// It is being worked on.
    Running,
    /// There is a result.
    Done,
    /// It was stopped by a fault.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl From<JobState> for SimulationState {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Queued => Self::Queued,
            JobState::Running => Self::Running,
            JobState::Done => Self::Done,
            JobState::Failed => Self::Failed,
            JobState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<SimulationState> for JobState {
    fn from(state: SimulationState) -> Self {
        match state {
            SimulationState::Queued => Self::Queued,
            SimulationState::Running => Self::Running,
            SimulationState::Done => Self::Done,
            SimulationState::Failed => Self::Failed,
            SimulationState::Cancelled => Self::Cancelled,
        }
    }
}

/// A simulation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySimulation)]
pub struct SimulationView {
    /// Its id.
    id: Uuid,
    /// Where it is.
    state: SimulationState,
    /// Over the registry of this division and below.
    #[schema(example = "4301")]
    division: String,
    /// The calendar year.
    #[schema(example = 2026)]
    year: i32,
    /// The draft; none for what the rules in force cost.
    version_id: Option<Uuid>,
    /// The programmes asked for; all, if none are named.
    programmes: Vec<String>,
    /// People asked so far.
    people_done: i64,
    /// People to be asked, once they are counted.
    people_expected: Option<i64>,
    /// Somebody wants it stopped.
    cancel_requested: bool,
    /// The stable code of what stopped it.
    error: Option<String>,
    /// When it was asked for: the registry is that of this instant.
    requested_at: DateTime<Utc>,
    /// When it was first taken up.
    started_at: Option<DateTime<Utc>>,
    /// When it was over.
    finished_at: Option<DateTime<Utc>>,
    /// What came of it, once it is done; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultView>,
}

impl SimulationView {
    pub(super) fn of(job: &Job, result: Option<ResultView>) -> Result<Self, Problem> {
        let params = Params::of(job)?;
        Ok(Self {
            id: job.id.get(),
            state: job.state.into(),
            division: job
                .division
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            year: params.year,
            version_id: params.version_id.map(sizhu_core::PolicyVersionId::get),
            programmes: params.programmes,
            people_done: job.done,
            people_expected: job.total,
            cancel_requested: job.cancel_requested,
            error: job.error.clone(),
            requested_at: job.recorded_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            result,
        })
    }

    pub(super) const fn id(&self) -> Uuid {
        self.id
    }
}

/// What came of a simulation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySimulationResult)]
pub struct ResultView {
    /// People asked.
    people: i64,
    /// By programme, in order of help and title.
    pub(super) programmes: Vec<ProgrammeView>,
}

impl ResultView {
    pub(super) fn of(result: &SimulationResult, sees_people: bool, language: Language) -> Self {
        let programmes = result.programmes.iter();
        Self {
            people: result.people,
            programmes: programmes
                .map(|cost| ProgrammeView::of(cost, sees_people, language))
                .collect(),
        }
    }

    /// Whether a programme is among them.
    pub(super) fn has(&self, programme: &str) -> bool {
        self.programmes.iter().any(|it| it.programme == programme)
    }
}

/// What a programme comes to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySimulationProgramme)]
pub struct ProgrammeView {
    /// The programme.
    #[schema(example = "special-assistance")]
    pub(super) programme: String,
    /// What it is called.
    pub(super) title: String,
    /// The help it belongs to.
    #[schema(example = "hardship")]
    help: String,
    /// All counties together.
    pub(super) total: NumbersView,
    /// By county; those where nobody gets anything, or might, are left out.
    pub(super) counties: Vec<CountyView>,
}

impl ProgrammeView {
    fn of(cost: &ProgrammeCost, sees_people: bool, language: Language) -> Self {
        let tallies: Vec<Tally> = cost.counties.iter().map(|it| it.tally.clone()).collect();
        let (cells, sum) = show(&tallies, &cost.sum, sees_people);
        let counties = cost.counties.iter().zip(cells);
        Self {
            programme: cost.programme.clone(),
            title: match language {
                Language::Chinese => cost.title_zh.clone(),
                Language::English => cost.title_en.clone(),
            },
            help: cost.help.clone(),
            total: NumbersView::of(sum),
            counties: counties
                .map(|(county, shown)| CountyView::of(county, shown))
                .collect(),
        }
    }
}

/// What a programme comes to in a county.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySimulationCounty)]
pub struct CountyView {
    /// The county.
    #[schema(example = "430102")]
    pub(super) county: String,
    /// Its name.
    #[schema(example = "芙蓉区")]
    pub(super) name: String,
    /// What it comes to.
    #[serde(flatten)]
    pub(super) numbers: NumbersView,
    /// What was appropriated for the year, where the county has an account.
    pub(super) budget_fen: Option<i64>,
    /// The first day on which more would be owed than the budget has, under the rules in force; none
    /// if it lasts the year, or may not be told.
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) budget_used_up_before: Option<Day>,
    /// The same with the draft in their place.
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) budget_used_up_after: Option<Day>,
}

impl CountyView {
    fn of(cost: &CountyCost, shown: Shown) -> Self {
        let Drained { before, after } = cost.drained;
        Self {
            county: cost.county.clone(),
            name: cost.name.clone(),
            budget_fen: cost.budget.map(Fen::get),
            // The day tells of the cost.
            budget_used_up_before: before.filter(|_| shown.before.is_some()),
            budget_used_up_after: after.filter(|_| shown.after.is_some()),
            numbers: NumbersView::of(shown),
        }
    }
}

/// Numbers of a programme; `null` where one may not be told, for it tells of fewer than five families.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySimulationNumbers)]
pub struct NumbersView {
    /// People to whom it is granted under the rules in force.
    pub(super) granted_before: Option<i64>,
    /// And with the draft in their place.
    pub(super) granted_after: Option<i64>,
    /// People for whom a missing fact keeps it open before.
    pub(super) undetermined_before: Option<i64>,
    /// And after.
    pub(super) undetermined_after: Option<i64>,
    /// What it costs in the year before, in fen.
    pub(super) before_fen: Option<i64>,
    /// And after, in fen.
    pub(super) after_fen: Option<i64>,
    /// After less before, in fen.
    pub(super) difference_fen: Option<i64>,
    /// People who get more, or a service they did not get.
    pub(super) gainers: Option<i64>,
    /// How much more, in fen.
    pub(super) gain_fen: Option<i64>,
    /// People who get less, or lose a service.
    pub(super) losers: Option<i64>,
    /// How much less, in fen.
    pub(super) loss_fen: Option<i64>,
    /// The facts that keep it open after, and for how many people.
    pub(super) missing: Vec<MissingView>,
}

/// A fact that is not known of some people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySimulationMissing)]
pub struct MissingView {
    /// The fact.
    #[schema(example = "hukou")]
    fact: String,
    /// How many people lack it.
    people: i64,
}

impl NumbersView {
    fn of(shown: Shown) -> Self {
        let missing = shown.missing.into_iter();
        Self {
            granted_before: shown.granted_before,
            granted_after: shown.granted_after,
            undetermined_before: shown.undetermined_before,
            undetermined_after: shown.undetermined_after,
            before_fen: shown.before.map(Fen::get),
            after_fen: shown.after.map(Fen::get),
            difference_fen: shown.difference.map(Fen::get),
            gainers: shown.gainers,
            gain_fen: shown.gain.map(Fen::get),
            losers: shown.losers,
            loss_fen: shown.loss.map(Fen::get),
            missing: missing
                .map(|(fact, people)| MissingView { fact, people })
                .collect(),
        }
    }
}

/// What a simulated rule would change for a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySimulationChange)]
pub struct ResidentChangeView {
    /// Their row in the registry.
    resident_id: Uuid,
    /// Citizen ID, masked.
    #[schema(example = "430102********0044")]
    citizen_id: String,
    /// Name, masked.
    #[schema(example = "周**")]
    name: String,
    /// Registered residence.
    #[schema(example = "430102001001")]
    division: String,
    /// The programme.
    #[schema(example = "special-assistance")]
    programme: String,
    /// County of registered residence when the simulation was asked for.
    #[schema(example = "430102")]
    county: String,
    /// `granted`, `refused` or `undetermined` under the rules in force.
    #[schema(value_type = String, example = "granted")]
    outcome_before: Outcome,
    /// The same with the draft in their place.
    #[schema(value_type = String, example = "granted")]
    outcome_after: Outcome,
    /// Amount of the year before, in fen.
    before_fen: i64,
    /// And after, in fen.
    after_fen: i64,
}

impl ResidentChangeView {
    pub(super) fn of(it: &ChangeFor) -> Self {
        let (change, resident) = (&it.change, &it.resident);
        Self {
            resident_id: resident.id.get(),
            citizen_id: resident.citizen_id.masked(),
            name: resident.details.name.masked(),
            division: resident.details.division.to_string(),
            programme: change.programme.clone(),
            county: change.county.to_string(),
            outcome_before: change.outcome_before,
            outcome_after: change.outcome_after,
            before_fen: change.before.get(),
            after_fen: change.after.get(),
        }
    }
}
