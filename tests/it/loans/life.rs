//! The life of a loan under the Hunan pack, end to end.

use serde_json::json;
use sizhu_tests::{
    loans::{couple, loan, paid, paid_on},
    views::text,
};

use super::{decided, started, subsidy};

#[tokio::test]
async fn a_loan_of_a_year_gets_its_interest_to_the_fen() {
    let app = started().await;
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let (wife, _) = couple(&app).await;
    let bank = app.bank().await;
    let posted = bank.lend(&loan(&wife, "C-1")).await.expect(201);
    let id = text(&posted.json()["id"]);
    assert_eq!(
        posted.header("location").unwrap(),
        format!("/v1/loans/{id}")
    );

    let schedule = bank.get(&format!("/v1/loans/{id}/schedule")).await;
    let schedule = schedule.expect(200).json();
    let due: Vec<i64> = (schedule["instalments"].as_array().unwrap().iter())
        .map(|it| it["interest_fen"].as_i64().unwrap())
        .collect();
    assert_eq!(due, [54_375, 54_979, 55_583, 55_583]);

    let events = [paid(0), paid(1), paid(2), paid(3)];
    let told = bank.happened(&id, &events).await.expect(201).json();
    assert_eq!(told["new"], 4);

    // Before an officer confirms the family, it is open, and says what is missing.
    let officer = app.officer("430102").await;
    app.run("430102").await;
    assert_eq!(decided(&app).await, ["C-1 undetermined 0"]);
    assert_eq!(
        subsidy(&officer, &id, "").await["missing"],
        json!(["family_kept_policy"])
    );
    // The confirmation is news: what was decided is decided anew, and the difference posted.
    officer.confirm_family(&id, true).await;
    assert_eq!(decided(&app).await, ["C-1 granted 217500"]);
    assert_eq!(app.database.awards().await, ["217500 proposed earmarked"]);
    let subsidy = subsidy(&officer, &id, "").await;
    assert_eq!(subsidy["amount_fen"], 217_500);
    assert_eq!(subsidy["decided"]["amount_fen"], 217_500);
    let sum: i64 = (subsidy["segments"].as_array().unwrap().iter())
        .map(|it| it["subsidised_fen"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, 217_500);

    // A run again writes nothing.
    let before = app.database.number("SELECT count(*) FROM decisions").await;
    let run = app.run("430102").await;
    assert_eq!(
        app.database.number("SELECT count(*) FROM decisions").await,
        before
    );
    let awards = officer
        .get(&format!("{run}/awards"))
        .await
        .expect(200)
        .json();
    assert_eq!(awards["items"][0]["amount_fen"], 217_500);
    assert_eq!(awards["items"][0]["name"], "李**");
    let posted = officer.get(&format!("{run}/public-list")).await;
    let posted = posted.expect(200).json();
    assert_eq!(posted["mode"], "masked");
    assert_eq!(posted["rows"][0]["amount_fen"], 217_500);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_payment_that_never_was_takes_exactly_its_part_back() {
    let app = started().await;
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let (wife, _) = couple(&app).await;
    let id = app.lent(&loan(&wife, "C-1")).await;
    app.run("430102").await;
    assert_eq!(decided(&app).await, ["C-1 granted 217500"]);
    let officer = app.officer("430102").await;
    let before = app.clock.now().to_rfc3339().replace("+00:00", "Z");
    app.clock.advance(chrono::TimeDelta::minutes(1));

    // The last quarter was not paid in time after all: 92 days of 365 are taken back.
    let bank = app.bank().await;
    let reversal =
        json!({"event_no": "R1", "on": "2026-01-01", "kind": "reversed", "reverses": "P3"});
    let late = json!({
        "event_no": "P3b", "on": "2026-01-20", "kind": "repaid", "due_on": "2026-01-01",
        "principal_fen": 0, "interest_fen": 55_583,
    });
    bank.happened(&id, &[reversal, late]).await.expect(201);
    // 217500 less half up of 5000000 x 4.35 % x 92 / 365 = 54821.9…
    assert_eq!(decided(&app).await, ["C-1 granted 162678"]);
    assert_eq!(
        app.database.awards().await,
        ["217500 cancelled released", "162678 proposed earmarked"]
    );
    let now = subsidy(&officer, &id, "").await;
    assert_eq!(now["amount_fen"], 162_678);
    let then = subsidy(&officer, &id, &format!("&as_known_at={before}")).await;
    assert_eq!(then["amount_fen"], 217_500);
    app.database.check_books().await;
}

#[tokio::test]
async fn money_that_is_short_is_waited_for_and_served_later() {
    let app = started().await;
    app.fill_loans("430102", 200_000, "L-1").await;
    let (wife, _) = couple(&app).await;
    app.lent(&loan(&wife, "C-1")).await;
    app.run("430102").await;
    assert_eq!(
        app.database.awards().await,
        ["217500 proposed awaiting_funds 1"]
    );
    app.fill_loans("430102", 17_500, "L-2").await;
    assert_eq!(app.database.awards().await, ["217500 proposed earmarked 1"]);
    app.database.check_books().await;
}

#[tokio::test]
async fn the_loans_of_a_couple_share_one_cap() {
    let app = started().await;
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let (wife, husband) = couple(&app).await;
    app.lent(&loan(&wife, "C-2")).await;
    app.lent(&loan(&husband, "C-1")).await;
    assert_eq!(app.database.number("SELECT count(*) FROM holders").await, 1);
    app.run("430102").await;
    // Both begin on one day: the lower contract number takes the cap of 50,000 yuan.
    assert_eq!(decided(&app).await, ["C-1 granted 217500", "C-2 refused 0"]);
    app.database.check_books().await;
}

#[tokio::test]
async fn someone_registered_after_the_run_is_decided_then() {
    let app = started().await;
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let (wife, _) = couple(&app).await;
    let stranger = sizhu_tests::Person {
        citizen_id: sizhu_tests::ids::woman("1980-01-01"),
        name: "赵丽".to_owned(),
        resident_id: String::new(),
        status_id: String::new(),
    };
    let bank = app.bank().await;
    let known = bank.lend(&loan(&wife, "C-1")).await.expect(201);
    let unknown = bank.lend(&loan(&stranger, "C-2")).await.expect(201);
    // A bank cannot tell the one from the other.
    let names = |reply: &sizhu_tests::Reply| {
        let mut names: Vec<String> = reply.json().as_object().unwrap().keys().cloned().collect();
        names.sort();
        (
            names,
            reply.json()["borrower"].as_object().unwrap().len(),
            reply.header("etag").is_some(),
        )
    };
    assert_eq!(names(&known), names(&unknown));
    let id = text(&unknown.json()["id"]);
    bank.happened(&id, &[paid(0), paid_on(1, "2025-07-01", 54_979)])
        .await
        .expect(201);
    app.run("430102").await;
    assert_eq!(decided(&app).await, ["C-1 undetermined 0"]);
    let resident = sizhu_tests::fixtures::resident(
        &stranger.citizen_id,
        &stranger.name,
        sizhu_tests::fixtures::VILLAGE,
    );
    app.register(&resident).await;
    assert_eq!(
        decided(&app).await,
        ["C-1 undetermined 0", "C-2 undetermined 0"]
    );
}

#[tokio::test]
async fn a_firm_is_one_holder_whoever_represents_it_and_the_overview_adds_up() {
    let app = started().await;
    app.fill_loans("430102", 10_000_000, "L-1").await;
    let (wife, husband) = couple(&app).await;
    let bank = app.bank().await;
    for (person, contract_no) in [(&wife, "F-1"), (&husband, "F-2")] {
        let mut form = loan(person, contract_no);
        form["credit_code"] = json!("91430102MA4L000N03");
        form["households_led"] = json!(5);
        form["contract"]["principal_fen"] = json!(15_000_000);
        let id = text(&bank.lend(&form).await.expect(201).json()["id"]);
        let events = [(0, 163_125), (1, 164_938), (2, 166_750), (3, 166_750)];
        let events = events
            .map(|(number, interest)| paid_on(number, sizhu_tests::loans::DUE[number].0, interest));
        bank.happened(&id, &events).await.expect(201);
    }
    let firms = "SELECT count(*) FROM holders WHERE kind = 'cooperative'";
    assert_eq!(app.database.number(firms).await, 1);
    app.run("430102").await;
    // The cap of 200,000 yuan is shared: 150,000 go to the first, 50,000 to the second.
    assert_eq!(
        decided(&app).await,
        ["F-1 granted 652500", "F-2 granted 217500"]
    );
    let auditor = app.auditor("4301").await;
    let overview = auditor.get("/v1/loan-overview").await.expect(200).json();
    let total = &overview["total"];
    for (member, value) in [
        ("loans", 2),
        ("principal_fen", 30_000_000),
        ("subsidised_principal_fen", 30_000_000),
        ("subsidy_committed_fen", 870_000),
        ("subsidy_paid_fen", 0),
        ("arrears_fen", 0),
        ("leverage_hundredths", 3_448),
    ] {
        assert_eq!(total[member], value, "{member}: {total}");
    }
    assert_eq!(overview["counties"][0]["county"], "430102");
    app.database.check_books().await;
}
