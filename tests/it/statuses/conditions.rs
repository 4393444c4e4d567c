//! The conditions of a status: age of the wife or the own, grade, evidence.

use serde_json::{Value, json};
use sizhu_tests::{
    Person, Reply, TestApp,
    fixtures::{self, VILLAGE, child_died, child_disabled},
    ids,
    views::id,
};

use super::{confirm, statuses, summary};

/// Registers someone and posts a status as the county; answers how it went.
async fn posted(app: &TestApp, resident: &Value, said: &Value) -> Reply {
    let person = app.register(resident).await;
    app.officer("430102")
        .await
        .post(&statuses(&person), said)
        .await
}

fn person(citizen_id: &str, marital_status: Option<&str>, spouse: Option<&str>) -> Value {
    let mut resident = fixtures::resident(citizen_id, "王秀英", VILLAGE);
    resident["marital_status"] = json!(marital_status);
    resident["spouse_citizen_id"] = json!(spouse);
    resident
}

/// The summary of a status, or the errors it is refused for.
fn went(reply: &Reply) -> String {
    match reply.status {
        201 => summary(&reply.json()),
        _ => reply.field_errors("conditions-not-met").join(", "),
    }
}

/// Born on `born_on`, with a status from 2024-01-01, on 2026-11-23: when it counts, or why not.
const AGES: [(&str, &str); 6] = [
    ("1960-05-01", "confirmed 2024-01-01 1"),
    ("1975-01-01", "confirmed 2024-01-01 1"),
    // The 49th birthday came after the first day: it counts from there.
    ("1975-01-02", "confirmed 2024-01-02 1"),
    ("1977-11-22", "confirmed 2026-11-22 1"),
    ("1977-11-23", "confirmed 2026-11-23 1"),
    ("1977-11-24", "age_under_49"),
];

fn expected(went: &str, pointer: &str, code: &str) -> String {
    if went == "age_under_49" {
        format!("{pointer} {code}")
    } else {
        went.to_owned()
    }
}

#[tokio::test]
async fn a_woman_is_49_whoever_she_is_married_to() {
    let app = TestApp::start().await;
    let old_man = ids::man("1940-01-01");
    for marital in [None, Some("married"), Some("widowed"), Some("remarried")] {
        for (born_on, outcome) in AGES {
            let spouse = marital.map(|_| old_man.as_str());
            let resident = person(&ids::woman(born_on), marital, spouse);
            let reply = posted(&app, &resident, &child_died("2024-01-01")).await;
            let expected = expected(outcome, "/citizen_id", "age_under_49");
            assert_eq!(went(&reply), expected, "{born_on} {marital:?}");
        }
    }
}

#[tokio::test]
async fn a_husband_counts_by_his_wifes_age() {
    let app = TestApp::start().await;
    for (born_on, outcome) in AGES {
        for own in ["1940-01-01", "1980-01-01"] {
            let wife = ids::woman(born_on);
            let resident = person(&ids::man(own), Some("married"), Some(&wife));
            let reply = posted(&app, &resident, &child_died("2024-01-01")).await;
            let expected = expected(outcome, "/spouse_citizen_id", "wife_under_49");
            assert_eq!(went(&reply), expected, "{born_on} {own}");
        }
    }
    let unknown = person(&ids::man("1940-01-01"), Some("married"), None);
    let reply = posted(&app, &unknown, &child_died("2024-01-01")).await;
    assert_eq!(went(&reply), "/spouse_citizen_id spouse_unknown");
    let unknown = person(&ids::man("1940-01-01"), None, None);
    let reply = posted(&app, &unknown, &child_died("2024-01-01")).await;
    assert_eq!(went(&reply), "/marital_status marital_status_unknown");
}

#[tokio::test]
async fn a_man_without_a_wife_or_married_again_counts_by_his_own_age() {
    let app = TestApp::start().await;
    let young_wife = ids::woman("1990-01-01");
    for marital in ["widowed", "divorced", "unmarried", "remarried"] {
        for (born_on, outcome) in AGES {
            let spouse = (marital == "remarried").then_some(young_wife.as_str());
            let resident = person(&ids::man(born_on), Some(marital), spouse);
            let reply = posted(&app, &resident, &child_died("2024-01-01")).await;
            let expected = expected(outcome, "/citizen_id", "age_under_49");
            assert_eq!(went(&reply), expected, "{born_on} {marital}");
        }
    }
}

