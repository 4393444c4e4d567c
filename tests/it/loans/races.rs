//! Real concurrency: whoever comes first, the same stands in the end, and the books are whole.

use std::future::IntoFuture as _;

use futures_util::future::{join, join_all};
use serde_json::json;
use sizhu_tests::{
    loans::{couple, loan, paid, paid_on},
    views::text,
};
use uuid::Uuid;

use super::{decided, started};

#[tokio::test]
async fn first_loans_of_a_couple_at_once_make_one_household() {
    let app = started().await;
    let bank = app.bank().await;
    bank.token().await;
    for round in 0..8 {
        let (wife, husband) = couple(&app).await;
        let (hers, his) = (
            loan(&wife, &format!("W{round}")),
            loan(&husband, &format!("H{round}")),
        );
        let (one, other) = join(
            bank.lend(&hers).into_future(),
            bank.lend(&his).into_future(),
        )
        .await;
        one.expect(201);
        other.expect(201);
    }
    let query = "SELECT count(*) FROM holders";
    assert_eq!(app.database.number(query).await, 8);
    let members = "SELECT count(*) FROM holder_members WHERE superseded_at IS NULL";
    assert_eq!(app.database.number(members).await, 16);
}

#[tokio::test]
async fn one_contract_under_sixteen_keys_is_one_loan() {
    let app = started().await;
    let (wife, _) = couple(&app).await;
    let bank = app.bank().await;
    bank.token().await;
    let form = loan(&wife, "C-1");
    let posts = (0..16).map(|_| bank.lend(&form).into_future());
    let replies = join_all(posts).await;
    let new = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(new, 1);
    let mut ids: Vec<String> = replies
        .iter()
        .map(|reply| text(&reply.json()["id"]))
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(app.database.number("SELECT count(*) FROM loans").await, 1);
    // Other content is refused and names it.
    let other = json!({"purpose": "medical"});
    let mut changed = form.clone();
    changed["purpose"] = other["purpose"].clone();
    let refused = bank.lend(&changed).await.expect(409);
    assert_eq!(
        refused.problem("already-exists")["loan_id"],
        ids[0].as_str()
    );
}

#[tokio::test]
async fn events_of_a_couple_at_once_leave_what_all_of_them_say() {
    let app = started().await;
    app.fill_loans("430102", 10_000_000, "L-1").await;
    let bank = app.bank().await;
    let officer = app.officer("430102").await;
    let (wife, husband) = couple(&app).await;
    let mut form = loan(&wife, "W");
    form["contract"]["principal_fen"] = json!(2_000_000);
    let hers = text(&bank.lend(&form).await.expect(201).json()["id"]);
    form = loan(&husband, "H");
    form["contract"]["principal_fen"] = json!(2_000_000);
    let his = text(&bank.lend(&form).await.expect(201).json()["id"]);
    officer.confirm_family(&hers, true).await;
    officer.confirm_family(&his, true).await;
    app.run("430102").await;
    assert_eq!(decided(&app).await, ["H refused 0", "W refused 0"]);
    // Every payment of both at once: each recomputes the whole household.
    let mut posts = Vec::new();
    for id in [&hers, &his] {
        for (number, interest) in [(0, 21_750), (1, 21_992), (2, 22_233), (3, 22_233)] {
            let on = sizhu_tests::loans::DUE[number].0;
            let event = paid_on(number, on, interest);
            posts.push(bank.happened(id, &[event]).into_future());
        }
    }
    for reply in join_all(posts).await {
        reply.expect(201);
    }
    // 2000000 x 4.35 % x 365 / 365
    assert_eq!(decided(&app).await, ["H granted 87000", "W granted 87000"]);
    let sum = "SELECT sum(amount_fen)::bigint FROM awards WHERE standing <> 'cancelled'";
    assert_eq!(app.database.number(sum).await, 174_000);
    app.database.check_books().await;
}

#[tokio::test]
async fn two_runs_at_once_are_one_and_race_with_events() {
    let app = started().await;
    app.fill_loans("430102", 100_000_000, "L-1").await;
    let bank = app.bank().await;
    let mut loans = Vec::new();
    for number in 0..6 {
        let (wife, _) = couple(&app).await;
        let id = text(
            &bank
                .lend(&loan(&wife, &format!("C{number}")))
                .await
                .expect(201)
                .json()["id"],
        );
        bank.happened(&id, &[paid(0), paid(1), paid(2)])
            .await
            .expect(201);
        app.officer("430102").await.confirm_family(&id, true).await;
        loans.push(id);
    }
    let officer = app.officer("430102").await;
    let (one, other) = join(officer.ask_run("430102"), officer.ask_run("430102")).await;
    assert_eq!(one, other);
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM subsidy_runs")
            .await,
        1
    );
    let last = loans.iter().map(|id| {
        let (bank, id) = (bank.clone(), id.clone());
        async move { bank.happened(&id, &[paid(3)]).await.expect(201) }
    });
    join(app.do_jobs(), join_all(last)).await;
    // An event that came before its holder's page was part of it; one that came after was news.
    app.run("430102").await;
    let all: Vec<String> = (0..6).map(|n| format!("C{n} granted 217500")).collect();
    assert_eq!(decided(&app).await, all);
    app.database.check_books().await;
}

