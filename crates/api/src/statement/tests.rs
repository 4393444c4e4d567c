//! Statements as banks send them, and as they should not.

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
use sizhu_core::{Day, Fen};
use sizhu_store::loan_statements::LineOutcome;

use super::*;
use crate::problem::Language;

const HEADINGS: &str = "合同编号,应还日,应收利息(元),实还日,实收利息,实收本金\n";

fn lines(csv: &str) -> Vec<NumberedLine> {
    read(csv.as_bytes(), StatementFormat::Csv).unwrap()
}

fn codes(csv: &str) -> Vec<(u32, Option<Column>, &'static str)> {
    let faults = |line: NumberedLine| {
        let faults = line.line.err().unwrap_or_default();
        let number = line.number;
        faults
            .into_iter()
            .map(move |it| (number, it.column, it.code))
    };
    lines(csv).into_iter().flat_map(faults).collect()
}

fn file_codes(bytes: &[u8], format: StatementFormat) -> Vec<&'static str> {
    let faults = read(bytes, format).unwrap_err();
    faults.into_iter().map(|fault| fault.code).collect()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn first() -> Line {
    Line {
        contract_no: "HT-001".to_owned(),
        serial_no: None,
        due_on: day("2026-03-20"),
        interest_due: Fen::new(50_000),
        paid_on: Some(day("2026-03-19")),
        interest_paid: Fen::new(50_000),
        principal_paid: Fen::ZERO,
        penalty_paid: Fen::ZERO,
    }
}

#[test]
fn a_line_is_read_whatever_the_language_and_encoding() {
    let chinese = format!("{HEADINGS}HT-001,2026-03-20,500.00,2026-03-19,500.00,0\n");
    let english = "Contract_No,due_on,interest_due,paid_on,interest_paid,principal_paid,penalty_paid\r\n\
        HT-001,2026/3/20,500,2026/3/19,500,,0.00\r\n";
    let marked = format!("\u{feff}{chinese}");
    let (gb, ..) = encoding_rs::GB18030.encode(&chinese);
    for bytes in [
        chinese.as_bytes(),
        english.as_bytes(),
        marked.as_bytes(),
        &gb,
    ] {
        let read = read(bytes, StatementFormat::Csv).unwrap();
        let [only] = read.as_slice() else {
            panic!("one line: {read:?}");
        };
        assert_eq!((only.number, only.line.clone()), (2, Ok(first())));
    }
}

#[test]
fn the_order_of_columns_and_empty_lines_change_nothing() {
    let csv = "应还日,合同编号,,实收利息,实还日,应收利息,实收本金\n\n,,,,,,\n\
        2026-03-20,HT-001,,500,2026-03-19,500,0\n";
    let read = lines(csv);
    assert_eq!(read.len(), 1);
    // Empty lines keep their numbers, however lines end.
    assert_eq!((read[0].number, read[0].line.clone()), (4, Ok(first())));
    assert_eq!(lines(&csv.replace('\n', "\r\n"))[0].number, 4);
    let quoted = format!("{HEADINGS}\"HT\n1\",2026-03-20,1,,,\nHT-2,x,1,,,\n");
    assert_eq!(
        codes(&quoted).last(),
        Some(&(4, Some(Column::DueOn), "date"))
    );
}

#[test]
fn every_fault_of_a_line_is_told_with_its_column() {
    use Column::{ContractNo, DueOn, InterestDue, InterestPaid, PaidOn, PrincipalPaid};
    for (line, expected) in [
        (
            ",,,,,",
            // A line of nothing is no line: this file has none.
            vec![],
        ),
        (
            ",,,2026-03-19,1,0",
            vec![
                (ContractNo, "required"),
                (DueOn, "required"),
                (InterestDue, "required"),
            ],
        ),
        (
            "HT-001,2026-02-30,abc,2026-13-01,-1,1.234",
            vec![
                (DueOn, "date"),
                (InterestDue, "amount"),
                (PaidOn, "date"),
                (InterestPaid, "amount"),
                (PrincipalPaid, "amount"),
            ],
        ),
        ("HT-001,2026-03-20,500,,500,0", vec![(PaidOn, "required")]),
        (
            "HT-001,2026-03-20,500,2026-03-19,0,",
            vec![(PaidOn, "nothing_paid")],
        ),
        (
            "HT\u{200b}1,2026-03-20,500,,,",
            vec![(ContractNo, "length")],
        ),
    ] {
        let csv = format!("{HEADINGS}HT-000,2026-03-20,1,,,\n{line}\n");
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(column, code)| (3, Some(column), code))
            .collect();
        assert_eq!(codes(&csv), expected, "{line}");
    }
    let long = format!("{HEADINGS}{},2026-03-20,500,,,\n", "9".repeat(65));
    assert_eq!(codes(&long), [(2, Some(ContractNo), "length")]);
    let wide = format!("{HEADINGS}HT-001,2026-03-20,500,,,,,x\n");
    assert_eq!(codes(&wide), [(2, None, "too_many_cells")]);
}

