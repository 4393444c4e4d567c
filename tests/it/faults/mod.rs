//! What goes wrong between the service and its database: each is told as a problem that passes,
//! leaves nothing half done, and heals by itself.

mod cut;
mod waiting;

use std::time::{Duration, Instant};

use sizhu_store::Limits;
use sizhu_tests::{Client, Fault, Person, Proxy, Reply, TestApp, content, fixtures::Claim};

/// How long an answer may take at most: well above every limit of these tests.
const LIMIT: Duration = Duration::from_secs(8);

/// The limits that these tests wait for.
const LIMITS: Limits = Limits {
    connection: Duration::from_millis(700),
    lock: Duration::from_millis(700),
    transaction: Duration::from_secs(2),
};

/// A service of one worker behind a proxy, someone entitled, and a hospital that claims for them.
struct World {
    app: TestApp,
    proxy: Proxy,
    hospital: Client,
    person: Person,
}

impl World {
    /// Everything that is needed to post a claim is there, so that the claim is all that passes the
    /// proxy.
    async fn make(connections: usize, limits: Limits) -> Self {
        let mut before = None;
        let app = TestApp::start_with(|config| {
            let proxy = Proxy::before(&config.database_url);
            config.database_url = proxy.url();
            (config.workers, config.connections, config.jobs) = (1, connections, false);
            config.limits = limits;
            before = Some(proxy);
        })
        .await;
        let proxy = before.expect("a proxy");
        // The connection that looks after policies, every few seconds.
        proxy.spare_present();
        app.fill("430102", 1_000_000, "D-1").await;
        let (hospital, person) = (app.hospital(1).await, app.special_person().await);
        hospital.token().await;
        Self {
            app,
            proxy,
            hospital,
            person,
        }
    }

    fn claim(&self, record: &str) -> Claim {
        self.person.claim().record(record)
    }

    /// Posts a claim under a key of its own, the record's number, and holds that an answer comes.
    async fn post(&self, claim: &Claim) -> Reply {
        let key = claim["medical_record_no"].as_str().expect("a number");
        let begun = Instant::now();
        let reply = self.hospital.claim_with_key(claim, key).await;
        assert!(
            begun.elapsed() < LIMIT,
            "answered after {:?}",
            begun.elapsed()
        );
        reply
    }

    async fn content(&self) -> Vec<String> {
        content::of(&self.app.database.admin().await).await
    }

    /// The claim is taken, and all laws hold.
    async fn heals(&self, claim: &Claim) -> Reply {
        self.proxy.set(Fault::None);
        let reply = self.post(claim).await.expect(201);
        assert_eq!(self.post(claim).await.expect(201).body, reply.body);
        self.app.database.check_books().await;
        reply
    }
}

/// The answer says that it passes, and when to come back.
#[track_caller]
fn passes(reply: &Reply) {
    assert_eq!(reply.status, 503, "{}: {}", reply.asked, reply.text());
    reply.problem("unavailable");
    let seconds = reply.header("retry-after").map(str::parse::<u32>);
    assert!(
        matches!(seconds, Some(Ok(1..=60))),
        "no Retry-After in {:?}",
        reply.headers
    );
}
