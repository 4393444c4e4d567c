//! Claims that are none: each fault has its pointer and code, and nothing is kept.

use sizhu_tests::{
    TestApp,
    fixtures::{Claim, claim},
    ids,
};

fn born_tomorrow() -> String {
    ids::citizen("430102", "2026-11-24", sizhu_core::Sex::Female, 1)
}

/// A claim, and what is wrong with it as `pointer code`.
type Fault = (Claim, &'static [&'static str]);

fn wrong_people() -> Vec<Fault> {
    let id = ids::woman("1960-05-01");
    let wrong_check = if id.ends_with('1') { "2" } else { "1" };
    let wrong_check = format!("{}{wrong_check}", &id[..17]);
    vec![
        (
            claim().set("/citizen_id", "430102600501002"),
            &["/citizen_id citizen_id_old_form"],
        ),
        (
            claim().set("/citizen_id", "43010219600501"),
            &["/citizen_id citizen_id_length"],
        ),
        (
            claim().set("/citizen_id", wrong_check),
            &["/citizen_id citizen_id_check_digit"],
        ),
        (
            claim().set("/citizen_id", "123456789012345677"),
            &["/citizen_id citizen_id_birth_date"],
        ),
        (
            claim().set("/citizen_id", born_tomorrow()),
            &["/citizen_id citizen_id_birth_date"],
        ),
    ]
}

fn wrong_stays() -> Vec<Fault> {
    vec![
        (
            claim().nursing(0, 45, 0, 0),
            &["/nursing_days nursing_days_sum"],
        ),
        (
            claim().nursing(1, 46, 0, 0),
            &["/nursing_days nursing_days_sum"],
        ),
        (
            claim().nursing(u32::MAX, u32::MAX, u32::MAX, u32::MAX),
            &["/nursing_days nursing_days_sum"],
        ),
        (claim().set("/icu_days", 47), &["/icu_days icu_days"]),
        (
            claim().stay("2026-03-05", "2026-03-04"),
            &["/discharged_on date_order"],
        ),
        (
            claim().stay("2026-11-20", "2026-11-24"),
            &["/discharged_on date_in_future"],
        ),
        (
            claim().stay("2026-11-24", "2026-11-25"),
            &[
                "/admitted_on date_in_future",
                "/discharged_on date_in_future",
                "/consent/signed_on date_in_future",
            ],
        ),
        (
            claim().set("/consent/signed_on", "2026-11-24"),
            &["/consent/signed_on date_in_future"],
        ),
        (
            claim().stay("1960-04-30", "1960-05-02"),
            &["/admitted_on date_order"],
        ),
        (
            claim().set("/medical_record_no", " "),
            &["/medical_record_no length"],
        ),
        (
            claim().set("/charges/total_fen", -1),
            &["/charges/total_fen range"],
        ),
        (
            claim().set("/charges/total_fen", 1),
            &["/charges/total_fen charges_sum"],
        ),
    ]
}

#[tokio::test]
async fn every_fault_has_its_pointer_and_code_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    for (claim, expected) in wrong_stays().into_iter().chain(wrong_people()) {
        let reply = hospital.claim(&claim).await.expect(422);
        assert_eq!(reply.field_errors("validation-failed"), expected);
        let problem = reply.text();
        let citizen_id = claim["citizen_id"].as_str().unwrap();
        assert!(!problem.contains(citizen_id), "{problem}");
    }
    for rows in [
        "claims",
        "claim_versions",
        "stays",
        "subjects",
        "decisions",
        "idempotency_records",
        "audit_events WHERE actor = 'hospital-1'",
    ] {
        let count = format!("SELECT count(*) FROM {rows}");
        assert_eq!(app.database.number(&count).await, 0, "{rows}");
    }
}

#[tokio::test]
async fn all_faults_of_a_claim_are_told_at_once() {
    let app = TestApp::start().await;
    let claim = claim()
        .stay("2026-03-05", "2026-03-04")
        .set("/citizen_id", "430102600501002")
        .set("/principal_diagnosis/code", "x")
        .set("/charges/insurance_paid_fen", -5);
    let reply = app.hospital(1).await.claim(&claim).await.expect(422);
    let errors = reply.field_errors("validation-failed");
    let pointers: Vec<&str> = errors
        .iter()
        .filter_map(|error| error.split(' ').next())
        .collect();
    let expected = [
        "/citizen_id",
        "/principal_diagnosis/code",
        "/discharged_on",
        "/charges/insurance_paid_fen",
    ];
    assert_eq!(pointers, expected);
}

#[tokio::test]
async fn a_day_is_a_day_in_changsha() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    let today = claim().stay("2026-11-24", "2026-11-24");
    // 23:59:59 there, then midnight: 16:00 in London.
    app.set_clock("2026-11-23T15:59:59Z");
    hospital.claim(&today).await.expect(422);
    app.set_clock("2026-11-23T16:00:00Z");
    hospital.claim(&today).await.expect(201);
}

#[tokio::test]
async fn nursing_days_add_up_or_are_not_reported() {
    let app = TestApp::start().await;
    let hospital = app.hospital(1).await;
    for (number, claim) in [
        claim().nursing(0, 0, 0, 0),
        claim().nursing(1, 2, 3, 40),
        claim().set("/icu_days", 46),
        claim().stay("2026-03-01", "2026-03-01").nursing(0, 1, 0, 0),
    ]
    .into_iter()
    .enumerate()
    {
        let claim = claim.record(&format!("N{number}"));
        hospital.claim(&claim).await.expect(201);
    }
}
