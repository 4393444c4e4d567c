//! Bank statements: a quarter's lines at once, refused whole or taken as far as they are sound.

use reqwest::Method;
use serde_json::{Value, json};
use sizhu_tests::{
    Call, Client, Reply, TestApp,
    loans::{couple, loan},
    views::text,
};
use uuid::Uuid;

use super::{decided, started};

const HEAD: &str = "合同编号,应还日,应收利息,实还日,实收利息,实收本金\n";

/// A line of a quarter of the loan of 2025 that was paid on its day.
fn quarter(contract_no: &str, due_on: &str, yuan: &str) -> String {
    format!("{contract_no},{due_on},{yuan},{due_on},{yuan},0\n")
}

/// All quarters of it.
fn year(contract_no: &str) -> String {
    let quarters = [
        ("2025-04-01", "543.75"),
        ("2025-07-01", "549.79"),
        ("2025-10-01", "555.83"),
        ("2026-01-01", "555.83"),
    ];
    let lines = quarters.map(|(due_on, yuan)| quarter(contract_no, due_on, yuan));
    lines.concat()
}

/// The bank that lent one household the loan of 2025, which an officer confirmed; there is money for it.
async fn lent(app: &TestApp) -> Client {
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let (wife, _) = couple(app).await;
    let bank = app.bank().await;
    let id = text(&bank.lend(&loan(&wife, "C-1")).await.expect(201).json()["id"]);
    app.officer("430102").await.confirm_family(&id, true).await;
    bank
}

fn send(bank: &Client, query: &str, file: &str) -> Call {
    send_under(bank, query, file, &Uuid::new_v4().to_string())
}

fn send_under(bank: &Client, query: &str, file: &str, key: &str) -> Call {
    bank.call(Method::POST, &format!("/v1/loan-statements{query}"))
        .bytes("text/csv; charset=utf-8", file)
        .key(key)
}

fn counts(taken: &Value) -> [i64; 5] {
    ["accepted", "differing", "repeated", "unknown", "refused"]
        .map(|name| taken[name].as_i64().expect("a count"))
}

fn faults(reply: &Reply) -> Vec<String> {
    let errors = reply.json()["errors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let told = errors
        .iter()
        .map(|it| format!("{} {}", text(&it["pointer"]), text(&it["code"])));
    told.collect()
}

#[tokio::test]
async fn a_statement_pays_as_its_payments_do_and_once() {
    let app = started().await;
    let bank = lent(&app).await;
    let file = format!("{HEAD}{}", year("C-1"));
    let taken = send(&bank, "", &file).await.expect(201);
    assert_eq!(counts(&taken.json()), [4, 0, 0, 0, 0]);
    app.run("430102").await;
    assert_eq!(decided(&app).await, ["C-1 granted 217500"]);

    // The same file under another key: every line was told before, and nothing changes.
    let events = "SELECT count(*) FROM loan_events";
    let before = app.database.number(events).await;
    assert_eq!(before, 8);
    let again = send(&bank, "", &file).await.expect(201).json();
    assert_eq!(counts(&again), [0, 0, 4, 0, 0]);
    assert_eq!(app.database.number(events).await, before);
    assert_eq!(decided(&app).await, ["C-1 granted 217500"]);

    // Whoever reads it later reads the same; another bank reads nothing.
    let path = taken.header("location").expect("an address").to_owned();
    let read = bank.get(&path).await.expect(200).json();
    assert_eq!(counts(&read), [4, 0, 0, 0, 0]);
    let list = bank.get("/v1/loan-statements").await.expect(200).json();
    assert_eq!(list["items"].as_array().expect("items").len(), 2);
    app.database.check_books().await;
}

#[tokio::test]
async fn one_bad_line_of_many_is_named_and_nothing_is_taken_unless_asked() {
    let app = started().await;
    let (wife, husband) = couple(&app).await;
    let bank = app.bank().await;
    bank.lend(&loan(&wife, "C-1")).await.expect(201);
    bank.lend(&loan(&husband, "C-2")).await.expect(201);
    let mut file = format!("{HEAD}{}", year("C-1"));
    file.push_str("C-2,2025-04-01,543.755,2025-04-01,543.75,0\n");
    file.push_str(&quarter("C-9", "2025-04-01", "543.75"));
    // No interest is due on this day by the contract, and more is repaid than is owed.
    file.push_str(&quarter("C-2", "2025-07-02", "549.79"));
    file.push_str("C-2,2025-10-01,555.83,2025-10-01,0,50000.01\n");
    let refused = send(&bank, "", &file).await.expect(422);
    assert_eq!(
        faults(&refused),
        [
            "/6/interest_due amount",
            "/7/contract_no unknown_loan",
            "/8/due_on not_a_due_day",
            "/9/principal_paid more_than_owed",
        ]
    );
    assert_eq!(refused.json()["faulty_lines"], 4);
    for table in ["loan_events", "loan_statements", "loan_statement_lines"] {
        let rows = format!("SELECT count(*) FROM {table}");
        assert_eq!(app.database.number(&rows).await, 0, "{table}");
    }

    let taken = send(&bank, "?on_fault=take_sound", &file).await.expect(201);
    assert_eq!(counts(&taken.json()), [4, 0, 0, 1, 3]);
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM loan_events")
            .await,
        8
    );
    let path = taken.header("location").expect("an address").to_owned();
    let result = bank
        .get(&format!("{path}/result"))
        .language("en")
        .await
        .expect(200);
    let disposition = result.header("content-disposition").expect("a name");
    assert!(disposition.ends_with(".csv\""), "{disposition}");
    let lines: Vec<String> = result.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 9);
    assert_eq!(lines[1], "2,C-1,2025-04-01,accepted,543.75,543.75,0.00,");
    assert!(lines[6].starts_with("7,C-9,2025-04-01,no such loan,543.75,,,contract_no: "));
    assert!(lines[8].starts_with("9,C-2,2025-10-01,refused,555.83,,,principal_paid: "));
}

