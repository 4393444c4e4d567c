//! Statements as banks really send them: workbooks, and a month of five thousand lines.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use reqwest::Method;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use sizhu_tests::{Client, Reply, TestApp, fixtures, ids, loans::loan, views::text};
use uuid::Uuid;

use super::{decided, started};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const HEAD: [&str; 6] = [
    "合同编号",
    "应还日",
    "应收利息",
    "实还日",
    "实收利息",
    "实收本金",
];

/// The quarters of the loan of 2025: due day, interest in yuan.
const QUARTERS: [(&str, f64); 4] = [
    ("2025-04-01", 543.75),
    ("2025-07-01", 549.79),
    ("2025-10-01", 555.83),
    ("2026-01-01", 555.83),
];

/// A workbook of the loan's year in which the interest paid in its last quarter is `last`.
fn workbook(last: f64) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(HEAD) {
        sheet.write(0, column, heading).expect("a heading");
    }
    for (row, (due_on, interest)) in (1..).zip(QUARTERS) {
        let paid = if row == 4 { last } else { interest };
        sheet.write(row, 0, "C-1").expect("a cell");
        sheet.write(row, 1, due_on).expect("a cell");
        sheet.write(row, 2, interest).expect("a cell");
        sheet.write(row, 3, due_on).expect("a cell");
        sheet.write(row, 4, paid).expect("a cell");
        sheet.write(row, 5, 0).expect("a cell");
    }
    book.save_to_buffer().expect("a workbook")
}

async fn send(bank: &Client, kind: &str, file: impl Into<Vec<u8>>) -> Reply {
    bank.call(Method::POST, "/v1/loan-statements")
        .bytes(kind, file.into())
        .key(&Uuid::new_v4().to_string())
        .await
}

/// A bank that lends somebody the loan of 2025.
async fn lent(app: &TestApp) -> Client {
    app.fill_loans("430102", 1_000_000, "L-1").await;
    let id = ids::woman("1985-02-01");
    let resident = fixtures::resident(&id, "李秀英", fixtures::VILLAGE);
    let person = app.register(&resident).await;
    let bank = app.bank().await;
    let id = text(&bank.lend(&loan(&person, "C-1")).await.expect(201).json()["id"]);
    app.officer("430102").await.confirm_family(&id, true).await;
    bank
}

#[tokio::test]
async fn a_workbook_pays_as_a_table_does_and_a_workbook_goes_back() {
    let app = started().await;
    let bank = lent(&app).await;
    // A number of a cell with more than two places is no amount, and the answer says in which cell.
    let refused = send(&bank, XLSX, workbook(555.835)).await.expect(422);
    let errors = &refused.json()["errors"];
    assert_eq!(
        (&errors[0]["pointer"], &errors[0]["code"]),
        (&json!("/5/interest_paid"), &json!("amount")),
        "{errors}"
    );
    let events = "SELECT count(*) FROM loan_events";
    assert_eq!(app.database.number(events).await, 0);

    let taken = send(&bank, XLSX, workbook(555.83)).await.expect(201);
    assert_eq!(taken.json()["accepted"], 4);
    app.run("430102").await;
    assert_eq!(decided(&app).await, ["C-1 granted 217500"]);

    let path = taken.header("location").expect("an address").to_owned();
    let back = bank.get(&format!("{path}/result")).await.expect(200);
    assert_eq!(back.header("content-type"), Some(XLSX));
    let bytes = Cursor::new(back.body.to_vec());
    let mut book: Xlsx<_> = open_workbook_from_rs(bytes).expect("a workbook");
    let name = book.sheet_names()[0].clone();
    let sheet = book.worksheet_range(&name).expect("a sheet");
    let rows: Vec<&[Data]> = sheet.rows().collect();
    assert_eq!(rows.len(), 5);
    for row in &rows[1..] {
        let told: Vec<String> = row.iter().map(ToString::to_string).collect();
        assert!(told.contains(&"C-1".to_owned()), "{told:?}");
    }
}

/// Loans of 50,000 yuan at 4.8 % by 30/360: 200 yuan a month over three years.
fn monthly(person: &sizhu_tests::Person, contract_no: &str) -> Value {
    let mut form = loan(person, contract_no);
    form["contract"] = json!({
        "principal_fen": 5_000_000,
        "rate": {"kind": "fixed", "rate_ppm": 48_000},
        "day_count": "30/360",
        "starts_on": "2022-01-01", "ends_on": "2025-01-01",
        "repayment": "interest_only", "every_months": 1,
    });
    form
}

#[tokio::test]
async fn five_thousand_lines_are_taken_at_once_and_one_bad_one_keeps_all_out() {
    const PEOPLE: usize = 14;
    const LOANS: usize = 10;
    let app = started().await;
    let bank = app.bank().await;
    let mut file = HEAD.join(",");
    file.push('\n');
    for person in 0..PEOPLE {
        let id = ids::woman("1985-02-01");
        let resident = fixtures::resident(&id, "李秀英", fixtures::VILLAGE);
        let registered = app.register(&resident).await;
        for number in 0..LOANS {
            let contract_no = format!("M{person}-{number}");
            let lent = bank.lend(&monthly(&registered, &contract_no)).await;
            lent.expect(201);
            for month in 1..=36 {
                let (year, month) = (2022 + month / 12, 1 + month % 12);
                let on = format!("{year}-{month:02}-01");
                file.push_str(&format!("{contract_no},{on},200.00,{on},200.00,0\n"));
            }
        }
    }
    let lines = PEOPLE * LOANS * 36;
    assert!(lines > 5_000);
    let events = "SELECT count(*) FROM loan_events";
    let bad = file.replacen("M13-9,2024-07-01,200.00", "M13-9,2024-07-01,zwei", 1);
    let refused = send(&bank, "text/csv; charset=utf-8", bad)
        .await
        .expect(422);
    let problem = refused.json();
    let line = lines + 1 - 6;
    assert_eq!(
        problem["errors"][0]["pointer"],
        format!("/{line}/interest_due")
    );
    assert_eq!(problem["faulty_lines"], 1);
    assert_eq!(app.database.number(events).await, 0);

    let taken = send(&bank, "text/csv; charset=utf-8", file)
        .await
        .expect(201);
    let taken = taken.json();
    assert_eq!(taken["accepted"], lines);
    assert_eq!(taken["lines"], lines);
    // What was due and what was paid, of each line.
    let told = i64::try_from(2 * lines).expect("a count");
    assert_eq!(app.database.number(events).await, told);
}