#[tokio::test]
async fn a_run_goes_on_where_a_dead_process_left_it() {
    let app = started().await;
    app.fill_loans("430102", 100_000_000, "L-1").await;
    for number in 0..5 {
        let (wife, _) = couple(&app).await;
        app.lent(&loan(&wife, &format!("C{number}"))).await;
    }
    let officer = app.officer("430102").await;
    let address = officer.ask_run("430102").await;
    let mut dies = app.runner(2);
    let job = dies.take_up().await.unwrap().unwrap();
    let sizhu_api::jobs::Next::GoesOn(stale) = dies.step(job).await.unwrap() else {
        panic!("there are more pages");
    };
    assert_eq!(app.database.awards().await.len(), 2);
    app.clock.advance(chrono::TimeDelta::seconds(121));
    let mut heir = app.runner(2);
    let mut job = heir.take_up().await.unwrap().expect("the job of the dead");
    while let sizhu_api::jobs::Next::GoesOn(next) = heir.step(job).await.unwrap() {
        job = *next;
    }
    // The dead one wakes up, and leaves nothing.
    let woken = dies.step(*stale).await.unwrap();
    assert!(matches!(woken, sizhu_api::jobs::Next::Lost), "{woken:?}");
    let run = officer.get(&address).await.expect(200).json();
    assert_eq!(
        (&run["state"], &run["holders_done"]),
        (&json!("done"), &json!(5))
    );
    assert_eq!(app.database.awards().await.len(), 5);
    let key = Uuid::new_v4().to_string();
    let over = officer
        .post(&format!("{address}/cancellation"), &json!({}))
        .key(&key)
        .await;
    over.expect(409).problem("state-conflict");
    app.database.check_books().await;
}

/// What is kept of one loan cannot be opened: the others are decided all the same, and the run says how
/// many it passed over.
#[tokio::test]
async fn a_holder_who_cannot_be_decided_holds_up_no_run() {
    let app = started().await;
    app.fill_loans("430102", 100_000_000, "L-1").await;
    for number in 0..5 {
        let (wife, _) = couple(&app).await;
        app.lent(&loan(&wife, &format!("C{number}"))).await;
    }
    let broken = "UPDATE loan_versions v SET borrower_name_sealed = '\\x00' FROM loans l \
        WHERE l.id = v.loan_id AND l.contract_no = 'C2'";
    let admin = app.database.admin().await;
    admin.batch_execute(broken).await.expect("broken");
    let run = app.run("430102").await;
    let others = ["C0", "C1", "C3", "C4"].map(|no| format!("{no} granted 217500"));
    assert_eq!(decided(&app).await, others);
    let run = app
        .officer("430102")
        .await
        .get(&run)
        .await
        .expect(200)
        .json();
    assert_eq!(
        (
            &run["state"],
            &run["holders_done"],
            &run["holders_undecided"]
        ),
        (&json!("done"), &json!(5), &json!(1))
    );
    app.database.check_books().await;
}

#[tokio::test]
async fn a_run_cancelled_between_its_pages_keeps_what_it_decided_and_another_does_the_rest() {
    let app = started().await;
    app.fill_loans("430102", 100_000_000, "L-1").await;
    for number in 0..3 {
        let (wife, _) = couple(&app).await;
        app.lent(&loan(&wife, &format!("C{number}"))).await;
    }
    let officer = app.officer("430102").await;
    let address = officer.ask_run("430102").await;
    let mut runner = app.runner(1);
    let job = runner.take_up().await.unwrap().unwrap();
    let sizhu_api::jobs::Next::GoesOn(job) = runner.step(job).await.unwrap() else {
        panic!("there are more pages");
    };
    let key = Uuid::new_v4().to_string();
    let asked = officer
        .post(&format!("{address}/cancellation"), &json!({}))
        .key(&key)
        .await;
    asked.expect(202);
    let end = runner.step(*job).await.unwrap();
    let sizhu_api::jobs::Next::Over(state) = end else {
        panic!("it goes on: {end:?}");
    };
    assert_eq!(state.as_str(), "cancelled");
    let run = officer.get(&address).await.expect(200).json();
    assert_eq!(run["state"], "cancelled");
    // The page that was under way stands, whole.
    let kept = app.database.awards().await.len();
    assert!((1..3).contains(&kept), "{kept} awards");
    app.database.check_books().await;
    app.run("430102").await;
    assert_eq!(app.database.awards().await.len(), 3);
    app.database.check_books().await;
}