#[tokio::test]
async fn what_the_bank_asks_less_counts_and_is_told() {
    let app = started().await;
    let bank = lent(&app).await;
    let file = format!("{HEAD}{}", year("C-1")).replace("543.75", "500.00");
    let taken = send(&bank, "", &file).await.expect(201).json();
    assert_eq!(counts(&taken), [3, 1, 0, 0, 0]);
    let noted = &taken["noted"][0];
    assert_eq!(
        (&noted["line"], &noted["banks_fen"], &noted["ours_fen"]),
        (&json!(2), &json!(50_000), &json!(54_375))
    );
    app.run("430102").await;
    // 217500 less the first quarter's 90 days of 365 times 4375 of 54375.
    let less = decided(&app).await;
    assert_eq!(less, ["C-1 granted 213185"]);
}

#[tokio::test]
async fn a_statement_after_the_run_posts_exactly_the_difference() {
    let app = started().await;
    let bank = lent(&app).await;
    let all = format!("{HEAD}{}", year("C-1"));
    let without_the_last: String = all
        .lines()
        .take(4)
        .map(|line| format!("{line}\n"))
        .collect();
    send(&bank, "", &without_the_last).await.expect(201);
    app.run("430102").await;
    assert_eq!(decided(&app).await, ["C-1 granted 162678"]);
    let taken = send(&bank, "", &all).await.expect(201).json();
    assert_eq!(counts(&taken), [1, 0, 3, 0, 0]);
    assert_eq!(decided(&app).await, ["C-1 granted 217500"]);
    assert_eq!(
        app.database.awards().await,
        ["162678 proposed earmarked", "54822 proposed earmarked"]
    );
    app.database.check_books().await;
}

#[tokio::test]
async fn a_statement_is_taken_once_under_its_key_and_only_as_a_table() {
    let app = started().await;
    let (wife, _) = couple(&app).await;
    let bank = app.bank().await;
    bank.lend(&loan(&wife, "C-1")).await.expect(201);
    let file = format!("{HEAD}{}", year("C-1"));
    let key = Uuid::new_v4().to_string();
    let first = send_under(&bank, "", &file, &key).await.expect(201);
    let again = send_under(&bank, "", &file, &key).await.expect(201);
    assert_eq!(first.text(), again.text());
    let other = format!("{HEAD}{}", quarter("C-1", "2025-04-01", "543.75"));
    send_under(&bank, "", &other, &key).await.expect(422);
    let json = bank.call(Method::POST, "/v1/loan-statements");
    json.bytes("application/json", "{}")
        .key("k-1")
        .await
        .expect(415);
    let no_table = send(&bank, "", "合同编号,利率\nC-1,5\n").await.expect(422);
    assert_eq!(faults(&no_table)[0], "/1 unknown_column");
}

#[tokio::test]
async fn what_was_due_is_told_once_however_it_comes() {
    let app = started().await;
    let (wife, _) = couple(&app).await;
    let bank = app.bank().await;
    let id = text(&bank.lend(&loan(&wife, "C-1")).await.expect(201).json()["id"]);
    let due = json!({"event_no": "D1", "on": "2025-04-01", "kind": "interest_due",
                     "due_on": "2025-04-01", "amount_fen": 54_375});
    bank.happened(&id, &[due]).await.expect(201);
    let line = |yuan: &str| format!("{HEAD}C-1,2025-04-01,{yuan},,,\n");
    let same = send(&bank, "", &line("543.75")).await.expect(201).json();
    assert_eq!(counts(&same), [0, 0, 1, 0, 0]);
    let paid = format!("{HEAD}{}", quarter("C-1", "2025-04-01", "543.75"));
    let taken = send(&bank, "", &paid).await.expect(201).json();
    assert_eq!(counts(&taken), [1, 0, 0, 0, 0]);
    let other = send(&bank, "", &line("500.00")).await.expect(422);
    assert_eq!(faults(&other), ["/2/due_on due_twice"]);

    // Once it is reversed, it may be told anew.
    let reversal =
        json!({"event_no": "R1", "on": "2025-04-02", "kind": "reversed", "reverses": "D1"});
    bank.happened(&id, &[reversal]).await.expect(201);
    let anew = send(&bank, "", &line("500.00")).await.expect(201).json();
    assert_eq!(counts(&anew), [0, 1, 0, 0, 0]);
}
