//! Who may do what with a status, and what is refused.

use serde_json::{Value, json};
use sizhu_tests::{
    TestApp,
    fixtures::{self, VILLAGE, child_died, child_disabled},
    ids,
    views::{id, text},
};

use super::{confirm, correct, end, status, statuses, summary, withdraw};

fn resident() -> Value {
    fixtures::resident(&ids::woman("1960-05-01"), "王秀英", VILLAGE)
}

#[tokio::test]
async fn an_officer_of_county_level_or_above_confirms_by_posting() {
    let app = TestApp::start().await;
    for division in ["430102", "4301", "43"] {
        let person = app.register(&resident()).await;
        let officer = app.officer(division).await;
        let said = child_died("2018-06-01");
        let reply = officer.post(&statuses(&person), &said).await.expect(201);
        let made = reply.json();
        assert_eq!(summary(&made), "confirmed 2018-06-01 1", "{division}");
        assert_eq!(made["confirmed_on"], "2026-11-23");
        let place = status(&person, &id(&made));
        assert_eq!(reply.header("location"), Some(place.as_str()));
        assert_eq!(reply.header("etag"), Some("\"v1\""));
        let read = officer.get(&place).await.expect(200);
        assert_eq!((read.json(), read.header("etag")), (made, Some("\"v1\"")));
    }
}

#[tokio::test]
async fn one_from_below_proposes_and_the_county_confirms() {
    let app = TestApp::start().await;
    let county = app.officer("430102").await;
    for division in [VILLAGE, "430102001"] {
        let person = app.register(&resident()).await;
        let below = app.officer(division).await;
        let said = child_died("2018-06-01");
        let made = below
            .post(&statuses(&person), &said)
            .await
            .expect(201)
            .json();
        assert_eq!(summary(&made), "proposed - 1", "{division}");
        assert!(made["confirmed_on"].is_null());
        // Not by its own hand, nor by anyone's below the county.
        for too_low in [&below, &app.second_officer(division).await] {
            let refused = confirm(too_low, &person, &id(&made)).await.expect(403);
            refused.problem("forbidden");
        }
        let confirmed = confirm(&county, &person, &id(&made)).await.expect(200);
        assert_eq!(confirmed.header("etag"), Some("\"v2\""));
        assert_eq!(summary(&confirmed.json()), "confirmed 2018-06-01 2");
        let again = confirm(&county, &person, &id(&made)).await.expect(409);
        again.problem("state-conflict");
    }
}

#[tokio::test]
async fn nobody_confirms_what_they_entered_themselves() {
    let app = TestApp::start().await;
    let person = app.register(&resident()).await;
    let township = app.officer("430102001").await;
    let said = child_died("2018-06-01");
    let made = township
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    // The same client, raised to the county since.
    let raised = "UPDATE api_clients SET division = '430102' WHERE client_id = 'officer-430102001'";
    app.database
        .admin()
        .await
        .batch_execute(raised)
        .await
        .unwrap();
    app.advance_days(1);
    let refused = confirm(&township, &person, &id(&made)).await.expect(403);
    assert!(text(&refused.problem("forbidden")["detail"]).contains("录入人"));
    confirm(&app.officer("430102").await, &person, &id(&made))
        .await
        .expect(200);
}

#[tokio::test]
async fn below_the_county_nobody_ends_or_corrects_what_is_confirmed() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let said = child_died("2019-01-01");
    for division in [VILLAGE, "430102001"] {
        let below = app.officer(division).await;
        let id = &person.status_id;
        end(&below, &person, id, "2026-01-01", "death")
            .await
            .expect(403);
        correct(&below, &person, id, "\"v1\"", &said)
            .await
            .expect(403);
    }
    // What is still proposed, they may.
    let person = app.register(&resident()).await;
    let below = app.officer(VILLAGE).await;
    let made = below
        .post(&statuses(&person), &said)
        .await
        .expect(201)
        .json();
    let said = child_died("2019-02-01");
    let now = correct(&below, &person, &id(&made), "\"v1\"", &said).await;
    assert_eq!(summary(&now.expect(200).json()), "proposed - 2");
}

