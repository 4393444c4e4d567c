//! What is kept: every table, read by someone who has the database and not the keys.

use serde_json::json;
use sizhu_tests::{
    TestApp,
    cluster::shared,
    fixtures::{self, VILLAGE, child_died},
    ids,
    views::id,
};

use super::{NAME, resident};

/// What must not be readable anywhere: of the person, of the spouse, of a stranger, of papers.
struct Secrets(Vec<String>);

impl Secrets {
    fn of(ids: [&str; 3]) -> Self {
        // Parts of a number tell as much as the whole: birth date and order, area and birth date.
        let parts = ids.iter().flat_map(|id| [&id[..14], &id[6..], &id[4..16]]);
        let others = [
            NAME,
            "慕容蓁蓁",
            "13907310042",
            "6217995550000042424",
            "I63.912",
            "小脑梗塞伴出血",
            "SW-SECRET-0042",
            "CJ-SECRET-0043",
        ];
        Self(parts.chain(others).map(str::to_owned).collect())
    }

    /// Looks for them in a dump, as text and as the hexadecimal that `bytea` is dumped in.
    fn search(&self, dump: &str) {
        for secret in &self.0 {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            for form in [secret, &hex] {
                let line = dump.lines().find(|line| line.contains(form.as_str()));
                assert!(
                    line.is_none(),
                    "{secret} is readable in: {}",
                    line.unwrap_or_default()
                );
            }
        }
    }
}

fn secret_claim(citizen_id: &str, name: &str, record: &str) -> fixtures::Claim {
    fixtures::claim()
        .record(record)
        .set("/citizen_id", citizen_id)
        .set("/patient_name", name)
        .set("/principal_diagnosis/code", "I63.912")
        .set("/principal_diagnosis/name", "小脑梗塞伴出血")
}

/// Everything a service is asked to remember of someone, and of someone it does not know.
async fn whole_story(app: &TestApp, own: &str, spouse: &str, stranger: &str) {
    app.fill("430102", 500_000, "D-1").await;
    let (county, village) = (app.officer("430102").await, app.officer(VILLAGE).await);
    let mut person = resident(own);
    person["marital_status"] = json!("married");
    person["spouse_citizen_id"] = json!(spouse);
    person["phone"] = json!("13907310042");
    person["card"] = json!({"bank": "中国邮政储蓄银行", "number": "6217995550000042424"});
    let person = app.register(&person).await;
    let path = format!("/v1/residents/{}/statuses", person.resident_id);
    let mut died = child_died("2018-06-01");
    died["evidence"][0]["number"] = json!("SW-SECRET-0042");
    let made = id(&village.post(&path, &died).await.expect(201).json());
    let confirmation = format!("{path}/{made}/confirmation");
    county.post(&confirmation, &json!({})).await.expect(200);

    let hospital = app.hospital(1).await;
    let claim = secret_claim(own, NAME, "R-1");
    hospital.claim_with_key(&claim, "K-1").await.expect(201);
    hospital.claim_with_key(&claim, "K-1").await.expect(201);
    hospital.claim(&claim).await.expect(200);
    hospital
        .claim(&claim.clone().set("/icu_days", 1))
        .await
        .expect(409);
    hospital
        .claim(&claim.clone().set("/icu_days", 99))
        .await
        .expect(422);
    let other = app.hospital(2).await;
    other.claim(&claim).await.expect(201);
    other
        .claim(&secret_claim(stranger, "慕容蓁蓁", "R-2"))
        .await
        .expect(201);

    died["evidence"][0]["number"] = json!("CJ-SECRET-0043");
    let place = format!("{path}/{made}");
    county.put(&place, &died).if_match("*").await.expect(200);
    app.database.pay_everything().await;
    let end = json!({"on": "2026-03-11", "reason": "death"});
    county.post(&format!("{place}/end"), &end).await.expect(200);
    let search = json!({"citizen_id": own});
    county
        .post("/v1/residents/search", &search)
        .await
        .expect(200);
}

#[tokio::test]
async fn nothing_personal_is_readable_in_what_is_kept() {
    let app = TestApp::start().await;
    let own = ids::woman("1960-05-07");
    let (spouse, stranger) = (ids::man("1958-09-03"), ids::woman("1959-11-29"));
    whole_story(&app, &own, &spouse, &stranger).await;
    // The story left a trace in every table that keeps one.
    for table in [
        "residents",
        "resident_versions",
        "statuses",
        "status_versions",
        "status_evidence",
        "subjects",
        "claims",
        "claim_versions",
        "stays",
        "decisions",
        "awards",
        "recoveries",
        "transfers",
        "audit_events",
        "idempotency_records",
    ] {
        let count = format!("SELECT count(*) FROM {table}");
        assert!(app.database.number(&count).await > 0, "{table}");
    }
    let name = app.database.name();
    let dump = shared().dump(name, &["--data-only", "--inserts"]);
    assert!(dump.contains("R-1"), "a dump holds what is not secret");
    Secrets::of([&own, &spouse, &stranger]).search(&dump);
    // Stored answers and events are bytes: read them as what they are.
    let bytes = "SELECT convert_from(body, 'UTF8') FROM audit_events \
         UNION ALL SELECT convert_from(body, 'UTF8') FROM idempotency_records";
    let bodies = app.database.texts(bytes, &[]).await.join("\n");
    assert!(bodies.contains("claim.posted"), "{bodies}");
    Secrets::of([&own, &spouse, &stranger]).search(&bodies);
}

#[tokio::test]
async fn the_same_value_sealed_twice_looks_different() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        let person = app.special_person().await;
        let claim = person.claim().record(&person.resident_id);
        app.hospital(1).await.claim(&claim).await.expect(201);
    }
    for column in [
        "name_sealed FROM resident_versions",
        "patient_name_sealed FROM claim_versions",
        "diagnosis_sealed FROM claim_versions",
        "number_sealed FROM status_evidence",
    ] {
        let query = format!("SELECT count(DISTINCT value) FROM (SELECT {column}) it(value)");
        assert_eq!(app.database.number(&query).await, 3, "{column}");
    }
}

#[tokio::test]
async fn a_sealed_value_opens_in_its_own_row_alone() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let (one, other) = (app.special_person().await, app.special_person().await);
    let first = hospital
        .claim(&one.claim().record("R-1"))
        .await
        .expect(201)
        .json();
    hospital
        .claim(&other.claim().record("R-2"))
        .await
        .expect(201);
    let swap = "UPDATE claim_versions one SET patient_name_sealed = other.patient_name_sealed \
         FROM claim_versions other WHERE one.id <> other.id";
    app.database
        .admin()
        .await
        .batch_execute(swap)
        .await
        .unwrap();
    let path = format!("/v1/hospital-claims/{}", id(&first));
    let problem = hospital.get(&path).await.expect(500).problem("internal");
    assert!(problem.get("errors").is_none(), "{problem}");
}
