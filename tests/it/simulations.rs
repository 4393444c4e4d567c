//! What-if over a registry: exact sums, who sees what of them, and jobs that are stopped and go on.

mod resuming;
mod stays;
mod sums;
mod told;

use std::path::PathBuf;

use serde_json::{Value, json};
use sizhu_api::{
    config::Config,
    jobs::{Next, Runner},
    policies::Policies,
    state::State,
};
use sizhu_core::{
    Day, PolicyVersionId,
    pack::{Place, PolicyHash, ProgrammeId},
};
use sizhu_store::{
    Actor, StoreError, Tx,
    jobs::JobState,
    policies,
    policy_versions::{self, Origin, PolicyVersion, TextKind, VersionState},
};
use sizhu_tests::{Client, Person, TestApp, fixtures, ids, views::id};
use uuid::Uuid;

/// The programme simulated.
const PROGRAMME: &str = "special-assistance";

/// The year simulated: the clock of the tests stands in the one before.
const YEAR: i32 = 2027;

/// A pack of the province: an amount a month to whoever is eligible.
fn pack(amounts: &[(&str, &str)], eligibility: &str) -> String {
    let amounts: String = amounts
        .iter()
        .map(|(from, yuan)| {
            format!(
                "[[values.amount]]\nfrom = \"{from}\"\nvalue = \"{yuan} yuan/month\"\nsource = \"notice\"\n\n"
            )
        })
        .collect();
    format!(
        r#"format = 2
programme = "{PROGRAMME}"
place = "43"
help = "hardship"
subject = "person"
period = "month"
title = {{ zh = "特别扶助", en = "Special assistance" }}
summary = {{ zh = "按月发放。", en = "Paid by the month." }}

[sources.notice]
instrument = "Notice of the tests"
class = "official"

{amounts}[[versions]]
from = "2020-01-01"
source = "notice"
eligibility = {eligibility}
review = ["county_decision"]
publicity = {{ mode = "none", title = {{ zh = "补助", en = "Allowance" }} }}
payee = "person"
memo = "特别扶助"

[[versions.entitlements]]
id = "monthly"
title = {{ zh = "特别扶助金", en = "Special assistance" }}
form = "flat"
amount = "amount"
"#
    )
}

/// In force: 600 yuan a month to parents of a child that died or is disabled.
fn in_force() -> String {
    let either = r#"{ any = [{ fact = "child_died" }, { fact = "child_disabled" }] }"#;
    pack(&[("2020-01-01", "600")], either)
}

/// The draft: 700 from July 2027 on, and no more to parents of a disabled child.
fn draft() -> String {
    pack(
        &[("2020-01-01", "600"), ("2027-07-01", "700")],
        r#"{ fact = "child_died" }"#,
    )
}