#[tokio::test]
async fn what_is_too_early_today_is_confirmed_on_the_birthday() {
    let app = TestApp::start().await;
    let township = app.officer("430102001").await;
    let county = app.officer("430102").await;
    let resident = person(&ids::woman("1977-11-25"), None, None);
    let person: Person = app.register(&resident).await;
    let said = child_died("2024-01-01");
    let made = township
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    for (now, status) in [
        ("2026-11-24T15:59:59Z", 422),
        // Midnight in Changsha.
        ("2026-11-24T16:00:00Z", 200),
    ] {
        app.set_clock(now);
        let reply = confirm(&county, &person, &id(&made)).await.expect(status);
        if status == 200 {
            assert_eq!(summary(&reply.json()), "confirmed 2026-11-25 2");
        }
    }
}

#[tokio::test]
async fn born_on_29_february_one_is_49_on_1_march() {
    let app = TestApp::start().await;
    let resident = person(&ids::woman("1976-02-29"), None, None);
    let reply = posted(&app, &resident, &child_died("2024-01-01")).await;
    assert_eq!(went(&reply), "confirmed 2025-03-01 1");
}

#[tokio::test]
async fn grade_3_is_severe_enough_and_grade_4_is_not() {
    let app = TestApp::start().await;
    for kind in ["child_disabled", "surgery_complication"] {
        for grade in 1..=4 {
            let mut said = child_disabled("2024-01-01", grade);
            said["kind"] = json!(kind);
            let resident = person(&ids::woman("1960-05-01"), None, None);
            let reply = posted(&app, &resident, &said).await;
            let expected = match grade {
                4 => "/grade grade_too_mild",
                _ => "confirmed 2024-01-01 1",
            };
            assert_eq!(went(&reply), expected, "{kind} {grade}");
        }
    }
}

#[tokio::test]
async fn a_grade_is_given_where_there_is_one() {
    let app = TestApp::start().await;
    let with = |grade: Value, said: Value| {
        let mut said = said;
        said["grade"] = grade;
        said
    };
    for (said, error) in [
        (
            with(Value::Null, child_disabled("2024-01-01", 1)),
            "/grade required",
        ),
        (
            with(json!(0), child_disabled("2024-01-01", 1)),
            "/grade range",
        ),
        (
            with(json!(5), child_disabled("2024-01-01", 1)),
            "/grade range",
        ),
        (
            with(json!(1), child_died("2024-01-01")),
            "/grade grade_forbidden",
        ),
        (child_died("2026-11-24"), "/from date_in_future"),
    ] {
        let resident = person(&ids::woman("1960-05-01"), None, None);
        let reply = posted(&app, &resident, &said).await.expect(422);
        let errors = reply.field_errors("validation-failed");
        assert!(errors.contains(&error.to_owned()), "{errors:?} {error}");
    }
}

#[tokio::test]
async fn a_status_rests_on_a_paper_that_proves_it() {
    let app = TestApp::start().await;
    for (kind, papers) in [
        ("child_died", vec!["death_certificate", "court_declaration"]),
        ("child_disabled", vec!["disability_certificate"]),
        (
            "surgery_complication",
            vec![
                "complication_certificate",
                "disability_certificate",
                "medical_certificate",
            ],
        ),
    ] {
        for paper in [
            "death_certificate",
            "court_declaration",
            "disability_certificate",
            "medical_certificate",
            "complication_certificate",
            "household_register",
            "adoption_certificate",
            "other",
        ] {
            let evidence = json!([{"kind": paper, "number": "1", "issued_on": "2024-01-01"}]);
            let mut said = json!({"kind": kind, "from": "2024-01-01", "evidence": evidence});
            if kind != "child_died" {
                said["grade"] = json!(2);
            }
            let resident = person(&ids::woman("1960-05-01"), None, None);
            let reply = posted(&app, &resident, &said).await;
            let expected = if papers.contains(&paper) {
                "confirmed 2024-01-01 1"
            } else {
                "/evidence evidence_missing"
            };
            assert_eq!(went(&reply), expected, "{kind} {paper}");
        }
    }
}

#[tokio::test]
async fn every_condition_that_is_not_met_is_told_and_nothing_is_kept() {
    let app = TestApp::start().await;
    let resident = person(&ids::woman("1990-01-01"), None, None);
    let mut said = child_disabled("2024-01-01", 4);
    said["evidence"] = json!([]);
    let reply = posted(&app, &resident, &said).await.expect(422);
    let expected = [
        "/grade grade_too_mild",
        "/evidence evidence_missing",
        "/citizen_id age_under_49",
    ];
    assert_eq!(reply.field_errors("conditions-not-met"), expected);
    for table in ["statuses", "status_versions", "status_evidence"] {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(app.database.number(&count).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_complication_has_no_age() {
    let app = TestApp::start().await;
    let resident = person(&ids::man("1995-05-01"), None, None);
    let mut said = child_disabled("2024-01-01", 3);
    said["kind"] = json!("surgery_complication");
    let reply = posted(&app, &resident, &said).await;
    assert_eq!(went(&reply), "confirmed 2024-01-01 1");
}