#[test]
fn nothing_that_stands_in_a_line_is_repeated() {
    let csv = format!("{HEADINGS}430102194912310021,430102194912310021,430102194912310021,x,y,z\n");
    for line in lines(&csv) {
        for fault in line.line.unwrap_err() {
            let told = format!("{} {}", fault.detail.zh, fault.detail.en);
            assert!(!told.contains("430102"), "{told}");
        }
    }
    let headings = "430102194912310021,应还日\n";
    for fault in read(headings.as_bytes(), StatementFormat::Csv).unwrap_err() {
        assert!(!format!("{fault:?}").contains("430102"));
    }
}

#[test]
fn one_bad_line_of_five_thousand_is_named() {
    let mut csv = HEADINGS.to_owned();
    for number in 0..5_000 {
        let due = if number == 3_210 { "500.001" } else { "500.00" };
        csv.push_str(&format!(
            "HT-{number:04},2026-03-20,{due},2026-03-19,500.00,0\n"
        ));
    }
    assert_eq!(lines(&csv).len(), 5_000);
    assert_eq!(codes(&csv), [(3_212, Some(Column::InterestDue), "amount")]);
}

#[test]
fn a_payment_is_told_once_and_what_was_due_alike() {
    let head = "合同编号,流水号,应还日,应收利息,实还日,实收利息,实收本金\n";
    let twice = "A,,2026-03-20,5,2026-03-20,2,0\nA,,2026-03-20,5,2026-03-20,2,0\n";
    assert_eq!(
        codes(&format!("{head}{twice}")),
        [(3, None, "repeated_line")]
    );
    let parts = "A,s1,2026-03-20,5,2026-03-20,2,0\nA,s2,2026-03-20,5,2026-03-20,2,0\n\
        A,,2026-03-20,5,2026-03-21,1,0\nB,s1,2026-03-20,5,2026-03-20,2,0\n";
    assert_eq!(codes(&format!("{head}{parts}")), []);
    let same_number = "A,s1,2026-03-20,5,2026-03-20,2,0\nA,s1,2026-06-20,5,2026-06-20,2,0\n";
    assert_eq!(
        codes(&format!("{head}{same_number}")),
        [(3, None, "repeated_line")]
    );
    let other_due = "A,s1,2026-03-20,5,2026-03-20,2,0\nA,s2,2026-03-20,6,2026-03-20,2,0\n";
    assert_eq!(
        codes(&format!("{head}{other_due}")),
        [(3, Some(Column::InterestDue), "interest_due_differs")]
    );
}

#[test]
fn what_is_no_statement_is_told_whole() {
    assert_eq!(file_codes(b"", StatementFormat::Csv), ["empty"]);
    assert_eq!(
        file_codes(HEADINGS.as_bytes(), StatementFormat::Csv),
        ["no_lines"]
    );
    assert_eq!(
        file_codes(b"\xff\xff\xff", StatementFormat::Csv),
        ["encoding"]
    );
    assert_eq!(
        file_codes(b"not a workbook", StatementFormat::Xlsx),
        ["unreadable"]
    );
    let headings = "合同编号,合同号,利率,应还日\nA,B,C,D\n";
    let expected = [
        "duplicate_column",
        "unknown_column",
        "missing_column",
        "missing_column",
        "missing_column",
        "missing_column",
    ];
    assert_eq!(
        file_codes(headings.as_bytes(), StatementFormat::Csv),
        expected
    );
    let endless = format!("{HEADINGS}{}", "A,2026-03-20,1,,,\n".repeat(MOST_LINES + 1));
    assert_eq!(
        file_codes(endless.as_bytes(), StatementFormat::Csv),
        ["too_many_lines"]
    );
    let longest = format!("{HEADINGS}{}", "A,2026-03-20,1,,,\n".repeat(MOST_LINES));
    assert_eq!(lines(&longest).len(), MOST_LINES);
}

