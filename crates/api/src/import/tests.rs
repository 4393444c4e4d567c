//! Files as registries and hospitals export them, and as they should not.

use super::*;

const RESIDENTS_CSV: &str = "身份证号,姓名,户籍地,婚姻状况,一卡通账号,开户银行\n";
const CLAIMS_CSV: &str = "citizen_id,patient_name,medical_record_no,admitted_on,discharged_on,\
    diagnosis_code,diagnosis_name,total,insurance_paid,self_paid,consent_kind,consent_reference,\
    consent_signed_on\n";
const CLAIM: &str = "430102196503150023,李秀英,ZY-1,2026-03-01,2026/4/16,I63.900,脑梗死,\
    \"52,300.00\",31380,20920,书面,TY-1,20260301\n";

fn today() -> Day {
    Day::from_ymd(2026, 11, 1).unwrap()
}

fn lines<K: Kind>(csv: &str) -> Vec<Numbered<K>> {
    let table = Table::read::<K>(csv.as_bytes().to_vec()).unwrap();
    let lines: Vec<_> = table.lines(today()).collect();
    assert_eq!(lines.len(), usize::try_from(table.count).unwrap());
    lines
}

fn told<K: Kind>(csv: &str) -> Vec<(u32, Option<&'static str>, String)> {
    let faults = |line: Numbered<K>| {
        let number = line.number;
        let faults = line.line.err().unwrap_or_default().into_iter();
        faults.map(move |it| (number, it.column, it.code.into_owned()))
    };
    lines::<K>(csv).into_iter().flat_map(faults).collect()
}

#[test]
fn residents_are_read_as_registries_write_them() {
    let row = "430102196808120044,周桂兰,430102001001,初婚,6217990000000000000,邮储\n";
    let utf8 = format!("{RESIDENTS_CSV}{row}");
    let (gb18030, ..) = encoding_rs::GB18030.encode(&utf8);
    for bytes in [
        utf8.clone().into_bytes(),
        format!("\u{feff}{utf8}").into_bytes(),
        utf8.replace('\n', "\r\n").into_bytes(),
        gb18030.into_owned(),
    ] {
        let table = Table::read::<ResidentLine>(bytes).unwrap();
        let line = table.lines::<ResidentLine>(today()).next().unwrap();
        let resident = line.line.ok().unwrap();
        assert_eq!(line.number, 2);
        assert_eq!(resident.citizen_id.as_str(), "430102196808120044");
        assert_eq!(
            resident.details.marital_status,
            Some(sizhu_core::MaritalStatus::Married)
        );
        assert_eq!(resident.details.card.unwrap().number, "6217990000000000000");
    }
}

#[test]
fn a_claim_of_a_file_is_the_claim_of_the_api() {
    let line = lines::<ClaimLine>(&format!("{CLAIMS_CSV}{CLAIM}")).remove(0);
    let of_file = line.line.ok().unwrap();
    let form: ClaimForm = serde_json::from_value(serde_json::json!({
        "citizen_id": "430102196503150023", "patient_name": "李秀英", "medical_record_no": "ZY-1",
        "admitted_on": "2026-03-01", "discharged_on": "2026-04-16",
        "principal_diagnosis": {"code": "I63.900", "name": "脑梗死"},
        "charges": {
            "total_fen": 5_230_000, "insurance_paid_fen": 3_138_000, "self_paid_fen": 2_092_000,
        },
        "consent": {"kind": "written", "reference": "TY-1", "signed_on": "2026-03-01"},
    }))
    .unwrap();
    let parsed = form.parse(today()).unwrap();
    assert_eq!(of_file.canonical, form.canonical(&parsed).unwrap());
}

#[test]
fn faults_name_line_and_column() {
    let csv = format!(
        "{RESIDENTS_CSV}\n430102196808120044,周桂兰,430102001001,,,\n\
         430102196808120045,,430102,merry,,\n\
         430102196808120044,周桂兰,430102001001,,,邮储\n\
         430102196808120044,周桂兰,430102001001,,,,more\n"
    );
    let faults = told::<ResidentLine>(&csv);
    let of = |number| -> Vec<_> {
        let of_line = faults.iter().filter(|(line, ..)| *line == number);
        of_line
            .map(|(_, column, code)| (*column, code.as_str()))
            .collect()
    };
    assert_eq!(of(3), []);
    assert_eq!(
        of(4),
        [
            (Some("name"), "required"),
            (Some("marital_status"), "unknown_variant")
        ]
    );
    assert_eq!(
        of(5),
        [(Some("card_number"), "missing_field")],
        "half a card"
    );
    assert_eq!(of(6), [(None, "too_many_cells")]);
    let wrong = CLAIM
        .replace("430102196503150023", "430102196503150024")
        .replace("31380", "99999");
    let mut faults = told::<ClaimLine>(&format!("{CLAIMS_CSV}{wrong}")).into_iter();
    assert_eq!(
        faults.next().unwrap(),
        (2, Some("citizen_id"), "citizen_id_check_digit".into())
    );
    assert_eq!(
        faults.next().unwrap(),
        (2, Some("total"), "charges_sum".into())
    );
}

#[test]
fn headings_are_judged_whole() {
    let refused = |csv: &str| -> Vec<&'static str> {
        let faults = Table::read::<ResidentLine>(csv.as_bytes().to_vec())
            .err()
            .unwrap();
        faults.into_iter().map(|fault| fault.code).collect()
    };
    assert_eq!(refused(""), ["no_lines"]);
    assert_eq!(refused(RESIDENTS_CSV), ["no_lines"]);
    assert_eq!(
        refused("姓名,Name,color\na,b,c\n"),
        [
            "duplicate_column",
            "unknown_column",
            "missing_column",
            "missing_column"
        ]
    );
    let bytes = b"\xff\xff\xff".to_vec();
    assert_eq!(
        Table::read::<ResidentLine>(bytes).err().unwrap()[0].code,
        "encoding"
    );
}
