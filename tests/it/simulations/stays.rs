//! Programmes of stays: asked for the real stays of the year, paid by day of discharge.
//!
//! One in 430102 was in hospital for 46 and for 60 days, of which the year pays 90; one in 430103 for
//! 30 days. At 100 yuan a day that is 9,000 and 3,000 yuan.

use serde_json::json;
use sizhu_tests::{ledger, tree};

use super::*;

/// Days of admission and discharge, by village.
const STAYS: [(&str, &[(&str, &str)]); 2] = [
    (
        fixtures::VILLAGE,
        &[("2026-03-01", "2026-04-16"), ("2026-06-01", "2026-07-31")],
    ),
    (fixtures::OTHER_VILLAGE, &[("2026-05-01", "2026-05-31")]),
];

/// The pack in force.
fn in_force() -> String {
    tree::read("policies/hunan/illness/hospital-care-allowance.toml")
}

/// Simulates a draft of the hospital-care allowance over 2026; answers what came of it.
async fn simulate(app: &TestApp, config: &Config, draft: &str) -> Value {
    let version = upload_of(app, ledger::PROGRAMME, draft).await;
    let officer = app.officer("43").await;
    let form = json!({
        "version_id": version, "division": "43", "year": 2026,
        "programmes": [ledger::PROGRAMME],
    });
    let reply = officer.post("/v1/policy-simulations", &form).await;
    let address = reply.expect(202).header("location").unwrap().to_owned();
    let policies = Policies::load(&config.policies).unwrap();
    let state = State::open(config.clone(), app.clock.clone(), policies);
    let mut runner = Runner::new(state.unwrap(), 1);
    let job = runner.take_up().await.unwrap().expect("a job");
    assert_eq!(finish(&mut runner, job).await, JobState::Done);
    officer.get(&address).await.expect(200).json()
}

#[tokio::test]
async fn stays_cost_what_was_decided_and_what_a_draft_would_decide() {
    let mut kept = None;
    let app = TestApp::start_with(|config| {
        config.jobs = false;
        kept = Some(config.clone());
    })
    .await;
    let config = kept.unwrap();
    app.fill("430102", 500_000, "budget").await;
    let hospital = app.hospital(1).await;
    for (village, stays) in STAYS {
        let person = app.special_person_in(village).await;
        for (admitted_on, discharged_on) in stays {
            let record = format!("{village}-{admitted_on}");
            let claim = person.claim().record(&record);
            let claim = claim.stay(admitted_on, discharged_on);
            hospital.claim(&claim).await.expect(201);
        }
    }
    let decided = "SELECT sum(amount_fen)::bigint FROM decisions WHERE superseded_at IS NULL";
    assert_eq!(app.database.number(decided).await, 1_200_000);

    let dearer = in_force().replace("value = \"100 yuan/day\"", "value = \"120 yuan/day\"");
    let told = simulate(&app, &config, &dearer).await;
    let own = county(&told, "430102");
    assert_eq!(numbers(own), "900000 1080000 1 180000 0 0");
    assert_eq!(
        numbers(county(&told, "430103")),
        "300000 360000 1 60000 0 0"
    );
    // 5,000 yuan: 4,600 and then 4,400 before; 5,520 at once after.
    assert_eq!(own["budget_used_up_before"], json!(day("2026-07-31")));
    assert_eq!(own["budget_used_up_after"], json!(day("2026-04-16")));

    // A tenth of what the patient paid, beside: each of the three bills says 20,920 yuan.
    let share =
        "[[values.share]]\nfrom = \"2018-04-01\"\nvalue = \"10 %\"\nassumed = \"A test.\"\n\n";
    let bill = "[[versions.entitlements]]\nid = \"bill\"\ntitle = { zh = \"自付\", en = \"Bill\" }\n\
                form = \"share_of_cost\"\ncost = \"cost_self_paid\"\nshare = \"share\"\n\n";
    let more = in_force()
        .replacen("[[versions]]", &format!("{share}[[versions]]"), 1)
        .replacen(
            "[[versions.evidence]]",
            &format!("{bill}[[versions.evidence]]"),
            1,
        );
    let told = simulate(&app, &config, &more).await;
    assert_eq!(
        numbers(county(&told, "430102")),
        "900000 1318400 1 418400 0 0"
    );
    assert_eq!(
        numbers(county(&told, "430103")),
        "300000 509200 1 209200 0 0"
    );
}