#[tokio::test]
async fn an_officer_of_elsewhere_finds_nobody() {
    let app = TestApp::start().await;
    let person = app.special_person().await;
    let id = &person.status_id;
    for stranger in [app.officer("430103").await, app.officer("4302").await] {
        let said = child_died("2018-06-01");
        stranger.post(&statuses(&person), &said).await.expect(404);
        stranger.get(&status(&person, id)).await.expect(404);
        confirm(&stranger, &person, id).await.expect(404);
        end(&stranger, &person, id, "2026-01-01", "death")
            .await
            .expect(404);
        correct(&stranger, &person, id, "\"v1\"", &said)
            .await
            .expect(404);
    }
    // Nor is a status another person's.
    let other = app.special_person().await;
    let county = app.officer("430102").await;
    county.get(&status(&other, id)).await.expect(404);
    end(&county, &other, id, "2026-01-01", "death")
        .await
        .expect(404);
}

#[tokio::test]
async fn an_end_has_a_reason_that_fits_and_a_day_that_can_be() {
    let app = TestApp::start().await;
    let county = app.officer("430102").await;
    let kinds = [
        (child_died("2018-06-01"), vec!["death", "birth", "adoption"]),
        (
            child_disabled("2018-06-01", 2),
            vec!["death", "birth", "adoption", "recovery"],
        ),
        (complication(), vec!["death", "cure"]),
    ];
    for (said, fitting) in kinds {
        for reason in ["death", "birth", "adoption", "recovery", "cure"] {
            let person = app.register_with(&resident(), &said).await;
            let reply = end(&county, &person, &person.status_id, "2026-05-01", reason).await;
            if fitting.contains(&reason) {
                let ended = reply.expect(200).json();
                assert_eq!(summary(&ended), "ended 2018-06-01 2");
                assert_eq!(
                    (&ended["ended_on"], &ended["end_reason"]),
                    (&json!("2026-05-01"), &json!(reason))
                );
                let again = end(&county, &person, &person.status_id, "2026-05-01", reason).await;
                again.expect(409).problem("state-conflict");
            } else {
                let errors = reply.expect(422).field_errors("validation-failed");
                assert_eq!(errors, ["/reason reason_does_not_fit"], "{said}");
            }
        }
    }
    let person = app.special_person().await;
    for (on, error) in [
        ("2018-06-01", "/on date_order"),
        ("2018-05-31", "/on date_order"),
        ("2026-11-24", "/on date_in_future"),
    ] {
        let reply = end(&county, &person, &person.status_id, on, "death").await;
        assert_eq!(reply.expect(422).field_errors("validation-failed"), [error]);
    }
    end(&county, &person, &person.status_id, "2026-11-23", "death")
        .await
        .expect(200);
}

fn complication() -> Value {
    json!({
        "kind": "surgery_complication", "grade": 1, "from": "2018-06-01",
        "evidence": [{"kind": "complication_certificate", "number": "BF-1", "issued_on": "2018-06-01"}],
    })
}

#[tokio::test]
async fn two_statuses_of_a_kind_do_not_overlap_but_two_kinds_may() {
    let app = TestApp::start().await;
    let county = app.officer("430102").await;
    let person = app.special_person().await;
    let path = statuses(&person);
    let before = child_died("2017-01-01");
    for said in [
        &child_died("2018-06-01"),
        &child_died("2020-01-01"),
        &before,
    ] {
        let reply = county.post(&path, said).await.expect(409);
        assert_eq!(
            reply.field_errors("already-exists"),
            ["/from status_overlaps"]
        );
    }
    county.post(&path, &complication()).await.expect(201);
    // One may follow the other.
    end(
        &county,
        &person,
        &person.status_id,
        "2020-01-01",
        "adoption",
    )
    .await
    .expect(200);
    county
        .post(&path, &child_died("2019-12-31"))
        .await
        .expect(409);
    county
        .post(&path, &child_died("2020-01-01"))
        .await
        .expect(201);
    let read = county
        .get(&format!("/v1/residents/{}", person.resident_id))
        .await;
    let read = read.expect(200).json();
    let summaries: Vec<String> = read["statuses"]
        .as_array()
        .unwrap()
        .iter()
        .map(summary)
        .collect();
    assert_eq!(summaries.len(), 3, "{summaries:?}");
}

