//! The life of policy texts: uploaded whole or not at all, approved by a second client, in force on
//! their day, and what is decided anew when they are.

mod activation;
mod approval;
mod retroactive;
mod shipped;
mod upload;

use serde_json::{Value, json};
use sizhu_api::{
    config::Config,
    jobs::{Next, Runner},
    policies::Policies,
    service::adoption::tick,
    state::State,
};
use sizhu_store::jobs::JobState;
use sizhu_tests::{Call, Client, Reply, TestApp, tree, views::id};

use crate::lifecycle::until;

/// Zhuzhou pays 700 a month.
pub(super) const ZHUZHOU: &str = r#"
format = 2
overlay = "test-assistance"
place = "4302"

[[values.monthly]]
from = "2024-01-01"
value = "700 yuan/month"
assumed = "A test."
"#;

/// A service that does no work by itself, and the configuration to open other processes beside it.
pub(super) struct World {
    pub(super) app: TestApp,
    config: Config,
}

impl World {
    pub(super) async fn make() -> Self {
        let mut kept = None;
        let app = TestApp::start_with_programmes_and(|config| {
            config.jobs = false;
            kept = Some(config.clone());
        })
        .await;
        let config = kept.expect("a configuration");
        Self { app, config }
    }

    /// Another process on the same database and clock, which has read nothing yet.
    pub(super) fn process(&self) -> State {
        self.process_under(Policies::default())
    }

    /// Another process, with these policies at first.
    pub(super) fn process_under(&self, policies: Policies) -> State {
        State::open(self.config.clone(), self.app.clock.clone(), policies).expect("a state")
    }

    pub(super) async fn upload(&self, text: &str) -> Value {
        let policy = self.app.policy().await;
        upload(&policy, text).await.expect(201).json()
    }

    /// Uploads a text and has it approved for a day. Answers its id.
    pub(super) async fn approved(&self, text: &str, day: &str) -> String {
        let draft = id(&self.upload(text).await);
        let second = self.app.second_policy().await;
        approve(&second, &draft, day).await.expect(200);
        draft
    }

    /// Uploads a text and brings it in force today, in a process of its own.
    pub(super) async fn in_force(&self, text: &str) -> String {
        let day = self.app.clock.today().to_string();
        let version = self.approved(text, &day).await;
        let state = self.process();
        let news = state.news("tick");
        let activated = tick(&state.store, &state.policies, news).await;
        assert_eq!(activated.expect("a tick"), 1);
        version
    }

    /// Waits until the service itself has taken up what another process brought in force.
    pub(super) async fn refreshed(&self, division: &str, expected: &str) {
        until(expected, || async {
            self.monthly(division).await == expected
        })
        .await;
    }

    pub(super) async fn state_of(&self, version: &str) -> String {
        let path = format!("/v1/policy-versions/{version}");
        let version = self.app.policy().await.get(&path).await.expect(200).json();
        version["state"].as_str().expect("a state").to_owned()
    }

    /// Every policy text there is with its state, so that nothing changes unseen.
    pub(super) async fn rows(&self) -> Vec<String> {
        let query = "SELECT concat_ws(' ', id, text_hash, state, version) FROM policy_versions \
             UNION ALL SELECT hash FROM policies ORDER BY 1";
        self.app.database.texts(query, &[]).await
    }

    /// What a month's amount is said to be in a division.
    pub(super) async fn monthly(&self, division: &str) -> String {
        let path = format!("/v1/programmes/test-assistance?division={division}");
        let call = self.app.anon().get(&path).language("en");
        let programme = call.await.expect(200).json();
        let gives = &programme["entitlements"][0]["gives"];
        gives.as_str().expect("what it gives").to_owned()
    }
}

pub(super) fn upload(client: &Client, text: &str) -> Call {
    let form = json!({"text": text, "note": "A test."});
    client.post("/v1/policy-versions", &form)
}

pub(super) async fn approve(client: &Client, version: &str, day: &str) -> Reply {
    let path = format!("/v1/policy-versions/{version}/approval");
    let form = json!({"activates_on": day});
    client.post(&path, &form).if_match("\"v1\"").await
}

pub(super) async fn withdraw(client: &Client, version: &str) -> Reply {
    let path = format!("/v1/policy-versions/{version}/withdrawal");
    client.call(reqwest::Method::POST, &path).await
}

/// Does all jobs there are, in a process of its own; how each ended.
pub(super) async fn work_off(state: State) -> Vec<JobState> {
    let mut runner = Runner::new(state, 10);
    let mut ended = Vec::new();
    while let Some(mut job) = runner.take_up().await.expect("a job") {
        loop {
            match runner.step(job).await.expect("a page") {
                Next::GoesOn(next) => job = *next,
                Next::Over(state) => {
                    ended.push(state);
                    break;
                }
                Next::Lost => panic!("nobody else does jobs here"),
            }
        }
    }
    ended
}

/// The hospital care of the province as it is shipped.
pub(super) fn hospital_care() -> String {
    tree::read("policies/hunan/illness/hospital-care-allowance.toml")
}
