//! The things that the operations of the table are asked about, and who asks.

use std::sync::Arc;

use reqwest::Method;
use sizhu_api::auth::Keys;
use sizhu_tests::{Call, Client, Person, TestApp, fixtures, ids};
use uuid::Uuid;

/// The key id that tokens of this service name.
pub(super) const KID: &str = "authorisation";

/// Who may ask, with what the role is bound to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    Hospital(u16),
    Officer(&'static str),
    Finance(&'static str),
    Auditor(&'static str),
    /// The person that everything in the world is about.
    Resident,
    /// Somebody else in the registry.
    OtherResident,
    Admin,
    Policy,
    Bank,
}

/// One caller of each role, each as far-reaching as the role gets.
pub(super) const ROLES: [Who; 8] = [
    Who::Hospital(1),
    Who::Officer("43"),
    Who::Finance("43"),
    Who::Auditor("43"),
    Who::Resident,
    Who::Admin,
    Who::Policy,
    Who::Bank,
];

impl Who {
    /// Name of the role, as tokens and the documents write it.
    pub(super) const fn role(self) -> &'static str {
        match self {
            Self::Hospital(_) => "hospital",
            Self::Officer(_) => "officer",
            Self::Finance(_) => "finance",
            Self::Auditor(_) => "auditor",
            Self::Resident | Self::OtherResident => "resident",
            Self::Admin => "admin",
            Self::Policy => "policy",
            Self::Bank => "bank",
        }
    }
}

/// A service with one of everything in it.
pub(super) struct World {
    pub(super) app: TestApp,
    /// The key that signs its tokens, in base64.
    pub(super) key: String,
    /// Registered in 430102 with a confirmed status, and with a claim of hospital 1.
    pub(super) person: Person,
    /// Registered in 430102, with a status that the village proposed.
    pub(super) proposed: Person,
    /// The same, for a correction.
    pub(super) mistaken: Person,
    /// Registered in 430102, without a status.
    pub(super) plain: Person,
    pub(super) claim: String,
    /// A claim of the person whose stay is held.
    pub(super) held: String,
    /// A claim of hospital 1 that it should not have posted.
    pub(super) mistake: String,
    pub(super) decision: String,
    /// The budget of 430102.
    pub(super) account: String,
    /// A draft of a policy, of another client of policy staff than the one that asks.
    pub(super) draft: String,
    /// The address of a simulation over 430102 that is done.
    pub(super) simulation: String,
    /// A loan of the person.
    pub(super) loan: String,
    /// A statement of the bank.
    pub(super) statement: String,
    /// The address of a run of 430102 that is done.
    pub(super) run: String,
    /// The address of a batch of hospital 1.
    pub(super) batch: String,
}

impl World {
    pub(super) async fn make() -> Self {
        let key = Keys::generate_base64().expect("a key");
        let keys = Keys::from_base64([(KID, key.as_str())]).expect("keys");
        let app = TestApp::start_with(|config| {
            config.token_keys = Arc::new(keys);
            config.jobs = true;
        })
        .await;
        app.fill("430102", 10_000_000, "outset").await;
        let account = text(&app.budget("430102").await["id"]);
        let person = app.special_person().await;
        let posted = app.hospital(1).await.claim(&person.claim()).await;
        let posted = posted.expect(201).json();
        let held = person
            .claim()
            .record("ZY-H")
            .stay("2026-03-05", "2026-03-08");
        let held = app.hospital(1).await.claim(&held).await.expect(201).json();
        let mistake = fixtures::claim().record("ZY-M");
        let mistake = app.hospital(1).await.claim(&mistake).await.expect(201);
        // Other hospitals exist, and have nothing here.
        app.hospital(2).await;
        let proposed = propose(&app, "赵丽").await;
        let mistaken = propose(&app, "钱芳").await;
        let plain = register(&app, "孙敏").await;
        let staff = app.second_policy().await;
        let draft = staff.post("/v1/policy-versions", &super::reference::draft());
        let draft = text(&draft.await.expect(201).json()["id"]);
        let simulation = simulate(&app).await;
        let (loan, run) = lend(&app, &person).await;
        let sent = batch(&app.hospital(1).await, &plain).await.expect(202);
        let batch = sent.header("location").expect("an address").to_owned();
        let statement = statement(&app.bank().await).await.expect(201).json();
        Self {
            claim: text(&posted["id"]),
            held: text(&held["id"]),
            mistake: text(&mistake.json()["id"]),
            decision: text(&posted["decision"]["id"]),
            app,
            key,
            person,
            proposed,
            mistaken,
            plain,
            account,
            draft,
            simulation,
            loan,
            statement: text(&statement["id"]),
            run,
            batch,
        }
    }

    pub(super) async fn client(&self, who: Who) -> Client {
        match who {
            Who::Hospital(number) => self.app.hospital(number).await,
            Who::Officer(code) => self.app.officer(code).await,
            Who::Finance(code) => self.app.finance(code).await,
            Who::Auditor(code) => self.app.auditor(code).await,
            Who::Resident => self.app.resident(&self.person.resident_id).await,
            Who::OtherResident => self.app.resident(&self.plain.resident_id).await,
            Who::Admin => self.app.admin().await,
            Who::Policy => self.app.policy().await,
            Who::Bank => self.app.bank().await,
        }
    }

    /// What nobody outside its scope may find in an answer.
    pub(super) fn secrets(&self) -> [&str; 9] {
        [
            &self.person.resident_id,
            &self.person.status_id,
            &self.person.citizen_id,
            &self.claim,
            &self.decision,
            &self.account,
            &self.loan,
            &self.run,
            &self.batch["/v1/hospital-claim-batches/".len()..],
        ]
    }

    /// Rows of everything that a refused request must not have written.
    pub(super) async fn written(&self) -> i64 {
        let tables = [
            "hospitals",
            "resident_versions",
            "status_versions",
            "claims",
            "claim_versions",
            "decisions",
            "stay_resolutions",
            "accounts",
            "transfers",
            "idempotency_records",
            "claim_batches",
            "policies",
            "policy_versions",
            "loan_versions",
            "loan_events",
            "subsidy_runs",
            "prime_rates",
        ];
        let counts = tables.map(|table| format!("(SELECT count(*) FROM {table})"));
        let query = format!("SELECT {}", counts.join(" + "));
        self.app.database.number(&query).await
    }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().expect("text").to_owned()
}

async fn register(app: &TestApp, name: &str) -> Person {
    let citizen_id = ids::woman("1961-07-01");
    app.register(&fixtures::resident(&citizen_id, name, fixtures::VILLAGE))
        .await
}

async fn propose(app: &TestApp, name: &str) -> Person {
    let mut person = register(app, name).await;
    let village = app.officer(fixtures::VILLAGE).await;
    let path = format!("/v1/residents/{}/statuses", person.resident_id);
    let status = village.post(&path, &fixtures::child_died("2019-01-01"));
    let status = status.await.expect(201).json();
    assert_eq!(status["state"], "proposed", "{status}");
    person.status_id = text(&status["id"]);
    person
}

/// What was due of the loan, as a bank's file says it.
pub(super) fn statement(client: &Client) -> Call {
    let file = "合同编号,应还日,应收利息,实还日,实收利息,实收本金\nC-1,2025-04-01,543.75,,,\n";
    client
        .call(Method::POST, "/v1/loan-statements")
        .bytes("text/csv", file)
        .key(&Uuid::new_v4().to_string())
}

/// A batch of one line on a person.
pub(super) fn batch(client: &Client, person: &Person) -> Call {
    let claim = person
        .claim()
        .record("ZY-B")
        .stay("2026-06-01", "2026-06-03");
    let line = serde_json::json!({"idempotency_key": "batch", "claim": *claim});
    client
        .call(Method::POST, "/v1/hospital-claim-batches")
        .bytes("application/x-ndjson", format!("{line}\n"))
        .key(&Uuid::new_v4().to_string())
}

/// A loan of a person, run with its county; answers its id and the run's address.
async fn lend(app: &TestApp, person: &Person) -> (String, String) {
    app.fill_loans("430102", 1_000_000, "loans").await;
    let loan = app.lent(&sizhu_tests::loans::loan(person, "C-1")).await;
    let officer = app.officer("430102").await;
    let run = officer.ask_run("430102").await;
    app.until_done(&officer, &run).await;
    (loan, run)
}

/// A simulation of the rules in force, done; answers its address.
async fn simulate(app: &TestApp) -> String {
    let officer = app.officer("43").await;
    let form = serde_json::json!({"division": "430102"});
    let asked = officer
        .post("/v1/policy-simulations", &form)
        .await
        .expect(202);
    let address = asked.header("location").expect("an address").to_owned();
    let patience = std::time::Duration::from_secs(60);
    let done = async {
        while officer.get(&address).await.expect(200).json()["state"] != "done" {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(patience, done)
        .await
        .expect("a simulation that ends");
    address
}