/// A province of two counties with people in them, and a draft.
struct World {
    app: TestApp,
    config: Config,
    folder: PathBuf,
    version: PolicyVersionId,
    /// Six in 430102, two in 430103: their children died.
    bereaved: Vec<Person>,
    /// One in 430102 whose child is disabled.
    disabled: Person,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl World {
    /// `jobs`: whether the server does jobs by itself.
    async fn make(jobs: bool) -> Self {
        let folder = std::env::temp_dir().join(format!("sizhu-simulations-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("special-assistance.toml"), in_force()).unwrap();
        let mut kept = None;
        let app = TestApp::start_with(|config| {
            config.policies.clone_from(&folder);
            config.jobs = jobs;
            kept = Some(config.clone());
        })
        .await;
        let mut bereaved = Vec::new();
        for village in [fixtures::VILLAGE; 6] {
            bereaved.push(app.special_person_in(village).await);
        }
        for village in [fixtures::OTHER_VILLAGE; 2] {
            bereaved.push(app.special_person_in(village).await);
        }
        let person = |village| fixtures::resident(&ids::woman("1962-03-01"), "李梅", village);
        let disabled = app
            .register_with(
                &person(fixtures::VILLAGE),
                &fixtures::child_disabled("2019-01-01", 2),
            )
            .await;
        app.register(&person(fixtures::OTHER_VILLAGE)).await;
        let version = upload(&app, &draft()).await;
        Self {
            app,
            config: kept.unwrap(),
            folder,
            version,
            bereaved,
            disabled,
        }
    }

    /// A runner of a process of its own.
    fn runner(&self, page: u32) -> Runner {
        let policies = Policies::load(&self.folder).unwrap();
        let state = State::open(self.config.clone(), self.app.clock.clone(), policies);
        Runner::new(state.unwrap(), page)
    }

    /// What a simulation of the draft is asked for with.
    fn form(&self) -> Value {
        json!({ "version_id": self.version, "division": "4301", "year": YEAR })
    }

    /// Asks for a simulation of the draft; answers its address.
    async fn ask(&self, client: &Client) -> String {
        let reply = client.post("/v1/policy-simulations", &self.form()).await;
        let reply = reply.expect(202);
        let address = reply.header("location").unwrap().to_owned();
        assert_eq!(
            address,
            format!("/v1/policy-simulations/{}", id(&reply.json()))
        );
        address
    }

    /// Asks for a simulation and has it done, so many people at once; answers its address.
    async fn done(&self, client: &Client, page: u32) -> String {
        let address = self.ask(client).await;
        let mut runner = self.runner(page);
        let job = runner.take_up().await.unwrap().expect("a job");
        assert_eq!(finish(&mut runner, job).await, JobState::Done);
        address
    }
}

/// Does all pages that are left of a job.
async fn finish(runner: &mut Runner, mut job: sizhu_store::jobs::Job) -> JobState {
    loop {
        match runner.step(job).await.unwrap() {
            Next::GoesOn(next) => job = *next,
            Next::Over(state) => return state,
            Next::Lost => panic!("the job was lost"),
        }
    }
}

/// Records a draft of the programme for the province.
async fn upload(app: &TestApp, text: &str) -> PolicyVersionId {
    upload_of(app, PROGRAMME, text).await
}

/// Records a draft of a programme for the province.
async fn upload_of(app: &TestApp, programme: &str, text: &str) -> PolicyVersionId {
    let version = PolicyVersion {
        id: PolicyVersionId::new(Uuid::now_v7()),
        programme: ProgrammeId::parse(programme).unwrap(),
        place: Place::parse("43").unwrap(),
        kind: TextKind::Pack,
        text_hash: PolicyHash::of(text).as_str().to_owned(),
        origin: Origin::Uploaded,
        state: VersionState::Draft,
        version: 1,
        note: "a test".to_owned(),
        recorded_by: "policy".to_owned(),
        recorded_at: app.clock.now(),
        approval: None,
        activated_at: None,
        ended_at: None,
    };
    let work = async |tx: &mut Tx| -> Result<(), StoreError> {
        let (hash, now) = (&version.text_hash, app.clock.now());
        policies::keep(tx, hash, programme, &version.place, text, now).await?;
        policy_versions::insert(tx, &version).await
    };
    let store = app.store();
    store
        .transaction(&Actor::System("tests"), work)
        .await
        .unwrap();
    version.id
}

/// The row of a county in a result.
#[track_caller]
fn county<'a>(simulation: &'a Value, code: &str) -> &'a Value {
    let programmes = simulation["result"]["programmes"].as_array().unwrap();
    assert_eq!(programmes.len(), 1, "{simulation}");
    let counties = programmes[0]["counties"].as_array().unwrap();
    let found = counties.iter().find(|it| it["county"] == code);
    found.unwrap_or_else(|| panic!("no {code} in {simulation}"))
}

/// Cost before and after, gainers and what they gain, losers and what they lose.
fn numbers(row: &Value) -> String {
    [
        "before_fen",
        "after_fen",
        "gainers",
        "gain_fen",
        "losers",
        "loss_fen",
    ]
    .map(|name| row[name].to_string())
    .join(" ")
}

/// The day, for messages.
fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}