/// A workbook of the headings and what `fill` writes from the second row on.
fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (place, heading) in (0..).zip(HEADINGS.trim().split(',')) {
        sheet.write_string(0, place, heading).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_says_the_same_as_text() {
    let date = CellFormat::new().set_num_format("yyyy-mm-dd");
    let bytes = workbook(|sheet| {
        sheet.write_string(1, 0, "HT-001").unwrap();
        let due = ExcelDateTime::from_ymd(2026, 3, 20).unwrap();
        sheet.write_datetime_with_format(1, 1, &due, &date).unwrap();
        sheet.write_number(1, 2, 500.0).unwrap();
        sheet.write_string(1, 3, "2026年3月19日").unwrap();
        sheet.write_string(1, 4, "500.00").unwrap();
    });
    let read = read(&bytes, StatementFormat::Xlsx).unwrap();
    assert_eq!((read[0].number, read[0].line.clone()), (2, Ok(first())));
}

#[test]
fn a_workbook_that_lost_digits_or_has_a_time_of_day_says_so() {
    let moment = CellFormat::new().set_num_format("yyyy-mm-dd hh:mm");
    let bytes = workbook(|sheet| {
        sheet.write_number(1, 0, 1_234_567_890_123_456.0).unwrap();
        let due = ExcelDateTime::from_ymd(2026, 3, 20)
            .unwrap()
            .and_hms(8, 30, 0)
            .unwrap();
        sheet
            .write_datetime_with_format(1, 1, &due, &moment)
            .unwrap();
        sheet.write_number(1, 2, 0.001).unwrap();
    });
    let read = read(&bytes, StatementFormat::Xlsx).unwrap();
    let faults = read[0].line.clone().unwrap_err();
    let found: Vec<_> = faults.iter().map(|it| (it.column, it.code)).collect();
    assert_eq!(
        found,
        [
            (Some(Column::ContractNo), "number_lost_digits"),
            (Some(Column::DueOn), "date"),
            (Some(Column::InterestDue), "amount"),
        ]
    );
}

#[test]
fn a_workbook_made_to_fill_the_memory_is_refused() {
    // One cell in the last corner: as a rectangle seventeen billion cells.
    let corner = workbook(|sheet| {
        sheet.write_string(1_048_575, 16_383, "x").unwrap();
    });
    assert_eq!(file_codes(&corner, StatementFormat::Xlsx), ["too_large"]);
    // A part that unpacks to a thousand times its size.
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file(
            "xl/sharedStrings.xml",
            zip::write::SimpleFileOptions::default(),
        )
        .unwrap();
    let megabyte = vec![b' '; 1024 * 1024];
    for _ in 0..65 {
        std::io::Write::write_all(&mut archive, &megabyte).unwrap();
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(file_codes(&bomb, StatementFormat::Xlsx), ["too_large"]);
}

fn results() -> Vec<LineResult> {
    let line = |number, contract_no: &str, outcome| LineResult {
        number,
        contract_no: Some(contract_no.to_owned()),
        due_on: Some(day("2026-03-20")),
        outcome,
        bank: Some(Fen::new(50_000)),
        ours: Some(Fen::new(50_137)),
        reasons: Vec::new(),
    };
    let reason = Text::new("必填。", "This is required.");
    vec![
        line(2, "HT-001", LineOutcome::Differing),
        LineResult {
            ours: None,
            reasons: vec![(Some(Column::PaidOn), reason)],
            ..line(3, "=HYPERLINK(1)", LineOutcome::Refused)
        },
    ]
}

#[test]
fn the_file_that_goes_back_tells_each_line_in_either_language() {
    let bytes = write(&results(), StatementFormat::Csv, Language::Chinese).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "\u{feff}行号,合同编号,应还日,结果,应收利息（银行）,应收利息（按合同）,差额,说明\n\
         2,HT-001,2026-03-20,已接收，与合同计算不符,500.00,501.37,-1.37,\n\
         3,'=HYPERLINK(1),2026-03-20,未接收,500.00,,,实还日: 必填。\n"
    );
    let english =
        String::from_utf8(write(&results(), StatementFormat::Csv, Language::English).unwrap());
    assert!(
        english.unwrap().contains(
            "\n3,'=HYPERLINK(1),2026-03-20,refused,500.00,,,paid_on: This is required.\n"
        )
    );
}

#[test]
fn the_file_that_goes_back_is_a_workbook_too() {
    use calamine::Reader as _;
    let bytes = write(&results(), StatementFormat::Xlsx, Language::English).unwrap();
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cell = |row, column| sheet.get((row, column)).unwrap().to_string();
    assert_eq!(
        (cell(0, 0), cell(1, 6), cell(2, 1)),
        (
            "line".to_owned(),
            "-1.37".to_owned(),
            "=HYPERLINK(1)".to_owned()
        )
    );
}
