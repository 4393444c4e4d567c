//! Loans under test: contracts and events as banks write them, and runs.

use std::time::Duration;

use serde_json::{Value, json};
use sizhu_api::{jobs::Runner, policies::Policies, state::State};
use uuid::Uuid;

use crate::{Call, Client, Person, TestApp, fixtures, ids, tree};

/// The programme of loans.
pub const LOAN_PROGRAMME: &str = "entrepreneurship-loan-interest";

/// A loan of 50,000 yuan at 4.35 % over 2025, interest each quarter.
#[must_use]
pub fn loan(person: &Person, contract_no: &str) -> Value {
    json!({
        "contract_no": contract_no,
        "borrower": {"citizen_id": person.citizen_id, "name": person.name},
        "purpose": "production",
        "contract": {
            "principal_fen": 5_000_000,
            "rate": {"kind": "fixed", "rate_ppm": 43_500},
            "day_count": "actual/360",
            "starts_on": "2025-01-01", "ends_on": "2026-01-01",
            "repayment": "interest_only", "every_months": 3,
        },
    })
}

/// The due days of [`loan`] with their interest in fen.
pub const DUE: [(&str, i64); 4] = [
    ("2025-04-01", 54_375),
    ("2025-07-01", 54_979),
    ("2025-10-01", 55_583),
    ("2026-01-01", 55_583),
];

/// A payment of interest on its due day.
#[must_use]
pub fn paid(number: usize) -> Value {
    let (due_on, interest) = DUE[number];
    paid_on(number, due_on, interest)
}

/// A payment of some interest on some day.
#[must_use]
pub fn paid_on(number: usize, on: &str, interest: i64) -> Value {
    json!({
        "event_no": format!("P{number}"), "on": on, "kind": "repaid",
        "due_on": DUE[number].0, "principal_fen": 0, "interest_fen": interest,
    })
}

/// A woman and her husband of [`fixtures::VILLAGE`], each the other's spouse in the registry.
pub async fn couple(app: &TestApp) -> (Person, Person) {
    let (wife, husband) = (ids::woman("1985-02-01"), ids::man("1984-03-01"));
    let register = async |id: &str, name: &str, spouse: &str| {
        let mut resident = fixtures::resident(id, name, fixtures::VILLAGE);
        resident["marital_status"] = json!("married");
        resident["spouse_citizen_id"] = json!(spouse);
        app.register(&resident).await
    };
    (
        register(&wife, "李秀英", &husband).await,
        register(&husband, "王建国", &wife).await,
    )
}

impl Client {
    /// Posts a loan under a fresh key.
    pub fn lend(&self, loan: &Value) -> Call {
        self.post("/v1/loans", loan)
            .key(&Uuid::new_v4().to_string())
    }

    /// Posts events of a loan under a fresh key.
    pub fn happened(&self, loan: &str, events: &[Value]) -> Call {
        self.post(
            &format!("/v1/loans/{loan}/events"),
            &json!({"events": events}),
        )
        .key(&Uuid::new_v4().to_string())
    }

    /// Asks for a run of the year 2025 in a county; answers its address.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn ask_run(&self, county: &str) -> String {
        let form = json!({"county": county, "year": 2025, "quarter": 4});
        let key = Uuid::new_v4().to_string();
        let asked = self.post("/v1/subsidy-runs", &form).key(&key).await;
        assert!(matches!(asked.status, 200 | 202), "{}", asked.text());
        asked.header("location").expect("an address").to_owned()
    }

    /// Confirms that the family of a loan kept the policy.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn confirm_family(&self, loan: &str, kept: bool) {
        let path = format!("/v1/loans/{loan}");
        let seen = self.get(&path).await.expect(200);
        let etag = seen.header("etag").expect("an ETag").to_owned();
        let form = json!({"family_kept_policy": kept});
        let path = format!("{path}/confirmation");
        let confirmed = self.post(&path, &form).header("If-Match", &etag).await;
        confirmed.expect(200);
    }
}

impl TestApp {
    /// A runner of a process of its own.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn runner(&self, page: u32) -> Runner {
        let policies = Policies::load(&tree::root().join("policies")).expect("policies");
        let state = State::open(self.config(), self.clock.clone(), policies);
        Runner::new(state.expect("a state"), page)
    }

    /// Does every job there is, but those that were cancelled.
    ///
    /// # Panics
    /// When one fails.
    pub async fn do_jobs(&self) {
        let mut runner = self.runner(10);
        while let Some(mut job) = runner.take_up().await.expect("a job") {
            loop {
                match runner.step(job).await.expect("a page") {
                    sizhu_api::jobs::Next::GoesOn(next) => job = *next,
                    sizhu_api::jobs::Next::Over(state) => {
                        assert!(matches!(state.as_str(), "done" | "cancelled"), "{state:?}");
                        break;
                    }
                    sizhu_api::jobs::Next::Lost => panic!("a job was lost"),
                }
            }
        }
    }

    /// Runs the year 2025 in a county, by a runner of its own; answers the run's address.
    pub async fn run(&self, county: &str) -> String {
        let address = self.officer(county).await.ask_run(county).await;
        self.do_jobs().await;
        address
    }

    /// Posts a loan of a person, confirmed by the county's officer, with all interest paid in time;
    /// answers its id.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn lent(&self, loan: &Value) -> String {
        let bank = self.bank().await;
        let posted = bank.lend(loan).await.expect(201).json();
        let id = posted["id"].as_str().expect("an id").to_owned();
        bank.happened(&id, &[paid(0), paid(1), paid(2), paid(3)])
            .await
            .expect(201);
        self.officer("430102").await.confirm_family(&id, true).await;
        id
    }

    /// Fills the loan budget of a county for the clock's year.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn fill_loans(&self, county: &str, fen: i64, document_no: &str) {
        let year = self.clock.today().year();
        let form = json!({"programme": LOAN_PROGRAMME, "year": year, "county": county});
        let finance = self.finance("43").await;
        let account = finance.post("/v1/accounts", &form).await;
        assert!(matches!(account.status, 200 | 201), "{}", account.text());
        let id = account.json()["id"].as_str().expect("an id").to_owned();
        let form = json!({"amount_fen": fen, "document_no": document_no});
        let path = format!("/v1/accounts/{id}/appropriations");
        finance.post(&path, &form).await.expect(201);
    }

    /// Waits until a run is done.
    ///
    /// # Panics
    /// When it is not done in a minute.
    pub async fn until_done(&self, client: &Client, address: &str) {
        for _ in 0..600 {
            if client.get(address).await.expect(200).json()["state"] == "done" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{address} is not done in a minute");
    }
}