#[tokio::test]
async fn a_correction_needs_the_version_it_was_made_from() {
    let app = TestApp::start().await;
    let county = app.officer("430102").await;
    let person = app.special_person().await;
    let (id, said) = (&person.status_id, child_died("2019-01-01"));
    let missing = county.put(&status(&person, id), &said).await.expect(428);
    missing.problem("precondition-required");
    for stale in ["\"v0\"", "\"v2\"", "W/\"v1\""] {
        let reply = correct(&county, &person, id, stale, &said)
            .await
            .expect(412);
        reply.problem("precondition-failed");
    }
    let now = correct(&county, &person, id, "\"v1\"", &said)
        .await
        .expect(200);
    assert_eq!(now.header("etag"), Some("\"v2\""));
    assert_eq!(summary(&now.json()), "confirmed 2019-01-01 2");
    correct(&county, &person, id, "\"v1\"", &said)
        .await
        .expect(412);
    // What was said before stays on record.
    let versions = "SELECT format('%s %s %s', version, starts_on, superseded_at IS NULL) \
         FROM status_versions ORDER BY version";
    let versions = app.database.texts(versions, &[]).await;
    assert_eq!(versions, ["1 2018-06-01 f", "2 2019-01-01 t"]);
}

#[tokio::test]
async fn a_correction_may_say_that_a_status_ended_or_had_not() {
    let app = TestApp::start().await;
    let county = app.officer("430102").await;
    let person = app.special_person().await;
    let mut said = child_died("2018-06-01");
    said["ending"] = json!({"on": "2026-03-01", "reason": "adoption"});
    let now = correct(&county, &person, &person.status_id, "\"v1\"", &said).await;
    assert_eq!(summary(&now.expect(200).json()), "ended 2018-06-01 2");
    for (on, reason, error) in [
        ("2018-06-01", "death", "/ending/on date_order"),
        ("2026-11-24", "death", "/ending/on date_in_future"),
        ("2026-03-01", "cure", "/ending/reason reason_does_not_fit"),
    ] {
        said["ending"] = json!({"on": on, "reason": reason});
        let reply = correct(&county, &person, &person.status_id, "\"v2\"", &said).await;
        assert_eq!(reply.expect(422).field_errors("validation-failed"), [error]);
    }
    said["ending"] = Value::Null;
    let now = correct(&county, &person, &person.status_id, "\"v2\"", &said).await;
    assert_eq!(summary(&now.expect(200).json()), "confirmed 2018-06-01 3");
}

#[tokio::test]
async fn what_never_was_true_is_withdrawn_by_the_county_or_while_it_is_proposed() {
    let app = TestApp::start().await;
    let (village, county) = (app.officer(VILLAGE).await, app.officer("430102").await);
    let person = app.special_person().await;
    let id = &person.status_id;
    withdraw(&village, &person, id).await.expect(403);
    let stale = withdraw(&county, &person, id).if_match("\"v9\"").await;
    stale.expect(412).problem("precondition-failed");
    let gone = withdraw(&county, &person, id).await.expect(200).json();
    assert_eq!(gone["state"], "withdrawn");
    // Nothing more can be done with it.
    let said = child_died("2019-01-01");
    for reply in [
        withdraw(&county, &person, id).await,
        confirm(&county, &person, id).await,
        end(&county, &person, id, "2026-01-01", "death").await,
        correct(&county, &person, id, "\"v2\"", &said).await,
    ] {
        reply.expect(409).problem("state-conflict");
    }
    // It is in nobody's way, and a proposed one its village may take back.
    let made = village
        .post(&statuses(&person), &child_died("2018-06-01"))
        .await;
    let made = made.expect(201).json();
    let gone = withdraw(&village, &person, made["id"].as_str().unwrap()).await;
    assert_eq!(gone.expect(200).json()["state"], "withdrawn");
}

#[tokio::test]
async fn confirming_and_ending_heed_the_version_they_are_told() {
    let app = TestApp::start().await;
    let (village, county) = (app.officer(VILLAGE).await, app.officer("430102").await);
    let person = app.register(&resident()).await;
    let made = village
        .post(&statuses(&person), &child_died("2018-06-01"))
        .await;
    let id = id(&made.expect(201).json());
    confirm(&county, &person, &id)
        .if_match("\"v2\"")
        .await
        .expect(412);
    confirm(&county, &person, &id)
        .if_match("\"v1\"")
        .await
        .expect(200);
    let ending = || end(&county, &person, &id, "2026-01-01", "death");
    ending().if_match("\"v1\"").await.expect(412);
    ending().if_match("\"v2\"").await.expect(200);
}
