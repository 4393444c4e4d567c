//! What is kept of loans: replays, and nothing personal that can be read.

use reqwest::Method;
use serde_json::json;
use sizhu_tests::{
    loans::{couple, loan, paid},
    views::text,
};

use super::started;

#[tokio::test]
async fn a_loans_decision_replays_to_the_byte_now_and_as_history() {
    let app = started().await;
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let (wife, _) = couple(&app).await;
    let id = app.lent(&loan(&wife, "C-1")).await;
    app.run("430102").await;
    let reversal =
        json!({"event_no": "R", "on": "2026-01-02", "kind": "reversed", "reverses": "P3"});
    app.bank()
        .await
        .happened(&id, &[reversal])
        .await
        .expect(201);
    let decisions = app
        .database
        .texts("SELECT id::text FROM decisions", &[])
        .await;
    assert_eq!(decisions.len(), 2);
    let officer = app.officer("430102").await;
    for decision in &decisions {
        let path = format!("/v1/decisions/{decision}/replay");
        let replay = officer.call(Method::POST, &path).await.expect(200).json();
        assert_eq!(
            (&replay["holds"], &replay["same_bytes"]),
            (&json!(true), &json!(true)),
            "{replay}"
        );
        let seen = officer.get(&format!("/v1/decisions/{decision}")).await;
        assert_eq!(seen.expect(200).json()["loan"]["loan_id"], id.as_str());
    }
    let hidden = app.officer("430103").await;
    let hidden = hidden.get(&format!("/v1/decisions/{}", decisions[0])).await;
    hidden.expect(404).problem("not-found");
}

#[tokio::test]
async fn no_table_of_loans_can_be_read_for_a_person() {
    let app = started().await;
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let (wife, _) = couple(&app).await;
    let mut of_a_firm = loan(&wife, "C-2");
    of_a_firm["credit_code"] = json!("91430102MA4L000N03");
    let bank = app.bank().await;
    bank.lend(&of_a_firm).await.expect(201);
    app.lent(&loan(&wife, "C-1")).await;
    app.run("430102").await;
    for table in [
        "holders",
        "holder_members",
        "loans",
        "loan_versions",
        "loan_events",
        "decisions",
        "subsidy_runs",
        "jobs",
        "audit_events",
        "idempotency_records",
        "awards",
    ] {
        let query = format!("SELECT {table}::text FROM {table}");
        for row in app.database.texts(&query, &[]).await {
            for secret in [&wife.citizen_id, &wife.name, "91430102MA4L000N03"] {
                assert!(!row.contains(secret), "{table} tells {secret}: {row}");
                let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
                assert!(!row.contains(&hex), "{table} tells {secret}: {row}");
            }
        }
    }
}

#[tokio::test]
async fn a_bank_sees_its_own_loans_and_no_more_than_it_posted() {
    let app = started().await;
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let (wife, _) = couple(&app).await;
    let id = app.lent(&loan(&wife, "C-1")).await;
    let path = format!("/v1/loans/{id}");
    let bank = app.bank().await;
    let before = bank.get(&path).await.expect(200);
    app.officer("430102").await.confirm_family(&id, false).await;
    app.run("430102").await;
    let after = bank.get(&path).await.expect(200);
    assert_eq!(before.text(), after.text());
    assert_eq!(before.header("etag"), after.header("etag"));
    let other = app.second_bank().await;
    for path in [
        path.clone(),
        format!("{path}/events"),
        format!("{path}/schedule"),
    ] {
        other.get(&path).await.expect(404).problem("not-found");
    }
    let refused = other.happened(&id, &[paid(0)]).await.expect(404);
    refused.problem("not-found");
    let list = other.get("/v1/loans").await.expect(200).json();
    assert_eq!(list["items"], json!([]));
    // The same contract number of another bank is another loan.
    let theirs = other.lend(&loan(&wife, "C-1")).await.expect(201).json();
    assert_ne!(text(&theirs["id"]), id);
}

#[tokio::test]
async fn events_are_all_or_none_and_faults_say_where() {
    let app = started().await;
    let (wife, _) = couple(&app).await;
    let bank = app.bank().await;
    let id = text(&bank.lend(&loan(&wife, "C-1")).await.expect(201).json()["id"]);
    let early = json!({
        "event_no": "E", "on": "2024-12-31", "kind": "repaid", "principal_fen": 0, "interest_fen": 1,
    });
    let too_much = json!({
        "event_no": "M", "on": "2025-06-01", "kind": "written_off", "principal_fen": 5_000_001,
    });
    let refused = bank
        .happened(&id, &[paid(0), early, too_much])
        .await
        .expect(422);
    let problem = refused.problem("validation-failed");
    let told: Vec<String> = (problem["errors"].as_array().unwrap().iter())
        .map(|it| format!("{} {}", text(&it["pointer"]), text(&it["code"])))
        .collect();
    assert!(
        told.contains(&"/events/1/on before_start".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"/events/2/principal_fen more_than_owed".to_owned()),
        "{told:?}"
    );
    let count = "SELECT count(*) FROM loan_events";
    assert_eq!(app.database.number(count).await, 0);
    // A number is one event: the same again is answered as it is, another content is refused.
    bank.happened(&id, &[paid(0)]).await.expect(201);
    let again = bank
        .happened(&id, &[paid(0), paid(1)])
        .await
        .expect(201)
        .json();
    assert_eq!(again["new"], 1);
    bank.happened(&id, &[paid(0), paid(1)]).await.expect(200);
    let mut other = paid(0);
    other["interest_fen"] = json!(1);
    let refused = bank.happened(&id, &[other]).await.expect(409);
    let problem = refused.problem("already-exists");
    assert_eq!(problem["errors"][0]["pointer"], "/events/0/event_no");
    assert!(problem["event_id"].is_string(), "{problem}");
    assert_eq!(app.database.number(count).await, 2);
}
